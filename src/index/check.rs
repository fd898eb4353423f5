//! Whether an index is whole: every file, every stored decision, and what columns and lists say of them.
//!
//! [`check()`] reads everything once and changes nothing; [`repair::repair`] makes anew what is damaged.

pub mod files;
pub mod repair;
mod salvage;
mod store;
mod tally;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;
use tantivy::columnar::{Column, ColumnarReader, DynamicColumn, StrColumn};
use tantivy::fastfield::AliveBitSet;

use self::files::{Files, Lists, Segment, WrittenBy, lists, names};
use self::store::{Slot, Store};
use self::tally::Tally;
use super::directory::{MANAGED, META};
use super::document::FieldHandles;
use super::guard::guarded;
use super::{IndexError, fields, is_lock, is_own_file, unusable};

/// Before the content hash of a letter that a repair saved from a damaged file. No file has such a hash, so the letter is
/// read anew.
pub const INCOMPLETE: &str = "incomplete:";
/// How often the index is looked at again if a writer changes it meanwhile.
const ATTEMPTS: u32 = 5;

/// The state of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Whole,
    /// No file is damaged, but letters that an earlier repair saved wait for their files to be read anew.
    Incomplete,
    Damaged,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    pub file: String,
    /// What the file holds.
    pub holds: &'static str,
    /// What is wrong, to go after the file's name.
    pub problem: String,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    pub state: State,
    /// What can be read.
    pub letters: u64,
    pub decisions: u64,
    pub damage: Vec<Damage>,
    /// Decisions whose text cannot be read.
    pub unreadable: u64,
    /// Letters these belong to, as far as the columns name them.
    pub unreadable_letters: Vec<String>,
    /// Letters without all of their decisions, or saved from a damaged file.
    pub incomplete_letters: Vec<String>,
    /// Files that belong to no part of the index, with their bytes.
    pub orphans: Vec<Orphan>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Orphan {
    pub file: String,
    pub bytes: u64,
}

/// Everything that an examination learns, for the repair.
pub(crate) struct Examination {
    pub health: Health,
    pub lists: Lists,
    pub segments: Vec<Examined>,
    pub lists_damaged: bool,
}

/// One segment and the state of its files.
pub(crate) struct Examined {
    pub segment: Segment,
    pub store_whole: bool,
    /// Decisions not deleted; none where the list of deleted ones cannot be trusted.
    pub alive: Alive,
    pub columns: Option<Columns>,
    pub damaged: bool,
}

/// Which decisions of a segment count.
pub(crate) enum Alive {
    All,
    Listed(AliveBitSet),
    /// The list is damaged: deleted ones cannot be told.
    Unknown,
}

impl Alive {
    pub fn counts(&self, number: u32) -> bool {
        match self {
            Alive::All | Alive::Unknown => true,
            Alive::Listed(listed) => listed.bitset().max_value() <= number || listed.is_alive(number),
        }
    }
}

/// What the columns say of each decision.
pub(crate) struct Columns {
    letters: StrColumn,
    outcomes: StrColumn,
    ordinals: Column<u64>,
    pub decisions: u32,
}

impl Columns {
    fn open(files: &Files, segment: &Segment) -> Option<Self> {
        let open = || {
            let reader = ColumnarReader::open(files.body(&segment.file("fast"))?)?;
            let column = |name: &str| {
                reader.read_columns(name)?.first().map(tantivy::columnar::DynamicColumnHandle::open).transpose()
            };
            Ok(match (column("case_number")?, column("outcome")?, column("ordinal")?) {
                (
                    Some(DynamicColumn::Str(letters)),
                    Some(DynamicColumn::Str(outcomes)),
                    Some(DynamicColumn::U64(ordinals)),
                ) => Some(Self { letters, outcomes, ordinals, decisions: reader.num_docs() }),
                _ => None,
            })
        };
        guarded(open).ok().flatten()
    }

