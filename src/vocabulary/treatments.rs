//! The table of treatments and the names by which items call them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{AmbiguousName, Context, Groups, Lexicon};
use super::words::{Token, is_one_slip_apart};

/// A word shorter than this is not taken for a misspelt one: too many words are one letter from another.
const FEWEST_LETTERS_OF_A_SLIP: usize = 7;

/// `schema/treatments.toml`.
pub static TREATMENTS: LazyLock<Treatments> = LazyLock::new(|| {
    let table: Table = packed!("treatments");
    Treatments::of(table)
});

/// The table as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub treatment: Vec<Treatment>,
    pub product: Vec<Product>,
    pub groups: Groups,
}

/// One treatment, as `schema/treatments.toml` describes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of the table")]
pub struct Treatment {
    /// The concept: lower case, singular, the plain full term.
    pub name: String,
    /// `Top/Sub`, one of `schema/categories.toml`.
    pub category: String,
    /// Words for its kind (opioid, brace).
    pub classes: Vec<String>,
    /// Other full names.
    pub names: Vec<String>,
    pub brands: Vec<String>,
    pub abbreviations: Vec<String>,
    pub misspellings: Vec<String>,
    /// In a cream, gel or patch it is a topical analgesic.
    pub topical: bool,
    /// Commonly given as an injection in the office; then it is one.
    pub injectable: bool,
    /// A vague word, named only where nothing more particular is.
    pub generic: bool,
    /// Words of its that are what an item asks for where it begins with them ("Consult for …").
    pub leads: Vec<String>,
    /// Goes with another service and never decides an item's category beside it.
    pub aside: bool,
    /// A part named inside its name is none the item is about.
    pub hides_body_part: bool,
    /// Parts it is done to, named or not.
    pub body_parts: Vec<String>,
    /// By itself an adjunct surgical service.
    pub adjunct: bool,
    /// Further treatments that every mention of it names too.
    pub also: Vec<String>,
    pub ambiguous: Vec<AmbiguousName>,
    /// Other categories, by what else stands in the item.
    pub when: Vec<When>,
}

/// A category that a treatment has where one of these words stands in the item.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub category: String,
    pub with: Vec<String>,
    #[serde(default)]
    pub without: Vec<String>,
}

/// A brand or kit that holds several treatments, each of which counts by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub names: Vec<String>,
    pub concepts: Vec<String>,
    pub category: String,
}

impl Treatment {
    /// Every name it is known by in any context, its own first.
    pub fn plain_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.names)
            .chain(&self.brands)
            .chain(&self.abbreviations)
            .chain(&self.misspellings)
            .map(String::as_str)
    }

    /// The group of categories it stands in.
    #[must_use]
    pub fn top_category(&self) -> &str {
        self.category.split('/').next().unwrap_or_default()
    }

    /// A visit to a doctor or another evaluation.
    #[must_use]
    pub fn is_visit(&self) -> bool {
        matches!(
            self.category.as_str(),
            "Evaluation & Management/Office Visits & Consults"
                | "Surgery/Surgical Consult"
                | "Psych Services/Evaluation & Management"
        )
    }

    #[must_use]
    pub fn is_drug(&self) -> bool {
        self.top_category() == "Pharmaceuticals"
    }

    /// The ingredients of a fixed combination; itself, where it is none.
    pub fn ingredients(&self) -> impl Iterator<Item = &str> {
        // Only a drug's name is joined by slashes.
        let separator = if self.is_drug() { '/' } else { '\0' };
        self.name.split(separator)
    }
}

/// What a name stands for: a place in one of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Treatment(usize),
    Product(usize),
}

/// The table made ready for reading.
#[derive(Debug)]
pub struct Treatments {
    pub treatments: Vec<Treatment>,
    pub products: Vec<Product>,
    pub groups: Groups,
    /// Contexts of `when`, by treatment.
    pub when: Vec<Vec<(Context, String)>>,
    names: Lexicon<Named>,
    by_concept: HashMap<String, usize>,
    /// The words of all names, for slips: all, and the long ones by their first letter.
    known_words: HashSet<String>,
    long_words: HashMap<char, Vec<String>>,
}

