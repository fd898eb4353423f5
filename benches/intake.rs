//! How long a PDF takes to become text, beside the PDF library alone on the same file.
//!
//! The baseline is `pdf_extract::extract_text_from_mem`, which opens encrypted files with an empty password and prints the
//! text in the order of the page's drawing operations. `imr::intake::read` uses the same library, but keeps the geometry,
//! guards against endless structures and reads on a thread of its own. Goal: at most 1.3 times the library's time.
//!
//! The two take turns, file by file, and change who goes first from round to round, so that what else the machine does
//! falls on both. A file's time is the median of its rounds, a set's time the sum of its files. Beside it stands the sum of
//! the fastest rounds: `intake::read` waits for its thread, and on a machine whose cores are all taken the median then also
//! measures how long a woken thread queues for one.

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod corpora;
mod timing;

use std::fs;
use std::time::Duration;

use imr::intake;
use imr::intake::limits::Limits;

use crate::corpora::Corpus;
use crate::timing::{is_measuring, median, milliseconds, time};

const ROUNDS: usize = 31;
const WARM_UP_ROUNDS: usize = 2;
const GOAL: f64 = 1.3;

fn main() {
    let (warm_up, rounds) = if is_measuring() { (WARM_UP_ROUNDS, ROUNDS) } else { (0, 1) };
    println!("PDF to text, one thread, {rounds} rounds, medians per file");
    for corpus in Corpus::present() {
        report(corpus, &measure(corpus, warm_up, rounds));
    }
}

/// One file's times.
struct Measured {
    bytes: usize,
    library: Vec<Duration>,
    intake: Vec<Duration>,
}

impl Measured {
    fn ratio(&self) -> f64 {
        ratio(median(&self.intake), median(&self.library))
    }
}

fn ratio(intake: Duration, library: Duration) -> f64 {
    intake.as_secs_f64() / library.as_secs_f64()
}

fn measure(corpus: Corpus, warm_up: usize, rounds: usize) -> Vec<Measured> {
    let read = |file| fs::read(file).expect("a letter can be read");
    let files: Vec<Vec<u8>> = corpus.files("pdf").iter().map(read).collect();
    let mut measured: Vec<Measured> =
        files.iter().map(|bytes| Measured { bytes: bytes.len(), library: Vec::new(), intake: Vec::new() }).collect();
    for round in 0..warm_up + rounds {
        for (bytes, file) in files.iter().zip(&mut measured) {
            let (library, intake) = if round % 2 == 0 {
                let first = time_library(bytes);
                (first, time_intake(bytes))
            } else {
                let first = time_intake(bytes);
                (time_library(bytes), first)
            };
            if round >= warm_up {
                file.library.push(library);
                file.intake.push(intake);
            }
        }
    }
    measured
}

fn time_library(bytes: &[u8]) -> Duration {
    time(|| pdf_extract::extract_text_from_mem(bytes).expect("the library reads the letters"))
}

fn time_intake(bytes: &[u8]) -> Duration {
    let limits = Limits::default();
    time(|| intake::read(bytes, &limits).expect("the letters are not damaged"))
}

fn fastest(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

fn report(corpus: Corpus, measured: &[Measured]) {
    let bytes: usize = measured.iter().map(|file| file.bytes).sum();
    println!();
    println!("{corpus}: {} files, {:.2} MB", measured.len(), bytes as f64 / 1e6);
    println!("  {:<18} {:>11} {:>11}", "", "median", "fastest");
    let sum = |times: fn(&Measured) -> &[Duration], of: fn(&[Duration]) -> Duration| -> Duration {
        measured.iter().map(|file| of(times(file))).sum()
    };
    let library = [median, fastest].map(|of| sum(|file| &file.library, of));
    let intake = [median, fastest].map(|of| sum(|file| &file.intake, of));
    for (name, [middle, least]) in [("library alone", library), ("imr::intake::read", intake)] {
        println!("  {name:<18} {:>8.2} ms {:>8.2} ms", milliseconds(middle), milliseconds(least));
    }
    let of_medians = ratio(intake[0], library[0]);
    let verdict = if of_medians <= GOAL { "met" } else { "missed" };
    let of_fastest = ratio(intake[1], library[1]);
    println!("  {:<18} {of_medians:>8.3}    {of_fastest:>8.3}     (goal at most {GOAL}: {verdict})", "ratio");
    let mut ratios: Vec<f64> = measured.iter().map(Measured::ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let (lowest, middle, highest) = (ratios[0], ratios[ratios.len() / 2], ratios[ratios.len() - 1]);
    println!("  {:<18} {lowest:>8.3} lowest, {middle:.3} median, {highest:.3} highest", "ratio by file");
}
