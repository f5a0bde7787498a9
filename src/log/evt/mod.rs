//! The event log format of Windows NT 3.1 to Server 2003 (.evt).
//!
//! A file is a header of 48 bytes and records of any size (EVENTLOGRECORD, MS-EVEN 2.2.3). Behind the newest record
//! stands the end record, which says where the oldest one is. A log that has reached its greatest size goes on behind
//! its header, over its oldest records: the records then run from the oldest to the file's end and on behind the
//! header, and the file's end may cut one in two. What is left between the newest record and the oldest is slack. Facts
//! beyond MS-EVEN are from "Event Log File Format" in Microsoft's documentation (ELF_LOGFILE_HEADER, ELF_EOF_RECORD)
//! and from libevt's.
//!
//! A file is read once, in its own order. The end record tells where the oldest record is before that place comes,
//! unless the log starts shortly behind the header: so what stands there waits for the end record. The header counts
//! only where there is no end record, which is as well: of a log that was copied while in use it is older than the
//! records.

mod record;

use serde::{Deserialize, Serialize};

use super::{Coverage, Declared, Problem, Reason, Record, Sequential, Sink};
use crate::event::{Head, Name, Names};
use record::{Content, FIXED_SIZE, u32_at};

/// Bytes of the file header; records follow it.
pub const HEADER_SIZE: u64 = 48;
/// A record has fewer bytes than this (MAX_SINGLE_EVENT, MS-EVEN 6).
pub const MAX_RECORD: usize = 1 << 18;
/// Bytes of the end record.
const END_SIZE: usize = 40;
/// What stands behind the size of a header or a record.
const MAGIC: [u8; 4] = *b"LfLe";
/// What stands behind the size of an end record: `[0x11; 4]`, `[0x22; 4]` and so on.
const END_MAGIC: [u8; 4] = [0x11; 4];
/// Fills the file's end where a record's fixed part had no room.
const FILLER: u8 = 0x27;

/// What the file header says about the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The log was not closed cleanly; its header is older than its records.
    pub dirty: bool,
    /// What is wrong with the header itself.
    pub problem: Option<Problem>,
}

impl Header {
    /// Whether a file that starts with `start` (a few KiB, or all of it) is an .evt log, and what its header says.
    ///
    /// A log with a destroyed header is recognised by a whole record or end record in its first bytes.
    pub fn recognise(start: &[u8]) -> Option<Header> {
        let size = Some(HEADER_SIZE as u32);
        if u32_at(start, 0) == size && start.get(4..8)? == MAGIC {
            return Some(Header { dirty: is_dirty(start), problem: None });
        }
        let is_one =
            |at: &usize| record_size(&start[*at..]).is_some() || End::read(&start[*at..], *at as u64).is_some();
        let problem = Problem { offset: 0, reason: Reason::FileHeader, lost: 0 };
        (0..start.len()).find(is_one).map(|_| Header { dirty: false, problem: Some(problem) })
    }
}

/// ELF_LOGFILE_HEADER_DIRTY.
fn is_dirty(header: &[u8]) -> bool {
    header.get(36).is_some_and(|flags| flags & 1 != 0)
}

/// The size of the whole record that `bytes` start with.
fn record_size(bytes: &[u8]) -> Option<usize> {
    let size = claimed_size(bytes)?;
    (u32_at(bytes, size - 4) == u32_at(bytes, 0)).then_some(size)
}

/// The size that a record at the start of `bytes` claims, if a record can have it.
fn claimed_size(bytes: &[u8]) -> Option<usize> {
    let size = u32_at(bytes, 0)? as usize;
    (bytes.get(4..8)? == MAGIC && (FIXED_SIZE + 4..MAX_RECORD).contains(&size)).then_some(size)
}

/// What an end record says, or a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    /// Where the oldest record starts.
    begin: u64,
    /// Where the end record is.
    place: u64,
    /// The number of the record that would come next.
    next: u32,
    /// The number of the oldest record.
    oldest: u32,
}

