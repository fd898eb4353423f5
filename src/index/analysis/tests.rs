//! What the analysis promises, as tables of text and tokens.

use std::fmt::Write as _;
use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// Renders the tokens of a text as `position:term`, as the tables below are written.
fn tokens(text: &str) -> String {
    let mut tokenizer = LetterTokenizer::default();
    let mut stream = tokenizer.token_stream(text);
    let mut rendered = String::new();
    while stream.advance() {
        let token = stream.token();
        let gap = if rendered.is_empty() { "" } else { " " };
        write!(rendered, "{gap}{}:{}", token.position, token.text).expect("a string takes all");
    }
    rendered
}

#[track_caller]
fn check_all(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(tokens(text), *expected, "for {text:?}");
    }
}

#[test]
fn plain_words_have_their_stem_beside_them() {
    check_all(&[
        ("", ""),
        (" .,;- ", ""),
        ("Injections", "0:injections 0:~inject"),
        ("inject", "0:inject"),
        ("having the pain", "0:having 1:the 2:pain"),
        ("NOT necessary.", "0:not 1:necessary 1:~necessari"),
        ("a_b", "0:a 1:b"),
        ("12:30", "0:12 1:30"),
        ("U.S.C.", "0:u 1:s 2:c"),
    ]);
}

#[test]
fn joined_words_are_found_whole_and_by_part() {
    check_all(&[
        ("EMG/NCS", "0:emg 0:emg/ncs 1:ncs"),
        ("and/or", "0:and 0:and/or 1:or"),
        ("Q&A", "0:q 0:q&a 1:a"),
        ("CM16-9900007", "0:cm16 0:cm16-9900007 1:9900007"),
        ("non-certified", "0:non 0:non-certified 0:noncertified 0:~noncertifi 1:certified 1:~certifi"),
        ("x-ray", "0:x 0:x-ray 0:xray 1:ray"),
        ("X\u{2010}ray", "0:x 0:x-ray 0:xray 1:ray"),
        ("pre-op", "0:pre 0:pre-op 0:preop 1:op"),
        ("65-year-old", "0:65 0:65-year-old 1:year 2:old"),
        ("M54.5", "0:m54 0:m54.5 1:5"),
        ("724.4,", "0:724 0:724.4 1:4"),
        ("9792.24.2", "0:9792 0:9792.24.2 1:24 2:2"),
        ("99213-25", "0:99213 0:99213-25 1:25"),
        ("12/3/2024", "0:12 0:12/3/2024 1:3 2:2024"),
        ("10-16-2016", "0:10 0:10/16/2016 0:10-16-2016 1:16 2:2016"),
        ("#120", "0:120 0:#120"),
        ("50%", "0:50 0:50%"),
        ("50 %", "0:50 0:50%"),
        ("1,000", "0:1000"),
        ("1,234,567", "0:1234567"),
        ("4,5", "0:4 1:5"),
        ("-word", "0:word"),
        ("a - b", "0:a 1:b"),
    ]);
}

#[test]
fn a_strength_has_the_same_tokens_however_it_is_spaced() {
    check_all(&[
        ("15mg", "0:15 0:15mg 1:mg"),
        ("15 mg", "0:15 0:15mg 1:mg"),
        ("15  MG.", "0:15 0:15mg 1:mg"),
        ("10/325mg", "0:10 0:10/325 0:10/325mg 1:325 1:325mg 2:mg"),
        ("10/325 mg", "0:10 0:10/325 0:10/325mg 1:325 1:325mg 2:mg"),
        ("10-325mg", "0:10 0:10/325 0:10/325mg 1:325 1:325mg 2:mg"),
        ("10-325", "0:10 0:10/325 0:10-325 1:325"),
        ("10/325", "0:10 0:10/325 1:325"),
        ("7.5/325mg", "0:7 0:7.5 0:7.5/325 0:7.5/325mg 1:5 2:325 2:325mg 3:mg"),
        ("0.5 mg", "0:0 0:0.5 0:0.5mg 1:5 2:mg"),
        (".5 mg", "0:5 0:0.5 0:0.5mg 1:mg"),
        ("1,000 mg", "0:1000 0:1000mg 1:mg"),
        ("5 \u{b5}g", "0:5 0:5mcg 1:\u{b5}g"),
        ("15-mg", "0:15 0:15mg 0:15-mg 1:mg"),
        ("10 mg/ml", "0:10 0:10mg 0:10mg/ml 1:mg 2:ml"),
        ("10 mg 3 times", "0:10 0:10mg 1:mg 2:3 3:times 3:~time"),
        ("2 gmail", "0:2 1:gmail"),
    ]);
    assert_eq!(tokens("10mg/325mg"), "0:10 0:10mg 0:10/325 0:10/325mg 1:mg 2:325 2:325mg 3:mg");
}

