//! Clauses drawn at random find and score what the plain reading of their definition does.

use std::collections::HashMap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::Bm25Weight;
use tantivy::schema::{Field, STORED, Schema, TEXT};
use tantivy::{DocAddress, Index, IndexWriter, Searcher, Term, doc};

use super::*;

/// More than one window.
const DECISIONS: u32 = WINDOW + 5_000;
const WORDS: [&str; 8] = ["two", "three", "five", "seven", "eleven", "hundred", "thousand", "late"];

/// Whether a decision's text has a word: in a way that a person can check.
fn has(word: usize, decision: u32, in_item: bool) -> bool {
    let number = if in_item { decision / 3 } else { decision };
    match WORDS[word] {
        "hundred" => number % 100 == 7,
        "thousand" => number % 1_000 == 7,
        "late" => decision > WINDOW + 1_000 && number.is_multiple_of(2),
        _ => number.is_multiple_of([2, 3, 5, 7, 11][word]),
    }
}

fn text(decision: u32, in_item: bool) -> String {
    let words: Vec<&str> =
        (0..WORDS.len()).filter(|&word| has(word, decision, in_item)).map(|word| WORDS[word]).collect();
    // Texts of several lengths, some with a word twice.
    format!(
        "{} {} {}",
        words.join(" "),
        "filler ".repeat(decision as usize % 7),
        if decision.is_multiple_of(13) { words.concat() } else { words.join(" ") }
    )
}

struct Shelf {
    searcher: Searcher,
    item: Field,
    rationale: Field,
    /// How often each word stands in a decision's rationale and item.
    times: Vec<[[u32; WORDS.len()]; 2]>,
    /// The lengths of those texts.
    lengths: [FieldNormReader; 2],
    weights: HashMap<Term, Bm25Weight>,
}

fn shelf() -> Shelf {
    let mut schema = Schema::builder();
    let (item, rationale) = (schema.add_text_field("item", TEXT), schema.add_text_field("rationale", TEXT | STORED));
    let index = Index::create_in_ram(schema.build());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 50_000_000).unwrap();
    for decision in 0..DECISIONS {
        writer.add_document(doc!(item => text(decision, true), rationale => text(decision, false))).unwrap();
    }
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let [segment] = searcher.segment_readers() else { panic!("one segment") };
    let lengths = [rationale, item].map(|field| segment.get_fieldnorms_reader(field).unwrap());
    let times = |text: String| WORDS.map(|word| text.split(' ').filter(|one| *one == word).count() as u32);
    let times = (0..DECISIONS).map(|decision| [false, true].map(|in_item| times(text(decision, in_item)))).collect();
    let dictionary = Dictionary::of(&searcher);
    let terms = WORDS.iter().flat_map(|word| [item, rationale].map(|field| Term::from_field_text(field, word)));
    let weights = terms.map(|term| (term.clone(), dictionary.weight(std::slice::from_ref(&term)).unwrap())).collect();
    drop(dictionary);
    Shelf { searcher, item, rationale, times, lengths, weights }
}

/// What a clause means, decision by decision: `None` where it is not met.
fn meant(shelf: &Shelf, clause: &Clause, decision: u32) -> Option<f32> {
    let score = |clause: &Clause| meant(shelf, clause, decision);
    match clause {
        Clause::Everything => Some(0.0),
        Clause::Nothing | Clause::Phrase { .. } | Clause::Engine(_) => None,
        Clause::Term { term, boost } => {
            let in_item = usize::from(term.field() == shelf.item);
            let word = WORDS.iter().position(|word| term.value().as_str() == Some(word)).unwrap();
            let times = shelf.times[decision as usize][in_item][word];
            let length = shelf.lengths[in_item].fieldnorm_id(decision);
            (times > 0).then(|| shelf.weights[term].score(length, times) * boost)
        }
        Clause::Constant { of, score: constant } => score(of).map(|_| *constant),
        Clause::Best { of, share } => {
            let scores: Vec<f32> = of.iter().filter_map(score).collect();
            let best = scores.iter().copied().reduce(f32::max)?;
            Some(best + (scores.iter().sum::<f32>() - best) * share)
        }
        Clause::Mix { must, should, at_least, must_not } => {
            let must: Option<Vec<f32>> = must.iter().map(score).collect();
            let must = must?;
            let should: Vec<f32> = should.iter().filter_map(score).collect();
            let at_least = if must.is_empty() { (*at_least).max(1) } else { *at_least };
            (should.len() >= at_least && must_not.iter().all(|clause| score(clause).is_none()))
                .then(|| must.iter().chain(&should).sum())
        }
    }
}

