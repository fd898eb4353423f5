//! Sets of decisions as bits.

use tantivy::DocId;

/// Decisions gone through at a time: their bits stay in a core's own cache.
pub const WINDOW: u32 = 1 << 16;

/// A set of the decisions of one window: decision `n` of it is bit `n % 64` of word `n / 64`.
#[derive(Clone)]
pub struct Bits(Box<[u64; Self::WORDS]>);

impl Bits {
    /// Words of a set.
    pub const WORDS: usize = (WINDOW / 64) as usize;

    pub fn none() -> Self {
        Self(Box::new([0; Self::WORDS]))
    }

    pub fn words(&self) -> &[u64; Self::WORDS] {
        &self.0
    }

    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    /// The first so many decisions of the window, and no others.
    pub fn fill_to(&mut self, decisions: u32) {
        let whole = (decisions / 64) as usize;
        self.0[..whole].fill(u64::MAX);
        self.0[whole..].fill(0);
        if let Some(word) = self.0.get_mut(whole) {
            *word = (1 << (decisions % 64)) - 1;
        }
    }

    pub fn add(&mut self, place: u32) {
        self.0[(place / 64) as usize] |= 1 << (place % 64);
    }

    pub fn remove(&mut self, place: u32) {
        self.0[(place / 64) as usize] &= !(1 << (place % 64));
    }

    pub fn has(&self, place: u32) -> bool {
        self.0[(place / 64) as usize] >> (place % 64) & 1 == 1
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    pub fn copy(&mut self, other: &Bits) {
        self.0.copy_from_slice(other.words());
    }

    pub fn unite(&mut self, other: &Bits) {
        self.each(other, |one, other| one | other);
    }

    pub fn keep(&mut self, other: &Bits) {
        self.each(other, |one, other| one & other);
    }

    pub fn take_away(&mut self, other: &Bits) {
        self.each(other, |one, other| one & !other);
    }

    fn each(&mut self, other: &Bits, of: impl Fn(u64, u64) -> u64) {
        for (one, &other) in self.0.iter_mut().zip(other.words()) {
            *one = of(*one, other);
        }
    }
}

/// In how many of some sets each decision of a window is: a number for each, its digits in sets of their own.
pub struct Tally {
    /// The lowest binary digit first.
    digits: Vec<Bits>,
}

impl Tally {
    pub fn new() -> Self {
        Self { digits: Vec::new() }
    }

    /// Counts the decisions of a set once more.
    pub fn add(&mut self, set: &Bits) {
        let mut carries = set.clone();
        for digit in &mut self.digits {
            let mut is_over = true;
            for (digit, carry) in digit.0.iter_mut().zip(carries.0.iter_mut()) {
                let next = *digit & *carry;
                *digit ^= *carry;
                *carry = next;
                is_over &= next == 0;
            }
            if is_over {
                return;
            }
        }
        if !carries.is_empty() {
            self.digits.push(carries);
        }
    }

    /// The decisions counted at least so often.
    pub fn at_least(&self, least: usize, into: &mut Bits) {
        if least >> self.digits.len() != 0 {
            into.clear();
            return;
        }
        for (at, word) in into.0.iter_mut().enumerate() {
            // From the highest digit: more than `least` so far, or as much.
            let (mut more, mut equal) = (0, u64::MAX);
            for (place, digit) in self.digits.iter().enumerate().rev() {
                if least >> place & 1 == 1 {
                    equal &= digit.0[at];
                } else {
                    more |= equal & digit.0[at];
                    equal &= !digit.0[at];
                }
            }
            *word = more | equal;
        }
    }
}

/// The places of the bits that are set in a run of words.
pub fn places(words: impl Iterator<Item = u64>) -> impl Iterator<Item = DocId> {
    (0..).step_by(64).zip(words).flat_map(|(start, mut bits)| {
        std::iter::from_fn(move || {
            let place = (bits != 0).then(|| start + bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
            place
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multiples_of(step: u32) -> Bits {
        let mut bits = Bits::none();
        (0..WINDOW).step_by(step as usize).for_each(|place| bits.add(place));
        bits
    }

    #[test]
    fn a_tally_counts_the_sets_a_decision_is_in() {
        let mut tally = Tally::new();
        (1..=12).for_each(|step| tally.add(&multiples_of(step)));
        let mut found = Bits::none();
        for least in 0..=13 {
            tally.at_least(least, &mut found);
            for place in 0..2_000 {
                let divisors = (1..=12).filter(|step| place % step == 0).count();
                assert_eq!(found.has(place), divisors >= least, "{place} has {divisors}, {least} wanted");
            }
        }
    }

    #[test]
    fn a_window_can_end_anywhere() {
        let mut bits = multiples_of(1);
        for decisions in [0, 1, 63, 64, 65, WINDOW - 1, WINDOW] {
            bits.fill_to(decisions);
            assert_eq!(places(bits.words().iter().copied()).count(), decisions as usize);
            assert!(places(bits.words().iter().copied()).all(|place| place < decisions));
        }
    }
}
