//! Making damaged parts of an index anew from the letters stored in it.
//!
//! New segments are written beside the old ones; one replacement of the list of segments then puts them in their place.
//! Whatever interrupts it before, the index is as it was.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use tantivy::indexer::UserOperation;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{Index, IndexWriter};

use super::super::directory::{ASIDE, IndexDirectory, MANAGED, META};
use super::super::document::{FieldHandles, OtherSource, Record, documents};
use super::super::{
    CommitNote, IndexError, failed_to_write, fields, is_lock, is_own_file, lists, lock_for_writing, register_analyses,
    settings, unwritable,
};
use super::files::{Files, names};
use super::salvage::{Kept, RunId, Runs, choose};
use super::store::{Slot, Store};
use super::{Damage, Examination, INCOMPLETE, State, examine};
use crate::letter::model::{Decision, Diagnostic, DiagnosticCode};

/// Memory of the one indexing thread, in bytes.
const MEMORY: usize = 64 * 1024 * 1024;

/// What a repair did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Repaired {
    /// What was wrong.
    pub damage: Vec<Damage>,
    /// Decisions written anew.
    pub rewritten: u64,
    /// Decisions that could not be saved, as far as they can be counted.
    pub lost: u64,
    /// Letters these belong to, as far as the columns name them.
    pub lost_letters: Vec<String>,
    /// Letters saved from a damaged file: decisions may be missing and words wrong until their files are indexed again.
    pub incomplete_letters: Vec<String>,
    /// Decisions that had been removed and are back, at most.
    pub may_be_back: u64,
    /// The list of segments was lost: which letters had been removed cannot be told.
    pub list_lost: bool,
    /// Files that belonged to nothing.
    pub removed_files: u64,
}

/// Repairs an index.
///
/// # Errors
/// There is no index, it is of another format, another imr writes it, or the disk refuses; then it stays as it was.
pub fn repair(folder: &Path, progress: &mut dyn FnMut(u64)) -> Result<Repaired, IndexError> {
    super::files::lists(folder)?;
    let _lock = lock_for_writing(folder)?;
    // What an interrupted repair left is in nobody's list.
    remove(folder, &names(folder)?, |name| name.starts_with(ASIDE))?;
    let before = names(folder)?;
    let examination = examine(folder, progress)?;
    // What was not counted as damage is still to be read as it is: a letter cut short by an earlier repair waits for its file.
    let result = repair_examined(folder, &examination, progress);
    if result.is_err() {
        // The new files are in no list; their room may be needed. The error says more than a failure to remove them.
        let _ = remove(folder, &names(folder)?, |name| !before.iter().any(|known| known == name));
    }
    result
}

fn repair_examined(
    folder: &Path,
    examination: &Examination,
    progress: &mut dyn FnMut(u64),
) -> Result<Repaired, IndexError> {
    let Examination { health, lists, segments, lists_damaged } = examination;
    let list_lost = lists.meta.is_none();
    let mut repaired = Repaired {
        damage: health.damage.clone(),
        lost_letters: health.unreadable_letters.clone(),
        list_lost,
        ..Repaired::default()
    };
    let is_rebuilt = |examined: &super::Examined| list_lost || examined.damaged;
    let mut entries: Vec<Value> = Vec::new();
    if health.state == State::Damaged && segments.iter().any(is_rebuilt) {
        let failed = |error: tantivy::TantivyError| failed_to_write(folder, &error);
        let files = Files::open(folder)?;
        let handles = FieldHandles::of(&fields::schema()).map_err(failed)?;
        let kept = choose(&files, &handles, segments, &is_rebuilt, list_lost, progress);
        entries = write_anew(folder, &files, &handles, segments, &kept, progress).map_err(failed)?;
        repaired.rewritten = kept.decisions;
        repaired.lost = kept.lost;
        repaired.incomplete_letters = kept.incomplete;
        repaired.may_be_back = kept.may_be_back;
    }
    if health.state == State::Damaged || *lists_damaged {
        let whole = segments.iter().filter(|examined| !is_rebuilt(examined));
        entries.splice(0..0, whole.map(|examined| examined.segment.entry.clone()));
        replace_lists(folder, examination, &entries)?;
    }
    let listed: HashSet<String> = super::files::lists(folder)?
        .segments
        .iter()
        .flat_map(super::files::Segment::files)
        .chain([META.into(), MANAGED.into()])
        .collect();
    let is_left_over = |name: &str| is_own_file(name) && !listed.contains(name) && !is_lock(name);
    repaired.removed_files = remove(folder, &names(folder)?, is_left_over)?;
    Ok(repaired)
}

