//! Every command explains itself in the words of its users, and the small commands do what they say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::io::Read;
use std::process::Stdio;

use common::{Desk, Run, imr, project, sample_text, samples, text};
use serde_json::Value;

/// Every command with the arguments its help must explain.
const COMMANDS: [(&str, &[&str]); 10] = [
    (
        "search",
        &[
            "QUERY",
            "--letters",
            "--index",
            "--outcome",
            "--letter-outcome",
            "--year",
            "--specialty",
            "--basis",
            "--priority",
            "--where",
            "--facet",
            "--limit",
            "--offset",
            "--all",
            "--sort",
            "--no-collapse",
            "--exact",
            "--explain",
            "--format",
            "--color",
        ],
    ),
    ("show", &["CASE", "--format", "--index"]),
    ("index", &["LETTERS", "--report", "--rebuild", "--index"]),
    ("remove", &["CASE", "--index"]),
    ("status", &["--format", "--index"]),
    ("fields", &["--format"]),
    ("parse", &["LETTERS", "--format"]),
    (
        "evaluate",
        &[
            "TOPICS",
            "QRELS",
            "--run",
            "--run-from",
            "--baseline",
            "--without",
            "field-weights",
            "--ablation",
            "--depth",
            "--per-topic",
            "--only",
            "--gain",
            "--format",
            "--index",
        ],
    ),
    ("completions", &["bash", "zsh", "fish"]),
    ("man", &["--folder"]),
];

fn help_of(command: &str) -> String {
    Run::of(imr().args([command, "--help"])).ends_with(0).stdout
}

#[test]
fn help_explains_every_argument() {
    for (command, arguments) in COMMANDS {
        let help = help_of(command);
        for argument in arguments {
            assert!(help.contains(argument), "`imr {command} --help` says nothing of {argument}:\n{help}");
        }
        let first = help.lines().next().unwrap();
        assert!(!first.is_empty() && !first.ends_with('.'), "a title without full stop: {first}");
    }
    let help = Run::of(imr().arg("--help")).ends_with(0).stdout;
    for (command, _) in COMMANDS {
        assert!(help.contains(&format!("  {command} ")), "{command} is listed");
    }
}

#[test]
fn every_option_is_described() {
    for (command, _) in COMMANDS {
        let help = help_of(command);
        let lines: Vec<&str> = help.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let option = line.trim_start();
            if option.starts_with("--") || option.starts_with("-n,") {
                let described = lines.get(place + 1).is_some_and(|next| next.starts_with("          "));
                assert!(described || line.contains("  Print "), "`imr {command} {option}` is not described");
            }
        }
    }
}

#[test]
fn help_speaks_the_language_of_its_users() {
    const JARGON: [&str; 24] = [
        "tantivy",
        "schema",
        "regex",
        "token",
        "segment",
        "thread",
        "stdin",
        "stdout",
        "stderr",
        "boolean",
        "serial",
        "bm25",
        "posting",
        "parser",
        "rayon",
        "mutex",
        "utf-8",
        "payload",
        "daemon",
        "boost",
        "lexer",
        "shard",
        "levenshtein",
        "blake3",
    ];
    for (command, _) in COMMANDS.iter().chain(&[("help", &[][..])]) {
        // The one file a program may want is named as it is.
        let help = match *command {
            "help" => Run::of(imr().arg("--help")).stdout,
            command => help_of(command),
        };
        let help = help.to_lowercase().replace("schema/letter.schema.json", "");
        for word in JARGON {
            assert!(!help.contains(word), "`imr {command} --help` says `{word}`");
        }
    }
}

#[test]
fn help_fits_100_columns() {
    for (command, _) in COMMANDS {
        for line in help_of(command).lines() {
            assert!(line.chars().count() <= 100, "`imr {command} --help`: {line}");
        }
    }
}

#[test]
fn the_examples_of_the_help_work() {
    let desk = Desk::new();
    let letters = samples().join("text");
    desk.imr(["index", letters.to_str().unwrap()]).ends_with(0);
    let help = Run::of(imr().arg("--help")).stdout;
    let examples: Vec<&str> = help
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("imr ") && !line.contains("FOLDER-OF-LETTERS"))
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        let arguments: Vec<String> = shell_words(example).into_iter().skip(1).collect();
        let run = desk.imr(&arguments);
        // The case named there is no sample; what matters is that the question is understood.
        assert!([0, 1].contains(&run.code), "{example}: {}", run.stderr);
        assert!(!run.stdout.contains("no decision has the word"), "{example} is taken for words:\n{}", run.stdout);
    }
}

/// Words as a shell parts them, with double quotation marks only.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn fields_lists_exactly_what_can_be_asked_for() {
    let described = fs::read_to_string(project().join("schema/fields.toml")).unwrap();
    let described: toml::Table = described.parse().unwrap();
    let described = described["field"].as_array().unwrap();
    let is_queryable = |field: &&toml::Value| !["stored", "internal"].contains(&field["kind"].as_str().unwrap());
    let name = |field: &toml::Value| field["name"].as_str().unwrap().to_owned();
    let expected: Vec<String> = described.iter().filter(is_queryable).map(name).collect();
    let listed = Run::of(imr().args(["fields", "--format", "json"])).ends_with(0).json();
    let names: Vec<String> = listed.as_array().unwrap().iter().map(|field| text(field, "name").to_owned()).collect();
    assert_eq!(names, expected);
    let table = Run::of(imr().arg("fields")).ends_with(0).stdout;
    let markdown = Run::of(imr().args(["fields", "--format", "markdown"])).ends_with(0).stdout;
    for field in described {
        let (name, description) = (name(field), field["description"].as_str().unwrap());
        let row = markdown.lines().find(|line| line.starts_with(&format!("| `{name}`")));
        assert_eq!(row.is_some(), is_queryable(&field), "{name}");
        assert!(row.is_none_or(|row| row.contains(description)), "{name} with its description");
        let in_table = table.lines().any(|line| line.split([' ', ',']).next() == Some(name.as_str()));
        assert_eq!(in_table, is_queryable(&field), "{name} in the table");
    }
}

