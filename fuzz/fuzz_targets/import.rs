//! Whatever a text is: it is refused, or becomes articles and their source.

#![no_main]

use evtx_checkup::kb::import::Extract;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(extract) = Extract::read(bytes) {
        assert!(!extract.articles().is_empty());
        assert!(extract.source().starts_with("---\n"));
    }
});
