//! One pass over the decisions a query finds: how many, the best of them in order, and how the facets count.
//!
//! tantivy would go over them once for each of these, or tell equally good decisions apart by strings that it has to
//! unpack for every candidate of every segment.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::Query;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::facets::{Counts, FacetColumn, Found as FoundInSegment};
use super::terms::StemStatistics;

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
    pub best: Best,
    /// How many of the best.
    pub depth: usize,
    /// Names of the facets to count.
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
    /// Goes once over the decisions a query finds.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn over(self, searcher: &Searcher, query: &dyn Query) -> tantivy::Result<Found> {
        let facets = self.facets.iter().map(|&name| name.to_owned()).collect();
        let collector = SweepCollector { best: self.best, depth: self.depth, facets };
        searcher.search_with_statistics_provider(query, &collector, &StemStatistics(searcher))
    }
}

struct SweepCollector {
    best: Best,
    depth: usize,
    facets: Vec<String>,
}

impl Collector for SweepCollector {
    type Fruit = Found;
    type Child = SegmentSweep;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentSweep> {
        let columns = segment.fast_fields();
        let facets = self.facets.iter().map(|name| FacetColumn::open(segment, name));
        Ok(SegmentSweep {
            ordinal,
            found: FoundInSegment::none_of(segment.max_doc()),
            best: self.best,
            depth: self.depth,
            order: columns.u64("order")?,
            decided: (self.depth > 0 && self.best != Best::Score).then(|| columns.u64("decided")).transpose()?,
            candidates: Vec::with_capacity(self.depth.min(1_000) * 2),
            least: None,
            facets: facets.collect::<tantivy::Result<_>>()?,
            segment: segment.clone(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.depth > 0 && self.best == Best::Score
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<SegmentFound>>) -> tantivy::Result<Found> {
        let mut all = Found { facets: vec![Counts::new(); self.facets.len()], ..Found::default() };
        let mut candidates: Vec<(Candidate, SegmentOrdinal)> = Vec::new();
        for found in fruits {
            let found = found?;
            all.total += found.total;
            for (sum, counts) in all.facets.iter_mut().zip(found.facets) {
                for (value, count) in counts {
                    *sum.entry(value).or_default() += count;
                }
            }
            candidates.extend(found.candidates.into_iter().map(|candidate| (candidate, found.ordinal)));
        }
        candidates.sort_unstable();
        candidates.truncate(self.depth);
        all.ranking = candidates
            .into_iter()
            .map(|(candidate, ordinal)| (self.score(candidate), DocAddress::new(ordinal, candidate.document)))
            .collect();
        Ok(all)
    }
}

impl SweepCollector {
    fn score(&self, candidate: Candidate) -> Score {
        if self.best == Best::Score { score_of(!candidate.rank) } else { 0.0 }
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

struct SegmentSweep {
    ordinal: SegmentOrdinal,
    segment: SegmentReader,
    found: FoundInSegment,
    best: Best,
    depth: usize,
    order: Column<u64>,
    decided: Option<Column<u64>>,
    /// At most twice as many as are wanted; then the worse half goes.
    candidates: Vec<Candidate>,
    /// What is worse than this is not among the best.
    least: Option<Candidate>,
    facets: Vec<FacetColumn>,
}

struct SegmentFound {
    ordinal: SegmentOrdinal,
    total: u64,
    facets: Vec<Counts>,
    candidates: Vec<Candidate>,
}

impl SegmentSweep {
    fn rank(&self, document: DocId, score: Score) -> u64 {
        let day = || self.decided.as_ref().and_then(|days| days.first(document));
        match self.best {
            Best::Score => !rank_of(score),
            // A letter without a date comes last either way.
            Best::Newest => day().map_or(u64::MAX, |day| !day - 1),
            Best::Oldest => day().unwrap_or(u64::MAX),
        }
    }

    fn keep_the_best(&mut self) {
        if self.candidates.len() > self.depth {
            self.candidates.select_nth_unstable(self.depth - 1);
            self.candidates.truncate(self.depth);
            self.least = self.candidates.last().copied();
        }
    }
}

impl SegmentCollector for SegmentSweep {
    type Fruit = tantivy::Result<SegmentFound>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.found.add(document);
        if self.depth == 0 {
            return;
        }
        let rank = self.rank(document, score);
        if self.least.is_some_and(|least| rank > least.rank) {
            return;
        }
        let candidate = Candidate { rank, order: self.order.first(document).unwrap_or(u64::MAX), document };
        if self.least.is_some_and(|least| candidate > least) {
            return;
        }
        self.candidates.push(candidate);
        if self.candidates.len() >= self.depth.saturating_mul(2) {
            self.keep_the_best();
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        if self.depth > 0 {
            self.keep_the_best();
        }
        let facets = self.facets.iter().map(|facet| facet.count(&self.segment, &self.found));
        Ok(SegmentFound {
            ordinal: self.ordinal,
            total: self.found.count(),
            facets: facets.collect::<tantivy::Result<_>>()?,
            candidates: self.candidates,
        })
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
