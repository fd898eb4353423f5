//! Text with its geometry: what every format is brought to before a letter is read out of it.
//!
//! A letter's items follow the previous rationale with no marker but a paragraph gap, so the gap has to survive
//! extraction. [`Text`] therefore keeps, beside the characters, one [`Line`] per printed line: where it stands in the
//! content, on which page, and what separates it from the line before.

use std::collections::BTreeMap;
use std::ops::Range;

/// What lies between a line and the printed line before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The next line of the same paragraph.
    Line,
    /// A paragraph gap: an empty line, or more space than between two lines.
    Paragraph,
    /// A page break. A paragraph may run across it; whether it does is known only where the geometry tells.
    Page {
        /// `Some(true)`: a new paragraph starts here; `None`: the geometry does not tell.
        new_paragraph: Option<bool>,
    },
}

/// One printed line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Byte range in [`Text::content`], without surrounding white space; never empty.
    pub range: Range<usize>,
    /// 1-based line number in the file (plain text) or in the extracted text (PDF).
    pub number: u32,
    /// 1-based page.
    pub page: u32,
    /// What separates this line from the one before.
    pub gap: Gap,
    /// The first word of the next line would have fitted on this one: its paragraph ends here.
    pub ends_short: bool,
    /// A running head or foot of the page, no part of the letter's sentences.
    pub furniture: bool,
}

/// Where the text came from, because the two break words differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Lines are those set on the page; a hyphen at a line's end is kept with a space, as extractors print it.
    Pdf,
    /// Lines were hyphenated by whoever made the text; a word broken at its hyphen closes up.
    Plain,
}

/// The text of one file, with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub content: String,
    pub lines: Vec<Line>,
    pub medium: Medium,
    pub pages: u32,
}

impl Text {
    /// The characters of one line.
    #[must_use]
    pub fn line(&self, index: usize) -> &str {
        self.lines.get(index).map_or("", |line| &self.content[line.range.clone()])
    }

    /// Index of the first line that ends after byte `at`.
    #[must_use]
    pub fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.range.end <= at)
    }

    /// The characters of a byte range with every run of white space folded to one space, furniture left out and, in
    /// plain text, words broken at their hyphen closed up.
    #[must_use]
    pub fn fold(&self, range: Range<usize>) -> String {
        let mut folded = String::with_capacity(range.len());
        for line in &self.lines[self.line_at(range.start)..] {
            if line.range.start >= range.end {
                break;
            }
            if line.furniture {
                continue;
            }
            let piece = line.range.start.max(range.start)..line.range.end.min(range.end);
            append_folded(&mut folded, &self.content[piece], self.medium);
        }
        folded.truncate(folded.trim_end().len());
        folded
    }
}

impl Text {
    /// Marks running heads and feet, which belong to the page and not to the sentence they interrupt: "Page 2 of 5", a
    /// lone page number, "Final Determination Letter for IMR Case Number …".
    ///
    /// The line after a foot is then a line after a page break. Whether a paragraph starts there is known only from an
    /// empty line before the foot: its own short line says nothing.
    pub fn mark_furniture(&mut self) {
        // Lengths of the lines that are no furniture, counted at the first foot: a letter may be nothing but feet.
        let mut lengths: Option<BTreeMap<usize, usize>> = None;
        // The last line so far that is none.
        let mut shown = None;
        for index in 0..self.lines.len() {
            let own = self.lines[index].gap;
            let next = self.lines.get(index + 1).map(|line| line.gap);
            let at_page_edge =
                matches!(own, Gap::Page { .. }) || next.is_none_or(|gap| matches!(gap, Gap::Page { .. }));
            let after_foot = index > 0 && self.lines[index - 1].furniture;
            let line = &self.content[self.lines[index].range.clone()];
            let numbers_the_page =
                is_page_number(line) && (after_foot || (self.pages > 1 && at_page_edge && own != Gap::Line));
            if !numbers_the_page && !is_named_furniture(line) {
                if !self.lines[index].furniture {
                    shown = Some(index);
                }
                continue;
            }
            let length = line.len();
            let lengths = lengths.get_or_insert_with(|| self.shown_lengths());
            if !std::mem::replace(&mut self.lines[index].furniture, true)
                && let Some(count) = lengths.get_mut(&length)
            {
                *count -= 1;
                if *count == 0 {
                    lengths.remove(&length);
                }
            }
            let widest = lengths.last_key_value().map_or(0, |(length, _)| *length);
            let ended_short = shown.is_some_and(|shown| self.ends_short_before_foot(shown, index, widest));
            if let Some(next) = self.lines.get_mut(index + 1) {
                next.gap = Gap::Page { new_paragraph: ended_short.then_some(true) };
            }
        }
    }

    /// How many lines of each length there are that are no furniture.
    fn shown_lengths(&self) -> BTreeMap<usize, usize> {
        let mut lengths = BTreeMap::new();
        for line in self.lines.iter().filter(|line| !line.furniture) {
            *lengths.entry(line.range.len()).or_default() += 1;
        }
        lengths
    }

