//! Nothing is lost: a build killed at any moment leaves an index that opens with every letter committed before, each with
//! all of its decisions, and the next run completes it.
//!
//! `IMR_KILLS=200 cargo test --release --test nothing_lost_kills -- --nocapture` kills as often as it says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::Desk;
use common::whole::{Answers, Numbers, answers, case, check, copy, invented, tar_of, tar_of_texts};
use imr::index::{IndexError, open};

const LETTERS: usize = 300;
/// Kills where nobody says how many: as many as a debug build has time for.
const KILLS: u64 = 12;
/// An index that was killed so often is completed, and the next one begun.
const KILLS_OF_AN_INDEX: u64 = 8;
const COMMIT: &str = "30000";

/// The decisions of each letter in an index, read from its columns; none where there is no index yet.
fn held(folder: &Path) -> Option<BTreeMap<String, usize>> {
    let index = match open(folder) {
        Ok(index) => index,
        Err(IndexError::Absent { .. }) => return None,
        Err(error) => panic!("{error}"),
    };
    let mut letters = BTreeMap::new();
    let searcher = index.tantivy.reader().unwrap().searcher();
    for segment in searcher.segment_readers() {
        let column = segment.fast_fields().str("case_number").unwrap().unwrap();
        for decision in segment.doc_ids_alive() {
            let mut letter = String::new();
            column.ord_to_str(column.term_ords(decision).next().unwrap(), &mut letter).unwrap();
            *letters.entry(letter.to_uppercase()).or_default() += 1;
        }
    }
    Some(letters)
}

/// Waits until the list of segments was replaced so often, or the run has ended.
fn after_commits(child: &mut Child, folder: &Path, commits: u64) {
    let state = || fs::metadata(folder.join("meta.json")).ok().map(|meta| (meta.ino(), meta.modified().ok()));
    let (mut last, mut seen) = (state(), 0);
    while seen < commits && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(300));
        let now = state();
        seen += u64::from(now != last);
        last = now;
    }
}

/// What is built again and again.
struct Build<'a> {
    desk: &'a Desk,
    letters: &'a str,
    /// The index that is there before, if any.
    before: Option<&'a str>,
    expected: &'a Answers,
    /// How long it takes when nobody interrupts it, and how often it replaces the list of segments, at least.
    whole_run: Duration,
    commits: u64,
}

/// When the kills came.
#[derive(Debug, Default)]
struct Counts {
    killed: u64,
    before_the_index: u64,
    before_the_first_commit: u64,
    between_commits: u64,
    /// All letters were committed, and the segments not yet merged.
    merging: u64,
    /// Letters stood in the index in two versions.
    replacing: u64,
    ended_by_themselves: u64,
}

impl Build<'_> {
    fn command(&self, index: &str) -> std::process::Command {
        self.desk.command(["index", self.letters, "--commit-every-bytes", COMMIT, "--index", index])
    }

    /// Kills the build of one index some times, then lets it end.
    fn kill(&self, index: &str, kills: u64, numbers: &mut Numbers, counts: &mut Counts) {
        let folder = self.desk.path(index);
        if let Some(before) = self.before {
            copy(&self.desk.path(before), &folder);
        }
        let mut known = held(&folder).unwrap_or_default();
        for _ in 0..kills {
            let mut child = self.command(index).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // By the commits of the run itself rather than by the clock, so that a busy machine is killed at as many
            // places as an idle one.
            let commits = numbers.below(self.commits + 1);
            let pause = self.whole_run.mul_f64(numbers.below(1000) as f64 / 1000.0 / self.commits as f64);
            after_commits(&mut child, &folder, commits);
            std::thread::sleep(pause);
            let ended = child.try_wait().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            if let Some(status) = ended {
                assert!(status.success(), "{status}");
                counts.ended_by_themselves += 1;
                break;
            }
            counts.killed += 1;
            let Some(now) = held(&folder) else {
                assert!(known.is_empty(), "the index is gone");
                counts.before_the_index += 1;
                continue;
            };
            for letter in known.keys() {
                assert!(now.contains_key(letter), "{letter} was committed and is missing");
            }
            for (letter, decisions) in &now {
                let number: usize = letter.rsplit('-').next().unwrap().parse::<usize>().unwrap() - 9_100_000;
                assert_eq!(*decisions, number % 3 + 1, "{letter} has not all of its decisions, or some twice");
            }
            let segments = open(&folder).unwrap().tantivy.searchable_segment_ids().unwrap().len();
            match now.len() {
                0 => counts.before_the_first_commit += 1,
                LETTERS if self.before.is_some() => counts.replacing += u64::from(segments > 1),
                LETTERS => counts.merging += u64::from(segments > 1),
                _ => counts.between_commits += 1,
            }
            known = now;
            let run = self.desk.imr(["status", "--index", index]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            if counts.killed.is_multiple_of(5) {
                let (run, health) = check(self.desk, index);
                assert_eq!(health["state"], "whole", "{}\n{}", run.stdout, run.stderr);
            }
        }
        let run = common::Run::from_output(self.command(index).output().unwrap());
        run.ends_with(0);
        assert_eq!(&answers(self.desk, index), self.expected);
        self.desk.imr(["check", "--index", index]).ends_with(0);
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_build_killed_at_any_moment_loses_nothing_committed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let (kills, seed) = (number("IMR_KILLS").unwrap_or(KILLS), number("IMR_SEED").unwrap_or(3));
    println!("IMR_KILLS={kills} IMR_SEED={seed}");
    let started = Instant::now();
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..LETTERS);
    // The same letters, each with another word in it.
    let changed = (0..LETTERS).map(|number| (case(number), invented(number).replace("grade", "degree")));
    tar_of_texts(&desk.path("changed.tar"), changed);
    let whole = |letters, before: Option<&str>, index: &str| {
        if let Some(before) = before {
            copy(&desk.path(before), &desk.path(index));
        }
        let begun = Instant::now();
        desk.imr(["index", letters, "--commit-every-bytes", COMMIT, "--index", index]).ends_with(0);
        (begun.elapsed(), answers(&desk, index))
    };
    let (new_run, new) = whole("letters.tar", None, "new");
    let (replaced_run, replaced) = whole("changed.tar", Some("new"), "replaced");
    assert_ne!(new, replaced);
    let letters = fs::metadata(desk.path("letters.tar")).unwrap().len();
    let commits = letters / COMMIT.parse::<u64>().unwrap();
    let builds = [
        Build { desk: &desk, letters: "letters.tar", before: None, expected: &new, whole_run: new_run, commits },
        Build {
            desk: &desk,
            letters: "changed.tar",
            before: Some("new"),
            expected: &replaced,
            whole_run: replaced_run,
            commits,
        },
    ];
    let (mut numbers, mut counts) = (Numbers(seed), Counts::default());
    for build in builds.iter().cycle() {
        if counts.killed >= kills {
            break;
        }
        build.kill("index", KILLS_OF_AN_INDEX.min(kills - counts.killed), &mut numbers, &mut counts);
    }
    println!("{counts:?}, {:.0} s", started.elapsed().as_secs_f64());
}
