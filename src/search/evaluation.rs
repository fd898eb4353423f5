//! How good a ranking is, by what people judged: figures between 0 and 1 for each topic, and their means.
//!
//! The figures are those of the TREC conferences and of `trec_eval`, so that they can be compared with published ones:
//! nDCG@10 (Järvelin and Kekäläinen 2002), average precision, recall@20 and reciprocal rank. Nothing here knows the index;
//! [`runs`] asks it, [`trec`] reads and writes the files.

pub mod runs;
#[cfg(test)]
mod tests;
pub mod trec;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

/// Places that count for nDCG: those of a first page.
const NDCG_DEPTH: usize = 10;
/// Places that count for recall: what a patient person reads.
const RECALL_DEPTH: usize = 20;
/// From this grade on a decision is relevant.
const RELEVANT: Grade = 1;

/// How well a decision fits a topic: 0 (or less) not at all, from 1 up it is relevant, the more the better.
pub type Grade = i32;

/// The grades of one topic, by decision. What nobody judged counts as not relevant.
pub type Grades = BTreeMap<String, Grade>;

/// The grades of all topics, by topic.
pub type Judgements = BTreeMap<String, Grades>;

/// What was found, by topic, the best first.
pub type Run = BTreeMap<String, Vec<Ranked>>;

/// A question that people judged decisions for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub id: String,
    /// In the query language, as typed into a search.
    pub query: String,
}

/// One decision of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub id: String,
    pub score: f32,
}

/// What a grade is worth to nDCG.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gain {
    /// The grade itself, as `trec_eval` counts it in `ndcg_cut`.
    #[default]
    Linear,
    /// `2^grade - 1` (Burges et al. 2005): one decision of a high grade outweighs several of a low one.
    Exponential,
}

impl Gain {
    fn of(self, grade: Grade) -> f64 {
        let grade = f64::from(grade.max(0));
        match self {
            Self::Linear => grade,
            Self::Exponential => grade.exp2() - 1.0,
        }
    }
}

/// The figures of a ranking for one topic, or their means over topics; each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Scores {
    /// The gain of the first ten places, each divided by log2(place + 1), as a share of that of the best possible order.
    pub ndcg_at_10: f64,
    /// The mean, over all relevant decisions, of the share of relevant ones down to the place of each; 0 for one not
    /// found. Its mean over topics is called MAP.
    #[serde(rename = "map")]
    pub average_precision: f64,
    /// The share of the relevant decisions that stand in the first twenty places.
    pub recall_at_20: f64,
    /// One divided by the place of the first relevant decision; 0 where none was found. Its mean is called MRR.
    #[serde(rename = "mrr")]
    pub reciprocal_rank: f64,
}

/// The figures of one topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopicScores {
    pub id: String,
    #[serde(flatten)]
    pub scores: Scores,
    /// Decisions judged relevant.
    pub relevant: usize,
    /// Those of them in the ranking, at whatever place.
    pub relevant_found: usize,
    /// Decisions that the ranking names again; each counts at its first place only.
    #[serde(skip_serializing_if = "is_zero")]
    pub repeated: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The figures of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    pub means: Scores,
    /// In the order of the topics.
    pub topics: Vec<TopicScores>,
}

/// Which topics can be scored, and why others cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Topics with a relevant decision.
    #[serde(skip)]
    pub scored: Vec<String>,
    /// Topics that nobody judged anything for.
    pub without_judgements: Vec<String>,
    /// Topics for which no decision is relevant: every ranking is as good as any other.
    pub without_relevant: Vec<String>,
    /// Topics that were judged, but are not among the topics.
    pub judged_without_topic: Vec<String>,
}

impl Coverage {
    /// Compares topics with judgements.
    #[must_use]
    pub fn of(topics: &[Topic], judgements: &Judgements) -> Self {
        let mut coverage = Self::default();
        for Topic { id, .. } in topics {
            let list = match judgements.get(id) {
                None => &mut coverage.without_judgements,
                Some(grades) if relevant(grades) == 0 => &mut coverage.without_relevant,
                Some(_) => &mut coverage.scored,
            };
            list.push(id.clone());
        }
        let known: BTreeSet<&str> = topics.iter().map(|topic| topic.id.as_str()).collect();
        coverage.judged_without_topic = judgements.keys().filter(|id| !known.contains(id.as_str())).cloned().collect();
        coverage
    }
}

