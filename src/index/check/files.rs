//! The files of an index as they lie in its folder: which there should be, which there are, and whether each is whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tantivy::Directory;
use tantivy::directory::footer::Footer;
use tantivy::directory::{FileSlice, ManagedDirectory};

use super::super::directory::{IndexDirectory, META};
use super::super::guard::guarded;
use super::super::{INDEX_FORMAT, IndexError, fields, is_store, settings, unusable, unwritable};

/// The endings of a segment's files, beside that of its deleted decisions.
pub const PARTS: [&str; 6] = ["store", "term", "idx", "pos", "fieldnorm", "fast"];

/// One segment: files of one name that hold some of the decisions.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The first part of its files' names.
    pub name: String,
    /// Decisions in it, the deleted ones included; unknown where the list of segments is gone.
    pub decisions: Option<u32>,
    pub deletes: Option<Deletes>,
    /// How the list of segments describes it.
    pub entry: Value,
}

/// The list of deleted decisions of a segment.
#[derive(Clone, Debug)]
pub struct Deletes {
    /// It names the file.
    pub opstamp: u64,
    pub decisions: Option<u32>,
}

impl Segment {
    #[must_use]
    pub fn file(&self, part: &str) -> String {
        format!("{}.{part}", self.name)
    }

    #[must_use]
    pub fn deletes_file(&self) -> Option<String> {
        self.deletes.as_ref().map(|deletes| format!("{}.{}.del", self.name, deletes.opstamp))
    }

    #[must_use]
    pub fn files(&self) -> Vec<String> {
        PARTS.iter().map(|part| self.file(part)).chain(self.deletes_file()).collect()
    }

    /// A segment as the list describes it; none where the description is damaged.
    fn of_entry(entry: &Value) -> Option<Self> {
        let name = entry["segment_id"].as_str()?.replace('-', "");
        let decisions = u32::try_from(entry["max_doc"].as_u64()?).ok()?;
        let deletes = match &entry["deletes"] {
            Value::Null => None,
            deletes => Some(Deletes {
                opstamp: deletes["opstamp"].as_u64()?,
                decisions: Some(u32::try_from(deletes["num_deleted_docs"].as_u64()?).ok()?),
            }),
        };
        let is_name = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_name.then_some(Self { name, decisions: Some(decisions), deletes, entry: entry.clone() })
    }
}

/// What the list of segments says.
pub struct Lists {
    /// `meta.json`, where it can be used.
    pub meta: Option<Value>,
    /// What is wrong with it.
    pub damage: Option<String>,
    pub segments: Vec<Segment>,
}

/// Reads the list of segments; where it is damaged, the segments are told by the files there are.
///
/// # Errors
/// The folder holds no index, or one of another format.
pub fn lists(folder: &Path) -> Result<Lists, IndexError> {
    let names = names(folder)?;
    let from_files = |damage: &str| Lists { meta: None, damage: Some(damage.into()), segments: by_name(&names) };
    let text = match fs::read(folder.join(META)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if names.iter().any(|name| is_store(name)) {
                return Ok(from_files("is missing"));
            }
            return Err(IndexError::Absent { directory: folder.to_owned() });
        }
        Err(error) => return Err(unusable(folder, &error.into())),
    };
    let Ok(meta) = serde_json::from_slice::<Value>(&text) else { return Ok(from_files("is damaged")) };
    let payload = meta["payload"].as_str().and_then(|payload| serde_json::from_str::<Value>(payload).ok());
    let format = payload.as_ref().and_then(|note| note["format"].as_u64());
    if let Some(format) = format.filter(|format| *format != u64::from(INDEX_FORMAT)) {
        return Err(IndexError::OtherFormat { directory: folder.to_owned(), found: format.to_string() });
    }
    let listed = meta["segments"].as_array().cloned().unwrap_or_default();
    let segments: Vec<Segment> = listed.iter().map_while(Segment::of_entry).collect();
    let is_new = meta["payload"].is_null() && listed.is_empty();
    let is_ours = (format.is_some() || is_new)
        && meta["segments"].is_array()
        && serde_json::to_value(fields::schema()).is_ok_and(|schema| schema == meta["schema"])
        && serde_json::to_value(settings()).is_ok_and(|settings| settings == meta["index_settings"])
        && meta["opstamp"].is_u64()
        && is_new | payload.is_some_and(|note| serde_json::from_value::<super::super::CommitNote>(note).is_ok());
    if !is_ours || segments.len() != listed.len() {
        return Ok(from_files("is damaged"));
    }
    Ok(Lists { meta: Some(meta), damage: None, segments })
}

