//! The whole way from a tar of letters to a committed, merged index, beside tantivy alone given the same fields.
//!
//! Letters come from `cargo run --release --example synthesize`. In each round three builds take turns: tantivy alone, from
//! documents that stand ready in memory; `imr`'s pipeline without what is derived; and the whole pipeline, as `imr index`
//! runs it. All have the same schema, analysis, settings, threads, memory, and merge to the same segments.
//!
//! `cargo bench --bench whole -- --letters 20000 --rounds 5`

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod synthesized;
#[expect(dead_code, reason = "its milliseconds are for other benches")]
mod timing;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use imr::index::document::documents;
use imr::index::memory::Memory;
use imr::index::reader::Snapshot;
use imr::index::writer::LetterWriter;
use imr::index::{self, OpenIndex};
use imr::ingest::{Options, Reading, ingest, read_all};
use imr::letter;
use tantivy::indexer::{IndexWriterOptions, UserOperation};
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{IndexWriter, TantivyDocument};

use crate::synthesized::{argument, letters};
use crate::timing::{is_measuring, median, time};

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
        times[0].push(alone(&ready_printed, threads));
        times[1].push(whole(&tar, &printed, threads));
        times[2].push(alone(&ready_derived, threads));
        times[3].push(whole(&tar, &derived, threads));
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
        let letter = letter.expect("a letter made to be read");
        all.push(documents(&fields, &letter, &[]).expect("a letter is a document"));
        std::ops::ControlFlow::Continue(())
    });
    all
}

fn fresh() -> (tempfile::TempDir, OpenIndex) {
    let folder = tempfile::tempdir().expect("a folder for the index");
    let opened = index::open_or_create(folder.path()).expect("an index can be made");
    (folder, opened)
}

/// What `imr index` does, from the tar to the merged index.
fn whole(tar: &Path, options: &Options, threads: usize) -> Duration {
    let (_folder, opened) = fresh();
    let paths: Vec<PathBuf> = vec![tar.to_owned()];
    time(|| {
        let mut writer = LetterWriter::new(opened, threads, options.memory).expect("the index can be written");
        let totals = ingest(&paths, &mut writer, options, &mut |_, _| {}).expect("the letters are written");
        assert_eq!(totals.rejected, 0, "{:?}", totals.rejected_by_reason);
        writer.finish().expect("the index is committed");
    })
}

/// tantivy with the same settings, from documents to the merged index. Copying the documents is not counted.
fn alone(ready: &[Vec<TantivyDocument>], threads: usize) -> Duration {
    let (_folder, opened) = fresh();
    let documents = ready.to_vec();
    time(|| {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(Memory::default().of_indexing_thread(threads))
            .num_merge_threads(threads)
            .build();
        let mut writer: IndexWriter = opened.tantivy.writer_with_options(options).expect("the index can be written");
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for letter in documents {
            let operations: Vec<_> = letter.into_iter().map(UserOperation::Add).collect();
            writer.run(operations).expect("the documents are taken");
        }
        writer.commit().expect("the documents are committed");
        let segments = opened.tantivy.searchable_segment_ids().expect("the index is there");
        if segments.len() > 1 {
            writer.merge(&segments).wait().expect("the segments are merged");
        }
        writer.wait_merging_threads().expect("nothing is left to merge");
    })
}
