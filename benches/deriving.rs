//! What deriving costs: the fields that are read out of a decision's printed parts, beside all of indexing the same
//! letters.
//!
//! `deriving` and its parts run over every decision of a corpus on one thread. `indexing` is the whole way of the same
//! letters from text to a committed index, on one thread too: the share that `deriving` has of it is the figure with a goal
//! (at most 15 %).

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod corpora;
mod timing;

use std::fs;

use imr::index;
use imr::index::document::documents;
use imr::index::writer::LetterWriter;
use imr::intake;
use imr::intake::limits::Limits;
use imr::intake::text::Text;
use imr::letter::model::{Letter, Outcome, Source};
use imr::letter::{self, citation, derived, item};
use imr::reading::conclusion::conclusion;

use crate::corpora::Corpus;
use crate::timing::{is_measuring, median, milliseconds, time};

/// Copies of each letter, under case numbers of their own: an index is not made of sixty letters.
const COPIES: usize = 40;

fn main() {
    let rounds = if is_measuring() { 9 } else { 1 };
    let copies = if is_measuring() { COPIES } else { 1 };
    for corpus in Corpus::present() {
        let texts = texts(corpus);
        let letters: Vec<Letter> = texts.iter().map(|text| letter::parse(text, "stem", Source::default())).collect();
        let decisions = letters.iter().map(|letter| letter.decisions.len()).sum::<usize>();
        println!("{corpus}: {} letters, {decisions} decisions, medians of {rounds} rounds", letters.len());
        let each = |what: &str, call: &dyn Fn(&letter::model::Decision)| {
            let times: Vec<_> = (0..rounds)
                .map(|_| time(|| letters.iter().flat_map(|letter| &letter.decisions).for_each(call)))
                .collect();
            let whole = median(&times);
            println!("  {what:<24} {:>8.1} µs a decision", whole.as_secs_f64() * 1e6 / decisions as f64);
            whole
        };
        each("item read", &|decision| drop(item::read(&decision.item)));
        each("treatments and parts", &|decision| drop(derived::resolution(&item::read(&decision.item))));
        let lines = each("guideline lines", &|decision| {
            let lines = [&decision.claims_guideline, &decision.reviewer_guideline];
            lines.into_iter().flatten().for_each(|line| drop(citation::guideline(line.text.clone())));
        });
        each("conclusion", &|decision| {
            std::hint::black_box(decision.rationale.as_deref().and_then(conclusion));
        });
        let derived = each("deriving but lines", &|decision| {
            drop(derived::derive(&decision.item, Outcome::Upheld, decision.rationale.as_deref()));
        });
        let deriving = (derived + lines) * u32::try_from(copies).expect("a few copies");
        let indexing = median(&(0..rounds).map(|_| time(|| index_all(&texts, copies))).collect::<Vec<_>>());
        println!(
            "  {copies} copies: indexing {:.0} ms, of which deriving {:.0} ms: {:.1} %",
            milliseconds(indexing),
            milliseconds(deriving),
            100.0 * deriving.as_secs_f64() / indexing.as_secs_f64()
        );
    }
}

fn texts(corpus: Corpus) -> Vec<Text> {
    corpus
        .files("text")
        .into_iter()
        .chain(if corpus == Corpus::Real { corpus.files("pdf") } else { Vec::new() })
        .map(|file| {
            let bytes = fs::read(file).expect("a letter can be read");
            intake::read(&bytes, &Limits::default()).expect("the letters are not damaged")
        })
        .collect()
}

/// From text to a committed index, each letter `copies` times under names of its own.
fn index_all(texts: &[Text], copies: usize) {
    let folder = tempfile::tempdir().expect("a folder for the index");
    let opened = index::open_or_create(folder.path()).expect("an index can be made");
    let mut writer = LetterWriter::new(opened, 1).expect("the index can be written");
    for copy in 0..copies {
        for (number, text) in texts.iter().enumerate() {
            let name = format!("{copy}-{number}");
            let source = Source { path: name.clone(), member: None, content_hash: name.clone() };
            let mut letter = letter::parse(text, &name, source);
            letter.id.clone_from(&name);
            for (ordinal, decision) in letter.decisions.iter_mut().enumerate() {
                decision.id = format!("{name}/{}", ordinal + 1);
            }
            let documents = documents(&writer.snapshot().fields, &letter, &[]).expect("a letter is a document");
            writer.write(&mut letter, documents).expect("the letter is written");
        }
    }
    writer.finish().expect("the index is committed");
}
