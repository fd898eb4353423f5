//! `imr explain`: what an item, a guideline line or a query is taken for, and by which rule.

use std::io::{self, Write};

use serde::Serialize;

use super::End;
use super::output::{BOLD, DIM, harmless_json, plain};
use crate::letter::citation;
use crate::letter::derived::resolution;
use crate::letter::item::{self, ItemReading};
use crate::letter::model::Guideline;
use crate::vocabulary::body_parts::Side;
use crate::vocabulary::guidelines::{canonical_title, superseded};
use crate::vocabulary::meaning::{Meaning, meanings};
use crate::vocabulary::resolve::explained;
use crate::vocabulary::words::tokens;

/// Show what an item or a guideline line is taken for, and by which rule
///
/// For everyone who wonders why a decision stands under a category, and for those who extend the tables in `schema/`.
///
///   imr explain "Norco 10/325mg #60"
///   imr explain "Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies."
///   imr explain --as query "hydrocodone for low back pain"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// An item as a letter prints it, a guideline line, or the words of a query
    #[arg(value_name = "ITEM", required = true)]
    words: Vec<String>,

    /// What it is; without it a line that names a decision's basis is a guideline, everything else an item
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<Kind>,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// The disputed item or service
    Item,
    /// "Decision based on MTUS …"
    Guideline,
    /// Words typed into a search
    Query,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    Json,
}

/// What an item was taken for.
#[derive(Serialize)]
struct ExplainedItem<'a> {
    #[serde(flatten)]
    read: &'a ItemReading,
    category: Option<&'static str>,
    category_rule: Option<&'static str>,
    concepts: Vec<&'static str>,
    body_parts: Vec<&'static str>,
    sides: Vec<Side>,
    names: Vec<ExplainedName>,
}

/// A name found in an item.
#[derive(Serialize)]
struct ExplainedName {
    text: String,
    concepts: Vec<&'static str>,
    category: &'static str,
    rule: &'static str,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<End> {
    let text = arguments.words.join(" ");
    let mut out = anstream::stdout();
    let kind = arguments.kind.unwrap_or(if is_guideline(&text) { Kind::Guideline } else { Kind::Item });
    let found = match (kind, arguments.format) {
        (Kind::Item, format) => explain_item(&mut out, &text, format)?,
        (Kind::Guideline, format) => explain_guideline(&mut out, &text, format)?,
        (Kind::Query, format) => explain_query(&mut out, &text, format)?,
    };
    Ok(if found { End::Done } else { End::Nothing })
}

fn is_guideline(text: &str) -> bool {
    let text = text.to_lowercase();
    ["based on mtus", "based on non-mtus", "non-mtus citation", "outside of the mtus", "cite any medical evidence"]
        .iter()
        .any(|phrase| text.contains(phrase))
}

fn explain_item(out: &mut impl Write, text: &str, format: Format) -> io::Result<bool> {
    // The outcome at the end belongs to the letter, not to the item.
    let text = text.trim().trim_end_matches(": Upheld").trim_end_matches(": Overturned");
    let read = item::read(text);
    let resolved = resolution(&read);
    let found = resolved.category.is_some();
    let parts =
        if read.disputed == read.requested { vec![&read.requested] } else { vec![&read.requested, &read.disputed] };
    let names = parts
        .into_iter()
        .flat_map(|part| {
            explained(part).into_iter().map(|name| ExplainedName {
                text: part[name.range].to_owned(),
                concepts: name.concepts,
                category: name.category,
                rule: name.rule,
            })
        })
        .collect();
    let item = ExplainedItem {
        read: &read,
        category: resolved.category,
        category_rule: resolved.category_rule,
        concepts: resolved.concepts,
        body_parts: resolved.body_parts,
        sides: resolved.sides,
        names,
    };
    if format == Format::Json {
        writeln!(out, "{}", harmless_json(&serde_json::to_string_pretty(&item)?))?;
        return Ok(found);
    }
    if read.disputed != read.requested || read.authorized.is_some() {
        row(out, "requested", &read.requested)?;
        optional(out, "authorized", read.authorized.as_deref())?;
    }
    row(out, "disputed", &read.disputed)?;
    match (&item.category, item.category_rule) {
        (Some(category), Some(rule)) => {
            writeln!(out, "{DIM}{:<13}{DIM:#} {BOLD}{category}{BOLD:#}  {DIM}{rule}{DIM:#}", "category")?;
        }
        _ => row(
            out,
            "category",
            "none: no treatment of the tables is named; `schema/treatments.toml` is where to add one",
        )?,
    }
    row(out, "treatments", &item.concepts.join(", "))?;
    row(out, "body parts", &item.body_parts.join(", "))?;
    row(out, "sides", &item.sides.iter().map(|side| side.as_str()).collect::<Vec<_>>().join(", "))?;
    optional(out, "quantity", read.quantity.map(|quantity| quantity.to_string()).as_deref())?;
    optional(out, "refills", read.refills.map(|refills| refills.to_string()).as_deref())?;
    optional(out, "strength", read.strength.as_deref())?;
    optional(out, "form", read.form.as_deref())?;
    let flags = [("retrospective", read.retrospective), ("goes with a surgery", read.surgical_adjunct)];
    for (flag, _) in flags.into_iter().filter(|(_, holds)| *holds) {
        row(out, "", flag)?;
    }
    for name in &item.names {
        let means = format!("{} ({})", name.concepts.join(", "), name.category);
        writeln!(out, "  {} → {means}  {DIM}{}{DIM:#}", plain(&name.text), name.rule)?;
    }
    Ok(found)
}

