//! The decisions a query finds, in one pass: how many, how the facets count, and the best in order; and of these the page
//! with near-twins folded.

use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_result::AggregationResults;
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue, SortByString};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::Query;
use tantivy::{DocAddress, Order, Score, Searcher};

use super::collapse;
use super::model::{Request, Sort};
use super::terms::StemStatistics;
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

/// What one pass over the decisions of a query found.
pub struct Found {
    pub total: u64,
    /// Counts of the facets asked for.
    pub facets: Option<AggregationResults>,
    /// The best, as many as were asked for.
    pub ranking: Vec<(Score, DocAddress)>,
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

/// Goes once over the decisions a query finds: counts them and the facets, and keeps the best `depth` in order, equal ones
/// in the order of their letters and items. The engine's own order of equals would change with threads and merges.
///
/// `by_words` says whether anything in the query scores: without words all are equally relevant, and the latest come first.
///
/// # Errors
/// The index cannot be read.
pub fn sweep(
    searcher: &Searcher,
    query: &dyn Query,
    sort: Sort,
    by_words: bool,
    depth: usize,
    facets: Option<AggregationCollector>,
) -> tantivy::Result<Found> {
    if depth == 0 {
        let (total, facets) = searcher.search(query, &(Count, facets))?;
        return Ok(Found { total: total as u64, facets, ranking: Vec::new() });
    }
    let top = TopDocs::with_limit(depth);
    let letter = (SortByString::for_field("case_number"), Order::Asc);
    let ordinal = (SortByStaticFastValue::<u64>::for_field("ordinal"), Order::Asc);
    let decided = SortByStaticFastValue::<u64>::for_field("decided");
    let by_date = match sort {
        Sort::Relevance if by_words => {
            let ranked = top.order_by((SortBySimilarityScore, letter, ordinal));
            let statistics = StemStatistics(searcher);
            let (total, facets, ranked) =
                searcher.search_with_statistics_provider(query, &(Count, facets, ranked), &statistics)?;
            let ranking = ranked.into_iter().map(|((score, ..), address)| (score, address)).collect();
            return Ok(Found { total: total as u64, facets, ranking });
        }
        Sort::Relevance | Sort::Newest => Order::Desc,
        Sort::Oldest => Order::Asc,
    };
    let ranked = top.order_by(((decided, by_date), letter, ordinal));
    let (total, facets, ranked) = searcher.search(query, &(Count, facets, ranked))?;
    let ranking = ranked.into_iter().map(|(_, address)| (0.0, address)).collect();
    Ok(Found { total: total as u64, facets, ranking })
}
