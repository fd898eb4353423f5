//! Words as the tables compare them: lower case, cut at everything that is no letter or digit, plurals folded, the s of
//! a possessive dropped.

use std::ops::Range;

/// Short forms and words that end in an s which is no plural.
const NO_PLURALS: [&str; 10] = ["tens", "pens", "nems", "nmes", "lens", "series", "always", "cymbaltas", "ls", "this"];

/// Words that the names of tests use for each other.
const SAME_WORDS: [(&str, &str); 2] = [("testing", "test"), ("screening", "screen")];

/// A number straight behind so many letters is a word of its own ("Omeprazole20mg"); behind fewer it is part of a code.
const FEWEST_LETTERS_BEFORE_A_NUMBER: usize = 5;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Lower case, singular.
    pub folded: String,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// The words of a text.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    words(text).map(|range| Token { folded: fold(&text[range.clone()]), range }).collect()
}

/// The words of a name in a table.
#[must_use]
pub fn sequence(name: &str) -> Vec<String> {
    words(name).map(|range| fold(&name[range])).collect()
}

/// The words of a name in a table, one space between them.
#[must_use]
pub fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for range in words(name) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        fold_into(&name[range], &mut folded);
    }
    folded
}

/// Where the words of a text stand.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(char::is_alphanumeric)?;
        at = start + length_of_word(&text[start..]);
        Some(start..at)
    })
    .filter(|word| !is_possessive(text, word))
}

/// Bytes of the word that a text begins with.
fn length_of_word(text: &str) -> usize {
    let mut letters = 0;
    // Nearly all are plain letters and digits.
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            b'0'..=b'9' if letters < FEWEST_LETTERS_BEFORE_A_NUMBER => letters = 0,
            0x80.. => return at + length_of_any_word(&text[at..], letters),
            _ => return at,
        }
    }
    text.len()
}

/// The same for a text of any letters, after so many letters of the word.
fn length_of_any_word(text: &str, mut letters: usize) -> usize {
    for (at, letter) in text.char_indices() {
        let ends = !letter.is_alphanumeric() || (letter.is_ascii_digit() && letters >= FEWEST_LETTERS_BEFORE_A_NUMBER);
        if ends {
            return at;
        }
        letters = if letter.is_alphabetic() { letters + 1 } else { 0 };
    }
    text.len()
}

/// Whether a word is the s of "Guyon's canal".
fn is_possessive(text: &str, word: &Range<usize>) -> bool {
    matches!(&text[word.clone()], "s" | "S")
        && text[..word.start]
            .strip_suffix(['\'', '\u{2019}'])
            .is_some_and(|before| before.ends_with(char::is_alphabetic))
}

/// The nearest character boundary at or before byte `at`.
#[must_use]
pub fn floor(text: &str, at: usize) -> usize {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// A word in lower case, where it looks like a plural as its singular, and testing as test. Both the tables and the texts
/// are folded, so a word folded oddly still meets itself.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

fn fold_into(word: &str, into: &mut String) {
    let start = into.len();
    if word.is_ascii() {
        into.push_str(word);
        into[start..].make_ascii_lowercase();
    } else {
        into.push_str(&word.to_lowercase());
    }
    let word = &into[start..];
    if let Some((_, same)) = SAME_WORDS.iter().find(|(known, _)| *known == word) {
        into.replace_range(start.., same);
        return;
    }
    if word.len() < 4 || !word.ends_with('s') || NO_PLURALS.contains(&word) {
        return;
    }
    let (ending, instead) = if word.ends_with("ies") {
        (3, "y")
    } else if word.ends_with("aches") && !word.ends_with("oaches") {
        (1, "")
    } else if ["ches", "shes", "xes", "sses"].iter().any(|ending| word.ends_with(ending)) {
        (2, "")
    } else if !["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        (1, "")
    } else {
        return;
    };
    into.truncate(into.len() - ending);
    into.push_str(instead);
}

/// Whether two words are the same but for one slip: a letter too many, missing, wrong, or two exchanged.
#[must_use]
pub fn is_one_slip_apart(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return is_one_slip_apart_in(one.as_bytes(), other.as_bytes());
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    is_one_slip_apart_in(&one, &other)
}

fn is_one_slip_apart_in<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    let same_start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same_start..], &other[same_start..]);
    match (one, other) {
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([_, rest @ ..], other) if rest == other => true,
        (one, [_, rest @ ..]) if one == rest => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => a == d && b == c && one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_folded() {
        for (text, words) in [
            ("EMG/NCS of the L4-5", "emg ncs of the l4 5"),
            ("X-rays, 3 views", "x ray 3 view"),
            ("injections studies crutches boxes braces", "injection study crutch box brace"),
            ("headaches, back aches, approaches", "headache back ache approach"),
            ("Omeprazole20mg#60 B12 LMX4", "omeprazole 20mg 60 b12 lmx4"),
            ("TENS unit; diagnosis, gas", "tens unit diagnosis gas"),
            ("Robaxin\u{2010}750 (caf\u{e9})", "robaxin 750 caf\u{e9}"),
            ("De Quervain's (tester\u{2019}s) testing, drug screening", "de quervain tester test drug screen"),
            ("UEs, L5 'S1", "ues l5 s1"),
            ("", ""),
        ] {
            assert_eq!(sequence(text).join(" "), words, "{text}");
        }
    }

    #[test]
    fn a_slip_is_one_letter() {
        for (one, other, expected) in [
            ("diazepam", "diazempam", true),
            ("tramadol", "tramdaol", true),
            ("tramadol", "tramodol", true),
            ("tramadol", "tramado", true),
            ("tramadol", "tramadola", true),
            ("tramadol", "trimodol", false),
            ("same", "same", false),
            ("", "a", true),
        ] {
            assert_eq!(is_one_slip_apart(one, other), expected, "{one} {other}");
            assert_eq!(is_one_slip_apart(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn ranges_are_those_of_the_words() {
        let text = "a  B\u{e9}c-d";
        let ranges: Vec<&str> = tokens(text).iter().map(|token| &text[token.range.clone()]).collect();
        assert_eq!(ranges, ["a", "B\u{e9}c", "d"]);
    }
}
