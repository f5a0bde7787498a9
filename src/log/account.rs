//! What a log says of how many records it has, and whether that is what was read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::evtx::{HEADER_SIZE, SMALLEST_RECORD};
use super::{Coverage, Problem, Reason};

/// Records that a header declares by their numbers, which go up by one from record to record. A run of chunks that lie
/// behind one another and whose numbers do so too declares them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Declared {
    /// Where the chunks start, in bytes of the file; 0 for what the end of an .evt log declares.
    pub start: u64,
    /// Where they end.
    pub end: u64,
    /// The number of the first record.
    pub first: u64,
    /// The number of the record that would come next.
    pub next: u64,
    /// The id of the last record. In a log that was exported by a query it is not its number.
    pub last_id: u64,
}

impl Declared {
    /// Adds what lies right behind, if its numbers go on.
    pub(super) fn join(&mut self, behind: &Declared) -> bool {
        let joins = self.end == behind.start && self.next == behind.first;
        if joins {
            (self.end, self.next, self.last_id) = (behind.end, behind.next, behind.last_id);
        }
        joins
    }
}

/// What the header of an .evtx log that was closed says of its ends. Of one that was not, the header is older than the
/// chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Where the chunk with the oldest records starts, in bytes.
    pub oldest: u64,
    /// Where the chunk that was written last ends.
    pub end: u64,
    /// The id that the next record would have.
    pub next_id: u64,
}

/// Whether the records that were read and those that were lost are all that the log declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Records that are known to have been there and could not be read.
    pub lost: u64,
    /// How many of them the numbers of the log's chunks leave out, and where the chunks that had them should be.
    pub gaps: Vec<Problem>,
    /// How many records the log declares: those read, those that another file has too, and those lost. Or why nobody
    /// can know.
    pub declared: Result<u64, Doubt>,
}

/// Why nobody can know how many records a log should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing in the file says it.
    Undeclared,
    /// Not all of the file was read.
    Unread,
    /// Parts of the file that are no log any more may have held its first records or its last ones.
    Ends,
    /// The headers do not agree with one another, or with what was read.
    Contradiction,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doubt::Undeclared => "nothing in the file says it",
            Doubt::Unread => "not all of the file was read",
            Doubt::Ends => "parts that are damaged beyond recognition may have held the first or the last of them",
            Doubt::Contradiction => "its headers do not agree with one another or with what was read",
        })
    }
}

impl Account {
    /// The account of a file that is not read to its end.
    pub fn unread(coverage: &Coverage) -> Account {
        Account { lost: coverage.lost, gaps: Vec::new(), declared: Err(Doubt::Unread) }
    }

    /// The account of a whole file of so many bytes.
    pub fn new(coverage: &Coverage, size: u64) -> Account {
        let mut account = Account::unread(coverage);
        account.declared = account.balance(coverage, size);
        account
    }

    fn balance(&mut self, coverage: &Coverage, size: u64) -> Result<u64, Doubt> {
        let read = coverage.records + coverage.repeated;
        let mut runs: Vec<_> = coverage.declared.iter().filter(|run| run.first < run.next).collect();
        runs.sort_unstable_by_key(|run| run.first);
        let (Some(oldest), Some(newest)) = (runs.first(), runs.last()) else {
            let is_empty = !coverage.declared.is_empty() && coverage.unrecognised == 0 && read + self.lost == 0;
            return if is_empty { Ok(0) } else { Err(Doubt::Undeclared) };
        };
        let (gaps, next) = gaps(&runs, coverage.closed, size).ok_or(Doubt::Contradiction)?;
        let lost = gaps.iter().fold(self.lost, |lost, gap| lost.saturating_add(gap.lost));
        let declared = next - oldest.first;
        // Where nothing lies between the newest record and the oldest, nothing can be missing there.
        let meet = newest.end == oldest.start || newest.end >= size && oldest.start == HEADER_SIZE;
        let first_is_known = meet
            || oldest.first == 1
            || coverage.closed.is_some_and(|closed| closed.oldest == oldest.start)
            || coverage.unrecognised == 0 && oldest.start == HEADER_SIZE;
        let last_is_known = meet || coverage.closed.is_some() || coverage.unrecognised == 0;
        if read.saturating_add(lost) != declared {
            return Err(Doubt::Contradiction);
        }
        (self.gaps, self.lost) = (gaps, lost);
        if first_is_known && last_is_known { Ok(declared) } else { Err(Doubt::Ends) }
    }
}

/// What the numbers of the runs, which are in their order, leave out, and the number of the record that would come next.
/// `None` where the file has no room for what they leave out.
fn gaps(runs: &[&Declared], closed: Option<Closed>, size: u64) -> Option<(Vec<Problem>, u64)> {
    let size = closed.map_or(size, |closed| closed.end.max(size));
    let gap = |from: u64, to: u64, lost: u64| {
        // Behind the file's end, a log goes on at its beginning.
        let room = if from <= to { to - from } else { size.saturating_sub(from) + to.saturating_sub(HEADER_SIZE) };
        let offset = if from < size { from } else { HEADER_SIZE };
        (lost <= room / SMALLEST_RECORD).then_some(Problem { offset, reason: Reason::ChunksMissing, lost })
    };
    let mut gaps = Vec::new();
    for pair in runs.windows(2) {
        let (run, next) = (pair[0], pair[1]);
        match next.first.checked_sub(run.next)? {
            0 => {}
            lost => gaps.push(gap(run.end, next.start, lost)?),
        }
    }
    let (oldest, newest) = (runs.first()?, runs.last()?);
    let mut next = newest.next;
    let after_last = newest.last_id.saturating_add(1);
    if let Some(closed) = closed.filter(|closed| closed.next_id > after_last) {
        // Only where ids are numbers can they be counted.
        let lost = Some(closed.next_id - after_last).filter(|_| next == after_last)?;
        gaps.push(gap(newest.end, oldest.start, lost)?);
        next = closed.next_id;
    }
    Some((gaps, next))
}
