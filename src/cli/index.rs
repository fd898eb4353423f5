//! `imr index`: bringing the index up to date with letters.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::ProgressBar;
use serde::Serialize;

use super::output::{BOLD, Progress, count, cut, plain, thousands};
use super::{End, Hinted};
use crate::index::memory::Memory;
use crate::index::reader::{Counts, Snapshot};
use crate::index::writer::LetterWriter;
use crate::index::{self, IndexError, OpenIndex};
use crate::ingest::{Options, Pace, Status, Totals, UnrecognizedItem, ingest, is_noteworthy};
use crate::intake::delivery::Origin;
use crate::intake::walk::{Survey, survey};

/// Rejected files named one by one on the screen; the report has all.
const MOST_SHOWN: u64 = 20;
/// Items without a recognised treatment named on the screen; the report has all.
const MOST_UNRECOGNIZED: usize = 5;
/// Below this many bytes of letters one thread indexes as fast as two, and leaves one segment.
const ONE_THREAD_BYTES: u64 = 16 * 1024 * 1024;

/// Bring the index up to date with letters
///
/// Reads letters (PDF or text), folders and archives (.zip, .tar, .tar.gz, .tar.zst) and puts each decision into the
/// index. A letter that is already there and unchanged is passed over, a changed one replaced; the same letter found
/// twice is kept once, as found last. Files that are no letters are named with the reason, and the run goes on. A run
/// that was interrupted is completed by running it again.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Letters, folders or archives; `-` reads standard input
    #[arg(required = true, value_name = "LETTERS")]
    paths: Vec<PathBuf>,

    /// Write what became of every file to this file, one JSON line each, the sums last
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Start over: build a new index from these letters and put it in the place of the old one
    #[arg(long)]
    rebuild: bool,

    /// Memory to work with, such as `512MB` or `2GB`; more makes a large build quicker
    #[arg(long, value_name = "SIZE", default_value = "1GB", value_parser = memory)]
    memory: Memory,

    /// Commit after this many bytes of letters, for tests of interrupted runs
    #[arg(long, hide = true, value_name = "BYTES")]
    commit_every_bytes: Option<u64>,
}

impl Arguments {
    fn options(&self, pace: Pace) -> Options {
        Options { memory: self.memory, pace, ..Options::default() }
    }

    fn pace(&self) -> Pace {
        self.commit_every_bytes.map_or(Pace::Usual, Pace::Bytes)
    }
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    refuse_if_all_are_missing(&arguments.paths)?;
    refuse_unwritable_report(arguments)?;
    let found = survey(&arguments.paths);
    let built = if arguments.rebuild {
        rebuild(arguments, found, directory)?
    } else {
        let mut writer = writer(found, index::open_or_create(directory)?, arguments.memory)?;
        let report = report(arguments)?;
        let run = Run { paths: &arguments.paths, found, directory, options: arguments.options(arguments.pace()) };
        let totals = run.read_into(&mut writer, report)?;
        finish(writer, totals, directory)?
    };
    print_summary(&built, directory)?;
    Ok(built.end())
}

/// Builds the index anew. The old one stays what readers see until all is done, and stays for good if nothing was read or
/// the run fails.
fn rebuild(arguments: &Arguments, found: Survey, directory: &Path) -> anyhow::Result<Built> {
    let old = match index::open(directory) {
        Ok(old) => old,
        Err(IndexError::Absent { .. }) => index::open_or_create(directory)?,
        Err(IndexError::OtherFormat { .. } | IndexError::Broken { .. }) => {
            return rebuild_beside(arguments, found, directory);
        }
        Err(error) => return Err(error.into()),
    };
    let mut writer = writer(found, old, arguments.memory)?;
    let report = report(arguments)?;
    writer.start_over()?;
    let run = Run { paths: &arguments.paths, found, directory, options: arguments.options(Pace::AtOnce) };
    let read = run.read_into(&mut writer, report)?;
    if read.totals.indexed == 0 {
        writer.abandon()?;
        return Err(nothing_read());
    }
    finish(writer, read, directory)
}

