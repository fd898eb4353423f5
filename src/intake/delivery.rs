//! What the walk and the archives hand over: where a file lies, and its bytes or why it has none.

use std::fmt;
use std::path::Path;

use super::rejection::Rejection;

/// The path that stands for standard input
pub const STANDARD_INPUT: &str = "-";

/// What stands between an archive and its member, and between that and a member within it
const MEMBER_SEPARATOR: &str = " » ";

/// Where a letter's bytes came from
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Origin {
    /// The path as given, continued into the folders below it; `-` for standard input
    pub path: String,
    /// The path within the archive at `path`, if it is one
    ///
    /// A member of an archive within an archive has both names: `2016.zip » folder/CM16.pdf`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<String>,
}

impl Origin {
    /// The origin of a file on disk; a path that is not Unicode is shown as well as it can be
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        Self { path: path.to_string_lossy().into_owned(), member: None }
    }

    /// The origin of something inside the archive that lies here
    #[must_use]
    pub fn within(&self, name: &str) -> Self {
        let member = match &self.member {
            Some(archive) => format!("{archive}{MEMBER_SEPARATOR}{name}"),
            None => name.to_owned(),
        };
        Self { path: self.path.clone(), member: Some(member) }
    }

    /// The bare name of the file, without folders, extension or a `.gz` or `.zst` after it
    ///
    /// A letter's case number is often its file name, whatever it was packed in.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let path = match &self.member {
            Some(member) => member.rsplit(MEMBER_SEPARATOR).next().unwrap_or(member),
            None if self.path == STANDARD_INPUT => return "standard-input".to_owned(),
            None => &self.path,
        };
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let unpacked = match split_extension(name) {
            (stem, extension) if is_compression(extension) => stem,
            _ => name,
        };
        split_extension(unpacked).0.to_owned()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path == STANDARD_INPUT { "standard input" } else { &self.path };
        match &self.member {
            Some(member) => write!(formatter, "{path}{MEMBER_SEPARATOR}{member}"),
            None => formatter.write_str(path),
        }
    }
}

fn split_extension(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

fn is_compression(extension: &str) -> bool {
    ["gz", "zst"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// How one file or archive member ended
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Its bytes
    File {
        /// Where it lies
        origin: Origin,
        /// All of it
        bytes: Vec<u8>,
        /// Whether the path itself was given, and not found inside a folder or archive
        named_by_user: bool,
    },
    /// Why it has none
    Rejected {
        /// Where it lies
        origin: Origin,
        /// The reason
        rejection: Rejection,
        /// Whether the path itself was given, and not found inside a folder or archive
        named_by_user: bool,
    },
}
