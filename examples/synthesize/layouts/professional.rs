//! 2013: the medical professional review, one item, its parts under headings.

use super::super::letter::Letter;
use super::super::page::Page;
use super::super::random::Random;

use super::{ALL_RECORDS, certified, space};

pub fn print(letter: &Letter, page: &mut Page, random: &mut Random) {
    page.centered("MEDICAL PROFESSIONAL REVIEW");
    let Some(decision) = letter.decisions.first() else { return };
    let not = if decision.overturned { "" } else { "NOT " };
    let rationale = format!("RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS {not}MEDICALLY NECESSARY:");
    let qualifications = format!("The professional reviewer {}.", certified(letter));
    let guideline = decision.reviewer_guideline.clone().unwrap_or_default();
    for (heading, paragraphs) in [
        ("ISSUE AT DISPUTE:", std::slice::from_ref(&decision.item)),
        ("CASE SUMMARY:", std::slice::from_ref(&letter.summary)),
        ("DOCUMENTS REVIEWED FOR DETERMINATION:", &[ALL_RECORDS.to_owned()]),
        ("MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:", &[guideline]),
        (&rationale, &decision.rationale),
        ("MEDICAL REVIEWER QUALIFICATIONS:", &[qualifications]),
    ] {
        page.paragraph(heading);
        for (place, paragraph) in paragraphs.iter().enumerate() {
            if place > 0 {
                page.gap();
            } else {
                space(page, random);
            }
            page.words(paragraph);
        }
    }
}
