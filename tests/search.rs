//! Every question gets the decisions that fit it: compared with a count over what `imr parse` prints of the same letters.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use common::{Run, imr, samples, text};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// The letters searched, and what a count over them says.
struct Corpus {
    folder: PathBuf,
    decisions: Vec<Decided>,
}

/// One decision with the letter it stands in.
struct Decided {
    letter: Value,
    decision: Value,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("search");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.join("letters")).unwrap();
    for entry in fs::read_dir(samples().join("text")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join("letters").join(path.file_name().unwrap())).unwrap();
    }
    for (name, letter) in made_letters() {
        fs::write(folder.join("letters").join(name), letter).unwrap();
    }
    Run::of(imr().current_dir(&folder).args(["index", "letters"])).ends_with(0);
    let parsed = Run::of(imr().current_dir(&folder).args(["parse", "letters"])).ends_with(0).lines();
    let decisions = parsed
        .into_iter()
        .flat_map(|letter| {
            let decisions = letter["decisions"].as_array().unwrap().clone();
            decisions.into_iter().map(move |decision| Decided { letter: letter.clone(), decision })
        })
        .collect();
    Corpus { folder, decisions }
});

/// Letters with what the samples lack: control characters, other alphabets, words at known distances.
fn made_letters() -> [(&'static str, String); 3] {
    let letter = |case: &str, summary: &str, item: &str, rationale: &str| {
        format!(
            "Case Number: {case}\nDate Assigned: 01/02/2020 Date of Injury: 03/04/2018\nDecision Date: 02/03/2020 UR Denial \
             Date: 12/01/2019\nPriority: Standard Application Received: 12/20/2019\n\nHOW THE IMR FINAL DETERMINATION WAS \
             MADE\nThe Expert Reviewer has the following credentials:\nState(s) of Licensure: Nevada\n\
             Certification(s)/Specialty: Ophthalmology\n\nCLINICAL CASE SUMMARY\nThe expert reviewer developed the following \
             clinical case summary based on a review of the case file, including all medical records:\n\n{summary}\n\n\
             IMR ISSUES, DECISIONS AND RATIONALES\nThe Final Determination was based on decisions for the disputed \
             items/services set forth below:\n\n{item}: Upheld\n\nClaims Administrator guideline: Decision based on MTUS \
             Chronic Pain 2017.\n\nMAXIMUS guideline: Decision based on MTUS Chronic Pain 2017.\n\nDecision rationale: \
             {rationale}\n"
        )
    };
    [
        (
            "escapes.txt",
            letter(
                "CM20-9900901",
                "A \u{1b}[31mred\u{1b}[0m summary \u{1b}]0;title\u{7} of quokkas with a turn \u{202e}back.",
                "Quokka \u{1b}[2J\u{1b}[1;1H therapy",
                "The quokka \u{1b}[5mblinks\u{1b}[0m and \u{9b}31m moves. The request is not medically necessary.",
            ),
        ),
        (
            "accents.txt",
            letter(
                "CM20-9900902",
                "A naïve 45 year old woman from Málaga.",
                "Prism glasses for Ménière’s disease — 日本語 🙂 wombat",
                "Ménière’s disease “as quoted” — the wombat 🙂 was naïve. 日本語 before the wombat. The request is not \
                 medically necessary.",
            ),
        ),
        (
            "distances.txt",
            letter(
                "CM20-9900903",
                "A 45 year old man with pain at L4-5 and C5/6.",
                "Zaleplon 10 mg #30 at L4-5",
                "The zebra one two three four giraffe was seen. Later an ocelot stood before a puma. The request is not \
                 medically necessary.",
            ),
        ),
    ]
}

fn corpus() -> &'static Corpus {
    &CORPUS
}

/// `imr search` over the corpus. Options stand before the question, which may begin with a hyphen.
fn search(options: &[&str], query: &str) -> Command {
    let mut command = imr();
    command.current_dir(&corpus().folder).arg("search").args(options);
    if !query.is_empty() {
        command.args(["--", query]);
    }
    command
}

/// The whole answer.
#[track_caller]
fn ask(options: &[&str], query: &str) -> Value {
    let run = Run::of(&mut search(&[&["--format", "json"], options].concat(), query));
    let answer = run.json();
    let expected = i32::from(answer["total"] == 0);
    assert_eq!(run.code, expected, "0 found, 1 nothing found: {query:?} {options:?}");
    answer
}

fn hits(answer: &Value) -> &[Value] {
    answer["hits"].as_array().unwrap()
}

fn ids_in_order(answer: &Value) -> Vec<String> {
    hits(answer).iter().map(|hit| text(hit, "id").to_owned()).collect()
}

/// All decisions found.
#[track_caller]
fn found_with(options: &[&str], query: &str) -> BTreeSet<String> {
    let answer = ask(&[&["--no-collapse", "-n", "1000", "--facet", "none"], options].concat(), query);
    let ids = ids_in_order(&answer);
    let set: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!((set.len(), answer["total"].as_u64().unwrap()), (ids.len(), ids.len() as u64), "each once: {query}");
    set
}

#[track_caller]
fn found(query: &str) -> BTreeSet<String> {
    found_with(&[], query)
}

