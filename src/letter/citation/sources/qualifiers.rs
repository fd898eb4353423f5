//! What is printed around a source's name and is no part of it: update dates, "(Online Version)", ordinals of editions,
//! web addresses, the regulation that adopted it.

use std::borrow::Cow;

use super::reading::{depths, in_address, sequence, year};
use crate::letter::words::find_ignoring_case;
use crate::vocabulary::guidelines::{Word, words};

/// Phrases that only adorn the name of the Official Disability Guidelines.
const ADORNMENTS: &[&[&str]] = &[
    &["treatment", "in", "workers", "compensation"],
    &["treatment", "in", "workers", "comp"],
    &["treatment", "in", "worker", "compensation"],
    &["treatment", "in", "worker", "s", "compensation"],
    &["treatment", "in", "workers", "s", "compensation"],
    &["treatment", "in", "worker", "s", "comp"],
    &["treatment", "in", "workers"],
    &["treatment", "for", "workers", "compensation"],
    &["treatment", "for", "workers", "comp"],
    &["treatment", "of", "workers", "compensation"],
    &["integrated", "treatment", "disability", "duration", "guidelines"],
    &["integrated", "treatment", "disability", "duration", "guideline"],
    &["integrated", "treatment", "guidelines"],
    &["disability", "duration", "guidelines"],
    &["work", "loss", "data", "institute"],
    &["work", "loss", "data", "institute", "llc"],
    &["encinitas", "ca"],
    &["corpus", "christi", "tx"],
    &["procedure", "summary"],
    &["procedures", "summary"],
    &["procedure", "summaries"],
    &["procedure", "index"],
    &["treatment", "index"],
    &["online", "version"],
    &["on", "line", "version"],
    &["online", "edition"],
    &["web", "version"],
    &["web", "based", "version"],
    &["web", "based", "edition"],
    &["web", "based"],
    &["internet", "version"],
    &["internet", "edition"],
    &["electronic", "version"],
    &["current", "version"],
    &["current", "edition"],
    &["latest", "edition"],
    &["latest", "version"],
    &["most", "recent", "version"],
    &["most", "recent", "edition"],
    &["by", "mcg"],
    &["evidence", "based"],
    &["odg", "twc"],
    &["odgtwc"],
    &["twc"],
];

/// Words that make a bracket a remark.
const REMARKS: &[&str] = &[
    "updated",
    "update",
    "online",
    "web",
    "version",
    "edition",
    "accessed",
    "http",
    "https",
    "www",
    "revised",
    "last",
    "odg",
    "twc",
    "acoem",
    "reviewed",
    "internet",
    "effective",
    "mtus",
    "official",
];

/// The text without remarks and adornments, and the edition they told.
pub fn stripped(text: &str) -> (String, Option<u16>) {
    let (text, bracketed) = without_remarks(text);
    let all = words(&text);
    let depths = depths(&text, &all);
    let mut kept = String::with_capacity(text.len());
    let mut edition = bracketed;
    let mut begin = 0;
    let mut place = 0;
    while place < all.len() {
        let run = (depths[place] == 0).then(|| qualifier(&text, &all, place)).flatten();
        let Some((taken, year)) = run else {
            place += 1;
            continue;
        };
        edition = edition.or(year);
        // A closing dot belongs to an address, not to the text around it.
        kept.push_str(&text[begin..all[place].start]);
        begin = all[place + taken - 1].end;
        place += taken;
    }
    kept.push_str(&text[begin..]);
    (kept, edition)
}

/// How many words the qualifier takes that starts here, and the edition it tells.
fn qualifier(text: &str, words: &[Word], place: usize) -> Option<(usize, Option<u16>)> {
    let rest = &words[place..];
    let adornment = ADORNMENTS.iter().filter(|phrase| sequence(rest, phrase)).map(|phrase| phrase.len()).max();
    if let Some(taken) = adornment {
        return Some((taken, None));
    }
    address(text, rest)
        .or_else(|| dated(text, rest))
        .or_else(|| ordinal(rest))
        .or_else(|| lone_year(text, words, place))
}

/// A web address, up to the next space.
fn address(text: &str, words: &[Word]) -> Option<(usize, Option<u16>)> {
    let first = words.first()?;
    if !matches!(first.text.as_str(), "http" | "https" | "www") {
        return None;
    }
    let end = text[first.start..].find(char::is_whitespace).map_or(text.len(), |length| first.start + length);
    Some((words.iter().take_while(|word| word.start < end).count(), None))
}

/// "last updated 5/1/14", "accessed from example.com on 12/17/2016", "revised January 2, 2015".
fn dated(text: &str, words: &[Word]) -> Option<(usize, Option<u16>)> {
    let lead = usize::from(matches!(words.first()?.text.as_str(), "last" | "as" | "date" | "recently"));
    let cue = words.get(lead)?.text.as_str();
    if !matches!(cue, "updated" | "update" | "revised" | "accessed" | "reviewed" | "retrieved" | "modified") {
        return None;
    }
    let place = |word: &&Word| {
        let address = in_address(text, word);
        let text = word.text.as_str();
        address
            || matches!(
                text,
                "on" | "at"
                    | "of"
                    | "from"
                    | "as"
                    | "online"
                    | "date"
                    | "com"
                    | "org"
                    | "gov"
                    | "website"
                    | "web"
                    | "the"
                    | "site"
            )
            || is_month(text)
            || text.bytes().all(|byte| byte.is_ascii_digit())
            || (matches!(cue, "accessed" | "retrieved")
                && matches!(text, "uptodate" | "www" | "http" | "https" | "medscape" | "internet" | "pubmed"))
            || (text.len() <= 4
                && text.trim_end_matches(char::is_alphabetic).len() < text.len()
                && text.starts_with(|first: char| first.is_ascii_digit()))
    };
    Some((lead + 1 + words[lead + 1..].iter().take_while(place).count(), None))
}

