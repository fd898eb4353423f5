//! PDF to [`Text`]: glyphs with their places on the page become lines and paragraph gaps.
//!
//! The glyphs come from `pdf-extract`; its own text output is not used, because it prints lines in the order of the
//! content stream (the header table falls apart) and loses the difference between a line and a paragraph. Letters set
//! by a word processor print an empty paragraph as a lone space: that space is the best witness of a paragraph gap,
//! also at a page break, where no distance can be measured.
//!
//! The library panics on malformed files and may not come back from hostile ones, so files are read on a thread
//! beside, under a deadline and a limit on the text. Recursion without end and memory that runs out would abort the
//! process, and cannot be caught: whatever leads there is looked for before the library is called. `tables` looks at the
//! tables of contents, `load` counts and weighs what is loaded, `contents` and `endless` what is then read of it.

mod contents;
mod endless;
mod lines;
mod load;
mod syntax;
mod tables;
mod weight;

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::time::{Duration, Instant};

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform, output_doc};

use super::limits::Limits;
use super::rejection::Rejection;
use super::text::Text;

/// Stack of the reading thread: the library recurses once per nested form or bracket, so its depth is bounded by this.
/// Only what is used of it takes memory.
const READING_STACK_BYTES: usize = 64 * 1024 * 1024;
/// Readers that may be left behind with their files at any one time. Each keeps a core and its memory, up to some hundred
/// MiB, until the library lets go of the file or the run ends; after these no other PDF is started.
const MOST_LEFT_BEHIND: usize = 4;
/// Readers that were left behind, by what is gone when they end.
static LEFT_BEHIND: Mutex<Vec<Weak<()>>> = Mutex::new(Vec::new());
/// Name of the reading threads; the program's panic hook keeps silent about them, since their panics are reported as a
/// file's rejection.
pub const READING_THREAD: &str = "pdf";

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
    let stuck = left_behind().len();
    if stuck >= MOST_LEFT_BEHIND {
        return Err(Rejection::PdfReadersBusy { stuck });
    }
    READER.with_borrow_mut(|slot| {
        let reader = slot.take().map_or_else(Reader::start, Ok)?;
        let outcome = reader.read(bytes, limits);
        // A reader that did not come back is left behind with its file; the next file gets a new one.
        if outcome.is_some() {
            *slot = Some(reader);
        } else {
            left_behind().push(reader.working);
        }
        outcome.unwrap_or(Err(Rejection::PdfTookTooLong { seconds: limits.pdf_seconds }))
    })
}

/// The readers that are busy beyond their time; those that came back after all are forgotten.
fn left_behind() -> MutexGuard<'static, Vec<Weak<()>>> {
    let mut readers = LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner);
    readers.retain(|reader| reader.strong_count() > 0);
    readers
}

thread_local! {
    /// The companion of this thread that reads its PDFs. A new thread for every file would cost a third of the reading:
    /// its memory is cold each time.
    static READER: RefCell<Option<Reader>> = const { RefCell::new(None) };
}

/// A thread that reads one PDF after the other, and can be left behind when the library does not come back.
struct Reader {
    files: mpsc::SyncSender<(Vec<u8>, Limits)>,
    outcomes: mpsc::Receiver<Result<Text, Rejection>>,
    /// Gone when the thread has ended.
    working: Weak<()>,
}

impl Reader {
    fn start() -> Result<Self, Rejection> {
        let (files, waiting_files) = mpsc::sync_channel::<(Vec<u8>, Limits)>(1);
        let (send_outcome, outcomes) = mpsc::sync_channel(1);
        let at_work = Arc::new(());
        let working = Arc::downgrade(&at_work);
        let thread = std::thread::Builder::new().name(READING_THREAD.into()).stack_size(READING_STACK_BYTES);
        let spawned = thread.spawn(move || {
            for (bytes, limits) in waiting_files {
                let deadline = Instant::now() + Duration::from_secs(limits.pdf_seconds);
                let outcome = catch_unwind(AssertUnwindSafe(|| read_here(&bytes, deadline, &limits)));
                // The loading ends itself by unwinding with the reason; any other payload is a panic of the library.
                let panicked = |payload: Box<dyn Any + Send>| match payload.downcast::<Rejection>() {
                    Ok(rejection) => Err(*rejection),
                    Err(_) => Err(Rejection::BrokenPdf { reason: "its structure is not valid PDF".into() }),
                };
                let outcome = outcome.unwrap_or_else(panicked);
                // Nobody waits any more for an outcome that came too late.
                if send_outcome.send(outcome).is_err() {
                    break;
                }
            }
            drop(at_work);
        });
        match spawned {
            Ok(_) => Ok(Self { files, outcomes, working }),
            Err(error) => Err(Rejection::Unreadable { reason: format!("no thread to read it on: {error}") }),
        }
    }

    /// The outcome for one file; nothing if it did not come in time.
    fn read(&self, bytes: &[u8], limits: &Limits) -> Option<Result<Text, Rejection>> {
        self.files.send((bytes.to_vec(), *limits)).ok()?;
        // The reader watches the deadline itself and is a little late at most, unless the library keeps it.
        self.outcomes.recv_timeout(Duration::from_secs(limits.pdf_seconds + 2)).ok()
    }
}

fn read_here(bytes: &[u8], deadline: Instant, limits: &Limits) -> Result<Text, Rejection> {
    let document = load::load(bytes, deadline, limits)?;
    contents::refuse_heavy_contents(&document)?;
    endless::refuse_endless_structures(&document)?;
    let mut collector = LineCollector::new(deadline, limits);
    let outcome = output_doc(&document, &mut collector);
    if let Some(rejection) = collector.stopped {
        return Err(rejection);
    }
    outcome.map_err(broken)?;
    let pages = collector.pages.len() as u32;
    let text = lines::assemble(&collector.pages);
    if pages == 0 {
        return Err(broken("no pages were found in it"));
    }
    if text.lines.is_empty() {
        return Err(Rejection::ScannedPdf { pages });
    }
    Ok(text)
}

fn broken(error: impl std::fmt::Display) -> Rejection {
    Rejection::BrokenPdf { reason: error.to_string() }
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
