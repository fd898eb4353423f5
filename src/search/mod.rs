//! A question to its answer: what was meant, the decisions that fit, how they came out, and the sentences that show it.
//!
//! [`search`] is the one call; [`model::Request`] and [`model::Answer`] know nothing of the engine.

mod collapse;
pub mod evaluation;
mod facets;
mod filters;
pub mod grammar;
mod hits;
mod matching;
pub mod model;
mod plan;
mod ranking;
pub mod snippet;
mod sweep;
mod terms;

use std::collections::HashMap;
use std::time::Instant;

use rayon::prelude::*;

use self::hits::hit;
use self::matching::Clause;
use self::model::{Answer, Corrected, FacetValue, Facets, Filter, Hit, Request, Sort};
use self::plan::{Plan, plan};
use self::ranking::{RankedLead, ranked_leads};
use self::sweep::{Best, Found, Sweep};
use self::terms::Dictionary;
use crate::index::fields::{self, FieldDescription, Kind};
use crate::index::reader::Snapshot;

/// With fewer decisions than this, fewer words will do. The same for every page and export, so that they agree.
const FEW_DECISIONS: u64 = 20;
/// How far a page can reach into the ranking.
pub const DEEPEST_PAGE: usize = 100_000;

/// Why a request cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("there is no field `{name}`")]
    UnknownField { name: String, nearest: Option<String> },
    #[error("`{name}` is no facet and cannot be counted")]
    NotAFacet { name: String },
    #[error("the page ends at hit {end}; pages reach to hit {DEEPEST_PAGE}")]
    TooDeep { end: usize },
    #[error("the index cannot be read: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("the answer cannot be written")]
    Output(#[from] std::io::Error),
}

impl SearchError {
    /// The next step.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            SearchError::UnknownField { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`? `imr fields` lists the fields")
            }
            SearchError::UnknownField { .. } => "`imr fields` lists the fields".into(),
            SearchError::NotAFacet { .. } => "`imr fields` shows which fields are facets".into(),
            SearchError::TooDeep { .. } => {
                "take all decisions with `--all --format csv`, or narrow the search with a filter such as `--year`"
                    .into()
            }
            SearchError::Output(_) => "check the space left where the answer is written to".into(),
            SearchError::Index(_) => "see what is damaged, and what brings it back, with `imr check`".into(),
        }
    }
}

/// Answers a request from a snapshot of the index.
///
/// # Errors
/// The request names a field that does not exist or is no facet; the index cannot be read.
pub fn search(snapshot: &Snapshot, request: &Request) -> Result<Answer, SearchError> {
    let started = Instant::now();
    if request.offset.saturating_add(request.limit) > DEEPEST_PAGE {
        return Err(SearchError::TooDeep { end: request.offset.saturating_add(request.limit) });
    }
    let mut facet_fields: Vec<&'static FieldDescription> = Vec::new();
    for name in &request.facets {
        let field = facet_field(name)?;
        if !facet_fields.iter().any(|known| known.name == field.name) {
            facet_fields.push(field);
        }
    }
    let prepared = prepare(snapshot, request, ranking::depth_of_page(request), &facet_fields)?;
    let facets = facets_of(&prepared, &facet_fields, request);
    let (leads, has_more) = ranked_leads(snapshot, request, &prepared.found)?;
    // Most of the time goes into unpacking the blocks the records lie in.
    let hits = leads
        .into_par_iter()
        .enumerate()
        .map(|(index, lead)| hit(snapshot, request, &prepared.plan, request.offset + index + 1, lead))
        .collect::<tantivy::Result<_>>()?;
    Ok(Answer { hits, facets, has_more, ..answer(request, prepared, started) })
}

/// What is said of a request beside its hits.
fn answer(request: &Request, prepared: Prepared, started: Instant) -> Answer {
    Answer {
        request: request.clone(),
        total: prepared.found.total,
        took_ms: (started.elapsed().as_secs_f64() * 1e5).round() / 100.0,
        understood: understood(&prepared.plan, &request.filters),
        corrected: prepared.corrected,
        expanded: prepared.plan.expanded,
        hits: Vec::new(),
        facets: Facets::default(),
        has_more: false,
    }
}

/// Hands over every decision found, in order, near-twins one by one. The answer that comes back has no hits and no facets:
/// it says how many were found and how the query was read.
///
/// # Errors
/// As [`search`]; or what `deliver` returns.
pub fn export(
    snapshot: &Snapshot,
    request: &Request,
    deliver: &mut dyn FnMut(Hit) -> std::io::Result<()>,
) -> Result<Answer, SearchError> {
    let started = Instant::now();
    let prepared = prepare(snapshot, request, usize::MAX, &[])?;
    for (index, &(score, address)) in prepared.found.ranking.iter().enumerate() {
        let lead = RankedLead { address, score, twins: Vec::new() };
        deliver(hit(snapshot, request, &prepared.plan, index + 1, lead)?)?;
    }
    Ok(answer(request, prepared, started))
}

