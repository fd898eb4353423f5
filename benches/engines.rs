//! The same decisions in other search engines: how long each takes to build its index, how large that is, and how fast it
//! answers.
//!
//! Letters come from `cargo run --release --example synthesize`. Their printed texts are written to
//! `target/bench/decisions-N.txt`, one decision a line, fields separated by U+001F: id, outcome, item, rationale, reviewer
//! guideline, claims guideline, summary. Questions are drawn from them with a fixed seed and written to
//! `target/bench/questions-N.txt`, one a line: `word`, `both` or `phrase`, a tab, the words. Every engine gets the same of
//! both, keeps the texts, finds inflected forms, and gives the ids of the ten best and the number of all. A round asks each
//! question once before it is timed (Lucene five times, until Java has compiled its code).
//!
//! - tantivy with our schema and analysis, given the decisions as documents. Phrases are exact, as quoted words are in
//!   `imr`; the two other engines take the stems of a phrase.
//! - `imr`: the whole way from the tar of letters, with all that is derived; then `imr::search` with its meanings and
//!   repairs, without facets and sentences.
//! - `SQLite` FTS5 through `python3`, where that is there.
//! - Lucene through `java`, where the environment variable `LUCENE_JARS` has the class path of lucene-core and
//!   lucene-analysis-common (Lucene 9) or lucene-analyzers-common (Lucene 8).
//!
//! Engines given the decisions have them in memory when the time starts. All but `SQLite`,
//! which has one writer, use all cores.
//!
//! `cargo bench --bench engines -- --letters 20000 --rounds 3`

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod building;
mod drawing;
#[path = "engines/printed.rs"]
mod printed;
#[path = "engines/questions.rs"]
mod questions;
#[path = "engines/round.rs"]
mod round;
mod synthesized;
#[expect(dead_code, reason = "medians of rounds are for other benches")]
mod timing;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use imr::index;
use imr::index::analysis::{Form, analyze};
use imr::index::reader::Snapshot;

use imr::ingest::Options;
use imr::search::model::Request;
use imr::search::search;
use serde::Deserialize;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{TantivyDocument, Term};

use crate::building::{alone, whole};
use crate::questions::{Kind, Question};
use crate::round::{Asked, Round, bytes_of};
use crate::synthesized::{argument, letters};
use crate::timing::{is_measuring, milliseconds, time};

fn main() {
    let number = argument("letters").unwrap_or(if is_measuring() { 20_000 } else { 50 });
    let rounds = argument("rounds").unwrap_or(if is_measuring() { 3 } else { 1 });
    let of_each_kind = if is_measuring() { 100 } else { 5 };
    let tar = letters(number, "tar");
    let decisions = printed::decisions(&tar);
    let files = Files::beside(&tar, number);
    let bytes = printed::write(&decisions, &files.decisions);
    let questions = questions::draw(&decisions, of_each_kind);
    questions::write(&questions, &files.questions);
    let threads = rayon::current_num_threads();
    println!(
        "{number} letters, {} decisions, {:.1} MB of text, {:.1} MB as JSON Lines; {threads} threads, {rounds} rounds, \
         {of_each_kind} questions of each kind; milliseconds a question",
        decisions.iter().map(Vec::len).sum::<usize>(),
        bytes as f64 / 1e6,
        printed::bytes_as_json_lines(&decisions) as f64 / 1e6,
    );

    let ready = printed::documents(&decisions);
    let mut engines: [Vec<Round>; 4] = Default::default();
    let mut skipped: Vec<String> = Vec::new();
    for _ in 0..rounds {
        engines[0].push(tantivy_alone(&ready, &questions, threads));
        engines[1].push(imr(&tar, &questions, threads));
        for (engine, round) in [(2, sqlite(&files)), (3, lucene(&files))] {
            match round {
                Ok(round) => {
                    assert_eq!(round.asked.len(), questions.len(), "{} answers every question", round.engine);
                    engines[engine].push(round);
                }
                Err(reason) if skipped.contains(&reason) => {}
                Err(reason) => skipped.push(reason),
            }
        }
    }
    round::print_head();
    for rounds in &engines {
        round::print(rounds);
    }
    for reason in skipped {
        println!("  skipped: {reason}");
    }
}

/// What the programs of other engines read.
struct Files {
    decisions: PathBuf,
    questions: PathBuf,
}

impl Files {
    fn beside(tar: &Path, number: usize) -> Self {
        let file = |name: &str| tar.with_file_name(format!("{name}-{number}.txt"));
        Self { decisions: file("decisions"), questions: file("questions") }
    }
}

fn tantivy_alone(ready: &[Vec<TantivyDocument>], questions: &[Question], threads: usize) -> Round {
    let (built, opened) = alone(ready, threads);
    let snapshot = Snapshot::of(&opened).expect("the index can be read");
    let asked = ask_all(questions, &|question| ask_tantivy(&snapshot, question));
    Round {
        engine: "tantivy, our schema and analysis".into(),
        built: built.took.as_secs_f64(),
        bytes: bytes_of(built.folder.path()),
        asked,
    }
}

