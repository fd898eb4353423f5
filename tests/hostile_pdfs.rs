//! PDFs made to harm: each ends as a rejection with a reason, the letters beside it are read, and memory stays small.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fmt::Write as _;
use std::io::Write as _;

use common::intake::{LETTER, assert_counts_add_up, letter};
use common::peak::{assert_peak_below, run_with_peak};
use common::{Desk, read_json_lines, sample_pdf, text};
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A PDF of these objects, the first being number 1, with a classic table of contents.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        writeln!(end, "{place:010} 00000 n ").unwrap();
    }
    write!(end, "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).unwrap();
    file.extend(end.into_bytes());
    file
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{dictionary}/Length {}>>stream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

fn deflated(content: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    content.into_iter().for_each(|piece| encoder.write_all(&piece).unwrap());
    encoder.finish().unwrap()
}

/// Zeros, this many mebibytes of them, packed a thousandfold.
fn zeros(mebibytes: usize) -> Vec<u8> {
    deflated((0..mebibytes).map(|_| vec![0; 1 << 20]))
}

/// One page with this content object and font object; further objects follow from number 6 on.
fn page(content: Vec<u8>, font: &str, more: Vec<Vec<u8>>) -> Vec<u8> {
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>/ColorSpace<</C [/ICCBased 6 0 R]>>>>>>".to_vec(),
        content,
        font.as_bytes().to_vec(),
    ];
    objects.extend(more);
    pdf(&objects)
}

const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>";
const SHOWN: &[u8] = b"BT /F1 12 Tf 72 700 Td (A cane: Upheld) Tj ET";

fn with_characters(table: &[u8]) -> Vec<u8> {
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/ToUnicode 6 0 R>>";
    page(stream("", SHOWN), font, vec![stream("", table)])
}

/// A table of contents in a stream with this dictionary, which is all there is of the PDF.
fn table_stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let at = file.len();
    file.extend(b"1 0 obj\n");
    file.extend(stream(&format!("/Type/XRef/Root 2 0 R{dictionary}"), content));
    file.extend(format!("\nendobj\nstartxref\n{at}\n%%EOF\n").into_bytes());
    file
}

/// A PDF of these objects, the first being number 1, with a table of contents in a stream, which says of one more object
/// that it stands in an object stream.
fn pdf_with_packed(objects: &[Vec<u8>], (packed, container): (usize, usize)) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut entries = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        entries.extend([1_u32, file.len() as u32, 0]);
        file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    entries.extend([2, container as u32, 0]);
    let table = file.len();
    let number = objects.len() + 1;
    let content: Vec<u8> = entries.into_iter().flat_map(u32::to_be_bytes).collect();
    let index = format!("/Type/XRef/Root 1 0 R/Size {}/W[4 4 4]/Index[1 {} {packed} 1]", packed + 1, objects.len());
    file.extend(format!("{number} 0 obj\n").into_bytes());
    file.extend(stream(&index, &content));
    file.extend(format!("\nendobj\nstartxref\n{table}\n%%EOF\n").into_bytes());
    file
}

/// Indexes each file beside a good letter; each is rejected for its reason, and the letter is read.
#[track_caller]
fn are_rejected(files: &[(&str, Vec<u8>, &str)]) {
    let desk = Desk::new();
    for (name, bytes, _) in files {
        desk.write(&format!("letters/{name}.pdf"), bytes);
    }
    desk.write("letters/zz.txt", letter());
    desk.write("letters/zzz.pdf", sample_pdf("CM16-9900140"));
    let mut command = desk.command(["index", "--report", "report.jsonl", "letters"]);
    let (run, peak) = run_with_peak(&mut command);
    run.ends_with(0);
    let report = read_json_lines(&desk.path("report.jsonl"));
    assert_counts_add_up(&report);
    for (name, _, reason) in files {
        let path = format!("letters/{name}.pdf");
        let entry = report.iter().find(|entry| text(entry, "path") == path).expect("a line of the report");
        assert_eq!(text(entry, "reason"), *reason, "{name}: {entry}");
        assert!(
            !text(entry, "message").is_empty() && !text(entry, "hint").is_empty()
                || ["no-decision", "not-a-letter"].contains(reason),
            "{entry}"
        );
    }
    let read: Vec<&str> =
        report.iter().filter(|entry| entry["status"] == "indexed").map(|entry| text(entry, "letter")).collect();
    assert_eq!(read, [LETTER, "CM16-9900140"]);
    assert_peak_below(peak, 1024);
}

