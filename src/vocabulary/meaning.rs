//! What the words of a query mean beside themselves: treatments, categories, parts of the body, other wordings.

use std::ops::Range;

use super::body_parts::{BODY_PARTS, Part};
use super::categories::CATEGORIES;
use super::synonyms::SYNONYMS;
use super::treatments::{Named, TREATMENTS, Treatment, Treatments};
use super::words::{Token, sequence};

/// Words that are read for their meaning; each name is compared with all of its context.
const MOST_WORDS: usize = 256;

/// What a stretch of words means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Which of the words.
    pub tokens: Range<usize>,
    /// Treatments: a decision about one of them is about this.
    pub treatments: Vec<&'static str>,
    /// A whole category (`opioids`).
    pub category: Option<&'static str>,
    pub body_parts: Vec<&'static str>,
    /// How it came out (`denied`).
    pub outcome: Option<&'static str>,
    /// Other wordings of the same, in the words of people; not the typed one.
    pub wordings: Vec<&'static str>,
}

/// The meanings in a query's words, from left to right. Each word belongs to at most one; a part of the body named inside
/// a treatment is noted with it.
#[must_use]
pub fn meanings(tokens: &[Token]) -> Vec<Meaning> {
    let tokens = &tokens[..tokens.len().min(MOST_WORDS)];
    let treatments = &*TREATMENTS;
    let mut candidates: Vec<Meaning> = Vec::new();
    for mention in treatments.mentions_as_written(tokens) {
        candidates.extend(
            of_treatment(treatments, mention.named).map(|meaning| Meaning { tokens: mention.tokens, ..meaning }),
        );
    }
    for found in SYNONYMS.terms.find(tokens) {
        let (wordings, outcome) = SYNONYMS.finds[found.value].clone();
        candidates.push(Meaning { tokens: found.tokens, wordings, outcome, ..Meaning::default() });
    }
    for found in CATEGORIES.words.find(tokens) {
        let category = Some(CATEGORIES.categories[found.value].name);
        candidates.push(Meaning { tokens: found.tokens, category, ..Meaning::default() });
    }
    for found in BODY_PARTS.named(tokens) {
        let named = found.value.parts.iter().map(|&part| &BODY_PARTS.parts[part]);
        // A tendon is about its joint, but the joint is not about the tendon: only the words for the part itself count.
        let is_meant = |part: &&Part| {
            is_at(part.name, tokens, &found.tokens)
                || part.called.iter().any(|name| is_at(name, tokens, &found.tokens))
                || found.value.side.is_some()
        };
        let meant: Vec<&Part> = named.filter(is_meant).collect();
        if !meant.is_empty() {
            let body_parts = meant.iter().map(|part| part.name).collect();
            let wordings = meant.iter().flat_map(|part| part.called.iter().copied()).collect();
            candidates.push(Meaning { tokens: found.tokens, body_parts, wordings, ..Meaning::default() });
        }
    }
    // The longest first; of equal ones in the order of the tables.
    candidates.sort_by_key(|meaning| std::cmp::Reverse(meaning.tokens.len()));
    let mut chosen: Vec<Meaning> = Vec::new();
    for candidate in candidates {
        match chosen.iter_mut().find(|known| overlap(&known.tokens, &candidate.tokens)) {
            // A part inside a treatment's name, a synonym of the very same words: noted with it.
            Some(known) if known.tokens.start <= candidate.tokens.start && candidate.tokens.end <= known.tokens.end => {
                known.body_parts.extend(candidate.body_parts);
                if known.tokens == candidate.tokens {
                    known.treatments.extend(candidate.treatments);
                    known.category = known.category.take().or(candidate.category);
                    known.outcome = known.outcome.take().or(candidate.outcome);
                    known.wordings.extend(candidate.wordings);
                }
            }
            Some(_) => {}
            None => chosen.push(candidate),
        }
    }
    for meaning in &mut chosen {
        let typed: Vec<&str> = tokens[meaning.tokens.clone()].iter().map(|token| token.folded.as_str()).collect();
        let mut seen: Vec<Vec<String>> = Vec::new();
        meaning.wordings.retain(|wording| {
            let words = sequence(wording);
            // Where the typed words stand in a longer wording, they have been found already.
            let adds = words.len() < typed.len() || words.windows(typed.len()).all(|window| *window != typed[..]);
            let is_new = adds && !words.is_empty() && !seen.contains(&words);
            seen.push(words);
            is_new
        });
    }
    chosen.sort_by_key(|meaning| meaning.tokens.start);
    chosen
}

/// Every wording that a query's words may be searched for by.
pub fn wordings() -> impl Iterator<Item = &'static str> {
    let treatments = &*TREATMENTS;
    let of_treatments = treatments.treatments.iter().flat_map(wordings_of);
    let of_products = treatments.products.iter().flat_map(|product| product.names.iter().copied());
    let synonyms = SYNONYMS.finds.iter().flat_map(|(wordings, _)| wordings.iter().copied());
    let of_parts = BODY_PARTS.parts.iter().flat_map(|part| part.called.iter().copied());
    of_treatments.chain(of_products).chain(synonyms).chain(of_parts)
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

fn is_at(name: &str, tokens: &[Token], range: &Range<usize>) -> bool {
    let words = sequence(name);
    words.len() == range.len() && words.iter().zip(&tokens[range.clone()]).all(|(word, token)| *word == token.folded)
}

/// A vague word means no treatment in particular, nor does a visit in which something else is done.
fn of_treatment(treatments: &Treatments, named: Named) -> Option<Meaning> {
    match named {
        Named::Treatment(place) if treatments.treatments[place].generic || treatments.treatments[place].aside => None,
        Named::Treatment(place) => {
            let treatment = &treatments.treatments[place];
            let mut meaning = Meaning { treatments: vec![treatment.name], ..Meaning::default() };
            meaning.treatments.extend(treatment.also.iter().copied());
            meaning.wordings.extend(wordings_of(treatment));
            for relative in combinations_with(treatments, treatment) {
                meaning.treatments.push(relative.name);
                meaning.wordings.extend(wordings_of(relative));
            }
            Some(meaning)
        }
        Named::Product(place) => {
            let product = &treatments.products[place];
            Some(Meaning { treatments: Vec::new(), wordings: product.names.clone(), ..Meaning::default() })
        }
    }
}

/// The names a treatment is written by.
fn wordings_of(treatment: &Treatment) -> impl Iterator<Item = &'static str> {
    std::iter::once(&treatment.name)
        .chain(&treatment.brands)
        .chain(&treatment.abbreviations)
        .chain(&treatment.names)
        .filter(|name| !treatment.ambiguous.iter().any(|ambiguous| ambiguous.is_named(name)))
        .copied()
}

/// Fixed combinations of the same category with a drug ("hydrocodone" is asked for where letters say Norco), and of a
/// combination the drug that makes its category.
fn combinations_with<'a>(treatments: &'a Treatments, drug: &'a Treatment) -> impl Iterator<Item = &'a Treatment> {
    treatments.treatments.iter().filter(move |other| {
        other.name != drug.name
            && other.is_drug()
            && other.category == drug.category
            && (other.ingredients().any(|ingredient| ingredient == drug.name)
                || drug.ingredients().any(|ingredient| ingredient == other.name))
    })
}
