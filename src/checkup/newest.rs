//! The newest of many things, in bounded memory.

use crate::order;
use serde::{Deserialize, Serialize};

/// Keeps the [`Newest::MAX`] greatest of the things it is given, whatever their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Newest<T> {
    items: Vec<T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Newest { items: Vec::new() }
    }
}

impl<T: Ord + Copy> Newest<T> {
    /// How many things are kept.
    pub const MAX: usize = 500;

    /// Takes a thing.
    pub fn add(&mut self, item: T) {
        self.items.push(item);
        if self.items.len() >= 2 * Self::MAX {
            self.trim();
        }
    }

    /// Takes all that another keeps.
    pub fn merge(&mut self, other: Newest<T>) {
        self.items.extend(other.items);
        self.trim();
    }

    fn trim(&mut self) {
        if self.items.len() > Self::MAX {
            self.items.select_nth_unstable_by(Self::MAX - 1, |a, b| b.cmp(a));
            self.items.truncate(Self::MAX);
        }
    }

    /// The things that are kept, the newest first.
    pub fn sorted(&self) -> Vec<T> {
        let mut sorted = self.clone();
        sorted.trim();
        order::sort_by(&mut sorted.items, |a, b| b.cmp(a));
        sorted.items
    }
}

impl<T: Ord + Copy> PartialEq for Newest<T> {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}
