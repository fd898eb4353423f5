//! Any text as a disputed item: its portions are pieces of it, and it is about what the tables hold.

#![no_main]

use std::collections::HashSet;

use imr::letter::derived::resolution;
use imr::letter::item;
use imr::vocabulary::categories::CATEGORIES;
use imr::vocabulary::meaning::meanings;
use imr::vocabulary::resolve::explained;
use imr::vocabulary::treatments::TREATMENTS;
use imr::vocabulary::words::tokens;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|words: &str| {
    let read = item::read(words);
    assert_eq!(item::read(words), read);
    let printed = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for portion in [Some(&read.requested), read.authorized.as_ref(), Some(&read.disputed)].into_iter().flatten() {
        assert!(printed.contains(portion.as_str()), "{portion:?} of {printed:?}");
    }
    assert_eq!(item::read(&printed), read, "white space means nothing");
    assert!(read.strength.as_ref().is_none_or(|strength| !strength.is_empty() && printed.contains(strength.as_str())));
    assert!(read.form.as_ref().is_none_or(|form| !form.is_empty()));
    let found = resolution(&read);
    let is_known = |name: &str| TREATMENTS.treatments.iter().any(|one| one.name == name);
    assert!(found.concepts.iter().all(|name| is_known(name)));
    assert_eq!(found.concepts.iter().collect::<HashSet<_>>().len(), found.concepts.len());
    assert!(found.category.is_none_or(|name| CATEGORIES.categories.iter().any(|one| one.name == name)));
    assert!(found.category.is_none() || !found.concepts.is_empty() || read.surgical_adjunct);
    for name in explained(words) {
        assert!(words.get(name.range.clone()).is_some_and(|piece| !piece.is_empty()));
    }
    let tokens = tokens(words);
    let mut end = 0;
    for meaning in meanings(&tokens) {
        assert!(end <= meaning.tokens.start && meaning.tokens.start < meaning.tokens.end);
        end = meaning.tokens.end;
    }
    assert!(end <= tokens.len());
});
