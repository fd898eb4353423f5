//! The questions that all engines are asked, drawn from the rationales.

use std::fmt;
use std::fs;
use std::path::Path;

use imr::index::analysis::is_stop_word;

use crate::drawing::Random;
use crate::printed::Printed;

/// The seed of all questions.
const SEED: u64 = 42;

/// How often a question is drawn before the decisions are held to have none.
const MOST_DRAWS: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One word.
    Word,
    /// Two words, both of which must be there.
    Both,
    /// Three words that stand one after the other.
    Phrase,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Word, Self::Both, Self::Phrase];

    /// The name in the file of questions.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.to_string() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Word => "word",
            Self::Both => "both",
            Self::Phrase => "phrase",
        })
    }
}

pub struct Question {
    pub kind: Kind,
    /// In lower case, letters from a to z only.
    pub words: Vec<String>,
}

/// So many questions of each kind.
pub fn draw(letters: &[Vec<Printed>], of_each_kind: usize) -> Vec<Question> {
    let decisions: Vec<&Printed> = letters.iter().flatten().collect();
    let mut random = Random::new(SEED);
    let mut questions = Vec::new();
    for kind in Kind::ALL {
        for _ in 0..of_each_kind {
            let words = (0..MOST_DRAWS).find_map(|_| {
                let rationale = &decisions[random.below(decisions.len())].rationale;
                words_of(kind, rationale, &mut random)
            });
            questions.push(Question { kind, words: words.expect("rationales have words") });
        }
    }
    questions
}

/// Words of one rationale; none where those drawn do not do.
fn words_of(kind: Kind, rationale: &str, random: &mut Random) -> Option<Vec<String>> {
    let words: Vec<&str> = rationale.split(' ').collect();
    let telling = |random: &mut Random| Some(words[random.below(words.len())]).filter(|word| is_telling(word));
    let chosen = match kind {
        Kind::Word => vec![telling(random)?],
        Kind::Both => vec![telling(random)?, telling(random)?],
        Kind::Phrase => {
            let start = random.below(words.len());
            let phrase = words.get(start..start + 3)?.to_vec();
            // An engine that leaves stop words out of its index would not ask for the same phrase.
            if !phrase.iter().all(|word| is_plain(word)) || !is_telling(phrase[0]) || !is_telling(phrase[2]) {
                return None;
            }
            phrase
        }
    };
    let chosen: Vec<String> = chosen.into_iter().map(str::to_lowercase).collect();
    (kind != Kind::Both || chosen[0] != chosen[1]).then_some(chosen)
}

/// Whether every engine takes it for one word.
fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_telling(word: &str) -> bool {
    is_plain(word) && word.len() > 3 && !is_stop_word(&word.to_lowercase())
}

/// Writes one question a line: its kind, a tab, its words with blanks between.
pub fn write(questions: &[Question], file: &Path) {
    let lines: Vec<String> =
        questions.iter().map(|question| format!("{}\t{}\n", question.kind, question.words.join(" "))).collect();
    fs::write(file, lines.concat()).expect("the questions are written");
}
