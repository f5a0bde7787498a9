//! The Windows XML event log format (.evtx), Windows Vista and later.
//!
//! A file is a 4 KiB header and 64 KiB chunks; a chunk can be read without the others, so a log can be read in slices
//! of whole chunks, by many workers, in any order. The walk goes by the file's size: real headers often misstate the
//! number of chunks. Format facts are from MS-EVEN6 and the `evtx` crate, which also reads the headers here and writes
//! records as XML; the walk over records and values is our own, because it decides how fast a checkup is.

mod binxml;
mod carve;
mod crc32;
mod layout;
mod record;
mod stream;
mod xml;

use std::cell::Cell;

use ::evtx::{ChunkFlags, EvtxChunkHeader, EvtxFileHeader, HeaderFlags};
use serde::{Deserialize, Serialize};

use super::{Body, Closed, Coverage, Declared, Problem, Reason, Record, Sink};
use crate::event::{Head, Name, Names};

use binxml::Budget;
pub use layout::{Layout, Shape};
pub(super) use record::Body as RecordBody;
pub use stream::Stream;
pub use xml::to_xml;

/// Bytes of the file header block; the first chunk follows it.
pub const HEADER_SIZE: u64 = 4096;
/// Bytes of a chunk.
pub const CHUNK_SIZE: u64 = 65536;
/// Bytes of a chunk's header; its records follow it.
const CHUNK_HEADER_SIZE: usize = 512;
/// Bytes of a record around its content: magic, size, id and time before it, the size again after it.
const RECORD_FRAME: usize = 24 + 4;
/// No record has fewer bytes than this.
pub(super) const SMALLEST_RECORD: u64 = RECORD_FRAME as u64;
const RECORD_MAGIC: &[u8; 4] = b"\x2a\x2a\0\0";

/// What the file header says about the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The log was not closed cleanly; its header and last chunk may be older than its records.
    pub dirty: bool,
    /// What is wrong with the header itself.
    pub problem: Option<Problem>,
    /// What it says of the log's ends, if that can be trusted.
    pub closed: Option<Closed>,
}

impl Header {
    /// Whether a file that starts with `start` is an .evtx log, and what its header says.
    ///
    /// `start` is the first [`HEADER_SIZE`] bytes and, where the file is that long, the first bytes of the first chunk:
    /// a log with a destroyed header is recognised by its first chunk.
    /// `size` is that of the whole file.
    pub fn recognise(start: &[u8], size: u64) -> Option<Header> {
        let problem = |reason| Some(Problem { offset: 0, reason, lost: 0 });
        if let Ok(header) = EvtxFileHeader::from_bytes(start) {
            let dirty = header.flags.contains(HeaderFlags::DIRTY);
            let last = header.last_chunk_number;
            let intact = header.validate_checksum();
            // A dirty log's header is older than its chunks, and says nothing.
            let closed = (intact && !dirty).then(|| Closed {
                oldest: chunk_offset(header.first_chunk_number),
                end: chunk_offset(last.saturating_add(1)),
                next_id: header.next_record_id,
            });
            return Some(Header {
                dirty,
                problem: if !intact {
                    problem(Reason::FileHeaderChecksum)
                } else if !dirty && last >= chunk_count(size).max(1) {
                    problem(Reason::FileCut(last))
                } else {
                    None
                },
                closed,
            });
        }
        let has_chunk = start.get(HEADER_SIZE as usize..).is_some_and(|rest| rest.starts_with(b"ElfChnk\0"));
        has_chunk.then(|| Header { dirty: false, problem: problem(Reason::FileHeader), closed: None })
    }
}

/// The number of chunks that a log of `size` bytes can hold; the last one may be cut short.
pub fn chunk_count(size: u64) -> u64 {
    size.saturating_sub(HEADER_SIZE).div_ceil(CHUNK_SIZE)
}

/// Where a chunk starts in its file.
pub fn chunk_offset(number: u64) -> u64 {
    number.saturating_mul(CHUNK_SIZE).saturating_add(HEADER_SIZE)
}

/// Reads chunks. What it learns (names) helps with the next chunk; no result depends on it.
#[derive(Default)]
pub struct Reader {
    names: Names,
    templates: record::Templates,
    layouts: layout::Layouts,
}

