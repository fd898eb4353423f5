//! Pseudo-random numbers that are the same on every run and every core.
//!
//! `SplitMix64` (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014): a counter and a mixer.
//! A stream is named by numbers (seed, letter, purpose), so each part of a letter has one of its own and can be made
//! again without making what stands before it.

const GOLDEN_RATIO: u64 = 0x9e37_79b9_7f4a_7c15;

/// One stream of numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of this name.
    pub fn named(name: &[u64]) -> Self {
        let state = name.iter().fold(0x1234_5678_9abc_def0, |state: u64, part| mix(state ^ mix(part ^ GOLDEN_RATIO)));
        Random { state }
    }

    /// Another stream, named by where this one stands.
    pub fn fork(&self) -> Self {
        Random::named(&[self.state])
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_RATIO);
        mix(self.state)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        (((self.next() >> 32) * bound as u64) >> 32) as usize
    }

    /// A number of `low..=high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// A number of 0 to 1, without 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A rank below `count`, the k-th about as often as 1/k: Zipf's law with exponent 1.
    #[expect(clippy::cast_sign_loss, reason = "a power of a positive number")]
    pub fn rank(&mut self, count: usize) -> usize {
        let rank = ((count + 1) as f64).powf(self.unit()) as usize;
        rank.clamp(1, count) - 1
    }

    pub fn pick_by_rank<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.rank(choices.len())]
    }

    /// A place in `weights`, each as often as its weight.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut left = self.below(total as usize) as u32;
        for (index, &weight) in weights.iter().enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// A length round `median`: log-normal, the logarithm's deviation `spread`, kept to `low..=high`.
    #[expect(clippy::cast_sign_loss, reason = "an exponential times a positive median")]
    pub fn length(&mut self, median: f64, spread: f64, low: usize, high: usize) -> usize {
        // Twelve uniform numbers have variance 1: near enough to the normal distribution.
        let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        ((median * (normal * spread).exp()) as usize).clamp(low, high)
    }
}

fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