/// A sequence that looks random and is always the same.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn draw(&mut self, from: &Shelf, depth: usize) -> Clause {
        let several = |drawn: &mut Self, most: usize| -> Vec<Clause> {
            (0..drawn.below(most + 1)).map(|_| drawn.draw(from, depth - 1)).collect()
        };
        match if depth == 0 { 0 } else { self.below(10) } {
            5 => Clause::Constant { of: Box::new(self.draw(from, depth - 1)), score: self.below(4) as f32 },
            6 | 7 => Clause::Best { of: several(self, 4), share: 0.2 },
            8 => Clause::any(several(self, 5)),
            9 => {
                let (must, should, must_not) = (several(self, 2), several(self, 4), several(self, 1));
                Clause::Mix { at_least: self.below(4), must, should, must_not }
            }
            _ if self.below(30) == 0 => Clause::Everything,
            _ => {
                let field = if self.below(2) == 0 { from.item } else { from.rationale };
                Clause::term(field, WORDS[self.below(WORDS.len())]).boosted([1.0, 0.3, 2.0][self.below(3)])
            }
        }
    }
}

#[test]
fn clauses_find_and_score_what_they_say() {
    let shelf = shelf();
    let dictionary = Dictionary::of(&shelf.searcher);
    let segment = shelf.searcher.segment_reader(0);
    let mut drawn = Drawn(20_261_123);
    let mut found_any = 0;
    for _ in 0..150 {
        let clause = drawn.draw(&shelf, 3);
        let filter = drawn.draw(&shelf, 1);
        let compiled = Compiled::of(&dictionary, &clause, &[&filter], true).unwrap();
        let mut reading = Reading::open(&compiled, segment, 0).unwrap();
        let least = drawn.below(12) as f32 / 2.0;
        let (mut found, mut within) = (Bits::none(), Bits::none());
        for window in [0, WINDOW] {
            reading.enter(window);
            reading.filter(0, &mut within);
            reading.words(&mut found);
            let mut scored = vec![None; WINDOW as usize];
            reading.score(&found, least, |decision, score| {
                scored[(decision - window) as usize] = Some(score);
                least
            });
            // Every decision near the edges, and some of the others.
            let places = (0..200).chain((200..WINDOW).step_by(331)).filter(|place| window + place < DECISIONS);
            for place in places {
                let decision = window + place;
                let expected = meant(&shelf, &clause, decision);
                assert_eq!(found.has(place), expected.is_some(), "{decision} by {clause:?}");
                let passes = meant(&shelf, &filter, decision).is_some();
                assert_eq!(within.has(place), passes, "{decision} by the filter {filter:?}");
                found_any += usize::from(expected.is_some());
                match (expected, scored[place as usize]) {
                    (Some(expected), Some(score)) => {
                        assert!((expected - score).abs() < 1e-3, "{decision}: {score}, not {expected}, by {clause:?}");
                    }
                    (Some(expected), None) => assert!(expected < least + 1e-3, "{decision} lost by {clause:?}"),
                    (None, score) => assert_eq!(score, None, "{decision} by {clause:?}"),
                }
            }
        }
        let place = drawn.below(DECISIONS as usize) as u32;
        let alone = score(&dictionary, &clause, DocAddress::new(0, place)).unwrap();
        let expected = meant(&shelf, &clause, place);
        assert_eq!(alone.is_some(), expected.is_some(), "{place} by {clause:?}");
    }
    assert!(found_any > 10_000, "{found_any} found");
}

#[test]
fn more_pools_than_bits_still_score_rightly() {
    let shelf = shelf();
    let dictionary = Dictionary::of(&shelf.searcher);
    let each = (0..200).map(|at| {
        let field = if at % 2 == 0 { shelf.item } else { shelf.rationale };
        Clause::term(field, WORDS[at % WORDS.len()]).boosted(1.0 + at as f32 / 200.0)
    });
    let clause = Clause::Mix { must: Vec::new(), should: each.collect(), at_least: 60, must_not: Vec::new() };
    for decision in (0..DECISIONS).step_by(3_001) {
        let scored = score(&dictionary, &clause, DocAddress::new(0, decision)).unwrap();
        let expected = meant(&shelf, &clause, decision);
        let is_close = match (scored, expected) {
            (Some(score), Some(expected)) => (score - expected).abs() < expected / 1e4,
            (score, expected) => score == expected,
        };
        assert!(is_close, "{decision}: {scored:?}, not {expected:?}");
    }
}
