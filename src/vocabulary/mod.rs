//! Words to concepts: treatments and their categories, parts of the body, guidelines and their editions, synonyms.
//!
//! Every table is a file under `schema/`, compiled in; people extend the tables, not the code.

/// A table of `schema/`, as `build.rs` packed it into the program.
macro_rules! packed {
    ($name:literal) => {{
        #[expect(clippy::expect_used, reason = "the table is compiled in, and a test reads every one of them")]
        let table = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json"))).expect(concat!(
            "schema/",
            $name,
            ".toml has the form that is read"
        ));
        table
    }};
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
