//! Requests that utilization review had modified: the requested, the authorized and the disputed portion apart.
//!
//! Two forms are printed. "X was the original request. Y was authorized by the Claims Administrator. The remaining
//! IMR eligible portion of the original request, Z is", and "X was the original request. The Claims Administrator
//! authorized Y, leaving the original request IMR eligible. The original request, X is". Portions hold full stops
//! of their own ("1 p.o. b.i.d.", "7.5 mg"), so the fixed phrases between them are looked for, never sentence ends:
//! a full stop decides only in forms that print no phrase at a boundary.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::letter::words::find_ignoring_case;

/// The portions of an item, verbatim.
pub struct Portions {
    pub requested: String,
    pub authorized: Option<String>,
    pub disputed: String,
}

/// After the request: "was the original request", "were originally requested".
static ORIGINAL_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[\s,;:]*\b(?:was|were|is|are|has been|have been|had been)\s+(?:(?:the|an?)\s+)?original(?:ly)?\s+(?:treatment\s+|service\s+)?request(?:ed|s)?\b[\s.,;:]*",
    )
});

/// Before the request: "The original request was for".
static ORIGINAL_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:the\s+)?(?:original\s+request|(?:request|provider)\s+originally\s+(?:request(?:ed)?|asked))\s*(?:(?:was|were|is|are)\b\s*(?:made\s+)?(?:for\b)?|for\b|:)\s*:?\s*",
    )
});

/// After the authorized portion: "was authorized by the Claims Administrator".
static AUTHORIZED_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)[\s,]*\b(?:was|were|is|are|has been|have been|had been)\s+{ADVERB}(?P<verb>{VERB})\b(?:\s+(?:as\s+)?(?:an?\s+)?modification)?(?:\s+by\s+(?:the\s+)?{ADMINISTRATOR})?"
    ))
});

/// Before the authorized portion: "The Claims Administrator authorized".
static AUTHORIZED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:and\s+|but\s+|however,?\s+)?(?:the\s+)?{ADMINISTRATOR}\s+(?:has\s+|had\s+|have\s+)?{ADVERB}(?:{VERB})\b(?:\s+(?:the|this)\s+(?:original\s+)?request)?(?:\s+(?:to|for|as)\b)?(?:\s+(?:authorize|approve|certify|allow)\b)?[\s:,]*"
    ))
});

const ADMINISTRATOR: &str =
    r"(?:claims?\s+(?:administrat(?:or|ion)|adjuster|examiner)s?|administrator|utilization\s+review(?:er)?|ur\b)";
const ADVERB: &str = r"(?:(?:partially|previously|already|only|conditionally|subsequently)\s+)?";
const VERB: &str = r"authori[sz]ed|aut?horized|approved|certified|allowed|granted|modified|conditionally\s+approved|partially\s+certified";

/// Before the disputed portion: "The remaining IMR eligible portion of the original request,".
static REMAINING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:and\s+|leaving\s+)?(?:the\s+)?(?:",
        r"(?:remaining|remainder)(?:\s+of)?(?:\s+the)?(?:\s+(?:imr|i\.m\.r\.))?(?:[\s-]+eligible)?(?:\s+(?:and\s+)?disputed)?\s+(?:portion|part|balance|request|item)s?",
        r"|(?:imr|i\.m\.r\.)[\s-]+eligible(?:\s+remaining)?\s+(?:portion|part|balance|request|item)s?",
        r"|eligible\s+remaining\s+(?:portion|part)s?",
        r")(?:\s+of\s+(?:the\s+|this\s+)?(?:original\s+)?request(?:ed)?)?\s*(?:[,:;-]\s*|\b(?:is|are|was|were|being|for|of)\b\s*(?:for\s+)?(?:[,:]\s*)?)*",
    ))
});

/// After the authorized portion in the second form: "leaving the original request IMR eligible".
static LEAVING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)[\s,.;]*\b(?:which\s+leaves|leaving|leaves)\b"));

/// Before the disputed portion in the second form: "The original request,".
static WHOLE_REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[.;,:]\s*|\beligible\s+)(?:the\s+)?original\s+request\s*(?:[,:;-]\s*|\b(?:is|was|for|of)\b\s*(?:[,:]\s*)?)+",
    )
});

/// The verb that the printed sentence puts before the outcome.
static CLOSING_VERB: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[\s,;:]*(?:\s|^)(?:is|are|was|were)\s*[:.,]*\s*$"));

/// A full stop that may end the first of two portions that no phrase separates.
static SENTENCE_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"[.;]\s+"));

/// Splits `item` (white space folded) into its portions.
pub fn split(item: &str) -> Portions {
    modified(item).unwrap_or_else(|| Portions {
        requested: item.to_owned(),
        authorized: None,
        disputed: item.to_owned(),
    })
}

/// The portions of a modified request; `None` for any other item.
fn modified(item: &str) -> Option<Portions> {
    // Every form has one of these words; the patterns are slow to look for, and most items are requests as they were made.
    if ["original", "remain", "eligible"].iter().all(|word| find_ignoring_case(item, word).is_none()) {
        return None;
    }
    let (requested, rest) = request_and_rest(item)?;
    let (authorized, rest) = authorized_and_rest(rest);
    let disputed = disputed(rest).unwrap_or(requested);
    let requested = if requested.is_empty() { disputed } else { requested };
    if requested.is_empty() {
        return None;
    }
    Some(Portions {
        requested: requested.to_owned(),
        authorized: authorized.filter(|portion| !portion.is_empty()).map(str::to_owned),
        disputed: disputed.to_owned(),
    })
}

