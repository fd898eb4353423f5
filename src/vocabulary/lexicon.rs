//! Names of one or more words, found in a text: from each word on the longest name, and no word twice.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::words::{Token, folded};

/// Whether a word may stand inside a name and say nothing of it: "total left knee arthroplasty", "excision of the ganglion".
fn is_passed_over(word: &str) -> bool {
    matches!(word, "left" | "right" | "bilateral" | "lt" | "rt" | "bilat" | "of" | "the" | "a" | "an")
}

/// Names that mean the same, as the tables write them: in any text, or only where the context holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wording {
    #[serde(borrow)]
    pub names: Vec<&'static str>,
    /// One of these words or phrases stands in the text; `@group` is any word of a group.
    #[serde(borrow)]
    pub with: Vec<&'static str>,
    /// None of these does.
    #[serde(borrow)]
    pub without: Vec<&'static str>,
}

impl Wording {
    /// Whether the names count anywhere.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.with.is_empty() && self.without.is_empty()
    }

    /// Whether it is one of these names, but for capitals.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// What must stand beside it; `None`: it counts anywhere.
    #[must_use]
    pub fn context(&self, groups: &Groups) -> Option<Arc<Context>> {
        (!self.is_plain()).then(|| Arc::new(Context::of(&self.with, &self.without, groups)))
    }
}

/// Groups of words that contexts name as `@group`, folded.
#[derive(Clone, Debug, Default)]
pub struct Groups(HashMap<String, Arc<[String]>>);

impl Groups {
    #[must_use]
    pub fn of<'w>(groups: impl Iterator<Item = (&'w str, Vec<&'w str>)>) -> Self {
        let folded = |words: Vec<&str>| words.into_iter().map(folded).collect();
        Self(groups.map(|(name, words)| (name.to_owned(), folded(words))).collect())
    }

    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// What must and must not stand in a text beside a name.
#[derive(Clone, Debug, Default)]
pub struct Context {
    with: Vec<Clause>,
    without: Vec<Clause>,
}

/// One phrase, or any of a group.
#[derive(Clone, Debug)]
enum Clause {
    Phrase(String),
    Group(Arc<[String]>),
}

impl Context {
    #[must_use]
    pub fn of(with: &[&str], without: &[&str], groups: &Groups) -> Self {
        let clauses = |words: &[&str]| {
            let clause = |word: &&str| match word.strip_prefix('@') {
                Some(group) => groups.0.get(group).map(|words| Clause::Group(Arc::clone(words))),
                None => Some(Clause::Phrase(folded(word))).filter(|_| !word.is_empty()),
            };
            words.iter().filter_map(clause).collect()
        };
        Self { with: clauses(with), without: clauses(without) }
    }

    /// Whether the words of a text, but for those of the name itself, fulfil it.
    #[must_use]
    pub fn holds(&self, tokens: &[Token], name: &Range<usize>) -> bool {
        let stands =
            |phrase: &String| (0..tokens.len()).any(|at| !name.contains(&at) && starts_with(&tokens[at..], phrase));
        let holds = |clause: &Clause| match clause {
            Clause::Phrase(phrase) => stands(phrase),
            Clause::Group(phrases) => phrases.iter().any(stands),
        };
        (self.with.is_empty() || self.with.iter().any(holds)) && !self.without.iter().any(holds)
    }
}

/// Whether the words of a folded phrase follow each other from the first token on.
fn starts_with(tokens: &[Token], phrase: &str) -> bool {
    let mut tokens = tokens.iter();
    phrase.split(' ').all(|word| tokens.next().is_some_and(|token| token.folded == word))
}

/// One name with what it stands for.
#[derive(Clone, Debug)]
struct Entry<T> {
    /// The words after the first, folded, a space after each.
    rest: Box<str>,
    words: usize,
    context: Option<Arc<Context>>,
    value: T,
}

/// Names by their first word, the longest first.
#[derive(Clone, Debug)]
pub struct Lexicon<T> {
    by_first_word: FxHashMap<Box<str>, Vec<Entry<T>>>,
}

/// A name found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    pub value: T,
    /// Which tokens it takes.
    pub tokens: Range<usize>,
    /// It counted because of its context.
    pub in_context: bool,
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self { by_first_word: FxHashMap::default() }
    }
}

