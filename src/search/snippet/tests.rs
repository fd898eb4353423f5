//! What the highlighter promises, as tables of text, targets and marked snippets.

use proptest::prelude::*;

use super::*;
use crate::index::analysis::{analyze, stem};

/// Reads targets as the tables write them: `word` stemmed, `=word` exact, `"a b"~1`, `word*`, and
/// `a<5>b` for proximity; separated by `, `.
fn targets(written: &str) -> Vec<Target> {
    written.split(", ").filter(|one| !one.is_empty()).map(|one| Target { needle: needle(one), weight: 1.0 }).collect()
}

fn needle(written: &str) -> Needle {
    if let Some((left, rest)) = written.split_once('<') {
        let (distance, right) = rest.split_once('>').expect("a<5>b");
        return Needle::Near {
            left: Box::new(needle(left)),
            right: Box::new(needle(right)),
            distance: distance.parse().expect("a number of words"),
        };
    }
    if let Some(quoted) = written.strip_prefix('"') {
        let (words, slop) = quoted.split_once('"').expect("a closed quotation");
        let words = analyze(words).into_iter().flat_map(|word| word.parts).map(|form| form.text).collect();
        let slop = slop.trim_start_matches('~').parse().unwrap_or(0);
        return Needle::Phrase { words, slop };
    }
    if let Some(prefix) = written.strip_suffix('*') {
        let prefix = prefix.to_owned();
        return Needle::Matching(Box::new(move |term| term.starts_with(&prefix)));
    }
    match written.strip_prefix('=') {
        Some(exact) => Needle::Terms { forms: vec![exact.to_owned()], stems: Vec::new() },
        None => Needle::Terms { forms: vec![written.to_owned()], stems: vec![stem(written)] },
    }
}

/// Renders a snippet with its marks in `«»`, counted in characters as a reader of them would.
fn marked(snippet: &Snippet) -> String {
    let mut rendered = String::new();
    for (index, character) in snippet.text.chars().enumerate() {
        if snippet.marks.iter().any(|(_, end)| *end == index) {
            rendered.push('»');
        }
        if snippet.marks.iter().any(|(start, _)| *start == index) {
            rendered.push('«');
        }
        rendered.push(character);
    }
    let length = snippet.text.chars().count();
    if snippet.marks.iter().any(|(_, end)| *end == length) {
        rendered.push('»');
    }
    rendered
}

#[track_caller]
fn check_all(fragments: usize, characters: usize, table: &[(&str, &str, &[&str])]) {
    for (text, wanted, expected) in table {
        let found = snippets(text, &targets(wanted).iter().collect::<Vec<_>>(), fragments, characters);
        let found: Vec<String> = found.iter().map(marked).collect();
        assert_eq!(found, *expected, "for {wanted} in {text}");
    }
}

#[test]
fn only_real_matches_are_marked() {
    check_all(
        3,
        200,
        &[
            ("No match here.", "surgery", &[]),
            ("Two injections given.", "injection", &["Two «injections» given."]),
            ("Two injections given.", "=injection", &[]),
            ("To inject is fine.", "injections", &["To «inject» is fine."]),
            ("Red paint, flags. The red flags exist.", "\"red flags\"", &["The «red flags» exist."]),
            ("Flags are red.", "\"red flags\"", &[]),
            ("Red or white flags.", "\"red flags\"~2", &["«Red or white flags»."]),
            ("Red or white flags.", "\"red flags\"~1", &[]),
            ("Red flags, red flags.", "\"red flags\"~4", &["«Red flags», «red flags»."]),
            ("Flags red.", "\"red flags\"~2", &["«Flags red»."]),
            ("That that is.", "\"that that\"", &["«That that» is."]),
            ("Only that.", "\"that that\"~5", &[]),
            ("A fusion and fusing.", "fus*", &["A «fusion» and «fusing»."]),
            ("The L4-L5 disc.", "=l4-5", &["The «L4-L5» disc."]),
            ("Norco 10/325 mg.", "=10/325mg, =325", &["Norco «10/325 mg»."]),
            ("Neck pain. Pain of the left neck.", "neck<1>pain", &["«Neck» «pain»."]),
            ("Caf\u{e9} au lait.", "=cafe, =lait", &["«Caf\u{e9}» au «lait»."]),
            ("Ends with word. Next starts.", "\"word next\"", &["Ends with «word. Next» starts."]),
        ],
    );
}

#[test]
fn sentences_are_chosen_to_cover_the_targets() {
    let text = "The knee hurts. The knee is swollen and the knee is warm. Therapy failed. \
                The end.";
    check_all(
        2,
        200,
        &[(text, "knee, therapy", &["The «knee» is swollen and the «knee» is warm.", "«Therapy» failed."])],
    );
    check_all(1, 200, &[(text, "therapy", &["«Therapy» failed."])]);
}

