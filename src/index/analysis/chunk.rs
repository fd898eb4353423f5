//! Cuts a text into chunks: what a reader takes for one word, `CM16-9900007` or `10/325 mg`.
//!
//! A chunk is one or more parts with a joint before each. The rules for when a mark joins rather
//! than separates live here and nowhere else; what the joined parts mean is `compound`'s business.

use std::ops::Range;

use super::character::{
    Class, as_hyphen, character_at, character_before, class, class_at, fold_into, is_apostrophe, is_ignorable,
    is_word_at, is_word_character,
};

/// A chunk with more parts than this is cut there, so that hostile text (`a-a-a-…`) cannot make
/// one chunk of a whole letter. The longest honest chunk seen, a dated file name, has nine.
const MOST_PARTS: usize = 16;

/// White space allowed between a number and its unit, in characters.
const WIDEST_GAP: usize = 3;

/// What a part is made of, after folding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ASCII letters only, so that the English stemmer applies.
    Letters,
    /// ASCII digits only.
    Digits,
    /// Letters and digits together, or another script.
    Mixed,
}

/// How a part is joined to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// The first part of its chunk.
    First,
    /// A number and its unit: `15mg` or `15 mg`.
    Unit,
    /// A connecting character, hyphens of all kinds as `-`.
    Character(char),
}

/// One part of a chunk.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Byte offset in the source of the part's first character.
    pub(super) start: usize,
    /// Byte offset in the source after the part's last character.
    pub(super) end: usize,
    /// Where the folded part stands in [`Chunk::letters`].
    pub(super) text: Range<usize>,
    pub(super) kind: Kind,
    pub(super) joint: Joint,
    /// Byte offset after a `%` that follows the number.
    pub(super) percent: Option<usize>,
}

/// The chunk being read; its buffers are reused from one chunk to the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    /// Folded text of the parts, to which later stages append their own forms.
    pub(super) letters: String,
    pub(super) parts: Vec<Part>,
    /// Whether a `#` stands before the first number.
    pub(super) number_sign: bool,
    /// Whether the first number begins with its decimal point: `.5`.
    pub(super) leading_point: bool,
}

impl Chunk {
    /// Reads the first chunk at or after byte `from`; gives the byte at which to go on, or `None`
    /// when no word is left.
    pub(super) fn read(&mut self, text: &str, from: usize) -> Option<usize> {
        self.letters.clear();
        self.parts.clear();
        let start = next_word(text, from)?;
        self.note_prefix(text, start);
        let mut at = self.read_part(text, start, Joint::First);
        debug_assert!(at > start, "a word has a character, or reading would never end");
        while self.parts.len() < MOST_PARTS {
            at = self.read_percent(text, at);
            let Some((joint, next)) = self.next_joint(text, at) else {
                break;
            };
            at = self.read_part(text, next, joint);
        }
        Some(self.read_percent(text, at))
    }

    /// The folded text of a part.
    pub(super) fn part_text(&self, part: &Part) -> &str {
        &self.letters[part.text.clone()]
    }

    fn note_prefix(&mut self, text: &str, start: usize) {
        self.number_sign = false;
        self.leading_point = false;
        if class_at(text, start) != Class::Digit || start == 0 {
            return;
        }
        match text.as_bytes()[start - 1] {
            b'#' => self.number_sign = true,
            b'.' => {
                self.leading_point =
                    character_before(text, start - 1).is_none_or(|before| before.is_whitespace() || before == '(');
            }
            _ => {}
        }
    }

    /// Reads one part and gives the byte after it, past a possessive `'s`.
    fn read_part(&mut self, text: &str, start: usize, joint: Joint) -> usize {
        let folded_from = self.letters.len();
        let bytes = text.as_bytes();
        let mut seen = Seen::default();
        let mut at = start;
        let mut end = start;
        while let Some(byte) = bytes.get(at) {
            match class(*byte) {
                Class::Letter => {
                    if seen.only_digits() && unit_at(text, at).is_some() {
                        break;
                    }
                    let run = run_end(bytes, at, Class::Letter);
                    self.push_ascii(&text[at..run]);
                    seen.letters = true;
                    at = run;
                    end = at;
                }
                Class::Digit => {
                    let run = run_end(bytes, at, Class::Digit);
                    self.letters.push_str(&text[at..run]);
                    seen.digits = true;
                    at = run;
                    end = at;
                }
                Class::Separator if *byte == b',' => {
                    let digits = self.letters.len() - folded_from;
                    if !(seen.only_digits() && is_thousands(bytes, at, digits)) {
                        break;
                    }
                    at += 1;
                }
                Class::Separator if *byte != b'\'' => break,
                Class::Separator | Class::NotAscii => {
                    let Some(character) = character_at(text, at) else {
                        break;
                    };
                    let after = at + character.len_utf8();
                    if is_apostrophe(character) {
                        match apostrophe(text, at, after) {
                            Apostrophe::Separates => break,
                            Apostrophe::Joins => at = after,
                            Apostrophe::Possessive => {
                                at = after + 1;
                                break;
                            }
                        }
                    } else if is_word_character(character) {
                        if seen.only_digits() && unit_at(text, at).is_some() {
                            break;
                        }
                        fold_into(character, &mut self.letters);
                        seen.folded = true;
                        at = after;
                        end = at;
                    } else if is_ignorable(character) {
                        at = after;
                    } else {
                        break;
                    }
                }
            }
        }
        let folded = folded_from..self.letters.len();
        let kind = seen.kind(&self.letters[folded.clone()]);
        self.parts.push(Part { start, end, text: folded, kind, joint, percent: None });
        at
    }

    fn push_ascii(&mut self, letters: &str) {
        let from = self.letters.len();
        self.letters.push_str(letters);
        self.letters[from..].make_ascii_lowercase();
    }

