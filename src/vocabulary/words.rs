//! Words as the tables compare them: lower case, cut at everything that is no letter or digit, plurals folded.

use std::ops::Range;

/// Short forms and words that end in an s which is no plural.
const NO_PLURALS: [&str; 10] = ["tens", "pens", "nems", "nmes", "lens", "series", "always", "cymbaltas", "ls", "this"];

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
    let mut tokens = Vec::with_capacity(text.len() / 6 + 1);
    let mut start = None;
    let mut letters = 0;
    let mut close = |range: Range<usize>| tokens.push(Token { folded: fold(&text[range.clone()]), range });
    for (at, letter) in text.char_indices() {
        if letter.is_ascii_digit()
            && letters >= FEWEST_LETTERS_BEFORE_A_NUMBER
            && let Some(from) = start.replace(at)
        {
            close(from..at);
        }
        letters = if letter.is_alphabetic() { letters + 1 } else { 0 };
        if letter.is_alphanumeric() {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            close(from..at);
        }
    }
    if let Some(from) = start {
        close(from..text.len());
    }
    tokens
}

/// The words of a name in a table.
#[must_use]
pub fn sequence(name: &str) -> Vec<String> {
    tokens(name).into_iter().map(|token| token.folded).collect()
}

/// A word in lower case and, where it looks like a plural, as its singular. Both the tables and the texts are folded, so
/// a word folded oddly still meets itself.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut word = word.to_lowercase();
    let length = word.len();
    if length < 4 || !word.ends_with('s') || NO_PLURALS.contains(&word.as_str()) {
        return word;
    }
    if word.ends_with("ies") {
        word.truncate(length - 3);
        word.push('y');
    } else if word.ends_with("aches") && !word.ends_with("oaches") {
        word.truncate(length - 1);
    } else if ["ches", "shes", "xes", "sses"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(length - 2);
    } else if !["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(length - 1);
    }
    word
}

/// Whether two words are the same but for one slip: a letter too many, missing, wrong, or two exchanged.
#[must_use]
pub fn is_one_slip_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same_start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
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
