//! The decisions section as a tiling: every byte belongs to exactly one field, label or separator.
//!
//! The splitters record *cuts* ("from here on it is the rationale of decision 2"); a part reaches to the next cut. So no
//! text between decisions can be lost, whatever a letter looks like: what nobody expected stays with the part before it.

use std::ops::Range;

use super::model::Outcome;

/// What a stretch of the decisions section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Section headings and the stock sentence that introduces the decisions.
    Introduction,
    Item,
    /// The colon and the printed outcome.
    OutcomeWord,
    ClaimsLabel,
    ClaimsGuideline,
    ReviewerLabel,
    ReviewerGuideline,
    RationaleLabel,
    Rationale,
    /// Words of the form round an item ("MAXIMUS … has determined the request for").
    Form,
    /// Another section that stands between the decisions (letters of 2013).
    OtherSection,
    /// What follows the last decision (its effect, signature, copies).
    Closing,
}

/// One tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Byte range in the text's content.
    pub range: Range<usize>,
    pub part: Part,
    /// Which decision it belongs to, from 0.
    pub decision: Option<usize>,
}

/// Cuts in the order of the text.
#[derive(Debug, Default)]
pub struct Cuts(Vec<(usize, Part, Option<usize>)>);

impl Cuts {
    /// From `at` on the text is `part`; cuts may come in any order.
    pub fn cut(&mut self, at: usize, part: Part, decision: Option<usize>) {
        self.0.push((at, part, decision));
    }

    /// The tiling of `section`: its first tile starts at its start, its last ends at its end.
    #[must_use]
    pub fn into_segments(mut self, section: Range<usize>) -> Vec<Segment> {
        self.0.retain(|(at, _, _)| section.contains(at));
        // A stable sort: of two cuts at one place the later recorded wins, the earlier tile is empty and dropped.
        self.0.sort_by_key(|(at, _, _)| *at);
        let mut segments = Vec::with_capacity(self.0.len() + 1);
        let first = self.0.first().map_or(section.end, |(at, _, _)| *at);
        if first > section.start {
            segments.push(Segment { range: section.start..first, part: Part::Introduction, decision: None });
        }
        for (index, &(at, part, decision)) in self.0.iter().enumerate() {
            let end = self.0.get(index + 1).map_or(section.end, |(next, _, _)| *next);
            if at < end {
                segments.push(Segment { range: at..end, part, decision });
            }
        }
        segments
    }
}

/// What the splitters found of a letter's decisions.
#[derive(Debug, Default)]
pub struct Split {
    pub segments: Vec<Segment>,
    /// The outcome of each decision, in order.
    pub outcomes: Vec<Outcome>,
}

/// Where the fields of one decision stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionRanges {
    pub item: Option<Range<usize>>,
    pub claims_guideline: Option<Range<usize>>,
    pub reviewer_guideline: Option<Range<usize>>,
    pub rationale: Option<Range<usize>>,
}

impl Split {
    /// The ranges of every decision's fields, in one pass; of a field with several tiles the first counts.
    #[must_use]
    pub fn decision_ranges(&self) -> Vec<DecisionRanges> {
        let mut ranges = vec![DecisionRanges::default(); self.outcomes.len()];
        for segment in &self.segments {
            let Some(decision) = segment.decision.and_then(|decision| ranges.get_mut(decision)) else { continue };
            let field = match segment.part {
                Part::Item => &mut decision.item,
                Part::ClaimsGuideline => &mut decision.claims_guideline,
                Part::ReviewerGuideline => &mut decision.reviewer_guideline,
                Part::Rationale => &mut decision.rationale,
                _ => continue,
            };
            field.get_or_insert_with(|| segment.range.clone());
        }
        ranges
    }
}
