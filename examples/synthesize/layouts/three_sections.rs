//! 2014 on: how it was made, the summary, the decisions.

use super::super::letter::{Layout, Letter};
use super::super::page::Page;
use super::super::random::Random;

use super::{DECISIONS_INTRODUCTION, certified, header, how_determined, space, summary};

pub fn print(letter: &Letter, page: &mut Page, random: &mut Random) {
    if letter.has_header {
        header::print(letter, page, random);
    }
    if letter.layout == Layout::ThreeSections2014 {
        how_determined(page, Some(&certified(letter)), random);
    } else {
        how_determined(page, None, random);
        page.paragraph("The Expert Reviewer has the following credentials:");
        page.words(&format!("State(s) of Licensure: {}", letter.licensure.join(", ")));
        page.words(&format!("Certification(s)/Specialty: {}", letter.specialties.join(", ")));
    }
    summary(letter, page, random);
    page.centered("IMR ISSUES, DECISIONS AND RATIONALES");
    space(page, random);
    page.words(DECISIONS_INTRODUCTION);
    // Printed letters set the administrator's line right under the item; some texts have a gap there.
    let apart = random.chance(0.3);
    for decision in &letter.decisions {
        let outcome = if decision.overturned { "Overturned" } else { "Upheld" };
        page.paragraph(&format!("{}: {outcome}", decision.item));
        if apart {
            page.gap();
        }
        page.words(&format!(
            "Claims Administrator guideline: {}",
            decision.claims_guideline.as_deref().unwrap_or_default()
        ));
        page.paragraph(&format!("MAXIMUS guideline: {}", decision.reviewer_guideline.as_deref().unwrap_or_default()));
        let mut paragraphs = decision.rationale.iter();
        let first = paragraphs.next().map_or("", String::as_str);
        page.paragraph(&format!("Decision rationale: {first}"));
        for paragraph in paragraphs {
            page.paragraph(paragraph);
        }
    }
}
