//! Logs of Windows NT to Server 2003: plain, wrapped, in use, damaged.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use evtx_checkup::checkup::{self, FileReport, Report};
use evtx_checkup::event::Level;
use evtx_checkup::kb::Version;
use evtx_checkup::log::evt::{Header, MAX_RECORD, Reader};
use evtx_checkup::log::{Coverage, Kind, Problem, Reason, Record, Sequential, Sink};
use log_writer::logs::sample_events;
use log_writer::{Data, Event, EvtWriter, Level as Severity, Numbers, Sid, evt, filetime};

/// Bytes of the file header.
const HEADER: usize = 48;
/// Bytes of the end record.
const END: usize = 40;
/// Bytes of a wrapped log.
const SIZE: usize = 16384;

/// What records say, as far as the tests ask.
#[derive(Default)]
struct Records(Vec<Found>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    number: u64,
    offset: u64,
    provider: String,
    event_id: u32,
    fields: Vec<(String, String)>,
}

impl Sink for Records {
    fn record(&mut self, record: &Record<'_>) {
        let (event, problem) = record.read();
        assert_eq!(problem, None);
        let name = |name: &Option<std::borrow::Cow<'_, str>>| name.as_deref().unwrap_or_default().to_owned();
        self.0.push(Found {
            number: record.head.record_id,
            offset: record.offset,
            provider: record.head.provider.text.to_owned(),
            event_id: record.head.event_id,
            fields: event.fields.iter().map(|field| (name(&field.name), field.value.to_string())).collect(),
        });
    }
}

impl Records {
    fn numbers(&self) -> Vec<u64> {
        self.0.iter().map(|record| record.number).collect()
    }
}

/// Reads a log in slices of the given size.
fn read_in_slices(bytes: &[u8], slice: usize, carve: bool) -> (Records, Coverage) {
    let mut records = Records::default();
    let reader = Reader::new(bytes.len() as u64, "Logs/SysEvent.Evt");
    let mut reader = if carve { reader.carve() } else { reader };
    let mut coverage = Coverage::default();
    for (number, part) in bytes.chunks(slice).enumerate() {
        coverage.merge(reader.slice_at(part, (number * slice) as u64, &mut records));
    }
    coverage.merge(reader.finish(&mut records));
    assert_eq!(records.0.len() as u64, coverage.records + coverage.carved);
    (records, coverage)
}

fn read(bytes: &[u8]) -> (Records, Coverage) {
    read_in_slices(bytes, bytes.len().max(1), false)
}

/// Records, records of the slack, and problems.
fn sums(coverage: &Coverage) -> (u64, u64, u64) {
    (coverage.records, coverage.carved, coverage.problem_count)
}

fn problem(offset: usize, reason: Reason, lost: u64) -> Problem {
    Problem { offset: offset as u64, reason, lost }
}

/// Events of many kinds that an .evt log has room for.
fn events() -> impl Iterator<Item = Event> {
    let fits = |event: &Event| !matches!(event.data, Data::UserData(_)) && event.guid.is_none();
    let mut events: Vec<_> = sample_events().into_iter().filter(fits).collect();
    for (number, event) in events.iter_mut().enumerate() {
        event.record_id = None;
        event.binary = (number % 3 == 0).then(|| vec![0x4c; number % 50]);
        event.user = (number % 4 == 0).then(|| Sid::new("S-1-5-21-1-2-3-500"));
    }
    assert!(events.len() > 20);
    events.into_iter().cycle()
}

/// A log that has wrapped, after so many records.
fn wrapped(records: usize) -> EvtWriter {
    let mut writer = EvtWriter::new().max_size(SIZE);
    for event in events().take(records) {
        writer.write(&event);
    }
    writer
}

