//! Small letters written for one test: as many items as needed, each with its outcome, guideline and reasons.

use super::{Desk, json_lines};
use serde_json::Value;

/// One decision of a made letter.
#[derive(Clone, Copy)]
pub struct Made<'a> {
    pub item: &'a str,
    /// `Upheld` or `Overturned`, as printed.
    pub outcome: &'a str,
    /// The reviewer's guideline line.
    pub guideline: &'a str,
    pub rationale: &'a str,
}

/// What a made decision says where a test does not care.
pub const PLAIN: Made<'static> = Made {
    item: "Lumbar pillow",
    outcome: "Upheld",
    guideline: "The Expert Reviewer did not cite any medical evidence for its decision.",
    rationale: "The record gives no reason for it. The request is not medically necessary.",
};

/// A letter of these decisions, in the layout of 2016.
pub fn made_letter(case: &str, decided: &str, decisions: &[Made]) -> String {
    let printed = |one: &Made| {
        let Made { item, outcome, guideline, rationale } = one;
        format!(
            "{item}: {outcome}\n\nClaims Administrator guideline: The Claims Administrator did not cite any medical evidence \
             for its decision.\n\nMAXIMUS guideline: {guideline}\n\nDecision rationale: {rationale}\n\n"
        )
    };
    let decisions = decisions.iter().map(printed).collect::<Vec<_>>().concat();
    format!(
        "Case Number: {case}\nDate Assigned: 01/02/2016 Date of Injury: 03/04/2014\nDecision Date: {decided} UR Denial \
         Date: 12/01/2015\nPriority: Standard Application Received: 12/20/2015\n\nHOW THE IMR FINAL DETERMINATION WAS \
         MADE\nThe Expert Reviewer has the following credentials:\nState(s) of Licensure: California\n\
         Certification(s)/Specialty: Occupational Medicine\n\nCLINICAL CASE SUMMARY\nThe expert reviewer developed the \
         following clinical case summary based on a review of the case file, including all medical records:\n\nThe worker \
         was hurt at work.\n\nIMR ISSUES, DECISIONS AND RATIONALES\nThe Final Determination was based on decisions for the \
         disputed items/services set forth below:\n\n{decisions}"
    )
}

/// A desk with an index over these letters; each is named by its case number.
#[track_caller]
pub fn indexed(letters: &[(&str, &str, Vec<Made>)]) -> Desk {
    let desk = Desk::new();
    for (case, decided, decisions) in letters {
        desk.write(&format!("letters/{case}.txt"), made_letter(case, decided, decisions));
    }
    desk.imr(["index", "letters"]).ends_with(0);
    let read = json_lines(&desk.imr(["parse", "letters"]).ends_with(0).stdout);
    let counts: usize = read.iter().map(|letter| letter["decisions"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(counts, letters.iter().map(|(.., decisions)| decisions.len()).sum::<usize>(), "every made item is read");
    desk
}

/// The answer of a search on a desk; options stand before the question.
#[track_caller]
pub fn ask_at(desk: &Desk, options: &[&str], query: &str) -> Value {
    let mut arguments = vec!["search", "--format", "json", "--no-collapse", "-n", "1000"];
    arguments.extend(options);
    if !query.is_empty() {
        arguments.extend(["--", query]);
    }
    desk.imr(arguments).json()
}
