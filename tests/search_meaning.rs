//! Words find what they mean, whatever the letter calls it; and a word that is asked for as it stands means itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::corpus::{SEARCHED, ask, counted, found, found_with, has_phrase, has_word, hits, ids_in_order, search};
use common::letters::{Made, PLAIN, ask_at, indexed};
use common::{Desk, Run, text};
use serde_json::Value;

/// Decisions whose item has one of these words.
fn items_with(words: &[&str]) -> BTreeSet<String> {
    counted(|one| has_word(one, &["item"], |word| words.contains(&word)))
}

/// As many of the best as there are decisions expected.
fn best(answer: &Value, many: usize) -> BTreeSet<String> {
    ids_in_order(answer).into_iter().take(many).collect()
}

/// The list at a key, empty where it is absent.
fn list(value: &Value, key: &str) -> Vec<String> {
    let values = value[key].as_array().map_or(&[][..], Vec::as_slice);
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_brand_finds_its_generic_and_a_generic_its_brands() {
    for (brand, generic, printed) in [
        ("Norco", "hydrocodone", &["norco"][..]),
        ("Vicodin", "hydrocodone", &["norco"]),
        ("Soma", "carisoprodol", &["soma"]),
        ("Celebrex", "celecoxib", &["celebrex"]),
        ("Ambien", "zolpidem", &["ambien"]),
        ("Lunesta", "eszopiclone", &["lunesta"]),
        ("Xanax", "alprazolam", &["xanax"]),
        ("Cymbalta", "duloxetine", &["cymbalta"]),
        ("Zofran", "ondansetron", &["zofran"]),
        ("Colace", "docusate", &["colace"]),
        ("Imitrex", "sumatriptan", &["imitrex"]),
        ("Keflex", "cephalexin", &["keflex"]),
        ("Percocet", "oxycodone", &["percocet"]),
        ("Prilosec", "omeprazole", &["omeprazole"]),
        ("Voltaren", "diclofenac", &["diclofenac"]),
        ("Naprosyn", "naproxen", &["naproxen"]),
        ("Neurontin", "gabapentin", &["neurontin", "gabapentin"]),
        ("Flexeril", "cyclobenzaprine", &["flexeril", "cyclobenzaprine"]),
    ] {
        let expected = items_with(printed);
        assert!(!expected.is_empty(), "{brand}");
        for typed in [brand, generic] {
            let answer = ask(&["--no-collapse", "-n", "1000"], typed);
            assert_eq!(best(&answer, expected.len()), expected, "{typed}");
        }
    }
}

#[test]
fn a_short_form_finds_the_long_one_and_back() {
    for (short, long, expected) in [
        ("ESI", "epidural steroid injection", &["CM13-9900058/1", "CM18-9900010/1"][..]),
        ("EMG", "electromyography", &["CM13-9900127/2", "CM17-9900160/2"]),
        ("NCS", "nerve conduction study", &["CM13-9900127/1", "CM13-9900127/2", "CM17-9900160/2"]),
        ("MRI", "magnetic resonance imaging", &["CM13-9900031/1", "CM16-9900088/3", "review-lumbar-mri/1"]),
        ("TENS", "transcutaneous electrical nerve stimulation", &["CM17-9900160/3"]),
        ("CBT", "cognitive behavioral therapy", &["CM14-9900233/1"]),
        ("UDS", "urine drug screen", &["CM16-9900019/2"]),
        ("PT", "physical therapy", &["CM13-9900031/2", "CM15-9900012/13", "CM16-9900007/2"]),
    ] {
        let expected: BTreeSet<String> = expected.iter().map(|&id| id.to_owned()).collect();
        for typed in [short, long] {
            let answer = ask(&["--no-collapse", "-n", "1000"], typed);
            assert_eq!(best(&answer, expected.len()), expected, "{typed}");
        }
    }
}

/// In the reasons for something else, where only the words tell: one letter has the short form, one the long, one the
/// words of the long form apart.
#[test]
fn a_long_form_is_looked_for_as_a_phrase() {
    for (short, long, apart) in [
        ("UDS", "urine drug screen", "The urine was clear. No drug was named on the screen of the monitor."),
        ("MRI", "magnetic resonance imaging", "A magnetic clasp, resonance of the voice and other imaging were noted."),
        ("NCS", "nerve conduction study", "The nerve root, conduction of heat and a sleep study were noted."),
        (
            "CBT",
            "cognitive behavioral therapy",
            "A cognitive screen, a behavioral chart and speech therapy were noted.",
        ),
    ] {
        let [first, second] = [short, long].map(|words| format!("A {words} was done in May. {}", PLAIN.rationale));
        let third = format!("{apart} {}", PLAIN.rationale);
        let made = [&first, &second, &third].map(|rationale| Made { rationale, ..PLAIN });
        let desk = indexed(&[("CM16-9910001", "02/03/2016", made.to_vec())]);
        for (typed, own, other) in
            [(short, "CM16-9910001/1", "CM16-9910001/2"), (long, "CM16-9910001/2", "CM16-9910001/1")]
        {
            let ids = ids_in_order(&ask_at(&desk, &[], typed));
            assert_eq!(ids[0], own, "{typed}: as typed first");
            assert!(ids.contains(&other.to_owned()), "{typed}: by its other form");
            let is_apart_found = ids.contains(&"CM16-9910001/3".to_owned());
            assert_eq!(is_apart_found, typed == long, "{typed}: words apart count only where they were typed");
        }
    }
}

#[test]
fn everyday_words_find_what_they_mean() {
    for (typed, expected) in [
        ("nerve test", &["CM13-9900127/1", "CM13-9900127/2", "CM17-9900160/2"][..]),
        ("sleeping pills", &["CM13-9900112/2", "CM17-9900031/2"]),
        ("back surgery", &["CM15-9900012/1"]),
        ("blood thinner", &[]),
    ] {
        let expected: BTreeSet<String> = expected.iter().map(|&id| id.to_owned()).collect();
        let answer = ask(&["--no-collapse", "-n", "1000"], typed);
        assert_eq!(best(&answer, expected.len()), expected, "{typed}");
    }
    let relaxers = found("muscle relaxer");
    for id in ["CM14-9900118/2", "CM16-9900007/1", "CM17-9900160/1", "CM19-9900003/3"] {
        assert!(relaxers.contains(id), "{id} is one of {relaxers:?}");
    }
}

/// Letters that differ in one word only.
static SAME_BUT_ONE: LazyLock<Desk> = LazyLock::new(|| {
    let letter = |case: &'static str, item: &'static str, outcome: &'static str| {
        (case, "02/03/2016", vec![Made { item, outcome, ..PLAIN }])
    };
    indexed(&[
        letter("CM16-9910001", "Norco 10mg #60", "Upheld"),
        letter("CM16-9910002", "Vicodin 10mg #60", "Upheld"),
        letter("CM16-9910003", "Hydrocodone 10mg #60", "Upheld"),
        letter("CM16-9910004", "Norco 10mg #60", "Overturned"),
        letter("CM16-9910005", "Norco 5mg #60", "Upheld"),
        letter("CM16-9910006", "Oxycodone 10mg #60", "Upheld"),
        letter("CM16-9910007", "Lumbar ESI series", "Upheld"),
        letter("CM16-9910008", "Lumbar epidural steroid injection series", "Upheld"),
        letter("CM16-9910009", "Cyclobenzaprine 10mg #20", "Upheld"),
        letter("CM16-9910010", "Cyclobenzaprine HCL 10mg #20", "Upheld"),
        letter("CM16-9910011", "Tramadol HCL 50mg #20", "Upheld"),
        letter(
            "CM16-9910012",
            "Cyclobenzaprine 10mg #90 was the original request. Cyclobenzaprine 10mg #70 was authorized by the Claims \
             Administrator. The remaining IMR eligible portion of the original request, Cyclobenzaprine 10mg #20",
            "Upheld",
        ),
    ])
});

