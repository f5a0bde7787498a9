//! The file around the chunks.

use std::fmt;
use std::io::{self, Cursor, Seek, SeekFrom, Write};

use crate::chunk::{CHUNK_SIZE, Chunk, NotAdded, ROOM};
use crate::event::Event;
use crate::template::Templates;

/// The file header's block.
const HEADER_SIZE: usize = 4096;

/// Why an event was not written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be written.
    Io(io::Error),
    /// The record does not fit even in a chunk of its own: with the names and templates that it needs it has this many
    /// bytes, and a chunk has room for 65,016. Nothing of it was written, and the next event can be.
    RecordTooLarge(usize),
    /// A single value, name or text has this many bytes, more than its 16-bit length can say. Nothing of the record
    /// was written, and the next event can be.
    ValueTooLong(usize),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(f, "cannot write the log: {error}"),
            Error::RecordTooLarge(size) => write!(f, "a record of {size} bytes fits in no chunk"),
            Error::ValueTooLong(size) => write!(f, "a value of {size} bytes is too long for a record"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// Writes a log, event by event. Only the chunk being filled is in memory.
///
/// ```
/// use log_writer::{Event, EvtxWriter};
///
/// let mut writer = EvtxWriter::new(std::io::Cursor::new(Vec::new()))?;
/// for _ in 0..1000 {
///     writer.write(&Event::service_control_manager(7036).param("Windows Update").param("running"))?;
/// }
/// let log = writer.finish()?.into_inner();
/// assert!(log.len() > 100_000);
/// # Ok::<(), log_writer::Error>(())
/// ```
pub struct EvtxWriter<W: Write + Seek> {
    out: W,
    /// Where the file starts in `out`.
    start: u64,
    chunk: Chunk,
    templates: Templates,
    /// The chunks written.
    chunks: u64,
    /// The records in them.
    records: u64,
    next_record_id: u64,
    dirty: bool,
    stale_header: bool,
}

impl<W: Write + Seek> EvtxWriter<W> {
    /// Starts a log at the current position of `out`.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn new(mut out: W) -> Result<EvtxWriter<W>, Error> {
        let start = out.stream_position()?;
        out.write_all(&[0; HEADER_SIZE])?;
        Ok(EvtxWriter {
            out,
            start,
            chunk: Chunk::new(),
            templates: Templates::default(),
            chunks: 0,
            records: 0,
            next_record_id: 1,
            dirty: false,
            stale_header: false,
        })
    }

    /// Marks the log as one that was not closed, like a copy of a log in use. Its header is right otherwise.
    pub fn mark_dirty(&mut self) {
        self.dirty = true;
    }

    /// Marks the log as one that was not closed and leaves its header as it was when the log was made, with one chunk
    /// and no record: what is found after a power failure.
    pub fn leave_header_stale(&mut self) {
        self.dirty = true;
        self.stale_header = true;
    }

    /// Writes one event and returns its record id.
    ///
    /// # Errors
    /// When the event has no room in a chunk of its own, and when the output cannot be written.
    pub fn write(&mut self, event: &Event) -> Result<u64, Error> {
        let record_id = event.record_id.unwrap_or(self.next_record_id);
        if let Some(size) = self.add(event, record_id)? {
            // A new chunk has fewer templates and needs more room.
            if size > ROOM {
                return Err(Error::RecordTooLarge(size));
            }
            self.write_chunk()?;
            if let Some(size) = self.add(event, record_id)? {
                return Err(Error::RecordTooLarge(size));
            }
        }
        self.next_record_id = record_id.wrapping_add(1);
        Ok(record_id)
    }

    /// The size that the log has so far, with the chunk being filled counted by what is in it.
    pub fn size(&self) -> u64 {
        (HEADER_SIZE + self.chunk.len()) as u64 + self.chunks * CHUNK_SIZE as u64
    }

    /// Writes what is left, the header included, and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> Result<W, Error> {
        if self.chunks == 0 || !self.chunk.is_empty() {
            self.write_chunk()?;
        }
        let end = self.out.stream_position()?;
        let header = self.header();
        self.out.seek(SeekFrom::Start(self.start))?;
        self.out.write_all(&header)?;
        self.out.seek(SeekFrom::Start(end))?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Adds the event to the chunk, or says how many bytes it needs there when that is too many.
    fn add(&mut self, event: &Event, record_id: u64) -> Result<Option<usize>, Error> {
        match self.chunk.add(event, record_id, &mut self.templates) {
            Ok(()) => Ok(None),
            Err(NotAdded::NoRoom(size)) => Ok(Some(size)),
            Err(NotAdded::TooLong(size)) => Err(Error::ValueTooLong(size)),
        }
    }

    fn write_chunk(&mut self) -> Result<(), Error> {
        let records = self.chunk.records();
        self.out.write_all(self.chunk.finish(self.records + 1))?;
        self.chunks += 1;
        self.records += records;
        self.chunk.clear();
        self.templates.forget_if_many();
        Ok(())
    }

    fn header(&self) -> [u8; 128] {
        let (chunks, next_record_id) = match self.stale_header {
            true => (1, 1),
            false => (self.chunks, self.next_record_id),
        };
        let mut header = [0; 128];
        header[..8].copy_from_slice(b"ElfFile\0");
        header[16..24].copy_from_slice(&(chunks - 1).to_le_bytes());
        header[24..32].copy_from_slice(&next_record_id.to_le_bytes());
        header[32..36].copy_from_slice(&128_u32.to_le_bytes());
        header[36..38].copy_from_slice(&1_u16.to_le_bytes());
        header[38..40].copy_from_slice(&3_u16.to_le_bytes());
        header[40..42].copy_from_slice(&4096_u16.to_le_bytes());
        // The count has 16 bits: of logs from 4 GiB on, it says the low ones.
        header[42..44].copy_from_slice(&chunks.to_le_bytes()[..2]);
        let crc = crc32fast::hash(&header[..120]);
        header[120..124].copy_from_slice(&u32::from(self.dirty).to_le_bytes());
        header[124..].copy_from_slice(&crc.to_le_bytes());
        header
    }
}

/// A log with `events`, in memory.
///
/// # Panics
/// If an event fits in no chunk; [`EvtxWriter`] says so with an error.
pub fn evtx(events: impl IntoIterator<Item = Event>) -> Vec<u8> {
    let write = || -> Result<Vec<u8>, Error> {
        let mut writer = EvtxWriter::new(Cursor::new(Vec::new()))?;
        for event in events {
            writer.write(&event)?;
        }
        Ok(writer.finish()?.into_inner())
    };
    write().unwrap_or_else(|error| panic!("{error}"))
}
