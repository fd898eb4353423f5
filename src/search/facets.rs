//! Facet counts over the decisions found.
//!
//! Counted with terms aggregations on string columns: on 300,000 hits with four facets 1.6 ms, where tantivy's facet
//! collector takes 6 ms for one and hundreds for several. The size asked for exceeds the number of values a facet has,
//! so that counts are exact over several segments.

use serde_json::json;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::aggregation::agg_result::{AggregationResult, AggregationResults, BucketResult};
use tantivy::aggregation::{AggContextParams, AggregationCollector, AggregationLimitsGuard, Key};
use tantivy::{Searcher, TantivyError};

/// More values than any facet has (letters name some 300 specialties).
const MOST_VALUES: usize = 20_000;

/// A collector that counts these facets; none where there are none to count.
///
/// # Errors
/// The library refuses the request: a field is no facet.
pub fn collector(searcher: &Searcher, fields: &[&str]) -> tantivy::Result<Option<AggregationCollector>> {
    if fields.is_empty() {
        return Ok(None);
    }
    let request: serde_json::Map<String, serde_json::Value> = fields
        .iter()
        .map(|field| {
            ((*field).to_owned(), json!({"terms": {"field": field, "size": MOST_VALUES, "segment_size": MOST_VALUES}}))
        })
        .collect();
    let aggregations: Aggregations = serde_json::from_value(serde_json::Value::Object(request))
        .map_err(|error| TantivyError::InternalError(error.to_string()))?;
    let context = AggContextParams::new(AggregationLimitsGuard::default(), searcher.index().tokenizers().clone());
    Ok(Some(AggregationCollector::from_aggs(aggregations, context)))
}

/// The counts of one facet, largest first, equal ones in the order of their values.
#[must_use]
pub fn counts(results: &AggregationResults, field: &str) -> Vec<(String, u64)> {
    let Some(AggregationResult::BucketResult(BucketResult::Terms { buckets, .. })) = results.0.get(field) else {
        return Vec::new();
    };
    let mut counts: Vec<(String, u64)> = buckets
        .iter()
        .filter_map(|bucket| match &bucket.key {
            Key::Str(value) => Some((value.clone(), bucket.doc_count)),
            _ => None,
        })
        .collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}
