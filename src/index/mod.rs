//! The index of records: what every record of every file is and where, newest first. What it says in full is read again
//! from its file.
//!
//! A record costs 24 bytes, and 4 more for the list of those that a filter lets through.

mod filter;
mod kinds;
mod search;
mod timeline;
mod uptime;

use serde::{Deserialize, Serialize};

use crate::checkup::{Dictionary, Listed, ListedKind, Place};
use crate::event::{Level, Time};
use crate::order::{arrange, sort_numbers};
pub use filter::{Filter, Found};
pub use kinds::Kinds;
pub use search::containing;
pub use timeline::{Histogram, Lane};
pub use uptime::{Gap, Mark, Missing, Moment};

/// Takes what was listed of the parts of all files, in any order.
pub struct Builder {
    columns: Columns,
    kinds: Kinds,
    left_out: u64,
}

/// The records, a value of all of them beside one another.
#[derive(Default)]
struct Columns {
    times: Vec<u64>,
    places: Vec<u64>,
    ids: Vec<u32>,
    kinds: Vec<u32>,
}

/// All records, newest first.
pub struct Index {
    columns: Columns,
    dictionary: Dictionary,
    /// The rows that the filter lets through, ascending.
    found: Vec<u32>,
    /// The rows that a search has found so far, a bit for each.
    hits: Option<Vec<u64>>,
    about: About,
}

/// What is true of all records together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// How many there are; one that several files have counts once.
    pub records: u64,
    /// The times of the earliest and the latest.
    pub span: Option<(Time, Time)>,
    /// Records that found no room.
    pub left_out: u64,
    /// Records of kinds that are too many to be told apart.
    pub others: u64,
    /// When machines started and stopped, the newest first, at most [`Mark::MAX`].
    pub marks: Vec<Mark>,
    /// When machines were off, the newest first, at most [`Gap::MAX`]: the longest.
    pub gaps: Vec<Gap>,
    /// Where records are missing, the newest first, at most [`Gap::MAX`]: those with most records.
    pub missing: Vec<Missing>,
}

/// One record, as far as the index knows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// When it was written.
    pub time: Time,
    /// Where it is.
    pub place: Place,
    /// The low half of its record id.
    pub id: u32,
    /// Its level.
    pub level: Level,
    /// Its provider.
    pub provider: String,
    /// Its event id.
    pub event_id: u32,
    /// Its channel.
    pub channel: String,
    /// Its computer.
    pub computer: String,
    /// An article matched it.
    pub explained: bool,
    /// Its log had given it up.
    pub carved: bool,
}

impl Builder {
    /// More records than this find no room.
    pub const MAX: usize = 100_000_000;

    /// An index for about so many records: for these it asks for memory once.
    pub fn with_room(records: usize) -> Builder {
        let room = records.min(Self::MAX);
        let columns = Columns {
            times: Vec::with_capacity(room),
            places: Vec::with_capacity(room),
            ids: Vec::with_capacity(room),
            kinds: Vec::with_capacity(room),
        };
        Builder { columns, kinds: Kinds::default(), left_out: 0 }
    }

    /// Adds the records of a part.
    pub fn add(&mut self, listed: &Listed) {
        let numbers = self.kinds.add(&listed.dictionary);
        let Columns { times, places, ids, kinds } = &mut self.columns;
        for record in listed.records() {
            let Some(kind) = numbers.get(record.kind as usize).filter(|_| times.len() < Self::MAX) else {
                self.left_out += 1;
                continue;
            };
            times.push(record.time.0);
            places.push(record.place.0);
            ids.push(record.id);
            kinds.push(*kind);
        }
    }

    /// Puts the records in order.
    pub fn finish(self) -> Index {
        let Builder { mut columns, kinds, left_out } = self;
        let dictionary = kinds.finish();
        let mut order = columns.order();
        columns.arrange(&mut order);
        let sources = kinds::sources(&dictionary);
        columns.drop_repeated(&dictionary, &sources);
        order.truncate(columns.times.len());
        let mut index =
            Index { columns, dictionary, found: order, hits: None, about: About { left_out, ..About::default() } };
        index.about = About { left_out, ..index.look_at_all(&sources) };
        index.filter(&Filter::default());
        index
    }
}

