//! Wall-clock times of a few rounds, and what is said about them.
//!
//! Medians, not means: on a machine shared with others a round is now and then twice as long, never half.

use std::time::{Duration, Instant};

/// Whether `cargo bench` runs this; under `cargo test` one round shows that the bench still works.
pub fn is_measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// How long one call takes.
pub fn time<T>(call: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    let value = std::hint::black_box(call());
    let elapsed = started.elapsed();
    drop(value);
    elapsed
}

/// The middle of the times; of an even number the later of the two in the middle.
pub fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
