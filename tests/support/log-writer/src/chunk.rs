//! One chunk: 64 KiB with the records, the names and the templates that they use.

use std::collections::HashMap;

use crate::event::{Data, Event};
use crate::template::{Node, Part, SystemPart, Templates, visit_values};
use crate::value::{
    BINARY, BINARY_XML, FILETIME, GUID, HEX_INT64, SID, STRING, STRING_ARRAY, UINT8, UINT16, UINT32, UINT64, Value,
    encode_strings, encode_utf16,
};

pub(crate) const CHUNK_SIZE: usize = 65536;
const HEADER_SIZE: usize = 512;
/// Where records end at the latest. Windows leaves the last eight bytes free, and libevtx misses a record that takes them.
const RECORDS_END: usize = CHUNK_SIZE - 8;
/// The room for records.
pub(crate) const ROOM: usize = RECORDS_END - HEADER_SIZE;
/// Where the header's table of names is.
const NAMES_AT: usize = 128;
const NAME_BUCKETS: usize = 64;
/// Where the header's table of templates is.
const TEMPLATES_AT: usize = 384;
const TEMPLATE_BUCKETS: usize = 32;

/// Tokens of binary XML (MS-EVEN6 2.2.12).
mod token {
    pub(super) const END: u8 = 0x00;
    pub(super) const OPEN_START_ELEMENT: u8 = 0x01;
    pub(super) const CLOSE_START_ELEMENT: u8 = 0x02;
    pub(super) const CLOSE_EMPTY_ELEMENT: u8 = 0x03;
    pub(super) const END_ELEMENT: u8 = 0x04;
    pub(super) const VALUE: u8 = 0x05;
    pub(super) const ATTRIBUTE: u8 = 0x06;
    pub(super) const TEMPLATE_INSTANCE: u8 = 0x0c;
    pub(super) const NORMAL_SUBSTITUTION: u8 = 0x0d;
    pub(super) const OPTIONAL_SUBSTITUTION: u8 = 0x0e;
    /// Set when attributes follow.
    pub(super) const MORE: u8 = 0x40;
    /// The header of a fragment: token, version 1.1 and no flags.
    pub(super) const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];
}

/// Why a record was not added to a chunk.
pub(crate) enum NotAdded {
    /// Not enough room: it needs this many bytes, with the names and templates that the chunk does not have yet.
    NoRoom(usize),
    /// A text or value is longer than its length field can say.
    TooLong(usize),
}

/// A chunk being filled.
pub(crate) struct Chunk {
    /// The header, to be completed by [`Chunk::finish`], and the records.
    bytes: Vec<u8>,
    /// The offset of every name.
    names: HashMap<String, u32>,
    name_buckets: [u32; NAME_BUCKETS],
    /// The offset of each template by its number; 0 for those that are not in this chunk.
    templates: Vec<u32>,
    template_buckets: [u32; TEMPLATE_BUCKETS],
    /// What the record being added has added to the tables.
    added_names: Vec<String>,
    added_templates: Vec<usize>,
    records: u64,
    first_record_id: u64,
    last_record_id: u64,
    last_record_at: usize,
}

impl Chunk {
    pub(crate) fn new() -> Chunk {
        let mut bytes = Vec::with_capacity(2 * CHUNK_SIZE);
        bytes.resize(HEADER_SIZE, 0);
        Chunk {
            bytes,
            names: HashMap::new(),
            name_buckets: [0; NAME_BUCKETS],
            templates: Vec::new(),
            template_buckets: [0; TEMPLATE_BUCKETS],
            added_names: Vec::new(),
            added_templates: Vec::new(),
            records: 0,
            first_record_id: 0,
            last_record_id: 0,
            last_record_at: 0,
        }
    }

