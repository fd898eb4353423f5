//! What a perfect reading of a letter gives, one JSON object a letter: keys as `imr parse` has them where both have one.

use jiff::civil::Date;
use serde::Serialize;

use super::layouts::ALL_RECORDS;
use super::letter::{Layout, Letter};

#[derive(Serialize)]
struct Truth<'a> {
    id: &'a str,
    case_number: Option<&'a str>,
    layout: &'a str,
    year: i16,
    date_assigned: Option<Date>,
    date_of_injury: Option<Date>,
    decision_date: Option<Date>,
    ur_denial_date: Option<Date>,
    application_received: Option<Date>,
    priority: Option<&'a str>,
    reviewer: Reviewer<'a>,
    documents_reviewed: Option<&'a str>,
    summary: &'a str,
    decisions: Vec<DecisionTruth<'a>>,
}

#[derive(Serialize)]
struct Reviewer<'a> {
    licensure: &'a [&'a str],
    specialties: &'a [&'a str],
}

#[derive(Serialize)]
struct DecisionTruth<'a> {
    item: &'a str,
    outcome: &'a str,
    claims_guideline: Option<&'a str>,
    reviewer_guideline: Option<&'a str>,
    rationale: String,
    category: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    twin_of: Option<&'a str>,
}

/// The line of a letter, its line feed included. A field that its layout does not print is null.
pub fn line(letter: &Letter) -> serde_json::Result<Vec<u8>> {
    let is_notice = letter.layout == Layout::Notice;
    let is_review = letter.layout == Layout::Professional;
    let has_table = letter.has_header && !is_notice && !is_review;
    let has_number = letter.has_header && !is_review;
    let has_dates = has_table || is_notice;
    let when = |printed: bool, date: Date| printed.then_some(date);
    let truth = Truth {
        id: if has_number { &letter.case_number } else { &letter.stem },
        case_number: has_number.then_some(letter.case_number.as_str()),
        layout: letter.layout.name(),
        year: letter.year,
        date_assigned: when(has_table, letter.assigned),
        date_of_injury: when(has_dates, letter.injured),
        decision_date: when(has_dates, letter.decided),
        ur_denial_date: when(has_dates, letter.denied),
        application_received: when(has_dates, letter.received),
        priority: has_table.then_some(if letter.expedited { "expedited" } else { "standard" }),
        reviewer: Reviewer { licensure: &letter.licensure, specialties: &letter.specialties },
        documents_reviewed: matches!(letter.layout, Layout::Professional | Layout::Numbered).then_some(ALL_RECORDS),
        summary: &letter.summary,
        decisions: letter
            .decisions
            .iter()
            .map(|decision| DecisionTruth {
                item: &decision.item,
                outcome: if decision.overturned { "overturned" } else { "upheld" },
                claims_guideline: decision.claims_guideline.as_deref(),
                reviewer_guideline: decision.reviewer_guideline.as_deref(),
                rationale: decision.rationale.join(" "),
                category: decision.category,
                twin_of: decision.twin_of.as_deref(),
            })
            .collect(),
    };
    let mut line = serde_json::to_vec(&truth)?;
    line.push(b'\n');
    Ok(line)
}
