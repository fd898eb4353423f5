//! Every question gets the decisions that fit it: compared with a count over what `imr parse` prints of the same letters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeSet;

use common::corpus::{SEARCHED, ask, counted, found, found_with, has_phrase, has_word, search};
use common::{Run, text};
use serde_json::Value;

#[test]
fn a_word_as_typed_is_found_where_it_stands_and_nowhere_else() {
    for word in ["lumbar", "opioid", "naproxen", "acupuncture", "mri", "therapy", "wombat", "supraspinatus"] {
        let expected = counted(|one| has_word(one, &SEARCHED, |known| known == word));
        assert!(!expected.is_empty(), "{word}");
        assert_eq!(found_with(&["--exact"], word), expected, "{word}");
        assert_eq!(found_with(&["--exact"], &word.to_uppercase()), expected, "capitals do not matter: {word}");
    }
}

#[test]
fn other_forms_of_a_word_count_unless_exactness_is_asked_for() {
    let (one, many) = (found("injection"), found("injections"));
    assert_eq!(one, many);
    let exact = found_with(&["--exact"], "injections");
    assert!(exact.is_subset(&many) && exact.len() < many.len());
    assert_eq!(found("\"injections\""), exact, "a quoted word means itself");
}

#[test]
fn a_phrase_is_its_words_in_their_order() {
    for (query, phrase) in [
        ("\"lumbar spine\"", &["lumbar", "spine"][..]),
        ("\"not medically necessary\"", &["not", "medically", "necessary"]),
        ("\"of the lumbar spine\"", &["of", "the", "lumbar", "spine"]),
    ] {
        let expected = counted(|one| has_phrase(one, &SEARCHED, phrase));
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(found(query), expected, "{query}");
    }
    assert!(found("\"spine lumbar the of\"").is_empty());
}

#[test]
fn operators_are_those_of_sets() {
    let (mri, knee, neck) = (found("mri"), found("knee"), found("cervical"));
    let everything = counted(|_| true);
    let minus = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> BTreeSet<String> { one - other };
    for (query, expected) in [
        ("mri AND knee", &mri & &knee),
        ("mri OR knee", &mri | &knee),
        ("mri -knee", minus(&mri, &knee)),
        ("mri NOT knee", minus(&mri, &knee)),
        ("mri AND NOT knee", minus(&mri, &knee)),
        ("-mri", minus(&everything, &mri)),
        ("NOT mri", minus(&everything, &mri)),
        ("NOT (mri OR knee)", minus(&everything, &(&mri | &knee))),
        ("mri AND (knee OR cervical)", &mri & &(&knee | &neck)),
        ("(mri AND knee) OR cervical", &(&mri & &knee) | &neck),
        ("mri AND knee OR cervical", &(&mri & &knee) | &neck),
        ("mri OR knee AND cervical", &mri | &(&knee & &neck)),
        ("+mri +knee", &mri & &knee),
    ] {
        assert_eq!(found(query), expected, "{query}");
    }
}

#[test]
fn an_excluded_phrase_excludes_only_itself() {
    let expected = counted(|one| {
        has_word(one, &SEARCHED, |word| word == "lumbar") && !has_phrase(one, &SEARCHED, &["lumbar", "spine"])
    });
    assert!(!expected.is_empty());
    assert_eq!(found_with(&["--exact"], "lumbar -\"lumbar spine\""), expected);
}

#[test]
fn a_field_restricts_a_word_to_itself() {
    for field in ["item", "rationale", "summary", "reviewer_guideline", "claims_guideline"] {
        let expected = counted(|one| has_word(one, &[field], |word| word == "lumbar" || word == "opioids"));
        assert!(!expected.is_empty(), "{field}");
        assert_eq!(found_with(&["--exact"], &format!("{field}:lumbar OR {field}:opioids")), expected, "{field}");
        assert_eq!(found_with(&["--exact"], &format!("{field}:(lumbar OR opioids)")), expected, "{field}, as a group");
    }
    let documents = counted(|one| has_word(one, &["documents_reviewed"], |word| word == "therapy"));
    assert_eq!(found_with(&["--exact"], "documents_reviewed:therapy"), documents);
    let phrase = counted(|one| has_phrase(one, &["item"], &["physical", "therapy"]));
    assert_eq!(found("item:\"physical therapy\""), phrase);
    assert_eq!(found("guideline:opioids"), found("reviewer_guideline:opioids"), "an alias is the field");
}

