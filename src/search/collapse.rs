//! Near-twins in an answer: folded into the first of them, counted, and kept within reach.
//!
//! Two decisions are folded when their rationales are near-twins and their outcomes are the same: an approval must not
//! disappear behind a denial. The leads are found walking down the ranking, so a page does not depend on the page asked
//! for before.

use std::collections::HashSet;

use tantivy::columnar::Column;
use tantivy::{DocAddress, Searcher};

use crate::index::reader::Snapshot;
use crate::index::twins::{self, Signature, TWIN_SIMILARITY};

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
        let signature = columns.signature(address);
        let mut own: Option<Wording> = None;
        let mut twin_of = None;
        for (index, group) in groups.iter_mut().enumerate() {
            if !twins::may_be_twins(&signature, &group.signature) {
                continue;
            }
            let own = load(&mut own, snapshot, address)?;
            let lead = load(&mut group.wording, snapshot, group.lead.address)?;
            if own.outcome == lead.outcome && twins::similarity(&own.shingles, &lead.shingles) > TWIN_SIMILARITY {
                twin_of = Some(index);
                break;
            }
        }
        match twin_of {
            Some(index) => groups[index].lead.twins.push(address),
            // Enough leads; what follows can still be a twin of one of them.
            None if groups.len() >= enough => {}
            None => groups.push(Group { signature, wording: own, lead: Lead { place, address, twins: Vec::new() } }),
        }
    }
    Ok(groups.into_iter().map(|group| group.lead).collect())
}

struct Group {
    signature: Signature,
    wording: Option<Wording>,
    lead: Lead,
}

struct Wording {
    shingles: HashSet<u64>,
    outcome: &'static str,
}

/// Reads a decision's wording once, when it is first needed.
fn load<'a>(slot: &'a mut Option<Wording>, snapshot: &Snapshot, address: DocAddress) -> tantivy::Result<&'a Wording> {
    if slot.is_none() {
        let record = snapshot.record(address)?;
        let decision = record.decision()?;
        let shingles = twins::shingles(decision.rationale.as_deref().unwrap_or_default());
        *slot = Some(Wording { shingles, outcome: decision.outcome.as_str() });
    }
    slot.as_ref().ok_or_else(|| tantivy::TantivyError::InternalError("a wording that was just read".into()))
}

/// The signature columns of all segments.
struct Columns(Vec<Column<u64>>);

impl Columns {
    fn open(searcher: &Searcher) -> tantivy::Result<Self> {
        let columns = searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64("twin_signature"));
        Ok(Self(columns.collect::<Result<_, _>>()?))
    }

    fn signature(&self, address: DocAddress) -> Signature {
        let mut signature = [0; 4];
        let values = self
            .0
            .get(address.segment_ord as usize)
            .into_iter()
            .flat_map(|column| column.values_for_doc(address.doc_id));
        for (slot, value) in signature.iter_mut().zip(values) {
            *slot = value;
        }
        signature
    }
}