/// An index that this version cannot open cannot be rebuilt in its place: the new one is made beside it, and its files
/// take the place of the old when it is done.
fn rebuild_beside(arguments: &Arguments, found: Survey, directory: &Path) -> anyhow::Result<Built> {
    let directory = &fs::canonicalize(directory)
        .with_context(|| format!("the folder `{}` cannot be found", directory.display()))?;
    if index::holds_other_files(directory)? {
        return Err(IndexError::Occupied { directory: directory.clone() }.into());
    }
    // Nobody else may be at it, nor put another index into its place meanwhile.
    let _lock = index::lock_for_writing(directory)?;
    let beside = sibling(directory, "rebuild")?;
    if beside.exists() {
        index::remove_files(&beside)?;
    }
    let mut writer = writer(found, index::open_or_create(&beside)?, arguments.memory)?;
    let report = report(arguments)?;
    let run = Run { paths: &arguments.paths, found, directory: &beside, options: arguments.options(Pace::AtOnce) };
    let read = run.read_into(&mut writer, report)?;
    if read.totals.indexed == 0 {
        writer.abandon()?;
        index::discard(&beside)?;
        return Err(nothing_read());
    }
    let built = finish(writer, read, &beside)?;
    index::take_place(&beside, directory)?;
    Ok(built)
}

fn nothing_read() -> anyhow::Error {
    Hinted {
        message: "no letter was found, so the old index stays as it is".into(),
        hint: "name the folder or archive that holds the letters".into(),
    }
    .into()
}

fn sibling(directory: &Path, suffix: &str) -> anyhow::Result<PathBuf> {
    let name = directory
        .file_name()
        .with_context(|| format!("`{}` has no name to put a new index beside", directory.display()))?;
    Ok(directory.with_file_name(format!("{}.{suffix}", name.to_string_lossy())))
}

/// A report that cannot be written is said before the work, and nothing is written over a letter.
fn refuse_unwritable_report(arguments: &Arguments) -> anyhow::Result<()> {
    let Some(path) = &arguments.report else { return Ok(()) };
    let same = |letters: &PathBuf| {
        fs::canonicalize(letters).is_ok_and(|letters| fs::canonicalize(path).is_ok_and(|report| letters == report))
    };
    if arguments.paths.iter().any(same) {
        return Err(Hinted {
            message: format!("the report `{}` would be written over the letters named", path.display()),
            hint: "give the report another name".into(),
        }
        .into());
    }
    // Opened to add to it: what stands there stays until the index is ready to be written.
    fs::OpenOptions::new().create(true).append(true).open(path).map_err(|error| unwritable_report(path, &error))?;
    Ok(())
}

fn unwritable_report(path: &Path, error: &std::io::Error) -> Hinted {
    Hinted {
        message: format!("cannot write the report to `{}`: {error}", path.display()),
        hint: "name a file in a folder that exists and can be written".into(),
    }
}

/// The report file, if one was asked for.
fn report(arguments: &Arguments) -> anyhow::Result<Option<Report>> {
    arguments.report.as_deref().map(Report::create).transpose()
}

/// What a run did.
pub struct Built {
    pub totals: Totals,
    pub counts: Counts,
    pub elapsed: Duration,
    pub noticed: u64,
    /// The first of the items in which no treatment was recognised.
    pub unrecognized: Vec<UnrecognizedItem>,
}

impl Built {
    pub fn end(&self) -> End {
        End::of_reading(self.totals.files - self.totals.rejected, self.totals.named_rejected)
    }
}

/// Brings the index up to date with letters; for `imr search --letters`.
pub fn update(paths: &[PathBuf], directory: &Path) -> anyhow::Result<Built> {
    refuse_if_all_are_missing(paths)?;
    let found = survey(paths);
    let options = Options::default();
    let mut writer = writer(found, index::open_or_create(directory)?, options.memory)?;
    let read = Run { paths, found, directory, options }.read_into(&mut writer, None)?;
    finish(writer, read, directory)
}

