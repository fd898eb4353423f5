//! Names of several words, each found in a text as one term.
//!
//! "Epidural steroid injection" is how a letter says "ESI". Looked for as a phrase, its three words have to be found beside
//! each other, decision by decision, by their places; as a term of its own it is one list that is ready. So the index has
//! a term for every name the tables know: its words, the last one by its stem, so that plurals are found too. A term of
//! a text never has a space, and so none is mistaken for a name.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{Form, analyze};
use crate::vocabulary::meaning;

/// Every name of several words that is searched for in the place of another.
pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(meaning::wordings()));

/// The term under which a name of these words is found.
#[must_use]
pub fn name_term(words: &[Form]) -> String {
    let mut term = String::new();
    for (place, word) in words.iter().enumerate() {
        if place > 0 {
            term.push(' ');
        }
        let is_last = place + 1 == words.len();
        term.push_str(word.stem.as_deref().filter(|_| is_last).unwrap_or(&word.text));
    }
    term
}

/// Names as a tree of their words.
#[derive(Debug, Default)]
pub(super) struct Names {
    words: FxHashMap<Box<str>, u32>,
    /// From a place in the tree by a word to the next place. The root is place 0.
    steps: FxHashMap<(u32, u32), u32>,
    /// The names that end with a word, given by its stem, after a place.
    ends: FxHashMap<(u32, u32), Box<str>>,
}

impl Names {
    fn of(names: impl Iterator<Item = &'static str>) -> Self {
        let mut tree = Self::default();
        for name in names {
            let words: Vec<Form> = analyze(name).into_iter().flat_map(|word| word.parts).collect();
            let Some((last, first)) = words.split_last() else { continue };
            if first.is_empty() {
                continue;
            }
            let mut place = 0;
            for word in first {
                let step = (place, tree.word(&word.text));
                let next = tree.steps.len() as u32 + 1;
                place = *tree.steps.entry(step).or_insert(next);
            }
            let end = (place, tree.word(last.stem.as_ref().unwrap_or(&last.text)));
            tree.ends.entry(end).or_insert_with(|| name_term(&words).into());
        }
        tree
    }

    fn word(&mut self, word: &str) -> u32 {
        let next = self.words.len() as u32;
        *self.words.entry(word.into()).or_insert(next)
    }
}

/// The names that the words read so far may still turn out to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Begun {
    places: Vec<u32>,
}

impl Begun {
    pub fn forget(&mut self) {
        self.places.clear();
    }

    /// Reads one more word, given with its stem, and hands over the names that end with it.
    pub fn read(&mut self, names: &'static Names, word: &str, stem: &str, mut found: impl FnMut(&'static str)) {
        let known = names.words.get(word).copied();
        let known_stem = if stem == word { known } else { names.words.get(stem).copied() };
        if known.is_none() && known_stem.is_none() {
            self.places.clear();
            return;
        }
        if let Some(stem) = known_stem {
            for &place in &self.places {
                if let Some(name) = names.ends.get(&(place, stem)) {
                    found(name);
                }
            }
        }
        let Some(word) = known else {
            self.places.clear();
            return;
        };
        self.places.push(0);
        self.places.retain_mut(|place| match names.steps.get(&(*place, word)) {
            Some(next) => {
                *place = *next;
                true
            }
            None => false,
        });
    }
}
