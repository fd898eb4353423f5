//! Where letters go: a folder, a tar archive or a compressed one, with the truth beside it.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// As `zstd` compresses without being told otherwise.
const LEVEL: i32 = 3;

/// 2025-01-01: every member has the same time, so that the same letters are the same bytes.
const MEMBER_TIME: u64 = 1_735_689_600;

/// Where the letters are written.
pub enum Letters {
    Folder(PathBuf),
    Tar(tar::Builder<Sink>),
}

/// A file, compressed or not.
pub enum Sink {
    Plain(BufWriter<File>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Sink {
    fn create(path: &Path, compressed: bool) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot create `{}`", path.display()))?;
        let file = BufWriter::with_capacity(1 << 20, file);
        Ok(if compressed { Sink::Zstd(zstd::Encoder::new(file, LEVEL)?) } else { Sink::Plain(file) })
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// A full disk.
    pub fn finish(self) -> Result<()> {
        match self {
            Sink::Plain(mut file) => file.flush()?,
            Sink::Zstd(encoder) => encoder.finish()?.flush()?,
        }
        Ok(())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Sink::Plain(file) => file.write(bytes),
            Sink::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Sink::Plain(file) => file.flush(),
            Sink::Zstd(encoder) => encoder.flush(),
        }
    }
}

impl Letters {
    /// Opens what `path` names: `*.tar.zst`, `*.tar`, else a folder.
    ///
    /// # Errors
    /// A file or folder that cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let name = path.to_string_lossy();
        if name.ends_with(".tar.zst") || name.ends_with(".tar") {
            return Ok(Letters::Tar(tar::Builder::new(Sink::create(path, name.ends_with(".zst"))?)));
        }
        fs::create_dir_all(path).with_context(|| format!("cannot create the folder `{}`", path.display()))?;
        Ok(Letters::Folder(path.to_owned()))
    }

    /// Writes one letter under its name, such as `2016/CM16-1000001.txt`.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&mut self, name: &str, text: &str) -> Result<()> {
        match self {
            Letters::Folder(folder) => {
                let path = folder.join(name);
                let parent = path.parent().unwrap_or(folder);
                fs::create_dir_all(parent).with_context(|| format!("cannot create `{}`", parent.display()))?;
                fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))
            }
            Letters::Tar(archive) => {
                let mut header = tar::Header::new_ustar();
                header.set_size(text.len() as u64);
                header.set_mode(0o644);
                header.set_mtime(MEMBER_TIME);
                archive.append_data(&mut header, name, text.as_bytes()).context("cannot write the archive")
            }
        }
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// A full disk.
    pub fn finish(self) -> Result<()> {
        match self {
            Letters::Folder(_) => Ok(()),
            Letters::Tar(archive) => archive.into_inner()?.finish(),
        }
    }
}

/// The file of the truth beside the letters: `X.truth.jsonl`, compressed where the letters are.
///
/// # Errors
/// A file that cannot be made.
pub fn create_truth(letters: &Path) -> Result<Sink> {
    let (path, compressed) = truth_path(letters);
    Sink::create(&path, compressed)
}

fn truth_path(letters: &Path) -> (PathBuf, bool) {
    let name = letters.to_string_lossy();
    let name = name.trim_end_matches('/');
    if let Some(stem) = name.strip_suffix(".tar.zst") {
        return (format!("{stem}.truth.jsonl.zst").into(), true);
    }
    (format!("{}.truth.jsonl", name.strip_suffix(".tar").unwrap_or(name)).into(), false)
}
