//! Whatever is in a file, it is read without failing, and no text between decisions is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::sync::LazyLock;

use imr::intake::limits::Limits;
use imr::intake::text::Text;
use imr::intake::{self, plain};
use imr::letter::model::{Letter, Outcome, Source};
use imr::letter::segments::{Part, Segment};
use imr::letter::{self};
use proptest::prelude::*;
use proptest::sample::Index;

/// The texts of the sample letters.
static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut paths: Vec<_> = std::fs::read_dir(common::samples().join("text"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
});

/// `PROPTEST_CASES` asks for more than the usual number.
fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn text_of(content: &str) -> Text {
    let mut text = plain::lines(content.to_owned());
    text.mark_furniture();
    text
}

fn parse(text: &Text) -> Letter {
    letter::parse(text, "stem", Source::default())
}

/// Something a careless hand or a broken program does to the lines of a letter.
#[derive(Clone, Debug)]
enum Damage {
    Delete(Index),
    Duplicate(Index),
    Swap(Index, Index),
    Insert(Index, String),
    InsertBlank(Index),
    JoinWithNext(Index),
    Truncate(Index),
}

/// Words of the form, where a parser takes turns.
fn form_words() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        ": Upheld",
        "Overturned",
        "MRI of the knee: Overturned",
        "IMR ISSUES, DECISIONS AND RATIONALES",
        "CLINICAL CASE SUMMARY",
        "DOCUMENTS REVIEWED",
        "Claims Administrator guideline:",
        "MAXIMUS guideline: Decision based on MTUS.",
        "Decision rationale:",
        "1) MAXIMUS Federal Services, Inc. has determined the request for x is notmedically necessary and appropriate.",
        "2. The request for y is medically necessary.",
        "Rationale for the Decision:",
        "ISSUE AT DISPUTE:",
        "Notice of Independent Medical Review Determination",
        "Case Number: CM16-0000001",
        "Decision Date:",
        "Effect of the Decision:",
        "Page 2 of 5",
        "\u{c}",
    ])
    .prop_map(str::to_owned)
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Damage::Delete),
        at().prop_map(Damage::Duplicate),
        (at(), at()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (at(), prop_oneof![form_words(), "\\PC{0,60}", any::<String>()])
            .prop_map(|(at, line)| Damage::Insert(at, line)),
        at().prop_map(Damage::InsertBlank),
        at().prop_map(Damage::JoinWithNext),
        at().prop_map(Damage::Truncate),
    ]
}

fn damaged(sample: &str, damages: &[Damage]) -> String {
    let mut lines: Vec<String> = sample.split('\n').map(str::to_owned).collect();
    for damage in damages {
        let length = lines.len();
        if length < 2 {
            break;
        }
        match damage {
            Damage::Delete(at) => drop(lines.remove(at.index(length))),
            Damage::Duplicate(at) => lines.insert(at.index(length), lines[at.index(length)].clone()),
            Damage::Swap(one, other) => lines.swap(one.index(length), other.index(length)),
            Damage::Insert(at, line) => lines.insert(at.index(length), line.clone()),
            Damage::InsertBlank(at) => lines.insert(at.index(length), String::new()),
            Damage::JoinWithNext(at) => {
                let at = at.index(length - 1);
                let next = lines.remove(at + 1);
                lines[at].push_str(&next);
            }
            Damage::Truncate(at) => {
                let mut end = at.index(lines.iter().map(String::len).sum::<usize>() + 1);
                let content = lines.join("\n");
                while !content.is_char_boundary(end) {
                    end -= 1;
                }
                lines = content[..end].split('\n').map(str::to_owned).collect();
            }
        }
    }
    lines.join("\n")
}

fn damaged_letter() -> impl Strategy<Value = String> {
    (any::<Index>(), prop::collection::vec(damage(), 0..8)).prop_map(|(sample, damages)| {
        let sample = &SAMPLES[sample.index(SAMPLES.len())];
        damaged(sample, &damages)
    })
}

/// Nothing but the words of the form, in any order.
fn heap_of_form_words() -> impl Strategy<Value = String> {
    let line = prop_oneof![4 => form_words(), 2 => "[a-z .:]{0,40}", 1 => Just(String::new())];
    prop::collection::vec(line, 0..40).prop_map(|lines| lines.join("\n"))
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![6 => damaged_letter(), 2 => heap_of_form_words(), 1 => any::<String>(), 1 => "(?s).{0,400}"]
}

