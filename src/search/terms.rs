//! The index's own words: how frequent one is, which match a wildcard, which are close to a misspelt one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight, EnableScoring, FuzzyTermQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, Term};

use crate::index::analysis::STEM_MARK;

/// A wildcard stands for at most this many words of a field, the most frequent ones.
pub const MOST_EXPANSIONS: usize = 256;
/// Suggestions shown for a word that matches nothing.
const MOST_SUGGESTIONS: usize = 3;

/// What the index knows of its terms, each looked up once for a request.
///
/// A word equal to its stem and the marked stem of its inflected forms count as one term: the two have postings of their
/// own, and scored apart, the rarer of them would look like a rare word. "inject" would outweigh "injections" a
/// hundredfold though both match the same query.
pub struct Dictionary<'a> {
    searcher: &'a Searcher,
    entries: RefCell<HashMap<Term, Rc<Entry>>>,
}

/// A term of the index.
pub struct Entry {
    /// Decisions that have it, deleted ones included.
    pub decisions: u64,
    /// Where it stands in each segment.
    pub infos: Arc<[Option<TermInfo>]>,
}

impl<'a> Dictionary<'a> {
    #[must_use]
    pub fn of(searcher: &'a Searcher) -> Self {
        Self { searcher, entries: RefCell::default() }
    }

    #[must_use]
    pub fn searcher(&self) -> &'a Searcher {
        self.searcher
    }

    /// All decisions, without the deleted ones.
    #[must_use]
    pub fn decisions(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Looks a term up.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn look_up(&self, term: &Term) -> tantivy::Result<Rc<Entry>> {
        if let Some(entry) = self.entries.borrow().get(term) {
            return Ok(entry.clone());
        }
        let look_up = |segment: &SegmentReader| -> tantivy::Result<Option<TermInfo>> {
            Ok(segment.inverted_index(term.field())?.get_term_info(term)?)
        };
        let infos = self.searcher.segment_readers().iter().map(look_up).collect::<tantivy::Result<Arc<[_]>>>()?;
        let decisions = infos.iter().flatten().map(|info| u64::from(info.doc_freq)).sum();
        let entry = Rc::new(Entry { decisions, infos });
        self.entries.borrow_mut().insert(term.clone(), entry.clone());
        Ok(entry)
    }

    /// Decisions that have a term in a field, deleted ones included.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn frequency(&self, field: Field, term: &str) -> tantivy::Result<u64> {
        Ok(self.look_up(&Term::from_field_text(field, term))?.decisions)
    }

    /// Decisions that have the rarest of some terms.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn rarest(&self, terms: &[Term]) -> tantivy::Result<u64> {
        let mut rarest = u64::MAX;
        for term in terms {
            rarest = rarest.min(self.look_up(term)?.decisions);
        }
        Ok(rarest)
    }

    /// The weight of a term, or of several in a phrase, all of one field.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn weight(&self, terms: &[Term]) -> tantivy::Result<Bm25Weight> {
        match terms {
            [term] => Ok(Bm25Weight::for_one_term_without_explain(
                self.doc_freq(term)?,
                self.total_num_docs()?,
                self.total_num_tokens(term.field())? as f32 / self.total_num_docs()? as f32,
            )),
            terms => Bm25Weight::for_terms(self, terms),
        }
    }

    /// How the engine is to score with these statistics, or not at all.
    #[must_use]
    pub fn scoring(&self, scored: bool) -> EnableScoring<'_> {
        if scored {
            EnableScoring::enabled_from_statistics_provider(self, self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(self.searcher)
        }
    }
}

impl Bm25StatisticsProvider for Dictionary<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.searcher.total_num_docs()
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let own = self.look_up(term)?.decisions;
        let value = term.value();
        let Some(word) = value.as_str() else { return Ok(own) };
        let other = match word.strip_prefix(STEM_MARK) {
            Some(stem) => self.frequency(term.field(), stem)?,
            None => self.frequency(term.field(), &format!("{STEM_MARK}{word}"))?,
        };
        // The sum may count a letter twice, but never exceeds the letters there are.
        Ok((own + other).min(self.total_num_docs()?))
    }
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
                if !term.starts_with(STEM_MARK) && !term.contains(' ') && matches_wildcard(pattern, term) {
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