#[test]
fn streams_that_unpack_to_gigabytes() {
    let bomb = zeros(2048);
    let twice = deflated([bomb.clone()]);
    let objects = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &bomb);
    let font = "<</Type/Font/Subtype/Type1/BaseFont/A/FontDescriptor<</FontFile 6 0 R>>>>";
    are_rejected(&[
        ("content", page(stream("/Filter/FlateDecode", &bomb), FONT, Vec::new()), "pdf-too-heavy"),
        ("chain", page(stream("/Filter[/FlateDecode/FlateDecode]", &twice), FONT, Vec::new()), "pdf-too-heavy"),
        (
            "form",
            page(stream("", b"/X Do"), FONT, vec![stream("/Subtype/Form/Filter/FlateDecode", &bomb)]),
            "pdf-too-heavy",
        ),
        ("font", page(stream("", SHOWN), font, vec![stream("/Filter/FlateDecode", &bomb)]), "pdf-too-heavy"),
        ("objects", page(stream("", SHOWN), FONT, vec![objects]), "pdf-too-heavy"),
        ("table", table_stream("/Size 9/W[1 2 1]/Filter/FlateDecode", &bomb), "pdf-too-heavy"),
        (
            "filters",
            page(
                stream("/Filter[/FlateDecode/FlateDecode/FlateDecode/FlateDecode/FlateDecode]", &twice),
                FONT,
                Vec::new(),
            ),
            "broken-pdf",
        ),
        (
            "rows",
            page(
                stream("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 99999999999>>", &zeros(1)),
                FONT,
                Vec::new(),
            ),
            "broken-pdf",
        ),
    ]);
}

#[test]
fn tables_of_contents_that_claim_too_much_or_go_in_circles() {
    let looping = {
        let file = String::from_utf8(pdf(&[b"<</Type/Catalog>>".to_vec()])).unwrap();
        let at = file.find("xref").unwrap();
        file.replace("/Root", &format!("/Prev {at}/Root")).into_bytes()
    };
    are_rejected(&[
        ("entries", table_stream("/Size 9/W[0 0 0]/Index[0 9000000000000000000]", b""), "broken-pdf"),
        ("index", table_stream("/Size 9/W[1 1 1]/Index[0 9000000000]", b"abc"), "broken-pdf"),
        ("size", table_stream("/Size 4000000000/W[0 1 0]", b"abc"), "broken-pdf"),
        ("width", table_stream("/Size 9/W[9000000000000 1 1]", b"abc"), "broken-pdf"),
        ("escaped", table_stream("/Size 9/#57[9000000000000 1 1]", b"abc"), "broken-pdf"),
        ("circle", looping, "broken-pdf"),
        // A fourth number is nowhere read, so that an entry takes no byte; a list that is none gives way to the size.
        ("fourth", table_stream("/Size 400000000/W[0 0 0 1]/Index[0 1 1.5]", b"abc"), "broken-pdf"),
        ("listed", table_stream("/Size 400000000/W[0 1 0]/Index 7", b"abc"), "broken-pdf"),
        ("negative", table_stream("/Size 9/W[0 1 0]/Index[0 900000000 0 -899999999]", b"abc"), "broken-pdf"),
        ("nowhere", b"%PDF-1.5\n1 0 obj\n<<>>\nendobj\nstartxref\n99999999\n%%EOF\n".to_vec(), "broken-pdf"),
    ]);
}

