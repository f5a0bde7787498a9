//! Damaged logs: whatever happens to a file, reading goes on where it can and accounts for the rest.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::Range;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use evtx_checkup::checkup::{self, FileReport};
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Header, Reader, to_xml};
use evtx_checkup::log::{Coverage, Kind, Problem, Reason, Record, Sink};
use log_writer::logs::{benchmark, sample_events};
use log_writer::{Event, Numbers, evtx};

const HEADER: usize = HEADER_SIZE as usize;
const CHUNK: usize = CHUNK_SIZE as usize;
/// Bytes of a chunk's header.
const CHUNK_HEADER: usize = 512;

/// A log without damage, and where everything is in it.
struct Log {
    bytes: Vec<u8>,
    /// The records of each chunk: where they are in the file, and their ids.
    chunks: Vec<Vec<(Range<usize>, u64)>>,
}

fn number(bytes: &[u8], at: usize, size: usize) -> usize {
    bytes[at..at + size].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

impl Log {
    /// Finds the records by their sizes: this is the whole format as far as damage goes.
    fn new(bytes: Vec<u8>) -> Log {
        let mut chunks = Vec::new();
        for start in (HEADER..bytes.len()).step_by(CHUNK) {
            let mut records = Vec::new();
            let (mut at, end) = (start + CHUNK_HEADER, start + number(&bytes, start + 48, 4));
            while at < end {
                let size = number(&bytes, at + 4, 4);
                records.push((at..at + size, number(&bytes, at + 8, 8) as u64));
                at += size;
            }
            chunks.push(records);
        }
        Log { bytes, chunks }
    }

    /// A log with records of many providers.
    fn benchmark(chunks: usize) -> Log {
        let mut out = Cursor::new(Vec::new());
        benchmark(&mut out, (HEADER + chunks * CHUNK) as u64).unwrap();
        let log = Log::new(out.into_inner());
        assert_eq!(log.chunks.len(), chunks);
        assert!(log.chunks.iter().all(|records| records.len() > 20));
        log
    }

    /// A log with few records in each chunk, so that thousands of variants are read in little time.
    fn small(chunks: usize) -> Log {
        let events = sample_events().into_iter().step_by(3);
        let events: Vec<_> = events.zip(1..).map(|(event, id)| event.record_id(id)).collect();
        let mut bytes = evtx([])[..HEADER].to_vec();
        for part in events.chunks(events.len().div_ceil(chunks)) {
            let mut chunk = evtx(part.iter().cloned())[HEADER..].to_vec();
            // Records are counted through the whole log.
            chunk.copy_within(24..40, 8);
            let sum = crc32fast::hash(&[&chunk[..120], &chunk[128..CHUNK_HEADER]].concat());
            chunk[124..128].copy_from_slice(&sum.to_le_bytes());
            bytes.extend(chunk);
        }
        let log = Log::new(bytes);
        assert_eq!(log.chunks.len(), chunks, "each part is one chunk");
        assert!(log.chunks.iter().all(|records| records.len() > 20));
        log
    }

    /// The records of a chunk as they are found.
    fn records(&self, chunk: usize) -> impl Iterator<Item = (u64, u64)> {
        self.chunks[chunk].iter().map(|(place, id)| (place.start as u64, *id))
    }
}

/// Where chunk `number` starts in the file.
fn start_of(number: usize) -> usize {
    HEADER + number * CHUNK
}

/// Takes every record.
#[derive(Default)]
struct Records(Vec<(u64, u64)>);

impl Sink for Records {
    fn record(&mut self, record: &Record<'_>) {
        self.0.push((record.offset, record.head.record_id));
    }
}

/// The records that can be read, as (offset, id), and the account.
fn read(bytes: &[u8]) -> (Vec<(u64, u64)>, Coverage) {
    let mut records = Records::default();
    let coverage = Reader::default().slice(bytes.get(HEADER..).unwrap_or_default(), HEADER_SIZE, &mut records);
    assert_eq!(records.0.len() as u64, coverage.records);
    let lost: u64 = coverage.problems.iter().map(|problem| problem.lost).sum();
    assert!(lost == coverage.lost || coverage.problems.len() == Coverage::MAX_PROBLEMS);
    assert!(coverage.problems.is_sorted());
    let mut carved = Records::default();
    let account = Reader::default().carve(bytes.get(HEADER..).unwrap_or_default(), HEADER_SIZE, &mut carved);
    assert_eq!(account, Coverage { carved: carved.0.len() as u64, ..Coverage::default() });
    assert!(carved.0.iter().all(|carved| !records.0.contains(carved)), "what is read is not carved");
    (records.0, coverage)
}

fn problem(offset: usize, reason: Reason, lost: usize) -> Problem {
    Problem { offset: offset as u64, reason, lost: lost as u64 }
}

/// Reads a damaged log and checks what a chunk's damage does: all other chunks are read to the last record, this one
/// gives `records` of its own, and the problems are exactly these.
fn check(log: &Log, damage: impl FnOnce(&mut Vec<u8>), damaged: usize, records: usize, problems: &[Problem]) {
    let mut bytes = log.bytes.clone();
    damage(&mut bytes);
    let (found, coverage) = read(&bytes);
    assert_eq!(coverage.problems, problems);
    let (inside, outside): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(offset, _)| (*offset as usize - HEADER) / CHUNK == damaged);
    assert_eq!(inside.len(), records);
    let others = (0..log.chunks.len()).filter(|chunk| *chunk != damaged);
    assert!(outside.into_iter().eq(others.flat_map(|chunk| log.records(chunk))), "other chunks are read completely");
}