#[test]
fn ranges_take_dates_months_years_and_numbers() {
    let between =
        |from: &str, to: &str| counted(|one| !one.date().is_empty() && one.date() >= from && one.date() <= to);
    let age = |from: u64, to: u64| {
        counted(|one| one.letter["patient"]["age"].as_u64().is_some_and(|age| (from..=to).contains(&age)))
    };
    for (query, expected) in [
        ("decided:[2016-01-01 TO 2016-12-31]", between("2016-01-01", "2016-12-31")),
        ("decided:[2016 TO 2017]", between("2016-01-01", "2017-12-31")),
        ("decided:2016-11", between("2016-11-01", "2016-11-30")),
        ("decided:2016-11-21", between("2016-11-21", "2016-11-21")),
        ("decided:11/21/2016", between("2016-11-21", "2016-11-21")),
        ("decided:[2018 TO *]", between("2018-01-01", "9999")),
        ("decided:[* TO 2013-10-08]", between("0000", "2013-10-08")),
        ("decided:{2013-10-08 TO 2014-02-11}", between("2013-10-09", "2014-02-10")),
        ("decided:2016..2017", between("2016-01-01", "2017-12-31")),
        ("year:[2016 TO 2017]", between("2016-01-01", "2017-12-31")),
        ("year:2015", between("2015-01-01", "2015-12-31")),
        ("age:[40 TO 50]", age(40, 50)),
        ("age:45", age(45, 45)),
        ("decided:*", between("0000", "9999")),
        ("NOT decided:*", counted(|one| one.date().is_empty())),
    ] {
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(found(query), expected, "{query}");
    }
}

#[test]
fn wildcards_stand_for_any_ending_and_any_letter() {
    for (query, test) in [
        ("inject*", (|word| word.starts_with("inject")) as fn(&str) -> bool),
        ("*itis", |word| word.ends_with("itis")),
        ("n?rco", |word| word.len() == 5 && word.starts_with('n') && word.ends_with("rco")),
        ("lu*ar", |word| word.starts_with("lu") && word.ends_with("ar")),
    ] {
        let expected = counted(|one| has_word(one, &SEARCHED, test));
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(found(query), expected, "{query}");
    }
    assert!(found("zzzz*").is_empty());
}

#[test]
fn proximity_counts_words_in_either_order() {
    // "zebra one two three four giraffe": the fifth word after the zebra.
    for (query, matches) in [
        ("zebra /5 giraffe", true),
        ("giraffe /5 zebra", true),
        ("zebra /4 giraffe", false),
        ("giraffe /4 zebra", false),
        ("zebra /50 giraffe", true),
        ("ocelot /4 puma", true),
        ("puma /4 ocelot", true),
        ("ocelot /3 puma", false),
        ("zebra /3 wombat", false),
        ("rationale:zebra /5 giraffe", true),
        ("item:zebra /5 giraffe", false),
    ] {
        assert_eq!(!found(query).is_empty(), matches, "{query}");
    }
}

#[test]
fn strengths_levels_and_joined_words_are_found_however_they_are_written() {
    let strengths = counted(|one| SEARCHED.iter().any(|field| one.field(field).contains("10/325")));
    assert!(strengths.len() >= 3);
    for query in ["10/325mg", "10/325 mg", "\"10/325 mg\"", "\"10/325mg\""] {
        assert_eq!(found(query), strengths, "{query}");
    }
    assert!(found("item:\"10 mg\"").contains("CM20-9900903/1"));
    assert_eq!(found("zaleplon AND 10mg"), found("zaleplon AND \"10 mg\""));
    let levels = found("L4-L5");
    assert!(levels.contains("CM20-9900903/1") && levels.contains("CM15-9900012/1"), "{levels:?}");
    assert_eq!(found("L4-5"), levels);
    assert_eq!(found("L4/5"), levels);
    assert!(found("C5-C6").contains("CM20-9900903/1"), "printed as C5/6");
    let joined = found("EMG/NCS");
    assert!(joined.contains("CM17-9900160/2") && joined.contains("CM13-9900127/2"), "{joined:?}");
    assert!(found("emg").contains("CM17-9900160/2") && found("ncs").contains("CM17-9900160/2"), "by part");
    assert!(found("#120").contains("CM14-9900118/1"), "a count with its sign");
}

#[test]
fn a_case_number_is_found_whole_and_by_part() {
    let letter: BTreeSet<String> = counted(|one| text(&one.letter, "id") == "CM16-9900007");
    assert_eq!(letter.len(), 2);
    for query in ["case:CM16-9900007", "case_number:cm16-9900007", "CM16-9900007", "cm16-9900007", "9900007"] {
        assert_eq!(found(query), letter, "{query}");
    }
    let year = counted(|one| text(&one.letter, "id").starts_with("CM16-"));
    assert_eq!(found("case:CM16*"), year);
    assert_eq!(found("id:CM16-9900007/2").len(), 1);
    assert_eq!(found("case:\"IMR 13-990041\"").len(), 1, "the old form has a space");
}

