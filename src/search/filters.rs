//! Restrictions by a field's values: facets, dates, numbers, codes. They decide what is found, never how it ranks.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::query::{ExistsQuery, InvertedIndexRangeQuery, RangeQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::matching::Clause;
use super::model::Corrected;
use super::terms::Dictionary;
use crate::index::document::FieldHandles;
use crate::index::fields::{FieldDescription, Kind, NOT_STATED};
use crate::vocabulary::body_parts::BODY_PARTS;
use crate::vocabulary::meaning::meanings;
use crate::vocabulary::treatments::TREATMENTS;
use crate::vocabulary::words::{floor, tokens};

/// Bytes of a value that are compared with those there are.
const LONGEST_VALUE: usize = 256;
/// Years a range of years is spelt out for.
const WIDEST_YEARS: i32 = 300;

/// A clause for one value, word or range of a field that is no text.
///
/// # Errors
/// The index cannot be read.
pub fn value(
    dictionary: &Dictionary,
    field: Field,
    description: &FieldDescription,
    typed: &str,
    corrected: &mut Vec<Corrected>,
) -> tantivy::Result<Clause> {
    let has_ranges = description.name == "year" || description.kind != Kind::Keyword;
    if has_ranges && let Some((lower, upper)) = range_of(typed) {
        let bound = |value: &str| match value {
            "" | "*" => Bound::Unbounded,
            value => Bound::Included(value.to_owned()),
        };
        return Ok(range(field, description, &bound(lower), &bound(upper), corrected));
    }
    match description.kind {
        Kind::Keyword => {
            let values = meant_values(dictionary, field, description, typed, corrected)?;
            Ok(any_value(field, values.iter().map(|value| value.to_lowercase())))
        }
        Kind::Date | Kind::Number if typed.trim().eq_ignore_ascii_case(NOT_STATED) => {
            Ok(Clause::everything_but(exists(field, description)))
        }
        Kind::Date | Kind::Number => {
            let whole = Bound::Included(typed.trim().to_owned());
            Ok(range(field, description, &whole, &whole, corrected))
        }
        Kind::Text | Kind::Stored | Kind::Internal => Ok(Clause::Nothing),
    }
}

/// The values of a keyword field that a person means: the value typed, if decisions have it; else what the tables or the
/// end of a value with levels make of it (`norco`, `lumbar`, `Opioids`).
///
/// # Errors
/// The index cannot be read.
pub fn meant_values(
    dictionary: &Dictionary,
    field: Field,
    description: &FieldDescription,
    typed: &str,
    corrected: &mut Vec<Corrected>,
) -> tantivy::Result<Vec<String>> {
    let typed = typed.trim();
    let occurs = |value: &str| -> tantivy::Result<bool> { Ok(dictionary.frequency(field, &value.to_lowercase())? > 0) };
    if !description.facet || occurs(typed)? {
        return Ok(vec![typed.to_owned()]);
    }
    let mut meant: Vec<String> = Vec::new();
    for value in by_the_tables(&description.name, typed) {
        if occurs(value)? && !meant.iter().any(|known| known == value) {
            meant.push(value.to_owned());
        }
    }
    if meant.is_empty() {
        let known = values_of(dictionary.searcher(), description)?;
        if description.levels.is_some() {
            let ends_so =
                |value: &&String| description.path(value).last().is_some_and(|last| last.eq_ignore_ascii_case(typed));
            meant.extend(known.iter().filter(ends_so).cloned());
        }
        if meant.is_empty() {
            corrected.push(unknown_value(description, typed, known));
            return Ok(vec![typed.to_owned()]);
        }
    }
    let message = format!("{} `{typed}` was taken as {}", description.name.replace('_', " "), quoted(&meant));
    corrected.push(Corrected::remark(message));
    Ok(meant)
}

fn quoted(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ")
}

/// What the tables call what a person typed.
fn by_the_tables(field: &str, typed: &str) -> Vec<&'static str> {
    let meanings = || meanings(&tokens(typed)).into_iter();
    match field {
        "treatment" => {
            let meant: Vec<&str> = meanings().flat_map(|meaning| meaning.treatments).collect();
            if meant.is_empty() { TREATMENTS.called(typed) } else { meant }
        }
        "body_part" => BODY_PARTS.find(&tokens(&typed[..floor(typed, LONGEST_VALUE)])).0,
        "category" => meanings().filter_map(|meaning| meaning.category).collect(),
        _ => Vec::new(),
    }
}

/// The two ends of a range as people write it: `2016..2017`, `2016..`, `..2017`, `2016..=2017`, and of years `2016-2017`.
#[must_use]
pub fn range_of(typed: &str) -> Option<(&str, &str)> {
    let typed = typed.trim();
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (lower, upper) = typed
        .split_once("..")
        .or_else(|| typed.split_once('-').filter(|(lower, upper)| is_year(lower) && is_year(upper)))?;
    Some((lower.trim(), upper.trim_start_matches('=').trim()))
}

