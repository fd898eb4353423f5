//! The decision of a "MEDICAL PROFESSIONAL REVIEW" (2013): one item, its parts under headings of their own.
//!
//! The outcome is said by the last heading: "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT MEDICALLY
//! NECESSARY" or, for an approval, the same without its "NOT".

use std::ops::Range;

use super::layout::{Heading, Placed};
use super::model::Outcome;
use super::segments::{Cuts, Part, Split};
use crate::intake::text::Text;

/// Splits the text from its first heading on.
#[must_use]
pub fn split(text: &Text, section: Range<usize>, headings: &[Placed]) -> Split {
    let mut cuts = Cuts::default();
    cuts.cut(section.start, Part::Introduction, None);
    let mut outcomes = Vec::new();
    let is =
        |heading: Heading| headings.iter().any(|placed| section.contains(&placed.start) && placed.heading == heading);
    // Without an issue or a rationale's heading there is no decision, and its other parts belong to none.
    let is_decided =
        is(Heading::IssueAtDispute) && (is(Heading::RationaleNecessary) || is(Heading::RationaleNotNecessary));
    for placed in headings.iter().filter(|placed| section.contains(&placed.start)) {
        let (label, part) = match placed.heading {
            Heading::IssueAtDispute => (Part::Form, Part::Item),
            Heading::GuidelinesReliedUpon => (Part::ReviewerLabel, Part::ReviewerGuideline),
            Heading::RationaleNecessary | Heading::RationaleNotNecessary if is_decided && outcomes.is_empty() => {
                let denied = placed.heading == Heading::RationaleNotNecessary || says_not(text, placed);
                outcomes.push(if denied { Outcome::Upheld } else { Outcome::Overturned });
                (Part::RationaleLabel, Part::Rationale)
            }
            Heading::Closing => (Part::Closing, Part::Closing),
            _ => (Part::OtherSection, Part::OtherSection),
        };
        let decision = (is_decided && !matches!(part, Part::OtherSection | Part::Closing)).then_some(0);
        cuts.cut(placed.start, label, decision);
        cuts.cut(placed.end, part, decision);
    }
    Split { segments: cuts.into_segments(section), outcomes }
}

/// The heading's own words, also where it wraps: "… SERVICE WAS / NOT MEDICALLY NECESSARY:".
fn says_not(text: &Text, placed: &Placed) -> bool {
    text.content[placed.start..placed.end].split_whitespace().any(|word| word.eq_ignore_ascii_case("not"))
}