fn visible(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_whitespace()).count()
}

/// The tiles lie edge to edge up to the end of the text, and hold every character from their first on.
fn check_tiling(text: &Text, segments: &[Segment]) -> Result<(), TestCaseError> {
    let Some((first, last)) = segments.first().zip(segments.last()) else { return Ok(()) };
    prop_assert_eq!(last.range.end, text.content.len(), "the last tile ends with the section");
    for segment in segments {
        prop_assert!(segment.range.start < segment.range.end, "no tile is empty: {:?}", segment);
        prop_assert!(
            text.content.get(segment.range.clone()).is_some(),
            "tiles are cut between characters: {:?}",
            segment
        );
    }
    for pair in segments.windows(2) {
        prop_assert_eq!(pair[0].range.end, pair[1].range.start, "tiles neither overlap nor leave a gap");
    }
    let in_tiles: usize = segments.iter().map(|segment| visible(&text.content[segment.range.clone()])).sum();
    prop_assert_eq!(in_tiles, visible(&text.content[first.range.start..]));
    Ok(())
}

/// A decision's fields are the folded words of its tiles, no more and no less.
fn check_fields(text: &Text, letter: &Letter, segments: &[Segment]) -> Result<(), TestCaseError> {
    for segment in segments {
        if let Some(decision) = segment.decision {
            prop_assert!(decision < letter.decisions.len(), "a tile of a decision that was not printed: {:?}", segment);
        }
    }
    for (index, decision) in letter.decisions.iter().enumerate() {
        let folded = |part: Part| {
            let tile = segments.iter().find(|segment| segment.decision == Some(index) && segment.part == part);
            tile.map(|segment| text.fold(segment.range.clone())).filter(|words| !words.is_empty())
        };
        let guideline = |guideline: &Option<letter::model::Guideline>| guideline.as_ref().map(|line| line.text.clone());
        prop_assert_eq!(folded(Part::Item).unwrap_or_default(), decision.item.clone(), "item of {}", decision.id);
        prop_assert_eq!(folded(Part::Rationale), decision.rationale.clone(), "rationale of {}", decision.id);
        prop_assert_eq!(folded(Part::ClaimsGuideline), guideline(&decision.claims_guideline), "{}", decision.id);
        prop_assert_eq!(folded(Part::ReviewerGuideline), guideline(&decision.reviewer_guideline), "{}", decision.id);
        prop_assert_eq!(&decision.id, &format!("{}/{}", letter.id, index + 1));
    }
    Ok(())
}

/// White space is folded wherever a field is printed, and no field is an empty string.
fn check_folded(letter: &Letter) -> Result<(), TestCaseError> {
    let decisions = letter.decisions.iter().flat_map(|decision| {
        let guideline = |guideline: &Option<letter::model::Guideline>| guideline.as_ref().map(|line| line.text.clone());
        [decision.rationale.clone(), guideline(&decision.claims_guideline), guideline(&decision.reviewer_guideline)]
    });
    let fields = [letter.summary.clone(), letter.documents_reviewed.clone(), letter.case_number.clone()];
    for field in fields.into_iter().chain(decisions).flatten().chain(letter.reviewer.specialties.iter().cloned()) {
        prop_assert!(!field.is_empty(), "an absent value is absent, not empty");
        let folded = field.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(field, folded);
    }
    Ok(())
}

#[test]
fn every_sample_is_tiled_and_its_fields_are_its_tiles() {
    for sample in SAMPLES.iter() {
        let text = text_of(sample);
        let (letter, segments) = (parse(&text), letter::segments(&text));
        assert!(!segments.is_empty(), "{}", letter.id);
        check_tiling(&text, &segments).unwrap();
        check_fields(&text, &letter, &segments).unwrap();
        check_folded(&letter).unwrap();
    }
}