    /// Letter, outcome and ordinal of a decision.
    pub fn of(&self, number: u32) -> Option<(String, String, u64)> {
        guarded(|| {
            let text = |column: &StrColumn| -> tantivy::Result<Option<String>> {
                let Some(ordinal) = column.term_ords(number).next() else { return Ok(None) };
                let mut text = String::new();
                Ok(column.ord_to_str(ordinal, &mut text)?.then_some(text))
            };
            let (letter, outcome) = (text(&self.letters)?, text(&self.outcomes)?);
            Ok(letter
                .zip(outcome)
                .zip(self.ordinals.first(number))
                .map(|((letter, outcome), ordinal)| (letter, outcome, ordinal)))
        })
        .ok()
        .flatten()
    }
}

/// Reads an index through. `progress` is told how many decisions have been read.
///
/// # Errors
/// There is no index, it is of another format, or another imr writes it all the while.
pub fn check(folder: &Path, progress: &mut dyn FnMut(u64)) -> Result<Health, IndexError> {
    for _ in 0..ATTEMPTS {
        let list = fs::read(folder.join(META)).ok();
        let health = examine(folder, progress)?.health;
        let unchanged = fs::read(folder.join(META)).ok() == list;
        if unchanged && (health.state == State::Whole || !is_being_written(folder)) {
            return Ok(health);
        }
    }
    Err(IndexError::Locked { directory: folder.to_owned() })
}

/// Compares the checksums of the files of some segments, before they are merged: merging would give damaged parts new
/// ones.
///
/// # Errors
/// Which file is damaged, and how; or the folder cannot be read.
pub fn verify(folder: &Path, segments: &[String]) -> Result<(), String> {
    if segments.is_empty() {
        return Ok(());
    }
    let lists = lists(folder).map_err(|error| error.to_string())?;
    let files = Files::open(folder).map_err(|error| error.to_string())?;
    let asked = lists.segments.iter().filter(|segment| segments.contains(&segment.name));
    let asked: Vec<String> = asked.flat_map(Segment::files).collect();
    asked
        .par_iter()
        .try_for_each(|file| files.verify(file).map(drop).map_err(|problem| format!("its file `{file}` {problem}")))
}

