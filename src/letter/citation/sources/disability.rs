//! The Official Disability Guidelines: chapters by many names, several in one breath, sections before or after them.

use super::qualifiers::stripped;
use super::reading::{source, trimmed};
use super::sections;
use crate::vocabulary::guidelines::{Family, GuidelineSource, TABLE, Word, words};

/// What is printed after the guidelines' name.
pub fn sources(text: &str) -> Vec<GuidelineSource> {
    let (text, edition) = stripped(text);
    let text = without_lead(&text);
    let (titles, rest) = titles(text);
    let mut sources = listed(rest, titles.last().map(String::as_str), edition);
    // "Neck, Low Back and Hand chapters: Chiropractic Guidelines": the sections are of every one.
    let shared = sources.first().map(|source| source.sections.clone()).unwrap_or_default();
    for title in titles.iter().rev().skip(1) {
        let mut one = source(Family::Odg, Some(title), edition);
        one.sections.clone_from(&shared);
        sources.insert(0, one);
    }
    sources
}

/// Whether a text that does not name its guidelines begins with a chapter of these.
pub fn begins_with_chapter(text: &str) -> bool {
    let (text, _) = stripped(text);
    !titles(without_lead(&text)).0.is_empty()
}

/// The text without the words that only lead to a chapter or a topic.
fn without_lead(text: &str) -> &str {
    let mut text = trimmed(text);
    loop {
        let first = text.split(|mark: char| !mark.is_alphanumeric()).next().unwrap_or_default();
        let rest = &text[first.len()..];
        let lead = matches!(
            first.to_ascii_lowercase().as_str(),
            "guidelines"
                | "guideline"
                | "the"
                | "per"
                | "see"
                | "under"
                | "at"
                | "in"
                | "on"
                | "from"
                | "of"
                | "chapter"
                | "section"
                | "sections"
                | "topic"
                | "regarding"
                | "using"
                | "treatment"
                | "criteria"
        );
        let noun = matches!(first.to_ascii_lowercase().as_str(), "treatment" | "criteria");
        if !lead || (noun && !rest.trim_start().starts_with([',', ':', '-'])) {
            return text;
        }
        text = trimmed(rest);
    }
}

/// The chapters a text begins with, and what follows.
fn titles(text: &str) -> (Vec<String>, &str) {
    let words = words(text);
    let Some((spans, mut next)) = chapters(text, &words) else { return named_by_word(text) };
    let chapter_word = words.get(next).map_or("", |word| word.text.as_str());
    let plural = matches!(chapter_word, "chapters" | "sections");
    let singular = matches!(chapter_word, "chapter" | "section");
    let mut titles: Vec<String> = match (spans.as_slice(), plural, singular) {
        ([first, .., last], false, true) => vec![text[first.0..last.1].to_owned()],
        (spans, true, _) => spans.iter().map(|(start, end)| text[*start..*end].to_owned()).collect(),
        ([first, ..], ..) => {
            next = words.iter().position(|word| word.start >= first.1).unwrap_or(words.len());
            vec![text[first.0..first.1].to_owned()]
        }
        _ => return (Vec::new(), text),
    };
    let mut end = next.checked_sub(1).map_or(0, |last| words[last].end.max(spans.first().map_or(0, |span| span.1)));
    while let Some(word) = words.get(next).filter(|word| text[end.min(word.start)..word.start].trim().is_empty()) {
        match word.text.as_str() {
            "chapter" | "chapters" | "section" | "sections" | "procedures" | "procedure" => {}
            kind @ ("complaints" | "disorders" | "conditions") => {
                if let Some(title) = titles.last_mut() {
                    title.push(' ');
                    title.push_str(&text[word.start..word.start + kind.len()]);
                }
            }
            _ => break,
        }
        end = word.end;
        next += 1;
    }
    let rest = text.get(end..).unwrap_or_default();
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    let (tail, rest) = tail(rest);
    if let (Some(tail), Some(title)) = (tail, titles.last_mut()) {
        title.push(' ');
        title.push_str(tail);
    }
    (titles, rest)
}

/// The spans of the chapters a text begins with, joined by commas and "and", and the word after them.
fn chapters(text: &str, words: &[Word]) -> Option<(Vec<(usize, usize)>, usize)> {
    let mut spans = Vec::new();
    let mut place = 0;
    while let Some(found) = TABLE.odg_names.at(text, words, place) {
        let after = place + found.words;
        let part = &text[words[place].start..found.end];
        if !bounded(text, words, after, found.end, part) {
            break;
        }
        spans.push((words[place].start, found.end));
        place = after;
        let joint = words.get(place).filter(|word| word.text == "and");
        let gap = words.get(place).map_or("", |word| &text[found.end..word.start]);
        if joint.is_some() {
            place += 1;
        } else if !gap.contains([',', '&', '/']) {
            break;
        }
    }
    let end = spans.last()?.1;
    Some((spans, words.iter().position(|word| word.start >= end).unwrap_or(words.len())))
}

