//! Any text as a question: no question is an error, and what was understood parses to the same again.

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use imr::index::memory::Memory;
use imr::index::reader::Snapshot;
use imr::index::writer::LetterWriter;
use imr::index::{self};
use imr::ingest::{Options, ingest};
use imr::search::grammar::{LONGEST_QUERY, MOST_CLAUSES, Node, parse};
use imr::search::model::Request;
use imr::search::search;
use libfuzzer_sys::fuzz_target;

static SNAPSHOT: OnceLock<Snapshot> = OnceLock::new();

/// The sample letters in an index that lies in a temporary folder for as long as the process runs.
fn sample_index() -> Snapshot {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let letters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/letters/text");
    let mut writer = LetterWriter::new(index::open_or_create(&folder).expect("an index"), 1, Memory::default()).expect("a writer");
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

fuzz_target!(
    init: {
        let _ = SNAPSHOT.set(sample_index());
    },
    |query: &str| {
        let is_field = |name: &str| matches!(name, "item" | "rationale" | "outcome" | "decided" | "quantity" | "year");
        let parsed = parse(query, &is_field);
        assert!(parsed.corrections.iter().all(|correction| correction.at <= query.len()));
        if let Some(root) = parsed.root {
            assert!(clauses(&root) <= MOST_CLAUSES + 1);
            let canonical = root.to_string();
            if canonical.len() <= LONGEST_QUERY {
                assert_eq!(parse(&canonical, &is_field).root, Some(root), "{query:?} {canonical:?}");
            }
        }
        let request = Request { query: query.to_owned(), facets: vec!["outcome".into()], limit: 2, ..Request::default() };
        let snapshot = SNAPSHOT.get().expect("made at the start");
        let answer = search(snapshot, &request).expect("no question is an error");
        assert!(answer.hits.len() <= 2 && answer.total >= answer.hits.len() as u64);
    }
);
