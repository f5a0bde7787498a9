//! Whatever a log of Windows NT to Server 2003 is: it is read the same in slices of any size, and each record again.

#![no_main]

use evtx_checkup::log::evt::Reader;
use evtx_checkup::log::{Coverage, Sequential};
use evtx_checkup_fuzz::{Count, in_order};
use libfuzzer_sys::fuzz_target;

fn reader(size: u64) -> Reader {
    Reader::new(size, "System")
}

fuzz_target!(|input: &[u8]| {
    in_order(input, reader, |file, offset, again| {
        let (rest, start) = (&file[offset as usize..], file.get(48..).unwrap_or_default());
        reader(file.len() as u64).find(&[rest, start].concat(), offset, again);
        assert_eq!(again.0, 1);
    });
    let file = input.get(1..).unwrap_or_default();
    let (mut carver, mut slack) = (reader(file.len() as u64).carve(), Count::default());
    let mut carved = carver.slice(file, &mut slack);
    carved.merge(carver.finish(&mut slack));
    assert_eq!(carved, Coverage { carved: slack.0, ..Coverage::default() });
});
