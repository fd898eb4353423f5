//! Questions made to harm: each is answered or refused in plain words, and none ends the program.

#![expect(clippy::format_collect, reason = "a question is made once")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::sync::LazyLock;

use common::corpus::corpus;
use common::{Run, imr};
use imr::index;
use imr::index::reader::Snapshot;
use imr::search::grammar::{DEEPEST_NESTING, LONGEST_QUERY, MOST_CLAUSES, Node, parse};
use imr::search::model::Request;
use imr::search::search;
use imr::vocabulary::words::floor;
use serde_json::Value;

/// Linux takes 128 KiB in one argument; a longer question comes in several, which the program joins with spaces.
const LONGEST_ARGUMENT: usize = 120 * 1024;

/// The index that the program searches in these tests.
static SNAPSHOT: LazyLock<Snapshot> =
    LazyLock::new(|| Snapshot::of(&index::open(&corpus().folder.join("imr-index")).unwrap()).unwrap());

fn ask(arguments: &[&str]) -> Run {
    let mut command = imr();
    command.current_dir(&corpus().folder).args(["search", "--format", "json"]).args(arguments);
    Run::of(&mut command)
}

/// The program's answer, which may be that nothing was found.
#[track_caller]
fn answered(question: &str) -> Value {
    let mut arguments = vec!["--"];
    let mut rest = question;
    while rest.len() > LONGEST_ARGUMENT {
        let (argument, after) = rest.split_at(floor(rest, LONGEST_ARGUMENT));
        arguments.push(argument);
        rest = after;
    }
    arguments.push(rest);
    let run = ask(&arguments);
    assert!(matches!(run.code, 0 | 1), "{}: {}", run.code, run.stderr);
    let answer = run.json();
    assert!(answer["total"].is_u64(), "{answer}");
    assert!(run.stdout.len() < 4 << 20, "an answer of {} bytes", run.stdout.len());
    answer
}

#[track_caller]
fn is_answered(question: &str) {
    answered(question);
}

/// An answer that says what was cut or repaired.
#[track_caller]
fn is_answered_and_cut(question: &str, said: &str) {
    let corrected = answered(question)["corrected"].to_string();
    assert!(corrected.contains(said), "{said}: {}", &corrected[..floor(&corrected, 2000)]);
}

/// The same within this process: the tree keeps within its limits, and the search answers it.
#[track_caller]
fn is_understood(question: &str) {
    let is_field = |name: &str| matches!(name, "item" | "rationale" | "decided");
    let parsed = parse(question, &is_field);
    assert!(parsed.corrections.iter().all(|correction| correction.at <= question.len()));
    let (clauses, depth) = parsed.root.as_ref().map_or((0, 0), size);
    // Everything but what is left out stands beside a query of exclusions alone; each level may be a group, a sign, a list.
    assert!(clauses <= MOST_CLAUSES + 1 && depth <= 4 * (DEEPEST_NESTING + 1), "{clauses} clauses, {depth} levels");
    let request = Request { query: question.to_owned(), limit: 2, ..Request::default() };
    let answer = search(&SNAPSHOT, &request).expect("no question is an error");
    assert!(answer.hits.len() <= 2 && answer.total >= answer.hits.len() as u64);
}

/// Clauses and levels of a query.
fn size(node: &Node) -> (usize, usize) {
    let (clauses, depth) = match node {
        Node::Word { .. } | Node::Phrase { .. } | Node::Range { .. } | Node::Exists { .. } => (1, 0),
        Node::Near { left, right, .. } => (size(left).0 + size(right).0, size(left).1),
        Node::Not(inner) | Node::Required(inner) => size(inner),
        Node::And(nodes) | Node::Or(nodes) | Node::Words(nodes) => {
            nodes.iter().map(size).fold((0, 0), |(clauses, depth), (inner, deep)| (clauses + inner, depth.max(deep)))
        }
    };
    (clauses, depth + 1)
}

/// What a question can be made of without end.
const PIECES: [&str; 20] = [
    "knee ",
    "k",
    "\"",
    "\"a\" ",
    " OR ",
    "OR a ",
    "NOT ",
    "-a ",
    "- ",
    "AND AND ",
    "(",
    ")",
    "a)",
    "*",
    "[",
    "item:",
    "/5 a ",
    "\"a b\"~9 ",
    "+(",
    "\u{1f642}",
];

fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

#[test]
fn questions_of_a_megabyte() {
    for piece in PIECES {
        is_understood(&repeated(piece, 1 << 20));
        is_understood(&repeated(piece, LONGEST_QUERY));
    }
    for piece in ["knee ", "(", "\"", "*", "\u{1f642}"] {
        is_answered_and_cut(&repeated(piece, 1 << 20), "longer than");
    }
}

#[test]
fn questions_of_a_hundred_kilobytes() {
    for piece in PIECES {
        is_answered_and_cut(&repeated(piece, LONGEST_ARGUMENT), "longer than");
    }
}

