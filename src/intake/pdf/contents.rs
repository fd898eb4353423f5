//! What a loaded PDF would cost the library while it takes the text out, before it does.
//!
//! It unpacks every content stream, font and table of characters whole, makes a value of each operator, an entry of each
//! code in a range, and room for as many pages as are claimed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

use super::broken;
use super::load::size_of_object;
use super::syntax::{is_delimiter, is_space};
use super::weight::{MOST_STREAM_BYTES, refuse_heavy};
use crate::intake::rejection::Rejection;

/// The most that the content of one page or form may unpack to. A letter's page has some kilobytes; each byte can cost
/// the library a hundred.
const MOST_CONTENT_BYTES: usize = 4 << 20;
/// The same of a table of characters; that of a Chinese font has a hundred kilobytes.
const MOST_CHARACTER_TABLE_BYTES: usize = 1 << 20;
/// The same of a font.
const MOST_FONT_BYTES: usize = 16 << 20;
/// Codes in all ranges of a table of characters: all of Unicode fits.
const MOST_CODES: u64 = 1_200_000;
/// The same of all fonts that one page may name: the library makes a table of its own for each name.
const MOST_CODES_OF_A_PAGE: u64 = 2_400_000;
/// Bytes of all other tables of these fonts: widths and names of characters.
const MOST_FONT_TABLE_BYTES: u64 = 64 << 20;
/// Pages; and what one node of the page tree claims to hold.
const MOST_PAGES: i64 = 10_000;
/// Brackets in brackets in a table of characters, which the library follows on the stack.
const DEEPEST_BRACKETS: usize = 64;
/// The same in a font, whose binary parts hold brackets by chance, as many opening as closing: some hundreds deep at most.
const DEEPEST_PROGRAM: usize = 1500;
/// Parentheses and dictionaries in a table of characters: it has one or two.
const MOST_STRINGS: usize = 256;
/// A colour is copied each time a page saves its state: the bytes that these copies may come to.
const MOST_COLOUR_BYTES: usize = 256 << 20;

/// Refuses a document whose reading would take more memory than any letter.
pub(super) fn refuse_heavy_contents(document: &Document) -> Result<(), Rejection> {
    let (weights, codes, fonts, tables) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
    let mut contents = Contents { document, weights, codes, fonts, tables, heaviest_colour: 0, most_saves: 0 };
    for object in document.objects.values() {
        contents.look_into(object)?;
    }
    if contents.heaviest_colour.saturating_mul(contents.most_saves) > MOST_COLOUR_BYTES {
        return Err(Rejection::PdfTooHeavy { limit: MOST_COLOUR_BYTES as u64 });
    }
    contents.refuse_heavy_fonts()
}

struct Contents<'a> {
    document: &'a Document,
    /// The bytes and `q` operators of a content stream, by its object.
    weights: HashMap<ObjectId, (usize, usize)>,
    /// The codes in the ranges of a table of characters, by its object.
    codes: HashMap<ObjectId, u64>,
    /// The heaviest font of each name: its codes, and the bytes of its other tables.
    fonts: HashMap<&'a [u8], (u64, u64)>,
    /// The bytes of the tables of a font, by the object that holds them: fonts may share theirs.
    tables: HashMap<ObjectId, u64>,
    heaviest_colour: usize,
    /// The most `q` operators in one page or form.
    most_saves: usize,
}

