//! Real logs: everything in the folder that `EVTX_SAMPLES` names.

use std::collections::BTreeSet;

use evtx_checkup::codes;
use evtx_checkup::display;
use evtx_checkup::event::Part;
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Header, Reader};
use evtx_checkup::log::{Coverage, Reason, Record, Sink};

#[derive(Default)]
struct Count {
    records: u64,
    broken: Vec<(u64, String)>,
}

impl Sink for Count {
    fn record(&mut self, record: &Record<'_>) {
        self.records += 1;
        if let (_, Some(reason)) = record.read() {
            self.broken.push((record.head.record_id, reason.to_string()));
        }
    }
}

fn read(bytes: &[u8]) -> (Count, Coverage) {
    let mut count = Count::default();
    let coverage = Reader::default().slice(&bytes[HEADER_SIZE as usize..], HEADER_SIZE, &mut count);
    (count, coverage)
}

/// How many records the evtx crate reads, chunk by chunk over the whole size of the file.
fn reference(bytes: &[u8]) -> (u64, u64) {
    let (mut read, mut failed) = (0, 0);
    for chunk in bytes[HEADER_SIZE as usize..].chunks_exact(CHUNK_SIZE as usize) {
        let Ok(mut data) = evtx::EvtxChunkData::new(chunk.to_vec(), false) else { continue };
        let Ok(mut chunk) = data.parse(Default::default()) else { continue };
        for record in chunk.iter() {
            match record {
                Ok(_) => read += 1,
                Err(_) => failed += 1,
            }
        }
    }
    (read, failed)
}

#[test]
fn as_many_records_as_the_evtx_crate_reads() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let mut checked = 0;
    for path in test_files::all(&folder).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        if Header::recognise(&bytes, bytes.len() as u64).is_none() {
            continue;
        }
        let (count, coverage) = read(&bytes);
        let (records, failed) = reference(&bytes);
        let name = path.strip_prefix(&folder).unwrap().display();
        assert_eq!(count.broken, [], "{name}");
        assert_eq!(count.records, coverage.records, "{name}");
        // The crate does not read a chunk that the file's end cuts off.
        if coverage.problems.iter().any(|problem| matches!(problem.reason, Reason::ChunkCut(4096..))) {
            assert!(coverage.records > records, "{name}: {} and {records}", coverage.records);
        } else {
            assert_eq!(coverage.records, records, "{name}");
        }
        assert!(failed == 0 || coverage.lost > 0, "{name} has {failed} broken records");
        checked += 1;
    }
    println!("{checked} logs");
    assert!(checked > 200);
}

/// Every text in a JSON value.
fn texts(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Null => found.push(String::new()),
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        serde_json::Value::Object(map) => map.values().for_each(|item| texts(item, found)),
        other => found.push(other.to_string()),
    }
}

#[derive(Default)]
struct Values(std::collections::HashMap<u64, Vec<(String, String)>>);

impl Sink for Values {
    fn record(&mut self, record: &Record<'_>) {
        let event = record.read().0;
        let mut values: Vec<_> = ["Provider_Name", "EventID", "Channel", "Computer", "EventRecordID", "TimeCreated"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), event.text(name)?)))
            .collect();
        values.extend(
            event
                .fields
                .iter()
                .map(|field| (field.name.clone().unwrap_or_default().into_owned(), field.value.to_string())),
        );
        self.0.insert(record.offset, values);
    }
}

#[test]
fn the_same_values_as_the_evtx_crate_renders() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let (mut values, mut differences) = (0, 0);
    for path in test_files::all(&folder).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        if Header::recognise(&bytes, bytes.len() as u64).is_none() {
            continue;
        }
        let mut ours = Values::default();
        Reader::default().slice(&bytes[HEADER_SIZE as usize..], HEADER_SIZE, &mut ours);
        for (index, chunk) in bytes[HEADER_SIZE as usize..].chunks_exact(CHUNK_SIZE as usize).enumerate().step_by(7) {
            let Ok(mut data) = evtx::EvtxChunkData::new(chunk.to_vec(), false) else { continue };
            // What bit rot has made of a value is anybody's guess.
            if !data.validate_checksum() {
                continue;
            }
            let Ok(mut chunk) = data.parse(Default::default()) else { continue };
            for record in chunk.iter().flatten() {
                let offset = HEADER_SIZE + index as u64 * CHUNK_SIZE + record.binxml_offset - 24;
                let json = record.into_json_value().unwrap().data;
                let mut theirs = Vec::new();
                texts(&json, &mut theirs);
                for (name, text) in &ours.0[&offset] {
                    values += 1;
                    let same = |other: &String| {
                        other == text
                            || other.trim_end_matches('\0') == text
                            || other.parse::<jiff::Timestamp>().is_ok_and(|time| text.parse().ok() == Some(time))
                            // We join the items of an array in one value.
                            || text.contains(", ")
                            || other.parse::<f64>().is_ok_and(|a| text.parse() == Ok(a))
                    };
                    if !theirs.iter().any(same) {
                        differences += 1;
                        println!("{} @{offset}: {name} = {text:?} not in {json}", path.display());
                    }
                }
            }
        }
    }
    println!("{values} values");
    assert!(values > 100_000 && differences == 0, "{differences} values differ");
}

