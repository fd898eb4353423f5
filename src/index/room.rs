//! Back-pressure by bytes: documents on their way to the engine take up room, and give it back when they are indexed.
//!
//! The engine's own queue holds ten thousand documents whatever their size, which can be ten gigabytes.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tantivy::TantivyDocument;
use tantivy::schema::Document;

/// Room for a number of bytes, shared between who fills and who empties.
#[derive(Clone)]
pub struct Room {
    shared: Arc<Shared>,
}

struct Shared {
    capacity: u64,
    taken: Mutex<u64>,
    given_back: Condvar,
}

impl Room {
    /// Room for `capacity` bytes.
    #[must_use]
    pub fn for_bytes(capacity: u64) -> Self {
        let shared = Shared { capacity, taken: Mutex::new(0), given_back: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Waits until there is room for `bytes`, and takes it. What is larger than the whole room waits until it is empty.
    #[must_use]
    pub fn take(&self, bytes: u64) -> Taken {
        let taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut u64| *taken > 0 && *taken + bytes > self.shared.capacity;
        let mut taken = self.shared.given_back.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Taken { room: self.clone(), bytes }
    }
}

/// Room that is taken until this is dropped.
pub struct Taken {
    room: Room,
    bytes: u64,
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self.room.shared.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.room.shared.given_back.notify_all();
    }
}

/// A document on its way to the engine, with the room it takes up until it is indexed.
pub struct QueuedDocument {
    document: TantivyDocument,
    _room: Arc<Taken>,
}

impl QueuedDocument {
    /// A document of a letter whose documents together took up `room`.
    #[must_use]
    pub fn new(document: TantivyDocument, room: Arc<Taken>) -> Self {
        Self { document, _room: room }
    }
}

impl Document for QueuedDocument {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn never_more_is_taken_than_there_is_room_for() {
        let room = Room::for_bytes(100);
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (room, now, most) = (&room, &now, &most);
                scope.spawn(move || {
                    for round in 0..50 {
                        let bytes = 10 + (thread * 7 + round) % 60;
                        let taken = room.take(bytes);
                        most.fetch_max(now.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_micros(50));
                        now.fetch_sub(bytes, Ordering::SeqCst);
                        drop(taken);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100, "{most:?}");
    }

    #[test]
    fn what_is_larger_than_the_room_passes_alone() {
        let room = Room::for_bytes(10);
        drop(room.take(1_000));
        let _small = room.take(10);
    }
}
