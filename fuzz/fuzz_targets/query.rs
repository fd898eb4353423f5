//! Any text as a question: no question is an error, and what was understood parses to the same again.
//!
//! What stands behind the last line end is a filter, if it reads as one (`year=2016..2017`).

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use imr::index;
use imr::index::memory::Memory;
use imr::index::reader::Snapshot;
use imr::index::writer::LetterWriter;
use imr::ingest::{Options, ingest};
use imr::search::grammar::{DEEPEST_NESTING, LONGEST_QUERY, MOST_CLAUSES, Node, parse};
use imr::search::model::{Filter, Request, Sort};
use imr::search::search;
use libfuzzer_sys::fuzz_target;

static SNAPSHOT: OnceLock<Snapshot> = OnceLock::new();

/// The sample letters in an index that lies in a temporary folder for as long as the process runs.
fn sample_index() -> Snapshot {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let letters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/letters/text");
    let mut writer =
        LetterWriter::new(index::open_or_create(&folder).expect("an index"), 1, Memory::default()).expect("a writer");
    ingest(&[letters], &mut writer, &Options::default(), &mut |_, _| {}).expect("letters");
    writer.finish().expect("a commit");
    Snapshot::of(&index::open(&folder).expect("the index")).expect("a snapshot")
}

fn clauses(node: &Node) -> usize {
    match node {
        Node::Word { .. } | Node::Phrase { .. } | Node::Range { .. } | Node::Exists { .. } => 1,
        Node::Near { .. } => 2,
        Node::Not(inner) | Node::Required(inner) => clauses(inner),
        Node::And(nodes) | Node::Or(nodes) | Node::Words(nodes) => nodes.iter().map(clauses).sum(),
    }
}

fn levels(node: &Node) -> usize {
    1 + match node {
        Node::Word { .. } | Node::Phrase { .. } | Node::Range { .. } | Node::Exists { .. } => 0,
        Node::Near { left, right, .. } => levels(left).max(levels(right)),
        Node::Not(inner) | Node::Required(inner) => levels(inner),
        Node::And(nodes) | Node::Or(nodes) | Node::Words(nodes) => nodes.iter().map(levels).max().unwrap_or(0),
    }
}

fuzz_target!(
    init: {
        let _ = SNAPSHOT.set(sample_index());
    },
    |typed: &str| {
        let filter = typed.rsplit_once('\n').and_then(|(query, last)| Some((query, last.split_once('=')?)));
        let (query, filters) = filter.map_or((typed, Vec::new()), |(query, (field, value))| {
            (query, vec![Filter { field: field.to_owned(), values: vec![value.to_owned()] }])
        });
        let is_field = |name: &str| matches!(name, "item" | "rationale" | "outcome" | "decided" | "quantity" | "year");
        let parsed = parse(query, &is_field);
        assert!(parsed.corrections.iter().all(|correction| query.is_char_boundary(correction.at)));
        if let Some(root) = parsed.root {
            assert!(clauses(&root) <= MOST_CLAUSES + 1);
            // Each level of parentheses may be a group, a sign and two lists.
            assert!(levels(&root) <= 4 * (DEEPEST_NESTING + 1));
            let canonical = root.to_string();
            if canonical.len() <= LONGEST_QUERY {
                assert_eq!(parse(&canonical, &is_field).root, Some(root), "{query:?} {canonical:?}");
            }
        }
        // The switches follow from the words, so that an input is the same request every time.
        let switches = typed.bytes().fold(0_u8, u8::wrapping_add);
        let request = Request {
            query: query.to_owned(),
            facets: vec!["outcome".into(), "guideline".into()],
            limit: 2,
            exact: switches & 1 == 1,
            explain: switches & 2 == 2,
            collapse: switches & 4 == 4,
            sort: [Sort::Relevance, Sort::Newest, Sort::Oldest, Sort::Relevance][usize::from(switches >> 3 & 3)],
            filters,
            ..Request::default()
        };
        match search(SNAPSHOT.get().expect("made at the start"), &request) {
            Ok(answer) => {
                assert!(answer.hits.len() <= 2 && answer.total >= answer.hits.len() as u64);
                assert_eq!(answer.hits.is_empty(), answer.total == 0);
            }
            // Only a filter can be refused, on a field that there is not.
            Err(error) => assert!(!request.filters.is_empty() && !error.to_string().is_empty(), "{error}"),
        }
    }
);