    /// Whether the paragraph ended before the foot: the line before it is short against its own neighbours, which are
    /// set to the same width. (What its own mark says was measured against the foot.)
    fn ends_short_before_foot(&self, shown: usize, foot: usize, widest: usize) -> bool {
        let next_word = self.lines.get(foot + 1).map_or(0, |next| {
            let words = &self.content[next.range.clone()];
            words.find(' ').unwrap_or(words.len())
        });
        self.lines[shown].range.len() + 1 + next_word < widest * 4 / 5
    }
}

fn is_named_furniture(line: &str) -> bool {
    const FEET: [&str; 2] = ["final determination letter for imr case number", "final letter of determination"];
    let starts_with = |foot: &str| line.get(..foot.len()).is_some_and(|start| start.eq_ignore_ascii_case(foot));
    // White space between the parts of a foot does not count: the number is set at the right edge.
    FEET.into_iter().any(starts_with) && line.split_whitespace().map(|word| word.len() + 1).sum::<usize>() < 90
}

/// "Page 2", "Page 2 of 5", "2".
fn is_page_number(line: &str) -> bool {
    if line.len() > "page 999 of 999".len() {
        return false;
    }
    let number = |text: &str| {
        let text = text.trim();
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let rest =
        line.get(..5).filter(|start| start.eq_ignore_ascii_case("page ")).map_or(line, |start| &line[start.len()..]);
    rest.split_once(" of ").map_or_else(|| number(rest), |(page, pages)| number(page) && number(pages))
}

/// Appends one line to folded text, with the space or the closed hyphen that joins the two.
fn append_folded(folded: &mut String, line: &str, medium: Medium) {
    let line = line.trim();
    if line.is_empty() {
        return;
    }
    let joined = folded.is_empty() || (medium == Medium::Plain && closes_up(folded, line));
    if !joined {
        folded.push(' ');
    }
    let mut rest = line;
    // Most lines hold no run of white space: then this is one copy.
    while let Some(at) = find_run(rest) {
        folded.push_str(&rest[..at]);
        folded.push(' ');
        rest = rest[at..].trim_start();
    }
    folded.push_str(rest);
}

/// Position of the first white space that is not a single plain space.
fn find_run(text: &str) -> Option<usize> {
    if !may_hold_run(text.as_bytes()) {
        return None;
    }
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let is_run = character != ' ' || characters.peek().is_some_and(|(_, next)| next.is_whitespace());
        if character.is_whitespace() && is_run {
            return Some(at);
        }
    }
    None
}

/// Whether white space other than single plain spaces may stand in the text: a control character, two spaces, or a byte
/// that starts a white space character outside ASCII. Without a branch, so that it is checked many bytes at a time; most
/// lines end here.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch, and branches stop the vectoriser")]
fn may_hold_run(bytes: &[u8]) -> bool {
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    pairs.fold(false, |found, (&byte, &next)| {
        found | (byte < b' ') | ((byte == b' ') & (next == b' ')) | (byte == 0xc2) | matches!(byte, 0xe1..=0xe3)
    })
}

/// A word broken at its hyphen: `(non-` / `cancerous)`. Suspended hyphens (`pre-` / `and post-operative`) and dashes
/// with a space before them stay open.
fn closes_up(before: &str, after: &str) -> bool {
    let mut end = before.chars().rev();
    if end.next() != Some('-') || !end.next().is_some_and(char::is_alphanumeric) {
        return false;
    }
    let first_word = after.split_whitespace().next().unwrap_or_default();
    first_word.starts_with(char::is_alphanumeric) && !matches!(first_word, "and" | "or" | "to" | "and/or")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::plain;

    fn folded(content: &str) -> String {
        let text = plain::lines(content.to_owned());
        text.fold(0..text.content.len())
    }

    #[test]
    fn white_space_folds_and_broken_words_close_up() {
        for (printed, expected) in [
            ("two  spaces\tand a tab", "two spaces and a tab"),
            ("treatment of (non-\ncancerous) pain", "treatment of (non-cancerous) pain"),
            ("criteria 1-\n5 are met", "criteria 1-5 are met"),
            ("pre-\nand post-operative", "pre- and post-operative"),
            ("stated as printed: non- certified", "stated as printed: non- certified"),
            ("a dash -\nand more", "a dash - and more"),
            ("non\u{a0}breaking", "non breaking"),
            ("thin\u{2009}space and ideographic\u{3000}space", "thin space and ideographic space"),
            ("vertical\u{b}tab", "vertical tab"),
            ("curly \u{201c}quotes\u{201d} stay", "curly \u{201c}quotes\u{201d} stay"),
            ("  outer  ", "outer"),
        ] {
            assert_eq!(folded(printed), expected, "{printed:?}");
        }
    }

    #[test]
    fn a_pdf_keeps_the_space_after_a_hyphen_at_a_line_end() {
        let mut text = plain::lines("electro-\nmyography".to_owned());
        text.medium = Medium::Pdf;
        assert_eq!(text.fold(0..text.content.len()), "electro- myography");
    }
}
