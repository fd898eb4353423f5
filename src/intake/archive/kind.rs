//! What a stream of bytes is, told by its first bytes and never by its name
//!
//! Letters arrive as `export`, `decisions.dat` or `CM16.zip.txt`; the name says what somebody
//! once typed, the first bytes say what a reader will meet.

/// How many bytes are enough to tell every kind: one header block of a tar
pub(super) const HEAD_LENGTH: usize = 512;

/// What the first bytes of a stream show
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything that is no archive; whether it is a letter, the reading rooms decide
    Letter,
    /// A zip of members
    Zip,
    /// A tar of members
    Tar,
    /// A gzip stream around something else
    Gzip,
    /// A zstd stream around something else
    Zstd,
    /// An archive that is not read here, by its common name
    Unsupported(&'static str),
}

/// The first bytes of the formats that are recognised only to name them in the rejection
const UNSUPPORTED: [(&[u8], &str); 5] = [
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x1f\x9d", "Unix compress"),
    (b"\x04\x22\x4d\x18", "LZ4"),
];

/// The first member that word processors write into a document that is technically a zip
///
/// A Word, Excel or `LibreOffice` document is one file to its owner. Opened as an archive it
/// would become a dozen rejected members instead of one file that is no letter.
const DOCUMENT_FIRST_MEMBERS: [&[u8]; 3] = [b"[Content_Types].xml", b"_rels/.rels", b"mimetype"];

impl Kind {
    /// Tells the kind from the first [`HEAD_LENGTH`] bytes, or all of them if there are fewer
    pub(super) fn of(head: &[u8]) -> Self {
        if head.starts_with(b"PK\x03\x04") {
            return if is_document(head) { Self::Letter } else { Self::Zip };
        }
        // An empty zip is nothing but its end record; a zip split over disks opens with 07 08.
        if head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08") {
            return Self::Zip;
        }
        if head.starts_with(b"\x1f\x8b") {
            return Self::Gzip;
        }
        if head.starts_with(b"\x28\xb5\x2f\xfd") {
            return Self::Zstd;
        }
        if let Some((_, name)) = UNSUPPORTED.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Self::Unsupported(name);
        }
        // `BZh` alone could open a text, so the block mark that follows it is asked for too.
        if head.starts_with(b"BZh") && head.get(4..10) == Some(b"1AY&SY") {
            return Self::Unsupported("bzip2");
        }
        if is_tar_header(head) { Self::Tar } else { Self::Letter }
    }
}

fn is_document(head: &[u8]) -> bool {
    // A local file header holds the length of the name at 26 and the name itself at 30.
    let Some([low, high]) = head.get(26..28) else {
        return false;
    };
    let name_end = 30 + usize::from(u16::from_le_bytes([*low, *high]));
    head.get(30..name_end).is_some_and(|name| DOCUMENT_FIRST_MEMBERS.contains(&name))
}

fn is_tar_header(head: &[u8]) -> bool {
    let Some(header) = head.get(..HEAD_LENGTH) else {
        return false;
    };
    let magic = &header[257..263];
    if magic == b"ustar\0" || magic == b"ustar " {
        return true;
    }
    // Tars from before 1988 have no magic, only a checksum over a header that names a file.
    header[0] != 0 && written_checksum(&header[148..156]) == Some(checksum(header))
}

/// The sum of all bytes, with the checksum's own field counted as spaces
fn checksum(header: &[u8]) -> u32 {
    let outside_field = header[..148].iter().chain(&header[156..]);
    outside_field.map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ')
}

fn written_checksum(field: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches(|character| character == ' ' || character == '\0');
    u32::from_str_radix(digits, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old_tar_header() -> Vec<u8> {
        let mut header = tar::Header::new_old();
        header.set_path("CM16.txt").unwrap();
        header.set_size(3);
        header.set_cksum();
        header.as_bytes().to_vec()
    }

    #[test]
    fn each_kind_is_told_by_its_first_bytes() {
        assert_eq!(Kind::of(b"PK\x03\x04 and more"), Kind::Zip);
        assert_eq!(Kind::of(b"PK\x05\x06"), Kind::Zip);
        assert_eq!(Kind::of(b"\x1f\x8b\x08"), Kind::Gzip);
        assert_eq!(Kind::of(b"\x28\xb5\x2f\xfd"), Kind::Zstd);
        assert_eq!(Kind::of(b"7z\xbc\xaf\x27\x1c\0"), Kind::Unsupported("7z"));
        assert_eq!(Kind::of(b"Rar!\x1a\x07\x01"), Kind::Unsupported("RAR"));
        assert_eq!(Kind::of(b"BZh91AY&SY"), Kind::Unsupported("bzip2"));
        assert_eq!(Kind::of(b"BZh, dear colleague"), Kind::Letter);
        assert_eq!(Kind::of(b"%PDF-1.4"), Kind::Letter);
        assert_eq!(Kind::of(b""), Kind::Letter);
    }

    #[test]
    fn a_tar_without_magic_is_told_by_its_checksum() {
        let mut header = old_tar_header();
        assert_eq!(Kind::of(&header), Kind::Tar);
        header[0] = b'X';
        assert_eq!(Kind::of(&header), Kind::Letter);
    }

    #[test]
    fn a_tar_with_magic_is_told_even_when_its_checksum_is_wrong() {
        let mut header = vec![b'x'; 512];
        header[257..263].copy_from_slice(b"ustar\0");
        assert_eq!(Kind::of(&header), Kind::Tar);
    }

    #[test]
    fn zeros_are_no_tar() {
        assert_eq!(Kind::of(&[0; 512]), Kind::Letter);
    }

    #[test]
    fn a_word_document_is_one_file_and_no_archive() {
        let mut head = b"PK\x03\x04".to_vec();
        head.resize(26, 0);
        head.extend(19_u16.to_le_bytes());
        head.extend([0, 0]);
        head.extend(b"[Content_Types].xml");
        assert_eq!(Kind::of(&head), Kind::Letter);
        head[30] = b'(';
        assert_eq!(Kind::of(&head), Kind::Zip);
    }
}
