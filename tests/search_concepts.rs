//! Facets and filters over what a decision is about: compared with a count over what `imr parse` prints of the same letters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::corpus::{Decided, ask, corpus, counted, found_with, hits, ids_in_order, search};
use common::letters::{Made, PLAIN, ask_at, indexed};
use common::{Run, text};
use serde_json::Value;

const NOT_STATED: &str = "not stated";

/// What stands in a list of the decision.
fn list(decision: &Value, key: &str) -> Vec<String> {
    let values = decision[key].as_array().map_or(&[][..], Vec::as_slice);
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// Each level of a path by itself: `A`, `A > B`, `A > B > C`.
fn levels(path: &[String], separator: &str) -> Vec<String> {
    (1..=path.len()).map(|depth| path[..depth].join(separator)).collect()
}

/// The families, and the families with the printed editions, that a guideline line names; titles are counted under the
/// name of the table and are looked at by themselves.
fn families(line: &Value) -> BTreeSet<String> {
    let sources = line["sources"].as_array().map_or(&[][..], Vec::as_slice);
    sources.iter().map(|source| text(source, "family").to_owned()).collect()
}

/// The values of a facet, told from what the decision prints and derives.
fn values(one: &Decided, facet: &str) -> BTreeSet<String> {
    let decision = &one.decision;
    let yes = |key: &str| if decision[key] == true { "yes" } else { "no" };
    let values: Vec<String> = match facet {
        "category" => decision["category"].as_str().map_or_else(Vec::new, |category| {
            let (top, sub) = category.split_once('/').unwrap();
            levels(&[top.to_owned(), sub.to_owned()], "/")
        }),
        "treatment" => list(decision, "concepts"),
        "body_part" => list(decision, "body_parts"),
        "side" => list(decision, "sides"),
        "conclusion" => decision["conclusion"].as_str().map(str::to_owned).into_iter().collect(),
        "agrees" => decision["agrees"]
            .as_bool()
            .map(|agrees| if agrees { "agrees" } else { "disagrees" }.to_owned())
            .into_iter()
            .collect(),
        "retrospective" | "surgical_adjunct" => vec![yes(facet).to_owned()],
        "basis" => vec![text(&decision["reviewer_guideline"], "basis").to_owned()],
        "quantity_range" => decision["quantity"].as_u64().map(range).into_iter().collect(),
        other => panic!("no facet `{other}`"),
    };
    let values: BTreeSet<String> = values.into_iter().filter(|value| !value.is_empty()).collect();
    if values.is_empty() { BTreeSet::from([NOT_STATED.to_owned()]) } else { values }
}

fn range(quantity: u64) -> String {
    let bounds = [(1, 6), (7, 12), (13, 30), (31, 60), (61, 90), (91, 120)];
    let within = bounds.iter().find(|(from, to)| (*from..=*to).contains(&quantity));
    within.map_or_else(|| "more than 120".to_owned(), |(from, to)| format!("{from} to {to}"))
}

const FACETS: [&str; 10] = [
    "category",
    "treatment",
    "body_part",
    "side",
    "conclusion",
    "agrees",
    "retrospective",
    "surgical_adjunct",
    "basis",
    "quantity_range",
];

fn facet(answer: &Value, name: &str) -> BTreeMap<String, u64> {
    let counts = answer["facets"][name].as_array().unwrap_or_else(|| panic!("{name} is counted"));
    counts.iter().map(|one| (text(one, "value").to_owned(), one["count"].as_u64().unwrap())).collect()
}

/// What was said about words that were not taken as typed.
fn notes(answer: &Value) -> Vec<&str> {
    answer["corrected"].as_array().unwrap().iter().map(|one| text(one, "message")).collect()
}

#[test]
fn every_facet_counts_what_the_decisions_say() {
    for (options, test) in [
        (&[][..], Box::new(|_: &Decided| true) as Box<dyn Fn(&Decided) -> bool>),
        (&["--outcome", "overturned"], Box::new(|one: &Decided| one.decision["outcome"] == "overturned")),
        (&["--category", "Surgery"], Box::new(|one: &Decided| values(one, "category").contains("Surgery"))),
    ] {
        let names = FACETS.join(",");
        let answer = ask(&[&["--facet", &names, "--facet-limit", "1000"], options].concat(), "");
        for name in FACETS {
            // A facet's counts ignore its own selection.
            let own = options.contains(&"--category") && name == "category";
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for one in corpus().decisions.iter().filter(|one| own || test(one)) {
                for value in values(one, name) {
                    *expected.entry(value).or_default() += 1;
                }
            }
            assert_eq!(facet(&answer, name), expected, "{name} with {options:?}");
        }
    }
}

#[test]
fn every_value_of_a_facet_filters_to_its_decisions() {
    for name in FACETS {
        let all: BTreeSet<String> = corpus().decisions.iter().flat_map(|one| values(one, name)).collect();
        assert!(all.len() >= 2 || name == "agrees", "{name}: {all:?}");
        for value in all {
            let expected = counted(|one| values(one, name).contains(&value));
            let condition = format!("{name}={value}");
            assert_eq!(found_with(&["--where", &condition], ""), expected, "{condition}");
            assert!(notes(&ask(&["--where", &condition], "")).is_empty(), "{condition} is taken as typed");
        }
    }
}

#[test]
fn levels_stand_under_their_parent() {
    for (name, separator, deepest) in
        [("category", "/", 2), ("guideline", " > ", 3), ("administrator_guideline", " > ", 3)]
    {
        let answer = ask(&["--facet", name, "--facet-limit", "1000"], "");
        let listed = answer["facets"][name].as_array().unwrap();
        // A name with the separator in it is one name.
        let path = |value: &str| -> Vec<String> { value.splitn(deepest, separator).map(str::to_owned).collect() };
        let mut open: Vec<(Vec<String>, u64)> = Vec::new();
        let mut seen = 0;
        for one in listed {
            let (value, count) = (path(text(one, "value")), one["count"].as_u64().unwrap());
            open.retain(|(parent, _)| value.len() > parent.len() && value.starts_with(parent));
            assert_eq!(open.len() + 1, value.len(), "{name}: {one} stands below its own parent");
            if let Some((parent, most)) = open.last() {
                assert!(count <= *most, "{name}: {value:?} is part of {parent:?}");
            }
            seen = seen.max(value.len());
            open.push((value, count));
        }
        assert_eq!(seen, deepest, "{name} has {deepest} levels");
    }
    // Within one parent the largest first; the table indents by level and shows the last name.
    let run = Run::of(&mut search(&["--facet", "category", "--facet-limit", "100", "-n", "1"], "")).ends_with(0);
    let line = |name: &str| run.stdout.lines().position(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}"));
    assert!(
        line("    Diagnostic Testing") < line("      Imaging") && line("      EMG/NCV") < line("      Lab & Pathology")
    );
    assert!(!run.stdout.contains("Diagnostic Testing/"), "{}", run.stdout);
    // A few parents, each with a few below it.
    let answer = ask(&["--facet", "category", "--facet-limit", "2"], "");
    let values: Vec<String> = facet(&answer, "category").into_keys().collect();
    assert_eq!(values.iter().filter(|value| !value.contains('/')).count(), 2, "{values:?}");
    assert_eq!(values.iter().filter(|value| value.contains('/')).count(), 4, "{values:?}");
}

#[test]
fn guidelines_are_counted_by_family_title_and_edition() {
    for (name, line) in [("guideline", "reviewer_guideline"), ("administrator_guideline", "claims_guideline")] {
        let answer = ask(&["--facet", name, "--facet-limit", "1000"], "");
        let counts = facet(&answer, name);
        for family in ["MTUS", "ACOEM", "ODG"] {
            let expected = counted(|one| families(&one.decision[line]).contains(family));
            assert_eq!(counts.get(family).copied().unwrap_or(0), expected.len() as u64, "{name}: {family}");
            if !expected.is_empty() {
                assert_eq!(found_with(&["--where", &format!("{name}={family}")], ""), expected, "{name}: {family}");
            }
        }
        let without = counted(|one| families(&one.decision[line]).is_empty());
        assert_eq!(found_with(&["--where", &format!("{name}=not stated")], ""), without, "{name}");
        let edition = |title: &'static str, year: u64| {
            counted(move |one| {
                let sources = one.decision[line]["sources"].as_array().map_or(&[][..], Vec::as_slice);
                sources.iter().any(|source| source["title"] == title && source["edition"] == year)
            })
        };
        let expected = edition("Low Back Complaints", 2004);
        assert!(!expected.is_empty(), "{name}");
        let condition = format!("{name}=MTUS > Low Back Complaints > 2004");
        assert_eq!(found_with(&["--where", &condition], ""), expected, "{condition}");
        let condition = format!("{name}=mtus > low back complaints");
        assert!(expected.is_subset(&found_with(&["--where", &condition], "")), "capitals do not matter: {condition}");
    }
    let cited = found_with(&["--guideline", "MTUS > Opioids > 2017"], "");
    assert_eq!(cited, BTreeSet::from(["CM18-9900010/2".to_owned()]));
    assert_eq!(
        found_with(&["--administrator-guideline", "MTUS > Knee Disorders"], ""),
        BTreeSet::from(["CM18-9900042/1".to_owned(), "CM18-9900042/2".to_owned()])
    );
}

