//! The same record in several files: a log and an older copy of it, a log and its export.
//!
//! While files are checked, each part only notes the ranges of its record ids ([`Ids`]), which costs next to nothing.
//! Where the ranges of two files overlap, the files are looked at again, in the order of their numbers: each record
//! there leaves its key ([`Keys`]), and one whose key is known is left out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::Report;
use crate::event::{Head, Name};
use crate::log::Record;

/// Ranges of record ids, by computer and channel. A record of them may still be another: of a log that was cleared, or
/// of computers that a hash does not tell apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ids(Vec<Range>);

/// Ids from `first` to `last` of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Range {
    source: u32,
    first: u64,
    last: u64,
}

/// Ranges of one source that are at most this far apart are one.
const NEAR: u64 = 64;

/// A computer and a channel, without regard to case.
fn source(computer: &str, channel: &str) -> u32 {
    (hash(computer, channel, 0, 0) >> 32) as u32
}

fn hash(computer: &str, channel: &str, id: u64, time: u64) -> u64 {
    // FxHasher has 32 bits in WebAssembly, and of millions of records some would be taken for others.
    let mut hasher = DefaultHasher::new();
    for name in [computer, channel] {
        name.bytes().for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
        hasher.write_u8(0xff);
    }
    hasher.write_u64(id);
    hasher.write_u64(time);
    hasher.finish()
}

impl Ids {
    /// More ranges than this are not told apart: of those of one source, the nearest become one.
    pub const MAX: usize = 1000;

    /// Takes all ranges of another part.
    pub fn merge(&mut self, other: &Ids) {
        self.0.extend(&other.0);
        self.settle();
    }

    /// Orders the ranges and joins those that are near, and more of them where there are too many.
    fn settle(&mut self) {
        self.0.sort_unstable();
        self.join(NEAR);
        let mut distance = 2 * NEAR;
        while self.0.len() > Self::MAX && distance > 0 {
            self.join(distance);
            distance <<= 1;
        }
    }

    /// Joins ranges that are at most so far apart.
    fn join(&mut self, distance: u64) {
        self.0.dedup_by(|next, range| {
            let joins = range.source == next.source && next.first.saturating_sub(range.last) <= distance;
            if joins {
                range.last = range.last.max(next.last);
            }
            joins
        });
    }

    /// The ids that are in both.
    fn common(&self, other: &Ids) -> Ids {
        let (mut own, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Ids::default();
        while let (Some(a), Some(b)) = (own.peek(), others.peek()) {
            let (first, last) = (a.first.max(b.first), a.last.min(b.last));
            if a.source == b.source && first <= last {
                common.0.push(Range { source: a.source, first, last });
            }
            match (a.source, a.last) <= (b.source, b.last) {
                true => drop(own.next()),
                false => drop(others.next()),
            }
        }
        common
    }

    fn contain(&self, source: u32, id: u64) -> bool {
        let place = self.0.partition_point(|range| (range.source, range.last) < (source, id));
        self.0.get(place).is_some_and(|range| range.source == source && range.first <= id)
    }
}

/// Notes the record ids of a part.
pub(super) struct Noted {
    /// The ranges that grow, in places chosen by the symbols of their computers and channels.
    growing: [((u32, u32), (u64, u64)); 16],
    ranges: Vec<((u32, u32), (u64, u64))>,
}

/// No record is from there.
const NOWHERE: (u32, u32) = (u32::MAX, u32::MAX);

impl Default for Noted {
    fn default() -> Noted {
        Noted { growing: [(NOWHERE, (0, 0)); 16], ranges: Vec::new() }
    }
}

impl Noted {
    /// Notes a record.
    #[inline]
    pub(super) fn add(&mut self, head: &Head<'_>) {
        let source = (head.computer.symbol, head.channel.symbol);
        let (own, (_, last)) = &mut self.growing[(source.0 ^ source.1) as usize % 16];
        if *own == source && head.record_id.checked_sub(*last).is_some_and(|distance| distance <= NEAR) {
            *last = head.record_id;
        } else {
            self.turn(source, head.record_id);
        }
    }

    /// Begins another range.
    #[cold]
    fn turn(&mut self, source: (u32, u32), id: u64) {
        let growing = &mut self.growing[(source.0 ^ source.1) as usize % 16];
        self.ranges.push(std::mem::replace(growing, (source, (id, id))));
    }

    /// The ranges, once the names of the symbols are known.
    pub(super) fn tell<'n>(mut self, name: &impl Fn(u32) -> Name<'n>) -> Ids {
        self.ranges.extend(self.growing);
        self.ranges.retain(|(source, _)| *source != NOWHERE);
        let mut sources = FxHashMap::default();
        let range = |((computer, channel), (first, last))| {
            let source =
                sources.entry((computer, channel)).or_insert_with(|| source(name(computer).text, name(channel).text));
            Range { source: *source, first, last }
        };
        let mut ids = Ids(self.ranges.into_iter().map(range).collect());
        ids.settle();
        ids
    }
}