#[test]
fn long_sentences_are_cut_round_their_matches() {
    let text = "The injured worker has had many months of conservative care before the \
                \u{e9}tendue of an injection was at last considered by the treating physician here.";
    check_all(1, 50, &[(text, "injection", &["…the \u{e9}tendue of an «injection» was at last…"])]);
    let head = lead(text, 30);
    assert_eq!(head.text, "The injured worker has had…");
    assert_eq!((head.start, head.end), (0, 26));
    assert_eq!(lead("  short ", 30).text, "short");
}

#[test]
fn sentences_end_where_a_reader_would_end_them() {
    for (text, expected) in [
        ("", vec![]),
        ("One. Two! Three? four", vec!["One.", "Two!", "Three? four"]),
        ("He said \"no.\" Then left.", vec!["He said \"no.\"", "Then left."]),
        ("Dr. Smith saw Mr. Doe vs. Inc. Co.", vec!["Dr. Smith saw Mr. Doe vs. Inc. Co."]),
        ("Use e.g. NSAIDs, i.e. Advil etc. Then", vec!["Use e.g. NSAIDs, i.e. Advil etc. Then"]),
        ("See No. 5 on p. 12. The answer is no. It", vec!["See No. 5 on p. 12.", "The answer is no.", "It"]),
        ("J. Doe took 2.5 mg. In 2016. Yes", vec!["J. Doe took 2.5 mg.", "In 2016.", "Yes"]),
        ("1. First item. 2. Second (1) item.", vec!["1. First item.", "2. Second (1) item."]),
        ("HEADING\n\nBody text", vec!["HEADING", "Body text"]),
        ("Cited Section(s): Knee. (See B.) Done", vec!["Cited Section(s): Knee.", "(See B.)", "Done"]),
        ("Cost .'.'. Is", vec!["Cost .'.'.", "Is"]),
        ("  A. B. Doe ", vec!["A. B. Doe"]),
        ("Wait... What", vec!["Wait...", "What"]),
    ] {
        let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_page_of_dots_takes_no_time() {
    for text in [".".repeat(500_000), ". A".repeat(200_000), ".'".repeat(300_000)] {
        assert!(!sentences(&text).is_empty());
    }
    let text = "Red flags. ".repeat(20_000);
    let found = snippets(&text, &targets("\"red flags\"~4, red<9>flags").iter().collect::<Vec<_>>(), 3, 100);
    assert_eq!(found.len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn sentences_cover_the_text(text in "([a-zA-Z0-9.!? \n\"'()é]|Dr\\. |\\. |\\PC){0,80}") {
        let mut end = 0;
        for sentence in sentences(&text) {
            prop_assert!(sentence.start >= end && sentence.start < sentence.end);
            prop_assert!(text[end..sentence.start].trim().is_empty());
            end = sentence.end;
        }
        prop_assert!(text[end..].trim().is_empty());
    }

    #[test]
    fn snippets_are_true_to_their_source(
        text in "([a-zé]{1,9}|knee|pain|red|flags|10/325|mg|[.] |[.]| | |\n|\\PC){0,120}",
        fragments in 0_usize..5,
        characters in 0_usize..120,
    ) {
        let wanted = targets("knee, \"red flags\"~1, p*, pain<3>knee, =10/325mg");
        let found = snippets(&text, &wanted.iter().collect::<Vec<_>>(), fragments, characters);
        prop_assert!(found.len() <= fragments);
        let mut end = 0;
        for snippet in found.iter().chain([&lead(&text, characters)]) {
            check_snippet(&text, snippet, characters.max(SHORTEST_SNIPPET))?;
        }
        for snippet in &found {
            prop_assert!(!snippet.marks.is_empty());
            prop_assert!(snippet.start >= end && snippet.score > 0.0);
            end = snippet.end;
        }
    }
}

fn check_snippet(text: &str, snippet: &Snippet, most: usize) -> Result<(), TestCaseError> {
    let source = &text[snippet.start..snippet.end];
    let length = snippet.text.chars().count();
    prop_assert!(length <= most, "{length} characters of {most}");
    let at = snippet.text.find(source);
    prop_assert!(at == Some(0) || at == Some('…'.len_utf8()));
    let around = snippet.text.replacen(source, "", 1);
    prop_assert!(around.chars().all(|character| character == '…'));
    prop_assert!(around.chars().count() <= 2);
    let mut end = 0;
    for (from, to) in &snippet.marks {
        prop_assert!(*from >= end && from < to && *to <= length);
        end = *to;
    }
    Ok(())
}
