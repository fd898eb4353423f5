//! The sample letters are read as `tests/letters/expected.jsonl` says, from text and from PDF alike.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::HashMap;
use std::sync::LazyLock;

use common::{Run, imr, read_json_lines, samples, text};
use serde_json::Value;

/// Every sample letter, text and PDF, as parsed, by its path below `tests/letters`.
static PARSED: LazyLock<HashMap<String, Value>> = LazyLock::new(|| {
    let run = Run::of(imr().current_dir(samples()).args(["parse", "text", "pdf"])).ends_with(0);
    assert_eq!(run.stderr, "", "no letter is rejected");
    run.lines().into_iter().map(|letter| (text(&letter["source"], "path").to_owned(), letter)).collect()
});

/// Every expected letter with what was read from its text and, where there is one, from its PDF.
fn readings() -> Vec<(String, Value, &'static Value)> {
    let mut readings = Vec::new();
    for expected in read_json_lines(&samples().join("expected.jsonl")) {
        for key in ["file", "pdf"] {
            let file = text(&expected, key);
            if !file.is_empty() {
                let parsed = PARSED.get(file).unwrap_or_else(|| panic!("{file} was not read"));
                readings.push((file.to_owned(), expected.clone(), parsed));
            }
        }
    }
    readings
}

fn decisions(letter: &Value) -> &[Value] {
    letter["decisions"].as_array().map_or(&[], Vec::as_slice)
}

/// The whole table of differences at once: one wrong letter is seldom alone.
#[track_caller]
fn check(fields: &[&str], of_decision: bool) {
    let mut differences = Vec::new();
    let mut compare = |file: &str, place: &str, field: &str, expected: &Value, parsed: &Value| {
        let parsed = if field.ends_with("_guideline") && parsed.is_object() { &parsed["text"] } else { parsed };
        if expected != parsed {
            differences.push(format!("{file} {place}{field}\n  expected {expected}\n  got      {parsed}"));
        }
    };
    for (file, expected, parsed) in readings() {
        if !of_decision {
            for field in fields {
                compare(&file, "", field, &expected[*field], &parsed[*field]);
            }
            continue;
        }
        let pairs = decisions(&expected).iter().zip(decisions(parsed)).enumerate();
        for (index, (expected, parsed)) in pairs {
            let place = format!("decision {}: ", index + 1);
            for field in fields {
                compare(&file, &place, field, &expected[*field], &parsed[*field]);
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn every_file_gives_one_letter() {
    let readings = readings();
    assert_eq!(readings.len(), PARSED.len());
    assert!(readings.iter().filter(|(file, _, _)| file.starts_with("text/")).count() >= 24, "letters enough");
    assert!(readings.iter().filter(|(file, _, _)| file.starts_with("pdf/")).count() >= 12, "PDFs enough");
}

#[test]
fn identity_and_layout_are_told() {
    check(&["id", "case_number", "layout", "outcome"], false);
}

#[test]
fn dates_and_priority_are_as_printed() {
    check(
        &["date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received", "priority"],
        false,
    );
}

#[test]
fn reviewers_are_read_from_blocks_and_from_prose() {
    check(&["reviewer"], false);
}

#[test]
fn summaries_and_documents_are_whole() {
    check(&["summary", "documents_reviewed", "patient"], false);
}

#[test]
fn every_decision_is_found_once() {
    for (file, expected, parsed) in readings() {
        assert_eq!(decisions(&expected).len(), decisions(parsed).len(), "decisions of {file}");
    }
}

#[test]
fn items_and_outcomes_are_as_printed() {
    check(&["id", "item", "outcome"], true);
}

#[test]
fn guideline_lines_are_as_printed() {
    check(&["claims_guideline", "reviewer_guideline"], true);
}

#[test]
fn rationales_are_whole() {
    check(&["rationale"], true);
}

#[test]
fn every_layout_is_among_the_samples() {
    for layout in
        ["notice_2013", "professional_review_2013", "numbered_2014", "three_section_2014", "three_section_2015"]
    {
        assert!(PARSED.values().any(|letter| letter["layout"] == layout), "{layout}");
    }
}
