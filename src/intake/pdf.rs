//! PDF to [`Text`]: glyphs with their places on the page become lines and paragraph gaps.
//!
//! The glyphs come from `pdf-extract`; its own text output is not used, because it prints lines in the order of the
//! content stream (the header table falls apart) and loses the difference between a line and a paragraph. Letters set
//! by a word processor print an empty paragraph as a lone space: that space is the best witness of a paragraph gap,
//! also at a page break, where no distance can be measured.
//!
//! The library panics on malformed files and may not come back from hostile ones, so every file is read on a thread of
//! its own, under a deadline and a limit on the text; structures that make it recurse for ever (which would abort the
//! process, and cannot be caught) are looked for before it is called.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use pdf_extract::{Document, MediaBox, Object, ObjectId, OutputDev, OutputError, Transform, output_doc};

use super::limits::Limits;
use super::rejection::Rejection;
use super::text::{Gap, Line, Medium, Text};

/// Stack of the reading thread: the library recurses once per nested form, so its depth is bounded by this.
const READING_STACK_BYTES: usize = 16 * 1024 * 1024;
/// Forms (`XObject`) may hold forms; letters use none or one level.
const DEEPEST_FORM: usize = 24;

/// Whether the bytes are a PDF: the marker stands within the first kilobyte.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_some()
}

/// Reads a PDF, encrypted with an empty password or not.
///
/// # Errors
/// A broken file, a password, a scan without text, or a file that exceeds the limits on time or text.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Text, Rejection> {
    let deadline = Instant::now() + Duration::from_secs(limits.pdf_seconds);
    let (sender, receiver) = mpsc::sync_channel(1);
    let owned = bytes.to_vec();
    let within = *limits;
    // A thread per file costs some 30 µs beside 3 ms of reading, and can be left behind when the library runs on.
    let spawned = std::thread::Builder::new().name("pdf".into()).stack_size(READING_STACK_BYTES).spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| read_here(&owned, deadline, &within)));
        // The receiver may have given up waiting; then nobody wants the outcome.
        let _ = sender.send(outcome);
    });
    if let Err(error) = spawned {
        return Err(Rejection::BrokenPdf { reason: format!("no thread to read it on: {error}") });
    }
    match receiver.recv_timeout(Duration::from_secs(limits.pdf_seconds + 2)) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Rejection::BrokenPdf { reason: "its structure is not valid PDF".into() }),
        Err(_) => Err(Rejection::PdfTookTooLong { seconds: limits.pdf_seconds }),
    }
}

fn read_here(bytes: &[u8], deadline: Instant, limits: &Limits) -> Result<Text, Rejection> {
    let mut document = Document::load_mem(bytes).map_err(broken)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(|_| Rejection::PdfPassword)?;
    }
    refuse_endless_structures(&document)?;
    let mut collector = LineCollector::new(deadline, limits);
    let outcome = output_doc(&document, &mut collector);
    if let Some(rejection) = collector.stopped {
        return Err(rejection);
    }
    outcome.map_err(broken)?;
    let pages = collector.pages.len() as u32;
    let text = assemble(&collector.pages);
    if text.lines.is_empty() {
        return Err(Rejection::ScannedPdf { pages });
    }
    Ok(text)
}

fn broken(error: impl std::fmt::Display) -> Rejection {
    Rejection::BrokenPdf { reason: error.to_string() }
}

/// Refuses page trees and forms that contain themselves: the library would follow them until the stack ends.
fn refuse_endless_structures(document: &Document) -> Result<(), Rejection> {
    for (id, object) in &document.objects {
        let Ok(dictionary) = object.as_dict() else { continue };
        if dictionary.has_type(b"Page") || dictionary.has_type(b"Pages") {
            refuse_endless_parents(document, *id)?;
        }
    }
    let mut checked = HashSet::new();
    for (id, object) in &document.objects {
        if object.as_stream().is_ok_and(|stream| is_form(&stream.dict)) {
            refuse_endless_forms(document, *id, &mut Vec::new(), &mut checked)?;
        }
    }
    Ok(())
}

fn refuse_endless_parents(document: &Document, from: ObjectId) -> Result<(), Rejection> {
    let mut seen = HashSet::from([from]);
    let mut at = from;
    while let Some(parent) = document
        .get_dictionary(at)
        .ok()
        .and_then(|dictionary| dictionary.get(b"Parent").ok())
        .and_then(|parent| parent.as_reference().ok())
    {
        if !seen.insert(parent) {
            return Err(Rejection::BrokenPdf { reason: "its page tree contains itself".into() });
        }
        at = parent;
    }
    Ok(())
}

