//! The fields of the index, read from `schema/fields.toml`: the one description of them.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

/// Name under which the analysis of text fields is registered with tantivy.
pub const TEXT_ANALYSIS: &str = "letter";

/// Name of the analysis of keywords: the whole value, in lower case.
pub const KEYWORD_ANALYSIS: &str = "keyword";

/// What a decision without a value counts as in a facet.
pub const NOT_STATED: &str = "not stated";

/// The descriptions, in the order of the file.
#[expect(clippy::expect_used, reason = "the file is compiled in, and every test that opens an index reads it")]
pub static FIELDS: LazyLock<Vec<FieldDescription>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        field: Vec<FieldDescription>,
    }
    let file: File = toml::from_str(include_str!("../../schema/fields.toml")).expect("schema/fields.toml is valid");
    file.field
});

/// One field, as `schema/fields.toml` describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDescription {
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    pub kind: Kind,
    /// Weight of a match by free words; zero: free words do not search it.
    #[serde(default)]
    pub boost: f32,
    #[serde(default)]
    pub stored: bool,
    #[serde(default)]
    pub facet: bool,
    /// What stands between the levels of a value, where a facet has levels (`Injection/Facet`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<String>,
    /// How many levels a value has at most: what would divide it further belongs to its last name (`EMG/NCV`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<usize>,
    /// The text in which a word is looked for that a query asks of this field and that is none of its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_in: Option<String>,
    pub description: String,
}

impl FieldDescription {
    /// Whether `typed` names this field; case does not matter.
    #[must_use]
    pub fn answers_to(&self, typed: &str) -> bool {
        self.name.eq_ignore_ascii_case(typed) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(typed))
    }

    /// The names of a value's levels, the highest first: itself, where the field has no levels.
    #[must_use]
    pub fn path<'v>(&self, value: &'v str) -> Vec<&'v str> {
        match &self.levels {
            Some(separator) => value.splitn(self.depth.unwrap_or(usize::MAX), separator.as_str()).collect(),
            None => vec![value],
        }
    }

    /// Whether a person can search or filter by it.
    #[must_use]
    pub fn is_queryable(&self) -> bool {
        !matches!(self.kind, Kind::Stored | Kind::Internal)
    }
}

/// How a field is indexed; see the head of `schema/fields.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Text,
    Keyword,
    Date,
    Number,
    Stored,
    Internal,
}

/// The description of the field a person means by `typed`.
#[must_use]
pub fn describe(typed: &str) -> Option<&'static FieldDescription> {
    FIELDS.iter().find(|field| field.answers_to(typed))
}

/// The description of a field of [`schema`], whose handles count in the order of the file.
#[must_use]
pub fn description(field: Field) -> &'static FieldDescription {
    &FIELDS[field.field_id() as usize]
}

/// The tantivy schema that the descriptions ask for.
#[must_use]
pub fn schema() -> Schema {
    let mut builder = Schema::builder();
    for field in FIELDS.iter() {
        add(&mut builder, field);
    }
    builder.build()
}

fn add(builder: &mut SchemaBuilder, field: &FieldDescription) -> Field {
    match field.kind {
        Kind::Text => {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(TEXT_ANALYSIS)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            let options = TextOptions::default().set_indexing_options(indexing);
            builder.add_text_field(&field.name, if field.stored { options | STORED } else { options })
        }
        Kind::Keyword => {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(KEYWORD_ANALYSIS)
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic);
            let options = TextOptions::default().set_indexing_options(indexing);
            // Facets are counted from a column, and `imr check` compares letters' ids; other keywords are only looked up.
            let fast = field.facet || field.name == "case_number";
            builder.add_text_field(&field.name, if fast { options.set_fast("raw") } else { options })
        }
        Kind::Date | Kind::Number => builder.add_u64_field(&field.name, INDEXED | FAST),
        Kind::Internal => builder.add_u64_field(&field.name, FAST),
        Kind::Stored => builder.add_text_field(&field.name, STORED),
    }
}

/// A day as the index keeps it: `20161109`, so that order and ranges are those of the calendar.
#[must_use]
pub fn day_number(date: jiff::civil::Date) -> u64 {
    let (year, month, day) = (date.year(), date.month(), date.day());
    u64::from(year.unsigned_abs()) * 10_000 + u64::from(month.unsigned_abs()) * 100 + u64::from(day.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_names_one_field() {
        let mut names: Vec<&str> = FIELDS
            .iter()
            .flat_map(|field| std::iter::once(&field.name).chain(&field.aliases))
            .map(String::as_str)
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(describe("Case").map(|field| field.name.as_str()), Some("case_number"));
        assert!(describe("nonsense").is_none());
    }

    #[test]
    fn the_schema_has_every_described_field_and_stores_the_record_only() {
        let schema = schema();
        assert_eq!(schema.fields().count(), FIELDS.len());
        let stored: Vec<&str> =
            schema.fields().filter(|(_, entry)| entry.is_stored()).map(|(_, entry)| entry.name()).collect();
        assert_eq!(stored, ["record"]);
        assert!(schema.fields().all(|(field, entry)| description(field).name == entry.name()));
    }

    #[test]
    fn only_text_is_searched_by_free_words_and_only_keywords_are_facets() {
        for field in FIELDS.iter() {
            assert!(field.boost == 0.0 || field.kind == Kind::Text, "{}", field.name);
            assert!(!field.facet || field.kind == Kind::Keyword, "{}", field.name);
            assert!(!field.description.is_empty() && !field.description.ends_with('.'), "{}", field.name);
        }
    }
}