#[test]
fn page_trees_and_forms_that_go_in_circles_or_have_no_end() {
    let pages = |objects: &[&str]| {
        let mut all = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()];
        all.extend(objects.iter().map(|object| object.as_bytes().to_vec()));
        pdf(&all)
    };
    let tower = {
        let mut objects =
            vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec()];
        objects.push(b"<</Type/Page/Parent 4 0 R>>".to_vec());
        objects.extend((4..40_000).map(|number| format!("<</Type/Pages/Parent {} 0 R>>", number + 1).into_bytes()));
        pdf(&objects)
    };
    let many = format!("<</Type/Pages/Kids[{}]/Count 100000/MediaBox[0 0 9 9]>>", "3 0 R ".repeat(100_000));
    are_rejected(&[
        ("kids", pages(&["<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]), "broken-pdf"),
        ("parents", pages(&["<</Type/Pages/Kids[3 0 R]/Parent 3 0 R>>", "<</Type/Page/Parent 2 0 R>>"]), "broken-pdf"),
        ("tower", tower, "broken-pdf"),
        (
            "count",
            pages(&["<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Pages/Kids[]/Count 2147483648>>"]),
            "broken-pdf",
        ),
        (
            "huge-count",
            pages(&["<</Type/Pages/Kids[3 0 R 3 0 R]/Count 1>>", "<</Type/Pages/Kids[]/Count 9223372036854775807>>"]),
            "broken-pdf",
        ),
        ("one-page", pages(&[&many, "<</Type/Page/Parent 2 0 R>>"]), "broken-pdf"),
        (
            "form",
            page(stream("", b"/X Do"), FONT, vec![stream("/Subtype/Form/Resources<</XObject<</X 6 0 R>>>>", b"/X Do")]),
            "broken-pdf",
        ),
    ]);
}

/// The library draws whatever a name stands for, however the name is written, and as often as it is written.
#[test]
fn drawings_that_contain_themselves_or_multiply() {
    let drawn = |dictionary: &str, content: &[u8]| page(stream("", b"/X Do"), FONT, vec![stream(dictionary, content)]);
    // Each of them draws the next one as often as this.
    let tower = |levels: usize, times: usize| {
        let form = |level: usize| {
            let names = format!("/Subtype/Form/Resources<</XObject<</X {} 0 R>>>>", 7 + level);
            stream(&names, "/X Do ".repeat(times).as_bytes())
        };
        let mut forms: Vec<Vec<u8>> = (0..levels).map(form).collect();
        forms.push(stream("/Subtype/Form", b"q Q"));
        page(stream("", b"/X Do"), FONT, forms)
    };
    let inherited = {
        let parent = "/Parent<</Resources<</XObject<</X 4 0 R>>>>/MediaBox[0 0 9 9]>>";
        let page = format!("<</Type/Page{parent}/Contents 4 0 R>>").into_bytes();
        let pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec();
        pdf(&[b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), pages, page, stream("", b"/X Do")])
    };
    // The name stands in one part of the page, the operator in the next.
    let parts = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 7 0 R/Resources<</XObject<</X 6 0 R>>>>>>".to_vec(),
        stream("", b"/X"),
        stream("", b"Do"),
        stream("/Subtype/Form", &b"q Q ".repeat(1 << 18)),
        format!("[{}]", "4 0 R 5 0 R ".repeat(1000)).into_bytes(),
    ]);
    let operators = deflated((0..60).map(|_| b"q ".repeat(1 << 19)));
    are_rejected(&[
        ("parts", parts, "pdf-too-heavy"),
        ("untyped", drawn("", b"/X Do"), "broken-pdf"),
        ("picture", drawn("/Subtype/Image/Width 1/Height 1", b"/X Do"), "broken-pdf"),
        ("operand", drawn("/Subtype/Form", b"/X 0 Do"), "broken-pdf"),
        ("close", drawn("/Subtype/Form", b"q/X Do"), "broken-pdf"),
        ("escaped", drawn("/Subtype/Form", b"/#58 Do"), "broken-pdf"),
        ("inherited", inherited, "broken-pdf"),
        ("deep", tower(20_000, 1), "broken-pdf"),
        ("doubling", tower(23, 10), "pdf-too-heavy"),
        ("operators", drawn("/Subtype/Image/Filter/FlateDecode", &operators), "pdf-too-heavy"),
        ("untyped-operators", drawn("/Filter/FlateDecode", &operators), "pdf-too-heavy"),
    ]);
}

#[test]
fn brackets_in_brackets_without_end() {
    let deep = 100_000;
    let remote = {
        let mut objects = vec![b"<</Type/Catalog>>".to_vec()];
        let next = |number: usize| format!("<</Length {} 0 R>>stream\nx\nendstream", number + 1).into_bytes();
        objects.extend((2..1_500).map(next));
        objects
    };
    let many_remote = {
        let mut objects = remote.clone();
        objects.extend(
            (1_500..20_000).map(|number| format!("<</Length {} 0 R>>stream\nx\nendstream", number + 1).into_bytes()),
        );
        objects
    };
    are_rejected(&[
        ("arrays", pdf(&[[b"[".repeat(deep), b"]".repeat(deep)].concat()]), "broken-pdf"),
        ("dictionaries", pdf(&[[b"<</A".repeat(deep), b">>".repeat(deep)].concat()]), "broken-pdf"),
        ("strings", pdf(&[[b"(".repeat(deep), b")".repeat(deep)].concat()]), "broken-pdf"),
        ("content", page(stream("", &[b"[".repeat(deep), b"]".repeat(deep)].concat()), FONT, Vec::new()), "broken-pdf"),
        ("characters", with_characters(&b"[".repeat(deep)), "broken-pdf"),
        ("character-strings", with_characters(&b"(".repeat(deep)), "broken-pdf"),
        ("lengths", pdf(&remote), "broken-pdf"),
        ("more-lengths", pdf(&many_remote), "broken-pdf"),
    ]);
}

