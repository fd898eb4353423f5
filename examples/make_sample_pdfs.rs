//! Sets the sample text letters as PDFs that look like the published ones: Times 12 on Letter pages, a two-column header
//! table, centred headings, pages that break wherever they are full, and for some an encryption with an empty password.
//!
//! `cargo run --example make_sample_pdfs -- tests/letters/text tests/letters/pdf [NAMES..]`

use std::path::Path;

use anyhow::{Context, Result, bail};
use lopdf::content::{Content, Operation};
use lopdf::encryption::crypt_filters::{Aes128CryptFilter, Aes256CryptFilter, CryptFilter};
use lopdf::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, StringFormat, dictionary,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a PDF is locked; the user password is always empty.
#[derive(Clone, Copy)]
enum Lock {
    Open,
    Rc4,
    Aes128,
    Aes256,
}

/// The letters that are set when no name is given. A name that is not listed here is set without encryption.
const SAMPLES: &[(&str, Lock)] = &[
    ("CM13-9900031", Lock::Open),
    ("IMR13-990041", Lock::Rc4),
    ("review-lumbar-mri", Lock::Open),
    ("CM13-9900112", Lock::Aes128),
    ("CM14-9900118", Lock::Open),
    ("letter-ankle-2014", Lock::Rc4),
    ("CM14-9900310", Lock::Aes256),
    ("CM15-9900012", Lock::Aes128),
    ("CM15-9900045", Lock::Open),
    ("letter-opioid-2015", Lock::Aes256),
    ("CM16-9900007", Lock::Aes128),
    ("CM16-9900019", Lock::Aes128),
    ("CM16-9900140", Lock::Open),
    ("CM17-9900005", Lock::Aes256),
    ("CM17-9900123", Lock::Rc4),
    ("CM17-9900160", Lock::Aes128),
    ("CM18-9900010", Lock::Aes256),
    ("CM19-9900003", Lock::Open),
];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, names @ ..] = args.as_slice() else {
        bail!("usage: make_sample_pdfs TEXT_FOLDER PDF_FOLDER [NAMES..]");
    };
    let chosen: Vec<&str> = match names {
        [] => SAMPLES.iter().map(|(name, _)| *name).collect(),
        names => names.iter().map(String::as_str).collect(),
    };
    std::fs::create_dir_all(to).with_context(|| format!("cannot create {to}"))?;
    for name in chosen {
        let source = Path::new(from).join(format!("{name}.txt"));
        let text = std::fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
        let pages = set_pages(&read_blocks(&text));
        let lock = SAMPLES.iter().find(|(known, _)| *known == name).map_or(Lock::Open, |(_, lock)| *lock);
        let target = Path::new(to).join(format!("{name}.pdf"));
        write_pdf(name, &pages, lock, &target).with_context(|| format!("cannot write {}", target.display()))?;
        println!("{}: {} pages", target.display(), pages.len());
    }
    Ok(())
}