#[test]
fn both_spellings_of_a_spine_level_are_found() {
    check_all(&[
        ("L4-5", "0:l4 0:l4-l5 0:l4-5 1:5"),
        ("L4-L5", "0:l4 0:l4-l5 0:l4-5 1:l5"),
        ("L4/5", "0:l4 0:l4-l5 0:l4-5 1:5"),
        ("L4/L5", "0:l4 0:l4-l5 0:l4-5 1:l5"),
        ("C5-C6", "0:c5 0:c5-c6 0:c5-6 1:c6"),
        ("c5-6", "0:c5 0:c5-c6 0:c5-6 1:6"),
        ("L5-S1", "0:l5 0:l5-s1 1:s1"),
        ("T12-L1", "0:t12 0:t12-l1 1:l1"),
        ("L4-5/L5-S1", "0:l4 0:l4-l5 0:l4-5 0:l4-5/l5-s1 1:5 2:l5 2:l5-s1 3:s1"),
        ("L9-10", "0:l9 0:l9-10 1:10"),
    ]);
}

#[test]
fn apostrophes_and_accents_do_not_keep_words_apart() {
    check_all(&[
        ("patient's", "0:patient"),
        ("patient\u{2019}s", "0:patient"),
        ("MRI's", "0:mri"),
        ("patients'", "0:patients 0:~patient"),
        ("don't", "0:dont"),
        ("don\u{2019}t", "0:dont"),
        ("\u{363} ", ""),
        ("caf\u{e9}", "0:cafe"),
        ("cafe\u{301}", "0:cafe"),
        ("\u{d6}ZG\u{dc}R Nu\u{f1}ez", "0:ozgur 1:nunez"),
        ("de\u{fb01}cit \u{fb02}ow", "0:deficit 1:flow"),
        ("in\u{ad}jury", "0:injury 0:~injuri"),
        ("\u{39d}\u{395}", "0:\u{3bd}\u{3b5}"),
    ]);
}

#[test]
fn a_word_too_long_to_index_keeps_its_place() {
    let text = format!("before {} after", "x".repeat(65));
    assert_eq!(tokens(&text), "0:before 0:~befor 2:after");
    let longest = "z".repeat(64);
    assert_eq!(tokens(&longest), format!("0:{longest}"));
}

#[test]
fn words_show_their_parts_and_wholes_to_the_query() {
    let words = analyze("the L4-5 discs 10mg");
    let [the, level, discs, strength] = words.as_slice() else {
        panic!("four words, not {words:?}");
    };
    assert_eq!(the.parts[0].stem, None);
    assert_eq!((level.start, level.end), (4, 8));
    assert_eq!((level.position, level.length), (1, 2));
    let wholes: Vec<&str> = level.complete_wholes().map(|form| form.text.as_str()).collect();
    assert_eq!(wholes, ["l4-l5", "l4-5"]);
    assert_eq!(discs.parts[0].stemmed_terms(), ["disc", "~disc"]);
    assert_eq!(strength.position, 4);
    assert_eq!(strength.wholes[0].text, "10mg");
}

#[test]
fn offsets_cover_what_was_written() {
    let text = "Rx: #120, 50% of L4-5; the patient's 10/325 mg";
    let mut found = Vec::new();
    for_each_token(text, |token| {
        let written = &text[token.offset_from..token.offset_to];
        found.push(format!("{}={written}", token.text));
    });
    for expected in ["50%=50%", "50=50", "l4-l5=L4-5", "patient=patient", "10/325mg=10/325 mg", "325mg=325 mg"] {
        assert!(found.iter().any(|token| token == expected), "{expected} in {found:?}");
    }
}