/// The library looks for the length of a stream wherever a table says it stands, before anything is weighed.
#[test]
fn lengths_that_stand_where_nobody_looks() {
    let bomb = stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &zeros(2048));
    let untyped = stream("/N 1/First 4/Filter/FlateDecode", &zeros(2048));
    let asking = |name: &str| format!("<</{name} 9 0 R>>stream\nBT ET\nendstream").into_bytes();
    let with_bomb = |name: &str, bomb: &[u8]| {
        let objects = [b"<</Type/Catalog>>".to_vec(), asking(name), bomb.to_vec()];
        pdf_with_packed(&objects, (9, 3))
    };
    // Each is read to the end of the file once the length is known: its object has a generation that no table names.
    let awaited = {
        let mut objects = vec![b"<</Type/Catalog>>".to_vec()];
        objects.extend((0..2_000).map(|_| b"<</Length 2002 3 R>>stream\nx\nendstream".to_vec()));
        objects.push(b"1900000".to_vec());
        objects.push(stream("", &vec![b' '; 2_000_000]));
        let file = String::from_utf8(pdf(&objects)).unwrap();
        file.replace("2002 0 obj", "2002 3 obj").into_bytes()
    };
    are_rejected(&[
        ("packed", with_bomb("Length", &bomb), "pdf-too-heavy"),
        ("untyped", with_bomb("Length", &untyped), "pdf-too-heavy"),
        ("escaped", with_bomb("#4cength", &bomb), "pdf-too-heavy"),
        ("awaited", awaited, "pdf-too-heavy"),
    ]);
}

/// Some programs put the lengths of streams away with other numbers; such a file is read.
#[test]
fn lengths_put_away_with_other_numbers_are_no_harm() {
    let text = b"BT /F1 12 Tf 72 700 Td (A notice, no letter of the state.) Tj ET";
    let content = [b"<</Length 9 0 R>>stream\n".as_slice(), text, b"\nendstream"].concat();
    let file = pdf_with_packed(
        &[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
                .to_vec(),
            content,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
            stream("/Type/ObjStm/N 1/First 4", format!("9 0 {}", text.len()).as_bytes()),
        ],
        (9, 6),
    );
    are_rejected(&[("notice", file, "not-a-letter")]);
}

#[test]
fn tables_of_characters_that_claim_every_code() {
    let ranges = "<0000> <fffe> <0041>\n".repeat(100);
    are_rejected(&[
        ("range", with_characters(b"1 beginbfrange\n<00000000> <ffffffff> <00000041>\nendbfrange"), "broken-pdf"),
        ("ranges", with_characters(format!("100 beginbfrange\n{ranges}endbfrange").as_bytes()), "broken-pdf"),
        (
            "strings",
            with_characters(b"1 beginbfrange\n(\\000\\000\\000\\000) (\\377\\377\\377\\377) <00000041>\nendbfrange"),
            "broken-pdf",
        ),
    ]);
}

/// The library makes the tables of a font anew for each name it goes by.
#[test]
fn fonts_of_a_thousand_names() {
    let of_each = |after: &str| {
        (0..1000).fold(String::new(), |mut all, number| {
            write!(all, "/F{number} {after} ").unwrap();
            all
        })
    };
    let file = |font: &str, table: Vec<u8>| {
        pdf(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".to_vec(),
            b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font 5 0 R>>>>".to_vec(),
            stream("", of_each("9 Tf").as_bytes()),
            format!("<<{}>>", of_each("7 0 R")).into_bytes(),
            table,
            font.as_bytes().to_vec(),
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<<>>/W 6 0 R>>".to_vec(),
        ])
    };
    let ranges = (0..80).fold("80 beginbfrange\n".to_owned(), |mut ranges, range: u32| {
        writeln!(ranges, "<{:08x}> <{:08x}> <0041>", range << 13, (range << 13) + 0x1fff).unwrap();
        ranges
    });
    let characters = stream("", format!("{ranges}endbfrange").as_bytes());
    let widths = format!("[{}]", "1 [2] ".repeat(100_000)).into_bytes();
    let composite = "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[8 0 R]>>";
    let simple = "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/ToUnicode 6 0 R>>";
    are_rejected(&[
        ("characters", file(simple, characters), "pdf-too-heavy"),
        ("widths", file(composite, widths), "pdf-too-heavy"),
    ]);
}

