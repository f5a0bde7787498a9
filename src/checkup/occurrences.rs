//! The matches of an article, one by one, for what looks at them together: correlations and stories.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};

use super::Evidence;
use crate::detection;
use crate::event::Event;

/// Matches of an article that correlations or stories watch. All of them are kept, or none: a correlation over some would
/// be wrong. A copy costs little.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Occurrences {
    total: u64,
    parts: Vec<Arc<Part>>,
}

/// The matches in one part of the logs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Part {
    /// They themselves, in the order in which they were read.
    pub items: Vec<Occurrence>,
    /// What they have in common.
    pub shared: Vec<Shared>,
    /// The places of what is shared, by its hash.
    #[serde(skip)]
    places: FxHashMap<u64, u32>,
}

/// One match of an article that correlations or stories watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    /// When and where.
    pub evidence: Evidence,
    /// The most exact article that matches the record too, by number; `None` if all of them are silent.
    pub best: Option<u32>,
    /// The place of what it has in common with others of its part.
    pub shared: u32,
}

/// What matches have in common: mostly few services fail on few computers, often.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

    /// Whether there were more than are kept.
    pub fn too_many(&self) -> bool {
        self.total > Self::MAX as u64
    }

    /// They themselves, by the parts of the logs that they are in; none where there were more than are kept.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().map(|part| &**part)
    }

    /// Each of them, and what it has in common with others.
    pub fn all(&self) -> impl Iterator<Item = (&Occurrence, &Shared)> {
        self.parts()
            .flat_map(|part| part.items.iter().filter_map(|item| Some((item, part.shared.get(item.shared as usize)?))))
    }

    /// Takes a match: `values` are those of [`values`].
    pub fn add(&mut self, evidence: Evidence, computer: &str, best: Option<u32>, values: &[Option<String>]) {
        self.total += 1;
        if self.parts.is_empty() {
            self.parts.push(Arc::default());
        }
        if let Some(part) = self.parts.last_mut() {
            let part = Arc::make_mut(part);
            let shared = part.place(computer, values);
            part.items.push(Occurrence { evidence, best, shared });
        }
        self.bound();
    }

    /// Takes the matches that other parts of the logs have.
    pub fn merge(&mut self, other: Occurrences) {
        self.total += other.total;
        self.parts.extend(other.parts);
        self.bound();
    }

    fn bound(&mut self) {
        if self.too_many() {
            self.parts = Vec::new();
        }
    }
}

impl Part {
    /// The place of what a match may have in common with others.
    fn place(&mut self, computer: &str, values: &[Option<String>]) -> u32 {
        let mut hasher = FxHasher::default();
        (computer, values).hash(&mut hasher);
        let next = self.shared.len() as u32;
        let place = *self.places.entry(hasher.finish()).or_insert(next);
        match self.shared.get(place as usize) {
            Some(own) if own.computer == computer && own.values == values => place,
            // It is new, or something else has the same hash: then it is kept more than once.
            _ => {
                self.shared.push(Shared { computer: computer.to_owned(), values: values.to_vec() });
                next
            }
        }
    }
}

impl PartialEq for Occurrences {
    /// The same matches, whatever the parts.
    fn eq(&self, other: &Self) -> bool {
        let whole = |own: &Occurrences| {
            let all = own.all().map(|(item, shared)| (item.evidence, item.best, shared.clone()));
            all.collect::<BTreeSet<_>>()
        };
        self.total == other.total && whole(self) == whole(other)
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
