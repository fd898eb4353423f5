//! A letter or one of its decisions as a page to read.

use std::io::{self, Write};

use jiff::civil::Date;

use super::output::{BOLD, DIM, outcome_style, outcome_words, plain, width, wrap};
use crate::ingest::is_noteworthy;
use crate::letter::model::{Decision, Guideline, Letter};
use crate::vocabulary::guidelines::superseded;

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
        decision(out, one, letter.decision_date)?;
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
    let patient =
        [letter.patient.age.map(|age| format!("{age} years")), letter.patient.sex.map(|sex| sex.as_str().to_owned())];
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
        labelled(out, label, &value)?;
    }
    Ok(())
}

/// A value beside its label, on as many lines as it needs.
fn labelled(out: &mut dyn Write, label: &str, value: &str) -> io::Result<()> {
    for (index, line) in wrap(value, width().saturating_sub(18)).iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        writeln!(out, "{INDENT}{DIM}{label:<15}{DIM:#} {line}")?;
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
fn decision(out: &mut dyn Write, decision: &Decision, decided: Option<Date>) -> io::Result<()> {
    let outcome = decision.outcome.as_str();
    let style = outcome_style(outcome);
    writeln!(out, "\n{BOLD}{}{BOLD:#}  {style}{}{style:#}", plain(&decision.id), outcome.to_uppercase())?;
    lines(out, &decision.item)?;
    derived(out, decision)?;
    let guideline = |line: &Option<Guideline>| line.as_ref().map(|line| line.text.clone());
    for (title, text) in [
        ("Claims administrator's guideline", guideline(&decision.claims_guideline)),
        ("Reviewer's guideline", guideline(&decision.reviewer_guideline)),
    ] {
        if let Some(text) = text {
            section(out, title, &text)?;
        }
    }
    let sources = decision.reviewer_guideline.iter().flat_map(|guideline| &guideline.sources);
    for (source, since) in sources.filter_map(|source| Some((source, superseded(source, decided)?))) {
        let title = source.title.as_deref().unwrap_or(source.family.as_str());
        let edition = source.edition.map_or(String::new(), |edition| format!(" {edition}"));
        warning(out, &format!("superseded since {since}: {title}{edition}"))?;
    }
    if let Some(rationale) = &decision.rationale {
        section(out, "Rationale", rationale)?;
    }
    if decision.derived.agrees == Some(false) {
        warning(out, "The rationale concludes otherwise than the printed outcome.")?;
    }
    Ok(())
}

/// What was derived from the item: a line each.
fn derived(out: &mut dyn Write, decision: &Decision) -> io::Result<()> {
    let derived = &decision.derived;
    let modified = decision.disputes_a_portion();
    let sides: Vec<String> = derived.sides.iter().map(|side| side.as_str().to_owned()).collect();
    let parts: Vec<String> = derived.body_parts.iter().chain(&sides).cloned().collect();
    let rows = [
        ("Requested", Some(derived.request.requested.clone()).filter(|_| modified)),
        ("Authorized", derived.request.authorized.clone()),
        ("Disputed", Some(derived.request.disputed.clone()).filter(|_| modified)),
        ("Category", derived.category.clone()),
        ("Treatment", list(&derived.concepts)),
        ("Body part", list(&parts)),
        ("Quantity", derived.request.quantity.map(|quantity| quantity.to_string())),
        ("Refills", derived.request.refills.map(|refills| refills.to_string())),
    ];
    for (label, value) in rows {
        let Some(value) = value else { continue };
        labelled(out, label, &value)?;
    }
    Ok(())
}

fn warning(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let style = anstyle::AnsiColor::Yellow.on_default();
    for line in wrap(text, width() - INDENT.len()) {
        writeln!(out, "{INDENT}{style}{line}{style:#}")?;
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
