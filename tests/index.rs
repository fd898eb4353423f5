//! The index follows the letters: nothing is read twice, nothing is lost, one letter stands once, and a killed run is
//! completed by the next.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use common::{Desk, Run, sample_pdf, sample_text, samples, text};
use imr::index::INDEX_FORMAT;
use serde_json::{Value, json};

const LETTER: &str = "CM16-9900007";

/// Indexed, unchanged, replaced, rejected.
#[track_caller]
fn assert_ends(report: &[Value], expected: [u64; 4]) {
    let totals = &report.last().expect("the sums")["totals"];
    let counts = ["indexed", "unchanged", "replaced", "rejected"].map(|key| totals[key].as_u64().unwrap());
    assert_eq!(counts, expected, "indexed, unchanged, replaced, rejected; of {report:#?}");
}

/// Letters and decisions the index holds.
#[track_caller]
fn holds(desk: &Desk) -> (u64, u64) {
    let status = desk.imr(["status", "--format", "json"]).ends_with(0).json();
    (status["letters"].as_u64().unwrap(), status["decisions"].as_u64().unwrap())
}

fn ids(run: &Run) -> Vec<String> {
    let answer = run.json();
    answer["hits"].as_array().unwrap().iter().map(|hit| text(hit, "id").to_owned()).collect()
}

fn search(desk: &Desk, query: &str) -> Run {
    desk.imr(["search", "--format", "json", "--no-collapse", "-n", "100", query])
}

#[test]
fn a_second_run_changes_nothing() {
    let desk = Desk::new();
    let letters = samples().join("text");
    let letters = letters.to_str().unwrap();
    let (run, report) = desk.index(&[letters]);
    let files = report.len() as u64 - 1;
    assert_ends(&report, [files, 0, 0, 0]);
    assert!(run.stdout.contains("88 decisions"), "{}", run.stdout);
    let before = holds(&desk);
    let (run, report) = desk.index(&[letters]);
    assert_ends(&report, [0, files, 0, 0]);
    assert_eq!(holds(&desk), before);
    assert!(run.stdout.contains(&format!("{files} unchanged")), "{}", run.stdout);
}

#[test]
fn the_counts_of_the_report_are_those_of_the_index() {
    let desk = Desk::new();
    let (_, report) = desk.index(&[samples().join("text").to_str().unwrap()]);
    let sums = report.last().unwrap();
    assert_eq!(sums["totals"]["upheld"], sums["index"]["upheld"]);
    assert_eq!(sums["totals"]["overturned"], sums["index"]["overturned"]);
    assert_eq!(sums["index"], json!({"letters": 31, "decisions": 88, "upheld": 63, "overturned": 25}));
}

#[test]
fn a_changed_letter_takes_the_place_of_the_old_one() {
    let desk = Desk::new();
    let old = sample_text(LETTER);
    desk.write("letters/a.txt", &old);
    desk.index(&["letters"]).0.ends_with(0);
    let before = holds(&desk);
    let last = "The request is not medically necessary.";
    assert!(old.contains("medically"));
    desk.write("letters/a.txt", format!("{}\nZymurgy was considered. {last}\n", old.trim_end()));
    let (_, report) = desk.index(&["letters"]);
    assert_ends(&report, [0, 0, 1, 0]);
    assert!(text(&report[0], "message").contains("letters/a.txt"), "{}", report[0]);
    assert_eq!(holds(&desk), before, "replaced, not added");
    assert_eq!(ids(&search(&desk, "zymurgy").ends_with(0)).len(), 1);
    let (_, report) = desk.index(&["letters"]);
    assert_ends(&report, [0, 1, 0, 0]);
}

#[test]
fn a_letter_that_lost_a_decision_leaves_none_behind() {
    let desk = Desk::new();
    let whole = sample_text("CM17-9900005");
    desk.write("a.txt", &whole);
    desk.index(&["a.txt"]).0.ends_with(0);
    assert_eq!(holds(&desk), (1, 4));
    let third = desk.imr(["show", "--format", "json", "CM17-9900005/3"]).ends_with(0).json();
    let item = text(&third["decisions"][0], "item").split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    desk.write("a.txt", &whole[..whole.rfind(&item).expect("the third item")]);
    let (_, report) = desk.index(&["a.txt"]);
    assert_ends(&report, [0, 0, 1, 0]);
    assert_eq!(holds(&desk), (1, 2));
    desk.imr(["show", "CM17-9900005/3"]).ends_with(1);
}

