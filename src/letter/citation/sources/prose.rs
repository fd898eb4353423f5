//! Sentences of 2013: "The Claims Administrator based its decision on the Chronic Pain Medical Treatment Guidelines, page
//! 12, part of the MTUS, and the Official Disability Guidelines".

use super::outside;
use super::reading::trimmed;
use super::without_source;
use crate::vocabulary::guidelines::{Family, GuidelineSource, words};

/// The sources that sentences name as what the decision rests on.
pub fn sources(line: &str) -> Vec<GuidelineSource> {
    let mut sources = Vec::new();
    let all_scheduled = line.to_ascii_lowercase().contains("the table is part of the mtus");
    for sentence in sentences(line) {
        let lower = sentence.to_ascii_lowercase();
        let remark =
            !sources.is_empty() && ["the table is", "the chapter is"].iter().any(|opening| lower.starts_with(opening));
        if remark || without_source(&words(sentence)) {
            continue;
        }
        let rests = rest(sentence, &lower);
        let Some(named) = rests else { continue };
        let scheduled = all_scheduled
            || lower.contains("part of the mtus")
            || lower.contains("part of mtus")
            || lower.contains("part of the california mtus")
            || lower.contains("part of the medical treatment utilization schedule");
        let scheduled = scheduled && !lower.contains("not part of") && !lower.contains("not a part of");
        for mut source in outside::sources(&without_remarks(named)) {
            if scheduled && source.family == Family::Acoem {
                source.family = Family::Mtus;
            }
            source.sections.retain(|section| says_something(section));
            // "…, on which the MTUS does not enter": the schedule is spoken of, not cited.
            let is_spoken_of = source.title.as_deref().is_some_and(|title| {
                ["does ", "did ", "is ", "are ", "was ", "has "].iter().any(|verb| title.starts_with(verb))
            });
            let unnamed = source.family == Family::Other && !worth(&source);
            if !unnamed && !is_spoken_of {
                sources.push(source);
            }
        }
    }
    sources
}

/// What a sentence says the decision rests on; `None` where it says something else.
fn rest<'line>(sentence: &'line str, lower: &str) -> Option<&'line str> {
    let cues = [
        "decision on the",
        "decision on",
        "based upon the",
        "based upon",
        "decision upon the",
        "decision upon",
        "cited the",
        "cited",
        "relied on the",
        "relied on",
        "relied upon the",
        "relied upon",
        "used the",
        "utilized the",
        "based on the",
        "based on",
        "referenced the",
        "found the",
        "according to the",
    ];
    let cue = cues
        .iter()
        .filter_map(|cue| lower.find(cue).map(|place| (place, place + cue.len())))
        .min_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
    let names = |text: &str| {
        ["mtus", "odg", "official disability", "acoem", "treatment guidelines", "american college"]
            .iter()
            .any(|name| text.contains(name))
    };
    let negative = lower.contains("found no section")
        || lower.contains("no section of")
        || lower.contains("did not find")
        || lower.contains("did not base")
        || lower.contains("mtus did not address")
        || lower.contains("mtus does not address")
        || lower.contains("mtus is silent");
    let relevant = lower.contains("relevant and appropriate") || lower.contains("used by the claims administrator");
    match cue {
        Some((_, end))
            if lower[end..]
                .trim_start_matches([' ', ':'])
                .starts_with("guidelines used by the claims administrator") =>
        {
            None
        }
        Some((start, end)) if !lower[end..].contains(char::is_alphanumeric) => {
            Some(sentence[..start].trim_end().trim_end_matches("were").trim_end_matches("was"))
        }
        Some((_, end)) if !negative => Some(&sentence[end..]),
        Some((_, end)) if names(&lower[end..]) && !lower[end..].contains("no section") => {
            // "found no section of the MTUS … and based his/her decision on the ODG": what follows the last cue counts.
            let last = [
                "decision on the ",
                "decision on ",
                "based on the ",
                "relied on the ",
                "used the ",
                "utilized the ",
                "cited the ",
            ]
            .iter()
            .filter_map(|cue| lower.rfind(cue).map(|place| place + cue.len()))
            .max();
            last.map(|place| &sentence[place..])
        }
        Some(_) => None,
        None if negative || (relevant && !names(lower)) || !names(lower) && lower.contains("expert reviewer") => None,
        None => Some(sentence),
    }
}

/// The sentences of a line. Dots of abbreviations ("pg. 12", "et al.") end none.
fn sentences(line: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut begin = 0;
    for (place, _) in line.match_indices(". ") {
        let before = line[begin..place].rsplit(' ').next().unwrap_or_default();
        let speaks = ["The ", "This ", "He", "She ", "In ", "Therefore"]
            .iter()
            .any(|opening| line[place + 2..].starts_with(opening));
        if (before.len() > 3 || before.contains(|letter: char| letter.is_ascii_digit())) && speaks
            || line[place + 2..].starts_with("The Expert")
            || line[place + 2..].starts_with("The Claims")
        {
            sentences.push(&line[begin..place]);
            begin = place + 2;
        }
    }
    sentences.push(&line[begin..]);
    sentences
}

/// The text without the clauses that only place a source inside or outside the schedule.
fn without_remarks(text: &str) -> String {
    let mut text = text.to_owned();
    for remark in [
        "which are not part of the MTUS",
        "which is not part of the MTUS",
        "which are part of the MTUS",
        "which is part of the MTUS",
        "not a part of the MTUS",
        "not part of the MTUS",
        "that is part of the MTUS",
        "that are part of the MTUS",
        "and is part of the MTUS",
        "part of the MTUS",
        "part of MTUS",
        "a medical treatment guideline",
        "which is a medical treatment guideline",
        "which is part of the California MTUS",
        "part of the California MTUS",
        "which is part of the Medical Treatment Utilization Schedule (MTUS)",
        "part of the Medical Treatment Utilization Schedule (MTUS)",
        "which is part of the Medical Treatment Utilization Schedule",
        "part of the Medical Treatment Utilization Schedule",
        "part of the California Medical Treatment Utilization Schedule (MTUS)",
        "outside of the MTUS",
        "outside the MTUS",
        "in the California Medical Treatment Utilization Schedule (MTUS)",
        "relevant and appropriate for the employee's clinical circumstance",
        "relevant and appropriate for the employee's clinical circumstances",
        "relevant and appropriate",
        "which is",
        "which are",
        "applicable and relevant to the issue at dispute",
        "and relevant to the issue at dispute",
        "cited by the Claims Administrator",
        "used by the Claims Administrator",
    ] {
        while let Some(place) = text.to_ascii_lowercase().find(&remark.to_ascii_lowercase()) {
            text.replace_range(place..place + remark.len(), " ");
        }
    }
    text
}

/// Whether a section is more than the words that led to it ("on which").
fn says_something(section: &str) -> bool {
    !section.split_whitespace().all(|word| ["on", "in", "and", "which", "the", "for", "of", "to", "it"].contains(&word))
}

/// Whether prose named a work: more than a word or two of the sentence's own.
fn worth(source: &GuidelineSource) -> bool {
    let title = source.title.as_deref().map(trimmed).unwrap_or_default();
    let lower = title.to_ascii_lowercase();
    let generic = [
        "relevant",
        "applicable",
        "appropriate",
        "guideline",
        "guidelines",
        "it",
        "that",
        "not",
        "a",
        "medical evidence",
        "evidence",
        "clinical",
        "following",
        "his/her",
        "employee",
    ];
    !title.is_empty() && !generic.iter().any(|word| lower == *word || lower.starts_with(&format!("{word} ")))
}