/// The decisions of which a test of what was parsed is true.
fn counted(test: impl Fn(&Decided) -> bool) -> BTreeSet<String> {
    corpus().decisions.iter().filter(|one| test(one)).map(Decided::id).collect()
}

impl Decided {
    fn id(&self) -> String {
        text(&self.decision, "id").to_owned()
    }

    /// The text of a field that words are searched in.
    fn field(&self, name: &str) -> &str {
        match name {
            "item" | "rationale" => text(&self.decision, name),
            "summary" | "documents_reviewed" => text(&self.letter, name),
            _ => text(&self.decision[name], "text"),
        }
    }

    fn words(&self, field: &str) -> Vec<String> {
        self.field(field)
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    }

    fn date(&self) -> &str {
        text(&self.letter, "decision_date")
    }

    /// The values of a facet, as the index has them.
    fn values(&self, facet: &str) -> Vec<String> {
        let (letter, decision) = (&self.letter, &self.decision);
        let list = |value: &Value| -> Vec<String> {
            value.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
        };
        let one = |value: &str| if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        let values = match facet {
            "outcome" => one(text(decision, "outcome")),
            "letter_outcome" => one(text(letter, "outcome")),
            "specialty" => list(&letter["reviewer"]["specialties"]),
            "licensure" => list(&letter["reviewer"]["licensure"]),
            "basis" => one(text(&decision["reviewer_guideline"], "basis")),
            "claims_basis" => one(text(&decision["claims_guideline"], "basis")),
            "year" => one(self.date().get(..4).unwrap_or_default()),
            "priority" | "layout" => one(text(letter, facet)),
            "sex" => one(text(&letter["patient"], "sex")),
            other => panic!("no facet `{other}`"),
        };
        if values.is_empty() { vec!["not stated".to_owned()] } else { values }
    }

    fn has(&self, facet: &str, values: &[&str]) -> bool {
        self.values(facet).iter().any(|value| values.iter().any(|wanted| value.eq_ignore_ascii_case(wanted)))
    }
}

/// The fields that free words search.
const SEARCHED: [&str; 5] = ["item", "rationale", "reviewer_guideline", "claims_guideline", "summary"];

fn has_word(one: &Decided, fields: &[&str], test: impl Fn(&str) -> bool) -> bool {
    fields.iter().any(|field| one.words(field).iter().any(|word| test(word)))
}

fn has_phrase(one: &Decided, fields: &[&str], phrase: &[&str]) -> bool {
    fields.iter().any(|field| one.words(field).windows(phrase.len()).any(|window| window == phrase))
}

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
    for (typed, meant) in [("opiod", "opioid"), ("acupunture", "acupuncture"), ("lumbr", "lumbar")] {
        let answer = ask(&["--no-collapse"], typed);
        let corrected = &answer["corrected"][0];
        assert_eq!(text(corrected, "typed"), typed);
        assert!(corrected["did_you_mean"].as_array().unwrap().iter().any(|word| word == meant), "{corrected}");
        assert_eq!(corrected["searched_instead"], true, "{corrected}");
        assert_eq!(found(typed), found(meant), "{typed}");
        assert!(text(&answer, "understood").contains(meant));
        // Asked for exactly, the slip is pointed out and nothing is searched in its place.
        let run = Run::of(&mut search(&["--exact"], typed)).ends_with(1);
        assert!(run.stdout.contains(&format!("did you mean `{meant}`?")), "{}", run.stdout);
    }
    let answer = ask(&[], "xylophonist");
    assert_eq!((&answer["total"], answer["corrected"].as_array().unwrap().len()), (&Value::from(0), 1));
}

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

/// Ids sort by letter, then by the decision's place in it: `/9` before `/10`.
fn in_order(id: &str) -> (String, u32) {
    let (letter, ordinal) = id.rsplit_once('/').unwrap();
    (letter.to_lowercase(), ordinal.parse().unwrap())
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
    for query in ["lumbar", "outcome:overturned", "therapy OR injection", "post-op"] {
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
        if !one.field("item").contains(char::is_control) {
            assert_eq!(one.field("item"), &row[item]);
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
    assert_eq!(keys(&answer), ["corrected", "facets", "hits", "request", "took_ms", "total", "understood"]);
    let hit_keys = [
        "case_number",
        "decision_date",
        "id",
        "item",
        "outcome",
        "rank",
        "reviewer_guideline",
        "score",
        "snippets",
        "twins",
    ];
    for hit in hits(&answer) {
        assert_eq!(keys(hit), hit_keys);
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

#[test]
fn marks_stand_on_the_words_that_match() {
    let is_one_of = |words: &'static [&'static str]| {
        move |marked: &str| words.iter().any(|word| marked.to_lowercase().starts_with(word))
    };
    let checks: [(&str, Box<dyn Fn(&str) -> bool>); 8] = [
        ("wombat", Box::new(|marked| marked == "wombat")),
        ("naïve", Box::new(|marked| marked == "naïve")),
        ("injection", Box::new(is_one_of(&["inject"]))),
        ("\"lumbar spine\"", Box::new(|marked| marked.eq_ignore_ascii_case("lumbar spine"))),
        ("inject*", Box::new(is_one_of(&["inject"]))),
        ("mri -knee", Box::new(|marked| marked.to_lowercase().starts_with("mri"))),
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
