//! The tables of contents at the end of a PDF, looked at before the library reads them: where each object stands.
//!
//! A table may be packed like any stream and claims how many entries it has, and how wide; the library makes room for
//! what is claimed. Tables refer to earlier ones.

use std::collections::{HashMap, HashSet, hash_map};
use std::ops::Range;

use pdf_extract::{Dictionary, Object, Stream};

use super::syntax::{Entry, Syntax};
use super::weight::refuse_heavy;
use crate::intake::rejection::Rejection;

/// Entries of one table; a letter has some hundred objects.
const MOST_ENTRIES: i64 = 1_000_000;
/// Bytes that a packed table may unpack to.
const MOST_TABLE_BYTES: usize = 16 << 20;
/// Bytes unpacked to find the lengths of streams.
const MOST_UNPACKED_FOR_LENGTHS: usize = 256 << 20;
/// Earlier tables: a PDF has one for each time it was changed.
const MOST_TABLES: usize = 256;
/// Bytes of one number in a table.
const WIDEST_NUMBER: i64 = 8;

/// What the tables say of the whole file.
pub(super) struct Tables {
    /// Where the newest table names the encryption, if it does.
    pub(super) encryption: Option<Range<usize>>,
}

/// Looks at every table, from the newest to the oldest.
///
/// `bytes` begin at the marker `%PDF-`, from where a PDF counts its places. `lengths` are the objects that hold the
/// length of a stream: one that stands in an object stream has the library unpack that on the way, so it is weighed here.
pub(super) fn look_at(bytes: &[u8], lengths: &HashSet<u64>) -> Result<Tables, Rejection> {
    let first = newest(bytes).ok_or_else(|| broken("it does not say where its table of contents stands"))?;
    let mut tables = Tables { encryption: None };
    let mut waiting = vec![first];
    let mut seen = HashSet::new();
    while let Some(at) = waiting.pop() {
        if !seen.insert(at) {
            continue;
        }
        if seen.len() > MOST_TABLES {
            return Err(broken("it has more tables of contents than any letter"));
        }
        let entries = table_at(bytes, at, lengths)?;
        for entry in &entries {
            let value = &bytes[entry.value.clone()];
            if matches!(entry.name.as_slice(), b"Prev" | b"XRefStm") {
                let earlier = std::str::from_utf8(value).ok().and_then(|number| number.trim().parse::<u64>().ok());
                let earlier = earlier.filter(|at| *at <= bytes.len() as u64);
                let misplaced = || broken("it refers to a table of contents outside of itself");
                waiting.push(earlier.ok_or_else(misplaced)? as usize);
            }
            if at == first && entry.name == b"Encrypt" && tables.encryption.replace(entry.name_at.clone()).is_some() {
                return Err(broken("it names its encryption twice"));
            }
        }
    }
    Ok(tables)
}

/// The number after the last "startxref" before the end.
fn newest(bytes: &[u8]) -> Option<usize> {
    let tail = bytes.len().saturating_sub(512);
    let end = tail + memchr::memmem::rfind(&bytes[tail..], b"%%EOF")?;
    let from = end.checked_sub(25)?;
    let start = from + memchr::memmem::rfind(&bytes[from..end], b"startxref")?;
    let mut syntax = Syntax::new(bytes, start + b"startxref".len());
    syntax.skip_space();
    syntax.number().and_then(|at| usize::try_from(at).ok()).filter(|at| *at <= bytes.len())
}

/// The dictionary of a table: what follows the word "trailer", or that of the stream.
fn table_at(bytes: &[u8], at: usize, lengths: &HashSet<u64>) -> Result<Vec<Entry>, Rejection> {
    let unreadable = || broken("its table of contents cannot be read");
    let mut syntax = Syntax::new(bytes, at);
    if bytes[at..].starts_with(b"xref") {
        syntax.at += b"xref".len();
        syntax.skip_table();
        syntax.skip(b"trailer").ok_or_else(unreadable)?;
        syntax.skip_space();
        return syntax.dictionary().ok_or_else(unreadable);
    }
    let (entries, stream) = stream_at(bytes, at)?;
    refuse_claims(bytes, &entries)?;
    if stream.dict.has(b"Filter") {
        refuse_heavy(&stream, MOST_TABLE_BYTES)?;
    }
    if !lengths.is_empty() {
        let content = stream.decompressed_content().unwrap_or_default();
        weigh_packed_lengths(lengths, bytes, &places(bytes, &entries, &content))?;
    }
    Ok(entries)
}

/// A stream that may be packed as those of tables are. How long it is does not matter: packed content knows its own end,
/// and what follows other content only adds to it.
fn stream_at(bytes: &[u8], at: usize) -> Result<(Vec<Entry>, Stream), Rejection> {
    let unreadable = || broken("its table of contents cannot be read");
    let mut syntax = Syntax::new(bytes, at);
    syntax.object_head().ok_or_else(unreadable)?;
    let entries = syntax.dictionary().ok_or_else(unreadable)?;
    syntax.skip_space();
    syntax.skip(b"stream").ok_or_else(unreadable)?;
    let line_end = memchr::memchr2(b'\r', b'\n', &bytes[syntax.at..]).ok_or_else(unreadable)?;
    let from = syntax.at + line_end;
    let from = from + if bytes[from..].starts_with(b"\r\n") { 2 } else { 1 };
    let mut dictionary = Dictionary::new();
    if let Some(filter) = last_called(&entries, "Filter") {
        let brackets = |byte: &&u8| matches!(byte, b'[' | b']' | b' ' | b'\r' | b'\n');
        if !bytes[filter.value.clone()].iter().filter(|byte| !brackets(byte)).eq(b"/FlateDecode") {
            return Err(broken("its table of contents is packed in a way that no letter's is"));
        }
        dictionary.set("Filter", Object::Name(b"FlateDecode".to_vec()));
        if let Some(parameters) = last_called(&entries, "DecodeParms").and_then(|entry| numbers_in(bytes, entry)) {
            dictionary.set("DecodeParms", parameters);
        }
    }
    Ok((entries, Stream::new(dictionary, bytes[from..].to_vec())))
}

