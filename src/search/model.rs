//! Question and answer: plain data that knows nothing of the engine, shared by the command line and whoever else asks.

use serde::{Deserialize, Serialize};

/// The facets counted when a person names none.
pub const DEFAULT_FACETS: [&str; 6] = ["outcome", "category", "treatment", "body_part", "guideline", "year"];

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the search")]
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
    /// Each hit shows its telling sentences. They cost most of a long page.
    pub snippets: bool,
    /// Parts of the ranking that are switched off, to measure what each is worth.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<RankingPart>,
}

impl Request {
    /// Whether a part of the ranking is to be used.
    #[must_use]
    pub fn uses(&self, part: RankingPart) -> bool {
        !self.without.contains(&part)
    }
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
            snippets: true,
            without: Vec::new(),
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

/// A part of the ranking that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RankingPart {
    /// Other names of what was typed.
    Equivalents,
    /// What a decision is about, beside its words.
    Concepts,
    /// The part of the body.
    BodyParts,
    /// A match in the item counts more than one in the summary; without it all fields weigh 1.
    FieldWeights,
}

impl RankingPart {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Equivalents, Self::Concepts, Self::BodyParts, Self::FieldWeights];

    /// The name a person types: `body-parts`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equivalents => "equivalents",
            Self::Concepts => "concepts",
            Self::BodyParts => "body-parts",
            Self::FieldWeights => "field-weights",
        }
    }
}

impl std::fmt::Display for RankingPart {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A name that is none of a part of the ranking.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no part of the ranking; the parts are equivalents, concepts, body-parts and field-weights")]
pub struct UnknownRankingPart(pub String);

impl std::str::FromStr for RankingPart {
    type Err = UnknownRankingPart;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|part| part.as_str() == typed.trim())
            .ok_or_else(|| UnknownRankingPart(typed.to_owned()))
    }
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
    /// What was searched for beside the typed words.
    pub expanded: Vec<Expanded>,
    pub hits: Vec<Hit>,
    /// Counts by facet, in the order asked for.
    pub facets: Facets,
    /// Further pages follow.
    #[serde(skip)]
    pub has_more: bool,
}

/// What was searched for beside some of the typed words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Expanded {
    /// The words as typed.
    pub typed: String,
    /// Decisions about these treatments count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub treatments: Vec<String>,
    /// Decisions of this category count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Decisions that came out so count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Decisions about these parts of the body count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body_parts: Vec<String>,
    /// Other wordings that count a little less than the typed words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

impl Expanded {
    /// Nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { typed: self.typed.clone(), ..Self::default() }
    }
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
    /// As printed.
    pub item: String,
    /// What the decision is about, where that is not the whole item: what was left of a modified request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorized: Option<String>,
    /// `Top/Sub`; absent where no treatment was recognised.
    pub category: Option<String>,
    pub concepts: Vec<String>,
    pub body_parts: Vec<String>,
    pub outcome: String,
    pub decision_date: Option<String>,
    pub reviewer_guideline: Option<String>,
    /// The cited editions that have been superseded since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub superseded: Vec<Superseded>,
    /// The rationale concludes otherwise than the printed outcome.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub contradictory: bool,
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

/// A cited edition of a guideline that no longer applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Superseded {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<u16>,
    /// The day from which another edition applied.
    pub since: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_ranking_is_known_by_its_name() {
        for part in RankingPart::ALL {
            assert_eq!(part.to_string().parse(), Ok(part));
            let json = serde_json::to_value(part).unwrap();
            assert_eq!(json, part.as_str().replace('-', "_"));
            assert_eq!(serde_json::from_value::<RankingPart>(json).unwrap(), part);
        }
        let error = "spelling".parse::<RankingPart>().unwrap_err().to_string();
        assert!(RankingPart::ALL.iter().all(|part| error.contains(part.as_str())), "{error}");
    }

    #[test]
    fn a_request_names_only_the_parts_that_are_off() {
        let usual = Request::default();
        assert!(RankingPart::ALL.iter().all(|&part| usual.uses(part)));
        assert!(serde_json::to_value(&usual).unwrap().get("without").is_none());
        let request: Request = serde_json::from_str(r#"{"query": "mri", "without": ["body_parts"]}"#).unwrap();
        assert!(!request.uses(RankingPart::BodyParts) && request.uses(RankingPart::Concepts) && request.snippets);
    }
}
