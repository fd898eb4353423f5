//! A snapshot of the index for reading: lookups by id, and what it holds.

use std::collections::BTreeMap;

use tantivy::collector::{Count, DocSetCollector};
use tantivy::query::{Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term};

use super::OpenIndex;
use super::document::{FieldHandles, Record, record};
use crate::letter::model::{Decision, Letter};

/// The committed state of an index at one moment.
#[derive(Clone)]
pub struct Snapshot {
    pub searcher: Searcher,
    pub fields: FieldHandles,
}

/// Whether any of these decisions has not been deleted.
pub(super) fn has_alive(segment: &SegmentReader, mut decisions: impl DocSet) -> bool {
    let mut document = decisions.doc();
    while document != TERMINATED {
        if segment.alive_bitset().is_none_or(|alive| alive.is_alive(document)) {
            return true;
        }
        document = decisions.advance();
    }
    false
}

/// What an index holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub letters: u64,
    pub decisions: u64,
    pub upheld: u64,
    pub overturned: u64,
}

impl Snapshot {
    /// The state of the last commit.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn of(index: &OpenIndex) -> tantivy::Result<Self> {
        let reader = index.tantivy.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { searcher: reader.searcher(), fields: FieldHandles::of(&index.tantivy.schema())? })
    }

    /// A state without letters, for building anew beside what is there.
    ///
    /// # Errors
    /// The library cannot make an index in memory.
    pub fn empty() -> tantivy::Result<Self> {
        let index = tantivy::Index::create_in_ram(super::fields::schema());
        super::register_analyses(&index);
        Ok(Self { searcher: index.reader()?.searcher(), fields: FieldHandles::of(&index.schema())? })
    }

    /// The stored record at an address.
    ///
    /// # Errors
    /// The document store cannot be read.
    pub fn record(&self, address: DocAddress) -> tantivy::Result<Record> {
        record(&self.fields, &self.searcher.doc::<TantivyDocument>(address)?)
    }

    /// Whether a file with this content is in the index.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn knows_content(&self, content_hash: &str) -> tantivy::Result<bool> {
        let term = Term::from_field_text(self.fields.content, content_hash);
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.content)?;
            let postings = inverted.read_postings(&term, IndexRecordOption::Basic)?;
            if postings.is_some_and(|postings| has_alive(segment, postings)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The records of a letter's decisions, in the letter's order; empty if the index has no such letter.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn records_of_letter(&self, letter_id: &str) -> tantivy::Result<Vec<Record>> {
        let mut records =
            self.records_with(Term::from_field_text(self.fields.case_number, &letter_id.to_lowercase()))?;
        records.sort_by_key(|record| record.letter.decisions.first().map(Decision::ordinal));
        Ok(records)
    }

    /// The record of one decision.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn record_of_decision(&self, decision_id: &str) -> tantivy::Result<Option<Record>> {
        Ok(self.records_with(Term::from_field_text(self.fields.id, &decision_id.to_lowercase()))?.pop())
    }

    /// Whether the index has a decision.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn has_decision(&self, decision_id: &str) -> tantivy::Result<bool> {
        let term = Term::from_field_text(self.fields.id, &decision_id.to_lowercase());
        Ok(self.searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &Count)? > 0)
    }

    /// A whole letter, put together from its decisions.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn letter(&self, letter_id: &str) -> tantivy::Result<Option<Letter>> {
        let mut records = self.records_of_letter(letter_id)?.into_iter();
        let Some(first) = records.next() else { return Ok(None) };
        let mut letter = first.letter;
        letter.decisions.extend(records.flat_map(|record| record.letter.decisions));
        Ok(Some(letter))
    }

    fn records_with(&self, term: Term) -> tantivy::Result<Vec<Record>> {
        let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        let mut addresses: Vec<DocAddress> = self.searcher.search(&query, &DocSetCollector)?.into_iter().collect();
        addresses.sort_unstable();
        addresses.into_iter().map(|address| self.record(address)).collect()
    }

    /// Counts letters and decisions.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn counts(&self) -> tantivy::Result<Counts> {
        let outcomes = self.value_counts("outcome")?;
        let count = |outcome: &str| outcomes.get(outcome).copied().unwrap_or(0);
        let (upheld, overturned) = (count("upheld"), count("overturned"));
        Ok(Counts { letters: self.letter_count()?, decisions: self.searcher.num_docs(), upheld, overturned })
    }

    /// Letters: every letter has exactly one first decision.
    fn letter_count(&self) -> tantivy::Result<u64> {
        let mut letters = 0;
        for segment in self.searcher.segment_readers() {
            let ordinals = segment.fast_fields().u64("ordinal")?;
            letters += segment.doc_ids_alive().filter(|&document| ordinals.first(document) == Some(1)).count() as u64;
        }
        Ok(letters)
    }

    /// The dates of the first and the last decision; none where no letter prints its date.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn decided_between(&self) -> tantivy::Result<(Option<String>, Option<String>)> {
        let (mut first, mut last) = (None, None);
        for segment in self.searcher.segment_readers() {
            let days = segment.fast_fields().u64("decided")?;
            for day in segment.doc_ids_alive().filter_map(|document| days.first(document)) {
                first = Some(first.map_or(day, |first: u64| first.min(day)));
                last = Some(last.map_or(day, |last: u64| last.max(day)));
            }
        }
        let date = |day: u64| format!("{:04}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100);
        Ok((first.map(date), last.map(date)))
    }

    /// How many decisions have each value of a facet.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn value_counts(&self, field: &str) -> tantivy::Result<BTreeMap<String, u64>> {
        let mut counts = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let Some(column) = segment.fast_fields().str(field)? else { continue };
            let mut by_ordinal = vec![0_u64; column.num_terms()];
            for document in segment.doc_ids_alive() {
                for ordinal in column.term_ords(document) {
                    by_ordinal[ordinal as usize] += 1;
                }
            }
            let mut terms = column.dictionary().stream()?;
            let mut ordinal = 0;
            while terms.advance() {
                let count = by_ordinal.get(ordinal).copied().unwrap_or(0);
                if count > 0 {
                    *counts.entry(String::from_utf8_lossy(terms.key()).into_owned()).or_default() += count;
                }
                ordinal += 1;
            }
        }
        Ok(counts)
    }
}
