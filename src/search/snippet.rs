//! Shows why a decision was found: its telling sentences, with the real matches marked.
//!
//! tantivy's own snippets give one window cut in mid-sentence, mark the words of a phrase wherever
//! they stand and mark nothing for wildcards. Here the text is analyzed again, which at a few
//! kilobytes a letter costs less than reading it from the store; a phrase is marked only where it
//! occurs, and several sentences are chosen so that together they show as much of the query as
//! they can. Excluded words are simply never given as targets.

mod matches;
mod sentences;
#[cfg(test)]
mod tests;
mod window;

use std::ops::Range;

use serde::Serialize;

use matches::{Match, find_matches};
pub use sentences::sentences;
use window::{Window, cut_around, head};

/// The shortest snippet worth showing, in characters; smaller limits are raised to it.
pub const SHORTEST_SNIPPET: usize = 20;

/// What a target already shown by another sentence still adds to a sentence's score.
const REPEATED_SHARE: f32 = 0.1;

/// What another match of a target in the same sentence adds: next to nothing, but enough to prefer
/// the sentence with more matches among equals.
const MATCH_SHARE: f32 = 0.01;

/// Decides whether an exact term matches a wildcard.
pub type TermTest = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// What to look for in a text.
pub enum Needle {
    /// Any of these terms of the index.
    Terms {
        /// Exact terms: parts and whole forms of words.
        forms: Vec<String>,
        /// Stems without their mark; they match words that have the stem, or are it.
        stems: Vec<String>,
    },
    /// Exact terms one after the other.
    Phrase {
        /// The exact term at each position.
        words: Vec<String>,
        /// How many positions the words may be out of place in all; exchanging two costs 2.
        slop: u32,
    },
    /// Both sides within `distance` words of each other, in either order.
    Near {
        /// One side; nested no deeper than a query is.
        left: Box<Needle>,
        /// The other side.
        right: Box<Needle>,
        /// In words, counted between the nearest words of the two sides.
        distance: u32,
    },
    /// Every exact term that passes the test.
    Matching(TermTest),
}

/// One thing asked for, and how much it tells.
pub struct Target {
    /// What to look for.
    pub needle: Needle,
    /// Worth of showing this target once; relative to the other targets, usually its rarity.
    pub weight: f32,
}

/// A piece of a text that shows matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snippet {
    /// The piece, with `…` where a sentence was cut.
    pub text: String,
    /// The matches, as beginning and end in Unicode characters of `text`, in order and apart.
    pub marks: Vec<(usize, usize)>,
    /// Byte offset in the source of the piece, without `…`.
    pub start: usize,
    /// Byte offset in the source after the piece, without `…`.
    pub end: usize,
    /// What it added to the snippets chosen before it.
    pub score: f32,
}

/// The sentences of `text` that best show the targets, at most `most_fragments`, in text order.
///
/// Each has at most `most_characters` characters, cut at words with `…` around its matches. A
/// sentence scores fully for targets no other chosen sentence shows, and little for the others.
/// Empty if nothing matches; [`lead`] then shows the head of the text.
#[must_use]
pub fn snippets(text: &str, targets: &[&Target], most_fragments: usize, most_characters: usize) -> Vec<Snippet> {
    let matches = find_matches(text, targets);
    if matches.is_empty() || most_fragments == 0 {
        return Vec::new();
    }
    let candidates = candidates(text, matches);
    let mut chosen = choose(&candidates, targets, most_fragments);
    chosen.sort_by_key(|(index, _)| *index);
    chosen
        .into_iter()
        .map(|(index, score)| {
            let candidate = &candidates[index];
            let weighted: Vec<(Range<usize>, f32)> =
                candidate.matches.iter().map(|found| (found.span.clone(), targets[found.target].weight)).collect();
            let window = cut_around(text, candidate.sentence.clone(), &weighted, most_characters.max(SHORTEST_SNIPPET));
            snippet_of(text, &window, &weighted, score)
        })
        .collect()
}

/// The whole text with its matches, for a short field that is always shown; nothing if it has no match.
#[must_use]
pub fn marked(text: &str, targets: &[&Target]) -> Option<Snippet> {
    let matches = find_matches(text, targets);
    let weighted: Vec<(Range<usize>, f32)> =
        matches.into_iter().map(|found| (found.span, targets[found.target].weight)).collect();
    let window = Window { start: 0, end: text.len(), cut_before: false, cut_after: false };
    (!weighted.is_empty()).then(|| snippet_of(text, &window, &weighted, 0.0))
}

