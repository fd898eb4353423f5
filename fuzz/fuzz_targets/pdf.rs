//! Any bytes as a PDF: the reader comes back, with text within the limits or with a reason.

#![no_main]

use imr::intake::limits::Limits;
use imr::intake::pdf;
use imr::intake::rejection::Rejection;
use libfuzzer_sys::fuzz_target;

/// Small, so that whatever grows beyond reason is seen as growth and not as patience.
const LIMITS: fn() -> Limits = || Limits { pdf_seconds: 5, text_bytes: 1 << 20, ..Limits::default() };

fuzz_target!(
    init: {
        // The PDF library panics on malformed files; the reading thread catches that, and so it is no finding.
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(pdf::READING_THREAD) {
                abort(panic);
            }
        }));
    },
    |bytes: &[u8]| {
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
);
