//! The members of a zip, in the order of its table of contents
//!
//! `ZipIterable` is chosen over `ZipArchive`, although the crate calls it unstable and asks
//! for an exact version: `ZipArchive` keeps one member for each name, so of two letters with
//! the same name it would silently skip the first, and it holds the whole table in memory.

use super::budget::ExpandedReader;
use super::{Place, Stop, Unpacking, deliver_contents, member_path};
use crate::intake::rejection::Rejection;
use std::io::{self, Read, Seek, SeekFrom};
use zip::read::{Config, OwnedZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipReadOptions};

/// How each entry of the table of contents begins
const TABLE_ENTRY_MAGIC: [u8; 4] = *b"PK\x01\x02";

/// Delivers every member, and a rejection for the archive if its table of contents is damaged
pub(super) fn deliver_members<S: Read + Seek>(
    source: S,
    place: &Place,
    unpacking: &mut Unpacking<'_>,
) -> Result<(), Stop> {
    let mut archive = match ZipIterable::try_new(source, Config::default()) {
        Ok(archive) => archive,
        Err(error) => return unpacking.reject_damage(place, in_words(&error)),
    };
    let entries = match archive.files() {
        Ok(entries) => entries,
        Err(error) => return unpacking.reject_damage(place, in_words(&error)),
    };
    let mut members = 0_u64;
    let mut table_position = None;
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => OwnedZipFileEntry::from(entry),
            Err(error) => return unpacking.reject_damage(place, in_words(&error)),
        };
        table_position = entries.reader_mut().stream_position().ok();
        if entry.is_dir() && entry.size() == 0 {
            continue;
        }
        members += 1;
        if let Err(error) = unpacking.budget.charge_member() {
            return unpacking.reject_damage(place, error.to_string());
        }
        deliver_member(&entry, entries.reader_mut(), place, unpacking)?;
    }

    if let Some(position) = table_position
        && table_goes_on(entries.reader_mut(), position)
    {
        let reason = "it lists more files than it says it holds; those were not read".to_owned();
        return unpacking.reject_damage(place, reason);
    }
    if members == 0 {
        return unpacking.reject(place, Rejection::Empty);
    }
    Ok(())
}

fn deliver_member<S: Read + Seek>(
    entry: &OwnedZipFileEntry,
    source: &mut S,
    archive: &Place,
    unpacking: &mut Unpacking<'_>,
) -> Result<(), Stop> {
    let name = match entry.name() {
        Ok(name) => name.into_owned(),
        Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
    };
    let place = archive.of_member(&name);
    if let Some(rejection) = refusal(entry, &name) {
        return unpacking.reject(&place, rejection);
    }
    // An entry that owns its data reads on to the member's end when it is dropped, however far
    // that is; a borrowed one does not.
    let file = match entry.as_ref().with_reader(source, ZipReadOptions::new()) {
        Ok(file) => file,
        Err(error) => return unpacking.reject_damage(&place, in_words(&error)),
    };
    let mut contents = ExpandedReader { source: file, budget: unpacking.budget };
    match deliver_contents(&mut contents, &place, unpacking) {
        Err(Stop::Source(error)) => unpacking.reject_damage(&place, error.to_string()),
        outcome => outcome,
    }
}

/// The reason not to open a member, as far as the table of contents tells
fn refusal(entry: &OwnedZipFileEntry, name: &str) -> Option<Rejection> {
    if member_path::escapes(name) {
        return Some(Rejection::MemberPathEscapes);
    }
    if entry.is_dir() {
        return Some(Rejection::NotARegularFile { what: "a folder with contents".to_owned() });
    }
    if entry.is_symlink() {
        return Some(Rejection::NotARegularFile { what: "a link to another file".to_owned() });
    }
    if entry.encrypted() {
        return Some(Rejection::EncryptedArchive);
    }
    match entry.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated => None,
        method => Some(Rejection::UnsupportedCompression { method: method_in_words(method) }),
    }
}

fn method_in_words(method: CompressionMethod) -> String {
    match method {
        CompressionMethod::DEFLATE64 => "Deflate64".to_owned(),
        CompressionMethod::BZIP2 => "bzip2".to_owned(),
        CompressionMethod::LZMA => "LZMA".to_owned(),
        CompressionMethod::ZSTD => "zstd in a zip".to_owned(),
        CompressionMethod::XZ => "xz in a zip".to_owned(),
        other => format!("zip method {other}"),
    }
}

/// Whether the table of contents holds entries beyond those that the end record counts
///
/// Tools without Zip64 count to 65,535 and start over, so a large zip of theirs claims a small
/// number of members.
fn table_goes_on<S: Read + Seek>(source: &mut S, position: u64) -> bool {
    let mut magic = [0; 4];
    let read = source.seek(SeekFrom::Start(position)).and_then(|_| source.read_exact(&mut magic));
    read.is_ok() && magic == TABLE_ENTRY_MAGIC
}

fn in_words(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => "the zip is cut short".to_owned(),
        other => other.to_string(),
    }
}
