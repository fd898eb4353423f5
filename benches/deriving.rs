//! What deriving costs: the fields that are read out of a decision's printed parts, beside all of indexing the same
//! letters.
//!
//! Every part runs over each decision of a corpus on one thread. Indexing is the whole way of the same letters from text to
//! a committed index; the share that deriving has of its processor time is the figure with a goal (at most 15 %).

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod corpora;
#[expect(dead_code, reason = "its milliseconds are for other benches")]
mod timing;

use std::collections::HashSet;
use std::fs;
use std::hint::black_box;

use imr::index;
use imr::index::document::documents;
use imr::index::memory::Memory;
use imr::index::writer::LetterWriter;
use imr::intake;
use imr::intake::limits::Limits;
use imr::intake::text::Text;
use imr::letter::model::{Decision, Letter, Source};
use imr::letter::{self, citation, derived, item};
use imr::reading::conclusion::conclusion;

use crate::corpora::Corpus;
use crate::timing::{is_measuring, median, time};

/// Copies of each letter, under case numbers of their own: an index is not made of sixty letters.
const COPIES: usize = 40;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let rounds = if is_measuring() { 9 } else { 1 };
    let copies = if is_measuring() { COPIES } else { 1 };
    for corpus in Corpus::present() {
        let texts = texts(corpus);
        let letters: Vec<Letter> = texts.iter().map(|text| letter::parse(text, "stem", Source::default())).collect();
        let decisions: Vec<&Decision> = letters.iter().flat_map(|letter| &letter.decisions).collect();
        let lines: Vec<&String> = decisions.iter().flat_map(|decision| lines_of(decision)).collect();
        let distinct = lines.iter().collect::<HashSet<_>>().len();
        println!(
            "{corpus}: {} letters, {} decisions, {} guideline lines of which {distinct} distinct; medians of {rounds} rounds",
            letters.len(),
            decisions.len(),
            lines.len()
        );
        // Microseconds a decision.
        let each = |what: &str, call: &dyn Fn(&Decision)| {
            let times: Vec<_> =
                (0..rounds).map(|_| time(|| decisions.iter().for_each(|decision| call(decision)))).collect();
            let a_decision = median(&times).as_secs_f64() * 1e6 / decisions.len() as f64;
            println!("  {what:<27} {a_decision:>6.1} µs a decision");
            a_decision
        };
        each("item", &|decision| drop(item::read(&decision.item)));
        each("item, treatments and parts", &|decision| drop(derived::resolution(&item::read(&decision.item))));
        each("conclusion", &|decision| {
            black_box(decision.rationale.as_deref().and_then(conclusion));
        });
        let times: Vec<_> = (0..rounds)
            .map(|_| {
                let without_lines = |decision: &&Decision| Decision {
                    claims_guideline: None,
                    reviewer_guideline: None,
                    ..(*decision).clone()
                };
                let mut copies: Vec<Decision> = decisions.iter().map(without_lines).collect();
                time(|| copies.iter_mut().for_each(derived::derive))
            })
            .collect();
        let derived = median(&times).as_secs_f64() * 1e6 / decisions.len() as f64;
        println!("  {:<27} {derived:>6.1} µs a decision", "all of these");
        let first_met = each("guideline lines, first met", &|decision| {
            lines_of(decision).for_each(|line| drop(citation::sources_first_met(line)));
        });
        let repeated = each("guideline lines, repeated", &|decision| {
            lines_of(decision).for_each(|line| drop(citation::sources(line)));
        });
        // The copies repeat every line, real letters only some: their own share of repeated lines counts.
        let new = distinct as f64 / lines.len() as f64;
        let deriving = derived + new * first_met + (1.0 - new) * repeated;
        let all_copies = (decisions.len() * copies) as f64;
        let mut spent: Vec<f64> = (0..rounds).map(|_| processor_seconds(|| index_all(&texts, copies))).collect();
        spent.sort_by(f64::total_cmp);
        let rest = spent[rounds / 2] * 1e6 / all_copies - derived - repeated;
        println!(
            "  indexing takes {:.1} µs a decision of processor time, deriving {deriving:.1} of it: {:.1} %",
            rest + deriving,
            100.0 * deriving / (rest + deriving)
        );
    }
}

fn lines_of(decision: &Decision) -> impl Iterator<Item = &String> {
    [&decision.claims_guideline, &decision.reviewer_guideline].into_iter().flatten().map(|guideline| &guideline.text)
}

/// Processor time of all threads, since the engine writes on threads of its own. Linux counts it in hundredths of a
/// second; elsewhere the time on the clock stands in.
fn processor_seconds(call: impl FnOnce()) -> f64 {
    let spent = || -> Option<f64> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
    };
    let before = spent();
    let elapsed = time(call).as_secs_f64();
    match (before, spent()) {
        (Some(before), Some(after)) => after - before,
        _ => elapsed,
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
    let mut writer = LetterWriter::new(opened, 1, Memory::default()).expect("the index can be written");
    for copy in 0..copies {
        for (number, text) in texts.iter().enumerate() {
            let name = format!("{copy}-{number}");
            let source = Source { path: name.clone(), member: None, content_hash: name.clone() };
            let mut letter = letter::parse(text, &name, source);
            letter.id.clone_from(&name);
            for (ordinal, decision) in letter.decisions.iter_mut().enumerate() {
                decision.id = format!("{name}/{}", ordinal + 1);
            }
            let documents =
                documents(&writer.known().snapshot().fields, &mut letter, &[]).expect("a letter is a document");
            writer.write(&mut letter, documents).expect("the letter is written");
        }
    }
    writer.finish().expect("the index is committed");
}
