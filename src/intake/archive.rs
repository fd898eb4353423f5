//! From one stream of bytes to the letters in it
//!
//! The walk hands over each file it finds; this module tells a letter from an archive by the
//! first bytes and delivers either the letter or every member, one at a time. Nothing is
//! unpacked to disk, and nothing larger than one letter is held in memory, except a zip that
//! cannot be read in place.
//!
//! An archive that is damaged, or that exceeds a limit, has delivered the members before that
//! point: they are letters, whatever happened to the rest. Then comes one rejection for the
//! archive, so that the report says the rest is missing.

mod budget;
mod kind;
mod member_path;
mod tarball;
#[cfg(test)]
mod tests;
mod zipped;

use crate::intake::delivery::{Delivery, Origin};
use crate::intake::limits::Limits;
use crate::intake::rejection::Rejection;
use budget::{Budget, ExpandedReader, PackedReader};
use kind::{HEAD_LENGTH, Kind};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::SystemTime;

/// Delivers the letter at a path on disk, or the members of the archive that it is
pub(crate) fn deliver_file(
    path: &Path,
    origin: Origin,
    named_by_user: bool,
    limits: &Limits,
    deliver: &mut dyn FnMut(Delivery) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let budget = Budget::new(*limits);
    let place = Place::of_input(origin, named_by_user);
    let mut unpacking = Unpacking { input: place.clone(), limits, budget: &budget, deliver };
    let outcome = match File::open(path) {
        Ok(file) => deliver_opened_file(file, &place, &mut unpacking),
        Err(error) => Err(Stop::Source(error)),
    };
    unpacking.finish(outcome)
}

/// Delivers the letter in a stream that cannot be rewound, or the members of the archive that
/// it is
pub(crate) fn deliver_stream(
    source: &mut dyn Read,
    origin: Origin,
    named_by_user: bool,
    limits: &Limits,
    deliver: &mut dyn FnMut(Delivery) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let budget = Budget::new(*limits);
    let place = Place::of_input(origin, named_by_user);
    let mut unpacking = Unpacking { input: place.clone(), limits, budget: &budget, deliver };
    let mut source = PackedReader { source, budget: &budget };
    let outcome = deliver_contents(&mut source, &place, &mut unpacking);
    unpacking.finish(outcome)
}

/// Where the bytes at hand lie
#[derive(Clone)]
struct Place {
    origin: Origin,
    named_by_user: bool,
    /// How many archives lie around these bytes
    depth: u32,
    /// Whether the bytes come straight out of a gzip or zstd stream
    decompressed: bool,
}

impl Place {
    fn of_input(origin: Origin, named_by_user: bool) -> Self {
        Self { origin, named_by_user, depth: 0, decompressed: false }
    }

    fn of_member(&self, name: &str) -> Self {
        Self { origin: self.origin.within(name), named_by_user: false, depth: self.depth + 1, decompressed: false }
    }

    fn decompressed(&self, depth: u32) -> Self {
        Self { depth, decompressed: true, ..self.clone() }
    }
}

/// Why reading stopped before its end
enum Stop {
    /// The receiver wants no more
    Receiver,
    /// The input ran into a limit and has been rejected for it
    Exhausted,
    /// The bytes themselves could not be read; whoever opened them knows what that means
    Source(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Source(error)
    }
}

/// One input on its way to the receiver, with what it may cost
struct Unpacking<'run> {
    input: Place,
    limits: &'run Limits,
    budget: &'run Budget,
    deliver: &'run mut dyn FnMut(Delivery) -> ControlFlow<()>,
}

impl Unpacking<'_> {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), Stop> {
        match (self.deliver)(delivery) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Receiver),
        }
    }

    fn accept(&mut self, place: &Place, bytes: Vec<u8>) -> Result<(), Stop> {
        let origin = place.origin.clone();
        self.deliver(Delivery::File { origin, bytes, named_by_user: place.named_by_user })
    }

    fn reject(&mut self, place: &Place, rejection: Rejection) -> Result<(), Stop> {
        let origin = place.origin.clone();
        self.deliver(Delivery::Rejected { origin, rejection, named_by_user: place.named_by_user })
    }

    /// Rejects an archive that could not be read on
    ///
    /// A limit shows itself as a failed read too. It ends the whole input, not only the archive
    /// in which it was noticed, because the budget is the input's.
    fn reject_damage(&mut self, place: &Place, reason: String) -> Result<(), Stop> {
        match self.budget.take_exceeded() {
            Some(rejection) => {
                let input = self.input.clone();
                self.reject(&input, rejection)?;
                Err(Stop::Exhausted)
            }
            None => self.reject(place, Rejection::BrokenArchive { reason }),
        }
    }

    fn finish(&mut self, outcome: Result<(), Stop>) -> ControlFlow<()> {
        match outcome {
            Ok(()) | Err(Stop::Exhausted) => ControlFlow::Continue(()),
            Err(Stop::Receiver) => ControlFlow::Break(()),
            Err(Stop::Source(error)) => {
                let Place { origin, named_by_user, .. } = self.input.clone();
                let rejection = Rejection::Unreadable { reason: error.to_string() };
                (self.deliver)(Delivery::Rejected { origin, rejection, named_by_user })
            }
        }
    }
}

