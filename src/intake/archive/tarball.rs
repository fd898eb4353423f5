//! The members of a tar, one after the other as they stream by
//!
//! The list of members is never held: a tar of two million letters costs as much memory as
//! one of two.

use super::budget::ExpandedReader;
use super::{Place, Stop, Unpacking, deliver_contents, member_path};
use crate::intake::rejection::Rejection;
use std::cell::Cell;
use std::io::{self, BufReader, Read};
use tar::EntryType;

/// How far beyond a member the search for the next one may read
///
/// 8 MiB: long names and attributes are held in memory by the `tar` crate at whatever length
/// they claim, so this is what they may cost; real ones take a few KiB. Zeros at the end of a
/// tape image count towards it too, which is why it is not smaller.
const BETWEEN_MEMBERS_BYTES: u64 = 8 << 20;

/// The size of a header, and of each of the zero blocks that mark the end
const BLOCK_BYTES: u64 = 512;

/// Delivers every member, and a rejection for the archive if it ends in damage
pub(super) fn deliver_members(source: &mut dyn Read, place: &Place, unpacking: &mut Unpacking<'_>) -> Result<(), Stop> {
    let watch = Watch::default();
    let source = WatchedReader { source: BufReader::with_capacity(1 << 16, source), watch: &watch };
    let mut archive = tar::Archive::new(source);
    // Two tars written one after the other are read as one; stopping at the first end mark
    // would silently skip the second.
    archive.set_ignore_zeros(true);
    let mut entries = archive.entries()?;

    let mut previous_member_bytes = 0;
    let mut members = 0_u64;
    loop {
        watch.start_search(previous_member_bytes);
        let entry = match entries.next() {
            Some(Ok(entry)) => entry,
            Some(Err(error)) => return unpacking.reject_damage(place, error.to_string()),
            None => break,
        };
        watch.end_search();

        // Sparse members alone are larger than the bytes that they occupy.
        previous_member_bytes = match entry.header().entry_type() {
            EntryType::GNUSparse => entry.header().entry_size().unwrap_or(entry.size()),
            _ => entry.size(),
        };
        if is_no_file(&entry) {
            continue;
        }
        members += 1;
        if let Err(error) = unpacking.budget.charge_member() {
            return unpacking.reject_damage(place, error.to_string());
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match deliver_member(entry, &name, &place.of_member(&name), unpacking) {
            Err(Stop::Source(error)) => {
                let reason = format!("it breaks off inside `{name}`: {error}");
                return unpacking.reject_damage(place, reason);
            }
            outcome => outcome?,
        }
    }

    if !watch.saw_end_mark() {
        let reason = "its end mark is missing, so files may be missing too".to_owned();
        return unpacking.reject_damage(place, reason);
    }
    if members == 0 {
        return unpacking.reject(place, Rejection::Empty);
    }
    Ok(())
}

/// Whether the entry is a folder, or speaks of the archive as a whole
fn is_no_file(entry: &tar::Entry<'_, impl Read>) -> bool {
    match entry.header().entry_type() {
        EntryType::Directory | EntryType::XGlobalHeader => true,
        // Tars from before 1988 mark a folder by a slash at the end of its name.
        EntryType::Regular => entry.path_bytes().ends_with(b"/") && entry.size() == 0,
        _ => false,
    }
}

fn deliver_member(
    entry: tar::Entry<'_, impl Read>,
    name: &str,
    place: &Place,
    unpacking: &mut Unpacking<'_>,
) -> Result<(), Stop> {
    if member_path::escapes(name) {
        return unpacking.reject(place, Rejection::MemberPathEscapes);
    }
    let entry_type = entry.header().entry_type();
    let mut source = WholeReader { remaining: entry.size(), source: entry };
    match entry_type {
        EntryType::Regular | EntryType::Continuous => deliver_contents(&mut source, place, unpacking),
        EntryType::GNUSparse => {
            // The holes are made up here, not read, so they count as grown.
            let mut source = ExpandedReader { source, budget: unpacking.budget };
            deliver_contents(&mut source, place, unpacking)
        }
        _ => {
            let what = in_words(entry_type).to_owned();
            unpacking.reject(place, Rejection::NotARegularFile { what })
        }
    }
}

fn in_words(entry_type: EntryType) -> &'static str {
    match entry_type {
        EntryType::Link | EntryType::Symlink => "a link to another file",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a pipe",
        _ => "a special entry",
    }
}

/// What the reader below the `tar` crate learns and enforces
#[derive(Default)]
struct Watch {
    /// How many bytes may be read before the next member; no limit within a member
    search_allowance: Cell<Option<u64>>,
    /// How many of the bytes read last are zeros
    trailing_zeros: Cell<u64>,
}

impl Watch {
    fn start_search(&self, previous_member_bytes: u64) {
        let allowance = previous_member_bytes.saturating_add(BETWEEN_MEMBERS_BYTES);
        self.search_allowance.set(Some(allowance));
        self.trailing_zeros.set(0);
    }

    fn end_search(&self) {
        self.search_allowance.set(None);
    }

    /// A member is padded with less than a block of zeros, so a whole block is the end mark
    fn saw_end_mark(&self) -> bool {
        self.trailing_zeros.get() >= BLOCK_BYTES
    }

    fn count(&self, bytes: &[u8]) -> io::Result<()> {
        let zeros = match bytes.iter().rposition(|byte| *byte != 0) {
            Some(last) => bytes.len() - 1 - last,
            None => bytes.len() + usize::try_from(self.trailing_zeros.get()).unwrap_or(usize::MAX),
        };
        self.trailing_zeros.set(zeros as u64);
        let Some(allowance) = self.search_allowance.get() else {
            return Ok(());
        };
        let Some(rest) = allowance.checked_sub(bytes.len() as u64) else {
            return Err(io::Error::other("the description of its next file is far too long"));
        };
        self.search_allowance.set(Some(rest));
        Ok(())
    }
}

struct WatchedReader<'watch, R> {
    source: R,
    watch: &'watch Watch,
}

impl<R: Read> Read for WatchedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.watch.count(&buffer[..length])?;
        Ok(length)
    }
}

/// Fails where a member ends before the size that its header promised
///
/// The `tar` crate reports such an end as the end of the member: a cut letter would pass for
/// a whole one.
struct WholeReader<R> {
    source: R,
    remaining: u64,
}

impl<R: Read> Read for WholeReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        if length == 0 && self.remaining > 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is cut short"));
        }
        self.remaining = self.remaining.saturating_sub(length as u64);
        Ok(length)
    }
}
