//! Decisions of the letters from 2014 on: item and outcome, two guideline lines, rationale, again and again.
//!
//! An item has no marker of its own. It is found backwards from the first label after it: the words before that label
//! end in ": Upheld" or ": Overturned", and the item starts at the paragraph gap before. Items hold colons and run over
//! pages; rationales hold paragraphs and the word "Upheld"; neither confuses this order.

use std::ops::Range;

use super::layout::{self, Heading, Placed};
use super::model::{Diagnostic, DiagnosticCode, Outcome};
use super::segments::{Cuts, Part, Split};
use super::words::{find_ignoring_case, find_words, starts_with_any, starts_with_words};
use crate::intake::text::{Gap, Text};

/// The three labels of a decision, in their printed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Claims,
    Reviewer,
    Rationale,
}

const LABELS: &[(&str, Label)] = &[
    ("claims administrator guideline:", Label::Claims),
    ("claims administrator guidelines:", Label::Claims),
    ("claims administrator's guideline:", Label::Claims),
    ("maximus guideline:", Label::Reviewer),
    ("maximus guidelines:", Label::Reviewer),
    ("maximus federal services guideline:", Label::Reviewer),
    ("expert reviewer guideline:", Label::Reviewer),
    ("imr guideline:", Label::Reviewer),
    ("decision rationale:", Label::Rationale),
    ("rationale for the decision:", Label::Rationale),
    ("rationale:", Label::Rationale),
];

/// First letters of the labels, to pass over the other lines at once.
const FIRST_LETTERS: &[u8] = b"cmeidr";

/// The sentence that introduces the decisions.
const INTRODUCTIONS: &[&str] = &[
    "the final determination was based on decisions for the disputed items/services set forth below:",
    "the final determination was based on decisions for the disputed items/services set forth below.",
    "the final determination was based on decisions for the disputed item/service set forth below:",
    "the final determinations were based on decisions for the disputed items/services set forth below:",
];

/// What the first sentence of a modified request ends in.
const REQUEST: &str = "was the original request";

struct PlacedLabel {
    label: Label,
    start: usize,
    end: usize,
    /// The label stands at the start of its line, as printed; not in text without line structure.
    starts_line: bool,
}

/// Splits the section from the heading `section.start` to `section.end`.
pub fn split(text: &Text, section: Range<usize>, headings: &[Placed], diagnostics: &mut Vec<Diagnostic>) -> Split {
    let body = introduction_end(text, section.start, headings)..layout::closing_start(headings, &section);
    let labels = labels(text, &body);
    let mut cuts = Cuts::default();
    cuts.cut(section.start, Part::Introduction, None);
    cuts.cut(body.end, Part::Closing, None);
    let mut outcomes = Vec::new();
    let mut lowest_start = body.start;
    let mut last_label = None;
    for placed in &labels {
        let before = words_before(text, placed, lowest_start);
        if let Some(ending) = outcome_ending(text, &before, placed.label) {
            let item_end = ending.item_end;
            let decision = outcomes.len();
            let start = if decision == 0 {
                first_item_start(text, before.start, item_end, diagnostics)
            } else {
                item_start(text, lowest_start, item_end, diagnostics)
            };
            if !ending.has_colon {
                diagnostics.push(super::diagnostic(
                    text,
                    DiagnosticCode::Assumed,
                    start,
                    "the outcome of this item is printed without its colon".into(),
                ));
            }
            cuts.cut(start, Part::Item, Some(decision));
            cuts.cut(item_end, Part::OutcomeWord, Some(decision));
            outcomes.push(ending.outcome);
            last_label = None;
        }
        let Some(decision) = outcomes.len().checked_sub(1) else {
            diagnostics.push(unexpected(text, placed.start, "a guideline stands before the first item"));
            continue;
        };
        if last_label.is_some_and(|last| placed.label <= last) {
            diagnostics.push(unexpected(
                text,
                placed.start,
                "this label comes twice for one item (an item before it prints no outcome); its text was kept with the part before it",
            ));
            continue;
        }
        let (label_part, part) = match placed.label {
            Label::Claims => (Part::ClaimsLabel, Part::ClaimsGuideline),
            Label::Reviewer => (Part::ReviewerLabel, Part::ReviewerGuideline),
            Label::Rationale => (Part::RationaleLabel, Part::Rationale),
        };
        cuts.cut(placed.start, label_part, Some(decision));
        cuts.cut(placed.end, part, Some(decision));
        last_label = Some(placed.label);
        lowest_start = placed.end;
    }
    Split { segments: cuts.into_segments(section), outcomes }
}

fn unexpected(text: &Text, at: usize, message: &str) -> Diagnostic {
    super::diagnostic(text, DiagnosticCode::Unexpected, at, message.into())
}

