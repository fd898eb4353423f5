//! Nothing is lost: a build killed at any moment leaves an index that opens with every letter committed before, and the
//! next run completes it.
//!
//! `IMR_KILLS=200 cargo test --release --test nothing_lost_kills -- --nocapture` kills as often as it says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::Desk;
use common::whole::{Numbers, answers, check, letters, tar_of};

const LETTERS: usize = 600;
const COMMIT: &str = "60000";

#[test]
fn a_build_killed_at_any_moment_loses_nothing_committed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let (kills, seed) = (number("IMR_KILLS").unwrap_or(u64::MAX), number("IMR_SEED").unwrap_or(3));
    println!("IMR_SEED={seed}");
    let started = Instant::now();
    let desk = Desk::new();
    tar_of(&desk.path("letters.tar"), 0..LETTERS);
    let build = ["index", "letters.tar", "--commit-every-bytes", COMMIT];
    let clean = Instant::now();
    desk.imr(build.iter().chain(&["--index", "clean"])).ends_with(0);
    let whole_run = clean.elapsed();
    let expected = answers(&desk, "clean");
    let mut numbers = Numbers(seed);
    let (mut killed, mut rounds, mut finished) = (0, 0, 0);
    // Where nobody says how often: as often as there is time for.
    while killed < kills && (kills < u64::MAX || started.elapsed() < Duration::from_secs(40)) {
        let index = format!("index-{rounds}");
        rounds += 1;
        let mut held = 0;
        // Each round starts with no index and is killed again and again until a run ends by itself.
        loop {
            let mut child = desk
                .command(build.iter().chain(&["--index", &index]))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let moment = whole_run.mul_f64(numbers.below(1000) as f64 / 1000.0).div_f64(if killed % 3 == 0 {
                20.0
            } else {
                1.5
            });
            std::thread::sleep(moment);
            let ended = child.try_wait().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            if let Some(status) = ended {
                assert!(status.success(), "{status}");
                finished += 1;
                break;
            }
            killed += 1;
            let is_there = desk.exists(&format!("{index}/meta.json"));
            let run = desk.imr(["status", "--format", "json", "--index", &index]);
            if run.code == 2 {
                // Killed before there was an index: nothing was committed, and it is called absent or empty, not damaged.
                assert_eq!(held, 0, "{}", run.stderr);
                assert!(!is_there || run.stderr.contains("format unknown"), "{}", run.stderr);
            } else {
                let now = letters(&desk, &index);
                assert!(now >= held, "{now} letters where {held} were committed");
                held = now;
                if killed % 7 == 0 {
                    let (run, health) = check(&desk, &index);
                    assert_eq!(health["state"], "whole", "{}\n{}", run.stdout, run.stderr);
                }
            }
            if killed >= kills || killed % 12 == 0 {
                desk.imr(build.iter().chain(&["--index", &index])).ends_with(0);
                break;
            }
        }
        assert_eq!(letters(&desk, &index), LETTERS as u64);
        assert_eq!(answers(&desk, &index), expected);
        desk.imr(["check", "--index", &index]).ends_with(0);
    }
    println!(
        "{killed} kills in {rounds} builds, {finished} runs ended by themselves, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    assert!(killed > 0);
}
