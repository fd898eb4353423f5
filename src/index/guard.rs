//! Reading what may be damaged: the library panics on some damaged files, which is an error like any other here.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tantivy::TantivyError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is caught and reported by who called [`guarded`]; it needs no message of its own.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.with(Cell::get)
}

/// Does the work; a panic becomes an error.
///
/// # Errors
/// The work fails or panics.
pub fn guarded<T>(work: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<T> {
    let outer = GUARDED.replace(true);
    // What the work changes is thrown away after a panic: it reads.
    let ended = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    ended.unwrap_or_else(|panic| Err(TantivyError::InternalError(message(panic.as_ref()))))
}

/// What a panic says.
#[must_use]
pub fn message(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    said.unwrap_or("the program stopped without saying why").to_owned()
}
