//! What every reader gives: records, and the account of what could not be read.

#[path = "account.rs"]
mod account;
#[path = "evtx/mod.rs"]
pub mod evtx;

use std::cell::OnceCell;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::{Event, Field, Head, Name};
pub use account::{Account, Closed, Declared, Doubt};
use evtx::Shape;

/// Takes the records that a reader finds.
pub trait Sink {
    /// One record, in the order of the file.
    fn record(&mut self, record: &Record<'_>);
}

/// A reader that needs the bytes of its file in their order, and keeps what is unfinished itself.
pub trait Sequential {
    /// Reads the next bytes of the file, as many as there are. Gives the account of what came to an end with them.
    fn slice(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Coverage;

    /// Reads what is left when there are no more bytes.
    fn finish(&mut self, sink: &mut dyn Sink) -> Coverage;

    /// The name of a symbol in the heads of its records.
    fn name(&self, symbol: u32) -> Name<'_>;
}

impl<S: Sequential + ?Sized> Sequential for Box<S> {
    fn slice(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Coverage {
        (**self).slice(bytes, sink)
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Coverage {
        (**self).finish(sink)
    }

    fn name(&self, symbol: u32) -> Name<'_> {
        (**self).name(symbol)
    }
}

/// A record that was found: its head is read, the rest is read when asked for.
pub struct Record<'a> {
    /// What decides whether the rest is wanted.
    pub head: Head<'a>,
    /// Where the record starts in its file, in bytes.
    pub offset: u64,
    /// The log has given it up: it was asked for.
    pub carved: bool,
    body: Body<'a>,
    shape: OnceCell<Option<Shape<'a>>>,
}

/// The rest of a record.
enum Body<'a> {
    Evtx(evtx::RecordBody<'a>),
    /// Reads the fields, where a reader keeps no shapes.
    Fields(&'a dyn Fn() -> Vec<Field<'a>>),
}

impl<'a> Record<'a> {
    fn new(head: Head<'a>, offset: u64, body: Body<'a>) -> Record<'a> {
        Record { head, offset, carved: false, body, shape: OnceCell::new() }
    }

    /// The same record as one that its log has given up.
    pub fn carved(self) -> Record<'a> {
        Record { carved: true, ..self }
    }

    /// A record that is read whole: `fields` gives those of `System` beyond the head, then its data.
    pub fn read_whole(head: Head<'a>, offset: u64, fields: &'a dyn Fn() -> Vec<Field<'a>>) -> Record<'a> {
        Record::new(head, offset, Body::Fields(fields))
    }

    /// Where the record's fields are, for reading some of them; `None` where only [`Record::read`] can tell.
    pub fn shape(&self) -> Option<&Shape<'a>> {
        let Body::Evtx(body) = &self.body else { return None };
        self.shape.get_or_init(|| body.shape()).as_ref()
    }

    /// Reads the whole record: what could be read of it, and why that is not all.
    pub fn read(&self) -> (Event<'_>, Option<Reason>) {
        let (fields, problem) = match &self.body {
            Body::Fields(fields) => (fields(), None),
            Body::Evtx(body) => match self.shape().map(Shape::read_all) {
                Some(Ok(fields)) => (fields, None),
                _ => {
                    let mut fields = Vec::new();
                    let problem = body.walk(&mut fields).err();
                    (fields, problem.map(Reason::from))
                }
            },
        };
        (Event { head: self.head, fields }, problem)
    }
}

/// The account of reading a file or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Records that were read.
    pub records: u64,
    /// Records that are known to have been there and could not be read.
    pub lost: u64,
    /// Records that the log had given up already and that were read because somebody asked for them.
    pub carved: u64,
    /// Records that were left out because another file has them too.
    pub repeated: u64,
    /// Parts of the log that hold records (for .evtx: chunks in use).
    pub chunks: u64,
    /// How many problems there were.
    pub problem_count: u64,
    /// The first [`Coverage::MAX_PROBLEMS`] of them, by offset.
    pub problems: Vec<Problem>,
    /// The records that headers declare, by offset: [`Account`] compares them with those that were read. Of a log that
    /// breaks into more than [`Coverage::MAX_DECLARED`] runs, the others are left out, so that no account adds up.
    pub declared: Vec<Declared>,
    /// What the file header says of the log's ends.
    pub closed: Option<Closed>,
    /// Parts of the file where a chunk should be and that are none, nor unused.
    pub unrecognised: u64,
}

impl Coverage {
    /// How many problems are kept one by one; the others are only counted.
    pub const MAX_PROBLEMS: usize = 200;
    /// How many runs of records that headers declare are kept.
    pub const MAX_DECLARED: usize = 10_000;

    /// Takes a problem to the account.
    pub fn add(&mut self, problem: Problem) {
        self.lost += problem.lost;
        self.problem_count += 1;
        let place = self.problems.partition_point(|other| *other <= problem);
        self.problems.insert(place, problem);
        self.problems.truncate(Self::MAX_PROBLEMS);
    }

