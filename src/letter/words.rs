//! Matching form words: case, spacing and line breaks inside a label or heading do not matter.

use std::ops::Range;

/// Matches `pattern` (lower-case ASCII, single spaces) at the start of `text`: letters match in either case, a space
/// matches any white space (also a line break), and white space before punctuation is allowed.
///
/// Returns the number of bytes matched.
#[must_use]
pub fn starts_with_words(text: &str, pattern: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for &expected in pattern.as_bytes() {
        if expected == b' ' {
            let before = at;
            at = skip_white_space(bytes, at);
            if at == before {
                return None;
            }
            continue;
        }
        if !expected.is_ascii_alphanumeric() {
            at = skip_white_space(bytes, at);
        }
        if !bytes.get(at)?.eq_ignore_ascii_case(&expected) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// The first of `patterns`, which all begin with two letters, that `text` starts with; with the bytes matched.
#[must_use]
pub fn starts_with_any<T: Copy>(text: &str, patterns: &[(&str, T)]) -> Option<(T, usize)> {
    let start = [*text.as_bytes().first()?, *text.as_bytes().get(1)?].map(|letter| letter.to_ascii_lowercase());
    patterns
        .iter()
        .filter(|(pattern, _)| pattern.as_bytes().starts_with(&start))
        .find_map(|&(pattern, meaning)| starts_with_words(text, pattern).map(|length| (meaning, length)))
}

/// Position after the white space at `at`; the non-breaking space counts as white space.
fn skip_white_space(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_whitespace() || *byte == 0x0b => at += 1,
            Some(0xc2) if bytes.get(at + 1) == Some(&0xa0) => at += 2,
            _ => return at,
        }
    }
}

/// Finds `needle` in `text` without regard to ASCII case.
#[must_use]
pub fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let (first, length) = (needle.as_bytes().first()?, needle.len());
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(offset) = memchr::memchr2(first.to_ascii_lowercase(), first.to_ascii_uppercase(), bytes.get(from..)?)
    {
        let at = from + offset;
        if bytes.get(at..at + length)?.eq_ignore_ascii_case(needle.as_bytes()) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Finds `pattern` as [`starts_with_words`] matches it: the words may be broken over lines. Returns where it starts and
/// ends.
#[must_use]
pub fn find_words(text: &str, pattern: &str) -> Option<Range<usize>> {
    let first = *pattern.as_bytes().first()?;
    let bytes = text.as_bytes();
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), bytes).find_map(|at| {
        // The first byte is ASCII, so `at` is a character boundary.
        starts_with_words(&text[at..], pattern).map(|length| at..at + length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_match_whatever_their_spacing() {
        let label = "claims administrator guideline:";
        for (text, expected) in [
            ("Claims Administrator guideline: x", Some(31)),
            ("CLAIMS  Administrator\n\nguideline : x", Some(34)),
            ("Claims\u{a0}Administrator guideline:", Some(32)),
            ("Claims Administrator guidelines:", None),
            ("Claims Adm", None),
        ] {
            assert_eq!(starts_with_words(text, label), expected, "{text:?}");
        }
    }

    #[test]
    fn phrases_are_found_across_line_breaks() {
        assert_eq!(find_words("x. The Expert\nReviewer based", "the expert reviewer"), Some(3..22));
        assert_eq!(find_words("the experts", "the expert reviewer"), None);
    }

    #[test]
    fn finding_ignores_case() {
        assert_eq!(find_ignoring_case("The MTUS are silent", "mtus"), Some(4));
        assert_eq!(find_ignoring_case("mtu", "mtus"), None);
        assert_eq!(find_ignoring_case("§ Upheld", "upheld"), Some(3));
    }
}