#[test]
fn the_same_file_under_two_names_is_one_letter() {
    let desk = Desk::new();
    desk.write("one/a.txt", sample_text(LETTER));
    desk.write("two/b.txt", sample_text(LETTER));
    let (_, report) = desk.index(&["one", "two"]);
    assert_ends(&report, [1, 1, 0, 0]);
    assert_eq!(holds(&desk), (1, 2));
    let (_, report) = desk.index(&["two", "one"]);
    assert_ends(&report, [0, 2, 0, 0]);
}

#[test]
fn pdf_and_text_of_a_letter_are_one_and_stay_so() {
    let desk = Desk::new();
    desk.write("letters/a.txt", sample_text(LETTER));
    desk.write("letters/b.pdf", sample_pdf(LETTER));
    let (_, report) = desk.index(&["letters"]);
    assert_ends(&report, [1, 0, 1, 0]);
    assert!(text(&report[1], "message").contains("letters/a.txt"), "{}", report[1]);
    assert_eq!(holds(&desk), (1, 2));
    for _ in 0..2 {
        let (_, report) = desk.index(&["letters"]);
        assert_ends(&report, [0, 2, 0, 0]);
    }
    // Given alone, neither pushes the other out.
    for file in ["letters/a.txt", "letters/b.pdf", "letters/a.txt"] {
        let (_, report) = desk.index(&[file]);
        assert_ends(&report, [0, 1, 0, 0]);
    }
}

#[test]
fn all_samples_as_text_and_pdf_are_each_one_letter() {
    let desk = Desk::new();
    let letters = samples();
    let paths = [letters.join("text"), letters.join("pdf")].map(|path| path.to_str().unwrap().to_owned());
    let paths = [paths[0].as_str(), paths[1].as_str()];
    let (_, report) = desk.index(&paths);
    assert_ends(&report, [31, 0, 18, 0]);
    assert_eq!(holds(&desk), (31, 88));
    let (_, report) = desk.index(&paths);
    assert_ends(&report, [0, 49, 0, 0]);
}

#[test]
fn letters_without_case_number_that_share_a_file_name_are_both_kept() {
    let desk = Desk::new();
    desk.write("north/scan.txt", sample_text("letter-neck-2014"));
    desk.write("south/scan.txt", sample_text("letter-opioid-2015"));
    let (_, report) = desk.index(&["north", "south"]);
    assert_ends(&report, [2, 0, 0, 0]);
    assert_ne!(text(&report[0], "letter"), text(&report[1], "letter"));
    assert_eq!(holds(&desk), (2, 4));
    for paths in [["north", "south"], ["south", "north"]] {
        let (_, report) = desk.index(&paths);
        assert_ends(&report, [0, 2, 0, 0]);
    }
    // Each is found under the id the report gave it.
    for entry in &report[..2] {
        desk.imr(["show", text(entry, "letter")]).ends_with(0);
    }
}

#[test]
fn a_changed_letter_that_shares_its_file_name_replaces_only_itself() {
    let desk = Desk::new();
    desk.write("north/scan.txt", sample_text("letter-neck-2014"));
    desk.write("south/scan.txt", sample_text("letter-opioid-2015"));
    desk.index(&["north", "south"]).0.ends_with(0);
    let changed = format!("{}\nZymurgy was considered.\n", sample_text("letter-opioid-2015").trim_end());
    desk.write("south/scan.txt", changed);
    let (_, report) = desk.index(&["north", "south"]);
    assert_ends(&report, [0, 1, 1, 0]);
    assert_eq!(holds(&desk), (2, 4));
}

#[test]
fn removed_letters_are_gone_and_come_back_when_indexed_again() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.write("b.txt", sample_text("CM16-9900140"));
    desk.index(&["a.txt", "b.txt"]).0.ends_with(0);
    let run = desk.imr(["remove", LETTER]).ends_with(0);
    assert!(run.stdout.contains(LETTER) && run.stdout.contains("2 decisions"), "{}", run.stdout);
    assert_eq!(holds(&desk), (1, 1));
    desk.imr(["show", LETTER]).ends_with(1);
    let run = desk.imr(["remove", LETTER]).ends_with(1);
    assert!(run.stderr.contains(LETTER), "{}", run.stderr);
    let (_, report) = desk.index(&["a.txt", "b.txt"]);
    assert_ends(&report, [1, 1, 0, 0]);
    assert_eq!(holds(&desk), (2, 3));
    desk.imr(["remove", "cm16-9900007"]).ends_with(0);
    assert_eq!(holds(&desk), (1, 1), "capitals do not matter");
    desk.imr(["remove", "CM16-9900140", "CM99-0000000"]).ends_with(1);
    assert_eq!(holds(&desk), (0, 0), "those that are there go");
    search(&desk, "pain").ends_with(1);
}

