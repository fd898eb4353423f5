//! Any text as a guideline line or a rationale: its sources are pieces of it, and the same every time.

#![no_main]

use imr::letter::citation;
use imr::reading::conclusion::conclusion;
use imr::vocabulary::guidelines::{canonical_title, facet_title};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|line: &str| {
    let sources = citation::sources_first_met(line);
    assert_eq!(citation::sources(line), sources);
    assert_eq!(citation::sources(line), sources, "remembered");
    for source in &sources {
        assert!(source.title.as_deref() != Some(""));
        assert!(source.sections.iter().all(|section| !section.trim().is_empty()));
        assert!(source.edition.is_none_or(|year| (1900..2100).contains(&year)), "{:?}", source.edition);
        let _ = (canonical_title(source), facet_title(source));
    }
    // Every source is read from words of its own, so a line cannot multiply.
    assert!(sources.len() <= line.len() + 1);
    let printed: usize = sources.iter().flat_map(|source| &source.sections).map(String::len).sum();
    assert!(printed <= line.len() * 4 + 64, "{printed} bytes of sections from {}", line.len());
    let _ = citation::basis(line);
    let folded = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let spread = line.split_whitespace().collect::<Vec<_>>().join("  ");
    assert_eq!(conclusion(&folded), conclusion(&spread));
    if let Some(guideline) = citation::guideline(folded) {
        assert!(!guideline.text.is_empty());
    }
});
