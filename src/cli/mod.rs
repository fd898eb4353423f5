//! The command line: one file per command, each with its arguments, its call and its rendering. Nothing else prints.
//!
//! Answers go to standard output, everything else to standard error. Exit codes: 0 done or found, 1 nothing found or
//! nothing read, 2 error.

mod check;
mod completions;
mod evaluate;
mod explain;
mod fields;
mod index;
mod output;
mod page;
mod parse;
mod remove;
mod search;
mod show;
mod status;
mod table;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tantivy::TantivyError;
use tantivy::directory::error::OpenWriteError;

use crate::index::{IndexError, check_hint, guard};
use crate::intake::pdf::READING_THREAD;
use crate::search::SearchError;

/// Search California workers' compensation independent medical review (IMR) decisions.
///
/// Give it final determination letters (PDF or text, folders or archives of them). It splits each letter into its
/// disputed items and answers: which decisions are about this treatment, how did they come out, and which reasons turned
/// them.
#[derive(Debug, Parser)]
#[command(name = "imr", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Start here:\n  imr search --letters FOLDER-OF-LETTERS \"lumbar mri\"\n  imr search \"physical therapy\" --outcome overturned\n  imr show CM16-9900007\n\nExit codes: 0 done or found, 1 nothing found, 2 error."
)]
pub struct Cli {
    /// Folder of the index
    #[arg(long, global = true, value_name = "FOLDER", env = "IMR_INDEX", default_value = "imr-index")]
    index: PathBuf,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Color {
    /// On a terminal that shows it
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one value lives, for the whole run")]
enum Command {
    Search(search::Arguments),
    Show(show::Arguments),
    Index(index::Arguments),
    Remove(remove::Arguments),
    Status(status::Arguments),
    Check(check::Arguments),
    Fields(fields::Arguments),
    Explain(explain::Arguments),
    Evaluate(evaluate::Arguments),
    Parse(parse::Arguments),
    Completions(completions::Arguments),
    Man(completions::ManArguments),
}

/// How a command ended, other than by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    /// Nothing found, or nothing read.
    Nothing,
    /// Done, but a file that was named could not be read.
    Incomplete,
}

impl End {
    /// The end of a run over letters: how many were read, and how many named one by one were rejected.
    fn of_reading(read: u64, named_rejected: u64) -> Self {
        match (read, named_rejected) {
            (_, 1..) => End::Incomplete,
            (0, _) => End::Nothing,
            _ => End::Done,
        }
    }
}

/// Runs the program and maps its end to an exit code. A reader that went away (`imr search … | head`) is no error.
#[must_use]
pub fn main() -> ExitCode {
    keep_panics_from_the_screen();
    let cli = Cli::parse_from(arguments(std::env::args_os()));
    match cli.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let directory = cli.index.clone();
    let ended = catch_unwind(AssertUnwindSafe(|| run(cli))).unwrap_or_else(|panic| {
        Err(Hinted {
            message: format!("the command stopped at something unforeseen: {}", guard::message(panic.as_ref())),
            hint: stopped_hint(&directory),
        }
        .into())
    });
    match ended {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Nothing) => ExitCode::from(1),
        Ok(End::Incomplete) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error, &directory);
            ExitCode::from(2)
        }
    }
}

/// A malformed PDF makes the library panic on its thread, a damaged index that of the index: both are caught and reported
/// in words, as a rejection or at the end of the command. Who debugs the program sees the rest with `RUST_BACKTRACE`.
fn keep_panics_from_the_screen() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_caught = std::thread::current().name() == Some(READING_THREAD) || guard::is_guarded();
        if !is_caught && std::env::var_os("RUST_BACKTRACE").is_some() {
            usual(panic);
        }
    }));
}

/// The next step after the program stopped at something unforeseen: a damaged index is the most likely cause.
fn stopped_hint(directory: &Path) -> String {
    if directory.join("meta.json").exists() {
        format!("{}; if it is whole, report this message", check_hint(directory))
    } else {
        "run the command again; if it stops again, report this message".into()
    }
}

/// The arguments with excluded words kept from looking like options: in `imr search mri -knee`, `-knee` is a word.
fn arguments(typed: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    for argument in typed {
        let is_search = arguments.iter().skip(1).any(|argument| argument == "search");
        match argument.to_str() {
            // A leading space says nothing to the query and keeps the argument parser away.
            Some(text) if is_search && excludes_a_word(text) => arguments.push(format!(" {text}").into()),
            _ => arguments.push(argument),
        }
    }
    arguments
}

/// `-knee`, `-L5`, `-"red flag"`, but not `-n5`, `-h`, `--limit`.
fn excludes_a_word(argument: &str) -> bool {
    let Some(word) = argument.strip_prefix('-') else { return false };
    let is_page_size = word
        .strip_prefix('n')
        .is_some_and(|rest| rest.trim_start_matches('=').bytes().all(|byte| byte.is_ascii_digit()));
    let is_option = is_page_size || matches!(word, "h" | "V");
    let starts_word =
        word.starts_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '"' | '(' | '#' | '.'));
    starts_word && !is_option
}

fn run(cli: Cli) -> anyhow::Result<End> {
    match cli.command {
        Command::Search(arguments) => search::run(&arguments, &cli.index),
        Command::Show(arguments) => show::run(&arguments, &cli.index),
        Command::Index(arguments) => index::run(&arguments, &cli.index),
        Command::Remove(arguments) => remove::run(&arguments, &cli.index),
        Command::Status(arguments) => status::run(&arguments, &cli.index),
        Command::Check(arguments) => check::run(&arguments, &cli.index),
        Command::Fields(arguments) => fields::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments, &cli.index),
        Command::Parse(arguments) => parse::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => completions::man(&arguments),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints an error once, with its causes and the next step.
fn report(error: &anyhow::Error, directory: &Path) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let mut stderr = anstream::stderr();
    // There is nowhere left to report a failure of standard error.
    let _ = writeln!(stderr, "{style}error{style:#}: {}", output::plain(&format!("{error:#}")));
    if let Some(hint) = hint(error, directory) {
        let style = anstyle::Style::new().bold();
        let _ = writeln!(stderr, "{style}hint{style:#}: {hint}");
    }
}

fn hint(error: &anyhow::Error, directory: &Path) -> Option<String> {
    let engine = error.chain().find_map(|cause| cause.downcast_ref::<TantivyError>());
    let mut refusals =
        error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).chain(engine.and_then(refused));
    if refusals.any(is_full) || is_full_in_words(&format!("{error:#}")) {
        return Some("make room on that disk, or allow larger files, then run the command again".into());
    }
    error
        .downcast_ref::<IndexError>()
        .map(IndexError::hint)
        .or_else(|| match error.downcast_ref::<SearchError>() {
            Some(SearchError::Index(_)) => None,
            other => other.map(SearchError::hint),
        })
        .or_else(|| error.downcast_ref::<Hinted>().map(|hinted| hinted.hint.clone()))
        .or_else(|| engine.map(|_| check_hint(directory)))
}

/// What the system said to the index library.
fn refused(error: &TantivyError) -> Option<&io::Error> {
    match error {
        TantivyError::IoError(error)
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. }) => Some(error.as_ref()),
        _ => None,
    }
}

/// The index library passes on what a thread of its own met as text only: a full disk, a quota, a limit on files.
fn is_full_in_words(message: &str) -> bool {
    cfg!(unix) && ["(os error 28)", "(os error 122)", "(os error 27)"].iter().any(|error| message.contains(error))
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// An error of the command line itself, with its next step.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Hinted {
    message: String,
    hint: String,
}
