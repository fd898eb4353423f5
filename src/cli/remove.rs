//! `imr remove`: taking letters out of the index.

use std::io::Write;
use std::path::Path;

use super::End;
use super::output::{count, plain};
use crate::index;
use crate::index::memory::Memory;
use crate::index::writer::LetterWriter;

/// Take letters out of the index
///
/// The files themselves stay. A letter removed comes back when its file is indexed again.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Case numbers (or file names, for letters that print none)
    #[arg(required = true, value_name = "CASE")]
    cases: Vec<String>,
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    let mut writer = LetterWriter::new(index::open(directory)?, 1, Memory::default())?;
    let mut out = anstream::stdout();
    let mut absent = 0;
    let mut removed: Vec<(&str, usize)> = Vec::new();
    for case in arguments.cases.iter().map(|case| case.trim()) {
        if removed.iter().any(|(known, _)| known.eq_ignore_ascii_case(case)) {
            continue;
        }
        match writer.remove(case)? {
            0 => {
                absent += 1;
                let hint = if case.contains('/') { "; letters are removed whole, by their case number" } else { "" };
                writeln!(anstream::stderr(), "no letter `{}` in the index{hint}", plain(case))?;
            }
            decisions => removed.push((case, decisions)),
        }
    }
    writer.finish()?;
    // Said only when it is done.
    for (case, decisions) in removed {
        writeln!(out, "removed {} with {}", plain(case), count(decisions as u64, "decision"))?;
    }
    Ok(if absent > 0 { End::Nothing } else { End::Done })
}
