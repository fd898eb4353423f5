//! A letter as index documents, one per decision, and back.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tantivy::schema::{Field, Schema, Value};
use tantivy::{TantivyDocument, TantivyError};

use super::fields::{self, NOT_STATED, day_number};
use super::twins;
use crate::letter::model::{Decision, Guideline, Letter, LetterOutcome, Source};
use crate::reading::conclusion::Conclusion;
use crate::vocabulary::guidelines::{self, Family};

/// What the document store keeps of a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The letter, with this decision only.
    pub letter: Letter,
    /// Other files the same letter was read from; the letter's own `source` is the latest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_sources: Vec<OtherSource>,
}

/// A file that a letter was read from before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherSource {
    #[serde(flatten)]
    pub source: Source,
    /// The file has other content by now. Copies of what it held are known as old, and do not come back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

/// Before the hash of superseded content in the field `content`.
pub const SUPERSEDED: &str = "superseded:";

impl Record {
    /// The decision of this document.
    ///
    /// # Errors
    /// The stored record holds none: the index was not written by this program.
    pub fn decision(&self) -> tantivy::Result<&Decision> {
        self.letter
            .decisions
            .first()
            .ok_or_else(|| TantivyError::InternalError("a stored record without decision".into()))
    }
}

/// The handles of the index fields that code names.
#[derive(Clone, Debug)]
pub struct FieldHandles {
    pub id: Field,
    pub case_number: Field,
    pub content: Field,
    pub record: Field,
    schema: Schema,
}

impl FieldHandles {
    /// Looks the fields up in a schema made from `schema/fields.toml`.
    ///
    /// # Errors
    /// The schema lacks one: it is not ours.
    pub fn of(schema: &Schema) -> tantivy::Result<Self> {
        Ok(Self {
            id: schema.get_field("id")?,
            case_number: schema.get_field("case_number")?,
            content: schema.get_field("content")?,
            record: schema.get_field("record")?,
            schema: schema.clone(),
        })
    }

    /// The handle of a field described in `schema/fields.toml`.
    ///
    /// # Errors
    /// There is no such field.
    pub fn named(&self, name: &str) -> tantivy::Result<Field> {
        self.schema.get_field(name)
    }
}

/// The documents of a letter, one per decision, in order.
///
/// # Errors
/// The record cannot be serialised (it always can, but the library's error is not hidden).
pub fn documents(
    fields: &FieldHandles,
    letter: &Letter,
    other_sources: &[OtherSource],
) -> tantivy::Result<Vec<TantivyDocument>> {
    let mut head = letter.clone();
    let decisions = std::mem::take(&mut head.decisions);
    let mut record = Record { letter: head, other_sources: other_sources.to_vec() };
    decisions
        .into_iter()
        .map(|decision| {
            record.letter.decisions = vec![decision];
            document(fields, &record)
        })
        .collect()
}

