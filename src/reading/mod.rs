//! Rationales read: what they conclude.

pub mod conclusion;