/// Whether a chapter's name ends where it does: before a mark or a word such as "chapter". A name of several words may
/// also run on into a section's ("Low Back MRI"), unless the whole is the name of guidelines ("Neck Therapy Guidelines").
fn bounded(text: &str, words: &[Word], after: usize, end: usize, name: &str) -> bool {
    let rest = &text[end..];
    if !rest.starts_with(' ') || rest.trim_start().starts_with(['-', '–', '—', '(', '/', '&', ':', ',', ';', '.']) {
        return true;
    }
    let Some(next) = words.get(after) else { return true };
    let known = matches!(
        next.text.as_str(),
        "chapter"
            | "chapters"
            | "section"
            | "sections"
            | "procedure"
            | "procedures"
            | "complaints"
            | "disorders"
            | "conditions"
            | "under"
            | "regarding"
            | "and"
            | "for"
            | "topic"
            | "on"
    );
    let first_part = rest.split([',', ';']).next().unwrap_or_default().to_ascii_lowercase();
    let several = name.split([' ', '/']).filter(|word| word.len() > 1 && *word != "and").count() > 1;
    let capital = rest.trim_start().starts_with(char::is_uppercase);
    known || (several && capital && !first_part.trim_end().ends_with("guidelines"))
}

/// "(Acute & Chronic)" after the word "chapter" is still part of the title.
fn tail(rest: &str) -> (Option<&str>, &str) {
    let bracket = rest.trim_start();
    let inside = bracket.to_ascii_lowercase();
    if (inside.starts_with("(acute") || inside.starts_with("(chronic)"))
        && let Some(end) = bracket.find(')')
    {
        return (Some(&bracket[..=end]), &bracket[end + 1..]);
    }
    (None, rest)
}

/// A chapter the table does not know, told by the word "chapter" after its name; or the one after a slash.
fn named_by_word(text: &str) -> (Vec<String>, &str) {
    let part = &text[..text.find([',', ';', ':']).unwrap_or(text.len())];
    if let Some((before, after)) = part.split_once('/') {
        let chapter = TABLE.odg_names.whole(after).is_some() && TABLE.odg_names.whole(before).is_none();
        if chapter && part.len() == text.len() {
            return (vec![trimmed(after).to_owned()], before);
        }
    }
    let all = words(part);
    let found = all
        .iter()
        .position(|word| word.text == "chapter" || (word.text == "section" && word.end == part.trim_end().len()));
    match found {
        Some(place) if (1..=7).contains(&place) => {
            (vec![trimmed(&text[..all[place].start]).to_owned()], &text[all[place].end..])
        }
        _ => (Vec::new(), text),
    }
}

/// The sections a text lists, with the further chapters among them.
fn listed(text: &str, title: Option<&str>, edition: Option<u16>) -> Vec<GuidelineSource> {
    let text = without_lead(text);
    let mut sources = vec![source(Family::Odg, title, edition)];
    for section in sections::list(&rejoined(text)).into_iter().flat_map(|section| apart(&section)) {
        let Some(current) = sources.last_mut() else { break };
        match chapter(&section) {
            Some(chapter)
                if !section.to_ascii_lowercase().ends_with("chapter")
                    && current.title.as_deref().is_some_and(|title| same(title, &chapter)) =>
            {
                if let Some(title) = current.title.as_mut().filter(|title| !title.contains(&chapter)) {
                    *title = format!("{title}, {chapter}");
                }
            }
            Some(chapter) if current.title.is_none() => current.title = Some(chapter),
            Some(chapter) => sources.push(source(Family::Odg, Some(&chapter), edition)),
            None => {
                let section = trimmed(without_topic(&section)).to_owned();
                if !section.is_empty() {
                    current.sections.push(section);
                }
            }
        }
    }
    sources
}

/// A section and the chapter that "and" joins to it: "Sacroiliac blocks and Low Back Chapter".
fn apart(section: &str) -> Vec<String> {
    let halves = section.rfind(" and ").map(|place| (&section[..place], trimmed(&section[place + 5..])));
    match halves {
        Some((before, after))
            if chapter(section).is_none()
                && after.to_ascii_lowercase().ends_with("chapter")
                && chapter(after).is_some() =>
        {
            vec![before.to_owned(), after.to_owned()]
        }
        _ => vec![section.to_owned()],
    }
}

/// A dash between two names of a list cuts like a comma.
fn rejoined(text: &str) -> String {
    text.replace(" - ", ", ").replace(" – ", ", ").replace(" — ", ", ")
}

fn without_topic(section: &str) -> &str {
    let lead = ["under ", "topic ", "regarding ", "section on ", "topic: ", "section: ", "procedure "];
    lead.iter().find_map(|lead| section.strip_prefix(lead)).unwrap_or(section)
}

/// The chapter a section of the list turns out to be.
fn chapter(section: &str) -> Option<String> {
    let all = words(section);
    let found = TABLE.odg_names.at(section, &all, 0)?;
    let rest: Vec<&str> = all[found.words..].iter().map(|word| word.text.as_str()).collect();
    let name = &section[..found.end];
    let alone = name.contains(' ') || matches!(name, "Pain" | "Shoulder" | "Knee" | "Neck" | "Elbow" | "Preface");
    match rest.as_slice() {
        ["chapter" | "section"] => Some(name.to_owned()),
        [] if alone => Some(name.to_owned()),
        _ => None,
    }
}

fn same(title: &str, chapter: &str) -> bool {
    let place = |name: &str| TABLE.odg_names.whole(name);
    place(title).is_some() && place(title) == place(chapter)
}
