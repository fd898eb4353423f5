//! `imr remove`: taking letters out of the index.

use std::io::Write;
use std::path::Path;

use super::End;
use super::output::{count, plain};
use crate::index;
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
    let mut writer = LetterWriter::new(index::open(directory)?, 1)?;
    let mut out = anstream::stdout();
    let mut absent = 0;
    for case in &arguments.cases {
        match writer.remove(case.trim())? {
            0 => {
                absent += 1;
                writeln!(anstream::stderr(), "no letter `{}` in the index", plain(case))?;
            }
            decisions => writeln!(out, "removed {} with {}", plain(case), count(decisions as u64, "decision"))?,
        }
    }
    writer.finish()?;
    Ok(if absent > 0 { End::Nothing } else { End::Done })
}
