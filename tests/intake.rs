//! Whatever is handed in, every file ends in exactly one line of the report, with its reason; the others are still read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use common::{Desk, sample_pdf, sample_text, text};
use flate2::Compression;
use flate2::write::GzEncoder;
use lopdf::{Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};
use serde_json::Value;
use zip::write::SimpleFileOptions;

/// A sample letter of two decisions, one upheld and one overturned.
const LETTER: &str = "CM16-9900007";
/// Another, of one decision, upheld.
const OTHER: &str = "CM16-9900140";

fn letter() -> Vec<u8> {
    sample_text(LETTER).into_bytes()
}

fn other() -> Vec<u8> {
    sample_text(OTHER).into_bytes()
}

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

/// One line of the report: where, how it ended, and the letter's id or the reason.
type Line = (String, String, String);

fn line(file: &str, status: &str, what: &str) -> Line {
    (file.to_owned(), status.to_owned(), what.to_owned())
}

fn lines_of(report: &[Value]) -> Vec<Line> {
    let (_, files) = report.split_last().expect("the sums stand last");
    files
        .iter()
        .map(|entry| {
            let place = match text(entry, "member") {
                "" => text(entry, "path").to_owned(),
                member => format!("{} » {member}", text(entry, "path")),
            };
            let what = if entry["status"] == "rejected" { text(entry, "reason") } else { text(entry, "letter") };
            line(&place, text(entry, "status"), what)
        })
        .collect()
}

/// The sums agree with the lines, and with themselves.
#[track_caller]
fn assert_counts_add_up(report: &[Value]) {
    let (sums, files) = report.split_last().expect("the sums stand last");
    let totals = &sums["totals"];
    let of = |key: &str| totals[key].as_u64().unwrap_or_else(|| panic!("no `{key}` in {totals}"));
    assert_eq!(of("files"), files.len() as u64, "one line for each file");
    assert_eq!(of("files"), of("indexed") + of("unchanged") + of("replaced") + of("rejected"));
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let mut decisions = [0, 0];
    for entry in files {
        let status = text(entry, "status");
        assert!(["indexed", "unchanged", "replaced", "rejected"].contains(&status), "{entry}");
        if status == "rejected" {
            *reasons.entry(text(entry, "reason")).or_default() += 1;
            assert!(!text(entry, "message").is_empty(), "a reason in words: {entry}");
        }
        for (sum, key) in decisions.iter_mut().zip(["upheld", "overturned"]) {
            *sum += entry[key].as_u64().unwrap_or(0);
        }
    }
    for status in ["indexed", "unchanged", "replaced", "rejected"] {
        let counted = files.iter().filter(|entry| entry["status"] == status).count() as u64;
        assert_eq!(of(status), counted, "{status}");
    }
    assert_eq!(totals["rejected_by_reason"], serde_json::to_value(reasons).unwrap());
    assert_eq!([of("upheld"), of("overturned")], decisions);
}

/// Indexes the paths on a desk and compares the report's lines and the exit code.
#[track_caller]
fn check_on(desk: &Desk, paths: &[&str], expected: &[Line], code: i32) {
    let (run, report) = desk.index(paths);
    assert_eq!(lines_of(&report), expected, "{}", run.stderr);
    assert_counts_add_up(&report);
    let rejected = expected.iter().filter(|(_, status, _)| status == "rejected").count();
    assert_eq!(run.stderr.lines().filter(|line| line.starts_with("rejected ")).count(), rejected, "{}", run.stderr);
    run.ends_with(code);
}

/// One file under a name of its own, beside a good letter: it is rejected for the reason, the good one is read. Named by
/// itself it makes the run end in an error, since somebody meant that very file.
#[track_caller]
fn is_rejected(name: &str, bytes: &[u8], reason: &str) {
    let desk = Desk::new();
    desk.write(&format!("letters/{name}"), bytes);
    desk.write("letters/zz.txt", letter());
    let place = format!("letters/{name}");
    let expected = [line(&place, "rejected", reason), line("letters/zz.txt", "indexed", LETTER)];
    check_on(&desk, &["letters"], &expected, 0);
    let expected = [line(&place, "rejected", reason), line("letters/zz.txt", "unchanged", "")];
    check_on(&desk, &[&place, "letters/zz.txt"], &expected, 2);
}

/// One file under a name of its own is read as the letter it holds.
#[track_caller]
fn is_read(name: &str, bytes: &[u8], id: &str) {
    let desk = Desk::new();
    desk.write(&format!("letters/{name}"), bytes);
    check_on(&desk, &["letters"], &[line(&format!("letters/{name}"), "indexed", id)], 0);
}