/// A piece of a letter, to be set on lines of its own.
enum Block {
    Table(Vec<(&'static str, String)>),
    Heading(String),
    Paragraph(String),
    /// An empty line.
    Gap,
}

const FIELDS: [&str; 7] = [
    "Case Number:",
    "Date Assigned:",
    "Date of Injury:",
    "Decision Date:",
    "UR Denial Date:",
    "Priority:",
    "Application Received:",
];

/// What begins a line of its own even when the line before it belongs to the same paragraph of the text.
const LABELS: &[&str] = &[
    "claims administrator guideline",
    "maximus guideline",
    "decision rationale",
    "state(s) of licensure:",
    "certification(s)/specialty:",
    "employee:",
    "claim number:",
    "date of ur decision:",
    "date of injury:",
    "imr application received:",
    "maximus case number:",
    "imr case number:",
];

/// Lines that stand alone: the next line begins anew.
const ALONE: &[&str] = &[
    "Medical Qualifications of the Expert Reviewer:",
    "Case Summary:",
    "Documents Reviewed for Determination:",
    "Rationale for the Decision:",
    "Effect of the Decision:",
    "The Expert Reviewer has the following credentials:",
    "Sincerely,",
];

const TITLES: &[&str] = &["Independent Medical Review", "Notice of Independent Medical Review Determination"];

/// The printed lines of a letter in either text style; `None` is a gap between paragraphs.
fn printed_lines(text: &str) -> Vec<Option<String>> {
    let doubled = !text.contains('\u{c}') && text.lines().skip(1).step_by(2).take(20).all(str::is_empty);
    text.split('\n')
        .map(|line| line.trim_start_matches('\u{c}').trim_end_matches('\r'))
        .filter(|line| !(doubled && line.is_empty()))
        .map(|line| (!line.trim().is_empty()).then(|| line.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect()
}

fn read_blocks(text: &str) -> Vec<Block> {
    let lines = printed_lines(text);
    let mut blocks = Vec::new();
    let mut rest = lines.as_slice();
    if let Some((before, table, after)) = header_table(&lines) {
        flow(before, &mut blocks);
        blocks.extend([Block::Table(table), Block::Gap]);
        rest = after;
    }
    flow(rest, &mut blocks);
    blocks
}

type Table<'a> = (&'a [Option<String>], Vec<(&'static str, String)>, &'a [Option<String>]);

/// The header table, however it was linearised: everything from "Case Number:" to the first heading.
fn header_table(lines: &[Option<String>]) -> Option<Table<'_>> {
    let starts =
        |prefix: &str| lines.iter().position(|line| line.as_deref().is_some_and(|line| line.starts_with(prefix)));
    let (first, end) = (starts("Case Number:")?, starts("HOW THE IMR FINAL DETERMINATION")?);
    let words: String = lines.get(first..end)?.iter().flatten().flat_map(|line| [line.as_str(), " "]).collect();
    // "Application <date> Received:" and "Application Received: <date>" become one
    let words = words.replace("Received:", "").replace("Application", "Application Received:");
    let mut table = Vec::new();
    for (n, label) in FIELDS.iter().enumerate() {
        let (_, value) = words.split_once(label)?;
        let value = FIELDS.get(n + 1).and_then(|next| value.split_once(next)).map_or(value, |(value, _)| value);
        table.push((*label, value.trim().to_string()));
    }
    Some((&lines[..first], table, &lines[end..]))
}

fn is_capitals(line: &str) -> bool {
    line.chars().any(char::is_alphabetic) && !line.chars().any(char::is_lowercase)
}

fn is_heading(line: &str) -> bool {
    is_capitals(line) && line.contains(' ') && line.chars().filter(|c| c.is_alphabetic()).count() >= 10
}

fn begins_with_label(line: &str) -> bool {
    let line = line.to_lowercase();
    LABELS.iter().any(|label| line.starts_with(label))
}

/// Joins printed lines into paragraphs; a word broken at its hyphen is closed up.
fn flow(lines: &[Option<String>], blocks: &mut Vec<Block>) {
    let mut sealed = true;
    for line in lines {
        let Some(line) = line else {
            if !matches!(blocks.last(), None | Some(Block::Gap)) {
                blocks.push(Block::Gap);
            }
            sealed = true;
            continue;
        };
        match blocks.last_mut() {
            Some(Block::Heading(head))
                if is_capitals(line) && head.as_str() != "MAXIMUS FEDERAL SERVICES, INC." && !head.ends_with(':') =>
            {
                head.push(' ');
                head.push_str(line);
                continue;
            }
            Some(Block::Paragraph(text))
                if !sealed && !is_heading(line) && !begins_with_label(line) && !ALONE.contains(&line.as_str()) =>
            {
                let broken = text.ends_with('-') && line.starts_with(char::is_alphanumeric);
                if !broken {
                    text.push(' ');
                }
                text.push_str(line);
                continue;
            }
            _ => {}
        }
        if is_heading(line) || TITLES.contains(&line.as_str()) {
            blocks.push(Block::Heading(line.clone()));
        } else {
            blocks.push(Block::Paragraph(line.clone()));
        }
        sealed = ALONE.contains(&line.as_str());
    }
}

const SIZE: f32 = 12.0;
const PITCH: f32 = 13.8;
const MARGIN: f32 = 72.0;
const WIDTH: f32 = 612.0 - 2.0 * MARGIN;
const TOP: f32 = 792.0 - MARGIN - SIZE;

/// Advance widths of Times-Roman, in thousandths of the size, for the characters from space to tilde.
#[rustfmt::skip]
const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278,
    500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
    921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722,
    556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
    333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500,
    500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

/// One character in the `WinAnsi` encoding, and its width.
fn glyph(c: char) -> (u8, u16) {
    match c {
        ' '..='~' => (c as u8, TIMES[c as usize - 32]),
        '\u{2018}' => (0x91, 333),
        '\u{2019}' => (0x92, 333),
        '\u{201c}' => (0x93, 444),
        '\u{201d}' => (0x94, 444),
        '\u{2013}' => (0x96, 500),
        '\u{2014}' => (0x97, 1000),
        '\u{a7}' | '\u{b0}' => (c as u8, 450),
        _ => (b'?', TIMES['?' as usize - 32]),
    }
}

fn width(text: &str) -> f32 {
    text.chars().map(|c| f32::from(glyph(c).1)).sum::<f32>() * SIZE / 1000.0
}

/// Text at a place on a page.
struct Run {
    x: f32,
    y: f32,
    text: String,
}

/// Lines no wider than the column, broken at spaces only, and never after a word that ends in a hyphen.
fn fill(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut word = String::new();
    for part in text.split(' ') {
        word.push_str(part);
        if part.ends_with('-') {
            word.push(' ');
            continue;
        }
        let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
        if !line.is_empty() && width(&longer) > WIDTH {
            lines.push(std::mem::replace(&mut line, std::mem::take(&mut word)));
        } else {
            line = longer;
            word.clear();
        }
    }
    lines.push(format!("{line} {word}").trim().to_string());
    lines
}

#[derive(Default)]
struct Setter {
    pages: Vec<Vec<Run>>,
    y: f32,
}

impl Setter {
    /// The baseline of the next line, on a new page when this one is full.
    fn line(&mut self) -> f32 {
        if self.pages.is_empty() || self.y < MARGIN {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        let y = self.y;
        self.y -= PITCH;
        y
    }

    fn put(&mut self, x: f32, y: f32, text: &str) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Run { x, y, text: text.to_string() });
        }
    }

    /// A row of the header table: four columns on one baseline.
    fn row(&mut self, cells: [&str; 4]) {
        let y = self.line();
        for (x, cell) in [MARGIN, 180.0, 338.0, 440.0].into_iter().zip(cells) {
            if !cell.is_empty() {
                self.put(x, y, cell);
            }
        }
    }
}

fn set_pages(blocks: &[Block]) -> Vec<Vec<Run>> {
    let mut setter = Setter::default();
    for block in blocks {
        match block {
            Block::Gap if setter.y < MARGIN => {}
            Block::Gap => setter.y -= PITCH,
            Block::Table(fields) => {
                let value = |n: usize| fields.get(n).map_or("", |(_, value)| value.as_str());
                setter.row(["Case Number:", value(0), "", ""]);
                setter.row(["Date Assigned:", value(1), "Date of Injury:", value(2)]);
                setter.row(["Decision Date:", value(3), "UR Denial Date:", value(4)]);
                setter.row(["Priority:", value(5), "Application", value(6)]);
                setter.row(["", "", "Received:", ""]);
            }
            Block::Heading(text) => {
                let centred = !text.ends_with(':');
                for line in fill(text) {
                    let indent = if centred { (WIDTH - width(&line)) / 2.0 } else { 0.0 };
                    let y = setter.line();
                    setter.put(MARGIN + indent, y, &line);
                }
            }
            Block::Paragraph(text) => {
                for line in fill(text) {
                    let y = setter.line();
                    setter.put(MARGIN, y, &line);
                }
            }
        }
    }
    setter.pages
}

/// The operators that show a page. Each line is shown in two pieces, as word processors do.
fn page_content(runs: &[Run]) -> Content<Vec<Operation>> {
    let mut operations = Vec::new();
    for run in runs {
        let bytes: Vec<u8> = run.text.chars().map(|c| glyph(c).0).collect();
        let (left, right) = bytes.split_at(bytes.len() / 2);
        let piece = |bytes: &[u8]| Object::String(bytes.to_vec(), StringFormat::Literal);
        let number = |value: f32| Object::Real((value * 100.0).round() / 100.0);
        operations.extend([
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), SIZE.into()]),
            Operation::new("Tm", vec![1.into(), 0.into(), 0.into(), 1.into(), number(run.x), number(run.y)]),
            Operation::new("TJ", vec![Object::Array(vec![piece(left), 2.into(), piece(right)])]),
            Operation::new("ET", vec![]),
        ]);
    }
    Content { operations }
}

