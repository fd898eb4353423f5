//! The pipeline: files to letters to the index, in parallel, with every file accounted for.
//!
//! A producer thread walks the paths and hands over batches of files, bounded by bytes; a batch is read and split on all
//! cores; its letters are then written in the order of the walk, so that of two versions of a letter the later one stays
//! whatever the number of cores. Every file ends in exactly one of indexed, unchanged, replaced, rejected.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use serde::Serialize;
use tantivy::TantivyDocument;

use crate::index::document::documents;
use crate::index::known::Known;
use crate::index::memory::Memory;
use crate::index::writer::{LetterWriter, Written, hash_of};
use crate::intake;
use crate::intake::delivery::{Delivery, Origin};
use crate::intake::limits::Limits;
use crate::intake::rejection::Rejection;
use crate::intake::text::Text;
use crate::intake::walk::walk;
use crate::letter;
use crate::letter::model::{Diagnostic, DiagnosticCode, Layout, Letter, Outcome, Source};

/// A batch holds at most this many files, so that progress is seen and work is spread; how many bytes, [`Memory`] says.
const BATCH_FILES: usize = 1024;
/// A commit at least this often: an interrupted build loses no more.
const COMMIT_INTERVAL: Duration = Duration::from_secs(60);
/// And after this many bytes of files.
const COMMIT_BYTES: u64 = 512 * 1024 * 1024;

/// What became of one file.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    #[serde(flatten)]
    pub origin: Origin,
    pub status: Status,
    /// The letter's id, where one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub upheld: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub overturned: u64,
    /// Why it was rejected, in a word for counting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The same in a sentence; for a replaced letter, which files it took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
    /// Items in which no treatment was recognised; they have no category.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unrecognized: Vec<UnrecognizedItem>,
    /// What was assumed, missing or odd in the letter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
    /// The person named this very file.
    #[serde(skip)]
    pub named_by_user: bool,
}

/// An item in which no treatment of the tables was recognised.
#[derive(Clone, Debug, Serialize)]
pub struct UnrecognizedItem {
    pub id: String,
    pub item: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The four ends a file can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Indexed,
    Unchanged,
    Replaced,
    Rejected,
}

/// The sums of a run. `files` is the sum of the four that follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    pub files: u64,
    pub indexed: u64,
    pub unchanged: u64,
    pub replaced: u64,
    pub rejected: u64,
    pub rejected_by_reason: BTreeMap<&'static str, u64>,
    /// Decisions of the letters indexed or replaced in this run.
    pub upheld: u64,
    pub overturned: u64,
    /// Of these decisions, those whose item names no treatment of the tables.
    pub unrecognized: u64,
    /// Rejected files that the person had named one by one.
    #[serde(skip)]
    pub named_rejected: u64,
    /// Bytes of the files read.
    #[serde(skip)]
    pub bytes: u64,
}

impl Totals {
    fn count(&mut self, entry: &Entry) {
        self.files += 1;
        match entry.status {
            Status::Indexed => self.indexed += 1,
            Status::Unchanged => self.unchanged += 1,
            Status::Replaced => self.replaced += 1,
            Status::Rejected => {
                self.rejected += 1;
                self.named_rejected += u64::from(entry.named_by_user);
                *self.rejected_by_reason.entry(entry.reason.unwrap_or("unknown")).or_default() += 1;
            }
        }
        self.upheld += entry.upheld;
        self.overturned += entry.overturned;
        self.unrecognized += entry.unrecognized.len() as u64;
    }
}

/// A letter read from one file, or why there is none.
pub struct Reading {
    pub origin: Origin,
    pub named_by_user: bool,
    pub letter: Result<Letter, Rejection>,
}

/// When a run commits before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// After a minute, or as many bytes as a person would not want to read again.
    Usual,
    /// After a minute, or this many bytes.
    Bytes(u64),
    /// Not at all, so that a rebuild shows all or nothing.
    AtOnce,
}

impl Pace {
    fn bytes(self) -> u64 {
        if let Pace::Bytes(bytes) = self { bytes } else { COMMIT_BYTES }
    }
}

/// How letters are read and written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub limits: Limits,
    pub memory: Memory,
    pub pace: Pace,
    /// Text to letter: with what is derived, or only as printed ([`letter::split`]), for measuring.
    pub parse: fn(&Text, &str, Source) -> Letter,
}

impl Default for Options {
    fn default() -> Self {
        Self { limits: Limits::default(), memory: Memory::default(), pace: Pace::Usual, parse: letter::parse }
    }
}