/// Writes what is kept as new segments; gives their entries for the list of segments.
fn write_anew(
    folder: &Path,
    files: &Files,
    handles: &FieldHandles,
    segments: &[super::Examined],
    kept: &Kept,
    progress: &mut dyn FnMut(u64),
) -> tantivy::Result<Vec<Value>> {
    let index = Index::create(IndexDirectory::aside(folder)?, fields::schema(), settings())?;
    register_analyses(&index);
    let mut writer: IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let mut written: HashMap<RunId, BTreeSet<u32>> = HashMap::new();
    let mut failure = None;
    let mut count = 0_u64;
    for (place, examined) in segments.iter().enumerate() {
        if !kept.runs.keys().any(|run| run.0 == place) {
            continue;
        }
        let store = Store::open(files, handles, &examined.segment, examined.store_whole);
        let mut runs = Runs::default();
        store.each(&|number| examined.alive.counts(number), &mut |slot| {
            let Slot::Record(_, mut record) = slot else { return };
            let Some(ordinal) = record.letter.decisions.first().map(Decision::ordinal) else { return };
            let run = (place, runs.of(&record, ordinal));
            let Some(complete) = kept.runs.get(&run) else { return };
            if failure.is_some() || !written.entry(run).or_default().insert(ordinal) {
                return;
            }
            if !complete {
                mark_incomplete(&mut record);
            }
            let added = documents(handles, &mut record.letter, &record.other_sources)
                .and_then(|new| writer.run(new.into_iter().map(UserOperation::Add)));
            match added {
                Ok(_) => count += 1,
                Err(error) => failure = Some(error),
            }
            if count.is_multiple_of(1000) {
                progress(count);
            }
        });
    }
    if let Some(error) = failure {
        return Err(error);
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let written = index.reader()?.searcher().num_docs();
    if written != kept.decisions {
        return Err(tantivy::TantivyError::InternalError(format!(
            "{written} decisions were written where {} were read",
            kept.decisions
        )));
    }
    let metas = serde_json::to_value(index.load_metas()?)?;
    Ok(metas["segments"].as_array().cloned().unwrap_or_default())
}

/// Takes the content hash from a letter that is not surely as it was, so that its file is read anew.
fn mark_incomplete(record: &mut Record) {
    let hash = &mut record.letter.source.content_hash;
    if hash.starts_with(INCOMPLETE) {
        return;
    }
    *hash = format!("{INCOMPLETE}{hash}");
    // Nor may a copy in another file count as known.
    let superseded = |other: &OtherSource| other.superseded;
    record.other_sources.retain(superseded);
    record.letter.diagnostics.push(Diagnostic {
        code: DiagnosticCode::Missing,
        message: "saved from a damaged index: decisions may be missing and words wrong until its file is indexed again"
            .into(),
        line: None,
        page: None,
        byte: None,
    });
}

/// Puts the new list of segments in the place of the old, durably: the one step that changes the index.
fn replace_lists(folder: &Path, examination: &Examination, segments: &[Value]) -> Result<(), IndexError> {
    let meta = examination.lists.meta.as_ref();
    let opstamps = examination.segments.iter().filter_map(|examined| examined.segment.deletes.as_ref());
    let highest = opstamps.map(|deletes| deletes.opstamp).max().unwrap_or(0);
    let note = meta
        .and_then(|meta| serde_json::from_str::<CommitNote>(meta["payload"].as_str()?).ok())
        .map_or_else(CommitNote::new, |note| CommitNote { created: note.created, ..CommitNote::new() });
    let opstamp = meta.and_then(|meta| meta["opstamp"].as_u64()).unwrap_or(0).max(highest);
    lists::write(folder, segments, opstamp, &note).map_err(|error| failed_to_write(folder, &error))
}

/// Removes the files that are to go; gives how many there were.
fn remove(folder: &Path, names: &[String], is_to_go: impl Fn(&str) -> bool) -> Result<u64, IndexError> {
    let mut removed = 0;
    for name in names.iter().filter(|name| is_own_file(name) && is_to_go(name)) {
        fs::remove_file(folder.join(name)).map_err(|error| unwritable(folder, &error))?;
        removed += 1;
    }
    Ok(removed)
}
