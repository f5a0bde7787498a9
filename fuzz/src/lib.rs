//! What several fuzz targets need.

use std::sync::LazyLock;

use evtx_checkup::checkup::{self, FileReport, Report};
use evtx_checkup::export::redaction::{Found, Texts, Wishes};
use evtx_checkup::export::{Format, Handover};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::{Coverage, Record, Sequential, Sink};

/// The built-in articles.
pub static KNOWLEDGE: LazyLock<KnowledgeBase> = LazyLock::new(evtx_checkup::built_in);

/// Counts records.
#[derive(Default)]
pub struct Count(pub u64);

impl Sink for Count {
    fn record(&mut self, _record: &Record<'_>) {
        self.0 += 1;
    }
}

/// Counts records, and looks at each a second time.
struct Records<F> {
    find: F,
    count: u64,
}

impl<F: Fn(u64, &mut Count)> Sink for Records<F> {
    fn record(&mut self, record: &Record<'_>) {
        self.count += 1;
        let (event, problem) = record.read();
        assert!(problem.is_none());
        event.fields.iter().for_each(|field| drop(field.value.to_string()));
        (self.find)(record.offset, &mut Count::default());
    }
}

/// Reads a file in slices, then in one go as a checkup. `reader` makes a reader of it, given its size; `find` looks for
/// the record at an offset of it again and checks how often it is there.
pub fn in_order<R: Sequential>(input: &[u8], reader: fn(u64) -> R, find: impl Fn(&[u8], u64, &mut Count)) {
    // The first byte says how large the slices are: what a reader keeps between them must not matter.
    let Some((&size, file)) = input.split_first() else { return };
    let length = file.len() as u64;
    let mut records = Records { find: |offset, again: &mut Count| find(file, offset, again), count: 0 };
    let (mut slices, mut coverage) = (reader(length), Coverage::default());
    for slice in file.chunks(1 + 64 * usize::from(size)) {
        coverage.merge(slices.slice(slice, &mut records));
    }
    coverage.merge(slices.finish(&mut records));
    assert_eq!(coverage.records, records.count);
    let report = FileReport::open("System", length, file);
    let whole = checkup::in_order(&KNOWLEDGE, 0, &report, reader(length), file);
    assert_eq!(whole.records(), coverage.records);
    hand_over(&whole);
}

/// Writes a report in all formats, with names and without.
pub fn hand_over(report: &Report) {
    let mut handover = Handover::new(report, &KNOWLEDGE);
    Format::ALL.into_iter().for_each(|format| drop(format.write(&handover)));
    Texts::of(&handover).redact(&Found::default(), &Wishes::default()).put_into(&mut handover);
}
