//! Guideline lines taken apart: every source a line names, with its edition and sections.
//!
//! A line is made of statements ("Decision based on MTUS …", "Decision based on Non-MTUS Citation …"), each with a
//! grammar of its own: `schedule` reads the first, `outside` the second (and hands on to `disability`, `college` and
//! `works`), `prose` the sentences of 2013. Nothing is dropped that a line names and nothing is added: a chapter the
//! table of guidelines does not know is still a title, a line without a name gives no source.

mod college;
mod disability;
mod outside;
mod pages;
mod prose;
mod qualifiers;
mod reading;
mod schedule;
mod sections;
mod works;

use super::Memory;
use crate::vocabulary::guidelines::{GuidelineSource, Word, words};
use crate::vocabulary::words::floor;
use reading::{fold, sequence};

/// Longest line that is read, in bytes. Real ones end before 4,000; what lies beyond is a rationale that lost its label.
const LONGEST: usize = 16_384;

/// The sources a guideline line names, in the order printed. Its statements are remembered in `memory`.
#[must_use]
pub fn sources(line: &str, memory: &mut Memory) -> Vec<GuidelineSource> {
    let line = fold(&line[..floor(line, LONGEST)]);
    let words = words(&line);
    let statements = statements(&line, &words);
    let mut sources = Vec::new();
    if statements.is_empty() {
        sources = prose::sources(&line);
    }
    for statement in statements {
        sources.extend(memory.recall(statement.whole, || statement.sources()));
    }
    let mut distinct: Vec<GuidelineSource> = Vec::with_capacity(sources.len());
    for source in sources {
        if !distinct.contains(&source) {
            distinct.push(source);
        }
    }
    distinct
}

struct Statement<'line> {
    /// With its opening, which says of which kind it is.
    whole: &'line str,
    body: &'line str,
    /// About sources outside the schedule.
    outside: bool,
}

impl Statement<'_> {
    fn sources(&self) -> Vec<GuidelineSource> {
        if self.outside { outside::sources(self.body) } else { schedule::sources(self.body) }
    }
}

/// The statements that open with "Decision based on". What stands before the first of them only says that the decision
/// rests on something outside the schedule.
fn statements<'line>(line: &'line str, words: &[Word]) -> Vec<Statement<'line>> {
    let mut openings: Vec<(usize, usize, bool)> = Vec::new();
    for place in 0..words.len() {
        let Some(opening) = opening(&words[place..]) else { continue };
        let (taken, outside) = opening;
        openings.push((words[place].start, words[place + taken - 1].end, outside));
    }
    let ends = openings.iter().skip(1).map(|(start, ..)| *start).chain([line.len()]);
    let statements = openings.iter().zip(ends).map(|(&(start, body, outside), end)| {
        let end = end.max(body);
        Statement { whole: &line[start..end], body: &line[body..end], outside }
    });
    statements.collect()
}

/// How many words the opening of a statement takes here, and whether it is one of a source outside the schedule.
fn opening(words: &[Word]) -> Option<(usize, bool)> {
    if !sequence(words, &["decision", "based", "on"]) && !sequence(words, &["decisions", "based", "on"]) {
        return None;
    }
    let article = usize::from(words.get(3).is_some_and(|word| word.text == "the"));
    let rest = &words[3 + article..];
    if sequence(rest, &["mtus"]) {
        return Some((4 + article, false));
    }
    let taken = if sequence(rest, &["nonmtus"]) { 1 } else { 2 };
    if taken == 2 && !sequence(rest, &["non", "mtus"]) {
        return None;
    }
    let label = rest.get(taken).is_some_and(|word| word.text.starts_with("citation"));
    Some((3 + article + taken + usize::from(label), true))
}

/// Whether the line says that nothing was cited.
fn without_source(words: &[Word]) -> bool {
    [
        &["did", "not", "cite", "any"][..],
        &["did", "not", "cite", "a", "guideline"],
        &["did", "not", "cite", "an", "evidence"],
        &["did", "not", "provide", "any"],
        &["no", "evidence", "was", "cited"],
        &["no", "guideline"],
        &["no", "medical", "evidence"],
        &["no", "guidelines", "were", "cited"],
    ]
    .iter()
    .any(|phrase| (0..words.len()).any(|place| sequence(&words[place..], phrase)))
}

#[cfg(test)]
mod tests;
