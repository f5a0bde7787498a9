//! Whatever an archive is: unpacking it ends, in bounded memory.

#![no_main]

use evtx_checkup::log::archive::unzip;
use libfuzzer_sys::fuzz_target;

/// Unpacking all of what deflate can make of an input tells nothing more and takes long.
const LARGE: usize = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    if bytes.len() <= LARGE {
        let unpacked = unzip(bytes, |name| !name.is_empty());
        assert!(unpacked.entries.iter().all(|(name, _)| !name.is_empty()));
    }
});