/// U+02BC, an apostrophe that Unicode calls a letter, once began a word that had no characters, and
/// the tokenizer never came to an end.
#[test]
fn every_character_is_got_past_wherever_it_stands() {
    let mut tokenizer = LetterTokenizer::default();
    for character in char::MIN..=char::MAX {
        let text = format!("{character}{character} a{character}1{character}-{character}");
        let mut stream = tokenizer.token_stream(&text);
        let mut count = 0;
        while stream.advance() {
            count += 1;
            assert!(count < 20, "{character:?}");
            assert!(!stream.token().text.is_empty(), "{character:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_analyzed_without_panic(text in any::<String>()) {
        check_stream(&text)?;
    }

    #[test]
    fn any_tangle_of_joints_is_analyzed_without_panic(
        text in "([a-zA-Z0-9éß'’ʼ,./&%#µ \u{301}–-]|mg|L4|325| 's|ﬁ|10){0,60}"
    ) {
        check_stream(&text)?;
    }
}

fn check_stream(text: &str) -> Result<(), TestCaseError> {
    let mut last_position = 0;
    let mut unmarked = Vec::new();
    let mut seen_here: Vec<String> = Vec::new();
    let mut failure = None;
    for_each_token(text, |token| {
        let in_text = text.get(token.offset_from..token.offset_to).is_some();
        let ordered = token.position >= last_position && token.offset_from < token.offset_to;
        if token.position != last_position {
            seen_here.clear();
        }
        let repeated = seen_here.contains(&token.text);
        seen_here.push(token.text.clone());
        if !in_text || !ordered || repeated || token.text.is_empty() {
            failure = Some(token.clone());
        }
        last_position = token.position;
        if !token.text.starts_with(STEM_MARK) {
            unmarked.push((token.position, token.text.clone()));
        }
    });
    prop_assert!(failure.is_none(), "{failure:?} in {text:?}");
    let words = analyze(text);
    prop_assert!(words.windows(2).all(|pair| pair[0].end <= pair[1].start));
    let mut forms: Vec<(usize, String)> = words
        .iter()
        .flat_map(|word| word.parts.iter().chain(&word.wholes))
        .map(|form| (form.position, form.text.clone()))
        .collect();
    forms.sort();
    unmarked.sort();
    prop_assert_eq!(forms, unmarked);
    Ok(())
}

/// `cargo test --release throughput -- --ignored --nocapture`; set `IMR_TEXT` to a file of letters.
#[test]
#[ignore = "a measurement, not a promise"]
fn throughput() {
    let path = std::env::var("IMR_TEXT").expect("IMR_TEXT names a file of letters");
    let text = std::fs::read_to_string(path).expect("a readable text file");
    let mut tokenizer = LetterTokenizer::default();
    for round in 0..6 {
        let started = Instant::now();
        let mut count = 0_usize;
        let mut stream = tokenizer.token_stream(&text);
        while stream.advance() {
            count += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate to one decimal")]
        let megabytes = text.len() as f64 / 1e6;
        let seconds = started.elapsed().as_secs_f64();
        println!("round {round}: {count} tokens, {:.1} MB/s", megabytes / seconds);
    }
}

#[test]
fn every_wording_of_several_words_is_found_by_its_name_in_any_number() {
    let terms_of = |text: &str| {
        let mut tokenizer = LetterTokenizer::with_names();
        let mut stream = tokenizer.token_stream(text);
        let mut terms: Vec<(String, usize)> = Vec::new();
        while stream.advance() {
            terms.push((stream.token().text.clone(), stream.token().position));
        }
        terms
    };
    let mut several = 0;
    for wording in crate::vocabulary::meaning::wordings() {
        let words: Vec<Form> = analyze(wording).into_iter().flat_map(|word| word.parts).collect();
        if words.len() < 2 {
            continue;
        }
        several += 1;
        let place = words[words.len() - 1].position;
        let name = (name_term(&words), place);
        assert!(terms_of(wording).contains(&name), "{wording}: {name:?} is none of {:?}", terms_of(wording));
        let after = (name.0, place + 1);
        assert!(terms_of(&format!("repeat {wording}")).contains(&after), "{wording} behind a word");
    }
    assert!(several > 5_000, "{several} wordings of several words");
    let injections = terms_of("Epidural STEROID injections; then physical therapy.");
    assert!(injections.contains(&("epidural steroid inject".into(), 2)), "{injections:?}");
    assert!(injections.iter().any(|(term, _)| term == "physical therapi"), "{injections:?}");
    assert!(!terms_of("epidural and steroid injection").iter().any(|(term, _)| term == "epidural steroid inject"));
}

#[test]
fn every_common_phrase_has_several_words_and_stands_in_the_table_once() {
    let phrases = names::common_phrases();
    let mut seen = std::collections::HashSet::new();
    for phrase in phrases {
        assert!(phrase.len() > 1, "{phrase:?}");
        let words: Vec<&str> = phrase.iter().map(|word| word.text.as_str()).collect();
        assert!(seen.insert(words.join(" ")), "{words:?} twice");
        assert_eq!(phrase_terms(&phrase.iter().collect::<Vec<_>>()).len(), 1, "{words:?}");
    }
}

#[test]
fn common_phrases_are_terms_exactly_as_written_and_cover_longer_ones() {
    let words: Vec<Form> =
        analyze("that the request IS not medically necessary today").into_iter().flat_map(|word| word.parts).collect();
    let terms = phrase_terms(&words.iter().collect::<Vec<_>>());
    let terms: Vec<(usize, &str)> = terms.iter().map(|(position, term)| (*position, term.as_str())).collect();
    assert_eq!(terms, [(0, "that"), (2, "\"the request"), (6, "\"is not medically necessary"), (7, "today")]);
    let mut tokenizer = LetterTokenizer::with_names();
    for (text, has) in [("It is NOT medically necessary.", true), ("is not medically necessarily", false)] {
        let mut stream = tokenizer.token_stream(text);
        let mut found = false;
        while stream.advance() {
            found |= stream.token().text == "\"is not medically necessary";
        }
        assert_eq!(found, has, "{text}");
    }
}
