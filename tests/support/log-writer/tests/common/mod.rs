//! Reads a written log with the evtx crate and checks everything about its files, chunks and tables.

#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evtx::{EvtxChunkData, EvtxParser, ParserSettings};
use serde_json::Value;

/// The records of `log` as JSON, after all checks.
pub fn read(log: &[u8]) -> Vec<Value> {
    check(log);
    let mut parser = EvtxParser::from_buffer(log.to_vec()).expect("the header is right");
    parser.records_json_value().map(|record| record.expect("every record is right").data).collect()
}

/// Checks the file's header, and of every chunk the sums, ids and tables.
pub fn check(log: &[u8]) {
    assert_eq!(&log[..8], b"ElfFile\0");
    assert_eq!(u32_at(log, 124), crc32fast::hash(&log[..120]));
    assert_eq!((log.len() - 4096) % 65536, 0, "whole chunks only");
    let mut number = 1;
    for bytes in log[4096..].chunks(65536) {
        let mut chunk = EvtxChunkData::new(bytes.to_vec(), true).expect("the chunk's sums are right");
        assert!(chunk.validate_header_checksum() && chunk.validate_data_checksum());
        Tables::read(bytes).check_records(bytes);
        let header = &chunk.header;
        let (free, last_at) = (header.free_space_offset as usize, header.last_event_record_data_offset as usize);
        assert!(free <= 65536 - 8, "the last eight bytes are never used");
        assert!(bytes[free..].iter().all(|&byte| byte == 0), "the free space is empty");
        let first_number = std::mem::replace(&mut number, header.last_event_record_number.wrapping_add(1));
        assert_eq!(header.first_event_record_number, first_number, "records are numbered through all chunks");
        if free == 512 {
            assert_eq!(header.last_event_record_number, u64::MAX);
            continue;
        }
        let (first, last) = (header.first_event_record_id, header.last_event_record_id);
        assert_eq!(u64_at(bytes, 512 + 8), first);
        assert_eq!(u64_at(bytes, last_at + 8), last);
        assert_eq!(last_at + u32_at(bytes, last_at + 4) as usize, free);
        let count = header.last_event_record_number - first_number + 1;
        let mut chunk = chunk.parse(Arc::new(ParserSettings::default())).expect("the string table is right");
        let records: Vec<_> = chunk.iter().map(|record| record.expect("the record is right")).collect();
        assert_eq!(records.len() as u64, count);
        assert_eq!(records[0].event_record_id, first);
        assert_eq!(records[records.len() - 1].event_record_id, last);
    }
}

/// The ids of `records`.
pub fn ids(records: &[Value]) -> Vec<u64> {
    records.iter().map(|record| record["Event"]["System"]["EventRecordID"].as_u64().expect("an id")).collect()
}

/// What the tables of a chunk lead to.
struct Tables {
    names: BTreeMap<usize, String>,
    templates: BTreeSet<usize>,
}

impl Tables {
    fn read(chunk: &[u8]) -> Tables {
        let mut tables = Tables { names: BTreeMap::new(), templates: BTreeSet::new() };
        for bucket in 0..64 {
            let mut at = u32_at(chunk, 128 + 4 * bucket) as usize;
            while at != 0 {
                let units: Vec<u16> =
                    (0..u16_at(chunk, at + 6) as usize).map(|n| u16_at(chunk, at + 8 + 2 * n)).collect();
                let hash = hash(&units);
                assert_eq!(hash as u16, u16_at(chunk, at + 4), "the name's hash is right");
                assert_eq!(hash as usize % 64, bucket, "the name is in the bucket of its hash");
                assert_eq!(u16_at(chunk, at + 8 + 2 * units.len()), 0, "the name ends with a NUL");
                let is_new = tables.names.insert(at, String::from_utf16(&units).unwrap()).is_none();
                assert!(is_new, "chains do not meet");
                at = u32_at(chunk, at) as usize;
            }
        }
        let names: BTreeSet<_> = tables.names.values().collect();
        assert_eq!(names.len(), tables.names.len(), "a chunk has every name once");
        let mut guids = BTreeSet::new();
        for bucket in 0..32 {
            let mut at = u32_at(chunk, 384 + 4 * bucket) as usize;
            while at != 0 {
                let guid: Vec<u16> = (0..8).map(|n| u16_at(chunk, at + 4 + 2 * n)).collect();
                assert_eq!(hash(&guid) as usize % 32, bucket, "the template is in the bucket of its hash");
                assert!(tables.templates.insert(at), "chains do not meet");
                assert!(guids.insert(guid), "a chunk has every template once");
                at = u32_at(chunk, at) as usize;
            }
        }
        tables
    }

