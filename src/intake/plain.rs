//! Plain text to [`Text`]: decoding, and paragraphs.
//!
//! Two habits are told apart by what the file looks like. In ordinary text an empty line ends a paragraph. In text
//! printed from a word processor every line is followed by an empty one, a paragraph ends at a line that holds a single
//! space, and three or more empty lines are a page break: there 'empty line = paragraph' would tear every sentence.

use std::borrow::Cow;

use super::limits::Limits;
use super::rejection::Rejection;
use super::text::{Gap, Line, Medium, Text};

/// Lines longer than this are whole paragraphs on one line: then every line break is a paragraph gap.
const UNWRAPPED_LINE_BYTES: usize = 240;

/// Reads plain text in UTF-8, UTF-16 with a byte order mark, or Windows-1252.
///
/// # Errors
/// Text beyond the limit, and bytes that are no text.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Text, Rejection> {
    if bytes.len() as u64 > limits.text_bytes {
        return Err(Rejection::TooMuchText { limit: limits.text_bytes });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Rejection::NotALetter { seen: "an office document".into() });
    }
    let decoded = decode(bytes);
    // Summed up in single bytes, so that many are counted at a time.
    let in_chunk = |chunk: &[u8]| usize::from(chunk.iter().map(|&byte| u8::from(is_control(byte))).sum::<u8>());
    let controls: usize = decoded.as_bytes()[..decoded.len().min(4096)].chunks(255).map(in_chunk).sum();
    if controls > 16 {
        return Err(Rejection::NotALetter { seen: "a picture, a program or another file without text".into() });
    }
    Ok(lines(decoded.into_owned()))
}

/// Whether a byte stands in no text; white space and the escape of terminals do.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31)
}

/// Decodes text: by its byte order mark, as UTF-8 where valid, else as Windows-1252, in which every byte means something.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(decode_utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(decode_utf16(rest, u16::from_be_bytes)),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(bytes.iter().map(|&byte| windows_1252(byte)).collect()),
        },
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Windows code page 1252; its five unassigned bytes keep their C1 control, as the WHATWG Encoding Standard has it.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// What the blank lines before a printed line say.
#[derive(Clone, Copy, Default)]
struct Blanks {
    /// Blank lines of any kind.
    count: u32,
    /// Among them lines that hold white space.
    spaced: u32,
    form_feeds: u32,
}

/// Finds the lines, paragraphs and pages of decoded text.
#[must_use]
pub fn lines(content: String) -> Text {
    let mut printed: Vec<(Line, Blanks)> = Vec::with_capacity(content.len() / 80 + 1);
    let mut blanks = Blanks::default();
    let (mut number, mut page, mut start) = (1, 1, 0);
    let mut is_line_start = true;
    let bytes = content.as_bytes();
    while start < bytes.len() {
        // A line ends with LF, CR LF, CR, or at the form feed that ends its page.
        let end = memchr::memchr3(b'\n', b'\r', b'\x0c', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
        let ends_page = bytes.get(end) == Some(&b'\x0c');
        let raw = &content[start..end];
        let begun = raw.trim_start();
        if !begun.is_empty() {
            let from = end - begun.len();
            let range = from..from + begun.trim_end().len();
            let line = Line { range, number, page, gap: Gap::Line, ends_short: false, furniture: false };
            printed.push((line, std::mem::take(&mut blanks)));
        } else if !ends_page && is_line_start {
            blanks.count += 1;
            blanks.spaced += u32::from(!raw.is_empty());
        }
        if ends_page {
            page += 1;
            blanks.form_feeds += 1;
        } else {
            number += 1;
        }
        // What follows a form feed on its line is no line that was left empty.
        is_line_start = !ends_page;
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    let habit = habit(&printed);
    let widest = printed.iter().map(|(line, _)| line.range.len()).max().unwrap_or(0);
    let mut lines: Vec<Line> = Vec::with_capacity(printed.len());
    let mut page_breaks = 0;
    for (mut line, blanks) in printed {
        if let Some(before) = lines.last_mut() {
            let mut letters = content.as_bytes()[line.range.clone()].iter();
            let first_word = letters.position(|&letter| letter == b' ').unwrap_or(line.range.len());
            // Type is proportional, characters are counted: only a clearly short line is called short.
            before.ends_short = before.range.len() + 1 + first_word < widest * 4 / 5;
            line.gap = habit.gap(blanks, before.ends_short);
            if habit != Habit::Single && matches!(line.gap, Gap::Page { .. }) && blanks.form_feeds == 0 {
                page_breaks += 1;
            }
        }
        line.page += page_breaks;
        lines.push(line);
    }
    let pages = lines.last().map_or(0, |line| line.page);
    Text { content, lines, medium: Medium::Plain, pages }
}

/// How a file separates its lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// An empty line ends a paragraph.
    Single,
    /// Every line is followed by an empty one; a line with a space ends a paragraph.
    Doubled,
    /// The same after an editor took the trailing spaces away.
    DoubledStripped,
    /// Every line is a paragraph.
    Unwrapped,
}

fn habit(printed: &[(Line, Blanks)]) -> Habit {
    let breaks = printed.len().saturating_sub(1);
    let after_first = || printed.iter().skip(1).map(|(_, blanks)| blanks);
    let nearly_all = |count: usize| breaks >= 6 && count * 20 >= breaks * 19;
    let unwrapped = printed.iter().filter(|(line, _)| line.range.len() > UNWRAPPED_LINE_BYTES).count();
    let spaced = after_first().any(|blanks| blanks.spaced > 0);
    let followed_by_empty = after_first().filter(|blanks| blanks.count > blanks.spaced).count();
    if spaced && unwrapped == 0 && nearly_all(followed_by_empty) {
        return Habit::Doubled;
    }
    let followed = after_first().filter(|blanks| blanks.count > 0 || blanks.form_feeds > 0).count();
    let long = printed.iter().filter(|(line, _)| line.range.len() > 60).count();
    // Without spaces as a witness the lines themselves must look wrapped: paragraphs of one short line look the same.
    if unwrapped == 0 && nearly_all(followed) && long * 2 >= printed.len() {
        return Habit::DoubledStripped;
    }
    if breaks > followed && unwrapped * 8 > printed.len() {
        return Habit::Unwrapped;
    }
    Habit::Single
}

impl Habit {
    fn gap(self, blanks: Blanks, ends_short: bool) -> Gap {
        let short = ends_short.then_some(true);
        match self {
            Habit::Doubled if blanks.spaced > 0 => Gap::Paragraph,
            Habit::Doubled if blanks.count >= 3 || blanks.form_feeds > 0 => Gap::Page { new_paragraph: short },
            Habit::DoubledStripped if blanks.count >= 3 => Gap::Paragraph,
            Habit::Doubled | Habit::DoubledStripped => Gap::Line,
            Habit::Single | Habit::Unwrapped if blanks.form_feeds > 0 => {
                Gap::Page { new_paragraph: if blanks.count > 0 { Some(true) } else { short } }
            }
            Habit::Single if blanks.count == 0 => Gap::Line,
            Habit::Single | Habit::Unwrapped => Gap::Paragraph,
        }
    }
}