#[test]
fn a_log_without_damage() {
    let log = Log::benchmark(4);
    let (records, coverage) = read(&log.bytes);
    assert!(records.into_iter().eq((0..4).flat_map(|chunk| log.records(chunk))));
    assert_eq!((coverage.chunks, coverage.lost, coverage.problem_count), (4, 0, 0));
}

#[test]
fn cut_inside_the_file_header() {
    let log = Log::benchmark(2);
    for length in [0, 1, 7, 8, 64, 127, 128, 1000, 4095, 4096, 4097] {
        let bytes = &log.bytes[..length];
        // The header's 128 bytes are all that is needed.
        let file = FileReport::open("cut.evtx", length as u64, bytes);
        assert_eq!(file.kind == Kind::Evtx, length >= 128, "{length} bytes");
        assert_eq!(file.kind.refusal().is_some(), length < 128, "{length} bytes");
        let (records, coverage) = read(bytes);
        assert_eq!((records.len(), coverage.lost), (0, 0));
        let cut = problem(HEADER, Reason::ChunkCut(1), 0);
        assert_eq!(coverage.problems, if length == 4097 { vec![cut] } else { vec![] });
    }
}

#[test]
fn cut_inside_the_last_chunk() {
    let log = Log::benchmark(3);
    let (start, last) = (start_of(2), &log.chunks[2]);
    let cut = |length: usize, records: usize, problems: &[Problem]| {
        check(&log, |bytes| bytes.truncate(length), 2, records, problems);
    };
    let reason = |length: usize| Reason::ChunkCut((length - start) as u32);
    // Between two chunks nothing is missing that could be known.
    cut(start, 0, &[]);
    // Inside its header.
    for length in [start + 1, start + 8, start + 100, start + CHUNK_HEADER - 1] {
        cut(length, 0, &[problem(start, reason(length), 0)]);
    }
    // The header tells how many records the chunk had.
    cut(start + CHUNK_HEADER, 0, &[problem(start, reason(start + CHUNK_HEADER), last.len())]);
    // Between two records.
    for (number, (place, _)) in last.iter().enumerate().step_by(7) {
        cut(place.start, number, &[problem(start, reason(place.start), last.len() - number)]);
    }
    // Inside a record: in its magic, its head, its content, its last byte.
    for number in [0, 1, last.len() / 2, last.len() - 1] {
        let place = last[number].0.clone();
        for length in [place.start + 30, place.start + place.len() / 2, place.end - 1] {
            let size = Reason::RecordSize(place.len() as u32);
            let lost = last.len() - number;
            cut(length, number, &[problem(start, reason(length), lost), problem(place.start, size, 0)]);
        }
        for length in [place.start + 1, place.start + 4, place.start + 20] {
            cut(length, number, &[problem(start, reason(length), last.len() - number)]);
        }
    }
    // In the free space behind the last record: nothing is lost, but the chunk is not whole.
    let end = last[last.len() - 1].0.end;
    for length in [end, end + 1, start + CHUNK - 1] {
        cut(length, last.len(), &[problem(start, reason(length), 0)]);
    }
}

