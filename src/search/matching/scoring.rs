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
            Kind::Where { .. } if !self.is_met(pools) => 0.0,
            Kind::Where { of, .. } => of.iter().map(|part| part.most(pools, lists)).sum(),
        }
    }

    /// Whether a decision in these pools can be where this counts.
    fn is_met(&self, pools: u64) -> bool {
        match &self.kind {
            Kind::Where { needs, .. } => needs.iter().all(|&needed| shares(needed, pools)),
            _ => true,
        }
    }

    /// The pools on which it depends what a decision can score.
    fn looked_at(&self) -> u64 {
        let (needs, of): (&[u64], &[Part]) = match &self.kind {
            Kind::Nothing | Kind::List(_) | Kind::Constant { .. } => (&[], &[]),
            Kind::Best { of, .. } | Kind::Sum(of) => (&[], of),
            Kind::Where { needs, of, .. } => (needs, of),
        };
        let needed = needs.iter().fold(self.pools, |pools, needed| pools | needed);
        of.iter().fold(needed, |pools, part| pools | part.looked_at())
    }

    /// What this adds up.
    fn parts(&self) -> &[Part] {
        match &self.kind {
            Kind::Sum(of) | Kind::Where { of, .. } => of,
            _ => &[],
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

/// What decisions can score at most in a window, remembered by the pools they are in: for the whole, and for what it is
/// made of, since the pools of a long query come in many combinations.
pub struct Bounds {
    whole: Memory,
    /// With the pools that are looked at for each.
    parts: Vec<(u64, Memory)>,
}

impl Bounds {
    pub fn of(part: &Part) -> Self {
        let parts = part.parts().iter().map(|part| (part.looked_at(), Memory::of(64))).collect();
        Self { whole: Memory::of(4_096), parts }
    }

    pub fn clear(&mut self) {
        self.whole.clear();
        self.parts.iter_mut().for_each(|(_, memory)| memory.clear());
    }

    pub fn most(&mut self, part: &Part, pools: u64, lists: &[Score]) -> Score {
        let parts = &mut self.parts;
        self.whole.recall(pools, || {
            let most = if parts.is_empty() || !part.is_met(pools) {
                part.most(pools, lists)
            } else {
                let each = part.parts().iter().zip(parts);
                each.map(|(part, (looked_at, memory))| memory.recall(pools & *looked_at, || part.most(pools, lists)))
                    .sum()
            };
            most * ROUNDING
        })
    }
}

/// Scores by sets of pools. A set has one place and takes it over from whatever was there.
struct Memory(Vec<(u64, Score)>);

impl Memory {
    const UNKNOWN: Score = -1.0;

    /// For so many sets, a power of two.
    fn of(sets: usize) -> Self {
        Self(vec![(0, Self::UNKNOWN); sets])
    }

    fn clear(&mut self) {
        self.0.fill((0, Self::UNKNOWN));
    }

    fn recall(&mut self, pools: u64, work_out: impl FnOnce() -> Score) -> Score {
        // Fibonacci hashing.
        let place = pools.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - self.0.len().ilog2());
        let (known, score) = &mut self.0[place as usize];
        if *known != pools || *score < 0.0 {
            (*known, *score) = (pools, work_out());
        }
        *score
    }
}

/// The scoring of a decision.
pub struct Scoring<'r, 'a> {
    pub cursors: &'r mut [Cursor<'a>],
    /// The next decision of each list: those that are further on have not this one.
    pub next: &'r mut [DocId],
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
            Kind::List(list) if self.next[*list] > self.window + place => 0.0,
            Kind::List(list) => self.cursors[*list].score(self.window + place, &mut self.next[*list]),
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
