//! Proximity: two words or phrases within a distance of each other.

use tantivy::Term;
use tantivy::schema::Field;

use super::clauses::needle;
use super::{Planner, Searched, best_field};
use crate::index::analysis::{Form, analyze};
use crate::index::fields::Kind;
use crate::search::grammar::Node;
use crate::search::matching::Clause;
use crate::search::model::Corrected;
use crate::search::snippet::{Needle, Target};

impl Planner<'_> {
    /// Two words or phrases within a distance, in either order.
    pub(super) fn near(&mut self, left_node: &Node, right_node: &Node, distance: u32) -> tantivy::Result<Clause> {
        let (Some((field, left)), Some((_, right))) = (side(left_node), side(right_node)) else {
            return Ok(Clause::Nothing);
        };
        let searched = self.searched(field.as_deref())?;
        if searched.iter().any(|one| one.description.kind != Kind::Text) {
            let message = "words have a distance only within a text; the two were searched without it".into();
            self.corrected.push(Corrected::remark(message));
            return Ok(Clause::all(vec![
                self.node(&mut left_node.clone(), false)?,
                self.node(&mut right_node.clone(), false)?,
            ]));
        }
        for side in [&left, &right] {
            self.note_absent_words(&searched, &side.forms.iter().collect::<Vec<_>>())?;
        }
        let mut disjuncts: Vec<(Searched, Clause)> = Vec::new();
        for one in &searched {
            for first in self.sequences(&left) {
                for second in self.sequences(&right) {
                    disjuncts.push((*one, in_order(one.field, &first, &second, distance).boosted(one.boost)));
                    disjuncts.push((*one, in_order(one.field, &second, &first, distance).boosted(one.boost)));
                }
            }
        }
        let near = Needle::Near {
            left: Box::new(needle(&left.forms, left.quoted || self.exact)),
            right: Box::new(needle(&right.forms, right.quoted || self.exact)),
            distance,
        };
        self.note_target(field.as_deref(), Target { needle: near, weight: self.rarity(0) });
        Ok(best_field(disjuncts))
    }

    /// The term sequences one side of a proximity can stand as: a word by its stem or its inflected forms, a phrase as
    /// it is.
    fn sequences(&self, side: &Side) -> Vec<Vec<String>> {
        match (&side.forms[..], side.quoted || self.exact) {
            ([form], false) => form.stemmed_terms().into_iter().map(|term| vec![term]).collect(),
            (forms, _) => vec![forms.iter().map(|form| form.text.clone()).collect()],
        }
    }
}

/// One side of a proximity.
struct Side {
    forms: Vec<Form>,
    quoted: bool,
}

fn side(node: &Node) -> Option<(Option<String>, Side)> {
    let (field, text, quoted) = match node {
        Node::Word { field, text, .. } => (field, text, false),
        Node::Phrase { field, text, .. } => (field, text, true),
        _ => return None,
    };
    let forms: Vec<Form> = analyze(text).into_iter().flat_map(|word| word.parts).collect();
    (!forms.is_empty()).then(|| (field.clone(), Side { forms, quoted }))
}

/// `first` and then `second`, at most `distance` words on. The engine's slop is how far words are from their places in the
/// phrase: none for neighbours, whose distance is one.
fn in_order(field: Field, first: &[String], second: &[String], distance: u32) -> Clause {
    let terms = |words: &mut dyn Iterator<Item = &String>| -> Vec<(usize, Term)> {
        words.enumerate().map(|(place, word)| (place, Term::from_field_text(field, word))).collect()
    };
    let together = terms(&mut first.iter().chain(second));
    let mut clauses = vec![Clause::Phrase { terms: together, slop: distance.saturating_sub(1), boost: 1.0 }];
    for side in [first, second].into_iter().filter(|side| side.len() > 1) {
        clauses.push(Clause::Phrase { terms: terms(&mut side.iter()), slop: 0, boost: 1.0 });
    }
    Clause::all(clauses)
}
