//! How good the ranking is, by what people judged: the figures, what they do not cover, and the files they come from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::path::PathBuf;
use std::sync::LazyLock;

use common::{Desk, Run, imr, samples};
use serde_json::{Value, json};

/// Three questions, whose first, second and no hit was judged to fit best.
const TOPICS: &str =
    "# invented\nmri\tlumbar mri\nknee\tknee brace\n{\"id\": \"wean\", \"query\": \"opioid weaning\"}\n";
const QRELS: &str = "\
mri 0 CM13-9900031/1 2
mri 0 review-lumbar-mri/1 1
mri 0 CM15-9900012/8 0
knee 0 CM18-9900042/1 1
wean 0 CM15-9900045/1 1
wean 0 CM99-9999999/1 1
";

/// The index over the sample letters that all tests ask.
static INDEX: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("evaluate");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    Run::of(imr().arg("index").arg("--index").arg(&folder).arg(samples().join("text"))).ends_with(0);
    folder
});

/// A folder with questions and judgements.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("topics.tsv", TOPICS);
    desk.write("qrels.txt", QRELS);
    desk
}

fn evaluate(desk: &Desk, arguments: &[&str]) -> Run {
    let mut command = desk.command(["evaluate", "topics.tsv", "qrels.txt"]);
    Run::of(command.args(arguments).arg("--index").arg(&*INDEX))
}

fn figures(desk: &Desk, arguments: &[&str]) -> Value {
    evaluate(desk, &[arguments, &["--format", "json"]].concat()).ends_with(0).json()
}

#[track_caller]
fn assert_close(value: &Value, expected: f64) {
    assert!((value.as_f64().unwrap() - expected).abs() < 1e-9, "{value} is not {expected}");
}