/// A name of a treatment or product in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub named: Named,
    /// Which tokens of the text it takes.
    pub tokens: Range<usize>,
    /// It counted because of its context.
    pub in_context: bool,
    /// A word of it was misspelt.
    pub repaired: bool,
}

impl Treatments {
    #[must_use]
    pub fn of(table: Table) -> Self {
        let mut names = Lexicon::default();
        for (place, treatment) in table.treatment.iter().enumerate() {
            for name in treatment.plain_names() {
                // The concept's own name may be claimed in context only.
                if !treatment.ambiguous.iter().any(|ambiguous| ambiguous.is_named(name)) {
                    names.add(name, None, Named::Treatment(place));
                }
            }
            for ambiguous in &treatment.ambiguous {
                let context = Context::of(&ambiguous.with, &ambiguous.without, &table.groups);
                for name in ambiguous.names() {
                    names.add(name, Some(context.clone()), Named::Treatment(place));
                }
            }
        }
        for (place, product) in table.product.iter().enumerate() {
            for name in &product.names {
                names.add(name, None, Named::Product(place));
            }
        }
        let when = |treatment: &Treatment| {
            let context = |when: &When| Context::of(&when.with, &when.without, &table.groups);
            treatment.when.iter().map(|when| (context(when), when.category.clone())).collect()
        };
        let known_words: HashSet<String> = names.words().map(str::to_owned).collect();
        let mut long_words: HashMap<char, Vec<String>> = HashMap::new();
        for word in &known_words {
            let is_long = word.chars().count() >= FEWEST_LETTERS_OF_A_SLIP && word.chars().all(char::is_alphabetic);
            if let Some(first) = word.chars().next().filter(|_| is_long) {
                long_words.entry(first).or_default().push(word.clone());
            }
        }
        long_words.values_mut().for_each(|words| words.sort());
        Self {
            when: table.treatment.iter().map(when).collect(),
            by_concept: table.treatment.iter().enumerate().map(|(place, one)| (one.name.clone(), place)).collect(),
            names,
            known_words,
            long_words,
            treatments: table.treatment,
            products: table.product,
            groups: table.groups,
        }
    }

    /// The treatment with this concept name.
    #[must_use]
    pub fn concept(&self, name: &str) -> Option<&Treatment> {
        self.by_concept.get(name).map(|&place| &self.treatments[place])
    }

    /// The names in a text, from left to right; a long word one slip from a word of the table is read as that.
    #[must_use]
    pub fn mentions(&self, tokens: &[Token]) -> Vec<Mention> {
        let repaired = self.repaired(tokens);
        let read = repaired.as_deref().unwrap_or(tokens);
        let found = self.names.find(read);
        found
            .into_iter()
            .map(|found| Mention {
                repaired: repaired.is_some() && found.tokens.clone().any(|at| read[at].folded != tokens[at].folded),
                named: found.value,
                tokens: found.tokens,
                in_context: found.in_context,
            })
            .collect()
    }

    /// The tokens with slips put right; `None` where there are none.
    fn repaired(&self, tokens: &[Token]) -> Option<Vec<Token>> {
        let slips: Vec<(usize, &String)> = tokens
            .iter()
            .enumerate()
            .filter_map(|(at, token)| self.meant_by(&token.folded).map(|meant| (at, meant)))
            .collect();
        (!slips.is_empty()).then(|| {
            let mut tokens = tokens.to_vec();
            for (at, meant) in slips {
                tokens[at].folded.clone_from(meant);
            }
            tokens
        })
    }

    fn meant_by(&self, word: &str) -> Option<&String> {
        let length = word.chars().count();
        if length < FEWEST_LETTERS_OF_A_SLIP || self.known_words.contains(word) {
            return None;
        }
        let candidates = self.long_words.get(&word.chars().next()?)?;
        candidates.iter().find(|known| known.len().abs_diff(word.len()) <= 1 && is_one_slip_apart(known, word))
    }

    /// The treatments of a mention.
    #[must_use]
    pub fn concepts_of(&self, named: Named) -> Vec<&str> {
        match named {
            Named::Treatment(place) => {
                let treatment = &self.treatments[place];
                std::iter::once(&treatment.name).chain(&treatment.also).map(String::as_str).collect()
            }
            Named::Product(place) => self.products[place].concepts.iter().map(String::as_str).collect(),
        }
    }
}
