//! Logs in archives: read like logs beside them, in bounded memory, whatever the archive claims.

use std::io::{self, Cursor, Read, Write};

use evtx_checkup::checkup::{self, Contents, FileReport, Parts, Report};
use evtx_checkup::log::archive::{Archive, MAX_ENTRIES};
use evtx_checkup::log::{Kind, Problem, Reason};
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use log_writer::logs::{Article, founding};
use log_writer::{evtx, zip, zip_with};
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

type Opened = (Archive<Cursor<Vec<u8>>>, FileReport);

fn open(bytes: &[u8], name: &str) -> Result<Opened, String> {
    let report = FileReport::open(name, bytes.len() as u64, bytes);
    Ok((Archive::open(|| Ok(Cursor::new(bytes.to_vec())), report.kind, name)?, report))
}

/// What is in an archive; archives in it are unpacked in memory.
fn contents(bytes: &[u8], name: &str, is_nested: bool) -> Contents<Vec<u8>> {
    let (mut archive, report) = open(bytes, name).unwrap();
    Contents::of(&mut archive, &report, is_nested, |content| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

/// The report of all logs of an archive, and of those in archives in it.
fn check(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    let contents = contents(bytes, "customer.zip", false);
    add(&mut report, bytes, contents.files);
    for (name, _, inner) in contents.archives {
        add(&mut report, &inner, self::contents(&inner, &name, true).files);
    }
    report
}

fn add(report: &mut Report, bytes: &[u8], files: Vec<(usize, FileReport)>) {
    let knowledge = evtx_checkup::built_in();
    let (mut archive, _) = open(bytes, "customer.zip").unwrap();
    for (place, file) in files {
        let number = report.files.len() as u32;
        report.merge(Report::of(number, file.clone()));
        if let Some(reader) = file.kind.reader(file.size, &file.name) {
            let entry = archive.entry(place).unwrap_or_else(|(name, error)| panic!("{name}: {error}"));
            Parts::new(&knowledge, number, &file, reader, entry).for_each(|part| report.merge(part));
        }
    }
}

fn names(report: &Report) -> Vec<&str> {
    report.files.values().map(|file| file.name.as_str()).collect()
}

/// What is said of a file that was not read.
fn refusals(report: &Report) -> Vec<String> {
    let problems = |file: &FileReport| file.coverage.problems.iter().map(|p| p.reason.to_string()).collect::<Vec<_>>();
    report.files.values().filter(|file| file.kind == Kind::Unreadable).flat_map(problems).collect()
}

#[test]
fn logs_in_archives_are_read_like_logs() {
    let (log, other) = (founding(Article::Q101355), founding(Article::Q124641));
    let (modern, old) = (log.evtx(), other.evt());
    let expected = {
        let mut report = Report::default();
        for (number, bytes) in (0..).zip([&modern, &old]) {
            let file = FileReport::open("System", bytes.len() as u64, bytes);
            let reader = file.kind.reader(file.size, &file.name).unwrap();
            report.merge(checkup::in_order(&evtx_checkup::built_in(), number, &file, reader, bytes.as_slice()));
        }
        report
    };
    let entries: [(&str, &[u8]); 4] = [
        ("logs/SYSTEM.EVTX", &modern),
        ("logs/", b""),
        ("old/sysevent", &old),
        ("readme.txt", b"Logs of the customer."),
    ];
    let inner = zip(&entries);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let streamed = {
        let mut writer = ZipWriter::new_stream(Vec::new());
        for (name, content) in [entries[0], entries[2]] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let apart = zip(&[("a.evtx.gz", &gzip(&modern)), ("b.zip", &zip(&[("b.evt", &old)]))]);
    for (what, archive) in [
        ("deflated", inner.clone()),
        ("stored", zip_with(&entries, stored)),
        ("zip64", zip_with(&entries, stored.large_file(true))),
        ("without sizes before the content", streamed),
        ("in another archive", zip(&[("inner.dat", &inner)])),
        ("in two kinds of archives", apart),
    ] {
        let report = check(&archive);
        assert_eq!(report.records(), expected.records(), "{what}");
        assert_eq!(report.groups.keys().collect::<Vec<_>>(), expected.groups.keys().collect::<Vec<_>>(), "{what}");
        assert_eq!(report.files.len(), 2, "{what}: {:?}", names(&report));
        assert!(report.files.values().all(|file| file.coverage.problem_count == 0), "{what}");
        assert_eq!(report.files.values().map(|file| file.bytes_read).sum::<u64>(), (modern.len() + old.len()) as u64);
    }
    assert_eq!(names(&check(&inner)), ["customer.zip › logs/SYSTEM.EVTX", "customer.zip › old/sysevent"]);
    let nested = check(&zip(&[("inner.dat", &inner)]));
    assert_eq!(names(&nested)[0], "customer.zip › inner.dat › logs/SYSTEM.EVTX");
}

#[test]
fn a_gzip_archive_names_its_file() {
    let log = evtx([]);
    let named = {
        let mut writer = GzBuilder::new().filename("Security.evtx").write(Vec::new(), Compression::default());
        writer.write_all(&log).unwrap();
        writer.finish().unwrap()
    };
    for (archive, name, expected) in [(&named, "a.gz", "Security.evtx"), (&gzip(&log), "System.evtx.gz", "System.evtx")]
    {
        let (mut archive, _) = open(archive, name).unwrap();
        let mut entry = archive.entry(0).unwrap();
        assert_eq!((entry.name.as_str(), entry.size), (expected, log.len() as u64));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert_eq!(content, log);
    }
}

#[test]
fn what_is_no_log_is_said_where_it_should_be_one() {
    let said = |entries: &[(&str, &[u8])]| {
        let report = check(&zip(entries));
        report.files.values().map(|file| (file.name.clone(), file.kind)).collect::<Vec<_>>()
    };
    let log = evtx([]);
    let name = |name: &str| format!("customer.zip › {name}");
    assert_eq!(
        said(&[("System.evtx", b"Not a log."), ("Application.evtx", &log), ("notes.txt", b"Notes.")]),
        [(name("System.evtx"), Kind::Text), (name("Application.evtx"), Kind::Evtx)]
    );
    // Where there is nothing else, the archive itself is refused.
    for entries in [&[][..], &[("notes.txt", b"Notes.".as_slice())]] {
        assert_eq!(said(entries), [("customer.zip".to_owned(), Kind::Zip)]);
    }
    let rules = contents(&zip(&[("rules/rule.yml", b"title: Rule"), ("README.md", b"Read me.")]), "rules.zip", false);
    assert!(rules.has_sources && rules.files.is_empty());
    let third = check(&zip(&[("b.zip", &zip(&[("c.zip", &zip(&[("a.evtx", &log)]))]))]));
    assert!(refusals(&third)[0].contains("third archive"), "{:?}", refusals(&third));
}

#[test]
fn encrypted_and_unknown_entries_are_named_and_skipped() {
    let log = founding(Article::Q101355).evtx();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.start_file("open.evtx", options).unwrap();
    writer.write_all(&log).unwrap();
    writer.start_file("secret.evtx", options.with_deprecated_encryption(b"password").unwrap()).unwrap();
    writer.write_all(&log).unwrap();
    let mut archive = writer.finish().unwrap().into_inner();
    let report = check(&archive);
    assert_eq!(names(&report), ["customer.zip › open.evtx", "customer.zip › secret.evtx"]);
    assert!(report.records() > 0 && refusals(&report)[0].contains("encrypted"), "{:?}", refusals(&report));
    // The first entry's compression becomes LZMA, in the table of entries and before the entry.
    for (magic, at) in [(b"PK\x01\x02", 10), (b"PK\x03\x04", 8)] {
        let place = archive.windows(4).position(|bytes| bytes == magic).unwrap() + at;
        archive[place] = 14;
    }
    let report = check(&archive);
    assert_eq!(report.records(), 0);
    assert!(refusals(&report)[0].contains("unpack it first"), "{:?}", refusals(&report));
}

#[test]
fn a_cut_archive_gives_what_is_there() {
    let (first, second) = (founding(Article::Q101355), founding(Article::Q124641));
    let archive = zip(&[("first.evtx", &first.evtx()), ("second.evtx", &second.evtx())]);
    let end = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let all = (first.events.len() + second.events.len()) as u64;
    let whole = check(&archive[..end]);
    assert_eq!(whole.records(), all);
    assert!(refusals(&whole)[0].contains("end of the archive is missing"), "{:?}", refusals(&whole));
    // In the middle of the second log: what was read before the cut counts.
    let start = archive.windows(4).rposition(|bytes| bytes == b"PK\x03\x04").unwrap();
    let cut = check(&archive[..(start + end) / 2]);
    assert!(cut.records() > first.events.len() as u64 && cut.records() < all, "{} records", cut.records());
    let problems: Vec<&Problem> = cut.files.values().flat_map(|file| &file.coverage.problems).collect();
    assert!(problems.iter().any(|problem| matches!(problem.reason, Reason::Unreadable(_))), "{problems:?}");
    assert!(open(b"PK\x03\x04 nothing", "a.zip").is_err());
}

#[test]
fn a_wrong_checksum_is_said() {
    let log = founding(Article::Q101355).evtx();
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = zip_with(&[("System.evtx", &log)], stored);
    // Behind the records of the last chunk.
    let place = log.len() + 20;
    archive[place] ^= 1;
    let report = check(&archive);
    assert_eq!(report.records(), founding(Article::Q101355).events.len() as u64);
    let problems = &report.files[&0].coverage.problems;
    assert!(matches!(&problems[..], [Problem { reason: Reason::Unreadable(_), .. }]), "{problems:?}");
}

/// What reading an entry to its end gives: so many bytes, and whether it ended well.
fn unfold(entry: &mut impl Read) -> (u64, io::Result<()>) {
    let (mut length, mut buffer) = (0, vec![0; 1 << 20]);
    loop {
        match entry.read(&mut buffer) {
            Ok(0) => return (length, Ok(())),
            Ok(read) => length += read as u64,
            Err(error) => return (length, Err(error)),
        }
    }
}

#[test]
fn a_bomb_goes_off_in_bounds() {
    // Zeroes shrink to a thousandth.
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    let piece = vec![0; 1 << 20];
    (0..400).for_each(|_| writer.write_all(&piece).unwrap());
    let bomb = writer.finish().unwrap();
    let (mut archive, _) = open(&bomb, "bomb.gz").unwrap();
    let (length, end) = unfold(&mut archive.entry(0).unwrap());
    assert!(end.is_err() && length == 256 << 20, "{length} bytes");
}

#[test]
fn an_entry_gives_no_more_than_it_says() {
    let log = founding(Article::Q101355).evtx();
    let mut archive = zip(&[("System.evtx", &log)]);
    let table = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    archive[table + 24..table + 28].copy_from_slice(&100_000_u32.to_le_bytes());
    let (mut opened, _) = open(&archive, "a.zip").unwrap();
    let (length, end) = unfold(&mut opened.entry(0).unwrap());
    assert_eq!(length, 100_000);
    assert!(end.is_err());
}

#[test]
fn no_memory_is_asked_for_entries_that_are_only_claimed() {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    let mut archive = zip_with(&[("System.evtx", &evtx([]))], stored);
    // A zip64 end of the table of entries and its locator, before the end that was there (APPNOTE 4.3.14 to 4.3.16).
    let end = archive.len() - 22;
    let tail = archive.split_off(end);
    let start = u32::from_le_bytes(tail[16..20].try_into().unwrap());
    let size = u32::from_le_bytes(tail[12..16].try_into().unwrap());
    let entries = (MAX_ENTRIES as u64 * 1_000_000).to_le_bytes();
    let mut zip64 = b"PK\x06\x06".to_vec();
    zip64.extend(44_u64.to_le_bytes());
    zip64.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    zip64.extend([entries, entries].concat());
    zip64.extend([u64::from(size).to_le_bytes(), u64::from(start).to_le_bytes()].concat());
    archive.extend(&zip64);
    archive.extend(b"PK\x06\x07\0\0\0\0");
    archive.extend((end as u64).to_le_bytes());
    archive.extend(1_u32.to_le_bytes());
    archive.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    let (opened, _) = open(&archive, "a.zip").unwrap();
    // Its entries are found one after the other instead.
    assert!(opened.is_cut() && opened.places() == (0..1));
}