/// XML without the differences in spacing and in ways to write an empty element.
fn squeezed(xml: &str) -> String {
    let text: String = xml.lines().map(str::trim).collect();
    let text = text.replace("<?xml version=\"1.0\" encoding=\"utf-8\"?>", "").replace("&quot;", "\"");
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split('<') {
        match (tags.last_mut(), tag.strip_prefix('/').and_then(|end| end.split_once('>'))) {
            (Some(last), Some((_, rest))) if last.ends_with('>') && !last.starts_with('/') && !last.ends_with("/>") => {
                last.truncate(last.len() - 1);
                last.push_str("/>");
                last.push_str(rest);
            }
            _ => tags.push(tag.to_owned()),
        }
    }
    tags.join("<")
}

#[test]
fn the_same_xml_as_the_evtx_crate_writes() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let (mut same, mut different) = (0, 0);
    for path in test_files::all(&folder).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        if Header::recognise(&bytes, bytes.len() as u64).is_none() {
            continue;
        }
        for chunk in bytes[HEADER_SIZE as usize..].chunks_exact(CHUNK_SIZE as usize).step_by(11) {
            let Ok(mut data) = evtx::EvtxChunkData::new(chunk.to_vec(), true) else { continue };
            let settings = std::sync::Arc::new(evtx::ParserSettings::default().indent(false));
            let Ok(mut parsed) = data.parse(settings) else { continue };
            for record in parsed.iter().flatten() {
                let ours = evtx_checkup::log::evtx::to_xml(chunk, record.binxml_offset as usize - 24).unwrap();
                let theirs = record.into_xml().unwrap().data;
                if squeezed(&ours) == squeezed(&theirs) {
                    same += 1;
                } else {
                    different += 1;
                    if different < 12 {
                        let (a, b) = (squeezed(&ours), squeezed(&theirs));
                        let at = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
                        let cut = |s: &str| {
                            s.get(at.saturating_sub(60)..).unwrap_or("?").chars().take(160).collect::<String>()
                        };
                        println!("{}\nOURS {}\nTHEIRS {}", path.display(), cut(&a), cut(&b));
                    }
                }
            }
        }
    }
    println!("{same} records");
    assert!(same > 10_000 && different == 0, "{different} records are written differently");
}

/// The values that are shown as codes, by provider, event id and field.
#[derive(Default)]
struct Codes(BTreeSet<(String, u32, String, String)>);

impl Sink for Codes {
    fn record(&mut self, record: &Record<'_>) {
        let event = record.read().0;
        for (name, field) in display::fields(&event).filter(|(_, field)| field.part == Part::Data) {
            let value = field.value.text();
            let shown = codes::show_in(&event.head, &name, &value);
            if shown != value {
                let provider = event.head.provider.text.to_owned();
                self.0.insert((provider, event.head.event_id, name.into_owned(), shown.into_owned()));
            }
        }
    }
}

/// Of thousands of numbers that are also those of codes, only those stand with a name whose field is about an outcome or
/// says nothing.
#[test]
fn only_codes_are_shown_as_codes() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let mut codes = Codes::default();
    for path in test_files::all(&folder).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        if Header::recognise(&bytes, bytes.len() as u64).is_some() {
            Reader::default().slice(&bytes[HEADER_SIZE as usize..], HEADER_SIZE, &mut codes);
        }
    }
    for shown @ (_, _, field, _) in &codes.0 {
        println!("{shown:?}");
        let field = field.to_ascii_lowercase();
        let words = ["error", "code", "status", "result", "value", "param"];
        assert!(words.iter().any(|word| field.contains(word)), "{shown:?}");
    }
    assert!(codes.0.len() > 50, "{} values are shown as codes", codes.0.len());
}
