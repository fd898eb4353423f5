//! `imr parse`: letters as data, without an index.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::output::harmless_json;
use super::{End, index::print_rejection, page};
use crate::ingest::{Options, read_all};

/// Print letters as data: one JSON line a letter, or a page to read
///
/// Reads letters (PDF or text), folders and archives (.zip, .tar, .tar.gz, .tar.zst), and prints what stands in them:
/// header, reviewer, summary and each decision. `schema/letter.schema.json` describes the JSON. Files that are no
/// letters are named on standard error, with the reason.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Letters, folders or archives; `-` reads standard input
    #[arg(required = true, value_name = "LETTERS")]
    paths: Vec<PathBuf>,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One letter a line
    Jsonl,
    /// A page to read
    Text,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<End> {
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let mut failure: Option<anyhow::Error> = None;
    let (mut letters, mut named_rejected) = (0, 0);
    read_all(&arguments.paths, &Options::default(), &mut |reading| {
        let printed = match reading.letter {
            Err(rejection) => {
                named_rejected += u64::from(reading.named_by_user);
                print_rejection(&reading.origin, &rejection.to_string(), rejection.hint());
                Ok(())
            }
            Ok(letter) => {
                letters += 1;
                match arguments.format {
                    Format::Jsonl => serde_json::to_string(&letter)
                        .map_err(std::io::Error::from)
                        .and_then(|json| writeln!(out, "{}", harmless_json(&json))),
                    Format::Text if letters > 1 => writeln!(out).and_then(|()| page::letter(&mut out, &letter)),
                    Format::Text => page::letter(&mut out, &letter),
                }
            }
        };
        match printed {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error.into());
                ControlFlow::Break(())
            }
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    out.flush()?;
    Ok(End::of_reading(letters, named_rejected))
}