/// The scores by case number.
fn scores(answer: &Value) -> Vec<(String, f64)> {
    hits(answer).iter().map(|hit| (text(hit, "case_number").to_owned(), hit["score"].as_f64().unwrap())).collect()
}

#[track_caller]
fn score(scores: &[(String, f64)], case: &str) -> f64 {
    scores.iter().find(|(id, _)| id == case).unwrap_or_else(|| panic!("{case} is not among {scores:?}")).1
}

#[test]
fn the_typed_word_weighs_more_than_another_name() {
    for (typed, own) in [
        ("norco", "CM16-9910001"),
        ("vicodin", "CM16-9910002"),
        ("hydrocodone", "CM16-9910003"),
        ("ESI", "CM16-9910007"),
        ("epidural steroid injection", "CM16-9910008"),
    ] {
        let scores = scores(&ask_at(&SAME_BUT_ONE, &[], typed));
        let others = if own < "CM16-9910007" {
            &["CM16-9910001", "CM16-9910002", "CM16-9910003"][..]
        } else {
            &["CM16-9910007", "CM16-9910008"]
        };
        for other in others.iter().filter(|other| **other != own) {
            let (more, less) = (score(&scores, own), score(&scores, other));
            assert!(more > less && less > more / 3.0, "{typed}: {more} as typed, {less} by another name");
        }
    }
}

