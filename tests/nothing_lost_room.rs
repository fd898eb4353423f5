//! Nothing is lost: a full disk, too little memory, files that cannot be read, and files that change while they are read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use common::whole::{answers, case, check, invented, letters, tar_of};
use common::{Desk, Run, json_lines, sample_text, text};

/// Runs the program under limits set by a line of shell.
fn under(desk: &Desk, limits: &str, arguments: &[&str]) -> Run {
    let script = format!("{limits}; exec timeout 120 \"$0\" \"$@\"");
    let mut command = Command::new("bash");
    command
        .args(["-c", &script, env!("CARGO_BIN_EXE_imr")])
        .args(arguments)
        .current_dir(desk.path(""))
        .env("NO_COLOR", "1");
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Half of the letters are committed, then the rest is tried under these limits; gives the desk and how it ended.
fn half_done() -> Desk {
    let desk = Desk::new();
    tar_of(&desk.path("half.tar"), 0..200);
    tar_of(&desk.path("all.tar"), 0..400);
    desk.imr(["index", "half.tar", "--index", "half"]).ends_with(0);
    desk.imr(["index", "all.tar", "--index", "clean"]).ends_with(0);
    desk
}

#[track_caller]
fn is_completed(desk: &Desk, index: &str, what: &str) {
    assert!(letters(desk, index) >= 200, "{what}");
    let (run, health) = check(desk, index);
    assert_eq!(health["state"], "whole", "{what}: {}", run.stdout);
    desk.imr(["index", "all.tar", "--index", index]).ends_with(0);
    assert_eq!(answers(desk, index), answers(desk, "clean"), "{what}");
    desk.imr(["check", "--index", index]).ends_with(0);
}

#[test]
fn a_full_disk_is_named_and_costs_nothing_committed() {
    let desk = half_done();
    let biggest =
        fs::read_dir(desk.path("clean")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).max().unwrap();
    let mut failed = 0;
    // Units of 1024 bytes: from nothing at all to where only the merge at the end finds no room.
    for part in [0, 3, 30, 60, 90, 99] {
        let index = format!("full-{part}");
        common::whole::copy(&desk.path("half"), &desk.path(&index));
        let blocks = biggest * part / 100 / 1024;
        let limits = format!("trap '' XFSZ; ulimit -f {blocks}");
        let run = under(&desk, &limits, &["index", "all.tar", "--index", &index, "--commit-every-bytes", "100000"]);
        assert!(run.code == 0 || run.code == 2, "{part}: {} {}", run.code, run.stderr);
        if run.code == 2 {
            failed += 1;
            assert!(run.stderr.contains("room") || run.stderr.contains("space"), "{part}: {}", run.stderr);
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
        is_completed(&desk, &index, &format!("{part} of 100: {}", run.stderr));
    }
    assert!(failed >= 4, "the limit was too wide to test anything: {failed}");
}

#[test]
fn a_small_disk_that_is_really_full() {
    let desk = half_done();
    fs::create_dir(desk.path("disk")).unwrap();
    // What the first half takes, and not enough for the second.
    let room: u64 =
        fs::read_dir(desk.path("half")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len() + 4096).sum();
    let room = room + 60_000;
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", &format!("size={room}"), "tmpfs"])
        .arg(desk.path("disk"))
        .output();
    if !mount.is_ok_and(|mount| mount.status.success()) {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    }
    common::whole::copy(&desk.path("half"), &desk.path("disk/index"));
    let run = under(&desk, "true", &["index", "all.tar", "--index", "disk/index", "--commit-every-bytes", "100000"]);
    let report = under(&desk, "true", &["index", "all.tar", "--index", "elsewhere", "--report", "disk/report.jsonl"]);
    let held = letters(&desk, "disk/index");
    let (_, health) = check(&desk, "disk/index");
    common::whole::copy(&desk.path("disk/index"), &desk.path("moved"));
    let unmounted = Command::new("umount").arg(desk.path("disk")).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("No space left") && run.stderr.contains("make room"), "{}", run.stderr);
    assert!(held >= 200);
    assert_eq!(health["state"], "whole");
    assert!(report.code == 0 || report.stderr.contains("report"), "{}", report.stderr);
    is_completed(&desk, "moved", "a full disk");
}

#[test]
fn a_report_that_finds_no_room_says_so_and_the_letters_are_indexed() {
    let desk = half_done();
    let run = under(&desk, "true", &["index", "all.tar", "--index", "index", "--report", "/dev/full"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("report") && run.stderr.contains("/dev/full"), "{}", run.stderr);
    desk.imr(["index", "all.tar", "--index", "index"]).ends_with(0);
    assert_eq!(answers(&desk, "index"), answers(&desk, "clean"));
}

#[test]
fn too_little_memory_costs_nothing_committed() {
    let desk = half_done();
    for mebibytes in [40, 90, 160, 260] {
        let index = format!("memory-{mebibytes}");
        common::whole::copy(&desk.path("half"), &desk.path(&index));
        let limits = format!("ulimit -v {}; ulimit -c 0", mebibytes * 1024);
        let run = under(&desk, &limits, &["index", "all.tar", "--index", &index, "--commit-every-bytes", "100000"]);
        assert_ne!(run.code, 124, "{mebibytes} MiB: hangs: {}", run.stderr);
        is_completed(&desk, &index, &format!("{mebibytes} MiB: {} {}", run.code, run.stderr));
    }
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_others_indexed() {
    let desk = Desk::new();
    desk.write("letters/good.txt", invented(1));
    // Reading the first byte of a process's memory fails as a broken disk does.
    std::os::unix::fs::symlink("/proc/self/mem", desk.path("letters/broken.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere.txt", desk.path("letters/dangling.txt")).unwrap();
    std::os::unix::fs::symlink("loop.txt", desk.path("letters/loop.txt")).unwrap();
    let (run, report) = desk.index(&["letters"]);
    run.ends_with(0);
    let reasons: Vec<(&str, &str)> =
        report.iter().map(|entry| (text(entry, "status"), text(entry, "reason"))).collect();
    assert_eq!(reasons[..4].iter().filter(|reason| **reason == ("rejected", "unreadable")).count(), 3, "{report:#?}");
    assert_eq!(letters(&desk, "imr-index"), 1);
    fs::remove_file(desk.path("letters/broken.txt")).unwrap();
    desk.write("letters/broken.txt", invented(2));
    desk.imr(["index", "letters"]).ends_with(0);
    assert_eq!(letters(&desk, "imr-index"), 2);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_one_version_or_none() {
    let desk = Desk::new();
    // Long, so that reading takes several steps.
    let version = |word: &str| {
        let long = format!("{word} ").repeat(60_000);
        invented(1).replace("The worker was hurt at work.", &format!("The worker was hurt at work. {long}"))
    };
    let path = desk.write("letters/a.txt", version("apple"));
    let done = AtomicBool::new(false);
    let mut rejected = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0_usize.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                fs::write(&path, version(["banana", "cherry", "plum"][round % 3])).unwrap();
            }
        });
        for _ in 0..12 {
            let (run, report) = desk.index(&["letters"]);
            assert!(run.code < 2, "{}", run.stderr);
            rejected += report.iter().filter(|entry| text(entry, "message").contains("changed while")).count();
            let shown = desk.imr(["show", "--format", "json", &case(1)]);
            let Some(letter) = json_lines(&shown.stdout).pop() else { continue };
            let summary = text(&letter, "summary").to_owned();
            let words: Vec<&str> =
                ["apple", "banana", "cherry", "plum"].into_iter().filter(|word| summary.contains(word)).collect();
            let whole = words.len() == 1 && summary.matches(words[0]).count() == 60_000;
            // A file cut short at the moment it was opened is read as it was then.
            assert!(whole || summary.len() < 300, "a mixture of {words:?}, {} bytes", summary.len());
        }
        done.store(true, Ordering::Relaxed);
    });
    println!("{rejected} of 12 runs found that the file changed");
    desk.write("letters/a.txt", sample_text("CM16-9900007"));
    let (_, report) = desk.index(&["letters"]);
    assert_eq!(text(&report[0], "status"), "indexed");
}
