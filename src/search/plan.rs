//! A parsed query as a clause, with what to mark in the letters found.
//!
//! A word is looked for in every field free words search, by its stem and as typed; its score is that of the field where
//! it fits best, and a little of the others (`Clause::Best`), so that a word repeated in item, rationale and summary
//! does not count three times. Of four or more words most must be there, not all: how many, the answer says.

mod clauses;
mod meant;
mod near;
mod spelling;
mod word;

use std::ops::Bound;
use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{Occur, TermSetQuery};
use tantivy::schema::Field;

use self::clauses::{
    Terms, best_field, is_restriction, is_stop_word_node, is_strength_or_salt, join_numbers_with_units, phrase,
    with_slash, with_something_to_match, words_of,
};
use self::meant::Unit;
use super::filters;
use super::grammar::Node;
use super::matching::Clause;
use super::model::{Corrected, Expanded, RankingPart, Request};
use super::snippet::{Needle, Target};
use super::terms::{self, Dictionary};
use crate::index::analysis::{Form, analyze, phrase_terms};
use crate::index::document::FieldHandles;
use crate::index::fields::{self, FIELDS, FieldDescription, Kind};

/// What the other fields add to a word's best field.
const OTHER_FIELDS_SHARE: f32 = 0.2;

/// A clause with its meaning for people.
pub struct Plan {
    pub clause: Clause,
    /// What to mark, by the field it was asked in (`None`: any).
    pub targets: Vec<(Option<String>, Target)>,
    pub corrected: Vec<Corrected>,
    /// The tree as it was searched, after repairs of spelling.
    pub understood: Option<Node>,
    /// The words side by side at the top of the query, and how many of them must be there.
    pub words: usize,
    pub words_required: usize,
    /// A word must be there whatever else is (`+word`): then even none of the others will do.
    pub has_required: bool,
    /// Each word with each field, to explain scores.
    pub parts: Vec<ScoredPart>,
    /// What was searched for beside the typed words.
    pub expanded: Vec<Expanded>,
    /// Remarks to be made where nothing is found.
    pub withheld: Vec<Corrected>,
    /// The terms side by side at the top, from which the clause is made.
    top: Option<Terms>,
}

impl Plan {
    /// The same plan with fewer, or more, of its terms required.
    pub fn require(&mut self, required: usize) {
        self.words_required = required;
        if let Some(top) = &self.top {
            self.clause = top.clause(required);
        }
    }
}

/// One word in one field.
pub struct ScoredPart {
    pub word: String,
    pub field: String,
    pub clause: Clause,
}

/// From so many terms on a query is a description, of which no decision has most.
const DESCRIPTION_TERMS: usize = 8;

/// How many of the terms side by side must be in a decision: two of two, three of four, six of seven; of a description a
/// quarter. Measured on descriptions of 30 to 40 words: with most of the terms nDCG@10 was 0.79, with a half 0.79, with a
/// third 0.81, with a quarter 0.81 and the recall best.
#[must_use]
pub fn usually_required(terms: usize) -> usize {
    if terms < DESCRIPTION_TERMS { terms - terms / 4 } else { terms / 4 }
}

/// Plans a request's query, or a part of it (`root`). `words_required` overrides [`usually_required`] when that found too little.
///
/// # Errors
/// The index cannot be read.
pub fn plan(
    dictionary: &Dictionary,
    handles: &FieldHandles,
    root: Option<&Node>,
    request: &Request,
    words_required: Option<usize>,
) -> tantivy::Result<Plan> {
    let mut planner = Planner {
        dictionary,
        handles,
        exact: request.exact,
        request,
        words_required,
        words: 0,
        has_required: false,
        targets: Vec::new(),
        corrected: Vec::new(),
        parts: Vec::new(),
        expanded: Vec::new(),
        top: None,
        withheld: Vec::new(),
        known: false,
        excluded: false,
    };
    let mut understood = root.cloned();
    let clause = match &mut understood {
        Some(node) => planner.node(node, true)?,
        None => Clause::Everything,
    };
    let (words, has_required) = (planner.words, planner.has_required);
    Ok(Plan {
        has_required,
        clause,
        targets: planner.targets,
        corrected: planner.corrected,
        understood,
        words,
        words_required: words_required.unwrap_or_else(|| usually_required(words)),
        parts: planner.parts,
        expanded: planner.expanded,
        withheld: planner.withheld,
        top: planner.top,
    })
}