#[test]
fn every_tile_between_two_decisions_of_a_sample_is_a_field_or_a_label() {
    for sample in SAMPLES.iter() {
        let text = text_of(sample);
        for segment in letter::segments(&text) {
            let words = text.fold(segment.range.clone());
            let expected = match segment.part {
                Part::OutcomeWord | Part::ClaimsLabel | Part::ReviewerLabel | Part::RationaleLabel => words.len() < 120,
                Part::Item => words.len() < 1_000,
                _ => true,
            };
            assert!(expected, "{:?} holds more than its own: {words}", segment.part);
        }
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_text_gives_a_letter_whose_decisions_tile_their_section(content in any_text()) {
        let text = text_of(&content);
        let (letter, segments) = (parse(&text), letter::segments(&text));
        check_tiling(&text, &segments)?;
        check_fields(&text, &letter, &segments)?;
        check_folded(&letter)?;
        for diagnostic in &letter.diagnostics {
            prop_assert!(diagnostic.byte.is_none_or(|byte| byte <= text.content.len()), "{:?}", diagnostic);
        }
    }

    #[test]
    fn reading_is_the_same_every_time(content in any_text()) {
        let (one, other) = (text_of(&content), text_of(&content));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(parse(&one), parse(&other));
        prop_assert_eq!(letter::segments(&one), letter::segments(&other));
    }

    #[test]
    fn a_letter_in_json_is_the_letter(content in damaged_letter()) {
        let letter = parse(&text_of(&content));
        let json = serde_json::to_string(&letter).unwrap();
        prop_assert_eq!(serde_json::from_str::<Letter>(&json).unwrap(), letter);
    }

    #[test]
    fn a_letter_without_decision_says_so(content in any_text()) {
        let letter = parse(&text_of(&content));
        let is_said = letter.diagnostics.iter().any(|one| one.code == letter::model::DiagnosticCode::NoDecision);
        prop_assert_eq!(is_said, letter.decisions.is_empty());
        prop_assert_eq!(letter.outcome.is_none(), letter.decisions.is_empty());
        if letter.decisions.iter().all(|decision| decision.outcome == Outcome::Upheld) && !letter.decisions.is_empty() {
            prop_assert_eq!(letter.outcome, Some(letter::model::LetterOutcome::Upheld));
        }
    }

    #[test]
    fn lines_lie_in_order_and_hold_every_visible_character(content in any_text()) {
        let text = text_of(&content);
        let mut end = 0;
        let mut held = 0;
        for line in &text.lines {
            prop_assert!(end <= line.range.start && line.range.start < line.range.end, "{:?}", line);
            end = line.range.end;
            held += visible(&text.content[line.range.clone()]);
        }
        prop_assert_eq!(held, visible(&text.content));
        let folded = text.fold(0..text.content.len());
        prop_assert!(!folded.contains("  ") && folded.trim() == folded);
    }
}

#[test]
fn the_sentences_of_the_form_may_wrap_anywhere() {
    let phrases =
        ["The Claims Administrator", "The Expert Reviewer", "The Physician Reviewer", "has determined the request"];
    let mut wrapped_somewhere = 0;
    // In the letters whose every line is followed by an empty one, one line break more would be a paragraph.
    let is_plain = |sample: &&String| !sample.lines().skip(1).step_by(2).take(20).all(|line| line.trim().is_empty());
    for sample in SAMPLES.iter().filter(is_plain) {
        let expected = parse(&text_of(sample)).decisions;
        for phrase in phrases {
            for (at, _) in sample.match_indices(phrase) {
                for (space, _) in phrase.match_indices(' ') {
                    let mut wrapped = sample.clone();
                    wrapped.replace_range(at + space..=at + space, "\n");
                    wrapped_somewhere += 1;
                    let line = sample[..at].lines().count();
                    assert_eq!(parse(&text_of(&wrapped)).decisions, expected, "`{phrase}` broken at line {line}");
                }
            }
        }
    }
    assert!(wrapped_somewhere > 20, "{wrapped_somewhere}");
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn more_space_in_a_line_changes_no_decision(
        sample in any::<Index>(),
        spaces in prop::collection::vec((0_usize..4, 0_usize..4), 1..50),
        tabs in any::<bool>(),
    ) {
        let sample = &SAMPLES[sample.index(SAMPLES.len())];
        let space = if tabs { "\t" } else { " " };
        let spaced: Vec<String> = sample
            .split('\n')
            .enumerate()
            .map(|(index, line)| {
                let (before, after) = spaces[index % spaces.len()];
                if line.trim().is_empty() {
                    line.to_owned()
                } else {
                    format!("{}{line}{}", space.repeat(before), space.repeat(after))
                }
            })
            .collect();
        let plain = parse(&text_of(sample));
        let spaced = parse(&text_of(&spaced.join("\n")));
        prop_assert_eq!(plain.decisions, spaced.decisions);
        prop_assert_eq!(plain.summary, spaced.summary);
    }

    #[test]
    fn doubled_spaces_between_words_change_no_decision(sample in any::<Index>(), every in 1_usize..7) {
        let sample = &SAMPLES[sample.index(SAMPLES.len())];
        let doubled: Vec<String> = sample
            .split('\n')
            .map(|line| {
                let mut count = 0;
                line.trim_end_matches(' ').chars().fold(String::new(), |mut doubled, letter| {
                    count += usize::from(letter == ' ');
                    doubled.push(letter);
                    if letter == ' ' && count % every == 0 {
                        doubled.push(' ');
                    }
                    doubled
                }) + &line[line.trim_end_matches(' ').len()..]
            })
            .collect();
        let plain = parse(&text_of(sample));
        let doubled = parse(&text_of(&doubled.join("\n")));
        prop_assert_eq!(plain.decisions, doubled.decisions);
        prop_assert_eq!(plain.reviewer, doubled.reviewer);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(text) = intake::read(&bytes, &Limits::default()) {
            let segments = letter::segments(&text);
            check_tiling(&text, &segments)?;
            check_fields(&text, &parse(&text), &segments)?;
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_damaged_pdf_is_read_or_refused(
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..30),
        cut in prop::option::of(any::<Index>()),
    ) {
        let mut bytes = common::sample_pdf("CM16-9900140");
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let limits = Limits { pdf_seconds: 5, ..Limits::default() };
        if let Ok(text) = intake::read(&bytes, &limits) {
            let segments = letter::segments(&text);
            check_tiling(&text, &segments)?;
            check_fields(&text, &parse(&text), &segments)?;
        }
    }
}

/// An index over the sample letters, to ask anything of.
static SNAPSHOT: LazyLock<imr::index::reader::Snapshot> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("properties");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let letters = common::samples().join("text");
    common::Run::of(common::imr().arg("index").arg("--index").arg(&folder).arg(letters)).ends_with(0);
    imr::index::reader::Snapshot::of(&imr::index::open(&folder).unwrap()).unwrap()
});

