//! The files of an index on disk, with what the library's own directory lacks.
//!
//! A list of segments is durable as soon as it is replaced; an index on a disk that cannot be written is still read; and
//! a repair makes its segments among the others without touching the lists that say what the index is.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, INDEX_WRITER_LOCK, Lock, META_LOCK, MmapDirectory, OwnedBytes, WatchCallback,
    WatchHandle, WritePtr,
};
use tantivy::{Directory, HasLen};

/// The list of segments.
pub const META: &str = "meta.json";
/// The list of the files that belong to the library.
pub const MANAGED: &str = ".managed.json";
/// Before the name of such a list while a repair is under way.
pub const ASIDE: &str = ".tmp-repair-";

/// The folder of an index.
#[derive(Clone, Debug)]
pub struct IndexDirectory<D = MmapDirectory> {
    files: D,
    /// Where the stores are read from, instead of being mapped.
    folder: Option<PathBuf>,
    /// The lists stand under other names, and the lock of the writer is held by who made this.
    aside: bool,
}

impl IndexDirectory<MmapDirectory> {
    /// The folder of an index, for reading and writing.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn open(folder: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self { folder: Some(folder.to_owned()), ..Self::over(MmapDirectory::open(folder)?) })
    }

    /// The same folder, in which an index grows whose lists nobody else reads. Who asks for it holds the writer's lock.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn aside(folder: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self { aside: true, ..Self::open(folder)? })
    }
}

impl<D> IndexDirectory<D> {
    /// The folder of an index kept by another directory.
    pub fn over(files: D) -> Self {
        Self { files, folder: None, aside: false }
    }

    fn name(&self, path: &Path) -> PathBuf {
        match path.to_str() {
            Some(name @ (META | MANAGED)) if self.aside => {
                PathBuf::from(format!("{ASIDE}{}", name.trim_start_matches('.')))
            }
            _ => path.to_owned(),
        }
    }
}

impl<D: Directory + Clone> Directory for IndexDirectory<D> {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match &self.folder {
            Some(folder) if path.extension().is_some_and(|ending| ending == "store") => {
                Ok(Arc::new(ReadFile::open(&folder.join(path), path)?))
            }
            _ => self.files.get_file_handle(&self.name(path)),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.files.delete(&self.name(path))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(&self.name(path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.files.open_write(&self.name(path))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(&self.name(path))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.files.atomic_write(&self.name(path), data)?;
        // Files that the new list no longer names are deleted next. Were the list lost with the power and they were not
        // there any more, the old list would name missing files.
        if path == Path::new(META) { self.files.sync_directory() } else { Ok(()) }
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.files.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if self.aside && lock.filepath == INDEX_WRITER_LOCK.filepath {
            return Ok(DirectoryLock::from(Box::new(())));
        }
        match self.files.acquire_lock(lock) {
            // Readers wait for a writer that deletes files. Where nobody can write, there is none.
            Err(LockError::IoError(error)) if lock.filepath == META_LOCK.filepath && is_read_only(&error) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            other => other,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// A file that is read, not mapped: the store of a segment, of which a search reads a few blocks and a merge everything
/// once. Mapped, it would stay in the memory of a build that merges gigabytes.
#[derive(Debug)]
struct ReadFile {
    file: File,
    length: usize,
}

impl ReadFile {
    fn open(whole_path: &Path, path: &Path) -> Result<Self, OpenReadError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        };
        let file = File::open(whole_path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        Ok(Self { file, length: usize::try_from(length).unwrap_or(usize::MAX) })
    }

    #[cfg(unix)]
    fn read_exactly(&self, buffer: &mut [u8], start: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, start)
    }

    #[cfg(windows)]
    fn read_exactly(&self, mut buffer: &mut [u8], mut start: u64) -> io::Result<()> {
        while !buffer.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(&self.file, buffer, start)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => {
                    buffer = &mut buffer[read..];
                    start += read as u64;
                }
            }
        }
        Ok(())
    }
}

impl HasLen for ReadFile {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for ReadFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.end > self.length || range.start > range.end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; range.len()];
        self.read_exactly(&mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }
}

/// Whether writing was refused because the disk or the folder is not to be written.
#[must_use]
pub fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}