    /// Makes the chunk empty again and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(HEADER_SIZE, 0);
        self.names.clear();
        self.name_buckets = [0; NAME_BUCKETS];
        self.templates.clear();
        self.template_buckets = [0; TEMPLATE_BUCKETS];
        self.records = 0;
        self.last_record_at = 0;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records == 0
    }

    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    /// How many bytes are used.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a record. When it cannot be added, the chunk stays as it was.
    pub(crate) fn add(&mut self, event: &Event, record_id: u64, templates: &mut Templates) -> Result<(), NotAdded> {
        let start = self.bytes.len();
        let buckets = (self.name_buckets, self.template_buckets);
        self.added_names.clear();
        self.added_templates.clear();
        let mut result = self.record(event, record_id, templates);
        if result.is_ok() && self.bytes.len() > RECORDS_END {
            result = Err(NotAdded::NoRoom(self.bytes.len() - start));
        }
        if result.is_err() {
            self.bytes.truncate(start);
            (self.name_buckets, self.template_buckets) = buckets;
            for name in &self.added_names {
                self.names.remove(name);
            }
            for &number in &self.added_templates {
                self.templates[number] = 0;
            }
            return result;
        }
        if self.records == 0 {
            self.first_record_id = record_id;
        }
        self.records += 1;
        self.last_record_id = record_id;
        self.last_record_at = start;
        Ok(())
    }

    /// Completes the header and gives the chunk's 64 KiB. `first_number` is the number of its first record in the log.
    pub(crate) fn finish(&mut self, first_number: u64) -> &[u8] {
        let free = self.bytes.len();
        let crc = match self.is_empty() {
            true => 0,
            false => crc32fast::hash(&self.bytes[HEADER_SIZE..]),
        };
        self.bytes.resize(CHUNK_SIZE, 0);
        let header = &mut self.bytes[..HEADER_SIZE];
        header[..8].copy_from_slice(b"ElfChnk\0");
        let ids = match self.records {
            0 => [first_number, u64::MAX, u64::MAX, u64::MAX],
            records => [first_number, first_number + records - 1, self.first_record_id, self.last_record_id],
        };
        for (at, id) in (8..).step_by(8).zip(ids) {
            header[at..at + 8].copy_from_slice(&id.to_le_bytes());
        }
        // The header's own size, without the two tables, is 128; bit 0 of the flags is set since Windows 10.
        let fields = [(40, 128), (44, offset(self.last_record_at)), (48, offset(free)), (52, crc), (120, 1)];
        let names = (NAMES_AT..).step_by(4).zip(self.name_buckets);
        let templates = (TEMPLATES_AT..).step_by(4).zip(self.template_buckets);
        for (at, field) in fields.into_iter().chain(names).chain(templates) {
            header[at..at + 4].copy_from_slice(&field.to_le_bytes());
        }
        let mut crc = crc32fast::Hasher::new();
        crc.update(&header[..120]);
        crc.update(&header[128..]);
        header[124..128].copy_from_slice(&crc.finalize().to_le_bytes());
        &self.bytes
    }

    fn record(&mut self, event: &Event, record_id: u64, templates: &mut Templates) -> Result<(), NotAdded> {
        let start = self.bytes.len();
        self.bytes.extend(b"**\0\0");
        self.u32(0);
        self.u64(record_id);
        self.u64(event.time);
        self.bytes.extend(token::FRAGMENT);
        let system = templates.system(event);
        self.template_instance(system, templates)?;
        self.system_values(event, record_id, templates)?;
        self.bytes.push(token::END);
        // The size, which the record's end repeats, is a multiple of eight.
        let size = (self.bytes.len() - start + 4).next_multiple_of(8);
        self.bytes.resize(start + size - 4, 0);
        self.u32(offset(size));
        self.patch(start + 4, offset(size));
        Ok(())
    }

    fn system_values(&mut self, event: &Event, record_id: u64, templates: &mut Templates) -> Result<(), NotAdded> {
        let part = SystemPart::of(event);
        let mut values = Values::start(self, if part == SystemPart::Manifest { 18 } else { 20 });
        values.add(UINT8, &[event.level as u8])?;
        values.add(UINT8, &[event.opcode])?;
        values.add(UINT16, &event.task.to_le_bytes())?;
        values.add(UINT16, &event.event_id.to_le_bytes())?;
        match event.qualifiers {
            Some(qualifiers) => values.add(UINT16, &qualifiers.to_le_bytes())?,
            // Windows keeps the bytes of the value that is not there.
            None => values.add(0, &[0, 0])?,
        }
        values.add(HEX_INT64, &event.keywords.to_le_bytes())?;
        values.add(FILETIME, &event.time.to_le_bytes())?;
        values.add_optional(GUID, event.activity_id.as_ref().map(|guid| guid.0.as_slice()))?;
        values.add(UINT32, &event.process_id.to_le_bytes())?;
        values.add(UINT32, &event.thread_id.to_le_bytes())?;
        values.add(UINT64, &record_id.to_le_bytes())?;
        values.add(UINT8, &[event.version])?;
        values.add_optional(SID, event.user.as_ref().map(|sid| sid.0.as_slice()))?;
        if part == SystemPart::Manifest {
            values.add_optional(GUID, None)?;
            values.add_with(STRING, |chunk| {
                encode_utf16(&event.provider, &mut chunk.bytes);
                Ok(())
            })?;
            values.add_optional(GUID, event.guid.as_ref().map(|guid| guid.0.as_slice()))?;
            values.add_with(STRING, |chunk| {
                encode_utf16(&event.channel, &mut chunk.bytes);
                Ok(())
            })?;
            values.add_with(BINARY_XML, |chunk| chunk.data(event, true, templates))
        } else {
            for _ in 13..19 {
                values.add_optional(GUID, None)?;
            }
            values.add_with(BINARY_XML, |chunk| {
                chunk.bytes.extend(token::FRAGMENT);
                chunk.data(event, false, templates)?;
                chunk.bytes.push(token::END);
                Ok(())
            })
        }
    }

    /// The template instance of the event's own data. `terminate`: whether strings end with a NUL.
    fn data(&mut self, event: &Event, terminate: bool, templates: &mut Templates) -> Result<(), NotAdded> {
        let template = templates.data(event);
        self.template_instance(template, templates)?;
        match &event.data {
            Data::Strings(strings) => {
                let mut values = Values::start(self, 3);
                match strings.is_empty() {
                    true => values.add_optional(STRING_ARRAY, None)?,
                    false => values.add_with(STRING_ARRAY, |chunk| {
                        encode_strings(strings, &mut chunk.bytes);
                        Ok(())
                    })?,
                }
                let binary = event.binary.as_deref().unwrap_or_default();
                values.add(UINT32, &offset(binary.len()).to_le_bytes())?;
                values.add_optional(BINARY, event.binary.as_deref())
            }
            Data::Named(named) => {
                let mut values = Values::start(self, named.len() + if event.binary.is_some() { 2 } else { 0 });
                for (_, value) in named {
                    values.add_value(value, terminate)?;
                }
                if let Some(binary) = &event.binary {
                    values.add(UINT32, &offset(binary.len()).to_le_bytes())?;
                    values.add(BINARY, binary)?;
                }
                Ok(())
            }
            Data::UserData(element) => {
                let mut count = 0;
                visit_values(element, &mut |_| count += 1);
                let mut values = Values::start(self, count);
                let mut result = Ok(());
                visit_values(element, &mut |value| {
                    if result.is_ok() {
                        result = values.add_value(value, terminate);
                    }
                });
                result
            }
        }
    }

    /// A template instance without its values: the template itself where the chunk does not have it yet.
    fn template_instance(&mut self, number: usize, templates: &Templates) -> Result<(), NotAdded> {
        let template = templates.get(number);
        self.bytes.extend([token::TEMPLATE_INSTANCE, 1]);
        self.bytes.extend(&template.guid[..4]);
        if let Some(&at) = self.templates.get(number).filter(|&&at| at != 0) {
            self.u32(at);
            return Ok(());
        }
        let at = offset(self.bytes.len() + 4);
        self.u32(at);
        let bucket = template_bucket(&template.guid);
        let next = std::mem::replace(&mut self.template_buckets[bucket], at);
        if self.templates.len() <= number {
            self.templates.resize(number + 1, 0);
        }
        self.templates[number] = at;
        self.added_templates.push(number);
        self.u32(next);
        self.bytes.extend(template.guid);
        let size_at = self.hole();
        self.bytes.extend(token::FRAGMENT);
        self.element(&template.root)?;
        self.bytes.push(token::END);
        self.fill(size_at);
        Ok(())
    }

    fn element(&mut self, node: &Node) -> Result<(), NotAdded> {
        let more = if node.attributes.is_empty() { 0 } else { token::MORE };
        self.bytes.push(token::OPEN_START_ELEMENT | more);
        self.bytes.extend(node.dependency.to_le_bytes());
        let size_at = self.hole();
        self.name(&node.name)?;
        if let Some(last) = node.attributes.len().checked_sub(1) {
            let attributes_at = self.hole();
            for (number, (name, part)) in node.attributes.iter().enumerate() {
                self.bytes.push(token::ATTRIBUTE | if number < last { token::MORE } else { 0 });
                self.name(name)?;
                self.part(part)?;
            }
            self.fill(attributes_at);
        }
        if node.parts.is_empty() && !node.attributes.is_empty() {
            self.bytes.push(token::CLOSE_EMPTY_ELEMENT);
        } else {
            self.bytes.push(token::CLOSE_START_ELEMENT);
            node.parts.iter().try_for_each(|part| self.part(part))?;
            self.bytes.push(token::END_ELEMENT);
        }
        self.fill(size_at);
        Ok(())
    }

    fn part(&mut self, part: &Part) -> Result<(), NotAdded> {
        match part {
            Part::Element(node) => self.element(node),
            Part::Text(text) => {
                self.bytes.extend([token::VALUE, STRING]);
                let units = text.encode_utf16().count();
                let units = u16::try_from(units).map_err(|_| NotAdded::TooLong(units * 2))?;
                self.bytes.extend(units.to_le_bytes());
                encode_utf16(text, &mut self.bytes);
                Ok(())
            }
            &Part::Value { index, wire_type, optional } => {
                self.bytes.push(if optional { token::OPTIONAL_SUBSTITUTION } else { token::NORMAL_SUBSTITUTION });
                self.bytes.extend(index.to_le_bytes());
                self.bytes.push(wire_type);
                Ok(())
            }
        }
    }

    /// A reference to a name: the name itself where the chunk does not have it yet.
    fn name(&mut self, name: &str) -> Result<(), NotAdded> {
        if let Some(&at) = self.names.get(name) {
            self.u32(at);
            return Ok(());
        }
        let at = offset(self.bytes.len() + 4);
        self.u32(at);
        let hash = hash(name.encode_utf16());
        let next = std::mem::replace(&mut self.name_buckets[hash as usize % NAME_BUCKETS], at);
        self.names.insert(name.to_owned(), at);
        self.added_names.push(name.to_owned());
        self.u32(next);
        self.bytes.extend(&hash.to_le_bytes()[..2]);
        let units = name.encode_utf16().count();
        let units = u16::try_from(units).map_err(|_| NotAdded::TooLong(units * 2))?;
        self.bytes.extend(units.to_le_bytes());
        encode_utf16(name, &mut self.bytes);
        self.bytes.extend([0, 0]);
        Ok(())
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn patch(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Leaves room for a size, which [`Chunk::fill`] puts in.
    fn hole(&mut self) -> usize {
        self.u32(0);
        self.bytes.len() - 4
    }

    /// Puts the number of bytes since the hole at `at` into it.
    fn fill(&mut self, at: usize) {
        self.patch(at, offset(self.bytes.len() - at - 4));
    }
}

/// The values of a template instance: how many, then size and type of each, then the values themselves.
struct Values<'a> {
    chunk: &'a mut Chunk,
    /// Where the size and type of the next value goes.
    descriptor_at: usize,
}

