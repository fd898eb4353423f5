//! The index on disk: opening, creating, refusing. The only room that knows tantivy's schema and writer.
//!
//! One tantivy document is one decision. The index is the only state: its format version and dates travel in the payload
//! of each commit, so they are replaced atomically with the data, and a killed build leaves the last commit.

pub mod analysis;
pub mod check;
pub mod directory;
pub mod document;
pub mod fields;
pub mod guard;
pub mod known;
mod lists;
pub mod memory;
mod merging;
pub mod plain_words;
pub mod reader;
mod room;
pub mod twins;
pub mod writer;

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tantivy::directory::error::LockError;
use tantivy::directory::{DirectoryLock, INDEX_WRITER_LOCK, META_LOCK};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::{LowerCaser, RawTokenizer, TextAnalyzer};
use tantivy::{Directory, Index, IndexSettings};

use self::directory::IndexDirectory;

/// Format of the index. An index of another format is refused, with the command that rebuilds it.
///
/// It grows with every change to `schema/fields.toml`, the analysis or the stored record that older data does not meet.
pub const INDEX_FORMAT: u32 = 4;

/// Documents are compressed in blocks of this size: the decisions of one letter repeat its summary, and larger blocks
/// find more of it. Of 33.7 MB of records zstd makes 8.6 MB in blocks of 64 KiB at its level 3, 7.6 MB in blocks of 128
/// KiB, and 7.1 MB of these at level 6; a block is unpacked in 0.1 ms.
const DOCSTORE_BLOCK_BYTES: usize = 128 * 1024;
const DOCSTORE_LEVEL: i32 = 6;

/// What can be wrong with an index directory.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("there is no index in `{}`", .directory.display())]
    Absent { directory: PathBuf },
    #[error("`{}` holds other files and no index", .directory.display())]
    Occupied { directory: PathBuf },
    #[error("the index in `{}` has format {found}, this version of imr reads format {INDEX_FORMAT}", .directory.display())]
    OtherFormat { directory: PathBuf, found: String },
    #[error("the index in `{}` is being written by another imr", .directory.display())]
    Locked { directory: PathBuf },
    #[error("the index in `{}` cannot be used: {reason}", .directory.display())]
    Broken { directory: PathBuf, reason: String },
    #[error("cannot write to `{}`: {reason}", .directory.display())]
    Unwritable { directory: PathBuf, reason: String },
}

impl IndexError {
    /// The next step, for the person at the command line.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            IndexError::Absent { directory } => {
                format!(
                    "make one with `imr index LETTERS --index {}`, or search letters directly with `imr search --letters LETTERS …`",
                    directory.display()
                )
            }
            IndexError::Occupied { .. } => "name an empty or new folder with `--index`".into(),
            IndexError::Broken { directory, .. } => check_hint(directory),
            // No version wrote such a note: it is damaged.
            IndexError::OtherFormat { directory, found } if found.parse::<u64>().is_err() => check_hint(directory),
            IndexError::OtherFormat { directory, .. } => {
                format!(
                    "build it anew from the letters with `imr index LETTERS --index {} --rebuild`",
                    directory.display()
                )
            }
            IndexError::Locked { .. } => {
                "wait until it has finished, then run the command again; searching works meanwhile".into()
            }
            IndexError::Unwritable { .. } => "check the folder's permissions and the space left on its disk".into(),
        }
    }
}

/// The next step where an index may be damaged.
#[must_use]
pub fn check_hint(directory: &Path) -> String {
    format!("see what is damaged, and what brings it back, with `imr check --index {}`", directory.display())
}

/// What travels with each commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitNote {
    pub format: u32,
    /// Version of the program that wrote it.
    pub imr: String,
    /// When the index was made, in UTC.
    pub created: jiff::Timestamp,
    /// When it was last changed, in UTC.
    pub updated: jiff::Timestamp,
}

impl CommitNote {
    fn new() -> Self {
        let now = jiff::Timestamp::now();
        Self { format: INDEX_FORMAT, imr: env!("CARGO_PKG_VERSION").into(), created: now, updated: now }
    }
}

/// An index that was opened and can be read by this version.
pub struct OpenIndex {
    pub directory: PathBuf,
    pub tantivy: Index,
    pub note: CommitNote,
}

