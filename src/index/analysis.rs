//! The one analysis of text: the index, the queries and the highlighter all ask this module.
//!
//! A field is indexed once. Each word yields its exact lower-case form and, at the same position,
//! its English stem marked with [`STEM_MARK`] if the stem differs and the word is not a stop word.
//! So an exact look-up of `w` is the term `w`, and a stemmed one is the union of `stem(w)` and
//! `~stem(w)`. A second, stemmed copy of every field would have been simpler to query and cost
//! nearly twice the postings and positions.
//!
//! What a reader takes for one word is found whole and by its parts: `CM16-9900007`, `EMG/NCS`,
//! `L4-5`, `10/325 mg`. Each part has a position of its own, and whole forms stand at the position
//! of their first part, so quoted phrases of parts match whatever the spelling.
//!
//! Names of several words that the tables know are terms as well (see `names.rs`), at the position of their last word.
//!
//! Marked stems can never be mistaken for words, because no word contains the mark.

mod character;
mod chunk;
mod compound;
mod names;
mod stemming;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use tantivy_tokenizer_api::{Token, TokenStream, Tokenizer};

use chunk::{Chunk, Kind};
use compound::{Whole, find_wholes};
use names::{Begun, NAMES};
pub use names::{name_term, phrase_terms};
use stemming::StemCache;
pub use stemming::{is_stop_word, stem};

/// The character before a term that is a stem rather than a word of the text.
pub const STEM_MARK: char = '~';

/// Names and phrases that end with the same word; hardly ever are there more than three.
const MOST_NAMES: usize = 12;

/// Terms longer than this many bytes are left out of the index; their position still counts.
pub const LONGEST_TERM: usize = 64;

/// One form under which a word of a text is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The exact term, lower-case and folded.
    pub text: String,
    /// The stem, without [`STEM_MARK`], by which inflected forms are found too. It may equal
    /// `text`. `None` if the form is never stemmed: numbers, codes, stop words, other scripts.
    pub stem: Option<String>,
    /// Position of the form's first part, counted in parts from the start of the text.
    pub position: usize,
    /// Number of positions the form spans.
    pub length: usize,
    /// Byte offset in the text of the form's first character.
    pub start: usize,
    /// Byte offset in the text after the form's last character.
    pub end: usize,
}

impl Form {
    /// The terms of a stemmed look-up: the words that are the stem, and those that have it. Just
    /// the exact form if it is never stemmed.
    #[must_use]
    pub fn stemmed_terms(&self) -> Vec<String> {
        match &self.stem {
            Some(stem) => vec![stem.clone(), format!("{STEM_MARK}{stem}")],
            None => vec![self.text.clone()],
        }
    }
}

/// What a reader takes for one word: a plain word, or parts joined as in `EMG/NCS` or `15 mg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Byte offset in the text of the first character.
    pub start: usize,
    /// Byte offset in the text after the last character.
    pub end: usize,
    /// Position of the first part, counted in parts from the start of the text.
    pub position: usize,
    /// Number of positions the word spans, one for each part.
    pub length: usize,
    /// The parts in order; one that is longer than [`LONGEST_TERM`] is missing.
    pub parts: Vec<Form>,
    /// The canonical whole forms, any of which finds the word; empty for a plain word. Forms of
    /// only some of the parts (`325mg` in `10/325mg`) have a smaller `length` than the word.
    pub wholes: Vec<Form>,
}

impl Word {
    /// The whole forms that cover the word from its first part to its last.
    pub fn complete_wholes(&self) -> impl Iterator<Item = &Form> {
        self.wholes.iter().filter(|whole| whole.position == self.position && whole.length == self.length)
    }
}

