//! Any bytes on standard input: every file in them is delivered once, within the limits.

#![no_main]

use std::ops::ControlFlow;
use std::path::PathBuf;

use imr::intake::delivery::Delivery;
use imr::intake::limits::Limits;
use imr::intake::walk::walk_with_input;
use libfuzzer_sys::fuzz_target;

/// Small enough that a bomb of a few kilobytes runs into each of them.
const LIMITS: fn() -> Limits = || Limits {
    file_bytes: 64 << 10,
    buffered_zip_bytes: 256 << 10,
    expanded_bytes: 1 << 20,
    members: 64,
    expansion_ratio: 50,
    ratio_free_bytes: 128 << 10,
    ..Limits::default()
};

fuzz_target!(|bytes: &[u8]| {
    let limits = LIMITS();
    let (mut deliveries, mut delivered) = (0_u64, 0_u64);
    let flow = walk_with_input(&[PathBuf::from("-")], &limits, &mut &*bytes, &mut |delivery| {
        deliveries += 1;
        match delivery {
            Delivery::File { bytes, origin, .. } => {
                delivered += bytes.len() as u64;
                assert!(bytes.len() as u64 <= limits.file_bytes, "no letter is longer than the limit");
                assert_eq!(origin.path, "-");
            }
            Delivery::Rejected { rejection, .. } => assert!(!rejection.to_string().is_empty()),
        }
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    assert!(deliveries >= 1, "nothing is passed over in silence");
    assert!(deliveries <= limits.members + 2, "{deliveries} deliveries");
    assert!(delivered <= limits.expanded_bytes + limits.file_bytes, "{delivered} bytes");
});
