//! Loads a PDF within bounds: what the library would make of it is weighed before it does, and counted while it does.
//!
//! The library hands every object to a filter as it reads it. This filter counts bytes and looks at the clock, and ends
//! the reading by unwinding when there is too much; the reading thread catches that and reports the reason. It also
//! weighs the object streams, which the library unpacks next. Two things it never sees: an object stream that the library
//! opens to learn how long another stream is, which is weighed with the tables; and what the library reads into
//! streams whose length it learns at the end, so those are counted with all they might get. Of an encrypted file neither is possible before it is
//! decrypted, so the library is shown the file as an open one, and decryption and object streams follow here.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::Instant;

use pdf_extract::encryption::decrypt_object;
use pdf_extract::xref::XrefEntry;
use pdf_extract::{Document, EncryptionState, LoadOptions, Object, ObjectId, ObjectStream, Stream};

use super::syntax::{Syntax, count_values};
use super::tables::look_at;
use super::weight::refuse_heavy;
use crate::intake::limits::Limits;
use crate::intake::rejection::Rejection;

/// The most bytes that all objects of one PDF may hold: objects can be made to overlap, each holding the rest of the file.
const MOST_OBJECT_BYTES: usize = 256 << 20;
/// The most values (numbers, names, strings) in the text of a PDF; each takes the library about a hundred bytes.
const MOST_VALUES: usize = 4_000_000;
/// The most that one stream of objects may unpack to; a letter's are some ten kilobytes.
const MOST_OBJECT_STREAM_BYTES: usize = 16 << 20;
/// Streams whose length stands in another object: the library goes there first, and from there on, once per stream.
const MOST_REMOTE_LENGTHS: usize = 10_000;
/// The type that object streams have while the library must not open them.
const SEALED: &[u8] = b"SealedObjStm";

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// What the file being loaded on this thread may still cost.
struct Watch {
    deadline: Instant,
    seconds: u64,
    file_bytes: usize,
    bytes_left: usize,
    values_left: usize,
    /// Object streams are encrypted and stay closed.
    sealed: bool,
}

/// Loads and decrypts a PDF.
///
/// # Errors
/// It is damaged, needs a password, or holds more than a letter may. May also unwind with a [`Rejection`] as its payload.
pub(super) fn load(bytes: &[u8], deadline: Instant, limits: &Limits) -> Result<Document, Rejection> {
    let start = memchr::memmem::find(bytes, b"%PDF-").unwrap_or(0);
    let bytes = &bytes[start..];
    let lengths = remote_lengths(bytes)?;
    let tables = look_at(bytes, &lengths)?;
    let values_left = MOST_VALUES.checked_sub(count_values(bytes)).ok_or_else(too_many_values)?;
    let is_encrypted = tables.encryption.is_some();
    let seconds = limits.pdf_seconds;
    let (file_bytes, bytes_left) = (bytes.len(), MOST_OBJECT_BYTES);
    let watch = Watch { deadline, seconds, file_bytes, bytes_left, values_left, sealed: is_encrypted };
    WATCH.set(Some(watch));
    let options = LoadOptions::with_filter(watched);
    let Some(name) = tables.encryption else {
        return Document::load_mem_with_options(bytes, options).map_err(super::broken);
    };
    let mut open = bytes.to_vec();
    // A name of one length and its own, so that no place in the file moves.
    let key = &mut open[name.start + 1..name.end];
    key.fill(b'X');
    let key = key.to_vec();
    let mut document = Document::load_mem_with_options(&open, options).map_err(super::broken)?;
    drop(open);
    let encryption = document.trailer.remove(&key).ok_or(Rejection::PdfPassword)?;
    document.trailer.set("Encrypt", encryption);
    decrypt(&mut document)?;
    Ok(document)
}

fn too_many_values() -> Rejection {
    Rejection::BrokenPdf { reason: "it holds more values than any letter".into() }
}

/// The objects that hold the length of a stream. Refuses files in which reading one stream may lead to ten thousand
/// others: the library would run out of stack.
fn remote_lengths(bytes: &[u8]) -> Result<HashSet<u64>, Rejection> {
    let (mut objects, mut remote) = (HashSet::new(), 0);
    for at in memchr::memchr_iter(b'/', bytes) {
        let may_be_length = bytes[at + 1..].first() == Some(&b'L')
            || bytes[at + 1..]
                .iter()
                .take(24)
                .take_while(|byte| !super::syntax::is_space(**byte))
                .any(|byte| *byte == b'#');
        let mut syntax = Syntax::new(bytes, at);
        if !may_be_length || syntax.name().is_none_or(|name| name != b"Length") {
            continue;
        }
        syntax.skip_space();
        let number = syntax.number();
        syntax.skip_space();
        if number.is_some() && matches!(bytes.get(syntax.at), Some(b'/' | b'>')) {
            continue;
        }
        objects.extend(number);
        remote += 1;
        if remote > MOST_REMOTE_LENGTHS {
            return Err(Rejection::BrokenPdf { reason: "its parts refer to one another without end".into() });
        }
    }
    Ok(objects)
}

