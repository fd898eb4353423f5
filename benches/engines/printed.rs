//! The decisions that all engines are given: the printed texts, with id and outcome.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use imr::index::reader::Snapshot;
use imr::ingest::{Options, Reading, read_all};
use imr::letter;
use imr::letter::model::{Decision, Guideline, Letter};
use serde::Serialize;
use tantivy::TantivyDocument;

/// The fields of text, by the names they have in every engine.
pub const TEXTS: [&str; 5] = ["item", "rationale", "reviewer_guideline", "claims_guideline", "summary"];

/// Between the fields of a line; no text holds it.
const SEPARATOR: &str = "\u{1f}";

/// One decision as printed; what a letter does not print is empty.
#[derive(Serialize)]
pub struct Printed {
    pub id: String,
    pub outcome: &'static str,
    pub item: String,
    pub rationale: String,
    pub reviewer_guideline: String,
    pub claims_guideline: String,
    pub summary: String,
}

impl Printed {
    fn of(letter: &Letter, decision: &Decision) -> Self {
        let guideline = |guideline: &Option<Guideline>| {
            guideline.as_ref().map_or_else(String::new, |guideline| on_one_line(&guideline.text))
        };
        Self {
            id: on_one_line(&decision.id),
            outcome: decision.outcome.as_str(),
            item: on_one_line(&decision.item),
            rationale: on_one_line(decision.rationale.as_deref().unwrap_or_default()),
            reviewer_guideline: guideline(&decision.reviewer_guideline),
            claims_guideline: guideline(&decision.claims_guideline),
            summary: on_one_line(letter.summary.as_deref().unwrap_or_default()),
        }
    }

    /// The texts, in the order of [`TEXTS`].
    fn texts(&self) -> [&str; 5] {
        [&self.item, &self.rationale, &self.reviewer_guideline, &self.claims_guideline, &self.summary]
    }

    fn json(&self) -> String {
        serde_json::to_string(self).expect("a decision is JSON")
    }

    /// The decision for tantivy, under our schema. What is kept to be shown is the line of JSON.
    fn document(&self, empty: &Snapshot) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        let mut add = |name: &str, text: &str| {
            if !text.is_empty() {
                document.add_text(empty.fields.named(name).expect("a field of the schema"), text);
            }
        };
        add("id", &self.id);
        add("outcome", self.outcome);
        for (name, text) in TEXTS.into_iter().zip(self.texts()) {
            add(name, text);
        }
        add("record", &self.json());
        document
    }
}

/// The text with blanks in place of what parts lines and fields.
fn on_one_line(text: &str) -> String {
    text.replace(|letter: char| letter.is_control(), " ")
}

/// The decisions of the letters in a tar, letter by letter.
pub fn decisions(tar: &Path) -> Vec<Vec<Printed>> {
    let options = Options { parse: letter::split, ..Options::default() };
    let mut all = Vec::new();
    read_all(&[tar.to_owned()], &options, &mut |Reading { letter, .. }| {
        let letter = letter.expect("a letter made to be read");
        all.push(letter.decisions.iter().map(|decision| Printed::of(&letter, decision)).collect());
        ControlFlow::Continue(())
    });
    all
}

/// The documents of each letter.
pub fn documents(letters: &[Vec<Printed>]) -> Vec<Vec<TantivyDocument>> {
    let empty = Snapshot::empty().expect("an index in memory");
    letters.iter().map(|letter| letter.iter().map(|decision| decision.document(&empty)).collect()).collect()
}

/// Writes one decision a line; gives the bytes of the file.
pub fn write(letters: &[Vec<Printed>], file: &Path) -> u64 {
    let mut out = BufWriter::new(File::create(file).expect("a file for the decisions"));
    for decision in letters.iter().flatten() {
        let texts = decision.texts().join(SEPARATOR);
        let line = [&decision.id, decision.outcome, &texts].join(SEPARATOR);
        writeln!(out, "{line}").expect("the decisions are written");
    }
    out.into_inner().expect("the decisions are written").metadata().expect("the file is there").len()
}

/// How many bytes the decisions are as JSON Lines.
pub fn bytes_as_json_lines(letters: &[Vec<Printed>]) -> u64 {
    letters.iter().flatten().map(|decision| decision.json().len() as u64 + 1).sum()
}