/// A clause for a range of values.
#[must_use]
pub fn range(
    field: Field,
    description: &FieldDescription,
    lower: &Bound<String>,
    upper: &Bound<String>,
    corrected: &mut Vec<Corrected>,
) -> Clause {
    match description.kind {
        Kind::Date | Kind::Number => {
            let read = if description.kind == Kind::Date { day_bound } else { number_bound };
            let bound = |bound: &Bound<String>, end| match bound {
                Bound::Unbounded => Some(Bound::Unbounded),
                Bound::Included(typed) => read(typed, end).map(Bound::Included),
                // Excluded bounds of a whole year or month exclude all of it.
                Bound::Excluded(typed) => read(typed, end.other()).map(Bound::Excluded),
            };
            let (Some(low), Some(high)) = (bound(lower, End::First), bound(upper, End::Last)) else {
                corrected.push(unreadable(description, lower, upper));
                return Clause::Nothing;
            };
            if let (Bound::Included(from), Bound::Included(to)) = (&low, &high)
                && from > to
            {
                let message = format!("the range of `{}` ends before it begins and finds nothing", description.name);
                corrected.push(Corrected::remark(message));
            }
            let term = |bound: Bound<u64>| bound.map(|value| Term::from_field_u64(field, value));
            if matches!((&low, &high), (Bound::Unbounded, Bound::Unbounded)) {
                return exists(field, description);
            }
            Clause::Engine(Arc::new(RangeQuery::new(term(low), term(high))))
        }
        Kind::Keyword if description.name == "year" => years(field, lower, upper, corrected, description),
        Kind::Keyword => {
            let term =
                |bound: &Bound<String>| bound.as_ref().map(|value| Term::from_field_text(field, &value.to_lowercase()));
            if matches!((lower, upper), (Bound::Unbounded, Bound::Unbounded)) {
                return exists(field, description);
            }
            Clause::Engine(Arc::new(InvertedIndexRangeQuery::new(term(lower), term(upper))))
        }
        Kind::Text | Kind::Stored | Kind::Internal => {
            corrected.push(Corrected::remark(format!(
                "`{}` holds words; a range of them means nothing and finds nothing",
                description.name
            )));
            Clause::Nothing
        }
    }
}

/// A clause for decisions that have any value of a field.
#[must_use]
pub fn exists(field: Field, description: &FieldDescription) -> Clause {
    match description.kind {
        Kind::Keyword if description.facet => Clause::everything_but(Clause::term(field, NOT_STATED)),
        Kind::Date | Kind::Number => Clause::Engine(Arc::new(ExistsQuery::new(description.name.clone(), false))),
        // Every decision has an id, a letter and an item; other texts are looked for by any word in them.
        _ => Clause::Everything,
    }
}

/// Filters by the values of one field: any of them. Gives the values it took them for as well.
///
/// # Errors
/// The index cannot be read.
pub fn any_of(
    dictionary: &Dictionary,
    handles: &FieldHandles,
    description: &FieldDescription,
    values: &[String],
    corrected: &mut Vec<Corrected>,
) -> tantivy::Result<(Clause, Vec<String>)> {
    let field = handles.named(&description.name)?;
    let (mut taken, mut clauses) = (Vec::new(), Vec::new());
    for typed in values {
        let is_range = range_of(typed).is_some() && description.name == "year";
        if description.kind != Kind::Keyword || is_range {
            clauses.push(value(dictionary, field, description, typed, corrected)?);
            taken.push(typed.clone());
            continue;
        }
        for meant in meant_values(dictionary, field, description, typed, corrected)? {
            // What a value was taken for has been said.
            clauses.push(value(dictionary, field, description, &meant, &mut Vec::new())?);
            taken.push(meant);
        }
    }
    Ok((Clause::any(clauses), taken))
}

/// Any of some values of a keyword field, in lower case.
fn any_value(field: Field, values: impl Iterator<Item = String>) -> Clause {
    Clause::any(values.map(|value| Clause::term(field, &value)).collect()).silent()
}

fn years(
    field: Field,
    lower: &Bound<String>,
    upper: &Bound<String>,
    corrected: &mut Vec<Corrected>,
    description: &FieldDescription,
) -> Clause {
    let year = |bound: &Bound<String>, open: i32, step: i32| match bound {
        Bound::Unbounded => Some(open),
        Bound::Included(typed) => typed.trim().parse().ok(),
        Bound::Excluded(typed) => typed.trim().parse::<i32>().ok().map(|year| year + step),
    };
    let (Some(from), Some(to)) = (year(lower, 1990, 1), year(upper, 2100, -1)) else {
        corrected.push(unreadable(description, lower, upper));
        return Clause::Nothing;
    };
    any_value(field, (from..=to.min(from.saturating_add(WIDEST_YEARS))).map(|year| year.to_string()))
}

