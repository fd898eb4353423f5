//! 2013: the notice of determination, its list of decisions printed twice.

use super::super::letter::Letter;
use super::super::page::Page;
use super::super::random::Random;

use super::{certified, date};

pub fn print(letter: &Letter, page: &mut Page, random: &mut Random) {
    page.centered("MAXIMUS FEDERAL SERVICES, INC.");
    page.centered("Independent Medical Review");
    page.centered("Notice of Independent Medical Review Determination");
    page.paragraph(&format!("Dated: {}", date(letter.decided, 4)));
    page.gap();
    page.line(&format!("IMR Case Number: {}", letter.case_number));
    page.line(&format!("Date of Injury: {}", date(letter.injured, 4)));
    list(letter, page);
    page.centered("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE");
    let style = if random.chance(0.5) { 2 } else { 4 };
    let (filed, denied) = (date(letter.received, style), date(letter.denied, style));
    page.paragraph(&format!(
        "An application for Independent Medical Review was filed on {filed} disputing the Utilization Review Denial dated \
         {denied}. A decision has been made for each of the treatments and/or services that were in dispute:"
    ));
    list(letter, page);
    page.paragraph("Medical Qualifications of the Expert Reviewer:");
    page.words(&format!(
        "The doctor who made the decision is independent of the employer, the employee, the providers and the claims \
         administrator. He/she {}. He/she sees patients every week.",
        certified(letter)
    ));
    page.paragraph("Case Summary:");
    page.words(&format!(
        "Disclaimer: The following case summary was taken directly from the utilization review denial/modification dated \
         {denied}:"
    ));
    page.paragraph(&format!("\u{201c}{}\u{201d}", letter.summary));
    for (index, decision) in letter.decisions.iter().enumerate() {
        page.paragraph(&format!("{}) Regarding the request for {}:", index + 1, decision.item));
        for guideline in [&decision.claims_guideline, &decision.reviewer_guideline].into_iter().flatten() {
            page.paragraph(guideline);
        }
        page.paragraph("Rationale for the Decision:");
        for (place, paragraph) in decision.rationale.iter().enumerate() {
            if place > 0 {
                page.gap();
            }
            page.words(paragraph);
        }
    }
}

fn list(letter: &Letter, page: &mut Page) {
    for (index, decision) in letter.decisions.iter().enumerate() {
        // The fused "not" is how it was printed.
        let not = if decision.overturned { "" } else { "not" };
        page.paragraph(&format!(
            "{}) MAXIMUS Federal Services, Inc. has determined the request for {} is {not}medically necessary and \
             appropriate.",
            index + 1,
            decision.item
        ));
    }
}
