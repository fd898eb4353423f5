//! Why an input was not taken in, and what to do about it
//!
//! Every room of the intake and the parser refuses with one of these, so that the report can
//! count reasons by [`Rejection::code`] and the reader finds the same words everywhere. The
//! messages are for attorneys and physicians: no type names, no offsets.

use super::limits::size_in_words;

/// The reason why a file or an archive member ended without becoming a decision
///
/// Reasons from other libraries are kept as text, not as errors, so that a rejection can be
/// compared, stored and sent between threads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    /// Nothing is at the given path
    #[error("there is no file or folder at this path")]
    NoSuchFile,
    /// The system refused to open or read it
    #[error("it could not be read: {reason}")]
    Unreadable {
        /// What the system said
        reason: String,
    },
    /// A link, pipe, device or other special file
    #[error("it is {what}, not a regular file")]
    NotARegularFile {
        /// What it is, with its article: `a pipe`
        what: String,
    },
    /// A file without a byte, or an archive without a member
    #[error("it is empty")]
    Empty,
    /// A letter longer than any real one
    #[error("it is larger than `{}`, the most that one letter may hold", size_in_words(*.limit))]
    TooLarge {
        /// The most bytes that are read
        limit: u64,
    },
    /// A member whose path points outside the archive
    #[error("its path points outside the archive that holds it")]
    MemberPathEscapes,
    /// A member that opens only with a password
    #[error("it is protected by a password")]
    EncryptedArchive,
    /// An archive or member that is damaged
    #[error("the archive is damaged or incomplete: {reason}")]
    BrokenArchive {
        /// What was found
        reason: String,
    },
    /// An archive or member in a format that is not read
    #[error("it is packed as `{method}`, which cannot be opened here")]
    UnsupportedCompression {
        /// The name of the format
        method: String,
    },
    /// An archive with more members than any real one
    #[error("it holds more than `{limit}` files; those after them were not read")]
    TooManyMembers {
        /// The most members that are read
        limit: u64,
    },
    /// An archive within too many archives
    #[error("it is an archive inside more than `{limit}` other archives")]
    NestedTooDeep {
        /// The most archives around an archive
        limit: u32,
    },
    /// An archive that grows beyond reason
    #[error(
        "it grew from `{}` to `{}` while it was being unpacked; the rest was not read",
        size_in_words(*.packed),
        size_in_words(*.expanded)
    )]
    ExpansionBomb {
        /// Bytes read from the input so far
        packed: u64,
        /// Bytes they decompressed to
        expanded: u64,
    },
    /// A zip that would have to be held in memory and is too large for it
    #[error("it is a zip larger than `{}` that is not a file on disk", size_in_words(*.limit))]
    ZipTooLargeToHold {
        /// The most bytes that are held
        limit: u64,
    },
    /// `-` was given more than once
    #[error("standard input was already read")]
    StandardInputTwice,
    /// The user named a search index where letters were expected
    #[error("this folder is a search index, not letters")]
    SearchIndex,
    /// Something other than a decision letter
    #[error("it is not a decision letter: it looks like {seen}")]
    NotALetter {
        /// What it looks like, with its article: `a picture`
        seen: String,
    },
    /// A PDF that holds pictures of pages and no text
    #[error(
        "its {pages} {} without any text that can be read",
        if *.pages == 1 { "page is a picture" } else { "pages are pictures" }
    )]
    ScannedPdf {
        /// How many pages it has
        pages: u32,
    },
    /// A PDF that is damaged
    #[error("the PDF is damaged: {reason}")]
    BrokenPdf {
        /// What was found
        reason: String,
    },
    /// A PDF that opens only with a password
    #[error("the PDF is protected by a password")]
    PdfPassword,
    /// A PDF that could not be read in reasonable time
    #[error("reading the PDF took longer than `{seconds}` seconds")]
    PdfTookTooLong {
        /// The most seconds that are spent
        seconds: u64,
    },
    /// A PDF a part of which unpacks to more than any letter needs
    #[error("a part of the PDF unpacks to more than `{}`", size_in_words(*.limit))]
    PdfTooHeavy {
        /// The most bytes that this part may unpack to
        limit: u64,
    },
    /// Earlier PDFs of the run are still being read and hold its memory
    #[error("earlier PDFs (`{stuck}` of them) keep their readers busy beyond the time allowed, so no other is started")]
    PdfReadersBusy {
        /// How many did not come back
        stuck: usize,
    },
    /// More text than any real letter holds
    #[error("it holds more than `{}` of text", size_in_words(*.limit))]
    TooMuchText {
        /// The most bytes of text that are read
        limit: u64,
    },
    /// A letter in which no decision on a treatment was found
    #[error("it reads like a letter, but no decision on a treatment was found in it")]
    NoDecision,
}

