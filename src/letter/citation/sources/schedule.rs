//! Statements about the schedule: `<Chapter> <Edition>[, Section(s): …], and <Chapter> <Edition>, …`, and the older
//! `ACOEM Chapter 3 <Chapter> Page(s): 47-48,<Chapter> <Section> Page(s): …`.

use super::qualifiers::without_law;
use super::reading::{depths, opens, source, trimmed, year};
use super::sections;
use crate::vocabulary::guidelines::{Family, GuidelineSource, TABLE, Word, words};

/// Where a chapter is named, and what its name is.
struct Heading {
    /// First byte, the words before the name ("ACOEM Chapter 12") included.
    start: usize,
    /// Byte after the name and its edition.
    end: usize,
    title: Option<String>,
    edition: Option<u16>,
}

/// The chapters a statement names, each with the sections and pages up to the next.
pub fn sources(text: &str) -> Vec<GuidelineSource> {
    let text = &without_law(text);
    let headings = headings(text);
    let mut sources = Vec::with_capacity(headings.len());
    let ends = headings.iter().skip(1).map(|heading| heading.start).chain([text.len()]);
    for (heading, end) in headings.iter().zip(ends) {
        let mut source = source(Family::Mtus, heading.title.as_deref(), heading.edition);
        source.sections = sections::list(text.get(heading.end..end).unwrap_or_default());
        sources.push(source);
    }
    sources
}

fn headings(text: &str) -> Vec<Heading> {
    let words = words(text);
    let depths = depths(text, &words);
    let mut headings: Vec<Heading> = Vec::new();
    let mut in_sections = false;
    let mut free = 0;
    let mut place = 0;
    while place < words.len() {
        let taken = (depths[place] == 0)
            .then(|| {
                named(text, &words, place, free, in_sections)
                    .or_else(|| unnamed(text, &words, place, free, &headings, in_sections))
            })
            .flatten();
        if let Some((heading, next)) = taken {
            headings.push(heading);
            in_sections = false;
            place = next;
            free = next;
            continue;
        }
        in_sections |= matches!(words[place].text.as_str(), "section" | "sections");
        place += 1;
    }
    if headings.first().is_none_or(|first| !trimmed(&text[..first.start]).is_empty()) {
        headings.splice(0..0, leading(text, headings.first().map_or(text.len(), |first| first.start)));
    }
    headings
}

/// A chapter the table knows.
fn named(text: &str, words: &[Word], place: usize, free: usize, in_sections: bool) -> Option<(Heading, usize)> {
    let found = TABLE.mtus_names.at(text, words, place).or_else(|| TABLE.acoem_names.at(text, words, place))?;
    let mut next = place + found.words;
    let mut end = found.end;
    while words.get(next).is_some_and(|word| matches!(word.text.as_str(), "guidelines" | "guideline"))
        && text[end..words[next].start].trim().is_empty()
    {
        end = words[next].end;
        next += 1;
    }
    let name = &text[words[place].start..end];
    let (next, end) = skip_chapter_word(text, words, next, end);
    let edition = edition(text, words, next);
    let begins = opens(text, words, place) || prefix(words, place, free) < place || place == free;
    let followed = text[end..].trim_start();
    let marked =
        followed.starts_with(['.', ',', ';', ':', '-', '–', '(']) || followed.is_empty() || ends_name(words.get(next));
    let accepted = match (edition.is_some(), in_sections) {
        (true, _) => true,
        (false, true) => is_strong(name) && preceded_by_and(text, words, place) && marked,
        (false, false) if place == free && free == 0 => is_strong(name) || marked,
        (false, false) => begins && (is_strong(name) || (marked && prefix(words, place, free) < place)),
    };
    if !accepted {
        return None;
    }
    let first = prefix(words, place, free);
    let before = words[first..place].iter().find_map(year);
    let (edition, next, end) = edition.map_or((before, next, end), |(year, next, end)| (Some(year), next, end));
    Some((Heading { start: words[first].start, end, title: Some(name.to_owned()), edition }, next))
}

