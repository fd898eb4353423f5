//! Nothing is lost: several at once over one index, and an index that cannot be written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::Desk;
use common::whole::{answers, check, letters, tar_of};

#[test]
fn a_second_writer_of_any_kind_is_refused() {
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..10);
    desk.imr(["index", "letters.tar"]).ends_with(0);
    // Holds the lock while it waits for its letters.
    let start = || {
        let mut command = desk.command(["index", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut first = start();
    let started = Instant::now();
    loop {
        if first.try_wait().unwrap().is_some() {
            // The second had it at that moment.
            first = start();
        }
        let second = desk.imr(["index", "letters.tar"]);
        if second.code == 2 {
            assert!(second.stderr.contains("being written by another imr"), "{}", second.stderr);
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the first writer never took the lock");
    }
    for arguments in [&["remove", "CM16-9100001"][..], &["check", "--repair"], &["index", "letters.tar", "--rebuild"]] {
        let run = desk.imr(arguments).ends_with(2);
        assert!(run.stderr.contains("being written by another imr") && run.stderr.contains("wait"), "{}", run.stderr);
    }
    // Checking and searching go on.
    desk.imr(["check"]).ends_with(0);
    desk.imr(["search", "knee"]).ends_with(0);
    drop(first.stdin.take());
    first.wait().unwrap();
    desk.imr(["index", "letters.tar"]).ends_with(0);
    assert_eq!(letters(&desk, "imr-index"), 10);
}

#[test]
fn a_second_first_run_is_told_that_the_index_is_being_written() {
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..10);
    let mut first =
        desk.command(["index", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !desk.exists("imr-index/meta.json") {
        assert!(started.elapsed() < Duration::from_secs(60), "the first run never made its index");
        std::thread::sleep(Duration::from_millis(1));
    }
    // It has made its index, and takes the lock again for its letters.
    std::thread::sleep(Duration::from_millis(300));
    let second = desk.imr(["index", "letters.tar"]).ends_with(2);
    assert!(second.stderr.contains("being written by another imr") && second.stderr.contains("wait"), "{second:?}");
    let rebuild = desk.imr(["index", "letters.tar", "--rebuild"]).ends_with(2);
    assert!(rebuild.stderr.contains("being written by another imr"), "{rebuild:?}");
    // An index without letters answers: it has none.
    assert_eq!(letters(&desk, "imr-index"), 0);
    desk.imr(["search", "knee"]).ends_with(1);
    drop(first.stdin.take());
    first.wait().unwrap();
    desk.imr(["index", "letters.tar"]).ends_with(0);
    assert_eq!(letters(&desk, "imr-index"), 10);
}

#[test]
fn an_index_of_another_format_is_rebuilt_by_one_at_a_time() {
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..10);
    desk.imr(["index", "letters.tar"]).ends_with(0);
    let format = |number: u32| format!("\\\"format\\\":{number}");
    let meta = desk.read("imr-index/meta.json");
    let other = meta.replace(&format(imr::index::INDEX_FORMAT), &format(1));
    assert_ne!(meta, other);
    desk.write("imr-index/meta.json", other);
    let lock = imr::index::lock_for_writing(&desk.path("imr-index")).unwrap();
    let run = desk.imr(["index", "letters.tar", "--rebuild"]).ends_with(2);
    assert!(run.stderr.contains("being written by another imr"), "{run:?}");
    drop(lock);
    desk.imr(["index", "letters.tar", "--rebuild"]).ends_with(0);
    assert_eq!(letters(&desk, "imr-index"), 10);
    assert!(!desk.exists("imr-index.rebuild"));
}

#[test]
fn two_first_runs_at_once_make_one_whole_index() {
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..40);
    desk.imr(["index", "letters.tar", "--index", "clean"]).ends_with(0);
    let expected = answers(&desk, "clean");
    for round in 0..12 {
        let index = format!("index-{round}");
        let start = || {
            desk.command(["index", "letters.tar", "--index", &index])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let runs = [start(), start(), start()].map(|run| common::Run::from_output(run.wait_with_output().unwrap()));
        assert!(runs.iter().any(|run| run.code == 0), "{runs:?}");
        for run in &runs {
            assert!(run.code == 0 || run.code == 2 && run.stderr.contains("hint"), "{run:?}");
        }
        desk.imr(["index", "letters.tar", "--index", &index]).ends_with(0);
        assert_eq!(answers(&desk, &index), expected);
        assert_eq!(check(&desk, &index).1["state"], "whole");
    }
}

#[test]
fn readers_never_see_an_error_while_an_index_grows_and_is_rebuilt() {
    let desk = Desk::new();
    tar_of(&desk.path("few.tar"), 0..50);
    tar_of(&desk.path("letters.tar"), 0..1500);
    desk.imr(["index", "few.tar"]).ends_with(0);
    let (done, searches) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for arguments in [
                    &["search", "knee"][..],
                    &["show", "CM16-9100001"],
                    &["status"],
                    &["search", "--all", "--format", "jsonl", "norco"],
                ] {
                    let run = desk.imr(arguments);
                    if run.code != 0 {
                        return Err(format!("{arguments:?}: {}", run.stderr));
                    }
                    searches.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok(())
        });
        desk.imr(["index", "letters.tar", "--commit-every-bytes", "60000"]).ends_with(0);
        desk.imr(["index", "letters.tar", "--rebuild"]).ends_with(0);
        done.store(true, Ordering::Relaxed);
        reading.join().unwrap().unwrap();
    });
    println!("{} searches meanwhile", searches.load(Ordering::Relaxed));
    assert!(searches.load(Ordering::Relaxed) > 3);
    assert_eq!(check(&desk, "imr-index").1["state"], "whole");
}

