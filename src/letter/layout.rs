//! Which of the layouts a letter was printed in, and where its sections start: both told from its headings.

use std::ops::Range;

use super::model::Layout;
use super::words::starts_with_any;
use crate::intake::text::Text;

/// A heading that starts a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// "HOW THE IMR FINAL DETERMINATION WAS MADE".
    HowDetermined,
    DocumentsReviewed,
    CaseSummary,
    /// "IMR ISSUES, DECISIONS AND RATIONALES", and the "IMR DECISION(S) AND RATIONALE(S)" before it.
    Decisions,
    /// "Notice of Independent Medical Review Determination".
    NoticeTitle,
    /// "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE".
    NoticeDecision,
    ReviewerQualifications,
    /// "MEDICAL PROFESSIONAL REVIEW".
    ProfessionalTitle,
    IssueAtDispute,
    GuidelinesReliedUpon,
    RationaleNotNecessary,
    RationaleNecessary,
    /// What follows the last decision in letters of 2013: its effect, signature, copies.
    Closing,
}

/// The forms headings were printed in, the longer before the shorter.
const HEADINGS: &[(&str, Heading)] = &[
    ("how the imr final determination", Heading::HowDetermined),
    ("how the imr determination", Heading::HowDetermined),
    ("documents reviewed for determination", Heading::DocumentsReviewed),
    ("documents reviewed", Heading::DocumentsReviewed),
    ("clinical case summary", Heading::CaseSummary),
    ("expert reviewer case summary", Heading::CaseSummary),
    ("case summary", Heading::CaseSummary),
    ("imr issues, decisions and rationales", Heading::Decisions),
    ("imr issues, decisions, and rationales", Heading::Decisions),
    ("imr issues decisions and rationales", Heading::Decisions),
    ("imr issue(s), decision(s) and rationale(s)", Heading::Decisions),
    ("imr issue, decision and rationale", Heading::Decisions),
    ("imr decision(s) and rationale(s)", Heading::Decisions),
    ("imr decisions and rationales", Heading::Decisions),
    ("imr decision and rationale", Heading::Decisions),
    ("notice of independent medical review determination", Heading::NoticeTitle),
    ("independent medical review decision and rationale", Heading::NoticeDecision),
    ("medical qualifications of the expert reviewer", Heading::ReviewerQualifications),
    ("medical qualifications of the professional reviewer", Heading::ReviewerQualifications),
    ("medical qualifications of the physician reviewer", Heading::ReviewerQualifications),
    ("medical reviewer qualifications", Heading::ReviewerQualifications),
    ("medical professional review", Heading::ProfessionalTitle),
    ("issue at dispute", Heading::IssueAtDispute),
    ("issue(s) at dispute", Heading::IssueAtDispute),
    ("issues at dispute", Heading::IssueAtDispute),
    ("medical treatment guideline(s) relied upon", Heading::GuidelinesReliedUpon),
    ("medical treatment guidelines relied upon", Heading::GuidelinesReliedUpon),
    ("medical treatment guideline relied upon", Heading::GuidelinesReliedUpon),
    ("rationale for why the requested treatment/service is/was not", Heading::RationaleNotNecessary),
    ("rationale for why the requested treatment/service is not", Heading::RationaleNotNecessary),
    ("rationale for why the requested treatment/service was not", Heading::RationaleNotNecessary),
    ("rationale for why the requested treatment/service", Heading::RationaleNecessary),
    ("effect of the decision", Heading::Closing),
    ("sincerely,", Heading::Closing),
    ("disclaimer: maximus is providing", Heading::Closing),
];

/// First letters of the headings, to pass over the other lines at once.
const FIRST_LETTERS: &[u8] = b"hdceinmrs";

/// A heading with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub heading: Heading,
    /// Byte where the heading starts.
    pub start: usize,
    /// Byte after its last word; a heading may wrap onto a second line.
    pub end: usize,
    /// Index of the line it starts on.
    pub line: usize,
}