fn deliver_opened_file(mut file: File, place: &Place, unpacking: &mut Unpacking<'_>) -> Result<(), Stop> {
    let first = state(&file);
    let head = read_head(&mut file)?;
    let budget = unpacking.budget;
    if Kind::of(&head) == Kind::Zip {
        // The table of contents lies at the end, so the whole file counts as read at once.
        budget.count_packed(file.metadata()?.len());
        file.rewind()?;
        return zipped::deliver_members(BufReader::new(file), place, unpacking);
    }
    if Kind::of(&head) != Kind::Letter {
        let mut source = PackedReader { source: Cursor::new(head).chain(file), budget };
        return deliver_contents(&mut source, place, unpacking);
    }
    let mut source = PackedReader { source: Cursor::new(head).chain(&file), budget };
    let mut delivered = None;
    let mut hold = |delivery| {
        delivered = Some(delivery);
        ControlFlow::Continue(())
    };
    let mut reading =
        Unpacking { input: unpacking.input.clone(), limits: unpacking.limits, budget, deliver: &mut hold };
    deliver_contents(&mut source, place, &mut reading)?;
    match delivered {
        // Half of an old and half of a new version would be a letter that nobody wrote.
        Some(Delivery::File { .. }) if state(&file) != first => {
            let reason = "it changed while it was read; index it again when it is finished".to_owned();
            unpacking.reject(place, Rejection::Unreadable { reason })
        }
        Some(delivery) => unpacking.deliver(delivery),
        None => Ok(()),
    }
}

/// What changes when a file is written
fn state(file: &File) -> Option<(u64, SystemTime)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// Tells what the bytes are and delivers them, or what is in them
///
/// # Errors
///
/// [`Stop::Source`] when nothing has been delivered because the bytes could not be read. An
/// archive rejects its own damage and returns normally.
fn deliver_contents(source: &mut dyn Read, place: &Place, unpacking: &mut Unpacking<'_>) -> Result<(), Stop> {
    let head = read_head(source)?;
    if head.is_empty() {
        return unpacking.reject(place, Rejection::Empty);
    }
    let kind = Kind::of(&head);
    let mut source = Cursor::new(head).chain(source);
    match kind {
        Kind::Letter => return deliver_letter(&mut source, place, unpacking),
        Kind::Unsupported(name) => {
            let rejection = Rejection::UnsupportedCompression { method: name.to_owned() };
            return unpacking.reject(place, rejection);
        }
        Kind::Zip | Kind::Tar | Kind::Gzip | Kind::Zstd => {}
    }

    // A tar.gz is one archive; anything else inside a compressed stream is an archive more.
    let depth = place.depth + u32::from(place.decompressed && kind != Kind::Tar);
    if depth > unpacking.limits.nesting {
        let rejection = Rejection::NestedTooDeep { limit: unpacking.limits.nesting };
        return unpacking.reject(place, rejection);
    }
    match kind {
        Kind::Gzip => {
            let decoder = flate2::read::MultiGzDecoder::new(source);
            deliver_decompressed(decoder, &place.decompressed(depth), unpacking)
        }
        Kind::Zstd => {
            let decoder = zstd::stream::read::Decoder::new(source)?;
            deliver_decompressed(decoder, &place.decompressed(depth), unpacking)
        }
        Kind::Tar => tarball::deliver_members(&mut source, &Place { depth, ..place.clone() }, unpacking),
        _ => deliver_buffered_zip(&mut source, &Place { depth, ..place.clone() }, unpacking),
    }
}

fn deliver_letter(source: &mut dyn Read, place: &Place, unpacking: &mut Unpacking<'_>) -> Result<(), Stop> {
    let limit = unpacking.limits.file_bytes;
    match read_at_most(source, limit)? {
        Some(bytes) => unpacking.accept(place, bytes),
        None => unpacking.reject(place, Rejection::TooLarge { limit }),
    }
}

fn deliver_decompressed(decoder: impl Read, place: &Place, unpacking: &mut Unpacking<'_>) -> Result<(), Stop> {
    let mut source = ExpandedReader { source: decoder, budget: unpacking.budget };
    match deliver_contents(&mut source, place, unpacking) {
        Err(Stop::Source(error)) => unpacking.reject_damage(place, error.to_string()),
        outcome => outcome,
    }
}

fn deliver_buffered_zip(source: &mut dyn Read, place: &Place, unpacking: &mut Unpacking<'_>) -> Result<(), Stop> {
    let limit = unpacking.limits.buffered_zip_bytes;
    match read_at_most(source, limit)? {
        Some(bytes) => zipped::deliver_members(Cursor::new(bytes), place, unpacking),
        None => unpacking.reject(place, Rejection::ZipTooLargeToHold { limit }),
    }
}

fn read_head(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_LENGTH);
    source.take(HEAD_LENGTH as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// All bytes of the source, or nothing if there are more than the limit
///
/// The buffer grows with what arrives, never ahead of it; it starts at the size of a short
/// letter.
fn read_at_most(source: &mut dyn Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(16 << 10);
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}
