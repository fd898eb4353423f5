//! Finds the targets in a text, with the same analysis that put the text into the index.

use std::collections::HashMap;
use std::ops::Range;

use super::{Needle, Target, TermTest};
use crate::index::analysis::{STEM_MARK, for_each_token};

/// A target found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// Byte range in the text.
    pub(super) span: Range<usize>,
    /// Index of the target.
    pub(super) target: usize,
}

/// Where a needle occurs: bytes, and the positions of its first and last word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Occurrence {
    start: usize,
    end: usize,
    first: usize,
    last: usize,
}

/// A word asked for by a needle, and the token text that stands for it.
#[derive(Default)]
struct Wanted<'a> {
    /// The slots that each exact or marked term fills.
    slots_by_term: HashMap<String, Vec<usize>>,
    tests: Vec<(&'a TermTest, usize)>,
    slots: usize,
}

/// A needle whose words have been given slots for their occurrences.
enum Plan {
    Slot(usize),
    Phrase { slots: Vec<usize>, slop: usize },
    Near { left: Box<Plan>, right: Box<Plan>, distance: usize },
}

/// All matches of all targets, in order of where they begin.
pub(super) fn find_matches(text: &str, targets: &[&Target]) -> Vec<Match> {
    let mut wanted = Wanted::default();
    let plans: Vec<Plan> = targets.iter().map(|target| wanted.plan(&target.needle)).collect();
    let occurrences = wanted.occurrences(text);
    let mut matches: Vec<Match> = plans
        .iter()
        .enumerate()
        .flat_map(|(target, plan)| {
            let found = plan.occurrences(&occurrences);
            found.into_iter().map(move |occurrence| Match { span: occurrence.start..occurrence.end, target })
        })
        .collect();
    matches.sort_by_key(|found| (found.span.start, found.span.end, found.target));
    matches.dedup();
    matches
}

impl<'a> Wanted<'a> {
    fn plan(&mut self, needle: &'a Needle) -> Plan {
        match needle {
            Needle::Terms { forms, stems } => {
                let slot = self.new_slot();
                for form in forms {
                    self.want(form.clone(), slot);
                }
                for stem in stems {
                    self.want(stem.clone(), slot);
                    self.want(format!("{STEM_MARK}{stem}"), slot);
                }
                Plan::Slot(slot)
            }
            Needle::Phrase { words, slop } => {
                let slots = words
                    .iter()
                    .map(|word| {
                        let slot = self.new_slot();
                        self.want(word.clone(), slot);
                        slot
                    })
                    .collect();
                Plan::Phrase { slots, slop: usize::try_from(*slop).unwrap_or(usize::MAX) }
            }
            Needle::Near { left, right, distance } => Plan::Near {
                left: Box::new(self.plan(left)),
                right: Box::new(self.plan(right)),
                distance: usize::try_from(*distance).unwrap_or(usize::MAX),
            },
            Needle::Matching(test) => {
                let slot = self.new_slot();
                self.tests.push((test, slot));
                Plan::Slot(slot)
            }
        }
    }

    fn new_slot(&mut self) -> usize {
        self.slots += 1;
        self.slots - 1
    }

    fn want(&mut self, term: String, slot: usize) {
        let slots = self.slots_by_term.entry(term).or_default();
        if !slots.contains(&slot) {
            slots.push(slot);
        }
    }

    /// The occurrences in the text that fill each slot, in text order.
    fn occurrences(&self, text: &str) -> Vec<Vec<Occurrence>> {
        let mut filled: Vec<Vec<Occurrence>> = vec![Vec::new(); self.slots];
        for_each_token(text, |token| {
            let occurrence = || Occurrence {
                start: token.offset_from,
                end: token.offset_to,
                first: token.position,
                last: token.position + token.position_length.max(1) - 1,
            };
            if let Some(slots) = self.slots_by_term.get(&token.text) {
                for slot in slots {
                    filled[*slot].push(occurrence());
                }
            }
            if !token.text.starts_with(STEM_MARK) {
                for (test, slot) in &self.tests {
                    if test(&token.text) {
                        filled[*slot].push(occurrence());
                    }
                }
            }
        });
        filled
    }
}