/// "18th edition, 2013", "21th Annual Edition 2016", "2nd Edition".
fn ordinal(words: &[Word]) -> Option<(usize, Option<u16>)> {
    let number = words.first()?.text.as_str();
    let digits = number.trim_end_matches(char::is_alphabetic);
    let counted =
        !digits.is_empty() && digits.len() < number.len() && digits.len() <= 2 && number.len() - digits.len() == 2;
    let spelled = matches!(
        number,
        "first" | "second" | "third" | "fourth" | "fifth" | "sixth" | "seventh" | "eighth" | "ninth" | "tenth"
    );
    if !counted && !spelled {
        return None;
    }
    let annual = usize::from(words.get(1).is_some_and(|word| word.text == "annual"));
    words.get(1 + annual).filter(|word| matches!(word.text.as_str(), "edition" | "ed" | "edit"))?;
    let next = words.get(2 + annual).and_then(year);
    Some((2 + annual + usize::from(next.is_some()), next))
}

/// A year that is no part of a date.
fn lone_year(text: &str, words: &[Word], place: usize) -> Option<(usize, Option<u16>)> {
    let year = year(&words[place])?;
    let dated = place.checked_sub(1).map(|before| &words[before]).is_some_and(|before| {
        let gap = &text[before.end..words[place].start];
        is_month(&before.text)
            || gap.contains(['/', '-'])
            || (before.text.len() <= 2 && before.text.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let range = text[words[place].end..].starts_with(['-', '/', ';', ':']);
    (!dated && !range).then(|| {
        let word = usize::from(
            words.get(place + 1).is_some_and(|word| matches!(word.text.as_str(), "edition" | "version" | "update")),
        );
        (1 + word, Some(year))
    })
}

fn is_month(word: &str) -> bool {
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        .iter()
        .any(|month| word.starts_with(month) && word.len() <= 9)
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The text without brackets that are remarks, and the edition one of them told.
fn without_remarks(text: &str) -> (String, Option<u16>) {
    let mut kept = String::with_capacity(text.len());
    let mut edition = None;
    let mut rest = text;
    while let Some(opened) = rest.find('(') {
        let Some(length) = rest[opened..].find(')') else { break };
        let inside = &rest[opened + 1..opened + length];
        let all = words(inside);
        let remark = all.iter().any(|word| REMARKS.contains(&word.text.as_str()));
        let date = !all.is_empty()
            && all.iter().all(|word| word.text.bytes().all(|byte| byte.is_ascii_digit()) || is_month(&word.text));
        if remark || date || all.is_empty() {
            let told = remark
                && all
                    .iter()
                    .any(|word| matches!(word.text.as_str(), "edition" | "mtus" | "odg" | "version" | "acoem"));
            let updated = all
                .iter()
                .any(|word| matches!(word.text.as_str(), "updated" | "update" | "accessed" | "revised" | "effective"));
            if (told && !updated) || (date && all.len() == 1) {
                edition = edition.or_else(|| all.iter().find_map(year));
            }
            kept.push_str(rest[..opened].trim_end());
            kept.push(' ');
        } else {
            kept.push_str(&rest[..=opened + length]);
        }
        rest = &rest[opened + length + 1..];
    }
    kept.push_str(rest);
    (kept, edition)
}

/// The text without the regulation that adopted a guideline: "8 C.C.R. §§ 9792.20 - 9792.26 MTUS (Effective July 18,
/// 2009)". The day it took effect is not its edition.
pub fn without_law(text: &str) -> Cow<'_, str> {
    // Every reference has one of these.
    if !text.contains('8') && find_ignoring_case(text, "effective").is_none() {
        return Cow::Borrowed(text);
    }
    let all = words(text);
    let mut kept = String::with_capacity(text.len());
    let mut begin = 0;
    let mut place = 0;
    while place < all.len() {
        let taken = law(&all[place..]);
        if taken == 0 {
            place += 1;
            continue;
        }
        let after = all[place + taken - 1].end;
        let bracket = text[begin..all[place].start].trim_end().ends_with('(') && text[after..].starts_with(')');
        kept.push_str(text[begin..all[place].start].trim_end_matches(['(', '§', ' ']));
        kept.push(' ');
        begin = after + usize::from(bracket);
        place += taken;
    }
    kept.push_str(&text[begin..]);
    Cow::Owned(kept)
}

/// How many words a reference to the regulation takes.
fn law(words: &[Word]) -> usize {
    let starts =
        sequence(words, &["8", "c", "c", "r"]) || sequence(words, &["8", "ccr"]) || sequence(words, &["title", "8"]);
    let effective = sequence(words, &["mtus", "effective"]) || sequence(words, &["effective"]);
    let known = |word: &&Word| {
        matches!(
            word.text.as_str(),
            "8" | "c"
                | "r"
                | "ccr"
                | "title"
                | "california"
                | "code"
                | "of"
                | "regulations"
                | "et"
                | "al"
                | "seq"
                | "9792"
                | "sections"
        ) || (word.text.len() <= 2 && word.text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if starts {
        return words.iter().take_while(known).count();
    }
    if effective {
        let lead = 1 + usize::from(words[0].text == "mtus");
        let date = |word: &&Word| {
            matches!(word.text.as_str(), "on")
                || is_month(&word.text)
                || word.text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let taken = words[lead..].iter().take_while(date).count();
        return if taken == 0 { 0 } else { lead + taken };
    }
    0
}
