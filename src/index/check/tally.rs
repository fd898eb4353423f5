//! What the decisions of an index add up to: some fifty bytes a letter, so that an index of millions can be checked.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

/// What has been read.
#[derive(Default)]
pub struct Tally {
    letters: FxHashMap<u128, LetterTally>,
    pub decisions: u64,
    pub unreadable: u64,
    pub unreadable_letters: BTreeSet<String>,
    /// Letters without all of their decisions so far, or marked by a repair.
    incomplete: BTreeMap<String, IsMarked>,
}

type IsMarked = bool;

#[derive(Default)]
struct LetterTally {
    /// A bit for each of the first decisions, to find one that stands twice; letters with more are counted only.
    seen: u64,
    decisions: u32,
    highest: u32,
}

impl Tally {
    /// Counts a decision of a letter; whether it is the first with its ordinal. `is_marked` says that a repair saved it.
    pub fn count(&mut self, id: &str, ordinal: u32, is_marked: bool) -> bool {
        let letter = self.letters.entry(key(id)).or_default();
        let was_complete = letter.decisions == letter.highest;
        let bit = 1_u64.checked_shl(ordinal).unwrap_or(0);
        let is_new = letter.seen & bit == 0;
        letter.seen |= bit;
        letter.decisions += u32::from(is_new);
        letter.highest = letter.highest.max(ordinal);
        let is_complete = letter.decisions == letter.highest;
        if is_marked {
            self.incomplete.insert(id.to_owned(), true);
        } else if !is_complete {
            self.incomplete.entry(id.to_owned()).or_insert(false);
        } else if !was_complete && self.incomplete.get(id) == Some(&false) {
            self.incomplete.remove(id);
        }
        self.decisions += u64::from(is_new);
        is_new
    }

    /// How many letters there are.
    pub fn letters(&self) -> u64 {
        self.letters.len() as u64
    }

    /// Letters of which decisions are missing, beside those that are known to be unreadable, and letters that a repair
    /// saved from a damaged file.
    pub fn incomplete(&self) -> Vec<String> {
        let is_news = |(id, is_marked): &(&String, &IsMarked)| **is_marked || !self.unreadable_letters.contains(*id);
        self.incomplete.iter().filter(is_news).map(|(id, _)| id.clone()).collect()
    }
}

/// A letter's id as a number that no other letter's id has.
fn key(id: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_complete_or_named() {
        let mut tally = Tally::default();
        for (id, ordinal, is_new) in
            [("a", 1, true), ("b", 2, true), ("a", 3, true), ("a", 3, false), ("b", 1, true), ("c", 2, true)]
        {
            assert_eq!(tally.count(id, ordinal, false), is_new, "{id}/{ordinal}");
        }
        assert_eq!((tally.letters(), tally.decisions), (3, 5));
        assert_eq!(tally.incomplete(), ["a", "c"]);
        tally.count("a", 2, false);
        tally.unreadable_letters.insert("c".into());
        assert!(tally.incomplete().is_empty());
        tally.count("d", 1, true);
        assert_eq!(tally.incomplete(), ["d"]);
    }

    #[test]
    fn a_letter_with_very_many_decisions_is_counted() {
        let mut tally = Tally::default();
        assert!((1..=200).all(|ordinal| tally.count("a", ordinal, false)));
        assert!(tally.incomplete().is_empty());
    }
}
