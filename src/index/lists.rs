//! The two lists that say what an index is, written where the library does not: for a new index and by a repair.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tantivy::Directory;

use super::directory::{IndexDirectory, MANAGED, META};
use super::{CommitNote, fields, is_own_file, settings};

/// Makes these segments the index in a folder, durably. The list of segments moves into place in one step: before it the
/// folder holds what it held, after it an index with its note.
///
/// # Errors
/// The disk refuses.
pub(super) fn write(folder: &Path, segments: &[Value], opstamp: u64, note: &CommitNote) -> tantivy::Result<()> {
    let meta = json!({
        "index_settings": settings(),
        "segments": segments,
        "schema": fields::schema(),
        "opstamp": opstamp,
        "payload": serde_json::to_string(note)?,
    });
    let directory = IndexDirectory::open(folder)?;
    // All files there are: those that are not in use are removed next, or by the next run.
    let names =
        fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    let managed: BTreeSet<String> =
        names.filter(|name| is_own_file(name) && !name.starts_with('.')).chain([META.into()]).collect();
    directory.sync_directory()?;
    directory.atomic_write(Path::new(MANAGED), &serde_json::to_vec(&managed)?)?;
    directory.atomic_write(Path::new(META), &serde_json::to_vec_pretty(&meta)?)?;
    Ok(())
}
