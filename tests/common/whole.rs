//! What the tests that nothing is lost share: invented letters in bulk, and everything an index answers.

use std::path::Path;

use serde_json::Value;

use super::letters::{Made, PLAIN, made_letter};
use super::{Desk, Run};

/// Numbers that look random and are the same in every run with the same seed.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

const ITEMS: [&str; 6] = [
    "MRI of the lumbar spine",
    "Norco 10/325mg #60",
    "Physical therapy, 6 visits, left knee",
    "Acupuncture x 8",
    "Lumbar pillow",
    "EMG/NCV of the upper extremities",
];

/// The case number of an invented letter.
pub fn case(number: usize) -> String {
    format!("CM16-{:07}", 9_100_000 + number)
}

/// An invented letter of one to three decisions.
pub fn invented(number: usize) -> String {
    let outcomes = ["Upheld", "Overturned"];
    let rationale = format!(
        "The worker had {} visits and pain of the knee grade {}. The request is not medically necessary.",
        number % 17,
        number % 10
    );
    let decisions: Vec<Made> = (0..=number % 3)
        .map(|place| Made {
            item: ITEMS[(number + place) % 6],
            outcome: outcomes[(number / 2 + place) % 2],
            rationale: &rationale,
            ..PLAIN
        })
        .collect();
    made_letter(&case(number), "02/03/2016", &decisions)
}

/// Writes a tar of invented letters.
pub fn tar_of(path: &Path, letters: std::ops::Range<usize>) {
    tar_of_texts(path, letters.map(|number| (case(number), invented(number))));
}

/// Writes a tar of letters with their names.
pub fn tar_of_texts(path: &Path, letters: impl Iterator<Item = (String, String)>) {
    let mut tar = tar::Builder::new(std::fs::File::create(path).expect("a file"));
    for (name, text) in letters {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{name}.txt"), text.as_bytes()).expect("a member");
    }
    tar.finish().expect("a tar");
}

/// Everything an index answers: all decisions by id, what is counted, and the hits of some questions in order.
#[derive(Debug, PartialEq)]
pub struct Answers {
    pub decisions: Vec<String>,
    pub counts: Vec<(String, String)>,
}

#[track_caller]
pub fn answers(desk: &Desk, index: &str) -> Answers {
    let all = desk.imr(["search", "--all", "--format", "jsonl", "--index", index]).ends_with(0);
    let mut decisions: Vec<String> = all
        .lines()
        .into_iter()
        .map(|mut hit| {
            // The place in the order and the score follow from the rest.
            for key in ["rank", "score"] {
                hit.as_object_mut().expect("a hit").remove(key);
            }
            format!("{} {hit}", hit["id"])
        })
        .collect();
    decisions.sort_unstable();
    let mut counts = Vec::new();
    for query in ["", "knee", "norco", "\"pain of the knee\"", "lumbar mri -pillow"] {
        let run = desk.imr([
            "search",
            "--format",
            "json",
            "--index",
            index,
            "--facet",
            "outcome",
            "--facet",
            "category",
            "--facet",
            "treatment",
            "--",
            query,
        ]);
        assert!(run.code < 2, "{}", run.stderr);
        let answer = run.json();
        counts.push((format!("{query}: {}", answer["total"]), answer["facets"].to_string()));
    }
    Answers { decisions, counts }
}

/// How many letters an index holds.
#[track_caller]
pub fn letters(desk: &Desk, index: &str) -> u64 {
    status(desk, index)["letters"].as_u64().expect("a count")
}

#[track_caller]
pub fn status(desk: &Desk, index: &str) -> Value {
    desk.imr(["status", "--format", "json", "--index", index]).ends_with(0).json()
}

/// What `imr check` says, whatever its end.
#[track_caller]
pub fn check(desk: &Desk, index: &str) -> (Run, Value) {
    let run = desk.imr(["check", "--format", "json", "--index", index]);
    let health = serde_json::from_str(&run.stdout).unwrap_or(Value::Null);
    (run, health)
}

/// Copies the files of an index.
pub fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