fn writer(found: Survey, index: OpenIndex, memory: Memory) -> Result<LetterWriter, IndexError> {
    let threads = if found.bytes < ONE_THREAD_BYTES { 1 } else { rayon::current_num_threads() };
    LetterWriter::new(index, threads, memory)
}

/// A size as people type it: `512MB`, `2 GB`, `1.5g`.
fn memory(typed: &str) -> Result<Memory, String> {
    let plain = typed.trim().to_lowercase();
    let number = plain.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == ' ');
    let unit: f64 = match plain[number.len()..].trim() {
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err("give a size with its unit, such as `512MB` or `2GB`".into()),
    };
    let bytes = number.parse::<f64>().map_err(|_| "give a number and a unit, such as `512MB` or `2GB`")? * unit;
    if bytes < Memory::LEAST as f64 {
        return Err("a build needs at least 128MB".into());
    }
    #[expect(clippy::cast_sign_loss, reason = "compared with the least above")]
    let bytes = bytes as u64;
    Ok(Memory::of_bytes(bytes))
}

/// What one run reads, and how.
struct Run<'a> {
    paths: &'a [PathBuf],
    found: Survey,
    directory: &'a Path,
    options: Options,
}

/// What was read, before it is committed.
struct Read {
    totals: Totals,
    started: Instant,
    noticed: u64,
    unrecognized: Vec<UnrecognizedItem>,
    report: Option<Report>,
}

impl Run<'_> {
    /// Reads letters into the index; names rejected files on standard error as they come.
    fn read_into(&self, writer: &mut LetterWriter, mut report: Option<Report>) -> anyhow::Result<Read> {
        let started = Instant::now();
        let progress = Progress::new(
            || ProgressBar::new(self.found.files),
            "{bar:30} {human_pos}/{human_len} files  {per_sec}  {eta} left  {msg}",
        );
        let (mut noticed, mut shown) = (0, 0);
        let mut unrecognized: Vec<UnrecognizedItem> = Vec::new();
        let mut report_failure = None;
        let ingested = ingest(self.paths, writer, &self.options, &mut |entry, totals| {
            if entry.status == Status::Rejected {
                shown += 1;
                if shown <= MOST_SHOWN {
                    let message = entry.message.as_deref().unwrap_or_default();
                    progress.suspend(|| print_rejection(&entry.origin, message, entry.hint));
                }
            }
            let room = MOST_UNRECOGNIZED.saturating_sub(unrecognized.len());
            unrecognized.extend(entry.unrecognized.iter().take(room).cloned());
            noticed += u64::from(entry.diagnostics.iter().any(is_noteworthy));
            if let Some(report) = &mut report
                && let Err(error) = report.line(entry)
            {
                report_failure.get_or_insert(error);
            }
            show(&progress, totals);
        });
        progress.finish();
        let totals = ingested.with_context(|| failed_message(self.directory))?;
        if shown > MOST_SHOWN {
            let more = thousands(shown - MOST_SHOWN);
            let _ = writeln!(anstream::stderr(), "… and {more} more files rejected; `--report FILE` lists all");
        }
        match report_failure {
            Some(error) => Err(error),
            None => Ok(Read { totals, started, noticed, unrecognized, report }),
        }
    }
}

/// Commits what was read, and closes the report with the sums.
fn finish(writer: LetterWriter, read: Read, directory: &Path) -> anyhow::Result<Built> {
    writer.finish().with_context(|| failed_message(directory))?;
    let counts = Snapshot::of(&index::open(directory)?)?.counts()?;
    if let Some(report) = read.report {
        report.finish(&read.totals, &counts)?;
    }
    let elapsed = read.started.elapsed();
    Ok(Built { totals: read.totals, counts, elapsed, noticed: read.noticed, unrecognized: read.unrecognized })
}

