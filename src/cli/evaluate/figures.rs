//! The figures of an evaluation as a table or as JSON.

use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::cli::output::{BOLD, DIM, count, pad, plain};
use crate::search::evaluation::{Coverage, Evaluation, Gain, Scores, TopicScores};
use crate::search::model::RankingPart;

/// Columns of a number.
const NUMBER_WIDTH: usize = 11;

/// All that an evaluation says.
pub struct Figures {
    /// Topics asked.
    pub topics: usize,
    pub depth: usize,
    pub gain: Gain,
    pub coverage: Coverage,
    pub unknown: Unknown,
    /// The run in question first; the others are compared with it.
    pub rows: Vec<Row>,
    pub per_topic: bool,
}

/// Ids that one file names and another does not know.
#[derive(Default, Serialize)]
pub struct Unknown {
    /// In the file of `--only`.
    pub only_without_topic: Vec<String>,
    /// In the file of `--run-from`.
    pub run_without_topic: Vec<String>,
    pub judged_not_in_index: Vec<String>,
}

/// The figures of one run.
pub struct Row {
    name: String,
    /// Parts of the ranking switched off.
    without: Vec<RankingPart>,
    is_baseline: bool,
    pub evaluation: Evaluation,
}

impl Row {
    /// A run from a file.
    pub fn new(name: String, evaluation: Evaluation) -> Self {
        Self { name, without: Vec::new(), is_baseline: false, evaluation }
    }

    /// A run of the search.
    pub fn without(parts: &[RankingPart], evaluation: Evaluation) -> Self {
        let names: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
        let name = if parts.is_empty() { "imr search".into() } else { format!("without {}", names.join(", ")) };
        Self { without: parts.to_vec(), ..Self::new(name, evaluation) }
    }

    /// The run that is the measure.
    pub fn plain_words(evaluation: Evaluation) -> Self {
        Self { is_baseline: true, ..Self::new("plain words (BM25)".into(), evaluation) }
    }
}

impl Figures {
    fn baseline(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.is_baseline)
    }

    /// How many times better the first run is than plain words; nothing where these find nothing.
    fn ratio(&self) -> Option<f64> {
        let plain_words = self.baseline()?.evaluation.means.ndcg_at_10;
        (plain_words > 0.0).then(|| self.rows[0].evaluation.means.ndcg_at_10 / plain_words)
    }

    /// Prints a table of the means, and of each topic where asked for.
    pub fn table(&self, out: &mut impl Write) -> io::Result<()> {
        let scored = self.coverage.scored.len();
        let unscored = match self.topics - scored {
            0 => String::new(),
            others => format!(", {others} not"),
        };
        let gain = match self.gain {
            Gain::Linear => "the grade",
            Gain::Exponential => "2^grade - 1",
        };
        writeln!(out, "{BOLD}{} scored{unscored}{BOLD:#}", count(scored as u64, "topic"))?;
        writeln!(out, "{DIM}up to {} each; gain of nDCG: {gain}{DIM:#}\n", count(self.depth as u64, "decision"))?;
        let names = self.rows.iter().map(|row| plain(&row.name));
        let width = column_width(names);
        let first = self.rows[0].evaluation.means.ndcg_at_10;
        let more_rows = self.rows.len() > 1;
        heading(out, "", width, if more_rows { &["change"] } else { &[] })?;
        for (place, row) in self.rows.iter().enumerate() {
            let means = &row.evaluation.means;
            let change = (place > 0).then(|| format!("{:+.4}", means.ndcg_at_10 - first));
            line(out, &row.name, width, means, change.as_slice())?;
        }
        if more_rows {
            writeln!(out, "\n{DIM}change: of nDCG@10, against the first line{DIM:#}")?;
        }
        if let Some(baseline) = self.baseline() {
            match self.ratio() {
                Some(ratio) => writeln!(out, "nDCG@10 is {ratio:.2} times that of {}", baseline.name)?,
                None => writeln!(out, "{} find nothing that fits in the first ten places", baseline.name)?,
            }
        }
        if self.per_topic { self.topic_table(out) } else { Ok(()) }
    }

    /// The figures of the first run for each topic, beside those of plain words.
    fn topic_table(&self, out: &mut impl Write) -> io::Result<()> {
        let topics = &self.rows[0].evaluation.topics;
        let width = column_width(topics.iter().map(|topic| plain(&topic.id)));
        let more: &[&str] = if self.baseline().is_some() { &["found", "plain@10"] } else { &["found"] };
        writeln!(out)?;
        heading(out, "topic", width, more)?;
        for (place, topic) in topics.iter().enumerate() {
            let mut cells = vec![format!("{}/{}", topic.relevant_found, topic.relevant)];
            // All runs score the same topics in the same order.
            let plain_words = self.baseline().and_then(|row| row.evaluation.topics.get(place));
            cells.extend(plain_words.map(|topic| format!("{:.4}", topic.scores.ndcg_at_10)));
            line(out, &topic.id, width, &topic.scores, &cells)?;
        }
        writeln!(out, "\n{DIM}MAP and MRR of one topic: its average precision and reciprocal rank{DIM:#}")?;
        if self.baseline().is_some() {
            writeln!(out, "{DIM}plain@10: nDCG@10 of plain words{DIM:#}")?;
        }
        Ok(())
    }

    /// All of it as data.
    pub fn json(&self) -> Report<'_> {
        Report {
            topics: self.topics,
            scored: self.coverage.scored.len(),
            depth: self.depth,
            gain: self.gain,
            runs: self.rows.iter().map(|row| Run::of(row, self.per_topic)).collect(),
            ndcg_ratio_to_plain_words: self.ratio(),
            not_scored: &self.coverage,
            unknown: &self.unknown,
        }
    }
}

