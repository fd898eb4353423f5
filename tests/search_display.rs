//! What was found is handed over in the order, the pages and the form asked for, with its matches marked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::corpus::{ask, corpus, found, hits, ids_in_order, search};
use common::{Run, imr, text};
use imr::index::document::order;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// Ids sort by letter, then by the decision's place in it: `/9` before `/10`.
fn in_order(id: &str) -> u64 {
    let (letter, ordinal) = id.rsplit_once('/').unwrap();
    order(letter, ordinal.parse().unwrap())
}

#[test]
fn dates_sort_with_ties_in_the_order_of_ids_and_undated_last() {
    let expected = |newest: bool| -> Vec<String> {
        let mut all: Vec<(&str, String)> = corpus().decisions.iter().map(|one| (one.date(), one.id())).collect();
        all.sort_by(|one, other| {
            let by_date = match (one.0.is_empty(), other.0.is_empty()) {
                (false, false) if newest => other.0.cmp(one.0),
                (false, false) => one.0.cmp(other.0),
                (one, other) => one.cmp(&other),
            };
            by_date.then_with(|| in_order(&one.1).cmp(&in_order(&other.1)))
        });
        all.into_iter().map(|(_, id)| id).collect()
    };
    for (order, newest) in [("newest", true), ("date", true), ("oldest", false)] {
        let answer = ask(&["--sort", order, "--no-collapse", "-n", "1000"], "");
        assert_eq!(ids_in_order(&answer), expected(newest), "{order}");
    }
    let answer = ask(&["--no-collapse", "-n", "1000"], "");
    assert_eq!(ids_in_order(&answer), expected(true), "nothing asked: the latest first");
}

#[test]
fn relevance_sorts_by_score_with_ties_in_the_order_of_ids() {
    for query in ["lumbar", "outcome:overturned mri", "therapy OR injection", "post-op"] {
        let answer = ask(&["--no-collapse", "-n", "1000"], query);
        let ranked: Vec<(f64, &str)> =
            hits(&answer).iter().map(|hit| (hit["score"].as_f64().unwrap(), text(hit, "id"))).collect();
        for pair in ranked.windows(2) {
            let is_tie = (pair[0].0 - pair[1].0).abs() < f64::EPSILON;
            let ordered = pair[0].0 > pair[1].0 || is_tie && in_order(pair[0].1) < in_order(pair[1].1);
            assert!(ordered, "{query}: {pair:?}");
        }
        let ranks: Vec<u64> = hits(&answer).iter().map(|hit| hit["rank"].as_u64().unwrap()).collect();
        assert_eq!(ranks, (1..=ranks.len() as u64).collect::<Vec<_>>());
    }
}

#[test]
fn a_question_of_restrictions_only_lists_the_latest_first() {
    let typed = ask(&["--no-collapse", "-n", "1000"], "outcome:overturned");
    let filtered = ask(&["--no-collapse", "-n", "1000", "--outcome", "overturned", "--sort", "newest"], "");
    let order = |answer: &Value| hits(answer).iter().map(|hit| text(hit, "id").to_owned()).collect::<Vec<_>>();
    assert_eq!(order(&typed), order(&filtered));
}

#[test]
fn pages_laid_end_to_end_are_the_long_page() {
    for query in ["", "therapy", "lumbar spine surgery", "low back pain therapy sessions", "post-op"] {
        for extra in [&["--no-collapse"][..], &[], &["--sort", "oldest"]] {
            let long = ask(&[&["-n", "20", "--facet", "none"], extra].concat(), query);
            let mut laid = Vec::new();
            for page in 0..4 {
                let offset = (page * 5).to_string();
                let short = ask(&[&["-n", "5", "--offset", &offset, "--facet", "none"], extra].concat(), query);
                assert_eq!(short["total"], long["total"], "{query:?} {extra:?}: every page knows the same total");
                for (place, hit) in hits(&short).iter().enumerate() {
                    assert_eq!(hit["rank"].as_u64().unwrap() as usize, page * 5 + place + 1);
                }
                laid.extend(ids_in_order(&short));
            }
            assert_eq!(laid, ids_in_order(&long), "{query:?} {extra:?}");
        }
    }
    let beyond = ask(&["--offset", "5000"], "therapy");
    assert!(hits(&beyond).is_empty() && beyond["total"].as_u64().unwrap() > 0);
    Run::of(&mut search(&["-n", "0"], "therapy")).ends_with(0);
    let run = Run::of(&mut search(&["--offset", "99999999"], "therapy")).ends_with(2);
    assert!(run.stderr.contains("hint"), "{}", run.stderr);
}

