//! Decisions of 2013 and early 2014: numbered sentences that say the outcome, and blocks with basis and rationale.
//!
//! In the notices of 2013 the list of sentences stands twice (before and after "DECISION AND RATIONALE"); it counts once.
//! The blocks follow later ("1) Regarding the request for …"). In the sections of late 2013 the sentence itself heads
//! its block. The outcome comes from the numbered sentence only, never from a rationale.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::layout::{self, Heading, Placed};
use super::model::{Diagnostic, DiagnosticCode, Outcome};
use super::segments::{Cuts, Part, Split};
use super::words::{find_words, starts_with_any, starts_with_words};
use crate::intake::text::{Gap, Text};

/// "1) MAXIMUS Federal Services, Inc. has determined the request for X is not medically necessary and appropriate."
/// The "not" is printed fused to the next word in real letters. The number stands apart, so "0.5 mg" is none.
static NOTICE_STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?is)^([1-9]\d?)\s*[.)]\s+MAXIMUS\s+Federal\s+Services,?\s+Inc\.?,?\s+has\s+determined\s+(?:that\s+)?{REQUEST}{OUTCOME}"
    ))
});

/// "1. The request for X is not medically necessary and appropriate.", in the sections of late 2013.
static SECTION_STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?is)^([1-9]\d?)\s*[.)]\s+(?:MAXIMUS\s+Federal\s+Services,?\s+Inc\.?,?\s+has\s+determined\s+(?:that\s+)?)?{REQUEST}{OUTCOME}"
    ))
});

const REQUEST: &str = r"(?:the\s+)?(?:decision\s+for\s+)?(?:the\s+)?(?:request\s+for\s+)?(.+?)";
const OUTCOME: &str = r"\s+(?:is|are|was|were)\s*(not)?\s*medically\s*necessary(?:\s+and\s+appropriate)?\s*\.?";

static NUMBERED_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([1-9]\d?)\s*[.)]\s+\S"));

#[expect(clippy::expect_used, reason = "the patterns are constants of this file, and its tests run them")]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern that the tests compile")
}

/// A statement ends within this many bytes: the longest printed item has some 560.
const STATEMENT_BYTES: usize = 2_000;

const RATIONALE_LABELS: &[(&str, ())] = &[
    ("rationale for the decision:", ()),
    ("the physician reviewer's decision rationale:", ()),
    ("the physician reviewer\u{2019}s decision rationale:", ()),
    ("the expert reviewer's decision rationale:", ()),
    ("the expert reviewer\u{2019}s decision rationale:", ()),
    ("the professional reviewer's decision rationale:", ()),
    ("decision rationale:", ()),
    ("rationale:", ()),
];

const CLAIMS_SENTENCES: &[(&str, ())] = &[
    ("the claims administrator based", ()),
    ("the claims administrator did not", ()),
    ("the claims administrator cited", ()),
];

/// The labels of the later layouts; some letters of the time have them already.
const GUIDELINE_LABELS: &[(&str, Part)] = &[
    ("claims administrator guideline:", Part::ClaimsLabel),
    ("maximus guideline:", Part::ReviewerLabel),
    ("expert reviewer guideline:", Part::ReviewerLabel),
];

const REVIEWERS: &[&str] =
    &["the expert reviewer", "the physician reviewer", "the professional reviewer", "the medical reviewer"];

/// Which letters number their items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The notices of 2013.
    Notice,
    /// The sections of late 2013 and early 2014.
    Sections,
}

/// One numbered sentence.
struct Statement {
    number: u32,
    range: Range<usize>,
    item: Range<usize>,
    outcome: Outcome,
}

/// Splits the text from `section.start`: the first statement or the decisions heading.
pub fn split(
    text: &Text,
    section: Range<usize>,
    kind: Kind,
    headings: &[Placed],
    diagnostics: &mut Vec<Diagnostic>,
) -> Split {
    let closing = layout::closing_start(headings, &section);
    let all = statements(text, section.start..closing, kind);
    let mut cuts = Cuts::default();
    cuts.cut(section.start, Part::Introduction, None);
    cuts.cut(closing, Part::Closing, None);
    for placed in headings.iter().filter(|placed| (section.start..closing).contains(&placed.start)) {
        let part = if matches!(placed.heading, Heading::NoticeDecision | Heading::Decisions | Heading::NoticeTitle) {
            Part::Introduction
        } else {
            Part::OtherSection
        };
        cuts.cut(placed.start, part, None);
    }
    // The list stands twice: of each number the last statement counts, since blocks may follow it.
    let mut decided: Vec<&Statement> = Vec::new();
    for statement in &all {
        match decided.iter_mut().find(|earlier| earlier.number == statement.number) {
            Some(earlier) => *earlier = statement,
            None => decided.push(statement),
        }
    }
    for statement in &all {
        let decision = decided.iter().position(|kept| std::ptr::eq(*kept, statement));
        cuts.cut(statement.range.start, Part::Form, decision);
        if decision.is_some() {
            cuts.cut(statement.item.start, Part::Item, decision);
            cuts.cut(statement.item.end, Part::OutcomeWord, decision);
            cuts.cut(statement.range.end, Part::Form, decision);
        }
    }
    blocks(text, section.start..closing, &decided, &mut cuts, diagnostics);
    let outcomes = decided.iter().map(|statement| statement.outcome).collect();
    Split { segments: cuts.into_segments(section), outcomes }
}