fn imr(tar: &Path, questions: &[Question], threads: usize) -> Round {
    let built = whole(tar, &Options::default(), threads);
    let opened = index::open(built.folder.path()).expect("the index can be opened");
    let snapshot = Snapshot::of(&opened).expect("the index can be read");
    let asked = ask_all(questions, &|question| ask_imr(&snapshot, question));
    Round {
        engine: "imr, from letters, derived too".into(),
        built: built.took.as_secs_f64(),
        bytes: bytes_of(built.folder.path()),
        asked,
    }
}

/// Asks every question once, then once more by the clock.
fn ask_all(questions: &[Question], ask: &dyn Fn(&Question) -> u64) -> Vec<Asked> {
    for question in questions {
        ask(question);
    }
    let timed = |question: &Question| {
        let mut total = 0;
        let took = time(|| total = ask(question));
        Asked { kind: question.kind, milliseconds: milliseconds(took), total }
    };
    questions.iter().map(timed).collect()
}

/// The number of decisions found; the ids of the best are read.
fn ask_tantivy(snapshot: &Snapshot, question: &Question) -> u64 {
    #[derive(Deserialize)]
    struct Record {
        id: String,
    }
    let query = tantivy_query(snapshot, question);
    let top = TopDocs::with_limit(10).order_by_score();
    let (best, total) = snapshot.searcher.search(&query, &(top, Count)).expect("an answer");
    let id = |address| {
        let document: TantivyDocument = snapshot.searcher.doc(address).expect("a decision can be read");
        let record = document.get_first(snapshot.fields.record).expect("every decision has a record");
        let record: Record = serde_json::from_str(record.as_str().expect("a text")).expect("a line of JSON");
        record.id
    };
    let ids: Vec<String> = best.into_iter().map(|(_, address)| id(address)).collect();
    assert_eq!(ids.len(), total.min(10));
    total as u64
}

/// A phrase stands in one of the texts; each of several words in any of them.
fn tantivy_query(snapshot: &Snapshot, question: &Question) -> BooleanQuery {
    let fields = printed::TEXTS.map(|name| snapshot.fields.named(name).expect("a field of the schema"));
    if question.kind == Kind::Phrase {
        let phrase = |field: &Field| -> Box<dyn Query> {
            let terms = question.words.iter().map(|word| Term::from_field_text(*field, word));
            Box::new(PhraseQuery::new(terms.collect()))
        };
        return BooleanQuery::union(fields.iter().map(phrase).collect());
    }
    let of_word = |word: &String| -> Box<dyn Query> {
        let terms: Vec<String> =
            analyze(word).iter().flat_map(|word| &word.parts).flat_map(Form::stemmed_terms).collect();
        let in_field = |field: &Field| -> Vec<Box<dyn Query>> {
            let query =
                |term: &String| TermQuery::new(Term::from_field_text(*field, term), IndexRecordOption::WithFreqs);
            terms.iter().map(|term| -> Box<dyn Query> { Box::new(query(term)) }).collect()
        };
        Box::new(BooleanQuery::union(fields.iter().flat_map(in_field).collect()))
    };
    BooleanQuery::intersection(question.words.iter().map(of_word).collect())
}

fn ask_imr(snapshot: &Snapshot, question: &Question) -> u64 {
    let query = match question.kind {
        Kind::Word => question.words.concat(),
        Kind::Both => question.words.join(" AND "),
        Kind::Phrase => format!("\"{}\"", question.words.join(" ")),
    };
    let request = Request { query, facets: Vec::new(), snippets: false, collapse: false, ..Request::default() };
    search(snapshot, &request).expect("an answer").total
}

fn sqlite(files: &Files) -> Result<Round, String> {
    let folder = tempfile::tempdir().expect("a folder for the index");
    let mut command = Command::new("python3");
    command.arg(program("sqlite_fts5.py")).arg(&files.decisions).arg(&files.questions);
    run(command.arg(folder.path().join("decisions.db")), "SQLite FTS5: there is no `python3`")
}

fn lucene(files: &Files) -> Result<Round, String> {
    let jars = std::env::var_os("LUCENE_JARS").ok_or("Lucene: the environment variable LUCENE_JARS is not set")?;
    let folder = tempfile::tempdir().expect("a folder for the index");
    let mut command = Command::new("java");
    command.arg("-cp").arg(jars).arg(program("Lucene.java")).arg(&files.decisions).arg(&files.questions);
    run(command.arg(folder.path()), "Lucene: there is no `java`")
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/engines").join(name)
}

/// Runs the program of another engine.
///
/// # Errors
/// The engine is not there: why.
fn run(command: &mut Command, absent: &str) -> Result<Round, String> {
    match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(absent.to_owned()),
        output => {
            let output = output.expect("the program runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Round::read(&String::from_utf8_lossy(&output.stdout))
        }
    }
}
