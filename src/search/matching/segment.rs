//! A compiled clause in one segment, window by window.

use tantivy::{DocId, Score, SegmentReader};

use super::bits::{Bits, Tally, WINDOW};
use super::compiled::{Compiled, Condition, Pool};
use super::lists::Cursor;
use super::scoring::{Bounds, Scoring};

/// A clause being read in one segment.
pub struct Reading<'a> {
    compiled: &'a Compiled,
    segment: &'a SegmentReader,
    cursors: Vec<Cursor<'a>>,
    /// The next decision of each list that can be scored.
    next: Vec<DocId>,
    /// What a decision of each list can score in this window at most.
    most: Vec<Score>,
    pools: Vec<Bits>,
    /// The pools whose sets are those of this window.
    is_read: Vec<bool>,
    spare: Vec<Bits>,
    bounds: Bounds,
    /// The first decision of the window.
    window: DocId,
}

impl<'a> Reading<'a> {
    /// Opens the lists that the segment has.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn open(compiled: &'a Compiled, segment: &'a SegmentReader, ordinal: usize) -> tantivy::Result<Self> {
        let cursors = compiled.lists.iter().map(|list| Cursor::open(list, segment, ordinal));
        Ok(Self {
            compiled,
            segment,
            cursors: cursors.collect::<tantivy::Result<_>>()?,
            next: vec![0; compiled.lists.len()],
            most: vec![0.0; compiled.lists.len()],
            pools: vec![Bits::none(); compiled.pools.len()],
            is_read: vec![false; compiled.pools.len()],
            spare: Vec::new(),
            bounds: Bounds::of(&compiled.part),
            window: 0,
        })
    }

    /// Moves on to the window that begins with this decision.
    pub fn enter(&mut self, window: DocId) {
        self.window = window;
        self.is_read.fill(false);
        self.bounds.clear();
    }

    /// The decisions of the window that the words ask for. Deleted ones are among them.
    pub fn words(&mut self, into: &mut Bits) {
        self.meet(self.compiled.condition, into);
    }

    /// The decisions of the window that meet one of the filters.
    pub fn filter(&mut self, filter: usize, into: &mut Bits) {
        self.meet(self.compiled.filters[filter], into);
    }

    fn spare(&mut self) -> Bits {
        self.spare.pop().unwrap_or_else(Bits::none)
    }

    fn pool(&mut self, pool: usize) -> &Bits {
        let bits = &mut self.pools[pool];
        if !std::mem::replace(&mut self.is_read[pool], true) {
            bits.clear();
            for &list in &self.compiled.pools[pool].lists {
                self.most[list] = self.cursors[list].find(self.window, bits);
            }
        }
        bits
    }

    /// Works out which decisions of the window meet a condition. What needs not be read is not.
    fn meet(&mut self, condition: usize, into: &mut Bits) {
        match &self.compiled.conditions[condition] {
            Condition::Everything => into.fill_to(WINDOW.min(self.segment.max_doc() - self.window)),
            Condition::Nothing => into.clear(),
            Condition::Pool(pool) => into.copy(self.pool(*pool)),
            Condition::Any(of) => self.meet_any(of, into),
            Condition::Mix { must, should, at_least, must_not } => {
                let mut one = self.spare();
                let mut is_first = true;
                for &condition in must {
                    if is_first {
                        self.meet(condition, into);
                    } else {
                        self.meet(condition, &mut one);
                        into.keep(&one);
                    }
                    is_first = false;
                    if into.is_empty() {
                        break;
                    }
                }
                if *at_least > 0 && (is_first || !into.is_empty()) {
                    self.meet_some(should, *at_least, &mut one);
                    if is_first {
                        into.copy(&one);
                    } else {
                        into.keep(&one);
                    }
                }
                for &condition in must_not {
                    if into.is_empty() {
                        break;
                    }
                    self.meet(condition, &mut one);
                    into.take_away(&one);
                }
                self.spare.push(one);
            }
        }
    }

    fn meet_any(&mut self, of: &[usize], into: &mut Bits) {
        into.clear();
        for &condition in of {
            if let Condition::Pool(pool) = self.compiled.conditions[condition] {
                into.unite(self.pool(pool));
                continue;
            }
            let mut one = self.spare();
            self.meet(condition, &mut one);
            into.unite(&one);
            self.spare.push(one);
        }
    }

    fn meet_some(&mut self, of: &[usize], at_least: usize, into: &mut Bits) {
        if at_least == 1 {
            return self.meet_any(of, into);
        }
        let mut tally = Tally::new();
        let mut one = self.spare();
        for &condition in of {
            self.meet(condition, &mut one);
            tally.add(&one);
        }
        self.spare.push(one);
        tally.at_least(at_least, into);
    }

    /// Scores decisions of the window that the words ask for, in order, and hands them over; what certainly scores less
    /// than `least` is left out. `take` gives the score that counts from then on.
    pub fn score(&mut self, found: &Bits, mut least: Score, mut take: impl FnMut(DocId, Score) -> Score) {
        if found.is_empty() {
            return;
        }
        for pool in 0..self.compiled.word_pools {
            self.pool(pool);
        }
        let part = &self.compiled.part;
        for (at, &word) in found.words().iter().enumerate().filter(|(_, word)| **word != 0) {
            // The pools each of these 64 decisions is in.
            let mut pools = [0_u64; 64];
            for (pool, bits) in self.pools[..self.compiled.word_pools].iter().enumerate() {
                let mut both = bits.words()[at] & word;
                while both != 0 {
                    pools[both.trailing_zeros() as usize] |= Pool::bit(pool);
                    both &= both - 1;
                }
            }
            let mut rest = word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                let pools = pools[bit as usize];
                if self.bounds.most(part, pools, &self.most) < least {
                    continue;
                }
                let place = at as u32 * 64 + bit;
                let mut scoring = Scoring {
                    cursors: &mut self.cursors,
                    next: &mut self.next,
                    pools: &self.pools,
                    conditions: &self.compiled.conditions,
                    window: self.window,
                };
                let score = scoring.value(part, pools, place);
                least = take(self.window + place, score);
            }
        }
    }
}
