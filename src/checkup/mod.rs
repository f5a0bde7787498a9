//! Events and the knowledge base come together: what a log shows, how often, where, and what nobody explains.
//!
//! A log is checked in parts, in any order and by any number of workers. Each part gives a [`Report`]; merging the
//! parts' reports in any order gives the same report ([`Report::merge`] is associative and commutative).

mod again;
mod compare;
mod contents;
mod correlate;
mod findings;
mod in_order;
mod lens;
mod listing;
mod missing;
mod newest;
mod occurrences;
mod part;
mod repeats;
mod stories;
mod tally;
mod unexplained;
mod windows;
mod zone;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::event::{Level, Time};
use crate::kb::{KnowledgeBase, Version};
use crate::log::{self, Account, Coverage, Kind, Problem};
pub use again::{again, carve};
pub use compare::{Change, Compared, Frequency, before_and_after, compare, days, span};
pub use contents::{Contents, is_expected, unreadable};
pub use correlate::Correlated;
pub use findings::{Finding, General};
pub use in_order::{InOrder, Parts, in_order};
pub use listing::{Dictionary, Listed, ListedKind, ListedRecord, Listing, Place};
pub use missing::{NotEvaluated, RecordKind, Why};
pub use newest::Newest;
pub use occurrences::{Occurrence, Occurrences};
pub use part::Checkup;
pub use repeats::{Ids, Keys, overlaps};
pub use stories::{Link, told};
pub use tally::Tally;
pub use unexplained::{Case, Times, Unexplained};
pub use zone::{LogZone, Zones};

/// What was found in some part of some logs, or in all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The files, by the number that their opener gave them.
    pub files: BTreeMap<u32, FileReport>,
    /// The records that articles matched, by the articles that matched them (numbers, ascending).
    pub groups: BTreeMap<Vec<u32>, Group>,
    /// Critical, error and warning records that at least one article matched.
    pub explained: Tally<EventKind>,
    /// Critical, error and warning records that no article matched.
    pub unexplained: Tally<EventKind>,
    /// Examples of these, and when they came.
    pub cases: FxHashMap<EventKind, Case>,
    /// Matches of the articles that correlations and stories watch, by the article's number.
    pub occurrences: BTreeMap<u32, Occurrences>,
    /// The kinds of records that articles were evaluated for, and the names of their fields.
    pub kinds: BTreeMap<RecordKind, BTreeSet<String>>,
}

/// What makes records alike when nothing is known of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventKind {
    /// The provider.
    pub provider: String,
    /// The event id.
    pub event_id: u32,
    /// The level.
    pub level: Level,
}

/// One file, as far as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// Its name, as people know it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes.
    pub size: u64,
    /// Bytes that were read so far.
    pub bytes_read: u64,
    /// The log was not closed cleanly.
    pub dirty: bool,
    /// What was read and what was not.
    pub coverage: Coverage,
    /// Records by level, in the order of [`Level::ALL`].
    pub levels: [u64; 5],
    /// The times of the earliest and the latest record.
    pub span: Option<(Time, Time)>,
    /// The computers whose records it holds.
    pub computers: Tally<String>,
    /// The channels of its records.
    pub channels: Tally<String>,
    /// The Windows version that the latest start-up record names.
    pub windows: Option<(Time, Version)>,
    /// What its records say of the time zone.
    pub zones: Zones,
    /// The ranges of its record ids.
    pub ids: Ids,
}

/// Records that the same articles matched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// How many.
    pub count: u64,
    /// How many of them their logs had given up.
    pub carved: u64,
    /// The times of the earliest and the latest of them.
    pub span: (Time, Time),
    /// For each of the articles, what its `subject` field named.
    pub subjects: Vec<Tally<String>>,
    /// The computers they are from.
    pub computers: Tally<String>,
    /// The files they are in.
    pub files: BTreeMap<u32, u64>,
    /// Where the newest of them are.
    pub evidence: Newest<Evidence>,
}

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// When it was written.
    pub time: Time,
    /// The number of its file.
    pub file: u32,
    /// Where it starts in the file, in bytes.
    pub offset: u64,
    /// Its record id.
    pub record_id: u64,
    /// Its log had given it up.
    pub carved: bool,
}

impl FileReport {
    /// A file of which nothing was read but its first bytes, best [`Kind::START`] of them.
    pub fn open(name: impl Into<String>, size: u64, start: &[u8]) -> FileReport {
        let mut file = FileReport {
            name: name.into(),
            kind: Kind::of(start),
            size,
            bytes_read: 0,
            dirty: false,
            coverage: Coverage::default(),
            levels: [0; 5],
            span: None,
            computers: Tally::default(),
            channels: Tally::default(),
            windows: None,
            zones: Zones::default(),
            ids: Ids::default(),
        };
        if let Some(header) = log::evtx::Header::recognise(start, size) {
            file.dirty = header.dirty;
            file.coverage.closed = header.closed;
            header.problem.into_iter().for_each(|problem| file.coverage.add(problem));
        } else if let Some(header) = log::evt::Header::recognise(start) {
            file.dirty = header.dirty;
            header.problem.into_iter().for_each(|problem| file.coverage.add(problem));
        }
        file
    }

