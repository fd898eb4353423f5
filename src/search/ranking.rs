//! The page of the decisions found, with near-twins folded.

use tantivy::{DocAddress, Score};

use super::collapse;
use super::model::Request;
use super::sweep::Found;
use crate::index::reader::Snapshot;

/// Decisions looked through for near-twins of a page; beyond it a page stays shorter. Where thousands repeat one text,
/// `--no-collapse` lists them.
const MOST_EXAMINED: usize = 500;

/// A hit before it is read from the store.
pub struct RankedLead {
    pub address: DocAddress,
    pub score: Score,
    pub twins: Vec<DocAddress>,
}

/// How many of the best decisions are needed for the page that was asked for.
///
/// Three decisions in ten have a twin, so this holds the page's leads and the one that says that more follow. The depth
/// does not depend on the page, so neither does what is counted as twins.
#[must_use]
pub fn depth_of_page(request: &Request) -> usize {
    let wanted = request.offset + request.limit;
    match (request.limit, request.collapse) {
        (0, _) => 0,
        (_, false) => wanted,
        (_, true) => MOST_EXAMINED.max(wanted * 4),
    }
}

/// The page of decisions that was asked for, and whether more follow.
///
/// # Errors
/// The index cannot be read.
pub fn ranked_leads(snapshot: &Snapshot, request: &Request, found: &Found) -> tantivy::Result<(Vec<RankedLead>, bool)> {
    if request.limit == 0 || found.total == 0 {
        return Ok((Vec::new(), found.total > 0));
    }
    let wanted = request.offset + request.limit;
    if !request.collapse {
        let page = found.ranking.iter().skip(request.offset);
        let page = page.map(|&(score, address)| RankedLead { address, score, twins: Vec::new() });
        return Ok((page.collect(), found.total > wanted as u64));
    }
    let addresses: Vec<DocAddress> = found.ranking.iter().map(|(_, address)| *address).collect();
    let leads = collapse::fold(snapshot, &addresses, wanted + 1)?;
    let has_more = leads.len() > wanted;
    let page = leads.into_iter().take(wanted).skip(request.offset).map(|lead| RankedLead {
        address: lead.address,
        score: found.ranking[lead.place].0,
        twins: lead.twins,
    });
    Ok((page.collect(), has_more))
}