/// All that an evaluation says, as JSON.
#[derive(Serialize)]
pub struct Report<'a> {
    topics: usize,
    scored: usize,
    depth: usize,
    gain: Gain,
    runs: Vec<Run<'a>>,
    /// Null where plain words were not asked, or find nothing that fits.
    ndcg_ratio_to_plain_words: Option<f64>,
    not_scored: &'a Coverage,
    unknown: &'a Unknown,
}

/// A run as JSON.
#[derive(Serialize)]
struct Run<'a> {
    name: &'a str,
    without: &'a [RankingPart],
    means: &'a Scores,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_topic: Option<&'a [TopicScores]>,
}

impl<'a> Run<'a> {
    fn of(row: &'a Row, per_topic: bool) -> Self {
        let Evaluation { means, topics } = &row.evaluation;
        Self { name: &row.name, without: &row.without, means, per_topic: per_topic.then_some(topics.as_slice()) }
    }
}

fn column_width(names: impl Iterator<Item = String>) -> usize {
    names.map(|name| name.width()).max().unwrap_or(0).max("topic".len())
}

fn heading(out: &mut impl Write, name: &str, width: usize, more: &[&str]) -> io::Result<()> {
    write!(out, "{DIM}{}", pad(name, width))?;
    cells(out, ["nDCG@10", "MAP", "recall@20", "MRR"].iter().chain(more))?;
    writeln!(out, "{DIM:#}")
}

fn line(out: &mut impl Write, name: &str, width: usize, scores: &Scores, more: &[String]) -> io::Result<()> {
    let Scores { ndcg_at_10, average_precision, recall_at_20, reciprocal_rank } = scores;
    let numbers = [ndcg_at_10, average_precision, recall_at_20, reciprocal_rank].map(|figure| format!("{figure:.4}"));
    write!(out, "{}", pad(&plain(name), width))?;
    cells(out, numbers.iter().chain(more))?;
    writeln!(out)
}

fn cells<T: AsRef<str>>(out: &mut impl Write, cells: impl IntoIterator<Item = T>) -> io::Result<()> {
    cells.into_iter().try_for_each(|cell| write!(out, "{:>NUMBER_WIDTH$}", cell.as_ref()))
}
