//! Writing letters: added, replaced or left alone, one writer at a time.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};
use tantivy::error::DataCorruption;
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, UserOperation};
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{IndexWriter, TantivyDocument, TantivyError, Term};

use super::document::{FieldHandles, OtherSource, Record, documents};
use super::known::{Contents, Known};
use super::memory::Memory;
use super::merging::{self, Size};
use super::reader::Snapshot;
use super::room::{QueuedDocument, Room};
use super::{CommitNote, IndexError, OpenIndex, check, failed_to_write};
use crate::letter::model::{Guideline, Letter, Source};

/// Files remembered of one letter beside the latest.
const MOST_OTHER_SOURCES: usize = 16;
/// With more segments than this a commit puts small ones together, so that a build of many hours does not end with
/// thousands of files.
const MANY_SEGMENTS: usize = 128;
/// What a decision's codes, names and numbers take up beside its texts, in bytes.
const BYTES_BESIDE_TEXT: usize = 2_000;

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
    writer: IndexWriter<QueuedDocument>,
    /// Room for the documents that wait for the engine.
    queue: Room,
    fields: FieldHandles,
    /// What was committed.
    known: Known,
    /// Letters written since the last commit, which the committed state does not show, by id in lower case.
    uncommitted: FxHashMap<String, Earlier>,
    /// The contents those letters were read from.
    uncommitted_content: Contents,
    /// Segments that were there before. Damage in them must be found before a merge gives it a new checksum.
    earlier_segments: Vec<SegmentId>,
    /// Something was written or deleted since the last commit.
    changed: bool,
}

impl LetterWriter {
    /// Locks an index for writing.
    ///
    /// # Errors
    /// Another process is writing, or the index cannot be used.
    pub fn new(index: OpenIndex, threads: usize, memory: Memory) -> Result<Self, IndexError> {
        let threads = threads.clamp(1, 8);
        let failed = |error: TantivyError| failed_to_write(&index.directory, &error);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(memory.of_indexing_thread(threads))
            // One merge at a time: what it reads is mapped into memory.
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter<QueuedDocument> = index.tantivy.writer_with_options(options).map_err(failed)?;
        // Merging on the way would write decisions several times; see `merging`.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let snapshot = Snapshot::of(&index).map_err(failed)?;
        let earlier_segments = index.tantivy.searchable_segment_ids().map_err(failed)?;
        Ok(Self {
            index,
            writer,
            queue: Room::for_bytes(memory.of_queue()),
            fields: snapshot.fields.clone(),
            known: Known::of(snapshot),
            uncommitted: FxHashMap::default(),
            uncommitted_content: Contents::default(),
            earlier_segments,
            changed: false,
        })
    }

    /// What was committed; shared with the threads that read letters.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Letters written since the last commit.
    #[must_use]
    pub fn uncommitted_letters(&self) -> usize {
        self.uncommitted.len()
    }

    /// Whether a file with this content was written since the last commit.
    #[must_use]
    pub fn wrote_content(&self, content_hash: &str) -> bool {
        self.uncommitted_content.has(content_hash)
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
            self.put(letter, new, Vec::new(), false)?;
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
        self.put(letter, new, others, true)?;
        let earlier = earlier.sources.into_iter().filter(|other| !other.superseded).map(|other| other.source).collect();
        Ok(Written::Replaced { earlier })
    }

    /// Adds a letter's documents as one group, and where the letter is there already deletes its old ones in the same, so
    /// that a commit has both or neither. Waits while too many bytes are on their way to the engine.
    ///
    /// Of a new letter nothing is deleted: the engine would look for it in every segment.
    fn put(
        &mut self,
        letter: &Letter,
        new: Vec<TantivyDocument>,
        others: Vec<OtherSource>,
        replaces: bool,
    ) -> tantivy::Result<()> {
        let room = Arc::new(self.queue.take(bytes_of(letter)));
        let mut operations = Vec::with_capacity(new.len() + 1);
        operations.extend(replaces.then(|| UserOperation::Delete(self.letter_term(&letter.id))));
        let queued = new.into_iter().map(|document| QueuedDocument::new(document, room.clone()));
        operations.extend(queued.map(UserOperation::Add));
        self.writer.run(operations)?;
        let latest = OtherSource { source: letter.source.clone(), superseded: false };
        let sources = std::iter::once(latest).chain(others).collect();
        let items = hash_of_items(letter.decisions.iter().map(|decision| decision.item.as_str()));
        self.uncommitted_content.add(&letter.source.content_hash);
        self.uncommitted.insert(letter.id.to_lowercase(), Earlier { sources, items });
        self.changed = true;
        Ok(())
    }

