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
use tantivy::{DocId, SegmentReader};

use super::matching::Bits;

/// Decisions counted at a time.
const BLOCK: usize = 1024;
/// Up to this part of a segment's decisions, their values are looked up one by one: an eighth.
const FEW: u32 = 8;

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
        let listed = if found.count > few && segment.alive_bitset().is_none() {
            self.listed(segment, dictionary)?
        } else {
            None
        };
        let Some(listed) = listed else {
            let mut counts = vec![0_u32; dictionary.num_terms()];
            count_into(&mut counts, column, found.words());
            return Ok(named(dictionary, &counts)?.collect());
        };
        let mut counts: Counts;
        if found.documents - found.count <= few {
            counts = listed.into_iter().map(|(value, info)| (value, u64::from(info.doc_freq))).collect();
            let mut others = vec![0_u32; dictionary.num_terms()];
            count_into(&mut others, column, found.others());
            for (value, fewer) in named(dictionary, &others)? {
                counts.entry(value).and_modify(|count| *count -= fewer);
            }
        } else {
            let inverted = segment.inverted_index(segment.schema().get_field(&self.name)?)?;
            counts = Counts::with_capacity(listed.len());
            for (value, info) in listed {
                let mut postings = inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                counts.insert(value, found.count_of(&mut postings));
            }
        }
        counts.retain(|_, count| *count > 0);
        Ok(counts)
    }

    /// Where the decisions with each value are listed; nothing where two values differ in case only, which the lists do
    /// not tell apart.
    fn listed(
        &self,
        segment: &SegmentReader,
        dictionary: &Dictionary,
    ) -> tantivy::Result<Option<Vec<(String, TermInfo)>>> {
        let inverted = segment.inverted_index(segment.schema().get_field(&self.name)?)?;
        let mut infos: HashMap<String, TermInfo> = HashMap::new();
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            infos.insert(String::from_utf8_lossy(terms.key()).into_owned(), terms.value().clone());
        }
        let mut listed = Vec::with_capacity(infos.len());
        let mut values = dictionary.stream()?;
        while values.advance() {
            let value = String::from_utf8_lossy(values.key()).into_owned();
            let Some(info) = infos.remove(&value.to_lowercase()) else { return Ok(None) };
            listed.push((value, info));
        }
        Ok(Some(listed))
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

fn count_into(counts: &mut [u32], column: &Column<u64>, found: impl Iterator<Item = u64>) {
    let (mut block, mut owners, mut rows) = (Vec::with_capacity(BLOCK + 64), Vec::new(), Vec::new());
    let mut values = Vec::new();
    let mut words = (0..).step_by(64).zip(found).peekable();
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