/// The request and what follows the phrase that marks it.
fn request_and_rest(item: &str) -> Option<(&str, &str)> {
    if let Some(mark) = ORIGINAL_BEFORE.find(item) {
        let rest = &item[mark.end()..];
        let end = authorization_start(rest)?;
        return Some((trim(&rest[..end]), &rest[end..]));
    }
    if let Some(mark) = ORIGINAL_AFTER.find(item).filter(|mark| mark.start() > 0) {
        return Some((trim(&item[..mark.start()]), &item[mark.end()..]));
    }
    // A letter that forgot the first sentence still says what remains.
    let remaining = REMAINING.find(item)?;
    let authorized = AUTHORIZED_AFTER.find(item).or_else(|| AUTHORIZED_BEFORE.find(item))?;
    (authorized.start() < remaining.start()).then_some(("", item))
}

/// Where the sentence on the authorized portion begins, in a text that starts with the request.
fn authorization_start(text: &str) -> Option<usize> {
    let before = AUTHORIZED_BEFORE.find(text).map(|mark| mark.start());
    let after = AUTHORIZED_AFTER.find(text).map(|mark| mark.start());
    match (before, after) {
        (Some(before), after) if after.is_none_or(|after| before < after) => Some(before),
        (_, Some(after)) => last_sentence_start(&text[..after]),
        _ => REMAINING.find(text).map(|mark| mark.start()),
    }
}

/// Start of the last sentence of `text`: after a full stop that ends no abbreviation, or else after any.
fn last_sentence_start(text: &str) -> Option<usize> {
    let starts_sentence =
        |at: &usize| text[*at..].starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit());
    let ends = || SENTENCE_END.find_iter(text).filter(|end| starts_sentence(&end.end()));
    let after_word = ends().filter(|end| !ends_abbreviation(&text[..end.start()])).last();
    after_word.or_else(|| ends().last()).map(|end| end.end())
}

/// Whether the full stop after `text` belongs to an abbreviation: "b.i.d", "p.o", "No", "tab".
fn ends_abbreviation(text: &str) -> bool {
    let word = text.rsplit(' ').next().unwrap_or_default();
    let letters = word.chars().all(|character| character.is_alphabetic() || character == '.');
    letters && (word.contains('.') || word.len() <= 2)
}

/// The authorized portion and what follows it.
fn authorized_and_rest(text: &str) -> (Option<&str>, &str) {
    let before = AUTHORIZED_BEFORE.find(text);
    let after = AUTHORIZED_AFTER.find(text);
    match (before, after) {
        (Some(before), after) if after.is_none_or(|after| before.start() < after.start()) => {
            let portion = &text[before.end()..];
            let end = portion_end(portion);
            (Some(trim(&portion[..end])), &portion[end..])
        }
        (_, Some(after)) => {
            let tail = &text[after.end()..];
            let modified_to = after.as_str().to_ascii_lowercase().contains("modified");
            match tail.trim_start().strip_prefix("to ").filter(|_| modified_to) {
                // "The request was modified to <Y> by the Claims Administrator".
                Some(portion) => {
                    let end = portion_end(portion);
                    let by = BY_ADMINISTRATOR.find(&portion[..end]).map_or(end, |by| by.start());
                    (Some(trim(&portion[..by])), &portion[end..])
                }
                None => (Some(trim(strip_lead(&text[..after.start()]))), tail),
            }
        }
        _ => (None, text),
    }
}

static BY_ADMINISTRATOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)[\s,]*\bby\s+(?:the\s+)?{ADMINISTRATOR}")));

/// End of an authorized portion that only the next phrase closes.
fn portion_end(portion: &str) -> usize {
    [LEAVING.find(portion), REMAINING.find(portion), WHOLE_REQUEST.find(portion)]
        .into_iter()
        .flatten()
        .map(|mark| mark.start())
        .min()
        .unwrap_or(portion.len())
}

/// The disputed portion, where `text` prints one.
fn disputed(text: &str) -> Option<&str> {
    let remaining = REMAINING.find(text);
    // "leaving the remaining request IMR eligible. The original request, <X> is" prints both: the later one names it.
    let whole = WHOLE_REQUEST.find(text).filter(|whole| remaining.is_none_or(|it| it.end() <= whole.start() + 1));
    let mark = whole.or(remaining)?;
    let portion = trim(without_closing_verb(&text[mark.end()..]));
    (!portion.is_empty()).then_some(portion)
}

fn without_closing_verb(text: &str) -> &str {
    CLOSING_VERB.find(text).map_or(text, |verb| &text[..verb.start()])
}

/// Without a joining word before the authorized portion.
fn strip_lead(text: &str) -> &str {
    let text = text.trim_start_matches([' ', ',', '.', ';', ':']);
    ["and ", "And ", "however, ", "However, ", "but ", "But "]
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text)
}

/// Without the punctuation and spaces around a portion; the full stop of an abbreviation stays.
fn trim(text: &str) -> &str {
    let text = text.trim_matches([' ', ',', ';', ':']).trim_start_matches(['.', ' ']);
    match text.strip_suffix('.') {
        Some(shorter) if !ends_abbreviation(shorter) => shorter.trim_end_matches([' ', ',', ';', ':', '.']),
        _ => text,
    }
}
