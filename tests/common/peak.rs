//! How much memory the program takes.

use std::io::{self, BufWriter, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::time::Duration;

use super::Run;

/// Runs the program and gives the most memory it held, in bytes; nothing where the system does not tell.
pub fn run_with_peak(command: &mut Command) -> (Run, Option<u64>) {
    run_with_peak_reading(command.stdin(Stdio::null()), |_| Ok(()))
}

/// The same, with what `write` writes on standard input.
pub fn run_with_peak_reading(
    command: &mut Command,
    write: impl FnOnce(&mut BufWriter<ChildStdin>) -> io::Result<()>,
) -> (Run, Option<u64>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let (sender, done) = std::sync::mpsc::channel::<()>();
    let watcher = std::thread::spawn(move || {
        let mut peak = None;
        // The system keeps the high-water mark itself, so looking now and then is enough.
        while done.recv_timeout(Duration::from_millis(20)).is_err() {
            peak = std::fs::read_to_string(&status).ok().and_then(|text| high_water(&text)).max(peak);
        }
        peak
    });
    if let Some(input) = child.stdin.take() {
        let mut input = BufWriter::with_capacity(1 << 16, input);
        // A program that gives up closes its end; how it ended tells why.
        let _ = write(&mut input).and_then(|()| input.flush());
    }
    let output = child.wait_with_output().expect("the program ends");
    let _ = sender.send(());
    (Run::from_output(output), watcher.join().expect("the watching thread"))
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// The program stayed within this many mebibytes.
#[track_caller]
pub fn assert_peak_below(peak: Option<u64>, mebibytes: u64) {
    if let Some(peak) = peak {
        assert!(peak < mebibytes << 20, "the program took {} MiB of memory", peak >> 20);
    }
}
