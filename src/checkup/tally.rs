//! Counts of things, in bounded memory.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::order;
use serde::{Deserialize, Serialize};

/// How many things there are of each kind. A log can name millions of kinds; a tally keeps at most [`Tally::MAX_KINDS`]
/// of them, those with the lowest hashes. That choice does not depend on the order of counting, so every kind that is
/// kept has its exact count, and tallies can be merged in any order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally<K: Ord> {
    counts: BTreeMap<(u64, K), u64>,
    total: u64,
}

impl<K: Ord> Default for Tally<K> {
    fn default() -> Self {
        Tally { counts: BTreeMap::new(), total: 0 }
    }
}

impl<K: Ord + Hash> Tally<K> {
    /// How many kinds are kept.
    pub const MAX_KINDS: usize = 1000;

    /// Counts `count` things of a kind.
    pub fn add(&mut self, count: u64, kind: impl FnOnce() -> K) {
        if count == 0 {
            return;
        }
        let kind = kind();
        self.add_hashed((hash(&kind), kind), count);
    }

    /// Whether a kind is one of those that are kept.
    pub fn keeps(&self, kind: &K) -> bool {
        let hash = hash(kind);
        self.counts.keys().any(|(own, other)| *own == hash && other == kind)
    }

    fn add_hashed(&mut self, key: (u64, K), count: u64) {
        self.total += count;
        *self.counts.entry(key).or_default() += count;
        if self.counts.len() > Self::MAX_KINDS {
            self.counts.pop_last();
        }
    }

    /// Adds the counts of another tally.
    pub fn merge(&mut self, other: Tally<K>) {
        let kept: u64 = other.counts.values().sum();
        self.total += other.total - kept;
        other.counts.into_iter().for_each(|(key, count)| self.add_hashed(key, count));
    }

    /// Gives kinds other names, the most frequent first. Those that get the same name are one kind from then on.
    pub fn rename(&mut self, mut rename: impl FnMut(&mut K))
    where
        K: Clone,
    {
        let others = self.others();
        let counts: Vec<_> = self.by_count().into_iter().map(|(kind, count)| (kind.clone(), count)).collect();
        *self = Tally { counts: BTreeMap::new(), total: others };
        for (mut kind, count) in counts {
            rename(&mut kind);
            self.add(count, || kind);
        }
    }

    /// How many things were counted, of whatever kind.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many things were of kinds that are not kept.
    pub fn others(&self) -> u64 {
        self.total - self.counts.values().sum::<u64>()
    }

    /// How many kinds are kept.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The kinds and their counts, the most frequent first.
    pub fn by_count(&self) -> Vec<(&K, u64)> {
        let mut counts: Vec<_> = self.counts.iter().map(|((_, kind), count)| (kind, *count)).collect();
        order::sort_by(&mut counts, |(a, more), (b, count)| count.cmp(more).then_with(|| a.cmp(b)));
        counts
    }
}

fn hash(kind: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    kind.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_counting_does_not_matter() {
        let kinds: Vec<String> = (0..3 * Tally::<String>::MAX_KINDS).map(|number| number.to_string()).collect();
        let mut forward = Tally::default();
        kinds.iter().for_each(|kind| forward.add(2, || kind.clone()));
        let mut parts = Tally::default();
        for part in kinds.rchunks(70) {
            let mut tally = Tally::default();
            part.iter().chain(part).for_each(|kind| tally.add(1, || kind.clone()));
            parts.merge(tally);
        }
        assert_eq!(forward, parts);
        assert_eq!(forward.total(), 2 * kinds.len() as u64);
        assert_eq!(forward.len(), Tally::<String>::MAX_KINDS);
        assert!(forward.by_count().iter().all(|(_, count)| *count == 2));
    }
}
