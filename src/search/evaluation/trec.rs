//! The files of an evaluation: topics, judgements (qrels) and runs, in the forms of the TREC conferences.
//!
//! Columns are parted by white space, so no id may hold any: in a decision's id it is written as `%20` ([`written`]).
//! Empty lines and lines that start with `#` are passed over.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde::Deserialize;

use super::{Grade, Judgements, Ranked, Run, Topic};

/// Grades beyond it are slips, and `2^grade` must stay a number.
const HIGHEST_GRADE: Grade = 100;

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Malformed {
    /// From 1.
    pub line: usize,
    pub what: String,
    /// The next step.
    pub hint: &'static str,
}

const TOPIC_FORM: &str =
    "write a topic as its id, a tab and the question, or as JSON: {\"id\": \"1\", \"query\": \"lumbar mri\"}";
const JUDGEMENT_FORM: &str =
    "write a judgement as `topic 0 decision grade`, for example `1 0 CM16-9900007/2 1`; a higher grade fits better";
const RUN_FORM: &str =
    "write a line of a run as `topic Q0 decision rank score name`, for example `1 Q0 CM16-9900007/2 1 14.2 imr`";

/// The lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// A decision's id as these files write it.
#[must_use]
pub fn written(id: &str) -> String {
    id.replace(char::is_whitespace, "%20")
}

/// A decision's id as the index has it.
#[must_use]
pub fn read(id: &str) -> String {
    id.replace("%20", " ")
}

/// Topics: `id<TAB>question`, or JSON with `id` and `query`, one a line.
///
/// # Errors
/// A line has no id or no question, or an id is used twice.
pub fn topics(text: &str) -> Result<Vec<Topic>, Malformed> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut topics = Vec::new();
    for (line, content) in lines(text) {
        let malformed = |what: String| Malformed { line, what, hint: TOPIC_FORM };
        let topic = if content.starts_with('{') { topic_of_json(content) } else { topic_of_columns(content) }
            .map_err(malformed)?;
        if let Some(before) = known.insert(topic.id.clone(), line) {
            return Err(Malformed {
                line,
                what: format!("the topic `{}` is already in line {before}", topic.id),
                hint: "give each topic an id of its own",
            });
        }
        topics.push(topic);
    }
    Ok(topics)
}

fn topic_of_columns(content: &str) -> Result<Topic, String> {
    match content.split_once('\t') {
        Some((id, query)) => topic(id, query),
        None => Err("there is no tab between the topic's id and its question".into()),
    }
}

fn topic_of_json(content: &str) -> Result<Topic, String> {
    #[derive(Deserialize)]
    struct Line {
        id: Id,
        query: String,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    let line: Line = serde_json::from_str(content).map_err(|_| "this is no JSON with `id` and `query`".to_owned())?;
    let id = match line.id {
        Id::Text(id) => id,
        Id::Number(id) => id.to_string(),
    };
    topic(&id, &line.query)
}

fn topic(id: &str, query: &str) -> Result<Topic, String> {
    let (id, query) = (id.trim(), query.trim());
    if id.is_empty() {
        return Err("the topic has no id".into());
    }
    if id.contains(char::is_whitespace) {
        return Err(format!("the topic's id `{id}` has a space in it"));
    }
    if query.is_empty() {
        return Err(format!("the topic `{id}` has no question"));
    }
    Ok(Topic { id: id.to_owned(), query: query.to_owned() })
}

/// The first word of each line: a list of topic ids, or a file of topics.
#[must_use]
pub fn topic_ids(text: &str) -> Vec<String> {
    lines(text).filter_map(|(_, content)| content.split_whitespace().next()).map(str::to_owned).collect()
}

/// Judgements: `topic iteration decision grade`; the iteration is passed over, as everywhere.
///
/// # Errors
/// A line has other columns, a grade is no whole number, or a decision was judged twice and differently.
pub fn judgements(text: &str) -> Result<Judgements, Malformed> {
    let mut judgements = Judgements::new();
    for (line, content) in lines(text) {
        let malformed = |what: String, hint| Malformed { line, what, hint };
        let columns: Vec<&str> = content.split_whitespace().collect();
        let [topic, _, decision, typed_grade] = columns[..] else {
            let what = format!("a judgement has 4 columns, this line has {}", columns.len());
            return Err(malformed(what, JUDGEMENT_FORM));
        };
        let grade: Grade =
            typed_grade.parse().ok().filter(|grade| (-HIGHEST_GRADE..=HIGHEST_GRADE).contains(grade)).ok_or_else(
                || {
                    let what = format!("the grade `{typed_grade}` is no whole number up to {HIGHEST_GRADE}");
                    malformed(what, JUDGEMENT_FORM)
                },
            )?;
        let before = judgements.entry(topic.to_owned()).or_default().insert(decision.to_owned(), grade);
        if let Some(before) = before.filter(|before| *before != grade) {
            let what = format!("`{decision}` has the grade {grade} for the topic `{topic}`, and {before} further up");
            return Err(malformed(what, "keep one judgement of each decision for a topic"));
        }
    }
    Ok(judgements)
}

/// A run: `topic Q0 decision rank score name`. The highest score comes first, equal ones by their ranks.
///
/// # Errors
/// A line has other columns, or a rank or a score is no number.
pub fn run(text: &str) -> Result<Run, Malformed> {
    let mut topics: BTreeMap<String, Vec<(u64, Ranked)>> = BTreeMap::new();
    for (line, content) in lines(text) {
        let malformed = |what: String| Malformed { line, what, hint: RUN_FORM };
        let columns: Vec<&str> = content.split_whitespace().collect();
        let [topic, _, decision, rank, score, _] = columns[..] else {
            return Err(malformed(format!("a line of a run has 6 columns, this one has {}", columns.len())));
        };
        let place = rank.parse().map_err(|_| malformed(format!("the rank `{rank}` is no whole number")))?;
        let score = score
            .parse()
            .ok()
            .filter(|score: &f32| score.is_finite())
            .ok_or_else(|| malformed(format!("the score `{score}` is no number")))?;
        topics.entry(topic.to_owned()).or_default().push((place, Ranked { id: decision.to_owned(), score }));
    }
    let ranked = topics.into_iter().map(|(topic, mut ranking)| {
        ranking.sort_by(|(place, one), (other_place, other)| {
            other.score.total_cmp(&one.score).then(place.cmp(other_place))
        });
        (topic, ranking.into_iter().map(|(_, ranked)| ranked).collect())
    });
    Ok(ranked.collect())
}

/// Writes a run, its topics in the given order. `trec_eval` sorts by score, and equal scores by name: an equal score is
/// written as the next smaller number, so that the order stays.
///
/// # Errors
/// What the writer returns.
pub fn write_run(out: &mut impl Write, run: &Run, topics: &[Topic], name: &str) -> io::Result<()> {
    for topic in topics {
        let mut score = f32::MAX;
        for (index, ranked) in run.get(&topic.id).into_iter().flatten().enumerate() {
            score = ranked.score.min(score.next_down());
            writeln!(out, "{} Q0 {} {} {score:?} {name}", topic.id, ranked.id, index + 1)?;
        }
    }
    Ok(())
}
