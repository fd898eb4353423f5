//! What a rationale itself concludes about the request.
//!
//! The printed outcome is never asked: the conclusion is a cross-check on it, and a letter whose reasoning and outcome
//! disagree is worth showing. Conclusions stand at the end, but the end may be a weaning disclaimer, a reference or a
//! remark on an alternative; so sentences are read backwards until one concludes in the words of the field ("is not
//! medically necessary", "medical necessity has not been established", "the denial is upheld"). Only where none does, a
//! weaker wording ("is not supported", "meets the criteria") counts. Recited guidelines, conditions ("medically
//! necessary if") and other people's opinions (utilization review, the treating physician) never count.

mod sentence;
#[cfg(test)]
mod tests;
mod wording;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use sentence::{Sentence, sentences};

/// What a rationale concludes about its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Conclusion {
    #[serde(rename = "medically_necessary")]
    Necessary,
    #[serde(rename = "not_medically_necessary")]
    NotNecessary,
    /// A part of the request is, another is not.
    #[serde(rename = "partly_medically_necessary")]
    Partly,
}

impl Conclusion {
    /// The words records and facets use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Conclusion::Necessary => "medically_necessary",
            Conclusion::NotNecessary => "not_medically_necessary",
            Conclusion::Partly => "partly_medically_necessary",
        }
    }
}

/// What `rationale` concludes; `None` where nothing in it concludes.
///
/// White space means nothing: what stands a few words before a wording is looked for in so many bytes. Takes time linear
/// in the length of the rationale.
#[must_use]
pub fn conclusion(rationale: &str) -> Option<Conclusion> {
    let folded = folded(rationale);
    let printed = sentences(&folded);
    let mut read = Vec::new();
    for (place, &last) in printed.iter().enumerate().rev() {
        let sentence = Sentence::of(last);
        if let Some(conclusion) = sentence.firm_conclusion() {
            let before = place.checked_sub(1).map(|before| Sentence::of(printed[before]));
            let split = before.is_some_and(|before| are_two_parts(&before, &sentence, conclusion));
            return Some(if split { Conclusion::Partly } else { conclusion });
        }
        read.push(sentence);
    }
    let concluding = read.iter().filter(|sentence| sentence.draws_conclusion()).find_map(Sentence::soft_conclusion);
    concluding.or_else(|| read.iter().find_map(Sentence::soft_conclusion))
}

/// Every run of white space as one space; the rationale of a letter has no other.
fn folded(rationale: &str) -> Cow<'_, str> {
    let holds_run = memchr::memmem::find(rationale.as_bytes(), b"  ").is_some();
    if holds_run || rationale.bytes().any(|byte| byte < b' ') {
        return Cow::Owned(rationale.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    Cow::Borrowed(rationale)
}

/// Whether the printed outcome agrees with `conclusion`.
///
/// Absent where nothing can be told: no conclusion was found, or the rationale grants a part. An item is printed as
/// upheld or overturned as a whole, so either outcome can follow from a partly necessary request, and neither is a
/// contradiction.
#[must_use]
pub fn agrees(conclusion: Option<Conclusion>, overturned: bool) -> Option<bool> {
    match conclusion? {
        Conclusion::Necessary => Some(overturned),
        Conclusion::NotNecessary => Some(!overturned),
        Conclusion::Partly => None,
    }
}

/// Whether two neighbouring sentences decide two portions of one request differently.
fn are_two_parts(before: &Sentence, after: &Sentence, last: Conclusion) -> bool {
    let opposite = match last {
        Conclusion::Necessary => Conclusion::NotNecessary,
        Conclusion::NotNecessary => Conclusion::Necessary,
        Conclusion::Partly => return false,
    };
    let portions =
        (before.names_remainder() && after.names_amount()) || (before.names_amount() && after.names_remainder());
    portions && before.firm_conclusion() == Some(opposite)
}