#[test]
fn options_take_the_words_of_people_and_say_what_they_took() {
    for (option, typed, taken, field) in [
        ("--treatment", "norco", "hydrocodone/acetaminophen", "treatment"),
        ("--treatment", "hydrocodone", "hydrocodone/acetaminophen", "treatment"),
        ("--treatment", "Flexeril", "cyclobenzaprine", "treatment"),
        ("--treatment", "ESI", "epidural steroid injection", "treatment"),
        ("--treatment", "TENS", "transcutaneous electrical nerve stimulation", "treatment"),
        ("--body-part", "lumbar", "low back", "body_part"),
        ("--body-part", "cervical spine", "neck", "body_part"),
        ("--body-part", "back", "low back", "body_part"),
        ("--body-part", "rotator cuff", "shoulder", "body_part"),
        ("--category", "opioids", "Pharmaceuticals/Opioids", "category"),
        ("--category", "Spine", "Surgery/Spine", "category"),
        ("--category", "EMG/NCV", "Diagnostic Testing/EMG/NCV", "category"),
        ("--category", "PT/OT", "Rehabilitation/PT/OT", "category"),
    ] {
        let expected = counted(|one| values(one, field).contains(taken));
        assert!(!expected.is_empty(), "{taken}");
        assert_eq!(found_with(&[option, typed], ""), expected, "{option} {typed}");
        let answer = ask(&[option, typed], "");
        let notes = notes(&answer);
        let is_said = notes.iter().any(|note| note.contains(typed) && note.contains(taken));
        assert!(is_said, "{option} {typed}: {notes:?}");
        let run = Run::of(&mut search(&[option, typed], "")).ends_with(0);
        let folded = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            folded.contains(&format!("note: {} `{typed}` was taken as `{taken}`", field.replace('_', " "))),
            "{folded}"
        );
    }
    let answer = ask(&["--guideline", "low back complaints", "--no-collapse", "-n", "100"], "");
    assert!(notes(&answer)[0].contains("`MTUS > Low Back Complaints`"), "{:?}", notes(&answer));
    let expected = counted(|one| {
        let sources = one.decision["reviewer_guideline"]["sources"].as_array().map_or(&[][..], Vec::as_slice);
        sources.iter().any(|source| source["title"] == "Low Back Complaints")
    });
    assert_eq!(ids_in_order(&answer).into_iter().collect::<BTreeSet<_>>(), expected);
    // A chosen value is marked, by whatever word it was chosen.
    let answer = ask(&["--treatment", "norco", "--facet", "treatment", "--facet-limit", "1000"], "");
    let selected: Vec<&str> = answer["facets"]["treatment"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["selected"] == true)
        .map(|one| text(one, "value"))
        .collect();
    assert_eq!(selected, ["hydrocodone/acetaminophen"]);
}

