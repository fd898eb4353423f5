//! The table of guidelines as it is kept in `schema/guidelines.toml` and `schema/guideline_sections.toml`.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::names::{Names, words};

/// The table, read once.
pub static TABLE: LazyLock<GuidelineTable> =
    LazyLock::new(|| GuidelineTable::new(packed!("guidelines"), &packed!("guideline_sections")));

/// One chapter or guideline.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// The one title facets show.
    pub title: String,
    /// Its number in ACOEM's second edition.
    pub chapter: Option<u8>,
    /// What else it is printed as.
    #[serde(default)]
    pub names: Vec<String>,
    /// In the order they applied.
    #[serde(default)]
    pub editions: Vec<Edition>,
    /// Sections that outlived the edition they are cited from.
    #[serde(default)]
    pub kept: Vec<String>,
}

/// One edition of a guideline in the schedule.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    pub year: u16,
    /// First day it applied.
    pub from: Option<Date>,
    /// First day it applied no longer.
    pub superseded: Option<Date>,
}

impl Edition {
    /// Whether the edition is known to have applied on that day.
    #[must_use]
    pub fn in_force(&self, day: Date) -> bool {
        self.from.is_some_and(|from| from <= day) && self.superseded.is_none_or(|end| day < end)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    formulary_from: Date,
    mtus: Vec<Guideline>,
    acoem: Vec<Guideline>,
    odg: Vec<Guideline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    sections: Sections,
    works: Works,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    with_commas: Vec<String>,
    plain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Works {
    names: Vec<String>,
}

/// The guidelines and their names.
#[derive(Debug)]
pub struct GuidelineTable {
    /// First day of the MTUS drug formulary.
    pub formulary_from: Date,
    mtus: Vec<Guideline>,
    acoem: Vec<Guideline>,
    odg: Vec<Guideline>,
    /// Names of the schedule's chapters; the number is the chapter's place in the table.
    pub mtus_names: Names,
    /// Names of ACOEM's chapters outside the schedule.
    pub acoem_names: Names,
    pub odg_names: Names,
    /// Section names that hold a comma.
    pub comma_sections: Names,
    /// All other known section names.
    pub plain_sections: Names,
    /// Works outside the three families.
    pub works: Names,
    /// Their names as listed.
    work_titles: Vec<String>,
}

impl GuidelineTable {
    fn new(entries: Entries, listed: &Listed) -> Self {
        let list = |names: &[String]| Names::new(names.iter().map(|name| (name.as_str(), 0)));
        Self {
            formulary_from: entries.formulary_from,
            mtus_names: named(&entries.mtus),
            acoem_names: named(&entries.acoem),
            odg_names: named(&entries.odg),
            comma_sections: list(&listed.sections.with_commas),
            plain_sections: list(&listed.sections.plain),
            works: Names::new(listed.works.names.iter().enumerate().map(|(place, name)| (name.as_str(), place))),
            work_titles: listed.works.names.clone(),
            mtus: entries.mtus,
            acoem: entries.acoem,
            odg: entries.odg,
        }
    }

    /// The chapters of the schedule, past and present.
    #[must_use]
    pub fn schedule(&self) -> &[Guideline] {
        &self.mtus
    }

    /// The chapter of the schedule with this title; of namesakes the one that has the edition.
    #[must_use]
    pub fn scheduled(&self, title: &str, edition: Option<u16>) -> Option<&Guideline> {
        if let Some(number) = chapter_number(title) {
            return self.mtus.iter().find(|guideline| guideline.chapter == Some(number));
        }
        let named = Self::entry(&self.mtus, &self.mtus_names, title);
        let has = |guideline: &&Guideline| guideline.editions.iter().any(|known| Some(known.year) == edition);
        if edition.is_none() || named.is_some_and(|guideline| has(&guideline)) {
            return named;
        }
        // "Low Back 2019", "Elbow Disorders (Revised 2007)": another name of the same part of the body has that edition.
        let part = title.trim_end_matches(" Disorders").trim_end_matches(" Complaints");
        let namesakes = ["Disorders", "Complaints"].map(|kind| format!("{part} {kind}"));
        namesakes.iter().find_map(|name| Self::entry(&self.mtus, &self.mtus_names, name).filter(has)).or(named)
    }

    /// ACOEM's chapter with this title, where the schedule has none.
    #[must_use]
    pub fn college(&self, title: &str) -> Option<&Guideline> {
        match chapter_number(title) {
            Some(number) => self.acoem.iter().find(|guideline| guideline.chapter == Some(number)),
            None => Self::entry(&self.acoem, &self.acoem_names, title),
        }
    }

    /// The chapter of the Official Disability Guidelines with this title.
    #[must_use]
    pub fn disability(&self, title: &str) -> Option<&Guideline> {
        Self::entry(&self.odg, &self.odg_names, title)
    }

    /// The known work that a title names, by its listed name.
    #[must_use]
    pub fn work(&self, title: &str) -> Option<&str> {
        let words = words(title);
        let found = (0..words.len()).find_map(|from| self.works.at(title, &words, from))?;
        self.work_titles.get(found.entry).map(String::as_str)
    }

    fn entry<'table>(from: &'table [Guideline], names: &Names, title: &str) -> Option<&'table Guideline> {
        from.get(names.whole(title)?)
    }
}

fn named(guidelines: &[Guideline]) -> Names {
    Names::new(guidelines.iter().enumerate().flat_map(|(place, guideline)| {
        std::iter::once(&guideline.title).chain(&guideline.names).map(move |name| (name.as_str(), place))
    }))
}

/// The number in a title that is nothing but one: "ACOEM Chapter 12", "Chapter 7".
fn chapter_number(title: &str) -> Option<u8> {
    if !title.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let words = words(title);
    let mut rest = words.iter().map(|word| word.text.as_str()).skip_while(|word| *word == "acoem");
    match (rest.next(), rest.next().map(str::parse), rest.next()) {
        (Some("chapter"), Some(Ok(number)), None) => Some(number),
        _ => None,
    }
}
