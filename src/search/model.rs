//! Question and answer: plain data that knows nothing of the engine, shared by the command line and whoever else asks.

use serde::{Deserialize, Serialize};

/// The facets counted when a person names none.
pub const DEFAULT_FACETS: [&str; 4] = ["outcome", "basis", "specialty", "year"];

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Words and operators as typed; empty: everything the filters leave.
    pub query: String,
    /// All of them hold; within one any of its values.
    pub filters: Vec<Filter>,
    /// Facets to count.
    pub facets: Vec<String>,
    /// Values listed of each facet.
    pub facet_limit: usize,
    /// Hits on the page.
    pub limit: usize,
    /// Hits before the page.
    pub offset: usize,
    pub sort: Sort,
    /// Near-twins are folded into the first of them.
    pub collapse: bool,
    /// Words match only as typed: no inflected forms, no repairs of spelling.
    pub exact: bool,
    /// Each hit says which words, in which field, gave its score.
    pub explain: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            query: String::new(),
            filters: Vec::new(),
            facets: DEFAULT_FACETS.map(str::to_owned).to_vec(),
            facet_limit: 10,
            limit: 10,
            offset: 0,
            sort: Sort::default(),
            collapse: true,
            exact: false,
            explain: false,
        }
    }
}

/// A restriction to some values of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub field: String,
    /// Values or ranges (`2016..2017`).
    pub values: Vec<String>,
}

/// The order of the hits; equal ones stand in the order of their ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    #[default]
    Relevance,
    /// By date of decision, the latest first; letters without a date last.
    Newest,
    /// By date of decision, the earliest first; letters without a date last.
    Oldest,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    pub request: Request,
    /// Decisions found, near-twins counted one by one.
    pub total: u64,
    pub took_ms: f64,
    /// How the query was read, in the query language.
    pub understood: String,
    /// What was not taken as typed.
    pub corrected: Vec<Corrected>,
    pub hits: Vec<Hit>,
    /// Counts by facet, in the order asked for.
    pub facets: Facets,
    /// Further pages follow.
    #[serde(skip)]
    pub has_more: bool,
}

/// Something in a request that was not taken as typed, or that could be meant otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Corrected {
    /// In plain words.
    pub message: String,
    /// The word typed, where it is about a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// Words of the index that may have been meant, the likeliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub did_you_mean: Vec<String>,
    /// The first of them was searched for in place of the typed word.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub searched_instead: bool,
}

impl Corrected {
    /// A remark without a suggestion.
    #[must_use]
    pub fn remark(message: String) -> Self {
        Self { message, typed: None, did_you_mean: Vec::new(), searched_instead: false }
    }
}

/// One decision found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// From 1, over all pages.
    pub rank: usize,
    pub score: f32,
    pub id: String,
    /// Absent where the letter prints none.
    pub case_number: Option<String>,
    pub item: String,
    pub outcome: String,
    pub decision_date: Option<String>,
    pub reviewer_guideline: Option<String>,
    pub snippets: Vec<Snippet>,
    /// Near-twins folded into this hit: decisions of the same outcome whose rationale repeats its wording. The best
    /// placed are named.
    pub twins: Vec<Twin>,
    /// All near-twins folded into this hit.
    pub twin_count: u64,
    /// Which words gave the score, where asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanation: Vec<ScorePart>,
}

/// A piece of a field with the matches in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    pub field: String,
    pub text: String,
    /// Begin and end of each match, in Unicode characters of `text`.
    pub marks: Vec<(usize, usize)>,
}

/// A decision folded into a hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Twin {
    pub id: String,
    pub item: String,
}

/// What one word contributed to a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScorePart {
    pub word: String,
    pub field: String,
    pub score: f32,
}

/// Facet counts in the order asked for; as JSON an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets(pub Vec<(String, Vec<FacetValue>)>);

impl Serialize for Facets {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, values)| (field, values)))
    }
}

/// How many of the decisions found have a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetValue {
    pub value: String,
    pub count: u64,
    /// The request filters by it. The counts of a facet ignore its own selection.
    pub selected: bool,
}
