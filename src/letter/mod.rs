//! Text to [`Letter`]: which layout, header, reviewer, summary, and each decision with its parts.
//!
//! Reading never fails: any text gives a letter, and what was assumed, missing or odd stands in its diagnostics. The
//! rules follow headings and labels, never the wording of a rationale: an outcome comes from where the letter prints it.

pub mod citation;
pub mod dates;
pub mod derived;
pub mod header;
pub mod item;
pub mod layout;
pub mod model;
pub mod numbered;
pub mod patient;
pub mod professional;
pub mod reviewer;
pub mod segments;
pub mod three_sections;
pub mod words;

use std::ops::Range;

use self::layout::{Heading, Placed};
use self::model::{Decision, Derived, Diagnostic, DiagnosticCode, Layout, Letter, LetterOutcome, Reviewer, Source};
use self::numbered::Kind;
use self::segments::{Part, Segment, Split};
use crate::intake::text::Text;

/// Reads a letter out of its text: what it prints, and what that says in the terms of the tables.
///
/// `stem` is the file's name without folder and extension: the id of a letter that prints no case number.
#[must_use]
pub fn parse(text: &Text, stem: &str, source: Source) -> Letter {
    let mut letter = split(text, stem, source);
    letter.decisions.iter_mut().for_each(derived::derive);
    letter
}

/// What a letter prints: the first half of [`parse`]. Nothing is derived yet.
#[must_use]
pub fn split(text: &Text, stem: &str, source: Source) -> Letter {
    let mut diagnostics = Vec::new();
    let headings = layout::headings(text);
    let end = text.content.len();
    let first_section = headings
        .iter()
        .find(|placed| !matches!(placed.heading, Heading::NoticeTitle | Heading::ProfessionalTitle | Heading::Closing));
    let body = first_section.map_or(0, |placed| placed.start);
    let section = |heading| section_range(&headings, heading, end);
    let how_determined = section(Heading::HowDetermined).unwrap_or(body..body);
    let block = reviewer::block(text, how_determined.clone());
    let layout = layout::layout(&headings, block.is_some());
    note_assumptions(layout, text, &headings, &mut diagnostics);

    let header_end = header_end(text, layout, &headings, body);
    let mut header = header::read(text, 0..header_end, &mut diagnostics);
    if layout == Layout::Notice2013 {
        read_notice_dates(text, header_end..end, &mut header);
    }
    let case_number = header.case_number.clone().or_else(|| case_number_in_foot(text));

    let split = split_decisions(text, layout, &headings, &mut diagnostics);
    let id = case_number.clone().unwrap_or_else(|| stem.to_owned());
    let decisions = decisions(text, &id, &split, &mut diagnostics);
    if decisions.is_empty() {
        let message = "no decision was found".into();
        diagnostics.push(diagnostic(text, DiagnosticCode::NoDecision, body, message));
    }
    let summary = section(Heading::CaseSummary).and_then(|range| summary(&text.fold(end_of_section(&split, range))));
    Letter {
        id,
        case_number,
        layout,
        date_assigned: header.date_assigned,
        date_of_injury: header.date_of_injury,
        decision_date: header.decision_date,
        ur_denial_date: header.ur_denial_date,
        application_received: header.application_received,
        priority: header.priority,
        reviewer: block.unwrap_or_else(|| prose_reviewer(text, &headings, how_determined, end)),
        documents_reviewed: section(Heading::DocumentsReviewed)
            .map(|range| text.fold(end_of_section(&split, range)))
            .filter(|documents| !documents.is_empty()),
        patient: summary.as_deref().map(patient::read).unwrap_or_default(),
        summary,
        outcome: LetterOutcome::of(&decisions),
        decisions,
        diagnostics,
        source,
    }
}

/// The tiling of a text's decisions section, for tests and tools: every byte belongs to exactly one segment.
#[must_use]
pub fn segments(text: &Text) -> Vec<Segment> {
    let headings = layout::headings(text);
    let layout = layout::layout(&headings, true);
    split_decisions(text, layout, &headings, &mut Vec::new()).segments
}

/// A remark about byte `at`.
pub(crate) fn diagnostic(text: &Text, code: DiagnosticCode, at: usize, message: String) -> Diagnostic {
    let line = text.lines.get(text.line_at(at).min(text.lines.len().saturating_sub(1)));
    Diagnostic { code, message, line: line.map(|line| line.number), page: line.map(|line| line.page), byte: Some(at) }
}

