//! Names and phrases of several words, each found in a text as one term.
//!
//! "Epidural steroid injection" is how a letter says "ESI", and "is not medically necessary" stands in nine letters of ten.
//! Looked for word by word, such words have to be found beside each other, decision by decision, by their places; as a
//! term of their own they are one list that is ready. So the index has a term for every name the tables know: its words,
//! the last one by its stem, so that plurals are found too; and one for every common phrase, exactly as written. A term
//! of a text never has a space, and so none is mistaken for a name.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::{Form, analyze};
use crate::vocabulary::meaning;

/// Before the term of a common phrase; names have none.
const PHRASE_MARK: char = '"';

/// Every name of several words that is searched for in the place of another, and the common phrases.
pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    meaning::wordings().for_each(|wording| names.add(&words_of(wording), false));
    COMMON_PHRASES.words.iter().for_each(|phrase| names.add(phrase, true));
    names
});

/// `schema/common_phrases.toml`.
#[expect(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
static COMMON_PHRASES: LazyLock<CommonPhrases> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        phrases: Vec<String>,
    }
    let file: File =
        toml::from_str(include_str!("../../../schema/common_phrases.toml")).expect("common_phrases.toml is valid");
    let words: Vec<Vec<Form>> = file.phrases.iter().map(|phrase| words_of(phrase)).collect();
    let terms = words.iter().map(|phrase| phrase_term(phrase.iter())).collect();
    let longest = words.iter().map(Vec::len).max().unwrap_or(0);
    CommonPhrases { words, terms, longest }
});

struct CommonPhrases {
    words: Vec<Vec<Form>>,
    terms: FxHashSet<String>,
    /// Words of the longest.
    longest: usize,
}

/// The words of every common phrase.
#[cfg(test)]
pub(super) fn common_phrases() -> &'static [Vec<Form>] {
    &COMMON_PHRASES.words
}

fn words_of(text: &str) -> Vec<Form> {
    analyze(text).into_iter().flat_map(|word| word.parts).collect()
}

/// The term under which a name of these words is found, in any number.
#[must_use]
pub fn name_term(words: &[Form]) -> String {
    let last = words.len().saturating_sub(1);
    let words = words.iter().enumerate().map(|(place, word)| match &word.stem {
        Some(stem) if place == last => stem.as_str(),
        _ => word.text.as_str(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The term under which a common phrase of these words is found.
fn phrase_term<'f>(words: impl Iterator<Item = &'f Form>) -> String {
    let mut term = String::from(PHRASE_MARK);
    for (place, word) in words.enumerate() {
        if place > 0 {
            term.push(' ');
        }
        term.push_str(&word.text);
    }
    term
}

/// The terms by which words are found that stand beside each other as written, each with its position: common phrases
/// whole, the longest first, at the position of their last word, and the words between them.
#[must_use]
pub fn phrase_terms(words: &[&Form]) -> Vec<(usize, String)> {
    let longest = COMMON_PHRASES.longest.min(words.len());
    let mut phrases: Vec<(usize, usize, String)> = Vec::new();
    for length in 2..=longest {
        let term = |at: usize| Some((at, length, COMMON_PHRASES.term(&words[at..at + length])?));
        phrases.extend((0..=words.len() - length).filter_map(term));
    }
    // Of equally many words the longer ones: they are in fewer decisions.
    phrases.sort_by_key(|(start, length, term)| std::cmp::Reverse((*length, term.len(), *start)));
    let mut is_taken = vec![false; words.len()];
    let mut terms = Vec::new();
    for (start, length, term) in phrases {
        let taken = &mut is_taken[start..start + length];
        if !taken.contains(&true) {
            taken.fill(true);
            terms.push((words[start + length - 1].position, term));
        }
    }
    let others = words.iter().zip(is_taken).filter(|(_, is_taken)| !is_taken);
    terms.extend(others.map(|(word, _)| (word.position, word.text.clone())));
    terms.sort_by_key(|(position, _)| *position);
    terms
}

impl CommonPhrases {
    /// The term of these words, if they are a common phrase.
    fn term(&self, words: &[&Form]) -> Option<String> {
        let are_beside = words.windows(2).all(|pair| pair[1].position == pair[0].position + 1);
        let term = phrase_term(words.iter().copied());
        (are_beside && self.terms.contains(&term)).then_some(term)
    }
}

/// Names and phrases as a tree of their words.
#[derive(Debug, Default)]
pub(super) struct Names {
    words: FxHashMap<Box<str>, u32>,
    /// From a place in the tree by a word to the next place. The root is place 0.
    steps: FxHashMap<(u32, u32), u32>,
    /// The names that end with a word, given by its stem, after a place.
    ends: FxHashMap<(u32, u32), Box<str>>,
    /// The phrases that end with a word as it is.
    phrase_ends: FxHashMap<(u32, u32), Box<str>>,
}

impl Names {
    /// Adds a name, or a phrase that is found as written only; one of a single word is left out.
    fn add(&mut self, words: &[Form], as_written: bool) {
        let Some((last, first @ [_, ..])) = words.split_last() else { return };
        let mut place = 0;
        for word in first {
            let step = (place, self.word(&word.text));
            let next = self.steps.len() as u32 + 1;
            place = *self.steps.entry(step).or_insert(next);
        }
        if as_written {
            let end = (place, self.word(&last.text));
            self.phrase_ends.entry(end).or_insert_with(|| phrase_term(words.iter()).into());
        } else {
            let end = (place, self.word(last.stem.as_ref().unwrap_or(&last.text)));
            self.ends.entry(end).or_insert_with(|| name_term(words).into());
        }
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

    /// Reads one more word, given with its stem, and hands over the terms of what ends with it.
    pub fn read(&mut self, names: &'static Names, word: &str, stem: &str, mut found: impl FnMut(&'static str)) {
        let known = names.words.get(word).copied();
        let known_stem = if stem == word { known } else { names.words.get(stem).copied() };
        for &place in &self.places {
            let name = known_stem.and_then(|stem| names.ends.get(&(place, stem)));
            let phrase = known.and_then(|word| names.phrase_ends.get(&(place, word)));
            name.into_iter().chain(phrase).for_each(|term| found(term));
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
