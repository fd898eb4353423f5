//! How long a PDF takes to become text, beside the PDF library alone on the same file.
//!
//! The baseline is `pdf_extract::extract_text_from_mem`, which opens encrypted files with an empty password and prints the
//! text in the order of the page's drawing operations. `imr::intake::read` uses the same library, but keeps the geometry,
//! guards against endless structures and reads on a thread of its own. Goal: at most 1.3 times the library's time.
//!
//! The two take turns, file by file, and change who goes first from round to round, so that what else the machine does
//! falls on both. A file's time is the median of its rounds, a set's time the sum of its files.

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
    library: Duration,
    intake: Duration,
}

impl Measured {
    fn ratio(&self) -> f64 {
        self.intake.as_secs_f64() / self.library.as_secs_f64()
    }
}

fn measure(corpus: Corpus, warm_up: usize, rounds: usize) -> Vec<Measured> {
    let read = |file| fs::read(file).expect("a letter can be read");
    let files: Vec<Vec<u8>> = corpus.files("pdf").iter().map(read).collect();
    let mut times = vec![(Vec::new(), Vec::new()); files.len()];
    for round in 0..warm_up + rounds {
        for (bytes, (library, intake)) in files.iter().zip(&mut times) {
            let (library_time, intake_time) = if round % 2 == 0 {
                let first = time_library(bytes);
                (first, time_intake(bytes))
            } else {
                let first = time_intake(bytes);
                (time_library(bytes), first)
            };
            if round >= warm_up {
                library.push(library_time);
                intake.push(intake_time);
            }
        }
    }
    let medians = files.iter().zip(&times);
    medians
        .map(|(bytes, (library, intake))| Measured {
            bytes: bytes.len(),
            library: median(library),
            intake: median(intake),
        })
        .collect()
}

fn time_library(bytes: &[u8]) -> Duration {
    time(|| pdf_extract::extract_text_from_mem(bytes).expect("the library reads the letters"))
}

fn time_intake(bytes: &[u8]) -> Duration {
    let limits = Limits::default();
    time(|| intake::read(bytes, &limits).expect("the letters are not damaged"))
}

fn report(corpus: Corpus, measured: &[Measured]) {
    let bytes: usize = measured.iter().map(|file| file.bytes).sum();
    let library: Duration = measured.iter().map(|file| file.library).sum();
    let intake: Duration = measured.iter().map(|file| file.intake).sum();
    let mut ratios: Vec<f64> = measured.iter().map(Measured::ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = intake.as_secs_f64() / library.as_secs_f64();
    let verdict = if ratio <= GOAL { "met" } else { "missed" };
    println!();
    println!("{corpus}: {} files, {:.2} MB", measured.len(), bytes as f64 / 1e6);
    println!("  library alone      {:8.2} ms", milliseconds(library));
    println!("  imr::intake::read  {:8.2} ms", milliseconds(intake));
    println!("  ratio              {ratio:8.3}     (goal at most {GOAL}: {verdict})");
    println!(
        "  ratio by file      {:8.3} lowest, {:.3} median, {:.3} highest",
        ratios[0],
        ratios[ratios.len() / 2],
        ratios[ratios.len() - 1]
    );
}
