//! Whatever a rule is: it is read, or its faults are said.

#![no_main]

use evtx_checkup::kb::lint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for path in ["rules/fuzz.yml", "kb/fuzz/fuzz.md"] {
        let (articles, faults) = lint::read([(path, text)]);
        assert!(faults.iter().all(|fault| fault.starts_with(path)), "{faults:?}");
        drop(articles);
    }
});