impl Columns {
    /// The rows in the order in which they belong, newest first.
    fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.times.len() as u32).collect();
        let key = |row: u32| (self.times[row as usize], self.places[row as usize]);
        sort_numbers(&mut order, &|a, b| key(b).cmp(&key(a)));
        order
    }

    /// Moves the rows to where `order` says, without a copy of the columns. `order` is used up.
    fn arrange(&mut self, order: &mut [u32]) {
        arrange(order, |a, b| {
            self.times.swap(a, b);
            self.places.swap(a, b);
            self.ids.swap(a, b);
            self.kinds.swap(a, b);
        });
    }

    /// Leaves out the records that a file with a lower number has too: those with the same time, id and source. A file's
    /// own records are never one another's repetition, but what it has given up may be.
    fn drop_repeated(&mut self, dictionary: &Dictionary, sources: &[u32]) {
        let file = |row: u32| Place(self.places[row as usize]).file();
        let carved = |row: u32| dictionary.kinds[self.kinds[row as usize] as usize].carved;
        let some_are_carved = dictionary.kinds.iter().any(|kind| kind.carved);
        let source = |row: u32| sources[self.kinds[row as usize] as usize];
        let mut repeated = Vec::new();
        let mut start = 0;
        for same_time in self.times.chunk_by(|a, b| a == b) {
            let rows = start as u32..(start + same_time.len()) as u32;
            start += same_time.len();
            if same_time.len() == 1 || !some_are_carved && file(rows.start) == file(rows.end - 1) {
                continue;
            }
            let key = |row: u32| (self.ids[row as usize], source(row));
            let mut rows: Vec<u32> = rows.collect();
            sort_numbers(&mut rows, &|a, b| (key(a), carved(a), file(a)).cmp(&(key(b), carved(b), file(b))));
            for same in rows.chunk_by(|a, b| key(*a) == key(*b)) {
                repeated.extend(same[1..].iter().filter(|row| carved(**row) || file(**row) > file(same[0])));
            }
        }
        if repeated.is_empty() {
            return;
        }
        sort_numbers(&mut repeated, &|a, b| a.cmp(&b));
        fn drop_rows<T>(column: &mut Vec<T>, rows: &[u32]) {
            let (mut row, mut rows) = (0, rows.iter().peekable());
            column.retain(|_| {
                row += 1;
                rows.next_if(|next| **next == row - 1).is_none()
            });
        }
        drop_rows(&mut self.times, &repeated);
        drop_rows(&mut self.places, &repeated);
        drop_rows(&mut self.ids, &repeated);
        drop_rows(&mut self.kinds, &repeated);
    }
}

impl Index {
    /// What is true of all records together.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Kinds of records, and what their numbers stand for.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// How many records the filter lets through.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Some of the records that the filter lets through, the newest first.
    pub fn rows(&self, first: usize, count: usize) -> Vec<Row> {
        let found = self.found.iter().skip(first).take(count);
        found.filter_map(|row| self.row(*row as usize)).collect()
    }

    /// How many of the records that the filter lets through are newer than a moment: the number of the first that is not.
    pub fn rows_after(&self, time: Time) -> usize {
        self.found.partition_point(|row| self.columns.times[*row as usize] > time.0)
    }

    /// The number of a record among those that the filter lets through.
    pub fn position(&self, time: Time, place: Place) -> Option<usize> {
        self.found.binary_search(&(self.find(time, place)? as u32)).ok()
    }

    /// The row of a record.
    fn find(&self, time: Time, place: Place) -> Option<usize> {
        let Columns { times, places, .. } = &self.columns;
        let (mut low, mut high) = (0, times.len());
        while low < high {
            let middle = low.midpoint(high);
            match (times[middle], places[middle]) > (time.0, place.0) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        (low < times.len() && (times[low], places[low]) == (time.0, place.0)).then_some(low)
    }

    fn row(&self, row: usize) -> Option<Row> {
        let Columns { times, places, ids, kinds } = &self.columns;
        let kind = self.kind(*kinds.get(row)?)?;
        let name = |number: u32| self.name(number).to_owned();
        Some(Row {
            time: Time(*times.get(row)?),
            place: Place(*places.get(row)?),
            id: *ids.get(row)?,
            level: kind.level,
            provider: name(kind.provider),
            event_id: kind.event_id,
            channel: name(kind.channel),
            computer: name(kind.computer),
            explained: kind.articles != 0,
            carved: kind.carved,
        })
    }

    fn name(&self, number: u32) -> &str {
        self.dictionary.names.get(number as usize).map_or("", String::as_str)
    }

    fn kind(&self, number: u32) -> Option<&ListedKind> {
        self.dictionary.kinds.get(number as usize)
    }
}
