//! `imr evaluate`: how good the ranking is, by what people judged.

mod figures;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use self::figures::{Figures, Row, Unknown};
use super::output::{harmless_json, plain};
use super::{End, Hinted};
use crate::index;
use crate::index::reader::Snapshot;
use crate::search::evaluation::trec::{self, Malformed};
use crate::search::evaluation::{self, Coverage, Evaluation, Judgements, Run, Topic, runs};
use crate::search::model::RankingPart;

/// Ids named in a remark; the others are counted.
const NAMED: usize = 10;

/// Measure how well the search finds what people judged to fit
///
/// TOPICS holds questions, QRELS what people judged for each: which decisions fit it, how well.
/// Each question is asked as `imr search` asks it, near-twins one by one. Four figures say how good
/// the order of the answer is, from 0 (nothing that fits) to 1 (as good as can be):
///
///   nDCG@10    the best-fitting decisions stand in the first ten places, at the top
///   MAP        those that fit stand before those that do not, over the whole list
///   recall@20  the share of those that fit in the first twenty places
///   MRR        1 divided by the place of the first that fits
///
/// A decision fits from grade 1 up; what nobody judged does not fit. A question for which nothing
/// fits is not scored. Spaces in the id of a decision are written as %20.
///
///   TOPICS     a line each: id, tab, question; or {"id": "1", "query": "lumbar mri"}
///   QRELS      a line each: topic 0 decision grade       (1 0 CM16-9900007/2 1)
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// File of questions
    #[arg(value_name = "TOPICS")]
    topics: PathBuf,

    /// File of judgements, as used at the TREC conferences
    #[arg(value_name = "QRELS")]
    judgements: PathBuf,

    /// Write what was found to this file, one line a decision: topic Q0 decision rank score name
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,

    /// Score what stands in this file, written with `--run` or by another program, instead of searching
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "without", "ablation"])]
    run_from: Option<PathBuf>,

    /// Also score a search for plain words: no other forms of a word, all parts of a decision counting alike
    #[arg(long)]
    baseline: bool,

    /// Switch these parts of the ranking off, with commas between them
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = ranking_part())]
    without: Vec<RankingPart>,

    /// Also score the search with each part of the ranking switched off in turn
    #[arg(long)]
    ablation: bool,

    /// Decisions looked at for each question
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    depth: u32,

    /// List the figures of each question too
    #[arg(long)]
    per_topic: bool,

    /// Only the questions whose ids stand first in the lines of this file
    #[arg(long, value_name = "FILE")]
    only: Option<PathBuf>,

    /// What a grade is worth to nDCG
    #[arg(long, value_enum, default_value_t = Gain::Linear)]
    gain: Gain,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For a program
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Gain {
    /// The grade itself, as the program `trec_eval` counts it
    Linear,
    /// 2 to the power of the grade, less 1: one of a high grade outweighs several of a low one
    Exponential,
}

impl From<Gain> for evaluation::Gain {
    fn from(gain: Gain) -> Self {
        match gain {
            Gain::Linear => Self::Linear,
            Gain::Exponential => Self::Exponential,
        }
    }
}

fn ranking_part() -> impl TypedValueParser<Value = RankingPart> {
    let values = RankingPart::ALL.map(|part| {
        PossibleValue::new(part.as_str()).help(match part {
            RankingPart::Equivalents => "Other names of what was typed",
            RankingPart::Concepts => "What a decision is about, beside its words",
            RankingPart::BodyParts => "The part of the body",
            RankingPart::FieldWeights => "That a word in the item counts more than one in the summary",
        })
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<RankingPart>())
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    let all_topics = parsed(&arguments.topics, trec::topics)?;
    let judgements = parsed(&arguments.judgements, trec::judgements)?;
    let mut unknown = Unknown::default();
    let topics = chosen(arguments, &all_topics, &mut unknown)?;
    let coverage = Coverage {
        judged_without_topic: Coverage::of(&all_topics, &judgements).judged_without_topic,
        ..Coverage::of(&topics, &judgements)
    };
    let score = |run: &Run| scored(arguments, run, &topics, &judgements, &coverage);
    let depth = arguments.depth as usize;
    let mut rows = Vec::new();
    if let Some(path) = &arguments.run_from {
        let mut run = parsed(path, trec::run)?;
        for ranking in run.values_mut() {
            ranking.truncate(depth);
        }
        let known: BTreeSet<&str> = all_topics.iter().map(|topic| topic.id.as_str()).collect();
        unknown.run_without_topic = run.keys().filter(|id| !known.contains(id.as_str())).cloned().collect();
        rows.push(Row::new(path.display().to_string(), score(&run)?));
    }
    if arguments.run_from.is_none() || arguments.baseline {
        let snapshot = Snapshot::of(&index::open(directory)?)?;
        unknown.judged_not_in_index = not_in_index(&snapshot, &judgements, &coverage)?;
        if arguments.run_from.is_none() {
            let found = runs::by_search(&snapshot, &topics, depth, &arguments.without)?;
            if let Some(path) = &arguments.run {
                write_run(path, &found, &topics)?;
            }
            rows.push(Row::without(&arguments.without, score(&found)?));
        }
        if arguments.baseline {
            let found = runs::by_plain_words(&snapshot, &topics, depth)?;
            rows.push(Row::plain_words(score(&found)?));
        }
        let parts = RankingPart::ALL.into_iter().filter(|part| arguments.ablation && !arguments.without.contains(part));
        for part in parts {
            let without: Vec<RankingPart> = arguments.without.iter().copied().chain([part]).collect();
            rows.push(Row::without(&without, score(&runs::by_search(&snapshot, &topics, depth, &without)?)?));
        }
    }
    let figures = Figures {
        topics: topics.len(),
        depth,
        gain: arguments.gain.into(),
        coverage,
        unknown,
        rows,
        per_topic: arguments.per_topic,
    };
    note(&figures);
    let mut out = io::BufWriter::new(anstream::stdout());
    match arguments.format {
        Format::Table => figures.table(&mut out)?,
        Format::Json => writeln!(out, "{}", harmless_json(&serde_json::to_string_pretty(&figures.json())?))?,
    }
    out.flush()?;
    Ok(End::Done)
}

/// Reads a file and what it says.
fn parsed<T>(path: &Path, parse: impl Fn(&str) -> Result<T, Malformed>) -> anyhow::Result<T> {
    let content = content(path)?;
    parse(&content).map_err(|error| {
        Hinted { message: format!("`{}`, {error}", path.display()), hint: error.hint.to_owned() }.into()
    })
}

fn content(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).map_err(|error| {
        let hint = if error.kind() == io::ErrorKind::InvalidData {
            "save it as plain text in Unicode (UTF-8)"
        } else {
            "check its name, and that you may read it"
        };
        Hinted { message: format!("cannot read `{}`: {error}", path.display()), hint: hint.into() }.into()
    })
}