/// A chapter the table does not know: a name with an edition between two joints, or ACOEM with no more than a number.
fn unnamed(
    text: &str,
    words: &[Word],
    place: usize,
    free: usize,
    headings: &[Heading],
    in_sections: bool,
) -> Option<(Heading, usize)> {
    let word = &words[place];
    if matches!(word.text.as_str(), "acoem" | "american")
        && !in_sections
        && (opens(text, words, place) || place == free)
    {
        return college(text, words, place, free);
    }
    if !preceded_by_and(text, words, place) && (place > 0 || !headings.is_empty()) {
        return None;
    }
    // The edition stands within a chapter name's length, before the next comma that another chapter could follow.
    let last = (place + 1..words.len().min(place + 16)).find(|at| year(&words[*at]).is_some())?;
    let name = trimmed(&text[word.start..words[last].start]);
    let closed =
        text[words[last].end..].trim_start().is_empty() || text[words[last].end..].starts_with([',', '.', ';', ')']);
    let plain = !name.contains([':', '.', ';'])
        && !name.to_ascii_lowercase().contains("section")
        && name.matches(',').count() < 3;
    let capital = name.starts_with(char::is_uppercase);
    let single =
        !(place + 1..last).any(|at| TABLE.mtus_names.at(text, words, at).is_some_and(|found| at + found.words == last));
    (closed && plain && capital && single && !name.to_ascii_lowercase().contains("page")).then(|| {
        let heading = Heading {
            start: word.start,
            end: after_bracket(text, words[last].end),
            title: Some(without_prefix(name).to_owned()),
            edition: year(&words[last]),
        };
        (heading, last + 1)
    })
}

/// ACOEM itself, where no chapter's name follows its adornments.
fn college(text: &str, words: &[Word], place: usize, free: usize) -> Option<(Heading, usize)> {
    let mut next = place;
    while next < words.len() && adorns(words, next) {
        next += 1;
    }
    let named = TABLE.mtus_names.at(text, words, next).or_else(|| TABLE.acoem_names.at(text, words, next));
    if named.is_some_and(|found| is_strong(&text[words[next].start..found.end]) || next > place + 1) {
        return None;
    }
    debug_assert!(free <= place);
    let number = (place..next)
        .find(|at| words[*at].text == "chapter")
        .and_then(|at| words.get(at + 1).filter(|_| at + 1 < next));
    let edition = words[place..next].iter().find_map(year);
    let rest = text.get(words[next - 1].end..).unwrap_or_default();
    // "ACOEM Chapter 7 Some Name Page(s): 127": the name reaches to the next mark.
    if number.is_some() && rest.trim_start_matches([',', ':', ' ', ')', '-']).starts_with(char::is_uppercase) {
        let begin = words.get(next)?.start;
        let stop = (next..words.len())
            .find(|at| matches!(words[*at].text.as_str(), "page" | "pages" | "pg" | "pgs" | "section" | "sections"));
        let stop = stop.map_or(text.len(), |at| words[at].start);
        let name = text[begin..stop].split([',', ';', '.']).next().unwrap_or_default();
        let end = begin + name.len();
        if !trimmed(name).is_empty() {
            let after = words.iter().position(|word| word.start >= end).unwrap_or(words.len());
            let heading = Heading { start: words[place].start, end, title: Some(name.to_owned()), edition };
            return Some((heading, after.max(next)));
        }
    }
    let title = number.map_or("ACOEM".to_owned(), |number| format!("ACOEM Chapter {}", number.text));
    Some((Heading { start: words[place].start, end: words[next - 1].end, title: Some(title), edition }, next))
}

/// What stands before the first known chapter, or the whole statement where none is known.
fn leading(text: &str, end: usize) -> Option<Heading> {
    let head = &text[..end];
    let all = words(head);
    let skipped = (0..all.len())
        .take_while(|place| adorns(&all, *place) || matches!(all[*place].text.as_str(), "mtus" | "ca" | "the"))
        .count();
    let begin = all.get(skipped).map_or(head.len(), |word| word.start);
    let marker = all
        .iter()
        .skip(skipped)
        .find(|word| matches!(word.text.as_str(), "page" | "pages" | "pg" | "pgs" | "pp" | "section" | "sections"));
    let stop = marker.map_or(head.len(), |word| word.start);
    let dated = all.iter().skip(skipped).find(|word| year(word).is_some() && word.start < stop);
    let name = head[begin..dated.map_or(stop, |word| word.start)].split([',', ';']).next().unwrap_or_default();
    let rest = begin + name.len();
    if trimmed(name).is_empty() && trimmed(head).is_empty() {
        return None;
    }
    let after = dated.filter(|word| word.start >= rest).map_or(rest, |word| after_bracket(text, word.end));
    let title = (!trimmed(name).is_empty()).then(|| without_prefix(name).to_owned());
    Some(Heading { start: 0, end: after, title, edition: dated.and_then(year) })
}

