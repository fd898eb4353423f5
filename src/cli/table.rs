//! An answer for people: outcome, item, guideline, the telling sentences with their matches, and the counts as bars.

use std::io::{self, Write};

use super::output::{
    BOLD, DIM, Marking, bar, count, cut, outcome_style, outcome_words, pad, plain, thousands, width, wrap, wrap_marked,
};
use crate::index::fields;
use crate::search::model::{Answer, FacetValue, Hit, Snippet};

/// Columns of the bars beside facet values.
const BAR_WIDTH: usize = 16;

/// Prints the whole answer.
pub fn table(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let width = width();
    let heading = match answer.total {
        0 => "no decisions".to_owned(),
        total => format!("{}{}", count(total, "decision"), outcomes(answer)),
    };
    writeln!(out, "{BOLD}{heading}{BOLD:#}  {DIM}{:.0} ms{DIM:#}", answer.took_ms.max(1.0))?;
    for line in wrap(&answer.understood, width - 2) {
        writeln!(out, "  {DIM}{line}{DIM:#}")?;
    }
    for line in wrap(&expanded(answer), width - 2) {
        writeln!(out, "  {DIM}{line}{DIM:#}")?;
    }
    for corrected in &answer.corrected {
        let style = anstyle::AnsiColor::Yellow.on_default();
        for line in wrap(&format!("note: {}", corrected.message), width - 2) {
            writeln!(out, "  {style}{line}{style:#}")?;
        }
    }
    for hit in &answer.hits {
        writeln!(out)?;
        table_hit(out, hit, width)?;
    }
    let shown = answer.request.offset + answer.hits.len();
    if answer.has_more {
        writeln!(out, "\n  {DIM}more with --offset {shown}{DIM:#}")?;
    } else if answer.hits.is_empty() && answer.total > 0 && answer.request.offset > 0 {
        writeln!(out, "\n  {DIM}no more decisions: the pages end before --offset {shown}{DIM:#}")?;
    }
    for (field, values) in &answer.facets.0 {
        table_facet(out, field, values, width)?;
    }
    Ok(())
}

/// What was searched for beside the typed words: `norco = hydrocodone/acetaminophen, vicodin`.
fn expanded(answer: &Answer) -> String {
    const WORDS_SHOWN: usize = 6;
    let also: Vec<String> = answer
        .expanded
        .iter()
        .map(|expanded| {
            let mut found: Vec<&str> = Vec::new();
            let concepts = expanded
                .treatments
                .iter()
                .chain(&expanded.category)
                .chain(&expanded.body_parts)
                .chain(&expanded.outcome);
            for one in concepts.chain(&expanded.words).map(String::as_str) {
                if !found.iter().any(|known| known.eq_ignore_ascii_case(one))
                    && !one.eq_ignore_ascii_case(&expanded.typed)
                {
                    found.push(one);
                }
            }
            let more = if found.len() > WORDS_SHOWN { ", …" } else { "" };
            found.truncate(WORDS_SHOWN);
            if found.is_empty() { String::new() } else { format!("{} = {}{more}", expanded.typed, found.join(", ")) }
        })
        .filter(|words| !words.is_empty())
        .collect();
    if also.is_empty() { String::new() } else { format!("also: {}", also.join("; ")) }
}

/// How those found came out, where the outcomes were counted: `: 44 upheld, 9 overturned`.
fn outcomes(answer: &Answer) -> String {
    let Some((_, values)) = answer.facets.0.iter().find(|(field, _)| field == "outcome") else { return String::new() };
    let restricted = values.iter().any(|value| value.selected);
    let counted: Vec<String> = values
        .iter()
        .filter(|value| value.selected || !restricted)
        .map(|value| format!("{} {}", thousands(value.count), outcome_words(&value.value)))
        .collect();
    if counted.is_empty() { String::new() } else { format!(": {}", counted.join(", ")) }
}

