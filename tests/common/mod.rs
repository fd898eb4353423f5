//! What the black-box tests share: running the program in a folder of its own, and reading what it says.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

pub mod corpus;
pub mod intake;
pub mod letters;
pub mod peak;
pub mod score;
pub mod whole;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The folder of this project.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The letters invented for this project.
pub fn samples() -> PathBuf {
    project().join("tests/letters")
}

/// The text of one sample letter.
pub fn sample_text(name: &str) -> String {
    fs::read_to_string(samples().join("text").join(format!("{name}.txt"))).expect("a sample letter")
}

/// The bytes of one sample letter as PDF.
pub fn sample_pdf(name: &str) -> Vec<u8> {
    fs::read(samples().join("pdf").join(format!("{name}.pdf"))).expect("a sample PDF")
}

/// The published letters, which are not part of this repository; `None` where they are absent, said on the real standard
/// error, which the test runner does not keep to itself.
pub fn real_letters() -> Option<PathBuf> {
    let folder = project().join("../shared/letters");
    if folder.join("expected.jsonl").is_file() {
        return Some(folder);
    }
    let _ = writeln!(std::io::stderr(), "skipped: there are no published letters in `{}`", folder.display());
    None
}

/// JSON, one value a line.
pub fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// JSON Lines of a file.
pub fn read_json_lines(path: &Path) -> Vec<Value> {
    json_lines(&fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// A string of a JSON value, empty where there is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The program with nothing inherited that changes what it does.
pub fn imr() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imr"));
    for name in
        ["IMR_INDEX", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "RAYON_NUM_THREADS", "COLUMNS", "RUST_BACKTRACE"]
    {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// What a run of the program said and how it ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(command: &mut Command) -> Self {
        Self::from_output(command.output().expect("the program starts"))
    }

    pub fn from_output(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("standard output is Unicode"),
            stderr: String::from_utf8(output.stderr).expect("standard error is Unicode"),
        }
    }

    /// The run itself, which must have ended with this exit code.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }

    /// Standard output as JSON Lines.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        json_lines(&self.stdout)
    }
}

/// An empty folder to run the program in; it goes when the test ends.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Writes a file, with the folders it stands in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, to be run in this folder.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = imr();
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    pub fn imr<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// The program with this on standard input.
    pub fn imr_reading<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        let bytes = input.to_vec();
        // A program that has read enough closes its end.
        let writer = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        let run = Run::from_output(child.wait_with_output().expect("the program ends"));
        writer.join().expect("the writing thread");
        run
    }

    /// Indexes these paths and gives the run with the report's lines, the sums last.
    #[track_caller]
    pub fn index(&self, paths: &[&str]) -> (Run, Vec<Value>) {
        let run = self.imr(["index", "--report", "report.jsonl"].iter().chain(paths));
        let report = read_json_lines(&self.path("report.jsonl"));
        let is_whole = report.last().is_some_and(|sums| sums["totals"].is_object());
        assert!(is_whole, "the run ended before its sums, with exit code {}: {}", run.code, run.stderr);
        (run, report)
    }
}