fn relevant(grades: &Grades) -> usize {
    grades.values().filter(|&&grade| grade >= RELEVANT).count()
}

/// Scores a run. A topic that the run has nothing for counts as 0. `None` where no topic has a relevant decision.
#[must_use]
pub fn evaluate(run: &Run, topics: &[Topic], judgements: &Judgements, gain: Gain) -> Option<Evaluation> {
    let scored: Vec<TopicScores> = topics
        .iter()
        .filter_map(|topic| {
            let ranking = run.get(&topic.id).map(Vec::as_slice).unwrap_or_default();
            let ranking = ranking.iter().map(|ranked| ranked.id.as_str());
            topic_scores(&topic.id, ranking, judgements.get(&topic.id)?, gain)
        })
        .collect();
    let means = mean(scored.iter().map(|topic| &topic.scores))?;
    Some(Evaluation { means, topics: scored })
}

/// Scores the ranking of one topic, the best first. `None` where no decision is relevant: nothing can be found then, so
/// the topic must not lower the means.
#[must_use]
pub fn topic_scores<'a>(
    id: &str,
    ranking: impl IntoIterator<Item = &'a str>,
    grades: &Grades,
    gain: Gain,
) -> Option<TopicScores> {
    let relevant = relevant(grades);
    if relevant == 0 {
        return None;
    }
    let mut seen = HashSet::new();
    let mut repeated = 0;
    let mut gains = Vec::new();
    let (mut relevant_found, mut precisions, mut in_recall_depth, mut first_place) = (0, 0.0, 0, None);
    for decision in ranking {
        if !seen.insert(decision) {
            repeated += 1;
            continue;
        }
        let place = seen.len();
        let grade = grades.get(decision).copied().unwrap_or(0);
        if place <= NDCG_DEPTH {
            gains.push(gain.of(grade));
        }
        if grade < RELEVANT {
            continue;
        }
        relevant_found += 1;
        precisions += relevant_found as f64 / place as f64;
        in_recall_depth += usize::from(place <= RECALL_DEPTH);
        first_place.get_or_insert(place);
    }
    let scores = Scores {
        ndcg_at_10: discounted(&gains) / discounted(&best_gains(grades, gain)),
        average_precision: precisions / relevant as f64,
        recall_at_20: in_recall_depth as f64 / relevant as f64,
        reciprocal_rank: first_place.map_or(0.0, |place| 1.0 / place as f64),
    };
    Some(TopicScores { id: id.to_owned(), scores, relevant, relevant_found, repeated })
}

/// The gains of the first places of the best possible order.
fn best_gains(grades: &Grades, gain: Gain) -> Vec<f64> {
    let mut grades: Vec<Grade> = grades.values().copied().collect();
    grades.sort_unstable_by_key(|&grade| std::cmp::Reverse(grade));
    grades.into_iter().take(NDCG_DEPTH).map(|grade| gain.of(grade)).collect()
}

/// The sum of gains, each divided by log2(place + 1).
fn discounted(gains: &[f64]) -> f64 {
    gains.iter().enumerate().map(|(index, gain)| gain / (index as f64 + 2.0).log2()).sum()
}

/// The mean of each figure; `None` of nothing.
fn mean<'a>(scores: impl ExactSizeIterator<Item = &'a Scores>) -> Option<Scores> {
    let count = scores.len();
    let mut sum = Scores::default();
    for one in scores {
        sum.ndcg_at_10 += one.ndcg_at_10;
        sum.average_precision += one.average_precision;
        sum.recall_at_20 += one.recall_at_20;
        sum.reciprocal_rank += one.reciprocal_rank;
    }
    let share = |sum: f64| sum / count as f64;
    (count > 0).then(|| Scores {
        ndcg_at_10: share(sum.ndcg_at_10),
        average_precision: share(sum.average_precision),
        recall_at_20: share(sum.recall_at_20),
        reciprocal_rank: share(sum.reciprocal_rank),
    })
}
