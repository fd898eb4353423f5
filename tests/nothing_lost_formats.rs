//! Nothing is lost: an index made by an earlier version opens and answers, or is refused with the command that makes it
//! anew, and that command works.
//!
//! `tests/indexes/format-N.tar.zst` holds the sample letters under format N. It was made in the project's folder with
//!
//! ```sh
//! imr index tests/letters/text --index format-N && rm format-N/.tantivy-*.lock
//! tar --sort=name --owner=0 --group=0 --mtime=@0 -cf - format-N | zstd -19 -o tests/indexes/format-N.tar.zst
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;

use common::whole::{check, status};
use common::{Desk, project, samples};
use imr::index::INDEX_FORMAT;

#[test]
fn an_index_of_an_earlier_version_opens_or_is_made_anew() {
    let mut formats = 0;
    for entry in fs::read_dir(project().join("tests/indexes")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(index) = name.strip_suffix(".tar.zst") else { continue };
        let format: u32 = index.strip_prefix("format-").unwrap().parse().unwrap();
        formats += 1;
        let desk = Desk::new();
        let packed = fs::File::open(&path).unwrap();
        tar::Archive::new(zstd::Decoder::new(packed).unwrap()).unpack(desk.path("")).unwrap();
        let letters = samples().join("text");
        let letters = letters.to_str().unwrap();
        if format == INDEX_FORMAT {
            assert_eq!(status(&desk, index)["decisions"], 88);
            assert_eq!(check(&desk, index).1["state"], "whole");
            let run = desk.imr(["search", "--format", "json", "lumbar", "--index", index]).ends_with(0);
            assert!(run.json()["total"].as_u64().unwrap() > 0);
            desk.imr(["show", "CM16-9900007", "--index", index]).ends_with(0);
            let again = desk.imr(["index", letters, "--index", index]).ends_with(0);
            assert!(again.stdout.contains("31 unchanged"), "{}", again.stdout);
        } else {
            let command = format!("imr index LETTERS --index {index} --rebuild");
            for arguments in
                [&["search", "lumbar"][..], &["status"], &["check"], &["index", letters], &["check", "--repair"]]
            {
                let run = desk.imr(arguments.iter().chain(&["--index", index])).ends_with(2);
                assert!(
                    run.stderr.contains(&format!("format {format}")) && run.stderr.contains(&command),
                    "{}",
                    run.stderr
                );
            }
        }
        desk.imr(["index", letters, "--index", index, "--rebuild"]).ends_with(0);
        assert_eq!(status(&desk, index)["decisions"], 88);
        assert_eq!(check(&desk, index).1["state"], "whole");
    }
    assert!(formats > 0);
}

#[test]
fn an_index_of_another_format_is_made_anew_in_its_place() {
    let desk = Desk::new();
    let letters = samples().join("text");
    let letters = letters.to_str().unwrap();
    desk.imr(["index", letters, "--index", "index"]).ends_with(0);
    let meta = desk.read("index/meta.json");
    let other = meta.replace(&format!("\\\"format\\\":{INDEX_FORMAT}"), "\\\"format\\\":1");
    assert_ne!(meta, other);
    desk.write("index/meta.json", other);
    let run = desk.imr(["search", "lumbar", "--index", "index"]).ends_with(2);
    assert!(
        run.stderr.contains("format 1") && run.stderr.contains("imr index LETTERS --index index --rebuild"),
        "{}",
        run.stderr
    );
    desk.imr(["index", letters, "--index", "index", "--rebuild"]).ends_with(0);
    assert_eq!(check(&desk, "index").1["state"], "whole");
    assert_eq!(check(&desk, "index").1["orphans"].as_array().map(Vec::len), Some(0));
    assert!(!desk.exists("index.rebuild") && !desk.exists("index.old"));
}