/// After the section's heading and its stock sentence.
fn introduction_end(text: &Text, section_start: usize, headings: &[Placed]) -> usize {
    let heading_end = headings
        .iter()
        .find(|placed| placed.start == section_start && placed.heading == Heading::Decisions)
        .map_or(section_start, |placed| placed.end);
    let following = text.lines[text.line_at(heading_end).min(text.lines.len())..].iter().filter(|line| !line.furniture);
    let next = following.clone().next().map_or(heading_end, |line| line.range.start.max(heading_end));
    if let Some(length) = INTRODUCTIONS.iter().find_map(|sentence| starts_with_words(&text.content[next..], sentence)) {
        return next + length;
    }
    // A running foot may interrupt the sentence: then its lines are put together without it.
    let mut words = String::new();
    for line in following.take(4) {
        words.push_str(&text.content[line.range.clone()]);
        if INTRODUCTIONS.iter().any(|sentence| starts_with_words(&words, sentence) == Some(words.len())) {
            return line.range.end;
        }
        words.push(' ');
    }
    heading_end
}

/// The labels at line starts; in text without line structure, those after an outcome or a full stop.
fn labels(text: &Text, body: &Range<usize>) -> Vec<PlacedLabel> {
    let mut found = Vec::new();
    let mut last_end = body.start;
    for line in &text.lines[text.line_at(body.start)..] {
        let start = line.range.start.max(body.start);
        if start >= body.end {
            break;
        }
        // The second line of a label that wraps is no label of its own.
        if start < last_end {
            continue;
        }
        if !FIRST_LETTERS.contains(&text.content.as_bytes()[start].to_ascii_lowercase()) {
            continue;
        }
        if let Some((label, length)) = starts_with_any(&text.content[start..], LABELS) {
            last_end = start + length;
            found.push(PlacedLabel { label, start, end: last_end, starts_line: true });
        }
    }
    if found.is_empty() { labels_within_lines(text, body) } else { found }
}

fn labels_within_lines(text: &Text, body: &Range<usize>) -> Vec<PlacedLabel> {
    let mut found = Vec::new();
    for (offset, _) in text.content[body.clone()].match_indices(['C', 'M', 'D']) {
        let start = body.start + offset;
        if let Some((label, length)) = starts_with_any(&text.content[start..], LABELS) {
            found.push(PlacedLabel { label, start, end: start + length, starts_line: false });
        }
    }
    found
}

/// The text between the last label and this one, without running feet before it.
fn words_before(text: &Text, placed: &PlacedLabel, lowest: usize) -> Range<usize> {
    if !placed.starts_line {
        return lowest..placed.start.max(lowest);
    }
    let line = text.lines[..text.line_at(placed.start)].iter().rev().find(|line| !line.furniture);
    lowest..line.map_or(lowest, |line| line.range.end).max(lowest)
}

struct OutcomeEnding {
    outcome: Outcome,
    /// Byte where the item's words end.
    item_end: usize,
    has_colon: bool,
}

/// The outcome that the words of `range` end in. A guideline line cannot end so by chance: before the claims
/// administrator's label the bare word is accepted, before the others only with its colon.
fn outcome_ending(text: &Text, range: &Range<usize>, next_label: Label) -> Option<OutcomeEnding> {
    let words = &text.content[range.clone()];
    let trimmed = words.trim_end().trim_end_matches('.').trim_end();
    let (outcome, rest) = [("upheld", Outcome::Upheld), ("overturned", Outcome::Overturned)].into_iter().find_map(
        |(word, outcome)| {
            let at = trimmed.len().checked_sub(word.len())?;
            let tail = trimmed.get(at..)?;
            tail.eq_ignore_ascii_case(word).then(|| (outcome, &trimmed[..at]))
        },
    )?;
    let before = without_foot(text, range.start, rest);
    let item = before.trim_end_matches(':').trim_end();
    let has_colon = item.len() < before.len();
    let stands_apart =
        rest.ends_with(|last: char| last.is_whitespace() || matches!(last, '-' | '\u{2013}' | '\u{2014}'));
    let plausible = has_colon || (next_label == Label::Claims && stands_apart);
    (plausible && !item.is_empty()).then(|| OutcomeEnding {
        outcome,
        item_end: range.start + item.trim_end_matches(['-', '\u{2013}', '\u{2014}', ' ']).len(),
        has_colon,
    })
}

/// Words that end before a page's foot, where the outcome stands alone on the next page.
fn without_foot<'a>(text: &Text, start: usize, words: &'a str) -> &'a str {
    let mut words = words.trim_end();
    while !words.is_empty()
        && let Some(line) = text.lines.get(text.line_at(start + words.len() - 1))
        && line.furniture
        && line.range.start > start
    {
        words = words[..line.range.start - start].trim_end();
    }
    words
}

