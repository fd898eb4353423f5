//! The small engine queries that plans are made of.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::{OTHER_FIELDS_SHARE, Searched};
use crate::index::analysis::{Form, Word, analyze, is_stop_word};
use crate::index::fields::{self, Kind};
use crate::search::grammar::Node;
use crate::search::snippet::{Needle, Target};

/// Terms side by side: those of which some must be there, and those that only order.
pub(super) struct Terms {
    pub clauses: Vec<(Occur, Box<dyn Query>)>,
    pub asides: Vec<(Occur, Box<dyn Query>)>,
}

impl Terms {
    pub fn query(&self, required: usize) -> Box<dyn Query> {
        let copy = |clauses: &[(Occur, Box<dyn Query>)]| -> Vec<(Occur, Box<dyn Query>)> {
            clauses.iter().map(|(occur, query)| (*occur, query.box_clone())).collect()
        };
        let clauses = add_everything_if_only_excluded(copy(&self.clauses));
        let decisive = BooleanQuery::with_minimum_required_clauses(clauses, required);
        if self.asides.is_empty() {
            return Box::new(decisive);
        }
        let mut clauses = copy(&self.asides);
        clauses.push((Occur::Must, Box::new(decisive)));
        Box::new(BooleanQuery::new(clauses))
    }
}

pub(super) fn term_query(field: Field, term: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

pub(super) fn phrase_query<'a>(field: Field, parts: impl IntoIterator<Item = &'a Form>, slop: u32) -> Box<dyn Query> {
    let mut terms: Vec<(usize, Term)> =
        parts.into_iter().map(|part| (part.position, Term::from_field_text(field, &part.text))).collect();
    match terms.len() {
        // A phrase of one word is that word.
        1 => Box::new(TermQuery::new(terms.remove(0).1, IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop)),
    }
}

pub(super) fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

/// The field where a word fits best, and a little of the others. A request that utilization review had modified repeats
/// what is disputed of it: it counts where the item does not have the word, not beside it.
pub(super) fn best_field(disjuncts: Vec<(Searched, Box<dyn Query>)>) -> Box<dyn Query> {
    let (mut printed, mut others) = ([Vec::new(), Vec::new()], Vec::new());
    for (one, query) in disjuncts {
        match one.description.name.as_str() {
            "item" => printed[0].push(query),
            "request" => printed[1].push(query),
            _ => others.push(query),
        }
    }
    let best =
        |queries| -> Box<dyn Query> { Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, OTHER_FIELDS_SHARE)) };
    let printed: Vec<Box<dyn Query>> = printed.into_iter().filter(|queries| !queries.is_empty()).map(best).collect();
    if !printed.is_empty() {
        others.push(Box::new(DisjunctionMaxQuery::new(printed)));
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

pub(super) fn everything_but(query: Box<dyn Query>) -> Box<dyn Query> {
    let all_but: Box<dyn Query> =
        Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, query)]));
    Box::new(ConstScoreQuery::new(all_but, 0.0))
}

pub(super) fn add_everything_if_only_excluded(
    mut clauses: Vec<(Occur, Box<dyn Query>)>,
) -> Vec<(Occur, Box<dyn Query>)> {
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    clauses
}

pub(super) fn with_something_to_match(clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(add_everything_if_only_excluded(clauses)))
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
