//! What letters and people call the same, other than treatments: diagnoses, findings, people, abbreviations.

use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{Groups, Lexicon, Wording};

/// `schema/synonyms.toml`.
pub static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(|| {
    let table: Table = packed!("synonyms");
    Synonyms::of(table)
});

/// The table as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Table {
    pub same: Vec<Same>,
    pub broader: Vec<Broader>,
}

/// Terms that mean the same: each finds the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Same {
    pub terms: Vec<Wording>,
    /// The outcome people mean by them.
    #[serde(default)]
    pub outcome: Option<&'static str>,
}

/// A lay term that finds others, which do not find it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broader {
    pub term: &'static str,
    #[serde(borrow, default)]
    pub finds: Vec<&'static str>,
    /// The outcome people mean by it ("turned down").
    #[serde(default)]
    pub outcome: Option<&'static str>,
}

/// The table made ready for queries.
#[derive(Debug)]
pub struct Synonyms {
    /// What each entry finds: wordings, and an outcome.
    pub finds: Vec<(Vec<&'static str>, Option<&'static str>)>,
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
                terms.add_wording(&term, &Groups::default(), &place);
                if term.is_plain() {
                    plain.extend(term.names);
                }
            }
            finds.push((plain, group.outcome));
        }
        for broader in table.broader {
            terms.add(broader.term, None, finds.len());
            finds.push((broader.finds, broader.outcome));
        }
        Self { finds, terms }
    }
}