fn unreadable(description: &FieldDescription, lower: &Bound<String>, upper: &Bound<String>) -> Corrected {
    let shown = |bound: &Bound<String>| match bound {
        Bound::Unbounded => "*".to_owned(),
        Bound::Included(value) | Bound::Excluded(value) => value.clone(),
    };
    let kind = if description.kind == Kind::Number { "a whole number" } else { "a date (2016-11-09, 2016-11 or 2016)" };
    let (lower, upper) = (shown(lower), shown(upper));
    let typed = if lower == upper { format!("`{lower}`") } else { format!("`{lower}` to `{upper}`") };
    Corrected::remark(format!("`{}` takes {kind}; {typed} could not be read and finds nothing", description.name))
}

/// All values of a facet.
fn values_of(searcher: &Searcher, description: &FieldDescription) -> tantivy::Result<Vec<String>> {
    let mut values: Vec<String> = Vec::new();
    for segment in searcher.segment_readers() {
        let Some(column) = segment.fast_fields().str(&description.name)? else { continue };
        let mut terms = column.dictionary().stream()?;
        while terms.advance() {
            values.push(String::from_utf8_lossy(terms.key()).into_owned());
        }
    }
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

/// A facet value that no decision has, with the nearest that some have.
fn unknown_value(description: &FieldDescription, typed: &str, known: Vec<String>) -> Corrected {
    let typed = &typed[..floor(typed, LONGEST_VALUE)];
    let typed_lower = typed.to_lowercase();
    // One or two slips first, then values that hold what was typed (`back`: `low back` rather than `neck`).
    let mut near: Vec<(bool, usize, String)> = known
        .into_iter()
        .map(|value| {
            let distance = distance(&typed_lower, &value.to_lowercase());
            let is_slip = distance * 4 <= typed_lower.chars().count();
            (!is_slip && !value.to_lowercase().contains(&typed_lower), distance, value)
        })
        .filter(|(is_other, distance, value)| !is_other || *distance * 2 <= value.chars().count())
        .collect();
    near.sort();
    let did_you_mean: Vec<String> = near.into_iter().take(3).map(|(_, _, value)| value).collect();
    let suggestion = did_you_mean.first().map_or(String::new(), |first| format!("; did you mean `{first}`?"));
    let message = format!("no decision has the {} `{typed}`{suggestion}", description.name.replace('_', " "));
    Corrected { message, typed: Some(typed.to_owned()), did_you_mean, searched_instead: false }
}

/// Levenshtein distance in characters.
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], place + 1);
        for (column, other_letter) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != *other_letter);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// Which end of a year or month a bound means.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

impl End {
    fn other(self) -> Self {
        match self {
            End::First => End::Last,
            End::Last => End::First,
        }
    }
}

/// The day number of `2016`, `2016-11`, `2016-11-09` or `11/9/2016`; a year or month means its first or last day.
fn day_bound(typed: &str, end: End) -> Option<u64> {
    let typed = typed.trim();
    if let Some((Ok(date), read)) = crate::letter::dates::date_at(typed) {
        return (read == typed.len()).then(|| crate::index::fields::day_number(date));
    }
    let mut parts = typed.split('-');
    let year: u64 = parts.next()?.parse().ok().filter(|year| (1900..=2100).contains(year))?;
    let month: Option<u64> = parts.next().map(str::parse).transpose().ok()?;
    if parts.next().is_some() || month.is_some_and(|month| !(1..=12).contains(&month)) {
        return None;
    }
    let (first, last) = match month {
        Some(month) => (month * 100, month * 100 + 99),
        None => (0, 9999),
    };
    Some(
        year * 10_000
            + match end {
                End::First => first,
                End::Last => last,
            },
    )
}

fn number_bound(typed: &str, _: End) -> Option<u64> {
    typed.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_or_month_means_all_its_days() {
        for (typed, first, last) in [
            ("2016", Some(20_160_000), Some(20_169_999)),
            ("2016-11", Some(20_161_100), Some(20_161_199)),
            ("2016-11-09", Some(20_161_109), Some(20_161_109)),
            ("11/9/2016", Some(20_161_109), Some(20_161_109)),
            ("2016-13", None, None),
            ("soon", None, None),
        ] {
            assert_eq!(day_bound(typed, End::First), first, "{typed}");
            assert_eq!(day_bound(typed, End::Last), last, "{typed}");
        }
    }

    #[test]
    fn distances_count_slips() {
        assert_eq!(distance("pain managment", "pain management"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
