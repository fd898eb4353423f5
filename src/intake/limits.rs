//! How much one input may cost before it is refused
//!
//! Every room of the intake asks these numbers while it reads, never a header's promise: a declared size is
//! what a damaged or hostile archive lies about first.

/// One mebibyte
const MEBIBYTE: u64 = 1 << 20;
/// One gibibyte
const GIBIBYTE: u64 = 1 << 30;

/// The most that one input file may cost in memory, time and members
///
/// There is no limit on the size of an archive on disk: archives are streamed, so a large one
/// costs time but no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest letter, as a file or as an archive member
    ///
    /// 64 MiB: published decisions are PDFs of 100 KiB or less, so this leaves room for one
    /// scanned in colour with its exhibits. A letter is held in memory whole, once for every
    /// worker.
    pub file_bytes: u64,
    /// The longest zip that is held in memory, because it came from standard input or from
    /// within another archive
    ///
    /// 512 MiB: a zip keeps its table of contents at its end, so it cannot be read as it
    /// arrives. More than this is better saved to disk, where a zip of any size can be read.
    pub buffered_zip_bytes: u64,
    /// The most bytes that one input may decompress to, over all its members
    ///
    /// 1 TiB: many times all 1.7 million letters since 2013, also as PDFs of 100 KiB in one archive. It ends a run that
    /// an honest ratio would let go on for days.
    pub expanded_bytes: u64,
    /// The most members that one input may hold, archives within it included
    ///
    /// 4 million: twice the 1.7 million letters since 2013, and some. A member costs a line of
    /// the report even when it is empty, so a small file can fill a very long report.
    pub members: u64,
    /// How many times its packed size one input may decompress to
    ///
    /// 200: text packs 3 to 20 times, and a PDF hardly at all; a bomb of zeros reaches 1,000
    /// with deflate and far more with zstd.
    pub expansion_ratio: u64,
    /// How many bytes may decompress before the ratio is looked at
    ///
    /// 64 MiB: one longest letter. A small archive of blank or repeated pages may well exceed
    /// any ratio, and harms nobody.
    pub ratio_free_bytes: u64,
    /// How many archives deep an archive is opened
    ///
    /// 2: a year's zip holds a month's zip, which holds a day's. Deeper than this is a mistake
    /// or an archive that contains itself.
    pub nesting: u32,
    /// How long one PDF may be read
    ///
    /// 20 seconds: far longer than a decision of a few pages takes on a slow computer. Only a
    /// damaged or hostile PDF, or a book that is no decision, comes near it.
    pub pdf_seconds: u64,
    /// The most text that one letter may hold
    ///
    /// 64 MiB: as much as the longest letter, since a letter that is plain text is its text.
    /// It stops a small PDF that draws the same page for ever.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 * MEBIBYTE,
            buffered_zip_bytes: 512 * MEBIBYTE,
            expanded_bytes: 1024 * GIBIBYTE,
            members: 4_000_000,
            expansion_ratio: 200,
            ratio_free_bytes: 64 * MEBIBYTE,
            nesting: 2,
            pdf_seconds: 20,
            text_bytes: 64 * MEBIBYTE,
        }
    }
}

/// A number of bytes as a person would say it: `64 MiB`, `1.5 GiB`, `812 bytes`
pub(crate) fn size_in_words(bytes: u64) -> String {
    let (unit, name) = match bytes {
        GIBIBYTE.. => (GIBIBYTE, "GiB"),
        MEBIBYTE.. => (MEBIBYTE, "MiB"),
        1024.. => (1024, "KiB"),
        1 => return "1 byte".to_owned(),
        _ => return format!("{bytes} bytes"),
    };
    let whole = bytes / unit;
    let tenth = bytes % unit * 10 / unit;
    if tenth == 0 { format!("{whole} {name}") } else { format!("{whole}.{tenth} {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_the_largest_unit_that_fits() {
        assert_eq!(size_in_words(0), "0 bytes");
        assert_eq!(size_in_words(1), "1 byte");
        assert_eq!(size_in_words(1023), "1023 bytes");
        assert_eq!(size_in_words(1536), "1.5 KiB");
        assert_eq!(size_in_words(64 * MEBIBYTE), "64 MiB");
        assert_eq!(size_in_words(GIBIBYTE + GIBIBYTE / 2), "1.5 GiB");
        assert_ne!(size_in_words(u64::MAX), "");
    }

    #[test]
    fn the_ratio_is_free_for_one_longest_letter() {
        let limits = Limits::default();
        assert!(limits.ratio_free_bytes >= limits.file_bytes);
        assert!(limits.buffered_zip_bytes >= limits.file_bytes);
    }
}
