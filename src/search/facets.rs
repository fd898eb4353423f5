//! Facet counts over the decisions found in one segment.
//!
//! Each facet is a string column: a number for every value of a decision, which stands for a term of the column's
//! dictionary. The numbers are counted, and only those that occur are looked up, in order. Where more than half of a
//! segment was found, the decisions that were not are counted instead and taken off the totals, which the term dictionary
//! knows.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::{Column, ColumnIndex, Dictionary};
use tantivy::{DocId, SegmentReader};

/// Decisions counted at a time.
const BLOCK: usize = 1024;

/// How often each value of a facet occurs.
pub type Counts = HashMap<String, u64>;

/// One facet of one segment.
pub struct FacetColumn {
    name: String,
    values: Option<(Arc<Dictionary>, Column<u64>)>,
}

impl FacetColumn {
    /// Opens the column of a facet.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn open(segment: &SegmentReader, name: &str) -> tantivy::Result<Self> {
        let column = segment.fast_fields().str(name)?;
        Ok(Self { name: name.to_owned(), values: column.map(tantivy::columnar::StrColumn::into_parts) })
    }

    /// Counts the values of the decisions that were found, given as a set of bits.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn count(&self, segment: &SegmentReader, found: &Found) -> tantivy::Result<Counts> {
        let Some((dictionary, column)) = &self.values else { return Ok(Counts::new()) };
        let mut counts = vec![0_u32; dictionary.num_terms()];
        if found.is_most()
            && segment.alive_bitset().is_none()
            && let Some(mut totals) = self.totals(segment, dictionary)?
        {
            count_into(&mut counts, column, found.others());
            for (value, fewer) in named(dictionary, &counts)? {
                if let Some(total) = totals.get_mut(&value) {
                    *total -= fewer;
                }
            }
            totals.retain(|_, total| *total > 0);
            return Ok(totals);
        }
        count_into(&mut counts, column, found.documents());
        Ok(named(dictionary, &counts)?.collect())
    }

    /// How many decisions of the segment have each value; nothing where two values differ in case only, which the term
    /// dictionary does not tell apart.
    fn totals(&self, segment: &SegmentReader, dictionary: &Dictionary) -> tantivy::Result<Option<Counts>> {
        let inverted = segment.inverted_index(segment.schema().get_field(&self.name)?)?;
        let mut frequencies: HashMap<String, u64> = HashMap::new();
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            frequencies.insert(String::from_utf8_lossy(terms.key()).into_owned(), u64::from(terms.value().doc_freq));
        }
        let mut totals = Counts::new();
        let mut values = dictionary.stream()?;
        while values.advance() {
            let value = String::from_utf8_lossy(values.key()).into_owned();
            let Some(frequency) = frequencies.remove(&value.to_lowercase()) else { return Ok(None) };
            totals.insert(value, frequency);
        }
        Ok(Some(totals))
    }
}

/// The decisions found in a segment, a bit for each.
pub struct Found {
    bits: Vec<u64>,
    documents: u32,
    count: u32,
}

impl Found {
    /// None yet, of a segment of so many decisions.
    #[must_use]
    pub fn none_of(documents: u32) -> Self {
        Self { bits: vec![0; documents.div_ceil(64) as usize], documents, count: 0 }
    }

    /// Adds a decision that was not added before.
    pub fn add(&mut self, document: DocId) {
        self.bits[(document / 64) as usize] |= 1 << (document % 64);
        self.count += 1;
    }

    /// How many were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::from(self.count)
    }

    fn is_most(&self) -> bool {
        self.count > self.documents / 2
    }

    fn documents(&self) -> impl Iterator<Item = DocId> {
        places(self.bits.iter().copied())
    }

    fn others(&self) -> impl Iterator<Item = DocId> {
        let documents = self.documents;
        places(self.bits.iter().map(|bits| !bits)).take_while(move |document| *document < documents)
    }
}

/// The places of the bits that are set.
fn places(words: impl Iterator<Item = u64>) -> impl Iterator<Item = DocId> {
    (0..).step_by(64).zip(words).flat_map(|(start, mut bits)| {
        std::iter::from_fn(move || {
            let place = (bits != 0).then(|| start + bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
            place
        })
    })
}

fn count_into(counts: &mut [u32], column: &Column<u64>, mut documents: impl Iterator<Item = DocId>) {
    let (mut block, mut owners, mut rows) = (Vec::with_capacity(BLOCK), Vec::new(), Vec::new());
    let mut values = Vec::new();
    loop {
        block.clear();
        block.extend(documents.by_ref().take(BLOCK));
        if block.is_empty() {
            return;
        }
        let rows_of_block = if let ColumnIndex::Full = column.index {
            &block
        } else {
            owners.clear();
            rows.clear();
            column.index.docids_to_rowids(&block, &mut owners, &mut rows);
            &rows
        };
        values.resize(rows_of_block.len(), 0);
        column.values.get_vals(rows_of_block, &mut values);
        for value in &values {
            counts[*value as usize] += 1;
        }
    }
}

/// The values that occur, with how often.
fn named<'a>(
    dictionary: &Dictionary,
    counts: &'a [u32],
) -> tantivy::Result<impl Iterator<Item = (String, u64)> + use<'a>> {
    let occurring: Vec<u64> = (0..counts.len() as u64).filter(|&value| counts[value as usize] > 0).collect();
    let mut names = Vec::with_capacity(occurring.len());
    dictionary.sorted_ords_to_term_cb(&occurring, |name| names.push(String::from_utf8_lossy(name).into_owned()))?;
    Ok(names.into_iter().zip(occurring).map(|(name, value)| (name, u64::from(counts[value as usize]))))
}

/// The counts of a facet over all segments, largest first, equal ones in the order of their values.
#[must_use]
pub fn sorted(counts: Counts) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}