/// All headings of a text, in order.
#[must_use]
pub fn headings(text: &Text) -> Vec<Placed> {
    let mut found = Vec::new();
    for (index, line) in text.lines.iter().enumerate() {
        let start = line.range.start;
        let first = text.content.as_bytes()[start].to_ascii_lowercase();
        if !FIRST_LETTERS.contains(&first) {
            continue;
        }
        if let Some((heading, length)) = starts_with_any(&text.content[start..], HEADINGS)
            && stands_alone(text, index, heading, start + length)
        {
            found.push(Placed { heading, start, end: heading_end(text, heading, start + length), line: index });
        }
    }
    // Where a letter sets its headings in capitals, "Case summary:" within a paragraph is none.
    let main =
        |placed: &Placed| matches!(placed.heading, Heading::HowDetermined | Heading::CaseSummary | Heading::Decisions);
    let in_capitals = |placed: &Placed| is_in_capitals(&text.content[placed.start..placed.end]);
    if found.iter().any(|placed| main(placed) && in_capitals(placed)) {
        found.retain(|placed| placed.heading == Heading::Closing || in_capitals(placed));
    }
    found
}

/// Whether what matched is a heading and not the beginning of a sentence: headings in capitals or with a colon are,
/// and those that fill their line.
fn stands_alone(text: &Text, index: usize, heading: Heading, end: usize) -> bool {
    let start = text.lines[index].range.start;
    let words = &text.content[start..end];
    let rest = text.content[end..text.lines[text.line_at(end - 1)].range.end].trim_start();
    if heading == Heading::Closing && words.starts_with(['d', 'D']) {
        return true;
    }
    rest.is_empty()
        || rest.starts_with(':')
        || (is_in_capitals(words) && !rest.starts_with(|first: char| first.is_lowercase()))
}

fn is_in_capitals(words: &str) -> bool {
    !words.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Where a heading's own words end: at its colon, else at the end of its line.
fn heading_end(text: &Text, heading: Heading, matched: usize) -> usize {
    let rest = &text.content[matched..];
    match heading {
        // These run on ("… BY PROFESSIONAL REVIEWER AND WHY:") and may wrap: to their colon, if it is near.
        Heading::GuidelinesReliedUpon
        | Heading::RationaleNecessary
        | Heading::RationaleNotNecessary
        | Heading::ReviewerQualifications
        | Heading::IssueAtDispute => {
            let near: String = rest.chars().take(160).collect();
            if let Some(colon) = near.find(':') {
                return matched + colon + 1;
            }
        }
        Heading::CaseSummary | Heading::DocumentsReviewed => {
            if let Some(after) = rest.trim_start().strip_prefix(':') {
                return text.content.len() - after.len();
            }
        }
        _ => {}
    }
    text.lines.get(text.line_at(matched - 1)).map_or(matched, |line| line.range.end)
}

/// Where the closing of a section starts: at the first of its headings, so that signature lines do not hide it; without
/// one at the section's end.
#[must_use]
pub fn closing_start(headings: &[Placed], section: &Range<usize>) -> usize {
    headings
        .iter()
        .find(|placed| placed.heading == Heading::Closing && section.contains(&placed.start))
        .map_or(section.end, |placed| placed.start)
}

/// The layout, from the headings; 2014 and 2015 differ in where the reviewer's credentials stand.
#[must_use]
pub fn layout(headings: &[Placed], has_credentials_block: bool) -> Layout {
    let has = |heading| headings.iter().any(|placed| placed.heading == heading);
    // Later letters may have a cover page under the notice's title.
    if has(Heading::NoticeDecision) || (has(Heading::NoticeTitle) && !has(Heading::Decisions)) {
        Layout::Notice2013
    } else if has(Heading::ProfessionalTitle) || (has(Heading::IssueAtDispute) && has(Heading::GuidelinesReliedUpon)) {
        Layout::ProfessionalReview2013
    } else if has(Heading::Decisions) && has(Heading::DocumentsReviewed) {
        Layout::Numbered2014
    } else if has(Heading::Decisions) && has_credentials_block {
        Layout::ThreeSection2015
    } else if has(Heading::Decisions) {
        Layout::ThreeSection2014
    } else {
        Layout::Unknown
    }
}