/// Opens an index for reading or writing.
///
/// # Errors
/// There is none, it is of another format, or its files cannot be read.
pub fn open(directory: &Path) -> Result<OpenIndex, IndexError> {
    if !directory.join("meta.json").is_file() {
        let directory = directory.to_owned();
        return Err(if holds_segments(&directory) {
            IndexError::Broken { directory, reason: "its file `meta.json` is missing".into() }
        } else {
            IndexError::Absent { directory }
        });
    }
    let tantivy = open_files(directory).map_err(|error| unusable(directory, &error))?;
    let payload = tantivy.load_metas().map_err(|error| unusable(directory, &error))?.payload;
    let note = read_note(directory, payload.as_deref())?;
    if tantivy.schema() != fields::schema() {
        return Err(IndexError::OtherFormat {
            directory: directory.to_owned(),
            found: format!("{INDEX_FORMAT} with other fields"),
        });
    }
    register_analyses(&tantivy);
    Ok(OpenIndex { directory: directory.to_owned(), tantivy, note })
}

fn open_files(directory: &Path) -> tantivy::Result<Index> {
    guard::guarded(|| Index::open(IndexDirectory::open(directory)?))
}

/// Whether decisions lie in a folder that has lost the list of them.
fn holds_segments(directory: &Path) -> bool {
    own_files(directory).is_ok_and(|names| names.iter().any(|name| is_store(name)))
}

fn read_note(directory: &Path, payload: Option<&str>) -> Result<CommitNote, IndexError> {
    let other = |found: String| IndexError::OtherFormat { directory: directory.to_owned(), found };
    let payload: serde_json::Value =
        payload.and_then(|payload| serde_json::from_str(payload).ok()).ok_or_else(|| other("unknown".into()))?;
    // The format is read before the rest, whose shape another version may have changed.
    let format = payload.get("format").and_then(serde_json::Value::as_u64);
    if format != Some(u64::from(INDEX_FORMAT)) {
        return Err(other(format.map_or("unknown".into(), |format| format.to_string())));
    }
    serde_json::from_value(payload).map_err(|error| other(format!("{INDEX_FORMAT} with a damaged note ({error})")))
}

/// Opens the index, or makes an empty one where there is none.
///
/// # Errors
/// As [`open`]; the folder holds other files; or it cannot be written.
pub fn open_or_create(directory: &Path) -> Result<OpenIndex, IndexError> {
    match open(directory) {
        Err(IndexError::Absent { .. }) => create(directory),
        // An early version left such a one where a build was killed at its start.
        Err(IndexError::OtherFormat { found, directory: at }) if found == "unknown" && holds_nothing(&at) => {
            create(directory)
        }
        other => other,
    }
}

fn create(directory: &Path) -> Result<OpenIndex, IndexError> {
    fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    if holds_other_files(directory)? {
        return Err(IndexError::Occupied { directory: directory.to_owned() });
    }
    let _lock = lock_for_writing(directory)?;
    // Several may have seen that there is none; the others find the one that the first has made.
    match open(directory) {
        Err(IndexError::Absent { .. }) => {}
        Err(IndexError::OtherFormat { found, .. }) if found == "unknown" && holds_nothing(directory) => {
            remove_files(directory)?;
        }
        other => return other,
    }
    // With its note from the beginning, so that a killed build is known as one of ours.
    lists::write(directory, &[], 0, &CommitNote::new()).map_err(|error| failed_to_write(directory, &error))?;
    sync_parent(directory);
    open(directory)
}

/// Takes the lock of the one who writes, whatever the state of the index in the folder.
///
/// # Errors
/// Another process has it, or the folder cannot be written.
pub fn lock_for_writing(folder: &Path) -> Result<DirectoryLock, IndexError> {
    let files = IndexDirectory::open(folder).map_err(|error| unwritable(folder, &error))?;
    files.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| match error {
        LockError::LockBusy => IndexError::Locked { directory: folder.to_owned() },
        LockError::IoError(error) => unwritable(folder, &error),
    })
}

fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(DOCSTORE_LEVEL) }),
        docstore_blocksize: DOCSTORE_BLOCK_BYTES,
        ..IndexSettings::default()
    }
}

/// Makes the name of a new folder durable. Not every system can; then the folder stands as any other new one.
pub fn sync_parent(directory: &Path) {
    let parent = match directory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let _ = fs::File::open(parent).and_then(|parent| parent.sync_all());
}

/// Whether a file is one of an index: told by its name, since the list of an unreadable index may be gone.
fn is_own_file(name: &str) -> bool {
    let is_segment_file = name.split_once('.').is_some_and(|(segment, ending)| {
        let ending = ending.rsplit('.').next().unwrap_or(ending);
        segment.len() == 32
            && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
            && matches!(ending, "store" | "idx" | "pos" | "term" | "fast" | "fieldnorm" | "del" | "temp")
    });
    is_segment_file || matches!(name, "meta.json" | ".managed.json") || is_left_over(name)
}