#[test]
fn chunks_that_are_none() {
    let log = Log::benchmark(3);
    for chunk in 0..3 {
        let (start, end) = (start_of(chunk), start_of(chunk + 1));
        // Zeroes are space that was never used.
        check(&log, |bytes| bytes[start..end].fill(0), chunk, 0, &[]);
        check(&log, |bytes| bytes[start..end].fill(0xff), chunk, 0, &[problem(start, Reason::NotAChunk, 0)]);
        check(&log, |bytes| bytes[start] = b'e', chunk, 0, &[problem(start, Reason::NotAChunk, 0)]);
        check(
            &log,
            |bytes| bytes[start..start + CHUNK_HEADER].fill(0),
            chunk,
            0,
            &[problem(start, Reason::NotAChunk, 0)],
        );
    }
}

#[test]
fn damage_to_a_chunk_header() {
    let log = Log::benchmark(3);
    let (start, count) = (start_of(1), log.chunks[1].len());
    let wrong = || problem(start, Reason::ChunkHeaderChecksum, 0);
    // The string table: the records do not need it.
    check(&log, |bytes| bytes[start + 130] ^= 1, 1, count, &[wrong()]);
    // The checksum of the header itself.
    check(&log, |bytes| bytes[start + 124] ^= 1, 1, count, &[wrong()]);
    // The checksum of the records: it counts as wrong, the records are there.
    check(&log, |bytes| bytes[start + 52] ^= 1, 1, count, &[wrong(), problem(start, Reason::ChunkChecksum, 0)]);
    // The record numbers: they count records, and none needs them to be read.
    check(&log, |bytes| bytes[start + 8..start + 24].fill(0xff), 1, count, &[wrong()]);
    // The end of the records, too low: the rest is still counted.
    let place = log.chunks[1][count / 2].0.start - start;
    let low = |bytes: &mut Vec<u8>| bytes[start + 48..start + 52].copy_from_slice(&(place as u32).to_le_bytes());
    let lost = count - count / 2;
    let short = [problem(start, Reason::ChunkHeaderChecksum, 0), problem(start, Reason::ChunkChecksum, lost)];
    check(&log, low, 1, count / 2, &short);
    // Too high: what is behind the last record is no record.
    let high = |bytes: &mut Vec<u8>| bytes[start + 48..start + 52].fill(0xff);
    check(&log, high, 1, count, &[wrong(), problem(start, Reason::ChunkChecksum, 0)]);
}

#[test]
fn damage_to_one_record() {
    let log = Log::benchmark(3);
    let start = start_of(1);
    let count = log.chunks[1].len();
    for number in [0, 1, count / 2, count - 1] {
        let place = log.chunks[1][number].0.clone();
        let sum = |lost| problem(start, Reason::ChunkChecksum, lost);
        // Its magic: the walk goes on at the next record.
        let magic = |bytes: &mut Vec<u8>| bytes[place.start] = b'+';
        check(&log, magic, 1, count - 1, &[sum(1), problem(place.start, Reason::NotARecord, 0)]);
        // Its size, far too large and far too small.
        for size in [u32::MAX, CHUNK_SIZE as u32, 27, 0] {
            let wrong =
                |bytes: &mut Vec<u8>| bytes[place.start + 4..place.start + 8].copy_from_slice(&size.to_le_bytes());
            check(&log, wrong, 1, count - 1, &[sum(1), problem(place.start, Reason::RecordSize(size), 0)]);
        }
        // Its content: an unknown token in place of the first one.
        let token = |bytes: &mut Vec<u8>| bytes[place.start + 24] = 0x3f;
        let content = Reason::RecordContent("unknown token 0x3f".into());
        check(&log, token, 1, count - 1, &[sum(0), problem(place.start, content, 1)]);
        // The size at its end: the record is read without it.
        check(&log, |bytes| bytes[place.end - 4] ^= 0x10, 1, count, &[sum(0)]);
    }
}

#[test]
fn tables_that_loop() {
    // The tables of names and templates lead to what follows them in the same bucket; here each follows itself.
    let log = Log::benchmark(3);
    let (start, count) = (start_of(1), log.chunks[1].len());
    let entries: Vec<usize> = (128..512).step_by(4).map(|at| number(&log.bytes, start + at, 4)).collect();
    let looped = |bytes: &mut Vec<u8>| {
        for entry in entries.iter().filter(|entry| **entry > 0) {
            bytes[start + entry..start + entry + 4].copy_from_slice(&(*entry as u32).to_le_bytes());
        }
    };
    check(&log, looped, 1, count, &[problem(start, Reason::ChunkChecksum, 0)]);
}

