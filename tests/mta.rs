//! The display text of logs: whole, damaged, hostile, and as the evtx crate reads it.

use evtx::mta::{MtaEvent, MtaFile};
use evtx_checkup::log::Kind;
use evtx_checkup::log::mta::DisplayText;
use log_writer::MtaWriter;

/// Providers, levels and tasks that are asked for.
const PROVIDERS: [&str; 4] = ["Service Control Manager", "SERVICE control manager", "EventLog", "Unknown"];

/// Display text of so many records, with entries on several pages.
fn written(records: u64) -> Vec<u8> {
    let mut mta = MtaWriter::new();
    mta.publisher("DEFAULT_PUBLISHER", &[(2, "Error"), (4, "Information")], &[(0x10000, "None")]);
    mta.publisher("Service Control Manager", &[(2, "Fehler"), (3, "")], &[(1, "Größe")]);
    mta.publisher("EventLog", &[], &[]);
    for record in 0..records {
        mta.message(1000 + record, &format!("Message {record}\r\n"));
    }
    mta.message(7, "");
    mta.finish()
}

fn open(bytes: &[u8]) -> DisplayText {
    DisplayText::open(bytes.to_vec()).expect("display text")
}

/// Asks for everything that there could be.
fn answers(text: &DisplayText, records: impl Iterator<Item = u64> + Clone) -> Vec<Option<String>> {
    let of = |provider| {
        let messages = records.clone().map(move |record| text.message(provider, record));
        messages.chain((0..6).flat_map(move |number| [text.level(provider, number), text.task(provider, number)]))
    };
    PROVIDERS.into_iter().flat_map(of).collect()
}

/// The same, as the evtx crate answers.
fn reference(text: &MtaFile, records: impl Iterator<Item = u64> + Clone) -> Vec<Option<String>> {
    let owned = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let of = |provider| {
        let info = move |event: MtaEvent<'_>| text.rendering_info(&event);
        let event = MtaEvent { provider, ..MtaEvent::default() };
        let message = move |event_record_id| owned(info(MtaEvent { event_record_id, ..event })?.message);
        let level = move |level| owned(info(MtaEvent { level, ..event })?.level);
        let task = move |task| owned(info(MtaEvent { task, ..event })?.task);
        records.clone().map(message).chain((0..6).flat_map(move |number| [level(number), task(number.into())]))
    };
    PROVIDERS.into_iter().flat_map(of).collect()
}

#[test]
fn display_text_is_read_as_the_evtx_crate_reads_it() {
    let bytes = written(250);
    assert_eq!(Kind::of(&bytes), Kind::Mta);
    let text = open(&bytes);
    assert_eq!(text.message("Service Control Manager", 1249).as_deref(), Some("Message 249"));
    assert_eq!(text.level("service control manager", 2).as_deref(), Some("Fehler"));
    assert_eq!(text.task("EventLog", 0).as_deref(), Some("None"));
    let records = (0..10).chain(995..1255);
    assert_eq!(answers(&text, records.clone()), reference(&MtaFile::from_bytes(&bytes).unwrap(), records));
    let none = MtaWriter::new().finish();
    assert!(answers(&open(&none), 0..10).iter().all(Option::is_none));
}

#[test]
fn a_message_of_two_records_is_of_neither() {
    let mut mta = MtaWriter::new();
    mta.publisher("EventLog", &[], &[]);
    mta.message(1, "of System");
    mta.message(2, "alone");
    mta.message(1, "of Application");
    let text = open(&mta.finish());
    assert_eq!(text.message("EventLog", 1), None);
    assert_eq!(text.message("EventLog", 2).as_deref(), Some("alone"));
}

#[test]
fn damage_costs_what_it_hits_and_nothing_else() {
    let bytes = written(120);
    let whole = answers(&open(&bytes), 1000..1120);
    for cut in 0..bytes.len() {
        let Some(text) = DisplayText::open(bytes[..cut].to_vec()) else {
            assert!(cut < 12, "the version is all that must be there");
            continue;
        };
        if cut % 97 == 0 {
            let found = answers(&text, 1000..1120);
            let same = |(cut, whole): (&Option<String>, &Option<String>)| cut.is_none() || cut == whole;
            assert!(found.iter().zip(&whole).all(same), "cut at {cut}");
        }
    }
    let mut numbers = 0..;
    for at in (12..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= [0xff, 1, 0x80][numbers.next().unwrap_or(0) % 3];
        // Whatever it says now, it ends.
        let _ = answers(&open(&damaged), [1000, 1119].into_iter());
    }
}

#[test]
fn what_is_no_display_text_is_not_opened() {
    let mut other_version = written(1);
    other_version[8] = 2;
    for bytes in [&b""[..], b"MTAFile\0", b"ElfFile\0", &other_version] {
        assert!(DisplayText::open(bytes.to_vec()).is_none());
        assert_ne!(Kind::of(bytes), Kind::Mta);
    }
}

/// Pages in a circle, each with a hundred entries that are all the rest of the section: read one by one, a few megabytes
/// would be a hundred thousand megabytes of text.
#[test]
fn entries_that_share_their_bytes_are_not_read_again_and_again() {
    let (pages, page) = (2000, 888);
    let mut section = vec![0; pages * page];
    let size = section.len() as u32 - 8;
    let target = pages * page;
    section.extend(5u32.to_le_bytes());
    section.extend(size.to_le_bytes());
    section.extend(b"A\0".repeat(size as usize / 2));
    for number in 0..pages {
        let next = (number + 1) % pages * page;
        let at = number * page;
        section[at + 72..at + 80].copy_from_slice(&(next as u64).to_le_bytes());
        for slot in 0..100 {
            section[at + 88 + slot * 8..][..8].copy_from_slice(&(target as u64).to_le_bytes());
        }
    }
    let mut file = b"MTAFile\0".to_vec();
    file.extend([1u32, 1, 78, 3].iter().flat_map(|number| number.to_le_bytes()));
    for name in [b"E\0V\0T\0", b"M\0S\0G\0", b"P\0U\0B\0"] {
        file.extend([102, section.len() as u64].iter().flat_map(|number| number.to_le_bytes()));
        file.extend(6u32.to_le_bytes());
        file.extend(name);
    }
    file.extend(&section);
    let text = open(&file);
    let started = std::time::Instant::now();
    assert!(answers(&text, 0..10).iter().all(Option::is_none));
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn real_display_text_is_read_as_the_evtx_crate_reads_it() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let mut count = 0;
    for path in test_files::ending(folder, "mta").unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        let (text, reference) = (open(&bytes), MtaFile::from_bytes(&bytes).unwrap());
        for publisher in reference.publishers() {
            for number in 0..=u8::MAX {
                let owned = |text: Option<&str>| text.map(str::to_owned);
                let event =
                    MtaEvent { provider: publisher.name(), level: number, task: number.into(), ..MtaEvent::default() };
                let info = reference.rendering_info(&event).unwrap_or_default();
                assert_eq!(text.level(publisher.name(), number.into()), owned(info.level), "{}", path.display());
                assert_eq!(text.task(publisher.name(), number.into()), owned(info.task), "{}", path.display());
            }
        }
        count += 1;
    }
    println!("{count} files");
}
