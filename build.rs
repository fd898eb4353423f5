//! Packs the tables of `schema/` for the program: TOML is for people; JSON is read several times faster at every start.

use std::path::Path;
use std::{env, fs, io};

/// The tables that every item and query is read with. The small `fields.toml` is compiled in as it is.
const TABLES: [&str; 6] = ["treatments", "body_parts", "categories", "guidelines", "guideline_sections", "synonyms"];

fn main() -> io::Result<()> {
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    for table in TABLES {
        let path = format!("schema/{table}.toml");
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(&path)?;
        // A slip in a table is the error that people who extend them meet: it names the file and the line.
        let value: toml::Table = toml::from_str(&text).map_err(|error| io::Error::other(format!("{path}: {error}")))?;
        let packed = serde_json::to_string(&value).map_err(io::Error::other)?;
        fs::write(Path::new(&folder).join(format!("{table}.json")), packed)?;
    }
    Ok(())
}