    /// The same file for the report of a part of it: without anything read.
    fn unread(&self) -> FileReport {
        FileReport {
            name: self.name.clone(),
            dirty: self.dirty,
            kind: self.kind,
            ..FileReport::open("", self.size, &[])
        }
    }

    /// Whether what was read and what was lost are all that the log declares.
    pub fn account(&self) -> Account {
        let header = if self.kind == Kind::Evtx { log::evtx::HEADER_SIZE } else { 0 };
        match self.bytes_read < self.size.saturating_sub(header) {
            true => Account::unread(&self.coverage),
            false => Account::new(&self.coverage, self.size),
        }
    }

    /// Whether everything in it was read.
    pub fn is_whole(&self) -> bool {
        self.kind.refusal().is_none() && self.coverage.problem_count == 0 && self.account().lost == 0
    }

    /// Whether somebody ended its reading.
    pub fn is_cancelled(&self) -> bool {
        self.coverage.problems.iter().any(|problem| matches!(problem.reason, log::Reason::Cancelled(_)))
    }

    /// Whether some of it could not be read.
    pub fn is_unreadable(&self) -> bool {
        self.coverage.problems.iter().any(|problem| matches!(problem.reason, log::Reason::Unreadable(_)))
    }

    /// How many of its records have a level.
    pub fn count(&self, level: Level) -> u64 {
        self.levels[level as usize]
    }

    fn merge(&mut self, other: FileReport) {
        self.bytes_read += other.bytes_read;
        self.dirty |= other.dirty;
        self.coverage.merge(other.coverage);
        self.levels.iter_mut().zip(other.levels).for_each(|(own, more)| *own += more);
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some(joined(a, b)),
            (a, b) => a.or(b),
        };
        self.computers.merge(other.computers);
        self.channels.merge(other.channels);
        self.windows = self.windows.max(other.windows);
        self.zones.merge(other.zones);
        self.ids.merge(&other.ids);
    }
}

fn joined(a: (Time, Time), b: (Time, Time)) -> (Time, Time) {
    (a.0.min(b.0), a.1.max(b.1))
}

impl Group {
    fn merge(&mut self, other: Group) {
        self.count += other.count;
        self.carved += other.carved;
        self.span = joined(self.span, other.span);
        self.subjects.iter_mut().zip(other.subjects).for_each(|(own, more)| own.merge(more));
        self.computers.merge(other.computers);
        other.files.into_iter().for_each(|(file, count)| *self.files.entry(file).or_default() += count);
        self.evidence.merge(other.evidence);
    }
}

impl Report {
    /// The report of a file of which nothing else is known.
    pub fn of(number: u32, file: FileReport) -> Report {
        Report { files: BTreeMap::from([(number, file)]), ..Report::default() }
    }

    /// Adds the report of another part of the same logs, or of other logs.
    pub fn merge(&mut self, other: Report) {
        for (number, file) in other.files {
            match self.files.get_mut(&number) {
                Some(own) => own.merge(file),
                None => drop(self.files.insert(number, file)),
            }
        }
        for (articles, group) in other.groups {
            match self.groups.get_mut(&articles) {
                Some(own) => own.merge(group),
                None => drop(self.groups.insert(articles, group)),
            }
        }
        self.explained.merge(other.explained);
        self.unexplained.merge(other.unexplained);
        for (kind, case) in other.cases {
            self.cases.entry(kind).or_default().merge(case);
        }
        unexplained::bound(&mut self.cases, &self.unexplained);
        for (number, occurrences) in other.occurrences {
            self.occurrences.entry(number).or_default().merge(occurrences);
        }
        missing::merge(&mut self.kinds, other.kinds);
    }

    /// How many records were read.
    pub fn records(&self) -> u64 {
        self.files.values().map(|file| file.coverage.records).sum()
    }

    /// How many records of a level were read.
    pub fn count(&self, level: Level) -> u64 {
        self.files.values().map(|file| file.count(level)).sum()
    }

    /// How many records were read of the levels that ask for an explanation.
    pub fn problem_records(&self) -> u64 {
        Level::ALL.into_iter().filter(|level| level.is_problem()).map(|level| self.count(level)).sum()
    }
}

/// The report of all parts together.
impl FromIterator<Report> for Report {
    fn from_iter<I: IntoIterator<Item = Report>>(parts: I) -> Report {
        let mut all = Report::default();
        parts.into_iter().for_each(|part| all.merge(part));
        all
    }
}

/// A longer name of something affected is cut to this many bytes.
const MAX_SUBJECT: usize = 1024;

/// Checks a run of whole chunks that starts at `offset` of an .evtx log: a part that any worker can do.
pub fn slice(knowledge: &KnowledgeBase, number: u32, file: &FileReport, bytes: &[u8], offset: u64) -> Report {
    let mut checkup = Checkup::new(knowledge);
    checkup.open(number, file);
    checkup.read(bytes, offset);
    checkup.finish()
}

/// The report of a part of a file that could not be read at all.
pub fn unread_slice(number: u32, file: &FileReport, problem: Problem) -> Report {
    let mut file = file.unread();
    file.coverage.add(problem);
    Report::of(number, file)
}