/// The first item starts after the introduction; a sentence in between that is no item stays with the introduction.
fn first_item_start(text: &Text, lowest: usize, item_end: usize, diagnostics: &mut Vec<Diagnostic>) -> usize {
    let first_line = text.line_at(lowest);
    let top = text.lines.get(first_line).map_or(lowest, |line| line.range.start.max(lowest));
    let Some(start) = last_gap(text, first_line, item_end) else { return top };
    // An introduction may end in a colon: it does not belong to the item.
    let start = whole_item_start(text, first_line, start, item_end, &[], diagnostics).max(top);
    let before = text.content[top..start].trim_end();
    if ends_sentence(before) || before.ends_with(':') {
        diagnostics.push(unexpected(text, top, "text before the first item that is not the usual introduction"));
        start
    } else {
        top
    }
}

/// Where the item that ends at `item_end` starts, looking back no further than `lowest`, the end of the last label.
fn item_start(text: &Text, lowest: usize, item_end: usize, diagnostics: &mut Vec<Diagnostic>) -> usize {
    let first_line = text.line_at(lowest);
    if let Some(start) = last_gap(text, first_line + 1, item_end) {
        return whole_item_start(text, first_line + 1, start, item_end, &[':', ',', ';'], diagnostics);
    }
    let (start, how) = match last_line_after_sentence(text, first_line + 1, item_end) {
        Some(start) => (start, "a line that ends a sentence"),
        None => {
            (last_sentence_end(&text.content[lowest..item_end]).map_or(lowest, |at| lowest + at), "the last full stop")
        }
    };
    diagnostics.push(super::diagnostic(
        text,
        DiagnosticCode::Assumed,
        start,
        format!("no paragraph gap before this item; it was taken to start after {how}"),
    ));
    start
}

/// An item may hold a gap itself: after one of the characters `unfinished`, as in a list introduced by a colon, or in a
/// modified request broken over a page after one of its sentences. Then it starts at the gap before.
fn whole_item_start(
    text: &Text,
    first: usize,
    start: usize,
    item_end: usize,
    unfinished: &[char],
    diagnostics: &mut Vec<Diagnostic>,
) -> usize {
    let mut whole = start;
    while let Some(index) = text.line_at(whole).checked_sub(1).filter(|&index| index >= first) {
        let Some(earlier) = last_gap(text, first, text.lines[index].range.end).filter(|&earlier| earlier < whole)
        else {
            break;
        };
        let is_unfinished = text.content[..whole].trim_end().ends_with(unfinished);
        let at_page = matches!(text.lines[index + 1].gap, Gap::Page { .. });
        let is_cut = || is_cut_request(&text.content[earlier..whole], &text.content[whole..item_end]);
        if !is_unfinished && (!at_page || !is_cut()) {
            break;
        }
        whole = earlier;
    }
    if whole < start {
        let message = "this item runs over a paragraph or page gap; it was put together".into();
        diagnostics.push(super::diagnostic(text, DiagnosticCode::Assumed, whole, message));
    }
    whole
}

/// Whether a modified request begins in the paragraph `before` and goes on in `after`: "X was the original request. Y was
/// authorized by the Claims Administrator. The remaining IMR eligible portion …, Z is".
fn is_cut_request(before: &str, after: &str) -> bool {
    const MIDDLES: [&str; 3] =
        ["authorized by the claims administrator", "remaining imr eligible", "leaving the original request"];
    let says = |phrase| find_words(after, phrase).is_some();
    find_words(before, REQUEST).is_some()
        && find_words(after, REQUEST).is_none()
        && (starts_with_words(after, "the original request,").is_some() || MIDDLES.into_iter().any(says))
}

/// Start of the last paragraph that begins at line `first` or later and before `item_end`.
fn last_gap(text: &Text, first: usize, item_end: usize) -> Option<usize> {
    let last = text.line_at(item_end.saturating_sub(1)).min(text.lines.len().saturating_sub(1));
    (first..=last)
        .rev()
        .find(|&index| !text.lines[index].furniture && starts_paragraph(text, index))
        .map(|index| text.lines[index].range.start)
}