/// The edition after a chapter's name ("2004", "(CA MTUS 2009)", "Guidelines, 2009"), the word after it and its end.
fn edition(text: &str, words: &[Word], from: usize) -> Option<(u16, usize, usize)> {
    let before = from.checked_sub(1).map(|place| words[place].end)?;
    let bracketed = text[before..].trim_start().starts_with('(');
    for place in from..words.len().min(from + 8) {
        let gap = &text[words[place - 1].end..words[place].start];
        if place > from && gap.contains([')', ';', ':']) {
            return None;
        }
        if let Some(year) = year(&words[place]) {
            let end = if bracketed {
                closing(text, before).unwrap_or(words[place].end)
            } else {
                after_bracket(text, words[place].end)
            };
            let next = words.iter().skip(place + 1).take_while(|word| word.start < end).count();
            return Some((year, place + 1 + next, end));
        }
        let passes = bracketed
            || matches!(
                words[place].text.as_str(),
                "mtus" | "ca" | "edition" | "dwc" | "dated" | "acoem" | "2nd" | "guideline" | "guidelines"
            );
        if !passes || words[place].text == "updated" {
            return None;
        }
    }
    None
}

/// The end of the bracket that opens next.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, mark) in text[from..].char_indices().take(200) {
        match mark {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(from + place + 1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn after_bracket(text: &str, end: usize) -> usize {
    if text[end..].starts_with(')') { end + 1 } else { end }
}

/// The first of the words before a name that only lead to it: "ACOEM Practice Guidelines, Chapter 12", "CA MTUS".
fn prefix(words: &[Word], place: usize, free: usize) -> usize {
    let mut first = place;
    while first > free
        && (adorns(words, first - 1)
            || matches!(words[first - 1].text.as_str(), "mtus" | "ca" | "california" | "the" | "and"))
    {
        first -= 1;
    }
    first
}

/// A name without those words.
fn without_prefix(name: &str) -> &str {
    let all = words(name);
    let kept =
        (0..all.len()).find(|place| !adorns(&all, *place) && !matches!(all[*place].text.as_str(), "mtus" | "the"));
    kept.map_or(name, |place| &name[all[place].start..])
}

/// Whether the word only leads to a chapter's name; a number does after "chapter", elsewhere it is a page.
fn adorns(words: &[Word], place: usize) -> bool {
    let before = place.checked_sub(1).map_or("", |before| words[before].text.as_str());
    matches!(
        words[place].text.as_str(),
        "acoem"
            | "practice"
            | "guidelines"
            | "guideline"
            | "chapter"
            | "chapters"
            | "ch"
            | "occupational"
            | "american"
            | "college"
            | "of"
            | "and"
            | "environmental"
            | "2nd"
            | "second"
            | "3rd"
            | "third"
            | "edition"
            | "ed"
            | "2004"
            | "2007"
            | "2008"
            | "2011"
    ) || (matches!(before, "chapter" | "chapters" | "ch") && words[place].text.parse::<u8>().is_ok())
        // "Physical Medicine" is a section, not the end of the college's name.
        || (words[place].text == "medicine" && matches!(before, "occupational" | "environmental"))
}

fn skip_chapter_word(text: &str, words: &[Word], next: usize, end: usize) -> (usize, usize) {
    match words.get(next) {
        Some(word) if word.text == "chapter" && text[end..word.start].trim().is_empty() => (next + 1, word.end),
        _ => (next, end),
    }
}

fn ends_name(word: Option<&Word>) -> bool {
    word.is_none_or(|word| {
        matches!(
            word.text.as_str(),
            "page" | "pages" | "pg" | "pgs" | "section" | "sections" | "chapter" | "guidelines"
        )
    })
}

/// Names that cannot be a section's: several words, one of them a kind of chapter.
fn is_strong(name: &str) -> bool {
    let all = words(name);
    all.len() > 1
        && all.iter().any(|word| {
            matches!(
                word.text.as_str(),
                "complaints"
                    | "complaint"
                    | "disorders"
                    | "treatment"
                    | "guidelines"
                    | "guideline"
                    | "approaches"
                    | "approach"
                    | "conditions"
                    | "cornerstones"
                    | "suffering"
                    | "consultations"
                    | "workplace"
            )
        })
}

fn preceded_by_and(text: &str, words: &[Word], place: usize) -> bool {
    let Some(before) = place.checked_sub(1).map(|before| &words[before]) else { return false };
    let comma = text[..before.start].trim_end().ends_with([',', ';', ')'])
        || text[..before.start].trim_end().ends_with(|mark: char| mark.is_ascii_digit());
    before.text == "and" && comma
}