    /// Walks through all records: every name and template that they refer to is one that the tables lead to.
    fn check_records(&self, chunk: &[u8]) {
        let free = u32_at(chunk, 48) as usize;
        let mut walk = Walk { chunk, at: 512, tables: self, names: BTreeSet::new(), templates: BTreeSet::new() };
        while walk.at < free {
            let (start, size) = (walk.at, u32_at(chunk, walk.at + 4) as usize);
            assert_eq!(&chunk[start..start + 4], b"**\0\0");
            assert_eq!(size % 8, 0, "records are aligned");
            assert_eq!(u32_at(chunk, start + size - 4) as usize, size, "a record ends with its size");
            walk.at = start + 24;
            walk.fragment();
            assert!(walk.at <= start + size - 4);
            walk.at = start + size;
        }
        assert_eq!(walk.at, free);
        assert_eq!(walk.names, self.names.keys().copied().collect(), "no name is only in the table");
        assert_eq!(walk.templates, self.templates, "no template is only in the table");
    }
}

/// A walk through binary XML, as written by this crate, that checks all sizes.
struct Walk<'a> {
    chunk: &'a [u8],
    at: usize,
    tables: &'a Tables,
    names: BTreeSet<usize>,
    templates: BTreeSet<usize>,
}

impl Walk<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let bytes = self.chunk[self.at..self.at + N].try_into().unwrap();
        self.at += N;
        bytes
    }

    fn u16(&mut self) -> usize {
        usize::from(u16::from_le_bytes(self.take()))
    }

    fn u32(&mut self) -> usize {
        u32::from_le_bytes(self.take()) as usize
    }

    fn fragment(&mut self) {
        assert_eq!(self.take(), [0x0f, 1, 1, 0]);
        self.template_instance();
        assert_eq!(self.take(), [0]);
    }

    fn template_instance(&mut self) {
        assert_eq!(self.take(), [0x0c, 1]);
        let id = self.take::<4>();
        let at = self.u32();
        assert!(self.tables.templates.contains(&at), "the template's chain reaches it");
        assert_eq!(self.chunk[at + 4..at + 8], id);
        if at == self.at {
            self.templates.insert(at);
            self.at += 20;
            let size = self.u32();
            let end = self.at + size;
            assert_eq!(self.take(), [0x0f, 1, 1, 0]);
            self.element();
            assert_eq!(self.take(), [0]);
            assert_eq!(self.at, end, "the template's size is right");
        }
        let count = self.u32();
        let values: Vec<_> = (0..count).map(|_| (self.u16(), self.take::<2>()[0])).collect();
        for (size, wire_type) in values {
            let end = self.at + size;
            match (wire_type, self.chunk[self.at]) {
                (0x21, 0x0f) => self.fragment(),
                (0x21, _) => self.template_instance(),
                _ => self.at = end,
            }
            assert_eq!(self.at, end, "the value's size is right");
        }
    }

    fn element(&mut self) {
        let [token, _, _] = self.take();
        assert!(matches!(token, 0x01 | 0x41));
        let size = self.u32();
        let end = self.at + size;
        self.name();
        if token == 0x41 {
            let size = self.u32();
            let end = self.at + size;
            while self.at < end {
                let [token] = self.take();
                self.name();
                self.text_or_value();
                assert_eq!(token, if self.at < end { 0x46 } else { 0x06 });
            }
            assert_eq!(self.at, end, "the attributes' size is right");
        }
        let [close] = self.take();
        if close == 0x02 {
            while self.chunk[self.at] != 0x04 {
                match self.chunk[self.at] {
                    0x01 | 0x41 => self.element(),
                    _ => self.text_or_value(),
                }
            }
            self.at += 1;
        } else {
            assert_eq!(close, 0x03);
        }
        assert_eq!(self.at, end, "the element's size is right");
    }

    fn text_or_value(&mut self) {
        match self.take() {
            [0x05] => {
                assert_eq!(self.take(), [1]);
                let units = self.u16();
                self.at += 2 * units;
            }
            [token] => {
                assert!(matches!(token, 0x0d | 0x0e));
                self.at += 3;
            }
        }
    }

    fn name(&mut self) {
        let at = self.u32();
        let name = self.tables.names.get(&at).expect("the name's chain reaches it");
        self.names.insert(at);
        if at == self.at {
            self.at += 8 + 2 * name.encode_utf16().count() + 2;
        }
    }
}

fn hash(units: &[u16]) -> u32 {
    units.iter().fold(0, |hash, &unit| hash.wrapping_mul(65599).wrapping_add(u32::from(unit)))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}
