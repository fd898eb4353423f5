//! Guideline lines: which kind of source they name, and which sources.
//!
//! Both sides share one grammar (`Decision based on MTUS …`, `Decision based on Non-MTUS Citation …`, "did not cite any
//! medical evidence"); the letters of 2013 say it in sentences of their own.

mod sources;

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::model::{Basis, Guideline};
use crate::vocabulary::guidelines::GuidelineSource;

/// Lines remembered on a thread. Letters repeat each other's lines, and reading one anew costs as much as reading an item.
const MOST_REMEMBERED: usize = 8192;
/// A longer line is hardly met again.
const LONGEST_REMEMBERED: usize = 512;

/// The guideline record of a printed line, without its sources; `None` for an empty one.
#[must_use]
pub fn guideline(text: String) -> Option<Guideline> {
    (!text.is_empty()).then(|| Guideline { basis: basis(&text), sources: Vec::new(), text })
}

/// The sources a line names, in its order; a line met before on this thread is remembered.
#[must_use]
pub fn sources(line: &str) -> Vec<GuidelineSource> {
    thread_local! {
        static REMEMBERED: RefCell<FxHashMap<String, Vec<GuidelineSource>>> = RefCell::default();
    }
    if line.len() > LONGEST_REMEMBERED {
        return sources::sources(line);
    }
    REMEMBERED.with_borrow_mut(|remembered| {
        if let Some(sources) = remembered.get(line) {
            return sources.clone();
        }
        let sources = sources::sources(line);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(line.to_owned(), sources.clone());
        sources
    })
}

/// The same for a line that is not remembered.
#[must_use]
pub fn sources_first_met(line: &str) -> Vec<GuidelineSource> {
    sources::sources(line)
}

/// A reviewer who only "found the guidelines used by the Claims Administrator relevant" rests on what those are.
pub fn take_over(reviewer: &mut Guideline, claims: &Guideline) {
    if adopts(reviewer) {
        reviewer.basis = claims.basis;
    }
}

/// Whether a reviewer's line names no source of its own but those of the claims administrator.
#[must_use]
pub fn adopts(reviewer: &Guideline) -> bool {
    let line = reviewer.text.to_ascii_lowercase();
    line.contains("used by the claims administrator") && !names_schedule(&line) && !names_other_source(&line)
}

/// The kind of source a line names.
///
/// "Outside" letters print the word MTUS too ("outside of the MTUS Guidelines", "Non-MTUS Citation"), so those phrases
/// decide before the word does.
#[must_use]
pub fn basis(line: &str) -> Basis {
    // Lowered once and then searched: a dozen phrases are looked for.
    let line = line.to_ascii_lowercase();
    let says = |phrase: &str| line.contains(phrase);
    if says("did not cite any")
        || says("did not provide any")
        || says("no evidence was cited")
        || says("did not cite a guideline")
    {
        return Basis::None;
    }
    let named = says("mtus");
    let based = named && says("based on mtus");
    let outside_words = named
        && (says("outside of the mtus")
            || says("outside the mtus")
            || says("did not base their decision on the mtus")
            || says("did not base his/her decision on the mtus"));
    let citation = named && (says("non-mtus citation") || says("non- mtus citation") || says("non mtus citation"));
    let mtus = based || (!outside_words && !citation && names_schedule(&line));
    let other = outside_words || citation || (!based && names_other_source(&line));
    match (mtus, other) {
        (true, false) => Basis::Mtus,
        (true, true) => Basis::Both,
        // Prose of 2013 that names a book we do not know is still a source outside the schedule.
        (false, _) => Basis::Outside,
    }
}

/// The schedule or the parts it consisted of, as the letters of 2013 name them.
fn names_schedule(line: &str) -> bool {
    [
        "mtus",
        "medical treatment utilization schedule",
        "chronic pain medical treatment guidelines",
        "acoem",
        "postsurgical treatment guidelines",
        "acupuncture medical treatment guidelines",
    ]
    .iter()
    .any(|name| line.contains(name))
}

fn names_other_source(line: &str) -> bool {
    ["official disability guidelines", "odg"].iter().any(|name| line.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basis_of_every_form() {
        for (line, expected) in [
            ("Decision based on MTUS Low Back Complaints 2004.", Basis::Mtus),
            (
                "Decision based on MTUS Low Back Complaints 2004. Decision based on Non-MTUS Citation ODG, Low Back.",
                Basis::Both,
            ),
            (
                "The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. Decision based on Non-MTUS Citation ODG.",
                Basis::Outside,
            ),
            (
                "The Expert Reviewer did not base their decision on the MTUS. Decision based on Non-MTUS Citation ODG",
                Basis::Outside,
            ),
            ("Decision based on Non-MTUS Citation FDA label.", Basis::Outside),
            ("The Claims Administrator did not cite any medical evidence for its decision.", Basis::None),
            (
                "The Claims Administrator based its decision on the Chronic Pain Medical Treatment Guidelines, page 12.",
                Basis::Mtus,
            ),
            ("The Claims Administrator based its decision on the Official Disability Guidelines.", Basis::Outside),
            ("The Expert Reviewer based his/her decision on the MTUS and the ODG.", Basis::Both),
        ] {
            assert_eq!(basis(line), expected, "{line}");
        }
    }
}
