//! Questions made to harm: each is answered or refused in plain words, and none ends the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::os::unix::ffi::OsStrExt;

use common::corpus::corpus;
use common::{Run, imr};

/// The argument of one kind of system may be 128 KiB long: what is longer comes by a file of questions.
const LONGEST_ARGUMENT: usize = 120 * 1024;

fn ask(arguments: &[&str]) -> Run {
    let mut command = imr();
    command.current_dir(&corpus().folder).args(["search", "--format", "json"]).args(arguments);
    Run::of(&mut command)
}

/// An answer, which may be that nothing was found; what was cut or repaired is said.
#[track_caller]
fn is_answered(question: &str) {
    let run = ask(&["--", question]);
    assert!(matches!(run.code, 0 | 1), "{}: {}", run.code, run.stderr);
    let answer = run.json();
    assert!(answer["total"].is_u64(), "{answer}");
    assert!(run.stdout.len() < 4 << 20, "an answer of {} bytes", run.stdout.len());
}

#[track_caller]
fn is_answered_and_cut(question: &str, said: &str) {
    is_answered(question);
    let run = ask(&["--", question]);
    let corrected = run.json()["corrected"].to_string();
    assert!(corrected.contains(said), "{said}: {}", &corrected[..corrected.len().min(2000)]);
}

#[test]
fn questions_of_a_hundred_kilobytes() {
    let long = |piece: &str| piece.repeat(LONGEST_ARGUMENT / piece.len());
    for piece in [
        "knee ", "k", "\"", "\"a\" ", " OR ", "OR a ", "NOT ", "-a ", "- ", "AND AND ", "(", ")", "a)", "*", "[",
        "item:", "/5 a ",
    ] {
        is_answered_and_cut(&long(piece), "longer than");
    }
    // What the end of a cut word would mean nobody knows.
    is_answered_and_cut(&long("\u{1f642}"), "longer than");
}

#[test]
fn ten_thousand_clauses_and_levels() {
    let words = (0..1_500).map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ");
    is_answered_and_cut(&words, "more than 1024 words");
    is_answered_and_cut(&format!("{}knee{}", "(".repeat(7_000), ")".repeat(7_000)), "nested");
    is_answered(&format!("{}knee{}", "(a OR ".repeat(2_000), ")".repeat(2_000)));
    is_answered(&format!("{}knee", "NOT (".repeat(2_500)));
    is_answered(&"a AND b OR ".repeat(1_200));
    is_answered(&format!("\"{}\"", "pain knee ".repeat(1_500)));
    is_answered(&format!("\"{}\"~999999999999", "the of and ".repeat(1_000)));
    is_answered(&"knee /999999999999999999999 ".repeat(400));
}

#[test]
fn wildcards_that_match_everything_in_many_ways() {
    for pattern in ["*", "**", "?", "????", "*a*b*c*", "*?*?*?*", "?*?*?*?*?*", "item:*", "a* b* c* d* e* f* *g *h"] {
        is_answered(pattern);
    }
    is_answered(&"a*".repeat(5_000));
    is_answered(&"*a".repeat(5_000));
    is_answered(&"*?".repeat(5_000));
    is_answered(&"?".repeat(10_000));
    is_answered(&"a* ".repeat(1_024));
    let letters = ('a'..='z').cycle().take(1_000);
    is_answered(&letters.map(|letter| format!("*{letter}*")).collect::<Vec<_>>().join(" "));
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

#[test]
fn arguments_that_are_no_text() {
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
