//! Figures of what was read beside the labels of a careful reader.

use std::collections::BTreeSet;

/// Right answers of all, and for sets of values the counts that precision and recall are made of.
#[derive(Default)]
pub struct Score {
    pub right: usize,
    pub all: usize,
    pub found: usize,
    pub labelled: usize,
    pub shared: usize,
    /// What was read otherwise than labelled, by its name.
    pub wrong: Vec<String>,
}

impl Score {
    /// Counts an answer; a wrong one is noted as `noted` has it.
    pub fn exact(&mut self, right: bool, noted: impl FnOnce() -> String) {
        self.all += 1;
        self.right += usize::from(right);
        if !right {
            self.wrong.push(noted());
        }
    }

    /// Counts a set of values, right only as a whole.
    pub fn set(&mut self, found: &BTreeSet<String>, labelled: &BTreeSet<String>, noted: impl FnOnce() -> String) {
        self.exact(found == labelled, noted);
        self.found += found.len();
        self.labelled += labelled.len();
        self.shared += found.intersection(labelled).count();
    }

    pub fn share(&self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }

    pub fn f1(&self) -> f64 {
        2.0 * self.shared as f64 / (self.found + self.labelled).max(1) as f64
    }

    /// The share of right answers; of sets F1.
    pub fn figure(&self) -> f64 {
        if self.found + self.labelled > 0 { self.f1() } else { self.share() }
    }
}