impl<'a> Contents<'a> {
    /// Values lie in one another at most as deep as the library reads them, a hundred.
    fn look_into(&mut self, object: &'a Object) -> Result<(), Rejection> {
        match object {
            Object::Array(values) => {
                if let [Object::Name(space), profile, ..] = values.as_slice()
                    && space == b"ICCBased"
                {
                    self.weigh_colour(profile)?;
                }
                values.iter().try_for_each(|value| self.look_into(value))
            }
            Object::Dictionary(dictionary) => self.look_into_dictionary(dictionary),
            Object::Stream(stream) => {
                if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form") {
                    let (_, saves) = weigh_content(stream, MOST_CONTENT_BYTES)?;
                    self.most_saves = self.most_saves.max(saves);
                } else {
                    refuse_heavy(stream, MOST_STREAM_BYTES)?;
                }
                if stream.dict.has(b"FunctionType") {
                    self.heaviest_colour = self.heaviest_colour.max(unpacked(stream).len());
                }
                self.look_into_dictionary(&stream.dict)
            }
            _ => Ok(()),
        }
    }

    fn look_into_dictionary(&mut self, dictionary: &'a Dictionary) -> Result<(), Rejection> {
        for (name, value) in dictionary {
            match name.as_slice() {
                b"Contents" => self.weigh_page(value)?,
                b"ToUnicode" | b"Encoding" => {
                    if let Some(stream) = self.stream(value) {
                        refuse_hostile_characters(stream)?;
                    }
                }
                b"FontFile" | b"FontFile2" | b"FontFile3" => {
                    if let Some(stream) = self.stream(value) {
                        refuse_heavy(stream, MOST_FONT_BYTES)?;
                        refuse_deep_program(stream)?;
                    }
                }
                b"Font" => self.weigh_fonts(value),
                b"Kids" => self.refuse_claimed_pages(value)?,
                _ => {}
            }
            self.look_into(value)?;
        }
        Ok(())
    }

    fn stream(&self, value: &'a Object) -> Option<&'a Stream> {
        self.document.dereference(value).ok().and_then(|(_, object)| object.as_stream().ok())
    }

    /// The fonts of a page or form, by their names.
    fn weigh_fonts(&mut self, fonts: &'a Object) {
        let Ok((_, Object::Dictionary(fonts))) = self.document.dereference(fonts) else { return };
        for (name, value) in fonts {
            let Ok((_, Object::Dictionary(font))) = self.document.dereference(value) else { continue };
            let descendants = font.get_deref(b"DescendantFonts", self.document).and_then(Object::as_array);
            let descendant = descendants.ok().and_then(|fonts| fonts.first());
            let bytes = self.size_of_tables(value) + descendant.map_or(0, |font| self.size_of_tables(font));
            let codes = font.get(b"ToUnicode").map_or(0, |table| self.codes_of(table));
            let heaviest = self.fonts.entry(name).or_default();
            *heaviest = (heaviest.0.max(codes), heaviest.1.max(bytes));
        }
    }

    /// The tables of one font: arrays and dictionaries in it, with those that they refer to.
    fn size_of_tables(&mut self, font: &Object) -> u64 {
        let (id, font) = self.document.dereference(font).unwrap_or((None, font));
        if let Some(known) = id.and_then(|id| self.tables.get(&id)) {
            return *known;
        }
        let values = font.as_dict().into_iter().flatten();
        let size = values.map(|(_, table)| self.size_of_table(table)).sum();
        self.tables.extend(id.map(|id| (id, size)));
        size
    }

    fn size_of_table(&mut self, table: &Object) -> u64 {
        let (id, table) = self.document.dereference(table).unwrap_or((None, table));
        if let Some(known) = id.and_then(|id| self.tables.get(&id)) {
            return *known;
        }
        let document = self.document;
        let referred = |value: &Object| match document.dereference(value) {
            Ok((Some(_), Object::Array(values))) => values.iter().map(|value| size_of_object(value) as u64).sum(),
            _ => size_of_object(value) as u64,
        };
        let size = match table {
            Object::Array(table) => table.iter().map(referred).sum(),
            Object::Dictionary(table) => table.iter().map(|(_, value)| referred(value)).sum(),
            Object::Stream(stream) => stream.content.len() as u64,
            _ => 0,
        };
        self.tables.extend(id.map(|id| (id, size)));
        size
    }

    fn codes_of(&mut self, table: &Object) -> u64 {
        let Ok((Some(id), Object::Stream(stream))) = self.document.dereference(table) else { return 0 };
        let count = || codes_in_ranges(&unpacked(stream)).unwrap_or(MOST_CODES);
        *self.codes.entry(id).or_insert_with(count)
    }

    /// A page may name each of the names once.
    fn refuse_heavy_fonts(&self) -> Result<(), Rejection> {
        let mut names = self.fonts.values();
        let (codes, bytes) = names
            .try_fold((0_u64, 0_u64), |(codes, bytes), font| {
                Some((codes.checked_add(font.0)?, bytes.checked_add(font.1)?))
            })
            .unwrap_or((u64::MAX, u64::MAX));
        if codes > MOST_CODES_OF_A_PAGE || bytes > MOST_FONT_TABLE_BYTES {
            return Err(Rejection::PdfTooHeavy { limit: MOST_FONT_TABLE_BYTES });
        }
        Ok(())
    }

    fn weigh_colour(&mut self, profile: &'a Object) -> Result<(), Rejection> {
        if let Some(stream) = self.stream(profile) {
            refuse_heavy(stream, MOST_FONT_BYTES)?;
            self.heaviest_colour = self.heaviest_colour.max(unpacked(stream).len());
        }
        Ok(())
    }

    /// All content streams of a page become one.
    fn weigh_page(&mut self, contents: &Object) -> Result<(), Rejection> {
        let (id, object) = self.document.dereference(contents).unwrap_or((None, contents));
        let parts: Vec<ObjectId> = match object {
            Object::Array(parts) => parts.iter().filter_map(|part| part.as_reference().ok()).collect(),
            _ => id.into_iter().collect(),
        };
        let (mut bytes, mut saves) = (0_usize, 0_usize);
        for part in parts {
            let Ok(stream) = self.document.get_object(part).and_then(Object::as_stream) else { continue };
            let (weight, saves_here) = match self.weights.entry(part) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(slot) => *slot.insert(weigh_content(stream, MOST_CONTENT_BYTES)?),
            };
            // Parts are joined with a line end.
            bytes = bytes.saturating_add(weight).saturating_add(1);
            saves = saves.saturating_add(saves_here);
            if bytes > MOST_CONTENT_BYTES {
                return Err(Rejection::PdfTooHeavy { limit: MOST_CONTENT_BYTES as u64 });
            }
        }
        self.most_saves = self.most_saves.max(saves);
        Ok(())
    }

    /// The library makes room for the pages that the children of a node claim.
    fn refuse_claimed_pages(&self, kids: &Object) -> Result<(), Rejection> {
        let Ok((_, Object::Array(kids))) = self.document.dereference(kids) else { return Ok(()) };
        let mut pages = 0_i64;
        for kid in kids {
            let Ok((_, Object::Dictionary(node))) = self.document.dereference(kid) else { continue };
            let claimed = node.get_deref(b"Count", self.document).and_then(Object::as_i64).unwrap_or(1);
            pages = pages.saturating_add(claimed.max(1));
        }
        if pages > MOST_PAGES {
            return Err(Rejection::BrokenPdf { reason: format!("it claims more than {MOST_PAGES} pages") });
        }
        Ok(())
    }
}

