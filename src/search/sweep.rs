//! One pass over the decisions a query finds: how many, the best of them in order, and how the facets count.
//!
//! tantivy would go over them once for each of these, or tell equally good decisions apart by strings that it has to
//! unpack for every candidate of every segment.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use tantivy::columnar::Column;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, Score, SegmentReader};

use super::facets::{Counts, FacetColumn, Found as FoundInSegment};
use super::matching::{Bits, Clause, Compiled, Reading, WINDOW, places};
use super::terms::Dictionary;

/// What makes a decision better than another; equal ones stand in the order of their letters and items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Best {
    Score,
    Newest,
    Oldest,
}

/// What is wanted of the decisions that a query finds.
#[derive(Clone, Copy)]
pub struct Sweep<'a> {
    /// What the words ask.
    pub words: &'a Clause,
    /// What must be met as well, by the field it restricts.
    pub filters: &'a [(&'a str, &'a Clause)],
    pub best: Best,
    /// How many of the best.
    pub depth: usize,
    /// Names of the facets to count. One with a filter is counted as if it had none.
    pub facets: &'a [&'a str],
}

/// What one pass found.
#[derive(Default)]
pub struct Found {
    pub total: u64,
    /// The counts of each facet, in the order asked for.
    pub facets: Vec<Counts>,
    /// The best, in order.
    pub ranking: Vec<(Score, DocAddress)>,
}

impl Sweep<'_> {
    /// Goes once over the decisions found, several segments at the same time.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn over(self, dictionary: &Dictionary) -> tantivy::Result<Found> {
        let is_scored = self.is_scored();
        let filters: Vec<&Clause> = self.filters.iter().map(|(_, clause)| *clause).collect();
        let compiled = Compiled::of(dictionary, self.words, &filters, is_scored)?;
        let least = AtomicU64::new(u64::MAX);
        let segments = dictionary.searcher().segment_readers();
        let found: Vec<SegmentFound> = segments
            .par_iter()
            .enumerate()
            .map(|(ordinal, segment)| self.segment(&compiled, segment, ordinal, &least))
            .collect::<tantivy::Result<_>>()?;
        let mut all = Found { facets: vec![Counts::new(); self.facets.len()], ..Found::default() };
        let mut candidates: Vec<(Candidate, u32)> = Vec::new();
        for (found, ordinal) in found.into_iter().zip(0..) {
            all.total += found.total;
            for (sum, counts) in all.facets.iter_mut().zip(found.facets) {
                for (value, count) in counts {
                    *sum.entry(value).or_default() += count;
                }
            }
            candidates.extend(found.candidates.into_iter().map(|candidate| (candidate, ordinal)));
        }
        candidates.sort_unstable();
        candidates.truncate(self.depth);
        all.ranking = candidates
            .into_iter()
            .map(|(candidate, ordinal)| {
                let score = if is_scored { score_of(!candidate.rank) } else { 0.0 };
                (score, DocAddress::new(ordinal, candidate.document))
            })
            .collect();
        Ok(all)
    }

    /// Whether scores decide which are the best.
    fn is_scored(&self) -> bool {
        self.depth > 0 && self.best == Best::Score
    }

    fn segment(
        &self,
        compiled: &Compiled,
        segment: &SegmentReader,
        ordinal: usize,
        least: &AtomicU64,
    ) -> tantivy::Result<SegmentFound> {
        let is_scored = self.is_scored();
        let mut reading = Reading::open(compiled, segment, ordinal)?;
        let mut ranking = Ranking::new(self, segment, least)?;
        let mut all = Within::every_filter_but(None, segment);
        // What would be found without one of the filters, for the facets that have one.
        let filters = (0..self.filters.len()).filter(|filter| self.facets.contains(&self.filters[*filter].0));
        let mut others: Vec<Within> = filters.map(|filter| Within::every_filter_but(Some(filter), segment)).collect();
        let (mut words, mut passed) = (Bits::none(), Bits::none());
        for window in (0..segment.max_doc()).step_by(WINDOW as usize) {
            reading.enter(window);
            let mut each: Vec<&mut Within> = std::iter::once(&mut all).chain(&mut others).collect();
            for within in &mut each {
                within.left.fill_to(WINDOW.min(segment.max_doc() - window));
            }
            for filter in 0..self.filters.len() {
                reading.filter(filter, &mut passed);
                let asked = each.iter_mut().filter(|within| within.but != Some(filter));
                asked.for_each(|within| within.left.keep(&passed));
            }
            // Where the filters leave nothing, the words are not looked for.
            if each.iter().all(|within| within.left.is_empty()) {
                continue;
            }
            reading.words(&mut words);
            remove_deleted(segment, window, &mut words);
            for within in &mut each {
                within.left.keep(&words);
                within.found.add(window, &within.left);
            }
            if is_scored {
                ranking.by_score(&mut reading, &all.left);
            }
        }
        if !is_scored {
            ranking.by_day(segment, &all.found)?;
        }
        let facets = self.facets.iter().map(|&facet| {
            let is_own = |within: &&Within| within.but.is_some_and(|filter| self.filters[filter].0 == facet);
            let within = others.iter().find(is_own).unwrap_or(&all);
            FacetColumn::open(segment, facet)?.count(segment, &within.found)
        });
        Ok(SegmentFound {
            total: all.found.count(),
            facets: facets.collect::<tantivy::Result<_>>()?,
            candidates: ranking.finish(),
        })
    }
}

