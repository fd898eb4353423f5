//! Whatever file is handed in, it ends in exactly one line of the report, with its reason; the others are still read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use common::intake::{
    LETTER, OTHER, assert_counts_add_up, check_on, is_read, is_rejected, letter, line, lines_of, other,
};
use common::{Desk, read_json_lines, sample_pdf, sample_text, text};
use lopdf::{Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};
use serde_json::Value;

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
fn standard_input_is_read_once() {
    let desk = Desk::new();
    desk.write("keep.txt", other());
    let run = desk.imr_reading(["index", "--report", "report.jsonl", "-", "keep.txt", "-"], &letter()).ends_with(2);
    let report = read_json_lines(&desk.path("report.jsonl"));
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
    let report = read_json_lines(&desk.path("report.jsonl"));
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