fn any_query() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec!["lumbar", "mri", "opiod", "L4-5", "10/325 mg", "inject*", "\"low back\"", "#120", "EMG/NCS"])
            .prop_map(str::to_owned),
        6 => prop::sample::select(vec!["AND", "OR", "NOT", "(", ")", "-", "+", "\"", "/5", "~3", "item:", "decided:[", " TO ", "]", "*", "?"])
            .prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_question_is_answered(query in any_query(), exact in any::<bool>()) {
        let request = imr::search::model::Request { query, exact, explain: true, ..Default::default() };
        let answer = imr::search::search(&SNAPSHOT, &request);
        prop_assert!(answer.is_ok(), "{:?}", answer.err());
        let answer = answer.unwrap();
        for hit in &answer.hits {
            for piece in &hit.snippets {
                let length = piece.text.chars().count();
                let mut end = 0;
                for &(from, to) in &piece.marks {
                    prop_assert!(end <= from && from < to && to <= length, "{:?}", piece);
                    end = to;
                }
            }
        }
    }

    #[test]
    fn without_snippets_the_same_is_found(query in any_query()) {
        let request = imr::search::model::Request { query, ..Default::default() };
        let bare = imr::search::model::Request { snippets: false, ..request.clone() };
        let (shown, bare) = (imr::search::search(&SNAPSHOT, &request).unwrap(), imr::search::search(&SNAPSHOT, &bare).unwrap());
        prop_assert!(bare.hits.iter().all(|hit| hit.snippets.is_empty()));
        let without = |hit: imr::search::model::Hit| imr::search::model::Hit { snippets: Vec::new(), ..hit };
        prop_assert_eq!(shown.hits.into_iter().map(without).collect::<Vec<_>>(), bare.hits);
    }

    #[test]
    fn what_was_understood_is_understood_again(query in any_query()) {
        let is_field = |name: &str| ["item", "decided", "rationale"].contains(&name);
        let first = imr::search::grammar::parse(&query, &is_field);
        if let Some(root) = &first.root {
            let again = imr::search::grammar::parse(&root.to_string(), &is_field);
            prop_assert_eq!(again.root.as_ref(), Some(root), "{}", root);
        }
    }
}