/// Reads a file's letter.
///
/// # Errors
/// The file cannot be read, is no letter, or holds no decision.
pub fn read_letter(origin: &Origin, bytes: &[u8], options: &Options) -> Result<Letter, Rejection> {
    read_hashed(origin, bytes, hash_of(bytes), options)
}

fn read_hashed(origin: &Origin, bytes: &[u8], content_hash: String, options: &Options) -> Result<Letter, Rejection> {
    let text = intake::read(bytes, &options.limits)?;
    let source = Source { path: origin.path.clone(), member: origin.member.clone(), content_hash };
    let letter = (options.parse)(&text, &origin.file_stem(), source);
    if !letter.decisions.is_empty() {
        return Ok(letter);
    }
    if letter.layout == Layout::Unknown {
        return Err(Rejection::NotALetter { seen: what_it_looks_like(&text.content) });
    }
    Err(Rejection::NoDecision)
}

fn what_it_looks_like(content: &str) -> String {
    let start = content.trim_start();
    let seen = match start.as_bytes().first() {
        Some(b'{' | b'[') => "data (JSON)",
        Some(b'<') => "a web page or XML",
        None => "an empty page",
        _ => "another text",
    };
    seen.to_owned()
}

/// Reads every letter under the paths, in order, without an index.
pub fn read_all(paths: &[PathBuf], options: &Options, deliver: &mut dyn FnMut(Reading) -> ControlFlow<()>) {
    in_batches(paths, options, &mut |batch| {
        let readings: Vec<Reading> = batch
            .into_par_iter()
            .map(|delivery| match delivery {
                Delivery::File { origin, bytes, named_by_user } => {
                    Reading { letter: read_letter(&origin, &bytes, options), origin, named_by_user }
                }
                Delivery::Rejected { origin, rejection, named_by_user } => {
                    Reading { letter: Err(rejection), origin, named_by_user }
                }
            })
            .collect();
        readings.into_iter().try_for_each(&mut *deliver)
    });
}