#[test]
fn a_modified_request_does_not_outrank_the_plain_item() {
    for typed in ["cyclobenzaprine", "flexeril", "\"cyclobenzaprine\"", "cyclobenz*"] {
        let scores = scores(&ask_at(&SAME_BUT_ONE, &[], typed));
        let (plain, modified) = (score(&scores, "CM16-9910009"), score(&scores, "CM16-9910012"));
        assert!(modified <= plain, "{typed}: named three times {modified}, once {plain}");
    }
}

#[test]
fn an_item_is_its_disputed_part_and_a_request_the_whole() {
    let found = |query: &str| ids_in_order(&ask_at(&SAME_BUT_ONE, &[], query));
    let modified = ["CM16-9910012/1"];
    assert_eq!(found("request:\"#90\""), modified);
    assert_eq!(found("request:\"#70\""), modified, "what was authorized belongs to the request");
    assert_eq!(found("request:cyclobenzaprine"), modified, "an item that was not modified has no request beside it");
    assert!(found("item:\"#90\"").is_empty() && found("item:\"#70\"").is_empty());
    assert!(found("item:original").is_empty(), "the template's words are no part of what is disputed");
    assert!(found("item:\"#20\"").contains(&modified[0].to_owned()));
    let hit = &hits(&ask_at(&SAME_BUT_ONE, &[], "request:\"#90\""))[0].clone();
    assert_eq!(hit["requested"], "Cyclobenzaprine 10mg #90");
    assert_eq!(hit["authorized"], "Cyclobenzaprine 10mg #70");
    assert_eq!(hit["disputed"], "Cyclobenzaprine 10mg #20");
}

#[test]
fn strengths_and_salts_order_and_never_keep_out() {
    let of = |query: &str| ids_in_order(&ask_at(&SAME_BUT_ONE, &[], query)).into_iter().collect::<BTreeSet<_>>();
    for (typed, drug) in [
        ("norco 10mg", "norco"),
        ("norco 10 mg", "norco"),
        ("norco 10/325", "norco"),
        ("norco 5mg", "norco"),
        ("10mg norco", "norco"),
        ("norco #60", "norco"),
        ("cyclobenzaprine hcl", "cyclobenzaprine"),
        ("cyclobenzaprine HCL 10mg", "cyclobenzaprine"),
        ("cyclobenzaprine hydrochloride", "cyclobenzaprine"),
        ("tramadol hcl 50mg", "tramadol"),
    ] {
        assert_eq!(of(typed), of(drug), "{typed}");
    }
    let scores = scores(&ask_at(&SAME_BUT_ONE, &[], "norco 5mg"));
    assert!(score(&scores, "CM16-9910005") > score(&scores, "CM16-9910001"), "the strength typed stands first");
    // Another number that is no strength of a drug stays one of the words.
    let pillow = ask_at(&SAME_BUT_ONE, &[], "pillow 10mg");
    assert!(text(&pillow["corrected"][1], "message").contains("no decision has both"), "{}", pillow["corrected"]);
    let norco = items_with(&["norco"]);
    for typed in ["norco 10/325", "hydrocodone-acetaminophen 10-325", "hydrocodone/apap 10/325 mg"] {
        let answer = ask(&["--no-collapse", "-n", "1000"], typed);
        let first: BTreeSet<String> = ids_in_order(&answer).into_iter().take(2).collect();
        let strong = ["CM14-9900118/1", "letter-opioid-2015/2"].map(str::to_owned);
        assert_eq!(first, strong.into_iter().collect(), "{typed}: this drug in this strength");
        assert!(norco.is_subset(&ids_in_order(&answer).into_iter().collect()), "{typed}: the drug in any strength");
    }
}

