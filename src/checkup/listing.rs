//! All records of a part, listed: also those that no article speaks of, which a report only counts.
//!
//! A record costs 24 bytes; what many have in common is in a dictionary. The bytes go from worker to worker as they are.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::event::{Head, Level, Name, Time};
use crate::log::Record;

/// Notes the records of the parts that a checkup reads. Clones share it.
#[derive(Clone, Default)]
pub struct Listing(Rc<RefCell<Noted>>);

/// Records, and what they have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// What the numbers of kinds mean.
    pub dictionary: Dictionary,
    rows: Vec<u8>,
}

/// Kinds of records, and the texts and articles that they name by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dictionary {
    /// Providers, channels and computers.
    pub names: Vec<String>,
    /// Articles that matched together: numbers, ascending.
    pub articles: Vec<Vec<u32>>,
    /// The kinds.
    pub kinds: Vec<ListedKind>,
}

/// What many records have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListedKind {
    /// The provider, among the names.
    pub provider: u32,
    /// The event id.
    pub event_id: u32,
    /// The level.
    pub level: Level,
    /// The channel, among the names.
    pub channel: u32,
    /// The computer, among the names.
    pub computer: u32,
    /// The articles that matched, among those that matched together.
    pub articles: u32,
    /// Their log had given them up.
    pub carved: bool,
}

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedRecord {
    /// When it was written.
    pub time: Time,
    /// Where it is.
    pub place: Place,
    /// The low half of its record id.
    pub id: u32,
    /// Its kind, in the dictionary.
    pub kind: u32,
}

/// Where a record is: in one number, which orders them by file, then by offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place(pub u64);

impl Place {
    const OFFSET_BITS: u32 = 40;

    /// The place at `offset` bytes of a file; `None` beyond a terabyte, or sixteen million files.
    pub fn new(file: u32, offset: u64) -> Option<Place> {
        let fits = offset >> Self::OFFSET_BITS == 0 && u64::from(file) < 1 << (u64::BITS - Self::OFFSET_BITS);
        fits.then_some(Place(u64::from(file) << Self::OFFSET_BITS | offset))
    }

    /// The number of the file.
    pub fn file(self) -> u32 {
        (self.0 >> Self::OFFSET_BITS) as u32
    }

    /// Where in the file the record starts, in bytes.
    pub fn offset(self) -> u64 {
        self.0 & ((1 << Self::OFFSET_BITS) - 1)
    }
}

/// Bytes of a record.
const ROW: usize = 24;

impl Listed {
    /// Adds a record.
    pub fn push(&mut self, record: ListedRecord) {
        let ListedRecord { time, place, id, kind } = record;
        self.rows.extend_from_slice(&time.0.to_le_bytes());
        self.rows.extend_from_slice(&place.0.to_le_bytes());
        self.rows.extend_from_slice(&id.to_le_bytes());
        self.rows.extend_from_slice(&kind.to_le_bytes());
    }

    /// The records, in the order of the part.
    pub fn records(&self) -> impl Iterator<Item = ListedRecord> {
        let (rows, _) = self.rows.as_chunks::<ROW>();
        rows.iter().map(|row| {
            let half = |at: usize| u32::from_le_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]);
            let whole = |at: usize| u64::from(half(at)) | u64::from(half(at + 4)) << 32;
            ListedRecord { time: Time(whole(0)), place: Place(whole(8)), id: half(16), kind: half(20) }
        })
    }

    /// As it is sent.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let mut bytes = postcard::to_stdvec(&self.dictionary)?;
        bytes.extend_from_slice(&self.rows);
        Ok(bytes)
    }

    /// What was sent.
    pub fn from_bytes(bytes: &[u8]) -> Result<Listed, postcard::Error> {
        let (dictionary, rows) = postcard::take_from_bytes(bytes)?;
        Ok(Listed { dictionary, rows: rows.to_vec() })
    }
}

#[derive(Default)]
struct Noted {
    only_matches: bool,
    /// The numbers of kinds, whose names and articles are those of the part.
    numbers: FxHashMap<ListedKind, u32>,
    kinds: Vec<ListedKind>,
    /// The kinds that were asked for last, in places chosen by their numbers.
    recent: [Option<(ListedKind, u32)>; 16],
    /// The part that is being read, still without its dictionary.
    part: Listed,
    /// The parts that were read.
    listed: Vec<Listed>,
}

impl Listing {
    /// Notes only records that articles match.
    pub fn of_matches() -> Listing {
        Listing(Rc::new(RefCell::new(Noted { only_matches: true, ..Noted::default() })))
    }

    /// What was listed since it was taken last, of each part by itself.
    pub fn take(&self) -> Vec<Listed> {
        std::mem::take(&mut self.0.borrow_mut().listed)
    }

    /// Notes a record of a file, and the place of the articles that matched among those of the part.
    pub(super) fn add(&self, record: &Record<'_>, file: u32, articles: Option<usize>) {
        let mut noted = self.0.borrow_mut();
        if noted.only_matches && articles.is_none() {
            return;
        }
        let Some(place) = Place::new(file, record.offset) else { return };
        let Head { time, record_id, .. } = record.head;
        let kind = noted.number(record, articles);
        noted.part.push(ListedRecord { time, place, id: record_id as u32, kind });
    }

    /// Ends a part, with the names of its symbols and the articles of its records by their places.
    pub(super) fn finish<'n>(&self, name: impl Fn(u32) -> Name<'n>, articles: impl Iterator<Item = Vec<u32>>) {
        let mut noted = self.0.borrow_mut();
        let Noted { only_matches, mut kinds, part, mut listed, .. } = std::mem::take(&mut *noted);
        let mut dictionary = Dictionary { articles: vec![Vec::new()], ..Dictionary::default() };
        dictionary.articles.extend(articles);
        let mut numbers = FxHashMap::default();
        let mut number = |symbol: &mut u32| {
            *symbol = *numbers.entry(*symbol).or_insert_with(|| {
                dictionary.names.push(name(*symbol).text.to_owned());
                dictionary.names.len() as u32 - 1
            });
        };
        for ListedKind { provider, channel, computer, .. } in &mut kinds {
            [provider, channel, computer].into_iter().for_each(&mut number);
        }
        dictionary.kinds = kinds;
        listed.push(Listed { dictionary, ..part });
        *noted = Noted { only_matches, listed, ..Noted::default() };
    }
}

impl Noted {
    fn number(&mut self, record: &Record<'_>, articles: Option<usize>) -> u32 {
        let Record { head, carved, .. } = *record;
        let kind = ListedKind {
            provider: head.provider.symbol,
            event_id: head.event_id,
            level: head.level,
            channel: head.channel.symbol,
            computer: head.computer.symbol,
            // The first are none.
            articles: articles.map_or(0, |place| place as u32 + 1),
            carved,
        };
        let recent = &mut self.recent[(head.event_id ^ head.provider.symbol << 3) as usize % 16];
        if let Some((own, number)) = recent
            && *own == kind
        {
            return *number;
        }
        let number = match self.numbers.entry(kind) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                self.kinds.push(kind);
                *entry.insert(self.kinds.len() as u32 - 1)
            }
        };
        *recent = Some((kind, number));
        number
    }
}
