//! Cuts a text into sentences.
//!
//! A rule rather than a model: the letters are edited prose, the rule is explained in a minute and
//! a wrong boundary costs no more than a shorter snippet.

use std::ops::Range;

/// Words that end in a full stop without ending a sentence, in lower case without the stop.
const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "cf", "dept", "dr", "e.g", "esq", "etc", "i.e", "inc", "jr", "mr", "mrs", "ms", "prof", "sr", "st",
    "v", "vs",
];

/// Words that are abbreviations only before a number: `No. 5`, `pp. 12-14`.
const NUMBER_ABBREVIATIONS: &[&str] = &["ch", "fig", "no", "nos", "p", "pg", "pp", "sec", "section(s)", "vol"];

/// The byte ranges of the sentences of a text, in order.
///
/// They cover the text apart from the white space between them; a blank line also ends a sentence,
/// for headings have no full stop.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = skip_space(text, 0);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let stop = if matches!(character, '.' | '!' | '?') {
            stop_at(text, start, at)
        } else {
            let ends = character == '\n' && starts_blank_line(&text[at + 1..]);
            Stop { end: at, ends }
        };
        if stop.ends {
            found.extend(without_space_after(text, start..stop.end));
            start = skip_space(text, stop.end);
        }
        // Marks within the run just judged would be judged alike; judging each again would take
        // quadratic time on a page of dots.
        while characters.next_if(|(next, _)| *next < stop.end).is_some() {}
    }
    found.extend(without_space_after(text, start..text.len()));
    found
}

/// A run of closing marks.
struct Stop {
    /// Byte offset after the run.
    end: usize,
    /// Whether the sentence ends with it.
    ends: bool,
}

/// Judges the marks that begin with the stop at `at`, in the sentence that begins at `start`.
fn stop_at(text: &str, start: usize, at: usize) -> Stop {
    let closing = text[at + 1..].trim_start_matches(|next: char| {
        matches!(next, '"' | '\'' | '\u{201D}' | '\u{2019}' | ')' | ']' | '}' | '.' | '!' | '?')
    });
    let end = text.len() - closing.len();
    let next = closing.trim_start();
    let is_spaced = next.len() < closing.len();
    let ends = is_spaced
        && next.chars().next().is_some_and(|first| {
            let is_plain_stop = text[at..].starts_with('.') && end == at + 1;
            let is_inner = is_plain_stop && is_abbreviation(&text[start..at], first);
            opens_sentence(first) && !is_inner
        });
    Stop { end, ends }
}

fn opens_sentence(first: char) -> bool {
    first.is_uppercase()
        || first.is_numeric()
        || matches!(first, '"' | '\'' | '\u{201C}' | '\u{2018}' | '(' | '[' | '{' | '#' | '\u{2022}')
}

/// Whether the stop after `before`, the sentence so far, belongs to its last word, when the next
/// word begins with `next`.
fn is_abbreviation(before: &str, next: char) -> bool {
    let word_start = before
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + before[space..].chars().next().map_or(0, char::len_utf8));
    let is_first_word = word_start == 0;
    let word = before[word_start..].trim_start_matches(['(', '[', '"', '\u{201C}']);
    let mut characters = word.chars();
    let single = characters.next().filter(|_| characters.next().is_none());
    let is_initial = single.is_some_and(char::is_uppercase);
    let is_short_number = !word.is_empty() && word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_list_marker = (is_first_word && (single.is_some_and(char::is_alphabetic) || is_short_number))
        || (is_short_number && introduces_list_item(before[..word_start].trim_end()));
    if is_initial || is_list_marker {
        return true;
    }
    // No abbreviation is longer, and a text without white space must not be copied at every stop.
    if word.len() > "section(s)".len() {
        return false;
    }
    let lower = word.to_lowercase();
    ABBREVIATIONS.contains(&lower.as_str()) || (next.is_numeric() && NUMBER_ABBREVIATIONS.contains(&lower.as_str()))
}

/// Whether the words before a number make it the number of a list item: `are met: 1. …`, `; and 2. …`. After other words
/// it is a quantity that may end a sentence: `pain rated 8.`
fn introduces_list_item(before: &str) -> bool {
    before.ends_with([':', ';']) || before.ends_with("; and") || before.ends_with("; or")
}

fn starts_blank_line(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
}

fn skip_space(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start().len()
}

fn without_space_after(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let end = range.start + text.get(range.clone())?.trim_end().len();
    (range.start < end).then_some(range.start..end)
}