/// Analyzes a text into words, as queries and other readers of whole words need it.
///
/// The parts and wholes are exactly the unmarked terms that [`LetterTokenizer`] yields.
///
/// # Example
///
/// ```
/// # use imr::index::analysis::analyze;
/// let words = analyze("Norco 10/325 mg");
/// assert_eq!(words.len(), 2);
/// assert!(words[1].wholes.iter().any(|form| form.text == "10/325mg"));
/// ```
#[must_use]
pub fn analyze(text: &str) -> Vec<Word> {
    let mut chunk = Chunk::default();
    let mut wholes = Vec::new();
    let mut words = Vec::new();
    let mut at = 0;
    let mut position = 0;
    while let Some(next) = chunk.read(text, at) {
        at = next;
        find_wholes(&mut chunk, &mut wholes);
        words.extend(word_of(&chunk, &wholes, position));
        position += chunk.parts.len();
    }
    words
}

fn word_of(chunk: &Chunk, wholes: &[Whole], position: usize) -> Option<Word> {
    let first = chunk.parts.first()?;
    let last = chunk.parts.last()?;
    let form = |text: &str, is_word: bool, from: usize, to: usize| {
        let is_stemmed = is_word && !is_stop_word(text);
        (text.len() <= LONGEST_TERM).then(|| Form {
            text: text.to_owned(),
            stem: is_stemmed.then(|| stem(text)),
            position: position + from,
            length: to - from + 1,
            start: chunk.parts[from].start,
            end: source_end(chunk, to),
        })
    };
    Some(Word {
        start: first.start,
        end: last.percent.unwrap_or(last.end),
        position,
        length: chunk.parts.len(),
        parts: chunk
            .parts
            .iter()
            .enumerate()
            .filter_map(|(index, part)| {
                let is_word = part.kind == Kind::Letters;
                let mut part_form = form(chunk.part_text(part), is_word, index, index)?;
                part_form.end = part.end;
                Some(part_form)
            })
            .collect(),
        wholes: wholes
            .iter()
            .filter_map(|whole| {
                let text = &chunk.letters[whole.text.clone()];
                form(text, whole.is_word, whole.first, whole.last)
            })
            .collect(),
    })
}

/// Where a form ends in the source whose last part is `index`, a following `%` included.
fn source_end(chunk: &Chunk, index: usize) -> usize {
    let part = &chunk.parts[index];
    part.percent.unwrap_or(part.end)
}

/// The tokenizer to register with tantivy for every text field.
///
/// It needs no filters: folding, stems, whole forms and names are all its own, in one pass.
#[derive(Debug, Clone, Default)]
pub struct LetterTokenizer {
    /// Whether names of several words are looked for.
    finds_names: bool,
    begun: Begun,
    chunk: Chunk,
    wholes: Vec<Whole>,
    entries: Vec<Entry>,
    stems: StemCache,
    token: Token,
}

/// A token of the current chunk that waits to be handed out.
#[derive(Debug, Clone)]
struct Entry {
    /// Where the term stands in [`Chunk::letters`].
    text: std::ops::Range<usize>,
    start: usize,
    end: usize,
    position: usize,
    length: usize,
}

impl Tokenizer for LetterTokenizer {
    type TokenStream<'a> = LetterTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LetterTokenStream<'a> {
        self.token.reset();
        self.entries.clear();
        self.begun.forget();
        LetterTokenStream { tokenizer: self, text, at: 0, next_entry: 0, position: 0 }
    }
}

impl LetterTokenizer {
    /// The tokenizer of the index, which finds names of several words, too.
    #[must_use]
    pub fn with_names() -> Self {
        Self { finds_names: true, ..Self::default() }
    }

    /// Reads the next chunk from byte `from` into `entries`; gives the byte at which to go on.
    fn read_chunk(&mut self, text: &str, from: usize, position: usize) -> Option<usize> {
        self.entries.clear();
        let next = self.chunk.read(text, from)?;
        find_wholes(&mut self.chunk, &mut self.wholes);
        for index in 0..self.chunk.parts.len() {
            let part = &self.chunk.parts[index];
            let entry = Entry {
                text: part.text.clone(),
                start: part.start,
                end: part.end,
                position: position + index,
                length: 1,
            };
            let is_word = part.kind == Kind::Letters;
            let stem = self.push_entry(entry.clone(), is_word);
            if self.finds_names {
                self.push_names(&entry, stem);
            }
            for whole_index in 0..self.wholes.len() {
                let whole = &self.wholes[whole_index];
                if whole.first != index {
                    continue;
                }
                let entry = Entry {
                    text: whole.text.clone(),
                    start: self.chunk.parts[whole.first].start,
                    end: source_end(&self.chunk, whole.last),
                    position: position + index,
                    length: whole.last - whole.first + 1,
                };
                let is_word = whole.is_word;
                self.push_entry(entry, is_word);
            }
        }
        Some(next)
    }