#[test]
fn a_template_that_is_missing() {
    let log = Log::benchmark(3);
    let (start, count) = (start_of(1), log.chunks[1].len());
    let place = &log.chunks[1][count - 1].0;
    // A record is an instance of a template: token, version, the template's number and place.
    let missing = |bytes: &mut Vec<u8>| bytes[place.start + 34..place.start + 38].fill(0xfe);
    let mut bytes = log.bytes.clone();
    missing(&mut bytes);
    let reason = read(&bytes).1.problems.remove(1).reason;
    assert!(matches!(reason, Reason::RecordContent(_)), "{reason}");
    check(&log, missing, 1, count - 1, &[problem(start, Reason::ChunkChecksum, 0), problem(place.start, reason, 1)]);
}

#[test]
fn damage_to_the_file_header() {
    let log = Log::benchmark(2);
    let open = |at: usize, bits: u8| {
        let mut bytes = log.bytes.clone();
        bytes[at] ^= bits;
        assert_eq!(read(&bytes).0.len(), log.chunks.iter().map(Vec::len).sum::<usize>(), "the chunks are as they were");
        FileReport::open("damaged.evtx", bytes.len() as u64, &bytes[..HEADER + CHUNK_HEADER])
    };
    // The magic: the first chunk shows what the file is.
    let file = open(0, 1);
    assert_eq!((file.kind, file.coverage.problems), (Kind::Evtx, vec![problem(0, Reason::FileHeader, 0)]));
    for at in [16, 24, 42, 100, 119, 124, 127] {
        let file = open(at, 0x40);
        assert_eq!(file.kind, Kind::Evtx, "byte {at}");
        assert_eq!(file.coverage.problems, [problem(0, Reason::FileHeaderChecksum, 0)], "byte {at}");
    }
    // The dirty flag is outside the checksum.
    assert!(open(120, 1).dirty && open(120, 1).coverage.problems.is_empty());
    let mut bytes = log.bytes.clone();
    bytes[..HEADER].fill(0);
    assert_eq!(Header::recognise(&bytes, bytes.len() as u64).unwrap().problem, Some(problem(0, Reason::FileHeader, 0)));
    bytes[HEADER] = 0;
    assert_eq!(Header::recognise(&bytes, bytes.len() as u64), None, "neither a header nor a chunk");
}

#[test]
fn zeroes_in_the_middle_of_a_chunk() {
    // A disk gives back zeroes for sectors that it lost.
    let log = Log::benchmark(3);
    let start = start_of(1);
    for sector in [1, 8, 60] {
        let hole = start + sector * 512..start + (sector + 3) * 512;
        let touched = |place: &Range<usize>| place.start < hole.end && hole.start < place.end;
        let places = log.chunks[1].iter().map(|(place, _)| place.clone());
        let lost: Vec<_> = places.filter(touched).collect();
        let mut bytes = log.bytes.clone();
        bytes[hole.clone()].fill(0);
        let (records, coverage) = read(&bytes);
        let found: BTreeSet<_> = records.into_iter().collect();
        let untouched = log.chunks.iter().flatten().filter(|(place, _)| !lost.contains(place));
        let missing: Vec<_> = untouched.filter(|(place, id)| !found.contains(&(place.start as u64, *id))).collect();
        let total: usize = log.chunks.iter().map(Vec::len).sum();
        assert_eq!(coverage.records + coverage.lost, total as u64, "sector {sector}");
        assert!(coverage.problems.contains(&problem(start, Reason::ChunkChecksum, coverage.problems[0].lost as usize)));
        // Records that use a template or a name from the hole cannot be read; the others can.
        assert!(missing.len() < 40, "sector {sector}: {} whole records are missing", missing.len());
    }
}

/// Damages a copy of a log in a few random places, all in one or two of its chunks. Gives the bytes, and the places
/// that may have changed.
fn mutant(log: &Log, seed: u64) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut numbers = Numbers(seed);
    let (mut bytes, mut touched) = (log.bytes.clone(), Vec::new());
    let chosen = [numbers.below(log.chunks.len()), numbers.below(log.chunks.len())];
    for _ in 0..1 + numbers.below(6) {
        let chunk = chosen[numbers.below(2)];
        let start = start_of(chunk);
        let free = log.chunks[chunk].last().map_or(start + CHUNK_HEADER, |(place, _)| place.end);
        // One in four hits the chunk's header, small as that is; a few hit the free space behind the records.
        let within = match numbers.below(4) {
            0 => start..start + CHUNK_HEADER,
            _ => start + CHUNK_HEADER..(free + 500).min(start + CHUNK),
        };
        let at = within.start + numbers.below(within.len());
        let place = match numbers.below(4) {
            0 => {
                bytes[at] ^= 1 << numbers.below(8);
                at..at + 1
            }
            1 => {
                bytes[at] = numbers.below(256) as u8;
                at..at + 1
            }
            2 => {
                let place = at..(at + 1 + numbers.below(64)).min(within.end);
                bytes[place.clone()].iter_mut().for_each(|byte| *byte = numbers.below(256) as u8);
                place
            }
            _ => {
                // What is written over a record is often a piece of another one; a whole one would be one record more.
                let length = (1 + numbers.below(120)).min(within.end - at);
                let from = within.start + numbers.below(within.len() - length + 1);
                bytes.copy_within(from..from + length, at);
                at..at + length
            }
        };
        touched.push(place);
    }
    (bytes, touched)
}

