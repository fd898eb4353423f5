//! What the index already has, in memory: the contents of files and the ids of letters.
//!
//! A build asks of every file whether its content is known, and of every letter whether an earlier one has its id. In the
//! term dictionaries that costs a look-up in every segment; a large build would spend a tenth of its time on it. So the
//! first questions go to the dictionaries, and once it shows that many follow, their terms are read once into two sets
//! of 24 bytes a letter together.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::{FxBuildHasher, FxHashSet};
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{SegmentReader, Term};

use super::document::FieldHandles;
use super::reader::{Snapshot, has_alive};

/// Questions answered from the dictionaries before the sets are read: a few letters more in a large index must not wait
/// for millions of terms.
const QUESTIONS_BEFORE_READING: u64 = 2_000;

/// The contents and letters of a snapshot, and of what was committed on top of it by this process.
pub struct Known {
    snapshot: Snapshot,
    questions: AtomicU64,
    sets: OnceLock<Sets>,
}

#[derive(Default)]
struct Sets {
    contents: Contents,
    /// Hashes of letters' ids. Two ids can share one, so a hit is looked up.
    letters: FxHashSet<u64>,
}

/// A set of files' contents, by their hashes.
#[derive(Default)]
pub struct Contents {
    /// The hash is 128 bits: no two files share one.
    numbers: FxHashSet<u128>,
    /// Hashes of another form; this program writes none.
    odd: FxHashSet<String>,
}

impl Contents {
    /// Adds the content with this hash.
    pub fn add(&mut self, content_hash: &str) {
        match number(content_hash) {
            Some(hash) => self.numbers.insert(hash),
            None => self.odd.insert(content_hash.to_owned()),
        };
    }

    /// Whether the content with this hash was added.
    #[must_use]
    pub fn has(&self, content_hash: &str) -> bool {
        match number(content_hash) {
            Some(hash) => self.numbers.contains(&hash),
            None => self.odd.contains(content_hash),
        }
    }

    fn append(&mut self, others: Contents) {
        self.numbers.extend(others.numbers);
        self.odd.extend(others.odd);
    }
}

impl Known {
    /// What `snapshot` has.
    #[must_use]
    pub fn of(snapshot: Snapshot) -> Self {
        Self { snapshot, questions: AtomicU64::new(0), sets: OnceLock::new() }
    }

    /// The snapshot that is asked.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The same after a commit, which added letters with these contents and ids.
    pub fn advance<'a>(&mut self, snapshot: Snapshot, contents: Contents, letters: impl Iterator<Item = &'a String>) {
        self.snapshot = snapshot;
        if let Some(sets) = self.sets.get_mut() {
            sets.contents.append(contents);
            sets.letters.extend(letters.map(|letter| letter_hash(letter)));
        }
    }

    /// Whether a file with this content is in the index.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn has_content(&self, content_hash: &str) -> tantivy::Result<bool> {
        match self.sets()? {
            Some(sets) => Ok(sets.contents.has(content_hash)),
            None => self.snapshot.knows_content(content_hash),
        }
    }

    /// Whether the index may have a letter with this id; `false` is certain.
    ///
    /// # Errors
    /// The index files cannot be read.
    pub fn may_have_letter(&self, letter_id: &str) -> tantivy::Result<bool> {
        let folded_id = letter_id.to_lowercase();
        if let Some(sets) = self.sets()? {
            return Ok(sets.letters.contains(&letter_hash(&folded_id)));
        }
        let term = Term::from_field_text(self.snapshot.fields.case_number, &folded_id);
        Ok(self.snapshot.searcher.doc_freq(&term)? > 0)
    }

    fn sets(&self) -> tantivy::Result<Option<&Sets>> {
        if let Some(sets) = self.sets.get() {
            return Ok(Some(sets));
        }
        if self.questions.fetch_add(1, Ordering::Relaxed) < QUESTIONS_BEFORE_READING {
            return Ok(None);
        }
        let read = Sets::read(&self.snapshot)?;
        Ok(Some(self.sets.get_or_init(|| read)))
    }
}

impl Sets {
    fn read(snapshot: &Snapshot) -> tantivy::Result<Self> {
        let FieldHandles { content, case_number, .. } = snapshot.fields;
        let mut sets = Self::default();
        for segment in snapshot.searcher.segment_readers() {
            for_each_term(segment, content, &mut |term| sets.contents.add(term))?;
            for_each_term(segment, case_number, &mut |term| {
                sets.letters.insert(letter_hash(term));
            })?;
        }
        Ok(sets)
    }
}

/// The hash as a number, if it is written as this program writes it.
fn number(content_hash: &str) -> Option<u128> {
    let is_plain = content_hash.len() == 32 && content_hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_plain.then(|| u128::from_str_radix(content_hash, 16).ok()).flatten()
}

fn letter_hash(folded_id: &str) -> u64 {
    use std::hash::BuildHasher;
    FxBuildHasher.hash_one(folded_id)
}

/// Hands over every term of a field that a decision still has: what only deleted decisions had is not known.
fn for_each_term(segment: &SegmentReader, field: Field, handle: &mut dyn FnMut(&str)) -> tantivy::Result<()> {
    let inverted = segment.inverted_index(field)?;
    let mut terms = inverted.terms().stream()?;
    while terms.advance() {
        let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
        if segment.alive_bitset().is_none() || is_alive(segment, field, terms.value())? {
            handle(term);
        }
    }
    Ok(())
}

/// Whether any decision with the term has not been deleted.
fn is_alive(segment: &SegmentReader, field: Field, term: &TermInfo) -> tantivy::Result<bool> {
    let inverted = segment.inverted_index(field)?;
    Ok(has_alive(segment, inverted.read_postings_from_terminfo(term, IndexRecordOption::Basic)?))
}
