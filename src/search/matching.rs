//! What a query asks of the decisions, and how it is found and scored: our own, for queries of many alternatives.
//!
//! One typed word is looked for in seven fields by its form and its stem, and stands beside a dozen other wordings and the
//! treatments it means: some two hundred lists of decisions, of which most decisions are in a few. An engine that unites
//! such lists pairwise, scoring as it goes, spends its time on the uniting. Here a segment is gone through in windows of
//! [`bits::WINDOW`] decisions. In each window the lists that count alike are first united as sets of bits ("pools"), the
//! query's conditions are worked out on whole sets, and only what is found is scored, and of that only what can still
//! come among the best: the pools a decision is in say how much it can reach at most.
//!
//! Scores are those of tantivy's BM25, added up as the [`Clause`] says.

mod bits;
mod clause;
mod compiled;
mod lists;
mod scoring;
mod segment;
#[cfg(test)]
mod tests;

pub use bits::{Bits, WINDOW, places};
pub use clause::Clause;
pub use compiled::Compiled;
pub use segment::Reading;

use tantivy::{DocAddress, Score};

use crate::search::terms::Dictionary;

/// What one decision scores; nothing if it does not meet the clause.
///
/// # Errors
/// The index cannot be read.
pub fn score(dictionary: &Dictionary, clause: &Clause, decision: DocAddress) -> tantivy::Result<Option<Score>> {
    let compiled = Compiled::of(dictionary, clause, &[], true)?;
    let segment = dictionary.searcher().segment_reader(decision.segment_ord);
    let mut reading = Reading::open(&compiled, segment, decision.segment_ord as usize)?;
    let place = decision.doc_id % WINDOW;
    reading.enter(decision.doc_id - place);
    let mut found = Bits::none();
    reading.words(&mut found);
    if !found.has(place) {
        return Ok(None);
    }
    let mut scored = None;
    found.clear();
    found.add(place);
    reading.score(&found, Score::NEG_INFINITY, |_, score| *scored.insert(score));
    Ok(scored)
}
