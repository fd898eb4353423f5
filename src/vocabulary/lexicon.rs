//! Names of one or more words, found in a text: from each word on the longest name, and no word twice.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

use super::words::{Token, sequence};

/// Words that may stand inside a name and say nothing of it: "total left knee arthroplasty", "excision of the ganglion".
const PASSED_OVER: [&str; 10] = ["left", "right", "bilateral", "lt", "rt", "bilat", "of", "the", "a", "an"];

/// Names that count only in some contexts, as the tables write them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousName {
    /// One name, or several with the same context.
    name: OneOrMany,
    /// One of these words or phrases stands in the text; `@group` is any word of a group.
    #[serde(default)]
    pub with: Vec<String>,
    /// None of these does.
    #[serde(default)]
    pub without: Vec<String>,
}

/// A name, or one that counts only in context.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Wording {
    Plain(String),
    Ambiguous(AmbiguousName),
}

impl Wording {
    #[must_use]
    pub fn names(&self) -> &[String] {
        match self {
            Wording::Plain(name) => std::slice::from_ref(name),
            Wording::Ambiguous(ambiguous) => ambiguous.names(),
        }
    }

    /// What must stand beside it; `None`: it counts anywhere.
    #[must_use]
    pub fn context(&self) -> Option<Context> {
        match self {
            Wording::Plain(_) => None,
            Wording::Ambiguous(ambiguous) => Some(Context::of(&ambiguous.with, &ambiguous.without, &Groups::new())),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl AmbiguousName {
    #[must_use]
    pub fn names(&self) -> &[String] {
        match &self.name {
            OneOrMany::One(name) => std::slice::from_ref(name),
            OneOrMany::Many(names) => names,
        }
    }

    /// Whether it is one of these names, but for capitals.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.names().iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// What must and must not stand in a text beside a name.
#[derive(Clone, Debug, Default)]
pub struct Context {
    with: Vec<Vec<String>>,
    without: Vec<Vec<String>>,
}

/// Groups of words that contexts name as `@group`.
pub type Groups = HashMap<String, Vec<String>>;

impl Context {
    #[must_use]
    pub fn of(with: &[String], without: &[String], groups: &Groups) -> Self {
        let sequences = |words: &[String]| {
            words
                .iter()
                .flat_map(|word| match word.strip_prefix('@') {
                    Some(group) => groups.get(group).cloned().unwrap_or_default(),
                    None => vec![word.clone()],
                })
                .map(|word| sequence(&word))
                .filter(|words| !words.is_empty())
                .collect()
        };
        Self { with: sequences(with), without: sequences(without) }
    }

    /// Whether the words of a text, but for those of the name itself, fulfil it.
    #[must_use]
    pub fn holds(&self, tokens: &[Token], name: &Range<usize>) -> bool {
        let stands = |words: &Vec<String>| {
            (0..tokens.len()).any(|at| {
                !name.contains(&at)
                    && words.iter().zip(&tokens[at..]).all(|(word, token)| *word == token.folded)
                    && at + words.len() <= tokens.len()
            })
        };
        (self.with.is_empty() || self.with.iter().any(stands)) && !self.without.iter().any(stands)
    }
}

/// One name with what it stands for.
#[derive(Clone, Debug)]
struct Entry<T> {
    words: Vec<String>,
    context: Option<Context>,
    value: T,
}

/// Names by their first word, the longest first.
#[derive(Clone, Debug)]
pub struct Lexicon<T> {
    by_first_word: HashMap<String, Vec<Entry<T>>>,
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
        Self { by_first_word: HashMap::new() }
    }
}

impl<T: Clone> Lexicon<T> {
    /// Adds a name; one without a word is no name and is left out.
    pub fn add(&mut self, name: &str, context: Option<Context>, value: T) {
        let mut words = sequence(name);
        let first_counts = words.iter().position(|word| !PASSED_OVER.contains(&word.as_str())).unwrap_or(0);
        let mut place = 0;
        words.retain(|word| {
            place += 1;
            place <= first_counts + 1 || !PASSED_OVER.contains(&word.as_str())
        });
        let Some(first) = words.first() else { return };
        let entries = self.by_first_word.entry(first.clone()).or_default();
        // Longest first; of equal length those with a context first, since they are the more particular.
        let place = entries
            .partition_point(|known| (known.words.len(), known.context.is_some()) >= (words.len(), context.is_some()));
        entries.insert(place, Entry { words, context, value });
    }

    /// Every word that stands in a name.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.by_first_word.values().flatten().flat_map(|entry| entry.words.iter().map(String::as_str))
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
        self.by_first_word.get(&tokens[at].folded)?.iter().find_map(|entry| {
            let taken = at..end_of(&entry.words, tokens, at)?;
            let holds = entry.context.as_ref().is_none_or(|context| context.holds(tokens, &taken));
            holds.then(|| Found { value: entry.value.clone(), tokens: taken, in_context: entry.context.is_some() })
        })
    }
}

/// Where a name that starts at a word ends: its words follow each other, a side or an article may stand between them.
fn end_of(words: &[String], tokens: &[Token], at: usize) -> Option<usize> {
    let mut place = at;
    for word in words {
        while place > at && tokens.get(place)?.folded != *word && PASSED_OVER.contains(&tokens[place].folded.as_str()) {
            place += 1;
        }
        if tokens.get(place)?.folded != *word {
            return None;
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
        let mut lexicon = Lexicon::default();
        let context = |with: &[&str], without: &[&str]| {
            let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
            let groups = Groups::from([("consult".to_owned(), owned(&["referral", "follow up"]))]);
            Some(Context::of(&owned(with), &owned(without), &groups))
        };
        lexicon.add("block", None, "block");
        lexicon.add("medial branch block", None, "medial branch block");
        lexicon.add("total knee replacement", None, "knee replacement");
        lexicon.add("PT", context(&[], &["ptt"]), "physical therapy");
        lexicon.add("PT", context(&["ptt"], &[]), "prothrombin time");
        lexicon.add("orthopedic", context(&["@consult"], &[]), "orthopedic consultation");
        lexicon.add("", None, "nothing");
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
        assert_eq!(found("Total LEFT knee replacement"), ["knee replacement"]);
        assert!(found("total knee").is_empty());
        assert!(found("").is_empty());
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
