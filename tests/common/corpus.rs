//! The letters that the searches of the tests go through, and what a count over what `imr parse` prints of them says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Run, imr, samples, text};

/// The letters searched, and what a count over them says.
pub struct Corpus {
    pub folder: PathBuf,
    pub decisions: Vec<Decided>,
}

/// One decision with the letter it stands in.
pub struct Decided {
    pub letter: Value,
    pub decision: Value,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(folder.join("letters")).unwrap();
    for entry in fs::read_dir(samples().join("text")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join("letters").join(path.file_name().unwrap())).unwrap();
    }
    for (name, letter) in made_letters() {
        fs::write(folder.join("letters").join(name), letter).unwrap();
    }
    Run::of(imr().current_dir(&folder).args(["index", "letters"])).ends_with(0);
    let parsed = Run::of(imr().current_dir(&folder).args(["parse", "letters"])).ends_with(0).lines();
    let decisions = parsed
        .into_iter()
        .flat_map(|letter| {
            let decisions = letter["decisions"].as_array().unwrap().clone();
            decisions.into_iter().map(move |decision| Decided { letter: letter.clone(), decision })
        })
        .collect();
    Corpus { folder, decisions }
});

/// Letters with what the samples lack: control characters, other alphabets, words at known distances.
fn made_letters() -> [(&'static str, String); 3] {
    let letter = |case: &str, summary: &str, item: &str, rationale: &str| {
        format!(
            "Case Number: {case}\nDate Assigned: 01/02/2020 Date of Injury: 03/04/2018\nDecision Date: 02/03/2020 UR Denial \
             Date: 12/01/2019\nPriority: Standard Application Received: 12/20/2019\n\nHOW THE IMR FINAL DETERMINATION WAS \
             MADE\nThe Expert Reviewer has the following credentials:\nState(s) of Licensure: Nevada\n\
             Certification(s)/Specialty: Ophthalmology\n\nCLINICAL CASE SUMMARY\nThe expert reviewer developed the following \
             clinical case summary based on a review of the case file, including all medical records:\n\n{summary}\n\n\
             IMR ISSUES, DECISIONS AND RATIONALES\nThe Final Determination was based on decisions for the disputed \
             items/services set forth below:\n\n{item}: Upheld\n\nClaims Administrator guideline: Decision based on MTUS \
             Chronic Pain 2017.\n\nMAXIMUS guideline: Decision based on MTUS Chronic Pain 2017.\n\nDecision rationale: \
             {rationale}\n"
        )
    };
    [
        (
            "escapes.txt",
            letter(
                "CM20-9900901",
                "A \u{1b}[31mred\u{1b}[0m summary \u{1b}]0;title\u{7} of quokkas with a turn \u{202e}back.",
                "Quokka \u{1b}[2J\u{1b}[1;1H therapy",
                "The quokka \u{1b}[5mblinks\u{1b}[0m and \u{9b}31m moves. The request is not medically necessary.",
            ),
        ),
        (
            "accents.txt",
            letter(
                "CM20-9900902",
                "A naïve 45 year old woman from Málaga.",
                "Prism glasses for Ménière’s disease — 日本語 🙂 wombat",
                "Ménière’s disease “as quoted” — the wombat 🙂 was naïve. 日本語 before the wombat. The request is not \
                 medically necessary.",
            ),
        ),
        (
            "distances.txt",
            letter(
                "CM20-9900903",
                "A 45 year old man with pain at L4-5 and C5/6.",
                "Zaleplon 10 mg #30 at L4-5",
                "The zebra one two three four giraffe was seen. Later an ocelot stood before a puma. The request is not \
                 medically necessary.",
            ),
        ),
    ]
}

pub fn corpus() -> &'static Corpus {
    &CORPUS
}

/// `imr search` over the corpus. Options stand before the question, which may begin with a hyphen.
pub fn search(options: &[&str], query: &str) -> Command {
    let mut command = imr();
    command.current_dir(&corpus().folder).arg("search").args(options);
    if !query.is_empty() {
        command.args(["--", query]);
    }
    command
}

