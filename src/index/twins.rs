//! Near-twins: rationales that repeat another one's wording.
//!
//! Three rationales in ten have a near-twin: the same reviewer's text for another item or another case. Two texts are
//! near-twins when their sets of five-word shingles have a Jaccard similarity above one half. The index keeps a `MinHash`
//! signature of 32 bytes a decision to find candidates (Broder, "On the resemblance and containment of documents", 1997;
//! one byte of each minimum as in b-bit minwise hashing, Li and König, 2010); the answer checks them exactly.

use std::collections::HashSet;
use std::hash::BuildHasher;

use rustc_hash::FxHashSet;

/// Words in a shingle.
const SHINGLE_WORDS: usize = 5;
/// Near-twins are more alike than this.
pub const TWIN_SIMILARITY: f64 = 0.5;
/// Bytes that must agree, of 32, for a pair to be checked: at a true similarity of 0.5 the expected number is 16 with a
/// standard deviation of 2.8, so 13 misses one pair in ten at the very border and one in a hundred at 0.6. Letters of one
/// treatment share recited sentences: at 0.3 one pair in ten has to be checked, with 10 bytes it would be half of them.
const CANDIDATE_BYTES: u32 = 13;
/// Bytes that settle it without reading the texts: at a similarity of 0.4 fewer than one pair in five hundred agrees in
/// so many, and stock sentences repeated thousands of times need not be read thousands of times.
const CERTAIN_BYTES: u32 = 21;

/// Bins of shingles, each with its minimum.
const BINS: usize = 32;

/// 32 minima, one byte each, in four numbers.
pub type Signature = [u64; 4];

/// The signature of a rationale. All zero for an empty text, which is nobody's twin.
///
/// One permutation for all minima: a shingle's hash says which of the 32 bins it belongs to, and the smallest of each bin
/// is kept (Li, Owen and Zhang, "One permutation hashing", 2012). An empty bin takes over the next full one's minimum,
/// marked by the distance (Shrivastava and Li, "Densifying one permutation hashing via rotation", 2014).
#[must_use]
pub fn signature(rationale: &str) -> Signature {
    let mut minima = [None; BINS];
    for shingle in shingle_hashes(&word_hashes(rationale)) {
        let minimum = &mut minima[(shingle >> 59) as usize];
        *minimum = Some(minimum.map_or(shingle, |known: u64| known.min(shingle)));
    }
    let mut signature = [0; 4];
    for bin in 0..BINS {
        let full = (0..BINS).find_map(|distance| Some((minima[(bin + distance) % BINS]?, distance as u64)));
        let Some((minimum, distance)) = full else { return signature };
        // The lowest byte; the highest ones of a minimum are nearly all the same.
        signature[bin / 8] |= (mix(minimum.wrapping_add(distance)) & 0xff) << (bin % 8 * 8);
    }
    signature
}

/// What two signatures say of their texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resemblance {
    Strangers,
    /// Alike enough that the texts themselves must be compared.
    Possible,
    Twins,
}

/// Compares two signatures.
#[must_use]
pub fn resemblance(one: &Signature, other: &Signature) -> Resemblance {
    if *one == [0; 4] || *other == [0; 4] {
        return Resemblance::Strangers;
    }
    match one.iter().zip(other).map(|(a, b)| equal_bytes(a ^ b)).sum::<u32>() {
        CERTAIN_BYTES.. => Resemblance::Twins,
        CANDIDATE_BYTES.. => Resemblance::Possible,
        _ => Resemblance::Strangers,
    }
}

/// The bytes that are zero: in each byte the highest bit is left only if no bit was set (Warren, "Hacker's Delight", 6-1).
fn equal_bytes(difference: u64) -> u32 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    (!(((difference & LOW) + LOW) | difference | LOW)).count_ones()
}

/// The Jaccard similarity of two rationales' shingles, 0 to 1.
#[must_use]
pub fn similarity<S: BuildHasher>(one: &HashSet<u64, S>, other: &HashSet<u64, S>) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let common = one.intersection(other).count();
    common as f64 / (one.len() + other.len() - common) as f64
}

/// The hashed five-word shingles of a text; of a shorter text, all its words.
#[must_use]
pub fn shingles(text: &str) -> FxHashSet<u64> {
    shingle_hashes(&word_hashes(text)).collect()
}

fn shingle_hashes(words: &[u64]) -> impl Iterator<Item = u64> {
    let shingles = words.windows(SHINGLE_WORDS.min(words.len().max(1)));
    shingles.map(|shingle| mix(shingle.iter().fold(0, |hash: u64, word| hash.rotate_left(7) ^ word)))
}

/// Letters and digits of ASCII in lower case; zero for what stands between words.
const FOLDED: [u8; 128] = {
    let mut folded = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            folded[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

/// A hash of each word, whatever its case (FNV-1a over characters).
fn word_hashes(text: &str) -> Vec<u64> {
    const SEED: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x100_0000_01b3;
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut hash = SEED;
    for letter in text.chars() {
        match FOLDED.get(letter as usize) {
            Some(&lower) if lower != 0 => hash = (hash ^ u64::from(lower)).wrapping_mul(PRIME),
            None if letter.is_alphanumeric() => {
                hash = letter.to_lowercase().fold(hash, |hash, lower| (hash ^ u64::from(lower)).wrapping_mul(PRIME));
            }
            _ if hash != SEED => {
                words.push(mix(hash));
                hash = SEED;
            }
            _ => {}
        }
    }
    if hash != SEED {
        words.push(mix(hash));
    }
    words
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATIONALE: &str = "The guideline supports a trial of six visits with evidence of functional improvement before more are \
        considered. The worker has completed eight visits without a documented gain in function. The request is not \
        medically necessary.";

    #[test]
    fn twins_are_found_and_strangers_are_not() {
        let twin = RATIONALE.replace("eight visits", "nine visits");
        let stranger = "Imaging of the knee is recommended where a red flag is present or an effusion followed a blow to the joint. \
            No examination of the knee is in the file. The request is not medically necessary.";
        assert_ne!(resemblance(&signature(RATIONALE), &signature(&twin)), Resemblance::Strangers);
        assert!(similarity(&shingles(RATIONALE), &shingles(&twin)) > TWIN_SIMILARITY);
        assert_eq!(resemblance(&signature(RATIONALE), &signature(stranger)), Resemblance::Strangers);
        assert!(similarity(&shingles(RATIONALE), &shingles(stranger)) < 0.2);
    }

    #[test]
    fn equal_bytes_are_counted() {
        for (difference, equal) in [(0, 8), (u64::MAX, 0), (0x0100_0000_0000_0080, 6), (0x00ff_00ff_00ff_00ff, 4)] {
            assert_eq!(equal_bytes(difference), equal, "{difference:x}");
        }
    }

    #[test]
    fn the_same_text_is_known_without_reading_it() {
        assert_eq!(resemblance(&signature(RATIONALE), &signature(RATIONALE)), Resemblance::Twins);
    }

    #[test]
    fn nothing_is_the_twin_of_an_empty_text() {
        assert_eq!(resemblance(&signature(""), &signature("")), Resemblance::Strangers);
        assert!(similarity(&shingles(""), &shingles("")) < TWIN_SIMILARITY);
    }

    #[test]
    fn case_and_punctuation_do_not_matter() {
        assert_eq!(signature(RATIONALE), signature(&RATIONALE.to_uppercase().replace('.', ";")));
    }
}
