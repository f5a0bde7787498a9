//! The account: the records read and those lost are all that a log declares, or it says why nobody can know.

use std::collections::BTreeMap;

use evtx_checkup::checkup::{self, FileReport};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE};
use evtx_checkup::log::{Doubt, Kind, Problem, Reason};
use log_writer::{Event, EvtWriter, EvtxWriter, evtx};

const HEADER: usize = HEADER_SIZE as usize;
const CHUNK: usize = CHUNK_SIZE as usize;

/// Checks a whole file.
fn check(name: &str, bytes: &[u8]) -> FileReport {
    let knowledge = KnowledgeBase::new(Vec::new());
    let file = FileReport::open(name, bytes.len() as u64, &bytes[..bytes.len().min(Kind::START)]);
    let mut report = checkup::Report::of(0, file.clone());
    match file.kind {
        Kind::Evtx => {
            // The chunks come in another order than the file's.
            for (number, chunk) in bytes.get(HEADER..).unwrap_or_default().chunks(CHUNK).enumerate().rev() {
                report.merge(checkup::slice(&knowledge, 0, &file, chunk, (HEADER + number * CHUNK) as u64));
            }
        }
        kind => {
            if let Some(reader) = kind.reader(file.size, name) {
                report = checkup::in_order(&knowledge, 0, &file, reader, bytes);
            }
        }
    }
    report.files.remove(&0).unwrap()
}

/// Records read and lost, and what the log declares.
fn sums(file: &FileReport) -> (u64, u64, Result<u64, Doubt>) {
    let account = file.account();
    if let Ok(declared) = account.declared {
        assert_eq!(file.coverage.records + account.lost, declared);
    }
    (file.coverage.records, account.lost, account.declared)
}

/// An event that fills an eighth of a chunk.
fn long() -> Event {
    Event::classic("Contoso", 1).string("x".repeat(3500))
}

/// A closed log of so many chunks with eight records each.
fn log(chunks: usize) -> Vec<u8> {
    let bytes = evtx((0..8 * chunks).map(|_| long()));
    assert_eq!(bytes.len(), HEADER + chunks * CHUNK);
    bytes
}