impl End {
    /// The end record that `bytes` start with, if it says that it is where it is.
    fn read(bytes: &[u8], place: u64) -> Option<End> {
        let bytes = bytes.get(..END_SIZE)?;
        let marks = (1..=4).all(|mark| bytes[4 * mark..][..4] == [mark as u8 * 0x11; 4]);
        let sizes = u32_at(bytes, 0)? == END_SIZE as u32 && u32_at(bytes, 36)? == END_SIZE as u32;
        Self::values(bytes, 20).filter(|end| marks && sizes && end.place == place)
    }

    fn values(bytes: &[u8], at: usize) -> Option<End> {
        let value = |number: usize| u32_at(bytes, at + 4 * number);
        Some(End { begin: value(0)?.into(), place: value(1)?.into(), next: value(2)?, oldest: value(3)? })
    }

    /// Whether a place lies behind the newest record and not yet at the oldest.
    fn is_slack(&self, place: u64) -> bool {
        match self.begin > self.place {
            true => (self.place..self.begin).contains(&place),
            false => !(self.begin..self.place).contains(&place),
        }
    }

    /// How many records the log has; `None` if a file of that size cannot have so many.
    fn declared(&self, size: u64) -> Option<u64> {
        let count = if self.oldest == 0 { 0 } else { self.next.checked_sub(self.oldest)?.into() };
        (count <= size / FIXED_SIZE as u64).then_some(count)
    }
}

/// What stands at a place of the file.
enum Found {
    /// A whole record of so many bytes, of which the file may have the last ones behind its header.
    Record(usize),
    /// An end record.
    End(End),
    /// So many bytes without meaning.
    Filler(usize),
    /// More bytes are needed to tell.
    Unfinished,
    /// None of these, and why.
    Nothing(Reason),
}

/// Reads a log in consecutive slices.
///
/// A log does not name its channel. The source of a record does where only one log takes it (Service Control Manager
/// and EventLog write to System, Security to Security); of other records the file's name must tell, if it is the one
/// that Windows or people give the System, Application or Security log. Else the channel is empty.
pub struct Reader {
    names: Names,
    /// The symbols of the channels: System, Security, and the one that the file's name tells.
    channels: [u32; 3],
    /// Of the whole file.
    size: u64,
    carve: bool,
    /// What the header says, unless it calls itself old or is none.
    header: Option<End>,
    /// The last bytes that were given, as far as they are not understood yet, and where they start.
    rest: Vec<u8>,
    at: u64,
    /// The first bytes behind the header.
    start: Vec<u8>,
    /// Where the first record or end record is. What stands before it is the end of a record that the file's end cuts.
    first: Option<u64>,
    /// How many bytes of it a record has taken.
    joined: usize,
    /// Records of `start` that wait for the end record: their places and sizes.
    waiting: Vec<(u64, usize)>,
    /// What came last was understood.
    in_step: bool,
    end: Option<End>,
    /// Records of the log that were read.
    records: u64,
}

impl Sequential for Reader {
    fn slice(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Coverage {
        self.slice_at(bytes, self.at + self.rest.len() as u64, sink)
    }

    /// Gives what waited when the last slice was read, and says whether these are all records that the log should have.
    fn finish(&mut self, sink: &mut dyn Sink) -> Coverage {
        let mut coverage = Coverage::default();
        self.give_waiting(sink, &mut coverage);
        let mut add = |offset, reason| coverage.add(Problem { offset, reason, lost: 0 });
        let first = self.first.unwrap_or(self.size).max(HEADER_SIZE);
        let is_slack = self.end.is_some_and(|end| (first..=end.place).contains(&end.begin));
        if HEADER_SIZE + (self.joined as u64) < first && !is_slack {
            add(HEADER_SIZE + self.joined as u64, Reason::NotARecord);
        }
        if self.end.is_none() {
            add(self.size, Reason::EndMissing);
        }
        if self.header.is_some_and(|header| self.end.is_some_and(|end| end != header)) {
            add(0, Reason::HeaderStale);
        }
        self.count(&mut coverage);
        self.asked_for(coverage)
    }

    fn name(&self, symbol: u32) -> Name<'_> {
        self.names.name(symbol)
    }
}

