//! Writing letters: added, replaced or left alone, one writer at a time.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tantivy::directory::error::LockError;
use tantivy::indexer::UserOperation;
use tantivy::merge_policy::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, TantivyDocument, TantivyError, Term};

use super::document::{FieldHandles, OtherSource, Record, documents};
use super::reader::Snapshot;
use super::{CommitNote, IndexError, OpenIndex, failed_to_write};
use crate::letter::model::{Letter, Source};

/// Memory for each indexing thread before it writes a segment, in bytes.
const MEMORY_PER_THREAD: usize = 64 * 1024 * 1024;
/// Segments with more than this part of deleted decisions are merged, so that replaced letters do not pile up.
const DELETED_PART: f32 = 0.25;
/// Below this many decisions the index is merged to one segment at the end: quickest to search, cheap to do.
const SINGLE_SEGMENT_DECISIONS: u64 = 200_000;
/// Files remembered of one letter beside the latest.
const MOST_OTHER_SOURCES: usize = 16;
/// A running merge of so small an index ends within seconds.
const MERGE_ATTEMPTS: u32 = 200;
const MERGE_PAUSE: Duration = Duration::from_millis(50);

/// What became of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    Indexed,
    Unchanged,
    /// It took the place of the same letter read from these files.
    Replaced {
        earlier: Vec<Source>,
    },
}

/// The one writer of an index.
pub struct LetterWriter {
    index: OpenIndex,
    writer: IndexWriter,
    /// The state before what is not yet committed.
    snapshot: Snapshot,
    fields: FieldHandles,
    /// Letters written since the last commit, which the snapshot does not show: their sources by letter id.
    uncommitted: HashMap<String, Uncommitted>,
    /// The contents those letters were read from.
    uncommitted_content: HashSet<String>,
    /// Something was written or deleted since the last commit.
    changed: bool,
}

/// A letter written since the last commit.
struct Uncommitted {
    sources: Vec<OtherSource>,
    items: Vec<String>,
}

