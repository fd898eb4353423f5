//! The letters of `examples/synthesize`: the same every time, read back as they were meant, and spread as letters are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
#[path = "../examples/synthesize/main.rs"]
#[allow(dead_code, reason = "the program's own main is not called")]
mod synthesize;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use synthesize::Arguments;

use common::{imr, json_lines, read_json_lines, text};

const LETTERS: u64 = 400;

fn arguments(out: &Path, years: (i16, i16), changed: f64) -> Arguments {
    Arguments { letters: LETTERS, out: out.to_owned(), seed: 7, truth: true, changed, years }
}

/// Letters in a folder, with their truth.
fn made(folder: &Path, years: (i16, i16), changed: f64) -> Vec<Value> {
    let out = folder.join("letters");
    let totals = synthesize::run(&arguments(&out, years, changed)).expect("letters");
    assert_eq!(totals.letters, LETTERS);
    read_json_lines(&folder.join("letters.truth.jsonl"))
}

fn decisions(letters: &[Value]) -> Vec<&Value> {
    letters.iter().flat_map(|letter| letter["decisions"].as_array().expect("decisions")).collect()
}

fn words(value: &Value, key: &str) -> usize {
    text(value, key).split_whitespace().count()
}

fn median(mut numbers: Vec<usize>) -> usize {
    numbers.sort_unstable();
    numbers[numbers.len() / 2]
}

fn share(count: usize, all: usize) -> f64 {
    count as f64 / all as f64
}

#[track_caller]
fn assert_between(low: f64, value: f64, high: f64, what: &str) {
    assert!((low..=high).contains(&value), "{what}: {value:.3} is not between {low} and {high}");
}

#[test]
fn the_same_arguments_give_the_same_bytes_on_any_number_of_cores() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |name: &str, threads: usize, seed: u64| {
        let out = folder.path().join(format!("{name}.tar.zst"));
        let arguments = Arguments { seed, ..arguments(&out, (2013, 2024), 0.0) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| synthesize::run(&arguments)).expect("letters");
        let truth = folder.path().join(format!("{name}.truth.jsonl.zst"));
        (fs::read(out).expect("the archive"), fs::read(truth).expect("the truth"))
    };
    let one = run("one", 1, 7);
    assert!(one == run("three", 3, 7), "the number of threads changes the bytes");
    assert!(one != run("other", 1, 8), "the seed changes nothing");
}

#[test]
fn a_letter_does_not_depend_on_how_many_are_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let many = made(folder.path(), (2013, 2024), 0.0);
    let out = folder.path().join("few.tar");
    let few = Arguments { letters: 30, ..arguments(&out, (2013, 2024), 0.0) };
    synthesize::run(&few).expect("letters");
    assert_eq!(read_json_lines(&folder.path().join("few.truth.jsonl")), many[..30]);
}

#[test]
fn every_letter_has_a_case_number_of_its_own_and_the_truth_can_be_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let letters = made(folder.path(), (2013, 2014), 0.0);
    let ids: HashSet<&str> = letters.iter().map(|letter| text(letter, "id")).collect();
    assert_eq!(ids.len(), letters.len());
    assert!(ids.iter().any(|id| id.starts_with("IMR 13-")) && ids.iter().any(|id| id.starts_with("CM14-")));
    let absent = letters.iter().filter(|letter| letter["case_number"].is_null()).count();
    assert_between(0.01, share(absent, letters.len()), 0.2, "letters of 2013 and 2014 without a case number");

    let out = folder.path().join("bare.tar");
    let bare = Arguments { truth: false, ..arguments(&out, (2013, 2024), 0.0) };
    synthesize::run(&bare).expect("letters");
    assert!(out.is_file() && !folder.path().join("bare.truth.jsonl").exists());
}

#[test]
fn changed_letters_keep_everything_but_their_rationales() {
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let before = made(folders[0].path(), (2013, 2024), 0.0);
    let after = made(folders[1].path(), (2013, 2024), 10.0);
    let mut changed = 0;
    for (mut before, mut after) in before.into_iter().zip(after) {
        changed += usize::from(before != after);
        for letter in [&mut before, &mut after] {
            for decision in letter["decisions"].as_array_mut().expect("decisions") {
                let fields = decision.as_object_mut().expect("an object");
                fields.remove("rationale");
                fields.remove("twin_of");
            }
        }
        assert_eq!(before, after);
    }
    assert_between(0.05, share(changed, 400), 0.16, "changed letters");
}

#[test]
fn parse_reads_what_was_printed() {
    check_reading((2013, 2024));
}

#[test]
fn parse_reads_the_layouts_of_2013_and_2014() {
    check_reading((2013, 2014));
    check_reading((2013, 2013));
}

