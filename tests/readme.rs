//! The commands of the README work as they stand there, one after the other, in a folder with the sample letters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Desk, Run, project, samples};

/// What a README runs from a checkout, and what that is here.
const FROM_CHECKOUT: &str = "cargo run --release -- ";
/// Commands that build, install or measure; the first runs this very test.
const NOT_RUN: [&str; 4] = [".ci/run", "cargo install", "cargo bench", "cargo build"];

/// One command of the README.
#[derive(Debug)]
struct Step {
    line: usize,
    command: String,
    code: i32,
}

/// The commands in blocks of `console` and `sh` that run this program.
fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_block = false;
    let mut continues = false;
    for (index, line) in readme.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            in_block = !in_block && ["console", "sh"].contains(&language.trim());
            continues = false;
            continue;
        }
        if !in_block {
            continue;
        }
        if continues {
            let step = steps.last_mut().expect("a command goes on");
            step.command.push(' ');
            step.command.push_str(line.trim().trim_end_matches('\\').trim_end());
            continues = line.trim_end().ends_with('\\');
            continue;
        }
        let Some(typed) = line.trim_start().strip_prefix("$ ") else { continue };
        let typed = typed.trim();
        if NOT_RUN.iter().any(|start| typed.starts_with(start)) {
            continue;
        }
        let command = match typed.strip_prefix(FROM_CHECKOUT) {
            Some(arguments) => format!("imr {arguments}"),
            None if typed.starts_with("imr ") => typed.to_owned(),
            None => continue,
        };
        continues = command.ends_with('\\');
        steps.push(Step { line: index + 1, command: command.trim_end_matches('\\').trim_end().to_owned(), code: 0 });
    }
    for step in &mut steps {
        if let Some((command, expected)) = step.command.rsplit_once("# exit ") {
            step.code = expected.trim().parse().unwrap_or_else(|_| panic!("line {}: `# exit CODE`", step.line));
            step.command = command.trim_end().to_owned();
        }
    }
    steps
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A folder that looks like a checkout, with the program on the path and a home of its own.
fn checkout() -> Desk {
    let desk = Desk::new();
    copy_folder(&samples(), &desk.path("tests/letters"));
    copy_folder(&project().join("schema"), &desk.path("schema"));
    copy_folder(&project().join("benches/relevance"), &desk.path("benches/relevance"));
    let completions = ["home/.local/share/bash-completion/completions", "home/.config/fish/completions", "home/.zfunc"];
    for folder in completions.iter().chain(&["home/.local/share/man/man1", "bin"]) {
        fs::create_dir_all(desk.path(folder)).unwrap();
    }
    fs::hard_link(env!("CARGO_BIN_EXE_imr"), desk.path("bin/imr"))
        .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_imr"), desk.path("bin/imr")).map(drop))
        .unwrap();
    desk
}

fn run(desk: &Desk, step: &Step) -> Run {
    let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", &step.command]).current_dir(desk.path(".")).env_remove("IMR_INDEX").env("NO_COLOR", "1");
    shell.env("PATH", path).env("HOME", desk.path("home"));
    Run::of(&mut shell)
}

#[cfg(unix)]
#[test]
fn every_command_of_the_readme_works() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    let steps = steps(&readme);
    let desk = checkout();
    let mut failed = Vec::new();
    for step in &steps {
        let run = run(&desk, step);
        println!("line {}: {} → {}", step.line, step.command, run.code);
        if run.code != step.code {
            failed.push(format!(
                "README.md:{}: `{}` ended with {} instead of {}\n{}",
                step.line, step.command, run.code, step.code, run.stderr
            ));
        }
        // A command after which an option became a word of the question is no example of anything.
        if run.stdout.contains(" NOT where ")
            || run.stdout.contains(" NOT outcome ")
            || run.stdout.contains(" NOT format ")
        {
            failed.push(format!("README.md:{}: `{}` takes an option for a word", step.line, step.command));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(steps.len() >= 8, "only {} commands were found in ```console and ```sh blocks", steps.len());
}

#[test]
fn commands_are_found_where_they_stand() {
    let readme = "\
Text with $ imr no-block\n\
```console\n$ imr index tests/letters\nindexed\n$ cargo run --release -- search \\\n    --outcome upheld mri\n\
$ imr search xylophonist  # exit 1\n$ cargo bench\n```\n\
```rust\n$ imr no-command\n```\n\
```sh\n$ .ci/run\n$ ls\n$ imr status\n```\n";
    let found: Vec<(usize, String, i32)> =
        steps(readme).into_iter().map(|step| (step.line, step.command, step.code)).collect();
    let expected = [
        (3, "imr index tests/letters", 0),
        (5, "imr search --outcome upheld mri", 0),
        (7, "imr search xylophonist", 1),
        (16, "imr status", 0),
    ];
    assert_eq!(found, expected.map(|(line, command, code)| (line, command.to_owned(), code)));
}