fn document(fields: &FieldHandles, record: &Record) -> tantivy::Result<TantivyDocument> {
    let (letter, decision) = (&record.letter, record.decision()?);
    let mut document = Builder { fields, document: TantivyDocument::new() };
    document.text("id", &decision.id)?;
    document.text("case_number", &letter.id)?;
    // A file's name is no text of the letter: only a printed number is searched by words.
    document.optional("case_parts", letter.case_number.as_deref())?;
    document.number("ordinal", Some(u64::from(decision.ordinal())))?;
    document.number("order", Some(order(&letter.id, decision.ordinal())))?;
    let derived = &decision.derived;
    document.text("item", &derived.request.disputed)?;
    // A modified request repeats the treatment's name up to three times; only what is disputed weighs as the item.
    if decision.disputes_a_portion() {
        document.text("request", &decision.item)?;
    }
    document.optional("rationale", decision.rationale.as_deref())?;
    document.optional(
        "reviewer_guideline",
        decision.reviewer_guideline.as_ref().map(|guideline| guideline.text.as_str()),
    )?;
    document
        .optional("claims_guideline", decision.claims_guideline.as_ref().map(|guideline| guideline.text.as_str()))?;
    document.optional("summary", letter.summary.as_deref())?;
    document.optional("documents_reviewed", letter.documents_reviewed.as_deref())?;
    document.text("outcome", decision.outcome.as_str())?;
    document.facet("letter_outcome", letter.outcome.map(LetterOutcome::as_str))?;
    document.facets("specialty", &letter.reviewer.specialties)?;
    document.facets("licensure", &letter.reviewer.licensure)?;
    document.facet("basis", basis(decision.reviewer_guideline.as_ref()))?;
    document.facet("claims_basis", basis(decision.claims_guideline.as_ref()))?;
    document.guideline("guideline", decision.reviewer_guideline.as_ref())?;
    document.guideline("administrator_guideline", decision.claims_guideline.as_ref())?;
    document.facet("edition", edition(decision.reviewer_guideline.as_ref(), letter.decision_date))?;
    let path = |category| fields::describe("category").map_or_else(Vec::new, |field| field.path(category));
    document.paths("category", derived.category.as_deref().map(path).into_iter())?;
    document.facets("treatment", &derived.concepts)?;
    document.facets("body_part", &derived.body_parts)?;
    document.facets("side", &derived.sides.iter().map(|side| side.as_str().to_owned()).collect::<Vec<_>>())?;
    document.facet("conclusion", derived.conclusion.map(Conclusion::as_str))?;
    document.facet("agrees", derived.agrees.map(|agrees| if agrees { "agrees" } else { "disagrees" }))?;
    document.facet("retrospective", Some(if derived.request.retrospective { "yes" } else { "no" }))?;
    document.facet("surgical_adjunct", Some(if derived.request.surgical_adjunct { "yes" } else { "no" }))?;
    document.number("quantity", derived.request.quantity.map(u64::from))?;
    document.facet("quantity_range", derived.request.quantity.map(quantity_range))?;
    document.number("refills", derived.request.refills.map(u64::from))?;
    document.facet("year", letter.decision_date.map(|date| date.year().to_string()).as_deref())?;
    document.facet("priority", letter.priority.as_deref())?;
    document.facet("layout", serde_json::to_value(letter.layout).ok().as_ref().and_then(|layout| layout.as_str()))?;
    document.facet("sex", serde_json::to_value(letter.patient.sex).ok().as_ref().and_then(|sex| sex.as_str()))?;
    document.number("age", letter.patient.age.map(u64::from))?;
    document.date("decided", letter.decision_date)?;
    document.date("assigned", letter.date_assigned)?;
    document.date("injured", letter.date_of_injury)?;
    document.date("denied", letter.ur_denial_date)?;
    document.date("received", letter.application_received)?;
    document.text("content", &letter.source.content_hash)?;
    document.text("path", &letter.source.path)?;
    for other in &record.other_sources {
        let mark = if other.superseded { SUPERSEDED } else { "" };
        document.text("content", &format!("{mark}{}", other.source.content_hash))?;
        document.text("path", &other.source.path)?;
    }
    for part in twins::signature(decision.rationale.as_deref().unwrap_or_default()) {
        document.number("twin_signature", Some(part))?;
    }
    let json = serde_json::to_string(record).map_err(|error| TantivyError::InternalError(error.to_string()))?;
    document.text("record", &json)?;
    Ok(document.document)
}

/// The place of a decision among equally good ones: case numbers of the usual form (`CM16-0213037`) by year and number,
/// then the others in an order of their own that is always the same; decisions of a letter as printed.
#[must_use]
pub fn order(letter_id: &str, ordinal: u32) -> u64 {
    const ORDINAL_BITS: u32 = 12;
    let usual = letter_id.strip_prefix("CM").and_then(|number| number.split_once('-')).filter(|(year, number)| {
        year.len() == 2 && number.len() == 7 && year.bytes().chain(number.bytes()).all(|digit| digit.is_ascii_digit())
    });
    let usual = usual.and_then(|(year, number)| format!("{year}{number}").parse::<u64>().ok());
    let letter = usual.unwrap_or_else(|| {
        // FNV-1a, above all usual numbers.
        let hash = letter_id
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        (1 << 51) | (hash >> (ORDINAL_BITS + 1))
    });
    letter << ORDINAL_BITS | u64::from(ordinal).min((1 << ORDINAL_BITS) - 1)
}

/// Whether the guideline a decision rests on is of an edition that has been superseded since.
fn edition(guideline: Option<&Guideline>, decided: Option<Date>) -> Option<&'static str> {
    let sources = &guideline?.sources;
    let scheduled = sources.iter().any(|source| source.family == Family::Mtus);
    let superseded = sources.iter().any(|source| guidelines::superseded(source, decided).is_some());
    match (superseded, scheduled) {
        (true, _) => Some("superseded"),
        (false, true) => Some("current"),
        (false, false) => None,
    }
}