    /// The names that end with a part of the chunk, given with where its stem stands.
    fn push_names(&mut self, last: &Entry, stem: std::ops::Range<usize>) {
        let letters = &mut self.chunk.letters;
        let (word, stem) = (&letters[last.text.clone()], &letters[stem]);
        let mut names: [&str; MOST_NAMES] = [""; MOST_NAMES];
        let mut found = 0;
        self.begun.read(&NAMES, word, stem, |name| {
            if found < names.len() {
                names[found] = name;
                found += 1;
            }
        });
        for name in &names[..found] {
            let from = letters.len();
            letters.push_str(name);
            self.entries.push(Entry { text: from..letters.len(), ..last.clone() });
        }
    }

    /// Gives where in [`Chunk::letters`] the stem stands: that of the term itself, if it has none of its own.
    fn push_entry(&mut self, entry: Entry, is_word: bool) -> std::ops::Range<usize> {
        let own = entry.text.clone();
        if entry.text.len() > LONGEST_TERM {
            return own;
        }
        let marked_stem = if is_word { self.stems.marked_stem(&self.chunk.letters[entry.text.clone()]) } else { "" };
        let stem_from = self.chunk.letters.len();
        self.chunk.letters.push_str(marked_stem);
        let stem_entry = Entry { text: stem_from..self.chunk.letters.len(), ..entry };
        self.entries.push(entry);
        if stem_entry.text.is_empty() {
            return own;
        }
        let stem = stem_entry.text.start + STEM_MARK.len_utf8()..stem_entry.text.end;
        self.entries.push(stem_entry);
        stem
    }
}

/// The tokens of one text, in order of position.
#[derive(Debug)]
pub struct LetterTokenStream<'a> {
    tokenizer: &'a mut LetterTokenizer,
    text: &'a str,
    at: usize,
    next_entry: usize,
    position: usize,
}

impl TokenStream for LetterTokenStream<'_> {
    fn advance(&mut self) -> bool {
        while self.next_entry >= self.tokenizer.entries.len() {
            let Some(next) = self.tokenizer.read_chunk(self.text, self.at, self.position) else {
                return false;
            };
            self.at = next;
            self.position += self.tokenizer.chunk.parts.len();
            self.next_entry = 0;
        }
        let entry = &self.tokenizer.entries[self.next_entry];
        let token = &mut self.tokenizer.token;
        token.text.clear();
        token.text.push_str(&self.tokenizer.chunk.letters[entry.text.clone()]);
        token.offset_from = entry.start;
        token.offset_to = entry.end;
        token.position = entry.position;
        token.position_length = entry.length;
        self.next_entry += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.tokenizer.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokenizer.token
    }
}

thread_local! {
    /// Keeps the stem cache warm from one text to the next for callers without a tokenizer.
    static TOKENIZER: RefCell<LetterTokenizer> = RefCell::default();
}

/// Runs `visit` on every token of a text, stems included, in order of position.
///
/// The tokenizer of the thread is reused, so that the thousand hits of a page do not stem the same
/// words a thousand times. `visit` may itself call this.
pub fn for_each_token(text: &str, mut visit: impl FnMut(&Token)) {
    // Taken out rather than borrowed, so that a visit that analyzes again gets a fresh one
    // instead of a panic.
    let mut tokenizer = TOKENIZER.take();
    let mut stream = tokenizer.token_stream(text);
    while stream.advance() {
        visit(stream.token());
    }
    TOKENIZER.set(tokenizer);
}
