//! How long an answer takes, by the kind of question, over an index that lies on disk.
//!
//! `cargo bench --bench latency -- --index FOLDER [--questions N] [--cold] [--kind WORDS]`
//!
//! Questions are made from the decisions of the index, drawn with a fixed seed: words of a rationale, the words of an
//! item, phrases that stand in a text. Each is asked once unmeasured and then measured, as the library answers it:
//! with the six facets counted unasked, snippets and near-twins folded, unless the kind says otherwise. With `--cold` the
//! system first forgets the index's files before each question (it must be allowed to: Linux, root). Without `--index` a
//! small index is made of the sample letters.

#![expect(clippy::expect_used, reason = "a bench has nobody to report to")]

mod drawing;
#[expect(dead_code, reason = "letters are made by other benches")]
mod synthesized;
#[expect(dead_code, reason = "medians of rounds are for other benches")]
mod timing;

use std::path::{Path, PathBuf};
use std::time::Duration;

use imr::index;
use imr::index::analysis::is_stop_word;
use imr::index::reader::Snapshot;
use imr::index::writer::LetterWriter;
use imr::ingest::{Options, ingest};
use imr::search::model::{DEFAULT_FACETS, Filter, Request, Sort};
use imr::search::{export, search};
use tantivy::DocAddress;

use crate::drawing::Random;
use crate::synthesized::argument;
use crate::timing::{is_measuring, time};

fn main() {
    let made = tempfile::tempdir().expect("a folder for the index");
    let folder = argument::<PathBuf>("index").unwrap_or_else(|| {
        let folder = made.path().join("index");
        index_samples(&folder);
        folder
    });
    let questions = argument("questions").unwrap_or(if is_measuring() { 200 } else { 5 });
    let only = argument::<String>("kind").unwrap_or_default();
    let cold = std::env::args().any(|argument| argument == "--cold");
    let opened = index::open(&folder).expect("the index can be opened");
    let snapshot = Snapshot::of(&opened).expect("the index can be read");
    let decisions = snapshot.searcher.num_docs();
    let segments = snapshot.searcher.segment_readers().len();
    let state = if cold { "cold" } else { "warm" };
    println!("{decisions} decisions in {segments} segments, {questions} questions of each kind, {state}; milliseconds");
    println!("  {:<28} {:>8} {:>8} {:>8} {:>8} {:>12}", "kind", "median", "p95", "p99", "most", "found");
    let mut draw = Draw { random: Random::new(42), snapshot: &snapshot };
    let mut of_default: Vec<Duration> = Vec::new();
    for kind in KINDS {
        if !kind.name.contains(&only) {
            continue;
        }
        let requests: Vec<Request> = (0..questions).map(|_| (kind.request)(&mut draw)).collect();
        let mut times = Vec::new();
        let mut found = Vec::new();
        for request in &requests {
            if !cold {
                ask(&snapshot, request);
            }
        }
        for request in &requests {
            if cold {
                forget_files();
            }
            let mut total = 0;
            times.push(if kind.exports {
                time(|| total = export(&snapshot, request, &mut |_| Ok(())).expect("an answer").total)
            } else {
                time(|| total = ask(&snapshot, request))
            });
            found.push(total);
        }
        found.sort_unstable();
        row(kind.name, &mut times, found[found.len() / 2]);
        if kind.is_default {
            of_default.extend(times);
        }
    }
    row("all with default facets", &mut of_default, 0);
}

fn row(name: &str, times: &mut [Duration], found: u64) {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("  {name:<28} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {found:>12}", at(50), at(95), at(99), at(100));
}

fn ask(snapshot: &Snapshot, request: &Request) -> u64 {
    search(snapshot, request).expect("an answer").total
}

/// A kind of question.
struct Kind {
    name: &'static str,
    request: fn(&mut Draw) -> Request,
    /// It asks for what `imr search` shows unasked.
    is_default: bool,
    exports: bool,
}

const fn kind(name: &'static str, request: fn(&mut Draw) -> Request) -> Kind {
    Kind { name, request, is_default: true, exports: false }
}

