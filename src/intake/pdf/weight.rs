//! What the streams of a PDF weigh, before the library unpacks them.
//!
//! It unpacks a stream whole, whatever that comes to, and memory that runs out ends the process. So every stream is
//! first unpacked here, up to a limit.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use flate2::read::{DeflateDecoder, ZlibDecoder};
use pdf_extract::{Dictionary, Object, Stream};
use weezl::BitOrder;
use weezl::decode::Decoder;

use super::broken;
use crate::intake::rejection::Rejection;

/// The most that any one stream may unpack to: as much as the longest letter.
pub(super) const MOST_STREAM_BYTES: usize = 64 << 20;
/// Deflate makes at most this many bytes of one.
const MOST_DEFLATE_RATIO: usize = 1032;
/// Filters one after the other; real files have one or two, and each may multiply what the one before made.
const MOST_FILTERS: usize = 4;
/// Bytes of a row that a filter may predict from the row above: a scanned page in colour has some 20,000.
const MOST_ROW_BYTES: i64 = 1 << 20;

/// Whether a stream certainly unpacks to no more than `limit`, without unpacking it.
fn is_plainly_small(stream: &Stream, filters: &[&[u8]], limit: usize) -> bool {
    match filters {
        [] => stream.content.len() <= limit,
        [b"FlateDecode"] => stream.content.len().saturating_mul(MOST_DEFLATE_RATIO) <= limit,
        _ => false,
    }
}

/// Refuses a stream that unpacks to more than `limit` bytes.
pub(super) fn refuse_heavy(stream: &Stream, limit: usize) -> Result<(), Rejection> {
    let filters = stream.filters().unwrap_or_default();
    refuse_wide_rows(&stream.dict)?;
    if is_plainly_small(stream, &filters, limit) {
        return Ok(());
    }
    unpacked(stream, limit).map(drop)
}

/// What a stream unpacks to, as the library would have it: of filters it does not know it leaves the content as it is.
fn unpacked(stream: &Stream, limit: usize) -> Result<Cow<'_, [u8]>, Rejection> {
    let filters = stream.filters().unwrap_or_default();
    refuse_wide_rows(&stream.dict)?;
    // What the library unpacks twice it also un-predicts in between, which is not followed here.
    let unpacking = filters.iter().filter(|filter| matches!(**filter, b"FlateDecode" | b"LZWDecode")).count();
    let predicts =
        stream.dict.get(b"DecodeParms").and_then(Object::as_dict).is_ok_and(|params| params.has(b"Predictor"));
    if filters.len() > MOST_FILTERS || (unpacking > 1 && predicts) {
        return Err(broken("a part of it is packed too many times over"));
    }
    let mut content = Cow::Borrowed(stream.content.as_slice());
    for filter in filters {
        content = Cow::Owned(match filter {
            b"FlateDecode" => inflated(&content, limit)?,
            b"LZWDecode" => lzw_decoded(&content, early_change(&stream.dict), limit)?,
            // Five characters make four bytes, a `z` makes four.
            b"ASCII85Decode" => {
                let mut alone = Dictionary::new();
                alone.set("Filter", Object::Name(filter.to_vec()));
                match Stream::new(alone, content.into_owned()).decompressed_content() {
                    Ok(decoded) => decoded,
                    Err(_) => return Ok(Cow::Borrowed(&stream.content)),
                }
            }
            _ => return within(Cow::Borrowed(stream.content.as_slice()), limit),
        });
    }
    within(content, limit)
}

fn within(content: Cow<'_, [u8]>, limit: usize) -> Result<Cow<'_, [u8]>, Rejection> {
    if content.len() > limit { Err(Rejection::PdfTooHeavy { limit: limit as u64 }) } else { Ok(content) }
}

/// The library makes room for a row before it looks whether there is one.
fn refuse_wide_rows(dictionary: &Dictionary) -> Result<(), Rejection> {
    let Ok(parameters) = dictionary.get(b"DecodeParms").and_then(Object::as_dict) else { return Ok(()) };
    let number = |name: &[u8], least: i64| parameters.get(name).and_then(Object::as_i64).unwrap_or(least).max(least);
    let row = number(b"Columns", 1)
        .checked_mul(number(b"Colors", 1))
        .and_then(|samples| samples.checked_mul(number(b"BitsPerComponent", 8)));
    match row {
        Some(bits) if bits / 8 <= MOST_ROW_BYTES => Ok(()),
        _ => Err(broken("a part of it claims rows wider than any page")),
    }
}

/// Unpacks as the library does: what comes before an error counts, and a broken head is passed over.
fn inflated(packed: &[u8], limit: usize) -> Result<Vec<u8>, Rejection> {
    let content = read_up_to(ZlibDecoder::new(packed), limit)?;
    if content.is_empty() && packed.len() > 2 {
        return read_up_to(DeflateDecoder::new(&packed[2..]), limit);
    }
    Ok(content)
}

fn read_up_to(decoder: impl Read, limit: usize) -> Result<Vec<u8>, Rejection> {
    let mut content = Vec::new();
    // An error ends the content; what was read up to there stands.
    let _ = decoder.take(limit as u64 + 1).read_to_end(&mut content);
    if content.len() > limit { Err(Rejection::PdfTooHeavy { limit: limit as u64 }) } else { Ok(content) }
}

fn early_change(dictionary: &Dictionary) -> bool {
    let parameters = dictionary.get(b"DecodeParms").and_then(Object::as_dict);
    parameters.and_then(|parameters| parameters.get(b"EarlyChange")).and_then(Object::as_i64).map_or(true, |n| n != 0)
}

fn lzw_decoded(packed: &[u8], early_change: bool, limit: usize) -> Result<Vec<u8>, Rejection> {
    let mut decoder =
        if early_change { Decoder::with_tiff_size_switch(BitOrder::Msb, 8) } else { Decoder::new(BitOrder::Msb, 8) };
    let mut content = Limited { content: Vec::new(), limit };
    let _ = decoder.into_stream(&mut content).decode_all(packed);
    if content.content.len() > limit {
        return Err(Rejection::PdfTooHeavy { limit: limit as u64 });
    }
    Ok(content.content)
}

/// Takes bytes until they are more than the limit.
struct Limited {
    content: Vec<u8>,
    limit: usize,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.content.len() > self.limit {
            return Err(io::Error::other("more than the limit"));
        }
        let taken = bytes.len().min(self.limit + 1 - self.content.len());
        self.content.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