/// What is read and what is refused where nothing can be written.
#[track_caller]
fn is_read_only(desk: &Desk, index: &Path) {
    let index = index.to_str().unwrap();
    let files = || {
        let mut files: Vec<_> = fs::read_dir(index)
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                (entry.file_name(), entry.metadata().unwrap().modified().unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let before = files();
    for arguments in [&["search", "knee"][..], &["show", "CM16-9100001"], &["status"], &["check"]] {
        let run = desk.imr(arguments.iter().chain(&["--index", index]));
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
    }
    for arguments in [
        &["index", "more.tar"][..],
        &["remove", "CM16-9100001"],
        &["check", "--repair"],
        &["index", "more.tar", "--rebuild"],
    ] {
        let run = desk.imr(arguments.iter().chain(&["--index", index]));
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stdout);
        assert!(
            run.stderr.contains("cannot write to") && run.stderr.contains("permissions"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    assert_eq!(files(), before);
}

#[test]
fn an_index_on_a_disk_that_cannot_be_written_is_read() {
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..10);
    tar_of(&desk.path("more.tar"), 0..20);
    desk.imr(["index", "letters.tar", "--index", "index"]).ends_with(0);
    // As it comes from a medium to which only what matters was copied.
    for lock in [".tantivy-writer.lock", ".tantivy-meta.lock"] {
        let _ = fs::remove_file(desk.path("index").join(lock));
    }
    let bind =
        |arguments: &[&str]| Command::new("mount").args(arguments).output().is_ok_and(|mount| mount.status.success());
    fs::create_dir(desk.path("mounted")).unwrap();
    let (index, mounted) = (desk.path("index"), desk.path("mounted"));
    if bind(&["--bind", index.to_str().unwrap(), mounted.to_str().unwrap()]) {
        let is_bound = bind(&["-o", "remount,ro,bind", mounted.to_str().unwrap()]);
        let outcome = std::panic::catch_unwind(|| {
            if is_bound {
                is_read_only(&desk, &mounted);
            }
        });
        assert!(Command::new("umount").arg(&mounted).status().unwrap().success());
        outcome.unwrap();
        assert!(is_bound);
        return;
    }
    let mode = |mode| fs::set_permissions(&index, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o555);
    if fs::write(index.join("probe"), "").is_ok() {
        fs::remove_file(index.join("probe")).unwrap();
        mode(0o755);
        eprintln!("skipped: this user writes everywhere and may not mount");
        return;
    }
    let outcome = std::panic::catch_unwind(|| is_read_only(&desk, &index));
    mode(0o755);
    outcome.unwrap();
}