/// A wrapped log whose newest or oldest records include one that the file's end cuts.
fn wrapped_with_a_cut_record() -> EvtWriter {
    let cuts = |writer: &EvtWriter| {
        let log = writer.clone().finish();
        let (records, _) = read(&log);
        records.0.iter().any(|record| record.offset + u64::from(dword(&log, record.offset as usize)) > SIZE as u64)
    };
    (300..400).map(wrapped).find(cuts).expect("most wrapped logs have one")
}

fn dword(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// Where the end record is.
fn end_of(log: &[u8]) -> usize {
    log.windows(8).position(|bytes| bytes == [0x28, 0, 0, 0, 0x11, 0x11, 0x11, 0x11]).unwrap()
}

/// Checks that a log gives exactly the records that its writer has, whatever the slices, and nothing to complain of.
fn check_whole(writer: &EvtWriter, problems: &[Problem]) {
    let log = writer.clone().finish();
    let (mut records, coverage) = read(&log);
    assert_eq!(coverage.problems, problems);
    for slice in [1, 7, 64, 4096, SIZE - 1] {
        let (again, same) = read_in_slices(&log, slice, false);
        assert_eq!((&again.0, same), (&records.0, coverage.clone()), "slices of {slice} bytes");
    }
    records.0.sort();
    assert_eq!(records.numbers(), writer.numbers().map(u64::from).collect::<Vec<_>>());
}

#[test]
fn a_record_gives_all_that_it_says() {
    let time = filetime(2001, 9, 9, 1, 46, 40);
    let user = Sid::new("S-1-5-21-1-2-3-500");
    let log = evt([
        Event::service_control_manager(7024).time(time).param("Messenger").param("%%2270").computer("NT4"),
        Event::classic("Disk", 51).qualifiers(0x8004).level(Severity::Warning).string("").binary([1, 0xab]),
        Event::classic("Security", 529).task(2).keywords(0x8010_0000_0000_0000).string("Bob").user(user),
        Event::classic("Security", 528).keywords(0x8020_0000_0000_0000),
    ]);
    struct Check(u32);
    impl Sink for Check {
        fn record(&mut self, record: &Record<'_>) {
            let (event, _) = record.read();
            let text = |name| event.text(name);
            let head = record.head;
            self.0 += 1;
            assert_eq!(head.record_id, u64::from(self.0));
            match head.event_id {
                7024 => {
                    assert_eq!((head.provider.text, head.level), ("Service Control Manager", Level::Error));
                    assert_eq!((head.computer.text, head.channel.text), ("NT4", "System"));
                    assert_eq!(head.time.to_string(), "2001-09-09T01:46:40.0000000Z");
                    assert_eq!(
                        (text("param1").unwrap(), text("param2").unwrap()),
                        ("Messenger".into(), "%%2270".into())
                    );
                    assert_eq!(
                        (text("EventID_Qualifiers").unwrap(), text("Level").unwrap()),
                        ("49152".into(), "2".into())
                    );
                    assert_eq!((text("Keywords"), text("Binary"), text("Security_UserID")), (None, None, None));
                }
                51 => {
                    assert_eq!((head.level, head.channel.text), (Level::Warning, ""));
                    assert_eq!((text("param1").unwrap(), text("param2")), (String::new(), None));
                    assert_eq!(text("Binary").unwrap(), "01AB");
                }
                529 => {
                    assert_eq!((head.level, head.channel.text), (Level::Information, "Security"));
                    assert_eq!(
                        (text("Keywords").unwrap(), text("Level").unwrap()),
                        ("0x8010000000000000".into(), "0".into())
                    );
                    assert_eq!((text("Task").unwrap(), text("param1").unwrap()), ("2".into(), "Bob".into()));
                    assert_eq!(text("Security_UserID").unwrap(), "S-1-5-21-1-2-3-500");
                }
                _ => assert_eq!(text("Keywords").unwrap(), "0x8020000000000000"),
            }
        }
    }
    let mut check = Check(0);
    let mut reader = Reader::new(log.len() as u64, "nt4.evt");
    let coverage = Sequential::slice(&mut reader, &log, &mut check);
    assert_eq!((coverage.records, sums(&reader.finish(&mut check))), (4, (0, 0, 0)));
    assert_eq!(check.0, 4);
}

#[test]
fn the_channel_is_told_by_the_source_and_then_by_the_name() {
    struct Channels(Vec<String>);
    impl Sink for Channels {
        fn record(&mut self, record: &Record<'_>) {
            self.0.push(record.head.channel.text.to_owned());
        }
    }
    let sources = ["eventlog", "Security", "Disk"].map(|source| Event::classic(source, 1));
    let log = evt(sources);
    for (name, others) in [
        ("C:\\WINNT\\system32\\config\\SYSEVENT.EVT", "System"),
        ("old/AppEvent.Evt", "Application"),
        ("secevent", "Security"),
        ("Application.evt", "Application"),
        ("Server1 System.evt", ""),
    ] {
        let mut channels = Channels(Vec::new());
        Reader::new(log.len() as u64, name).slice_at(&log, 0, &mut channels);
        assert_eq!(channels.0, ["System", "Security", others], "{name}");
    }
}

#[test]
fn plain_logs() {
    check_whole(&EvtWriter::new(), &[]);
    for records in [1, 2, 100] {
        let mut writer = EvtWriter::new();
        for event in events().take(records) {
            writer.write(&event.record_id(71_001));
        }
        check_whole(&writer, &[]);
        writer.leave_header_stale();
        check_whole(&writer, &[]);
    }
}

#[test]
fn wrapped_logs() {
    // The end record is at every place of the log, also at the file's end and right behind the header.
    for records in 200..1000 {
        let writer = wrapped(records);
        let (records, coverage) = read(&writer.clone().finish());
        assert_eq!(coverage.problems, []);
        assert_eq!(records.0.len(), writer.numbers().len());
    }
    check_whole(&wrapped(1000), &[]);
    check_whole(&wrapped_with_a_cut_record(), &[]);
}

#[test]
fn a_log_in_use_is_read_by_its_end_record() {
    let mut writer = wrapped_with_a_cut_record();
    writer.leave_header_stale();
    check_whole(&writer, &[]);
    let file = FileReport::open("SysEvent.Evt", SIZE as u64, &writer.finish()[..4096]);
    assert_eq!((file.kind, file.dirty), (Kind::Evt, true));
    // A header that does not admit it.
    let mut log = wrapped_with_a_cut_record();
    log.leave_header_stale();
    let mut log = log.finish();
    log[36] = 0;
    let (records, coverage) = read(&log);
    assert_eq!(coverage.problems, [problem(0, Reason::HeaderStale, 0)]);
    assert_eq!(records.0.len(), read(&wrapped_with_a_cut_record().finish()).0.0.len());
}

#[test]
fn without_its_end_record_a_log_is_read_as_far_as_it_goes() {
    let whole = wrapped_with_a_cut_record();
    let numbers: BTreeSet<_> = whole.numbers().map(u64::from).collect();
    let end = end_of(&whole.clone().finish());
    // The header knows where it was.
    let mut writer = whole.clone();
    writer.leave_end_out();
    check_whole(&writer, &[problem(end, Reason::EndMissing, 0)]);
    // Nothing knows: what is left of earlier rounds is read too.
    writer.leave_header_stale();
    let log = writer.finish();
    let (records, coverage) = read(&log);
    assert!(numbers.is_subset(&records.numbers().into_iter().collect()));
    let said = [problem(SIZE, Reason::EndMissing, 0), problem(SIZE, Reason::CountUnknown, 0)];
    assert!(said.iter().all(|problem| coverage.problems.contains(problem)), "{:?}", coverage.problems);
}

#[test]
fn slack_is_read_only_when_asked_for() {
    // The end record of an earlier time is put over a record in the middle: what follows it was given up.
    let events: Vec<_> = events().take(100).collect();
    let mut log = evt(events.iter().cloned());
    let early = evt(events[..60].iter().cloned());
    let end = early.len() - END;
    log[..HEADER].copy_from_slice(&early[..HEADER]);
    log[end..end + END].copy_from_slice(&early[end..]);
    let own_end = log.len() - END;
    log[own_end..].fill(0);
    for (offset, number) in read(&log).0.0.iter().map(|record| (record.offset as usize, record.number)) {
        if number > 60 {
            // They are of an earlier round.
            log[offset + 8..offset + 12].copy_from_slice(&(number as u32 - 60).to_le_bytes());
        }
    }
    let (records, coverage) = read(&log);
    assert_eq!(records.numbers(), (1..=60).collect::<Vec<_>>());
    assert_eq!(sums(&coverage), (60, 0, 0));
    let (carved, coverage) = read_in_slices(&log, 1000, true);
    // The record under the end record is gone.
    assert_eq!(carved.numbers(), (2..=40).collect::<Vec<_>>());
    assert_eq!(sums(&coverage), (0, 39, 0));
}

#[test]
fn what_is_newer_than_the_end_record_is_read_and_said() {
    // The end record was not written when the computer went down.
    let events: Vec<_> = events().take(100).collect();
    let mut log = evt(events.iter().cloned());
    let early = evt(events[..60].iter().cloned());
    let end = early.len() - END;
    log[end..end + END].copy_from_slice(&early[end..]);
    log[36] = 1;
    let (records, coverage) = read(&log);
    // The log's own end record declares a hundred.
    assert_eq!(records.0.len(), 99);
    assert_eq!(coverage.problems, [problem(log.len() - END, Reason::LogIncomplete, 1)]);
    let own_end = log.len() - END;
    log[own_end..].fill(0);
    assert_eq!(read(&log).1.problems, [problem(end, Reason::RecordsSurplus(39), 0)]);
}

#[test]
fn damage_to_one_record() {
    let log = evt(events().take(50));
    let end = log.len() - END;
    let (whole, _) = read(&log);
    for number in [0, 1, 25, 49] {
        let place = whole.0[number].offset as usize;
        let size = dword(&log, place);
        let check = |damage: &dyn Fn(&mut Vec<u8>), reason: Reason| {
            let mut log = log.clone();
            damage(&mut log);
            let (records, coverage) = read(&log);
            let others: Vec<_> = whole.0.iter().filter(|record| record.number != number as u64 + 1).cloned().collect();
            assert_eq!(records.0, others);
            // Behind the header, it could be the end of a record that a wrapped log has.
            let reason = if number == 0 { Reason::NotARecord } else { reason };
            assert_eq!(coverage.problems, [problem(place, reason, 0), problem(end, Reason::LogIncomplete, 1)]);
        };
        check(&|log| log[place + 4] ^= 1, Reason::NotARecord);
        for wrong in [0, 59, size - 4, size + 4, u32::MAX] {
            check(&|log| log[place..place + 4].copy_from_slice(&wrong.to_le_bytes()), Reason::RecordSize(wrong));
        }
        check(&|log| log[place + size as usize - 4] ^= 1, Reason::RecordSize(size));
        check(&|log| log[place..place + size as usize].fill(0), Reason::NotARecord);
    }
}

#[test]
fn content_that_is_not_within_its_record() {
    let log =
        evt([Event::classic("Disk", 51).string("one").string("two").binary([1, 2, 3]).user(Sid::new("S-1-5-18"))]);
    const USER: &str = "the user is not within the record";
    const STRINGS: &str = "the strings are not within the record";
    const DATA: &str = "the data is not within the record";
    for (at, what) in [(36, STRINGS), (40, USER), (44, USER), (48, DATA), (52, DATA)] {
        let mut log = log.clone();
        log[HEADER + at + 1] = 1;
        let (records, coverage) = read(&log);
        assert_eq!((records.0.len(), coverage.records), (1, 1));
        assert_eq!(coverage.problems, [problem(HEADER, Reason::RecordContent(what.into()), 0)], "byte {at}");
    }
    // More strings than there are.
    let mut more = log.clone();
    more[HEADER + 26] = 200;
    let (records, coverage) = read(&more);
    assert!(records.0[0].fields.iter().any(|(_, value)| value == "two"));
    assert_eq!(coverage.problems.len(), 1);
}

#[test]
fn a_cut_log() {
    let log = wrapped_with_a_cut_record().finish();
    let end = end_of(&log);
    let (whole, _) = read(&log);
    for length in (HEADER..log.len()).step_by(97) {
        let (records, coverage) = read(&log[..length]);
        let left = |record: &&Found| record.offset as usize + dword(&log, record.offset as usize) as usize <= length;
        let expected = whole.0.iter().filter(left).count();
        if length >= end + END {
            assert_eq!(records.0.len(), expected, "{length} bytes");
            let known = coverage.problems.iter().all(|problem| problem.reason != Reason::CountUnknown);
            // A file so short cannot have held so many records, as far as one can tell.
            assert_eq!(known, length > whole.0.len() * 56, "{length} bytes");
            assert!(!known || coverage.records + coverage.lost == whole.0.len() as u64, "{length} bytes");
        }
        assert!(coverage.problem_count > 0, "{length} bytes");
    }
    for length in 0..HEADER {
        assert_eq!(Kind::of(&log[..length]) == Kind::Evt, length >= 8, "{length} bytes");
        assert_eq!(read(&log[..length]).0.0, []);
    }
}

#[test]
fn a_log_without_its_header_is_recognised() {
    let mut log = wrapped_with_a_cut_record().finish();
    let (whole, _) = read(&log);
    log[..HEADER].fill(0);
    assert_eq!(Kind::of(&log[..4608]), Kind::Evt);
    let header = Header::recognise(&log[..4608]).unwrap();
    assert_eq!(header.problem, Some(problem(0, Reason::FileHeader, 0)));
    assert_eq!(read(&log).0.0, whole.0);
    assert_eq!(Kind::of(&vec![0; 4608]), Kind::Unknown);
}

#[test]
fn a_slice_that_is_missing() {
    let log = wrapped_with_a_cut_record().finish();
    let (whole, _) = read(&log);
    let mut records = Records::default();
    let mut reader = Reader::new(log.len() as u64, "");
    let mut coverage = Coverage::default();
    for (number, part) in log.chunks(4096).enumerate().filter(|(number, _)| *number != 2) {
        coverage.merge(reader.slice_at(part, number as u64 * 4096, &mut records));
    }
    coverage.merge(reader.finish(&mut records));
    assert_eq!(coverage.records + coverage.lost, whole.0.len() as u64);
    assert!(coverage.lost > 0 && coverage.lost < 60, "{} records in 4 KiB", coverage.lost);
}

#[test]
fn a_second_look_at_a_record() {
    let log = wrapped_with_a_cut_record().finish();
    let (whole, _) = read(&log);
    for record in &whole.0 {
        let from_here = &log[record.offset as usize..];
        let bytes = [from_here, &log[HEADER..]].concat();
        let mut again = Records::default();
        Reader::new(0, "").find(&bytes[..bytes.len().min(MAX_RECORD)], record.offset, &mut again);
        assert_eq!(again.0, std::slice::from_ref(record));
    }
}

#[test]
fn the_windows_version_is_learned() {
    let start = |version, build| {
        let start = Event::classic("EventLog", 6009).string(version).string(build);
        let log = evt([start.string("Service Pack 3").string("Uniprocessor Free")]);
        let file = FileReport::open("SysEvent.Evt", log.len() as u64, &log);
        let reader = Reader::new(file.size, &file.name);
        let report = checkup::in_order(&evtx_checkup::built_in(), 0, &file, reader, log.as_slice());
        report.files[&0].windows.map(|(_, version)| version)
    };
    assert_eq!(start("5.01.", "2600"), Some(Version::new(5, 1, 2600)));
    assert_eq!(start("4.0", "1381"), Some(Version::new(4, 0, 1381)));
}

/// Damages a log in a few random places, and cuts one in eight.
fn mutate(log: &mut Vec<u8>, places: &[usize], numbers: &mut Numbers) {
    for _ in 0..1 + numbers.below(5) {
        // Half of the damage hits what leads the reader: headers, the end record, the fixed parts of records.
        let at = match numbers.below(2) {
            0 => numbers.below(log.len()),
            _ => (places[numbers.below(places.len())] + numbers.below(56)).min(log.len() - 1),
        };
        let place = at..log.len().min(at + 1 + numbers.below(200));
        match numbers.below(4) {
            0 => log[at] ^= 1 << numbers.below(8),
            1 => log[at] = numbers.below(256) as u8,
            2 => log[place].fill(0),
            _ => {
                let from = numbers.below(log.len() - place.len());
                log.copy_within(from..from + place.len(), place.start);
            }
        }
    }
    if numbers.below(8) == 0 {
        log.truncate(numbers.below(log.len()));
    }
}

#[test]
fn four_thousand_mutants() {
    let whole = wrapped_with_a_cut_record().finish();
    let (records, _) = read(&whole);
    let mut places: Vec<_> = records.0.iter().map(|record| record.offset as usize).collect();
    places.extend([0, 0, end_of(&whole), end_of(&whole), HEADER]);
    let knowledge = evtx_checkup::built_in();
    let (mut with_loss, mut slowest) = (0, Duration::ZERO);
    for seed in 0..4000 {
        let mut numbers = Numbers(seed);
        let mut log = whole.clone();
        mutate(&mut log, &places, &mut numbers);
        let started = Instant::now();
        let (found, coverage) = read(&log);
        slowest = slowest.max(started.elapsed());
        let lost: u64 = coverage.problems.iter().map(|problem| problem.lost).sum();
        assert_eq!(lost, coverage.lost, "mutant {seed}");
        // Fewer records than before have a reason, and what could not be read has one.
        let fewer = found.0.len() < records.0.len();
        assert!(!fewer || coverage.problem_count > 0, "mutant {seed}: {coverage:?}");
        let known = !coverage.problems.iter().any(|problem| {
            matches!(problem.reason, Reason::CountUnknown | Reason::RecordsSurplus(_) | Reason::EndMissing)
        });
        let declared = coverage.records + coverage.lost;
        let is_right = declared == records.0.len() as u64 || numbers_are_damaged(&log, &whole);
        assert!(!known || is_right, "mutant {seed}: {coverage:?}");
        with_loss += u64::from(coverage.lost > 0);
        if seed % 20 == 0 {
            let slice = 1 + numbers.below(5000);
            assert_eq!(read_in_slices(&log, slice, false).1, coverage, "mutant {seed} in slices of {slice}");
            read_in_slices(&log, slice, true);
            check_report(&knowledge, &log, &coverage);
        }
    }
    println!("{with_loss} of 4000 logs lost records; reading took {slowest:?} at most");
    assert!((1000..4000).contains(&with_loss), "there are mutants of all kinds: {with_loss}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

/// Whether the numbers that declare how many records there are have changed.
fn numbers_are_damaged(log: &[u8], whole: &[u8]) -> bool {
    let end = end_of(whole);
    log.get(end..end + END) != whole.get(end..end + END)
}

/// Checks that a report accounts for the log as its reader does.
fn check_report(knowledge: &evtx_checkup::kb::KnowledgeBase, log: &[u8], coverage: &Coverage) {
    let file = FileReport::open("SysEvent.Evt", log.len() as u64, &log[..log.len().min(4608)]);
    let report: Report = checkup::in_order(knowledge, 0, &file, Reader::new(file.size, &file.name), log);
    let mut expected = file.coverage.clone();
    expected.merge(coverage.clone());
    let file = &report.files[&0];
    assert_eq!(file.coverage, expected);
    assert_eq!(file.levels.iter().sum::<u64>(), coverage.records);
}

/// The real logs: how many records they have, and how many more are in their slack.
const REAL_LOGS: [(&str, u64, u64); 6] = [
    ("3gstudent--Eventlogedit-evtx--Evolution/_alt_1d04e352/_history/sys2.evt", 8, 0),
    ("3gstudent--Eventlogedit-evtx--Evolution/_history/sys1.evt", 9, 0),
    ("3gstudent--Eventlogedit-evtx--Evolution/_history/sys2.evt", 8, 0),
    ("fox-it--dissect.eventlog/tests/_data/TestLog-dirty.evt", 5, 0),
    ("fox-it--dissect.eventlog/tests/_data/TestLog.evt", 5, 0),
    // Its end record says 1392 to 7454. The others are left from when it grew: 180 of them are copies of its own.
    ("log2timeline--plaso/test_data/SysEvent.Evt", 6063, 437),
];

#[test]
fn real_logs() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let inventory = std::fs::read_to_string(folder.join("inventory.tsv")).unwrap();
    for (name, in_log, in_slack) in REAL_LOGS {
        let log = std::fs::read(folder.join(name)).unwrap();
        let (records, coverage) = read(&log);
        assert_eq!(sums(&coverage), (in_log, 0, 0), "{name}");
        let numbers: BTreeSet<_> = records.numbers().into_iter().collect();
        assert_eq!(numbers.len() as u64, in_log, "{name}: each record once");
        let (_, coverage) = read_in_slices(&log, 1 << 16, true);
        assert_eq!(sums(&coverage), (0, in_slack, 0), "{name}");
        // The inventory counts what can be carved too.
        let line = inventory.lines().find(|line| line.starts_with(&format!("{name}\t"))).unwrap();
        assert_eq!(line.split('\t').nth(2).unwrap(), (in_log + in_slack).to_string(), "{name}");
    }
}

const NO_SERVERS: &str =
    "\"There are currently no logon servers available to service the logon request.\r\n (0xc000005e)\"";
const COMPROMISE: &str = "\"The system detected a possible attempt to compromise security. Please ensure that you can \
contact the server that authenticated you.\r\n (0xc0000388)\"";

/// Records of SysEvent.Evt, as one reads them in a hexadecimal view: number, offset, provider, event id and strings.
/// The file's end cuts the first.
const IN_SYSEVENT: [(u64, u64, &str, u32, &[&str]); 6] = [
    (1572, 2_031_376, "LSASRV", 40960, &["cifs/CONTROLLER", "Kerberos", NO_SERVERS]),
    (1392, 1_966_384, "LSASRV", 40961, &["cifs/CONTROLLER", COMPROMISE]),
    (2589, 326_300, "Service Control Manager", 7031, &["McAfee McShield", "1", "5000", "1", "Restart the service"]),
    (2730, 356_592, "Service Control Manager", 7000, &["McAfee SiteAdvisor Service", "%%2"]),
    (4254, 1_078_048, "Service Control Manager", 7009, &["30000", "McAfee McShield"]),
    (7454, 1_807_768, "Service Control Manager", 7036, &["Google Update Service (gupdate)", "stopped"]),
];

#[test]
fn records_of_a_real_log() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let log = std::fs::read(folder.join(REAL_LOGS[5].0)).unwrap();
    let (records, _) = read(&log);
    for (number, offset, provider, event_id, strings) in IN_SYSEVENT {
        let record = records.0.iter().find(|record| record.number == number).unwrap();
        assert_eq!((record.offset, record.provider.as_str(), record.event_id), (offset, provider, event_id));
        let own = record.fields.iter().filter(|(name, _)| name.is_empty()).map(|(_, value)| value.as_str());
        assert_eq!(own.collect::<Vec<_>>(), strings, "record {number}");
    }
}
