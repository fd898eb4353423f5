//! The table of treatments and the names by which items call them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{Context, Groups, Lexicon, Wording};
use super::words::{Token, folded, is_one_slip_apart};

/// A word shorter than this is not taken for a misspelt one: too many words are one letter from another.
const FEWEST_LETTERS_OF_A_SLIP: usize = 7;

/// `schema/treatments.toml`.
pub static TREATMENTS: LazyLock<Treatments> = LazyLock::new(|| Treatments::of(packed!("treatments")));

/// The table as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub treatment: Vec<Treatment>,
    pub product: Vec<Product>,
    #[serde(borrow)]
    pub groups: HashMap<&'static str, Vec<&'static str>>,
}

/// One treatment, as `schema/treatments.toml` describes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of the table")]
pub struct Treatment {
    /// The concept: lower case, singular, the plain full term.
    pub name: &'static str,
    /// `Top/Sub`, one of `schema/categories.toml`.
    pub category: &'static str,
    /// Words for its kind (opioid, brace).
    #[serde(borrow)]
    pub classes: Vec<&'static str>,
    /// Other full names.
    #[serde(borrow)]
    pub names: Vec<&'static str>,
    #[serde(borrow)]
    pub brands: Vec<&'static str>,
    #[serde(borrow)]
    pub abbreviations: Vec<&'static str>,
    #[serde(borrow)]
    pub misspellings: Vec<&'static str>,
    /// In a cream, gel or patch it is a topical analgesic.
    pub topical: bool,
    /// Commonly given as an injection in the office; then it is one.
    pub injectable: bool,
    /// A vague word, named only where nothing more particular is.
    pub generic: bool,
    /// Words of its that are what an item asks for where it begins with them ("Consult for …").
    #[serde(borrow)]
    pub leads: Vec<&'static str>,
    /// Goes with another service and never decides an item's category beside it.
    pub aside: bool,
    /// A part named inside its name is none the item is about.
    pub hides_body_part: bool,
    /// Parts it is done to, named or not.
    #[serde(borrow)]
    pub body_parts: Vec<&'static str>,
    /// By itself an adjunct surgical service.
    pub adjunct: bool,
    /// Further treatments that every mention of it names too.
    #[serde(borrow)]
    pub also: Vec<&'static str>,
    pub ambiguous: Vec<Wording>,
    /// Other categories, by what else stands in the item.
    pub when: Vec<When>,
}

/// A category that a treatment has where one of these words stands in the item.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub category: &'static str,
    #[serde(borrow)]
    pub with: Vec<&'static str>,
    #[serde(borrow, default)]
    pub without: Vec<&'static str>,
}

/// A brand or kit that holds several treatments, each of which counts by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    #[serde(borrow)]
    pub names: Vec<&'static str>,
    #[serde(borrow)]
    pub concepts: Vec<&'static str>,
    pub category: &'static str,
}

