//! `imr fields`: what can be asked for.

use std::io::Write;

use super::End;
use super::output::{BOLD, DIM, width, wrap};
use crate::index::fields::{FIELDS, FieldDescription, Kind};

/// List the fields that can be searched and filtered
///
/// Text fields are searched by words (`item:mri`), the others by value or range (`--where year=2016..2017`).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Table,
    Json,
    /// A table for a README
    Markdown,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<End> {
    let mut out = anstream::stdout();
    let shown = FIELDS.iter().filter(|field| field.is_queryable());
    match arguments.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&shown.collect::<Vec<_>>())?)?,
        Format::Markdown => {
            writeln!(out, "| field | kind | facet | what it holds |\n| --- | --- | --- | --- |")?;
            for field in shown {
                let facet = if field.facet { "yes" } else { "" };
                writeln!(out, "| {} | {} | {facet} | {} |", names(field, "`"), kind(field.kind), field.description)?;
            }
        }
        Format::Table => {
            for field in shown {
                let facet = if field.facet { ", facet" } else { "" };
                writeln!(out, "{BOLD}{}{BOLD:#}  {DIM}{}{facet}{DIM:#}", names(field, ""), kind(field.kind))?;
                for line in wrap(&field.description, width() - 4) {
                    writeln!(out, "    {line}")?;
                }
            }
            writeln!(out, "\nFree words search item, rationale, guidelines and summary. Examples:")?;
            writeln!(out, "  imr search \"item:mri rationale:\\\"red flag\\\"\"")?;
            writeln!(out, "  imr search therapy --where specialty=\"Pain Management\" --year 2016..2017")?;
        }
    }
    Ok(End::Done)
}

fn names(field: &FieldDescription, quote: &str) -> String {
    let names = std::iter::once(&field.name).chain(&field.aliases);
    names.map(|name| format!("{quote}{name}{quote}")).collect::<Vec<_>>().join(", ")
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "words",
        Kind::Keyword => "value",
        Kind::Date => "date",
        Kind::Number => "number",
        Kind::Stored | Kind::Internal => "internal",
    }
}