/// Where a table says that an object stands.
#[derive(Clone, Copy)]
enum Place {
    At(usize),
    /// In the object stream of this number.
    In(u64),
}

/// The places of the objects of a table, which is read as the library does.
fn places(bytes: &[u8], entries: &[Entry], content: &[u8]) -> HashMap<u64, Place> {
    let numbers = |name: &str| last_called(entries, name).and_then(|entry| integers(&bytes[entry.value.clone()]));
    let widths = numbers("W").unwrap_or_default();
    let width = |column: usize| widths.get(column).and_then(|width| usize::try_from(*width).ok()).unwrap_or(0);
    let index = numbers("Index").or_else(|| Some(vec![0, *numbers("Size")?.first()?])).unwrap_or_default();
    // Of a long number the last four bytes count.
    let number = |bytes: &[u8]| bytes.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    let mut places = HashMap::new();
    let mut rest = content;
    for section in index.chunks_exact(2) {
        for object in section[0]..section[0].saturating_add(section[1]) {
            let Some((kind, after)) = rest.split_at_checked(width(0)) else { return places };
            rest = after;
            let kind = if kind.is_empty() { 1 } else { number(kind) };
            // Of an entry of an unknown kind only the kind is passed over.
            if kind > 2 {
                continue;
            }
            let Some((place, after)) = rest.split_at_checked(width(1)) else { return places };
            let Some(after) = after.get(width(2)..) else { return places };
            rest = after;
            let object = (object & i64::from(u32::MAX)).cast_unsigned();
            match kind {
                1 => places.insert(object, Place::At(number(place) as usize)),
                2 => places.insert(object, Place::In(u64::from(number(place)))),
                _ => None,
            };
        }
    }
    places
}

/// Weighs the object streams that hold the length of another stream: the library unpacks one anew for each such length.
fn weigh_packed_lengths(lengths: &HashSet<u64>, bytes: &[u8], places: &HashMap<u64, Place>) -> Result<(), Rejection> {
    let mut weights: HashMap<u64, usize> = HashMap::new();
    let mut left = MOST_UNPACKED_FOR_LENGTHS;
    for length in lengths {
        let Some(Place::In(container)) = places.get(length) else { continue };
        let weight = match weights.entry(*container) {
            hash_map::Entry::Occupied(known) => *known.get(),
            hash_map::Entry::Vacant(unknown) => {
                let at = match places.get(container) {
                    Some(&Place::At(at)) if at < bytes.len() => at,
                    _ => return Err(broken("the length of a part of it is packed away where nobody finds it")),
                };
                let (_, stream) = stream_at(bytes, at)?;
                refuse_heavy(&stream, MOST_TABLE_BYTES)?;
                *unknown.insert(stream.decompressed_content().map_or(0, |content| content.len()))
            }
        };
        left = left.checked_sub(weight).ok_or(Rejection::PdfTooHeavy { limit: MOST_UNPACKED_FOR_LENGTHS as u64 })?;
    }
    Ok(())
}

fn last_called<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    entries.iter().rev().find(|entry| entry.name == name.as_bytes())
}

/// Refuses numbers of no width, of any width, and more entries than any letter has.
fn refuse_claims(bytes: &[u8], entries: &[Entry]) -> Result<(), Rejection> {
    let numbers = |name: &str| last_called(entries, name).map(|entry| integers(&bytes[entry.value.clone()]));
    let widths = numbers("W").flatten().unwrap_or_default();
    let means_nothing = widths.iter().any(|width| !(0..=WIDEST_NUMBER).contains(width));
    // An entry has three numbers; a fourth is nowhere read.
    if means_nothing || widths.iter().take(3).all(|width| *width == 0) {
        return Err(broken("its table of contents has entries of a width that means nothing"));
    }
    let sections = match numbers("Index") {
        Some(Some(index)) => index.chunks(2).filter_map(|pair| pair.get(1)).copied().collect(),
        Some(None) => return Err(broken("its table of contents lists its entries in a way that no letter's does")),
        None => Vec::new(),
    };
    // The size counts where the library takes the list for none.
    let size = numbers("Size").flatten().and_then(|size| size.first().copied()).unwrap_or(0);
    let claimed = sections.iter().fold(0_i64, |sum, count| sum.saturating_add((*count).max(0)));
    if claimed.max(size) > MOST_ENTRIES {
        return Err(broken("its table of contents claims more entries than any letter has"));
    }
    Ok(())
}

/// The whole numbers of "[0 10 1]" or "12".
fn integers(value: &[u8]) -> Option<Vec<i64>> {
    let words = std::str::from_utf8(value).ok()?.trim_matches(['[', ']', ' ', '\r', '\n', '\t']);
    words.split_ascii_whitespace().map(|word| word.parse().ok()).collect()
}

/// A dictionary of whole numbers as the library would hold it; what else stands in it does not count there.
fn numbers_in(bytes: &[u8], entry: &Entry) -> Option<Object> {
    let mut dictionary = Dictionary::new();
    for inner in Syntax::new(bytes, entry.value.start).dictionary()? {
        if let Some([number]) = integers(&bytes[inner.value.clone()]).as_deref() {
            dictionary.set(inner.name, Object::Integer(*number));
        }
    }
    Some(Object::Dictionary(dictionary))
}

fn broken(reason: &str) -> Rejection {
    Rejection::BrokenPdf { reason: reason.to_owned() }
}