/// The files that may have a record that another one has too, by number, and where: these must be looked at again. Files
/// of different groups have none in common. `reports` are those of all files, each with all its parts.
pub fn overlaps<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Vec<BTreeMap<u32, Ids>> {
    let files: Vec<_> = reports.into_iter().flat_map(|report| &report.files).collect();
    // A file's own ranges are apart from one another, so that where two are open, two files are.
    let ranges = files.iter().flat_map(|(_, file)| &file.ids.0);
    let mut ends: Vec<_> = ranges.flat_map(|range| [(range, range.first, 0), (range, range.last, 1)]).collect();
    ends.sort_unstable_by_key(|(range, id, closes)| (range.source, *id, *closes));
    let (mut shared, mut open, mut first) = (Ids::default(), 0, 0);
    for (range, id, closes) in ends {
        match (closes, open) {
            (0, 1) => first = id,
            (1, 2) => shared.0.push(Range { source: range.source, first, last: id }),
            _ => {}
        }
        if closes == 0 { open += 1 } else { open -= 1 }
    }
    let mut groups: Vec<(BTreeSet<u32>, BTreeMap<u32, Ids>)> = Vec::new();
    for (number, file) in files {
        let ids = file.ids.common(&shared);
        if ids.0.is_empty() {
            continue;
        }
        let sources = ids.0.iter().map(|range| range.source).collect();
        let mut own = (sources, BTreeMap::from([(*number, ids)]));
        for (sources, files) in groups.extract_if(.., |(sources, _)| !sources.is_disjoint(&own.0)).collect::<Vec<_>>() {
            own.0.extend(sources);
            own.1.extend(files);
        }
        groups.push(own);
    }
    groups.into_iter().map(|(_, files)| files).collect()
}

/// What is known of the records of the files that were looked at again so far: for each a hash of computer, channel, id
/// and time. Clones share it.
#[derive(Clone)]
pub struct Keys(Rc<RefCell<Known>>);

#[derive(Default)]
struct Known {
    /// How many keys are kept.
    room: usize,
    /// Where to look; everywhere, if there is nothing.
    ids: Option<Ids>,
    /// The keys of the files before, in their order.
    before: Vec<u64>,
    /// Those of this file. A file's own records are never one another's repetition.
    own: Vec<u64>,
    /// Those of what was carved, of which copies are to be expected in one file too.
    carved: FxHashSet<u64>,
    /// There were more keys than are kept.
    full: bool,
}

impl Default for Keys {
    /// Nothing is known, and there is room for the records of some gigabytes of logs: at most 64 MB for what is read.
    fn default() -> Keys {
        Keys::with_room(8_000_000)
    }
}

impl Keys {
    /// Nothing is known, and so many keys can be kept. Of what is more, repetitions count.
    pub fn with_room(room: usize) -> Keys {
        Keys(Rc::new(RefCell::new(Known { room, ..Known::default() })))
    }

    /// Begins to look at another file: at the records with these ids, or at all.
    pub fn next_file(&self, ids: Option<Ids>) {
        let mut known = self.0.borrow_mut();
        let own = std::mem::take(&mut known.own);
        if !own.is_empty() {
            known.before.extend(own);
            // What was there is in order, which this sort is quick with.
            known.before.sort();
            known.before.dedup();
        }
        known.ids = ids;
    }

    /// Whether there were more records than can be told apart.
    pub fn are_too_many(&self) -> bool {
        self.0.borrow().full
    }

    /// Whether a record is known already; it is from now on.
    pub(super) fn know(&self, record: &Record<'_>) -> bool {
        self.0.borrow_mut().know(&record.head, record.carved)
    }
}

impl Known {
    fn know(&mut self, head: &Head<'_>, carved: bool) -> bool {
        let (computer, channel) = (head.computer.text, head.channel.text);
        if self.ids.as_ref().is_some_and(|ids| !ids.contain(source(computer, channel), head.record_id)) {
            return false;
        }
        let key = hash(computer, channel, head.record_id, head.time.0);
        if self.before.binary_search(&key).is_ok() || self.carved.contains(&key) {
            return true;
        }
        if self.before.len() + self.own.len() + self.carved.len() >= self.room {
            self.full = true;
        } else if carved {
            self.carved.insert(key);
        } else {
            self.own.push(key);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ranges: &[(u32, u64, u64)]) -> Ids {
        let mut ids = Ids(ranges.iter().map(|&(source, first, last)| Range { source, first, last }).collect());
        ids.settle();
        ids
    }

    #[test]
    fn ranges_that_are_near_are_one() {
        let parts =
            [ids(&[(1, 1000, 1999), (1, 3000, 3999)]), ids(&[(1, 2010, 2980), (2, 20, 29)]), ids(&[(1, 5, 12)])];
        let mut all = Ids::default();
        parts.iter().for_each(|part| all.merge(part));
        assert_eq!(all, ids(&[(1, 5, 12), (1, 1000, 3999), (2, 20, 29)]));
        assert!(all.contain(1, 5) && all.contain(1, 3999) && all.contain(2, 20));
        assert!(!all.contain(1, 4) && !all.contain(1, 4000) && !all.contain(2, 19) && !all.contain(0, 20));
    }

    #[test]
    fn too_many_ranges_become_fewer_and_leave_nothing_out() {
        let many: Vec<_> = (0..10_000).map(|number| ((number % 3) as u32, number * number, number * number)).collect();
        let all = ids(&many);
        assert!((1..=Ids::MAX).contains(&all.0.len()), "{}", all.0.len());
        assert!(many.iter().all(|(source, id, _)| all.contain(*source, *id)));
        let far = ids(&[(0, 0, 0), (0, u64::MAX, u64::MAX), (255, 0, u64::MAX)]);
        assert!(far.contain(0, 0) && !far.contain(0, 1) && far.contain(255, 1));
    }

    #[test]
    fn what_two_have_in_common() {
        let (a, b) = (ids(&[(1, 0, 9), (1, 200, 290), (3, 0, 9)]), ids(&[(1, 5, 240), (2, 0, 9), (3, 9, 9)]));
        let common = ids(&[(1, 5, 9), (1, 200, 240), (3, 9, 9)]);
        assert_eq!((a.common(&b), b.common(&a)), (common.clone(), common));
    }
}