/// Checks what one mutant's chunks give. Says whether records were lost, and how long reading took.
fn check_mutant(log: &Log, seed: u64) -> (bool, Duration) {
    let (bytes, touched) = mutant(log, seed);
    let started = Instant::now();
    let (found, coverage) = read(&bytes);
    let taken = started.elapsed();
    for (chunk, records) in log.chunks.iter().enumerate() {
        let start = start_of(chunk);
        let own = |offset: u64| (start..start + CHUNK).contains(&(offset as usize));
        let touched = |within: Range<usize>| {
            let changed = |place: &Range<usize>| {
                let place = place.start.max(within.start)..place.end.min(within.end);
                !place.is_empty() && bytes[place.clone()] != log.bytes[place]
            };
            touched.iter().any(changed)
        };
        let read: Vec<_> = found.iter().copied().filter(|(offset, _)| own(*offset)).collect();
        let problems: Vec<_> = coverage.problems.iter().filter(|problem| own(problem.offset)).collect();
        if !touched(start..start + CHUNK) {
            assert!(read.into_iter().eq(log.records(chunk)), "mutant {seed}: chunk {chunk} is whole");
            assert!(problems.is_empty(), "mutant {seed}: {problems:?}");
            continue;
        }
        // The checksums leave out the flags, and what is behind the last record.
        let end = records[records.len() - 1].0.end;
        let summed = touched(start..start + 120) || touched(start + 124..end);
        assert!(!summed || touched(start + 120..start + 124) || !problems.is_empty(), "mutant {seed}: no problem");
        if touched(start..start + CHUNK_HEADER) {
            continue;
        }
        assert!(summed || problems.is_empty(), "mutant {seed}: {problems:?}");
        let lost: u64 = problems.iter().map(|problem| problem.lost).sum();
        assert_eq!(read.len() as u64 + lost, records.len() as u64, "mutant {seed}: {problems:?}");
    }
    (coverage.lost > 0, taken)
}