impl Reader {
    /// A name that a record's head has, by its symbol.
    pub fn name(&self, symbol: u32) -> Name<'_> {
        self.names.name(symbol)
    }

    /// Whether there were more names than real logs have, so that the next file should begin with another reader.
    pub fn has_many_names(&self) -> bool {
        self.names.are_many()
    }

    /// Reads a run of whole chunks (the last one may be cut short) that starts at `offset` in its file.
    pub fn slice(&mut self, bytes: &[u8], offset: u64, sink: &mut dyn Sink) -> Coverage {
        let mut coverage = Coverage::default();
        for (index, chunk) in bytes.chunks(CHUNK_SIZE as usize).enumerate() {
            coverage.merge(self.chunk(chunk, offset + index as u64 * CHUNK_SIZE, sink));
        }
        coverage
    }

    /// Forgets where the last chunk had its templates.
    fn next_chunk(&mut self) {
        self.templates.clear();
        self.layouts.next_chunk();
    }

    fn chunk(&mut self, bytes: &[u8], offset: u64, sink: &mut dyn Sink) -> Coverage {
        let mut coverage = Coverage::default();
        let problem = |reason| Problem { offset, reason, lost: 0 };
        let Ok(header) = EvtxChunkHeader::from_bytes(bytes) else {
            if bytes.iter().any(|&byte| byte != 0) {
                coverage.unrecognised += 1;
                coverage.add(problem(if bytes.len() < CHUNK_HEADER_SIZE {
                    Reason::ChunkCut(bytes.len() as u32)
                } else {
                    Reason::NotAChunk
                }));
            }
            return coverage;
        };
        coverage.chunks += 1;
        let cut = bytes.len() < CHUNK_SIZE as usize;
        if is_checked(&header) && header.header_chunk_checksum != header_checksum(bytes) {
            coverage.add(problem(Reason::ChunkHeaderChecksum));
        }
        self.next_chunk();
        let budget = Cell::new(Budget::CHUNK);
        let mut walk = Walk::new(self, bytes, &budget, offset, &header);
        if cut {
            coverage.add(problem(Reason::ChunkCut(bytes.len() as u32)));
        } else if !walk.intact {
            coverage.add(problem(Reason::ChunkChecksum));
        }
        walk.records(sink, &mut coverage);
        let (seen, read) = (walk.seen, walk.read);
        coverage.records += read;
        coverage.declared.extend(declared(&header, offset));
        let declared: u64 = coverage.declared.iter().map(|run| run.next - run.first).sum();
        if declared > seen {
            let lost = declared - seen;
            // In a cut or broken chunk the missing records have a reason already: it gets the number.
            match coverage.problems.iter_mut().rev().find(|problem| problem.offset == offset) {
                Some(problem) => {
                    problem.lost += lost;
                    coverage.lost += lost;
                }
                None => coverage.add(Problem { offset, reason: Reason::RecordsMissing, lost }),
            }
        }
        coverage
    }

    /// Finds the records that start at the given offsets of a chunk, for a second look at them.
    pub fn find(&mut self, bytes: &[u8], chunk_offset: u64, offsets: &[u64], sink: &mut dyn Sink) {
        self.next_chunk();
        let budget = Cell::new(Budget::CHUNK);
        for &offset in offsets {
            let at = offset.saturating_sub(chunk_offset) as usize;
            if let Ok((content, _)) = frame(bytes, at)
                && let Ok((head, body)) =
                    self.templates.read(&mut self.names, bytes, &self.layouts, &budget, content, at)
            {
                sink.record(&Record::new(head.resolve(&self.names), offset, Body::Evtx(body)));
            }
        }
    }
}

/// Whether the chunk has checksums.
fn is_checked(header: &EvtxChunkHeader) -> bool {
    !header.flags.contains(ChunkFlags::NO_CRC32)
}

/// CRC32 of a chunk header: all of it but its flags and the checksum itself.
fn header_checksum(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..120]);
    hasher.update(&bytes[128..CHUNK_HEADER_SIZE]);
    hasher.finalize()
}

/// The records that the header of the chunk at `offset` declares; `None` where its numbers make no sense. Ids would not
/// do: in a log that was exported by a query, some are left out.
fn declared(header: &EvtxChunkHeader, offset: u64) -> Option<Declared> {
    let (first, last) = (header.first_event_record_number, header.last_event_record_number);
    // An empty chunk has no last record.
    let next = if last == u64::MAX && first != last { first } else { last.checked_add(1)? };
    let is_possible = next.checked_sub(first)? <= CHUNK_SIZE / SMALLEST_RECORD;
    let end = offset + CHUNK_SIZE;
    is_possible.then_some(Declared { start: offset, end, first, next, last_id: header.last_event_record_id })
}

/// The content of the record that starts at `at`, and where the record ends.
fn frame(bytes: &[u8], at: usize) -> Result<(std::ops::Range<usize>, usize), Reason> {
    let header = bytes.get(at..at + 24).ok_or(Reason::NotARecord)?;
    if !header.starts_with(RECORD_MAGIC) {
        return Err(Reason::NotARecord);
    }
    let claimed = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    let size = claimed as usize;
    if size < RECORD_FRAME || size > bytes.len() - at {
        return Err(Reason::RecordSize(claimed));
    }
    Ok((at + 24..at + size - 4, at + size))
}

