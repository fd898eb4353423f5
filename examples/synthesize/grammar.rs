//! Sentences from a grammar: rules with alternatives, whose slots are rules again, numbers, dates or words of the case.
//!
//! The files under `grammar/` hold `= rule` lines, each followed by its alternatives, one a line or several between ` | `;
//! `= rule ~` picks the earlier ones more often (Zipf). A slot is `{rule}`, `{rule@region}` and `{rule@kind}` (the rule of the
//! region or kind of treatment at hand), `{2-9}` or `{10-90/5}` (a number, in steps), or one of [`Word`].

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;

use super::names;
use super::random::Random;
use super::vocabulary::Vocabulary;

pub const REGIONS: [&str; 9] = ["back", "neck", "shoulder", "elbow", "hand", "knee", "foot", "hip", "psyche"];

pub const KINDS: [&str; 18] = [
    "opioid",
    "nsaid",
    "drug",
    "topical",
    "sedating",
    "nerve",
    "therapy",
    "acupuncture",
    "imaging",
    "electro",
    "test",
    "device",
    "visit",
    "injection",
    "surgery",
    "adjunct",
    "psych",
    "care",
];

const SYNONYMS: &str = include_str!("grammar/synonyms.txt");

const FILES: [&str; 4] = [
    include_str!("grammar/general.txt"),
    include_str!("grammar/regions.txt"),
    include_str!("grammar/rationales.txt"),
    include_str!("grammar/summaries.txt"),
];

/// What the slots of a text stand for.
pub struct Scene<'a> {
    pub region: usize,
    pub kind: usize,
    pub side: &'a str,
    pub female: bool,
    pub age: usize,
    /// How this reviewer calls the injured worker.
    pub person: &'a str,
    pub treatment: &'a str,
    pub injured: Date,
    pub decided: Date,
    pub date_style: usize,
    /// Days before the decision of the last visit.
    pub last_visit: usize,
}

/// Slots that are no rules.
#[derive(Clone, Copy, Debug)]
enum Word {
    Date,
    Visit,
    Injured,
    Surname,
    Place,
    Term,
    Drug,
    Person,
    He,
    His,
    Him,
    Age,
    Sex,
    Side,
    Treatment,
}

#[derive(Debug)]
enum Piece {
    Text(&'static str),
    Rule(usize),
    OfRegion(Vec<usize>),
    OfKind(Vec<usize>),
    Number { low: usize, high: usize, step: usize },
    Word(Word),
}

#[derive(Debug, Default)]
struct Rule {
    alternatives: Vec<Vec<Piece>>,
    by_rank: bool,
}

/// A compiled grammar.
pub struct Grammar {
    rules: Vec<Rule>,
    lead: usize,
    tail: usize,
    names: HashMap<&'static str, usize>,
}

/// Two streams: `plot` chooses the words, `detail` the numbers, dates and names. Near-twins share the first.
pub struct Streams {
    pub plot: Random,
    pub detail: Random,
}

impl Grammar {
    /// Compiles the files.
    ///
    /// # Errors
    /// A slot that names no rule, with its line.
    pub fn read() -> Result<Self> {
        let mut names = HashMap::new();
        for line in FILES.iter().flat_map(|file| file.lines()) {
            if let Some(name) = line.strip_prefix("= ") {
                let next = names.len();
                if names.insert(name.trim_end_matches('~').trim(), next).is_some() {
                    bail!("the rule `{name}` is defined twice");
                }
            }
        }
        let mut rules: Vec<Rule> = Vec::new();
        let synonyms = synonyms(names.len());
        for line in FILES.iter().flat_map(|file| file.lines()) {
            if let Some(name) = line.strip_prefix("= ") {
                rules.push(Rule { by_rank: name.ends_with('~'), ..Rule::default() });
            } else if !line.is_empty() && !line.starts_with("# ") {
                let rule = rules.last_mut().context("an alternative before the first rule")?;
                for alternative in line.split(" | ") {
                    rule.alternatives
                        .push(pieces(alternative, &names, &synonyms).with_context(|| format!("in `{alternative}`"))?);
                }
            }
        }
        for line in SYNONYMS.lines().filter(|line| !line.starts_with('#')) {
            let alternatives = line.split(" | ").map(|word| vec![Piece::Text(word)]).collect();
            rules.push(Rule { alternatives, by_rank: true });
        }
        if let Some(empty) = rules.iter().position(|rule| rule.alternatives.is_empty()) {
            bail!("rule {empty} has no alternative");
        }
        let rule = |name: &str| names.get(name).copied().with_context(|| format!("there is no rule `{name}`"));
        Ok(Grammar { lead: rule("lead")?, tail: rule("tail")?, rules, names })
    }

