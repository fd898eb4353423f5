//! `schema/letter.schema.json` describes exactly what `imr parse` prints.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;

use common::{Desk, Run, imr, project, real_letters, sample_text, samples, text};
use jsonschema::Validator;
use serde_json::{Value, json};

fn schema() -> Value {
    let path = project().join("schema/letter.schema.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("the schema is JSON")
}

fn validator() -> Validator {
    jsonschema::options().should_validate_formats(true).build(&schema()).expect("the schema is a schema")
}

fn parse(path: &Path) -> Vec<Value> {
    Run::of(imr().arg("parse").arg(path)).ends_with(0).lines()
}

#[track_caller]
fn assert_all_valid(letters: &[Value]) {
    let validator = validator();
    for letter in letters {
        let errors: Vec<String> =
            validator.iter_errors(letter).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {}", text(letter, "id"), errors.join("\n"));
    }
}

fn one_letter() -> Value {
    parse(&samples().join("text/CM16-9900007.txt")).remove(0)
}

#[test]
fn the_schema_names_itself_and_its_version() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["$id"].is_string());
    assert_eq!(text(&schema, "version").split('.').count(), 3);
}

#[test]
fn every_key_is_described_and_no_other_is_allowed() {
    fn visit(name: &str, value: &Value) {
        if let Some(keys) = value["properties"].as_object() {
            assert_eq!(value["additionalProperties"], false, "{name} is closed");
            for (key, description) in keys {
                assert!(!text(description, "description").is_empty(), "`{key}` of {name} is described");
                visit(key, description);
            }
        }
    }
    let schema = schema();
    visit("the letter", &schema);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        visit(name, definition);
    }
}

#[test]
fn sample_letters_are_valid_from_text_and_from_pdf() {
    for folder in ["text", "pdf"] {
        let letters = parse(&samples().join(folder));
        assert!(!letters.is_empty());
        assert_all_valid(&letters);
    }
}

#[test]
fn published_letters_are_valid() {
    let Some(folder) = real_letters() else { return };
    for name in ["pdf", "text"] {
        assert_all_valid(&parse(&folder.join(name)));
    }
}

#[test]
fn letters_of_archives_and_letters_with_gaps_are_valid() {
    let desk = Desk::new();
    let whole = sample_text("CM16-9900007");
    let without_header = &whole[whole.find("HOW THE IMR").unwrap()..];
    let without_rationale: String =
        whole.lines().take_while(|line| !line.starts_with("Decision rationale")).collect::<Vec<_>>().join("\n");
    desk.write("letters/without-header.txt", without_header);
    desk.write("letters/without-rationale.txt", without_rationale);
    desk.write("letters/odd-date.txt", whole.replacen("Date Assigned: ", "Date Assigned: 99", 1));
    let run = desk.imr(["parse", "letters"]).ends_with(0);
    assert_eq!(run.lines().len(), 3, "{}", run.stderr);
    assert_all_valid(&run.lines());
}

#[test]
fn what_imr_show_prints_as_json_is_a_valid_letter() {
    let desk = Desk::new();
    desk.write("letters/CM16-9900007.txt", sample_text("CM16-9900007"));
    desk.imr(["index", "letters"]).ends_with(0);
    let shown = desk.imr(["show", "--format", "json", "CM16-9900007"]).ends_with(0).json();
    assert_all_valid(std::slice::from_ref(&shown));
    let parsed = desk.imr(["parse", "letters"]).ends_with(0).lines().remove(0);
    assert_eq!(shown, parsed, "the index gives back the letter as it was read");
}

#[test]
fn another_object_is_refused() {
    let validator = validator();
    let whole = one_letter();
    assert!(validator.is_valid(&whole));
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut letter = whole.clone();
        spoil(&mut letter);
        letter
    };
    let remove = |letter: &mut Value, key: &str| drop(letter.as_object_mut().unwrap().remove(key));
    for (what, letter) in [
        ("no id", spoilt(&|letter| remove(letter, "id"))),
        ("an empty id", spoilt(&|letter| letter["id"] = json!(""))),
        ("no decisions", spoilt(&|letter| letter["decisions"] = json!([]))),
        ("another outcome", spoilt(&|letter| letter["decisions"][0]["outcome"] = json!("modified"))),
        ("an outcome in capitals", spoilt(&|letter| letter["decisions"][0]["outcome"] = json!("Upheld"))),
        ("another letter outcome", spoilt(&|letter| letter["outcome"] = json!("mixed"))),
        ("an unknown key", spoilt(&|letter| letter["colour"] = json!("blue"))),
        ("an unknown key in a decision", spoilt(&|letter| letter["decisions"][0]["colour"] = json!("blue"))),
        ("an unknown key in a guideline", spoilt(&|letter| letter["decisions"][0]["claims_guideline"]["x"] = json!(1))),
        ("a decision without item", spoilt(&|letter| remove(&mut letter["decisions"][0], "item"))),
        ("a decision without ordinal", spoilt(&|letter| letter["decisions"][0]["id"] = json!("CM16-9900007"))),
        ("an unknown basis", spoilt(&|letter| letter["decisions"][0]["claims_guideline"]["basis"] = json!("odg"))),
        ("an American date", spoilt(&|letter| letter["decision_date"] = json!("11/09/2016"))),
        ("an impossible date", spoilt(&|letter| letter["decision_date"] = json!("2016-13-09"))),
        ("an empty string for an absent value", spoilt(&|letter| letter["priority"] = json!(""))),
        ("white space not folded", spoilt(&|letter| letter["summary"] = json!("two  spaces"))),
        ("no source", spoilt(&|letter| remove(letter, "source"))),
        ("an age in words", spoilt(&|letter| letter["patient"]["age"] = json!("forty"))),
    ] {
        assert!(!validator.is_valid(&letter), "{what} must not be valid");
    }
}
