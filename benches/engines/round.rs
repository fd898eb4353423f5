//! What one engine did in one round, and the rounds of an engine in one line.

use std::fs;
use std::path::Path;

use crate::questions::Kind;

/// The answer to one question.
pub struct Asked {
    pub kind: Kind,
    pub milliseconds: f64,
    /// Decisions found.
    pub total: u64,
}

/// One round of one engine.
pub struct Round {
    pub engine: String,
    /// Seconds to the committed, merged index.
    pub built: f64,
    /// Bytes of the index.
    pub bytes: u64,
    pub asked: Vec<Asked>,
}

impl Round {
    /// Reads what the program of another engine printed, fields separated by tabs: `engine` with its name, `built` with
    /// seconds, `bytes`, and for each question `asked` with its kind, milliseconds and the number of decisions found.
    ///
    /// # Errors
    /// The engine is not there: the reason, after the word `skipped`.
    pub fn read(printed: &str) -> Result<Self, String> {
        let mut round = Round { engine: String::new(), built: 0.0, bytes: 0, asked: Vec::new() };
        for line in printed.lines() {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["skipped", reason] => return Err(reason.to_owned()),
                ["engine", name] => name.clone_into(&mut round.engine),
                ["built", seconds] => round.built = seconds.parse().expect("seconds"),
                ["bytes", bytes] => round.bytes = bytes.parse().expect("a number of bytes"),
                ["asked", kind, milliseconds, total] => round.asked.push(Asked {
                    kind: Kind::of_name(kind).expect("a kind of question"),
                    milliseconds: milliseconds.parse().expect("milliseconds"),
                    total: total.parse().expect("a number of decisions"),
                }),
                _ => unreachable!("`{line}` says nothing of an engine"),
            }
        }
        Ok(round)
    }
}

/// Bytes of all files in a folder.
pub fn bytes_of(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("the folder of the index");
    files.map(|file| file.and_then(|file| file.metadata()).expect("a file of the index").len()).sum()
}

/// What the lines of [`print`] mean.
pub fn print_head() {
    let kinds = Kind::ALL.map(|kind| format!("{:>26}", format!("{kind}: median, p95, found"))).concat();
    println!("  {:<34}{:>9}{:>10} {kinds}", "engine", "built, s", "index, MB");
}

/// One line of an engine: medians of its rounds; of questions the middle and the 95th of a hundred, in milliseconds.
pub fn print(rounds: &[Round]) {
    let Some(Round { engine, bytes, .. }) = rounds.last() else { return };
    let built = middle(rounds.iter().map(|round| round.built), 50);
    print!("  {engine:<34}{built:>9.2}{:>10.1} ", *bytes as f64 / 1e6);
    for kind in Kind::ALL {
        let asked = || rounds.iter().flat_map(|round| &round.asked).filter(|asked| asked.kind == kind);
        let times = || asked().map(|asked| asked.milliseconds);
        let found = middle(asked().map(|asked| asked.total as f64), 50);
        print!("{:>10.2}{:>8.2}{found:>8.0}", middle(times(), 50), middle(times(), 95));
    }
    println!();
}

fn middle(figures: impl Iterator<Item = f64>, percent: usize) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[(figures.len() - 1) * percent / 100]
}
