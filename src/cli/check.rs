//! `imr check`: whether the index is whole, and making anew what is damaged.

use std::io::Write;
use std::path::Path;

use indicatif::ProgressBar;
use serde::Serialize;

use super::End;
use super::output::{BOLD, Progress, count, cut, harmless_json, plain, thousands, width};
use crate::index::check::repair::{Repaired, repair};
use crate::index::check::{Damage, Health, State, check};
use crate::intake::limits::size_in_words;

/// Letters named on the screen; `--format json` has all.
const MOST_SHOWN: usize = 20;

/// Check that the index is whole, and repair it
///
/// Reads every file of the index and every decision in it, and says what is damaged and what brings it back. With
/// `--repair` the damaged parts are made anew from the letters stored in the index; what cannot be saved comes back when
/// the letters are indexed again.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Make the damaged parts anew from what can still be read
    #[arg(long)]
    repair: bool,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Table,
    Json,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    index: String,
    #[serde(flatten)]
    health: &'a Health,
    #[serde(skip_serializing_if = "Option::is_none")]
    repaired: Option<&'a Repaired>,
    /// The command that comes next; absent where nothing is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub fn run(arguments: &Arguments, directory: &Path) -> anyhow::Result<End> {
    let progress = Progress::new(ProgressBar::new_spinner, "{spinner} {human_pos} decisions  {per_sec}");
    let mut show = |read| {
        if let Some(bar) = progress.bar() {
            bar.set_position(read);
        }
    };
    let repaired = if arguments.repair { Some(repair(directory, &mut show)?) } else { None };
    let health = check(directory, &mut show)?;
    progress.finish();
    let next = next(&health, repaired.as_ref(), directory);
    let mut out = anstream::stdout();
    if arguments.format == Format::Json {
        let index = directory.display().to_string();
        let printed = Printed { index, health: &health, repaired: repaired.as_ref(), next };
        writeln!(out, "{}", harmless_json(&serde_json::to_string_pretty(&printed)?))?;
    } else {
        if let Some(repaired) = &repaired {
            print_repaired(&mut out, repaired, directory)?;
        }
        print_health(&mut out, &health, directory)?;
        if let Some(next) = next {
            writeln!(out, "{BOLD}next{BOLD:#}: {next}")?;
        }
    }
    Ok(if health.state == State::Whole { End::Done } else { End::Incomplete })
}

/// What is to be done next, as a command.
fn next(health: &Health, repaired: Option<&Repaired>, directory: &Path) -> Option<String> {
    let index = directory.display();
    let is_short = repaired.is_some_and(|repaired| repaired.lost > 0 || !repaired.incomplete_letters.is_empty());
    match health.state {
        State::Damaged if repaired.is_some() => {
            Some(format!("build it anew from the letters with `imr index LETTERS --index {index} --rebuild`"))
        }
        State::Damaged => Some(format!("repair it with `imr check --repair --index {index}`")),
        State::Incomplete => Some(format!("bring back what is missing with `imr index LETTERS --index {index}`")),
        State::Whole if is_short => {
            Some(format!("bring back what is missing with `imr index LETTERS --index {index}`"))
        }
        State::Whole if !health.orphans.is_empty() => {
            Some(format!("remove the files that belong to nothing with `imr check --repair --index {index}`"))
        }
        State::Whole => None,
    }
}

fn print_health(out: &mut impl Write, health: &Health, directory: &Path) -> std::io::Result<()> {
    let state = match health.state {
        State::Whole => "is whole",
        State::Incomplete => "is not damaged, but letters saved from damage wait to be read anew",
        State::Damaged => "is damaged",
    };
    writeln!(
        out,
        "{BOLD}{}{BOLD:#} {state}: {} of {} can be read",
        directory.display(),
        count(health.decisions, "decision"),
        count(health.letters, "letter"),
    )?;
    print_damage(out, &health.damage)?;
    if health.unreadable > 0 {
        writeln!(out, "  {} cannot be read", count(health.unreadable, "decision"))?;
        print_letters(out, "of", &health.unreadable_letters)?;
    }
    print_letters(out, "to be read anew:", &health.incomplete_letters)?;
    if !health.orphans.is_empty() {
        let bytes = health.orphans.iter().map(|orphan| orphan.bytes).sum();
        let (files, belong) = files(health.orphans.len() as u64);
        writeln!(
            out,
            "  {files} ({}) {belong} to no part of the index; searching does not need them",
            size_in_words(bytes)
        )?;
    }
    Ok(())
}

fn files(number: u64) -> (String, &'static str) {
    (count(number, "file"), if number == 1 { "belongs" } else { "belong" })
}

fn print_damage(out: &mut impl Write, damage: &[Damage]) -> std::io::Result<()> {
    for one in damage {
        writeln!(out, "  {} ({}) {}", plain(&one.file), one.holds, plain(&one.problem))?;
    }
    Ok(())
}

fn print_letters(out: &mut impl Write, label: &str, letters: &[String]) -> std::io::Result<()> {
    for letter in letters.iter().take(MOST_SHOWN) {
        writeln!(out, "  {label} {}", cut(&plain(letter), width().saturating_sub(label.len() + 3)))?;
    }
    if letters.len() > MOST_SHOWN {
        let more = thousands((letters.len() - MOST_SHOWN) as u64);
        writeln!(out, "  … and {more} more letters; `--format json` names all")?;
    }
    Ok(())
}

fn print_repaired(out: &mut impl Write, repaired: &Repaired, directory: &Path) -> std::io::Result<()> {
    if repaired.damage.is_empty() && repaired.removed_files == 0 {
        return writeln!(out, "nothing was to be repaired in {}", directory.display());
    }
    if !repaired.damage.is_empty() {
        writeln!(out, "{BOLD}repaired{BOLD:#}")?;
        print_damage(out, &repaired.damage)?;
        writeln!(out, "  {} written anew", count(repaired.rewritten, "decision"))?;
    }
    if repaired.lost > 0 {
        writeln!(out, "  {} could not be saved", count(repaired.lost, "decision"))?;
        print_letters(out, "of", &repaired.lost_letters)?;
    }
    if repaired.may_be_back > 0 {
        let back = count(repaired.may_be_back, "decision");
        writeln!(out, "  up to {back} removed before may be back, since the list of removed ones was damaged;")?;
        writeln!(out, "  `imr remove CASE` takes a letter out again")?;
    }
    if repaired.list_lost && repaired.rewritten > 0 {
        writeln!(out, "  letters removed before may be back, since the list of the index's parts was damaged;")?;
        writeln!(out, "  `imr remove CASE` takes a letter out again")?;
    }
    if repaired.removed_files > 0 {
        writeln!(out, "  {} that belonged to nothing removed", count(repaired.removed_files, "file"))?;
    }
    Ok(())
}