/// Whether another process holds the writer's lock.
fn is_being_written(folder: &Path) -> bool {
    let lock = folder.join(&tantivy::directory::INDEX_WRITER_LOCK.filepath);
    fs::File::open(lock).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

pub(crate) fn examine(folder: &Path, progress: &mut dyn FnMut(u64)) -> Result<Examination, IndexError> {
    let lists = lists(folder)?;
    let files = Files::open(folder)?;
    let handles = FieldHandles::of(&fields::schema()).map_err(|error| unusable(folder, &error))?;
    let mut damage: Vec<Damage> = Vec::new();
    if let Some(problem) = &lists.damage {
        damage.push(Damage { file: META.into(), holds: holds("json"), problem: problem.clone() });
    }
    let mut segments = examine_files(&files, &lists.segments, &mut damage);
    let managed = managed(folder, &lists.segments);
    let lists_damaged = managed.is_some();
    damage.extend(managed);
    let mut tally = Tally::default();
    for examined in &mut segments {
        read_segment(&files, &handles, examined, &mut tally, &mut damage, progress);
    }
    let incomplete = tally.incomplete();
    let is_incomplete = !incomplete.is_empty();
    let health = Health {
        state: match (damage.is_empty(), is_incomplete) {
            (true, false) => State::Whole,
            (true, true) => State::Incomplete,
            (false, _) => State::Damaged,
        },
        letters: tally.letters(),
        decisions: tally.decisions,
        damage,
        unreadable: tally.unreadable,
        unreadable_letters: tally.unreadable_letters.into_iter().collect(),
        incomplete_letters: incomplete,
        orphans: if is_being_written(folder) { Vec::new() } else { orphans(folder, &lists.segments)? },
    };
    Ok(Examination { health, lists, segments, lists_damaged })
}

/// Compares the checksum of every file.
fn examine_files(files: &Files, segments: &[Segment], damage: &mut Vec<Damage>) -> Vec<Examined> {
    let ours = writer_of_this_version();
    let mut writers: HashMap<WrittenBy, usize> = HashMap::from([(ours, 2)]);
    let verified: Vec<(String, Result<WrittenBy, &str>)> = segments
        .par_iter()
        .flat_map(Segment::files)
        .map(|file| {
            let state = files.verify(&file);
            (file, state)
        })
        .collect();
    for (_, state) in &verified {
        if let Ok(writer) = state {
            *writers.entry(*writer).or_default() += 1;
        }
    }
    let mut whole: HashSet<String> = HashSet::new();
    for (file, state) in verified {
        // The version at a file's end is in no checksum; but one that no other file has is a damaged one.
        let state = state.and_then(|writer| if writers[&writer] > 1 { Ok(()) } else { Err("is damaged at its end") });
        match state {
            Ok(()) => drop(whole.insert(file)),
            Err(problem) => {
                let holds = holds(file.rsplit('.').next().unwrap_or_default());
                damage.push(Damage { file, holds, problem: problem.into() });
            }
        }
    }
    segments
        .iter()
        .map(|segment| {
            let damaged = segment.files().iter().any(|file| !whole.contains(file));
            let columns = whole.contains(&segment.file("fast")).then(|| Columns::open(files, segment)).flatten();
            let mut examined = Examined {
                segment: segment.clone(),
                store_whole: whole.contains(&segment.file("store")),
                alive: alive(files, segment, &whole),
                columns,
                damaged,
            };
            if let Some(problem) = disagreement(&examined) {
                damage.push(Damage { file: META.into(), holds: holds("json"), problem });
                examined.damaged = true;
            }
            examined
        })
        .collect()
}

fn writer_of_this_version() -> WrittenBy {
    files::written_by(tantivy::version())
}

fn alive(files: &Files, segment: &Segment, whole: &HashSet<String>) -> Alive {
    let Some(name) = segment.deletes_file() else { return Alive::All };
    if !whole.contains(&name) {
        return Alive::Unknown;
    }
    guarded(|| Ok(AliveBitSet::open(files.body(&name)?.read_bytes()?))).map_or(Alive::Unknown, Alive::Listed)
}

/// Whether the list of segments says another number of decisions than the segment's files do.
fn disagreement(examined: &Examined) -> Option<String> {
    let said = examined.segment.decisions?;
    let columns = examined.columns.as_ref().is_some_and(|columns| columns.decisions != said);
    let deletes = match (&examined.alive, &examined.segment.deletes) {
        (Alive::Listed(listed), Some(deletes)) => {
            listed.bitset().max_value() != said
                || deletes
                    .decisions
                    .is_some_and(|deleted| u64::from(deleted) + listed.num_alive_docs() as u64 != u64::from(said))
        }
        _ => false,
    };
    (columns || deletes)
        .then(|| format!("says another number of decisions than the files of {}", examined.segment.name))
}

/// What is wrong with the list of the library's files.
fn managed(folder: &Path, segments: &[Segment]) -> Option<Damage> {
    if segments.is_empty() && !folder.join(MANAGED).exists() {
        return None;
    }
    let listed: Option<HashSet<String>> =
        fs::read(folder.join(MANAGED)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let problem = match listed {
        None if folder.join(MANAGED).exists() => "is damaged",
        None => "is missing",
        Some(listed) => {
            let lists_all = segments.iter().flat_map(Segment::files).all(|file| listed.contains(&file));
            if lists_all && listed.contains(META) {
                return None;
            }
            "does not name all files"
        }
    };
    Some(Damage { file: MANAGED.into(), holds: holds("managed"), problem: problem.into() })
}

fn orphans(folder: &Path, segments: &[Segment]) -> Result<Vec<Orphan>, IndexError> {
    let known: HashSet<String> = segments.iter().flat_map(Segment::files).collect();
    let is_orphan = |name: &String| {
        is_own_file(name) && !known.contains(name) && ![META, MANAGED].contains(&name.as_str()) && !is_lock(name)
    };
    Ok(names(folder)?
        .into_iter()
        .filter(is_orphan)
        .map(|file| Orphan { bytes: fs::metadata(folder.join(&file)).map_or(0, |file| file.len()), file })
        .collect())
}

/// What a file of this ending holds.
fn holds(ending: &str) -> &'static str {
    match ending {
        "store" => "the texts of the letters",
        "term" => "the list of words",
        "idx" => "where each word stands",
        "pos" => "the order of the words",
        "fieldnorm" => "the lengths of the texts",
        "fast" => "the columns for counting and sorting",
        "del" => "which decisions were removed or replaced",
        "managed" => "the list of the files",
        _ => "the list of the index's parts",
    }
}

/// Reads every decision of a segment and compares what is said of it elsewhere.
fn read_segment(
    files: &Files,
    handles: &FieldHandles,
    examined: &mut Examined,
    tally: &mut Tally,
    damage: &mut Vec<Damage>,
    progress: &mut dyn FnMut(u64),
) {
    let segment = examined.segment.clone();
    let store = Store::open(files, handles, &segment, examined.store_whole);
    let (mut gaps, mut twice, mut otherwise, mut found) = (0_u64, 0_u64, 0_u64, HashSet::new());
    let mut read = 0_u64;
    let looks_for_missing = !examined.store_whole;
    store.each(&|number| examined.alive.counts(number), &mut |slot| {
        let Slot::Record(number, record) = slot else {
            gaps += 1;
            return;
        };
        read += 1;
        let Some(decision) = record.letter.decisions.first() else {
            gaps += 1;
            return;
        };
        if let Some((columns, number)) = examined.columns.as_ref().zip(number) {
            let said = (record.letter.id.clone(), decision.outcome.as_str().to_owned(), u64::from(decision.ordinal()));
            otherwise += u64::from(columns.of(number).as_ref() != Some(&said));
        }
        if looks_for_missing {
            found.insert((record.letter.id.clone(), u64::from(decision.ordinal())));
        }
        let is_marked = record.letter.source.content_hash.starts_with(INCOMPLETE);
        let is_new = tally.count(&record.letter.id, decision.ordinal(), is_marked);
        // Where deleted decisions cannot be told, an old one beside its successor is no surprise.
        if !is_new && !matches!(examined.alive, Alive::Unknown) {
            twice += 1;
        }
        if read.is_multiple_of(1000) {
            progress(tally.decisions);
        }
    });
    progress(tally.decisions);
    let gone =
        if looks_for_missing || gaps > 0 { missing(examined, &found, read, looks_for_missing) } else { Vec::new() };
    tally.unreadable += gone.len() as u64;
    tally.unreadable_letters.extend(gone.into_iter().flatten());
    for (count, ending, problem) in [
        (if examined.store_whole { gaps } else { 0 }, "store", "holds decisions that cannot be read"),
        (twice, "store", "holds decisions that stand in the index twice"),
        // A damaged file is named already, and its numbers may be wrong.
        (if examined.store_whole { otherwise } else { 0 }, "fast", "says otherwise than the stored decisions"),
    ] {
        if count > 0 {
            let problem = format!("{problem} ({count})");
            damage.push(Damage { file: segment.file(ending), holds: holds(ending), problem });
            examined.damaged = true;
            examined.store_whole &= ending != "store";
        }
    }
}

/// The decisions that cannot be read, each with its letter where the columns name it.
fn missing(examined: &Examined, found: &HashSet<(String, u64)>, read: u64, by_columns: bool) -> Vec<Option<String>> {
    if let Some(columns) = examined.columns.as_ref().filter(|_| by_columns) {
        return (0..columns.decisions)
            .filter(|&number| examined.alive.counts(number))
            .filter_map(|number| columns.of(number))
            .filter(|(letter, _, ordinal)| !found.contains(&(letter.clone(), *ordinal)))
            .map(|(letter, ..)| Some(letter))
            .collect();
    }
    let deleted = examined.segment.deletes.as_ref().and_then(|deletes| deletes.decisions).unwrap_or(0);
    let deleted = if matches!(examined.alive, Alive::Unknown) { 0 } else { deleted };
    let expected = examined.segment.decisions.map_or(0, |all| u64::from(all.saturating_sub(deleted)));
    vec![None; usize::try_from(expected.saturating_sub(read)).unwrap_or(0)]
}