impl<T: Clone> Lexicon<T> {
    /// Adds a name; one without a word is no name and is left out.
    pub fn add(&mut self, name: &str, context: Option<Arc<Context>>, value: T) {
        let name = folded(name);
        let mut words = name.split(' ').filter(|word| !word.is_empty()).peekable();
        // A name may begin with such a word; after that it says nothing.
        let Some(first) = words.next() else { return };
        let (mut rest, mut number, mut begun) = (String::with_capacity(name.len()), 1, !is_passed_over(first));
        for word in words {
            if !begun || !is_passed_over(word) {
                rest.push_str(word);
                rest.push(' ');
                number += 1;
            }
            begun |= !is_passed_over(word);
        }
        let entry = Entry { rest: rest.into(), words: number, context, value };
        match self.by_first_word.get_mut(first) {
            // Longest first; of equal length those with a context first, since they are the more particular.
            Some(entries) => {
                let rank = (entry.words, entry.context.is_some());
                let place = entries.partition_point(|known| (known.words, known.context.is_some()) >= rank);
                entries.insert(place, entry);
            }
            None => {
                self.by_first_word.insert(first.into(), vec![entry]);
            }
        }
    }

    /// Adds the names of a wording.
    pub fn add_wording(&mut self, wording: &Wording, groups: &Groups, value: &T) {
        let context = wording.context(groups);
        for name in &wording.names {
            self.add(name, context.clone(), value.clone());
        }
    }

    /// The names in a text, from left to right.
    #[must_use]
    pub fn find(&self, tokens: &[Token]) -> Vec<Found<T>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.longest_at(tokens, at) {
                Some(name) => {
                    at = name.tokens.end;
                    found.push(name);
                }
                None => at += 1,
            }
        }
        found
    }

    fn longest_at(&self, tokens: &[Token], at: usize) -> Option<Found<T>> {
        self.by_first_word.get(tokens[at].folded.as_str())?.iter().find_map(|entry| {
            let taken = at..end_of(&entry.rest, tokens, at + 1)?;
            let holds = entry.context.as_ref().is_none_or(|context| context.holds(tokens, &taken));
            holds.then(|| Found { value: entry.value.clone(), tokens: taken, in_context: entry.context.is_some() })
        })
    }
}

/// Where the rest of a name ends that starts at a token: its words follow each other, a side or an article may stand
/// between them.
fn end_of(mut rest: &str, tokens: &[Token], start: usize) -> Option<usize> {
    let mut place = start;
    while !rest.is_empty() {
        let word = tokens.get(place)?.folded.as_str();
        match rest.strip_prefix(word).and_then(|rest| rest.strip_prefix(' ')) {
            Some(further) => rest = further,
            None if is_passed_over(word) => {}
            None => return None,
        }
        place += 1;
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    fn lexicon() -> Lexicon<&'static str> {
        let groups = Groups::of([("consult", vec!["referral", "follow-up"])].into_iter());
        let mut lexicon = Lexicon::default();
        let mut add = |name, with: &[&'static str], without: &[&'static str], value| {
            let wording = Wording { names: vec![name], with: with.to_vec(), without: without.to_vec() };
            lexicon.add_wording(&wording, &groups, &value);
        };
        add("block", &[], &[], "block");
        add("medial branch block", &[], &[], "medial branch block");
        add("total knee replacement", &[], &[], "knee replacement");
        add("PT", &[], &["ptt"], "physical therapy");
        add("PT", &["ptt"], &[], "prothrombin time");
        add("orthopedic", &["@consult"], &[], "orthopedic consultation");
        add("excision of the ganglion", &[], &[], "ganglion excision");
        add("", &[], &[], "nothing");
        lexicon
    }

    fn found(text: &str) -> Vec<&'static str> {
        lexicon().find(&tokens(text)).into_iter().map(|found| found.value).collect()
    }

    #[test]
    fn the_longest_name_wins_and_no_word_counts_twice() {
        assert_eq!(found("Lumbar medial branch blocks"), ["medial branch block"]);
        assert_eq!(found("medial branch; block"), ["medial branch block"]);
        assert_eq!(found("medial branch and block"), ["block"]);
        assert!(found("total knee").is_empty());
        assert!(found("").is_empty());
    }

    #[test]
    fn sides_and_articles_may_stand_inside_a_name() {
        assert_eq!(found("Total LEFT knee replacement"), ["knee replacement"]);
        assert_eq!(found("excision ganglion; excision of a right ganglion"), ["ganglion excision"; 2]);
        assert!(found("excision for ganglion").is_empty());
    }

    #[test]
    fn ambiguous_names_ask_for_their_context() {
        assert_eq!(found("PT 2x6"), ["physical therapy"]);
        assert_eq!(found("labs: PT/PTT"), ["prothrombin time"]);
        assert_eq!(found("orthopedic referral"), ["orthopedic consultation"]);
        assert_eq!(found("orthopedic follow-up"), ["orthopedic consultation"]);
        assert!(found("orthopedic shoes").is_empty());
    }
}
