//! Whatever display text is: every question has an answer, or none.

#![no_main]

use evtx_checkup::log::mta::DisplayText;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Some(text) = DisplayText::open(file.to_vec()) else { return };
    for provider in ["Service Control Manager", "DEFAULT_PUBLISHER", ""] {
        for number in 0..4 {
            for answer in
                [text.message(provider, number.into()), text.level(provider, number), text.task(provider, number)]
            {
                assert!(answer.is_none_or(|text| !text.is_empty()));
            }
        }
    }
});
