//! `imr explain` says what an item, a guideline line or a question is taken for; `imr index` names what nothing recognised.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use common::letters::{Made, PLAIN, made_letter};
use common::{Desk, Run, imr, text};
use serde_json::{Value, json};

fn explain(arguments: &[&str]) -> Run {
    Run::of(imr().arg("explain").args(arguments))
}

/// The rows of the table by their label.
#[track_caller]
fn row<'a>(run: &'a Run, label: &str) -> &'a str {
    run.stdout
        .lines()
        .find_map(|line| line.strip_prefix(label)?.strip_prefix("  "))
        .unwrap_or_else(|| panic!("no `{label}` in\n{}", run.stdout))
        .trim()
}

fn json_of(arguments: &[&str]) -> Value {
    explain(&[&["--format", "json"], arguments].concat()).ends_with(0).json()
}

#[test]
fn an_item_is_shown_with_what_it_names_and_by_which_rule() {
    let run = explain(&["Norco 10/325mg #60 with 2 refills"]).ends_with(0);
    assert_eq!(row(&run, "disputed"), "Norco 10/325mg #60 with 2 refills");
    assert!(row(&run, "category").starts_with("Pharmaceuticals/Opioids  "), "with its rule: {}", run.stdout);
    assert_eq!(row(&run, "treatments"), "hydrocodone/acetaminophen");
    assert_eq!((row(&run, "body parts"), row(&run, "sides")), ("none", "none"));
    assert_eq!((row(&run, "quantity"), row(&run, "refills"), row(&run, "strength")), ("60", "2", "10/325mg"));
    let name = run.stdout.lines().find(|line| line.trim_start().starts_with("Norco → ")).expect("the name found");
    assert!(name.contains("hydrocodone/acetaminophen (Pharmaceuticals/Opioids)"), "{name}");
    let words = explain(&["Norco", "10/325mg", "#60", "with", "2", "refills"]);
    assert_eq!(words.stdout, run.stdout, "quotation marks may be left out");
    let printed = explain(&["Norco 10/325mg #60 with 2 refills: Upheld"]);
    assert_eq!(printed.stdout, run.stdout, "the outcome is no part of the item");

    let run = explain(&["Retrospective EMG/NCS of the bilateral upper extremities"]).ends_with(0);
    assert_eq!(row(&run, "treatments"), "electromyography, nerve conduction study");
    assert_eq!(row(&run, "sides"), "bilateral");
    assert!(run.stdout.contains("retrospective"), "{}", run.stdout);
    let run = explain(&["Associated surgical service: cold therapy unit, 7 day rental"]).ends_with(0);
    assert!(run.stdout.contains("goes with a surgery"), "{}", run.stdout);
    assert!(row(&run, "category").starts_with("Surgery/Adjunct Surgical Services"), "{}", run.stdout);
}

#[test]
fn an_item_as_data() {
    let item = json_of(&["MRI of the left knee without contrast"]);
    assert_eq!(item["category"], "Diagnostic Testing/Imaging");
    assert_eq!(item["concepts"], json!(["mri"]));
    assert_eq!((&item["body_parts"], &item["sides"]), (&json!(["knee"]), &json!(["left"])));
    assert_eq!((&item["retrospective"], &item["surgical_adjunct"]), (&json!(false), &json!(false)));
    assert!(!text(&item, "category_rule").is_empty());
    let [name] = &item["names"].as_array().unwrap()[..] else { panic!("{item}") };
    assert_eq!((&name["text"], &name["concepts"]), (&json!("MRI"), &json!(["mri"])));
    assert!(!text(name, "rule").is_empty());
}

const MODIFIED: &str = "Physical therapy 2 times a week for 4 weeks, lumbar spine was the original request. Physical therapy 2 \
                        times a week for 2 weeks, lumbar spine was authorized by the Claims Administrator. The remaining IMR \
                        eligible portion of the original request, Physical therapy 2 times a week for 1 week, lumbar spine";

