//! Packs the tables of `schema/` for the program: TOML is for people; JSON in one form is read many times faster at every
//! start.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, io};

use serde_json::Value;

#[allow(dead_code, unreachable_pub)]
#[path = "src/vocabulary/words.rs"]
mod words;

/// The tables that every item and query is read with. The small `fields.toml` is compiled in as it is.
const TABLES: [&str; 6] = ["treatments", "body_parts", "categories", "guidelines", "guideline_sections", "synonyms"];
/// Lists of names in which a plain name and one with a context may stand side by side.
const NAME_LISTS: [&str; 3] = ["ambiguous", "terms", "words"];
/// The lists of a treatment that are names of it.
const TREATMENT_NAMES: [&str; 5] = ["names", "brands", "abbreviations", "misspellings", "ambiguous"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/vocabulary/words.rs");
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    for table in TABLES {
        let path = format!("schema/{table}.toml");
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(&path)?;
        // A slip in a table is the error that people who extend them meet: it names the file and the line.
        let value: toml::Table = toml::from_str(&text).map_err(|error| io::Error::other(format!("{path}: {error}")))?;
        let mut value = serde_json::to_value(value).map_err(io::Error::other)?;
        unify(&mut value);
        let packed = serde_json::to_string(&value).map_err(io::Error::other)?;
        fs::write(Path::new(&folder).join(format!("{table}.json")), packed)?;
        if table == "treatments" {
            let words: Vec<String> = treatment_words(&value).into_iter().collect();
            fs::write(Path::new(&folder).join("treatment_words.txt"), words.join("\n"))?;
        }
    }
    Ok(())
}

/// A name, a list of names and a table with either become one form: a table with `names`.
fn unify(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(unify),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                unify(value);
                if let (true, Value::Array(entries)) = (NAME_LISTS.contains(&key.as_str()), value) {
                    entries.iter_mut().for_each(unify_name);
                }
            }
        }
        _ => {}
    }
}

fn unify_name(entry: &mut Value) {
    match entry {
        Value::String(name) => *entry = serde_json::json!({ "names": [name] }),
        Value::Object(fields) => {
            let names = match fields.remove("name") {
                Some(Value::Array(names)) => names,
                Some(name) => vec![name],
                None => return,
            };
            fields.insert("names".into(), Value::Array(names));
        }
        _ => {}
    }
}

/// Every word of a treatment's or product's name, folded: what is not among them may be a slip.
fn treatment_words(table: &Value) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut add = |name: &Value| words.extend(name.as_str().into_iter().flat_map(words::sequence));
    for entry in table["treatment"].as_array().into_iter().chain(table["product"].as_array()).flatten() {
        add(&entry["name"]);
        for name in TREATMENT_NAMES.iter().filter_map(|list| entry[list].as_array()).flatten() {
            add(name);
            name["names"].as_array().into_iter().flatten().for_each(&mut add);
        }
    }
    words
}