/// The names of the files in a folder, sorted.
///
/// # Errors
/// There is no such folder, or it cannot be read.
pub fn names(folder: &Path) -> Result<Vec<String>, IndexError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => IndexError::Absent { directory: folder.to_owned() },
        _ => unwritable(folder, &error),
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// The segments whose texts are there, with their latest lists of deleted decisions.
fn by_name(names: &[String]) -> Vec<Segment> {
    let mut segments: BTreeMap<&str, Segment> = BTreeMap::new();
    let stores = names.iter().filter_map(|name| name.strip_suffix(".store")).filter(|name| name.len() == 32);
    for name in stores {
        let entry = Value::Null;
        segments.insert(name, Segment { name: name.to_owned(), decisions: None, deletes: None, entry });
    }
    for name in names {
        let Some((name, opstamp)) = name.strip_suffix(".del").and_then(|name| name.split_once('.')) else { continue };
        let (Some(segment), Ok(opstamp)) = (segments.get_mut(name), opstamp.parse::<u64>()) else { continue };
        if segment.deletes.as_ref().is_none_or(|known| known.opstamp < opstamp) {
            segment.deletes = Some(Deletes { opstamp, decisions: None });
        }
    }
    segments.into_values().collect()
}

/// Who wrote a file, as its end says: the version of the library and that of its format.
pub type WrittenBy = [u64; 4];

/// The numbers of a version.
#[must_use]
pub fn written_by(version: &tantivy::Version) -> WrittenBy {
    let version = serde_json::to_value(version).unwrap_or_default();
    ["major", "minor", "patch", "index_format_version"].map(|part| version[part].as_u64().unwrap_or(0))
}

/// Reads files of the index whatever state the lists are in.
pub struct Files {
    pub directory: IndexDirectory,
    checksums: ManagedDirectory,
}

impl Files {
    /// # Errors
    /// There is no such folder.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let open = || -> tantivy::Result<Self> {
            Ok(Self {
                directory: IndexDirectory::open(folder)?,
                // Beside the lists: a damaged one would be in the way.
                checksums: ManagedDirectory::wrap(Box::new(IndexDirectory::aside(folder)?))?,
            })
        };
        open().map_err(|error| unusable(folder, &error))
    }

    /// All bytes of a file.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn raw(&self, name: &str) -> tantivy::Result<FileSlice> {
        Ok(FileSlice::new(self.directory.get_file_handle(Path::new(name))?))
    }

    /// A file without what the library puts at its end.
    ///
    /// # Errors
    /// It cannot be opened, or its end is damaged.
    pub fn body(&self, name: &str) -> tantivy::Result<FileSlice> {
        let raw = self.raw(name)?;
        guarded(|| Ok(Footer::extract_footer(raw)?.1))
    }

    /// Reads a file through and compares its checksum; gives who wrote it.
    ///
    /// # Errors
    /// What is wrong with it, to go after its name.
    pub fn verify(&self, name: &str) -> Result<WrittenBy, &'static str> {
        let path = Path::new(name);
        if !self.directory.exists(path).unwrap_or(false) {
            return Err("is missing");
        }
        let Ok(raw) = self.raw(name) else { return Err("cannot be opened") };
        let footer = guarded(|| Ok(Footer::extract_footer(raw)?.0));
        let Ok(footer) = footer else { return Err("is cut off, or its end is damaged") };
        match guarded(|| Ok(self.checksums.validate_checksum(path)?)) {
            Ok(true) => Ok(written_by(&footer.version)),
            Ok(false) => Err("is damaged: its checksum does not match"),
            Err(_) => Err("cannot be read through"),
        }
    }
}