impl Reader {
    /// A reader of a file with the given size in bytes and name.
    pub fn new(size: u64, file_name: &str) -> Reader {
        let mut names = Names::default();
        let channels = ["System", "Security", channel_of(file_name)].map(|channel| names.intern(channel));
        Reader {
            names,
            channels,
            size,
            carve: false,
            header: None,
            rest: Vec::new(),
            at: 0,
            start: Vec::new(),
            first: None,
            joined: 0,
            waiting: Vec::new(),
            in_step: true,
            end: None,
            records: 0,
        }
    }

    /// Gives the whole records of the slack instead of the log's: what an earlier round of it left, and copies of records
    /// that moved when the log grew. They are counted as [`Coverage::carved`], and nothing else is.
    pub fn carve(self) -> Reader {
        Reader { carve: true, ..self }
    }

    /// Reads the next bytes of the file, which start at `offset`. A slice that could not be read is left out.
    pub fn slice_at(&mut self, bytes: &[u8], offset: u64, sink: &mut dyn Sink) -> Coverage {
        let mut coverage = Coverage::default();
        if offset != self.at + self.rest.len() as u64 {
            self.rest.clear();
            (self.at, self.in_step) = (offset, false);
            self.first.get_or_insert(offset);
        }
        // A file that has grown since is read as it was.
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let bytes = &bytes[..bytes.len().min(left)];
        self.keep_start(bytes, offset);
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(bytes);
        let understood = self.walk(&rest, sink, &mut coverage);
        rest.drain(..understood);
        self.at += understood as u64;
        self.rest = rest;
        self.asked_for(coverage)
    }

    /// Of what is carved, all but the number is in the log's own account.
    fn asked_for(&self, coverage: Coverage) -> Coverage {
        match self.carve {
            true => Coverage { carved: coverage.carved, ..Coverage::default() },
            false => coverage,
        }
    }

    /// Compares the records that were read with those that there should be.
    fn count(&self, coverage: &mut Coverage) {
        let end = self.end.or(self.header);
        let declared = end.and_then(|end| end.declared(self.size));
        if let (Some(end), Some(declared)) = (end, declared) {
            let (first, next) = (end.oldest.into(), u64::from(end.oldest) + declared);
            coverage.declared.push(Declared { start: 0, end: 0, first, next, last_id: next.saturating_sub(1) });
        }
        let (reason, lost) = match declared {
            None => (Reason::CountUnknown, 0),
            Some(declared) if declared > self.records => (Reason::LogIncomplete, declared - self.records),
            Some(declared) if declared < self.records => (Reason::RecordsSurplus(self.records - declared), 0),
            Some(_) => return,
        };
        coverage.add(Problem { offset: end.map_or(self.size, |end| end.place), reason, lost });
    }

    /// Finds one record for a second look at it. `bytes` are those of the file from the record's `offset` on: as many
    /// as [`MAX_RECORD`], and where the file ends before that, then those behind its header.
    pub fn find(&mut self, bytes: &[u8], offset: u64, sink: &mut dyn Sink) {
        if let Some(size) = claimed_size(bytes)
            && let Some(content) = bytes.get(..size).and_then(Content::new)
        {
            self.record(content, offset, sink);
        }
    }

    /// From record to record; gives how many bytes are understood.
    fn walk(&mut self, bytes: &[u8], sink: &mut dyn Sink, coverage: &mut Coverage) -> usize {
        let mut at = 0;
        if self.at == 0 {
            let Some(header) = bytes.get(..HEADER_SIZE as usize) else { return 0 };
            if header[4..8] == MAGIC && !is_dirty(header) {
                self.header = End::values(header, 16);
            }
            at = header.len();
        }
        while at < bytes.len() {
            let place = self.at + at as u64;
            match self.found(&bytes[at..], place) {
                Found::Record(size) => {
                    self.take(&bytes[at..], size, place, sink, coverage);
                    at = bytes.len().min(at + size);
                }
                Found::End(end) => {
                    if End::read(&bytes[at..], place).is_none() {
                        coverage.add(Problem { offset: place, reason: Reason::EndMissing, lost: 0 });
                    }
                    // What the slack holds of an earlier end record says nothing.
                    if self.end.is_none_or(|known| known.next < end.next) {
                        self.end = Some(end);
                    }
                    self.give_waiting(sink, coverage);
                    at = bytes.len().min(at + END_SIZE);
                }
                Found::Filler(size) => at += size,
                Found::Unfinished => break,
                Found::Nothing(reason) => {
                    self.pass_over(place, reason, coverage);
                    at = self.resume(bytes, at + 1);
                    continue;
                }
            }
            self.first.get_or_insert(place);
            self.in_step = true;
        }
        at
    }

