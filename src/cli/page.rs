//! A letter or one of its decisions as a page to read.

use std::io::{self, Write};

use jiff::civil::Date;

use super::output::{BOLD, DIM, outcome_style, outcome_words, plain, width, wrap};
use crate::ingest::is_noteworthy;
use crate::letter::model::{Decision, Letter, Sex};

/// Indentation of text under a heading.
const INDENT: &str = "  ";

/// Prints the letter with the decisions it holds.
pub fn letter(out: &mut dyn Write, letter: &Letter) -> io::Result<()> {
    head(out, letter)?;
    if let Some(documents) = &letter.documents_reviewed {
        section(out, "Documents reviewed", documents)?;
    }
    if let Some(summary) = &letter.summary {
        section(out, "Clinical case summary", summary)?;
    }
    for one in &letter.decisions {
        decision(out, one)?;
    }
    let remarks: Vec<_> = letter.diagnostics.iter().filter(|diagnostic| is_noteworthy(diagnostic)).collect();
    if !remarks.is_empty() {
        writeln!(out, "\n{DIM}Noticed while reading{DIM:#}")?;
    }
    for remark in remarks {
        let place = remark.line.map_or(String::new(), |line| format!("line {line}: "));
        lines(out, &format!("{place}{}", remark.message))?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, letter: &Letter) -> io::Result<()> {
    let outcome = letter.outcome.map_or("no decision found", |outcome| outcome.as_str());
    let style = outcome_style(outcome);
    writeln!(out, "{BOLD}{}{BOLD:#}  {style}{}{style:#}", plain(&letter.id), outcome_words(outcome).to_uppercase())?;
    let date = |date: Option<Date>| date.map(|date| date.to_string());
    let patient = [
        letter.patient.age.map(|age| format!("{age} years")),
        letter.patient.sex.map(|sex| if sex == Sex::Female { "female".to_owned() } else { "male".to_owned() }),
    ];
    let rows = [
        ("Decided", date(letter.decision_date)),
        ("Assigned", date(letter.date_assigned)),
        ("Injured", date(letter.date_of_injury)),
        ("Review denied", date(letter.ur_denial_date)),
        ("Application", date(letter.application_received)),
        ("Priority", letter.priority.clone()),
        ("Reviewer", list(&letter.reviewer.specialties)),
        ("Licensed in", list(&letter.reviewer.licensure)),
        ("Injured worker", list(&patient.into_iter().flatten().collect::<Vec<_>>())),
        ("Layout", Some(letter.layout.to_string())),
        ("Read from", Some(source(letter))),
    ];
    for (label, value) in rows {
        let Some(value) = value else { continue };
        for (index, line) in wrap(&value, width().saturating_sub(18)).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            writeln!(out, "{INDENT}{DIM}{label:<15}{DIM:#} {line}")?;
        }
    }
    Ok(())
}

fn source(letter: &Letter) -> String {
    match &letter.source.member {
        Some(member) => format!("{} » {member}", letter.source.path),
        None => letter.source.path.clone(),
    }
}

fn list(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(", "))
}

/// Prints one decision.
pub fn decision(out: &mut dyn Write, decision: &Decision) -> io::Result<()> {
    let outcome = decision.outcome.as_str();
    let style = outcome_style(outcome);
    writeln!(out, "\n{BOLD}{}{BOLD:#}  {style}{}{style:#}", plain(&decision.id), outcome.to_uppercase())?;
    lines(out, &decision.item)?;
    let guideline = |line: &Option<crate::letter::model::Guideline>| line.as_ref().map(|line| line.text.clone());
    for (title, text) in [
        ("Claims administrator's guideline", guideline(&decision.claims_guideline)),
        ("Reviewer's guideline", guideline(&decision.reviewer_guideline)),
        ("Rationale", decision.rationale.clone()),
    ] {
        if let Some(text) = text {
            section(out, title, &text)?;
        }
    }
    Ok(())
}

fn section(out: &mut dyn Write, title: &str, text: &str) -> io::Result<()> {
    writeln!(out, "\n{INDENT}{DIM}{title}{DIM:#}")?;
    lines(out, text)
}

fn lines(out: &mut dyn Write, text: &str) -> io::Result<()> {
    for line in wrap(text, width() - INDENT.len()) {
        writeln!(out, "{INDENT}{line}")?;
    }
    Ok(())
}
