//! Which of the decisions that can still be read are the letters as they stood: one version of each, and whether it is
//! all there.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::document::{FieldHandles, Record};
use super::files::Files;
use super::store::{Slot, Store};
use super::{Alive, Examined, INCOMPLETE};
use crate::letter::model::Decision;

/// Decisions of one letter that follow each other in one segment, by the segment's place and the run's number in it.
pub type RunId = (usize, u32);

/// What a repair keeps.
#[derive(Default)]
pub struct Kept {
    /// The runs to keep, each with whether its letter is surely as it was.
    pub runs: HashMap<RunId, bool>,
    /// Decisions in them.
    pub decisions: u64,
    /// Letters whose files are to be read anew: not all of their decisions can be kept, or a word may be damaged.
    pub incomplete: Vec<String>,
    /// Decisions that cannot be read, as far as they can be counted.
    pub lost: u64,
    /// Letters that had been removed and may be back, since it can no longer be told.
    pub may_be_back: u64,
}

/// One letter as it was read from one file at one time.
struct Version {
    runs: Vec<RunId>,
    /// The file's content, and the contents it took the place of.
    source: u64,
    earlier: Vec<u64>,
    decisions: u32,
    highest: u32,
    /// What follows cannot be read, and may belong to it.
    ends_at_gap: bool,
    /// Known to count, for no deleted decision can be among those of its segment.
    trusted: bool,
}

impl Version {
    fn is_complete(&self) -> bool {
        self.decisions == self.highest && !self.ends_at_gap
    }
}

/// Numbers the runs of a segment: both readings of a repair must tell them alike.
#[derive(Default)]
pub struct Runs {
    last: Option<(u64, u64, u32)>,
    number: u32,
}

impl Runs {
    pub fn of(&mut self, record: &Record, ordinal: u32) -> u32 {
        let (letter, source) = (key(&record.letter.id.to_lowercase()), key(&record.letter.source.content_hash));
        let continues = self.last.is_some_and(|last| (last.0, last.1) == (letter, source) && last.2 < ordinal);
        if !continues {
            self.number += 1;
        }
        self.last = Some((letter, source, ordinal));
        self.number
    }
}