#[test]
fn an_outcome_asked_for_in_words_orders_and_never_filters() {
    for (typed, words) in [
        ("norco approved", "norco"),
        ("norco denied", "norco"),
        ("norco overturned", "norco"),
        ("opioids denied", "opioids"),
        ("low back mri granted", "low back mri"),
    ] {
        assert_eq!(found(typed), found(words), "{typed}");
    }
    let approved = scores(&ask_at(&SAME_BUT_ONE, &[], "norco approved"));
    assert!(score(&approved, "CM16-9910004") > score(&approved, "CM16-9910001"), "the approval first");
    for typed in ["norco denied", "norco upheld"] {
        let denied = scores(&ask_at(&SAME_BUT_ONE, &[], typed));
        assert!(score(&denied, "CM16-9910001") > score(&denied, "CM16-9910004"), "{typed}: the denial first");
    }
    let answer = ask(&[], "norco approved");
    let expanded = answer["expanded"].as_array().unwrap();
    assert!(expanded.iter().any(|one| one["typed"] == "approved" && one["outcome"] == "overturned"), "{expanded:?}");
    // By itself it says what is looked for.
    assert!(counted(|one| one.decision["outcome"] == "overturned").is_subset(&found("approved")));
    assert!(found("approved").len() < counted(|_| true).len());
}

#[test]
fn a_misspelt_drug_is_found() {
    for (typed, meant) in [
        ("hydrocodne", "hydrocodone"),
        ("carisprodol", "carisoprodol"),
        ("cyclobenzaprin", "cyclobenzaprine"),
        ("celecoxb", "celecoxib"),
        ("gabapentine", "gabapentin"),
        ("omeprazol", "omeprazole"),
        ("duloxetene", "duloxetine"),
        ("eszopiclon", "eszopiclone"),
    ] {
        assert_eq!(found(typed), found(meant), "{typed}");
        let answer = ask(&[], typed);
        let is_said = answer["corrected"].as_array().unwrap().iter().any(|one| one["typed"] == typed)
            || answer["expanded"].as_array().unwrap().iter().any(|one| one["typed"] == typed);
        assert!(is_said, "{typed}: what it was taken for is said: {answer}");
        assert!(found_with(&["--exact"], typed).is_empty(), "{typed}, exactly");
    }
}

#[test]
fn short_forms_of_several_things_need_their_context() {
    let alone = ask(&[], "RFA");
    assert_eq!(alone["expanded"].as_array().unwrap().len(), 0, "an ablation, or a request for authorization");
    assert_eq!(found("RFA"), counted(|one| has_word(one, &SEARCHED, |word| word == "rfa")));

    let procedure = ask(&["--no-collapse"], "facet RFA");
    let expanded = procedure["expanded"].as_array().unwrap();
    let rfa = expanded.iter().find(|one| one["typed"] == "RFA").expect("the facet tells");
    assert_eq!(list(rfa, "treatments"), ["radiofrequency ablation"]);
    assert_eq!(ids_in_order(&procedure)[0], "letter-neck-2014/1");

    let paper = ask(&[], "RFA form");
    let [form] = &paper["expanded"].as_array().unwrap()[..] else { panic!("{}", paper["expanded"]) };
    assert_eq!(list(form, "treatments"), [""; 0], "no procedure");
    assert!(list(form, "words").contains(&"request for authorization".to_owned()), "{form}");
    let with_phrase = counted(|one| has_phrase(one, &SEARCHED, &["request", "for", "authorization"]));
    assert!(with_phrase.is_subset(&found("RFA form")));

    let therapy = ask(&[], "PT");
    assert_eq!(list(&therapy["expanded"][0], "treatments"), ["physical therapy"]);
    for typed in ["PT/PTT", "PT PTT", "PT and PTT"] {
        let answer = ask(&["--no-collapse"], typed);
        let treatments: Vec<String> =
            answer["expanded"].as_array().unwrap().iter().flat_map(|one| list(one, "treatments")).collect();
        assert!(treatments.contains(&"partial thromboplastin time".to_owned()), "{typed}: {treatments:?}");
        assert!(treatments.contains(&"prothrombin time".to_owned()), "{typed}: {treatments:?}");
        assert!(!treatments.contains(&"physical therapy".to_owned()), "{typed}: {treatments:?}");
        assert_eq!(ids_in_order(&answer)[0], "CM15-9900012/5", "{typed}");
    }
}