/// What is found within the filters, or all but one of them.
struct Within {
    but: Option<usize>,
    /// The decisions of this window that the filters leave.
    left: Bits,
    found: FoundInSegment,
}

impl Within {
    fn every_filter_but(but: Option<usize>, segment: &SegmentReader) -> Self {
        Self { but, left: Bits::none(), found: FoundInSegment::none_of(segment.max_doc()) }
    }
}

fn remove_deleted(segment: &SegmentReader, window: DocId, found: &mut Bits) {
    let Some(alive) = segment.alive_bitset() else { return };
    let deleted = places(found.words().iter().copied()).filter(|place| alive.is_deleted(window + place));
    for place in deleted.collect::<Vec<_>>() {
        found.remove(place);
    }
}

/// A decision that may be among the best. The least comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// The smaller the better.
    rank: u64,
    order: u64,
    document: DocId,
}

struct SegmentFound {
    total: u64,
    facets: Vec<Counts>,
    candidates: Vec<Candidate>,
}

/// The best decisions of a segment.
struct Ranking<'a> {
    best: Best,
    depth: usize,
    order: Column<u64>,
    decided: Option<Column<u64>>,
    /// At most twice as many as are wanted; then the worse half goes.
    candidates: Vec<Candidate>,
    /// What ranks behind this is not among the best of any segment.
    least: &'a AtomicU64,
}

impl<'a> Ranking<'a> {
    fn new(sweep: &Sweep, segment: &SegmentReader, least: &'a AtomicU64) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let is_by_day = sweep.depth > 0 && sweep.best != Best::Score;
        Ok(Self {
            best: sweep.best,
            depth: sweep.depth,
            order: columns.u64("order")?,
            decided: is_by_day.then(|| columns.u64("decided")).transpose()?,
            candidates: Vec::with_capacity(sweep.depth.min(1_000) * 2),
            least,
        })
    }

    fn by_score(&mut self, reading: &mut Reading, found: &Bits) {
        let least = self.least_score();
        reading.score(found, least, |document, score| {
            self.offer(document, !rank_of(score));
            self.least_score()
        });
    }

    /// Goes from the best year on, until there are enough: most decisions need not be looked at.
    fn by_day(&mut self, segment: &SegmentReader, found: &FoundInSegment) -> tantivy::Result<()> {
        let Some(days) = &self.decided else { return Ok(()) };
        let days = days.clone();
        let inverted = segment.inverted_index(segment.schema().get_field("year")?)?;
        let mut years: Vec<(u64, TermInfo)> = Vec::new();
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            let year = std::str::from_utf8(terms.key()).ok().and_then(|year| year.parse().ok());
            years.push((self.rank_of_day(year), terms.value().clone()));
        }
        years.sort_by_key(|(rank, _)| *rank);
        let mut seen = 0;
        for (_, year) in years {
            let mut decisions = inverted.read_block_postings_from_terminfo(&year, IndexRecordOption::Basic)?;
            while !decisions.docs().is_empty() {
                for &document in decisions.docs().iter().filter(|document| found.has(**document)) {
                    self.offer(document, self.rank_of_day(days.first(document)));
                    seen += 1;
                }
                decisions.advance();
            }
            if seen >= self.depth {
                break;
            }
        }
        Ok(())
    }

    /// A letter without a date comes last either way.
    fn rank_of_day(&self, day: Option<u64>) -> u64 {
        match self.best {
            Best::Oldest => day.unwrap_or(u64::MAX),
            _ => day.map_or(u64::MAX, |day| !day - 1),
        }
    }

    fn least_score(&self) -> Score {
        match self.least.load(Ordering::Relaxed) {
            u64::MAX => Score::NEG_INFINITY,
            least => score_of(!least),
        }
    }

    fn offer(&mut self, document: DocId, rank: u64) {
        if rank > self.least.load(Ordering::Relaxed) {
            return;
        }
        let order = self.order.first(document).unwrap_or(u64::MAX);
        self.candidates.push(Candidate { rank, order, document });
        if self.candidates.len() >= self.depth.saturating_mul(2) {
            self.keep_the_best();
        }
    }

    fn keep_the_best(&mut self) {
        if self.candidates.len() > self.depth {
            self.candidates.select_nth_unstable(self.depth - 1);
            self.candidates.truncate(self.depth);
            if let Some(least) = self.candidates.last() {
                self.least.fetch_min(least.rank, Ordering::Relaxed);
            }
        }
    }

    fn finish(mut self) -> Vec<Candidate> {
        if self.depth > 0 {
            self.keep_the_best();
        }
        self.candidates
    }
}

/// A number that grows with the score, whatever its sign.
fn rank_of(score: Score) -> u64 {
    let bits = score.to_bits();
    u64::from(if bits >> 31 == 0 { bits | 1 << 31 } else { !bits })
}

fn score_of(rank: u64) -> Score {
    let bits = rank as u32;
    Score::from_bits(if bits >> 31 == 1 { bits & !(1 << 31) } else { !bits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_grow_with_scores_and_give_them_back() {
        let scores = [-2.5, -1.0, 0.0, 1e-9, 0.5, 1.0, 33.3];
        assert!(scores.windows(2).all(|pair| rank_of(pair[0]) < rank_of(pair[1])));
        assert!(scores.iter().all(|&score| score_of(rank_of(score)).to_bits() == score.to_bits()));
    }
}
