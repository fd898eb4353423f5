//! What a disputed item says of itself: which portion was requested, authorized and is in dispute, how much of it,
//! and whether it was done already or belongs to an operation.
//!
//! The item as printed stays in `Decision::item`; everything here is read out of it, and what it does not state is
//! absent. Reading is total and takes time linear in the item's length.

mod count;
mod drug;
mod portions;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::vocabulary::words::floor;

/// A disputed item, read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemReading {
    /// What the doctor asked for, verbatim, white space folded.
    pub requested: String,
    /// What the claims administrator authorized of it, where the item says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized: Option<String>,
    /// What the decision is about: the remaining portion, or the whole request.
    pub disputed: String,
    /// The item says that the service was already rendered when it was reviewed.
    pub retrospective: bool,
    /// The item says that it goes with an operation: associated surgical service, pre-op, post-op, assistant surgeon.
    /// Drugs for the time after an operation are included.
    pub surgical_adjunct: bool,
    /// The stated count of the disputed portion, in whatever is counted: tablets, sessions, pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// Refills of the disputed portion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refills: Option<u32>,
    /// Strength of the first drug named, as printed: `10/325mg`, `5%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<String>,
    /// Form of the first drug named, in the singular: `tablet`, `patch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
}

/// Bytes of an item that are read. The longest real ones have 600; what goes on is a rationale that lost its label.
const LONGEST: usize = 8192;

/// Reads `item`, the printed item without its outcome.
#[must_use]
pub fn read(item: &str) -> ItemReading {
    let item = fold(&item[..floor(item, LONGEST)]);
    let portions::Portions { requested, authorized, disputed } = portions::split(&item);
    let counts = count::counts(&disputed);
    // The remaining portion may name the drug shortly ("30 tablets"): the request then says the rest.
    let whole = (requested != disputed).then_some(requested.as_str());
    let strength = drug::strength(&disputed).or_else(|| drug::strength(whole?));
    let form = drug::form(&disputed).or_else(|| drug::form(whole?));
    let says = |pattern: &Regex| pattern.is_match(&disputed) || whole.is_some_and(|whole| pattern.is_match(whole));
    ItemReading {
        retrospective: says(&RETROSPECTIVE),
        surgical_adjunct: says(&SURGICAL_ADJUNCT),
        quantity: counts.quantity,
        refills: counts.refills,
        strength,
        form,
        requested,
        authorized,
        disputed,
    }
}

/// "Retro" alone or a word such as "retrospective" in whatever spelling; not "retro-patellar" or "retrolisthesis".
static RETROSPECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bretro(?:[a-z]{0,6}ctive(?:ly)?|\s*-?\s*(?:review|request|authorization|auth|dos))\b|\bretro(?:[^a-z-]|$)",
    )
});

/// The words that make an item part of an operation; hyphens may stand apart ("Post- op").
static SURGICAL_ADJUNCT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\bassociated\s+(?:with\s+(?:the\s+)?surgery|surg[a-z]*|services?\b|procedures?\b|items?\b)",
        r"|\b(?:pre|post)(?:\s*[-\u{2010}\u{2011}\u{2013}]\s*|\s+)?(?:op\b|ops\b|oper|surg)",
        r"|\b(?:assistant|assisting|assist|co)[\s-]+surge(?:on|ry)|\bsurg(?:ical|eon|ery)(?:'s)?[\s-]+assist",
    ))
});

/// Compiles a constant pattern.
#[expect(clippy::expect_used, reason = "the patterns are constants, and every test that reads an item compiles them")]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern that the tests compile")
}

/// Every run of white space as one space, none at the ends.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