#[test]
fn a_quoted_word_means_itself() {
    for word in ["norco", "hydrocodone", "mri", "soma", "lumbar", "denied"] {
        let quoted = format!("\"{word}\"");
        assert_eq!(found(&quoted), counted(|one| has_word(one, &SEARCHED, |known| known == word)), "{quoted}");
        assert_eq!(ask(&[], &quoted)["expanded"].as_array().unwrap().len(), 0, "{quoted}");
    }
    assert!(found("\"ESI\"").is_empty(), "no letter has it");
    let phrase = counted(|one| has_phrase(one, &SEARCHED, &["urine", "drug", "screen"]));
    assert!(!phrase.is_empty());
    assert_eq!(found("\"urine drug screen\""), phrase);
}

#[test]
fn exact_turns_every_other_meaning_off() {
    for typed in ["norco", "hydrocodone", "ESI", "nerve test", "opioids", "lumbar", "approved", "facet RFA", "EMG/NCS"]
    {
        assert!(!ask(&[], typed)["expanded"].as_array().unwrap().is_empty(), "{typed}");
        assert_eq!(ask(&["--exact"], typed)["expanded"].as_array().unwrap().len(), 0, "{typed}");
    }
    for word in ["norco", "hydrocodone", "emg"] {
        let expected = counted(|one| has_word(one, &SEARCHED, |known| known == word));
        assert_eq!(found_with(&["--exact"], word), expected, "{word}");
    }
    assert!(found_with(&["--exact"], "ESI").is_empty());
}

#[test]
fn an_excluded_word_means_itself() {
    let without = |word: &'static str| counted(|one| !has_word(one, &SEARCHED, |known| known == word));
    assert_eq!(found("-norco"), without("norco"));
    assert_eq!(found("NOT hydrocodone"), without("hydrocodone"), "Norco stays");
    assert!(found("-hydrocodone").contains("CM18-9900010/2"));
    assert_eq!(found("opioids -norco"), &found("opioids") & &without("norco"));
    assert_eq!(found("opioids -hydrocodone"), &found("opioids") & &without("hydrocodone"));
    assert_eq!(ask(&[], "-norco")["expanded"].as_array().unwrap().len(), 0);
    let answer = ask(&[], "mri -norco");
    let typed: Vec<&str> = answer["expanded"].as_array().unwrap().iter().map(|one| text(one, "typed")).collect();
    assert_eq!(typed, ["mri"]);
}

#[test]
fn the_answer_says_what_was_added() {
    let answer = ask(&[], "hydrocodone opioids lumbar");
    let expanded = answer["expanded"].as_array().unwrap();
    let of = |typed: &str| expanded.iter().find(|one| one["typed"] == typed).unwrap_or_else(|| panic!("{expanded:?}"));
    let drug = of("hydrocodone");
    assert!(list(drug, "treatments").contains(&"hydrocodone/acetaminophen".to_owned()), "{drug}");
    assert!(list(drug, "words").contains(&"Norco".to_owned()), "{drug}");
    assert!(!list(drug, "words").iter().any(|word| word == "Zohydro"), "no letter has it: {drug}");
    assert_eq!(of("opioids")["category"], "Pharmaceuticals/Opioids");
    assert_eq!(list(of("lumbar"), "body_parts"), ["low back"]);
    for one in expanded {
        let known = ["typed", "treatments", "category", "outcome", "body_parts", "words"];
        assert!(one.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{one}");
        assert!(!list(one, "words").iter().any(|word| *word == text(one, "typed")), "nothing typed is added: {one}");
    }
    assert_eq!(ask(&[], "wombat")["expanded"].as_array().unwrap().len(), 0, "a word without a meaning");
}

#[test]
fn the_table_has_a_line_for_it() {
    let also = |options: &[&str], query: &str| -> Option<String> {
        let run = Run::of(&mut search(options, query));
        run.stdout.lines().find(|line| line.trim_start().starts_with("also: ")).map(str::to_owned)
    };
    let line = also(&[], "norco").expect("a line");
    assert!(line.contains("norco = hydrocodone/acetaminophen"), "{line}");
    let line = also(&[], "lumbar MRI").expect("a line");
    assert!(line.contains("lumbar = low back") && line.contains("MRI = "), "{line}");
    assert_eq!(also(&[], "wombat"), None);
    assert_eq!(also(&[], "\"norco\""), None);
    assert_eq!(also(&["--exact"], "norco"), None);
}
