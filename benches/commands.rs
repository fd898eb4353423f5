//! How long commands take as whole processes, from start to end, as a person at a terminal waits for them.
//!
//! `imr --version` is the baseline of the same run: what starting a process and the program costs before it does anything.
//! Goals: `imr index` of the 62 real PDFs into a fresh folder under 1.5 s, `imr search` on that index under 50 ms.

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod corpora;
mod timing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::time::Duration;

use crate::corpora::Corpus;
use crate::timing::{is_measuring, median, milliseconds, time};

const RUNS: usize = 15;
const WARM_UP_RUNS: usize = 3;
const QUERY: &str = "lumbar mri";

fn main() {
    let (warm_up, runs) = if is_measuring() { (WARM_UP_RUNS, RUNS) } else { (0, 1) };
    let rounds = Rounds { warm_up, runs };
    println!("whole processes, {runs} runs after {warm_up} to warm up, in ms");
    for corpus in Corpus::present() {
        measure(corpus, &rounds);
    }
}

struct Rounds {
    warm_up: usize,
    runs: usize,
}

fn measure(corpus: Corpus, rounds: &Rounds) {
    let letters = corpus.folder("pdf");
    let scratch = Scratch::create();
    let index = scratch.0.join("index");
    println!();
    println!("{corpus}: {} PDFs", corpus.files("pdf").len());
    println!("  {:<36} {:>8} {:>8} {:>8}", "", "min", "median", "max");

    let started = rounds.times(&mut || (), &mut || run(imr(&index).arg("--version")));
    print_row("imr --version", &started, None);
    let fresh = rounds.times(
        &mut || {
            if index.exists() {
                fs::remove_dir_all(&index).expect("the index folder can be removed");
            }
        },
        &mut || run(imr(&index).arg("index").arg(&letters)),
    );
    print_row("imr index, fresh folder", &fresh, Some(1500.0));
    let unchanged = rounds.times(&mut || (), &mut || run(imr(&index).arg("index").arg(&letters)));
    print_row("imr index, all unchanged", &unchanged, None);
    let searched = rounds.times(&mut || (), &mut || run(imr(&index).args(["search", QUERY])));
    print_row("imr search \"lumbar mri\"", &searched, Some(50.0));
    let updated =
        rounds.times(&mut || (), &mut || run(imr(&index).args(["search", QUERY]).arg("--letters").arg(&letters)));
    print_row("imr search --letters, all unchanged", &updated, None);
}

impl Rounds {
    fn times(&self, prepare: &mut dyn FnMut(), command: &mut dyn FnMut()) -> Vec<Duration> {
        let mut one = || {
            prepare();
            time(&mut *command)
        };
        for _ in 0..self.warm_up {
            one();
        }
        (0..self.runs).map(|_| one()).collect()
    }
}

fn imr(index: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imr"));
    command.arg("--index").arg(index);
    command
}

/// Runs a command to its end; one that fails, or does not read every letter, has no time worth knowing.
fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && !output.stdout.is_empty(), "`{command:?}` failed: {said}");
    let complete = !said.contains("rejected") || said.contains(" 0 rejected");
    assert!(complete, "`{command:?}` did not read every letter: {said}");
}

fn print_row(name: &str, times: &[Duration], goal: Option<f64>) {
    let middle = milliseconds(median(times));
    let lowest = times.iter().min().copied().map_or(0.0, milliseconds);
    let highest = times.iter().max().copied().map_or(0.0, milliseconds);
    let verdict = goal.map_or_else(String::new, |goal| {
        format!("  (goal below {goal}: {})", if middle < goal { "met" } else { "missed" })
    });
    println!("  {name:<36} {lowest:>8.1} {middle:>8.1} {highest:>8.1}{verdict}");
}

/// A folder that is gone when the bench is.
struct Scratch(PathBuf);

impl Scratch {
    fn create() -> Self {
        let folder = std::env::temp_dir().join(format!("imr-bench-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder for the index can be made");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind at worst; the system clears its temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
