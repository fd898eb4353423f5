//! The letters that the benches read: the samples of this repository and, where they lie beside it, real ones.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A set of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corpus {
    /// `tests/letters`, invented for this project: many layouts, short letters.
    Samples,
    /// `../shared/letters`, real ones: few layouts, long rationales. They are not part of the repository.
    Real,
}

impl Corpus {
    /// The sets that are there.
    pub fn present() -> Vec<Self> {
        [Corpus::Samples, Corpus::Real].into_iter().filter(|corpus| corpus.folder("pdf").is_dir()).collect()
    }

    /// The folder of its letters in one format, `pdf` or `text`.
    pub fn folder(self, format: &str) -> PathBuf {
        let letters = match self {
            Corpus::Samples => "tests/letters",
            Corpus::Real => "../shared/letters",
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join(letters).join(format)
    }

    /// The letters in one format, in the order of their names.
    pub fn files(self, format: &str) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.folder(format)).expect("the folder is there");
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("the folder can be listed").path()).collect();
        files.sort();
        files
    }
}

impl fmt::Display for Corpus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Corpus::Samples => "samples",
            Corpus::Real => "real",
        })
    }
}
