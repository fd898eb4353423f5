//! Filters keep and facets count the decisions that they name: compared with a count over what `imr parse` prints of the
//! same letters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::corpus::{ask, corpus, counted, found, found_with, has_word, search};
use common::{Run, imr, text};

#[test]
fn every_filter_option_keeps_what_it_names() {
    let years =
        |from: &str, to: &str| counted(|one| one.date().get(..4).is_some_and(|year| year >= from && year <= to));
    let age = counted(|one| one.letter["patient"]["age"].as_u64().is_some_and(|age| (40..=50).contains(&age)));
    let cases: Vec<(&[&str], BTreeSet<String>)> = vec![
        (&["--outcome", "upheld"], counted(|one| one.has("outcome", &["upheld"]))),
        (&["--outcome", "overturned"], counted(|one| one.has("outcome", &["overturned"]))),
        (&["--outcome", "overturned", "--outcome", "upheld"], counted(|_| true)),
        (&["--letter-outcome", "partially"], counted(|one| one.has("letter_outcome", &["partially_overturned"]))),
        (&["--letter-outcome", "upheld"], counted(|one| one.has("letter_outcome", &["upheld"]))),
        (&["--year", "2016"], years("2016", "2016")),
        (&["--year", "2016..2017"], years("2016", "2017")),
        (&["--year", "..2013"], years("0000", "2013")),
        (&["--year", "2018.."], years("2018", "9999")),
        (&["--year", "2013", "--year", "2019"], &years("2013", "2013") | &years("2019", "2019")),
        (&["--year", "not stated"], counted(|one| one.date().is_empty())),
        (&["--specialty", "pain management"], counted(|one| one.has("specialty", &["Pain Management"]))),
        (&["--basis", "outside"], counted(|one| one.has("basis", &["outside"]))),
        (&["--basis", "both", "--basis", "none"], counted(|one| one.has("basis", &["both", "none"]))),
        (&["--priority", "expedited"], counted(|one| one.has("priority", &["expedited"]))),
        (&["--where", "priority=not stated"], counted(|one| one.has("priority", &["not stated"]))),
        (&["--where", "licensure=Texas"], counted(|one| one.has("licensure", &["Texas"]))),
        (&["--where", "state=texas"], counted(|one| one.has("licensure", &["Texas"]))),
        (&["--where", "claims_basis=none"], counted(|one| one.has("claims_basis", &["none"]))),
        (&["--where", "sex=female"], counted(|one| one.has("sex", &["female"]))),
        (&["--where", "layout=notice_2013"], counted(|one| one.has("layout", &["notice_2013"]))),
        (&["--where", "age=40..50"], age),
        (
            &["--where", "decided=2016-01-01..2016-06-30"],
            counted(|one| ("2016-01-01"..="2016-06-30").contains(&one.date())),
        ),
        (&["--where", "case=CM16-9900007"], counted(|one| text(&one.letter, "id") == "CM16-9900007")),
        (
            &["--where", "item=lumbar spine"],
            counted(|one| {
                has_word(one, &["item"], |word| word == "lumbar") && has_word(one, &["item"], |w| w == "spine")
            }),
        ),
    ];
    for (options, expected) in cases {
        if options != ["--basis", "not-stated"] {
            assert!(!expected.is_empty(), "{options:?}");
        }
        assert_eq!(found_with(options, ""), expected, "{options:?}");
        let word = found("therapy");
        assert_eq!(found_with(options, "therapy"), &expected & &word, "{options:?} with a word");
    }
    assert_eq!(found_with(&["--basis", "not-stated"], ""), counted(|one| one.has("basis", &["not stated"])));
}

#[test]
fn values_of_one_field_are_alternatives_and_fields_narrow() {
    let expected = counted(|one| {
        one.has("specialty", &["Pain Management", "Orthopedic Surgery"])
            && one.has("outcome", &["upheld"])
            && one.has("year", &["2014", "2015", "2016"])
    });
    assert!(!expected.is_empty());
    let options = [
        "--where",
        "specialty=Pain Management",
        "--specialty",
        "Orthopedic Surgery",
        "--where",
        "outcome=upheld",
        "--year",
        "2014..2016",
    ];
    assert_eq!(found_with(&options, ""), expected);
}

