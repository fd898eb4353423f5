//! `imr show`: one decision, or a whole letter.

use std::io::Write;
use std::path::Path;

use super::output::{harmless_json, plain};
use super::{End, page};
use crate::index;
use crate::index::reader::Snapshot;
use crate::letter::model::Letter;

/// Print a decision or a letter to read
///
/// A case number shows the whole letter, a decision's id (`CM16-9900007/2`) the letter with that decision only.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Case number or decision id
    #[arg(required = true, value_name = "CASE")]
    ids: Vec<String>,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A page to read
    Text,
    /// JSON, as `imr parse` prints it
    Json,
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    let snapshot = Snapshot::of(&index::open(directory)?)?;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let mut absent = 0;
    for (place, id) in arguments.ids.iter().enumerate() {
        let Some(letter) = find(&snapshot, id.trim())? else {
            absent += 1;
            writeln!(anstream::stderr(), "no decision or letter `{}` in the index", plain(id))?;
            continue;
        };
        if arguments.format == Format::Json {
            writeln!(out, "{}", harmless_json(&serde_json::to_string(&letter)?))?;
            continue;
        }
        if place > 0 {
            writeln!(out)?;
        }
        page::letter(&mut out, &letter)?;
    }
    out.flush()?;
    Ok(if absent > 0 { End::Nothing } else { End::Done })
}

fn find(snapshot: &Snapshot, id: &str) -> tantivy::Result<Option<Letter>> {
    match snapshot.record_of_decision(id)? {
        Some(record) => Ok(Some(record.letter)),
        None => snapshot.letter(id),
    }
}
