//! What one input has cost so far, counted while its bytes pass by
//!
//! One budget serves an input file with every archive inside it, so an archive of archives
//! cannot earn a fresh allowance at each level. Readers count through a shared reference:
//! the limit has to end a read that happens deep inside a decoder.

use crate::intake::limits::Limits;
use crate::intake::rejection::Rejection;
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// The running count for one input
pub(super) struct Budget {
    limits: Limits,
    packed: Cell<u64>,
    expanded: Cell<u64>,
    members: Cell<u64>,
    exceeded: RefCell<Option<Rejection>>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            packed: Cell::new(0),
            expanded: Cell::new(0),
            members: Cell::new(0),
            exceeded: RefCell::new(None),
        }
    }

    /// Counts bytes read from the input itself, the measure for the ratio
    pub(super) fn count_packed(&self, bytes: u64) {
        self.packed.set(self.packed.get().saturating_add(bytes));
    }

    /// Counts one more member
    ///
    /// # Errors
    ///
    /// When the input holds more members than the limits allow.
    pub(super) fn charge_member(&self) -> io::Result<()> {
        let members = self.members.get() + 1;
        self.members.set(members);
        if members > self.limits.members {
            return self.exceed(Rejection::TooManyMembers { limit: self.limits.members });
        }
        Ok(())
    }

    /// Counts bytes that a decoder produced
    ///
    /// # Errors
    ///
    /// When the input has grown beyond the limits.
    fn charge_expanded(&self, bytes: usize) -> io::Result<()> {
        let expanded = self.expanded.get().saturating_add(bytes as u64);
        self.expanded.set(expanded);
        let packed = self.packed.get();
        let beyond_ratio =
            expanded > self.limits.ratio_free_bytes && expanded > packed.saturating_mul(self.limits.expansion_ratio);
        if beyond_ratio || expanded > self.limits.expanded_bytes {
            return self.exceed(Rejection::ExpansionBomb { packed, expanded });
        }
        Ok(())
    }

    /// The limit that a failed read ran into, if it was a limit and no damage
    pub(super) fn take_exceeded(&self) -> Option<Rejection> {
        self.exceeded.borrow_mut().take()
    }

    fn exceed(&self, rejection: Rejection) -> io::Result<()> {
        let message = rejection.to_string();
        *self.exceeded.borrow_mut() = Some(rejection);
        Err(io::Error::other(message))
    }
}

/// Counts what is read from the input itself
pub(super) struct PackedReader<'budget, R> {
    pub(super) source: R,
    pub(super) budget: &'budget Budget,
}

impl<R: Read> Read for PackedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.budget.count_packed(length as u64);
        Ok(length)
    }
}

/// Counts what a decoder produces, and fails once it is too much
pub(super) struct ExpandedReader<'budget, R> {
    pub(super) source: R,
    pub(super) budget: &'budget Budget,
}

impl<R: Read> Read for ExpandedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.budget.charge_expanded(length)?;
        Ok(length)
    }
}