#[test]
fn contents_of_millions_of_operators() {
    let operators = deflated((0..64).map(|_| b"q ".repeat(1 << 19)));
    let saved = [b"/C cs ".to_vec(), b"q ".repeat(1_000_000)].concat();
    let profile = vec![stream("", &vec![7; 1 << 20])];
    let repeated = format!("[{}]", "6 0 R ".repeat(100_000));
    are_rejected(&[
        ("operators", page(stream("/Filter/FlateDecode", &operators), FONT, Vec::new()), "pdf-too-heavy"),
        ("colours", page(stream("", &saved), FONT, profile), "pdf-too-heavy"),
        ("parts", page(repeated.into_bytes(), FONT, vec![stream("", &b"0 g ".repeat(1000))]), "pdf-too-heavy"),
        ("values", pdf(&[[b"[".to_vec(), b"[]".repeat(5_000_000), b"]".to_vec()].concat()]), "broken-pdf"),
    ]);
}

/// Every object of the table holds the rest of the file.
#[test]
fn objects_that_overlap() {
    let body: String = (1..20_000).fold(String::new(), |mut body, number| {
        writeln!(body, "{number:05} 0 obj<</Length 900000>>stream").unwrap();
        body
    });
    let mut file = format!("%PDF-1.5\n{body}{}", " ".repeat(2_000_000)).into_bytes();
    // Each claimed end holds the word that a stream must end with.
    let step = "00001 0 obj<</Length 900000>>stream\n".len();
    for index in 0..19_999 {
        let end = 9 + (index + 1) * step + 900_000;
        file[end..end + 9].copy_from_slice(b"endstream");
    }
    let table = file.len();
    let mut end = "xref\n0 20000\n0000000000 65535 f \n".to_owned();
    for index in 0..19_999 {
        writeln!(end, "{:010} 00000 n ", 9 + index * step).unwrap();
    }
    write!(end, "trailer\n<</Size 20000/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").unwrap();
    file.extend(end.into_bytes());
    let packed = (1..5_000).fold(String::new(), |mut index, number| {
        write!(index, "{number} 0 ").unwrap();
        index
    });
    let content = format!("{packed}[{}]", "1 ".repeat(100_000));
    let objects = stream(&format!("/Type/ObjStm/N 4999/First {}", packed.len()), content.as_bytes());
    are_rejected(&[
        ("streams", file, "pdf-too-heavy"),
        ("objects", page(stream("", SHOWN), FONT, vec![objects]), "broken-pdf"),
    ]);
}

#[test]
fn lengths_that_lie_boxes_beyond_measure_fonts_without_encoding_and_torn_files() {
    let whole = sample_pdf("CM16-9900007");
    let lying = page(b"<</Length 99999999999>>stream\nBT ET\nendstream".to_vec(), FONT, Vec::new());
    let giant = String::from_utf8(page(stream("", b"BT ET"), FONT, Vec::new())).unwrap();
    let giant = giant.replace("[0 0 612 792]", "[0 0 1e300 9e9]").into_bytes();
    let bare = page(stream("", b"BT /F1 12 Tf (\x01\x02) Tj ET"), "<</Type/Font>>", Vec::new());
    are_rejected(&[
        ("lying", lying, "scanned-pdf"),
        ("giant", giant, "broken-pdf"),
        ("bare", bare, "broken-pdf"),
        ("torn", whole[..whole.len() / 2].to_vec(), "broken-pdf"),
        ("head", b"%PDF-1.7\n".to_vec(), "broken-pdf"),
        ("tail", [b"%PDF-1.7\n".as_slice(), &whole[whole.len() - 300..]].concat(), "broken-pdf"),
    ]);
}