#[test]
fn a_modified_request_is_taken_apart() {
    let run = explain(&[MODIFIED]).ends_with(0);
    assert_eq!(row(&run, "requested"), "Physical therapy 2 times a week for 4 weeks, lumbar spine");
    assert_eq!(row(&run, "authorized"), "Physical therapy 2 times a week for 2 weeks, lumbar spine");
    assert_eq!(row(&run, "disputed"), "Physical therapy 2 times a week for 1 week, lumbar spine");
    assert_eq!(row(&run, "body parts"), "low back");
    let item = json_of(&[MODIFIED]);
    for (key, weeks) in [("requested", "4 weeks"), ("authorized", "2 weeks"), ("disputed", "1 week")] {
        assert!(text(&item, key).contains(weeks), "{key}: {item}");
    }
    assert_eq!(item["concepts"], json!(["physical therapy"]), "named three times, meant once");
}

#[test]
fn a_guideline_line_is_known_by_itself() {
    let line = "Decision based on MTUS Chronic Pain Treatment Guidelines, Section(s): Physical Medicine, and Low Back \
                Complaints 2004, Section(s): Special Studies. Decision based on Non-MTUS Citation Official Disability \
                Guidelines (ODG), Knee Chapter, MRI.";
    let run = explain(&[line]).ends_with(0);
    assert_eq!(row(&run, "basis"), "both");
    for part in [
        "MTUS Chronic Pain Treatment Guidelines",
        "Physical Medicine",
        "MTUS Low Back Complaints 2004",
        "Special Studies",
        "since 2017-12-01",
        "ODG Knee",
        "MRI",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is missing:\n{}", run.stdout);
    }
    assert!(row(&run, "  counted as").starts_with("Chronic Pain Medical Treatment"), "{}", run.stdout);
    let guideline = json_of(&[line]);
    assert_eq!(guideline["basis"], "both");
    let sources = guideline["sources"].as_array().unwrap();
    let families: Vec<&str> = sources.iter().map(|source| text(source, "family")).collect();
    assert_eq!(families, ["MTUS", "MTUS", "ODG"]);
    assert_eq!((&sources[1]["title"], &sources[1]["edition"]), (&json!("Low Back Complaints"), &json!(2004)));
    assert_eq!(sources[0]["sections"], json!(["Physical Medicine"]));
    let current = explain(&["Decision based on MTUS Opioids 2017."]).ends_with(0);
    assert!(!current.stdout.contains("superseded") || current.stdout.contains("since 20"), "{}", current.stdout);

    let nothing = explain(&["The Expert Reviewer did not cite any medical evidence for its decision."]).ends_with(1);
    assert_eq!(row(&nothing, "basis"), "none");
    let as_item = explain(&["--as", "item", "Decision based on MTUS Opioids 2017."]);
    assert!(as_item.stdout.contains("disputed"), "it is what it is said to be: {}", as_item.stdout);
    let as_guideline = explain(&["--as", "guideline", "Official Disability Guidelines, Knee chapter."]).ends_with(0);
    assert!(as_guideline.stdout.contains("ODG Knee"), "{}", as_guideline.stdout);
}

#[test]
fn the_words_of_a_question_are_explained() {
    let run = explain(&["--as", "query", "hydrocodone for low back pain, opioids denied"]).ends_with(0);
    for part in ["hydrocodone/acetaminophen", "low back", "Norco", "Pharmaceuticals/Opioids"] {
        assert!(run.stdout.contains(part), "`{part}` is missing:\n{}", run.stdout);
    }
    let meanings = json_of(&["--as", "query", "norco denied"]);
    let [drug, outcome] = &meanings.as_array().unwrap()[..] else { panic!("{meanings}") };
    assert_eq!((text(drug, "typed"), text(outcome, "typed")), ("norco", "denied"));
    assert_eq!(drug["treatments"][0], "hydrocodone/acetaminophen");
    assert_eq!(outcome["outcome"], "upheld");
    let denied = explain(&["--as", "query", "denied"]).ends_with(0);
    assert!(denied.stdout.contains("upheld"), "{}", denied.stdout);
    let nothing = explain(&["--as", "query", "wombat"]).ends_with(1);
    assert!(nothing.stdout.contains("searched as typed"), "{}", nothing.stdout);
}