    /// Empties the index, as one change with all that is written until the commit: until then readers see the old one.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn start_over(&mut self) -> tantivy::Result<()> {
        self.writer.delete_all_documents()?;
        self.known = Known::of(Snapshot::empty()?);
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
            return Ok(Some(letter.clone()));
        }
        if !self.known.may_have_letter(letter_id)? {
            return Ok(None);
        }
        let records = self.known.snapshot().records_of_letter(letter_id)?;
        Ok((!records.is_empty()).then(|| Earlier::of(&records)))
    }

    /// Deletes a letter; returns how many decisions it had.
    ///
    /// # Errors
    /// The index cannot be read or written.
    pub fn remove(&mut self, letter_id: &str) -> tantivy::Result<usize> {
        let decisions = self.known.snapshot().records_of_letter(letter_id)?.len();
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
        let letters = std::mem::take(&mut self.uncommitted);
        let contents = std::mem::take(&mut self.uncommitted_content);
        self.known.advance(Snapshot::of(&self.index)?, contents, letters.keys());
        self.changed = false;
        if self.index.tantivy.searchable_segment_ids()?.len() > MANY_SEGMENTS {
            self.merge()?;
        }
        Ok(())
    }

    /// Commits, merges what is worth merging, and releases the lock.
    ///
    /// # Errors
    /// As [`LetterWriter::commit`].
    pub fn finish(mut self) -> tantivy::Result<()> {
        if self.changed {
            self.commit()?;
        }
        self.merge()?;
        self.writer.wait_merging_threads()
    }

    /// Merges small and worn segments, one group after the other.
    fn merge(&mut self) -> tantivy::Result<()> {
        let segments = self.index.tantivy.searchable_segments()?;
        let sizes: Vec<Size> = segments
            .iter()
            .map(|segment| Size {
                alive: u64::from(segment.meta().num_docs()),
                deleted: u64::from(segment.meta().num_deleted_docs()),
            })
            .collect();
        let groups = merging::groups(&sizes);
        if groups.is_empty() {
            return Ok(());
        }
        let merged = groups.iter().flatten().map(|&place| segments[place].id());
        let unverified = merged.filter(|id| self.earlier_segments.contains(id)).map(|id| id.uuid_string());
        check::verify(&self.index.directory, &unverified.collect::<Vec<_>>())
            .map_err(|damage| TantivyError::DataCorruption(DataCorruption::comment_only(damage)))?;
        // A snapshot keeps the files of merged segments in memory.
        self.known.advance(Snapshot::empty()?, Contents::default(), std::iter::empty());
        let under_way: Vec<_> = groups
            .iter()
            .map(|group| self.writer.merge(&group.iter().map(|&place| segments[place].id()).collect::<Vec<_>>()))
            .collect();
        for merge in under_way {
            merge.wait()?;
        }
        // A file is collected once nobody has its segment in hand.
        drop(segments);
        self.known.advance(Snapshot::of(&self.index)?, Contents::default(), std::iter::empty());
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }
}

/// The same letter, as it stands in the index.
#[derive(Clone)]
struct Earlier {
    /// The latest first.
    sources: Vec<OtherSource>,
    /// What it decides, by [`hash_of_items`].
    items: u64,
}

impl Earlier {
    fn of(records: &[Record]) -> Self {
        let sources = records.first().map_or_else(Vec::new, |record| {
            let latest = OtherSource { source: record.letter.source.clone(), superseded: false };
            std::iter::once(latest).chain(record.other_sources.iter().cloned()).collect()
        });
        let decisions = records.iter().flat_map(|record| &record.letter.decisions);
        Self { sources, items: hash_of_items(decisions.map(|decision| decision.item.as_str())) }
    }

    /// Files of the same name hold the same letter if it is the same file, or if they decide the same items.
    fn is_same_letter(&self, letter: &Letter) -> bool {
        let is_its_file = |source: &Source| {
            source.content_hash == letter.source.content_hash
                || (source.path == letter.source.path && source.member == letter.source.member)
        };
        self.sources.iter().any(|other| is_its_file(&other.source))
            || self.items == hash_of_items(letter.decisions.iter().map(|decision| decision.item.as_str()))
    }
}

/// The items of a letter as one number: their letters and digits, whatever their case, in order.
fn hash_of_items<'a>(items: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = FxHasher::default();
    for item in items {
        for letter in item.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase) {
            letter.hash(&mut hasher);
        }
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

/// What a letter's documents take up on their way to the engine, about: its texts stand there as fields and once more in
/// the stored record.
fn bytes_of(letter: &Letter) -> u64 {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let line = |guideline: &Option<Guideline>| guideline.as_ref().map_or(0, |guideline| guideline.text.len());
    let of_letter = length(&letter.summary) + length(&letter.documents_reviewed);
    let of_decisions = letter.decisions.iter().map(|decision| {
        let texts = decision.item.len() * 2 + length(&decision.rationale);
        texts + line(&decision.claims_guideline) + line(&decision.reviewer_guideline)
    });
    let bytes: usize = of_decisions.map(|texts| 2 * (of_letter + texts) + BYTES_BESIDE_TEXT).sum();
    bytes as u64
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
