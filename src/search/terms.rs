//! The index's own words: how frequent one is, which match a wildcard, which are close to a misspelt one.

use std::collections::HashMap;

use tantivy::query::{Bm25StatisticsProvider, FuzzyTermQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::index::analysis::STEM_MARK;

/// A wildcard stands for at most this many words of a field, the most frequent ones.
pub const MOST_EXPANSIONS: usize = 256;
/// Suggestions shown for a word that matches nothing.
const MOST_SUGGESTIONS: usize = 3;

/// Statistics in which a word equal to its stem and the marked stem of its inflected forms are one term.
///
/// The two have postings of their own. Scored apart, the rarer of them would look like a rare word: "inject" would
/// outweigh "injections" a hundredfold though both match the same query.
pub struct StemStatistics<'a>(pub &'a Searcher);

impl Bm25StatisticsProvider for StemStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.0.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.0.total_num_docs()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let own = self.0.doc_freq(term)?;
        let Some(word) = term.value().as_str().map(str::to_owned) else { return Ok(own) };
        let other = match word.strip_prefix(STEM_MARK) {
            Some(stem) => stem.to_owned(),
            None => format!("{STEM_MARK}{word}"),
        };
        let other = self.0.doc_freq(&Term::from_field_text(term.field(), &other))?;
        // The sum may count a letter twice, but never exceeds the letters there are.
        Ok((own + other).min(self.0.total_num_docs()?))
    }
}

/// Decisions that have a term in a field, deleted ones included.
///
/// # Errors
/// The index cannot be read.
pub fn frequency(searcher: &Searcher, field: Field, term: &str) -> tantivy::Result<u64> {
    searcher.doc_freq(&Term::from_field_text(field, term))
}

/// The exact words of `fields` that match a wildcard pattern (`*` any characters, `?` one), the most frequent first, at
/// most [`MOST_EXPANSIONS`]; and whether there were more.
///
/// # Errors
/// The index cannot be read.
pub fn expand_wildcard(searcher: &Searcher, fields: &[Field], pattern: &str) -> tantivy::Result<(Vec<String>, bool)> {
    let prefix: String = pattern.chars().take_while(|letter| !matches!(letter, '*' | '?')).collect();
    let mut frequencies: HashMap<String, u64> = HashMap::new();
    for segment in searcher.segment_readers() {
        for &field in fields {
            let inverted = segment.inverted_index(field)?;
            let mut terms = inverted.terms().range().ge(prefix.as_bytes()).into_stream()?;
            while terms.advance() {
                let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                if !term.starts_with(&prefix) {
                    break;
                }
                if !term.starts_with(STEM_MARK) && matches_wildcard(pattern, term) {
                    *frequencies.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                }
            }
        }
    }
    let mut found: Vec<(String, u64)> = frequencies.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = found.len() > MOST_EXPANSIONS;
    found.truncate(MOST_EXPANSIONS);
    Ok((found.into_iter().map(|(term, _)| term).collect(), more))
}

/// Whether a term matches a pattern of letters, `*` and `?`. Linear in both but for one remembered `*`.
#[must_use]
pub fn matches_wildcard(pattern: &str, term: &str) -> bool {
    let (pattern, term): (Vec<char>, Vec<char>) = (pattern.chars().collect(), term.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < term.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&letter) if letter == '?' || letter == term[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((after_star, from)) => {
                    (at, read) = (after_star + 1, from + 1);
                    star = Some((after_star, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

/// Words of `fields` within one or two typing slips of `word`, the closest and most frequent first, and how many slips
/// away they are.
///
/// # Errors
/// The index cannot be read.
pub fn suggestions(searcher: &Searcher, fields: &[Field], word: &str) -> tantivy::Result<(Vec<String>, u8)> {
    let length = word.chars().count();
    // Short words have too many neighbours, and codes none that are meant.
    if length < 4 || word.chars().any(|letter| letter.is_ascii_digit()) {
        return Ok((Vec::new(), 0));
    }
    let mut slips = 0;
    let mut found: HashMap<String, u64> = HashMap::new();
    for distance in 1..=if length >= 6 { 2 } else { 1 } {
        for segment in searcher.segment_readers() {
            for &field in fields {
                let fuzzy = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
                let inverted = segment.inverted_index(field)?;
                let mut terms = inverted.terms().search(fuzzy.automaton()?).into_stream()?;
                while terms.advance() {
                    let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                    if term.chars().all(char::is_alphabetic) && term.chars().count() > 3 {
                        *found.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                    }
                }
            }
        }
        slips = distance;
        if !found.is_empty() {
            break;
        }
    }
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    // A slip in the first letter is rare; then the more frequent word is the likelier one.
    let same_start = |term: &str| term.chars().next() == word.chars().next();
    found.sort_by(|a, b| same_start(&b.0).cmp(&same_start(&a.0)).then(b.1.cmp(&a.1)).then_with(|| a.0.cmp(&b.0)));
    found.truncate(MOST_SUGGESTIONS);
    Ok((found.into_iter().map(|(term, _)| term).collect(), slips))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_whole_terms() {
        for (pattern, term, matches) in [
            ("inject*", "injections", true),
            ("inject*", "inject", true),
            ("inject*", "reinjected", false),
            ("wom?n", "women", true),
            ("wom?n", "womn", false),
            ("*itis", "arthritis", true),
            ("a*b*c", "aXbYbc", true),
            ("a*b*c", "aXbY", false),
            ("*", "", true),
        ] {
            assert_eq!(matches_wildcard(pattern, term), matches, "{pattern} {term}");
        }
    }

    #[test]
    fn many_stars_stay_linear() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!matches_wildcard(&pattern, &"a".repeat(5_000)));
    }
}
