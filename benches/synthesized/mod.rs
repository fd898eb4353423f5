//! Invented letters to measure on, made once by the example `synthesize` and kept under `target/bench`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

/// The seed of all letters that benches read.
const SEED: &str = "1";

/// A tar (`tar`, `tar.zst`) of so many letters; made if it is not there.
pub fn letters(number: usize, ending: &str) -> PathBuf {
    made(number, ending, &[], "")
}

/// The same letters with one in a hundred changed.
#[allow(dead_code, reason = "not every bench asks")]
pub fn changed_letters(number: usize, ending: &str) -> PathBuf {
    made(number, ending, &["--changed", "1"], "-changed")
}

fn made(number: usize, ending: &str, more: &[&str], mark: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("a folder for letters");
    let file = folder.join(format!("letters-{number}{mark}.{ending}"));
    if !file.exists() {
        let unfinished = folder.join(format!("unfinished-{number}{mark}.{ending}"));
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "--release", "--quiet", "--example", "synthesize", "--", "--truth", "no", "--seed", SEED]);
        command.args(["--letters", &number.to_string(), "--out"]).arg(&unfinished).args(more);
        let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
        assert!(status.success(), "the letters could not be made");
        std::fs::rename(&unfinished, &file).expect("the letters are kept");
    }
    file
}

/// The value of `--name VALUE` on the command line.
pub fn argument<T: FromStr>(name: &str) -> Option<T> {
    let mut arguments = std::env::args().skip_while(|argument| *argument != format!("--{name}"));
    arguments.nth(1)?.parse().ok()
}