fn statements(text: &Text, section: Range<usize>, kind: Kind) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for index in text.line_at(section.start)..text.lines.len() {
        let start = text.lines[index].range.start;
        if start >= section.end {
            break;
        }
        if !text.content.as_bytes()[start].is_ascii_digit() {
            continue;
        }
        if kind == Kind::Sections && !may_start_statement(text, index) {
            continue;
        }
        let end = statement_limit(text, index, section.end, kind);
        let statement = if kind == Kind::Notice { &NOTICE_STATEMENT } else { &SECTION_STATEMENT };
        let Some(captures) = statement.captures(&text.content[start..end]) else { continue };
        let (Some(whole), Some(number), Some(item)) = (captures.get(0), captures.get(1), captures.get(2)) else {
            continue;
        };
        let Ok(number) = number.as_str().parse() else { continue };
        let expected = found.last().map_or(1, |last| last.number + 1);
        let out_of_order = kind == Kind::Sections && number != expected;
        if out_of_order || starts_with_words(item.as_str(), "regarding").is_some() {
            continue;
        }
        found.push(Statement {
            number,
            range: start..start + whole.end(),
            item: start + item.start()..start + item.end(),
            outcome: if captures.get(3).is_some() { Outcome::Upheld } else { Outcome::Overturned },
        });
    }
    found
}

/// A numbered sentence that heads a block starts a paragraph; a numbered line within a rationale does not.
fn may_start_statement(text: &Text, index: usize) -> bool {
    let before = text.lines[..index].iter().rev().find(|line| !line.furniture);
    let ends_sentence =
        before.is_none_or(|line| text.content[line.range.clone()].ends_with(['.', ':', ')', '"', '\u{201d}']));
    match text.lines[index].gap {
        Gap::Line => false,
        Gap::Paragraph => true,
        Gap::Page { new_paragraph } => new_paragraph.unwrap_or(ends_sentence),
    }
}

/// A statement stops before the next numbered line, and before a paragraph that starts a block.
fn statement_limit(text: &Text, index: usize, limit: usize, kind: Kind) -> usize {
    let start = text.lines[index].range.start;
    let mut end = text.lines[index].range.end;
    for (next, line) in text.lines.iter().enumerate().skip(index + 1) {
        let words = &text.content[line.range.start..];
        let stops = starts_next(text, next, kind)
            || starts_with_any(words, RATIONALE_LABELS).is_some()
            || starts_with_any(words, CLAIMS_SENTENCES).is_some();
        let ends = line.gap == Gap::Paragraph && !line.furniture;
        if line.range.start >= limit || line.range.end - start > STATEMENT_BYTES || stops || ends {
            break;
        }
        end = line.range.end;
    }
    end
}

/// A rationale label with the block round it.
struct Block {
    /// From its own heading or first basis sentence.
    start: usize,
    number: Option<u32>,
    label: Range<usize>,
    claims: Option<BasisStart>,
    reviewer: Option<BasisStart>,
}

/// Where a guideline line begins: its label, and its words. The sentences of 2013 are label and words in one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct BasisStart {
    label: usize,
    words: usize,
}

fn blocks(
    text: &Text,
    section: Range<usize>,
    decided: &[&Statement],
    cuts: &mut Cuts,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let found = find_blocks(text, section, decided);
    if found.len() != decided.len() {
        diagnostics.push(super::diagnostic(
            text,
            DiagnosticCode::Missing,
            decided.first().map_or(0, |statement| statement.range.start),
            format!("{} items are decided, {} rationales were found", decided.len(), found.len()),
        ));
    }
    for (order, block) in found.iter().enumerate() {
        let by_number = block.number.and_then(|number| decided.iter().position(|statement| statement.number == number));
        let decision = by_number.unwrap_or(order);
        if decision >= decided.len() {
            let message = "a rationale whose item is not among the numbered decisions".into();
            diagnostics.push(super::diagnostic(text, DiagnosticCode::Unexpected, block.label.start, message));
            continue;
        }
        let decision = Some(decision);
        cuts.cut(block.start, Part::Form, decision);
        if let Some(claims) = block.claims {
            cuts.cut(claims.label, Part::ClaimsLabel, decision);
            cuts.cut(claims.words, Part::ClaimsGuideline, decision);
        }
        if let Some(reviewer) = block.reviewer {
            cuts.cut(reviewer.label, Part::ReviewerLabel, decision);
            cuts.cut(reviewer.words, Part::ReviewerGuideline, decision);
        }
        cuts.cut(block.label.start, Part::RationaleLabel, decision);
        cuts.cut(block.label.end, Part::Rationale, decision);
    }
}

