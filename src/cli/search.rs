//! `imr search`: the decisions that fit a question.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::output::{DIM, count, harmless_json, plain, thousands};
use super::table::table;
use super::{End, Hinted, index::update};
use crate::index;
use crate::index::reader::Snapshot;
use crate::search;
use crate::search::model::{Answer, DEFAULT_FACETS, Filter, Hit, Request, Sort};
use crate::vocabulary;

/// Facet values listed on the screen.
const FACET_VALUES: usize = 6;

/// Search the decisions
///
/// Words side by side find decisions with most of them, best first. Other forms of a word count too,
/// and so do other names of the same thing: "hydrocodone" finds Norco, "ESI" finds epidural steroid
/// injections. The answer says what was added.
///
///   "red flag"          exactly these words, in this order
///   mri -knee           without a word           (also: NOT knee)
///   mri AND (neck OR cervical)
///   item:mri            in one field only        (`imr fields` lists them)
///   inject*             any ending
///   opioid /10 weaning  within ten words of each other
///   decided:[2016-01-01 TO 2016-12-31]
///
/// Put the whole question in single quotation marks, so that the shell leaves it alone.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Arguments {
    /// What to look for; nothing lists all decisions, the latest first
    #[arg(value_name = "QUERY")]
    query: Vec<String>,

    /// First bring the index up to date with these letters, folders or archives
    #[arg(long, value_name = "LETTERS", num_args = 1..)]
    letters: Vec<PathBuf>,

    /// Only items decided so
    #[arg(long, value_enum, value_name = "OUTCOME")]
    outcome: Vec<Outcome>,

    /// Only letters that came out so as a whole
    #[arg(long, value_enum, value_name = "OUTCOME")]
    letter_outcome: Vec<LetterOutcome>,

    /// Only decisions of this year or these years (2016, 2016..2017)
    #[arg(long, value_name = "YEAR")]
    year: Vec<String>,

    /// Only reviewers with this specialty
    #[arg(long, value_name = "SPECIALTY")]
    specialty: Vec<String>,

    /// Only decisions the reviewer based on this kind of source
    #[arg(long, value_enum, value_name = "BASIS")]
    basis: Vec<Basis>,

    /// Only this kind of treatment (Pharmaceuticals, Pharmaceuticals/Opioids, Opioids)
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,

    /// Only items that name this treatment or drug, by any of its names (norco, "epidural steroid injection")
    #[arg(long, value_name = "TREATMENT")]
    treatment: Vec<String>,

    /// Only items about this part of the body (knee, lumbar)
    #[arg(long, value_name = "PART")]
    body_part: Vec<String>,

    /// Only items about this side
    #[arg(long, value_name = "left|right|bilateral")]
    side: Vec<String>,

    /// Only decisions whose reviewer cites this guideline (ODG, "Low Back Complaints", "MTUS > Opioid Treatment > 2016")
    #[arg(long, value_name = "GUIDELINE")]
    guideline: Vec<String>,

    /// Only decisions whose claims administrator cited this guideline
    #[arg(long, value_name = "GUIDELINE")]
    administrator_guideline: Vec<String>,

    /// Only decisions that rest on a superseded, or on the current, edition of the state's guidelines
    #[arg(long, value_name = "superseded|current")]
    edition: Vec<String>,

    /// Only rationales that conclude so: `medically_necessary`, `not_medically_necessary`, `partly_medically_necessary`
    #[arg(long, value_name = "CONCLUSION")]
    conclusion: Vec<String>,

    /// Only letters whose rationale agrees, or disagrees, with the outcome they print
    #[arg(long, value_name = "agrees|disagrees")]
    agreement: Vec<String>,

    /// Only items with this count of tablets, sessions or pieces (60, 1..30, 90..)
    #[arg(long, value_name = "NUMBERS")]
    quantity: Vec<String>,

    /// Only reviews of this priority (standard, expedited)
    #[arg(long, value_name = "PRIORITY")]
    priority: Vec<String>,

    /// Only decisions with this value of a field; may be repeated (values of one field: any, different fields: all)
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    conditions: Vec<String>,

    /// Count the values of this field; may be repeated. `none` counts nothing
    #[arg(long, value_name = "FIELD")]
    facet: Vec<String>,

    /// Values listed of each facet
    #[arg(long, value_name = "NUMBER")]
    facet_limit: Option<usize>,

    /// Decisions on a page
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 10)]
    limit: usize,

    /// Decisions to pass over, for the next pages
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    offset: usize,

    /// Every decision found, for jsonl and csv
    #[arg(long, conflicts_with_all = ["limit", "offset"])]
    all: bool,

    /// The order of the decisions
    #[arg(long, value_enum, default_value_t = Order::Relevance)]
    sort: Order,

    /// List near-twins one by one instead of folding them into the first
    #[arg(long)]
    no_collapse: bool,

    /// Match words only as typed: no other forms, no other names of the same treatment, no repaired spelling
    #[arg(long)]
    exact: bool,

    /// Say which words gave each decision its place
    #[arg(long)]
    explain: bool,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// The whole answer
    Json,
    /// One decision a line
    Jsonl,
    /// For a spreadsheet
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Order {
    Relevance,
    /// The latest decision first
    #[value(alias = "date")]
    Newest,
    /// The earliest decision first
    Oldest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Outcome {
    /// The denial stands
    Upheld,
    /// The treatment must be authorized
    Overturned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LetterOutcome {
    Upheld,
    Overturned,
    /// Some items upheld, some overturned
    #[value(alias = "partially-overturned", alias = "partially_overturned")]
    Partially,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Basis {
    /// The Medical Treatment Utilization Schedule
    Mtus,
    /// Sources outside it
    Outside,
    Both,
    /// No evidence cited
    None,
    #[value(alias = "not stated")]
    NotStated,
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    if arguments.all && matches!(arguments.format, Format::Table | Format::Json) {
        return Err(Hinted {
            message: "`--all` writes every decision found, which needs a format of one line each".into(),
            hint: "add `--format csv` (for a spreadsheet) or `--format jsonl`".into(),
        }
        .into());
    }
    let (letters, query) = letters_and_query(arguments);
    let mut letters_read = End::Done;
    if !letters.is_empty() {
        let built = update(&letters, directory)?;
        letters_read = built.end();
        writeln!(
            anstream::stderr(),
            "{DIM}{}: {} indexed, {} unchanged, {} replaced, {} rejected; {} in all{DIM:#}",
            count(built.totals.files, "file"),
            thousands(built.totals.indexed),
            thousands(built.totals.unchanged),
            thousands(built.totals.replaced),
            thousands(built.totals.rejected),
            count(built.counts.decisions, "decision"),
        )?;
    }
    if !arguments.exact && !query.is_empty() {
        // While the index is opened.
        vocabulary::unpack_ahead();
    }
    let snapshot = Snapshot::of(&index::open(directory)?)?;
    let request = request(arguments, query)?;
    if arguments.all {
        let found = export(arguments.format, &snapshot, &request)?;
        return Ok(end(letters_read, found));
    }
    let answer = search::search(&snapshot, &request)?;
    let mut out = io::BufWriter::new(anstream::stdout());
    match arguments.format {
        Format::Table => table(&mut out, &answer)?,
        Format::Json => {
            writeln!(out, "{}", harmless_json(&serde_json::to_string_pretty(&answer)?))?;
        }
        Format::Jsonl => answer.hits.iter().try_for_each(|hit| json_line(&mut out, hit))?,
        Format::Csv => {
            let mut rows = csv_writer(&mut out)?;
            answer.hits.iter().try_for_each(|hit| csv_row(&mut rows, hit))?;
            rows.flush()?;
        }
    }
    out.flush()?;
    if matches!(arguments.format, Format::Jsonl | Format::Csv) {
        print_notes(&answer);
    }
    Ok(end(letters_read, answer.total))
}

/// A letter that was named and could not be read is said by the exit code, whatever was found in the others.
fn end(letters_read: End, found: u64) -> End {
    match (letters_read, found) {
        (End::Incomplete, _) => End::Incomplete,
        (_, 0) => End::Nothing,
        _ => End::Done,
    }
}

/// Lines of data have no place for what was not taken as typed; it must not go unsaid.
fn print_notes(answer: &Answer) {
    for corrected in &answer.corrected {
        // Standard error may be closed; the data are right all the same.
        let _ = writeln!(anstream::stderr(), "note: {}", plain(&corrected.message));
    }
}

/// `--letters` takes several paths, so in `--letters FOLDER "some words"` the words arrive as a path. Without a query
/// of its own, what follows the first path and is no path is the query.
fn letters_and_query(arguments: &Arguments) -> (Vec<PathBuf>, String) {
    let mut letters = arguments.letters.clone();
    let mut words = arguments.query.clone();
    if words.is_empty() && letters.len() > 1 {
        let first_word = letters[1..].iter().position(|path| !path.exists() && path.as_os_str() != "-");
        if let Some(position) = first_word {
            words = letters.split_off(position + 1).iter().map(|word| word.to_string_lossy().into_owned()).collect();
        }
    }
    (letters, words.join(" "))
}

fn request(arguments: &Arguments, query: String) -> anyhow::Result<Request> {
    let mut filters = Vec::new();
    let mut add = |field: &str, values: Vec<String>| {
        if !values.is_empty() {
            filters.push(Filter { field: field.to_owned(), values });
        }
    };
    add(
        "outcome",
        arguments
            .outcome
            .iter()
            .map(|outcome| match outcome {
                Outcome::Upheld => "upheld".into(),
                Outcome::Overturned => "overturned".into(),
            })
            .collect(),
    );
    add(
        "letter_outcome",
        arguments
            .letter_outcome
            .iter()
            .map(|outcome| match outcome {
                LetterOutcome::Upheld => "upheld".into(),
                LetterOutcome::Overturned => "overturned".into(),
                LetterOutcome::Partially => "partially_overturned".into(),
            })
            .collect(),
    );
    add("year", arguments.year.clone());
    add("specialty", arguments.specialty.clone());
    add(
        "basis",
        arguments
            .basis
            .iter()
            .map(|basis| match basis {
                Basis::Mtus => "mtus".into(),
                Basis::Outside => "outside".into(),
                Basis::Both => "both".into(),
                Basis::None => "none".into(),
                Basis::NotStated => "not stated".into(),
            })
            .collect(),
    );
    for (field, values) in [
        ("category", &arguments.category),
        ("treatment", &arguments.treatment),
        ("body_part", &arguments.body_part),
        ("side", &arguments.side),
        ("guideline", &arguments.guideline),
        ("administrator_guideline", &arguments.administrator_guideline),
        ("edition", &arguments.edition),
        ("conclusion", &arguments.conclusion),
        ("agrees", &arguments.agreement),
        ("quantity", &arguments.quantity),
        ("priority", &arguments.priority),
    ] {
        add(field, values.clone());
    }
    for condition in &arguments.conditions {
        let Some((field, value)) = condition.split_once('=') else {
            return Err(Hinted {
                message: format!("`--where {condition}` is no condition"),
                hint: "write it as FIELD=VALUE, for example `--where specialty=\"Pain Management\"`; `imr fields` lists the fields".into(),
            }
            .into());
        };
        add(search::known_field(field.trim())?.name.as_str(), vec![value.trim().trim_matches('"').to_owned()]);
    }
    let facets = if arguments.facet.is_empty() {
        DEFAULT_FACETS.map(str::to_owned).to_vec()
    } else {
        let named = arguments.facet.iter().flat_map(|names| names.split(','));
        named.map(|name| name.trim().to_lowercase()).filter(|name| name != "none" && !name.is_empty()).collect()
    };
    let usual_values = if arguments.format == Format::Table { FACET_VALUES } else { Request::default().facet_limit };
    Ok(Request {
        query,
        filters,
        facets,
        facet_limit: arguments.facet_limit.unwrap_or(usual_values),
        limit: arguments.limit,
        offset: arguments.offset,
        sort: match arguments.sort {
            Order::Relevance => Sort::Relevance,
            Order::Newest => Sort::Newest,
            Order::Oldest => Sort::Oldest,
        },
        collapse: !arguments.no_collapse,
        exact: arguments.exact,
        explain: arguments.explain,
        ..Request::default()
    })
}

/// Every decision found, one after the other; near-twins are not folded, since an export is for counting. Returns how
/// many were found.
fn export(format: Format, snapshot: &Snapshot, request: &Request) -> anyhow::Result<u64> {
    let mut out = io::BufWriter::new(anstream::stdout());
    let answer = if format == Format::Csv {
        let mut rows = csv_writer(&mut out)?;
        let answer = search::export(snapshot, request, &mut |hit| csv_row(&mut rows, &hit))?;
        rows.flush()?;
        drop(rows);
        answer
    } else {
        search::export(snapshot, request, &mut |hit| json_line(&mut out, &hit))?
    };
    out.flush()?;
    print_notes(&answer);
    Ok(answer.total)
}

fn json_line(out: &mut impl Write, hit: &Hit) -> io::Result<()> {
    writeln!(out, "{}", harmless_json(&serde_json::to_string(hit)?))
}

fn csv_writer<W: Write>(out: W) -> io::Result<csv::Writer<W>> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record([
        "rank",
        "id",
        "case_number",
        "outcome",
        "decision_date",
        "item",
        "category",
        "treatments",
        "body_parts",
        "reviewer_guideline",
        "snippet",
        "twins",
        "score",
    ])
    .map_err(csv_error)?;
    Ok(rows)
}

fn csv_row<W: Write>(rows: &mut csv::Writer<W>, hit: &Hit) -> io::Result<()> {
    let snippets: Vec<&str> =
        hit.snippets.iter().filter(|piece| piece.field != "item").map(|piece| piece.text.as_str()).collect();
    let twins: Vec<&str> = hit.twins.iter().map(|twin| twin.id.as_str()).collect();
    rows.write_record([
        &hit.rank.to_string(),
        &cell(&hit.id),
        &cell(hit.case_number.as_deref().unwrap_or_default()),
        &hit.outcome,
        hit.decision_date.as_deref().unwrap_or_default(),
        &cell(&hit.item),
        &cell(hit.category.as_deref().unwrap_or_default()),
        &cell(&hit.concepts.join("; ")),
        &cell(&hit.body_parts.join("; ")),
        &cell(hit.reviewer_guideline.as_deref().unwrap_or_default()),
        &cell(&snippets.join(" … ")),
        &cell(&twins.join(" ")),
        &hit.score.to_string(),
    ])
    .map_err(csv_error)?;
    Ok(())
}

/// The error beneath, so that a reader that went away is known as one.
fn csv_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A spreadsheet takes a cell that starts with one of these characters for a formula and runs it.
fn cell(text: &str) -> String {
    let text = plain(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}