    /// Adds the account of another part of the same file.
    pub fn merge(&mut self, other: Coverage) {
        self.records += other.records;
        self.lost += other.lost;
        self.carved += other.carved;
        self.repeated += other.repeated;
        self.chunks += other.chunks;
        self.problem_count += other.problem_count;
        self.problems.extend(other.problems);
        self.problems.sort_unstable();
        self.problems.truncate(Self::MAX_PROBLEMS);
        if !other.declared.is_empty() {
            self.declared.extend(other.declared);
            self.declared.sort_unstable();
            self.declared.dedup_by(|behind, run| run.join(behind));
            self.declared.truncate(Self::MAX_DECLARED);
        }
        self.closed = self.closed.or(other.closed);
        self.unrecognised += other.unrecognised;
    }
}

/// Something that could not be read, or not be trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// Where in the file, in bytes.
    pub offset: u64,
    /// What is wrong there.
    pub reason: Reason,
    /// How many records it costs, as far as that is known.
    pub lost: u64,
}

/// What can be wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// The file header is not one; the log was read without it.
    FileHeader,
    /// The file header's checksum does not fit its content.
    FileHeaderChecksum,
    /// The file ends before the given chunk, which its header says was written last.
    FileCut(u64),
    /// Neither a chunk nor unused space.
    NotAChunk,
    /// The chunk header's checksum does not fit its content.
    ChunkHeaderChecksum,
    /// The checksum of the chunk's records does not fit them.
    ChunkChecksum,
    /// The file ends inside this chunk, after the given number of bytes.
    ChunkCut(u32),
    /// No record where one should start.
    NotARecord,
    /// The chunk's header declares more records than it holds.
    RecordsMissing,
    /// By the numbers of their records, there were chunks here that are gone.
    ChunksMissing,
    /// The record claims a size that it cannot have.
    RecordSize(u32),
    /// The file ends inside this record, and its end is not where a wrapped log would have it.
    RecordCut,
    /// The file header says that the log was closed, and is older than the log's end record.
    HeaderStale,
    /// No end record stands behind the log's newest record.
    EndMissing,
    /// Neither an end record nor the file header tells how many records there should be.
    CountUnknown,
    /// The log holds fewer records than its end record or header declares.
    LogIncomplete,
    /// The log holds so many records more than its end record or header declares.
    RecordsSurplus(u64),
    /// The record's content breaks off or is malformed; what was being read.
    RecordContent(String),
    /// The browser or the system could not read this part of the file; its message.
    Unreadable(String),
    /// Some of the file's records may be in another file too, and there are too many to tell.
    TooManyToCompare,
    /// Reading was cancelled before so many bytes of the file.
    Cancelled(u64),
    /// An event of an export that another one, or the end of the file, cuts off.
    EventCut,
    /// An event of an export with more text than an event can have.
    EventTooLong,
    /// Something between the events of an export that does not belong there.
    NotAnEvent,
    /// The file ends before the end of the element that is around its events.
    ExportCut,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::FileHeader => f.write_str("the file header is damaged; the log was read without it"),
            Reason::FileHeaderChecksum => f.write_str("the file header's checksum is wrong"),
            Reason::FileCut(last) => {
                write!(f, "the file ends too early: its header says that chunk {last} was written last")
            }
            Reason::NotAChunk => f.write_str("no chunk where one should be"),
            Reason::ChunkHeaderChecksum => {
                f.write_str("the chunk header's checksum is wrong; the chunk was read anyway")
            }
            Reason::ChunkChecksum => f.write_str("the checksum of the chunk's records is wrong; they were read anyway"),
            Reason::ChunkCut(bytes) => write!(f, "the file ends inside this chunk, after {bytes} of 65536 bytes"),
            Reason::NotARecord => f.write_str("no record where one should start"),
            Reason::RecordsMissing => f.write_str("the chunk holds fewer records than its header says"),
            Reason::ChunksMissing => f.write_str("by the record numbers around it, chunks are missing here"),
            Reason::RecordSize(size) => write!(f, "the record claims an impossible size of {size} bytes"),
            Reason::RecordCut => f.write_str("the file ends inside this record"),
            Reason::HeaderStale => {
                f.write_str("the file header is older than the log, though it says that the log was closed")
            }
            Reason::EndMissing => {
                f.write_str("the log's end record is missing; every whole record of the file was read")
            }
            Reason::CountUnknown => f.write_str("how many records the log should have is not known"),
            Reason::LogIncomplete => f.write_str("the log holds fewer records than it declares"),
            Reason::RecordsSurplus(count) => {
                write!(f, "the log holds {count} records more than it declares; they were read anyway")
            }
            Reason::RecordContent(what) => write!(f, "the record's content is malformed: {what}"),
            Reason::Unreadable(message) => write!(f, "this part of the file could not be read: {message}"),
            Reason::TooManyToCompare => {
                f.write_str("there are too many records that may be in other files too: some may be counted twice")
            }
            Reason::Cancelled(bytes) => write!(f, "reading was cancelled; {bytes} bytes of the file were not read"),
            Reason::EventCut => f.write_str("the event breaks off before its end"),
            Reason::EventTooLong => f.write_str("the event has more text than an event can have"),
            Reason::NotAnEvent => f.write_str("something that belongs to no event"),
            Reason::ExportCut => f.write_str("the file ends too early: the list of events has no end"),
        }
    }
}
