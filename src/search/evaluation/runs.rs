//! What the search finds for topics, and what plain words find.

use super::{Ranked, Run, Topic, trec};
use crate::index::plain_words::PlainWords;
use crate::index::reader::Snapshot;
use crate::search::model::{RankingPart, Request};
use crate::search::{SearchError, search};

/// Asks every topic as a person would ask it, near-twins one by one: each of them may have been judged.
///
/// # Errors
/// As [`search`].
pub fn by_search(
    snapshot: &Snapshot,
    topics: &[Topic],
    depth: usize,
    without: &[RankingPart],
) -> Result<Run, SearchError> {
    topics
        .iter()
        .map(|topic| {
            let request = Request {
                query: topic.query.clone(),
                facets: Vec::new(),
                limit: depth,
                collapse: false,
                snippets: false,
                without: without.to_vec(),
                ..Request::default()
            };
            let answer = search(snapshot, &request)?;
            let ranking = answer.hits.into_iter().map(|hit| Ranked { id: trec::written(&hit.id), score: hit.score });
            Ok((topic.id.clone(), ranking.collect()))
        })
        .collect()
}

/// What any of the words of each topic find in plain text: the usual starting point of comparisons.
///
/// # Errors
/// The index cannot be read.
pub fn by_plain_words(snapshot: &Snapshot, topics: &[Topic], depth: usize) -> Result<Run, SearchError> {
    let plain_words = PlainWords::of(snapshot)?;
    topics
        .iter()
        .map(|topic| {
            let found = plain_words.best(&topic.query, depth)?;
            let ranking = found.into_iter().map(|(score, id)| Ranked { id: trec::written(&id), score });
            Ok((topic.id.clone(), ranking.collect()))
        })
        .collect()
}