impl<'a> Values<'a> {
    fn start(chunk: &'a mut Chunk, count: usize) -> Values<'a> {
        chunk.u32(offset(count));
        let descriptor_at = chunk.bytes.len();
        chunk.bytes.resize(descriptor_at + 4 * count, 0);
        Values { chunk, descriptor_at }
    }

    fn add(&mut self, wire_type: u8, bytes: &[u8]) -> Result<(), NotAdded> {
        self.add_with(wire_type, |chunk| {
            chunk.bytes.extend(bytes);
            Ok(())
        })
    }

    fn add_optional(&mut self, wire_type: u8, bytes: Option<&[u8]>) -> Result<(), NotAdded> {
        match bytes {
            Some(bytes) => self.add(wire_type, bytes),
            None => self.add(0, &[]),
        }
    }

    fn add_value(&mut self, value: &Value, terminate: bool) -> Result<(), NotAdded> {
        self.add_with(value.wire_type().unwrap_or(0), |chunk| {
            value.encode(terminate, &mut chunk.bytes);
            Ok(())
        })
    }

    fn add_with(
        &mut self,
        wire_type: u8,
        encode: impl FnOnce(&mut Chunk) -> Result<(), NotAdded>,
    ) -> Result<(), NotAdded> {
        let start = self.chunk.bytes.len();
        encode(self.chunk)?;
        let size = self.chunk.bytes.len() - start;
        let too_long = match wire_type {
            BINARY_XML => NotAdded::NoRoom(size),
            _ => NotAdded::TooLong(size),
        };
        let [low, high] = u16::try_from(size).map_err(|_| too_long)?.to_le_bytes();
        let at = self.descriptor_at;
        self.chunk.bytes[at..at + 4].copy_from_slice(&[low, high, wire_type, 0]);
        self.descriptor_at += 4;
        Ok(())
    }
}

/// The hash by which names are found; a name keeps the low 16 bits of it.
fn hash(units: impl Iterator<Item = u16>) -> u32 {
    units.fold(0, |hash, unit| hash.wrapping_mul(65599).wrapping_add(u32::from(unit)))
}

/// The bucket of a template: up to Windows 10 the hash of its GUID, taken as eight 16-bit units like a name.
fn template_bucket(guid: &[u8; 16]) -> usize {
    let (units, _) = guid.as_chunks::<2>();
    hash(units.iter().map(|&unit| u16::from_le_bytes(unit))) as usize % TEMPLATE_BUCKETS
}

/// A size or offset inside a chunk.
fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("a record is smaller than 4 GiB")
}
