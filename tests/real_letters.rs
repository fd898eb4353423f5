//! The published letters are split exactly: every printed field of every decision, from the PDFs as they come.
//!
//! The letters are not part of this repository; where `../shared/letters` is absent the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use common::{imr, read_json_lines, real_letters, text};
use serde_json::Value;

/// The 62 PDFs, read once, by case number.
static PARSED: LazyLock<HashMap<String, Value>> = LazyLock::new(|| {
    let Some(folder) = real_letters() else { return HashMap::new() };
    parse(&folder.join("pdf")).into_iter().map(|letter| (text(&letter, "id").to_owned(), letter)).collect()
});

fn parse(path: &Path) -> Vec<Value> {
    let run = common::Run::of(imr().arg("parse").arg(path)).ends_with(0);
    assert_eq!(run.stderr, "", "no letter is rejected");
    run.lines()
}

/// Every letter as expected beside as parsed.
fn pairs() -> Vec<(Value, &'static Value)> {
    let Some(folder) = real_letters() else { return Vec::new() };
    let expected = read_json_lines(&folder.join("expected.jsonl"));
    assert_eq!(expected.len(), PARSED.len(), "one letter for each file");
    expected
        .into_iter()
        .map(|letter| {
            let parsed = &PARSED[text(&letter, "case_number")];
            (letter, parsed)
        })
        .collect()
}

fn decisions(letter: &Value) -> &[Value] {
    letter["decisions"].as_array().map_or(&[], Vec::as_slice)
}

fn all_decisions() -> Vec<(Value, &'static Value)> {
    let mut all = Vec::new();
    for (expected, parsed) in pairs() {
        assert_eq!(decisions(&expected).len(), decisions(parsed).len(), "decisions of {}", text(&expected, "file"));
        all.extend(decisions(&expected).iter().cloned().zip(decisions(parsed)));
    }
    all
}

/// Compares without printing more of a published letter than the place where the two part.
#[track_caller]
fn assert_same(expected: &Value, parsed: &Value, what: &str) {
    if expected == parsed {
        return;
    }
    let (expected, parsed) = (expected.to_string(), parsed.to_string());
    let common = expected.chars().zip(parsed.chars()).take_while(|(one, other)| one == other).count();
    let near = |text: &str| text.chars().skip(common.saturating_sub(20)).take(60).collect::<String>();
    panic!("{what} at character {common}: expected …{}…, got …{}…", near(&expected), near(&parsed));
}

#[test]
fn every_header_field_is_as_printed() {
    for (expected, parsed) in pairs() {
        for field in [
            "case_number",
            "date_assigned",
            "date_of_injury",
            "decision_date",
            "ur_denial_date",
            "application_received",
            "priority",
        ] {
            assert_same(&expected[field], &parsed[field], &format!("{field} of {}", text(&expected, "file")));
        }
    }
}

#[test]
fn reviewer_and_summary_are_as_printed() {
    for (expected, parsed) in pairs() {
        for field in ["reviewer", "summary"] {
            assert_same(&expected[field], &parsed[field], &format!("{field} of {}", text(&expected, "file")));
        }
    }
}

#[test]
fn every_decision_is_as_printed() {
    for (expected, parsed) in all_decisions() {
        let id = text(&expected, "id");
        for field in ["id", "item", "outcome", "rationale"] {
            assert_same(&expected[field], &parsed[field], &format!("{field} of {id}"));
        }
        for field in ["claims_guideline", "reviewer_guideline"] {
            assert_same(&expected[field], &parsed[field]["text"], &format!("{field} of {id}"));
        }
    }
}

#[test]
fn the_letters_hold_155_decisions_of_which_22_overturn_the_denial() {
    let all = all_decisions();
    if all.is_empty() {
        return;
    }
    let upheld = all.iter().filter(|(_, parsed)| parsed["outcome"] == "upheld").count();
    assert_eq!((PARSED.len(), all.len(), upheld, all.len() - upheld), (62, 155, 133, 22));
}

#[test]
fn a_letter_came_out_as_its_decisions_did() {
    for (_, parsed) in pairs() {
        let outcomes: Vec<&str> = decisions(parsed).iter().map(|decision| text(decision, "outcome")).collect();
        let expected = match (outcomes.contains(&"upheld"), outcomes.contains(&"overturned")) {
            (true, true) => "partially_overturned",
            (_, overturned) => {
                if overturned {
                    "overturned"
                } else {
                    "upheld"
                }
            }
        };
        assert_eq!(text(parsed, "outcome"), expected, "{}", text(parsed, "id"));
    }
}

#[test]
fn the_basis_of_both_guideline_lines_is_told() {
    let Some(folder) = real_letters() else { return };
    let labels: HashMap<String, Value> = read_json_lines(&folder.join("labels.jsonl"))
        .into_iter()
        .map(|label| (text(&label, "id").to_owned(), label))
        .collect();
    let mut wrong = Vec::new();
    for (_, parsed) in all_decisions() {
        let id = text(parsed, "id");
        for (line, label) in [("claims_guideline", "claims_basis"), ("reviewer_guideline", "reviewer_basis")] {
            if parsed[line]["basis"] != labels[id][label] {
                wrong.push(format!("{id} {label}: expected {}, got {}", labels[id][label], parsed[line]["basis"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of 310 differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_published_letter_needs_no_remark() {
    for (_, parsed) in pairs() {
        assert_eq!(parsed["diagnostics"], Value::Array(Vec::new()), "{}", text(parsed, "id"));
    }
}

#[test]
fn text_letters_are_read_in_true_paragraphs() {
    let Some(folder) = real_letters() else { return };
    let letters = parse(&folder.join("text"));
    let all: Vec<&Value> = letters.iter().flat_map(decisions).collect();
    let items: Vec<&str> = all.iter().map(|decision| text(decision, "item")).collect();
    let expected = ["Intrathecal (IT) pump", "Oxycodone 15mg #120", "Nucynta ER 200mg #60", "Pump refill"];
    let mut sorted = (items.clone(), expected.to_vec());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    assert_eq!(sorted.0, sorted.1, "in files order: {items:?}");
    let mut words_of_all = String::new();
    for decision in all {
        let (id, rationale) = (text(decision, "id"), text(decision, "rationale"));
        assert!(rationale.split(". ").count() >= 3, "the rationale of {id} is whole");
        assert!(rationale.ends_with('.'), "the rationale of {id} ends with a sentence");
        for field in ["claims_guideline", "reviewer_guideline"] {
            let line = text(&decision[field], "text");
            assert!(line.ends_with('.') || line.contains("MTUS"), "{field} of {id} is a guideline line");
        }
        words_of_all.push_str(rationale);
        words_of_all.push(' ');
    }
    for letter in &letters {
        for words in [text(letter, "summary"), &words_of_all] {
            assert!(!words.contains("  ") && !words.contains('\n'), "white space is folded");
        }
        words_of_all.push_str(text(letter, "summary"));
    }
    assert!(words_of_all.contains("(non-cancerous)"), "a word broken at its hyphen closes up");
    assert!(!words_of_all.contains("(non- "), "and leaves no gap");
}