/// The files in a folder that are those of an index.
fn own_files(folder: &Path) -> std::io::Result<Vec<String>> {
    let names =
        fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(names.filter(|name| is_own_file(name)).collect())
}

/// A lock says by being held, not by being there, that an index is written.
fn is_lock(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "lock")
}

/// Whether a file holds the texts of a segment.
fn is_store(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "store")
}

/// Files that tantivy leaves where a build was killed before it wrote an index.
fn is_left_over(name: &str) -> bool {
    name.starts_with(".tantivy-") || name.starts_with(".tmp") || name == ".managed.json"
}

/// Whether a folder holds files that are no part of an index.
///
/// # Errors
/// The folder cannot be read.
pub fn holds_other_files(directory: &Path) -> Result<bool, IndexError> {
    let mut entries = fs::read_dir(directory).map_err(|error| unwritable(directory, &error))?;
    Ok(entries.any(|entry| entry.is_ok_and(|entry| !is_own_file(&entry.file_name().to_string_lossy()))))
}

fn holds_nothing(directory: &Path) -> bool {
    open_files(directory)
        .and_then(|index| index.load_metas())
        .is_ok_and(|meta| meta.payload.is_none() && meta.segments.is_empty())
}

/// Moves a finished index into the folder of another, whose files go. The list of segments moves in one step, so whatever
/// interrupts it, the folder holds the old index or the new one.
///
/// # Errors
/// A file cannot be moved; the old index then stays.
pub fn take_place(new: &Path, old: &Path) -> Result<(), IndexError> {
    let mut names = own_files(new).map_err(|error| unwritable(new, &error))?;
    names.retain(|name| !is_lock(name));
    // The lists last, and the list of segments last of all, when its files are there for good.
    names.sort_by_key(|name| (name == directory::META, name == directory::MANAGED));
    for name in &names {
        if name == directory::META {
            sync(old).map_err(|error| unwritable(old, &error))?;
        }
        fs::rename(new.join(name), old.join(name)).map_err(|error| unwritable(old, &error))?;
    }
    sync(old).map_err(|error| unwritable(old, &error))?;
    for name in own_files(old).map_err(|error| unwritable(old, &error))? {
        if !names.contains(&name) && !is_lock(&name) {
            fs::remove_file(old.join(name)).map_err(|error| unwritable(old, &error))?;
        }
    }
    discard(new)
}

/// Removes the files of an index that nobody writes any more, and its folder where it holds nothing else.
///
/// # Errors
/// A file cannot be removed.
pub fn discard(folder: &Path) -> Result<(), IndexError> {
    remove_files(folder)?;
    let locks = [&INDEX_WRITER_LOCK, &META_LOCK];
    // What cannot go does no harm.
    let _ = locks.map(|lock| fs::remove_file(folder.join(&lock.filepath)));
    let _ = fs::remove_dir(folder);
    Ok(())
}

/// Makes the names in a folder durable.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Removes the files of an index, and only those; the folder stays, and so do the locks, which others may hold.
///
/// # Errors
/// A file cannot be removed.
pub fn remove_files(directory: &Path) -> Result<(), IndexError> {
    let mut own = own_files(directory).map_err(|error| unwritable(directory, &error))?;
    own.retain(|name| !is_lock(name));
    // The list of files goes last: without it what is left is no index.
    own.sort_by_key(|name| name == directory::META);
    for name in own {
        match fs::remove_file(directory.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unwritable(directory, &error)),
            _ => {}
        }
    }
    Ok(())
}

fn register_analyses(index: &Index) {
    index.tokenizers().register(fields::TEXT_ANALYSIS, TextAnalyzer::from(analysis::LetterTokenizer::with_names()));
    let keyword = TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).build();
    index.tokenizers().register(fields::KEYWORD_ANALYSIS, keyword);
}

fn unusable(directory: &Path, error: &tantivy::TantivyError) -> IndexError {
    IndexError::Broken { directory: directory.to_owned(), reason: error.to_string() }
}

/// What went wrong while an index was written: another writer, the disk, or its files.
fn failed_to_write(directory: &Path, error: &tantivy::TantivyError) -> IndexError {
    use tantivy::TantivyError::{IoError, LockFailure, OpenWriteError};
    match error {
        LockFailure(LockError::LockBusy, _) => IndexError::Locked { directory: directory.to_owned() },
        IoError(_) | OpenWriteError(_) | LockFailure(LockError::IoError(_), _) => unwritable(directory, error),
        error => unusable(directory, error),
    }
}

fn unwritable(directory: &Path, error: &impl std::fmt::Display) -> IndexError {
    IndexError::Unwritable { directory: directory.to_owned(), reason: error.to_string() }
}
