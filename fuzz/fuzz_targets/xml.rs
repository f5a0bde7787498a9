//! Whatever an export is: it is read the same in slices of any size, and each event again.

#![no_main]

use evtx_checkup::log::xml::{Reader, find};
use evtx_checkup_fuzz::in_order;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    in_order(
        input,
        |_| Reader::new(0),
        |file, offset, again| {
            find(file.get(offset as usize..).unwrap_or_default(), offset, again);
            assert!(again.0 <= 1);
        },
    );
});