#[test]
fn an_unknown_value_gets_a_suggestion() {
    for (option, typed, meant) in [
        ("--body-part", "nee", "knee"),
        ("--side", "lft", "left"),
        ("--category", "Imagin", "Diagnostic Testing/Imaging"),
        ("--conclusion", "necessary", "medically_necessary"),
        ("--edition", "supersede", "superseded"),
        ("--agreement", "agre", "agrees"),
        ("--where", "quantity_range=13 - 30", "13 to 30"),
    ] {
        let answer = ask(&[option, typed], "");
        assert_eq!(answer["total"], 0, "{option} {typed}: nothing is guessed");
        let first = &answer["corrected"][0]["did_you_mean"][0];
        assert_eq!(first, meant, "{option} {typed}: {}", answer["corrected"]);
    }
    let answer = ask(&["--treatment", "xylophone lessons"], "");
    assert_eq!((&answer["total"], notes(&answer).len()), (&0.into(), 1));
    for typed in ["many", "30-60", "1.5"] {
        let answer = ask(&["--quantity", typed], "");
        assert_eq!(answer["total"], 0, "{typed}");
        assert!(notes(&answer)[0].contains("could not be read"), "{typed}: {:?}", notes(&answer));
    }
}

#[test]
fn values_are_alternatives_and_fields_narrow() {
    let expected = counted(|one| {
        let parts = values(one, "body_part");
        (parts.contains("knee") || parts.contains("low back"))
            && values(one, "conclusion").contains("not_medically_necessary")
    });
    assert!(!expected.is_empty());
    let options = ["--body-part", "knee", "--body-part", "lumbar", "--conclusion", "not_medically_necessary"];
    assert_eq!(found_with(&options, ""), expected);
    let expected = counted(|one| {
        let categories = values(one, "category");
        (categories.contains("Surgery") || categories.contains("Injection")) && values(one, "side").contains("right")
    });
    assert!(!expected.is_empty());
    assert_eq!(found_with(&["--category", "Surgery", "--category", "Injection", "--side", "right"], ""), expected);
    let none =
        counted(|one| values(one, "body_part").contains(NOT_STATED) || values(one, "body_part").contains("neck"));
    assert_eq!(
        found_with(&["--body-part", NOT_STATED, "--body-part", "neck"], ""),
        none,
        "`not stated` is one of them"
    );
}