#[test]
fn near_twins_are_folded_counted_and_kept_within_reach() {
    let folded = ask(&["-n", "1000"], "post-op");
    let apart = ask(&["-n", "1000", "--no-collapse"], "post-op");
    assert_eq!(folded["total"], apart["total"], "decisions are counted one by one");
    assert!(hits(&folded).len() < hits(&apart).len());
    assert!(hits(&apart).iter().all(|hit| hit["twins"].as_array().unwrap().is_empty()));
    let outcomes: BTreeMap<String, String> =
        corpus().decisions.iter().map(|one| (one.id(), text(&one.decision, "outcome").to_owned())).collect();
    let mut all = BTreeSet::new();
    for hit in hits(&folded) {
        assert!(all.insert(text(hit, "id").to_owned()));
        for twin in hit["twins"].as_array().unwrap() {
            assert!(all.insert(text(twin, "id").to_owned()), "{twin}");
            assert_eq!(outcomes[text(twin, "id")], text(hit, "outcome"), "a denial never hides an approval");
        }
    }
    assert_eq!(all, found("post-op"));
    let stock = hits(&folded).iter().map(|hit| hit["twins"].as_array().unwrap().len()).max().unwrap();
    assert!(stock >= 5, "the ancillary services of one operation share a sentence: {stock}");
}

#[test]
fn everything_found_can_be_exported() {
    let expected = found("therapy");
    let run = Run::of(&mut search(&["--all", "--format", "jsonl"], "therapy")).ends_with(0);
    let lines: BTreeSet<String> = run.lines().iter().map(|hit| text(hit, "id").to_owned()).collect();
    assert_eq!((&lines, run.lines().len()), (&expected, expected.len()));
    let run = Run::of(&mut search(&["--all", "--format", "csv"], "therapy")).ends_with(0);
    let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
    let headings = rows.headers().unwrap().clone();
    let column = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let (id, item, outcome) = (column("id"), column("item"), column("outcome"));
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), expected.len());
    for row in &rows {
        let one = corpus().decisions.iter().find(|one| one.id() == row[id]).unwrap();
        assert_eq!(text(&one.decision, "outcome"), &row[outcome]);
        // Control characters of a letter may be left out of a table that people open.
        if !text(&one.decision, "item").contains(char::is_control) {
            assert_eq!(text(&one.decision, "item"), &row[item]);
        }
    }
    // With the filters and the order asked for.
    let run =
        Run::of(&mut search(&["--all", "--format", "jsonl", "--outcome", "upheld", "--sort", "oldest"], "therapy"));
    let long = ask(&["-n", "1000", "--no-collapse", "--outcome", "upheld", "--sort", "oldest"], "therapy");
    assert_eq!(run.lines().iter().map(|hit| text(hit, "id").to_owned()).collect::<Vec<_>>(), ids_in_order(&long));
    Run::of(&mut search(&["--all", "--format", "csv"], "xylophonist")).ends_with(1);
    let run = Run::of(&mut search(&["--all"], "therapy")).ends_with(2);
    assert!(run.stderr.contains("--format csv"), "{}", run.stderr);
}

#[test]
fn an_export_finds_what_the_page_finds() {
    for query in ["lumbar spine surgery", "low back pain therapy sessions"] {
        let page = ask(&["--no-collapse"], query);
        let run = Run::of(&mut search(&["--all", "--format", "jsonl"], query));
        assert_eq!(run.lines().len() as u64, page["total"].as_u64().unwrap(), "{query}");
    }
}

