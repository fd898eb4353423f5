//! The small clauses that plans are made of.

use tantivy::Term;
use tantivy::query::Occur;
use tantivy::schema::Field;

use super::{OTHER_FIELDS_SHARE, Searched};
use crate::index::analysis::{Form, Word, analyze, is_stop_word};
use crate::index::fields::{self, Kind};
use crate::search::grammar::Node;
use crate::search::matching::Clause;
use crate::search::snippet::{Needle, Target};

/// Terms side by side: those of which some must be there, and those that only order.
pub(super) struct Terms {
    pub clauses: Vec<(Occur, Clause)>,
    pub asides: Vec<(Occur, Clause)>,
}

impl Terms {
    pub fn clause(&self, required: usize) -> Clause {
        let decisive = mix(add_everything_if_only_excluded(self.clauses.clone()), required);
        if self.asides.is_empty() {
            return decisive;
        }
        let mut clauses = self.asides.clone();
        clauses.push((Occur::Must, decisive));
        mix(clauses, 0)
    }
}

/// Clauses as they occur; of those that need not all be met at least so many.
fn mix(clauses: Vec<(Occur, Clause)>, at_least: usize) -> Clause {
    let (mut must, mut should, mut must_not) = (Vec::new(), Vec::new(), Vec::new());
    for (occur, clause) in clauses {
        match occur {
            Occur::Must => must.push(clause),
            Occur::Should => should.push(clause),
            Occur::MustNot => must_not.push(clause),
        }
    }
    Clause::Mix { must, should, at_least, must_not }
}

/// Words as they are, each with its position.
pub(super) fn words_of<'a>(parts: impl IntoIterator<Item = &'a Form>) -> Vec<(usize, String)> {
    parts.into_iter().map(|part| (part.position, part.text.clone())).collect()
}

/// Terms of a field at these places, or so near them that they have to move by `slop` at most.
pub(super) fn phrase(field: Field, terms: &[(usize, String)], slop: u32) -> Clause {
    let term = |(position, term): &(usize, String)| (*position, Term::from_field_text(field, term));
    let mut terms: Vec<(usize, Term)> = terms.iter().map(term).collect();
    match terms.len() {
        0 => Clause::Nothing,
        // A phrase of one word is that word.
        1 => Clause::Term { term: terms.remove(0).1, boost: 1.0 },
        _ => Clause::Phrase { terms, slop, boost: 1.0 },
    }
}

/// The field where a word fits best, and a little of the others. A request that utilization review had modified repeats
/// what is disputed of it: it counts where the item does not have the word, not beside it.
pub(super) fn best_field(disjuncts: Vec<(Searched, Clause)>) -> Clause {
    let (mut printed, mut others) = ([Vec::new(), Vec::new()], Vec::new());
    for (one, clause) in disjuncts {
        match one.description.name.as_str() {
            "item" => printed[0].push(clause),
            "request" => printed[1].push(clause),
            _ => others.push(clause),
        }
    }
    let best = |of| Clause::Best { of, share: OTHER_FIELDS_SHARE };
    let printed: Vec<Clause> = printed.into_iter().filter(|clauses| !clauses.is_empty()).map(best).collect();
    if !printed.is_empty() {
        others.push(Clause::Best { of: printed, share: 0.0 });
    }
    best(others)
}

pub(super) fn target(word: &Word, exact: bool, weight: f32) -> Target {
    let needle = if word.length == 1 && word.wholes.is_empty() {
        let part = word.parts.first();
        Needle::Terms {
            forms: part.map(|part| part.text.clone()).into_iter().collect(),
            stems: part.and_then(|part| part.stem.clone()).filter(|_| !exact).into_iter().collect(),
        }
    } else {
        let wholes: Vec<String> = word.complete_wholes().map(|whole| whole.text.clone()).collect();
        if wholes.is_empty() {
            Needle::Phrase { words: word.parts.iter().map(|part| part.text.clone()).collect(), slop: 0 }
        } else {
            Needle::Terms { forms: wholes, stems: Vec::new() }
        }
    };
    Target { needle, weight }
}