#[test]
fn folders_are_read_recursively_in_the_order_of_names() {
    let desk = Desk::new();
    desk.write("letters/2016/november/b.txt", letter());
    desk.write("letters/2016/a.pdf", sample_pdf("CM17-9900005"));
    desk.write("letters/.hidden.txt", other());
    let expected = [
        line("letters/.hidden.txt", "indexed", OTHER),
        line("letters/2016/a.pdf", "indexed", "CM17-9900005"),
        line("letters/2016/november/b.txt", "indexed", LETTER),
    ];
    check_on(&desk, &["letters"], &expected, 0);
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
        let report = common::read_json_lines(&desk.path("report.jsonl"));
        assert_counts_add_up(&report);
        assert_eq!(report.len(), ids.len() + 1);
        assert!(report[..ids.len()].iter().all(|entry| entry["path"] == "-"));
    }
}

#[test]
fn standard_input_is_read_once() {
    let desk = Desk::new();
    desk.write("keep.txt", other());
    let run = desk.imr_reading(["index", "--report", "report.jsonl", "-", "keep.txt", "-"], &letter()).ends_with(2);
    let report = common::read_json_lines(&desk.path("report.jsonl"));
    let expected = [
        line("-", "indexed", LETTER),
        line("keep.txt", "indexed", OTHER),
        line("-", "rejected", "standard-input-twice"),
    ];
    assert_eq!(lines_of(&report), expected, "{}", run.stderr);
    assert_counts_add_up(&report);
}

#[test]
fn content_decides_not_the_name() {
    is_read("letter.txt", &sample_pdf("CM17-9900005"), "CM17-9900005");
    is_read("letter.pdf", &letter(), LETTER);
    is_read("letter.zip", &letter(), LETTER);
    is_read("letter", &sample_pdf(LETTER), LETTER);
}

#[test]
fn locked_pdfs_with_an_empty_password_open() {
    for name in ["IMR13-990041", "CM13-9900112", "CM14-9900310"] {
        let bytes = sample_pdf(name);
        assert!(Document::load_mem(&bytes).unwrap().was_encrypted() || bytes.windows(8).any(|at| at == b"/Encrypt"));
        is_read("locked.pdf", &bytes, if name == "IMR13-990041" { "IMR 13-990041" } else { name });
    }
}

#[test]
fn a_pdf_with_a_password_of_its_own_says_so() {
    let mut document = Document::load_mem(&sample_pdf("CM16-9900140")).unwrap();
    let state = EncryptionState::try_from(EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "secret",
        key_length: 128,
        permissions: Permissions::all(),
    })
    .unwrap();
    document.encrypt(&state).unwrap();
    is_rejected("closed.pdf", &saved(document), "pdf-password");
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// A PDF of one page that draws this content with these resources.
fn page(content: &[u8], resources: impl FnOnce(&mut Document) -> Dictionary) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let resources = resources(&mut document);
    let content = document.add_object(Stream::new(Dictionary::new(), content.to_vec()));
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
    });
    document.set_object(tree, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 });
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    saved(document)
}

#[test]
fn a_scan_without_text_says_so() {
    let scan = page(b"q 612 0 0 792 0 0 cm /I1 Do Q", |document| {
        let picture = Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => 2, "Height" => 2, "BitsPerComponent" => 8,
                "ColorSpace" => "DeviceGray",
            },
            vec![0, 255, 255, 0],
        );
        let picture = document.add_object(picture);
        dictionary! { "XObject" => dictionary! { "I1" => picture } }
    });
    is_rejected("scan.pdf", &scan, "scanned-pdf");
}

#[test]
fn a_drawing_that_contains_itself_ends() {
    let endless = page(b"/F1 Do", |document| {
        let form = document.new_object_id();
        let resources = dictionary! { "XObject" => dictionary! { "F1" => form } };
        let stream = Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 9.into(), 9.into()],
                "Resources" => resources.clone(),
            },
            b"/F1 Do".to_vec(),
        );
        document.set_object(form, Object::Stream(stream));
        resources
    });
    is_rejected("endless.pdf", &endless, "broken-pdf");
}

#[test]
fn a_form_that_borrows_the_resources_of_its_page_ends() {
    // Without resources of its own a form uses those of the page, and may name itself there.
    let endless = page(b"/F1 Do", |document| {
        let form = document.new_object_id();
        let stream = Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 9.into(), 9.into()],
            },
            b"/F1 Do".to_vec(),
        );
        document.set_object(form, Object::Stream(stream));
        dictionary! { "XObject" => dictionary! { "F1" => form } }
    });
    let desk = Desk::new();
    desk.write("letters/endless.pdf", endless);
    desk.write("letters/zz.txt", letter());
    let (run, report) = desk.index(&["letters"]);
    let lines = lines_of(&report);
    assert_eq!((lines.len(), lines[0].1.as_str(), lines[1].1.as_str()), (2, "rejected", "indexed"), "{}", run.stderr);
    assert_counts_add_up(&report);
}