const KINDS: &[Kind] = &[
    kind("one word of a rationale", |draw| words(draw.word())),
    kind("one treatment", |draw| words(draw.treatment())),
    kind("several words", |draw| words(format!("{} {}", draw.item(3), draw.word()))),
    kind("a description", |draw| words(draw.phrase(12))),
    kind("phrase", |draw| words(format!("\"{}\"", draw.phrase(3)))),
    kind("phrase of common words", |draw| words(format!("\"{}\"", COMMON_PHRASES[draw.below(COMMON_PHRASES.len())]))),
    kind("boolean", |draw| {
        words(format!("{} AND ({} OR {}) -{}", draw.word(), draw.word(), draw.treatment(), draw.word()))
    }),
    kind("words, overturned, one year", |draw| Request {
        filters: vec![filter("outcome", "overturned"), filter("year", &draw.year())],
        ..words(draw.treatment())
    }),
    kind("filter only", |draw| Request { filters: vec![draw.filter()], ..Request::default() }),
    kind("everything", |_| Request::default()),
    kind("sorted by date", |draw| Request { sort: Sort::Newest, ..words(draw.treatment()) }),
    Kind {
        name: "all facets",
        request: |draw| Request { facets: all_facets(), ..words(draw.treatment()) },
        is_default: false,
        exports: false,
    },
    Kind {
        name: "page 100 (hits 991 to 1000)",
        request: |draw| Request { offset: 990, ..words(draw.treatment()) },
        is_default: false,
        exports: false,
    },
    Kind {
        name: "export of what is found",
        request: |draw| Request {
            filters: vec![filter("outcome", "overturned"), filter("year", &draw.year())],
            snippets: false,
            ..words(draw.item(2))
        },
        is_default: false,
        exports: true,
    },
];

/// Phrases of words that most letters hold.
const COMMON_PHRASES: [&str; 6] = [
    "is not medically necessary",
    "the request is",
    "of the right",
    "in this case",
    "the patient is a",
    "is not supported by",
];

fn words(query: String) -> Request {
    Request { query, ..Request::default() }
}

fn filter(field: &str, value: &str) -> Filter {
    Filter { field: field.into(), values: vec![value.into()] }
}

fn all_facets() -> Vec<String> {
    let facets = index::fields::FIELDS.iter().filter(|field| field.facet).map(|field| field.name.clone());
    let facets: Vec<String> = facets.collect();
    assert!(facets.len() > DEFAULT_FACETS.len());
    facets
}

/// Draws questions from the decisions of the index.
struct Draw<'a> {
    random: Random,
    snapshot: &'a Snapshot,
}

impl Draw<'_> {
    fn below(&mut self, end: usize) -> usize {
        self.random.below(end)
    }

    fn decision(&mut self) -> imr::letter::model::Letter {
        let segments = self.snapshot.searcher.segment_readers();
        let all: u32 = segments.iter().map(tantivy::SegmentReader::max_doc).sum();
        let mut place = self.below(all as usize) as u32;
        let mut segment = 0;
        while place >= segments[segment].max_doc() {
            place -= segments[segment].max_doc();
            segment += 1;
        }
        self.snapshot.record(DocAddress::new(segment as u32, place)).expect("a decision can be read").letter
    }

    fn rationale(&mut self) -> Vec<String> {
        loop {
            let letter = self.decision();
            let text = letter.decisions[0].rationale.clone().unwrap_or_default();
            let words: Vec<String> = plain_words(&text);
            if words.len() > 20 {
                return words;
            }
        }
    }

    fn word(&mut self) -> String {
        loop {
            let words = self.rationale();
            let word = &words[self.below(words.len())];
            if word.len() > 3 && !is_stop_word(word) {
                return word.clone();
            }
        }
    }

    fn phrase(&mut self, length: usize) -> String {
        let words = self.rationale();
        let start = self.below(words.len() - length);
        words[start..start + length].join(" ")
    }

    fn item(&mut self, length: usize) -> String {
        loop {
            let letter = self.decision();
            let words = plain_words(&letter.decisions[0].derived.request.disputed);
            if !words.is_empty() {
                return words[..length.min(words.len())].join(" ");
            }
        }
    }

    fn treatment(&mut self) -> String {
        loop {
            if let Some(treatment) = self.decision().decisions[0].derived.concepts.first() {
                return treatment.clone();
            }
        }
    }

    fn year(&mut self) -> String {
        loop {
            if let Some(date) = self.decision().decision_date {
                return date.year().to_string();
            }
        }
    }

    fn filter(&mut self) -> Filter {
        let letter = self.decision();
        let decision = &letter.decisions[0];
        let parts = &decision.derived.body_parts;
        match self.below(4) {
            0 => filter("outcome", decision.outcome.as_str()),
            1 => filter("category", decision.derived.category.as_deref().unwrap_or("Pharmaceuticals")),
            2 => filter("body_part", parts.first().map_or("knee", String::as_str)),
            _ => filter("year", &letter.decision_date.map_or("2019".into(), |date| date.year().to_string())),
        }
    }
}

fn plain_words(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()));
    words.filter(|word| word.chars().all(char::is_alphanumeric) && !word.is_empty()).map(str::to_lowercase).collect()
}

fn index_samples(folder: &Path) {
    let samples = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters/text")];
    let opened = index::open_or_create(folder).expect("an index can be made");
    let options = Options::default();
    let mut writer = LetterWriter::new(opened, 1, options.memory).expect("the index can be written");
    ingest(&samples, &mut writer, &options, &mut |_, _| {}).expect("the letters are written");
    writer.finish().expect("the index is committed");
}

/// Has the system forget the files it holds in memory.
fn forget_files() {
    std::fs::write("/proc/sys/vm/drop_caches", "1").expect("`--cold` needs Linux and root");
}