#[test]
fn a_cell_never_runs_in_a_spreadsheet() {
    let run = Run::of(&mut search(&["--all", "--format", "csv"], "")).ends_with(0);
    for row in csv::Reader::from_reader(run.stdout.as_bytes()).records().map(Result::unwrap) {
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_answer_has_exactly_the_promised_keys() {
    let answer = ask(&[], "opiod post-op");
    assert_eq!(keys(&answer), ["corrected", "expanded", "facets", "hits", "request", "took_ms", "total", "understood"]);
    let hit_keys = [
        "body_parts",
        "case_number",
        "category",
        "concepts",
        "decision_date",
        "id",
        "item",
        "outcome",
        "rank",
        "reviewer_guideline",
        "score",
        "snippets",
        "twin_count",
        "twins",
    ];
    let folded = ask(&["-n", "1000"], "post-op");
    for hit in hits(&answer).iter().chain(hits(&folded)) {
        let sometimes = ["authorized", "contradictory", "disputed", "requested", "superseded"];
        let always: Vec<&str> = keys(hit).into_iter().filter(|key| !sometimes.contains(key)).collect();
        assert_eq!(always, hit_keys);
        let (named, all) = (hit["twins"].as_array().unwrap().len() as u64, hit["twin_count"].as_u64().unwrap());
        assert!(named <= 20 && all >= named, "{named} of {all} twins named");
        hit["snippets"]
            .as_array()
            .unwrap()
            .iter()
            .for_each(|piece| assert_eq!(keys(piece), ["field", "marks", "text"]));
    }
    for values in answer["facets"].as_object().unwrap().values() {
        values.as_array().unwrap().iter().for_each(|value| assert_eq!(keys(value), ["count", "selected", "value"]));
    }
    assert_eq!(answer["request"]["query"], "opiod post-op");
    let undated = ask(&[], "case:letter-neck-2014");
    assert!(hits(&undated).iter().all(|hit| hit["case_number"].is_null() && hit["decision_date"].is_null()));
    for hit in hits(&ask(&["-n", "100", "--no-collapse"], "therapy")) {
        let one = corpus().decisions.iter().find(|one| one.id() == text(hit, "id")).unwrap();
        assert_eq!(hit["item"], one.decision["item"]);
        assert_eq!(hit["outcome"], one.decision["outcome"]);
        assert_eq!(hit["case_number"], one.letter["case_number"]);
        assert_eq!(hit["decision_date"], one.letter["decision_date"]);
        assert_eq!(hit["reviewer_guideline"], one.decision["reviewer_guideline"]["text"]);
    }
}

#[test]
fn explanations_add_up_to_words_and_fields() {
    let answer = ask(&["--explain"], "lumbar mri");
    let first = &hits(&answer)[0]["explanation"];
    let parts = first.as_array().unwrap();
    assert!(parts.iter().any(|part| part["word"] == "mri" && part["field"] == "item"), "{first}");
    assert!(parts.iter().all(|part| part["score"].as_f64().unwrap() > 0.0));
    let run = Run::of(&mut search(&["--explain"], "lumbar mri")).ends_with(0);
    assert!(run.stdout.contains("mri in item"), "{}", run.stdout);
}

/// The marked pieces of a snippet, cut by characters as the answer promises.
fn marked(piece: &Value) -> Vec<String> {
    let letters: Vec<char> = text(piece, "text").chars().collect();
    piece["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| {
            let [from, to] = [0, 1].map(|end| mark[end].as_u64().unwrap() as usize);
            assert!(from < to && to <= letters.len(), "{piece}");
            letters[from..to].iter().collect()
        })
        .collect()
}

/// What may be marked.
type Test = dyn Fn(&str) -> bool;

#[test]
fn marks_stand_on_the_words_that_match() {
    let is_one_of = |words: &'static [&'static str]| {
        move |marked: &str| words.iter().any(|word| marked.to_lowercase().starts_with(word))
    };
    let checks: [(&str, Box<Test>); 8] = [
        ("wombat", Box::new(|marked| marked == "wombat")),
        ("naïve", Box::new(|marked| marked == "naïve")),
        ("injection", Box::new(is_one_of(&["inject"]))),
        ("\"lumbar spine\"", Box::new(|marked| marked.eq_ignore_ascii_case("lumbar spine"))),
        ("inject*", Box::new(is_one_of(&["inject"]))),
        ("mri -knee", Box::new(is_one_of(&["mri", "magnetic resonance"]))),
        ("10/325 mg", Box::new(|marked| marked.replace(' ', "") == "10/325mg")),
        ("L4-L5", Box::new(|marked| marked.starts_with("L4"))),
    ];
    for (query, test) in checks {
        let answer = ask(&["--no-collapse", "-n", "100"], query);
        let mut seen = 0;
        for hit in hits(&answer) {
            for piece in hit["snippets"].as_array().unwrap() {
                for words in marked(piece) {
                    assert!(test(&words), "{query}: `{words}` is marked in {piece}");
                    seen += 1;
                }
            }
        }
        assert!(seen >= hits(&answer).len(), "{query}: every hit shows why it was found");
    }
}

#[test]
fn snippets_are_pieces_of_their_field() {
    for query in ["therapy", "lumbar mri", "wombat", "guideline:opioids", "summary:welder"] {
        for hit in hits(&ask(&["--no-collapse", "-n", "100"], query)) {
            let one = corpus().decisions.iter().find(|one| one.id() == text(hit, "id")).unwrap();
            let pieces = hit["snippets"].as_array().unwrap();
            assert!(!pieces.is_empty(), "{query}: {}", one.id());
            for piece in pieces {
                let shown = text(piece, "text").trim_start_matches('…').trim_end_matches('…').trim();
                assert!(one.field(text(piece, "field")).contains(shown), "{query}: {piece} is not of {}", one.id());
            }
        }
    }
}

