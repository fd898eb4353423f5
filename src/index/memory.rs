//! How the memory that a build may use is shared out.

/// Bytes in a mebibyte.
const MEBIBYTE: u64 = 1 << 20;

/// The memory a build may use, in bytes: what is read ahead, waits for the engine, and is gathered before it is written.
///
/// What does not depend on the letters is not in it: the tables of names, the lists of what the index has (24 bytes a
/// letter), and the files of the index, which the system maps and takes back as it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(u64);

impl Memory {
    /// The least that a build works with.
    pub const LEAST: u64 = 128 * MEBIBYTE;

    /// A number of bytes, at least [`Memory::LEAST`].
    #[must_use]
    pub fn of_bytes(bytes: u64) -> Self {
        Self(bytes.max(Self::LEAST))
    }

    /// What each indexing thread gathers before it writes a segment. Writing it takes up to as much again.
    #[must_use]
    pub fn of_indexing_thread(self, threads: usize) -> usize {
        // The engine takes no less than 15 million bytes and no more than 4 GiB.
        let bytes = (self.0 * 3 / 8 / threads.max(1) as u64).clamp(16_000_000, 2_000 * MEBIBYTE);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// What documents take up that wait for the engine.
    #[must_use]
    pub fn of_queue(self) -> u64 {
        self.0 / 16
    }

    /// The files of one batch. Four batches are in memory at a time: one is filled, two wait, one is read.
    #[must_use]
    pub fn of_batch(self) -> usize {
        usize::try_from((self.0 / 128).clamp(MEBIBYTE, 8 * MEBIBYTE)).unwrap_or(usize::MAX)
    }

    /// Letters that are remembered until a commit, some 500 bytes each.
    #[must_use]
    pub fn of_letters_between_commits(self) -> usize {
        usize::try_from(self.0 / 16 / 500).unwrap_or(usize::MAX)
    }
}

impl Default for Memory {
    /// 1 GiB: with what is not counted, a build stays below 2 GiB, a quarter of a small laptop's memory.
    fn default() -> Self {
        Self(1024 * MEBIBYTE)
    }
}
