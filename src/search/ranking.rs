//! The order of the decisions found, and the page of it with near-twins folded.

use tantivy::collector::TopDocs;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString};
use tantivy::{DocAddress, Order, Score};

use super::model::{Request, Sort};
use super::terms::StemStatistics;
use super::{Prepared, collapse};
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

/// The page of decisions that was asked for, and whether more follow.
///
/// # Errors
/// The index cannot be read.
pub fn ranked_leads(
    snapshot: &Snapshot,
    request: &Request,
    prepared: &Prepared,
) -> tantivy::Result<(Vec<RankedLead>, bool)> {
    let wanted = request.offset + request.limit;
    if request.limit == 0 || prepared.total == 0 {
        return Ok((Vec::new(), prepared.total > 0));
    }
    let total = usize::try_from(prepared.total).unwrap_or(usize::MAX);
    if !request.collapse {
        let ranking = ranking(snapshot, request, prepared, wanted)?;
        let page = ranking.into_iter().skip(request.offset);
        let page = page.map(|(score, address)| RankedLead { address, score, twins: Vec::new() });
        return Ok((page.collect(), total > wanted));
    }
    // Three decisions in ten have a twin, so this holds the page's leads and the one that says that more follow. The
    // depth does not depend on the page, so neither does what is counted as twins.
    let depth = total.min(MOST_EXAMINED.max(wanted * 4));
    let ranking = ranking(snapshot, request, prepared, depth)?;
    let addresses: Vec<DocAddress> = ranking.iter().map(|(_, address)| *address).collect();
    let leads = collapse::fold(snapshot, &addresses, wanted + 1)?;
    let has_more = leads.len() > wanted;
    let page = leads.into_iter().take(wanted).skip(request.offset);
    let page = page.map(|lead| RankedLead { address: lead.address, score: ranking[lead.place].0, twins: lead.twins });
    Ok((page.collect(), has_more))
}

/// The best decisions, equal ones in the order of their letters and items. The engine's own order of equals would change
/// with threads and merges.
///
/// # Errors
/// The index cannot be read.
pub fn ranking(
    snapshot: &Snapshot,
    request: &Request,
    prepared: &Prepared,
    depth: usize,
) -> tantivy::Result<Vec<(Score, DocAddress)>> {
    let top = TopDocs::with_limit(depth.max(1));
    let letter = (SortByString::for_field("case_number"), Order::Asc);
    let ordinal = (SortByStaticFastValue::<u64>::for_field("ordinal"), Order::Asc);
    let decided = SortByStaticFastValue::<u64>::for_field("decided");
    let searcher = &snapshot.searcher;
    let query = prepared.query.as_ref();
    let without_words = prepared.plan.targets.is_empty();
    Ok(match request.sort {
        Sort::Relevance if !without_words => {
            let collector = top.order_by((SortBySimilarityScore, letter, ordinal));
            let found = searcher.search_with_statistics_provider(query, &collector, &StemStatistics(searcher))?;
            found.into_iter().map(|((score, ..), address)| (score, address)).collect()
        }
        // Without words all are equally relevant: then the latest come first.
        Sort::Relevance | Sort::Newest => {
            let found = searcher.search(query, &top.order_by(((decided, Order::Desc), letter, ordinal)))?;
            found.into_iter().map(|(_, address)| (0.0, address)).collect()
        }
        Sort::Oldest => {
            let found = searcher.search(query, &top.order_by(((decided, Order::Asc), letter, ordinal)))?;
            found.into_iter().map(|(_, address)| (0.0, address)).collect()
        }
    })
}
