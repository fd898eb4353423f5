//! Nothing is lost: the power may fail after any write. Everything the index asks of the disk is recorded; after each step
//! a disk is made that kept only what was made durable, and the index on it opens with the last finished commit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use common::whole::{Numbers, invented};
use imr::index::directory::IndexDirectory;
use imr::index::document::documents;
use imr::index::memory::Memory;
use imr::index::reader::Snapshot;
use imr::index::writer::LetterWriter;
use imr::index::{CommitNote, INDEX_FORMAT, OpenIndex, analysis, fields, open};
use imr::ingest::{Options, read_letter};
use imr::intake::delivery::Origin;
use tantivy::directory::error::{DeleteError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, FileHandle, RamDirectory, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::tokenizer::{LowerCaser, RawTokenizer, TextAnalyzer};
use tantivy::{Index, IndexSettings};

/// What was asked of the disk.
#[derive(Clone, Debug)]
enum Step {
    Create(PathBuf),
    Write(PathBuf, Vec<u8>),
    /// The content of a file is durable, its name is not.
    Sync(PathBuf),
    /// A durable file took this name; that it did is not durable.
    Replace(PathBuf, Vec<u8>),
    Delete(PathBuf),
    SyncFolder,
    /// The program says that this many letters are committed.
    Committed,
}

#[derive(Clone, Debug)]
struct Recorder {
    files: RamDirectory,
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Recorder {
    fn note(&self, step: Step) {
        self.steps.lock().unwrap().push(step);
    }
}

struct RecordedFile {
    path: PathBuf,
    file: WritePtr,
    recorder: Recorder,
}

impl Write for RecordedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.recorder.note(Step::Write(self.path.clone(), bytes.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for RecordedFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_mut().terminate_ref(token)?;
        self.recorder.note(Step::Sync(self.path.clone()));
        Ok(())
    }
}

impl Directory for Recorder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }
    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.files.delete(path)?;
        self.note(Step::Delete(path.to_owned()));
        Ok(())
    }
    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }
    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.files.open_write(path)?;
        self.note(Step::Create(path.to_owned()));
        Ok(BufWriter::new(Box::new(RecordedFile { path: path.to_owned(), file, recorder: self.clone() })))
    }
    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.files.atomic_write(path, data)?;
        self.note(Step::Replace(path.to_owned(), data.to_vec()));
        Ok(())
    }
    fn sync_directory(&self) -> io::Result<()> {
        self.note(Step::SyncFolder);
        Ok(())
    }
    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}

/// What of the names that were not made durable the disk kept.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Nothing,
    Deletions,
    Everything,
    /// Each or not, as these numbers fall.
    Some(u64),
}

/// The files on the disk after the power failed.
fn disk_after(steps: &[Step], kept: Kept) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut numbers = Numbers(if let Kept::Some(seed) = kept { seed } else { 0 });
    let (mut contents, mut durable): (Vec<Vec<u8>>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut open: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut names: BTreeMap<PathBuf, usize> = BTreeMap::new();
    // Names given to a file or taken away, which the disk may forget.
    let mut pending: Vec<(PathBuf, Option<usize>)> = Vec::new();
    for step in steps {
        match step {
            Step::Create(path) | Step::Replace(path, _) => {
                let content = if let Step::Replace(_, content) = step { content.clone() } else { Vec::new() };
                durable.push(content.len());
                contents.push(content);
                open.insert(path.clone(), contents.len() - 1);
                pending.push((path.clone(), Some(contents.len() - 1)));
            }
            Step::Write(path, bytes) => contents[open[path]].extend(bytes),
            Step::Sync(path) => durable[open[path]] = contents[open[path]].len(),
            Step::Delete(path) => pending.push((path.clone(), None)),
            Step::SyncFolder => {
                for (path, file) in pending.drain(..) {
                    match file {
                        Some(file) => drop(names.insert(path, file)),
                        None => drop(names.remove(&path)),
                    }
                }
            }
            Step::Committed => {}
        }
    }
    for (path, file) in pending {
        let stays = match kept {
            Kept::Nothing => false,
            Kept::Deletions => file.is_none(),
            Kept::Everything => true,
            Kept::Some(_) => numbers.below(2) == 0,
        };
        match file {
            Some(file) if stays => drop(names.insert(path, file)),
            None if stays => drop(names.remove(&path)),
            _ => {}
        }
    }
    names.into_iter().map(|(path, file)| (path, contents[file][..durable[file]].to_vec())).collect()
}