/// The ids found for a question, one by one.
fn found(query: &str) -> Vec<String> {
    let arguments = ["search", query, "--no-collapse", "--limit", "1000", "--format", "jsonl", "--index"];
    let run = Run::of(imr().args(arguments).arg(&*INDEX)).ends_with(0);
    run.lines().iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn figures_are_those_of_the_ranking_that_search_shows() {
    let answer = figures(&desk(), &["--per-topic"]);
    assert_eq!((&answer["topics"], &answer["scored"], &answer["depth"]), (&json!(3), &json!(3), &json!(1000)));
    assert_eq!(answer["gain"], "linear");
    let topics = answer["runs"][0]["per_topic"].as_array().unwrap();
    assert_eq!(topics.iter().map(|topic| topic["id"].as_str().unwrap()).collect::<Vec<_>>(), ["mri", "knee", "wean"]);
    // The best stand first and second.
    assert_eq!(found("lumbar mri")[..2], ["CM13-9900031/1", "review-lumbar-mri/1"]);
    for key in ["ndcg_at_10", "map", "recall_at_20", "mrr"] {
        assert_close(&topics[0][key], 1.0);
    }
    // The only fitting one stands second.
    assert_eq!(found("knee brace")[1], "CM18-9900042/1");
    assert_close(&topics[1]["ndcg_at_10"], 1.0 / 3_f64.log2());
    assert_close(&topics[1]["map"], 0.5);
    assert_close(&topics[1]["mrr"], 0.5);
    assert_close(&topics[1]["recall_at_20"], 1.0);
    assert_eq!((&topics[1]["relevant"], &topics[1]["relevant_found"]), (&json!(1), &json!(1)));
    let place = found("opioid weaning").iter().position(|id| id == "CM15-9900045/1");
    assert_close(&topics[2]["mrr"], place.map_or(0.0, |place| 1.0 / (place as f64 + 1.0)));
    for key in ["ndcg_at_10", "map", "recall_at_20", "mrr"] {
        let sum: f64 = topics.iter().map(|topic| topic[key].as_f64().unwrap()).sum();
        assert_close(&answer["runs"][0]["means"][key], sum / 3.0);
    }
}

#[test]
fn the_table_shows_means_and_topics() {
    let run = evaluate(&desk(), &["--per-topic", "--baseline"]).ends_with(0);
    for part in
        ["3 topics scored", "nDCG@10", "MAP", "recall@20", "MRR", "imr search", "plain words (BM25)", "plain@10"]
    {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let row = |name: &str| run.stdout.lines().find(|line| line.starts_with(name)).map(str::to_owned);
    assert!(row("mri ").is_some_and(|row| row.contains("1.0000") && row.contains("2/2")), "{}", run.stdout);
    assert!(row("knee ").is_some_and(|row| row.contains("0.6309") && row.contains("1/1")), "{}", run.stdout);
    assert!(row("nDCG@10 is ").is_some_and(|row| row.contains(" times that of plain words")), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
    let without_topics = evaluate(&desk(), &[]).ends_with(0).stdout;
    assert!(!without_topics.contains("knee") && !without_topics.contains("times"), "{without_topics}");
}

#[test]
fn exponential_gain_is_chosen_and_said() {
    let desk = desk();
    desk.write("qrels.txt", "mri 0 CM13-9900031/1 1\nmri 0 review-lumbar-mri/1 3\n");
    let best = |gain: fn(f64) -> f64| (gain(1.0) + gain(3.0) / 3_f64.log2()) / (gain(3.0) + gain(1.0) / 3_f64.log2());
    assert_close(&figures(&desk, &[])["runs"][0]["means"]["ndcg_at_10"], best(|grade| grade));
    let answer = figures(&desk, &["--gain", "exponential"]);
    assert_close(&answer["runs"][0]["means"]["ndcg_at_10"], best(|grade| grade.exp2() - 1.0));
    assert_eq!(answer["gain"], "exponential");
    assert!(evaluate(&desk, &["--gain", "exponential"]).stdout.contains("2^grade - 1"));
}

#[test]
fn what_is_not_scored_is_named() {
    let desk = desk();
    desk.write("topics.tsv", format!("{TOPICS}new\tacupuncture\nnone\tmassage\n"));
    desk.write("qrels.txt", format!("{QRELS}none 0 CM15-9900012/8 0\nold 0 CM15-9900012/8 1\n"));
    let run = evaluate(&desk, &[]).ends_with(0);
    assert!(run.stdout.contains("3 topics scored, 2 not"), "{}", run.stdout);
    for note in [
        "without judgements, not scored: new\n",
        "no decision is judged to fit, not scored: none\n",
        "judged, but not among the topics: old\n",
        "judged, but not in the index, and so never found: CM99-9999999/1\n",
    ] {
        assert!(run.stderr.contains(note), "{note}: {}", run.stderr);
    }
    let answer = figures(&desk, &[]);
    assert_eq!(
        answer["not_scored"],
        json!({"without_judgements": ["new"], "without_relevant": ["none"], "judged_without_topic": ["old"]})
    );
    assert_eq!(answer["unknown"]["judged_not_in_index"], json!(["CM99-9999999/1"]));
    assert_eq!(answer["scored"], 3);
}

#[test]
fn some_topics_can_be_chosen() {
    let desk = desk();
    desk.write("some.txt", "# kept aside\nknee\nelbow\n");
    let run = evaluate(&desk, &["--only", "some.txt", "--per-topic"]).ends_with(0);
    assert!(run.stdout.contains("1 topic scored\n") && !run.stdout.contains("wean"), "{}", run.stdout);
    // The judgements of topics not chosen are no mistake, an id that is no topic may be.
    assert_eq!(run.stderr, "note: asked for with `--only`, but not among the topics: elbow\n");
    desk.write("some.txt", "elbow\n");
    let run = evaluate(&desk, &["--only", "some.txt"]).ends_with(2);
    assert!(run.stderr.contains("`some.txt` names no topic of `topics.tsv`"), "{}", run.stderr);
}

#[test]
fn a_run_written_gives_the_same_figures_when_read() {
    let desk = desk();
    // A question that many decisions answer equally well, so that scores are tied.
    desk.write("topics.tsv", format!("{TOPICS}all\titem:*\n"));
    desk.write("qrels.txt", format!("{QRELS}all 0 CM16-9900007/2 1\nall 0 CM18-9900042/2 2\n"));
    let searched = figures(&desk, &["--run", "run.txt", "--per-topic"]);
    let read = figures(&desk, &["--run-from", "run.txt", "--per-topic"]);
    for key in ["means", "per_topic"] {
        assert_eq!(searched["runs"][0][key], read["runs"][0][key]);
    }
    assert_eq!(read["runs"][0]["name"], "run.txt");
    let run = desk.read("run.txt");
    let ids: Vec<String> = found("lumbar mri");
    for (index, (line, id)) in run.lines().zip(&ids).enumerate() {
        let columns: Vec<&str> = line.split(' ').collect();
        assert_eq!(columns[..4], ["mri", "Q0", id, &(index + 1).to_string()]);
        assert_eq!((columns.len(), columns[5]), (6, "imr"));
    }
    assert!(run.lines().filter(|line| line.starts_with("all ")).count() == 88, "{run}");
    let short = figures(&desk, &["--run", "short.txt", "--depth", "1"]);
    assert_eq!(desk.read("short.txt").lines().count(), 4);
    assert_eq!(
        short["runs"][0]["means"],
        figures(&desk, &["--run-from", "run.txt", "--depth", "1"])["runs"][0]["means"]
    );
}

#[test]
fn a_run_of_another_program_is_scored_without_an_index() {
    let desk = desk();
    desk.write(
        "other.txt",
        "mri Q0 review-lumbar-mri/1 1 9 x\nmri Q0 CM13-9900031/1 2 8 x\nmri Q0 review-lumbar-mri/1 3 7 x\nhip Q0 a 1 1 x\n",
    );
    let run = desk.imr(["evaluate", "topics.tsv", "qrels.txt", "--run-from", "other.txt", "--format", "json"]);
    let run = run.ends_with(0);
    let gain = (1.0 + 2.0 / 3_f64.log2()) / (2.0 + 1.0 / 3_f64.log2());
    assert_close(&run.json()["runs"][0]["means"]["ndcg_at_10"], gain / 3.0);
    assert!(run.stderr.contains("in the run, but not among the topics: hip\n"), "{}", run.stderr);
    assert!(run.stderr.contains("more than once in the run, and count at their best place: mri\n"), "{}", run.stderr);
}

#[test]
fn plain_words_know_no_other_forms() {
    let desk = desk();
    // That letter has `brace` and never `braces`.
    desk.write("topics.tsv", "1\tbraces\n");
    desk.write("qrels.txt", "1 0 review-knee-brace/1 1\n");
    let answer = figures(&desk, &["--baseline"]);
    assert_close(&answer["runs"][0]["means"]["recall_at_20"], 1.0);
    assert_eq!(answer["runs"][1]["name"], "plain words (BM25)");
    assert_close(&answer["runs"][1]["means"]["recall_at_20"], 0.0);
    assert_eq!(answer["ndcg_ratio_to_plain_words"], Value::Null);
    let run = evaluate(&desk, &["--baseline"]).ends_with(0);
    assert!(run.stdout.contains("find nothing that fits in the first ten places"), "{}", run.stdout);
    // As typed, any of the words, in any case, in any part of the decision.
    desk.write("topics.tsv", "1\tBRACE xylophone\n");
    let answer = figures(&desk, &["--baseline"]);
    assert_close(&answer["runs"][1]["means"]["recall_at_20"], 1.0);
    let (ours, plain_words) = (&answer["runs"][0]["means"], &answer["runs"][1]["means"]);
    let ratio = ours["ndcg_at_10"].as_f64().unwrap() / plain_words["ndcg_at_10"].as_f64().unwrap();
    assert_close(&answer["ndcg_ratio_to_plain_words"], ratio);
}

#[test]
fn every_part_of_the_ranking_has_a_row_of_its_own() {
    let answer = figures(&desk(), &["--ablation"]);
    let without: Vec<Value> = answer["runs"].as_array().unwrap().iter().map(|run| run["without"].clone()).collect();
    let expected =
        [json!([]), json!(["equivalents"]), json!(["concepts"]), json!(["body_parts"]), json!(["field_weights"])];
    assert_eq!(without, expected);
    let table = evaluate(&desk(), &["--ablation", "--without", "concepts"]).ends_with(0).stdout;
    for row in ["without concepts  ", "without concepts, equivalents ", "without concepts, body-parts ", "change"] {
        assert!(table.contains(row), "{row}: {table}");
    }
    assert!(!table.contains("without concepts, concepts"), "{table}");
}

#[test]
fn without_field_weights_a_word_of_the_item_counts_like_any_other() {
    let desk = desk();
    let run = |name: &str, arguments: &[&str]| {
        evaluate(&desk, &[&["--run", name], arguments].concat()).ends_with(0);
        desk.read(name)
    };
    let usual = run("usual.txt", &[]);
    assert_ne!(usual, run("flat.txt", &["--without", "field-weights"]));
    assert_eq!(usual, run("again.txt", &["--gain", "exponential"]));
    let flat = figures(&desk, &["--without", "field-weights"]);
    let last = &figures(&desk, &["--ablation"])["runs"][4];
    assert_eq!(&flat["runs"][0], last);
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    let desk = desk();
    desk.write("no-tab.tsv", "1\tmri\n\n2 knee brace\n");
    desk.write("short.txt", "mri 0 CM13-9900031/1 2\nmri 0 CM13-9900031/1\n");
    desk.write("latin.txt", b"mri 0 M\xe9 1\n");
    desk.write("bad-run.txt", "mri Q0 a 1 high x\n");
    desk.write("strangers.txt", "9 0 CM13-9900031/1 2\n");
    desk.write("misfits.txt", "mri 0 CM13-9900031/1 0\n");
    for (topics, judgements, more, said, hint) in [
        ("no-tab.tsv", "qrels.txt", &[][..], "`no-tab.tsv`, line 3: there is no tab", "id, a tab and the question"),
        ("topics.tsv", "short.txt", &[], "`short.txt`, line 2: a judgement has 4 columns", "topic 0 decision grade"),
        ("topics.tsv", "latin.txt", &[], "cannot read `latin.txt`", "UTF-8"),
        ("topics.tsv", "absent.txt", &[], "cannot read `absent.txt`", "check its name"),
        ("topics.tsv", "strangers.txt", &[], "`strangers.txt` judges no topic of `topics.tsv`", "by their ids"),
        ("topics.tsv", "misfits.txt", &[], "finds no decision fitting", "a grade of 1 or more"),
        ("topics.tsv", "qrels.txt", &["--run-from", "bad-run.txt"], "`bad-run.txt`, line 1: the score `high`", "Q0"),
        ("topics.tsv", "qrels.txt", &["--run", "no/folder.txt"], "cannot write `no/folder.txt`", "folder exists"),
    ] {
        let mut command = desk.command(["evaluate", topics, judgements]);
        let run = Run::of(command.args(more).arg("--index").arg(&*INDEX)).ends_with(2);
        assert!(run.stderr.contains(said) && run.stderr.contains(hint), "{said}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{}", run.stdout);
    }
    let run = desk.imr(["evaluate", "topics.tsv", "qrels.txt"]).ends_with(2);
    assert!(run.stderr.contains("there is no index in `imr-index`"), "{}", run.stderr);
}

#[test]
fn options_that_exclude_each_other_are_refused() {
    let desk = desk();
    for arguments in [
        &["--run-from", "a", "--run", "b"][..],
        &["--run-from", "a", "--ablation"],
        &["--run-from", "a", "--without", "concepts"],
        &["--without", "spelling"],
        &["--depth", "0"],
        &["--depth", "100001"],
    ] {
        evaluate(&desk, arguments).ends_with(2);
    }
    let run = evaluate(&desk, &["--without", "concept"]).ends_with(2);
    assert!(run.stderr.contains("'concepts'") && run.stderr.contains("body-parts"), "{}", run.stderr);
}