#[test]
fn quantities_are_numbers_and_ranges() {
    let quantity = |one: &Decided| one.decision["quantity"].as_u64();
    for (typed, from, to) in
        [("60", 60, 60), ("30..60", 30, 60), ("..10", 0, 10), ("100..", 100, u64::MAX), ("30..=60", 30, 60)]
    {
        let expected = counted(|one| quantity(one).is_some_and(|number| (from..=to).contains(&number)));
        assert!(!expected.is_empty(), "{typed}");
        assert_eq!(found_with(&["--quantity", typed], ""), expected, "{typed}");
    }
    let unstated = counted(|one| quantity(one).is_none());
    assert_eq!(found_with(&["--quantity", NOT_STATED], ""), unstated);
    let either = counted(|one| quantity(one).is_none_or(|number| number == 60));
    assert_eq!(found_with(&["--quantity", "60", "--quantity", NOT_STATED], ""), either);
    assert_eq!(found_with(&["--where", "quantity_range=not stated"], ""), unstated);
    let typed = counted(|one| quantity(one).is_some_and(|number| (30..=60).contains(&number)));
    assert_eq!(found_with(&[], "quantity:[30 TO 60]"), typed, "as typed in a question");
    let refills = counted(|one| one.decision["refills"].as_u64().is_some_and(|refills| refills >= 1));
    assert!(!refills.is_empty());
    assert_eq!(found_with(&["--where", "refills=1.."], ""), refills);
}

