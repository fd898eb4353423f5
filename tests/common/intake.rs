//! What the tests of reading share: letters to hand in, and the report compared line by line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Desk, sample_text, text};

/// A sample letter of two decisions, one upheld and one overturned.
pub const LETTER: &str = "CM16-9900007";
/// Another, of one decision, upheld.
pub const OTHER: &str = "CM16-9900140";

pub fn letter() -> Vec<u8> {
    sample_text(LETTER).into_bytes()
}

pub fn other() -> Vec<u8> {
    sample_text(OTHER).into_bytes()
}

/// One line of the report: where, how it ended, and the letter's id or the reason.
pub type Line = (String, String, String);

pub fn line(file: &str, status: &str, what: &str) -> Line {
    (file.to_owned(), status.to_owned(), what.to_owned())
}

pub fn lines_of(report: &[Value]) -> Vec<Line> {
    let (_, files) = report.split_last().expect("the sums stand last");
    files
        .iter()
        .map(|entry| {
            let place = match text(entry, "member") {
                "" => text(entry, "path").to_owned(),
                member => format!("{} » {member}", text(entry, "path")),
            };
            let what = if entry["status"] == "rejected" { text(entry, "reason") } else { text(entry, "letter") };
            line(&place, text(entry, "status"), what)
        })
        .collect()
}

/// The sums agree with the lines, and with themselves.
#[track_caller]
pub fn assert_counts_add_up(report: &[Value]) {
    let (sums, files) = report.split_last().expect("the sums stand last");
    let totals = &sums["totals"];
    let of = |key: &str| totals[key].as_u64().unwrap_or_else(|| panic!("no `{key}` in {totals}"));
    assert_eq!(of("files"), files.len() as u64, "one line for each file");
    assert_eq!(of("files"), of("indexed") + of("unchanged") + of("replaced") + of("rejected"));
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let mut decisions = [0, 0];
    for entry in files {
        let status = text(entry, "status");
        assert!(["indexed", "unchanged", "replaced", "rejected"].contains(&status), "{entry}");
        if status == "rejected" {
            *reasons.entry(text(entry, "reason")).or_default() += 1;
            assert!(!text(entry, "message").is_empty(), "a reason in words: {entry}");
        }
        for (sum, key) in decisions.iter_mut().zip(["upheld", "overturned"]) {
            *sum += entry[key].as_u64().unwrap_or(0);
        }
    }
    for status in ["indexed", "unchanged", "replaced", "rejected"] {
        let counted = files.iter().filter(|entry| entry["status"] == status).count() as u64;
        assert_eq!(of(status), counted, "{status}");
    }
    assert_eq!(totals["rejected_by_reason"], serde_json::to_value(reasons).unwrap());
    assert_eq!([of("upheld"), of("overturned")], decisions);
}

/// Indexes the paths on a desk and compares the report's lines and the exit code.
#[track_caller]
pub fn check_on(desk: &Desk, paths: &[&str], expected: &[Line], code: i32) {
    let (run, report) = desk.index(paths);
    assert_eq!(lines_of(&report), expected, "{}", run.stderr);
    assert_counts_add_up(&report);
    let rejected = expected.iter().filter(|(_, status, _)| status == "rejected").count();
    assert_eq!(run.stderr.lines().filter(|line| line.starts_with("rejected ")).count(), rejected, "{}", run.stderr);
    run.ends_with(code);
}

/// One file under a name of its own, beside a good letter: it is rejected for the reason, the good one is read. Named by
/// itself it makes the run end in an error, since somebody meant that very file.
#[track_caller]
pub fn is_rejected(name: &str, bytes: &[u8], reason: &str) {
    let desk = Desk::new();
    desk.write(&format!("letters/{name}"), bytes);
    desk.write("letters/zz.txt", letter());
    let place = format!("letters/{name}");
    let expected = [line(&place, "rejected", reason), line("letters/zz.txt", "indexed", LETTER)];
    check_on(&desk, &["letters"], &expected, 0);
    let expected = [line(&place, "rejected", reason), line("letters/zz.txt", "unchanged", "")];
    check_on(&desk, &[&place, "letters/zz.txt"], &expected, 2);
}

/// One file under a name of its own is read as the letter it holds.
#[track_caller]
pub fn is_read(name: &str, bytes: &[u8], id: &str) {
    let desk = Desk::new();
    desk.write(&format!("letters/{name}"), bytes);
    check_on(&desk, &["letters"], &[line(&format!("letters/{name}"), "indexed", id)], 0);
}
