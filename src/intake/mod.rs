//! Bytes to text: the files behind the paths a person names, and the text in each with its lines and paragraphs.

mod archive;
pub mod delivery;
pub mod limits;
pub mod pdf;
pub mod plain;
pub mod rejection;
pub mod text;
pub mod walk;

use self::limits::Limits;
use self::rejection::Rejection;
use self::text::Text;

/// Reads the text of one file; whether it is a PDF or plain text is told by its content, not its name.
///
/// # Errors
/// The file is broken, closed by a password, a scan, beyond the limits, or no text at all.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Text, Rejection> {
    let mut text = if pdf::is_pdf(bytes) { pdf::read(bytes, limits)? } else { plain::read(bytes, limits)? };
    text.mark_furniture();
    Ok(text)
}
