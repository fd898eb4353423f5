//! Items as letters print them, written and labelled for these tests, against what the library reads in them. Prints the
//! figures and what differs: `cargo test --test items -- --nocapture`.
//!
//! Every `tests/items/*.tsv` is read. Its columns: item, category, concepts, parts of the body, sides, quantity,
//! refills, other defensible categories; several values are separated by `;`, and `-` is none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::score::Score;
use imr::letter::{derived, item};

const COLUMNS: usize = 8;

/// An item with the labels of a careful reader.
struct Labelled {
    item: String,
    category: String,
    concepts: BTreeSet<String>,
    body_parts: BTreeSet<String>,
    sides: BTreeSet<String>,
    quantity: Option<u32>,
    refills: Option<u32>,
    other_categories: BTreeSet<String>,
}

impl Labelled {
    fn of(line: &str) -> Self {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), COLUMNS, "{line}");
        let values = |column: usize| {
            columns[column].split(';').map(str::trim).filter(|value| *value != "-").map(str::to_owned).collect()
        };
        let count = |column: usize| {
            let value = columns[column].trim();
            (value != "-").then(|| value.parse().unwrap_or_else(|_| panic!("`{value}` is no count: {line}")))
        };
        Self {
            item: columns[0].to_owned(),
            category: columns[1].trim().to_owned(),
            concepts: values(2),
            body_parts: values(3),
            sides: values(4),
            quantity: count(5),
            refills: count(6),
            other_categories: values(7),
        }
    }
}

fn labelled_items() -> Vec<Labelled> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/items");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "tsv"));
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| {
            let items = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            items.map(Labelled::of).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn items_are_read_as_labelled() {
    let items = labelled_items();
    assert!(items.len() >= 300, "{} items", items.len());
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for labelled in &items {
        let name = labelled.item.as_str();
        let read = item::read(name);
        let found = derived::resolution(&read);
        let category = found.category.unwrap_or_default();
        let is_right = category == labelled.category || labelled.other_categories.contains(category);
        let difference = || format!("{name}\n      {}, but found {category:?}", labelled.category);
        scores.entry("category").or_default().exact(is_right, difference);
        let sides = found.sides.iter().map(|side| side.as_str().to_owned()).collect();
        for (field, found, labelled) in [
            ("concepts", found.concepts.iter().map(|&name| name.to_owned()).collect(), &labelled.concepts),
            ("body parts", found.body_parts.iter().map(|&name| name.to_owned()).collect(), &labelled.body_parts),
            ("sides", sides, &labelled.sides),
        ] {
            let difference = || format!("{name}\n      {labelled:?}, but found {found:?}");
            scores.entry(field).or_default().set(&found, labelled, difference);
        }
        for (field, found, labelled) in
            [("quantity", read.quantity, labelled.quantity), ("refills", read.refills, labelled.refills)]
        {
            let difference = || format!("{name}\n      {labelled:?}, but found {found:?}");
            scores.entry(field).or_default().exact(found == labelled, difference);
        }
    }
    for (field, score) in &scores {
        println!("{field}: {} of {}, {:.3}", score.right, score.all, score.figure());
        score.wrong.iter().for_each(|wrong| println!("    {wrong}"));
    }
    for (field, least) in [
        ("category", 0.97),
        ("concepts", 0.96),
        ("body parts", 0.96),
        ("sides", 0.96),
        ("quantity", 0.97),
        ("refills", 0.97),
    ] {
        assert!(scores[field].figure() >= least, "{field}: {:.3}", scores[field].figure());
    }
}
