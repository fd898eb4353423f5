//! What a run of characters without white space is: an operator, a connector, a range, a word.

use std::ops::Bound;

use super::WIDEST_DISTANCE;

/// Words within a sentence of each other, as `/s` asks: the letters' sentences have some 20 words.
const SENTENCE_DISTANCE: u32 = 20;

/// Words within a paragraph of each other, as `/p` asks.
const PARAGRAPH_DISTANCE: u32 = 60;

/// What `/n` without its number is taken for.
const UNNUMBERED_DISTANCE: u32 = 10;

/// An operator between or before operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
    /// `BUT`, which means something only before `NOT`.
    But,
    Near(Proximity),
}

/// A proximity connector as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proximity {
    pub(super) distance: u32,
    /// `/n` was typed where a number belongs.
    pub(super) unnumbered: bool,
    /// `pre/5` asks for an order that is not kept.
    pub(super) ordered: bool,
}

/// The operator that `raw` spells in full, if any. Words count only in upper case.
pub(super) fn operator(raw: &str) -> Option<Operator> {
    match raw {
        "AND" | "&" | "&&" => Some(Operator::And),
        "OR" | "||" | "|" => Some(Operator::Or),
        "NOT" => Some(Operator::Not),
        "BUT" => Some(Operator::But),
        _ => proximity(raw).map(Operator::Near),
    }
}

fn proximity(raw: &str) -> Option<Proximity> {
    let (prefix, reach) = raw.split_once('/')?;
    let ordered = prefix.eq_ignore_ascii_case("pre");
    let is_connector =
        prefix.is_empty() || prefix.eq_ignore_ascii_case("w") || prefix.eq_ignore_ascii_case("near") || ordered;
    if !is_connector {
        return None;
    }
    let near = |distance| Proximity { distance, unnumbered: false, ordered };
    match reach {
        "s" | "S" => Some(near(SENTENCE_DISTANCE)),
        "p" | "P" => Some(near(PARAGRAPH_DISTANCE)),
        "n" | "N" => Some(Proximity { unnumbered: true, ..near(UNNUMBERED_DISTANCE) }),
        digits => number(digits).map(near),
    }
}

/// A number of words, narrowed to [`WIDEST_DISTANCE`]; `None` unless all are ASCII digits.
pub(super) fn number(digits: &str) -> Option<u32> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().map_or(WIDEST_DISTANCE, |number: u32| number.min(WIDEST_DISTANCE)))
}

/// A word freed of surrounding punctuation, and what was done to it beyond that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cleaned {
    /// Empty if nothing searchable is left.
    pub(super) text: String,
    pub(super) wildcard: bool,
    /// A question mark at the end was dropped.
    pub(super) question: bool,
    /// A `~2` or `^2` at the end was dropped.
    pub(super) suffix: bool,
}

/// Frees a word of surrounding punctuation and turns the root expander `word!` into `word*`.
///
/// Cleaning a cleaned word changes nothing, which the canonical form relies on.
pub(super) fn clean(raw: &str) -> Cleaned {
    let mut cleaned = Cleaned { text: String::new(), wildcard: false, question: false, suffix: false };
    let mut kept = without_leading_punctuation(raw);
    loop {
        let before = kept.len();
        let ends_badly = |last: char| !(last.is_alphanumeric() || matches!(last, '*' | '%' | '!'));
        let trimmed = kept.trim_end_matches(ends_badly);
        cleaned.question |= kept[trimmed.len()..].contains('?');
        kept = trimmed;
        let unnumbered = kept.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
        if unnumbered.len() < kept.len() && unnumbered.ends_with(['~', '^']) {
            cleaned.suffix = true;
            kept = &unnumbered[..unnumbered.len() - 1];
        }
        if kept.len() == before {
            break;
        }
    }
    let expands = kept.ends_with('!');
    if expands {
        kept = kept.trim_end_matches(|last: char| !last.is_alphanumeric());
    }
    if !kept.contains(char::is_alphanumeric) {
        return cleaned;
    }
    cleaned.text.reserve(kept.len() + 1);
    for character in kept.chars() {
        if character != '*' || !cleaned.text.ends_with('*') {
            cleaned.text.push(character);
        }
    }
    if expands {
        cleaned.text.push('*');
    }
    cleaned.wildcard = cleaned.text.contains(['*', '?']);
    cleaned
}

/// The word from its first letter, digit or `*` on, with the `#` or `.` of a number.
pub(super) fn without_leading_punctuation(raw: &str) -> &str {
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let tail = &rest[first.len_utf8()..];
        let prefixes_number = matches!(first, '#' | '.') && tail.starts_with(|next: char| next.is_ascii_digit());
        if first.is_alphanumeric() || first == '*' || prefixes_number {
            break;
        }
        rest = tail;
    }
    rest
}

/// A comparison sign, the bound it makes, and whether that is the lower one.
type Comparison = (&'static str, fn(String) -> Bound<String>, bool);

/// The bounds that `>=5`, `<5` or `2016..2017` give, or `None` if `value` is no such thing.
pub(super) fn bounds(value: &str) -> Option<(Bound<String>, Bound<String>)> {
    let comparisons: [Comparison; 4] = [
        (">=", Bound::Included, true),
        ("<=", Bound::Included, false),
        (">", Bound::Excluded, true),
        ("<", Bound::Excluded, false),
    ];
    for (sign, bound, is_lower) in comparisons {
        if let Some(rest) = value.strip_prefix(sign) {
            let limit = limit(rest).map_or(Bound::Unbounded, bound);
            return Some(if is_lower { (limit, Bound::Unbounded) } else { (Bound::Unbounded, limit) });
        }
    }
    let (from, to) = value.split_once("..")?;
    let is_limit = |side: &str| side == "*" || side.starts_with(|first: char| first.is_ascii_digit());
    let both_fit = (from.is_empty() || is_limit(from)) && (to.is_empty() || is_limit(to));
    if !both_fit || to.contains("..") || (from.is_empty() && to.is_empty()) {
        return None;
    }
    let bound = |side: &str| limit(side).map_or(Bound::Unbounded, Bound::Included);
    Some((bound(from), bound(to)))
}

/// A bound as typed, without the punctuation that would end a range; `None` if it is open.
pub(super) fn limit(typed: &str) -> Option<String> {
    let text: String = typed.chars().filter(|character| !is_limit_noise(*character)).collect();
    let open = text == "*" || !text.contains(char::is_alphanumeric);
    (!open).then_some(text)
}

fn is_limit_noise(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || is_quote(character)
        || matches!(character, '[' | ']' | '{' | '}' | '(' | ')')
}

/// Straight and curly double quotes.
pub(super) fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// About how many words the analysis finds in a text: runs of letters and of digits.
pub(super) fn words_in(text: &str) -> usize {
    let kind = |letter: char| if letter.is_alphabetic() { 1 } else { u8::from(letter.is_alphanumeric()) * 2 };
    let mut before = 0;
    let mut words = 0;
    for now in text.chars().map(kind) {
        words += usize::from(now != 0 && now != before);
        before = now;
    }
    words
}