/// The topics to ask: all, or those of `--only`.
fn chosen(arguments: &Arguments, topics: &[Topic], unknown: &mut Unknown) -> anyhow::Result<Vec<Topic>> {
    let Some(path) = &arguments.only else { return Ok(topics.to_vec()) };
    let wanted: BTreeSet<String> = trec::topic_ids(&content(path)?).into_iter().collect();
    let chosen: Vec<Topic> = topics.iter().filter(|topic| wanted.contains(&topic.id)).cloned().collect();
    let is_chosen = |id: &String| chosen.iter().any(|topic| topic.id == *id);
    unknown.only_without_topic = wanted.iter().filter(|id| !is_chosen(id)).cloned().collect();
    if chosen.is_empty() {
        return Err(Hinted {
            message: format!("`{}` names no topic of `{}`", path.display(), arguments.topics.display()),
            hint: "write one id of a topic on each line".into(),
        }
        .into());
    }
    Ok(chosen)
}

/// Scores a run.
///
/// # Errors
/// No topic can be scored.
fn scored(
    arguments: &Arguments,
    run: &Run,
    topics: &[Topic],
    judgements: &Judgements,
    coverage: &Coverage,
) -> anyhow::Result<Evaluation> {
    evaluation::evaluate(run, topics, judgements, arguments.gain.into()).ok_or_else(|| {
        let (topics, judgements) = (arguments.topics.display(), arguments.judgements.display());
        let (message, hint) = if coverage.without_relevant.is_empty() {
            (
                format!("`{judgements}` judges no topic of `{topics}`"),
                "the first column of the judgements must name the topics by their ids",
            )
        } else {
            (
                format!("`{judgements}` finds no decision fitting for any topic of `{topics}`"),
                "give decisions that fit a grade of 1 or more",
            )
        };
        Hinted { message, hint: hint.into() }.into()
    })
}

/// Decisions judged for the topics scored that the index does not hold, so that no search can find them.
fn not_in_index(snapshot: &Snapshot, judgements: &Judgements, coverage: &Coverage) -> anyhow::Result<Vec<String>> {
    let judged: BTreeSet<&String> =
        coverage.scored.iter().filter_map(|topic| judgements.get(topic)).flat_map(|grades| grades.keys()).collect();
    let mut absent = Vec::new();
    for id in judged {
        if !snapshot.has_decision(&trec::read(id))? {
            absent.push(id.clone());
        }
    }
    Ok(absent)
}

fn write_run(path: &Path, run: &Run, topics: &[Topic]) -> anyhow::Result<()> {
    let written = fs::File::create(path).and_then(|file| {
        let mut out = io::BufWriter::new(file);
        trec::write_run(&mut out, run, topics, "imr")?;
        out.flush()
    });
    written.map_err(|error| {
        Hinted {
            message: format!("cannot write `{}`: {error}", path.display()),
            hint: "check that its folder exists and that there is space left".into(),
        }
        .into()
    })
}

/// Says which topics and decisions the figures do not cover.
fn note(figures: &Figures) {
    let (coverage, unknown) = (&figures.coverage, &figures.unknown);
    let say = |what: &str, ids: &[String]| {
        if ids.is_empty() {
            return;
        }
        let named: Vec<String> = ids.iter().take(NAMED).map(|id| plain(id)).collect();
        let more = if ids.len() > NAMED { format!(" and {} more", ids.len() - NAMED) } else { String::new() };
        // Standard error may be closed; the figures are right all the same.
        let _ = writeln!(anstream::stderr(), "note: {what}: {}{more}", named.join(", "));
    };
    say("without judgements, not scored", &coverage.without_judgements);
    say("no decision is judged to fit, not scored", &coverage.without_relevant);
    say("judged, but not among the topics", &coverage.judged_without_topic);
    say("asked for with `--only`, but not among the topics", &unknown.only_without_topic);
    say("in the run, but not among the topics", &unknown.run_without_topic);
    say("judged, but not in the index, and so never found", &unknown.judged_not_in_index);
    let repeating = figures.rows.iter().flat_map(|row| &row.evaluation.topics).filter(|topic| topic.repeated > 0);
    let repeating: Vec<String> = repeating.map(|topic| topic.id.clone()).collect();
    say("decisions stand more than once in the run, and count at their best place", &repeating);
}
