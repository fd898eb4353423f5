//! The tables under `schema/` keep their promises: nobody who extends them needs to know the code.

use std::collections::{BTreeMap, HashMap, HashSet};

use imr::vocabulary::body_parts::BODY_PARTS;
use imr::vocabulary::categories::CATEGORIES;
use imr::vocabulary::resolve::resolve;
use imr::vocabulary::treatments::{TREATMENTS, Treatment};
use imr::vocabulary::words::sequence;

fn is_ambiguous(treatment: &Treatment, name: &str) -> bool {
    treatment.ambiguous.iter().flat_map(|wording| &wording.names).any(|known| sequence(known) == sequence(name))
}

fn listed(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn no_name_is_claimed_twice_without_a_context() {
    let mut owners: BTreeMap<String, HashSet<&str>> = BTreeMap::new();
    for treatment in &TREATMENTS.treatments {
        for name in treatment.plain_names().filter(|name| !is_ambiguous(treatment, name)) {
            owners.entry(sequence(name).join(" ")).or_default().insert(treatment.name);
        }
    }
    for product in &TREATMENTS.products {
        for name in &product.names {
            owners.entry(sequence(name).join(" ")).or_default().insert(product.names[0]);
        }
    }
    let claimed = owners.into_iter().filter(|(_, owners)| owners.len() > 1);
    listed(&claimed.map(|(name, owners)| format!("`{name}` means {owners:?}")).collect::<Vec<_>>());
}

#[test]
fn every_category_is_one_of_the_list() {
    let known: HashSet<&str> = CATEGORIES.categories.iter().map(|category| category.name).collect();
    let of_treatments = TREATMENTS.treatments.iter().flat_map(|treatment| {
        std::iter::once(&treatment.category).chain(treatment.when.iter().map(|when| &when.category))
    });
    let used = of_treatments.chain(TREATMENTS.products.iter().map(|product| &product.category));
    listed(
        &used.filter(|category| !known.contains(*category)).map(|&category| category.to_owned()).collect::<Vec<_>>(),
    );
    let state_names: Vec<_> = CATEGORIES.categories.iter().flat_map(|category| &category.state_names).collect();
    assert!(state_names.len() >= 80, "{}", state_names.len());
}

#[test]
fn the_tables_are_broad() {
    let drugs = TREATMENTS.treatments.iter().filter(|treatment| treatment.is_drug() && !treatment.generic).count();
    let others = TREATMENTS.treatments.iter().filter(|treatment| !treatment.is_drug() && !treatment.generic).count();
    assert!(drugs >= 250 && others >= 250, "{drugs} drugs, {others} other treatments");
}

#[test]
fn concepts_are_plain_and_what_they_refer_to_exists() {
    let concepts: HashSet<&str> = TREATMENTS.treatments.iter().map(|treatment| treatment.name).collect();
    let parts: HashSet<&str> = BODY_PARTS.parts.iter().map(|part| part.name).collect();
    let mut problems = Vec::new();
    assert_eq!(concepts.len(), TREATMENTS.treatments.len(), "a concept stands in the table twice");
    for treatment in &TREATMENTS.treatments {
        let name = treatment.name;
        if name != name.to_lowercase() || name.trim() != name || name.is_empty() {
            problems.push(format!("`{name}` is not written in lower case"));
        }
        // A brand stands with its generic: a concept is never the brand itself.
        if treatment.brands.iter().any(|brand| sequence(brand) == sequence(name)) {
            problems.push(format!("`{name}` is its own brand"));
        }
        problems.extend(
            treatment.also.iter().filter(|also| !concepts.contains(*also)).map(|also| format!("{name}: no {also}")),
        );
        problems.extend(
            treatment.body_parts.iter().filter(|part| !parts.contains(*part)).map(|part| format!("{name}: no {part}")),
        );
        let contexts = treatment.ambiguous.iter().flat_map(|ambiguous| ambiguous.with.iter().chain(&ambiguous.without));
        for context in contexts.chain(treatment.when.iter().flat_map(|when| &when.with)) {
            if context.strip_prefix('@').is_some_and(|group| !TREATMENTS.groups.contains(group)) {
                problems.push(format!("{name}: there is no group {context}"));
            }
        }
    }
    for product in &TREATMENTS.products {
        let unknown = product.concepts.iter().filter(|concept| !concepts.contains(*concept));
        problems.extend(unknown.map(|concept| format!("{}: no {concept}", product.names[0])));
    }
    listed(&problems);
}

#[test]
fn every_name_by_itself_means_its_treatment() {
    let mut problems = Vec::new();
    for treatment in &TREATMENTS.treatments {
        for name in treatment.plain_names().filter(|name| !is_ambiguous(treatment, name)) {
            let found = resolve(name, false).concepts;
            if !found.contains(&treatment.name) {
                problems.push(format!("`{name}` is a name of {}, but means {found:?}", treatment.name));
            }
        }
    }
    listed(&problems);
}

#[test]
fn the_parts_of_the_body_are_those_of_the_labels() {
    let names: Vec<&str> = BODY_PARTS.parts.iter().map(|part| part.name).collect();
    let expected = "head, neck, upper back, low back, shoulder, upper arm, elbow, forearm, wrist, hand, hip, groin, thigh, knee, \
                    lower leg, ankle, foot, chest, abdomen, pelvis, psyche, jaw, eye, ear, skin, other";
    assert_eq!(names.join(", "), expected);
    let mut owners: HashMap<Vec<String>, &str> = HashMap::new();
    let mut problems = Vec::new();
    for part in &BODY_PARTS.parts {
        let ambiguous = |name: &str| {
            part.ambiguous.iter().any(|wording| wording.names.iter().any(|known| sequence(known) == sequence(name)))
        };
        for name in part.names.iter().filter(|name| !ambiguous(name)) {
            let other = owners.insert(sequence(name), part.name).filter(|other| *other != part.name);
            problems.extend(other.map(|other| format!("`{name}` means {other} and {}", part.name)));
        }
    }
    listed(&problems);
}

#[test]
fn words_for_a_category_mean_one() {
    let mut owners: HashMap<Vec<String>, &str> = HashMap::new();
    let mut problems = Vec::new();
    for category in &CATEGORIES.categories {
        let plain = category.words.iter().filter(|word| word.is_plain());
        for word in plain.flat_map(|wording| &wording.names) {
            let other = owners.insert(sequence(word), category.name);
            problems.extend(other.map(|other| format!("`{word}` means {other} and {}", category.name)));
        }
    }
    listed(&problems);
}
