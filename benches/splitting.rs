//! How fast text becomes letters, on one thread, in bytes of text per second.
//!
//! `text_to_letter` is the figure that has a goal (100 MB/s per core); `lines` and `parse` are its two halves. `split_lines`
//! is the baseline of the same run: cutting the text into trimmed lines that own their characters, which is about the least
//! that any reader of letters has to do.
//!
//! The text of the real PDFs is extracted once, before anything is timed; it then runs through the same two steps as a
//! letter that came as text.

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod corpora;

use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use imr::intake::limits::Limits;
use imr::intake::text::Text;
use imr::intake::{self, plain};
use imr::letter;
use imr::letter::model::{Letter, Source};

use crate::corpora::Corpus;

fn main() {
    divan::main();
}

/// A letter before it is read: its text as one string, and the stem of its file's name.
#[derive(Clone)]
struct Printed {
    stem: String,
    content: String,
}

fn printed(corpus: Corpus) -> Vec<Printed> {
    let texts = corpus.files("text").into_iter().map(|file| {
        let bytes = fs::read(&file).expect("a letter can be read");
        Printed { stem: stem(&file), content: String::from_utf8(bytes).expect("the text letters are UTF-8") }
    });
    // The sample PDFs are the sample texts once more.
    let pdfs = if corpus == Corpus::Real { corpus.files("pdf") } else { Vec::new() };
    let extracted = pdfs.into_iter().map(|file| {
        let bytes = fs::read(&file).expect("a letter can be read");
        let text = intake::read(&bytes, &Limits::default()).expect("the letters are not damaged");
        Printed { stem: stem(&file), content: text.content }
    });
    texts.chain(extracted).collect()
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn bytes_of(letters: &[Printed]) -> BytesCount {
    BytesCount::new(letters.iter().map(|letter| letter.content.len()).sum::<usize>())
}

/// What `intake::read` does with a letter that is decoded text.
fn to_text(content: String) -> Text {
    let mut text = plain::lines(content);
    text.mark_furniture();
    text
}

fn to_letter(text: &Text, stem: &str) -> Letter {
    letter::split(text, stem, Source::default())
}

#[divan::bench(args = Corpus::present(), sample_count = 400, sample_size = 1)]
fn split_lines(bencher: Bencher, corpus: Corpus) {
    let letters = printed(corpus);
    bencher.counter(bytes_of(&letters)).bench_local(|| {
        let split = |letter: &Printed| -> Vec<String> {
            letter.content.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        letters.iter().map(split).collect::<Vec<_>>()
    });
}

#[divan::bench(args = Corpus::present(), sample_count = 400, sample_size = 1)]
fn lines(bencher: Bencher, corpus: Corpus) {
    let letters = printed(corpus);
    bencher
        .counter(bytes_of(&letters))
        .with_inputs(|| letters.clone())
        .bench_local_values(|letters| letters.into_iter().map(|letter| to_text(letter.content)).collect::<Vec<_>>());
}

#[divan::bench(args = Corpus::present(), sample_count = 400, sample_size = 1)]
fn parse(bencher: Bencher, corpus: Corpus) {
    let letters = printed(corpus);
    let bytes = bytes_of(&letters);
    let texts: Vec<(String, Text)> = letters.into_iter().map(|letter| (letter.stem, to_text(letter.content))).collect();
    bencher.counter(bytes).bench_local(|| texts.iter().map(|(stem, text)| to_letter(text, stem)).collect::<Vec<_>>());
}

#[divan::bench(args = Corpus::present(), sample_count = 400, sample_size = 1)]
fn text_to_letter(bencher: Bencher, corpus: Corpus) {
    let letters = printed(corpus);
    bencher.counter(bytes_of(&letters)).with_inputs(|| letters.clone()).bench_local_values(|letters| {
        letters.into_iter().map(|letter| to_letter(&to_text(letter.content), &letter.stem)).collect::<Vec<_>>()
    });
}

/// The same from the bytes of a file: with telling text from PDF, and decoding.
#[divan::bench(args = Corpus::present(), sample_count = 400, sample_size = 1)]
fn bytes_to_letter(bencher: Bencher, corpus: Corpus) {
    let letters = printed(corpus);
    let limits = Limits::default();
    bencher.counter(bytes_of(&letters)).bench_local(|| {
        let read = |letter: &Printed| {
            let text = intake::read(letter.content.as_bytes(), &limits).expect("the letters are text");
            to_letter(&text, &letter.stem)
        };
        letters.iter().map(read).collect::<Vec<_>>()
    });
}
