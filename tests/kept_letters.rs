//! No letter is lost: not to a rebuild, a name, a copy or a mistyped path.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;

use common::{Desk, sample_text, text};

/// A sample letter without a case number, of which the file's name is the id.
const NAMELESS: &str = "letter-neck-2014";

fn decisions(desk: &Desk) -> u64 {
    desk.imr(["status", "--format", "json"]).ends_with(0).json()["decisions"].as_u64().unwrap()
}

fn letters(desk: &Desk) -> u64 {
    desk.imr(["status", "--format", "json"]).ends_with(0).json()["letters"].as_u64().unwrap()
}

#[test]
fn a_rebuild_from_a_folder_without_letters_leaves_the_old_index() {
    let desk = Desk::new();
    desk.write("letters/a.txt", sample_text("CM16-9900007"));
    desk.imr(["index", "letters"]).ends_with(0);
    let before = decisions(&desk);
    fs::create_dir(desk.path("empty")).unwrap();
    let run = desk.imr(["index", "empty", "--rebuild"]).ends_with(2);
    assert!(run.stderr.contains("the old index stays"), "{}", run.stderr);
    assert_eq!(decisions(&desk), before);
}

#[test]
fn a_rebuild_works_in_the_folder_one_stands_in_through_a_link_and_beside_other_files() {
    let desk = Desk::new();
    desk.write("letters/a.txt", sample_text("CM16-9900007"));
    desk.imr(["index", "letters"]).ends_with(0);
    desk.write("imr-index/notes.txt", "mine");
    std::os::unix::fs::symlink(desk.path("imr-index"), desk.path("link")).unwrap();
    for index in ["imr-index", "link", "imr-index/"] {
        desk.imr(["index", "letters", "--rebuild", "--index", index]).ends_with(0);
        assert_eq!(letters(&desk), 1, "{index}");
    }
    let mut inside = desk.command(["index", "../letters", "--rebuild", "--index", "."]);
    inside.current_dir(desk.path("imr-index"));
    common::Run::of(&mut inside).ends_with(0);
    assert_eq!(letters(&desk), 1);
    assert_eq!(desk.read("imr-index/notes.txt"), "mine");
}

#[test]
fn a_damaged_index_is_rebuilt_as_the_hint_says() {
    let desk = Desk::new();
    desk.write("letters/a.txt", sample_text("CM16-9900007"));
    desk.imr(["index", "letters"]).ends_with(0);
    for damaged in ["meta.json", ".managed.json"] {
        desk.write(&format!("imr-index/{damaged}"), "{");
        desk.imr(["index", "letters", "--rebuild"]).ends_with(0);
        assert_eq!(letters(&desk), 1, "{damaged}");
    }
}

#[test]
fn nameless_letters_of_one_name_are_all_kept() {
    let desk = Desk::new();
    let letter = sample_text(NAMELESS);
    // Three letters that decide different items, in names that differ by case or not at all.
    for (place, item) in [("a/Smith.txt", "A cane"), ("b/smith.txt", "A walker"), ("c/smith.txt", "A brace")] {
        let body = letter.find("set forth below:").unwrap() + "set forth below:".len();
        let other = format!(
            "{}\n\n{item}: Upheld\n\nClaims Administrator guideline: The Claims Administrator did not cite any medical \
             evidence for its decision.\n\nMAXIMUS guideline: Decision based on MTUS ACOEM.\n\nDecision rationale: None was \
             asked for.\n",
            &letter[..body].replace("\n\n", "\n")
        );
        desk.write(&format!("letters/{place}"), other);
    }
    let (_, entries) = desk.index(&["letters"]);
    assert!(entries[..3].iter().all(|entry| text(entry, "status") == "indexed"), "{entries:?}");
    assert_eq!(letters(&desk), 3);
    let (_, again) = desk.index(&["letters"]);
    assert!(again[..3].iter().all(|entry| text(entry, "status") == "unchanged"), "{again:?}");
}

#[test]
fn a_copy_of_an_old_version_does_not_come_back() {
    let desk = Desk::new();
    let old = sample_text("CM16-9900007");
    desk.write("letters/a.txt", &old);
    desk.write("letters/b.txt", &old);
    desk.imr(["index", "letters"]).ends_with(0);
    desk.write("letters/a.txt", old.replace("medically necessary", "medically  necessary, as corrected"));
    let (_, entries) = desk.index(&["letters"]);
    assert_eq!(text(&entries[0], "status"), "replaced");
    for _ in 0..2 {
        let (_, entries) = desk.index(&["letters"]);
        assert!(entries[..2].iter().all(|entry| text(entry, "status") == "unchanged"), "{entries:?}");
        let shown = desk.imr(["show", "CM16-9900007"]).ends_with(0);
        assert!(shown.stdout.contains("corrected"), "{}", shown.stdout);
    }
    // The file itself may go back to what it held.
    fs::remove_file(desk.path("letters/b.txt")).unwrap();
    desk.write("letters/a.txt", &old);
    let (_, entries) = desk.index(&["letters"]);
    assert_eq!(text(&entries[0], "status"), "replaced");
}

#[test]
fn a_mistyped_folder_makes_no_index() {
    let desk = Desk::new();
    let run = desk.imr(["index", "leters"]).ends_with(2);
    assert!(run.stderr.contains("`leters`") && run.stderr.contains("hint"), "{}", run.stderr);
    assert!(!desk.exists("imr-index"));
}

#[test]
fn a_report_is_never_written_over_a_letter() {
    let desk = Desk::new();
    let letter = sample_text("CM16-9900007");
    desk.write("a.txt", &letter);
    desk.imr(["index", "a.txt", "--report", "a.txt"]).ends_with(2);
    assert_eq!(desk.read("a.txt"), letter);
}