/// The whole answer.
#[track_caller]
pub fn ask(options: &[&str], query: &str) -> Value {
    let run = Run::of(&mut search(&[&["--format", "json"], options].concat(), query));
    let answer = run.json();
    let expected = i32::from(answer["total"] == 0);
    assert_eq!(run.code, expected, "0 found, 1 nothing found: {query:?} {options:?}");
    answer
}

pub fn hits(answer: &Value) -> &[Value] {
    answer["hits"].as_array().unwrap()
}

pub fn ids_in_order(answer: &Value) -> Vec<String> {
    hits(answer).iter().map(|hit| text(hit, "id").to_owned()).collect()
}

/// All decisions found.
#[track_caller]
pub fn found_with(options: &[&str], query: &str) -> BTreeSet<String> {
    let answer = ask(&[&["--no-collapse", "-n", "1000", "--facet", "none"], options].concat(), query);
    let ids = ids_in_order(&answer);
    let set: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!((set.len(), answer["total"].as_u64().unwrap()), (ids.len(), ids.len() as u64), "each once: {query}");
    set
}

#[track_caller]
pub fn found(query: &str) -> BTreeSet<String> {
    found_with(&[], query)
}

/// The decisions of which a test of what was parsed is true.
pub fn counted(test: impl Fn(&Decided) -> bool) -> BTreeSet<String> {
    corpus().decisions.iter().filter(|one| test(one)).map(Decided::id).collect()
}

impl Decided {
    pub fn id(&self) -> String {
        text(&self.decision, "id").to_owned()
    }

    /// The text of a field that words are searched in.
    pub fn field(&self, name: &str) -> &str {
        match name {
            "item" => text(&self.decision, "disputed"),
            "request" if self.decision["disputed"] == self.decision["item"] => "",
            "request" => text(&self.decision, "item"),
            "rationale" => text(&self.decision, name),
            "summary" | "documents_reviewed" => text(&self.letter, name),
            _ => text(&self.decision[name], "text"),
        }
    }

    pub fn words(&self, field: &str) -> Vec<String> {
        self.field(field)
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    }

    pub fn date(&self) -> &str {
        text(&self.letter, "decision_date")
    }

    /// The values of a facet, as the index has them.
    pub fn values(&self, facet: &str) -> Vec<String> {
        let (letter, decision) = (&self.letter, &self.decision);
        let list = |value: &Value| -> Vec<String> {
            value.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
        };
        let one = |value: &str| if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        let values = match facet {
            "outcome" => one(text(decision, "outcome")),
            "letter_outcome" => one(text(letter, "outcome")),
            "specialty" => list(&letter["reviewer"]["specialties"]),
            "licensure" => list(&letter["reviewer"]["licensure"]),
            "basis" => one(text(&decision["reviewer_guideline"], "basis")),
            "claims_basis" => one(text(&decision["claims_guideline"], "basis")),
            "year" => one(self.date().get(..4).unwrap_or_default()),
            "priority" | "layout" => one(text(letter, facet)),
            "sex" => one(text(&letter["patient"], "sex")),
            other => panic!("no facet `{other}`"),
        };
        if values.is_empty() { vec!["not stated".to_owned()] } else { values }
    }

    pub fn has(&self, facet: &str, values: &[&str]) -> bool {
        self.values(facet).iter().any(|value| values.iter().any(|wanted| value.eq_ignore_ascii_case(wanted)))
    }
}

/// The fields that free words search.
pub const SEARCHED: [&str; 6] = ["item", "request", "rationale", "reviewer_guideline", "claims_guideline", "summary"];

pub fn has_word(one: &Decided, fields: &[&str], test: impl Fn(&str) -> bool) -> bool {
    fields.iter().any(|field| one.words(field).iter().any(|word| test(word)))
}

pub fn has_phrase(one: &Decided, fields: &[&str], phrase: &[&str]) -> bool {
    fields.iter().any(|field| one.words(field).windows(phrase.len()).any(|window| window == phrase))
}