/// From a heading's end to the next heading. A heading that comes twice counts the first time.
fn section_range(headings: &[Placed], heading: Heading, end: usize) -> Option<Range<usize>> {
    let index = headings.iter().position(|placed| placed.heading == heading)?;
    let next = headings.get(index + 1).map_or(end, |next| next.start);
    Some(headings[index].end.min(next)..next)
}

/// A section ends at the next heading or, in the letters of 2013, where the block of a decision begins.
fn end_of_section(split: &Split, range: Range<usize>) -> Range<usize> {
    let block = split
        .segments
        .iter()
        .filter(|segment| segment.decision.is_some() || segment.part == Part::Closing)
        .map(|segment| segment.range.start)
        .find(|start| range.contains(start));
    range.start..block.unwrap_or(range.end)
}

fn note_assumptions(layout: Layout, text: &Text, headings: &[Placed], diagnostics: &mut Vec<Diagnostic>) {
    let at = headings.first().map_or(0, |placed| placed.start);
    let assumed = match layout {
        Layout::Notice2013 => {
            "a notice of 2013: items from its numbered sentences, basis and rationale from the blocks after them"
        }
        Layout::ProfessionalReview2013 => {
            "a medical professional review of 2013: one item, the outcome from the heading of its rationale"
        }
        Layout::Numbered2014 => "sections of late 2013 to 2014: items and outcomes from the numbered sentences",
        Layout::Unknown if three_sections::has_labels(&text.content) => {
            "no headings were found; decisions were looked for by their labels"
        }
        Layout::Unknown | Layout::ThreeSection2014 | Layout::ThreeSection2015 => return,
    };
    diagnostics.push(diagnostic(text, DiagnosticCode::Assumed, at, format!("layout assumed: {assumed}")));
}

/// The header reaches to the first section; in a notice it includes the title's date but not the numbered sentences.
fn header_end(text: &Text, layout: Layout, headings: &[Placed], body: usize) -> usize {
    match layout {
        Layout::Notice2013 => {
            let heading = headings
                .iter()
                .find(|placed| placed.heading != Heading::NoticeTitle)
                .map_or(text.content.len(), |placed| placed.start);
            numbered_start(text, 0..heading).unwrap_or(heading)
        }
        // Without a heading the table, if any, stands at the top of the first page.
        Layout::Unknown => text.lines.get(12).map_or(text.content.len(), |line| line.range.start),
        _ => body,
    }
}

fn numbered_start(text: &Text, range: Range<usize>) -> Option<usize> {
    text.lines.iter().map(|line| line.range.start).filter(|start| range.contains(start)).find(|&start| {
        words::starts_with_words(
            text.content[start..].trim_start_matches(|c: char| c.is_ascii_digit()),
            ") maximus federal",
        )
        .is_some()
    })
}

/// "An application for Independent Medical Review was filed on 7/30/2013 disputing the Utilization Review Denial dated
/// 7/16/2013."
fn read_notice_dates(text: &Text, range: Range<usize>, header: &mut header::Header) {
    let date_after = |phrase: &str| {
        let after = range.start + words::find_words(&text.content[range.clone()], phrase)?.end;
        dates::date_at(text.content[after..range.end].trim_start()).and_then(|(date, _)| date.ok())
    };
    let filed = date_after("was filed on");
    let denial = date_after("denial dated").or_else(|| date_after("denial/modification dated"));
    header.application_received = header.application_received.or(filed);
    header.ur_denial_date = header.ur_denial_date.or(denial);
}

/// Letters of 2013 and 2014 print the case number at the foot of every page.
fn case_number_in_foot(text: &Text) -> Option<String> {
    text.lines.iter().filter(|line| line.furniture).find_map(|line| {
        let words = &text.content[line.range.clone()];
        let at = words::find_ignoring_case(words, "case number")? + "case number".len();
        header::case_number_at(words[at..].trim_start_matches([':', ' '])).map(|(case, _)| case)
    })
}

fn prose_reviewer(text: &Text, headings: &[Placed], how_determined: Range<usize>, end: usize) -> Reviewer {
    let range = section_range(headings, Heading::ReviewerQualifications, end).unwrap_or(how_determined);
    reviewer::prose(text, range)
}