/// A field searched, with its weight.
#[derive(Clone, Copy)]
struct Searched {
    field: Field,
    description: &'static FieldDescription,
    boost: f32,
}

#[expect(clippy::struct_excessive_bools, reason = "each says where in the query it is")]
struct Planner<'a> {
    dictionary: &'a Dictionary<'a>,
    handles: &'a FieldHandles,
    exact: bool,
    request: &'a Request,
    words_required: Option<usize>,
    words: usize,
    has_required: bool,
    targets: Vec<(Option<String>, Target)>,
    corrected: Vec<Corrected>,
    parts: Vec<ScoredPart>,
    expanded: Vec<Expanded>,
    top: Option<Terms>,
    /// Inside a `NOT`: nothing there is marked or explained.
    excluded: bool,
    /// Inside words with a meaning: none of them is taken for another word.
    known: bool,
    /// Remarks on such words, for where their meaning finds nothing either.
    withheld: Vec<Corrected>,
}

impl Planner<'_> {
    /// Recursion is bounded: the grammar limits nesting.
    fn node(&mut self, node: &mut Node, top: bool) -> tantivy::Result<Clause> {
        match node {
            Node::Word { field: None, wildcard: false, .. } => self.word_with_meaning(node),
            Node::Word { field, text, wildcard: false } => self.word(field.as_deref(), text),
            Node::Word { field, text, wildcard: true } => self.wildcard(field.as_deref(), text),
            Node::Phrase { field, text, slop } => self.phrase(field.as_deref(), text, *slop),
            Node::Range { field, lower, upper } => self.range(field, lower, upper),
            Node::Exists { field } => self.exists(field),
            Node::Near { left, right, distance } => self.near(left, right, *distance),
            Node::Not(inner) => Ok(Clause::everything_but(self.excluded(inner)?)),
            Node::Required(inner) => self.node(inner, false),
            Node::And(nodes) => {
                let clauses =
                    nodes.iter_mut().map(|node| self.clause(node, Occur::Must)).collect::<tantivy::Result<_>>()?;
                Ok(with_something_to_match(clauses))
            }
            Node::Or(nodes) => {
                let clauses = nodes.iter_mut().map(|node| self.node(node, false)).collect::<tantivy::Result<_>>()?;
                Ok(Clause::any(clauses))
            }
            Node::Words(nodes) => self.words(nodes, top),
        }
    }

    /// A word by itself, outside a list of words.
    fn word_with_meaning(&mut self, node: &mut Node) -> tantivy::Result<Clause> {
        let nodes = std::slice::from_mut(node);
        self.repair(nodes)?;
        match <[Unit; 1]>::try_from(self.units(nodes)) {
            Ok([unit]) if !unit.meanings.is_empty() => self.meant(nodes, &unit.meanings),
            _ => self.plain(node),
        }
    }

    /// The word itself, whatever it means.
    fn plain(&mut self, node: &mut Node) -> tantivy::Result<Clause> {
        match node {
            Node::Word { field, text, wildcard: false } => self.word(field.as_deref(), text),
            other => self.node(other, false),
        }
    }

    /// What must not match: nothing in it is marked or explained.
    fn excluded(&mut self, node: &mut Node) -> tantivy::Result<Clause> {
        let was_excluded = std::mem::replace(&mut self.excluded, true);
        let clause = self.node(node, false);
        self.excluded = was_excluded;
        clause
    }

    /// A part of a conjunction; `NOT` becomes an exclusion.
    fn clause(&mut self, node: &mut Node, occur: Occur) -> tantivy::Result<(Occur, Clause)> {
        if let Node::Not(inner) = node {
            return Ok((Occur::MustNot, self.excluded(inner)?));
        }
        Ok((occur, self.node(node, false)?))
    }

    /// Words side by side: exclusions and required words as marked; of the others, most. An outcome ("approved") and the
    /// strength or salt of a drug order what the other words find and never keep a decision out.
    fn words(&mut self, nodes: &mut Vec<Node>, top: bool) -> tantivy::Result<Clause> {
        join_numbers_with_units(nodes);
        self.repair(nodes)?;
        let all_stop_words = nodes.iter().all(is_stop_word_node);
        let mut clauses = Vec::new();
        let mut asides = Vec::new();
        let (mut optional, mut has_required) = (0, false);
        let units = self.units(nodes);
        let has_drug = units.iter().any(Unit::is_drug);
        let mut seen: Vec<String> = Vec::new();
        for unit in units {
            // A term typed twice is asked for once.
            let typed = nodes[unit.nodes.clone()].iter().map(Node::to_string).collect::<Vec<_>>().join(" ");
            if seen.contains(&typed) {
                continue;
            }
            seen.push(typed);
            if !unit.meanings.is_empty() {
                let is_outcome = unit.is_outcome();
                let clause = self.meant(&mut nodes[unit.nodes], &unit.meanings)?;
                let kept = if is_outcome { &mut asides } else { &mut clauses };
                kept.push((Occur::Should, clause));
                optional += usize::from(!is_outcome);
                continue;
            }
            let node = &mut nodes[unit.nodes.start];
            if !all_stop_words && is_stop_word_node(node) {
                continue;
            }
            let occur = match node {
                Node::Not(_) => Occur::MustNot,
                Node::Required(_) => Occur::Must,
                _ if is_restriction(node) => Occur::Must,
                _ => Occur::Should,
            };
            has_required |= matches!(node, Node::Required(_));
            if has_drug && is_strength_or_salt(node) {
                if let Node::Word { text, .. } = node
                    && let Some(strength) = with_slash(text)
                {
                    *text = strength;
                }
                asides.push(self.clause(node, occur)?);
                continue;
            }
            optional += usize::from(occur == Occur::Should);
            clauses.push(self.clause(node, occur)?);
        }
        let decides = |clause: &(Occur, Clause)| clause.0 != Occur::Should;
        if optional == 0 && !clauses.iter().any(decides) {
            optional = asides.len();
            clauses.append(&mut asides);
        }
        let required = match self.words_required {
            Some(required) if top => required.min(optional),
            _ if top => usually_required(optional),
            _ => optional,
        };
        if top {
            self.words = optional;
            self.has_required = has_required;
        }
        let terms = Terms { clauses, asides };
        let clause = terms.clause(required);
        if top {
            self.top = Some(terms);
        }
        Ok(clause)
    }

    /// The fields a word is looked for in.
    fn searched(&self, field: Option<&str>) -> tantivy::Result<Vec<Searched>> {
        let chosen = FIELDS.iter().filter(|description| match field {
            Some(name) => description.answers_to(name),
            None => description.boost > 0.0,
        });
        chosen
            .map(|description| {
                let boost = if field.is_none() && self.request.uses(RankingPart::FieldWeights) {
                    description.boost
                } else {
                    1.0
                };
                Ok(Searched { field: self.handles.named(&description.name)?, description, boost })
            })
            .collect()
    }

    /// Remembers a word's clause in one field, to explain scores with. What is excluded explains nothing.
    fn note_part(&mut self, word: String, searched: &Searched, clause: &Clause) {
        if !self.excluded && self.request.explain {
            let field = searched.description.name.clone();
            self.parts.push(ScoredPart { word, field, clause: clause.clone() });
        }
    }

    /// Remembers what to mark. What is excluded is not there to be marked.
    fn note_target(&mut self, field: Option<&str>, target: Target) {
        if !self.excluded {
            self.targets.push((field.map(str::to_owned), target));
        }
    }

    /// The weight of a mark: the inverse document frequency of BM25.
    fn rarity(&self, frequency: u64) -> f32 {
        let (all, frequency) = (self.dictionary.decisions() as f32, frequency as f32);
        (1.0 + ((all - frequency).max(0.0) + 0.5) / (frequency + 0.5)).ln()
    }

    fn wildcard(&mut self, field: Option<&str>, pattern: &str) -> tantivy::Result<Clause> {
        let searched = self.searched(field)?;
        let pattern = pattern.to_lowercase();
        let fields: Vec<Field> = searched.iter().map(|searched| searched.field).collect();
        let (found, more) = terms::expand_wildcard(self.dictionary.searcher(), &fields, &pattern)?;
        if found.is_empty() {
            self.corrected.push(Corrected::remark(format!("no word of the decisions matches `{pattern}`")));
            return Ok(Clause::Nothing);
        }
        if more {
            let message = format!(
                "`{pattern}` stands for more than {} words; the most frequent were searched",
                terms::MOST_EXPANSIONS
            );
            self.corrected.push(Corrected::remark(message));
        }
        // All words of a wildcard count alike: a rare one is not what was asked for.
        let disjuncts = searched
            .iter()
            .map(|one| {
                let terms = TermSetQuery::new(found.iter().map(|term| Term::from_field_text(one.field, term)));
                let clause = Clause::Constant { of: Box::new(Clause::Engine(Arc::new(terms))), score: one.boost };
                self.note_part(pattern.clone(), one, &clause);
                (*one, clause)
            })
            .collect();
        let needle = Needle::Matching(Box::new(move |term| terms::matches_wildcard(&pattern, term)));
        self.note_target(field, Target { needle, weight: 1.0 });
        Ok(best_field(disjuncts))
    }

    /// Quoted words: as typed, in their order, stop words included.
    fn phrase(&mut self, field: Option<&str>, text: &str, slop: u32) -> tantivy::Result<Clause> {
        let searched = self.searched(field)?;
        if let [only] = searched[..]
            && only.description.kind != Kind::Text
        {
            if let Some(words) = self.text_of(&only, text)? {
                return Ok(self.phrase(Some(words), text, slop)?.silent());
            }
            return filters::value(self.dictionary, only.field, only.description, text, &mut self.corrected);
        }
        let words = analyze(text);
        let parts: Vec<&Form> = words.iter().flat_map(|word| &word.parts).collect();
        if parts.is_empty() {
            return Ok(Clause::Nothing);
        }
        // Common phrases among words that stand beside each other are terms of their own.
        let terms = if slop == 0 { phrase_terms(&parts) } else { words_of(parts.iter().copied()) };
        let mut disjuncts: Vec<(Searched, Clause)> = Vec::new();
        for one in &searched {
            let wholes: Vec<&Form> = match &words[..] {
                [word] => word.complete_wholes().collect(),
                _ => Vec::new(),
            };
            let clauses: Vec<Clause> = if wholes.is_empty() {
                vec![phrase(one.field, &terms, slop)]
            } else {
                wholes.iter().map(|whole| Clause::term(one.field, &whole.text)).collect()
            };
            for clause in clauses {
                let clause = clause.boosted(one.boost);
                self.note_part(format!("\"{text}\""), one, &clause);
                disjuncts.push((*one, clause));
            }
        }
        self.note_absent_words(&searched, &parts)?;
        let needle = Needle::Phrase { words: parts.iter().map(|part| part.text.clone()).collect(), slop };
        self.note_target(field, Target { needle, weight: self.rarity(0) });
        Ok(best_field(disjuncts))
    }

    fn range(&mut self, field: &str, lower: &Bound<String>, upper: &Bound<String>) -> tantivy::Result<Clause> {
        let Some(description) = fields::describe(field) else { return Ok(Clause::Nothing) };
        let handle = self.handles.named(&description.name)?;
        Ok(filters::range(handle, description, lower, upper, &mut self.corrected))
    }

    fn exists(&mut self, field: &str) -> tantivy::Result<Clause> {
        let Some(description) = fields::describe(field) else { return Ok(Clause::Nothing) };
        if description.kind == Kind::Text && description.name != "item" {
            let message = format!(
                "`{field}:*` cannot be asked for, since `{field}` is searched by its words only; it finds nothing"
            );
            self.corrected.push(Corrected::remark(message));
            return Ok(Clause::Nothing);
        }
        Ok(filters::exists(self.handles.named(&description.name)?, description))
    }
}