#[test]
fn a_misspelt_word_gets_a_suggestion_from_the_letters() {
    for (typed, meant, is_sure) in
        [("acupunture", "acupuncture", true), ("opiod", "opioid", false), ("lumbr", "lumbar", false)]
    {
        let answer = ask(&["--no-collapse"], typed);
        let corrected = &answer["corrected"][0];
        assert_eq!(text(corrected, "typed"), typed);
        assert!(corrected["did_you_mean"].as_array().unwrap().iter().any(|word| word == meant), "{corrected}");
        assert_eq!(corrected["searched_instead"].as_bool().unwrap_or(false), is_sure, "{corrected}");
        if is_sure {
            assert_eq!(found(typed), found(meant), "{typed}");
            assert!(text(&answer, "understood").contains(meant));
        }
        // Asked for exactly, the slip is pointed out and nothing is searched in its place.
        let run = Run::of(&mut search(&["--exact"], typed)).ends_with(1);
        assert!(run.stdout.contains(&format!("did you mean `{meant}`?")), "{}", run.stdout);
    }
    let answer = ask(&[], "xylophonist");
    assert_eq!((&answer["total"], answer["corrected"].as_array().unwrap().len()), (&Value::from(0), 1));
}

#[test]
fn a_restriction_inside_a_question_restricts() {
    let overturned = counted(|one| one.decision["outcome"] == "overturned");
    for query in
        ["lumbar mri red flags outcome:overturned", "therapy outcome:overturned", "outcome:overturned injection knee"]
    {
        let found = found(query);
        assert!(!found.is_empty() && found.is_subset(&overturned), "{query}: {found:?}");
    }
    assert!(found("case:CM16-9900007 acupuncture therapy mri").iter().all(|id| id.starts_with("CM16-9900007/")));
}

#[test]
fn a_word_that_must_be_there_is_enough() {
    assert_eq!(found("+therapy xylophone"), found("therapy"));
}

#[test]
fn distance_on_a_field_of_values_is_no_error() {
    for query in ["outcome:upheld /5 mri", "age:40 /5 mri", "decided:2016 /5 mri", "rationale:*", "decided:2016-2017"] {
        let run = Run::of(&mut search(&[], query));
        assert!(matches!(run.code, 0 | 1), "{query}: {}", run.stderr);
    }
}

#[test]
fn odd_questions_never_fail() {
    let deep = "(".repeat(5_000) + &")".repeat(5_000);
    let deep_words = "(pain ".repeat(500) + &")".repeat(300);
    let long = "pain OR ".repeat(2_000);
    let words = "lumbar ".repeat(1_000);
    for query in [
        "\"",
        "\"unclosed",
        "pain \"unclosed",
        "AND",
        "AND OR NOT",
        "NOT",
        "NOT NOT pain",
        "-",
        "--",
        "+",
        "()",
        "(",
        ")",
        ")(",
        "[2016 TO",
        "decided:[",
        "decided:[a TO b]",
        "decided:[2017 TO 2016]",
        "age:[x TO *]",
        "year:[2016 TO 99999999999]",
        "item:",
        ":",
        ":::",
        "nofield:pain",
        "item:item:item",
        "*",
        "**",
        "?",
        "a*",
        "????*",
        "pain~",
        "\"low back\"~99999999999",
        "pain /99999999999 back",
        "/5",
        "pain /5",
        "/5 pain",
        "🙂",
        "🙂 OR pain",
        "日本語",
        "ﬁnding",
        "pain\u{0}",
        "\u{1b}[31m",
        "the of and",
        "\"the of and\"",
        "'; DROP TABLE decisions; --",
        "^pain^2",
        "pain^999999",
        "\\",
        "\\\"",
        "{pain}",
        "outcome:maybe",
        "\u{202e}pain",
        &deep,
        &deep_words,
        &long,
        &words,
        &"x".repeat(10_000),
        &"-".repeat(10_000),
        &"\"".repeat(9_999),
        &"é".repeat(9_000),
    ] {
        // The system hands no NUL to a program; everything else comes as typed.
        let typed = query.replace('\u{0}', " ");
        for format in ["table", "json"] {
            let run = Run::of(&mut search(&["--format", format], &typed));
            let shown: String = query.chars().take(60).collect();
            assert!([0, 1].contains(&run.code), "{shown}: exit code {}: {}", run.code, run.stderr);
        }
    }
}
