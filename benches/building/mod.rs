//! Building an index two ways: as `imr index` does, and by tantivy alone, with the same settings, from documents that stand
//! ready in memory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use imr::index::memory::Memory;
use imr::index::writer::LetterWriter;
use imr::index::{self, OpenIndex};
use imr::ingest::{Options, ingest};
use tantivy::indexer::{IndexWriterOptions, UserOperation};
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{Index, IndexWriter, TantivyDocument};
use tempfile::TempDir;

use crate::timing::time;

/// An index that was built, in a folder that goes with it.
pub struct Built {
    pub took: Duration,
    #[allow(dead_code, reason = "not every bench searches what it built")]
    pub folder: TempDir,
}

fn fresh() -> (TempDir, OpenIndex) {
    let folder = tempfile::tempdir().expect("a folder for the index");
    let opened = index::open_or_create(folder.path()).expect("an index can be made");
    (folder, opened)
}

/// What `imr index` does, from the tar to the merged index.
pub fn whole(tar: &Path, options: &Options, threads: usize) -> Built {
    let (folder, opened) = fresh();
    let paths: Vec<PathBuf> = vec![tar.to_owned()];
    let took = time(|| {
        let mut writer = LetterWriter::new(opened, threads, options.memory).expect("the index can be written");
        let totals = ingest(&paths, &mut writer, options, &mut |_, _| {}).expect("the letters are written");
        assert_eq!(totals.rejected, 0, "{:?}", totals.rejected_by_reason);
        writer.finish().expect("the index is committed");
    });
    Built { took, folder }
}

/// tantivy with the same settings, from the documents of each letter to the merged index. Copying the documents is not
/// counted. The index has no note of `imr` and is opened by `OpenIndex` only.
pub fn alone(ready: &[Vec<TantivyDocument>], threads: usize) -> (Built, OpenIndex) {
    let (folder, opened) = fresh();
    let documents = ready.to_vec();
    let took = time(|| write_and_merge(&opened.tantivy, documents, threads));
    (Built { took, folder }, opened)
}

fn write_and_merge(index: &Index, documents: Vec<Vec<TantivyDocument>>, threads: usize) {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(threads)
        .memory_budget_per_thread(Memory::default().of_indexing_thread(threads))
        .num_merge_threads(1)
        .build();
    let mut writer: IndexWriter = index.writer_with_options(options).expect("the index can be written");
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for letter in documents {
        let operations: Vec<_> = letter.into_iter().map(UserOperation::Add).collect();
        writer.run(operations).expect("the documents are taken");
    }
    writer.commit().expect("the documents are committed");
    let segments = index.searchable_segment_ids().expect("the index is there");
    if segments.len() > 1 {
        writer.merge(&segments).wait().expect("the segments are merged");
    }
    writer.wait_merging_threads().expect("nothing is left to merge");
}
