//! The same record in several files counts once, and so does what is carved.

use std::collections::BTreeMap;

use evtx_checkup::checkup::{self, Checkup, FileReport, Ids, Keys, Listing, Parts, Report};
use evtx_checkup::index::{Builder, Index};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE};
use evtx_checkup::log::{Coverage, Kind, Reason};
use log_writer::logs::sample_events;
use log_writer::{Event, EvtWriter, evtx};

#[path = "support/export.rs"]
mod export;

const HEADER: usize = HEADER_SIZE as usize;
const CHUNK: usize = CHUNK_SIZE as usize;

/// The first look at a file, in parts.
fn first_look(knowledge: &KnowledgeBase, number: u32, name: &str, bytes: &[u8]) -> Report {
    let file = FileReport::open(name, bytes.len() as u64, &bytes[..bytes.len().min(Kind::START)]);
    match file.kind {
        Kind::Evtx => {
            let mut report = Report::of(number, file.clone());
            let mut checkup = Checkup::new(knowledge);
            for (chunk, bytes) in bytes[HEADER..].chunks(CHUNK).enumerate() {
                checkup.open(number, &file);
                checkup.read(bytes, (HEADER + chunk * CHUNK) as u64);
                report.merge(checkup.finish());
            }
            report
        }
        kind => {
            let reader = kind.reader(file.size, name).expect("it is a log");
            checkup::in_order(knowledge, number, &file, reader, bytes)
        }
    }
}

/// Checks files as the command line does. The list of all records has the same ones.
fn check(files: &[(&str, Vec<u8>)], carve: bool) -> Report {
    let report = check_with(files, carve, &Keys::default());
    let index = index(files, carve);
    let of_report = |count: fn(&Coverage) -> u64| report.files.values().map(|file| count(&file.coverage)).sum::<u64>();
    let carved = index.rows(0, usize::MAX).iter().filter(|row| row.carved).count();
    assert_eq!(carved as u64, of_report(|coverage| coverage.carved));
    assert_eq!((index.count() - carved) as u64, of_report(|coverage| coverage.records));
    report
}

/// All records of files, listed as the page does.
fn index(files: &[(&str, Vec<u8>)], carve: bool) -> Index {
    let knowledge = evtx_checkup::built_in();
    let (listing, mut builder) = (Listing::default(), Builder::with_room(0));
    for (number, (name, bytes)) in (0..).zip(files) {
        let size = bytes.len() as u64;
        let file = FileReport::open(*name, size, &bytes[..bytes.len().min(Kind::START)]);
        let carver = file.kind.carver(size, name).filter(|_| carve);
        for reader in file.kind.reader(size, name).into_iter().chain(carver) {
            for _ in Parts::new(&knowledge, number, &file, reader, bytes.as_slice()).listing(&listing) {
                listing.take().iter().for_each(|listed| builder.add(listed));
            }
        }
    }
    builder.finish()
}

fn check_with(files: &[(&str, Vec<u8>)], carve: bool, keys: &Keys) -> Report {
    let knowledge = evtx_checkup::built_in();
    let files: Vec<_> = (0..).zip(files).collect();
    let mut reports: Vec<_> =
        files.iter().map(|(number, (name, bytes))| first_look(&knowledge, *number, name, bytes)).collect();
    let overlaps: BTreeMap<_, _> = checkup::overlaps(&reports).into_iter().flatten().collect();
    for ((number, (_, bytes)), report) in files.iter().zip(&mut reports) {
        let ids: Option<Ids> = overlaps.get(number).filter(|_| !carve).cloned();
        if carve || ids.is_some() {
            *report = checkup::again(&knowledge, *number, &report.files[number], ids, keys, bytes.as_slice()).collect();
        }
    }
    for ((number, (_, bytes)), report) in files.iter().zip(&mut reports).filter(|_| carve) {
        report.merge(checkup::carve(&knowledge, *number, &report.files[number], keys, bytes.as_slice()).collect());
    }
    let mut all = Report::default();
    // In whatever order they come.
    reports.into_iter().rev().for_each(|report| all.merge(report));
    for file in all.files.values() {
        let account = file.account();
        if let Ok(declared) = account.declared {
            assert_eq!(file.coverage.records + file.coverage.repeated + account.lost, declared, "{}", file.name);
        }
    }
    all
}