/// Brings the index up to date with every letter under the paths.
///
/// `note` sees every file's entry as it is done.
///
/// # Errors
/// The index cannot be written; what was committed before stays.
pub fn ingest(
    paths: &[PathBuf],
    writer: &mut LetterWriter,
    options: &Options,
    note: &mut dyn FnMut(&Entry, &Totals),
) -> tantivy::Result<Totals> {
    let mut totals = Totals::default();
    let mut failure = None;
    let (mut last_commit, mut uncommitted_bytes) = (Instant::now(), 0);
    in_batches(paths, options, &mut |batch| {
        let bytes: u64 = batch.iter().map(delivery_bytes).sum();
        let known = writer.known();
        let prepared: Vec<Prepared> = batch.into_par_iter().map(|delivery| prepare(delivery, known, options)).collect();
        totals.bytes += bytes;
        uncommitted_bytes += bytes;
        for one in prepared {
            match write(one, writer) {
                Ok(entry) => {
                    totals.count(&entry);
                    note(&entry, &totals);
                }
                Err(error) => {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
            }
        }
        let is_due = uncommitted_bytes >= options.pace.bytes()
            || last_commit.elapsed() >= COMMIT_INTERVAL
            || writer.uncommitted_letters() >= options.memory.of_letters_between_commits();
        if is_due && options.pace != Pace::AtOnce {
            if let Err(error) = writer.commit() {
                failure = Some(error);
                return ControlFlow::Break(());
            }
            (last_commit, uncommitted_bytes) = (Instant::now(), 0);
        }
        ControlFlow::Continue(())
    });
    failure.map_or(Ok(totals), Err)
}

/// A file after the parallel part of the work.
struct Prepared {
    origin: Origin,
    named_by_user: bool,
    outcome: PreparedOutcome,
}

enum PreparedOutcome {
    Letter(Box<Letter>, Vec<TantivyDocument>),
    Unchanged,
    Rejected(Rejection),
    Failed(tantivy::TantivyError),
}

fn prepare(delivery: Delivery, known: &Known, options: &Options) -> Prepared {
    match delivery {
        Delivery::Rejected { origin, rejection, named_by_user } => {
            Prepared { origin, named_by_user, outcome: PreparedOutcome::Rejected(rejection) }
        }
        Delivery::File { origin, bytes, named_by_user } => {
            let outcome = prepare_file(&origin, &bytes, known, options);
            Prepared { origin, named_by_user, outcome }
        }
    }
}

fn prepare_file(origin: &Origin, bytes: &[u8], known: &Known, options: &Options) -> PreparedOutcome {
    let content_hash = hash_of(bytes);
    // A file whose content is in the index is not read any further.
    match known.has_content(&content_hash) {
        Ok(true) => return PreparedOutcome::Unchanged,
        Ok(false) => {}
        Err(error) => return PreparedOutcome::Failed(error),
    }
    let mut letter = match read_hashed(origin, bytes, content_hash, options) {
        Ok(letter) => letter,
        Err(rejection) => return PreparedOutcome::Rejected(rejection),
    };
    match documents(&known.snapshot().fields, &mut letter, &[]) {
        Ok(prepared) => PreparedOutcome::Letter(Box::new(letter), prepared),
        Err(error) => PreparedOutcome::Failed(error),
    }
}

fn write(prepared: Prepared, writer: &mut LetterWriter) -> tantivy::Result<Entry> {
    let mut entry = Entry {
        origin: prepared.origin,
        status: Status::Unchanged,
        letter: None,
        upheld: 0,
        overturned: 0,
        reason: None,
        message: None,
        hint: None,
        unrecognized: Vec::new(),
        diagnostics: Vec::new(),
        named_by_user: prepared.named_by_user,
    };
    match prepared.outcome {
        PreparedOutcome::Failed(error) => return Err(error),
        PreparedOutcome::Unchanged => {}
        PreparedOutcome::Rejected(rejection) => {
            entry.status = Status::Rejected;
            entry.reason = Some(rejection.code());
            entry.hint = rejection.hint();
            entry.message = Some(rejection.to_string());
        }
        PreparedOutcome::Letter(letter, _) if writer.wrote_content(&letter.source.content_hash) => {
            entry.letter = Some(letter.id);
        }
        PreparedOutcome::Letter(mut letter, documents) => {
            let written = writer.write(&mut letter, documents)?;
            if written != Written::Unchanged {
                let overturned =
                    letter.decisions.iter().filter(|decision| decision.outcome == Outcome::Overturned).count();
                entry.overturned = overturned as u64;
                entry.upheld = (letter.decisions.len() - overturned) as u64;
                entry.unrecognized = unrecognized(&letter);
            }
            entry.status = match &written {
                Written::Indexed => Status::Indexed,
                Written::Unchanged => Status::Unchanged,
                Written::Replaced { .. } => Status::Replaced,
            };
            if let Written::Replaced { earlier } = written {
                entry.message = Some(replaced_message(&earlier));
            }
            entry.diagnostics = std::mem::take(&mut letter.diagnostics);
            entry.letter = Some(letter.id);
        }
    }
    Ok(entry)
}

fn unrecognized(letter: &Letter) -> Vec<UnrecognizedItem> {
    let without = letter.decisions.iter().filter(|decision| decision.derived.category.is_none());
    without.map(|decision| UnrecognizedItem { id: decision.id.clone(), item: decision.item.clone() }).collect()
}

fn replaced_message(earlier: &[Source]) -> String {
    let from: Vec<String> = earlier
        .iter()
        .map(|source| Origin { path: source.path.clone(), member: source.member.clone() }.to_string())
        .collect();
    format!("took the place of the same letter read from {}", from.join(", "))
}

fn delivery_bytes(delivery: &Delivery) -> u64 {
    match delivery {
        Delivery::File { bytes, .. } => bytes.len() as u64,
        Delivery::Rejected { .. } => 0,
    }
}

/// Walks on a thread of its own and hands over batches; at most two wait, so reading ahead is bounded.
fn in_batches(paths: &[PathBuf], options: &Options, handle: &mut dyn FnMut(Vec<Delivery>) -> ControlFlow<()>) {
    let batch_bytes = options.memory.of_batch().min(usize::try_from(options.pace.bytes()).unwrap_or(usize::MAX));
    let (sender, receiver) = mpsc::sync_channel::<Vec<Delivery>>(2);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            let flow = walk(paths, &options.limits, &mut |delivery| {
                bytes += delivery_bytes(&delivery) as usize;
                batch.push(delivery);
                if bytes < batch_bytes && batch.len() < BATCH_FILES {
                    return ControlFlow::Continue(());
                }
                bytes = 0;
                match sender.send(std::mem::take(&mut batch)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            if flow.is_continue() && !batch.is_empty() {
                // The receiver is gone only if it had enough.
                let _ = sender.send(batch);
            }
        });
        for batch in receiver {
            if handle(batch).is_break() {
                break;
            }
        }
    });
}

/// Diagnostics a person should see in a summary: not the assumptions every letter of an old layout carries.
#[must_use]
pub fn is_noteworthy(diagnostic: &Diagnostic) -> bool {
    diagnostic.code != DiagnosticCode::Assumed
}