impl Plan {
    fn occurrences(&self, filled: &[Vec<Occurrence>]) -> Vec<Occurrence> {
        match self {
            Self::Slot(slot) => filled[*slot].clone(),
            Self::Phrase { slots, slop } => phrase_occurrences(slots, *slop, filled),
            Self::Near { left, right, distance } => {
                near_occurrences(&left.occurrences(filled), &right.occurrences(filled), *distance)
            }
        }
    }
}

/// The places where words in their order are at most `slop` positions out of place in all.
///
/// Each word is moved back by its place in the phrase, so that the words of an exact occurrence
/// meet in one point; the occurrences are the narrowest windows over the moved positions that
/// hold every word, no wider than `slop`.
fn phrase_occurrences(slots: &[usize], slop: usize, filled: &[Vec<Occurrence>]) -> Vec<Occurrence> {
    let count = slots.len();
    let mut moved: Vec<(usize, usize, &Occurrence)> = slots
        .iter()
        .enumerate()
        .flat_map(|(place, slot)| {
            filled[*slot]
                .iter()
                // Moved forward by what the later words lack, which keeps the sum from going
                // below zero and the differences the same.
                .map(move |found| (found.first + (count - 1 - place), place, found))
        })
        .collect();
    moved.sort();
    let mut latest: Vec<Option<(usize, &Occurrence)>> = vec![None; count];
    let mut found: Vec<(Occurrence, usize)> = Vec::new();
    for (position, place, occurrence) in moved {
        latest[place] = Some((position, occurrence));
        let Some(window) = latest.iter().copied().collect::<Option<Vec<_>>>() else {
            continue;
        };
        let earliest = window.iter().map(|(start, _)| *start).min();
        let misplaced = position - earliest.unwrap_or(position);
        if misplaced > slop || !has_distinct_words(&window) {
            continue;
        }
        let whole = window.iter().map(|(_, word)| (*word).clone()).reduce(|one, other| Occurrence {
            start: one.start.min(other.start),
            end: one.end.max(other.end),
            first: one.first.min(other.first),
            last: one.last.max(other.last),
        });
        found.extend(whole.map(|whole| (whole, misplaced)));
    }
    found.sort();
    found.dedup();
    without_looser(found)
}

/// Leaves out an occurrence that overlaps a better one: in "red flags, red flags" the words
/// "flags, red" are a loose match too, and marking it would run the two together.
fn without_looser(found: Vec<(Occurrence, usize)>) -> Vec<Occurrence> {
    let mut kept: Vec<(Occurrence, usize)> = Vec::with_capacity(found.len());
    for (occurrence, misplaced) in found {
        while kept.last().is_some_and(|(last, worse)| occurrence.start < last.end && *worse > misplaced) {
            kept.pop();
        }
        let is_looser = kept.last().is_some_and(|(last, better)| occurrence.start < last.end && *better < misplaced);
        if !is_looser {
            kept.push((occurrence, misplaced));
        }
    }
    kept.into_iter().map(|(occurrence, _)| occurrence).collect()
}

/// Whether no word of the text stands for two words of the phrase.
fn has_distinct_words(window: &[(usize, &Occurrence)]) -> bool {
    let mut positions: Vec<usize> = window.iter().map(|(_, word)| word.first).collect();
    positions.sort_unstable();
    positions.windows(2).all(|pair| pair[0] != pair[1])
}

/// The occurrences of either side that have one of the other within `distance` words.
fn near_occurrences(left: &[Occurrence], right: &[Occurrence], distance: usize) -> Vec<Occurrence> {
    let longest = left.iter().chain(right).map(|one| one.last - one.first).max().unwrap_or(0);
    let is_near = |one: &Occurrence, other: &Occurrence| {
        let gap = other.first.saturating_sub(one.last).max(one.first.saturating_sub(other.last));
        one != other && gap <= distance
    };
    let near_one_of = |one: &Occurrence, others: &[Occurrence]| {
        // Occurrences come in order of their first position, so only those around `one` need a
        // look; how far back an occurrence may begin depends on the longest.
        let reach = longest.saturating_add(distance);
        let from = others.partition_point(|other| other.first.saturating_add(reach) < one.first);
        others[from..]
            .iter()
            .take_while(|other| other.first <= one.last.saturating_add(distance))
            .any(|other| is_near(one, other))
    };
    let mut found: Vec<Occurrence> = left
        .iter()
        .filter(|one| near_one_of(one, right))
        .chain(right.iter().filter(|one| near_one_of(one, left)))
        .cloned()
        .collect();
    found.sort();
    found.dedup();
    found
}
