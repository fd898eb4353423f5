//! Any bytes as a text file: reading never fails, and no text of the decisions section is lost.

#![no_main]

use imr::intake;
use imr::intake::limits::Limits;
use imr::intake::text::{Medium, Text};
use imr::letter;
use imr::letter::model::{Letter, LetterOutcome, Source};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // Hostile PDFs have a target of their own.
    if intake::pdf::is_pdf(bytes) {
        return Corpus::Reject;
    }
    let Ok(mut text) = intake::read(bytes, &Limits::default()) else { return Corpus::Keep };
    assert!(text.content.len() <= bytes.len() * 3 + 3, "decoding makes at most three bytes of one");
    is_read(&text);
    // The lines of a PDF are taken for other paragraphs, and no word is closed up at its hyphen.
    text.medium = Medium::Pdf;
    is_read(&text);
    Corpus::Keep
});

fn is_read(text: &Text) {
    let mut end = 0;
    for line in &text.lines {
        assert!(end <= line.range.start && line.range.start < line.range.end);
        assert!(text.content.get(line.range.clone()).is_some());
        end = line.range.end;
    }

    let segments = letter::segments(text);
    if let Some((first, last)) = segments.first().zip(segments.last()) {
        assert_eq!(last.range.end, text.content.len());
        assert!(first.range.start < first.range.end);
        assert!(segments.windows(2).all(|pair| pair[0].range.end == pair[1].range.start));
        assert!(
            segments.iter().all(|tile| text.content.get(tile.range.clone()).is_some_and(|words| !words.is_empty()))
        );
    }

    let letter = letter::parse(text, "stem", Source::default());
    assert_eq!(letter, letter::parse(text, "stem", Source::default()), "reading is the same every time");
    for (index, decision) in letter.decisions.iter().enumerate() {
        assert_eq!(decision.id, format!("{}/{}", letter.id, index + 1));
        assert_eq!(decision.ordinal() as usize, index + 1);
        assert!(decision.item.len() <= text.content.len());
        assert!(decision.rationale.as_ref().is_none_or(|words| !words.is_empty() && words.len() <= text.content.len()));
    }
    assert_eq!(letter.outcome, LetterOutcome::of(&letter.decisions));
    for diagnostic in &letter.diagnostics {
        assert!(diagnostic.byte.is_none_or(|byte| text.content.is_char_boundary(byte)));
        assert!(diagnostic.line.is_none_or(|number| text.lines.iter().any(|line| line.number == number)));
        assert!(diagnostic.page.is_none_or(|page| page >= 1 && page <= text.pages.max(1)));
    }
    let json = serde_json::to_string(&letter).expect("a letter is plain data");
    assert_eq!(serde_json::from_str::<Letter>(&json).expect("and read again"), letter);
}