/// The summary without the sentence that introduces it.
fn summary(section: &str) -> Option<String> {
    let section = section.trim_start_matches([':', ' ']);
    let rest = section[introduction_length(section)..].trim_start();
    // The notices of 2013 set the summary in quotation marks of its own.
    let quoted = rest.strip_prefix(['\u{201c}', '"']).and_then(|inner| inner.strip_suffix(['\u{201d}', '"']));
    let rest = quoted.filter(|inner| !inner.contains(['\u{201c}', '\u{201d}'])).unwrap_or(rest).trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// Bytes of the sentence that introduces a summary: "The expert reviewer developed the following clinical case summary
/// based on a review of the case file, including all medical records:"; in the notices of 2013 "Disclaimer: The following
/// case summary was taken directly from the utilization review denial/modification dated …".
fn introduction_length(section: &str) -> usize {
    let head_length = section.char_indices().nth(320).map_or(section.len(), |(at, _)| at);
    let head = &section[..head_length];
    if let Some(disclaimer) = words::starts_with_words(head, "disclaimer:") {
        // The summary itself is quoted; without quotation marks the disclaimer ends with its sentence.
        let quoted = head.find(['\u{201c}', '"']);
        let sentence = head[disclaimer..].find([':', '.']).map(|at| disclaimer + at + 1);
        return quoted.or(sentence).unwrap_or(0);
    }
    let developed = "developed the following clinical case summary";
    let Some(from) = words::find_ignoring_case(head, developed).map(|at| at + developed.len()) else { return 0 };
    head[from..].find([':', '.']).map_or(0, |at| from + at + 1)
}

fn split_decisions(text: &Text, layout: Layout, headings: &[Placed], diagnostics: &mut Vec<Diagnostic>) -> Split {
    let end = text.content.len();
    let start_of = |heading| headings.iter().find(|placed| placed.heading == heading).map(|placed| placed.start);
    match layout {
        Layout::Notice2013 => {
            let heading = start_of(Heading::NoticeDecision).unwrap_or(end);
            let start = numbered_start(text, 0..heading).unwrap_or(heading.min(end));
            numbered::split(text, start..end, Kind::Notice, headings, diagnostics)
        }
        Layout::ProfessionalReview2013 => {
            let start = headings.first().map_or(0, |placed| placed.start);
            professional::split(text, start..end, headings)
        }
        Layout::Numbered2014 => {
            let start = start_of(Heading::Decisions).unwrap_or(0);
            let found = diagnostics.len();
            let split = numbered::split(text, start..end, Kind::Sections, headings, diagnostics);
            // Some letters of the time have the older section headings and already the newer items.
            if split.outcomes.is_empty() {
                diagnostics.truncate(found);
                return three_sections::split(text, start..end, headings, diagnostics);
            }
            split
        }
        Layout::ThreeSection2014 | Layout::ThreeSection2015 => {
            let start = start_of(Heading::Decisions).unwrap_or(0);
            let found = diagnostics.len();
            let split = three_sections::split(text, start..end, headings, diagnostics);
            if split.outcomes.is_empty() {
                diagnostics.truncate(found);
                return numbered::split(text, start..end, Kind::Sections, headings, diagnostics);
            }
            split
        }
        Layout::Unknown => three_sections::split(text, 0..end, headings, diagnostics),
    }
}

fn decisions(text: &Text, id: &str, split: &Split, diagnostics: &mut Vec<Diagnostic>) -> Vec<Decision> {
    let mut decisions = Vec::with_capacity(split.outcomes.len());
    for (index, (&outcome, ranges)) in split.outcomes.iter().zip(split.decision_ranges()).enumerate() {
        let at = ranges.item.as_ref().map_or(0, |range| range.start);
        let folded =
            |range: Option<Range<usize>>| range.map(|range| text.fold(range)).filter(|words| !words.is_empty());
        let mut missing = |what: &str| {
            let message = format!("decision {} prints no {what}", index + 1);
            diagnostics.push(diagnostic(text, DiagnosticCode::Missing, at, message));
        };
        let item = folded(ranges.item).unwrap_or_default();
        let rationale = folded(ranges.rationale);
        let mut reviewer_guideline = folded(ranges.reviewer_guideline).and_then(citation::guideline);
        if item.is_empty() {
            missing("item");
        }
        if rationale.is_none() {
            missing("rationale");
        }
        if reviewer_guideline.is_none() {
            missing("guideline of the reviewer");
        }
        let claims_guideline = folded(ranges.claims_guideline).and_then(citation::guideline);
        if let (Some(claims), Some(reviewer)) = (&claims_guideline, &mut reviewer_guideline) {
            citation::take_over(reviewer, claims);
        }
        decisions.push(Decision {
            id: format!("{id}/{}", index + 1),
            derived: Derived::default(),
            item,
            outcome,
            claims_guideline,
            reviewer_guideline,
            rationale,
        });
    }
    decisions
}