/// A request as it was understood, and what it found.
struct Prepared {
    plan: Plan,
    filters: Filters,
    found: Found,
    corrected: Vec<Corrected>,
}

/// What makes a decision better than another. Without words all are equally relevant, and the latest come first.
fn best(request: &Request, plan: &Plan) -> Best {
    match request.sort {
        Sort::Relevance if !plan.targets.is_empty() => Best::Score,
        Sort::Relevance | Sort::Newest => Best::Newest,
        Sort::Oldest => Best::Oldest,
    }
}

/// Plans a request and finds its decisions, with the best `depth` of them and the counts of facets. Where few decisions
/// have most of three or more terms, fewer will do, down to one.
fn prepare(
    snapshot: &Snapshot,
    request: &Request,
    depth: usize,
    facets: &[&'static FieldDescription],
) -> Result<Prepared, SearchError> {
    let dictionary = Dictionary::of(&snapshot.searcher);
    let parsed =
        grammar::parse(&request.query, &|name| fields::describe(name).is_some_and(FieldDescription::is_queryable));
    let mut corrected: Vec<Corrected> =
        parsed.corrections.into_iter().map(|correction| Corrected::remark(correction.what)).collect();
    let filters = Filters::of(&dictionary, snapshot, request, &mut corrected)?;
    let mut plan = plan(&dictionary, &snapshot.fields, parsed.root.as_ref(), request, None)?;
    corrected.append(&mut plan.corrected);
    let facets: Vec<&str> = facets.iter().map(|field| field.name.as_str()).collect();
    let within: Vec<(&str, &Clause)> =
        filters.0.iter().map(|(description, clause, _)| (description.name.as_str(), clause)).collect();
    let best = best(request, &plan);
    let find =
        |plan: &Plan| Sweep { words: &plan.clause, filters: &within, best, depth, facets: &facets }.over(&dictionary);
    let usual = plan.words_required;
    let mut found = find(&plan)?;
    let too_few = |total: u64, plan: &Plan| total == 0 || (plan.words > 2 && total < FEW_DECISIONS);
    let fewest = usize::from(!plan.has_required);
    while plan.words_required > fewest && too_few(found.total, &plan) {
        plan.require(plan.words_required - (plan.words_required / 4).max(1));
        found = find(&plan)?;
    }
    if plan.words_required < usual && found.total > 0 {
        let within = if request.filters.is_empty() { "" } else { "within these filters " };
        let few = match (plan.words, usual) {
            (2, _) => format!("no decision {within}has both terms"),
            (words, usual) if words == usual => format!("few decisions {within}have all {words} terms"),
            (words, usual) => format!("few decisions {within}have {usual} of these {words} terms"),
        };
        let shown = plan.words_required;
        corrected.push(Corrected::remark(format!("{few}; those with {shown} or more are shown, the best first")));
    }
    if found.total == 0 {
        corrected.append(&mut plan.withheld);
    }
    Ok(Prepared { plan, filters, found, corrected })
}

fn facet_field(name: &str) -> Result<&'static FieldDescription, SearchError> {
    let description = known_field(name)?;
    if description.facet { Ok(description) } else { Err(SearchError::NotAFacet { name: name.into() }) }
}

/// The description of a field that a person named.
///
/// # Errors
/// There is no such field; the nearest name is suggested.
pub fn known_field(name: &str) -> Result<&'static FieldDescription, SearchError> {
    fields::describe(name).filter(|description| description.is_queryable()).ok_or_else(|| {
        let typed = name.to_lowercase();
        let nearest = fields::FIELDS
            .iter()
            .filter(|description| description.is_queryable())
            .flat_map(|description| std::iter::once(&description.name).chain(&description.aliases))
            .map(|known| (filters::distance(&typed, known), known))
            .min()
            .filter(|(distance, known)| distance * 2 <= known.len())
            .map(|(_, known)| known.clone());
        SearchError::UnknownField { name: name.into(), nearest }
    })
}