impl Rejection {
    /// The fixed name by which reports count and filter this reason
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchFile => "no-such-file",
            Self::Unreadable { .. } => "unreadable",
            Self::NotARegularFile { .. } => "not-a-regular-file",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::MemberPathEscapes => "member-path-escapes",
            Self::EncryptedArchive => "encrypted-archive",
            Self::BrokenArchive { .. } => "broken-archive",
            Self::UnsupportedCompression { .. } => "unsupported-compression",
            Self::TooManyMembers { .. } => "too-many-members",
            Self::NestedTooDeep { .. } => "nested-too-deep",
            Self::ExpansionBomb { .. } => "expansion-bomb",
            Self::ZipTooLargeToHold { .. } => "zip-too-large-to-hold",
            Self::StandardInputTwice => "standard-input-twice",
            Self::SearchIndex => "search-index",
            Self::NotALetter { .. } => "not-a-letter",
            Self::ScannedPdf { .. } => "scanned-pdf",
            Self::BrokenPdf { .. } => "broken-pdf",
            Self::PdfPassword => "pdf-password",
            Self::PdfTookTooLong { .. } => "pdf-took-too-long",
            Self::PdfTooHeavy { .. } => "pdf-too-heavy",
            Self::PdfReadersBusy { .. } => "pdf-readers-busy",
            Self::TooMuchText { .. } => "too-much-text",
            Self::NoDecision => "no-decision",
        }
    }

    /// The next step for the reader, where there is one
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchFile => Some("check the spelling; a path with spaces needs quotes"),
            Self::Unreadable { .. } => Some("check that the file opens on this computer and that you may read it"),
            Self::NotARegularFile { .. } => {
                Some("give the path of the file or folder itself, or pack a copy of the file")
            }
            Self::MemberPathEscapes => Some("ask the sender to pack the files again, with plain folder names"),
            Self::EncryptedArchive => Some("unpack the archive with its password, then give the folder instead"),
            Self::BrokenArchive { .. } => Some("download or copy the archive again, or ask the sender for a new one"),
            Self::UnsupportedCompression { .. } | Self::NestedTooDeep { .. } => {
                Some("unpack the archive first, then give the folder instead")
            }
            Self::TooManyMembers { .. } => Some("unpack the archive, then give its folders a part at a time"),
            Self::ExpansionBomb { .. } => {
                Some("if you trust the sender, unpack the archive first, then give the folder instead")
            }
            Self::ZipTooLargeToHold { .. } => Some("save the zip to disk, then give its path instead"),
            Self::StandardInputTwice => Some("give `-` once"),
            Self::SearchIndex => Some("give the folder that holds the letters instead"),
            Self::ScannedPdf { .. } => Some("run text recognition (OCR) on the PDF first, then give the result"),
            Self::BrokenPdf { .. } => Some("download or copy the PDF again"),
            Self::PdfPassword => Some("save a copy without the password, then give the copy"),
            Self::PdfReadersBusy { .. } => {
                Some("take the PDFs rejected as `pdf-took-too-long` away, then run the command again")
            }
            Self::PdfTookTooLong { .. } | Self::PdfTooHeavy { .. } => {
                Some("print the PDF to a new PDF, or save it as text, then give the result")
            }
            Self::TooLarge { .. } | Self::TooMuchText { .. } => Some("give each letter as a file of its own"),
            Self::Empty | Self::NotALetter { .. } | Self::NoDecision => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn one_of_each() -> Vec<Rejection> {
        let text = || "some reason".to_owned();
        vec![
            Rejection::NoSuchFile,
            Rejection::Unreadable { reason: text() },
            Rejection::NotARegularFile { what: "a pipe".to_owned() },
            Rejection::Empty,
            Rejection::TooLarge { limit: 64 << 20 },
            Rejection::MemberPathEscapes,
            Rejection::EncryptedArchive,
            Rejection::BrokenArchive { reason: text() },
            Rejection::UnsupportedCompression { method: "7z".to_owned() },
            Rejection::TooManyMembers { limit: 4 },
            Rejection::NestedTooDeep { limit: 2 },
            Rejection::ExpansionBomb { packed: 1, expanded: 1 << 30 },
            Rejection::ZipTooLargeToHold { limit: 512 << 20 },
            Rejection::StandardInputTwice,
            Rejection::SearchIndex,
            Rejection::NotALetter { seen: "a picture".to_owned() },
            Rejection::ScannedPdf { pages: 3 },
            Rejection::BrokenPdf { reason: text() },
            Rejection::PdfPassword,
            Rejection::PdfTookTooLong { seconds: 20 },
            Rejection::PdfTooHeavy { limit: 4 << 20 },
            Rejection::PdfReadersBusy { stuck: 4 },
            Rejection::TooMuchText { limit: 1 << 20 },
            Rejection::NoDecision,
        ]
    }

    #[test]
    fn every_reason_is_counted_under_a_name_of_its_own() {
        let codes: Vec<&str> = one_of_each().iter().map(Rejection::code).collect();
        let distinct: HashSet<&str> = codes.iter().copied().collect();
        assert_eq!(distinct.len(), codes.len(), "{codes:?}");
        for code in codes {
            assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
        }
    }

    #[test]
    fn messages_and_hints_start_small_and_end_without_a_full_stop() {
        for rejection in one_of_each() {
            let hint = rejection.hint().map(str::to_owned);
            for sentence in [Some(rejection.to_string()), hint].into_iter().flatten() {
                assert!(sentence.starts_with(|first: char| first.is_lowercase()), "{sentence}");
                assert!(!sentence.ends_with('.'), "{sentence}");
            }
        }
    }

    #[test]
    fn sizes_and_counts_are_said_in_words() {
        assert_eq!(
            Rejection::TooLarge { limit: 64 << 20 }.to_string(),
            "it is larger than `64 MiB`, the most that one letter may hold"
        );
        assert_eq!(
            Rejection::ScannedPdf { pages: 1 }.to_string(),
            "its 1 page is a picture without any text that can be read"
        );
        assert_eq!(
            Rejection::ScannedPdf { pages: 3 }.to_string(),
            "its 3 pages are pictures without any text that can be read"
        );
    }
}