#[test]
fn a_page_tree_that_contains_itself_ends() {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let inner = document.new_object_id();
    document.set_object(tree, dictionary! { "Type" => "Pages", "Kids" => vec![inner.into()], "Count" => 1 });
    document.set_object(
        inner,
        dictionary! { "Type" => "Pages", "Parent" => inner, "Kids" => vec![tree.into(), inner.into()], "Count" => 1 },
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let desk = Desk::new();
    desk.write("letters/tree.pdf", saved(document));
    desk.write("letters/zz.txt", letter());
    let (run, report) = desk.index(&["letters"]);
    let lines = lines_of(&report);
    assert_eq!((lines.len(), lines[0].1.as_str(), lines[1].1.as_str()), (2, "rejected", "indexed"), "{}", run.stderr);
}

#[test]
fn damaged_pdfs_say_so() {
    let whole = sample_pdf("CM17-9900005");
    is_rejected("half.pdf", &whole[..whole.len() / 2], "broken-pdf");
    is_rejected("head.pdf", &whole[..40], "broken-pdf");
    is_rejected("words.pdf", b"%PDF-1.7\nthis is no PDF\n%%EOF\n", "broken-pdf");
}

#[test]
fn files_that_are_no_letters_say_what_they_look_like() {
    is_rejected("empty.txt", b"", "empty");
    is_rejected("blank.txt", b" \n\n \n", "not-a-letter");
    is_rejected("data.json", br#"{"items": [{"name": "MRI", "outcome": "Upheld"}]}"#, "not-a-letter");
    is_rejected("page.html", b"<html><body>Upheld</body></html>", "not-a-letter");
    is_rejected("note.txt", b"Dear colleague, the request was upheld. Kind regards", "not-a-letter");
    let picture: Vec<u8> = (0..2000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    is_rejected("picture.jpg", &picture, "not-a-letter");
}

#[test]
fn a_letter_without_decisions_is_rejected_and_not_dropped() {
    let whole = sample_text(LETTER);
    let head = &whole[..whole.find("set forth below:").unwrap() + 16];
    is_rejected("head.txt", head.as_bytes(), "no-decision");
}

#[test]
fn every_encoding_of_a_letter_is_read() {
    // The curly quotes round its summary are what encodings differ in.
    let whole = sample_text("CM13-9900031");
    assert!(whole.contains('\u{201c}'));
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(whole.encode_utf16()).flat_map(unit).collect()
    };
    let windows: Vec<u8> = whole
        .chars()
        .map(|letter| match letter {
            '\u{201c}' => 0x93,
            '\u{201d}' => 0x94,
            '\u{2019}' => 0x92,
            other => u8::try_from(u32::from(other)).expect("a letter of Windows-1252"),
        })
        .collect();
    let summary = |bytes: &[u8]| {
        let run = Desk::new().imr_reading(["parse", "-"], bytes).ends_with(0);
        let mut letter = run.json();
        letter["source"] = Value::Null;
        letter["diagnostics"] = Value::Null;
        letter
    };
    let expected = summary(whole.as_bytes());
    assert!(!text(&expected, "summary").is_empty());
    for (name, bytes) in [
        ("UTF-8 with a byte order mark", format!("\u{feff}{whole}").into_bytes()),
        ("UTF-16, little end first", utf16(u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(u16::to_be_bytes)),
        ("Windows-1252", windows),
        ("CR LF", whole.replace('\n', "\r\n").into_bytes()),
        ("CR", whole.replace('\n', "\r").into_bytes()),
    ] {
        assert_eq!(summary(&bytes), expected, "{name}");
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
fn a_path_that_is_not_there_is_an_error_but_stops_nothing() {
    let desk = Desk::new();
    desk.write("good.txt", letter());
    let expected = [line("absent.pdf", "rejected", "no-such-file"), line("good.txt", "indexed", LETTER)];
    check_on(&desk, &["absent.pdf", "good.txt"], &expected, 2);
}

#[test]
fn the_index_among_the_letters_is_passed_over() {
    let desk = Desk::new();
    desk.write("letters/a.txt", letter());
    desk.imr(["index", "--index", "letters/imr-index", "letters"]).ends_with(0);
    let run = desk.imr(["index", "--index", "letters/imr-index", "--report", "report.jsonl", "letters"]).ends_with(0);
    let report = common::read_json_lines(&desk.path("report.jsonl"));
    assert_eq!(lines_of(&report), [line("letters/a.txt", "unchanged", "")], "{}", run.stderr);
    let expected = [line("letters/imr-index", "rejected", "search-index")];
    check_on(&desk, &["letters/imr-index"], &expected, 2);
}

#[test]
fn nothing_readable_ends_with_exit_code_1() {
    let desk = Desk::new();
    desk.write("folder/note.txt", "no letter");
    std::fs::create_dir(desk.path("empty")).unwrap();
    check_on(&desk, &["folder"], &[line("folder/note.txt", "rejected", "not-a-letter")], 1);
    check_on(&desk, &["empty"], &[], 1);
    desk.imr(["parse", "folder"]).ends_with(1);
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
