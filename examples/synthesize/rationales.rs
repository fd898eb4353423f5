//! Rationales and summaries: sentences of the grammar up to a length.

use anyhow::Result;

use super::grammar::{Grammar, KINDS, Scene, Streams};
use super::random::Random;
use super::vocabulary::Vocabulary;

/// The rules that texts are made of.
pub struct Writer {
    pub grammar: Grammar,
    pub vocabulary: Vocabulary,
    recitals: Vec<usize>,
    opener: usize,
    fact: usize,
    lack: usize,
    met: usize,
    denied: usize,
    approved: usize,
    weaning: usize,
    summary_open: usize,
    summary_body: usize,
    summary_numbers: usize,
    summary_close: usize,
}

/// Names the streams of recitals.
const RECITAL: u64 = 0x0009_e117;

/// What a rationale is about, beside its scene.
pub struct Subject {
    /// The treatment's number: its recital is the same wherever it is recited.
    pub treatment: usize,
    pub overturned: bool,
}

impl Writer {
    /// Compiles the grammar and reads the tables.
    ///
    /// # Errors
    /// A table or grammar file that cannot be read.
    pub fn new() -> Result<Self> {
        let grammar = Grammar::read()?;
        let rule = |name: &str| grammar.rule(name);
        Ok(Writer {
            recitals: KINDS.iter().map(|kind| rule(&format!("recital@{kind}"))).collect::<Result<_>>()?,
            opener: rule("opener")?,
            fact: rule("fact")?,
            lack: rule("lack")?,
            met: rule("met")?,
            denied: rule("denied")?,
            approved: rule("approved")?,
            weaning: rule("weaning")?,
            summary_open: rule("summary.open")?,
            summary_body: rule("summary.body")?,
            summary_numbers: rule("summary.numbers")?,
            summary_close: rule("summary.close")?,
            vocabulary: Vocabulary::read()?,
            grammar,
        })
    }

    /// The paragraphs of a rationale: what the guideline says, what the record says, how they meet, the conclusion.
    pub fn rationale(&self, subject: &Subject, scene: &Scene, streams: &mut Streams) -> Vec<String> {
        let words = streams.plot.length(114.0, 0.6, 12, 850);
        let mut text = String::with_capacity(words * 8);
        let mut paragraphs = Vec::new();
        if words > 60 && streams.plot.chance(0.3) {
            self.add(&mut text, self.opener, &mut 0, scene, streams);
        }
        if words > 45 && streams.plot.chance(0.85) {
            let percent = streams.plot.between(15, 45);
            self.recite(&mut text, subject, scene, streams, words * percent / 100);
        }
        let (mut facts, mut reasons) = (0, 0);
        let mut count = word_count(&text);
        let mut paragraph_count = 0;
        let reason = if subject.overturned { self.met } else { self.lack };
        let ending = if words > 30 { 8 } else { 0 };
        while paragraph_count + count + ending < words {
            if count > 130 && streams.plot.chance(0.2) {
                paragraph_count += count;
                paragraphs.push(std::mem::take(&mut text));
            }
            if streams.plot.chance(0.68) {
                self.add_loosely(&mut text, self.fact, &mut facts, scene, streams);
            } else {
                self.add_loosely(&mut text, reason, &mut reasons, scene, streams);
            }
            count = word_count(&text);
        }
        if text.is_empty() {
            self.add(&mut text, reason, &mut reasons, scene, streams);
        }
        self.add(&mut text, if subject.overturned { self.approved } else { self.denied }, &mut 0, scene, streams);
        paragraphs.push(text);
        if KINDS[scene.kind] == "opioid" && !subject.overturned && streams.plot.chance(0.35) {
            let mut weaning = String::new();
            self.add(&mut weaning, self.weaning, &mut 0, scene, streams);
            paragraphs.push(weaning);
        }
        paragraphs
    }

    /// The clinical case summary, one paragraph.
    pub fn summary(&self, scene: &Scene, streams: &mut Streams) -> String {
        let words = streams.plot.length(205.0, 0.42, 45, 1300);
        let mut text = String::with_capacity(words * 8);
        self.add(&mut text, self.summary_open, &mut 0, scene, streams);
        let (mut used, mut numbers) = (0, 0);
        while word_count(&text) + 14 < words {
            if streams.plot.chance(0.2) {
                self.add(&mut text, self.summary_numbers, &mut numbers, scene, streams);
            } else {
                self.add_loosely(&mut text, self.summary_body, &mut used, scene, streams);
            }
        }
        self.add(&mut text, self.summary_close, &mut 0, scene, streams);
        text
    }

    /// Recites the guideline of a treatment: three variants each, word for word the same in every letter.
    fn recite(&self, text: &mut String, subject: &Subject, scene: &Scene, streams: &mut Streams, words: usize) {
        let variant = streams.plot.rank(3) as u64;
        let name = [RECITAL, subject.treatment as u64, variant];
        let mut fixed = Streams { plot: Random::named(&name), detail: Random::named(&name) };
        let mut used = 0;
        let end = word_count(text) + words.max(12);
        for _ in 0..7 {
            self.add(text, self.recitals[scene.kind], &mut used, scene, &mut fixed);
            if word_count(text) >= end {
                break;
            }
        }
    }

    fn add_loosely(&self, text: &mut String, rule: usize, used: &mut u64, scene: &Scene, streams: &mut Streams) {
        self.grammar.loose_sentence(text, rule, used, scene, &self.vocabulary, streams);
    }

    fn add(&self, text: &mut String, rule: usize, used: &mut u64, scene: &Scene, streams: &mut Streams) {
        self.grammar.sentence(text, rule, used, scene, &self.vocabulary, streams);
    }
}

fn word_count(text: &str) -> usize {
    memchr::memchr_iter(b' ', text.as_bytes()).count() + usize::from(!text.is_empty())
}
