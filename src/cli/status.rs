//! `imr status`: what the index holds.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::End;
use super::output::{BOLD, thousands};
use crate::index::reader::{Counts, Snapshot};
use crate::index::{self, CommitNote};
use crate::intake::limits::size_in_words;

/// Say what the index holds: letters, decisions, size, dates
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Serialize)]
struct Status {
    index: String,
    #[serde(flatten)]
    counts: Counts,
    /// Dates of the first and last decision.
    first_decided: Option<String>,
    last_decided: Option<String>,
    bytes: u64,
    segments: usize,
    #[serde(flatten)]
    note: CommitNote,
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    let index = index::open(directory)?;
    let snapshot = Snapshot::of(&index)?;
    let (first_decided, last_decided) = snapshot.decided_between()?;
    let status = Status {
        index: directory.display().to_string(),
        counts: snapshot.counts()?,
        first_decided,
        last_decided,
        bytes: bytes_of(directory)?,
        segments: snapshot.searcher.segment_readers().len(),
        note: index.note,
    };
    let mut out = anstream::stdout();
    if arguments.format == Format::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&status)?)?;
        return Ok(End::Done);
    }
    let decided = match (&status.first_decided, &status.last_decided) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "no letter prints its date".into(),
    };
    let minute = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    writeln!(out, "{BOLD}{}{BOLD:#}", status.index)?;
    for (label, value) in [
        ("letters", thousands(status.counts.letters)),
        ("decisions", thousands(status.counts.decisions)),
        ("  upheld", thousands(status.counts.upheld)),
        ("  overturned", thousands(status.counts.overturned)),
        ("decided", decided),
        ("size on disk", size_in_words(status.bytes)),
        ("segments", status.segments.to_string()),
        ("format", format!("{} (written by imr {})", status.note.format, status.note.imr)),
        ("created", minute(status.note.created)),
        ("updated", minute(status.note.updated)),
    ] {
        writeln!(out, "  {label:<13} {value}")?;
    }
    Ok(End::Done)
}

fn bytes_of(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        bytes += match entry?.metadata() {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            // Whoever writes the index meanwhile removes files that it no longer needs.
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => 0,
        };
    }
    Ok(bytes)
}
