//! The two lists that say what an index is, written where the library does not: for a new index and by a repair.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use tantivy::Directory;

use super::directory::{IndexDirectory, MANAGED, META};
use super::{CommitNote, fields, own_files, settings};

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
    let own = own_files(folder)?.into_iter().filter(|name| !name.starts_with('.'));
    let managed: BTreeSet<String> = own.chain([META.into()]).collect();
    directory.sync_directory()?;
    directory.atomic_write(Path::new(MANAGED), &serde_json::to_vec(&managed)?)?;
    directory.atomic_write(Path::new(META), &serde_json::to_vec_pretty(&meta)?)?;
    Ok(())
}
