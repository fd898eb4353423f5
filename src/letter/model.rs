//! What a final determination letter says: the records that every other room passes on.
//!
//! A field that the letter prints is kept as printed (white space folded); what it does not print is absent, never
//! guessed. Serialised, these types are what `imr parse` prints; `schema/letter.schema.json` describes them.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::item::ItemReading;
use crate::reading::conclusion::Conclusion;
use crate::vocabulary::body_parts::Side;
use crate::vocabulary::guidelines::GuidelineSource;

/// One letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The case number, or the file's stem where the letter prints none.
    pub id: String,
    pub case_number: Option<String>,
    pub layout: Layout,
    pub date_assigned: Option<Date>,
    pub date_of_injury: Option<Date>,
    pub decision_date: Option<Date>,
    /// Date of the utilization review denial.
    pub ur_denial_date: Option<Date>,
    pub application_received: Option<Date>,
    /// As printed, in lower case: `standard`, `expedited`.
    pub priority: Option<String>,
    pub reviewer: Reviewer,
    pub documents_reviewed: Option<String>,
    /// The clinical case summary without its stock opening sentence.
    pub summary: Option<String>,
    pub patient: Patient,
    /// Absent only where no decision was found.
    pub outcome: Option<LetterOutcome>,
    pub decisions: Vec<Decision>,
    pub diagnostics: Vec<Diagnostic>,
    pub source: Source,
}

/// Where a letter was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub path: String,
    /// The member's name, where the letter came out of an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// BLAKE3 of the file's bytes, the first 128 bits in hexadecimal.
    pub content_hash: String,
}

/// The layouts letters were printed in, told apart by their headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// 2013, "Notice of Independent Medical Review Determination".
    #[serde(rename = "notice_2013")]
    Notice2013,
    /// 2013, "MEDICAL PROFESSIONAL REVIEW".
    #[serde(rename = "professional_review_2013")]
    ProfessionalReview2013,
    /// Late 2013 and early 2014: sections with documents reviewed, numbered items.
    #[serde(rename = "numbered_2014")]
    Numbered2014,
    /// 2014: three sections, the reviewer's credentials in the first paragraph.
    #[serde(rename = "three_section_2014")]
    ThreeSection2014,
    /// 2015 and after: three sections, the credentials in a block of their own.
    #[serde(rename = "three_section_2015")]
    ThreeSection2015,
    /// None of these headings.
    #[serde(rename = "unknown")]
    Unknown,
}

impl Layout {
    /// The word records and facets use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Layout::Notice2013 => "notice_2013",
            Layout::ProfessionalReview2013 => "professional_review_2013",
            Layout::Numbered2014 => "numbered_2014",
            Layout::ThreeSection2014 => "three_section_2014",
            Layout::ThreeSection2015 => "three_section_2015",
            Layout::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Layout::Notice2013 => "notice of determination (2013)",
            Layout::ProfessionalReview2013 => "medical professional review (2013)",
            Layout::Numbered2014 => "numbered decisions (late 2013 to 2014)",
            Layout::ThreeSection2014 => "three sections (2014)",
            Layout::ThreeSection2015 => "three sections (2015 and after)",
            Layout::Unknown => "unknown",
        })
    }
}

/// The anonymous physician who decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// States of licensure.
    pub licensure: Vec<String>,
    /// Certifications and specialties.
    pub specialties: Vec<String>,
}

/// What the summary says of the injured worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// In years.
    pub age: Option<u8>,
    pub sex: Option<Sex>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Sex::Female => "female",
            Sex::Male => "male",
        }
    }
}

/// How one disputed item was decided: the denial stands, or the treatment must be authorized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Upheld,
    Overturned,
}

impl Outcome {
    /// The word the letter prints, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Upheld => "upheld",
            Outcome::Overturned => "overturned",
        }
    }
}

/// How the whole letter came out, derived from its decisions as the state reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterOutcome {
    Upheld,
    Overturned,
    PartiallyOverturned,
}

impl LetterOutcome {
    /// The outcome of a letter with these decisions; none for a letter without any.
    #[must_use]
    pub fn of(decisions: &[Decision]) -> Option<Self> {
        let overturned = decisions.iter().filter(|decision| decision.outcome == Outcome::Overturned).count();
        match (decisions.len(), overturned) {
            (0, _) => None,
            (_, 0) => Some(LetterOutcome::Upheld),
            (all, some) if all == some => Some(LetterOutcome::Overturned),
            _ => Some(LetterOutcome::PartiallyOverturned),
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            LetterOutcome::Upheld => "upheld",
            LetterOutcome::Overturned => "overturned",
            LetterOutcome::PartiallyOverturned => "partially_overturned",
        }
    }
}

/// One disputed item and what was decided of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// `<letter id>/<ordinal>`, the ordinal from 1.
    pub id: String,
    /// The item as printed, without the outcome.
    pub item: String,
    pub outcome: Outcome,
    /// What the claims administrator based its decision on.
    pub claims_guideline: Option<Guideline>,
    /// What the expert reviewer based the decision on.
    pub reviewer_guideline: Option<Guideline>,
    pub rationale: Option<String>,
    /// What the item and the lines say, in the terms of the tables. Serialised among the printed fields.
    #[serde(flatten)]
    pub derived: Derived,
}

/// What is derived from a decision's printed parts; nothing in it replaces what is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// The item taken apart: what was requested, authorized and is disputed, and how much.
    #[serde(flatten)]
    pub request: ItemReading,
    /// `Top/Sub` of `schema/categories.toml`; absent where no treatment was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Treatments of `schema/treatments.toml`, in the order of the item.
    pub concepts: Vec<String>,
    pub body_parts: Vec<String>,
    pub sides: Vec<Side>,
    /// What the rationale itself concludes; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
    /// Whether that is what the printed outcome says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agrees: Option<bool>,
}

impl Decision {
    /// The decision's place in its letter, from 1: the number after the last slash of its id.
    #[must_use]
    pub fn ordinal(&self) -> u32 {
        self.id.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(u32::MAX)
    }

    /// Whether the decision is about a portion of the printed item: utilization review had modified the request.
    #[must_use]
    pub fn disputes_a_portion(&self) -> bool {
        self.derived.request.disputed != self.item
    }
}

/// One guideline line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guideline {
    /// As printed, without its label.
    pub text: String,
    pub basis: Basis,
    /// The sources it names, in its order.
    pub sources: Vec<GuidelineSource>,
}

/// Which kind of source a guideline line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The Medical Treatment Utilization Schedule.
    Mtus,
    /// Only sources outside it.
    Outside,
    Both,
    /// No medical evidence cited.
    None,
}

impl Basis {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Mtus => "mtus",
            Basis::Outside => "outside",
            Basis::Both => "both",
            Basis::None => "none",
        }
    }
}

/// What was noticed while a letter was read: assumed, missing or odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub code: DiagnosticCode,
    /// In words, without position.
    pub message: String,
    /// 1-based line in the text, where the remark has a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// 1-based page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Byte offset in the decoded text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte: Option<usize>,
}

/// Kinds of diagnostic, for counting and filtering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticCode {
    /// The layout is known from its headings only; this was assumed.
    Assumed,
    /// A part that this layout prints was not found.
    Missing,
    /// Something stands where nothing was expected; it was kept with the part before it.
    Unexpected,
    /// A date or number could not be read.
    Unreadable,
    /// No decision was found.
    NoDecision,
}