fn check_reading(years: (i16, i16)) {
    let folder = tempfile::tempdir().expect("a folder");
    let truth = made(folder.path(), years, 0.0);
    let output = imr().arg("parse").arg(folder.path().join("letters")).output().expect("the program");
    let read = json_lines(&String::from_utf8_lossy(&output.stdout));
    let read: HashMap<&str, &Value> = read.iter().map(|letter| (text(letter, "id"), letter)).collect();
    let mut wrong = Vec::new();
    for letter in &truth {
        let id = text(letter, "id");
        match read.get(id) {
            Some(read) => compare(letter, read, &mut wrong),
            None => wrong.push(format!("{id}: not read")),
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

/// Notes what was read wrongly.
fn compare(truth: &Value, read: &Value, wrong: &mut Vec<String>) {
    let id = format!("{} ({})", text(truth, "id"), text(truth, "layout"));
    let mut check = |what: String, expected: &Value, read: &Value| {
        if expected != read {
            wrong.push(format!("{id} {what}:\n  expected {expected}\n  read     {read}"));
        }
    };
    for key in [
        "case_number",
        "layout",
        "date_assigned",
        "date_of_injury",
        "decision_date",
        "ur_denial_date",
        "application_received",
        "priority",
        "reviewer",
        "documents_reviewed",
        "summary",
    ] {
        check(key.into(), &truth[key], &read[key]);
    }
    let (expected, found) = (truth["decisions"].as_array(), read["decisions"].as_array());
    let (expected, found) = (expected.expect("decisions"), found.expect("decisions"));
    check("decisions".into(), &expected.len().into(), &found.len().into());
    for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
        for key in ["outcome", "item", "rationale"] {
            check(format!("{key} {}", place + 1), &expected[key], &found[key]);
        }
        for key in ["claims_guideline", "reviewer_guideline"] {
            check(format!("{key} {}", place + 1), &expected[key], &found[key]["text"]);
        }
    }
}

#[test]
fn shares_and_lengths_are_those_of_letters() {
    let folder = tempfile::tempdir().expect("a folder");
    let letters = made(folder.path(), (2013, 2024), 0.0);
    let decisions = decisions(&letters);
    let upheld = decisions.iter().filter(|decision| text(decision, "outcome") == "upheld").count();
    assert_between(0.84, share(upheld, decisions.len()), 0.95, "upheld");
    assert_between(1.5, share(decisions.len(), letters.len()), 2.0, "decisions a letter");
    let one = letters.iter().filter(|letter| letter["decisions"].as_array().is_some_and(|all| all.len() == 1)).count();
    assert_between(0.55, share(one, letters.len()), 0.75, "letters with one decision");

    let layouts = |name: &str| letters.iter().filter(|letter| text(letter, "layout") == name).count();
    assert_between(0.85, share(layouts("three_section_2015"), letters.len()), 0.97, "letters of 2015 and after");
    assert_between(0.03, share(layouts("three_section_2014"), letters.len()), 0.11, "letters of 2014");

    let rationales: Vec<usize> = decisions.iter().map(|decision| words(decision, "rationale")).collect();
    assert!(rationales.iter().all(|&words| (10..=950).contains(&words)));
    assert_between(110.0, median(rationales) as f64, 140.0, "median rationale");
    let summaries = letters.iter().map(|letter| words(letter, "summary")).collect();
    assert_between(195.0, median(summaries) as f64, 240.0, "median summary");

    let of = |group: &str| decisions.iter().filter(|decision| text(decision, "category").starts_with(group)).count();
    assert_between(0.26, share(of("Pharmaceuticals"), decisions.len()), 0.40, "pharmaceuticals");
    assert_between(0.16, share(of("Rehabilitation"), decisions.len()), 0.28, "rehabilitation");
    assert_between(0.07, share(of("Diagnostic Testing"), decisions.len()), 0.17, "diagnostic testing");

    let modified = decisions.iter().filter(|decision| text(decision, "item").contains("the original request")).count();
    assert_between(0.12, share(modified, decisions.len()), 0.24, "modified requests");
    let twins = near_twins(&decisions);
    assert_between(0.20, share(twins, decisions.len()), 0.40, "rationales with a near-twin");
}

/// How many rationales have another that shares more than half of their runs of five words.
fn near_twins(decisions: &[&Value]) -> usize {
    let shingles: Vec<HashSet<Vec<String>>> = decisions
        .iter()
        .map(|decision| {
            let words: Vec<String> = text(decision, "rationale").split_whitespace().map(str::to_lowercase).collect();
            words.windows(5).map(<[String]>::to_vec).collect()
        })
        .collect();
    let mut places: HashMap<&Vec<String>, Vec<usize>> = HashMap::new();
    for (index, own) in shingles.iter().enumerate() {
        for shingle in own {
            places.entry(shingle).or_default().push(index);
        }
    }
    let has_twin = |index: usize| {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for other in shingles[index].iter().flat_map(|shingle| &places[shingle]).filter(|other| **other != index) {
            *shared.entry(*other).or_default() += 1;
        }
        let own = shingles[index].len();
        shared.iter().any(|(&other, &both)| 2 * both > own + shingles[other].len() - both)
    };
    (0..decisions.len()).filter(|&index| has_twin(index)).count()
}