    /// The rule of this name, which the grammar files must define.
    ///
    /// # Errors
    /// A name that no file defines.
    pub fn rule(&self, name: &str) -> Result<usize> {
        self.names.get(name).copied().with_context(|| format!("there is no rule `{name}`"))
    }

    /// Appends an expansion of a rule.
    pub fn expand(&self, out: &mut String, rule: usize, scene: &Scene, vocabulary: &Vocabulary, streams: &mut Streams) {
        let count = self.rules[rule].alternatives.len();
        let choice = if self.rules[rule].by_rank { streams.plot.rank(count) } else { streams.plot.below(count) };
        self.write(out, rule, choice, scene, vocabulary, streams);
    }

    /// Chooses an alternative for a sentence and makes room for it; gives the choice and where the sentence starts.
    fn begin(&self, out: &mut String, rule: usize, used: &mut u64, streams: &mut Streams) -> (usize, usize) {
        let choice = unused(self.rules[rule].alternatives.len(), used, &mut streams.plot);
        if !out.is_empty() {
            out.push(' ');
        }
        (choice, out.len())
    }

    /// Appends a sentence, its first letter a capital; alternatives in `used` (a bit each) are avoided while others are left.
    pub fn sentence(
        &self,
        out: &mut String,
        rule: usize,
        used: &mut u64,
        scene: &Scene,
        vocabulary: &Vocabulary,
        streams: &mut Streams,
    ) {
        let (choice, start) = self.begin(out, rule, used, streams);
        self.write(out, rule, choice, scene, vocabulary, streams);
        finish_sentence(out, start, &mut streams.plot);
    }

    /// The same with an adverb before and a phrase behind it in some.
    pub fn loose_sentence(
        &self,
        out: &mut String,
        rule: usize,
        used: &mut u64,
        scene: &Scene,
        vocabulary: &Vocabulary,
        streams: &mut Streams,
    ) {
        let (choice, start) = self.begin(out, rule, used, streams);
        if streams.plot.chance(0.3) {
            self.expand(out, self.lead, scene, vocabulary, streams);
            out.push(' ');
        }
        self.write(out, rule, choice, scene, vocabulary, streams);
        if streams.plot.chance(0.6) && out.ends_with('.') {
            out.pop();
            if out[start..].ends_with("Dr") {
                out.push('.');
            }
            let end = out.len();
            self.expand(out, self.tail, scene, vocabulary, streams);
            if out[end..].starts_with('(') {
                out.insert(end, ' ');
            }
            out.push('.');
        }
        finish_sentence(out, start, &mut streams.plot);
    }

    fn write(
        &self,
        out: &mut String,
        rule: usize,
        choice: usize,
        scene: &Scene,
        vocabulary: &Vocabulary,
        streams: &mut Streams,
    ) {
        for piece in &self.rules[rule].alternatives[choice] {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Rule(rule) => self.expand(out, *rule, scene, vocabulary, streams),
                Piece::OfRegion(rules) => self.expand(out, rules[scene.region], scene, vocabulary, streams),
                Piece::OfKind(rules) => self.expand(out, rules[scene.kind], scene, vocabulary, streams),
                Piece::Number { low, high, step } => {
                    let number = low + step * streams.detail.below((high - low) / step + 1);
                    push_number(out, number);
                }
                Piece::Word(word) => write_word(out, *word, scene, vocabulary, streams),
            }
        }
    }
}