#[test]
fn ten_thousand_clauses_and_levels() {
    is_answered_and_cut(&(0..10_000).map(|number| format!("w{number} ")).collect::<String>(), "longer than");
    is_answered_and_cut(&(0..1_500).map(|number| format!("w{number} ")).collect::<String>(), "more than 1024 words");
    is_answered_and_cut(&format!("{}knee", "(".repeat(10_000)), "nested");
    is_answered_and_cut(&format!("{}knee{}", "(".repeat(7_000), ")".repeat(7_000)), "nested");
    for question in [
        "a ".repeat(10_000),
        "a OR ".repeat(10_000),
        format!("{}knee{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}knee{}", "(a OR ".repeat(2_000), ")".repeat(2_000)),
        format!("{}knee{}", "(a OR ".repeat(10_000), ")".repeat(10_000)),
        format!("{}knee", "NOT (".repeat(2_500)),
        format!("{}knee", "item:(".repeat(2_500)),
        "a AND b OR ".repeat(1_200),
        format!("\"{}\"", "pain knee ".repeat(1_500)),
        format!("\"{}\"~999999999999", "the of and ".repeat(1_000)),
        "knee /999999999999999999999 ".repeat(400),
    ] {
        is_understood(&question);
    }
    is_answered(&format!("{}knee{}", "(a OR ".repeat(2_000), ")".repeat(2_000)));
}

#[test]
fn wildcards_that_match_everything_in_many_ways() {
    for pattern in ["*", "**", "?", "????", "*a*b*c*", "*?*?*?*", "?*?*?*?*?*", "item:*", "a* b* c* d* e* f* *g *h"] {
        is_answered(pattern);
    }
    for piece in ["a*", "*a", "*?", "?", "a?", "*a*b"] {
        is_understood(&repeated(piece, 10_000));
        is_understood(&format!("{}z", repeated(piece, 200)));
    }
    is_understood(&"a* ".repeat(1_024));
    is_understood(
        &(0..1_000_u32)
            .map(|number| format!("*{}* ", char::from_digit(10 + number % 26, 36).unwrap()))
            .collect::<String>(),
    );
    is_answered(&"a*".repeat(5_000));
}

#[test]
fn control_characters_and_letters_that_turn_the_line() {
    let odd: String =
        (1_u8..32).map(char::from).collect::<String>() + "\u{202e}\u{2066}\u{200f}\u{feff}\u{9b}31m\u{85}";
    is_answered(&odd);
    is_answered(&format!("knee{odd}pain"));
    let mut command = imr();
    let question = format!("knee{odd}zzzz \u{1b}[31mred \u{202e}item:\u{1b}]0;x\u{7}");
    let run = Run::of(command.current_dir(&corpus().folder).args(["search", "--", &question]));
    assert!(matches!(run.code, 0 | 1), "{}", run.stderr);
    for shown in [&run.stdout, &run.stderr] {
        let harmful = |letter: char| {
            (letter.is_control() && letter != '\n')
                || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200f}')
        };
        assert!(!shown.contains(harmful), "{shown:?}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt;

    let bytes = std::ffi::OsStr::from_bytes(b"knee \xff\xfe pain");
    for arguments in [&["search", "--"][..], &["search", "--item"], &["search", "--where"], &["explain"]] {
        let run = Run::of(imr().current_dir(&corpus().folder).args(arguments).arg(bytes));
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty() && !run.stderr.contains("panicked"), "{}", run.stderr);
    }
}

#[test]
fn numbers_and_dates_beyond_measure() {
    let nines = "9".repeat(10_000);
    for value in
        ["-1", "1e99", "0x10", "18446744073709551616", "99999-99-99", "2016-13-45", "..", "....", "[* TO *]", &nines]
    {
        is_answered(&format!("quantity:{value}"));
        is_answered(&format!("quantity:>={value}"));
        is_answered(&format!("decided:[{value} TO {value}]"));
        is_answered(&format!("decided:{{{value} TO *}}"));
        is_answered(&format!("year:[{value} TO {value}]"));
        is_answered(&format!("year:{value}..{value}"));
        for option in ["--year", "--quantity"] {
            let run = ask(&[&format!("{option}={value}")]);
            assert!(matches!(run.code, 0..=2), "{option} {value}: {}", run.stderr);
            assert!(run.code != 2 || run.stderr.contains("hint") || run.stderr.contains("help"), "{}", run.stderr);
        }
    }
    is_answered("year:[-2147483648 TO 2147483647]");
    for (option, value) in [
        ("--limit", "18446744073709551615"),
        ("--offset", "18446744073709551615"),
        ("--facet-limit", "18446744073709551615"),
    ] {
        let run = ask(&[option, value, "knee"]);
        assert!(matches!(run.code, 0..=2), "{option}: {}", run.stderr);
    }
}

#[test]
fn values_of_filters_of_a_hundred_kilobytes() {
    let long = "x".repeat(LONGEST_ARGUMENT);
    let many = "low back, ".repeat(LONGEST_ARGUMENT / 10);
    for field in
        ["outcome", "treatment", "body_part", "category", "item", "year", "decided", "quantity", "guideline", "id"]
    {
        for value in [&long, &many] {
            let run = ask(&["--where", &format!("{field}={value}")]);
            assert!(matches!(run.code, 0..=2), "{field}: {}", run.stderr);
            assert!(run.stderr.len() + run.stdout.len() < 4 << 20, "{field}");
        }
    }
    let run = ask(&["--where", &format!("{long}=x")]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("hint"), "{}", &run.stderr[run.stderr.len().saturating_sub(400)..]);
}
