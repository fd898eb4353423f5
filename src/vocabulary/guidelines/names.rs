//! Names as sequences of words, found in a text whatever joins them.

use rustc_hash::FxHashMap;

/// A word of a text, in lower case, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// The words of a text: runs of letters and digits. "and" is one like any other here.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while let Some(offset) = text[at..].find(char::is_alphanumeric) {
        let start = at + offset;
        let belongs = |character: char| character.is_alphanumeric() || matches!(character, '\'' | '’');
        at = text[start..].find(|character| !belongs(character)).map_or(text.len(), |length| start + length);
        words.push(Word { start, end: at, text: folded(&text[start..at]) });
    }
    words
}

/// A word in lower case, without apostrophes.
fn folded(printed: &str) -> String {
    if printed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return printed.to_ascii_lowercase();
    }
    printed.to_lowercase().replace(['\'', '’'], "")
}

/// A name found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entry the name belongs to.
    pub entry: usize,
    /// How many words of the text it took.
    pub words: usize,
    /// Byte after its last word, a closing bracket included.
    pub end: usize,
}

/// Names, by their first word, the longest first.
#[derive(Debug, Default)]
pub struct Names {
    by_first: FxHashMap<String, Vec<(Vec<String>, usize)>>,
}

impl Names {
    /// Of names with the entry each belongs to; of equal names the first counts.
    pub fn new<'name>(names: impl Iterator<Item = (&'name str, usize)>) -> Self {
        let mut by_first: FxHashMap<String, Vec<(Vec<String>, usize)>> = FxHashMap::default();
        for (name, entry) in names {
            let sequence: Vec<String> =
                words(name).into_iter().map(|word| word.text).filter(|word| !joins(word)).collect();
            let Some(first) = sequence.first() else { continue };
            let known = by_first.entry(first.clone()).or_default();
            if !known.iter().any(|(other, _)| *other == sequence) {
                known.push((sequence, entry));
            }
        }
        for known in by_first.values_mut() {
            known.sort_by_key(|(sequence, _)| std::cmp::Reverse(sequence.len()));
        }
        Self { by_first }
    }

    /// The longest name that starts at that word of the text.
    #[must_use]
    pub fn at(&self, text: &str, words: &[Word], from: usize) -> Option<Found> {
        let known = self.by_first.get(&words.get(from)?.text)?;
        known.iter().find_map(|(sequence, entry)| {
            let taken = taken(text, words.get(from..)?, sequence)?;
            let first = words[from].start;
            Some(Found { entry: *entry, words: taken, end: close(text, first, words[from + taken - 1].end) })
        })
    }

    /// The entry whose name is the whole text.
    #[must_use]
    pub fn whole(&self, text: &str) -> Option<usize> {
        let words = words(text);
        let found = self.at(text, &words, 0)?;
        (found.words == words.len()).then_some(found.entry)
    }
}

/// How many words the sequence takes; only light punctuation may stand between them.
fn taken(text: &str, words: &[Word], sequence: &[String]) -> Option<usize> {
    let mut count = 0;
    for wanted in sequence {
        while count > 0 && words.get(count).is_some_and(|word| joins(&word.text)) {
            count += 1;
        }
        let word = words.get(count)?;
        let light = |gap: &str| gap.chars().all(|mark| " ,&-–—/():.".contains(mark)) && gap.len() < 9;
        if word.text != *wanted || (count > 0 && !light(&text[words[count - 1].end..word.start])) {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// The end of a name, moved past the bracket it opened.
fn close(text: &str, start: usize, end: usize) -> usize {
    let opened = text[start..end].matches('(').count() > text[start..end].matches(')').count();
    if opened && text[end..].starts_with(')') { end + 1 } else { end }
}

fn joins(word: &str) -> bool {
    word == "and"
}
