//! The guidelines a letter may cite: what each is called, and until when it held.
//!
//! The table is `schema/guidelines.toml`, with the names of sections in `schema/guideline_sections.toml`. The reader of guideline lines asks it where a chapter's name ends; facets ask
//! for the one title of a chapter that letters print in a dozen ways; whoever shows a decision asks whether the edition
//! it rests on has been superseded since.

mod names;
mod table;

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use names::{Found, Names, Word, words};
pub use table::{Edition, Guideline, GuidelineTable, TABLE};

/// Who publishes a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// The Medical Treatment Utilization Schedule, the ACOEM chapters it took in included.
    #[serde(rename = "MTUS")]
    Mtus,
    /// The Official Disability Guidelines.
    #[serde(rename = "ODG")]
    Odg,
    /// Guidelines of the American College of Occupational and Environmental Medicine cited as such, outside the schedule.
    #[serde(rename = "ACOEM")]
    Acoem,
    /// Anything else: labels, books, articles, web sites, other guidelines.
    Other,
}

impl Family {
    /// The name a facet shows, also the serialised one.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Mtus => "MTUS",
            Family::Odg => "ODG",
            Family::Acoem => "ACOEM",
            Family::Other => "Other",
        }
    }
}

/// One source that a guideline line names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidelineSource {
    pub family: Family,
    /// The chapter, book or article as printed, without "Chapter", update dates and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The year of the edition; the date of an update is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<u16>,
    /// Sections and pages ("80-82") in the order printed.
    pub sections: Vec<String>,
}

/// The one title of a source, whatever it was printed as: "Hip and Pelvis" and "Hips & Pelvis (Acute & Chronic)" are
/// one chapter. A title the table does not know stays as printed.
///
/// The edition tells namesakes apart ("Low Back 2019" is not "Low Back Complaints").
#[must_use]
pub fn canonical_title(source: &GuidelineSource) -> Option<Cow<'_, str>> {
    let printed = source.title.as_deref()?;
    Some(guideline(source).map_or(Cow::Borrowed(printed), |guideline| Cow::Borrowed(guideline.title.as_str())))
}

/// The title by which a facet counts a source: of a chapter or work the table knows. Other titles are told apart by
/// nothing but their letters, and a list of them would be as long as the corpus.
#[must_use]
pub fn facet_title(source: &GuidelineSource) -> Option<&'static str> {
    match source.family {
        Family::Other => TABLE.work(source.title.as_deref()?),
        _ => guideline(source).map(|guideline| guideline.title.as_str()),
    }
}

/// The day from which the cited edition no longer applied, as far as the table knows; `None` for an edition still in
/// force, one whose end is not known, and everything outside the schedule.
///
/// A chapter cited without an edition means the one in force when the letter was `decided`. Where none was (or the day
/// is unknown) it counts as superseded only if every edition is, and then from the last of these days.
#[must_use]
pub fn superseded(source: &GuidelineSource, decided: Option<Date>) -> Option<Date> {
    if !matches!(source.family, Family::Mtus | Family::Acoem) {
        return None;
    }
    let guideline = TABLE.scheduled(source.title.as_deref()?, source.edition)?;
    let kept = |section: &String| guideline.kept.iter().any(|kept| kept.eq_ignore_ascii_case(section));
    if !source.sections.is_empty() && source.sections.iter().all(kept) {
        return None;
    }
    if let Some(year) = source.edition {
        return guideline.editions.iter().find(|edition| edition.year == year)?.superseded;
    }
    let in_force = decided.and_then(|day| guideline.editions.iter().rfind(|edition| edition.in_force(day)));
    if let Some(edition) = in_force {
        return edition.superseded;
    }
    let ends: Option<Vec<Date>> = guideline.editions.iter().map(|edition| edition.superseded).collect();
    ends?.into_iter().max()
}

/// The table's entry for a source.
fn guideline(source: &GuidelineSource) -> Option<&'static Guideline> {
    let title = source.title.as_deref()?;
    match source.family {
        Family::Mtus => TABLE.scheduled(title, source.edition),
        Family::Acoem => TABLE.college(title).or_else(|| TABLE.scheduled(title, source.edition)),
        Family::Odg => TABLE.disability(title),
        Family::Other => None,
    }
}

#[cfg(test)]
mod tests;