/// The head of a text for when nothing in it matches, cut at a word, without marks.
#[must_use]
pub fn lead(text: &str, most_characters: usize) -> Snippet {
    let window = head(text, most_characters.max(SHORTEST_SNIPPET));
    snippet_of(text, &window, &[], 0.0)
}

/// A sentence with matches.
struct Candidate {
    sentence: Range<usize>,
    matches: Vec<Match>,
}

/// The sentences that hold matches. A match across sentences joins them: a phrase can only occur
/// there because the boundary was mistaken, or because the reader needs both sides.
fn candidates(text: &str, matches: Vec<Match>) -> Vec<Candidate> {
    let mut sentences = sentences(text).into_iter().peekable();
    let mut candidates: Vec<Candidate> = Vec::new();
    for found in matches {
        if let Some(last) = candidates.last_mut()
            && found.span.start < last.sentence.end
        {
            last.extend_over(&found.span, &mut sentences);
            last.matches.push(found);
            continue;
        }
        while sentences.next_if(|sentence| sentence.end <= found.span.start).is_some() {}
        let sentence = sentences.next().unwrap_or_else(|| found.span.clone());
        let mut candidate = Candidate { sentence, matches: Vec::new() };
        candidate.extend_over(&found.span, &mut sentences);
        candidate.matches.push(found);
        candidates.push(candidate);
    }
    candidates
}

impl Candidate {
    fn extend_over(
        &mut self,
        span: &Range<usize>,
        sentences: &mut std::iter::Peekable<impl Iterator<Item = Range<usize>>>,
    ) {
        while span.end > self.sentence.end {
            self.sentence.end = sentences.next().map_or(span.end, |next| next.end);
        }
    }

    /// What the sentence adds when the `shown` targets are shown already.
    fn score(&self, targets: &[&Target], shown: &[bool]) -> f32 {
        let mut counted = vec![false; targets.len()];
        let mut score = 0.0;
        for found in &self.matches {
            let weight = targets[found.target].weight;
            score += if counted[found.target] {
                weight * MATCH_SHARE
            } else if shown[found.target] {
                weight * REPEATED_SHARE
            } else {
                weight
            };
            counted[found.target] = true;
        }
        score
    }
}

/// The best sentences with what each added, best first; the earlier of two equals.
fn choose(candidates: &[Candidate], targets: &[&Target], most_fragments: usize) -> Vec<(usize, f32)> {
    let mut shown = vec![false; targets.len()];
    let mut chosen: Vec<(usize, f32)> = Vec::new();
    let mut is_chosen = vec![false; candidates.len()];
    while chosen.len() < most_fragments.min(candidates.len()) {
        let mut best: Option<(usize, f32)> = None;
        for (index, candidate) in candidates.iter().enumerate() {
            if is_chosen[index] {
                continue;
            }
            let score = candidate.score(targets, &shown);
            if best.is_none_or(|(_, best_score)| score > best_score) {
                best = Some((index, score));
            }
        }
        let Some((index, score)) = best else {
            break;
        };
        for found in &candidates[index].matches {
            shown[found.target] = true;
        }
        is_chosen[index] = true;
        chosen.push((index, score));
    }
    chosen
}

fn snippet_of(text: &str, window: &Window, matches: &[(Range<usize>, f32)], score: f32) -> Snippet {
    let source = &text[window.start..window.end];
    let mut shown = String::with_capacity(source.len() + 2 * '…'.len_utf8());
    if window.cut_before {
        shown.push('…');
    }
    shown.push_str(source);
    if window.cut_after {
        shown.push('…');
    }
    let offset = usize::from(window.cut_before);
    let mut marks: Vec<(usize, usize)> = Vec::new();
    let mut counted_to = window.start;
    let mut characters = offset;
    for span in merged(matches, window) {
        characters += text[counted_to..span.start].chars().count();
        let from = characters;
        characters += text[span.clone()].chars().count();
        counted_to = span.end;
        marks.push((from, characters));
    }
    Snippet { text: shown, marks, start: window.start, end: window.end, score }
}

/// The matched spans inside the window, overlapping ones merged.
fn merged(matches: &[(Range<usize>, f32)], window: &Window) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (span, _) in matches {
        let start = span.start.max(window.start);
        let end = span.end.min(window.end);
        if start >= end {
            continue;
        }
        match spans.last_mut() {
            Some(last) if start < last.end => last.end = last.end.max(end),
            _ => spans.push(start..end),
        }
    }
    spans
}