/// What the library makes of a stream: its content as it is, if it cannot be unpacked.
pub(super) fn unpacked(stream: &Stream) -> Cow<'_, [u8]> {
    if stream.filters().is_err() {
        return Cow::Borrowed(&stream.content);
    }
    stream.decompressed_content().map_or(Cow::Borrowed(stream.content.as_slice()), Cow::Owned)
}

/// The bytes and the `q` operators of a content stream.
fn weigh_content(stream: &Stream, limit: usize) -> Result<(usize, usize), Rejection> {
    refuse_heavy(stream, limit)?;
    let content = unpacked(stream);
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| is_space(*byte) || is_delimiter(*byte));
    let saves = memchr::memchr_iter(b'q', &content)
        .filter(|&at| ends(content.get(at + 1)) && ends(at.checked_sub(1).and_then(|before| content.get(before))));
    Ok((content.len(), saves.count()))
}

/// Refuses a program of a font whose brackets lie deeper in one another than the stack reaches.
fn refuse_deep_program(stream: &Stream) -> Result<(), Rejection> {
    let content = unpacked(stream);
    let mut depth = [0_usize; 3];
    for &byte in content.iter() {
        for (kind, (open, close)) in [(b'(', b')'), (b'[', b']'), (b'{', b'}')].into_iter().enumerate() {
            if byte == open {
                depth[kind] += 1;
            } else if byte == close {
                depth[kind] = depth[kind].saturating_sub(1);
            }
            if depth[kind] > DEEPEST_PROGRAM {
                return Err(broken("a font in it has brackets in brackets without end"));
            }
        }
    }
    Ok(())
}

/// Refuses a table of characters whose ranges hold more codes than there are characters, or that is nested without end.
fn refuse_hostile_characters(stream: &Stream) -> Result<(), Rejection> {
    refuse_heavy(stream, MOST_CHARACTER_TABLE_BYTES)?;
    let content = unpacked(stream);
    let (mut depth, mut strings) = (0_usize, 0_usize);
    for (at, byte) in content.iter().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'(' => strings += 1,
            b'<' if content.get(at + 1) == Some(&b'<') => strings += 1,
            _ => {}
        }
        if depth > DEEPEST_BRACKETS || strings > MOST_STRINGS {
            return Err(broken("a table of characters in it has brackets in brackets without end"));
        }
    }
    if codes_in_ranges(&content).is_none_or(|codes| codes > MOST_CODES) {
        return Err(broken("a table of characters in it claims more codes than there are characters"));
    }
    Ok(())
}

/// How many codes the ranges of a table hold; `None` if they are written in a way that is not followed here.
fn codes_in_ranges(content: &[u8]) -> Option<u64> {
    const BEGIN: &[u8] = b"beginbfrange";
    let mut codes = 0_u64;
    for begin in memchr::memmem::find_iter(content, BEGIN) {
        let section = &content[begin + BEGIN.len()..];
        let section = &section[..memchr::memmem::find(section, b"endbfrange").unwrap_or(section.len())];
        let mut values: Vec<u32> = Vec::new();
        let mut at = 0;
        while let Some(byte) = section.get(at) {
            let close = match byte {
                b'<' => b'>',
                b'[' => b']',
                b'(' | b'%' => return None,
                _ => {
                    at += 1;
                    continue;
                }
            };
            let end = at + memchr::memchr(close, &section[at..]).unwrap_or(section.len() - at);
            // Of a long code the library keeps the last four bytes.
            let hex = section[at..end].iter().filter_map(|byte| char::from(*byte).to_digit(16));
            values.push(hex.fold(0_u32, |code, digit| code.wrapping_shl(4) | digit));
            at = end + 1;
        }
        for range in values.chunks_exact(3) {
            codes += u64::from(range[1].saturating_sub(range[0])) + 1;
        }
    }
    Some(codes)
}
