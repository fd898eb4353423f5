//! A ranked decision as it is shown: its record, the telling sentences, its near-twins, and what gave its score.

use tantivy::DocAddress;

use super::matching;
use super::model::{Hit, Request, ScorePart, Snippet, Superseded, Twin};
use super::plan::Plan;
use super::ranking::RankedLead;
use super::snippet::{self, Target};
use super::terms::Dictionary;
use crate::index::document::Record;
use crate::index::fields;
use crate::index::reader::Snapshot;
use crate::letter::model::Guideline;
use crate::vocabulary::guidelines;

/// Sentences of a rationale shown with a hit.
const SNIPPET_SENTENCES: usize = 3;
/// Characters of a shown sentence.
const SNIPPET_CHARACTERS: usize = 280;
/// Near-twins named with a hit; stock reasons have thousands, which are counted.
const TWINS_NAMED: usize = 20;

/// Reads a hit from the store.
///
/// # Errors
/// The index cannot be read.
pub fn hit(snapshot: &Snapshot, request: &Request, plan: &Plan, rank: usize, lead: RankedLead) -> tantivy::Result<Hit> {
    let record = snapshot.record(lead.address)?;
    let decision = record.decision()?;
    let twin_count = lead.twins.len() as u64;
    let twins = lead
        .twins
        .into_iter()
        .take(TWINS_NAMED)
        .map(|address| {
            let record = snapshot.record(address)?;
            let decision = record.decision()?;
            Ok(Twin { id: decision.id.clone(), item: decision.item.clone() })
        })
        .collect::<tantivy::Result<_>>()?;
    Ok(Hit {
        rank,
        score: lead.score,
        id: decision.id.clone(),
        case_number: record.letter.case_number.clone(),
        item: decision.item.clone(),
        disputed: decision.disputes_a_portion().then(|| decision.derived.request.disputed.clone()),
        requested: (decision.derived.request.requested != decision.item)
            .then(|| decision.derived.request.requested.clone()),
        authorized: decision.derived.request.authorized.clone(),
        category: decision.derived.category.clone(),
        concepts: decision.derived.concepts.clone(),
        body_parts: decision.derived.body_parts.clone(),
        outcome: decision.outcome.as_str().into(),
        decision_date: record.letter.decision_date.map(|date| date.to_string()),
        reviewer_guideline: decision.reviewer_guideline.as_ref().map(|guideline| guideline.text.clone()),
        superseded: superseded(&record)?,
        contradictory: decision.derived.agrees == Some(false),
        snippets: if request.snippets { hit_snippets(&record, plan)? } else { Vec::new() },
        twins,
        twin_count,
        explanation: if request.explain { explanation(snapshot, plan, lead.address)? } else { Vec::new() },
    })
}

/// The editions the reviewer cites that have been superseded since.
fn superseded(record: &Record) -> tantivy::Result<Vec<Superseded>> {
    let Some(guideline) = &record.decision()?.reviewer_guideline else { return Ok(Vec::new()) };
    let superseded = guideline.sources.iter().filter_map(|source| {
        Some(Superseded {
            since: guidelines::superseded(source, record.letter.decision_date)?.to_string(),
            title: source.title.clone()?,
            edition: source.edition,
        })
    });
    Ok(superseded.collect())
}

/// The item with its matches, the telling sentences of the rationale, and where the rationale has none, those of the
/// other fields searched.
fn hit_snippets(record: &Record, plan: &Plan) -> tantivy::Result<Vec<Snippet>> {
    let decision = record.decision()?;
    let guideline = |guideline: &Option<Guideline>| guideline.as_ref().map(|line| line.text.clone());
    let texts = [
        ("item", Some(decision.derived.request.disputed.clone())),
        ("rationale", decision.rationale.clone()),
        ("reviewer_guideline", guideline(&decision.reviewer_guideline)),
        ("summary", record.letter.summary.clone()),
        ("claims_guideline", guideline(&decision.claims_guideline)),
        ("request", decision.disputes_a_portion().then(|| decision.item.clone())),
        ("documents_reviewed", record.letter.documents_reviewed.clone()),
    ];
    let mut found: Vec<Snippet> = Vec::new();
    let mut in_rationale = false;
    for (field, text) in texts {
        let Some(text) = text else { continue };
        // The rationale's own sentences say why; a match elsewhere is shown only where they are silent.
        let asked_here = plan.targets.iter().any(|(asked, _)| asked.as_deref().is_some_and(|name| names(name, field)));
        if in_rationale && !asked_here {
            continue;
        }
        let targets: Vec<&Target> = plan
            .targets
            .iter()
            .filter(|(asked, _)| asked.as_deref().is_none_or(|name| names(name, field)))
            .map(|(_, target)| target)
            .collect();
        let pieces = if field == "item" {
            snippet::marked(&text, &targets).into_iter().collect()
        } else {
            snippet::snippets(&text, &targets, SNIPPET_SENTENCES, SNIPPET_CHARACTERS)
        };
        in_rationale |= field == "rationale" && !pieces.is_empty();
        found.extend(pieces.into_iter().map(|piece| Snippet {
            field: field.into(),
            text: piece.text,
            marks: piece.marks,
        }));
    }
    if !found.iter().any(|piece| piece.field != "item")
        && let Some(rationale) = &decision.rationale
    {
        let head = snippet::lead(rationale, SNIPPET_CHARACTERS);
        found.push(Snippet { field: "rationale".into(), text: head.text, marks: head.marks });
    }
    Ok(found)
}

fn names(typed: &str, field: &str) -> bool {
    fields::describe(typed).is_some_and(|description| description.name == field)
}

/// What each word, in each field, adds by itself.
fn explanation(snapshot: &Snapshot, plan: &Plan, address: DocAddress) -> tantivy::Result<Vec<ScorePart>> {
    let dictionary = Dictionary::of(&snapshot.searcher);
    let mut parts: Vec<ScorePart> = Vec::new();
    for part in &plan.parts {
        let Some(score) = matching::score(&dictionary, &part.clause, address)? else { continue };
        match parts.iter_mut().find(|known| known.word == part.word && known.field == part.field) {
            Some(known) => known.score = known.score.max(score),
            None => parts.push(ScorePart { word: part.word.clone(), field: part.field.clone(), score }),
        }
    }
    parts.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(parts)
}
