//! Guideline lines: which kind of source they name, and which sources.
//!
//! Both sides share one grammar (`Decision based on MTUS …`, `Decision based on Non-MTUS Citation …`, "did not cite any
//! medical evidence"); the letters of 2013 say it in sentences of their own.

mod sources;

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::model::{Basis, Guideline};
use super::words::find_ignoring_case;
use crate::vocabulary::guidelines::GuidelineSource;

/// Texts remembered at a time. Letters repeat each other's lines, and their statements still more often; reading a line
/// anew costs as much as reading an item.
const MOST_REMEMBERED: usize = 8192;
/// A longer text is hardly met again.
const LONGEST_REMEMBERED: usize = 512;

/// Sources of what was read before, by its text.
#[derive(Default)]
struct Memory(FxHashMap<String, Vec<GuidelineSource>>);

impl Memory {
    /// The sources of `text`: remembered, or read now.
    fn recall(&mut self, text: &str, read: impl FnOnce() -> Vec<GuidelineSource>) -> Vec<GuidelineSource> {
        if text.len() > LONGEST_REMEMBERED {
            return read();
        }
        if let Some(sources) = self.0.get(text) {
            return sources.clone();
        }
        let sources = read();
        if self.0.len() >= MOST_REMEMBERED {
            self.0.clear();
        }
        self.0.insert(text.to_owned(), sources.clone());
        sources
    }
}

/// The guideline record of a printed line, without its sources; `None` for an empty one.
#[must_use]
pub fn guideline(text: String) -> Option<Guideline> {
    (!text.is_empty()).then(|| Guideline { basis: basis(&text), sources: Vec::new(), text })
}

/// The sources a line names, in its order; a line or statement met before on this thread is remembered.
#[must_use]
pub fn sources(line: &str) -> Vec<GuidelineSource> {
    thread_local! {
        static LINES: RefCell<Memory> = RefCell::default();
        static STATEMENTS: RefCell<Memory> = RefCell::default();
    }
    let read = || STATEMENTS.with_borrow_mut(|statements| sources::sources(line, statements));
    LINES.with_borrow_mut(|lines| lines.recall(line, read))
}

/// The same where nothing is remembered.
#[must_use]
pub fn sources_first_met(line: &str) -> Vec<GuidelineSource> {
    sources::sources(line, &mut Memory::default())
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
    let names_another = || {
        let line = reviewer.text.to_ascii_lowercase();
        names_schedule(&line) || names_other_source(&line)
    };
    find_ignoring_case(&reviewer.text, "used by the claims administrator").is_some() && !names_another()
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
            || (says("did not base")
                && (says("did not base their decision on the mtus")
                    || says("did not base his/her decision on the mtus"))));
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