impl Treatment {
    /// Every name it is known by in any context, its own first.
    pub fn plain_names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(&self.name)
            .chain(&self.names)
            .chain(&self.brands)
            .chain(&self.abbreviations)
            .chain(&self.misspellings)
            .copied()
    }

    /// The group of categories it stands in.
    #[must_use]
    pub fn top_category(&self) -> &'static str {
        self.category.split('/').next().unwrap_or_default()
    }

    /// A visit to a doctor or another evaluation.
    #[must_use]
    pub fn is_visit(&self) -> bool {
        matches!(
            self.category,
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
    pub fn ingredients(&self) -> impl Iterator<Item = &'static str> {
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
    names: Lexicon<Named>,
    /// The words of all names, folded and in order: what is not among them may be a slip.
    known_words: Vec<&'static str>,
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
        let groups = Groups::of(table.groups.into_iter());
        let mut names = Lexicon::default();
        for (place, treatment) in table.treatment.iter().enumerate() {
            for name in treatment.plain_names() {
                // The concept's own name may be claimed in context only.
                if !treatment.ambiguous.iter().any(|ambiguous| ambiguous.is_named(name)) {
                    names.add(name, None, Named::Treatment(place));
                }
            }
            for ambiguous in &treatment.ambiguous {
                names.add_wording(ambiguous, &groups, &Named::Treatment(place));
            }
        }
        for (place, product) in table.product.iter().enumerate() {
            product.names.iter().for_each(|name| names.add(name, None, Named::Product(place)));
        }
        let known_words = include_str!(concat!(env!("OUT_DIR"), "/treatment_words.txt")).lines().collect();
        Self { treatments: table.treatment, products: table.product, groups, names, known_words }
    }

    /// The category a treatment has in this text by one of its `when` rules.
    #[must_use]
    pub fn category_in_context(&self, treatment: &Treatment, tokens: &[Token]) -> Option<&'static str> {
        let holds = |when: &&When| Context::of(&when.with, &when.without, &self.groups).holds(tokens, &(0..0));
        treatment.when.iter().find(holds).map(|when| when.category)
    }

    /// The names in a text as written, from left to right.
    #[must_use]
    pub fn mentions_as_written(&self, tokens: &[Token]) -> Vec<Mention> {
        self.mentions_in(tokens, tokens)
    }

    /// The names in a text, from left to right; a long word one slip from a word of the table is read as that.
    #[must_use]
    pub fn mentions(&self, tokens: &[Token]) -> Vec<Mention> {
        match self.repaired(tokens) {
            Some(repaired) => self.mentions_in(&repaired, tokens),
            None => self.mentions_in(tokens, tokens),
        }
    }

    fn mentions_in(&self, read: &[Token], written: &[Token]) -> Vec<Mention> {
        let found = self.names.find(read).into_iter();
        found
            .map(|found| Mention {
                repaired: found.tokens.clone().any(|at| read[at].folded != written[at].folded),
                named: found.value,
                tokens: found.tokens,
                in_context: found.in_context,
            })
            .collect()
    }

    /// The tokens with slips put right; `None` where there are none.
    fn repaired(&self, tokens: &[Token]) -> Option<Vec<Token>> {
        let slips: Vec<(usize, &str)> = tokens
            .iter()
            .enumerate()
            .filter_map(|(at, token)| self.meant_by(&token.folded).map(|meant| (at, meant)))
            .collect();
        (!slips.is_empty()).then(|| {
            let mut tokens = tokens.to_vec();
            for (at, meant) in slips {
                meant.clone_into(&mut tokens[at].folded);
            }
            tokens
        })
    }

    /// Whether a treatment of this name is a drug.
    #[must_use]
    pub fn is_drug(&self, name: &str) -> bool {
        self.treatments.iter().any(|treatment| treatment.name == name && treatment.is_drug())
    }

    /// The word of the table that a long word is one slip from; `None` for one of its own words.
    #[must_use]
    pub fn meant_by(&self, word: &str) -> Option<&'static str> {
        let length = word.chars().count();
        if length < FEWEST_LETTERS_OF_A_SLIP || self.known_words.binary_search(&word).is_ok() {
            return None;
        }
        // Slips in the first letter are rare: the words that begin with the same are looked through.
        let first = word.chars().next()?;
        let start = self.known_words.partition_point(|known| known.chars().next() < Some(first));
        self.known_words[start..]
            .iter()
            .take_while(|known| known.starts_with(first))
            .filter(|known| known.len().abs_diff(word.len()) <= 1 && is_one_slip_apart(known, word))
            .find(|known| known.chars().count() >= FEWEST_LETTERS_OF_A_SLIP && known.chars().all(char::is_alphabetic))
            .copied()
    }

    /// The treatments of a kind (`opioids`), or that a short form stands for in any context (`RFA`).
    #[must_use]
    pub fn called(&self, typed: &str) -> Vec<&'static str> {
        let name = folded(typed);
        let is_called = |treatment: &&Treatment| {
            treatment.classes.iter().any(|class| folded(class) == name)
                || treatment.ambiguous.iter().any(|wording| wording.is_named(typed.trim()))
        };
        self.treatments.iter().filter(is_called).map(|treatment| treatment.name).collect()
    }

    /// The treatments of a mention.
    #[must_use]
    pub fn concepts_of(&self, named: Named) -> Vec<&'static str> {
        match named {
            Named::Treatment(place) => {
                let treatment = &self.treatments[place];
                std::iter::once(treatment.name).chain(treatment.also.iter().copied()).collect()
            }
            Named::Product(place) => self.products[place].concepts.clone(),
        }
    }
}