fn index_on(recorder: &Recorder) -> OpenIndex {
    let directory = IndexDirectory::over(recorder.clone());
    let tantivy = Index::create(directory, fields::schema(), IndexSettings::default()).unwrap();
    tantivy.tokenizers().register(fields::TEXT_ANALYSIS, TextAnalyzer::from(analysis::LetterTokenizer::default()));
    let keyword = TextAnalyzer::builder(RawTokenizer::default()).filter(LowerCaser).build();
    tantivy.tokenizers().register(fields::KEYWORD_ANALYSIS, keyword);
    let now = jiff::Timestamp::now();
    let note = CommitNote { format: INDEX_FORMAT, imr: "test".into(), created: now, updated: now };
    OpenIndex { directory: "recorded".into(), tantivy, note }
}

/// Writes letters in several commits, with replaced and removed ones and merges; gives every step, and after each commit
/// the letters it holds.
fn recorded() -> (Vec<Step>, Vec<usize>) {
    let recorder = Recorder { files: RamDirectory::create(), steps: Arc::default() };
    let mut writer = LetterWriter::new(index_on(&recorder), 1, Memory::default()).unwrap();
    // A new index gets its note first.
    writer.commit().unwrap();
    let mut sizes = vec![0];
    recorder.note(Step::Committed);
    let (mut held, handles) = (BTreeSet::new(), writer.known().snapshot().fields.clone());
    for round in 0..7_usize {
        for number in (round * 4..round * 4 + 6).chain([0]) {
            let origin = Origin { path: format!("{number}.txt"), member: None };
            let text = invented(number).replace("grade", &format!("in round {round} grade"));
            let mut letter = read_letter(&origin, text.as_bytes(), &Options::default()).unwrap();
            let prepared = documents(&handles, &mut letter, &[]).unwrap();
            writer.write(&mut letter, prepared).unwrap();
            held.insert(letter.id);
        }
        if round % 3 == 2 {
            let gone = common::whole::case(round);
            writer.commit().unwrap();
            recorder.note(Step::Committed);
            sizes.push(held.len());
            writer.remove(&gone).unwrap();
            held.remove(&gone);
        }
        writer.commit().unwrap();
        recorder.note(Step::Committed);
        sizes.push(held.len());
    }
    writer.finish().unwrap();
    recorder.note(Step::Committed);
    let steps = recorder.steps.lock().unwrap().iter().filter(|step| !is_lock(step)).cloned().collect();
    (steps, sizes)
}

fn is_lock(step: &Step) -> bool {
    match step {
        Step::Create(path) | Step::Write(path, _) | Step::Sync(path) | Step::Replace(path, _) | Step::Delete(path) => {
            path.extension().is_some_and(|ending| ending == "lock")
        }
        Step::SyncFolder | Step::Committed => false,
    }
}

#[test]
fn the_power_may_fail_after_any_step() {
    let (steps, sizes) = recorded();
    let folder = tempfile::tempdir().unwrap();
    let (mut disks, mut commits, mut seen) = (0, 0, BTreeSet::new());
    let first = steps.iter().position(|step| matches!(step, Step::Committed)).unwrap();
    for end in first + 1..=steps.len() {
        // A failure between two bytes of one file is the same as before them: what is not synced is lost here.
        if matches!(steps[end - 1], Step::Write(..)) {
            continue;
        }
        commits = steps[..end].iter().filter(|step| matches!(step, Step::Committed)).count() - 1;
        for kept in
            [Kept::Nothing, Kept::Deletions, Kept::Everything, Kept::Some(end as u64), Kept::Some(7 * end as u64)]
        {
            let disk = disk_after(&steps[..end], kept);
            let mut hasher = std::hash::DefaultHasher::new();
            std::hash::Hash::hash(&(commits, &disk), &mut hasher);
            // Most steps change nothing that would survive.
            if !seen.insert(std::hash::Hasher::finish(&hasher)) {
                continue;
            }
            disks += 1;
            let place = folder.path().join("disk");
            let _ = std::fs::remove_dir_all(&place);
            std::fs::create_dir(&place).unwrap();
            for (path, content) in &disk {
                std::fs::write(place.join(path), content).unwrap();
            }
            let say = || format!("after step {end} of {} ({:?}), kept: {kept:?}", steps.len(), steps[end - 1]);
            let index = open(&place).unwrap_or_else(|error| panic!("{}: {error}", say()));
            let counts = Snapshot::of(&index)
                .and_then(|snapshot| snapshot.counts())
                .unwrap_or_else(|error| panic!("{}: {error}", say()));
            let sizes = &sizes[commits.min(sizes.len() - 1)..sizes.len().min(commits + 2)];
            assert!(sizes.contains(&(counts.letters as usize)), "{}: {} letters, not {sizes:?}", say(), counts.letters);
        }
    }
    println!("{disks} disks of {} steps with {commits} commits", steps.len());
    assert!(disks > 200 && commits > 8);
}
