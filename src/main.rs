//! The `imr` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Letters become many small texts, made on one thread and dropped on another: the system's allocator took a tenth of a
/// build's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    imr::cli::main()
}