#[test]
fn fields_of_concepts_can_be_typed_in_a_question() {
    for (query, field, value) in [
        ("treatment:\"hydrocodone/acetaminophen\"", "treatment", "hydrocodone/acetaminophen"),
        ("drug:norco", "treatment", "hydrocodone/acetaminophen"),
        ("category:\"Pharmaceuticals/Opioids\"", "category", "Pharmaceuticals/Opioids"),
        ("category:opioids", "category", "Pharmaceuticals/Opioids"),
        ("body_part:lumbar", "body_part", "low back"),
        ("part:knee", "body_part", "knee"),
        ("side:left", "side", "left"),
        ("retrospective:yes", "retrospective", "yes"),
        ("adjunct:yes", "surgical_adjunct", "yes"),
        ("agreement:agrees", "agrees", "agrees"),
    ] {
        let expected = counted(|one| values(one, field).contains(value));
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(found_with(&[], query), expected, "{query}");
    }
}

#[test]
fn hits_say_what_they_are_about() {
    let answer = ask(&["--no-collapse", "-n", "1000"], "");
    let mut modified = 0;
    for hit in hits(&answer) {
        let one = corpus().decisions.iter().find(|one| one.id() == text(hit, "id")).unwrap();
        for (key, of_decision) in [("category", "category"), ("concepts", "concepts"), ("body_parts", "body_parts")] {
            assert_eq!(hit[key], one.decision[of_decision], "{key} of {}", one.id());
        }
        let is_modified = one.decision["disputed"] != one.decision["item"];
        for key in ["disputed", "requested", "authorized"] {
            let expected = if is_modified { &one.decision[key] } else { &Value::Null };
            assert_eq!(&hit[key], expected, "{key} of {}", one.id());
        }
        modified += usize::from(is_modified);
        assert_eq!(hit["contradictory"] == true, one.decision["agrees"] == false, "{}", one.id());
    }
    assert_eq!(modified, 3, "the requests that utilization review had modified");
    let run = Run::of(&mut search(&["--no-collapse"], "id:CM18-9900042/2")).ends_with(0);
    let folded = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(folded.contains("of the request: Celebrex 200mg #60; authorized: Celebrex 200mg #30"), "{folded}");
}

