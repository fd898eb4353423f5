//! What holds of the derived fields whatever an item, a guideline line or a rationale says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::HashSet;
use std::sync::LazyLock;

use imr::letter::citation;
use imr::letter::derived::resolution;
use imr::letter::item;
use imr::reading::conclusion::conclusion;
use imr::vocabulary::categories::CATEGORIES;
use imr::vocabulary::meaning::meanings;
use imr::vocabulary::treatments::TREATMENTS;
use imr::vocabulary::words::{folded, sequence, tokens};
use proptest::prelude::*;

/// Words of items, guideline lines and rationales, where the readers take turns.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "was the original request.",
        "was authorized by the Claims Administrator.",
        "The remaining IMR eligible portion of the original request,",
        "Associated surgical service:",
        "Norco 10/325mg",
        "#60",
        "x 12",
        "2 times a week for 6 weeks",
        "with 3 refills",
        "MRI of the left knee",
        "L4-5",
        "EMG/NCV",
        "Flurbiprofen 20%, Baclofen 5%",
        "cream",
        "Decision based on MTUS",
        "Decision based on Non-MTUS Citation",
        "Low Back Complaints 2004",
        "Section(s): NSAIDs, GI symptoms & cardiovascular risk",
        "Page(s): 80-82, 111-113.",
        "Official Disability Guidelines (ODG)",
        "Chapter",
        "The request is not medically necessary.",
        "is medically necessary",
        "if",
        "(",
        ")",
        ":",
        ".",
        ",",
        "\u{2019}s",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 2 => "\\PC{0,12}", 1 => any::<String>()]
}

fn any_words() -> impl Strategy<Value = String> {
    prop_oneof![6 => prop::collection::vec(pieces(), 0..14).prop_map(|pieces| pieces.join(" ")), 1 => any::<String>()]
}

static CATEGORY_NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| CATEGORIES.categories.iter().map(|category| category.name).collect());

fn fold_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_portions_of_an_item_are_pieces_of_it(words in any_words()) {
        let read = item::read(&words);
        let printed = fold_space(&words);
        for portion in [Some(&read.requested), read.authorized.as_ref(), Some(&read.disputed)].into_iter().flatten() {
            prop_assert!(printed.contains(portion.as_str()), "{portion:?} of {printed:?}");
        }
    }

    #[test]
    fn an_item_is_about_what_the_tables_hold(words in any_words()) {
        let found = resolution(&item::read(&words));
        prop_assert!(found.category.is_none_or(|category| CATEGORY_NAMES.contains(category)), "{:?}", found.category);
        prop_assert!(found.concepts.iter().all(|name| TREATMENTS.treatments.iter().any(|one| one.name == *name)));
        let distinct: HashSet<_> = found.concepts.iter().collect();
        prop_assert_eq!(distinct.len(), found.concepts.len());
        // No category is guessed: without a treatment only the item's own words for a surgery give one.
        prop_assert!(found.category.is_none() || !found.concepts.is_empty() || item::read(&words).surgical_adjunct);
    }

    #[test]
    fn any_line_has_sources_and_the_same_again(words in any_words()) {
        let first = citation::sources_first_met(&words);
        prop_assert_eq!(&citation::sources(&words), &first);
        prop_assert_eq!(&citation::sources(&words), &first, "remembered");
        prop_assert!(first.iter().all(|source| source.title.as_deref() != Some("")));
        prop_assert!(first.iter().flat_map(|source| &source.sections).all(|section| !section.trim().is_empty()));
    }

    #[test]
    fn any_rationale_concludes_the_same_whatever_its_space(words in any_words()) {
        let spread = words.split_whitespace().collect::<Vec<_>>().join("  ");
        let folded = fold_space(&words);
        prop_assert_eq!(conclusion(&folded), conclusion(&spread), "{}", folded);
    }

    #[test]
    fn each_word_of_a_question_means_one_thing_at_most(words in any_words()) {
        let tokens = tokens(&words);
        let mut end = 0;
        for meaning in meanings(&tokens) {
            prop_assert!(end <= meaning.tokens.start && meaning.tokens.start < meaning.tokens.end);
            end = meaning.tokens.end;
        }
        prop_assert!(end <= tokens.len());
    }

    #[test]
    fn folded_words_are_words_already(words in any_words()) {
        let once = folded(&words);
        prop_assert_eq!(sequence(&words).join(" "), once.clone());
        for token in tokens(&words) {
            prop_assert!(words.get(token.range.clone()).is_some());
        }
    }
}