#[test]
fn an_item_nothing_recognises_says_where_to_add_it() {
    let run = explain(&["Hoojamaflip frobnication"]).ends_with(1);
    assert!(row(&run, "category").contains("`schema/treatments.toml`"), "{}", run.stdout);
    assert_eq!(row(&run, "treatments"), "none");
    let run = explain(&["--format", "json", "Hoojamaflip frobnication of the left knee"]).ends_with(1);
    let item = run.json();
    assert_eq!((&item["category"], &item["concepts"]), (&Value::Null, &json!([])));
    assert_eq!(item["body_parts"], json!(["knee"]), "a part of the body is known all the same");
    assert_eq!(explain(&[]).ends_with(2).stdout, "", "nothing to explain is a slip of typing");
}

#[test]
fn indexing_counts_and_lists_what_nothing_recognised() {
    let desk = Desk::new();
    let items: Vec<String> = (1..=7).map(|number| format!("Hoojamaflip of size {number}")).collect();
    let mut decisions: Vec<Made> = items.iter().map(|item| Made { item, ..PLAIN }).collect();
    decisions.insert(1, Made { item: "Norco 10/325mg #60", ..PLAIN });
    desk.write("letters/many.txt", made_letter("CM16-9910001", "02/03/2016", &decisions));
    desk.write(
        "letters/none.txt",
        made_letter("CM16-9910002", "02/03/2016", &[Made { item: "MRI of the knee", ..PLAIN }]),
    );
    let (run, report) = desk.index(&["letters"]);
    run.ends_with(0);
    let (sums, files) = report.split_last().unwrap();
    assert_eq!(sums["totals"]["unrecognized"], 7);
    let [many, none] = files else { panic!("{files:?}") };
    let listed: Vec<(&str, &str)> =
        many["unrecognized"].as_array().unwrap().iter().map(|one| (text(one, "id"), text(one, "item"))).collect();
    let ids = [1, 3, 4, 5, 6, 7, 8].map(|place| format!("CM16-9910001/{place}"));
    let expected: Vec<(&str, &str)> = ids.iter().map(String::as_str).zip(items.iter().map(String::as_str)).collect();
    assert_eq!(listed, expected, "the report has all of them");
    assert!(none["unrecognized"].as_array().is_none_or(Vec::is_empty), "{none}");

    desk.write("few/one.txt", made_letter("CM16-9910003", "02/03/2016", &decisions[..2]));
    let screen = desk.imr(["index", "--index", "other", "letters"]).ends_with(0).stdout;
    assert!(screen.contains("7 items name no treatment of the tables"), "{screen}");
    let named = screen.lines().filter(|line| line.contains("Hoojamaflip")).count();
    assert_eq!(named, 5, "the first of them: {screen}");
    assert!(screen.contains("`--report FILE` lists all"), "{screen}");
    let screen = desk.imr(["index", "--index", "third", "few"]).ends_with(0).stdout;
    assert!(screen.contains("1 item names no treatment of the tables and has no category"), "{screen}");
    assert!(screen.contains("CM16-9910003/1  Hoojamaflip of size 1"), "{screen}");
    assert!(!screen.contains("lists all"), "{screen}");
    let facet = desk.imr(["search", "--category", "not stated", "--format", "json", "--no-collapse"]).json();
    assert_eq!(facet["total"], 7, "and they are found as such");
    let again = desk.imr(["index", "letters"]).ends_with(0).stdout;
    assert!(!again.contains("names no treatment") && !again.contains("name no treatment"), "unchanged: {again}");
}