/// The range a count is in: visits are asked for by six and twelve, tablets by thirty.
fn quantity_range(quantity: u32) -> &'static str {
    match quantity {
        0 => "0",
        1..=6 => "1 to 6",
        7..=12 => "7 to 12",
        13..=30 => "13 to 30",
        31..=60 => "31 to 60",
        61..=90 => "61 to 90",
        91..=120 => "91 to 120",
        _ => "more than 120",
    }
}

fn basis(guideline: Option<&Guideline>) -> Option<&'static str> {
    guideline.map(|guideline| guideline.basis.as_str())
}

/// Adds values under their field's name.
struct Builder<'a> {
    fields: &'a FieldHandles,
    document: TantivyDocument,
}

impl Builder<'_> {
    fn text(&mut self, name: &str, value: &str) -> tantivy::Result<()> {
        self.document.add_text(self.fields.named(name)?, value);
        Ok(())
    }

    fn optional(&mut self, name: &str, value: Option<&str>) -> tantivy::Result<()> {
        value.map_or(Ok(()), |value| self.text(name, value))
    }

    /// A facet's value; a decision without one is counted, and can be chosen, as "not stated".
    fn facet(&mut self, name: &str, value: Option<&str>) -> tantivy::Result<()> {
        self.text(name, value.unwrap_or(NOT_STATED))
    }

    fn facets(&mut self, name: &str, values: &[String]) -> tantivy::Result<()> {
        if values.is_empty() {
            return self.facet(name, None);
        }
        values.iter().try_for_each(|value| self.text(name, value))
    }

    /// Values with levels: each level counts by itself, once (`Injection`, `Injection/Facet`).
    fn paths<'p>(&mut self, name: &str, paths: impl Iterator<Item = Vec<&'p str>>) -> tantivy::Result<()> {
        let separator = fields::describe(name).and_then(|field| field.levels.as_deref()).unwrap_or("/");
        let mut values: Vec<String> = Vec::new();
        for path in paths {
            for depth in 1..=path.len() {
                let value = path[..depth].join(separator);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        self.facets(name, &values)
    }

    /// The sources of a guideline line by family, title and edition.
    fn guideline(&mut self, name: &str, guideline: Option<&Guideline>) -> tantivy::Result<()> {
        let sources = guideline.map_or(&[][..], |guideline| &guideline.sources);
        let owned: Vec<Vec<String>> = sources
            .iter()
            .map(|source| {
                let title = guidelines::facet_title(source).map(str::to_owned);
                let edition = source.edition.filter(|_| title.is_some()).map(|year| year.to_string());
                [Some(source.family.as_str().to_owned()), title, edition].into_iter().flatten().collect()
            })
            .collect();
        self.paths(name, owned.iter().map(|path| path.iter().map(String::as_str).collect()))
    }

    fn number(&mut self, name: &str, value: Option<u64>) -> tantivy::Result<()> {
        if let Some(value) = value {
            self.document.add_u64(self.fields.named(name)?, value);
        }
        Ok(())
    }

    fn date(&mut self, name: &str, date: Option<Date>) -> tantivy::Result<()> {
        self.number(name, date.map(day_number))
    }
}

/// The record of a stored document.
///
/// # Errors
/// The document holds none, or one this version cannot read.
pub fn record(fields: &FieldHandles, document: &TantivyDocument) -> tantivy::Result<Record> {
    let json = document
        .get_first(fields.record)
        .and_then(|value| value.as_str())
        .ok_or_else(|| TantivyError::InternalError("a document without its record".into()))?;
    serde_json::from_str(json)
        .map_err(|error| TantivyError::InternalError(format!("a stored record cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn equals_stand_by_year_number_and_ordinal_and_other_names_last() {
        let places = [
            ("CM13-0000001", 1),
            ("CM13-0000001", 2),
            ("CM13-0000002", 1),
            ("CM16-0000001", 1),
            ("CM24-9999999", 4_000),
        ]
        .map(|(letter, ordinal)| order(letter, ordinal));
        assert!(places.is_sorted_by(|one, other| one < other), "{places:?}");
        for other in ["IMR 13-000004", "a-file", "CM16-12", ""] {
            assert!(order(other, 1) > places[4] && order(other, 1) < order(other, 2), "{other}");
        }
    }
}