#[test]
fn two_thousand_mutants() {
    const MUTANTS: u64 = 2000;
    let log = Log::small(3);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let results: Vec<_> = std::thread::scope(|scope| {
        let part = |first| (first as u64..MUTANTS).step_by(threads).map(|seed| check_mutant(&log, seed)).collect();
        let parts: Vec<_> = (0..threads).map(|first| scope.spawn(move || -> Vec<_> { part(first) })).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let with_loss = results.iter().filter(|(lost, _)| *lost).count();
    let slowest = results.iter().map(|(_, taken)| *taken).max().unwrap();
    println!("{with_loss} of {MUTANTS} logs lost records; reading took {slowest:?} at most");
    assert_eq!(results.len() as u64, MUTANTS);
    assert!((200..1800).contains(&with_loss), "there are mutants of all kinds");
    // It takes milliseconds; this leaves room for a busy machine.
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

#[test]
fn checkups_of_mutants() {
    let log = Log::small(3);
    let knowledge = evtx_checkup::built_in();
    let total: usize = log.chunks.iter().map(Vec::len).sum();
    let mut known = 0;
    for seed in (0..2000).step_by(10) {
        let (bytes, touched) = mutant(&log, seed);
        let (_, coverage) = read(&bytes);
        let file = FileReport::open("mutant.evtx", bytes.len() as u64, &bytes[..HEADER + CHUNK_HEADER]);
        let report = checkup::slice(&knowledge, 0, &file, &bytes[HEADER..], HEADER_SIZE);
        let file = &report.files[&0];
        assert_eq!(file.coverage.problems, coverage.problems, "mutant {seed}");
        let account = file.account();
        let in_header = |place: &Range<usize>| (place.start - HEADER) % CHUNK < CHUNK_HEADER;
        match account.declared {
            Ok(declared) => {
                known += 1;
                assert_eq!(coverage.records + account.lost, declared, "mutant {seed}");
            }
            Err(doubt) => assert!(touched.iter().any(in_header), "mutant {seed}: {doubt}"),
        }
        // Only the headers say how many records there should be.
        assert!(touched.iter().any(in_header) || account.declared == Ok(total as u64), "mutant {seed}");
        assert_eq!(file.levels.iter().sum::<u64>(), coverage.records, "mutant {seed}");
        let problems: u64 = file.levels[..3].iter().sum();
        assert_eq!(report.explained.total() + report.unexplained.total(), problems, "mutant {seed}");
        // A second look at a record that was found finds it again.
        for finding in report.findings(&knowledge) {
            for evidence in report.evidence(&finding).into_iter().take(3) {
                let chunk = (evidence.offset - HEADER_SIZE) / CHUNK_SIZE * CHUNK_SIZE + HEADER_SIZE;
                let mut again = Records::default();
                let part = &bytes[chunk as usize..][..CHUNK];
                Reader::default().find(part, chunk, &[evidence.offset], &mut again);
                assert_eq!(again.0, [(evidence.offset, evidence.record_id)], "mutant {seed}");
            }
        }
    }
    println!("of {known} of 200 logs it is known how many records they should have");
    assert!((100..200).contains(&known), "there are mutants of both kinds");
}

#[test]
fn random_cuts() {
    let log = Log::benchmark(3);
    let mut numbers = Numbers(3);
    for _ in 0..200 {
        let length = HEADER + numbers.below(log.bytes.len() - HEADER);
        let (found, coverage) = read(&log.bytes[..length]);
        let whole = log.chunks.iter().flatten().filter(|(place, _)| place.end <= length);
        assert!(found.into_iter().eq(whole.map(|(place, id)| (place.start as u64, *id))), "{length} bytes");
        let begun = log.chunks.iter().enumerate().filter(|(chunk, _)| start_of(*chunk) + CHUNK_HEADER <= length);
        let declared: usize = begun.map(|(_, records)| records.len()).sum();
        assert_eq!(coverage.records + coverage.lost, declared as u64, "{length} bytes");
    }
}

/// A log with one record whose template holds two instances of a template that holds two instances ... and so on.
fn templates_in_templates(depth: usize) -> Vec<u8> {
    let mut bytes = evtx([Event::classic("Contoso", 1)]);
    let at = HEADER + CHUNK_HEADER;
    // The templates stand behind the records, where the chunk has room.
    let template = |number: usize| 0x4000 + number * 64;
    let instance = |number: usize| {
        let mut instance = vec![0x0c, 1];
        instance.extend(1_u32.to_le_bytes());
        instance.extend((template(number) as u32).to_le_bytes());
        instance.extend(0_u32.to_le_bytes());
        instance
    };
    for number in 0..depth {
        let mut tokens = Vec::new();
        if number + 1 < depth {
            tokens.extend(instance(number + 1));
            tokens.extend(instance(number + 1));
        }
        tokens.push(0);
        let place = HEADER + template(number);
        bytes[place + 20..place + 24].copy_from_slice(&(tokens.len() as u32).to_le_bytes());
        bytes[place + 24..place + 24 + tokens.len()].copy_from_slice(&tokens);
    }
    let mut content = vec![0x0f, 1, 1, 0];
    content.extend(instance(0));
    content.push(0);
    let size = number(&bytes, at + 4, 4);
    bytes[at + 24..at + size - 4].fill(0);
    bytes[at + 24..at + 24 + content.len()].copy_from_slice(&content);
    bytes
}

#[test]
fn a_record_cannot_grow_without_bound() {
    // Few enough levels to be no fault by themselves, and enough for thousands of millions of instances.
    for depth in [3, 32] {
        let bytes = templates_in_templates(depth);
        let (done, finished) = mpsc::channel();
        std::thread::spawn(move || {
            let (_, coverage) = read(&bytes);
            let xml = to_xml(&bytes[HEADER..], CHUNK_HEADER);
            done.send((coverage, xml.is_ok())).unwrap();
        });
        let result = finished.recv_timeout(Duration::from_secs(10));
        assert!(result.is_ok(), "reading a record of {depth} levels does not end");
        let (coverage, xml) = result.unwrap();
        assert_eq!(coverage.records + coverage.lost, 1);
        // What is within bounds is read, whatever its checksum says.
        assert!(depth > 3 || coverage.records == 1 && xml);
    }
}