fn find_blocks(text: &Text, section: Range<usize>, decided: &[&Statement]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut heading: Option<(usize, Option<u32>)> = None;
    let (mut claims, mut reviewer): (Option<BasisStart>, Option<BasisStart>) = (None, None);
    // After its label a rationale runs on until something starts the next block, whatever its sentences begin with.
    let mut in_rationale = false;
    for index in text.line_at(section.start)..text.lines.len() {
        let start = text.lines[index].range.start;
        if start >= section.end {
            break;
        }
        let words = &text.content[start..section.end];
        if let Some((number, _)) = regarding(words) {
            heading = Some((start, number));
            (claims, reviewer, in_rationale) = (None, None, false);
        } else if decided.iter().any(|statement| statement.range.start == start) {
            (claims, reviewer, in_rationale) = (None, None, false);
        } else if let Some((part, length)) = starts_with_any(words, GUIDELINE_LABELS) {
            let side = if part == Part::ClaimsLabel { &mut claims } else { &mut reviewer };
            side.get_or_insert(BasisStart { label: start, words: start + length });
        } else if starts_with_any(words, CLAIMS_SENTENCES).is_some() && (!in_rationale || starts_paragraph(text, index))
        {
            in_rationale = false;
            claims.get_or_insert(BasisStart { label: start, words: start });
        } else if let Some(((), length)) = starts_with_any(words, RATIONALE_LABELS) {
            let from = claims.map(|claims| claims.label).or(heading.map(|(at, _)| at)).unwrap_or(start);
            let sentence = reviewer_sentence(&text.content[from..start]).map(|at| from + at);
            let reviewer = reviewer.take().or(sentence.map(|at| BasisStart { label: at, words: at }));
            let first_basis = claims.or(reviewer).map_or(start, |basis| basis.label);
            let (block_start, number) = heading.take().unwrap_or((first_basis, None));
            let claims = claims.take().filter(|claims| reviewer != Some(*claims));
            in_rationale = true;
            found.push(Block { start: block_start, number, label: start..start + length, claims, reviewer });
        }
    }
    found
}

/// Whether the next numbered sentence or block starts at this line; "4. 5 mg", wrapped within an item, does not.
fn starts_next(text: &Text, index: usize, kind: Kind) -> bool {
    let line = text.line(index);
    if !NUMBERED_LINE.is_match(line) {
        return false;
    }
    let words = line.trim_start_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ')' | ' '));
    let says = |start| starts_with_words(words, start).is_some();
    match kind {
        Kind::Notice => says("maximus") || says("regarding"),
        Kind::Sections => says("maximus") || may_start_statement(text, index),
    }
}

/// Blocks without a heading of their own start with a paragraph.
fn starts_paragraph(text: &Text, index: usize) -> bool {
    matches!(text.lines[index].gap, Gap::Paragraph | Gap::Page { new_paragraph: Some(true) })
}

/// "1) Regarding the request for X:"
fn regarding(words: &str) -> Option<(Option<u32>, usize)> {
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let number = words[..digits].parse().ok();
    let rest = words[digits..].trim_start_matches(['.', ')', ' ', '\t']);
    let length = starts_with_words(rest, "regarding the")?;
    Some((number, words.len() - rest.len() + length))
}

/// Where the reviewer's own basis begins: at the start or after a sentence.
fn reviewer_sentence(words: &str) -> Option<usize> {
    REVIEWERS
        .iter()
        .filter_map(|reviewer| {
            let at = find_words(words, reviewer)?.start;
            let before = words[..at].trim_end();
            (before.is_empty() || before.ends_with(['.', ':', '"', '\u{201d}', ')']) || words[..at].ends_with('\n'))
                .then_some(at)
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_say_item_and_outcome() {
        for (statement, item, not) in [
            (
                "1) MAXIMUS Federal Services, Inc. has determined the request for a cane is notmedically necessary and appropriate.",
                "a cane",
                true,
            ),
            (
                "2) MAXIMUS Federal Services, Inc. has determined the request for MRI of the left knee is medically necessary and appropriate.",
                "MRI of the left knee",
                false,
            ),
            (
                "3. The request for 12 visits of therapy is not medically necessary and appropriate.",
                "12 visits of therapy",
                true,
            ),
            ("5. The decision for a back brace is not medically necessary and appropriate.", "a back brace", true),
            ("4. Norco 10/325mg #60 are\nnot medically\nnecessary and appropriate.", "Norco 10/325mg #60", true),
        ] {
            let captures = SECTION_STATEMENT.captures(statement).expect(statement);
            assert_eq!(&captures[2], item);
            assert_eq!(captures.get(3).is_some(), not, "{statement}");
        }
        assert!(
            NUMBERED_LINE.is_match("12) x") && !NUMBERED_LINE.is_match("0.5 mg") && !NUMBERED_LINE.is_match("2.5 mg")
        );
        assert!(!NOTICE_STATEMENT.is_match("14. It is for pain. The request is not medically necessary."));
    }
}
