//! The whole way from a tar of letters to a committed, merged index, beside tantivy alone given the same fields.
//!
//! Letters come from `cargo run --release --example synthesize`. In each round three builds take turns: tantivy alone, from
//! documents that stand ready in memory; `imr`'s pipeline without what is derived; and the whole pipeline, as `imr index`
//! runs it. All have the same schema, analysis, settings, threads, memory, and merge to the same segments.
//!
//! `cargo bench --bench whole -- --letters 20000 --rounds 5`

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod building;
mod synthesized;
#[expect(dead_code, reason = "its milliseconds are for other benches")]
mod timing;

use std::fs;
use std::path::Path;
use std::time::Duration;

use imr::index::document::documents;
use imr::index::reader::Snapshot;
use imr::ingest::{Options, Reading, read_all};
use imr::letter;
use tantivy::TantivyDocument;

use crate::building::{alone, whole};
use crate::synthesized::{argument, letters};
use crate::timing::{is_measuring, median};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let number = argument("letters").unwrap_or(if is_measuring() { 20_000 } else { 50 });
    let rounds = argument("rounds").unwrap_or(if is_measuring() { 5 } else { 1 });
    let tar = letters(number, "tar");
    let megabytes = fs::metadata(&tar).expect("the corpus was made").len() as f64 / 1e6;
    let derived = Options::default();
    let printed = Options { parse: letter::split, ..derived };
    let threads = rayon::current_num_threads();
    println!("{number} letters, a tar of {megabytes:.0} MB, {threads} threads, {rounds} rounds; medians");

    let ready_printed = ready(&tar, &printed);
    let ready_derived = ready(&tar, &derived);
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..rounds {
        times[0].push(alone(&ready_printed, threads).0.took);
        times[1].push(whole(&tar, &printed, threads).took);
        times[2].push(alone(&ready_derived, threads).0.took);
        times[3].push(whole(&tar, &derived, threads).took);
    }
    let [alone_printed, whole_printed, alone_derived, whole_derived] = times.map(|times| median(&times).as_secs_f64());
    let line = |what: &str, seconds: f64| println!("  {what:<44} {seconds:>7.2} s  {:>6.1} MB/s", megabytes / seconds);
    line("tantivy alone, printed fields", alone_printed);
    line("imr index, printed fields", whole_printed);
    println!("  speed beside tantivy alone: {:.2} (goal 0.85)", alone_printed / whole_printed);
    line("tantivy alone, derived fields too", alone_derived);
    line("imr index, derived fields too", whole_derived);
    println!("  speed beside tantivy alone: {:.2} (goal 0.75)", alone_derived / whole_derived);
}

/// The documents of every letter, as the pipeline makes them.
fn ready(tar: &Path, options: &Options) -> Vec<Vec<TantivyDocument>> {
    let fields = Snapshot::empty().expect("an index in memory").fields;
    let mut all = Vec::new();
    read_all(&[tar.to_owned()], options, &mut |Reading { letter, .. }| {
        let mut letter = letter.expect("a letter made to be read");
        all.push(documents(&fields, &mut letter, &[]).expect("a letter is a document"));
        std::ops::ControlFlow::Continue(())
    });
    all
}
