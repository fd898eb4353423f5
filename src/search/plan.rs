//! A parsed query as an engine query, with what to mark in the letters found.
//!
//! A word is looked for in every field free words search, by its stem and as typed; its score is that of the field where
//! it fits best, and a little of the others (`DisjunctionMax`), so that a word repeated in item, rationale and summary
//! does not count three times. Of three or more words most must be there, not all: which, the answer says.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur, PhraseQuery, Query,
    TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::filters;
use super::grammar::Node;
use super::model::Corrected;
use super::snippet::{Needle, Target};
use super::terms;
use crate::index::analysis::{Form, Word, analyze, is_stop_word};
use crate::index::document::FieldHandles;
use crate::index::fields::{self, FIELDS, FieldDescription, Kind};

/// What the other fields add to a word's best field.
const OTHER_FIELDS_SHARE: f32 = 0.25;
/// A word typed with a slash also finds its parts apart, for less.
const PARTS_APART: f32 = 0.5;
/// A whole code or compound is rarer and tells more than its parts.
const WHOLE_FORM: f32 = 1.2;

/// An engine query with its meaning for people.
pub struct Plan {
    pub query: Box<dyn Query>,
    /// What to mark, by the field it was asked in (`None`: any).
    pub targets: Vec<(Option<String>, Target)>,
    pub corrected: Vec<Corrected>,
    /// The tree as it was searched, after repairs of spelling.
    pub understood: Option<Node>,
    /// The words side by side at the top of the query, and how many of them must be there.
    pub words: usize,
    pub words_required: usize,
    /// Each word with each field, to explain scores.
    pub parts: Vec<ScoredPart>,
}

/// One word in one field.
pub struct ScoredPart {
    pub word: String,
    pub field: String,
    pub query: Box<dyn Query>,
}

/// How many of `words` words side by side must be in a decision: two of two, three of four, six of eight.
#[must_use]
pub fn usually_required(words: usize) -> usize {
    words - words / 4
}

/// Plans a query. `words_required` overrides [`usually_required`] when that found too little.
///
/// # Errors
/// The index cannot be read.
pub fn plan(
    searcher: &Searcher,
    handles: &FieldHandles,
    root: Option<&Node>,
    exact: bool,
    words_required: Option<usize>,
) -> tantivy::Result<Plan> {
    let mut planner = Planner {
        searcher,
        handles,
        exact,
        words_required,
        words: 0,
        targets: Vec::new(),
        corrected: Vec::new(),
        parts: Vec::new(),
        excluded: false,
    };
    let mut understood = root.cloned();
    let query = match &mut understood {
        Some(node) => planner.node(node, true)?,
        None => Box::new(AllQuery),
    };
    let words = planner.words;
    Ok(Plan {
        query,
        targets: planner.targets,
        corrected: planner.corrected,
        understood,
        words,
        words_required: words_required.unwrap_or_else(|| usually_required(words)),
        parts: planner.parts,
    })
}

/// A field searched, with its weight.
#[derive(Clone, Copy)]
struct Searched {
    field: Field,
    description: &'static FieldDescription,
    boost: f32,
}

struct Planner<'a> {
    searcher: &'a Searcher,
    handles: &'a FieldHandles,
    exact: bool,
    words_required: Option<usize>,
    words: usize,
    targets: Vec<(Option<String>, Target)>,
    corrected: Vec<Corrected>,
    parts: Vec<ScoredPart>,
    /// Inside a `NOT`: nothing there is marked or explained.
    excluded: bool,
}

