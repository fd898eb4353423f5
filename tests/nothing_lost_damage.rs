//! Nothing is lost: whatever file of an index is cut off or has a flipped bit, no command panics or hangs, `imr check`
//! says what is damaged, its repair leaves an index that opens, and indexing again gives what a clean build gives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::whole::{Answers, Numbers, answers, check, copy, invented, tar_of};
use common::{Desk, Run};
use imr::index::memory::Memory;
use imr::index::open_or_create;
use imr::index::writer::LetterWriter;
use imr::ingest::{Options, Pace, ingest};

/// Longer than any of these commands takes on the slowest machine.
const HANGS: Duration = Duration::from_secs(120);

/// Less than all of the letters have, so that there are several segments, and the last letters share one with what is
/// removed again.
const COMMIT_BYTES: u64 = 50_000;

/// Runs a command that must end by itself, not by a signal.
#[track_caller]
fn ends(desk: &Desk, arguments: &[&str]) -> Run {
    let mut child = desk.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = std::thread::spawn(move || {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut out, &mut text).map(|_| text)
    });
    let err = std::thread::spawn(move || {
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut err, &mut text).map(|_| text)
    });
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > HANGS {
            child.kill().unwrap();
            panic!("{arguments:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let run = Run {
        code: status.code().unwrap_or(-1),
        stdout: text(out.join().unwrap().unwrap()),
        stderr: text(err.join().unwrap().unwrap()),
    };
    assert!((0..=2).contains(&run.code), "{arguments:?}: {status}\n{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{arguments:?}: {}", run.stderr);
    run
}

/// An index in `good` as a run that was killed leaves it: several segments, letters that were replaced and removed since.
/// Every kind of file is there.
fn desk() -> (Desk, Answers) {
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..60);
    desk.write("first/a.txt", invented(3).replace("grade", "degree"));
    desk.write("first/b.txt", invented(90));
    let mut writer = LetterWriter::new(open_or_create(&desk.path("good")).unwrap(), 1, Memory::default()).unwrap();
    let mut ingest = |paths: &str, pace| {
        let options = Options { pace, ..Options::default() };
        ingest(&[desk.path(paths)], &mut writer, &options, &mut |_, _| {}).unwrap();
    };
    ingest("first/a.txt", Pace::Usual);
    ingest("letters.tar", Pace::Bytes(COMMIT_BYTES));
    ingest("first/b.txt", Pace::Usual);
    writer.commit().unwrap();
    assert!(writer.remove(&common::whole::case(90)).unwrap() > 0);
    writer.commit().unwrap();
    drop(writer);
    desk.imr(["index", "letters.tar", "--index", "clean"]).ends_with(0);
    let clean = answers(&desk, "clean");
    assert_eq!(answers(&desk, "good"), clean);
    assert!(files(&desk).iter().any(|file| file.extension().is_some_and(|ending| ending == "del")));
    (desk, clean)
}

/// Whether somebody asked for every file and every kind of damage.
fn every_file() -> bool {
    std::env::var_os("IMR_EVERY_FILE").is_some()
}

fn files(desk: &Desk) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(desk.path("good")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.metadata().unwrap().len() > 0);
    files.sort_by_key(|file| std::cmp::Reverse(file.metadata().unwrap().len()));
    if !every_file() {
        // The largest of each kind, where nobody asks for all.
        let mut kinds = std::collections::HashSet::new();
        files.retain(|file| {
            kinds.insert(file.extension().map_or_else(|| file.clone(), PathBuf::from))
                || file.ends_with(".managed.json")
                || file.ends_with("meta.json")
        });
    }
    files
}

/// Whether a file is one of those that say what the index is.
fn is_list(name: &str) -> bool {
    name.contains("meta.json") || name.contains(".managed.json")
}

