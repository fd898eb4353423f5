//! Small readings that all grammars of a guideline line share.

use crate::vocabulary::guidelines::{Family, GuidelineSource, Word};

/// A source without sections yet.
pub fn source(family: Family, title: Option<&str>, edition: Option<u16>) -> GuidelineSource {
    let title = title.map(trimmed).filter(|title| !title.is_empty()).map(balanced);
    GuidelineSource { family, title, edition, sections: Vec::new() }
}

/// The line with single spaces and the splits of print undone: "Non- MTUS", "`MTUSLow`", "Complaints2004", "Page (s)".
pub fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 16);
    for part in line.split_whitespace() {
        if is_enumerator(part) && folded.matches('(').count() == folded.matches(')').count() {
            continue;
        }
        let joined = folded.ends_with('-')
            && !folded.ends_with(" -")
            && (part.starts_with("MTUS")
                || part.starts_with(|first: char| first.is_lowercase() || first.is_ascii_digit()))
            && folded.trim_end_matches('-').ends_with(char::is_alphanumeric)
            && !part.starts_with("and");
        let bracket = part.starts_with("(s)") && (folded.ends_with("Page") || folded.ends_with("Section"));
        if !folded.is_empty() && !joined && !bracket {
            folded.push(' ');
        }
        push_apart(&mut folded, part);
    }
    // One name for the schedule, as its chapters are found after that.
    for name in ["California Medical Treatment Utilization Schedule", "Medical Treatment Utilization Schedule"] {
        if folded.contains(name) {
            folded = folded.replace(&format!("{name} (MTUS)"), "MTUS").replace(name, "MTUS");
        }
    }
    folded
}

/// "2)": the number of a source in a list.
fn is_enumerator(part: &str) -> bool {
    part.strip_suffix(')').is_some_and(|number| number.parse::<u8>().is_ok_and(|number| (1..=20).contains(&number)))
}

/// Appends a run of print, with a space where two words were set as one.
fn push_apart(folded: &mut String, part: &str) {
    // Only a year, the schedule's name or a curly quotation mark asks for more than a copy.
    if part.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_digit() && byte != b'M') {
        folded.push_str(part);
        return;
    }
    for (place, character) in part.char_indices() {
        let before = folded.chars().next_back();
        let rest = &part[place..];
        let fused_year = matches!(character, '1' | '2')
            && before.is_some_and(char::is_lowercase)
            && (rest.starts_with("19") || rest.starts_with("20"))
            && rest.chars().take_while(char::is_ascii_digit).count() == 4;
        let fused_schedule =
            character.is_uppercase() && folded.ends_with("MTUS") && rest.chars().nth(1).is_some_and(char::is_lowercase);
        let fused_on = character == 'M' && rest.starts_with("MTUS") && before.is_some_and(char::is_lowercase);
        if (fused_year || fused_schedule || fused_on) && place + folded.len() > 0 {
            folded.push(' ');
        }
        folded.push(if matches!(character, '’' | '‘') { '\'' } else { character });
    }
}

/// Whether the words begin with these.
pub fn sequence(words: &[Word], wanted: &[&str]) -> bool {
    words.len() >= wanted.len() && wanted.iter().zip(words).all(|(wanted, word)| word.text == *wanted)
}

/// The text without the marks and joining words around it.
pub fn trimmed(text: &str) -> &str {
    let mut text = text;
    loop {
        let before = text.len();
        text = text.trim_matches(|mark: char| mark.is_whitespace() || ",;:-–—/.&•*\"“”".contains(mark));
        text = text.strip_prefix(')').unwrap_or(text);
        for joining in ["and ", "And ", "or ", "the "] {
            text = text.strip_prefix(joining).unwrap_or(text);
        }
        for joining in [" and", " or", "(", " with", " the"] {
            text = text.strip_suffix(joining).unwrap_or(text);
        }
        if matches!(text, "and" | "the") {
            text = "";
        }
        if text.len() == before {
            return text;
        }
    }
}

/// The text with its last bracket closed, or without one that was never opened.
fn balanced(text: &str) -> String {
    let opened = text.matches('(').count();
    let closed = text.matches(')').count();
    match opened.cmp(&closed) {
        std::cmp::Ordering::Greater => format!("{text})"),
        std::cmp::Ordering::Less => text.trim_start_matches(')').trim_end_matches(')').trim().to_owned(),
        std::cmp::Ordering::Equal => text.to_owned(),
    }
}

/// The year a word is, if it can be one of an edition.
pub fn year(word: &Word) -> Option<u16> {
    (word.text.len() == 4).then(|| word.text.parse().ok()).flatten().filter(|year| (1980..=2039).contains(year))
}

/// How deep in brackets each word stands.
pub fn depths(text: &str, words: &[Word]) -> Vec<u8> {
    let mut depth = 0_u8;
    let mut last = 0;
    let mut depths = Vec::with_capacity(words.len());
    for word in words {
        for mark in text[last..word.start].chars() {
            match mark {
                '(' | '[' => depth = depth.saturating_add(1),
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        last = word.start;
        depths.push(depth);
    }
    depths
}

/// Whether a word is part of a web address.
pub fn in_address(text: &str, word: &Word) -> bool {
    let start = text[..word.start].rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let end = text[word.end..].find(char::is_whitespace).map_or(text.len(), |length| word.end + length);
    let run = text[start..end.min(start.saturating_add(400)).max(word.end)].to_ascii_lowercase();
    run.contains("http") || run.contains("www.") || [".com/", ".org/", ".gov/"].iter().any(|site| run.contains(site))
}

/// Whether a word opens a statement: it stands first or after a mark or a joining word.
pub fn opens(text: &str, words: &[Word], place: usize) -> bool {
    let Some(before) = place.checked_sub(1).map(|before| &words[before]) else { return true };
    let gap = &text[before.end..words[place].start];
    gap.contains([',', ';', '.', ':', '•', '/'])
        || matches!(before.text.as_str(), "and" | "the" | "or" | "mtus" | "acoem")
}
