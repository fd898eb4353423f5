//! The stored texts of one segment, read decision by decision even where the file is damaged.
//!
//! A whole file is read as the library reads it. In a damaged one the compressed blocks are looked for by the mark each
//! begins with, so that neither a flipped bit in one of them nor the loss of the table at the file's end costs the others.

use std::ops::Range;

use rayon::prelude::*;
use tantivy::directory::OwnedBytes;
use tantivy::store::StoreReader;
use tantivy::{TantivyDocument, TantivyError};

use super::super::document::{FieldHandles, Record, record};
use super::super::guard::guarded;
use super::files::{Files, Segment};

/// How a compressed block begins.
const BLOCK_MARK: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Before it stands the length of its content.
const LENGTH_BYTES: usize = 4;
/// A block that would unpack to more is no block: letters are far smaller.
const LARGEST_BLOCK: u64 = 256 * 1024 * 1024;
/// How a stored record begins.
const RECORD_START: &[u8] = b"{\"letter\":";
/// Blocks the library keeps unpacked, some for each thread that reads.
const CACHED_BLOCKS: usize = 32;
/// Decisions of a whole file that are in memory at a time.
const DECISIONS_AT_ONCE: u32 = 2048;
/// Decisions in a row that one thread reads, so that few blocks are unpacked by two.
const DECISIONS_IN_A_ROW: usize = 256;

/// What stands at a place of the file.
pub enum Slot {
    /// A decision with its number in the segment, where that is known.
    Record(Option<u32>, Box<Record>),
    /// One or more decisions that cannot be read.
    Gap,
}

/// The texts of a segment.
pub struct Store {
    fields: FieldHandles,
    content: Content,
}

enum Content {
    /// Nothing can be read.
    Lost,
    Whole {
        reader: Box<StoreReader>,
        decisions: Option<u32>,
    },
    Damaged {
        bytes: OwnedBytes,
        pieces: Vec<Piece>,
    },
}

/// A part of a damaged file.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    /// A block that can be unpacked, with the number of its first decision, where that is known.
    Block {
        at: Range<usize>,
        decisions: u32,
        first: Option<u32>,
    },
    Gap,
}

impl Store {
    /// Opens the texts of a segment; `is_whole` says that the file's checksum matches.
    pub fn open(files: &Files, fields: &FieldHandles, segment: &Segment, is_whole: bool) -> Self {
        let name = segment.file("store");
        let whole = || {
            let body = files.body(&name).ok()?;
            let reader = guarded(|| Ok(StoreReader::open(body, CACHED_BLOCKS)?)).ok()?;
            Some(Content::Whole { reader: Box::new(reader), decisions: segment.decisions })
        };
        let damaged = || {
            let bytes = guarded(|| Ok(files.raw(&name)?.read_bytes()?)).ok()?;
            let pieces = pieces(&bytes, segment.decisions);
            Some(Content::Damaged { bytes, pieces })
        };
        let content = is_whole.then(whole).flatten().or_else(damaged).unwrap_or(Content::Lost);
        Self { fields: fields.clone(), content }
    }

    /// Hands over every decision in order; decisions of which `wanted` says no are passed over unread.
    pub fn each(&self, wanted: &(dyn Fn(u32) -> bool + Sync), receive: &mut dyn FnMut(Slot)) {
        match &self.content {
            Content::Lost => receive(Slot::Gap),
            Content::Whole { reader, decisions } => {
                let end = decisions.unwrap_or(u32::MAX);
                let mut next = 0;
                while next < end {
                    let numbers: Vec<u32> = (next..end.min(next.saturating_add(DECISIONS_AT_ONCE))).collect();
                    next += numbers.len() as u32;
                    let read = |row: &[u32]| -> Vec<_> {
                        row.iter()
                            .filter(|number| wanted(**number))
                            .map(|&number| (number, self.read_whole(reader, number)))
                            .collect()
                    };
                    let read: Vec<Vec<_>> = numbers.par_chunks(DECISIONS_IN_A_ROW).map(read).collect();
                    for (number, record) in read.into_iter().flatten() {
                        match record {
                            Ok(record) => receive(Slot::Record(Some(number), record)),
                            // So the library says that a number is behind the last one.
                            Err(TantivyError::InvalidArgument(_)) if decisions.is_none() => return,
                            Err(_) => receive(Slot::Gap),
                        }
                    }
                }
            }
            Content::Damaged { bytes, pieces } => {
                for piece in pieces {
                    match piece {
                        Piece::Gap => receive(Slot::Gap),
                        Piece::Block { at, first, .. } => each_of_block(&bytes[at.clone()], *first, wanted, receive),
                    }
                }
            }
        }
    }

