//! Near-twins in an answer: folded into the first of them, counted, and kept within reach.
//!
//! Two decisions are folded when their rationales are near-twins and their outcomes are the same: an approval must not
//! disappear behind a denial. The leads are found walking down the ranking, so a page does not depend on the page asked
//! for before.

use rustc_hash::FxHashSet;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, Searcher};

use crate::index::reader::Snapshot;
use crate::index::twins::{self, Resemblance, Signature, TWIN_SIMILARITY};

/// A decision that leads its twins.
#[derive(Debug)]
pub struct Lead {
    /// Place in the ranking.
    pub place: usize,
    pub address: DocAddress,
    pub twins: Vec<DocAddress>,
}

/// Folds the ranked decisions: the first `enough` leads, each with its twins in the ranking.
///
/// # Errors
/// The index cannot be read.
pub fn fold(snapshot: &Snapshot, ranking: &[DocAddress], enough: usize) -> tantivy::Result<Vec<Lead>> {
    let columns = Columns::open(&snapshot.searcher)?;
    let mut groups: Vec<Group> = Vec::new();
    for (place, &address) in ranking.iter().enumerate() {
        let (signature, is_overturned) = (columns.signature(address), columns.is_overturned(address));
        let mut shingles: Option<FxHashSet<u64>> = None;
        let mut twin_of = None;
        for (index, group) in groups.iter_mut().enumerate().filter(|(_, group)| group.is_overturned == is_overturned) {
            let is_twin = match twins::resemblance(&signature, &group.signature) {
                Resemblance::Strangers => false,
                Resemblance::Twins => true,
                Resemblance::Possible => {
                    let own = read_shingles(&mut shingles, snapshot, address)?;
                    let lead = read_shingles(&mut group.shingles, snapshot, group.lead.address)?;
                    twins::similarity(own, lead) > TWIN_SIMILARITY
                }
            };
            if is_twin {
                twin_of = Some(index);
                break;
            }
        }
        match twin_of {
            Some(index) => groups[index].lead.twins.push(address),
            // Enough leads; what follows can still be a twin of one of them.
            None if groups.len() >= enough => {}
            None => {
                let lead = Lead { place, address, twins: Vec::new() };
                groups.push(Group { signature, is_overturned, shingles, lead });
            }
        }
    }
    Ok(groups.into_iter().map(|group| group.lead).collect())
}

struct Group {
    signature: Signature,
    is_overturned: bool,
    shingles: Option<FxHashSet<u64>>,
    lead: Lead,
}

/// Reads a decision's wording once, when it is first needed.
fn read_shingles<'a>(
    slot: &'a mut Option<FxHashSet<u64>>,
    snapshot: &Snapshot,
    address: DocAddress,
) -> tantivy::Result<&'a FxHashSet<u64>> {
    let shingles = match slot.take() {
        Some(shingles) => shingles,
        None => twins::shingles(snapshot.record(address)?.decision()?.rationale.as_deref().unwrap_or_default()),
    };
    Ok(slot.insert(shingles))
}

/// What is compared of every decision, by segment.
struct Columns(Vec<SegmentColumns>);

struct SegmentColumns {
    signatures: Column<u64>,
    outcomes: Option<StrColumn>,
    /// The segment's number for the word "overturned".
    overturned: Option<u64>,
}

impl Columns {
    fn open(searcher: &Searcher) -> tantivy::Result<Self> {
        let mut columns = Vec::new();
        for segment in searcher.segment_readers() {
            let signatures = segment.fast_fields().u64("twin_signature")?;
            let outcomes = segment.fast_fields().str("outcome")?;
            let overturned = match &outcomes {
                Some(outcomes) => outcomes.dictionary().term_ord("overturned")?,
                None => None,
            };
            columns.push(SegmentColumns { signatures, outcomes, overturned });
        }
        Ok(Self(columns))
    }

    fn signature(&self, address: DocAddress) -> Signature {
        let mut signature = [0; 4];
        let columns = self.0.get(address.segment_ord as usize);
        let values = columns.into_iter().flat_map(|columns| columns.signatures.values_for_doc(address.doc_id));
        for (slot, value) in signature.iter_mut().zip(values) {
            *slot = value;
        }
        signature
    }

    fn is_overturned(&self, address: DocAddress) -> bool {
        self.0.get(address.segment_ord as usize).is_some_and(|columns| {
            let outcome = columns.outcomes.as_ref().and_then(|outcomes| outcomes.term_ords(address.doc_id).next());
            outcome.is_some() && outcome == columns.overturned
        })
    }
}
