//! Logs of Windows NT to Server 2003 (`.evt`).

use std::collections::VecDeque;

use crate::event::{Data, Event, Level};
use crate::value::{Value, encode_utf16};

/// The file header's size.
const HEADER_SIZE: usize = 48;
/// The end record's size.
const END_SIZE: usize = 40;
/// The part of a record that the file's end does not cut.
const FIXED_SIZE: usize = 56;
/// FILETIME units from 1601 to 1970.
const UNIX_EPOCH: u64 = 116_444_736_000_000_000;
/// Bits of a log's flags: not closed, and wrapped.
const DIRTY: u32 = 1;
const WRAPPED: u32 = 2;

/// Writes an `.evt` log in memory, event by event.
///
/// A record keeps of an event what the format has room for: no process, no version, no names of values.
///
/// ```
/// use log_writer::{Event, EvtWriter};
///
/// let mut writer = EvtWriter::new().max_size(65536);
/// for _ in 0..1000 {
///     writer.write(&Event::service_control_manager(7036).param("Messenger").param("running"));
/// }
/// let log = writer.finish();
/// assert_eq!(log.len(), 65536, "the newest records took the place of the oldest");
/// ```
#[derive(Debug, Clone)]
pub struct EvtWriter {
    bytes: Vec<u8>,
    max_size: usize,
    /// The places and sizes of the records that the log has, the oldest first.
    records: VecDeque<(usize, usize)>,
    /// Where the next record starts.
    end: usize,
    next_number: u32,
    oldest_number: u32,
    flags: u32,
    stale_header: bool,
    without_end: bool,
}

impl Default for EvtWriter {
    fn default() -> EvtWriter {
        EvtWriter {
            bytes: vec![0; HEADER_SIZE],
            max_size: usize::MAX,
            records: VecDeque::new(),
            end: HEADER_SIZE,
            next_number: 1,
            oldest_number: 0,
            flags: 0,
            stale_header: false,
            without_end: false,
        }
    }
}

impl EvtWriter {
    /// Starts a log.
    #[must_use]
    pub fn new() -> EvtWriter {
        EvtWriter::default()
    }

    /// Lets the log take `size` bytes, a multiple of four. When they are used up, it goes on behind its header.
    #[must_use]
    pub fn max_size(mut self, size: usize) -> EvtWriter {
        assert!(size.is_multiple_of(4), "records start at multiples of four");
        self.max_size = size;
        self
    }

    /// Marks the log as one that was not closed. Its header is right otherwise.
    pub fn mark_dirty(&mut self) {
        self.flags |= DIRTY;
    }

    /// Marks the log as one that was not closed and leaves its header as it was when the log was made: what is found in
    /// a copy of a log in use.
    pub fn leave_header_stale(&mut self) {
        self.mark_dirty();
        self.stale_header = true;
    }

    /// Leaves zeroes where the end record should be.
    pub fn leave_end_out(&mut self) {
        self.without_end = true;
    }

    /// Writes one event and returns its record number. An event's own record id is the number of the log's first one.
    ///
    /// # Panics
    /// If the log has no room for the event.
    pub fn write(&mut self, event: &Event) -> u32 {
        if let (true, Some(first)) = (self.next_number == 1, event.record_id) {
            self.next_number = u32::try_from(first).expect("a record number has 32 bits");
        }
        let number = self.next_number;
        let record = record(event, number);
        // Neither the end record nor a record's fixed part is cut by the file's end.
        if self.max_size - self.end < FIXED_SIZE {
            self.wrap();
        }
        self.make_room(record.len() + END_SIZE + FIXED_SIZE);
        self.records.push_back((self.end, record.len()));
        self.put(&record);
        if self.max_size - self.end < END_SIZE {
            self.wrap();
        }
        if self.oldest_number == 0 {
            self.oldest_number = number;
        }
        self.next_number += 1;
        number
    }

    /// The numbers of the records that the log has.
    #[must_use]
    pub fn numbers(&self) -> std::ops::Range<u32> {
        self.next_number - self.records.len() as u32..self.next_number
    }