#[test]
fn every_field_listed_can_be_asked_for() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text("CM16-9900007"));
    desk.imr(["index", "a.txt"]).ends_with(0);
    let listed = Run::of(imr().args(["fields", "--format", "json"])).json();
    for field in listed.as_array().unwrap() {
        let names = std::iter::once(&field["name"]).chain(field["aliases"].as_array().into_iter().flatten());
        for name in names.map(|name| name.as_str().unwrap()) {
            let run = desk.imr(["search", "--where", &format!("{name}=1"), ""]);
            assert!([0, 1].contains(&run.code), "--where {name}: {}", run.stderr);
            let run = desk.imr(["search", "--format", "json", &format!("{name}:1")]);
            let answer = run.json();
            assert!(text(&answer, "understood").starts_with(&format!("{name}:")), "{name}: {answer}");
        }
        if field["facet"] == true {
            desk.imr(["search", "--facet", text(field, "name")]).ends_with(0);
        }
    }
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Run::of(imr().args(["completions", shell])).ends_with(0).stdout;
        for (command, _) in COMMANDS {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
        assert!(script.contains("no-collapse"), "{shell} does not know the options");
    }
    Run::of(imr().args(["completions", "dos"])).ends_with(2);
}

#[test]
fn manual_pages_are_made_for_every_command() {
    let page = Run::of(imr().arg("man")).ends_with(0).stdout;
    assert!(page.contains(".TH imr 1") && page.contains("SUBCOMMANDS"), "{page}");
    let desk = Desk::new();
    desk.imr(["man", "--folder", "pages"]).ends_with(0);
    assert!(desk.read("pages/imr.1").contains(".TH imr 1"));
    for (command, _) in COMMANDS {
        assert!(desk.read(&format!("pages/imr-{command}.1")).contains("SYNOPSIS"), "{command}");
    }
}

#[test]
fn status_says_what_the_index_holds() {
    let desk = Desk::new();
    let letters = samples().join("text");
    desk.imr(["index", letters.to_str().unwrap()]).ends_with(0);
    let status = desk.imr(["status", "--format", "json"]).ends_with(0).json();
    for (key, expected) in [
        ("index", Value::from("imr-index")),
        ("letters", Value::from(31)),
        ("decisions", Value::from(88)),
        ("upheld", Value::from(63)),
        ("overturned", Value::from(25)),
        ("first_decided", Value::from("2013-08-30")),
        ("last_decided", Value::from("2019-04-05")),
        ("imr", Value::from(env!("CARGO_PKG_VERSION"))),
    ] {
        assert_eq!(status[key], expected, "{key}");
    }
    assert!(status["bytes"].as_u64().unwrap() > 10_000 && status["format"].as_u64().unwrap() >= 1);
    assert!(text(&status, "created") <= text(&status, "updated"));
    let shown = desk.imr(["status"]).ends_with(0).stdout;
    for part in ["31", "88", "63", "25", "2013-08-30", "2019-04-05", env!("CARGO_PKG_VERSION")] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn an_update_keeps_the_date_of_making() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text("CM16-9900007"));
    desk.write("b.txt", sample_text("CM16-9900140"));
    desk.imr(["index", "a.txt"]).ends_with(0);
    let before = desk.imr(["status", "--format", "json"]).json();
    desk.imr(["index", "b.txt"]).ends_with(0);
    let after = desk.imr(["status", "--format", "json"]).json();
    assert_eq!(before["created"], after["created"]);
    assert!(text(&before, "updated") < text(&after, "updated"));
}

#[test]
fn the_version_is_that_of_the_package() {
    let run = Run::of(imr().arg("--version")).ends_with(0);
    assert_eq!(run.stdout.trim(), format!("imr {}", env!("CARGO_PKG_VERSION")));
}

#[test]
fn nothing_said_is_answered_with_help() {
    let run = Run::of(&mut imr()).ends_with(2);
    assert!(run.stderr.contains("Usage: imr"), "{}", run.stderr);
    let run = Run::of(imr().arg("serach")).ends_with(2);
    assert!(run.stderr.contains("search"), "the nearest command is named: {}", run.stderr);
    for command in ["index", "parse", "show", "remove", "evaluate"] {
        let run = Run::of(imr().arg(command)).ends_with(2);
        assert!(run.stderr.contains("Usage: imr"), "{command}: {}", run.stderr);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = imr().args(["parse"]).arg(samples()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !said.contains("error") && !said.contains("panicked"), "{said}");
}

#[test]
fn parse_prints_a_page_to_read() {
    let desk = Desk::new();
    desk.write("a.txt", sample_text("CM16-9900007"));
    let run = desk.imr(["parse", "--format", "text", "a.txt"]).ends_with(0);
    for part in ["CM16-9900007", "PARTIALLY OVERTURNED", "CM16-9900007/1", "UPHELD", "CM16-9900007/2", "Rationale"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
}