    fn found(&self, bytes: &[u8], place: u64) -> Found {
        let left = self.size.saturating_sub(place);
        if left < FIXED_SIZE as u64 && (bytes.len() as u64) < left {
            return Found::Unfinished;
        }
        if left < FIXED_SIZE as u64 && bytes.iter().all(|byte| matches!(*byte, 0 | FILLER)) {
            return Found::Filler(bytes.len());
        }
        match bytes.get(4..8) {
            None if left >= 8 => Found::Unfinished,
            Some(magic) if magic == MAGIC => self.found_record(bytes, place),
            Some(magic) if magic == END_MAGIC && bytes.len() < END_SIZE && left >= END_SIZE as u64 => Found::Unfinished,
            _ => match End::read(bytes, place).or(self.end_by_header(place)) {
                Some(end) => Found::End(end),
                None => Found::Nothing(Reason::NotARecord),
            },
        }
    }

    /// What the header says of the log's end, where it says that it is and a record has just come to its own.
    fn end_by_header(&self, place: u64) -> Option<End> {
        self.header.filter(|header| header.place == place && self.first.is_some() && self.in_step)
    }

    fn found_record(&self, bytes: &[u8], place: u64) -> Found {
        let claimed = u32_at(bytes, 0).unwrap_or(0);
        let nothing = Found::Nothing(Reason::RecordSize(claimed));
        let Some(size) = claimed_size(bytes) else { return nothing };
        let end = place + size as u64;
        if self.end.is_some_and(|log| log.is_slack(place) && log.begin > place && end > log.begin) {
            return nothing;
        }
        if let Some(cut) = end.checked_sub(self.size).filter(|cut| *cut > 0) {
            let first = self.first.is_none_or(|first| HEADER_SIZE + cut <= first);
            let size_again = (cut as usize).checked_sub(4).filter(|_| first).and_then(|at| u32_at(&self.start, at));
            return match size_again {
                Some(again) if again == claimed && (bytes.len() as u64) < self.size - place => Found::Unfinished,
                Some(again) if again == claimed => Found::Record(size),
                _ => Found::Nothing(Reason::RecordCut),
            };
        }
        match u32_at(bytes, size - 4) {
            None => Found::Unfinished,
            Some(again) if again == claimed => Found::Record(size),
            Some(_) => nothing,
        }
    }

    /// Keeps the file's first bytes.
    fn keep_start(&mut self, bytes: &[u8], offset: u64) {
        let kept = HEADER_SIZE + self.start.len() as u64;
        let new = kept.checked_sub(offset).and_then(|from| bytes.get(usize::try_from(from).ok()?..));
        let room = MAX_RECORD - self.start.len();
        self.start.extend(new.unwrap_or_default().iter().take(room));
    }

    /// Takes the record of `size` bytes that starts at `place`.
    fn take(&mut self, bytes: &[u8], size: usize, place: u64, sink: &mut dyn Sink, coverage: &mut Coverage) {
        if self.end.is_none() && place + size as u64 <= HEADER_SIZE + self.start.len() as u64 {
            self.waiting.push((place, size));
            return;
        }
        match bytes.get(..size) {
            Some(record) => self.give(record, place, sink, coverage),
            None => {
                self.joined = size - bytes.len();
                let record = [bytes, self.start.get(..self.joined).unwrap_or_default()].concat();
                self.give(&record, place, sink, coverage);
            }
        }
    }

