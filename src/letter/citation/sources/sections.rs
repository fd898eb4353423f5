//! Lists of section names, cut at their commas but not inside a name that holds one.

use super::pages;
use super::reading::{depths, sequence, trimmed};
use crate::vocabulary::guidelines::{TABLE, Word, words};

/// The sections and pages a text lists, in the order printed.
pub fn list(text: &str) -> Vec<String> {
    let words = words(text);
    let depths = depths(text, &words);
    let mut sections = Vec::new();
    let mut begin = 0;
    let mut place = 0;
    while place < words.len() {
        if let Some((numbers, taken)) = pages::at(text, &words, place).filter(|_| depths[place] == 0) {
            sections.extend(names(&text[begin..words[place].start]));
            sections.extend(numbers);
            place += taken;
            begin = words[place - 1].end;
            continue;
        }
        if let Some(taken) = marker(text, &words[place..]).filter(|_| depths[place] == 0) {
            sections.extend(names(&text[begin..words[place].start]));
            place += taken;
            begin = words[place - 1].end;
            continue;
        }
        place += 1;
    }
    sections.extend(names(text.get(begin..).unwrap_or_default()));
    sections
}

/// How many words a "Section(s):" or an empty "Page(s):" takes here.
fn marker(text: &str, words: &[Word]) -> Option<usize> {
    let plural = usize::from(words.get(1).is_some_and(|word| word.text == "s"));
    let colon = |end: usize| text[end..].trim_start_matches(')').trim_start().starts_with(':');
    let marked = sequence(words, &["section"]) || sequence(words, &["sections"]) || sequence(words, &["page"]);
    (marked && (plural == 1 || colon(words[0].end))).then_some(1 + plural)
}

/// The names in a text without page references.
fn names(text: &str) -> Vec<String> {
    let parts = parts(text);
    let mut names: Vec<String> = Vec::new();
    let mut place = 0;
    let numbered = parts.first().is_some_and(|part| is_numbered(part));
    while place < parts.len() {
        let (mut name, taken) = known(&parts[place..]).unwrap_or_else(|| (parts[place].to_owned(), 1));
        place += taken;
        while let Some(next) = parts.get(place) {
            let goes_on = if numbered && is_numbered(&name) { !is_numbered(next) } else { continues(&name, next) };
            if !goes_on {
                break;
            }
            name = format!("{name}, {next}");
            place += 1;
        }
        let bare = name.strip_suffix(" section").filter(|bare| !bare.is_empty()).map(str::to_owned);
        let name = bare.unwrap_or(name);
        match halves(&name) {
            Some((first, second)) => names.extend([first.to_owned(), second.to_owned()]),
            None => names.push(name),
        }
    }
    names
}

/// The text cut at the commas and semicolons outside brackets.
pub fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut begin = 0;
    for (place, mark) in text.char_indices() {
        match mark {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => {
                parts.push(&text[begin..place]);
                begin = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    let kept = parts.into_iter().map(trimmed).filter(|part| part.chars().any(char::is_alphanumeric));
    kept.collect()
}

/// A known name with commas that these parts begin with, and how many of them it takes.
fn known(parts: &[&str]) -> Option<(String, usize)> {
    (2..=parts.len().min(4)).rev().find_map(|count| {
        let joined = parts[..count].join(", ");
        let all = words(&joined);
        let found = TABLE.comma_sections.at(&joined, &all, 0)?;
        // What follows the name in its last part belongs to it only as a remark in brackets.
        let rest = joined[found.end..].trim_start();
        (rest.is_empty()
            || rest.starts_with(['(', '/', ':', '-'])
            || joined[..found.end].matches(',').count() == count - 1)
            .then_some((joined, count))
    })
}

/// Whether a part goes on with the name before it: "Ultrasound, therapeutic". Lists written in lower case throughout,
/// and names known to stand alone, do not.
fn continues(name: &str, next: &str) -> bool {
    let capital = name.trim_start_matches(|mark: char| !mark.is_alphanumeric()).starts_with(char::is_uppercase);
    capital
        && next.starts_with(char::is_lowercase)
        && !next.starts_with("x-ray")
        && TABLE.plain_sections.whole(next).is_none()
        && words(next).len() <= 6
}

/// "3.3.6 Opioids for …", "3. Opioids …": a section of the guideline of 2016, whose names hold commas.
fn is_numbered(part: &str) -> bool {
    let number = part.split(' ').next().unwrap_or_default();
    number.len() < part.len()
        && number.starts_with(|first: char| first.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Two names joined by "and": told by a first word in common ("Surgery for … & Surgery for …") or by both being known.
fn halves(name: &str) -> Option<(&str, &str)> {
    let all = words(name);
    let depths = depths(name, &all);
    for joining in [" and ", " & "] {
        for (place, _) in name.match_indices(joining) {
            let (first, second) = (&name[..place], &name[place + joining.len()..]);
            let after = all.iter().position(|word| word.start >= place + joining.len())?;
            let same = after > 0 && all[0].text == all[after].text && all[0].text.len() > 3;
            let both = TABLE.plain_sections.whole(first).is_some() && TABLE.plain_sections.whole(second).is_some();
            let whole = TABLE.comma_sections.whole(name).is_some() || TABLE.plain_sections.whole(name).is_some();
            if (same || both) && !whole && depths[after] == 0 {
                return Some((first, second));
            }
        }
    }
    None
}