    fn read_whole(&self, reader: &StoreReader, number: u32) -> tantivy::Result<Box<Record>> {
        guarded(|| record(&self.fields, &reader.get::<TantivyDocument>(number)?)).map(Box::new)
    }
}

fn each_of_block(
    packed: &[u8],
    first: Option<u32>,
    wanted: &(dyn Fn(u32) -> bool + Sync),
    receive: &mut dyn FnMut(Slot),
) {
    let Some(block) = unpack(packed) else { return receive(Slot::Gap) };
    let Some(places) = places(&block) else { return receive(Slot::Gap) };
    for (place, number) in places.into_iter().zip(0..) {
        let number = first.map(|first| first + number);
        if number.is_some_and(|number| !wanted(number)) {
            continue;
        }
        match read(&block[place]) {
            Some(record) => receive(Slot::Record(number, Box::new(record))),
            None => receive(Slot::Gap),
        }
    }
}

/// The one stored value of a decision is its record; what stands before it tells its field and length.
fn read(stored: &[u8]) -> Option<Record> {
    let start = memchr::memmem::find(stored, RECORD_START)?;
    serde_json::Deserializer::from_slice(&stored[start..]).into_iter::<Record>().next()?.ok()
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().filter(|size| *size <= LARGEST_BLOCK)?;
    zstd::bulk::decompress(packed, size as usize).ok()
}

/// Where the decisions of a block stand in it: their beginnings, and how many, are written at its end.
fn places(block: &[u8]) -> Option<Vec<Range<usize>>> {
    let number = |end: usize| -> Option<usize> {
        let bytes = block.get(end.checked_sub(4)?..end)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let count = number(block.len())?;
    let table = block.len().checked_sub(count.checked_add(1)?.checked_mul(4)?)?;
    let starts: Vec<usize> = (1..=count).map(|index| number(table + 4 * index)).collect::<Option<_>>()?;
    let ends = starts.iter().skip(1).copied().chain([table]);
    let places: Vec<Range<usize>> = starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect();
    places.iter().all(|place| place.start <= place.end && place.end <= table).then_some(places)
}

/// Looks for the blocks of a damaged file. `all` is how many decisions the segment should have.
fn pieces(bytes: &[u8], all: Option<u32>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // The end of the last block: another one begins here, or something is lost.
    let mut end = 0;
    for mark in memchr::memmem::find_iter(bytes, &BLOCK_MARK) {
        if mark < end + LENGTH_BYTES {
            continue;
        }
        let frame = &bytes[mark..];
        let Some(length) = zstd::zstd_safe::find_frame_compressed_size(frame).ok().filter(|length| *length > 0) else {
            continue;
        };
        let Some(places) = unpack(&frame[..length]).as_deref().and_then(places) else { continue };
        if mark > end + LENGTH_BYTES {
            pieces.push(Piece::Gap);
        }
        end = mark + length;
        let decisions = u32::try_from(places.len()).unwrap_or(u32::MAX);
        pieces.push(Piece::Block { at: mark..end, decisions, first: None });
    }
    number(&mut pieces, all);
    pieces
}

/// Numbers the decisions before the first gap, and those after the only one.
fn number(pieces: &mut Vec<Piece>, all: Option<u32>) {
    let found =
        pieces.iter().map(|piece| if let Piece::Block { decisions, .. } = piece { *decisions } else { 0 }).sum();
    let mut gaps = pieces.iter().filter(|piece| **piece == Piece::Gap).count();
    // What follows the last block cannot be told from what was a block.
    if gaps == 0 && all.is_none_or(|all| all > found) {
        pieces.push(Piece::Gap);
        gaps = 1;
    }
    let lost = all.and_then(|all| all.checked_sub(found)).filter(|_| gaps == 1);
    let mut next = Some(0);
    for piece in pieces {
        match piece {
            Piece::Gap => next = next.zip(lost).map(|(next, lost)| next + lost),
            Piece::Block { decisions, first, .. } => {
                *first = next;
                next = next.map(|next| next + *decisions);
            }
        }
    }
}
