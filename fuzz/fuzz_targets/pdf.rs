//! Any bytes as a PDF: the reader comes back, with text within the limits or with a reason.
//!
//! Each input is read as it is, and once more with a table of contents that fits: a byte more or less moves every
//! object, and what no table finds is never read.

#![no_main]

use imr::intake::limits::Limits;
use imr::intake::pdf;
use imr::intake::rejection::Rejection;
use libfuzzer_sys::fuzz_target;

/// A limit of its own on the text, so that whatever grows beyond reason is seen as growth.
const LIMITS: fn() -> Limits = || Limits { text_bytes: 1 << 20, ..Limits::default() };
/// Where the code of the reader stands; a panic with another place is one of the PDF library.
const OURS: &str = "src/intake/";

/// The objects of a file behind a new table of contents, with the old trailer.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut file = if bytes.starts_with(b"%PDF-") { Vec::new() } else { b"%PDF-1.5\n".to_vec() };
    file.extend_from_slice(bytes);
    let find = |piece: &[u8], from: usize| {
        let rest = file.get(from..).unwrap_or_default();
        rest.windows(piece.len()).position(|window| window == piece).map(|at| from + at)
    };
    let mut places: Vec<(u32, usize)> = Vec::new();
    let mut from = 0;
    while let Some(at) = find(b" 0 obj", from) {
        let digits = file[..at].iter().rev().take(5).take_while(|byte| byte.is_ascii_digit()).count();
        if let Some(number) = std::str::from_utf8(&file[at - digits..at]).ok().and_then(|digits| digits.parse().ok()) {
            places.push((number, at - digits));
        }
        from = at + 1;
    }
    let trailer = find(b"trailer", 0).map_or(b"<</Size 99/Root 1 0 R>>".to_vec(), |at| {
        let end = find(b"startxref", at).unwrap_or(file.len());
        file[at + b"trailer".len()..end].to_vec()
    });
    let table = file.len() + 1;
    file.extend_from_slice(b"\nxref\n");
    for (number, place) in places {
        file.extend(format!("{number} 1\n{place:010} 00000 n \n").into_bytes());
    }
    file.extend_from_slice(b"trailer\n");
    file.extend(trailer);
    file.extend(format!("\nstartxref\n{table}\n%%EOF\n").into_bytes());
    file
}

fn comes_back(bytes: &[u8]) {
    match pdf::read(bytes, &LIMITS()) {
        Ok(text) => {
            assert!(!text.lines.is_empty() && text.content.len() <= 16 << 20);
            assert!(text.lines.iter().all(|line| text.content.get(line.range.clone()).is_some()));
            assert!(text.lines.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
        }
        Err(Rejection::PdfTookTooLong { .. }) => panic!("a small file keeps the reader busy"),
        Err(rejection) => assert!(!rejection.to_string().is_empty() && rejection.to_string().len() < 4096),
    }
}

fuzz_target!(
    init: {
        // The PDF library panics on malformed files; the reading thread catches that, and so it is no finding. It would
        // hide a mistake of the reader itself in the same way, and that is one.
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_ours = panic.location().is_some_and(|place| place.file().contains(OURS));
            if is_ours || std::thread::current().name() != Some(pdf::READING_THREAD) {
                abort(panic);
            }
        }));
    },
    |bytes: &[u8]| {
        comes_back(bytes);
        comes_back(&mended(bytes));
    }
);
