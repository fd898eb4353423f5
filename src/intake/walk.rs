//! From the paths on the command line to every file in them
//!
//! The walk decides which files there are and in which order; what is in a file, the archive
//! module decides. Everything found ends in exactly one [`Delivery`], or in one for each
//! member if it is an archive. Two things only are passed over without one: folders themselves,
//! and search indexes of this program that lie among the letters.

use crate::intake::archive;
use crate::intake::delivery::{Delivery, Origin, STANDARD_INPUT};
use crate::intake::limits::Limits;
use crate::intake::rejection::Rejection;
use ignore::WalkBuilder;
use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Delivers every file under the paths, one at a time
///
/// The paths are taken in the order given, a folder by file name, an archive in its own order.
/// `-` reads standard input. Links to files are read; links to folders are not followed, so a
/// walk cannot go round in circles. Hidden files and files named in a `.gitignore` are read
/// like any other. A search index of this program among the letters is passed over whole.
///
/// Breaks when `deliver` does.
pub fn walk(
    paths: &[PathBuf],
    limits: &Limits,
    deliver: &mut dyn FnMut(Delivery) -> ControlFlow<()>,
) -> ControlFlow<()> {
    walk_with_input(paths, limits, &mut io::stdin(), deliver)
}

/// [`walk`] with something else in the place of standard input, as the tests of hostile archives need it
pub fn walk_with_input(
    paths: &[PathBuf],
    limits: &Limits,
    standard_input: &mut dyn Read,
    deliver: &mut dyn FnMut(Delivery) -> ControlFlow<()>,
) -> ControlFlow<()> {
    find_all(paths, &mut |found| {
        let Found { path, named_by_user, what } = found;
        let origin = Origin::of_path(path);
        match what {
            What::File { .. } => archive::deliver_file(path, origin, named_by_user, limits, deliver),
            What::StandardInput => archive::deliver_stream(standard_input, origin, named_by_user, limits, deliver),
            What::Refused(rejection) => deliver(Delivery::Rejected { origin, rejection, named_by_user }),
        }
    })
}

/// How much there is to walk
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files, an archive counting as one, and what will be rejected without being opened
    pub files: u64,
    /// Their bytes on disk
    pub bytes: u64,
}

/// Counts the files and bytes under the paths for a progress bar
///
/// Never fails: what cannot be looked at counts as a file of no bytes, and so does standard
/// input. Nothing is opened.
#[must_use]
pub fn survey(paths: &[PathBuf]) -> Survey {
    let mut survey = Survey::default();
    // The counting never breaks off, so how it ended says nothing.
    let _ = find_all(paths, &mut |found| {
        survey.files += 1;
        if let What::File { bytes } = found.what {
            survey.bytes = survey.bytes.saturating_add(bytes);
        }
        ControlFlow::Continue(())
    });
    survey
}

/// One thing under the paths that is no folder
struct Found<'path> {
    path: &'path Path,
    named_by_user: bool,
    what: What,
}

enum What {
    File { bytes: u64 },
    StandardInput,
    Refused(Rejection),
}

type Receive<'run> = &'run mut dyn FnMut(Found<'_>) -> ControlFlow<()>;

fn find_all(paths: &[PathBuf], receive: Receive<'_>) -> ControlFlow<()> {
    let mut standard_input_was_read = false;
    for path in paths {
        let what = if path.as_os_str() == STANDARD_INPUT {
            let already_read = std::mem::replace(&mut standard_input_was_read, true);
            if already_read { What::Refused(Rejection::StandardInputTwice) } else { What::StandardInput }
        } else if !path.is_dir() {
            what_is_at(path)
        } else if is_search_index(path) {
            What::Refused(Rejection::SearchIndex)
        } else {
            find_in_folder(path, receive)?;
            continue;
        };
        receive(Found { path, named_by_user: true, what })?;
    }
    ControlFlow::Continue(())
}

fn find_in_folder(folder: &Path, receive: Receive<'_>) -> ControlFlow<()> {
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(|entry| !(entry.file_type().is_some_and(|kind| kind.is_dir()) && is_search_index(entry.path())))
        .build();
    for entry in walk {
        match entry {
            // The folder that was given may itself be a link, which is no folder to its entry.
            Ok(entry) if entry.depth() == 0 => {}
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
            Ok(entry) => {
                let what = what_is_at(entry.path());
                receive(Found { path: entry.path(), named_by_user: false, what })?;
            }
            Err(error) => {
                let path = path_of(&error).unwrap_or(folder);
                let reason = match error.io_error() {
                    Some(cause) => cause.to_string(),
                    None => error.to_string(),
                };
                let named_by_user = path == folder;
                let what = What::Refused(Rejection::Unreadable { reason });
                receive(Found { path, named_by_user, what })?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// What a path leads to, without opening it: opening a pipe would wait for a writer for ever
fn what_is_at(path: &Path) -> What {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => What::File { bytes: metadata.len() },
        Ok(metadata) => {
            let what = in_words(metadata.file_type()).to_owned();
            What::Refused(Rejection::NotARegularFile { what })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => What::Refused(if path.is_symlink() {
            Rejection::Unreadable { reason: "it is a link to a missing file".to_owned() }
        } else {
            Rejection::NoSuchFile
        }),
        Err(error) => What::Refused(Rejection::Unreadable { reason: error.to_string() }),
    }
}

#[cfg(unix)]
fn in_words(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_dir() {
        "a link to a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn in_words(kind: fs::FileType) -> &'static str {
    if kind.is_dir() { "a link to a folder" } else { "a special file" }
}

/// Whether a folder is a search index that this program wrote
///
/// An index built among its letters must not reject its own files on the next run.
fn is_search_index(folder: &Path) -> bool {
    folder.join("meta.json").is_file()
        && [".tantivy-writer.lock", ".managed.json"].iter().any(|name| folder.join(name).is_file())
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