/// The same, not closed: its header is as it was when the log was made.
fn log_in_use(chunks: usize) -> Vec<u8> {
    let mut writer = EvtxWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
    writer.leave_header_stale();
    for _ in 0..8 * chunks {
        writer.write(&long()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Where a chunk is.
fn chunk(number: usize) -> std::ops::Range<usize> {
    HEADER + number * CHUNK..HEADER + (number + 1) * CHUNK
}

fn gap(place: usize, lost: u64) -> Problem {
    Problem { offset: place as u64, reason: Reason::ChunksMissing, lost }
}

#[test]
fn whole_logs() {
    for bytes in [log(4), log_in_use(4)] {
        assert_eq!(sums(&check("whole.evtx", &bytes)), (32, 0, Ok(32)));
    }
    assert_eq!(sums(&check("empty.evtx", &evtx([]))), (0, 0, Ok(0)));
    let evt = log_writer::evt((0..5).map(|_| long()));
    assert_eq!(sums(&check("whole.evt", &evt)), (5, 0, Ok(5)));
    // Space that was never used, and a header that was made before it was asked for.
    for mut bytes in [log(4), log_in_use(4)] {
        bytes.resize(HEADER + 9 * CHUNK, 0);
        assert_eq!(sums(&check("unused.evtx", &bytes)), (32, 0, Ok(32)));
    }
}

#[test]
fn a_wrapped_log() {
    // The last two of six chunks are the oldest.
    for in_use in [false, true] {
        let bytes = if in_use { log_in_use(6) } else { log(6) };
        let mut wrapped = bytes[..HEADER].to_vec();
        for number in [2, 3, 4, 5, 0, 1] {
            wrapped.extend(&bytes[chunk(number)]);
        }
        if !in_use {
            wrapped[8..16].copy_from_slice(&4_u64.to_le_bytes());
            let sum = crc32fast::hash(&wrapped[..120]);
            wrapped[124..128].copy_from_slice(&sum.to_le_bytes());
        }
        assert_eq!(sums(&check("wrapped.evtx", &wrapped)), (48, 0, Ok(48)));
        // Around the place where the log went on at the file's beginning.
        let mut hole = wrapped.clone();
        hole[chunk(0)].fill(0);
        let file = check("wrapped.evtx", &hole);
        assert_eq!(sums(&file), (40, 8, Ok(48)));
        assert_eq!(file.account().gaps, [gap(HEADER, 8)]);
    }
}

#[test]
fn chunks_that_are_lost_wholly() {
    for bytes in [log(5), log_in_use(5)] {
        for fill in [0, 0xff] {
            let mut bytes = bytes.clone();
            bytes[chunk(2)].fill(fill);
            let file = check("hole.evtx", &bytes);
            assert_eq!(sums(&file), (32, 8, Ok(40)), "filled with {fill}");
            assert_eq!(file.account().gaps, [gap(chunk(2).start, 8)]);
            assert_eq!(file.coverage.problem_count, u64::from(fill > 0));
        }
    }
    // Only a log that was closed says how many records it ends with, and that it begins with its first chunk.
    let damaged = |mut bytes: Vec<u8>, number: usize| {
        bytes[chunk(number)].fill(0xff);
        sums(&check("end.evtx", &bytes))
    };
    assert_eq!(damaged(log(5), 4), (32, 8, Ok(40)));
    assert_eq!(damaged(log(5), 0), (32, 0, Err(Doubt::Ends)));
    assert_eq!(damaged(log_in_use(5), 4), (32, 0, Err(Doubt::Ends)));
    assert_eq!(damaged(log_in_use(5), 0), (32, 0, Err(Doubt::Ends)));
}

#[test]
fn a_file_that_is_cut() {
    let bytes = log(5);
    let file = check("cut.evtx", &bytes[..chunk(3).start]);
    assert_eq!(sums(&file), (24, 16, Ok(40)));
    assert_eq!(file.account().gaps, [gap(chunk(3).start, 16)]);
    // Inside the fifth record of a chunk, whose header tells of the three behind it.
    let file = check("cut.evtx", &bytes[..chunk(3).start + 4 * CHUNK / 8 + 3000]);
    assert_eq!(sums(&file), (28, 12, Ok(40)));
    // Of a log in use nobody knows what was behind.
    assert_eq!(sums(&check("cut.evtx", &log_in_use(5)[..chunk(3).start])), (24, 0, Ok(24)));
}

#[test]
fn headers_that_understate() {
    // The header counts one chunk, and says that the log was closed.
    let mut bytes = log(3);
    bytes[16..24].fill(0);
    bytes[24..32].copy_from_slice(&1_u64.to_le_bytes());
    bytes[42..44].copy_from_slice(&1_u16.to_le_bytes());
    let sum = crc32fast::hash(&bytes[..120]);
    bytes[124..128].copy_from_slice(&sum.to_le_bytes());
    assert_eq!(sums(&check("header.evtx", &bytes)), (24, 0, Ok(24)));
    // A chunk's header counts fewer records than the chunk has.
    let mut bytes = log(3);
    let last = chunk(1).start + 16;
    bytes[last] -= 3;
    assert_eq!(sums(&check("chunk.evtx", &bytes)), (24, 0, Err(Doubt::Contradiction)));
    bytes[last - 8..last + 8].fill(0xff);
    assert_eq!(sums(&check("chunk.evtx", &bytes)), (24, 0, Err(Doubt::Contradiction)));
}

#[test]
fn ids_with_gaps() {
    // An export by a query keeps the ids of its records, and counts them anew.
    let events = (1..=24).map(|number| long().record_id(number * number));
    assert_eq!(sums(&check("query.evtx", &evtx(events))), (24, 0, Ok(24)));
}

#[test]
fn chunks_of_other_times() {
    // Chunks that were carved from a disk: no file of five chunks has a million records.
    let mut bytes = log_in_use(2);
    for number in [8_u64, 16] {
        let at = chunk(1).start + number as usize;
        bytes[at..at + 8].copy_from_slice(&(1_000_000 + number).to_le_bytes());
    }
    assert_eq!(sums(&check("carved.evtx", &bytes)).2, Err(Doubt::Contradiction));
    // The same chunk twice.
    let mut bytes = log_in_use(3);
    bytes.copy_within(chunk(0), chunk(1).start);
    assert_eq!(sums(&check("twice.evtx", &bytes)), (24, 0, Err(Doubt::Contradiction)));
}

#[test]
fn legacy_logs() {
    let mut writer = EvtWriter::new().max_size(1 << 16);
    for _ in 0..100 {
        writer.write(&Event::classic("Contoso", 1).string("x".repeat(400)));
    }
    let records = writer.numbers().len() as u64;
    let bytes = writer.finish();
    assert!((20..100).contains(&records));
    assert_eq!(sums(&check("wrapped.evt", &bytes)), (records, 0, Ok(records)));
    let magic = bytes.windows(4).rposition(|window| window == b"LfLe").unwrap();
    let mut damaged = bytes.clone();
    damaged[magic] ^= 1;
    assert_eq!(sums(&check("damaged.evt", &damaged)), (records - 1, 1, Ok(records)));
    let mut writer = EvtWriter::new();
    writer.leave_header_stale();
    writer.leave_end_out();
    for _ in 0..5 {
        writer.write(&long());
    }
    assert_eq!(sums(&check("no end.evt", &writer.finish())), (5, 0, Err(Doubt::Undeclared)));
}

#[test]
fn exports_declare_nothing() {
    let text = "<Events><Event><System><EventID>1</EventID></System></Event></Events>";
    assert_eq!(sums(&check("export.xml", text.as_bytes())), (1, 0, Err(Doubt::Undeclared)));
}

#[test]
fn what_is_not_read_is_not_known() {
    let bytes = log(3);
    let knowledge = KnowledgeBase::new(Vec::new());
    let file = FileReport::open("part.evtx", bytes.len() as u64, &bytes[..Kind::START]);
    let report = checkup::slice(&knowledge, 0, &file, &bytes[chunk(0)], HEADER_SIZE);
    assert_eq!(report.files[&0].account().declared, Err(Doubt::Unread));
}

#[test]
fn real_logs() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let mut classes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in test_files::all(&folder).unwrap() {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let file = check(&name, &std::fs::read(&path).unwrap());
        if file.kind.refusal().is_some() {
            continue;
        }
        let (records, lost, declared) = sums(&file);
        let class = match declared {
            Ok(_) if lost == 0 => format!("{:?}: all that is declared was read", file.kind),
            Ok(_) => format!("{:?}: records were lost, and the sums add up", file.kind),
            Err(doubt) => format!("{:?}: {doubt}", file.kind),
        };
        classes.entry(class).or_default().push(format!("{records} read, {lost} lost: {name}"));
    }
    for (class, files) in &classes {
        println!("{:>4} {class}", files.len());
        files.iter().filter(|_| files.len() < 40).for_each(|file| println!("       {file}"));
    }
    let known: usize = classes.iter().filter(|(class, _)| class.contains(": all")).map(|(_, files)| files.len()).sum();
    assert!(known > 200, "most logs are whole");
}