#[test]
fn rebuild_starts_over() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.write("b.txt", sample_text("CM16-9900140"));
    desk.index(&["a.txt"]).0.ends_with(0);
    let run = desk.imr(["index", "--rebuild", "--report", "report.jsonl", "b.txt"]).ends_with(0);
    assert!(run.stdout.contains("1 indexed"), "{}", run.stdout);
    assert_eq!(holds(&desk), (1, 1));
    desk.imr(["show", LETTER]).ends_with(1);
    // Also where there was none, and without leaving anything beside it.
    let fresh = Desk::new();
    fresh.write("a.txt", sample_text(LETTER));
    fresh.imr(["index", "--rebuild", "a.txt"]).ends_with(0);
    assert_eq!(holds(&fresh), (1, 2));
    for desk in [&desk, &fresh] {
        let names: Vec<String> = fs::read_dir(desk.path("."))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("imr-index"))
            .collect();
        assert_eq!(names, ["imr-index"]);
    }
}

/// Makes the index one of another version.
fn tamper_with_format(desk: &Desk) {
    let meta = desk.read("imr-index/meta.json");
    let ours = format!(r#"{{\"format\":{INDEX_FORMAT},"#);
    assert!(meta.contains(&ours), "the note of a commit begins with its format");
    let tampered = meta.replacen(&ours, r#"{\"format\":999,"#, 1);
    desk.write("imr-index/meta.json", tampered);
}

#[test]
fn an_index_of_another_format_is_refused_with_the_command_that_rebuilds_it() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.index(&["a.txt"]).0.ends_with(0);
    tamper_with_format(&desk);
    for arguments in [vec!["search", "pain"], vec!["status"], vec!["index", "a.txt"], vec!["remove", LETTER]] {
        let run = desk.imr(&arguments).ends_with(2);
        assert!(run.stderr.contains("format 999") && run.stderr.contains("--rebuild"), "{arguments:?}: {}", run.stderr);
    }
    desk.imr(["index", "--rebuild", "a.txt"]).ends_with(0);
    assert_eq!(holds(&desk), (1, 2));
}

#[test]
fn a_broken_index_says_so_and_can_be_rebuilt() {
    for broken in ["{ no json", "", "{}"] {
        let desk = Desk::new();
        desk.write("a.txt", sample_text(LETTER));
        desk.index(&["a.txt"]).0.ends_with(0);
        desk.write("imr-index/meta.json", broken);
        let run = search(&desk, "pain").ends_with(2);
        assert!(run.stderr.contains("imr check"), "{broken:?}: {}", run.stderr);
        desk.imr(["index", "--rebuild", "a.txt"]).ends_with(0);
        assert_eq!(holds(&desk), (1, 2), "{broken:?}");
    }
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.write("mine/thesis.txt", "years of work");
    for rebuild in [&["index", "--index", "mine", "a.txt"][..], &["index", "--index", "mine", "--rebuild", "a.txt"]] {
        let run = desk.imr(rebuild).ends_with(2);
        assert!(run.stderr.contains("`mine`") && run.stderr.contains("hint"), "{}", run.stderr);
        assert_eq!(desk.read("mine/thesis.txt"), "years of work");
        assert_eq!(fs::read_dir(desk.path("mine")).unwrap().count(), 1, "nothing was added");
    }
    // A file where the folder should be.
    desk.write("file", "x");
    let run = desk.imr(["index", "--index", "file", "a.txt"]).ends_with(2);
    assert!(run.stderr.contains("`file`"), "{}", run.stderr);
}

#[test]
fn a_second_writer_is_told_to_wait_and_readers_go_on() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.write("b.txt", sample_text("CM16-9900140"));
    desk.index(&["a.txt"]).0.ends_with(0);
    // The first writer waits for the rest of its letter. Its lock is a file that the run before left behind unlocked.
    fs::remove_file(desk.path("imr-index/.tantivy-writer.lock")).unwrap();
    let mut first = desk.command(["index", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let waited = Instant::now();
    while !desk.exists("imr-index/.tantivy-writer.lock") {
        assert!(waited.elapsed() < Duration::from_secs(20), "the first writer never took the lock");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(100));
    let refused = desk.imr(["index", "b.txt"]).ends_with(2);
    assert!(refused.stderr.contains("being written by another imr"), "{}", refused.stderr);
    assert!(refused.stderr.contains("wait"), "{}", refused.stderr);
    let run = desk.imr(["index", "--rebuild", "b.txt"]).ends_with(2);
    assert!(run.stderr.contains("being written by another imr"), "{}", run.stderr);
    let run = desk.imr(["remove", LETTER]).ends_with(2);
    assert!(run.stderr.contains("being written by another imr"), "{}", run.stderr);
    search(&desk, "pain").ends_with(0);
    let mut input = first.stdin.take().unwrap();
    input.write_all(sample_text("CM17-9900005").as_bytes()).unwrap();
    drop(input);
    assert!(first.wait().unwrap().success());
    desk.imr(["show", "CM17-9900005"]).ends_with(0);
}

/// So many different letters that building the index takes a while.
fn many_letters(desk: &Desk, copies: usize) -> (u64, u64) {
    let sample = sample_text("CM15-9900012");
    for copy in 0..copies {
        let case = format!("CM15-99{copy:05}");
        desk.write(&format!("many/{case}.txt"), sample.replace("CM15-9900012", &case));
    }
    (copies as u64, copies as u64 * 21)
}

#[test]
fn a_build_killed_at_any_moment_is_completed_by_the_next() {
    let desk = Desk::new();
    let whole = many_letters(&desk, 150);
    desk.write("a.txt", sample_text(LETTER));
    let started = Instant::now();
    desk.imr(["index", "--index", "measured", "many"]).ends_with(0);
    let duration = started.elapsed();
    for part in [0, 1, 2, 4, 6, 8, 9, 10, 11] {
        let mut child = desk.command(["index", "many"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(duration * part / 12);
        child.kill().unwrap();
        child.wait().unwrap();
        if desk.exists("imr-index/meta.json") {
            let (letters, decisions) = holds(&desk);
            let expected = if letters % whole.0 == 0 { letters * 21 } else { (letters - 1) * 21 + 2 };
            assert!(letters <= whole.0 + 1 && decisions == expected, "whole letters only: {letters}, {decisions}");
            assert!([0, 1].contains(&search(&desk, "lumbar").code));
        }
        // What was committed before is never lost.
        desk.imr(["index", "a.txt"]).ends_with(0);
        desk.imr(["show", LETTER]).ends_with(0);
    }
    let (_, report) = desk.index(&["many"]);
    let totals = &report.last().unwrap()["totals"];
    assert_eq!(totals["indexed"].as_u64().unwrap() + totals["unchanged"].as_u64().unwrap(), whole.0);
    assert_eq!(holds(&desk), (whole.0 + 1, whole.1 + 2));
    desk.imr(["index", "many"]).ends_with(0);
    assert_eq!(holds(&desk), (whole.0 + 1, whole.1 + 2));
}

#[test]
fn a_rebuild_killed_at_any_moment_leaves_the_old_index_or_the_new() {
    let desk = Desk::new();
    let whole = many_letters(&desk, 60);
    desk.write("a.txt", sample_text(LETTER));
    desk.index(&["a.txt"]).0.ends_with(0);
    let started = Instant::now();
    desk.imr(["index", "--index", "measured", "many"]).ends_with(0);
    let duration = started.elapsed();
    for part in [1, 3, 5, 7] {
        let mut child =
            desk.command(["index", "--rebuild", "many"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(duration * part / 10);
        child.kill().unwrap();
        child.wait().unwrap();
        let held = holds(&desk);
        assert!(held == (1, 2) || held == whole, "{held:?}");
    }
    desk.imr(["index", "--rebuild", "many"]).ends_with(0);
    assert_eq!(holds(&desk), whole);
}

fn state_of(folder: &Path) -> Vec<(String, u64, SystemTime)> {
    let mut state: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            (entry.file_name().into_string().unwrap(), metadata.len(), metadata.modified().unwrap())
        })
        .collect();
    state.sort();
    state
}

#[test]
fn reading_changes_no_file_of_the_index() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.index(&["a.txt"]).0.ends_with(0);
    let before = state_of(&desk.path("imr-index"));
    search(&desk, "pain OR therapy").ends_with(0);
    desk.imr(["show", LETTER]).ends_with(0);
    desk.imr(["status"]).ends_with(0);
    assert_eq!(state_of(&desk.path("imr-index")), before);
}

#[cfg(unix)]
#[test]
fn an_index_that_cannot_be_written_can_still_be_searched() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.index(&["a.txt"]).0.ends_with(0);
    // Read-only by its rights; a run as root is above those, and `reading_changes_no_file_of_the_index` covers it.
    let folder = desk.path("imr-index");
    let lock = |folder_mode, file_mode| {
        for entry in fs::read_dir(&folder).unwrap() {
            fs::set_permissions(entry.unwrap().path(), fs::Permissions::from_mode(file_mode)).unwrap();
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(folder_mode)).unwrap();
    };
    lock(0o555, 0o444);
    let runs = [search(&desk, "pain OR therapy"), desk.imr(["show", LETTER]), desk.imr(["status"])];
    lock(0o755, 0o644);
    for run in runs {
        run.ends_with(0);
    }
}

#[test]
fn the_index_is_named_by_option_then_environment_then_usage() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    desk.imr(["index", "a.txt"]).ends_with(0);
    assert!(desk.exists("imr-index/meta.json"));
    Run::of(desk.command(["index", "a.txt"]).env("IMR_INDEX", "by-environment")).ends_with(0);
    assert!(desk.exists("by-environment/meta.json"));
    Run::of(desk.command(["index", "--index", "by-option", "a.txt"]).env("IMR_INDEX", "unused")).ends_with(0);
    assert!(desk.exists("by-option/meta.json") && !desk.exists("unused"));
    // The option may stand before the command or after it.
    desk.imr(["--index", "by-option", "status"]).ends_with(0);
    desk.imr(["status", "--index", "by-option"]).ends_with(0);
}

#[test]
fn searching_without_an_index_explains_what_to_do() {
    let desk = Desk::new();
    for arguments in [vec!["search", "pain"], vec!["status"], vec!["show", LETTER], vec!["remove", LETTER]] {
        let run = desk.imr(&arguments).ends_with(2);
        assert!(run.stderr.contains("there is no index in `imr-index`"), "{}", run.stderr);
        assert!(run.stderr.contains("imr index"), "the next step: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    assert!(!desk.exists("imr-index"), "asking makes no index");
}

#[test]
fn one_command_answers_on_a_fresh_machine() {
    let desk = Desk::new();
    let letters = samples().join("text");
    let run =
        desk.imr(["search", "--letters", letters.to_str().unwrap(), "--format", "json", "lumbar mri"]).ends_with(0);
    assert!(ids(&run).contains(&"CM13-9900031/1".to_owned()));
    assert!(run.stderr.contains("31 indexed"), "{}", run.stderr);
    let run =
        desk.imr(["search", "--letters", letters.to_str().unwrap(), "--format", "json", "lumbar mri"]).ends_with(0);
    assert!(run.stderr.contains("31 unchanged"), "{}", run.stderr);
    let run = desk.imr(["search", "--letters", letters.to_str().unwrap(), "lumbar mri"]).ends_with(0);
    assert!(run.stdout.contains("CM13-9900031/1"), "words after a path are the question: {}", run.stdout);
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_the_work() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    let run = desk.imr(["index", "--report", "absent/report.jsonl", "a.txt"]).ends_with(2);
    assert!(run.stderr.contains("absent/report.jsonl") && run.stderr.contains("hint"), "{}", run.stderr);
    assert!(!desk.exists("imr-index"));
}

#[test]
fn a_run_in_a_pipe_is_silent_but_for_its_sums() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text(LETTER));
    let run = desk.imr(["index", "a.txt"]).ends_with(0);
    assert_eq!(run.stderr, "", "no progress where nobody looks");
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\r'), "{:?}", run.stdout);
    assert!(run.stdout.contains("1 file: 1 indexed, 0 unchanged, 0 replaced, 0 rejected"), "{}", run.stdout);
    assert!(run.stdout.contains("1 letter, 2 decisions: 1 upheld, 1 overturned"), "{}", run.stdout);
}