impl Planner<'_> {
    /// Recursion is bounded: the grammar limits nesting.
    fn node(&mut self, node: &mut Node, top: bool) -> tantivy::Result<Box<dyn Query>> {
        match node {
            Node::Word { field, text, wildcard: false } => self.word(field.as_deref(), text),
            Node::Word { field, text, wildcard: true } => self.wildcard(field.as_deref(), text),
            Node::Phrase { field, text, slop } => self.phrase(field.as_deref(), text, *slop),
            Node::Range { field, lower, upper } => self.range(field, lower, upper),
            Node::Exists { field } => self.exists(field),
            Node::Near { left, right, distance } => self.near(left, right, *distance),
            Node::Not(inner) => {
                let was_excluded = std::mem::replace(&mut self.excluded, true);
                let inner = self.node(inner, false);
                self.excluded = was_excluded;
                Ok(everything_but(inner?))
            }
            Node::Required(inner) => self.node(inner, false),
            Node::And(nodes) => {
                let clauses =
                    nodes.iter_mut().map(|node| self.clause(node, Occur::Must)).collect::<tantivy::Result<_>>()?;
                Ok(with_something_to_match(clauses))
            }
            Node::Or(nodes) => {
                let queries = nodes.iter_mut().map(|node| self.node(node, false)).collect::<tantivy::Result<_>>()?;
                Ok(Box::new(BooleanQuery::union(queries)))
            }
            Node::Words(nodes) => self.words(nodes, top),
        }
    }

    /// A part of a conjunction; `NOT` becomes an exclusion.
    fn clause(&mut self, node: &mut Node, occur: Occur) -> tantivy::Result<(Occur, Box<dyn Query>)> {
        if let Node::Not(inner) = node {
            let was_excluded = std::mem::replace(&mut self.excluded, true);
            let inner = self.node(inner, false);
            self.excluded = was_excluded;
            return Ok((Occur::MustNot, inner?));
        }
        Ok((occur, self.node(node, false)?))
    }

    /// Words side by side: exclusions and required words as marked; of the others, most.
    fn words(&mut self, nodes: &mut Vec<Node>, top: bool) -> tantivy::Result<Box<dyn Query>> {
        join_numbers_with_units(nodes);
        let all_stop_words = nodes.iter().all(is_stop_word_node);
        let mut clauses = Vec::new();
        let mut optional = 0;
        for node in nodes {
            if !all_stop_words && is_stop_word_node(node) {
                continue;
            }
            let occur = match node {
                Node::Not(_) => Occur::MustNot,
                Node::Required(_) => Occur::Must,
                _ => Occur::Should,
            };
            optional += usize::from(occur == Occur::Should);
            clauses.push(self.clause(node, occur)?);
        }
        let required = match self.words_required {
            Some(required) if top => required.min(optional),
            _ if top => usually_required(optional),
            _ => optional,
        };
        if top {
            self.words = optional;
        }
        let clauses = add_everything_if_only_excluded(clauses);
        Ok(Box::new(BooleanQuery::with_minimum_required_clauses(clauses, required)))
    }

    /// The fields a word is looked for in.
    fn searched(&self, field: Option<&str>) -> tantivy::Result<Vec<Searched>> {
        let chosen = FIELDS.iter().filter(|description| match field {
            Some(name) => description.answers_to(name),
            None => description.boost > 0.0,
        });
        chosen
            .map(|description| {
                let boost = if field.is_some() { 1.0 } else { description.boost };
                Ok(Searched { field: self.handles.named(&description.name)?, description, boost })
            })
            .collect()
    }

    fn word(&mut self, field: Option<&str>, text: &mut String) -> tantivy::Result<Box<dyn Query>> {
        let searched = self.searched(field)?;
        if let [only] = searched[..]
            && only.description.kind != Kind::Text
        {
            return filters::value(self.searcher, only.field, only.description, text, &mut self.corrected);
        }
        let mut words = analyze(text);
        if let [word] = &words[..]
            && word.wholes.is_empty()
            && let Some(form) = word.parts.first()
            && !self.occurs(&searched, form)?
            && let Some(instead) = self.spelling(&searched, text, form)?
        {
            text.clone_from(&instead);
            words = analyze(text);
        }
        let queries =
            words.iter().map(|word| self.analyzed(field, &searched, word)).collect::<tantivy::Result<Vec<_>>>()?;
        Ok(match <[_; 1]>::try_from(queries) {
            Ok([only]) => only,
            Err(queries) if queries.is_empty() => Box::new(EmptyQuery),
            Err(queries) => Box::new(BooleanQuery::intersection(queries)),
        })
    }

    fn occurs(&self, searched: &[Searched], form: &Form) -> tantivy::Result<bool> {
        for searched in searched {
            for term in self.look_up_terms(form) {
                if terms::frequency(self.searcher, searched.field, &term)? > 0 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The terms by which a form is looked up: by stem, or only as typed.
    fn look_up_terms(&self, form: &Form) -> Vec<String> {
        if self.exact { vec![form.text.clone()] } else { form.stemmed_terms() }
    }

    /// A word that no decision has: says so, and what may be meant; searched instead unless exactness was asked for.
    fn spelling(&mut self, searched: &[Searched], typed: &str, form: &Form) -> tantivy::Result<Option<String>> {
        let fields: Vec<Field> = searched.iter().map(|searched| searched.field).collect();
        let did_you_mean = terms::suggestions(self.searcher, &fields, &form.text)?;
        let searched_instead = !self.exact && !self.excluded && !did_you_mean.is_empty();
        let message = match did_you_mean.first() {
            Some(first) if searched_instead => {
                format!("no decision has the word `{typed}`; searched for `{first}` instead")
            }
            Some(first) => format!("no decision has the word `{typed}`; did you mean `{first}`?"),
            None => format!("no decision has the word `{typed}`"),
        };
        let instead = searched_instead.then(|| did_you_mean[0].clone());
        self.corrected.push(Corrected { message, typed: Some(typed.to_owned()), did_you_mean, searched_instead });
        Ok(instead)
    }

    /// One word of the analysis: a plain word, or parts joined as in `EMG/NCS`.
    fn analyzed(&mut self, field: Option<&str>, searched: &[Searched], word: &Word) -> tantivy::Result<Box<dyn Query>> {
        let label = || word.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut disjuncts: Vec<Box<dyn Query>> = Vec::new();
        let mut most_frequent = 0;
        for one in searched {
            let mut queries: Vec<Box<dyn Query>> = Vec::new();
            let plain =
                [word.parts.first()].into_iter().flatten().filter(|_| word.length == 1 && word.wholes.is_empty());
            for form in plain {
                for term in self.look_up_terms(form) {
                    most_frequent = most_frequent.max(terms::frequency(self.searcher, one.field, &term)?);
                    queries.push(term_query(one.field, &term));
                }
            }
            for whole in word.complete_wholes() {
                most_frequent = most_frequent.max(terms::frequency(self.searcher, one.field, &whole.text)?);
                queries.push(boosted(term_query(one.field, &whole.text), WHOLE_FORM));
            }
            if word.parts.len() > 1 {
                queries.push(phrase_query(one.field, &word.parts, 0));
                if !self.exact && word.parts.iter().all(|part| part.stem.is_some()) {
                    let apart = word.parts.iter().map(|part| self.stemmed(one.field, part)).collect();
                    queries.push(boosted(Box::new(BooleanQuery::intersection(apart)), PARTS_APART));
                }
            }
            for query in queries {
                let query = boosted(query, one.boost);
                if !self.excluded {
                    self.parts.push(ScoredPart {
                        word: label(),
                        field: one.description.name.clone(),
                        query: query.box_clone(),
                    });
                }
                disjuncts.push(query);
            }
        }
        if !self.excluded {
            self.targets.push((field.map(str::to_owned), target(word, self.exact, self.rarity(most_frequent))));
        }
        Ok(Box::new(DisjunctionMaxQuery::with_tie_breaker(disjuncts, OTHER_FIELDS_SHARE)))
    }

    fn stemmed(&self, field: Field, form: &Form) -> Box<dyn Query> {
        Box::new(BooleanQuery::union(self.look_up_terms(form).iter().map(|term| term_query(field, term)).collect()))
    }

    /// The weight of a mark: the inverse document frequency of BM25.
    fn rarity(&self, frequency: u64) -> f32 {
        let (all, frequency) = (self.searcher.num_docs() as f32, frequency as f32);
        (1.0 + ((all - frequency).max(0.0) + 0.5) / (frequency + 0.5)).ln()
    }

    fn wildcard(&mut self, field: Option<&str>, pattern: &str) -> tantivy::Result<Box<dyn Query>> {
        let searched = self.searched(field)?;
        let pattern = pattern.to_lowercase();
        let fields: Vec<Field> = searched.iter().map(|searched| searched.field).collect();
        let (found, more) = terms::expand_wildcard(self.searcher, &fields, &pattern)?;
        if found.is_empty() {
            self.corrected.push(Corrected::remark(format!("no word of the decisions matches `{pattern}`")));
            return Ok(Box::new(EmptyQuery));
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
                let query: Box<dyn Query> = Box::new(ConstScoreQuery::new(Box::new(terms), one.boost));
                if !self.excluded {
                    self.parts.push(ScoredPart {
                        word: pattern.clone(),
                        field: one.description.name.clone(),
                        query: query.box_clone(),
                    });
                }
                query
            })
            .collect();
        if !self.excluded {
            let needle = Needle::Matching(Box::new(move |term| terms::matches_wildcard(&pattern, term)));
            self.targets.push((field.map(str::to_owned), Target { needle, weight: 1.0 }));
        }
        Ok(Box::new(DisjunctionMaxQuery::with_tie_breaker(disjuncts, OTHER_FIELDS_SHARE)))
    }

    /// Quoted words: as typed, in their order, stop words included.
    fn phrase(&mut self, field: Option<&str>, text: &str, slop: u32) -> tantivy::Result<Box<dyn Query>> {
        let searched = self.searched(field)?;
        if let [only] = searched[..]
            && only.description.kind != Kind::Text
        {
            return filters::value(self.searcher, only.field, only.description, text, &mut self.corrected);
        }
        let words = analyze(text);
        let parts: Vec<&Form> = words.iter().flat_map(|word| &word.parts).collect();
        if parts.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        let mut disjuncts: Vec<Box<dyn Query>> = Vec::new();
        for one in &searched {
            let wholes: Vec<&Form> = match &words[..] {
                [word] => word.complete_wholes().collect(),
                _ => Vec::new(),
            };
            let queries: Vec<Box<dyn Query>> = if wholes.is_empty() {
                vec![phrase_query(one.field, parts.iter().copied(), slop)]
            } else {
                wholes.iter().map(|whole| term_query(one.field, &whole.text)).collect()
            };
            for query in queries {
                let query = boosted(query, one.boost);
                if !self.excluded {
                    self.parts.push(ScoredPart {
                        word: format!("\"{text}\""),
                        field: one.description.name.clone(),
                        query: query.box_clone(),
                    });
                }
                disjuncts.push(query);
            }
        }
        self.note_absent_words(&searched, &parts)?;
        if !self.excluded {
            let needle = Needle::Phrase { words: parts.iter().map(|part| part.text.clone()).collect(), slop };
            self.targets.push((field.map(str::to_owned), Target { needle, weight: self.rarity(0) }));
        }
        Ok(Box::new(DisjunctionMaxQuery::with_tie_breaker(disjuncts, OTHER_FIELDS_SHARE)))
    }

    /// A quoted word is never repaired, but a slip in it is pointed out.
    fn note_absent_words(&mut self, searched: &[Searched], parts: &[&Form]) -> tantivy::Result<()> {
        let was_exact = std::mem::replace(&mut self.exact, true);
        for part in parts {
            if !self.occurs(searched, part)? {
                self.spelling(searched, &part.text, part)?;
            }
        }
        self.exact = was_exact;
        Ok(())
    }

    /// Two words or phrases within a distance, in either order.
    fn near(&mut self, left: &Node, right: &Node, distance: u32) -> tantivy::Result<Box<dyn Query>> {
        let (Some((field, left)), Some((_, right))) = (side(left), side(right)) else {
            return Ok(Box::new(EmptyQuery));
        };
        let searched = self.searched(field.as_deref())?;
        let mut disjuncts: Vec<Box<dyn Query>> = Vec::new();
        for one in &searched {
            for first in self.sequences(&left) {
                for second in self.sequences(&right) {
                    disjuncts.push(boosted(near_query(one.field, &first, &second, distance), one.boost));
                }
            }
        }
        if !self.excluded {
            let needle = Needle::Near {
                left: Box::new(self.side_needle(&left)),
                right: Box::new(self.side_needle(&right)),
                distance,
            };
            self.targets.push((field, Target { needle, weight: self.rarity(0) }));
        }
        Ok(Box::new(DisjunctionMaxQuery::with_tie_breaker(disjuncts, OTHER_FIELDS_SHARE)))
    }

    /// The term sequences one side of a proximity can stand as: a word by its stem or its inflected forms, a phrase as
    /// it is.
    fn sequences(&self, side: &Side) -> Vec<Vec<String>> {
        match (&side.forms[..], side.quoted || self.exact) {
            ([form], false) => form.stemmed_terms().into_iter().map(|term| vec![term]).collect(),
            (forms, _) => vec![forms.iter().map(|form| form.text.clone()).collect()],
        }
    }

    fn side_needle(&self, side: &Side) -> Needle {
        match (&side.forms[..], side.quoted || self.exact) {
            ([form], false) => {
                Needle::Terms { forms: vec![form.text.clone()], stems: form.stem.iter().cloned().collect() }
            }
            (forms, _) => Needle::Phrase { words: forms.iter().map(|form| form.text.clone()).collect(), slop: 0 },
        }
    }

    fn range(&mut self, field: &str, lower: &Bound<String>, upper: &Bound<String>) -> tantivy::Result<Box<dyn Query>> {
        let Some(description) = fields::describe(field) else { return Ok(Box::new(EmptyQuery)) };
        let handle = self.handles.named(&description.name)?;
        Ok(filters::range(handle, description, lower, upper, &mut self.corrected))
    }

    fn exists(&mut self, field: &str) -> tantivy::Result<Box<dyn Query>> {
        let Some(description) = fields::describe(field) else { return Ok(Box::new(EmptyQuery)) };
        Ok(filters::exists(self.handles.named(&description.name)?, description))
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

/// The engine's sloppy phrase counts how far the words are from their places, which for two neighbours is their
/// distance; words in the other order cost one more.
fn near_query(field: Field, first: &[String], second: &[String], distance: u32) -> Box<dyn Query> {
    let together: Vec<(usize, Term)> = first
        .iter()
        .chain(second)
        .enumerate()
        .map(|(place, term)| (place, Term::from_field_text(field, term)))
        .collect();
    let sloppy: Box<dyn Query> = Box::new(PhraseQuery::new_with_offset_and_slop(together, distance.saturating_add(1)));
    let mut clauses = vec![(Occur::Must, sloppy)];
    for side in [first, second].into_iter().filter(|side| side.len() > 1) {
        let terms = side.iter().map(|term| Term::from_field_text(field, term)).collect();
        clauses.push((Occur::Must, Box::new(PhraseQuery::new(terms))));
    }
    Box::new(BooleanQuery::new(clauses))
}

fn term_query(field: Field, term: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

fn phrase_query<'a>(field: Field, parts: impl IntoIterator<Item = &'a Form>, slop: u32) -> Box<dyn Query> {
    let mut terms: Vec<(usize, Term)> =
        parts.into_iter().map(|part| (part.position, Term::from_field_text(field, &part.text))).collect();
    match terms.len() {
        // A phrase of one word is that word.
        1 => Box::new(TermQuery::new(terms.remove(0).1, IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop)),
    }
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, boost))
}

fn target(word: &Word, exact: bool, weight: f32) -> Target {
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

fn everything_but(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, query)]))
}

fn add_everything_if_only_excluded(mut clauses: Vec<(Occur, Box<dyn Query>)>) -> Vec<(Occur, Box<dyn Query>)> {
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    clauses
}

fn with_something_to_match(clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(add_everything_if_only_excluded(clauses)))
}

fn is_stop_word_node(node: &Node) -> bool {
    matches!(node, Node::Word { field: None, text, wildcard: false } if is_stop_word(&text.to_lowercase()))
}

/// `15 mg` is typed as two words and means one strength, as it does in a letter.
fn join_numbers_with_units(nodes: &mut Vec<Node>) {
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
