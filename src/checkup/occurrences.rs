//! The matches of an article, one by one, for what looks at them together: correlations and stories.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};

use super::Evidence;
use crate::detection;
use crate::event::Event;

/// Matches of an article that correlations or stories watch. All of them are kept, or none: a correlation over some would
/// be wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Occurrences {
    total: u64,
    items: Vec<Occurrence>,
    shared: Vec<Shared>,
    /// The numbers of what is shared, by its hash.
    #[serde(skip)]
    numbers: FxHashMap<u64, u32>,
}

/// One match of an article that correlations or stories watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    /// When and where.
    pub evidence: Evidence,
    /// The most exact article that matches the record too, by number; `None` if all of them are silent.
    pub best: Option<u32>,
    /// The place of what it has in common with others, in [`Occurrences::shared`].
    pub shared: u32,
}

/// What matches have in common: mostly few services fail on few computers, often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shared {
    /// The computer.
    pub computer: String,
    /// What the record has for each of the fields that [`KnowledgeBase::watched`](crate::kb::KnowledgeBase::watched)
    /// names for the article.
    pub values: Vec<Option<String>>,
}

impl Occurrences {
    /// More than this are not kept.
    pub const MAX: usize = 50_000;

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// They themselves, by time; none where there were more than [`Occurrences::MAX`].
    pub fn items(&self) -> &[Occurrence] {
        &self.items
    }

    /// What they have in common.
    pub fn shared(&self) -> &[Shared] {
        &self.shared
    }

    /// Whether there were more than are kept.
    pub fn too_many(&self) -> bool {
        self.total > self.items.len() as u64
    }

    /// Takes a match: `values` are those of [`values`].
    pub fn add(&mut self, evidence: Evidence, computer: &str, best: Option<u32>, values: &[Option<String>]) {
        self.total += 1;
        if !self.is_full() {
            let shared = self.number(computer, values);
            self.items.push(Occurrence { evidence, best, shared });
        }
    }

    /// Puts them in order, as [`Occurrences::merge`] wants them.
    pub(super) fn sort(&mut self) {
        self.items.sort();
    }

    /// Takes the matches that another part of the logs has.
    pub fn merge(&mut self, other: Occurrences) {
        self.total += other.total;
        if !self.is_full() {
            let numbers: Vec<u32> = other.shared.iter().map(|own| self.number(&own.computer, &own.values)).collect();
            self.items.extend(
                other
                    .items
                    .into_iter()
                    .filter_map(|item| Some(Occurrence { shared: *numbers.get(item.shared as usize)?, ..item })),
            );
            // Two lists in order, which this sort only joins.
            self.items.sort();
        }
    }

    /// Whether there are too many to keep; then none is kept.
    fn is_full(&mut self) -> bool {
        let is_full = self.total > Self::MAX as u64;
        if is_full && self.items.capacity() > 0 {
            *self = Occurrences { total: self.total, ..Occurrences::default() };
        }
        is_full
    }

    fn number(&mut self, computer: &str, values: &[Option<String>]) -> u32 {
        let mut hasher = FxHasher::default();
        (computer, values).hash(&mut hasher);
        let next = self.shared.len() as u32;
        let number = *self.numbers.entry(hasher.finish()).or_insert(next);
        match self.shared.get(number as usize) {
            Some(own) if own.computer == computer && own.values == values => number,
            // It is new, or something else has the same hash: then it is kept more than once.
            _ => {
                self.shared.push(Shared { computer: computer.to_owned(), values: values.to_vec() });
                next
            }
        }
    }
}

impl PartialEq for Occurrences {
    fn eq(&self, other: &Self) -> bool {
        // What they share has its place by the order in which it came.
        fn whole(all: &Occurrences) -> impl Iterator<Item = (Evidence, Option<u32>, Option<&Shared>)> {
            all.items.iter().map(|item| (item.evidence, item.best, all.shared.get(item.shared as usize)))
        }
        self.total == other.total && whole(self).eq(whole(other))
    }
}

/// What a record has for fields that correlations and stories ask for.
pub(super) fn values(event: &Event<'_>, fields: &[String]) -> Vec<Option<String>> {
    /// A longer value is cut to this many bytes.
    const MAX_VALUE: usize = 256;
    let value = |field: &String| {
        // In a record's XML, an empty text and no value look the same: neither is something in common.
        let mut text = detection::text(event, field).filter(|text| !text.is_empty())?;
        text.truncate(text.floor_char_boundary(MAX_VALUE));
        Some(text)
    };
    fields.iter().map(value).collect()
}