#[test]
fn a_summary_is_quoted_where_it_was_asked_for() {
    let answer = ask(&[], "summary:welder");
    assert!(!hits(&answer).is_empty());
    for hit in hits(&answer) {
        let fields: Vec<&str> = hit["snippets"].as_array().unwrap().iter().map(|piece| text(piece, "field")).collect();
        assert!(fields.contains(&"summary"), "{hit}");
    }
}

#[track_caller]
fn assert_harmless(what: &str, shown: &str) {
    for letter in shown.chars() {
        let harmless = letter == '\n' || !letter.is_control() && !matches!(letter, '\u{202a}'..='\u{202e}');
        assert!(harmless, "{what} shows {letter:?}");
    }
}

#[test]
fn the_table_fits_80_columns_and_only_shows_characters() {
    for (options, query) in [
        (&[][..], "therapy"),
        (&[], ""),
        (&["--explain"], "lumbar mri spine"),
        (&["--no-collapse", "-n", "200"], ""),
        (&[], "quokka"),
        (&[], "wombat"),
        (&[], "xylophonist"),
        (&["--facet", "specialty", "--facet", "licensure", "--facet-limit", "50"], "therapy"),
        (
            &["--where", "specialty=Physical Medicine and Rehabilitation", "--year", "2013..2019"],
            "opiod OR (therapy AND \"of the\")",
        ),
    ] {
        let run = Run::of(&mut search(options, query));
        assert!([0, 1].contains(&run.code), "{}", run.stderr);
        for line in run.stdout.lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
        }
        assert_harmless(query, &run.stdout);
    }
}

#[test]
fn the_table_says_what_matters_in_words() {
    let run = Run::of(&mut search(&["--no-collapse"], "\"carpal tunnel release\"")).ends_with(0);
    for part in ["OVERTURNED", "CM17-9900005/1", "2017-03-08", "*carpal tunnel release*", "outcome", "█"] {
        assert!(run.stdout.contains(part), "`{part}` is missing:\n{}", run.stdout);
    }
    let mut colourful = search(&["--color", "always"], "lumbar");
    let run = Run::of(colourful.env_remove("NO_COLOR"));
    assert!(run.stdout.contains("\u{1b}["), "colour where it is asked for");
}

#[test]
fn control_characters_of_a_letter_never_reach_a_terminal() {
    let folder = &corpus().folder;
    let bad_name = folder.join("\u{1b}[31mred.txt");
    fs::write(&bad_name, "no letter").unwrap();
    for arguments in [
        &["search", "quokka"][..],
        &["show", "CM20-9900901"],
        &["parse", "--format", "text", "letters/escapes.txt"],
        &["index", "--index", "other", "."],
        &["search", "\u{1b}[31mquokka"],
        &["show", "\u{1b}[31m"],
        &["remove", "\u{1b}[31m"],
        &["search", "--where", "\u{1b}[31m=x", "y"],
        &["search", "--where", "specialty=\u{1b}[31m", "y"],
    ] {
        let run = Run::of(imr().current_dir(folder).args(arguments));
        assert_harmless(&format!("standard output of {arguments:?}"), &run.stdout);
        assert_harmless(&format!("standard error of {arguments:?}"), &run.stderr);
    }
    fs::remove_file(bad_name).unwrap();
}

#[test]
fn one_decision_or_a_whole_letter_is_shown() {
    let folder = &corpus().folder;
    let show = |arguments: &[&str]| Run::of(imr().current_dir(folder).arg("show").args(arguments));
    let run = show(&["CM17-9900005"]).ends_with(0);
    assert_eq!(run.stdout.matches("CM17-9900005/").count(), 4, "{}", run.stdout);
    let run = show(&["cm17-9900005/2"]).ends_with(0);
    assert_eq!(run.stdout.matches("CM17-9900005/").count(), 1, "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.width() <= 80));
    let run = show(&["CM17-9900005", "CM99-0000000"]).ends_with(1);
    assert!(run.stderr.contains("CM99-0000000"), "{}", run.stderr);
    let long = show(&["--format", "json", "CM15-9900012"]).ends_with(0).json();
    let ids: Vec<&str> = long["decisions"].as_array().unwrap().iter().map(|decision| text(decision, "id")).collect();
    let expected: Vec<String> = (1..=21).map(|ordinal| format!("CM15-9900012/{ordinal}")).collect();
    assert_eq!(ids, expected, "in the order of the letter");
}