    /// Completes the log and gives it.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let begin = self.records.front().map_or(self.end, |(place, _)| *place);
        let values = [begin, self.end, self.next_number as usize, self.oldest_number as usize];
        let values = values.map(|value| u32::try_from(value).expect("a log has less than 4 GiB"));
        let end = match self.without_end {
            true => [0; END_SIZE / 4],
            false => {
                let [a, b, c, d] = values;
                [40, 0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444, a, b, c, d, 40]
            }
        };
        self.put(&dwords(&end));
        let [begin, end, next, oldest] = if self.stale_header { [48, 48, 1, 0] } else { values };
        let size = self.bytes.len() as u32;
        let magic = u32::from_le_bytes(*b"LfLe");
        let header = [48, magic, 1, 1, begin, end, next, oldest, size, self.flags, 604_800, 48];
        self.bytes[..HEADER_SIZE].copy_from_slice(&dwords(&header));
        self.bytes
    }

    /// Drops the oldest records until `size` bytes are free behind the newest.
    fn make_room(&mut self, size: usize) {
        let ring = self.max_size - HEADER_SIZE;
        assert!(size <= ring, "the log has no room for a record of {size} bytes");
        while let Some((begin, _)) = self.records.front()
            && (begin + ring - self.end) % ring < size
        {
            self.records.pop_front();
            self.oldest_number += 1;
        }
    }

    /// Fills the rest of the file and goes on behind the header.
    fn wrap(&mut self) {
        self.make_room(self.max_size - self.end + END_SIZE);
        let filler = [0x27, 0, 0, 0].repeat((self.max_size - self.end) / 4);
        self.put(&filler);
        self.end = HEADER_SIZE;
        self.flags |= WRAPPED;
    }

    /// Writes bytes at the log's end, which the file's end may cut.
    fn put(&mut self, bytes: &[u8]) {
        let (now, rest) = bytes.split_at(bytes.len().min(self.max_size - self.end));
        self.bytes.resize(self.bytes.len().max(self.end + now.len()), 0);
        self.bytes[self.end..][..now.len()].copy_from_slice(now);
        self.end += now.len();
        if !rest.is_empty() {
            (self.end, self.flags) = (HEADER_SIZE, self.flags | WRAPPED);
            self.put(rest);
        }
    }
}

/// A log with `events`, in memory.
pub fn evt(events: impl IntoIterator<Item = Event>) -> Vec<u8> {
    let mut writer = EvtWriter::new();
    for event in events {
        writer.write(&event);
    }
    writer.finish()
}

fn dwords(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A record (EVENTLOGRECORD, MS-EVEN 2.2.3).
fn record(event: &Event, number: u32) -> Vec<u8> {
    let mut bytes = vec![0; FIXED_SIZE];
    text(&event.provider, &mut bytes);
    text(&event.computer, &mut bytes);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let user_at = bytes.len();
    bytes.extend(event.user.iter().flat_map(|user| &user.0));
    let strings_at = bytes.len();
    let strings = strings(&event.data);
    strings.iter().for_each(|string| text(string, &mut bytes));
    let data_at = bytes.len();
    bytes.extend(event.binary.iter().flatten());
    let data_end = bytes.len();
    bytes.resize(data_end.next_multiple_of(4) + 4, 0);
    let size = bytes.len();
    let time = (event.time.saturating_sub(UNIX_EPOCH) / 10_000_000) as u32;
    let id = u32::from(event.qualifiers.unwrap_or(0)) << 16 | u32::from(event.event_id);
    let kind_and_strings = kind(event) | (strings.len() as u32) << 16;
    let places = [strings_at, strings_at - user_at, user_at, data_end - data_at, data_at].map(|place| place as u32);
    let fixed =
        [size as u32, u32::from_le_bytes(*b"LfLe"), number, time, time, id, kind_and_strings, event.task.into(), 0];
    bytes[..FIXED_SIZE].copy_from_slice(&[dwords(&fixed), dwords(&places)].concat());
    bytes[size - 4..].copy_from_slice(&(size as u32).to_le_bytes());
    bytes
}

/// The type of an event.
fn kind(event: &Event) -> u32 {
    match event.level {
        _ if event.keywords & 0x0020_0000_0000_0000 != 0 => 8,
        _ if event.keywords & 0x0010_0000_0000_0000 != 0 => 16,
        Level::Critical | Level::Error => 1,
        Level::Warning => 2,
        Level::LogAlways => 0,
        Level::Information | Level::Verbose => 4,
    }
}

/// Appends a text and its NUL.
fn text(text: &str, out: &mut Vec<u8>) {
    encode_utf16(text, out);
    out.extend([0, 0]);
}

/// The strings that an event has in an .evt log.
fn strings(data: &Data) -> Vec<String> {
    let string = |value: &Value| match value {
        Value::String(text) => text.to_string(),
        Value::UInt16(number) => number.to_string(),
        Value::UInt32(number) => number.to_string(),
        Value::UInt64(number) => number.to_string(),
        other => panic!("{other:?} is no text"),
    };
    match data {
        Data::Strings(strings) => strings.iter().map(ToString::to_string).collect(),
        Data::Named(values) => values.iter().map(|(_, value)| string(value)).collect(),
        Data::UserData(element) => panic!("an .evt log has no room for {}", element.name),
    }
}