fn key(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Reads the segments that are made anew, and chooses what to keep of them.
pub fn choose(
    files: &Files,
    fields: &FieldHandles,
    segments: &[Examined],
    is_rebuilt: &dyn Fn(&Examined) -> bool,
    lists_lost: bool,
    progress: &mut dyn FnMut(u64),
) -> Kept {
    let mut letters: HashMap<String, Vec<Version>> = HashMap::new();
    let (mut kept, mut read_so_far) = (Kept::default(), 0);
    let (mut named_missing, mut suspicious): (HashSet<String>, bool) = (HashSet::new(), lists_lost);
    for (place, examined) in segments.iter().enumerate().filter(|(_, examined)| is_rebuilt(examined)) {
        let store = Store::open(files, fields, &examined.segment, examined.store_whole);
        let deletes = examined.segment.deletes.is_some();
        let (mut runs, mut last) = (Runs::default(), None::<String>);
        let (mut read, mut gaps, mut found) = (0_u64, 0, HashSet::new());
        store.each(&|number| examined.alive.counts(number), &mut |slot| {
            let Slot::Record(number, record) = slot else {
                gaps += 1;
                if let Some(version) =
                    last.as_ref().and_then(|id| letters.get_mut(id)).and_then(|versions| versions.last_mut())
                {
                    version.ends_at_gap = true;
                }
                return;
            };
            let Some(ordinal) = record.letter.decisions.first().map(Decision::ordinal) else { return };
            read += 1;
            let id = record.letter.id.to_lowercase();
            let run = (place, runs.of(&record, ordinal));
            let source = key(&record.letter.source.content_hash);
            let trusted = !lists_lost && !matches!(examined.alive, Alive::Unknown) && (!deletes || number.is_some());
            suspicious |= !trusted;
            if examined.columns.is_some() {
                found.insert((id.clone(), u64::from(ordinal)));
            }
            let versions = letters.entry(id.clone()).or_default();
            // A letter that was cut in two by another is still one.
            let same = versions.iter_mut().find(|version| {
                version.source == source
                    && version.runs[0].0 == place
                    && (version.runs.contains(&run) || version.highest < ordinal)
            });
            match same {
                Some(version) => {
                    version.decisions += 1;
                    version.highest = ordinal;
                    if !version.runs.contains(&run) {
                        version.runs.push(run);
                    }
                    version.ends_at_gap = false;
                }
                None => versions.push(Version {
                    runs: vec![run],
                    source,
                    earlier: record.other_sources.iter().map(|other| key(&other.source.content_hash)).collect(),
                    decisions: 1,
                    highest: ordinal,
                    ends_at_gap: record.letter.source.content_hash.starts_with(INCOMPLETE),
                    trusted,
                }),
            }
            last = Some(id);
            if (read_so_far + read).is_multiple_of(1000) {
                progress(read_so_far + read);
            }
        });
        read_so_far += read;
        kept.lost += lost(examined, &found, read, gaps, &mut named_missing);
        if let (Alive::Unknown, Some(deletes)) = (&examined.alive, &examined.segment.deletes) {
            kept.may_be_back += u64::from(deletes.decisions.unwrap_or(0));
        }
    }
    let elsewhere = if suspicious { elsewhere(files, fields, segments, is_rebuilt) } else { HashSet::new() };
    for (id, versions) in letters {
        let total: u64 = versions.iter().map(|version| u64::from(version.decisions)).sum();
        // Exactly one version of a letter stands in the index: if that is known, the others are old.
        let chosen = if elsewhere.contains(&key(&id)) && versions.iter().all(|version| !version.trusted) {
            None
        } else {
            latest(&versions)
        };
        let kept_now = chosen.map_or(0, |version| u64::from(version.decisions));
        kept.may_be_back = kept.may_be_back.saturating_sub(total - kept_now);
        let Some(version) = chosen else { continue };
        // Where a checksum does not match, a word may be another one and nothing else tells: the letter's file does.
        let is_sure = version.runs.iter().all(|run| segments[run.0].store_whole);
        let complete = is_sure && version.is_complete() && !named_missing.contains(&id);
        kept.decisions += kept_now;
        kept.runs.extend(version.runs.iter().map(|run| (*run, complete)));
        if !complete {
            kept.incomplete.push(id);
        }
    }
    kept.incomplete.sort_unstable();
    kept
}

/// The version that took the place of the others.
fn latest(versions: &[Version]) -> Option<&Version> {
    let replaces = |version: &Version| versions.iter().filter(|other| version.earlier.contains(&other.source)).count();
    versions.iter().max_by_key(|version| (version.trusted, replaces(version), version.is_complete()))
}

/// How many decisions of a segment cannot be read; names their letters where the columns know them.
fn lost(examined: &Examined, found: &HashSet<(String, u64)>, read: u64, gaps: u64, named: &mut HashSet<String>) -> u64 {
    if let Some(columns) = &examined.columns {
        let before = named.len();
        let mut lost = 0;
        for (letter, _, ordinal) in (0..columns.decisions)
            .filter(|&number| examined.alive.counts(number))
            .filter_map(|number| columns.of(number))
        {
            let letter = letter.to_lowercase();
            if !found.contains(&(letter.clone(), ordinal)) {
                lost += 1;
                named.insert(letter);
            }
        }
        debug_assert!(lost > 0 || named.len() == before);
        return lost;
    }
    let deleted = match (&examined.alive, &examined.segment.deletes) {
        (Alive::Listed(_), Some(deletes)) => deletes.decisions.unwrap_or(0),
        _ => 0,
    };
    examined.segment.decisions.map_or(gaps, |all| u64::from(all.saturating_sub(deleted)).saturating_sub(read))
}

/// The letters of the segments that stay as they are.
fn elsewhere(
    files: &Files,
    fields: &FieldHandles,
    segments: &[Examined],
    is_rebuilt: &dyn Fn(&Examined) -> bool,
) -> HashSet<u64> {
    let mut letters = HashSet::new();
    for examined in segments.iter().filter(|examined| !is_rebuilt(examined)) {
        let store = Store::open(files, fields, &examined.segment, examined.store_whole);
        store.each(&|number| examined.alive.counts(number), &mut |slot| {
            if let Slot::Record(_, record) = slot {
                letters.insert(key(&record.letter.id.to_lowercase()));
            }
        });
    }
    letters
}
