//! A letter as index documents, one per decision, and back.

use jiff::civil::Date;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use tantivy::schema::{Field, Schema, Value};
use tantivy::{TantivyDocument, TantivyError};

use super::fields::{self, NOT_STATED, day_number};
use super::twins;
use crate::letter::model::{Decision, Guideline, Letter, LetterOutcome, Sex, Source};
use crate::reading::conclusion::Conclusion;
use crate::vocabulary::guidelines::{self, Family};
use crate::vocabulary::push_new;

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

/// Declares the handles of the fields, each under its name in `schema/fields.toml`, so that no value looks its field up.
macro_rules! field_handles {
    ($($name:ident),+ $(,)?) => {
        /// The handles of the index fields.
        #[derive(Clone, Debug)]
        pub struct FieldHandles {
            $(pub $name: Field,)+
            schema: Schema,
        }

        impl FieldHandles {
            /// Looks the fields up in a schema made from `schema/fields.toml`.
            ///
            /// # Errors
            /// The schema lacks one: it is not ours.
            pub fn of(schema: &Schema) -> tantivy::Result<Self> {
                Ok(Self { $($name: schema.get_field(stringify!($name))?,)+ schema: schema.clone() })
            }
        }
    };
}

field_handles!(
    id,
    case_number,
    case_parts,
    ordinal,
    order,
    item,
    request,
    rationale,
    reviewer_guideline,
    claims_guideline,
    summary,
    documents_reviewed,
    outcome,
    letter_outcome,
    specialty,
    licensure,
    basis,
    claims_basis,
    category,
    treatment,
    body_part,
    side,
    guideline,
    administrator_guideline,
    edition,
    conclusion,
    agrees,
    retrospective,
    surgical_adjunct,
    quantity,
    quantity_range,
    refills,
    year,
    priority,
    layout,
    sex,
    age,
    decided,
    assigned,
    injured,
    denied,
    received,
    content,
    path,
    twin_signature,
    record,
);

impl FieldHandles {
    /// The handle of a field described in `schema/fields.toml`.
    ///
    /// # Errors
    /// There is no such field.
    pub fn named(&self, name: &str) -> tantivy::Result<Field> {
        self.schema.get_field(name)
    }
}

/// The documents of a letter, one per decision, in order. The letter is left as it was.
///
/// # Errors
/// The record cannot be serialised (it always can, but the library's error is not hidden).
pub fn documents(
    fields: &FieldHandles,
    letter: &mut Letter,
    other_sources: &[OtherSource],
) -> tantivy::Result<Vec<TantivyDocument>> {
    // Each record holds the letter with one decision: what surrounds the decisions is written once, without them.
    let decisions = std::mem::take(&mut letter.decisions);
    let documents = Frame::of(letter, other_sources).and_then(|frame| {
        let document = |decision| Ok(document(fields, letter, decision, other_sources, &frame.around(decision)?));
        decisions.iter().map(document).collect()
    });
    letter.decisions = decisions;
    documents
}

/// The JSON of a [`Record`] before and after its decision.
struct Frame {
    before: String,
    after: String,
}

impl Frame {
    /// Of a letter without decisions.
    fn of(letter: &Letter, other_sources: &[OtherSource]) -> tantivy::Result<Self> {
        /// [`Record`], borrowed.
        #[derive(Serialize)]
        struct Borrowed<'a> {
            letter: &'a Letter,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            other_sources: &'a [OtherSource],
        }
        // No text of the letter can look like this key: a quotation mark inside a text is escaped.
        const NO_DECISIONS: &str = "\"decisions\":[]";
        let mut before = json(&Borrowed { letter, other_sources })?;
        let list = memmem::find(before.as_bytes(), NO_DECISIONS.as_bytes())
            .ok_or_else(|| TantivyError::InternalError("a letter is stored without its decisions".into()))?;
        let after = before.split_off(list + NO_DECISIONS.len() - 1);
        Ok(Self { before, after })
    }

    fn around(&self, decision: &Decision) -> tantivy::Result<String> {
        Ok([self.before.as_str(), &json(decision)?, &self.after].concat())
    }
}

fn json(value: &impl Serialize) -> tantivy::Result<String> {
    serde_json::to_string(value).map_err(|error| TantivyError::InternalError(error.to_string()))
}