/// What to mark for words that follow each other: a single word in any form, unless only as typed; several as a phrase.
pub(super) fn needle(forms: &[Form], as_typed: bool) -> Needle {
    match forms {
        [form] if !as_typed => {
            Needle::Terms { forms: vec![form.text.clone()], stems: form.stem.iter().cloned().collect() }
        }
        forms => Needle::Phrase { words: forms.iter().map(|form| form.text.clone()).collect(), slop: 0 },
    }
}

fn add_everything_if_only_excluded(mut clauses: Vec<(Occur, Clause)>) -> Vec<(Occur, Clause)> {
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, Clause::Everything));
    }
    clauses
}

pub(super) fn with_something_to_match(clauses: Vec<(Occur, Clause)>) -> Clause {
    mix(add_everything_if_only_excluded(clauses), 0)
}

/// A value of a field, a range, or any value at all: it restricts what is found, and is never one of several words.
pub(super) fn is_restriction(node: &Node) -> bool {
    let is_value = |field: &str| fields::describe(field).is_some_and(|description| description.kind != Kind::Text);
    match node {
        Node::Range { .. } | Node::Exists { .. } => true,
        Node::Word { field: Some(field), .. } | Node::Phrase { field: Some(field), .. } => is_value(field),
        Node::And(nodes) | Node::Or(nodes) | Node::Words(nodes) => nodes.iter().all(is_restriction),
        Node::Not(inner) | Node::Required(inner) => is_restriction(inner),
        Node::Word { .. } | Node::Phrase { .. } | Node::Near { .. } => false,
    }
}

pub(super) fn is_stop_word_node(node: &Node) -> bool {
    matches!(node, Node::Word { field: None, text, wildcard: false } if is_stop_word(&text.to_lowercase()))
}

/// Words for the salt of a drug, which letters print or leave out as they please.
const SALTS: [&str; 19] = [
    "hcl",
    "hydrochloride",
    "hbr",
    "hydrobromide",
    "bitartrate",
    "tartrate",
    "sodium",
    "potassium",
    "calcium",
    "succinate",
    "sulfate",
    "maleate",
    "citrate",
    "fumarate",
    "besylate",
    "mesylate",
    "phosphate",
    "acetate",
    "magnesium",
];

/// What a drug comes in. Patches and creams are not among them: they make another treatment of it.
const FORMS: [&str; 10] = ["tablet", "tablets", "tab", "tabs", "capsule", "capsules", "cap", "caps", "pill", "pills"];

/// `10-325` as letters print it: `10/325`.
pub(super) fn with_slash(strength: &str) -> Option<String> {
    let (one, other) = strength.split_once('-')?;
    let starts_with_digit = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    (starts_with_digit(one) && starts_with_digit(other)).then(|| strength.replace('-', "/"))
}

/// `10/325`, `7.5mg`, `5%`, `#60`, `hcl` or `tablets`, typed beside a drug.
pub(super) fn is_strength_or_salt(node: &Node) -> bool {
    let Node::Word { field: None, text, wildcard: false } = node else { return false };
    let text = text.to_lowercase();
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || "#/.,-+".contains(letter));
    let is_strength = text.contains(|letter: char| letter.is_ascii_digit())
        && ["", "mg", "mcg", "g", "gm", "ml", "%"].contains(&unit);
    is_strength || SALTS.contains(&text.as_str()) || FORMS.contains(&text.as_str())
}

/// `15 mg` is typed as two words and means one strength, as it does in a letter.
pub(super) fn join_numbers_with_units(nodes: &mut Vec<Node>) {
    let mut index = 0;
    while index + 1 < nodes.len() {
        if let (
            Node::Word { field: None, text: number, wildcard: false },
            Node::Word { field: None, text: unit, wildcard: false },
        ) = (&nodes[index], &nodes[index + 1])
            && number.ends_with(|letter: char| letter.is_ascii_digit())
        {
            let joined = format!("{number} {unit}");
            if analyze(&joined).len() == 1 {
                nodes[index] = Node::Word { field: None, text: format!("{number}{unit}"), wildcard: false };
                nodes.remove(index + 1);
            }
        }
        index += 1;
    }
}