/// Records and repeated records of each file.
fn counts(report: &Report) -> Vec<(u64, u64)> {
    report.files.values().map(|file| (file.coverage.records, file.coverage.repeated)).collect()
}

/// What was found, without where.
fn found(report: &Report) -> BTreeMap<Vec<u32>, u64> {
    report.groups.iter().map(|(articles, group)| (articles.clone(), group.count)).collect()
}

/// Events with ids and times of their own.
fn events() -> Vec<Event> {
    let events = sample_events().into_iter().zip(1..);
    events.map(|(event, id)| event.record_id(id).computer("SERVER1").channel("System")).collect()
}

#[test]
fn the_same_log_twice() {
    let log = evtx(events());
    let once = check(&[("one.evtx", log.clone())], false);
    let records = events().len() as u64;
    assert_eq!(counts(&once), [(records, 0)]);
    for copies in 2..4 {
        let files: Vec<_> = (0..copies).map(|_| ("copy.evtx", log.clone())).collect();
        let report = check(&files, false);
        assert_eq!(counts(&report)[0], (records, 0));
        assert!(counts(&report)[1..].iter().all(|counts| *counts == (0, records)));
        assert_eq!(found(&report), found(&once));
        assert_eq!((report.unexplained.total(), report.records()), (once.unexplained.total(), records));
    }
}

#[test]
fn more_records_than_can_be_told_apart() {
    let log = evtx(events());
    let records = events().len() as u64;
    let report = check_with(&[("one.evtx", log.clone()), ("two.evtx", log)], false, &Keys::with_room(10));
    assert_eq!(counts(&report), [(records, 0), (records - 10, 10)]);
    let says = |file: &FileReport| file.coverage.problems.iter().any(|own| own.reason == Reason::TooManyToCompare);
    assert!(report.files.values().all(says));
}

#[test]
fn an_older_copy() {
    let events = events();
    let (early, late) = (&events[..60], &events[40..]);
    let log = |events: &[Event]| evtx(events.iter().cloned());
    let report = check(&[("late.evtx", log(late)), ("other.evtx", evtx([])), ("early.evtx", log(early))], false);
    assert_eq!(counts(&report), [(late.len() as u64, 0), (0, 0), (40, 20)]);
    assert_eq!(found(&report), found(&check(&[("all.evtx", log(&events))], false)));
    // The files count by their numbers.
    let report = check(&[("early.evtx", log(early)), ("late.evtx", log(late))], false);
    assert_eq!(counts(&report), [(60, 0), (late.len() as u64 - 20, 20)]);
}

#[test]
fn the_same_numbers_are_not_the_same_records() {
    let records = events().len() as u64;
    let log = |change: fn(Event) -> Event| evtx(events().into_iter().map(change));
    let others: [fn(Event) -> Event; 3] = [
        |event| event.computer("SERVER2"),
        |event| event.channel("Application"),
        // The log was cleared.
        |event| {
            let time = event.time + 1;
            event.time(time)
        },
    ];
    for other in others {
        let report = check(&[("one.evtx", log(|event| event)), ("other.evtx", log(other))], false);
        assert_eq!(counts(&report), [(records, 0), (records, 0)]);
    }
    // Nor are the records of one file one another's repetition.
    let same = events()[0].clone();
    let log = evtx((0..10).map(|_| same.clone()));
    assert_eq!(counts(&check(&[("odd.evtx", log.clone())], false)), [(10, 0)]);
    assert_eq!(counts(&check(&[("odd.evtx", log.clone()), ("odd.evtx", log)], false)), [(10, 0), (0, 10)]);
}

/// An event of a whole second, as all are in an .evt log.
fn plain(id: u64) -> Event {
    named(id, "Contoso Agent")
}

/// One of which a chunk holds few.
fn long(id: u64) -> Event {
    named(id, &"Contoso Agent ".repeat(150))
}

fn named(id: u64, service: &str) -> Event {
    let event = Event::service_control_manager(7034).param(service.to_owned()).param("1").computer("SERVER1");
    let time = event.time / 10_000_000 * 10_000_000 + id * 10_000_000;
    event.record_id(id).time(time)
}

#[test]
fn a_log_and_its_export() {
    let log = evtx((1..=50).map(plain));
    let report = check(&[("export.xml", export::export(&log).into()), ("log.evtx", log)], false);
    assert_eq!(counts(&report), [(50, 0), (0, 50)]);
}