impl LetterWriter {
    /// Locks an index for writing.
    ///
    /// # Errors
    /// Another process is writing, or the index cannot be used.
    pub fn new(index: OpenIndex, threads: usize) -> Result<Self, IndexError> {
        let threads = threads.clamp(1, 8);
        let failed = |error: TantivyError| match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                IndexError::Locked { directory: index.directory.clone() }
            }
            error => failed_to_write(&index.directory, &error),
        };
        let writer: IndexWriter =
            index.tantivy.writer_with_num_threads(threads, threads * MEMORY_PER_THREAD).map_err(failed)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_PART);
        writer.set_merge_policy(Box::new(policy));
        let snapshot = Snapshot::of(&index).map_err(failed)?;
        let fields = snapshot.fields.clone();
        let mut new = Self {
            index,
            writer,
            snapshot,
            fields,
            uncommitted: HashMap::new(),
            uncommitted_content: HashSet::new(),
            changed: false,
        };
        if new.snapshot.searcher.num_docs() == 0 {
            // A new index gets its note before anything else, so that a killed build is known as one of ours.
            new.commit().map_err(|error| failed_to_write(&new.index.directory, &error))?;
        }
        Ok(new)
    }

    /// The committed state; shared with the threads that read letters.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Whether a file with this content was written since the last commit.
    #[must_use]
    pub fn wrote_content(&self, content_hash: &str) -> bool {
        self.uncommitted_content.contains(content_hash)
    }

    /// Writes a letter: adds it, or puts it in the place of the same letter. `prepared` are its documents as
    /// [`documents`] makes them without other sources.
    ///
    /// A letter without a case number is known by its file's name; where another letter has the same name, its id gets
    /// a mark made from its path, so that neither takes the other's place.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn write(&mut self, letter: &mut Letter, prepared: Vec<TantivyDocument>) -> tantivy::Result<Written> {
        let mut earlier = self.earlier(&letter.id)?;
        let mut prepared = Some(prepared);
        if letter.case_number.is_none() {
            let stem = letter.id.clone();
            let mark = hash_of(
                format!("{}\0{}", letter.source.path, letter.source.member.as_deref().unwrap_or("")).as_bytes(),
            );
            let mut length = 8;
            while length <= mark.len()
                && let Some(other) = &earlier
                && !other.is_same_letter(letter)
            {
                set_id(letter, &format!("{stem}~{}", &mark[..length]));
                earlier = self.earlier(&letter.id)?;
                prepared = None;
                length += 8;
            }
        }
        let Some(earlier) = earlier else {
            let new = match prepared {
                Some(prepared) => prepared,
                None => documents(&self.fields, letter, &[])?,
            };
            self.put(letter, new, Vec::new())?;
            return Ok(Written::Indexed);
        };
        let is_same_place =
            |source: &Source| (&source.path, &source.member) == (&letter.source.path, &letter.source.member);
        let same_content = |other: &&OtherSource| other.source.content_hash == letter.source.content_hash;
        // Known content is unchanged; also an old one, found in a copy, but not where the same file went back to it.
        let known = earlier.sources.iter().filter(same_content);
        if known.clone().next().is_some()
            && !known.clone().any(|other| other.superseded && is_same_place(&other.source))
        {
            return Ok(Written::Unchanged);
        }
        let mut others: Vec<OtherSource> = Vec::new();
        for other in &earlier.sources {
            let superseded = other.superseded || is_same_place(&other.source);
            if other.source.content_hash != letter.source.content_hash && others.len() < MOST_OTHER_SOURCES {
                others.push(OtherSource { source: other.source.clone(), superseded });
            }
        }
        let new = documents(&self.fields, letter, &others)?;
        self.put(letter, new, others)?;
        let earlier = earlier.sources.into_iter().filter(|other| !other.superseded).map(|other| other.source).collect();
        Ok(Written::Replaced { earlier })
    }

    /// Deletes the old documents and adds the new ones as one group, so that a commit has both or neither.
    fn put(&mut self, letter: &Letter, new: Vec<TantivyDocument>, others: Vec<OtherSource>) -> tantivy::Result<()> {
        let mut operations = Vec::with_capacity(new.len() + 1);
        operations.push(UserOperation::Delete(self.letter_term(&letter.id)));
        operations.extend(new.into_iter().map(UserOperation::Add));
        self.writer.run(operations)?;
        let latest = OtherSource { source: letter.source.clone(), superseded: false };
        let sources = std::iter::once(latest).chain(others).collect();
        let items = letter.decisions.iter().map(|decision| decision.item.clone()).collect();
        self.uncommitted_content.insert(letter.source.content_hash.clone());
        self.uncommitted.insert(letter.id.to_lowercase(), Uncommitted { sources, items });
        self.changed = true;
        Ok(())
    }

    /// Empties the index, as one change with all that is written until the commit: until then readers see the old one.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn start_over(&mut self) -> tantivy::Result<()> {
        self.writer.delete_all_documents()?;
        self.snapshot = Snapshot::empty()?;
        self.changed = true;
        Ok(())
    }

    /// Forgets what was written since the last commit.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn abandon(mut self) -> tantivy::Result<()> {
        self.writer.rollback()?;
        self.writer.wait_merging_threads()
    }

    fn letter_term(&self, letter_id: &str) -> Term {
        Term::from_field_text(self.fields.case_number, &letter_id.to_lowercase())
    }

    fn earlier(&self, letter_id: &str) -> tantivy::Result<Option<Earlier>> {
        if let Some(letter) = self.uncommitted.get(&letter_id.to_lowercase()) {
            return Ok(Some(Earlier { sources: letter.sources.clone(), items: letter.items.clone() }));
        }
        let term = self.letter_term(letter_id);
        if self.snapshot.searcher.doc_freq(&term)? == 0 {
            return Ok(None);
        }
        let records = self.snapshot.records_of_letter(letter_id)?;
        Ok((!records.is_empty()).then(|| Earlier::of(&records)))
    }

    /// Deletes a letter; returns how many decisions it had.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn remove(&mut self, letter_id: &str) -> tantivy::Result<usize> {
        let decisions = self.snapshot.records_of_letter(letter_id)?.len();
        if decisions > 0 {
            self.writer.delete_term(self.letter_term(letter_id));
            self.changed = true;
        }
        Ok(decisions)
    }

    /// Makes everything written so far durable and visible.
    ///
    /// # Errors
    /// The disk refuses; the index then stays as it was at the last commit.
    pub fn commit(&mut self) -> tantivy::Result<()> {
        let note = CommitNote { created: self.index.note.created, ..CommitNote::new() };
        let payload = serde_json::to_string(&note).map_err(|error| TantivyError::InternalError(error.to_string()))?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.index.note = note;
        self.uncommitted.clear();
        self.uncommitted_content.clear();
        self.changed = false;
        self.snapshot = Snapshot::of(&self.index)?;
        Ok(())
    }

    /// Commits, merges a small index to one segment, and releases the lock.
    ///
    /// # Errors
    /// As [`LetterWriter::commit`].
    pub fn finish(mut self) -> tantivy::Result<()> {
        // The commit must not start merges of its own: they would take the segments that are merged below.
        self.writer.set_merge_policy(Box::new(NoMergePolicy));
        if self.changed {
            self.commit()?;
        }
        if self.snapshot.searcher.num_docs() <= SINGLE_SEGMENT_DECISIONS {
            self.merge_to_one_segment()?;
        }
        self.writer.wait_merging_threads()
    }

    /// Merges all segments. A merge that an earlier commit started may still hold some of them: then it is waited for.
    fn merge_to_one_segment(&mut self) -> tantivy::Result<()> {
        let mut attempts = 0;
        loop {
            let segments = self.index.tantivy.searchable_segments()?;
            let is_one = segments.len() <= 1 && segments.iter().all(|segment| segment.meta().num_deleted_docs() == 0);
            if is_one {
                break;
            }
            let ids: Vec<_> = segments.iter().map(tantivy::Segment::id).collect();
            match self.writer.merge(&ids).wait() {
                Ok(_) => break,
                Err(_) if attempts < MERGE_ATTEMPTS => {
                    attempts += 1;
                    std::thread::sleep(MERGE_PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }
}

/// The same letter, as it stands in the index.
struct Earlier {
    /// The latest first.
    sources: Vec<OtherSource>,
    items: Vec<String>,
}

impl Earlier {
    fn of(records: &[Record]) -> Self {
        let sources = records.first().map_or_else(Vec::new, |record| {
            let latest = OtherSource { source: record.letter.source.clone(), superseded: false };
            std::iter::once(latest).chain(record.other_sources.iter().cloned()).collect()
        });
        let items =
            records.iter().flat_map(|record| &record.letter.decisions).map(|decision| decision.item.clone()).collect();
        Self { sources, items }
    }

    /// Files of the same name hold the same letter if it is the same file, or if they decide the same items.
    fn is_same_letter(&self, letter: &Letter) -> bool {
        let plain = |item: &str| {
            item.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
        };
        self.sources.iter().map(|other| &other.source).any(|source| {
            source.content_hash == letter.source.content_hash
                || (source.path == letter.source.path && source.member == letter.source.member)
        }) || self
            .items
            .iter()
            .map(|item| plain(item))
            .eq(letter.decisions.iter().map(|decision| plain(&decision.item)))
    }
}

/// Gives a letter another id, and its decisions with it.
fn set_id(letter: &mut Letter, id: &str) {
    id.clone_into(&mut letter.id);
    for (index, decision) in letter.decisions.iter_mut().enumerate() {
        decision.id = format!("{id}/{}", index + 1);
    }
}

/// The hash by which contents are known: BLAKE3, the first 128 bits in hexadecimal.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..32].to_owned()
}