/// Whether a paragraph starts at this line. Across a page break the geometry may not tell: then the words do.
fn starts_paragraph(text: &Text, index: usize) -> bool {
    let line = text.line(index);
    let Some(before) = text.lines[..index].iter().rev().find(|line| !line.furniture) else { return true };
    let before = &text.content[before.range.clone()];
    let continues = line.starts_with(|first: char| first.is_lowercase()) && !ends_sentence(before);
    match text.lines[index].gap {
        Gap::Line | Gap::Page { new_paragraph: Some(false) } => false,
        Gap::Paragraph => true,
        Gap::Page { new_paragraph: Some(true) } => !continues,
        Gap::Page { new_paragraph: None } => {
            ends_sentence(before) && !line.starts_with(|first: char| first.is_lowercase())
        }
    }
}

fn last_line_after_sentence(text: &Text, first: usize, item_end: usize) -> Option<usize> {
    let last = text.line_at(item_end.saturating_sub(1));
    (first.max(1)..=last)
        .rev()
        .find(|&index| {
            let before = &text.lines[index - 1];
            ends_sentence(text.line(index - 1))
                && (before.ends_short || !text.line(index).starts_with(|first: char| first.is_lowercase()))
        })
        .map(|index| text.lines[index].range.start)
}

/// Byte after the last full stop that is followed by a new sentence.
fn last_sentence_end(words: &str) -> Option<usize> {
    words.rmatch_indices(['.', '?', '!']).find_map(|(at, _)| {
        let rest = &words[at + 1..];
        let next = rest.trim_start();
        (rest.len() > next.len() && next.starts_with(|first: char| first.is_uppercase() || first.is_numeric()))
            .then(|| at + 1 + rest.len() - next.len())
    })
}

fn ends_sentence(words: &str) -> bool {
    words.trim_end_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}']).ends_with(['.', '?', '!'])
}

/// Whether the text has a decision's labels at all: then it is read as a letter even without headings.
#[must_use]
pub fn has_labels(content: &str) -> bool {
    find_ignoring_case(content, "claims administrator guideline").is_some()
        || find_ignoring_case(content, "decision rationale:").is_some()
}

#[cfg(test)]
mod tests {
    use crate::intake::plain;
    use crate::letter::model::Source;

    const LABELS: &str = "Claims Administrator guideline: Decision based on MTUS.\n\nDecision rationale:";

    /// The items and rationales of a letter that prints these two decisions, the second one over a page break.
    fn read(first: &str, second: &str) -> (Vec<String>, Vec<String>) {
        let content = format!(
            "IMR ISSUES, DECISIONS AND RATIONALES\nThe Final Determination was based on decisions for the disputed \
             items/services set forth below:\n\n{first}\n\n{LABELS} The gait is steady.\n\nNo fall is described.\
             \u{c}{second}\n\n{LABELS} It was seen.\n"
        );
        let letter = crate::letter::parse(&plain::lines(content), "letter", Source::default());
        let rationales = letter.decisions.iter().map(|decision| decision.rationale.clone().unwrap_or_default());
        (letter.decisions.iter().map(|decision| decision.item.clone()).collect(), rationales.collect())
    }

    const BEFORE: &str = "The gait is steady. No fall is described.";

    #[test]
    fn a_request_whose_phrase_wraps_takes_nothing_of_the_rationale_before_it() {
        let request = "Two canes was\nthe original request. One cane was authorized by the Claims\nAdministrator. The \
                       remaining IMR eligible portion of the original request, one cane is: Upheld";
        let (items, rationales) = read("A brace: Upheld", request);
        assert!(items[1].starts_with("Two canes was the original request."), "{items:?}");
        assert_eq!(rationales[0], BEFORE);
    }

    #[test]
    fn a_request_broken_over_a_page_is_whole() {
        for (head, tail) in [
            (
                "Two canes was the\noriginal request.",
                "One cane was authorized by the Claims\nAdministrator. The remaining IMR eligible portion of the original \
                 request, one cane is: Upheld",
            ),
            (
                "Two canes was the original request. The Claims Administrator authorized one, leaving the\noriginal \
                 request IMR eligible.",
                "The original\nrequest, two canes is: Upheld",
            ),
        ] {
            let broken = format!("{head}\u{c}{tail}");
            let whole = format!("{head} {tail}").replace('\n', " ").replace(": Upheld", "");
            let (items, _) = read(&broken, "A brace: Upheld");
            assert_eq!(items[0], whole, "the first item");
            let (items, rationales) = read("A brace: Upheld", &format!("\n{broken}"));
            assert_eq!((items[1].as_str(), rationales[0].as_str()), (whole.as_str(), BEFORE));
        }
    }

    /// The paragraph before is no request: it stays where it is, whatever the item says.
    #[test]
    fn an_item_after_a_page_takes_no_paragraph_that_is_no_request() {
        let (items, rationales) = read("A brace: Upheld", "The original request, two canes is: Upheld");
        assert_eq!(items[1], "The original request, two canes is");
        assert_eq!(rationales[0], BEFORE);
    }
}