#[test]
fn facet_counts_are_exact_and_ignore_their_own_selection() {
    const FACETS: [&str; 10] = [
        "outcome",
        "letter_outcome",
        "specialty",
        "licensure",
        "basis",
        "claims_basis",
        "year",
        "priority",
        "layout",
        "sex",
    ];
    let selections: [&[(&str, &[&str])]; 5] = [
        &[],
        &[("outcome", &["overturned"])],
        &[("specialty", &["pain management", "Orthopedic Surgery"])],
        &[("outcome", &["upheld"]), ("year", &["2015", "2016"])],
        &[("year", &["not stated"]), ("basis", &["outside", "mtus"]), ("outcome", &["overturned"])],
    ];
    for query in ["", "therapy"] {
        let matching = found(query);
        for selection in selections {
            let mut options: Vec<String> = ["-n", "1", "--facet-limit", "1000"].map(str::to_owned).to_vec();
            options.extend(FACETS.iter().flat_map(|facet| ["--facet".to_owned(), (*facet).to_owned()]));
            for (field, values) in selection {
                options.extend(values.iter().flat_map(|value| ["--where".to_owned(), format!("{field}={value}")]));
            }
            let answer = ask(&options.iter().map(String::as_str).collect::<Vec<_>>(), query);
            for facet in FACETS {
                let mut expected: BTreeMap<String, u64> = BTreeMap::new();
                for one in &corpus().decisions {
                    let others = selection.iter().filter(|(field, _)| *field != facet);
                    if matching.contains(&one.id()) && others.clone().all(|(field, values)| one.has(field, values)) {
                        one.values(facet).into_iter().for_each(|value| *expected.entry(value).or_default() += 1);
                    }
                }
                let counts = answer["facets"][facet].as_array().unwrap();
                let counted: BTreeMap<String, u64> =
                    counts.iter().map(|one| (text(one, "value").to_owned(), one["count"].as_u64().unwrap())).collect();
                assert_eq!(counted, expected, "{facet} of {query:?} with {selection:?}");
                let chosen: &[&str] =
                    selection.iter().find(|(field, _)| *field == facet).map_or(&[], |(_, values)| values);
                for one in counts {
                    let is_chosen = chosen.iter().any(|value| value.eq_ignore_ascii_case(text(one, "value")));
                    assert_eq!(one["selected"], is_chosen, "{facet}: {one}");
                }
                let sizes: Vec<u64> = counts.iter().map(|one| one["count"].as_u64().unwrap()).collect();
                let years: Vec<&str> = counts.iter().map(|one| text(one, "value")).collect();
                if facet == "year" {
                    let printed = || years.iter().filter(|year| **year != "not stated");
                    assert!(printed().is_sorted_by(|one, next| one > next), "the latest year first: {years:?}");
                } else {
                    assert!(sizes.is_sorted_by(|one, next| one >= next), "{facet}: largest first");
                }
            }
        }
    }
}

#[test]
fn facets_are_listed_as_asked() {
    let names = |options: &[&str]| -> Vec<String> {
        ask(options, "therapy")["facets"].as_object().unwrap().keys().cloned().collect()
    };
    assert!(names(&[]).contains(&"outcome".to_owned()), "a sensible default");
    assert_eq!(names(&["--facet", "year"]), ["year"]);
    assert!(names(&["--facet", "none"]).is_empty());
    let answer = ask(&["--facet", "specialty", "--facet-limit", "2", "--specialty", "Ophthalmology"], "");
    let listed = answer["facets"]["specialty"].as_array().unwrap();
    assert!(
        listed.iter().any(|one| one["value"] == "Ophthalmology" && one["selected"] == true),
        "a chosen value is shown"
    );
    assert!(listed.len() <= 3);
    let run = Run::of(&mut search(&["--facet", "item"], "therapy")).ends_with(2);
    assert!(run.stderr.contains("`item`") && run.stderr.contains("imr fields"), "{}", run.stderr);
}

#[test]
fn options_may_follow_the_question() {
    let folder = &corpus().folder;
    let before =
        Run::of(imr().current_dir(folder).args(["search", "--outcome", "overturned", "-n", "3", "lumbar mri"]));
    for arguments in [
        &["search", "lumbar mri", "--outcome", "overturned", "-n", "3"][..],
        &["search", "lumbar", "mri", "--outcome", "overturned", "-n", "3"],
        &["search", "lumbar", "--outcome", "overturned", "mri", "-n", "3"],
        &["search", "-n", "3", "lumbar mri", "--outcome=overturned"],
    ] {
        let run = Run::of(imr().current_dir(folder).args(arguments)).ends_with(0);
        let lines = |run: &Run| run.stdout.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines(&run), lines(&before), "{arguments:?}");
    }
    let run = Run::of(imr().current_dir(folder).args(["search", "mri", "--format", "json"])).ends_with(0);
    assert_eq!(run.json()["request"]["query"], "mri");
}

#[test]
fn mistakes_in_options_are_named_with_the_nearest_right_one() {
    for (options, named) in [
        (&["--where", "speciality=Pain Management"][..], "specialty"),
        (&["--where", "outcome"], "FIELD=VALUE"),
        (&["--facet", "outcom"], "outcome"),
        (&["--outcome", "approved"], "overturned"),
        (&["--sort", "score"], "relevance"),
    ] {
        let run = Run::of(&mut search(options, "pain")).ends_with(2);
        assert!(run.stderr.contains(named), "{options:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let answer = ask(&["--specialty", "Pain Managment"], "");
    assert_eq!((&answer["total"], &answer["corrected"][0]["did_you_mean"][0]), (&0.into(), &"Pain Management".into()));
}
