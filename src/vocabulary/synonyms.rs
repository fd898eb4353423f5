//! What letters and people call the same, other than treatments: diagnoses, findings, people, abbreviations.

use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{Lexicon, Wording};

/// `schema/synonyms.toml`.
pub static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| {
    let table: Table = packed!("synonyms");
    Synonyms::of(table)
});

/// The table as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub same: Vec<Same>,
    pub broader: Vec<Broader>,
}

/// Terms that mean the same: each finds the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Same {
    pub terms: Vec<Wording>,
}

/// A lay term that finds others, which do not find it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broader {
    pub term: String,
    #[serde(default)]
    pub finds: Vec<String>,
    /// The outcome people mean by it ("turned down").
    #[serde(default)]
    pub outcome: Option<String>,
}

/// The table made ready for queries.
#[derive(Debug)]
pub struct Synonyms {
    /// What each entry finds: wordings, and an outcome.
    pub finds: Vec<(Vec<String>, Option<String>)>,
    pub terms: Lexicon<usize>,
}

impl Synonyms {
    #[must_use]
    pub fn of(table: Table) -> Self {
        let (mut finds, mut terms) = (Vec::new(), Lexicon::default());
        for group in table.same {
            let place = finds.len();
            let mut plain = Vec::new();
            for term in group.terms {
                term.names().iter().for_each(|name| terms.add(name, term.context(), place));
                if let Wording::Plain(term) = term {
                    plain.push(term);
                }
            }
            finds.push((plain, None));
        }
        for broader in table.broader {
            terms.add(&broader.term, None, finds.len());
            finds.push((broader.finds, broader.outcome));
        }
        Self { finds, terms }
    }
}
