//! The derived fields of the published letters, scored against labels by reading. Prints the figures:
//! `cargo test --test real_labels -- --nocapture`.
//!
//! Neither letters nor labels are part of this repository; where they are absent the test says so and passes. What
//! differs is named by its decision only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::score::Score;
use common::{Run, imr, read_json_lines, real_letters, text};
use serde_json::Value;

fn values(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// One key of every source of a guideline line, in order.
fn of_sources(sources: &Value, key: &str) -> Vec<Value> {
    let absent = Value::Null;
    sources.as_array().into_iter().flatten().map(|source| source.get(key).unwrap_or(&absent).clone()).collect()
}

#[test]
fn derived_fields_are_those_of_the_labels() {
    let Some(folder) = real_letters() else { return };
    let labels = read_json_lines(&folder.join("labels.jsonl"));
    let letters = Run::of(imr().arg("parse").arg(folder.join("pdf"))).ends_with(0).lines();
    let decisions: HashMap<&str, &Value> = letters
        .iter()
        .flat_map(|letter| letter["decisions"].as_array().unwrap())
        .map(|decision| (text(decision, "id"), decision))
        .collect();
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for label in &labels {
        let id = text(label, "id");
        let named = || id.to_owned();
        let decision = decisions[id];
        for field in ["requested", "authorized", "disputed", "retrospective", "surgical_adjunct", "quantity", "refills"]
        {
            scores.entry(field).or_default().exact(decision.get(field).unwrap_or(&Value::Null) == &label[field], named);
        }
        let others = values(label.get("alt").unwrap_or(&Value::Null));
        let category = decision.get("category").and_then(Value::as_str);
        let is_right = category.is_some_and(|category| label["category"] == category || others.contains(category));
        scores.entry("category").or_default().exact(is_right, named);
        scores.entry("category, first choice").or_default().exact(category == label["category"].as_str(), named);
        for field in ["concepts", "body_parts", "sides"] {
            scores.entry(field).or_default().set(&values(&decision[field]), &values(&label[field]), named);
        }
        for side in ["claims", "reviewer"] {
            let guideline = &decision[&format!("{side}_guideline")];
            let sources = &label[&format!("{side}_sources")];
            let basis = guideline["basis"] == label[&format!("{side}_basis")];
            scores.entry("basis").or_default().exact(basis, named);
            for key in ["family", "title", "edition", "sections"] {
                let same = of_sources(&guideline["sources"], key) == of_sources(sources, key);
                scores.entry(key).or_default().exact(same, named);
            }
        }
        // Not labelled, but known: the outcome printed. A letter may contradict itself; that most do not shows the reading.
        scores.entry("conclusion agrees").or_default().exact(decision["agrees"] == true, named);
    }
    for (field, score) in &scores {
        let f1 = if score.found > 0 { format!(", F1 {:.3}", score.f1()) } else { String::new() };
        println!("{field:<24} {} of {}{f1}  {}", score.right, score.all, score.wrong.join(" "));
    }
    for (field, least) in [
        ("requested", 0.99),
        ("authorized", 0.99),
        ("disputed", 0.99),
        ("retrospective", 0.99),
        ("surgical_adjunct", 0.99),
        ("quantity", 0.99),
        ("refills", 0.99),
        ("category", 0.92),
        ("basis", 0.98),
        ("family", 0.98),
        ("title", 0.95),
        ("edition", 0.95),
        ("conclusion agrees", 0.98),
    ] {
        assert!(scores[field].share() >= least, "{field}: {:.3}", scores[field].share());
    }
    for field in ["concepts", "body_parts", "sides"] {
        assert!(scores[field].f1() >= 0.92, "{field}: {:.3}", scores[field].f1());
    }
}
