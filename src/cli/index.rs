//! `imr index`: bringing the index up to date with letters.

use std::fs::{self, File};
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::output::{BOLD, count, plain, thousands};
use super::{End, Hinted};
use crate::index::reader::Counts;
use crate::index::writer::LetterWriter;
use crate::index::{self, IndexError};
use crate::ingest::{Entry, Status, Totals, ingest, is_noteworthy};
use crate::intake::delivery::Origin;
use crate::intake::limits::Limits;
use crate::intake::walk::survey;

/// Rejected files named one by one on the screen; the report has all.
const MOST_SHOWN: u64 = 20;
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
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    if arguments.rebuild {
        return rebuild(arguments, directory);
    }
    let report = arguments.report.as_deref().map(Report::create).transpose()?;
    let built = build(&arguments.paths, directory, report, true)?;
    print_summary(&built, directory)?;
    Ok(built.end())
}

/// Builds beside the old index and swaps when all is done, so that a failed or killed rebuild leaves the old one.
fn rebuild(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    let report = arguments.report.as_deref().map(Report::create).transpose()?;
    // An index that others are writing to is not replaced under them; one that cannot be opened at all may be.
    let _lock = match index::open(directory) {
        Ok(old) => Some(LetterWriter::new(old, 1)?),
        Err(IndexError::Absent { .. } | IndexError::OtherFormat { .. } | IndexError::Broken { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    if directory.exists() && !directory.join("meta.json").exists() && fs::read_dir(directory)?.next().is_some() {
        return Err(IndexError::Occupied { directory: directory.to_owned() }.into());
    }
    let beside = sibling(directory, "rebuild");
    if beside.exists() {
        index::remove_files(&beside)?;
        remove_lock_files(&beside);
    }
    let built = build(&arguments.paths, &beside, report, true)?;
    if directory.exists() {
        index::remove_files(directory)?;
        remove_lock_files(directory);
        fs::remove_dir(directory)
            .with_context(|| format!("cannot remove the old index in `{}`", directory.display()))?;
    }
    fs::rename(&beside, directory).with_context(|| format!("cannot put the new index in `{}`", directory.display()))?;
    print_summary(&built, directory)?;
    Ok(built.end())
}

fn sibling(directory: &Path, suffix: &str) -> PathBuf {
    let name = directory.file_name().map_or_else(|| "imr-index".into(), |name| name.to_string_lossy().into_owned());
    directory.with_file_name(format!("{name}.{suffix}"))
}

fn remove_lock_files(directory: &Path) {
    for name in [".tantivy-writer.lock", ".tantivy-meta.lock"] {
        // A lock file that is not there, or cannot go, only means that the folder stays.
        let _ = fs::remove_file(directory.join(name));
    }
}

/// What a run did.
pub struct Built {
    pub totals: Totals,
    pub counts: Counts,
    pub elapsed: Duration,
    pub noticed: u64,
}

impl Built {
    pub fn end(&self) -> End {
        let read = self.totals.files - self.totals.rejected;
        match (read, self.totals.named_rejected) {
            (_, 1..) => End::Incomplete,
            (0, _) => End::Nothing,
            _ => End::Done,
        }
    }
}

/// Brings the index up to date; names rejected files on standard error as they come.
pub fn build(
    paths: &[PathBuf],
    directory: &Path,
    mut report: Option<Report>,
    show_progress: bool,
) -> anyhow::Result<Built> {
    let started = Instant::now();
    refuse_if_all_are_missing(paths)?;
    let found = survey(paths);
    let threads = if found.bytes < ONE_THREAD_BYTES { 1 } else { rayon::current_num_threads() };
    let mut writer = LetterWriter::new(index::open_or_create(directory)?, threads)?;
    let progress = Progress::new(found.files, show_progress);
    let (mut noticed, mut shown) = (0, 0);
    let mut report_failure = None;
    let ingested = ingest(paths, &mut writer, &Limits::default(), &mut |entry, totals| {
        if entry.status == Status::Rejected {
            shown += 1;
            if shown <= MOST_SHOWN {
                let message = entry.message.as_deref().unwrap_or_default();
                progress.suspend(|| print_rejection(&entry.origin, message, entry.hint));
            }
        }
        noticed += u64::from(entry.diagnostics.iter().any(is_noteworthy));
        if let Some(report) = &mut report
            && let Err(error) = report.entry(entry)
        {
            report_failure.get_or_insert(error);
        }
        progress.update(totals);
    });
    progress.finish();
    let totals = ingested.with_context(|| failed_message(directory))?;
    writer.finish().with_context(|| failed_message(directory))?;
    let counts = crate::index::reader::Snapshot::of(&index::open(directory)?)?.counts()?;
    if let Some(report) = report {
        report.finish(&totals, &counts)?;
    }
    if let Some(error) = report_failure {
        return Err(error);
    }
    if shown > MOST_SHOWN {
        let more = thousands(shown - MOST_SHOWN);
        let _ = writeln!(anstream::stderr(), "… and {more} more files rejected; `--report FILE` lists all");
    }
    Ok(Built { totals, counts, elapsed: started.elapsed(), noticed })
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
        let file = File::create(path).map_err(|error| Hinted {
            message: format!("cannot write the report to `{}`: {error}", path.display()),
            hint: "name a file in a folder that exists and can be written".into(),
        })?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    fn entry(&mut self, entry: &Entry) -> anyhow::Result<()> {
        self.line(entry)
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

/// A bar with rate and time left on a terminal; nothing in a pipe.
struct Progress(Option<ProgressBar>);

impl Progress {
    fn new(files: u64, wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new(files);
        let template = "{bar:30} {human_pos}/{human_len} files  {per_sec}  {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(Some(bar))
    }

    fn update(&self, totals: &Totals) {
        let Some(bar) = &self.0 else { return };
        // An archive was one file until its members came.
        if bar.length().is_some_and(|length| totals.files > length) {
            bar.set_length(totals.files);
        }
        bar.set_position(totals.files);
        bar.set_message(count(totals.upheld + totals.overturned, "decision"));
    }

    fn suspend(&self, print: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
