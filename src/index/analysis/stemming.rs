//! English stems, the words that are not worth stemming, and a cache in front of both.

use frostem::{Algorithm, Stemmer};

use super::STEM_MARK;

/// Words that carry no meaning of their own, in alphabetical order.
///
/// `no`, `nor`, `not` and `without` are left out on purpose: "not medically necessary" is the
/// point of half the decisions. `us` is left out because it also stands for ultrasound.
const STOP_WORDS: &[&str] = &[
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "being", "both", "but",
    "by", "can", "could", "did", "do", "does", "each", "for", "from", "had", "has", "have", "having", "he", "her",
    "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "our",
    "shall", "she", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "those", "to", "too", "upon", "very", "was", "we", "were", "what", "when", "where", "which",
    "while", "who", "whom", "whose", "will", "with", "would", "you", "your",
];

/// Words shorter than this are their own stem in Snowball English.
const SHORTEST_STEMMED: usize = 3;

/// Slots in the cache, a power of two. The 62 letters shown have 2,480 distinct words, 2,000 of which
/// make up 98 % of their running text; a full cache takes about a megabyte for each text field.
const SLOTS: usize = 8192;

/// The Snowball English stem of a lower-case word, without [`STEM_MARK`].
///
/// # Example
///
/// ```
/// # use imr::index::analysis::stem;
/// assert_eq!(stem("injections"), "inject");
/// ```
#[must_use]
pub fn stem(word: &str) -> String {
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

/// Whether a lower-case word is too common to mean anything by itself.
///
/// `no`, `not`, `nor` and `without` are not stop words: here they decide cases.
#[must_use]
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// Remembers the marked stem of recent words, because stemming costs more than all the rest of the
/// analysis together.
///
/// Direct-mapped: a word has one slot and takes it over from whatever word was there. That bounds
/// the memory without ever emptying the cache at once.
#[derive(Clone, Default)]
pub(super) struct StemCache {
    /// Empty until the first look-up, so that idle copies of a tokenizer cost nothing.
    slots: Vec<Slot>,
}

#[derive(Clone, Default)]
struct Slot {
    word: String,
    /// Empty when the word has no stem of its own.
    marked_stem: String,
}

impl std::fmt::Debug for StemCache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "StemCache({} slots)", self.slots.len())
    }
}

impl StemCache {
    /// The marked stem to index beside `word`, or `""` when there is none: the word is a stop
    /// word, or its own stem. `word` is lower-case ASCII letters.
    pub(super) fn marked_stem(&mut self, word: &str) -> &str {
        if word.len() < SHORTEST_STEMMED {
            return "";
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Slot::default);
        }
        let slot = &mut self.slots[slot_of(word)];
        if slot.word != word {
            slot.word.clear();
            slot.word.push_str(word);
            slot.marked_stem.clear();
            if !is_stop_word(word) {
                let stemmer = Stemmer::new(Algorithm::English);
                let stem = stemmer.stem(word);
                if stem != word {
                    slot.marked_stem.push(STEM_MARK);
                    slot.marked_stem.push_str(&stem);
                }
            }
        }
        &slot.marked_stem
    }
}

/// FNV-1a, which beats the standard hasher on words of six letters.
fn slot_of(word: &str) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    for byte in word.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    let mixed = hash ^ (hash >> 15);
    usize::try_from(mixed).unwrap_or_default() & (SLOTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted_so_that_the_search_works() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("the"));
    }

    #[test]
    fn negations_are_not_stop_words() {
        for word in ["no", "not", "nor", "without"] {
            assert!(!is_stop_word(word), "{word}");
        }
    }

    #[test]
    fn a_slot_taken_over_still_answers_rightly() {
        let mut cache = StemCache::default();
        for number in 0..40_000_u32 {
            let letters: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            let word = format!("{letters}ings");
            let stem = stem(&word);
            let expected = if stem == word { String::new() } else { format!("~{stem}") };
            assert_eq!(cache.marked_stem(&word), expected);
        }
    }
}
