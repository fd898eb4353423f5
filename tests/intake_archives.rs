//! Whatever archive is handed in, every member ends in exactly one line of the report, with its reason; the others are
//! still read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Write};
use std::process::Stdio;

use common::intake::{
    LETTER, OTHER, assert_counts_add_up, check_on, is_read, is_rejected, letter, line, lines_of, other,
};
use common::peak::run_with_peak_reading;
use common::{Desk, read_json_lines, sample_pdf, sample_text, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Names are written as they are: the crate itself refuses those that climb out.
fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        bytes.extend(header.as_bytes());
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.extend([0; 1024]);
    bytes
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd_of(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

#[test]
fn archives_are_read_whatever_their_name() {
    let members: [(&str, &[u8]); 2] = [("in/b.txt", &letter()), ("a.pdf", &sample_pdf("CM17-9900005"))];
    for (name, bytes) in [
        ("letters.zip", zip_of(&members)),
        ("letters.tar", tar_of(&members)),
        ("letters.tar.gz", gzip_of(&tar_of(&members))),
        ("letters.tar.zst", zstd_of(&tar_of(&members))),
        ("letters", zip_of(&members)),
        ("letters.txt", gzip_of(&tar_of(&members))),
    ] {
        let desk = Desk::new();
        desk.write(name, bytes);
        let expected = [
            line(&format!("{name} » in/b.txt"), "indexed", LETTER),
            line(&format!("{name} » a.pdf"), "indexed", "CM17-9900005"),
        ];
        check_on(&desk, &[name], &expected, 0);
    }
}

#[test]
fn a_packed_letter_is_that_letter() {
    is_read("one.txt.gz", &gzip_of(&letter()), LETTER);
    is_read("one.pdf.zst", &zstd_of(&sample_pdf("CM17-9900005")), "CM17-9900005");
    // Without a case number the file's own name is the id, whatever it was packed in.
    is_read("letter-neck-2014.txt.gz", &gzip_of(sample_text("letter-neck-2014").as_bytes()), "letter-neck-2014");
}

#[test]
fn standard_input_takes_a_letter_or_an_archive() {
    let two: [(&str, &[u8]); 2] = [("a.txt", &letter()), ("b.txt", &other())];
    for (bytes, ids) in [
        (letter(), vec![LETTER]),
        (sample_pdf("CM17-9900005"), vec!["CM17-9900005"]),
        (zip_of(&two), vec![LETTER, OTHER]),
        (zstd_of(&tar_of(&two)), vec![LETTER, OTHER]),
    ] {
        let desk = Desk::new();
        let run = desk.imr_reading(["parse", "-"], &bytes).ends_with(0);
        let found: Vec<String> = run.lines().iter().map(|letter| text(letter, "id").to_owned()).collect();
        assert_eq!(found, ids);
        desk.imr_reading(["index", "--report", "report.jsonl", "-"], &bytes).ends_with(0);
        let report = read_json_lines(&desk.path("report.jsonl"));
        assert_counts_add_up(&report);
        assert_eq!(report.len(), ids.len() + 1);
        assert!(report[..ids.len()].iter().all(|entry| entry["path"] == "-"));
    }
}

#[test]
fn members_that_climb_out_are_refused_and_the_others_read() {
    let members: [(&str, &[u8]); 2] = [("../../escape.txt", &other()), ("in.txt", &letter())];
    for (name, bytes) in [("a.zip", zip_of(&members)), ("a.tar", tar_of(&members))] {
        let desk = Desk::new();
        desk.write(name, bytes);
        let expected = [
            line(&format!("{name} » ../../escape.txt"), "rejected", "member-path-escapes"),
            line(&format!("{name} » in.txt"), "indexed", LETTER),
        ];
        check_on(&desk, &[name], &expected, 0);
        assert!(!desk.exists("../../escape.txt") && !desk.exists("escape.txt"), "nothing is unpacked to disk");
    }
}

#[test]
fn a_truncated_archive_gives_what_came_before_the_damage() {
    let members: [(&str, &[u8]); 2] = [("a.txt", &letter()), ("b.txt", &other())];
    let tar = tar_of(&members);
    let desk = Desk::new();
    desk.write("cut.tar", &tar[..letter().len() + 1500]);
    let expected = [line("cut.tar » a.txt", "indexed", LETTER), line("cut.tar", "rejected", "broken-archive")];
    check_on(&desk, &["cut.tar"], &expected, 2);

    let zip = zip_of(&members);
    let desk = Desk::new();
    desk.write("cut.zip", &zip[..zip.len() - 40]);
    desk.write("good.txt", other());
    let expected = [line("cut.zip", "rejected", "broken-archive"), line("good.txt", "indexed", OTHER)];
    check_on(&desk, &["cut.zip", "good.txt"], &expected, 2);
}

#[test]
fn an_encrypted_archive_says_so() {
    let mut zip = zip_of(&[("secret.txt", &letter())]);
    // The flag stands in the member's own header and in the table of contents.
    zip[6] |= 1;
    let table = zip.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    zip[table + 8] |= 1;
    let desk = Desk::new();
    desk.write("locked.zip", zip);
    desk.write("good.txt", other());
    let expected =
        [line("locked.zip » secret.txt", "rejected", "encrypted-archive"), line("good.txt", "indexed", OTHER)];
    check_on(&desk, &["locked.zip", "good.txt"], &expected, 0);
}

#[test]
fn a_bomb_is_stopped() {
    // 65 MiB of zeros, one more than a letter may hold, written without holding them.
    let zeros = vec![0; 1 << 20];
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    for _ in 0..65 {
        encoder.write_all(&zeros).unwrap();
    }
    let packed = encoder.finish().unwrap();
    assert!(packed.len() < 100_000);
    let desk = Desk::new();
    desk.write("bomb.zst", packed);
    desk.write("good.txt", letter());
    let (run, report) = desk.index(&["bomb.zst", "good.txt"]);
    let lines = lines_of(&report);
    assert_eq!(lines[0].1, "rejected", "{}", run.stderr);
    assert!(["expansion-bomb", "too-large"].contains(&lines[0].2.as_str()), "{lines:?}");
    assert_eq!(lines[1], line("good.txt", "indexed", LETTER));
    assert_counts_add_up(&report);
    run.ends_with(2);
}

#[test]
fn archives_of_other_kinds_are_named() {
    is_rejected("letters.7z", b"7z\xbc\xaf\x27\x1c\0\0rest", "unsupported-compression");
    is_rejected("letters.rar", b"Rar!\x1a\x07\0rest", "unsupported-compression");
}

#[test]
fn a_word_document_is_one_file_that_is_no_letter() {
    let document = zip_of(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")]);
    is_rejected("letter.docx", &document, "not-a-letter");
}

#[test]
fn a_heap_of_everything_is_fully_accounted_for() {
    let desk = Desk::new();
    desk.write("heap/a.txt", letter());
    desk.write("heap/b.pdf", sample_pdf("CM17-9900005"));
    desk.write("heap/c.txt", "no letter");
    desk.write("heap/d.pdf", b"%PDF-1.7 broken");
    desk.write("heap/e.zip", zip_of(&[("x.txt", &other()), ("y.txt", b""), ("../z.txt", b"z")]));
    desk.write("heap/f.txt", "");
    let expected = [
        line("heap/a.txt", "indexed", LETTER),
        line("heap/b.pdf", "indexed", "CM17-9900005"),
        line("heap/c.txt", "rejected", "not-a-letter"),
        line("heap/d.pdf", "rejected", "broken-pdf"),
        line("heap/e.zip » x.txt", "indexed", OTHER),
        line("heap/e.zip » y.txt", "rejected", "empty"),
        line("heap/e.zip » ../z.txt", "rejected", "member-path-escapes"),
        line("heap/f.txt", "rejected", "empty"),
    ];
    check_on(&desk, &["heap"], &expected, 0);
    let (run, _) = desk.index(&["heap"]);
    assert!(run.stdout.contains("8 files: 0 indexed, 3 unchanged, 0 replaced, 5 rejected"), "{}", run.stdout);
    assert!(run.stdout.contains("rejected as empty: 2"), "{}", run.stdout);
}

/// Members of the archive that is streamed; `IMR_MEMBERS=1000000` for the large one.
fn members() -> u64 {
    std::env::var("IMR_MEMBERS").ok().and_then(|number| number.parse().ok()).unwrap_or(20_000)
}

/// Streams a tar of this many small files, the first of them a letter, and gives the most memory it took.
fn peak_of_streamed(members: u64) -> Option<u64> {
    let desk = Desk::new();
    let no_letter = vec![0; 4096];
    let mut command = desk.command(["index", "--report", "report.jsonl", "-"]);
    let (run, peak) = run_with_peak_reading(command.stdin(Stdio::piped()), |input| {
        let mut tar = tar::Builder::new(input);
        for number in 0..members {
            let content = if number == 0 { letter() } else { no_letter.clone() };
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, format!("letters/{number}.txt"), content.as_slice())?;
        }
        tar.into_inner().map(drop)
    });
    let lines: io::Result<u64> = BufReader::new(File::open(desk.path("report.jsonl")).unwrap())
        .split(b'\n')
        .try_fold(0, |lines, line| line.map(|_| lines + 1));
    assert_eq!(lines.unwrap(), members + 1, "one line a member, and the sums: {}", run.stderr);
    run.ends_with(0);
    peak
}

#[test]
fn memory_does_not_grow_with_the_members_of_an_archive() {
    let few = peak_of_streamed(members() / 10);
    let many = peak_of_streamed(members());
    if let Some((few, many)) = few.zip(many) {
        eprintln!("{} members: {} MiB; a tenth of them: {} MiB", members(), many >> 20, few >> 20);
        assert!(many < few + (48 << 20), "{} MiB for a tenth of the members, {} MiB for all", few >> 20, many >> 20);
    }
}