fn explain_guideline(out: &mut impl Write, text: &str, format: Format) -> io::Result<bool> {
    let Some(mut guideline) = citation::guideline(text.trim().to_owned()) else { return Ok(false) };
    guideline.sources = citation::sources(&guideline.text);
    if format == Format::Json {
        writeln!(out, "{}", harmless_json(&serde_json::to_string_pretty(&guideline)?))?;
        return Ok(!guideline.sources.is_empty());
    }
    let Guideline { basis, sources, .. } = &guideline;
    row(out, "basis", basis.as_str())?;
    for source in sources {
        let title = source.title.as_deref().unwrap_or("no chapter named");
        let edition = source.edition.map_or(String::new(), |year| format!(" {year}"));
        writeln!(out, "{BOLD}{}{BOLD:#} {}{edition}", source.family.as_str(), plain(title))?;
        if let Some(canonical) = canonical_title(source).filter(|canonical| canonical != title) {
            row(out, "  counted as", &canonical)?;
        }
        for section in &source.sections {
            row(out, "  section", section)?;
        }
        if let Some(since) = superseded(source, None) {
            row(out, "  superseded", &format!("since {since}"))?;
        }
    }
    Ok(!sources.is_empty())
}

fn explain_query(out: &mut impl Write, text: &str, format: Format) -> io::Result<bool> {
    let tokens = tokens(text);
    let found = meanings(&tokens);
    let typed = |meaning: &Meaning| -> String {
        let range = tokens[meaning.tokens.start].range.start..tokens[meaning.tokens.end - 1].range.end;
        text[range].to_owned()
    };
    if format == Format::Json {
        let values: Vec<serde_json::Value> = found
            .iter()
            .map(|meaning| {
                serde_json::json!({
                    "typed": typed(meaning), "treatments": meaning.treatments, "category": meaning.category,
                    "body_parts": meaning.body_parts, "outcome": meaning.outcome, "wordings": meaning.wordings,
                })
            })
            .collect();
        writeln!(out, "{}", harmless_json(&serde_json::to_string_pretty(&values)?))?;
        return Ok(!found.is_empty());
    }
    for meaning in &found {
        writeln!(out, "{BOLD}{}{BOLD:#}", plain(&typed(meaning)))?;
        optional(out, "  treatments", Some(&meaning.treatments.join(", ")))?;
        optional(out, "  category", meaning.category)?;
        optional(out, "  body parts", Some(&meaning.body_parts.join(", ")))?;
        optional(out, "  outcome", meaning.outcome)?;
        optional(out, "  wordings", Some(&meaning.wordings.join(", ")))?;
    }
    if found.is_empty() {
        writeln!(out, "no word of it stands in the tables; it is searched as typed")?;
    }
    Ok(!found.is_empty())
}

fn row(out: &mut impl Write, label: &str, value: &str) -> io::Result<()> {
    let value = if value.is_empty() { "none" } else { value };
    writeln!(out, "{DIM}{label:<13}{DIM:#} {}", plain(value))
}

fn optional(out: &mut impl Write, label: &str, value: Option<&str>) -> io::Result<()> {
    value.filter(|value| !value.is_empty()).map_or(Ok(()), |value| row(out, label, value))
}