/// The filter that the library hands every object to.
#[expect(clippy::unnecessary_wraps, reason = "the type that the library asks for")]
fn watched(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let outcome = WATCH.with_borrow_mut(|watch| watch.as_mut().map_or(Ok(()), |watch| watch.see(object)));
    if let Err(rejection) = outcome {
        std::panic::resume_unwind(Box::new(rejection));
    }
    // The library keeps the object itself of those in the file, and what is given here of those in a stream.
    let is_in_file = matches!(object, Object::Stream(_));
    Some((id, if is_in_file { Object::Null } else { object.clone() }))
}

impl Watch {
    fn see(&mut self, object: &mut Object) -> Result<(), Rejection> {
        if Instant::now() > self.deadline {
            return Err(Rejection::PdfTookTooLong { seconds: self.seconds });
        }
        let heavy = || Rejection::PdfTooHeavy { limit: MOST_OBJECT_BYTES as u64 };
        // Of a stream without content, the library may yet learn its length: up to the end of the file.
        let awaited = match object {
            Object::Stream(Stream { content, start_position: Some(start), .. }) if content.is_empty() => {
                self.file_bytes.saturating_sub(*start)
            }
            _ => 0,
        };
        let size = size_of_object(object).saturating_add(awaited);
        self.bytes_left = self.bytes_left.checked_sub(size).ok_or_else(heavy)?;
        if let Object::Stream(stream) = object
            && stream.dict.has_type(b"ObjStm")
        {
            if self.sealed {
                stream.dict.set("Type", Object::Name(SEALED.to_vec()));
            } else {
                self.refuse_hostile_objects(stream)?;
            }
        }
        Ok(())
    }

    /// Weighs a stream of objects, which must lie one after the other: overlapping ones would multiply.
    fn refuse_hostile_objects(&mut self, stream: &Stream) -> Result<(), Rejection> {
        refuse_heavy(stream, MOST_OBJECT_STREAM_BYTES)?;
        let Ok(content) = stream.decompressed_content() else { return Ok(()) };
        self.values_left = self.values_left.checked_sub(count_values(&content)).ok_or_else(too_many_values)?;
        let first =
            stream.dict.get(b"First").and_then(Object::as_i64).ok().and_then(|first| usize::try_from(first).ok());
        let Some(index) = first.and_then(|first| content.get(..first)) else { return Ok(()) };
        let Ok(index) = std::str::from_utf8(index) else { return Ok(()) };
        let numbers: Vec<usize> = index.split_whitespace().map(|word| word.parse().unwrap_or(usize::MAX)).collect();
        let mut places: Vec<usize> = numbers
            .chunks_exact(2)
            .filter_map(|pair| pair[1].checked_add(index.len()))
            .filter(|at| *at < content.len())
            .collect();
        places.sort_unstable();
        for pair in places.windows(2) {
            let mut syntax = Syntax::new(&content[..], pair[0]);
            let overlaps = syntax.skip_object().is_none() || syntax.at > pair[1] || pair[0] == pair[1];
            if overlaps {
                return Err(Rejection::BrokenPdf { reason: "parts of it overlap".into() });
            }
        }
        Ok(())
    }
}

/// About how many bytes an object takes in memory.
pub(super) fn size_of_object(object: &Object) -> usize {
    let own = size_of::<Object>();
    own + match object {
        Object::Name(bytes) | Object::String(bytes, _) => bytes.len(),
        Object::Array(values) => values.iter().map(size_of_object).sum(),
        Object::Dictionary(dictionary) => dictionary_size(dictionary),
        Object::Stream(stream) => stream.content.len() + dictionary_size(&stream.dict),
        _ => 0,
    }
}

fn dictionary_size(dictionary: &pdf_extract::Dictionary) -> usize {
    dictionary.iter().map(|(name, value)| name.len() + 48 + size_of_object(value)).sum()
}

/// Decrypts every object with the empty password, then opens the object streams that were kept closed.
fn decrypt(document: &mut Document) -> Result<(), Rejection> {
    document.authenticate_password("").map_err(|_| Rejection::PdfPassword)?;
    let state = EncryptionState::decode(document, "").map_err(|_| Rejection::PdfPassword)?;
    let dictionary = document.trailer.remove(b"Encrypt").and_then(|object| object.as_reference().ok());
    if let Some(id) = dictionary {
        document.objects.remove(&id);
    }
    for (id, object) in &mut document.objects {
        // What cannot be decrypted is left as it is: a letter may be whole without it.
        let _ = decrypt_object(&state, *id, object);
    }
    document.encryption_state = Some(state);
    let sealed = |object: &Object| object.as_stream().is_ok_and(|stream| stream.dict.has_type(SEALED));
    let ids: Vec<ObjectId> = document.objects.iter().filter(|(_, object)| sealed(object)).map(|(id, _)| *id).collect();
    for id in ids {
        let Some(Object::Stream(stream)) = document.objects.get_mut(&id) else { continue };
        stream.dict.set("Type", Object::Name(b"ObjStm".to_vec()));
        WATCH.with_borrow_mut(|watch| watch.as_mut().map_or(Ok(()), |watch| watch.refuse_hostile_objects(stream)))?;
        let Ok(opened) = ObjectStream::new(stream) else { continue };
        for (inner, object) in opened.objects {
            let entry = document.reference_table.get(inner.0);
            let is_newest = match entry {
                Some(XrefEntry::Compressed { container, .. }) => *container == id.0,
                Some(_) => false,
                None => true,
            };
            if is_newest {
                document.objects.insert(inner, object);
            }
        }
    }
    Ok(())
}
