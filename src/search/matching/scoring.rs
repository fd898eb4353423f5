//! What a decision scores, and what it can score at most.

use tantivy::{DocId, Score};

use super::bits::Bits;
use super::compiled::{Condition, Kind, Part};
use super::lists::Cursor;

/// Bounds are added up in another order than scores; so much may be lost to rounding.
const ROUNDING: Score = 1.0 + 1e-5;

impl Part {
    /// Whether a decision in these pools can get anything from it.
    fn can_count(&self, pools: u64) -> bool {
        shares(self.pools, pools)
    }

    /// What a decision in these pools can score at most.
    fn most(&self, pools: u64, lists: &[Score]) -> Score {
        if !self.can_count(pools) {
            return 0.0;
        }
        match &self.kind {
            Kind::Nothing => 0.0,
            Kind::List(list) => lists[*list],
            Kind::Constant { score, .. } => *score,
            Kind::Best { of, share } => best(of.iter().map(|part| part.most(pools, lists)), *share),
            Kind::Sum(of) => of.iter().map(|part| part.most(pools, lists)).sum(),
            Kind::Where { needs, .. } if !needs.iter().all(|&needed| shares(needed, pools)) => 0.0,
            Kind::Where { of, .. } => of.iter().map(|part| part.most(pools, lists)).sum(),
        }
    }
}

/// Whether two sets of pools have one in common; all of them stand for decisions in none, too.
fn shares(one: u64, other: u64) -> bool {
    one & other != 0 || one == u64::MAX
}

/// The best score and a share of the others.
fn best(scores: impl Iterator<Item = Score>, share: Score) -> Score {
    let (mut best, mut sum): (Score, Score) = (0.0, 0.0);
    for score in scores {
        best = best.max(score);
        sum += score;
    }
    best + (sum - best) * share
}

/// What decisions can score at most in a window, remembered by the pools they are in.
pub struct Bounds(Vec<(u64, Score)>);

impl Bounds {
    /// Sets of pools remembered.
    const MOST: usize = 1 << 10;
    const UNKNOWN: Score = -1.0;

    pub fn new() -> Self {
        Self(vec![(0, Self::UNKNOWN); Self::MOST])
    }

    pub fn clear(&mut self) {
        self.0.fill((0, Self::UNKNOWN));
    }

    pub fn most(&mut self, part: &Part, pools: u64, lists: &[Score]) -> Score {
        // Fibonacci hashing.
        let slot = pools.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::MOST.ilog2());
        let (known, most) = &mut self.0[slot as usize];
        if *known != pools || *most < 0.0 {
            (*known, *most) = (pools, part.most(pools, lists) * ROUNDING);
        }
        *most
    }
}

/// The scoring of a decision.
pub struct Scoring<'r, 'a> {
    pub cursors: &'r mut [Cursor<'a>],
    pub pools: &'r [Bits],
    pub conditions: &'r [Condition],
    pub window: DocId,
}

impl Scoring<'_, '_> {
    /// What a part adds for the decision at this place of the window, which is in these pools.
    pub fn value(&mut self, part: &Part, pools: u64, place: u32) -> Score {
        if !part.can_count(pools) {
            return 0.0;
        }
        match &part.kind {
            Kind::Nothing => 0.0,
            Kind::List(list) => self.cursors[*list].score(self.window + place),
            Kind::Constant { condition, score } => {
                if self.meets(*condition, place) {
                    *score
                } else {
                    0.0
                }
            }
            Kind::Best { of, share } => best(of.iter().map(|part| self.value(part, pools, place)), *share),
            Kind::Where { condition, .. } if !self.meets(*condition, place) => 0.0,
            Kind::Sum(of) | Kind::Where { of, .. } => of.iter().map(|part| self.value(part, pools, place)).sum(),
        }
    }

    fn meets(&self, condition: usize, place: u32) -> bool {
        let meets = |condition: &&usize| self.meets(**condition, place);
        match &self.conditions[condition] {
            Condition::Everything => true,
            Condition::Nothing => false,
            Condition::Pool(pool) => self.pools[*pool].has(place),
            Condition::Any(of) => of.iter().any(|condition| meets(&condition)),
            Condition::Mix { must, should, at_least, must_not } => {
                must.iter().all(|condition| meets(&condition))
                    && (*at_least == 0 || should.iter().filter(meets).take(*at_least).count() == *at_least)
                    && !must_not.iter().any(|condition| meets(&condition))
            }
        }
    }
}