fn table_hit(out: &mut impl Write, hit: &Hit, width: usize) -> io::Result<()> {
    const INDENT: &str = "    ";
    let text_width = width - INDENT.len();
    let marking = Marking::of_output();
    let style = outcome_style(&hit.outcome);
    let decided = hit.decision_date.as_deref().map_or(String::new(), |date| format!("  {date}"));
    writeln!(
        out,
        "{:>2}. {style}{}{style:#}  {BOLD}{}{BOLD:#}{decided}",
        hit.rank,
        outcome_words(&hit.outcome).to_uppercase(),
        cut(&hit.id, text_width / 2),
    )?;
    let item = hit.snippets.iter().find(|piece| piece.field == "item");
    let marks = item.map_or(&[][..], |item| &item.marks);
    let item_text = item.map_or(hit.disputed.as_ref().unwrap_or(&hit.item), |item| &item.text);
    // Two columns are left for the ellipsis of an item that is longer than shown.
    let lines = wrap_marked(item_text, marks, text_width - 2, marking);
    let most_lines = 4;
    for (index, line) in lines.iter().take(most_lines).enumerate() {
        let more = if index + 1 == most_lines && lines.len() > most_lines { " …" } else { "" };
        writeln!(out, "{INDENT}{line}{more}")?;
    }
    if let Some(requested) = &hit.requested {
        let authorized =
            hit.authorized.as_ref().map_or(String::new(), |authorized| format!("; authorized: {authorized}"));
        let line = cut(&format!("of the request: {requested}{authorized}"), text_width);
        writeln!(out, "{INDENT}{DIM}{line}{DIM:#}")?;
    }
    if hit.contradictory {
        let style = anstyle::AnsiColor::Yellow.on_default();
        writeln!(out, "{INDENT}{style}the rationale concludes otherwise than the printed outcome{style:#}")?;
    }
    if let Some(guideline) = &hit.reviewer_guideline {
        let lines = wrap(guideline, text_width);
        for (index, line) in lines.iter().take(2).enumerate() {
            let more = if index == 1 && lines.len() > 2 { "…" } else { "" };
            writeln!(out, "{INDENT}{DIM}{}{DIM:#}", cut(&format!("{line}{more}"), text_width))?;
        }
    }
    if let [first, rest @ ..] = &hit.superseded[..] {
        let style = anstyle::AnsiColor::Yellow.on_default();
        let more = if rest.is_empty() { "" } else { " and others" };
        let line = cut(&format!("superseded since {}: {}{more}", first.since, first.title), text_width);
        writeln!(out, "{INDENT}{style}{line}{style:#}")?;
    }
    for piece in hit.snippets.iter().filter(|piece| piece.field != "item").take(3) {
        table_snippet(out, piece, text_width - 2, marking)?;
    }
    if !hit.twins.is_empty() {
        let named: Vec<String> = hit.twins.iter().take(3).map(|twin| plain(&twin.id)).collect();
        let more = if hit.twin_count > named.len() as u64 { ", …" } else { "" };
        let twins = format!("+ {}: {}{more}", count(hit.twin_count, "near-twin"), named.join(", "));
        writeln!(out, "{INDENT}{DIM}{}{DIM:#}", cut(&twins, text_width))?;
    }
    if !hit.explanation.is_empty() {
        let parts: Vec<String> = hit
            .explanation
            .iter()
            .map(|part| format!("{} in {} {:.1}", part.word, part.field.replace('_', " "), part.score))
            .collect();
        for line in wrap(&format!("score {:.1}: {}", hit.score, parts.join(", ")), text_width) {
            writeln!(out, "{INDENT}{DIM}{line}{DIM:#}")?;
        }
    }
    Ok(())
}

fn table_snippet(out: &mut impl Write, piece: &Snippet, width: usize, marking: Marking) -> io::Result<()> {
    let label =
        if piece.field == "rationale" { String::new() } else { format!("[{}] ", piece.field.replace('_', " ")) };
    let shift = label.chars().count();
    let marks: Vec<(usize, usize)> = piece.marks.iter().map(|(start, end)| (start + shift, end + shift)).collect();
    for (index, line) in wrap_marked(&format!("{label}{}", piece.text), &marks, width, marking).iter().enumerate() {
        writeln!(out, "    {} {line}", if index == 0 { "·" } else { " " })?;
    }
    Ok(())
}

fn table_facet(out: &mut impl Write, field: &str, values: &[FacetValue], width: usize) -> io::Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}{}{BOLD:#}", field.replace('_', " "))?;
    let most = values.iter().map(|value| value.count).max().unwrap_or(0);
    let name_width = (width - BAR_WIDTH - 18).min(44);
    let description = fields::describe(field);
    for value in values {
        // A value below another stands under it, by its own name.
        let path: Vec<&str> = description.map_or(vec![&value.value], |field| field.path(&value.value));
        let indent = "  ".repeat(path.len() - 1);
        let name = path.last().map_or(value.value.as_str(), |last| last);
        let selected = if value.selected { "●" } else { " " };
        let name = pad(&cut(&format!("{indent}{}", outcome_words(name)), name_width), name_width);
        let number = thousands(value.count);
        writeln!(out, "  {selected} {name} {number:>9} {}", bar(value.count, most, BAR_WIDTH))?;
    }
    Ok(())
}