/// Sixteen bytes that depend on the name alone (FNV-1a, twice), so that the same letter gives the same file.
fn identifier(name: &str) -> Vec<u8> {
    let hash =
        |seed: u64| name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    [hash(0xcbf2_9ce4_8422_2325), hash(0x6c62_272e_07bb_0142)].into_iter().flat_map(u64::to_be_bytes).collect()
}

fn write_pdf(name: &str, pages: &[Vec<Run>], lock: Lock, target: &Path) -> Result<()> {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Times-Roman", "Encoding" => "WinAnsiEncoding",
    });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut kids: Vec<Object> = Vec::new();
    for runs in pages {
        let mut stream = Stream::new(Dictionary::new(), page_content(runs).encode()?);
        stream.compress()?;
        let content = document.add_object(stream);
        kids.push(
            document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content }).into(),
        );
    }
    let count = i64::try_from(kids.len())?;
    document.set_object(
        tree,
        dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
        },
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let id = Object::String(identifier(name), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    encrypt(&mut document, name, lock)?;
    document.save(target)?;
    Ok(())
}

/// Locks the document with an empty user password. AES draws its initial values at random: those files differ
/// from run to run; the open and the RC4 ones do not.
fn encrypt(document: &mut Document, name: &str, lock: Lock) -> Result<()> {
    let owner_password = "sample letters";
    let user_password = "";
    let permissions =
        Permissions::PRINTABLE | Permissions::PRINTABLE_IN_HIGH_QUALITY | Permissions::COPYABLE_FOR_ACCESSIBILITY;
    let filters = |filter: Arc<dyn CryptFilter>| BTreeMap::from([(b"StdCF".to_vec(), filter)]);
    let key = identifier(name).repeat(2);
    let version = match lock {
        Lock::Open => return Ok(()),
        Lock::Rc4 => EncryptionVersion::V2 { document, owner_password, user_password, key_length: 128, permissions },
        Lock::Aes128 => EncryptionVersion::V4 {
            document,
            encrypt_metadata: true,
            crypt_filters: filters(Arc::new(Aes128CryptFilter)),
            stream_filter: b"StdCF".to_vec(),
            string_filter: b"StdCF".to_vec(),
            owner_password,
            user_password,
            permissions,
        },
        Lock::Aes256 => EncryptionVersion::V5 {
            encrypt_metadata: true,
            crypt_filters: filters(Arc::new(Aes256CryptFilter)),
            file_encryption_key: &key,
            stream_filter: b"StdCF".to_vec(),
            string_filter: b"StdCF".to_vec(),
            owner_password,
            user_password,
            permissions,
        },
    };
    let state = EncryptionState::try_from(version)?;
    document.encrypt(&state)?;
    let dictionary = document.trailer.get(b"Encrypt")?.as_reference()?;
    let dictionary = document.get_object_mut(dictionary)?.as_dict_mut()?;
    match lock {
        // lopdf leaves the length out; poppler then takes the key for 40 bits and shows nothing
        Lock::Aes256 => dictionary.set("Length", 256),
        // the second half of U means nothing and lopdf fills it at random
        Lock::Rc4 => dictionary.get_mut(b"U")?.as_str_mut()?.get_mut(16..).into_iter().for_each(|tail| tail.fill(0)),
        Lock::Open | Lock::Aes128 => {}
    }
    Ok(())
}
