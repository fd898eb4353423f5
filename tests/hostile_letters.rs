//! Letters made to harm, or made by careless programs: each is read or rejected with a reason, within bounds.

#![expect(clippy::format_collect, reason = "a letter is made once")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Instant;

use common::intake::{LETTER, is_read, is_rejected, letter};
use common::peak::{assert_peak_below, run_with_peak};
use common::{Desk, Run, sample_text};
use serde_json::Value;

const HEAD: &str = "Case Number: CM20-9900555\n\nCLINICAL CASE SUMMARY\nA 45 year old roofer with knee pain.\n\n\
                    IMR ISSUES, DECISIONS AND RATIONALES\n";

fn decision(number: usize) -> String {
    format!(
        "Cane number {number}: {}\n\nClaims Administrator guideline: Decision based on MTUS.\n\nMAXIMUS guideline: Decision \
         based on MTUS.\n\nDecision rationale: The gait is not described in visit {number}.\n\n",
        if number.is_multiple_of(10) { "Overturned" } else { "Upheld" }
    )
}

/// A size that the environment may set: `IMR_LINE_MEBIBYTES=60` is close to the longest letter, `IMR_FORM_BYTES=16777216`
/// shows what grows faster than the letter.
fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// What `imr parse` prints of one text.
#[track_caller]
fn parsed(bytes: impl AsRef<[u8]>) -> Value {
    let desk = Desk::new();
    desk.write("letter.txt", bytes);
    let run = desk.imr(["parse", "letter.txt"]).ends_with(0);
    run.lines().remove(0)
}

/// Indexes one text, however it ends: the run itself goes through, within a gibibyte.
#[track_caller]
fn goes_through(name: &str, bytes: impl AsRef<[u8]>) -> Run {
    let desk = Desk::new();
    desk.write("letters/hostile.txt", bytes);
    desk.write("letters/zz.txt", letter());
    let (run, peak) = run_with_peak(&mut desk.command(["index", "--report", "report.jsonl", "letters"]));
    assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    assert!(desk.read("report.jsonl").contains(LETTER), "{name}");
    assert_peak_below(peak, 1024);
    run
}

#[test]
fn ten_thousand_decisions_in_one_letter() {
    let text = format!("{HEAD}{}", (1..=10_000).map(decision).collect::<String>());
    let letter = parsed(&text);
    let decisions = letter["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 10_000);
    assert_eq!(decisions[9_999]["id"], "CM20-9900555/10000");
    assert_eq!(decisions[4_321]["item"], "Cane number 4322");
    goes_through("10,000 decisions", text);
}

#[test]
fn lines_of_many_mebibytes() {
    let word = "The gait is not described. ";
    let line = |mebibytes: usize| {
        format!("{HEAD}A cane: Upheld\nDecision rationale: {}\n", word.repeat((mebibytes << 20) / word.len()))
    };
    is_rejected("long.txt", line(100).as_bytes(), "too-large");
    let desk = Desk::new();
    desk.write("long.txt", line(number("IMR_LINE_MEBIBYTES", 4)));
    let (run, peak) = run_with_peak(&mut desk.command(["index", "long.txt"]));
    run.ends_with(0);
    assert_peak_below(peak, 2048);
    let run = desk.imr(["search", "--format", "json", "gait"]).ends_with(0);
    assert_eq!(run.json()["hits"][0]["id"], "CM20-9900555/1");
}

#[test]
fn control_characters_reach_no_terminal() {
    let every: String = (0_u8..32).chain(127..160).map(char::from).collect();
    let turning = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}";
    let few = "\u{1b}[31m\u{7}\u{7f}\u{9b}1m";
    // A text that begins with many of them is taken for no text at all, so most stand further on.
    let text = format!(
        "{HEAD}A cane {few}{turning}of wood: Upheld\n\nDecision rationale: {} The gait{every}{turning} is steady.\n",
        "It was seen. ".repeat(400)
    );
    let desk = Desk::new();
    desk.write("letters/a.txt", &text);
    desk.imr(["index", "letters"]).ends_with(0);
    let harmful = |letter: char| (letter.is_control() && letter != '\n') || turning.contains(letter);
    for arguments in
        [&["search", "cane"][..], &["search", "gait steady"], &["show", "CM20-9900555"], &["explain", &text[..200]]]
    {
        let run = desk.imr(arguments).ends_with(0);
        assert!(!run.stdout.contains(harmful) && !run.stderr.contains(harmful), "{arguments:?}: {:?}", run.stdout);
    }
    let run = desk.imr(["show", "CM20-9900555"]);
    assert!(run.stdout.contains("of wood") && run.stdout.contains("is steady"), "{}", run.stdout);
    // JSON is for programs: it keeps them, escaped.
    let run = desk.imr(["search", "cane", "--format", "json"]).ends_with(0);
    assert!(!run.stdout.contains(|letter: char| letter.is_control() && letter != '\n' && (letter as u32) < 0x20));
    assert!(run.json()["hits"][0]["item"].as_str().unwrap().contains("of wood"));
}