    /// Gives the records that waited for the end record.
    fn give_waiting(&mut self, sink: &mut dyn Sink, coverage: &mut Coverage) {
        let start = std::mem::take(&mut self.start);
        for (place, size) in std::mem::take(&mut self.waiting) {
            let at = (place - HEADER_SIZE) as usize;
            self.give(&start[at..at + size], place, sink, coverage);
        }
        self.start = start;
    }

    /// Gives a record to the sink, unless it is slack.
    fn give(&mut self, record: &[u8], place: u64, sink: &mut dyn Sink, coverage: &mut Coverage) {
        let Some(content) = Content::new(record) else { return };
        let number = content.number();
        // Records that are newer than the end record came after it, when the log was not closed. Of those before it,
        // only those that are older than the oldest are slack.
        let is_slack = |end: End| end.is_slack(place) && number < if place < end.place { end.oldest } else { end.next };
        if self.end.is_some_and(is_slack) != self.carve {
            return;
        }
        match self.carve {
            true => coverage.carved += 1,
            false => {
                coverage.records += 1;
                self.records += 1;
            }
        }
        if let Some(problem) = self.record(content, place, sink) {
            coverage.add(Problem { offset: place, reason: Reason::RecordContent(problem.into()), lost: 0 });
        }
    }

    /// Gives a record to the sink; says what of its content is not within it.
    fn record(&mut self, content: Content<'_>, offset: u64, sink: &mut dyn Sink) -> Option<&'static str> {
        let (source, computer) = content.names();
        let (provider, computer) = (self.names.intern_utf16(source), self.names.intern_utf16(computer));
        let provider = self.names.name(provider);
        let [system, security, named] = self.channels;
        let is = |source: &str| provider.text.eq_ignore_ascii_case(source);
        let channel = match () {
            () if is("Service Control Manager") || is("EventLog") => system,
            () if is("Security") => security,
            () => named,
        };
        let head = Head {
            provider,
            event_id: content.event_id(),
            level: content.level(),
            time: content.time(),
            record_id: content.number().into(),
            channel: self.names.name(channel),
            computer: self.names.name(computer),
        };
        let fields = || content.fields();
        let record = Record::read_whole(head, offset, &fields);
        sink.record(&if self.carve { record.carved() } else { record });
        content.problem()
    }

    /// Where the next record or end record may start, at or after `from`.
    fn resume(&self, bytes: &[u8], from: usize) -> usize {
        // The place of the oldest record is known and need not be searched for.
        let begin = self.end.and_then(|end| usize::try_from(end.begin.checked_sub(self.at)?).ok());
        let stop = begin.filter(|at| *at >= from).unwrap_or(usize::MAX);
        let is_start = |bytes: &[u8]| bytes[4..] == MAGIC || bytes[4..] == END_MAGIC;
        let hit = bytes.get(from..).unwrap_or_default().windows(8).position(is_start);
        let searched = match self.at + bytes.len() as u64 >= self.size {
            true => bytes.len(),
            // A mark may be cut here.
            false => bytes.len().saturating_sub(7).max(from),
        };
        hit.map_or(searched, |hit| from + hit).min(stop).min(bytes.len())
    }

    /// Bytes that are no record: the end of one that the file's end cuts, slack, or a problem.
    fn pass_over(&mut self, place: u64, reason: Reason, coverage: &mut Coverage) {
        if self.first.is_none() && place < HEADER_SIZE + MAX_RECORD as u64 {
            return;
        }
        let is_begin = self.end.is_some_and(|end| end.begin == place);
        if (self.in_step || is_begin) && !self.end.is_some_and(|end| end.is_slack(place)) {
            coverage.add(Problem { offset: place, reason, lost: 0 });
        }
        self.first.get_or_insert(place);
        self.in_step = false;
    }
}

/// The channel that a file's name tells: those of Windows' own logs, and those of logs that people saved.
fn channel_of(file_name: &str) -> &'static str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match stem.to_ascii_lowercase().as_str() {
        "sysevent" | "system" => "System",
        "appevent" | "application" => "Application",
        "secevent" | "security" => "Security",
        _ => "",
    }
}