#[test]
fn a_log_and_what_it_was_converted_to() {
    let mut writer = EvtWriter::new();
    (10..60).for_each(|id| assert_eq!(u64::from(writer.write(&plain(id))), id));
    let report = check(&[("log.evtx", evtx((1..=50).map(plain))), ("SysEvent.Evt", writer.finish())], false);
    assert_eq!(counts(&report), [(50, 0), (9, 41)]);
}

/// A log whose second chunk was written over with a shorter one; and how many records of it are left behind that.
fn with_slack() -> (Vec<u8>, u64) {
    let mut log = evtx((1..=30).map(long));
    assert_eq!(log.len(), HEADER + 3 * CHUNK);
    let short = evtx((100..=102).map(long));
    let end = u32::from_le_bytes(short[HEADER + 48..][..4].try_into().unwrap()) as usize;
    let place = HEADER + CHUNK;
    let left = log[place + end..place + CHUNK].windows(4).filter(|bytes| *bytes == b"**\0\0").count() as u64;
    log[place..place + end].copy_from_slice(&short[HEADER..HEADER + end]);
    (log, left)
}

#[test]
fn what_a_log_has_given_up() {
    let (log, left) = with_slack();
    let plain = check(&[("slack.evtx", log.clone())], false);
    let report = check(&[("slack.evtx", log.clone())], true);
    let (file, before) = (&report.files[&0], &plain.files[&0]);
    assert!(left > 5 && file.coverage.carved == left, "{} of {left}", file.coverage.carved);
    // The second look reads the file's header too.
    assert_eq!((file.coverage.records, file.bytes_read), (before.coverage.records, before.bytes_read + HEADER_SIZE));
    assert_eq!((file.account(), &file.coverage.problems), (before.account(), &before.coverage.problems));
    let knowledge = evtx_checkup::built_in();
    let finding = report.findings(&knowledge).remove(0);
    assert_eq!((finding.count, finding.carved), (before.coverage.records + left, left));
    let marked = report.evidence(&finding).iter().filter(|evidence| evidence.carved).count();
    assert_eq!(marked as u64, left);
    assert_eq!(plain.findings(&knowledge)[0].carved, 0);
}

#[test]
fn what_is_read_is_not_carved_too() {
    let (log, left) = with_slack();
    // Windows writes a chunk over another one: the last chunk's free space has records of the one before.
    let mut copy = log.clone();
    let (first, third) = (HEADER, HEADER + 2 * CHUNK);
    let free = u32::from_le_bytes(log[third + 48..][..4].try_into().unwrap()) as usize;
    copy[third + free..].copy_from_slice(&log[first + free..first + CHUNK]);
    assert_eq!(check(&[("copies.evtx", copy.clone())], true).files[&0].coverage.carved, left);
    // Nor is what another file has, as a record or in its slack.
    let all = evtx((1..=30).map(long));
    let report = check(&[("slack.evtx", log.clone()), ("copies.evtx", copy), ("all.evtx", all)], true);
    assert!(report.files.values().all(|file| file.coverage.carved == 0));
    let report = check(&[("one.evtx", log.clone()), ("two.evtx", log)], true);
    assert_eq!(report.files.values().map(|file| file.coverage.carved).collect::<Vec<_>>(), [left, 0]);
}

#[test]
fn a_chunk_that_is_none_any_more() {
    let (mut log, _) = with_slack();
    let third = HEADER + 2 * CHUNK;
    log[third..third + 8].fill(0);
    let before = check(&[("none.evtx", log.clone())], false).files[&0].coverage.clone();
    let report = check(&[("none.evtx", log.clone())], true);
    let in_third = log[third..].windows(4).filter(|bytes| *bytes == b"**\0\0").count() as u64;
    let (_, left) = with_slack();
    assert_eq!(report.files[&0].coverage.carved, in_third + left);
    assert_eq!(report.files[&0].coverage.records, before.records);
}

#[test]
fn real_slack() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let path = folder.join("log2timeline--plaso/test_data/SysEvent.Evt");
    let report = check(&[("SysEvent.Evt", std::fs::read(path).unwrap())], true);
    let coverage = &report.files[&0].coverage;
    println!("SysEvent.Evt: {} records and {} carved", coverage.records, coverage.carved);
    // 437 are in its slack, of which 180 are copies of records that the log still has.
    assert_eq!((coverage.records, coverage.carved), (6063, 257));
}