    fn read_percent(&mut self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let Some(part) = self.parts.last_mut() else {
            return at;
        };
        if part.kind != Kind::Digits || part.percent.is_some() {
            return at;
        }
        let sign = if bytes.get(at) == Some(&b' ') { at + 1 } else { at };
        if bytes.get(sign) != Some(&b'%') {
            return at;
        }
        part.percent = Some(sign + 1);
        sign + 1
    }

    fn next_joint(&self, text: &str, at: usize) -> Option<(Joint, usize)> {
        let part = self.parts.last()?;
        let number = part.kind == Kind::Digits;
        let joined_unit = part.percent.is_none() && number;
        let byte = *text.as_bytes().get(at)?;
        match byte {
            b'-' | b'/' | b'&' if is_word_at(text, at + 1) => Some((Joint::Character(char::from(byte)), at + 1)),
            b'.' => {
                let before = self.letters.as_bytes().last().copied();
                let between_digits =
                    before.is_some_and(|digit| digit.is_ascii_digit()) && class_at(text, at + 1) == Class::Digit;
                between_digits.then_some((Joint::Character('.'), at + 1))
            }
            _ if joined_unit => unit_after_gap(text, at).map(|unit| (Joint::Unit, unit)),
            _ if byte.is_ascii() => None,
            _ => {
                let character = character_at(text, at)?;
                let next = at + character.len_utf8();
                let hyphen = as_hyphen(character)?;
                is_word_at(text, next).then_some((Joint::Character(hyphen), next))
            }
        }
    }
}

#[derive(Default)]
struct Seen {
    letters: bool,
    digits: bool,
    folded: bool,
}

impl Seen {
    fn only_digits(&self) -> bool {
        self.digits && !self.letters && !self.folded
    }

    fn kind(&self, folded: &str) -> Kind {
        match (self.letters || self.folded, self.digits) {
            (false, true) => Kind::Digits,
            (true, false) if !self.folded || folded.bytes().all(|byte| byte.is_ascii_alphabetic()) => Kind::Letters,
            _ => Kind::Mixed,
        }
    }
}

enum Apostrophe {
    Separates,
    Joins,
    Possessive,
}

/// What the apostrophe at `at` does, `after` being the byte after it.
fn apostrophe(text: &str, at: usize, after: usize) -> Apostrophe {
    let letter = |character: char| character.is_alphabetic() && is_word_character(character);
    let between = character_before(text, at).is_some_and(letter) && character_at(text, after).is_some_and(letter);
    if !between {
        return Apostrophe::Separates;
    }
    let possessive = matches!(text.as_bytes().get(after), Some(b's' | b'S'))
        && !is_word_at(text, after + 1)
        && !character_at(text, after + 1).is_some_and(is_apostrophe);
    if possessive { Apostrophe::Possessive } else { Apostrophe::Joins }
}

fn next_word(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match class(*bytes.get(at)?) {
            Class::Letter | Class::Digit => return Some(at),
            Class::Separator => at += 1,
            Class::NotAscii => {
                let character = character_at(text, at)?;
                if is_word_character(character) {
                    return Some(at);
                }
                at += character.len_utf8();
            }
        }
    }
}

fn run_end(bytes: &[u8], from: usize, wanted: Class) -> usize {
    bytes[from..].iter().position(|byte| class(*byte) != wanted).map_or(bytes.len(), |length| from + length)
}

/// Whether the comma at `at`, after `digits` digits, groups thousands: `1,000` is the number 1000,
/// while `4,5` and `99213,99214` are lists.
fn is_thousands(bytes: &[u8], at: usize, digits: usize) -> bool {
    let grouped_before = at >= 4 && bytes[at - 4] == b',';
    let group_starts_well = grouped_before || (1..=3).contains(&digits);
    let is_digit = |offset: usize| bytes.get(at + offset).is_some_and(|byte| class(*byte) == Class::Digit);
    group_starts_well && (1..=3).all(is_digit) && !is_digit(4)
}

/// The one spelling of a unit of strength, or `None` for any other word.
pub(super) fn canonical_unit(word: &str) -> Option<&'static str> {
    match word {
        "mg" | "mgs" => Some("mg"),
        "mcg" | "ug" | "µg" | "μg" => Some("mcg"),
        "g" | "gm" | "gms" => Some("g"),
        "ml" => Some("ml"),
        "cc" => Some("cc"),
        "meq" => Some("meq"),
        "iu" => Some("iu"),
        "unit" | "units" => Some("units"),
        _ => None,
    }
}

/// The unit that stands, as a word of its own, at byte `at`.
fn unit_at(text: &str, at: usize) -> Option<&'static str> {
    const LONGEST: usize = "units".len();
    let rest = text.get(at..)?;
    let length: usize =
        rest.chars().take(LONGEST + 1).take_while(|character| character.is_alphabetic()).map(char::len_utf8).sum();
    let goes_on = is_word_at(text, at + length) || character_at(text, at + length).is_some_and(is_ignorable);
    if length == 0 || length > LONGEST || goes_on {
        return None;
    }
    let mut lower = [0_u8; LONGEST];
    let written = lower.get_mut(..length)?;
    written.copy_from_slice(&rest.as_bytes()[..length]);
    written.make_ascii_lowercase();
    canonical_unit(std::str::from_utf8(written).ok()?)
}

/// Where the unit of a number that ends at `at` begins, over at most [`WIDEST_GAP`] white space.
fn unit_after_gap(text: &str, at: usize) -> Option<usize> {
    let gap: usize = text
        .get(at..)?
        .chars()
        .take(WIDEST_GAP)
        .take_while(|character| character.is_whitespace())
        .map(char::len_utf8)
        .sum();
    unit_at(text, at + gap).map(|_| at + gap)
}
