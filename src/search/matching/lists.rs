//! The lists of a segment, read twice: once to find decisions, once, further behind, to score some of them.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::bits::{Bits, WINDOW};
use super::compiled::List;

/// A list in one segment.
pub enum Cursor<'a> {
    /// The segment has none of its decisions.
    Absent,
    Term(Box<TermCursor<'a>>),
    Other(OtherCursor),
}

pub struct TermCursor<'a> {
    finding: Position,
    /// What is needed to score: the weight of the term, where the scoring stands, the lengths of the texts.
    scoring: Option<(&'a Bm25Weight, Position, FieldNormReader)>,
}

pub struct OtherCursor {
    finding: Box<dyn Scorer>,
    scoring: Option<Box<dyn Scorer>>,
    most: f32,
}

impl<'a> Cursor<'a> {
    /// # Errors
    /// The index cannot be read.
    pub fn open(list: &'a List, segment: &SegmentReader, ordinal: usize) -> tantivy::Result<Self> {
        match list {
            List::Term { field, infos, weight } => {
                let Some(info) = infos.get(ordinal).and_then(Option::as_ref) else { return Ok(Self::Absent) };
                let read = if weight.is_some() { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
                let postings = segment.inverted_index(*field)?.read_block_postings_from_terminfo(info, read)?;
                let finding = Position { postings, at: 0 };
                let scoring = match weight {
                    Some(weight) => Some((weight, finding.clone(), segment.get_fieldnorms_reader(*field)?)),
                    None => None,
                };
                Ok(Self::Term(Box::new(TermCursor { finding, scoring })))
            }
            List::Other { weight, boost, most } => {
                let finding = weight.scorer(segment, *boost)?;
                if finding.doc() == TERMINATED {
                    return Ok(Self::Absent);
                }
                let scoring = if *most > 0.0 { Some(weight.scorer(segment, *boost)?) } else { None };
                Ok(Self::Other(OtherCursor { finding, scoring, most: *most }))
            }
        }
    }

    /// Adds the list's decisions of a window to a set, and gives the most that one of them can score. Windows come in
    /// order; some may be left out.
    pub fn find(&mut self, window: DocId, into: &mut Bits) -> f32 {
        let end = window.saturating_add(WINDOW);
        match self {
            Self::Absent => 0.0,
            Self::Term(cursor) => cursor.find(window, end, into),
            Self::Other(OtherCursor { finding, most, .. }) => {
                if finding.doc() < window {
                    finding.seek(window);
                }
                let is_in_it = finding.doc() < end;
                while finding.doc() < end {
                    into.add(finding.doc() - window);
                    finding.advance();
                }
                if is_in_it { *most } else { 0.0 }
            }
        }
    }

    /// What a decision scores; decisions come in order. `next` becomes the list's first that is not before it.
    pub fn score(&mut self, decision: DocId, next: &mut DocId) -> f32 {
        match self {
            Self::Term(cursor) => cursor.score(decision, next),
            Self::Other(OtherCursor { scoring: Some(scoring), .. }) => {
                if scoring.doc() < decision {
                    scoring.seek(decision);
                }
                *next = scoring.doc();
                if *next == decision { scoring.score() } else { 0.0 }
            }
            _ => {
                *next = TERMINATED;
                0.0
            }
        }
    }
}

impl TermCursor<'_> {
    fn find(&mut self, window: DocId, end: DocId, into: &mut Bits) -> f32 {
        self.finding.seek(window);
        let mut most: f32 = 0.0;
        while let Some(first) = self.finding.doc()
            && first < end
        {
            if let Some((weight, _, lengths)) = &self.scoring {
                most = most.max(self.finding.postings.block_max_score(lengths, weight));
            }
            let Position { postings, at } = &mut self.finding;
            let rest = &postings.docs()[*at..];
            let inside = match rest.last() {
                Some(&last) if last < end => rest.len(),
                _ => rest.partition_point(|&decision| decision < end),
            };
            for decision in &rest[..inside] {
                into.add(decision - window);
            }
            if inside < rest.len() {
                *at += inside;
                break;
            }
            postings.advance();
            *at = 0;
        }
        most
    }

    fn score(&mut self, decision: DocId, next: &mut DocId) -> f32 {
        let Some((weight, position, lengths)) = &mut self.scoring else { return 0.0 };
        position.seek(decision);
        *next = position.doc().unwrap_or(TERMINATED);
        if *next != decision {
            return 0.0;
        }
        weight.score(lengths.fieldnorm_id(decision), position.postings.freq(position.at))
    }
}

/// A place in the decisions of a term, which lie in blocks.
#[derive(Clone)]
struct Position {
    postings: BlockSegmentPostings,
    at: usize,
}

/// So many decisions are looked at one after the other before the rest of a block is searched.
const NEAR: usize = 8;

impl Position {
    fn doc(&self) -> Option<DocId> {
        self.postings.docs().get(self.at).copied()
    }

    /// Moves to the first decision that is not before this one.
    fn seek(&mut self, decision: DocId) {
        let docs = self.postings.docs();
        match docs.last() {
            Some(&last) if last >= decision => {
                let near = (self.at + NEAR).min(docs.len() - 1);
                if docs[near] < decision {
                    self.at = near + docs[near..].partition_point(|&doc| doc < decision);
                } else {
                    while docs[self.at] < decision {
                        self.at += 1;
                    }
                }
            }
            Some(_) => self.at = self.postings.seek(decision),
            None => {}
        }
    }
}