fn document(
    fields: &FieldHandles,
    letter: &Letter,
    decision: &Decision,
    other_sources: &[OtherSource],
    record: &str,
) -> TantivyDocument {
    // The texts stand in a document as fields and once more in the record.
    let mut document = Builder { document: TantivyDocument::with_capacity(2 * record.len()) };
    document.text(fields.id, &decision.id);
    document.text(fields.case_number, &letter.id);
    // A file's name is no text of the letter: only a printed number is searched by words.
    document.optional(fields.case_parts, letter.case_number.as_deref());
    document.number(fields.ordinal, Some(u64::from(decision.ordinal())));
    document.number(fields.order, Some(order(&letter.id, decision.ordinal())));
    let derived = &decision.derived;
    document.text(fields.item, &derived.request.disputed);
    // A modified request repeats the treatment's name up to three times; only what is disputed weighs as the item.
    if decision.disputes_a_portion() {
        document.text(fields.request, &decision.item);
    }
    let (claims, reviewer) = (decision.claims_guideline.as_ref(), decision.reviewer_guideline.as_ref());
    document.optional(fields.rationale, decision.rationale.as_deref());
    document.optional(fields.reviewer_guideline, reviewer.map(|guideline| guideline.text.as_str()));
    document.optional(fields.claims_guideline, claims.map(|guideline| guideline.text.as_str()));
    document.optional(fields.summary, letter.summary.as_deref());
    document.optional(fields.documents_reviewed, letter.documents_reviewed.as_deref());
    document.text(fields.outcome, decision.outcome.as_str());
    document.facet(fields.letter_outcome, letter.outcome.map(LetterOutcome::as_str));
    document.facets(fields.specialty, &letter.reviewer.specialties);
    document.facets(fields.licensure, &letter.reviewer.licensure);
    document.facet(fields.basis, basis(reviewer));
    document.facet(fields.claims_basis, basis(claims));
    document.guideline(fields.guideline, reviewer);
    document.guideline(fields.administrator_guideline, claims);
    document.facet(fields.edition, edition(reviewer, letter.decision_date));
    let path = |category| fields::description(fields.category).path(category);
    document.paths(fields.category, derived.category.as_deref().map(path).into_iter());
    document.facets(fields.treatment, &derived.concepts);
    document.facets(fields.body_part, &derived.body_parts);
    document.facets(fields.side, &derived.sides.iter().map(|side| side.as_str()).collect::<Vec<_>>());
    document.facet(fields.conclusion, derived.conclusion.map(Conclusion::as_str));
    document.facet(fields.agrees, derived.agrees.map(|agrees| if agrees { "agrees" } else { "disagrees" }));
    document.facet(fields.retrospective, Some(if derived.request.retrospective { "yes" } else { "no" }));
    document.facet(fields.surgical_adjunct, Some(if derived.request.surgical_adjunct { "yes" } else { "no" }));
    document.number(fields.quantity, derived.request.quantity.map(u64::from));
    document.facet(fields.quantity_range, derived.request.quantity.map(quantity_range));
    document.number(fields.refills, derived.request.refills.map(u64::from));
    document.facet(fields.year, letter.decision_date.map(|date| date.year().to_string()).as_deref());
    document.facet(fields.priority, letter.priority.as_deref());
    document.facet(fields.layout, Some(letter.layout.as_str()));
    document.facet(fields.sex, letter.patient.sex.map(Sex::as_str));
    document.number(fields.age, letter.patient.age.map(u64::from));
    document.date(fields.decided, letter.decision_date);
    document.date(fields.assigned, letter.date_assigned);
    document.date(fields.injured, letter.date_of_injury);
    document.date(fields.denied, letter.ur_denial_date);
    document.date(fields.received, letter.application_received);
    document.text(fields.content, &letter.source.content_hash);
    document.text(fields.path, &letter.source.path);
    for other in other_sources {
        let mark = if other.superseded { SUPERSEDED } else { "" };
        document.text(fields.content, &format!("{mark}{}", other.source.content_hash));
        document.text(fields.path, &other.source.path);
    }
    for part in twins::signature(decision.rationale.as_deref().unwrap_or_default()) {
        document.number(fields.twin_signature, Some(part));
    }
    document.text(fields.record, record);
    document.document
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

/// Adds values to a document.
struct Builder {
    document: TantivyDocument,
}

impl Builder {
    fn text(&mut self, field: Field, value: &str) {
        self.document.add_text(field, value);
    }

    fn optional(&mut self, field: Field, value: Option<&str>) {
        if let Some(value) = value {
            self.text(field, value);
        }
    }

    /// A facet's value; a decision without one is counted, and can be chosen, as "not stated".
    fn facet(&mut self, field: Field, value: Option<&str>) {
        self.text(field, value.unwrap_or(NOT_STATED));
    }

    fn facets(&mut self, field: Field, values: &[impl AsRef<str>]) {
        if values.is_empty() {
            self.facet(field, None);
        }
        for value in values {
            self.text(field, value.as_ref());
        }
    }

    /// Values with levels: each level counts by itself, once (`Injection`, `Injection/Facet`).
    fn paths<'p>(&mut self, field: Field, paths: impl Iterator<Item = Vec<&'p str>>) {
        let separator = fields::description(field).levels.as_deref().unwrap_or("/");
        let mut values: Vec<String> = Vec::new();
        for path in paths {
            for depth in 1..=path.len() {
                push_new(&mut values, path[..depth].join(separator));
            }
        }
        self.facets(field, &values);
    }

    /// The sources of a guideline line by family, title and edition.
    fn guideline(&mut self, field: Field, guideline: Option<&Guideline>) {
        let sources = guideline.map_or(&[][..], |guideline| &guideline.sources);
        let years: Vec<Option<String>> =
            sources.iter().map(|source| source.edition.map(|year| year.to_string())).collect();
        let paths = sources.iter().zip(&years).map(|(source, year)| {
            let title = guidelines::facet_title(source);
            let edition = title.and(year.as_deref());
            [Some(source.family.as_str()), title, edition].into_iter().flatten().collect()
        });
        self.paths(field, paths);
    }

    fn number(&mut self, field: Field, value: Option<u64>) {
        if let Some(value) = value {
            self.document.add_u64(field, value);
        }
    }

    fn date(&mut self, field: Field, date: Option<Date>) {
        self.number(field, date.map(day_number));
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
