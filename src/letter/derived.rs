//! What a decision's printed parts say, in the terms of the tables.

use super::model::{Decision, Derived, Outcome};
use super::{citation, item};
use crate::reading::conclusion;
use crate::vocabulary::push_new;
use crate::vocabulary::resolve::{Resolution, resolve};

/// Derives a decision's fields from its printed parts.
pub fn derive(decision: &mut Decision) {
    derive_sources(decision);
    let read = item::read(&decision.item);
    let resolved = resolution(&read);
    let conclusion = decision.rationale.as_deref().and_then(conclusion::conclusion);
    decision.derived = Derived {
        request: read,
        category: resolved.category.map(str::to_owned),
        concepts: owned(&resolved.concepts),
        body_parts: owned(&resolved.body_parts),
        sides: resolved.sides,
        agrees: conclusion::agrees(conclusion, decision.outcome == Outcome::Overturned),
        conclusion,
    };
}

/// The sources of both guideline lines.
fn derive_sources(decision: &mut Decision) {
    for guideline in [&mut decision.claims_guideline, &mut decision.reviewer_guideline].into_iter().flatten() {
        guideline.sources = citation::sources(&guideline.text);
    }
    if let (Some(claims), Some(reviewer)) = (&decision.claims_guideline, &mut decision.reviewer_guideline)
        && citation::adopts(reviewer)
    {
        reviewer.sources.clone_from(&claims.sources);
    }
}

/// What an item is about: treatments and parts of what was requested and of what is disputed, not of what was authorized
/// instead. The disputed portion decides the category, where it names a treatment ("2 sessions" does not).
#[must_use]
pub fn resolution(read: &item::ItemReading) -> Resolution {
    let adjunct = read.surgical_adjunct;
    let mut whole = resolve(&read.requested, adjunct);
    if read.disputed == read.requested {
        return whole;
    }
    let disputed = resolve(&read.disputed, adjunct);
    // "6 visits", "two refills" name no treatment of their own.
    if disputed.is_particular || (!whole.is_particular && !disputed.concepts.is_empty()) {
        (whole.category, whole.category_rule) = (disputed.category, disputed.category_rule);
        add_new(&mut whole.concepts, disputed.concepts);
    }
    add_new(&mut whole.body_parts, disputed.body_parts);
    add_new(&mut whole.sides, disputed.sides);
    whole
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn add_new<T: PartialEq>(values: &mut Vec<T>, more: Vec<T>) {
    for value in more {
        push_new(values, value);
    }
}
