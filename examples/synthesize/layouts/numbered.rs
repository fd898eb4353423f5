//! Late 2013 and early 2014: documents reviewed, numbered decisions, basis sentences.

use super::super::letter::Letter;
use super::super::page::Page;
use super::super::random::Random;

use super::{ALL_RECORDS, DECISIONS_INTRODUCTION, certified, header, how_determined, space, summary};

pub fn print(letter: &Letter, page: &mut Page, random: &mut Random) {
    page.centered("MAXIMUS FEDERAL SERVICES, INC.");
    page.centered("Independent Medical Review");
    if letter.has_header {
        header::print(letter, page, random);
    }
    how_determined(page, Some(&certified(letter)), random);
    page.centered("DOCUMENTS REVIEWED");
    space(page, random);
    page.words(ALL_RECORDS);
    summary(letter, page, random);
    page.centered("IMR DECISION(S) AND RATIONALE(S)");
    space(page, random);
    page.words(DECISIONS_INTRODUCTION);
    for (index, decision) in letter.decisions.iter().enumerate() {
        let not = if decision.overturned { "" } else { "not " };
        page.paragraph(&format!(
            "{}. The request for {} is {not}medically necessary and appropriate.",
            index + 1,
            decision.item
        ));
        for guideline in [&decision.claims_guideline, &decision.reviewer_guideline].into_iter().flatten() {
            page.paragraph(guideline);
        }
        let mut paragraphs = decision.rationale.iter();
        let first = paragraphs.next().map_or("", String::as_str);
        page.paragraph(&format!("The Physician Reviewer's decision rationale: {first}"));
        for paragraph in paragraphs {
            page.paragraph(paragraph);
        }
    }
}