#[test]
fn a_superseded_edition_is_marked() {
    let superseded = found_with(&["--edition", "superseded"], "");
    let current = found_with(&["--edition", "current"], "");
    let unstated = found_with(&["--edition", NOT_STATED], "");
    assert!(superseded.is_disjoint(&current) && superseded.is_disjoint(&unstated) && current.is_disjoint(&unstated));
    assert_eq!(superseded.len() + current.len() + unstated.len(), corpus().decisions.len());
    let outside = counted(|one| !families(&one.decision["reviewer_guideline"]).contains("MTUS"));
    assert!(unstated.is_subset(&outside), "an edition is asked of the state's guidelines only");
    let answer = ask(&["--no-collapse", "-n", "1000"], "");
    for hit in hits(&answer) {
        let marks = hit["superseded"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(!marks.is_empty(), superseded.contains(text(hit, "id")), "{hit}");
        for mark in marks {
            assert!(!text(mark, "title").is_empty() && text(mark, "since").len() == "2017-12-01".len(), "{mark}");
        }
    }
    let hit = &hits(&ask(&[], "id:CM17-9900160/2"))[0].clone();
    assert_eq!(hit["superseded"][0]["title"], "Low Back Complaints");
    assert_eq!(hit["superseded"][0]["edition"], 2004);
    assert_eq!(hit["superseded"][0]["since"], "2017-12-01");
    let run = Run::of(&mut search(&[], "id:CM17-9900160/2")).ends_with(0);
    assert!(run.stdout.contains("superseded since 2017-12-01: Low Back Complaints"), "{}", run.stdout);
    // The administrator's editions do not count, nor do sources outside the schedule.
    assert!(!superseded.contains("CM16-9900088/3"), "the reviewer cites the ODG, the administrator a chapter of 2004");
}

#[test]
fn a_letter_that_contradicts_itself_is_found_and_marked() {
    let for_it = "All criteria are met and the findings are documented. Therefore, the request is medically necessary.";
    let against_it = "The criteria are not met. Therefore, the request is not medically necessary.";
    let made =
        |item: &'static str, outcome: &'static str, rationale: &'static str| Made { item, outcome, rationale, ..PLAIN };
    let desk = indexed(&[(
        "CM16-9910001",
        "02/03/2016",
        vec![
            made("MRI of the left knee", "Upheld", for_it),
            made("MRI of the right knee", "Overturned", against_it),
            made("MRI of the left hip", "Overturned", for_it),
            made("MRI of the right hip", "Upheld", against_it),
            made("MRI of the neck", "Upheld", "The worker was seen in May."),
        ],
    )]);
    let ids =
        |options: &[&str]| -> BTreeSet<String> { ids_in_order(&ask_at(&desk, options, "")).into_iter().collect() };
    let of =
        |places: &[u32]| -> BTreeSet<String> { places.iter().map(|place| format!("CM16-9910001/{place}")).collect() };
    assert_eq!(ids(&["--agreement", "disagrees"]), of(&[1, 2]));
    assert_eq!(ids(&["--agreement", "agrees"]), of(&[3, 4]));
    assert_eq!(ids(&["--agreement", NOT_STATED]), of(&[5]));
    assert_eq!(ids(&["--conclusion", "medically_necessary"]), of(&[1, 3]));
    assert_eq!(ids(&["--conclusion", "not_medically_necessary"]), of(&[2, 4]));
    assert_eq!(ids(&["--conclusion", NOT_STATED]), of(&[5]));
    assert_eq!(ids(&["--agreement", "disagrees", "--outcome", "upheld"]), of(&[1]));
    for hit in hits(&ask_at(&desk, &[], "")) {
        let contradicts = of(&[1, 2]).contains(text(hit, "id"));
        assert_eq!(hit["contradictory"].as_bool(), contradicts.then_some(true), "{hit}");
    }
    let table = desk.imr(["search", "--no-collapse", "--agreement", "disagrees"]).ends_with(0).stdout;
    assert_eq!(table.matches("the rationale concludes otherwise than the printed outcome").count(), 2, "{table}");
    let table = desk.imr(["search", "--no-collapse", "--agreement", "agrees"]).ends_with(0).stdout;
    assert!(!table.contains("concludes otherwise"), "{table}");
}

#[test]
fn a_table_for_a_spreadsheet_has_the_concepts() {
    let run = Run::of(&mut search(&["--all", "--format", "csv"], "")).ends_with(0);
    let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
    let headings = rows.headers().unwrap().clone();
    let column = |name: &str| {
        headings
            .iter()
            .position(|heading| heading == name)
            .unwrap_or_else(|| panic!("no column `{name}`: {headings:?}"))
    };
    let [id, category, treatments, parts] = ["id", "category", "treatments", "body_parts"].map(column);
    let mut seen = 0;
    for row in rows.records().map(Result::unwrap) {
        let one = corpus().decisions.iter().find(|one| one.id() == row[id]).unwrap();
        assert_eq!(&row[category], text(&one.decision, "category"));
        assert_eq!(&row[treatments], list(&one.decision, "concepts").join("; "));
        assert_eq!(&row[parts], list(&one.decision, "body_parts").join("; "));
        seen += 1;
    }
    assert_eq!(seen, corpus().decisions.len());
}
