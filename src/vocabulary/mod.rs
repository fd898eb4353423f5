//! Words to concepts: treatments and their categories, parts of the body, guidelines and their editions, synonyms.
//!
//! Every table is a file under `schema/`, compiled in; people extend the tables, not the code.

/// A table of `schema/`, as `build.rs` packed it into the program.
macro_rules! packed {
    ($name:literal) => {
        crate::vocabulary::unpacked(include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json")), $name)
    };
}

/// Reads a packed table.
#[expect(clippy::expect_used, reason = "the tables are compiled in, and a test reads every one of them")]
fn unpacked<T: serde::Deserialize<'static>>(packed: &'static str, name: &str) -> T {
    let table: Result<T, String> =
        serde_json::from_str(packed).map_err(|error| format!("schema/{name}.toml has another form: {error}"));
    table.expect("a table compiled in")
}

/// Unpacks the largest table on another thread, for those who will soon ask it. Where there is no thread to be had, it is
/// unpacked when it is asked.
pub fn unpack_ahead() {
    let _ = std::thread::Builder::new().spawn(|| std::sync::LazyLock::force(&treatments::TREATMENTS));
}

/// Adds a value to a list that does not hold it yet.
pub(crate) fn push_new<T: PartialEq>(values: &mut Vec<T>, value: T) {
    if !values.contains(&value) {
        values.push(value);
    }
}

pub mod body_parts;
pub mod categories;
pub mod guidelines;
pub mod lexicon;
pub mod meaning;
pub mod resolve;
pub mod synonyms;
pub mod treatments;
pub mod words;