fn is_form(dictionary: &pdf_extract::Dictionary) -> bool {
    dictionary.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form")
}

fn refuse_endless_forms(
    document: &Document,
    form: ObjectId,
    path: &mut Vec<ObjectId>,
    checked: &mut HashSet<ObjectId>,
) -> Result<(), Rejection> {
    if path.contains(&form) || path.len() >= DEEPEST_FORM {
        return Err(Rejection::BrokenPdf { reason: "a drawing in it contains itself".into() });
    }
    if checked.contains(&form) {
        return Ok(());
    }
    path.push(form);
    for inner in forms_used_by(document, form) {
        refuse_endless_forms(document, inner, path, checked)?;
    }
    path.pop();
    checked.insert(form);
    Ok(())
}

fn forms_used_by(document: &Document, form: ObjectId) -> Vec<ObjectId> {
    let Some(resources) = document
        .get_object(form)
        .and_then(Object::as_stream)
        .and_then(|stream| document.get_dict_in_dict(&stream.dict, b"Resources"))
        .ok()
    else {
        return Vec::new();
    };
    let Ok(forms) = document.get_dict_in_dict(resources, b"XObject") else { return Vec::new() };
    forms.iter().filter_map(|(_, object)| object.as_reference().ok()).collect()
}

/// A stretch of glyphs on one baseline, in points from the page's lower left corner.
struct Run {
    left: f64,
    /// Right end of the last visible glyph.
    right: f64,
    /// Right end with trailing spaces: where the next glyph is expected.
    pen: f64,
    baseline: f64,
    size: f64,
    text: String,
}

/// Gathers the glyphs of every page as runs.
struct LineCollector {
    pages: Vec<Vec<Run>>,
    deadline: Instant,
    limits: Limits,
    bytes_left: u64,
    glyphs_seen: u64,
    stopped: Option<Rejection>,
}

impl LineCollector {
    fn new(deadline: Instant, limits: &Limits) -> Self {
        Self {
            pages: Vec::new(),
            deadline,
            limits: *limits,
            bytes_left: limits.text_bytes,
            glyphs_seen: 0,
            stopped: None,
        }
    }

    fn stop(&mut self, rejection: Rejection) -> Result<(), OutputError> {
        self.stopped = Some(rejection);
        Err(OutputError::FormatError(std::fmt::Error))
    }

    /// Called for every glyph and every path: cheap, and the clock is read only now and then.
    fn keep_within_limits(&mut self, bytes: usize) -> Result<(), OutputError> {
        self.glyphs_seen += 1;
        if self.glyphs_seen.is_multiple_of(1024) && Instant::now() > self.deadline {
            return self.stop(Rejection::PdfTookTooLong { seconds: self.limits.pdf_seconds });
        }
        match self.bytes_left.checked_sub(bytes as u64) {
            Some(left) => self.bytes_left = left,
            None => return self.stop(Rejection::TooMuchText { limit: self.limits.text_bytes }),
        }
        Ok(())
    }
}

impl OutputDev for LineCollector {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        self.pages.push(Vec::new());
        self.keep_within_limits(0)
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        transform: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        glyph: &str,
    ) -> Result<(), OutputError> {
        self.keep_within_limits(glyph.len())?;
        let (left, baseline) = (transform.m31, transform.m32);
        let size = (transform.m22 * font_size).abs();
        let right = left + width * transform.m11 * font_size;
        if !(left.is_finite() && baseline.is_finite() && right.is_finite() && size > 0.0) {
            return Ok(());
        }
        let Some(page) = self.pages.last_mut() else { return Ok(()) };
        let visible = !glyph.trim().is_empty();
        if let Some(run) = page.last_mut()
            && (run.baseline - baseline).abs() < size * 0.05
            && left > run.pen - size * 0.5
            && left < run.pen + size * 1.2
        {
            if left > run.pen + size * 0.1 && visible && !run.text.ends_with(' ') {
                run.text.push(' ');
            }
            run.text.push_str(glyph);
            run.pen = right;
            if visible {
                run.right = right;
            }
            return Ok(());
        }
        let right_visible = if visible { right } else { left };
        page.push(Run { left, right: right_visible, pen: right, baseline, size, text: glyph.to_owned() });
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.keep_within_limits(0)
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn fill(
        &mut self,
        _: &Transform,
        _: &pdf_extract::ColorSpace,
        _: &[f64],
        _: &pdf_extract::Path,
    ) -> Result<(), OutputError> {
        self.keep_within_limits(0)
    }
}

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
fn assemble(pages: &[Vec<Run>]) -> Text {
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