/// An alternative that was not used, while there is one.
fn unused(count: usize, used: &mut u64, plot: &mut Random) -> usize {
    let mut choice = plot.below(count);
    for _ in 0..count {
        if *used & (1 << (choice % 64)) == 0 {
            break;
        }
        choice = (choice + 1) % count;
    }
    *used |= 1 << (choice % 64);
    choice
}

/// Capitals after full stops, "an" before vowels, and now and then a slip of the typist.
fn finish_sentence(out: &mut String, start: usize, plot: &mut Random) {
    let mut at = start;
    while let Some(found) = memchr::memmem::find(&out.as_bytes()[at..], b" a ") {
        at += found + 2;
        if out.as_bytes().get(at + 1).is_some_and(|next| b"aeiou".contains(next)) {
            out.insert(at, 'n');
        }
    }
    capital(out, start);
    at = start;
    while let Some(found) = memchr::memmem::find(&out.as_bytes()[at..], b". ") {
        at += found + 2;
        capital(out, at);
    }
    if plot.chance(0.02) {
        mistype(out, start, plot);
    }
}

fn capital(out: &mut str, at: usize) {
    if let Some(first) = out.get_mut(at..=at) {
        first.make_ascii_uppercase();
    }
}

fn write_word(out: &mut String, word: Word, scene: &Scene, vocabulary: &Vocabulary, streams: &mut Streams) {
    match word {
        Word::Date => {
            let span = (scene.decided - scene.injured).get_days().max(120).unsigned_abs() as usize;
            let before = 40 + streams.detail.rank(span - 60);
            push_date(out, days_before(scene.decided, before), scene.date_style);
        }
        Word::Visit => push_date(out, days_before(scene.decided, scene.last_visit), scene.date_style),
        Word::Injured => push_date(out, scene.injured, scene.date_style),
        Word::Surname => names::push_surname(out, streams.detail.rank(names::SURNAMES)),
        Word::Place => names::push_place(out, streams.detail.rank(names::PLACES)),
        Word::Term => names::push_term(out, streams.plot.rank(names::TERMS)),
        Word::Drug => vocabulary.push_drug(out, &mut streams.plot),
        Word::Person => out.push_str(scene.person),
        Word::He => out.push_str(if scene.female { "she" } else { "he" }),
        Word::His => out.push_str(if scene.female { "her" } else { "his" }),
        Word::Him => out.push_str(if scene.female { "her" } else { "him" }),
        Word::Age => push_number(out, scene.age),
        Word::Sex => out.push_str(if scene.female { "female" } else { "male" }),
        Word::Side => out.push_str(scene.side),
        Word::Treatment => out.push_str(scene.treatment),
    }
}

/// The rule of each word that has synonyms; their rules are numbered from `first`.
fn synonyms(first: usize) -> HashMap<&'static str, usize> {
    let lines = SYNONYMS.lines().filter(|line| !line.starts_with('#'));
    lines.enumerate().filter_map(|(index, line)| Some((line.split(" | ").next()?, first + index))).collect()
}

