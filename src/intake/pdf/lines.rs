//! Runs of glyphs to lines, paragraphs and pages.

use super::Run;
use crate::intake::text::{Gap, Line, Medium, Text};

/// One line of a page as it was set.
struct SetLine {
    baseline: f64,
    size: f64,
    right: f64,
    /// Empty for an empty paragraph.
    text: String,
    first_word_width: f64,
}

/// Lines of a page from top to bottom; runs on one baseline are joined from left to right.
fn set_lines(runs: &[Run]) -> Vec<SetLine> {
    let mut order: Vec<&Run> = runs.iter().collect();
    order.sort_by(|a, b| b.baseline.total_cmp(&a.baseline).then(a.left.total_cmp(&b.left)));
    let mut lines: Vec<Vec<&Run>> = Vec::new();
    for run in order {
        match lines.last_mut() {
            // A raised figure ("1st") or a table cell set a hair lower belongs to the line.
            Some(line) if line[0].baseline - run.baseline < line[0].size.max(run.size) * 0.5 => line.push(run),
            _ => lines.push(vec![run]),
        }
    }
    lines.into_iter().map(|runs| join_runs(runs)).collect()
}

fn join_runs(mut runs: Vec<&Run>) -> SetLine {
    runs.sort_by(|a, b| a.left.total_cmp(&b.left));
    let size = runs.iter().map(|run| run.size).fold(0.0, f64::max);
    let mut text = String::new();
    let mut pen = f64::NEG_INFINITY;
    let mut ended_on_space = false;
    for run in &runs {
        let content = run.text.trim();
        if content.is_empty() {
            ended_on_space = true;
            continue;
        }
        if !text.is_empty() {
            let distance = run.left - pen;
            let touching = distance < size * 0.1 && !ended_on_space && !run.text.starts_with(' ');
            // A column gap stays wide, so that the header table's cells can be told apart.
            text.push_str(if distance > size * 1.2 {
                "    "
            } else if touching {
                ""
            } else {
                " "
            });
        }
        text.push_str(content);
        pen = run.right;
        ended_on_space = run.text.ends_with(' ');
    }
    let first = runs.iter().find(|run| !run.text.trim().is_empty());
    SetLine {
        baseline: runs[0].baseline,
        size,
        right: runs.iter().map(|run| run.right).fold(f64::NEG_INFINITY, f64::max),
        first_word_width: first.map_or(0.0, |run| {
            let letters = run.text.trim().chars().count().max(1) as f64;
            let word = run.text.split_whitespace().next().unwrap_or_default().chars().count() as f64;
            (run.right - run.left) * word / letters
        }),
        text,
    }
}

/// Pages of runs to [`Text`].
pub(super) fn assemble(pages: &[Vec<Run>]) -> Text {
    let pages: Vec<Vec<SetLine>> = pages.iter().map(|runs| set_lines(runs)).collect();
    let pitch = line_pitch(&pages);
    let right_margin = right_margin(&pages);
    let shows_empty_paragraphs = pages.iter().flatten().filter(|line| line.text.is_empty()).count() >= 3;
    let mut text = Text { content: String::new(), lines: Vec::new(), medium: Medium::Pdf, pages: pages.len() as u32 };
    let mut number = 0;
    for (page_index, page) in pages.iter().enumerate() {
        let mut previous: Option<&SetLine> = None;
        let mut empty_before = page_index > 0 && pages[page_index - 1].last().is_some_and(|line| line.text.is_empty());
        for line in page {
            if line.text.is_empty() {
                empty_before = true;
                continue;
            }
            number += 1;
            let first_on_page = previous.is_none();
            if let Some(before) = text.lines.last_mut() {
                before.ends_short = line_before(&pages, page_index, previous)
                    .is_some_and(|set| set.right + set.size * 0.3 + line.first_word_width < right_margin);
            }
            let gap = if first_on_page && page_index > 0 {
                let ends_short = text.lines.last().is_some_and(|before| before.ends_short);
                Gap::Page { new_paragraph: paragraph_after_page(empty_before, ends_short, shows_empty_paragraphs) }
            } else if empty_before
                || previous.is_some_and(|before| before.baseline - line.baseline > pitch_at(pitch, line) * 1.3)
            {
                Gap::Paragraph
            } else {
                Gap::Line
            };
            push_line(&mut text, &line.text, number, page_index as u32 + 1, gap);
            previous = Some(line);
            empty_before = false;
        }
    }
    text
}

fn paragraph_after_page(empty_before: bool, ends_short: bool, shows_empty_paragraphs: bool) -> Option<bool> {
    if empty_before || ends_short {
        Some(true)
    } else if shows_empty_paragraphs {
        Some(false)
    } else {
        None
    }
}

/// The last line with text before the current one, on this page or an earlier one.
fn line_before<'a>(
    pages: &'a [Vec<SetLine>],
    page_index: usize,
    on_this_page: Option<&'a SetLine>,
) -> Option<&'a SetLine> {
    on_this_page.or_else(|| {
        pages[..page_index].iter().rev().flat_map(|page| page.iter().rev()).find(|line| !line.text.is_empty())
    })
}

fn push_line(text: &mut Text, line: &str, number: u32, page: u32, gap: Gap) {
    match gap {
        Gap::Line => text.content.push('\n'),
        Gap::Paragraph => text.content.push_str("\n\n"),
        Gap::Page { .. } => text.content.push_str("\n\u{c}"),
    }
    let start = text.content.len();
    text.content.push_str(line);
    let range = start..text.content.len();
    text.lines.push(Line { range, number, page, gap, ends_short: false, furniture: false });
}

/// The usual distance between two lines, in points: the median over the letter.
fn line_pitch(pages: &[Vec<SetLine>]) -> Option<f64> {
    let mut distances: Vec<f64> = pages
        .iter()
        .flat_map(|page| page.windows(2).map(|pair| pair[0].baseline - pair[1].baseline))
        .filter(|distance| *distance > 1.0)
        .collect();
    distances.sort_by(f64::total_cmp);
    (distances.len() >= 6).then(|| distances[distances.len() / 2])
}

/// The pitch to hold a line against: the letter's, or what its type size asks for in a very short text.
fn pitch_at(pitch: Option<f64>, line: &SetLine) -> f64 {
    pitch.unwrap_or(line.size * 1.2)
}

/// The right edge that lines are set to, in points: the 98th percentile, so that one overlong line does not move it.
fn right_margin(pages: &[Vec<SetLine>]) -> f64 {
    let mut ends: Vec<f64> =
        pages.iter().flatten().filter(|line| !line.text.is_empty()).map(|line| line.right).collect();
    ends.sort_by(f64::total_cmp);
    ends.get(ends.len().saturating_sub(1) * 98 / 100).copied().unwrap_or(0.0)
}