/// The filters of a request, one clause for each field.
struct Filters(Vec<(&'static FieldDescription, Clause, Vec<String>)>);

impl Filters {
    fn of(
        dictionary: &Dictionary,
        snapshot: &Snapshot,
        request: &Request,
        corrected: &mut Vec<Corrected>,
    ) -> Result<Self, SearchError> {
        let mut by_field: Vec<(&'static FieldDescription, Vec<String>)> = Vec::new();
        for filter in &request.filters {
            let description = known_field(&filter.field)?;
            match by_field.iter_mut().find(|(known, _)| known.name == description.name) {
                Some((_, values)) => values.extend(filter.values.iter().cloned()),
                None => by_field.push((description, filter.values.clone())),
            }
        }
        let mut filters = Vec::new();
        for (description, values) in by_field {
            let (clause, values) = if description.kind == Kind::Text {
                (words_in(dictionary, snapshot, description, &values, request, corrected)?, values)
            } else {
                filters::any_of(dictionary, &snapshot.fields, description, &values, corrected)?
            };
            filters.push((description, clause, values));
        }
        Ok(Self(filters))
    }

    fn selected(&self, field: &str) -> Option<&[String]> {
        self.0.iter().find(|(description, _, _)| description.name == field).map(|(_, _, values)| values.as_slice())
    }
}

/// A text field as a filter: all the words of one of the values.
fn words_in(
    dictionary: &Dictionary,
    snapshot: &Snapshot,
    description: &FieldDescription,
    values: &[String],
    request: &Request,
    corrected: &mut Vec<Corrected>,
) -> Result<Clause, SearchError> {
    let mut clauses: Vec<Clause> = Vec::new();
    for value in values {
        let Some(node) = grammar::parse(value, &|_| false).root else {
            corrected.push(Corrected::remark(format!("`{}=` names no words and finds nothing", description.name)));
            continue;
        };
        let node = node.within(&description.name);
        let mut words = plan(dictionary, &snapshot.fields, Some(&node), request, Some(usize::MAX))?;
        corrected.append(&mut words.corrected);
        clauses.push(words.clause);
    }
    Ok(Clause::any(clauses))
}

fn understood(plan: &Plan, filters: &[Filter]) -> String {
    let mut parts = Vec::new();
    if let Some(node) = &plan.understood {
        parts.push(node.to_string());
        if plan.words > plan.words_required && plan.words > 1 {
            parts.push(format!("at least {} of these {} terms", plan.words_required, plan.words));
        }
    } else {
        parts.push("every decision".into());
    }
    parts.extend(
        filters.iter().map(|filter| format!("{} is {}", filter.field.replace('_', " "), filter.values.join(" or "))),
    );
    parts.join("; ")
}

/// The facets asked for, as they were counted when the decisions were found.
fn facets_of(prepared: &Prepared, fields: &[&'static FieldDescription], request: &Request) -> Facets {
    let listed = fields.iter().zip(&prepared.found.facets).map(|(field, counts)| {
        let chosen = prepared.filters.selected(&field.name).unwrap_or_default();
        (field.name.clone(), list(field, facets::sorted(counts.clone()), chosen, request.facet_limit))
    });
    Facets(listed.collect())
}

/// The largest values, of years the latest; of a facet with levels the largest of each level under its parent. A selected
/// one is listed wherever it stands.
fn list(field: &FieldDescription, mut values: Vec<(String, u64)>, chosen: &[String], limit: usize) -> Vec<FacetValue> {
    if field.name == "year" {
        values.sort_by_key(|(year, _)| std::cmp::Reverse(year.parse::<u32>().unwrap_or(0)));
    }
    let is_chosen = |value: &str| chosen.iter().any(|typed| selects(typed, value));
    let facet_value = |value: &str, count| FacetValue { selected: is_chosen(value), value: value.to_owned(), count };
    if field.levels.is_some() {
        // The values below each parent, in the order of their counts.
        let mut below: HashMap<Vec<&str>, Vec<(&str, u64)>> = HashMap::new();
        for (value, count) in &values {
            let mut parent = field.path(value);
            parent.pop();
            below.entry(parent).or_default().push((value, *count));
        }
        let mut listed = Vec::new();
        list_below(&[], &below, field, limit, &facet_value, &mut listed);
        return listed;
    }
    values
        .iter()
        .enumerate()
        .map(|(place, (value, count))| (place, facet_value(value, *count)))
        .filter(|(place, value)| *place < limit || value.selected)
        .map(|(_, value)| value)
        .collect()
}

/// The values one level below `parent`, each followed by its own.
fn list_below(
    parent: &[&str],
    below: &HashMap<Vec<&str>, Vec<(&str, u64)>>,
    field: &FieldDescription,
    limit: usize,
    facet_value: &dyn Fn(&str, u64) -> FacetValue,
    listed: &mut Vec<FacetValue>,
) {
    for (place, (value, count)) in below.get(parent).into_iter().flatten().enumerate() {
        let start = listed.len();
        listed.push(facet_value(value, *count));
        list_below(&field.path(value), below, field, limit, facet_value, listed);
        if place >= limit && !listed[start..].iter().any(|value| value.selected) {
            listed.truncate(start);
        }
    }
}

fn selects(typed: &str, value: &str) -> bool {
    let Some((from, to)) = filters::range_of(typed) else { return typed.trim().eq_ignore_ascii_case(value) };
    let Ok(value) = value.parse::<u64>() else { return false };
    let bound = |typed: &str| typed.parse::<u64>().ok();
    bound(from).is_none_or(|from| value >= from) && bound(to).is_none_or(|to| value <= to)
}
