//! The little of a PDF's syntax that must be understood before the library reads it: dictionaries, and where an object
//! ends. Whatever it does not understand it refuses, so that nothing slips past it.

use std::ops::Range;

/// Values inside values; the library reads 100 and gives up beyond.
const DEEPEST: usize = 100;

/// One key of a dictionary with the place of its name and of its value.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    /// The name as written, with its slash.
    pub(super) name_at: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Bytes of a PDF, read from a place on.
pub(super) struct Syntax<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Syntax<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Passes over white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if is_space(byte) {
                self.at += 1;
            } else if byte == b'%' {
                let comment = self.rest();
                self.at += memchr::memchr2(b'\r', b'\n', comment).unwrap_or(comment.len());
            } else {
                break;
            }
        }
    }

    /// Passes over the numbers and letters of a table of contents.
    pub(super) fn skip_table(&mut self) {
        self.skip_space();
        while self.peek().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'n' | b'f')) {
            self.at += 1;
            self.skip_space();
        }
    }

    /// Passes over these very bytes.
    pub(super) fn skip(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    /// A whole number without a sign.
    pub(super) fn number(&mut self) -> Option<u64> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&self.rest()[..digits]).ok()?.parse().ok()?;
        self.at += digits;
        Some(number)
    }

    /// The head of an object, "12 0 obj", with the white space after it.
    pub(super) fn object_head(&mut self) -> Option<()> {
        self.skip_space();
        self.number()?;
        self.skip_space();
        self.number()?;
        self.skip_space();
        self.skip(b"obj")?;
        self.skip_space();
        Some(())
    }

    /// A dictionary with its entries.
    pub(super) fn dictionary(&mut self) -> Option<Vec<Entry>> {
        self.dictionary_within(DEEPEST)
    }

    fn dictionary_within(&mut self, depth: usize) -> Option<Vec<Entry>> {
        self.skip(b"<<")?;
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            if self.skip(b">>").is_some() {
                return Some(entries);
            }
            let start = self.at;
            let name = self.name()?;
            let name_at = start..self.at;
            self.skip_space();
            let start = self.at;
            self.skip_value(depth.checked_sub(1)?)?;
            entries.push(Entry { name, name_at, value: start..self.at });
        }
    }

    /// A name without its slash, with `#41` read as `A`.
    pub(super) fn name(&mut self) -> Option<Vec<u8>> {
        self.skip(b"/")?;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_space(*byte) && !is_delimiter(*byte)) {
            self.at += 1;
            let code = std::str::from_utf8(self.rest().get(..2).unwrap_or_default()).ok();
            let code = code.filter(|code| code.len() == 2).and_then(|code| u8::from_str_radix(code, 16).ok());
            match code {
                Some(code) if byte == b'#' => {
                    name.push(code);
                    self.at += 2;
                }
                _ => name.push(byte),
            }
        }
        Some(name)
    }

    /// Passes over one value: the end of an object that is no stream.
    pub(super) fn skip_object(&mut self) -> Option<()> {
        self.skip_space();
        self.skip_value(DEEPEST)
    }

    fn skip_value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'<' if self.rest().starts_with(b"<<") => self.dictionary_within(depth).map(drop),
            b'<' => {
                self.at += memchr::memchr(b'>', self.rest())? + 1;
                Some(())
            }
            b'(' => self.skip_string(),
            b'/' => self.name().map(drop),
            b'[' => {
                self.at += 1;
                loop {
                    self.skip_space();
                    if self.skip(b"]").is_some() {
                        return Some(());
                    }
                    self.skip_value(depth.checked_sub(1)?)?;
                }
            }
            byte if is_delimiter(byte) => None,
            _ => {
                self.skip_word();
                self.skip_rest_of_reference();
                Some(())
            }
        }
    }

    fn skip_word(&mut self) {
        let word = self.rest().iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte));
        self.at += word.count();
    }

    /// After a number: "0 R", if it stands there.
    fn skip_rest_of_reference(&mut self) {
        let before = self.at;
        self.skip_space();
        let is_reference = self.number().is_some() && {
            self.skip_space();
            self.skip(b"R").is_some()
        };
        if !is_reference {
            self.at = before;
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let mut depth = 0_u64;
        loop {
            let found = memchr::memchr3(b'(', b')', b'\\', self.rest())?;
            self.at += found + 1;
            match self.bytes[self.at - 1] {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => self.at += 1,
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// About how many values a text of PDF holds: each costs the reader a hundred bytes or more.
pub(super) fn count_values(bytes: &[u8]) -> usize {
    let mut after_space = true;
    let mut values = 0;
    for &byte in bytes {
        let space = is_space(byte);
        values += usize::from(matches!(byte, b'[' | b'<' | b'/' | b'(') || (after_space && !space));
        after_space = space;
    }
    values
}