/// Text between slots, its words with synonyms cut out.
fn push_text(pieces: &mut Vec<Piece>, text: &'static str, synonyms: &HashMap<&'static str, usize>) {
    let mut from = 0;
    let mut at = 0;
    for word in text.split_inclusive(|letter: char| !letter.is_ascii_alphabetic()) {
        let bare = word.trim_end_matches(|letter: char| !letter.is_ascii_alphabetic());
        if let Some(&rule) = synonyms.get(bare) {
            if from < at {
                pieces.push(Piece::Text(&text[from..at]));
            }
            pieces.push(Piece::Rule(rule));
            from = at + bare.len();
        }
        at += word.len();
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
}

fn pieces(
    alternative: &'static str,
    names: &HashMap<&'static str, usize>,
    synonyms: &HashMap<&'static str, usize>,
) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = alternative.trim();
    while let Some(open) = rest.find('{') {
        if open > 0 {
            push_text(&mut pieces, &rest[..open], synonyms);
        }
        let close = rest.find('}').context("a slot is not closed")?;
        pieces.push(slot(&rest[open + 1..close], names)?);
        rest = &rest[close + 1..];
    }
    push_text(&mut pieces, rest, synonyms);
    Ok(pieces)
}

fn slot(name: &'static str, names: &HashMap<&'static str, usize>) -> Result<Piece> {
    let rule = |name: &str| names.get(name).copied().with_context(|| format!("no rule `{name}`"));
    if let Some(base) = name.strip_suffix("@region") {
        return REGIONS
            .iter()
            .map(|region| rule(&format!("{base}@{region}")))
            .collect::<Result<_>>()
            .map(Piece::OfRegion);
    }
    if let Some(base) = name.strip_suffix("@kind") {
        return KINDS.iter().map(|kind| rule(&format!("{base}@{kind}"))).collect::<Result<_>>().map(Piece::OfKind);
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        let (range, step) = name.split_once('/').unwrap_or((name, "1"));
        let (low, high) = range.split_once('-').context("a range of numbers")?;
        return Ok(Piece::Number { low: low.parse()?, high: high.parse()?, step: step.parse()? });
    }
    Ok(match name {
        "date" => Piece::Word(Word::Date),
        "visit" => Piece::Word(Word::Visit),
        "injured" => Piece::Word(Word::Injured),
        "surname" => Piece::Word(Word::Surname),
        "place" => Piece::Word(Word::Place),
        "term" => Piece::Word(Word::Term),
        "drug" => Piece::Word(Word::Drug),
        "person" => Piece::Word(Word::Person),
        "he" => Piece::Word(Word::He),
        "his" => Piece::Word(Word::His),
        "him" => Piece::Word(Word::Him),
        "age" => Piece::Word(Word::Age),
        "sex" => Piece::Word(Word::Sex),
        "side" => Piece::Word(Word::Side),
        "treatment" => Piece::Word(Word::Treatment),
        name => Piece::Rule(rule(name)?),
    })
}

pub fn push_number(out: &mut String, number: usize) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{number}");
}

pub fn days_before(date: Date, days: usize) -> Date {
    date.saturating_sub(jiff::Span::new().days(i64::try_from(days).unwrap_or(0)))
}

/// A date in one of the styles of prose: `03/07/2016`, `3/7/16`, `March 7, 2016`, `3-7-2016`.
pub fn push_date(out: &mut String, date: Date, style: usize) {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = (date.year(), date.month(), date.day());
    let _ = match style {
        0 => write!(out, "{month:02}/{day:02}/{year}"),
        1 => write!(out, "{month}/{day}/{:02}", year % 100),
        2 => write!(out, "{} {day}, {year}", MONTHS[usize::from(month.unsigned_abs()) - 1]),
        3 => write!(out, "{month}-{day}-{year}"),
        _ => write!(out, "{month}/{day}/{year}"),
    };
}

/// Swaps two letters in the middle of a word, as typists do.
fn mistype(out: &mut String, start: usize, plot: &mut Random) {
    let bytes = out.as_bytes();
    let at = start + plot.below((out.len() - start).max(1));
    let inner = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_lowercase);
    if (at.wrapping_sub(1)..at + 3).all(inner) && bytes[at] != bytes[at + 1] {
        let swapped: String = [bytes[at + 1], bytes[at]].iter().map(|&byte| char::from(byte)).collect();
        out.replace_range(at..at + 2, &swapped);
    }
}