#[test]
fn text_in_other_encodings_is_the_same_letter() {
    let text = sample_text(LETTER);
    let utf16 = |bytes_of: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes_of).collect()
    };
    for bytes in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes), format!("\u{feff}{text}").into_bytes()] {
        is_read("encoded.txt", &bytes, LETTER);
        let decisions = parsed(&bytes)["decisions"].clone();
        assert_eq!(decisions, parsed(&text)["decisions"]);
    }
    for line_end in ["\r", "\r\n"] {
        assert_eq!(parsed(text.replace('\n', line_end))["decisions"], parsed(&text)["decisions"], "{line_end:?}");
    }
    let ansi =
        format!("{HEAD}\u{e2}A cane \u{96} \u{93}quoted\u{94}: Upheld\n\nDecision rationale: It\u{92}s \u{97} fine.\n");
    let ansi: Vec<u8> = ansi.chars().map(|letter| letter as u8).collect();
    let letter = parsed(ansi);
    assert_eq!(letter["decisions"][0]["item"], "\u{e2}A cane \u{2013} \u{201c}quoted\u{201d}");
    assert_eq!(letter["decisions"][0]["rationale"], "It\u{2019}s \u{2014} fine.");
}

#[test]
fn bytes_that_are_no_text() {
    is_rejected("nuls.txt", &vec![0; 1 << 20], "not-a-letter");
    let invalid = [letter(), b"\xff\xfe\xc3\x28 \xf0\x28\x8c\x28".to_vec()].concat();
    is_read("invalid.txt", &invalid, LETTER);
    let nuls = [letter(), vec![0; 10]].concat();
    is_read("few-nuls.txt", &nuls, LETTER);
    // An odd number of bytes, halves of pairs, no end.
    goes_through("utf-16 in pieces", [b"\xff\xfe".as_slice(), &b"\x00\xd8".repeat(10_001), b"x"].concat());
}

#[test]
fn letters_of_nothing_but_form() {
    let many = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
    let bytes = number("IMR_FORM_BYTES", 256 << 10);
    for (name, text) in [
        ("headings", many("IMR ISSUES, DECISIONS AND RATIONALES\n\nCLINICAL CASE SUMMARY\n\n", bytes)),
        ("notices", many("Notice of Independent Medical Review Determination\n", bytes)),
        ("short lines", many("a\n", bytes)),
        ("empty lines", many("\n", bytes)),
        ("outcomes", format!("{HEAD}{}", many(": Upheld\n", bytes))),
        ("labels", format!("{HEAD}A cane: Upheld\n{}", many("Decision rationale: ", bytes))),
        ("label lines", format!("{HEAD}A cane: Upheld\n{}", many("Decision rationale: x\n\n", bytes))),
        ("guideline lines", format!("{HEAD}A cane: Upheld\n{}", many("MAXIMUS guideline:\n", bytes))),
        ("headers", format!("{}{HEAD}{}", "Case Number: CM20-9900555\nDecision Date: 01/02/2020\n".repeat(bytes / 50), decision(1))),
        ("case number", format!("Case Number: {}\n{HEAD}{}", "9".repeat(bytes), decision(1))),
        ("feet", many("Page 2 of 5\n\n\u{c}", bytes)),
        ("named feet", many("Final Determination Letter for IMR Case Number CM20-9900555\n\n", bytes)),
        ("statements", (1..bytes / 80).map(|n| format!("{n}) MAXIMUS Federal Services, Inc. has determined the request for a cane is not medically necessary and appropriate.\n\n")).collect()),
        ("notice statements", format!("Notice of Independent Medical Review Determination\n{}", (1..bytes / 80).map(|n| format!("{n}) MAXIMUS Federal Services, Inc. has determined the request for a cane is not medically necessary and appropriate.\n\n")).collect::<String>())),
        ("open statements", format!("Notice of Independent Medical Review Determination\n{}", many("1) MAXIMUS Federal Services, Inc. has determined the request for\n", bytes))),
        ("old labels", format!("Notice of Independent Medical Review Determination\n1) MAXIMUS Federal Services, Inc. has determined the request for a cane is not medically necessary and appropriate.\n\n{}", many("Rationale for the Decision:\n", bytes))),
        ("issues", many("ISSUE AT DISPUTE:\nx\nRATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT MEDICALLY NECESSARY:\n", bytes)),
        ("spaces", format!("{HEAD}A{}cane: Upheld\nDecision rationale: x\n", " ".repeat(bytes))),
        ("hyphens", format!("{HEAD}{}: Upheld\nDecision rationale: x\n", many("a-\n", bytes))),
        ("brackets", format!("{HEAD}{}: Upheld\nDecision rationale: x\n", many("(#1 x ", bytes))),
        ("quotations", format!("{HEAD}A cane: Upheld\nMAXIMUS guideline: {}\n\nDecision rationale: x\n", many("Decision based on MTUS Chronic Pain, Section(s): a, ", bytes))),
    ] {
        let started = Instant::now();
        goes_through(name, text);
        let seconds = started.elapsed().as_secs();
        // A busy machine is slow; only what does not end is meant.
        assert!(seconds < 600 + bytes as u64 / 10_000, "{name} keeps the reader busy: {seconds} s");
    }
}
