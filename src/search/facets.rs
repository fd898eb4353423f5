//! Facet counts over the decisions found in one segment.
//!
//! Each facet is a string column: a number for every value of a decision, which stands for a term of the column's
//! dictionary. The numbers are counted, and only those that occur are looked up, in order. Where many decisions were found
//! it is quicker to go through those that have each value, which the index lists, and where nearly all were, to count the
//! others and take them off the totals, which the term dictionary knows.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::{Column, ColumnIndex, Dictionary};
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, InvertedIndexReader, SegmentReader};

use super::matching::Bits;

/// Decisions counted at a time.
const BLOCK: usize = 1024;
/// Up to one in so many of a segment's decisions, their values are looked up one by one.
const FEW: u32 = 6;

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
        let few = found.documents / FEW;
        if found.count > few
            && segment.alive_bitset().is_none()
            && let inverted = segment.inverted_index(segment.schema().get_field(&self.name)?)?
            && let Some(lists) = lists(&inverted, dictionary)?
        {
            let mut counts = if found.documents - found.count <= few {
                let totals = lists.into_iter().map(|(value, info)| (value, u64::from(info.doc_freq)));
                let mut counts: Counts = totals.collect();
                for (value, fewer) in one_by_one(dictionary, column, found.others())? {
                    counts.entry(value).and_modify(|count| *count -= fewer);
                }
                counts
            } else {
                by_lists(&inverted, column, lists, found)?
            };
            counts.retain(|_, count| *count > 0);
            return Ok(counts);
        }
        one_by_one(dictionary, column, found.words())
    }
}

/// Counts how many of each value's decisions were found.
fn by_lists(
    inverted: &InvertedIndexReader,
    column: &Column<u64>,
    mut lists: Vec<(String, TermInfo)>,
    found: &Found,
) -> tantivy::Result<Counts> {
    lists.sort_by_key(|(_, info)| info.doc_freq);
    // Where every decision has one value, those with the most frequent one are the others.
    let others = if matches!(column.index, ColumnIndex::Full) { lists.pop() } else { None };
    let mut counts = Counts::with_capacity(lists.len() + 1);
    for (value, info) in lists {
        let mut list = inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
        counts.insert(value, found.count_of(&mut list));
    }
    if let Some((value, _)) = others {
        counts.insert(value, found.count() - counts.values().sum::<u64>());
    }
    Ok(counts)
}

/// Where the decisions with each value are listed; nothing where two values differ in case only, which the lists do not
/// tell apart.
fn lists(inverted: &InvertedIndexReader, dictionary: &Dictionary) -> tantivy::Result<Option<Vec<(String, TermInfo)>>> {
    let mut infos: HashMap<String, TermInfo> = HashMap::new();
    let mut terms = inverted.terms().stream()?;
    while terms.advance() {
        infos.insert(String::from_utf8_lossy(terms.key()).into_owned(), terms.value().clone());
    }
    let mut lists = Vec::with_capacity(infos.len());
    let mut values = dictionary.stream()?;
    while values.advance() {
        let value = String::from_utf8_lossy(values.key()).into_owned();
        let Some(info) = infos.remove(&value.to_lowercase()) else { return Ok(None) };
        lists.push((value, info));
    }
    Ok(Some(lists))
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

    /// Adds those of a window, none of which was added before.
    pub fn add(&mut self, window: DocId, found: &Bits) {
        for (word, &more) in self.bits[(window / 64) as usize..].iter_mut().zip(found.words()) {
            *word = more;
            self.count += more.count_ones();
        }
    }

    /// Whether a decision was added.
    #[must_use]
    pub fn has(&self, document: DocId) -> bool {
        self.bits[(document / 64) as usize] >> (document % 64) & 1 == 1
    }

    /// How many were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::from(self.count)
    }

    /// How many of a list were found.
    fn count_of(&self, list: &mut BlockSegmentPostings) -> u64 {
        let mut count = 0;
        while !list.docs().is_empty() {
            count += list.docs().iter().map(|&document| u64::from(self.has(document))).sum::<u64>();
            list.advance();
        }
        count
    }

    /// The decisions found, 64 in a word.
    fn words(&self) -> impl Iterator<Item = u64> {
        self.bits.iter().copied()
    }

    /// Those that were not.
    fn others(&self) -> impl Iterator<Item = u64> {
        let last = self.documents / 64;
        let others = (0..).zip(&self.bits).map(|(at, bits)| (at, !bits));
        others.map(move |(at, others)| if at == last { others & ((1 << (self.documents % 64)) - 1) } else { others })
    }
}

/// Counts the values of some decisions, 64 in a word, by their columns.
fn one_by_one(
    dictionary: &Dictionary,
    column: &Column<u64>,
    decisions: impl Iterator<Item = u64>,
) -> tantivy::Result<Counts> {
    let mut counts = vec![0_u32; dictionary.num_terms()];
    count_into(&mut counts, column, decisions);
    named(dictionary, &counts)
}

fn count_into(counts: &mut [u32], column: &Column<u64>, decisions: impl Iterator<Item = u64>) {
    let (mut block, mut owners, mut rows) = (Vec::with_capacity(BLOCK + 64), Vec::new(), Vec::new());
    let mut values = Vec::new();
    let mut words = (0..).step_by(64).zip(decisions).peekable();
    while words.peek().is_some() {
        block.clear();
        while block.len() < BLOCK
            && let Some((start, mut word)) = words.next()
        {
            while word != 0 {
                block.push(start + word.trailing_zeros());
                word &= word - 1;
            }
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
fn named(dictionary: &Dictionary, counts: &[u32]) -> tantivy::Result<Counts> {
    let occurring: Vec<u64> = (0..counts.len() as u64).filter(|&value| counts[value as usize] > 0).collect();
    let mut names = Vec::with_capacity(occurring.len());
    dictionary.sorted_ords_to_term_cb(&occurring, |name| names.push(String::from_utf8_lossy(name).into_owned()))?;
    Ok(names.into_iter().zip(occurring).map(|(name, value)| (name, u64::from(counts[value as usize]))).collect())
}

/// The counts of a facet over all segments, largest first, equal ones in the order of their values.
#[must_use]
pub fn sorted(counts: Counts) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}