/// Nothing to read at all is a slip of typing: then no index is made for it.
fn refuse_if_all_are_missing(paths: &[PathBuf]) -> anyhow::Result<()> {
    if paths.iter().any(|path| path.as_os_str() == "-" || path.symlink_metadata().is_ok()) {
        return Ok(());
    }
    let named: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    Err(Hinted {
        message: format!("there is no file or folder {}", named.join(", ")),
        hint: "check the spelling and the folder you are in".into(),
    }
    .into())
}

fn failed_message(directory: &Path) -> String {
    format!(
        "writing the index in `{}` failed; letters committed before stay, and running the command again completes it",
        directory.display()
    )
}

/// One line: which file, what is wrong, what to do.
pub fn print_rejection(origin: &Origin, message: &str, hint: Option<&str>) {
    let style = anstyle::AnsiColor::Yellow.on_default();
    let hint = hint.map_or(String::new(), |hint| format!(" ({hint})"));
    // Standard error may be closed; the report and the counts still say it.
    let _ = writeln!(
        anstream::stderr(),
        "{style}rejected{style:#} {}: {}{hint}",
        plain(&origin.to_string()),
        plain(message)
    );
}

fn print_summary(built: &Built, directory: &Path) -> anyhow::Result<()> {
    let (totals, counts) = (&built.totals, &built.counts);
    let mut out = anstream::stdout();
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}: {} indexed, {} unchanged, {} replaced, {} rejected  ({:.1} s)",
        count(totals.files, "file"),
        thousands(totals.indexed),
        thousands(totals.unchanged),
        thousands(totals.replaced),
        thousands(totals.rejected),
        built.elapsed.as_secs_f64(),
    )?;
    let read = totals.upheld + totals.overturned;
    if read > 0 {
        writeln!(
            out,
            "decisions read: {} ({} upheld, {} overturned)",
            thousands(read),
            thousands(totals.upheld),
            thousands(totals.overturned)
        )?;
    }
    for (reason, number) in &totals.rejected_by_reason {
        writeln!(out, "  rejected as {reason}: {}", thousands(*number))?;
    }
    if built.noticed > 0 {
        writeln!(out, "{} with something odd or missing; `imr show CASE` names it", count(built.noticed, "letter"))?;
    }
    if totals.unrecognized > 0 {
        let (name, have) = if totals.unrecognized == 1 { ("names", "has") } else { ("name", "have") };
        writeln!(
            out,
            "{} {name} no treatment of the tables and {have} no category:",
            count(totals.unrecognized, "item")
        )?;
        for item in &built.unrecognized {
            writeln!(out, "  {}  {}", plain(&item.id), cut(&plain(&item.item), 160))?;
        }
        if totals.unrecognized > built.unrecognized.len() as u64 {
            writeln!(out, "  … `--report FILE` lists all")?;
        }
    }
    writeln!(
        out,
        "{BOLD}{}{BOLD:#} now holds {}, {}: {} upheld, {} overturned",
        directory.display(),
        count(counts.letters, "letter"),
        count(counts.decisions, "decision"),
        thousands(counts.upheld),
        thousands(counts.overturned),
    )?;
    Ok(())
}

/// The report file, one JSON line an entry.
pub struct Report {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Report {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).map_err(|error| unwritable_report(path, &error))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    fn line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.file, value)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(self.file))
            .with_context(|| format!("cannot write the report to `{}`", self.path.display()))
    }

    fn finish(mut self, totals: &Totals, counts: &Counts) -> anyhow::Result<()> {
        #[derive(Serialize)]
        struct Sums<'a> {
            totals: &'a Totals,
            index: &'a Counts,
        }
        self.line(&Sums { totals, index: counts })?;
        self.file.flush().with_context(|| format!("cannot write the report to `{}`", self.path.display()))
    }
}

/// Shows how far a run is.
fn show(progress: &Progress, totals: &Totals) {
    let Some(bar) = progress.bar() else { return };
    // An archive was one file until its members came.
    if bar.length().is_some_and(|length| totals.files > length) {
        bar.set_length(totals.files);
    }
    bar.set_position(totals.files);
    bar.set_message(count(totals.upheld + totals.overturned, "decision"));
}
