//! The expert reviewer's credentials: a block of two lines since 2015, a sentence before.

use std::ops::Range;

use super::model::Reviewer;
use super::words::{find_ignoring_case, starts_with_words};
use crate::intake::text::{Gap, Text};

const LICENSURE: &[&str] = &["state(s) of licensure:", "states of licensure:", "state of licensure:"];
const SPECIALTY: &[&str] = &[
    "certification(s)/specialty:",
    "certification(s)/specialties:",
    "certification(s) / specialty:",
    "certification/specialty:",
    "certifications/specialty:",
    "specialty:",
];

/// Reads the block of 2015 and after; `None` where there is none.
#[must_use]
pub fn block(text: &Text, range: Range<usize>) -> Option<Reviewer> {
    let first = text.line_at(range.start);
    let mut reviewer = Reviewer::default();
    let mut found = false;
    for index in first..text.lines.len() {
        let start = text.lines[index].range.start;
        if start >= range.end {
            break;
        }
        for (labels, names) in [(LICENSURE, &mut reviewer.licensure), (SPECIALTY, &mut reviewer.specialties)] {
            if !names.is_empty() {
                continue;
            }
            let Some(length) = labels.iter().find_map(|label| starts_with_words(&text.content[start..], label)) else {
                continue;
            };
            found = true;
            let end = value_end(text, index, range.end);
            *names = comma_separated(&text.fold(start + length..end));
        }
    }
    found.then_some(reviewer)
}

/// A value runs on over wrapped lines, to the next label or paragraph gap.
fn value_end(text: &Text, label_line: usize, limit: usize) -> usize {
    let mut end = text.lines[label_line].range.end;
    let mut after_foot = false;
    for line in &text.lines[label_line + 1..] {
        // A running foot may stand between two lines of a value; the gap after it is the page's.
        if line.furniture {
            after_foot = true;
            continue;
        }
        let starts_label = LICENSURE
            .iter()
            .chain(SPECIALTY)
            .any(|label| starts_with_words(&text.content[line.range.start..], label).is_some());
        if line.range.start >= limit || (line.gap == Gap::Paragraph && !after_foot) || starts_label {
            break;
        }
        end = line.range.end;
        after_foot = false;
    }
    end.min(limit)
}

/// Reads the sentence of 2013 and 2014: "is Board Certified in …, has a subspecialty in … and is licensed to practice
/// in …".
#[must_use]
pub fn prose(text: &Text, range: Range<usize>) -> Reviewer {
    let folded = text.fold(range);
    let licensure = find_ignoring_case(&folded, "licensed to practice in ")
        .map(|at| sentence_head(&folded[at + "licensed to practice in ".len()..]))
        .map(|states| comma_separated(&states.replace(", and ", ", ").replace(" and ", ", ")))
        .unwrap_or_default();
    let specialties = find_ignoring_case(&folded, "board certified in ")
        .map(|at| {
            let rest = &folded[at + "board certified in ".len()..];
            let end = ["licensed to practice", " He/she has been", " He/she is "]
                .iter()
                .filter_map(|stop| find_ignoring_case(rest, stop))
                .min()
                .unwrap_or(rest.len());
            specialty_names(sentence_head(&rest[..end]))
        })
        .unwrap_or_default();
    Reviewer { licensure, specialties }
}

fn specialty_names(phrase: &str) -> Vec<String> {
    let mut phrase = phrase.trim();
    for ending in ["is", "and", ","] {
        phrase = phrase.strip_suffix(ending).filter(|rest| ends_a_word(rest, ending)).unwrap_or(phrase).trim_end();
    }
    phrase
        .split(',')
        .map(str::trim)
        .map(|name| name.strip_prefix("and ").unwrap_or(name))
        .map(|name| name.strip_prefix("has a subspecialty in ").unwrap_or(name))
        .map(|name| name.strip_prefix("with a subspecialty in ").unwrap_or(name))
        .flat_map(|name| name.split(" and has a subspecialty in "))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// "is" and "and" are taken off only as whole words.
fn ends_a_word(rest: &str, ending: &str) -> bool {
    ending == "," || rest.ends_with(' ')
}

/// Up to the end of the sentence; "Washington, D.C." has full stops inside.
fn sentence_head(text: &str) -> &str {
    let end = text.match_indices(". ").map(|(at, _)| at).find(|&at| !text[..at].ends_with("D.C")).unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

fn comma_separated(names: &str) -> Vec<String> {
    names
        .split([',', ';'])
        .map(|name| name.trim().trim_end_matches('.').trim())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::plain;

    #[test]
    fn credentials_in_prose() {
        for (sentence, specialties, licensure) in [
            (
                "The reviewer is Board Certified in Occupational Medicine and is licensed to practice in California. He/she",
                &["Occupational Medicine"][..],
                &["California"][..],
            ),
            (
                "is Board Certified in Physical Medicine and Rehabilitation, has a subspecialty in Pain Management and is \
                 licensed to practice in California, Texas and Ohio.",
                &["Physical Medicine and Rehabilitation", "Pain Management"],
                &["California", "Texas", "Ohio"],
            ),
            (
                "is Board Certified in Psychiatry and is licensed to practice in Oregon and Maryland. He/she",
                &["Psychiatry"],
                &["Oregon", "Maryland"],
            ),
        ] {
            let text = plain::lines(sentence.to_owned());
            let reviewer = prose(&text, 0..text.content.len());
            assert_eq!(reviewer.specialties, specialties, "{sentence}");
            assert_eq!(reviewer.licensure, licensure, "{sentence}");
        }
    }
}