/// The next record that lies whole between two places: where it starts, its content, and where it ends.
fn next_whole(bytes: &[u8], from: usize, end: usize) -> Option<(usize, std::ops::Range<usize>, usize)> {
    let mut from = from;
    loop {
        let hit = bytes.get(from..end)?.windows(4).position(|window| window == RECORD_MAGIC)?;
        let at = from + hit;
        if let Ok((content, next)) = frame(bytes, at)
            && next <= end
            && bytes[content.end..next] == bytes[at + 4..at + 8]
        {
            return Some((at, content, next));
        }
        from = at + 1;
    }
}

/// The walk over the records of one chunk.
struct Walk<'r, 'c> {
    reader: &'r mut Reader,
    bytes: &'c [u8],
    /// What reading the chunk's records may still cost.
    budget: &'c Cell<usize>,
    offset: u64,
    header: &'c EvtxChunkHeader,
    /// The checksum of the records fits, so that a record whose head is well has a well body.
    intact: bool,
    /// Records that were there, read or not.
    seen: u64,
    /// Records that were read.
    read: u64,
}

impl<'r, 'c> Walk<'r, 'c> {
    fn new(
        reader: &'r mut Reader,
        bytes: &'c [u8],
        budget: &'c Cell<usize>,
        offset: u64,
        header: &'c EvtxChunkHeader,
    ) -> Walk<'r, 'c> {
        let records = bytes.get(CHUNK_HEADER_SIZE..header.free_space_offset as usize);
        let is_right = |records| !is_checked(header) || header.events_checksum == crc32::hash(records);
        let intact = records.is_some_and(is_right);
        Walk { reader, bytes, budget, offset, header, intact, seen: 0, read: 0 }
    }

    /// From record to record up to the free space. Where a record is broken, the walk goes on at the next one that fits
    /// the chunk; a wrapped log's chunk can hold records of its last round, whose ids lie outside the chunk's range.
    /// Gives where it ended.
    fn records(&mut self, sink: &mut dyn Sink, coverage: &mut Coverage) -> usize {
        let end = (self.header.free_space_offset as usize).min(self.bytes.len());
        let mut at = CHUNK_HEADER_SIZE;
        while at < end {
            match frame(self.bytes, at) {
                Ok((content, next)) => {
                    self.seen += 1;
                    let id = u64::from_le_bytes(self.bytes[at + 8..at + 16].try_into().unwrap_or_default());
                    if let Err(reason) = self.record(content, at, sink) {
                        coverage.add(Problem { offset: self.offset + at as u64, reason, lost: 1 });
                    }
                    // Behind the last record, a chunk whose checksum is wrong may hold records of the log's last round.
                    if id == self.header.last_event_record_id && !self.intact {
                        return next;
                    }
                    at = next;
                }
                Err(reason) => {
                    let blank = self.bytes[at..].iter().take(24).all(|&byte| byte == 0);
                    let next = self.resume(at + 1, end);
                    // Zeroes up to the end are free space that the header does not know of.
                    if next.is_some() || !(blank || end - at < 24) {
                        coverage.add(Problem { offset: self.offset + at as u64, reason, lost: 0 });
                    }
                    match next {
                        Some(next) => at = next,
                        None => return at,
                    }
                }
            }
        }
        at
    }

    fn record(&mut self, content: std::ops::Range<usize>, at: usize, sink: &mut dyn Sink) -> Result<(), Reason> {
        let reader = &mut *self.reader;
        let (names, templates, layouts) = (&mut reader.names, &mut reader.templates, &reader.layouts);
        let (head, body) = templates.read(names, self.bytes, layouts, self.budget, content, at)?;
        let record = Record::new(head.resolve(&reader.names), self.offset + at as u64, Body::Evtx(body));
        if !self.intact
            && let (_, Some(reason)) = record.read()
        {
            return Err(reason);
        }
        self.read += 1;
        sink.record(&record);
        Ok(())
    }

    /// Where the next whole record of this chunk starts, at or after `from`.
    fn resume(&self, from: usize, end: usize) -> Option<usize> {
        let ids = self.header.first_event_record_id..=self.header.last_event_record_id;
        let mut from = from;
        loop {
            let (at, ..) = next_whole(self.bytes, from, end)?;
            if ids.contains(&u64::from_le_bytes(self.bytes[at + 8..at + 16].try_into().unwrap_or_default())) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

/// A head whose names are still symbols.
struct RawHead {
    provider: u32,
    channel: u32,
    computer: u32,
    event_id: u32,
    level: crate::event::Level,
    time: crate::event::Time,
    record_id: u64,
}

impl RawHead {
    fn resolve(self, names: &Names) -> Head<'_> {
        Head {
            provider: names.name(self.provider),
            channel: names.name(self.channel),
            computer: names.name(self.computer),
            event_id: self.event_id,
            level: self.level,
            time: self.time,
            record_id: self.record_id,
        }
    }
}