/// One damaged index through all commands, the repair, and the run that completes it.
#[track_caller]
fn survives(desk: &Desk, clean: &Answers, what: &str, is_list: bool) {
    for arguments in [
        &["status"][..],
        &["search", "knee"],
        &["search", "--format", "json", "\"pain of the knee\" norco*"],
        &["show", "CM16-9100005"],
        &["search", "--all", "--format", "jsonl"],
    ] {
        let run = ends(desk, &[arguments, &["--index", "index"]].concat());
        if run.code == 2 {
            assert!(run.stderr.contains("imr check --index index"), "{what}: {arguments:?}: {}", run.stderr);
        }
    }
    let (run, health) = check(desk, "index");
    if health["state"] == "whole" {
        // The lists have no checksum: what they say is compared with the files. What is left over says nothing that matters.
        assert!(is_list, "{what}: not noticed\n{}", run.stdout);
        assert_eq!(&answers(desk, "index"), clean, "{what}");
        return;
    }
    assert_eq!(run.code, 2, "{what}: {}\n{}", run.stdout, run.stderr);
    // Damage is named before anything is written over it: an update that would merge the damaged part is refused, and what
    // goes through leaves the damage to be found, or has nothing of it.
    let update = ends(desk, &["index", "letters.tar", "--index", "index"]);
    if update.code == 2 {
        assert!(update.stderr.contains("imr check --index index"), "{what}: {}", update.stderr);
    } else if check(desk, "index").1["state"] == "whole" {
        assert_eq!(&answers(desk, "index"), clean, "{what}: hidden by the update");
    }
    let repaired = ends(desk, &["check", "--repair", "--index", "index"]);
    if repaired.stderr.contains("has format") {
        // A damaged number of the format cannot be told from another format.
        assert!(is_list && repaired.stderr.contains("--rebuild"), "{what}: {}", repaired.stderr);
        ends(desk, &["index", "letters.tar", "--index", "index", "--rebuild"]).ends_with(0);
    } else {
        assert!(!repaired.stdout.is_empty(), "{what}: {}", repaired.stderr);
        ends(desk, &["status", "--index", "index"]).ends_with(0);
        ends(desk, &["index", "letters.tar", "--index", "index"]).ends_with(0);
    }
    let back = desk.imr(["remove", &common::whole::case(90), "--index", "index"]);
    assert!(back.code < 2, "{what}: {}", back.stderr);
    assert_eq!(&answers(desk, "index"), clean, "{what}: {}", repaired.stdout);
    ends(desk, &["check", "--index", "index"]).ends_with(0);
}

#[test]
fn every_file_may_be_cut_off() {
    let (desk, clean) = desk();
    let all = every_file();
    for (place, file) in files(&desk).into_iter().enumerate() {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let length = file.metadata().unwrap().len();
        let cuts = [0, length / 2, length - 1];
        for cut in cuts.into_iter().cycle().skip(place).take(if all { 3 } else { 1 }) {
            copy(&desk.path("good"), &desk.path("index"));
            fs::File::options().write(true).open(desk.path("index").join(&name)).unwrap().set_len(cut).unwrap();
            survives(&desk, &clean, &format!("{name} cut to {cut} of {length}"), is_list(&name) && cut + 1 == length);
        }
        if !all && place % 2 == 0 {
            continue;
        }
        copy(&desk.path("good"), &desk.path("index"));
        fs::remove_file(desk.path("index").join(&name)).unwrap();
        survives(&desk, &clean, &format!("{name} removed"), false);
    }
}

#[test]
fn every_file_may_have_a_flipped_bit() {
    let (desk, clean) = desk();
    let seed: u64 = std::env::var("IMR_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let flips: u64 = std::env::var("IMR_FLIPS").ok().and_then(|flips| flips.parse().ok()).unwrap_or(1);
    println!("IMR_SEED={seed} IMR_FLIPS={flips}");
    let mut numbers = Numbers(seed);
    for (file_number, file) in (0..).zip(files(&desk)) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let is_list = is_list(&name);
        for place in 0..flips {
            copy(&desk.path("good"), &desk.path("index"));
            let path = desk.path("index").join(&name);
            let mut bytes = fs::read(&path).unwrap();
            // One at the end, where the library keeps its own notes.
            let at = if (place + file_number) % 2 == 0 {
                bytes.len() as u64 - 1 - numbers.below(40.min(bytes.len() as u64))
            } else {
                numbers.below(bytes.len() as u64)
            };
            bytes[at as usize] ^= 1 << numbers.below(8);
            fs::write(&path, &bytes).unwrap();
            survives(&desk, &clean, &format!("{name}: a bit of byte {at} of {}", bytes.len()), is_list);
        }
    }
}

#[test]
fn a_repair_that_is_killed_or_finds_the_disk_full_leaves_what_there_was() {
    let (desk, clean) = desk();
    let store = files(&desk).into_iter().find(|file| file.extension().is_some_and(|ending| ending == "pos")).unwrap();
    let mut bytes = fs::read(&store).unwrap();
    bytes[20] ^= 1;
    fs::write(&store, bytes).unwrap();
    let mut numbers = Numbers(11);
    for _ in 0..6 {
        copy(&desk.path("good"), &desk.path("index"));
        let mut child = desk.command(["check", "--repair", "--index", "index"]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(numbers.below(120)));
        child.kill().unwrap();
        child.wait().unwrap();
        ends(&desk, &["check", "--repair", "--index", "index"]).ends_with(0);
        assert_eq!(answers(&desk, "index"), clean);
    }
    copy(&desk.path("good"), &desk.path("index"));
    let before = fs::read(desk.path("index/meta.json")).unwrap();
    // Files of more than a kilobyte are refused.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" check --repair --index index";
    let full = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_imr")])
        .current_dir(desk.path(""))
        .output()
        .unwrap();
    let full = Run::from_output(full);
    assert_eq!(full.code, 2, "{}", full.stdout);
    assert!(full.stderr.contains("space") || full.stderr.contains("room"), "{}", full.stderr);
    assert_eq!(fs::read(desk.path("index/meta.json")).unwrap(), before);
    ends(&desk, &["check", "--repair", "--index", "index"]).ends_with(0);
    assert_eq!(answers(&desk, "index"), clean);
}
