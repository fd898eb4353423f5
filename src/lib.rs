//! `imr`: search over California workers' compensation independent medical review decisions.
#![forbid(unsafe_code)]

pub mod cli;
pub mod index;
pub mod ingest;
pub mod intake;
pub mod letter;
pub mod reading;
pub mod search;
pub mod vocabulary;
