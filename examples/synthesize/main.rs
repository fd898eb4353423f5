//! Invents letters to measure on: as many as asked for, in every layout the program knows, with the truth beside them.
//!
//! `cargo run --release --example synthesize -- --letters N --out DIR|FILE.tar|FILE.tar.zst --seed S`
//!
//! No patient, doctor, case or clinical sentence in them exists; only the words of the form are those of the published
//! letters. The same arguments give the same bytes, whatever the number of cores. Letters are made in parallel, a chunk at
//! a time, and written in order: memory does not grow with their number.

mod grammar;
mod guidelines;
mod items;
mod layouts;
mod letter;
mod names;
mod output;
mod page;
mod random;
mod rationales;
mod reviewers;
mod truth;
mod vocabulary;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use clap::{ArgAction, Parser};
use rayon::prelude::*;

use self::letter::{FIRST_YEAR, LAST_YEAR, MOST_LETTERS, Plan};
use self::rationales::Writer;

/// Letters made in parallel before they are written.
const CHUNK: u64 = 2048;

/// Invents letters of independent medical review for measuring.
#[derive(Parser, Debug)]
pub struct Arguments {
    /// How many letters
    #[arg(long, value_name = "N")]
    pub letters: u64,
    /// A folder, or an archive named `*.tar` or `*.tar.zst`; the truth is written beside it
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// Another seed, other letters
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Whether the truth is written as JSON Lines
    #[arg(long, value_name = "yes|no", default_value = "yes", action = ArgAction::Set, value_parser = yes_or_no)]
    pub truth: bool,
    /// How many letters of 100 get other rationales under the same case number
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    pub changed: f64,
    /// Years of decision, as FROM-TO
    #[arg(long, value_name = "YEARS", default_value = "2013-2024", value_parser = years)]
    pub years: (i16, i16),
}

fn yes_or_no(word: &str) -> Result<bool, String> {
    match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("say `yes` or `no`".into()),
    }
}

fn years(words: &str) -> Result<(i16, i16), String> {
    let (first, last) = words.split_once('-').unwrap_or((words, words));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if FIRST_YEAR <= first && first <= last && last <= LAST_YEAR => Ok((first, last)),
        _ => Err(format!("years are {FIRST_YEAR} to {LAST_YEAR}, such as `2015-2017`")),
    }
}

/// What was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub letters: u64,
    pub decisions: u64,
    pub bytes: u64,
}

/// One letter, ready to be written.
struct Made {
    name: String,
    text: String,
    truth: Vec<u8>,
    decisions: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let start = Instant::now();
    let totals = run(&arguments)?;
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = totals.bytes as f64 / 1e6;
    println!(
        "{} letters, {} decisions, {megabytes:.1} MB of text in {seconds:.1} s: {:.1} MB/s",
        totals.letters,
        totals.decisions,
        megabytes / seconds
    );
    Ok(())
}

/// Makes and writes the letters.
///
/// # Errors
/// Arguments that cannot be met, and files that cannot be written.
pub fn run(arguments: &Arguments) -> Result<Totals> {
    ensure!(arguments.letters <= MOST_LETTERS, "at most {MOST_LETTERS} letters have case numbers of their own");
    ensure!((0.0..=100.0).contains(&arguments.changed), "--changed is a share of 100 letters");
    let writer = Writer::new()?;
    let plan = Plan {
        seed: arguments.seed,
        first_year: arguments.years.0,
        last_year: arguments.years.1,
        changed: arguments.changed,
    };
    let letters = output::Letters::create(&arguments.out)?;
    let truth = if arguments.truth { Some(output::create_truth(&arguments.out)?) } else { None };
    // Two chunks wait at most: one is written while the next is made.
    let (send, receive) = sync_channel(1);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| write(letters, truth, receive));
        let mut first = 0;
        while first < arguments.letters {
            let end = arguments.letters.min(first + CHUNK);
            let chunk: Result<Vec<Made>> =
                (first..end).into_par_iter().map(|index| make(&writer, &plan, index, arguments.truth)).collect();
            // The other side is gone only after an error, which it returns.
            if send.send(chunk?).is_err() {
                break;
            }
            first = end;
        }
        drop(send);
        match writing.join() {
            Ok(totals) => totals,
            Err(_) => bail!("writing the letters broke off"),
        }
    })
}

fn make(writer: &Writer, plan: &Plan, index: u64, with_truth: bool) -> Result<Made> {
    let letter = letter::letter(writer, plan, index);
    Ok(Made {
        name: format!("{}/{}.txt", letter.year, letter.stem),
        text: layouts::print(&letter),
        truth: if with_truth { truth::line(&letter)? } else { Vec::new() },
        decisions: letter.decisions.len() as u64,
    })
}

fn write(mut letters: output::Letters, mut truth: Option<output::Sink>, chunks: Receiver<Vec<Made>>) -> Result<Totals> {
    let mut totals = Totals::default();
    for made in chunks.into_iter().flatten() {
        letters.write(&made.name, &made.text)?;
        if let Some(truth) = &mut truth {
            std::io::Write::write_all(truth, &made.truth)?;
        }
        totals.letters += 1;
        totals.decisions += made.decisions;
        totals.bytes += made.text.len() as u64;
    }
    letters.finish()?;
    if let Some(truth) = truth {
        truth.finish()?;
    }
    Ok(totals)
}
