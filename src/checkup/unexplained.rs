//! What no article explains: examples of each kind of records, and when they came.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{EventKind, Evidence, Report, Tally, compare};
use crate::event::Time;
use crate::order::ranked;

/// Unexplained records of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Where the newest of them are, the newest first; at most [`Case::EXAMPLES`].
    pub examples: Vec<Evidence>,
    /// When they came.
    pub times: Times,
}

impl Case {
    /// More examples than this are not kept.
    pub const EXAMPLES: usize = 4;

    /// Takes a record.
    pub(super) fn add(&mut self, evidence: Evidence) {
        self.times.add(evidence.time, 1);
        if self.examples.len() < Self::EXAMPLES || self.examples.last().is_some_and(|oldest| *oldest < evidence) {
            self.keep(evidence);
        }
    }

    /// Takes what another part of the logs has.
    pub(super) fn merge(&mut self, other: Case) {
        self.times.merge(&other.times);
        other.examples.into_iter().for_each(|evidence| self.keep(evidence));
    }

    fn keep(&mut self, evidence: Evidence) {
        let place = self.examples.partition_point(|own| *own > evidence);
        self.examples.insert(place, evidence);
        self.examples.truncate(Self::EXAMPLES);
    }
}

/// How many records came when: counts for equal pieces of time, each 2ⁿ ticks long and starting at a multiple of that. The
/// pieces are as short as they can be for at most [`Times::PIECES`] of them, so that they do not depend on the order in
/// which records come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// How long a piece is: 2 to this power, in ticks.
    power: u32,
    /// The number of the first piece, counted from tick 0.
    first: u64,
    counts: Vec<u64>,
}

impl Times {
    /// There are no more pieces than this.
    pub const PIECES: usize = 32;
    /// No piece is shorter than 2²⁷ ticks, which is 13 seconds.
    const SHORTEST: u32 = 27;

    fn add(&mut self, time: Time, count: u64) {
        if self.counts.is_empty() {
            (self.power, self.first) = (Self::SHORTEST, time.0 >> Self::SHORTEST);
        }
        let mut piece = time.0 >> self.power;
        // Mostly it is in the pieces that are there.
        let own = piece.checked_sub(self.first).and_then(|place| self.counts.get_mut(usize::try_from(place).ok()?));
        if let Some(own) = own {
            *own += count;
            return;
        }
        loop {
            let (from, until) = (self.first.min(piece), (self.first + self.counts.len() as u64).max(piece + 1));
            if until - from <= Self::PIECES as u64 {
                self.counts.splice(0..0, (from..self.first).map(|_| 0));
                self.counts.resize((until - from) as usize, 0);
                self.first = from;
                self.counts[(piece - from) as usize] += count;
                return;
            }
            self.widen();
            piece >>= 1;
        }
    }

    /// Makes each two pieces one.
    fn widen(&mut self) {
        let mut counts = vec![0; self.counts.len() / 2 + 1];
        for (piece, count) in (self.first..).zip(&self.counts) {
            counts[((piece >> 1) - (self.first >> 1)) as usize] += count;
        }
        // What was put in two may fit into less.
        while counts.last() == Some(&0) {
            counts.pop();
        }
        (self.power, self.first, self.counts) = (self.power + 1, self.first >> 1, counts);
    }

    fn merge(&mut self, other: &Times) {
        while !self.counts.is_empty() && self.power < other.power {
            self.widen();
        }
        other.pieces().filter(|(_, count)| *count > 0).for_each(|((from, _), count)| self.add(from, count));
        while self.power < other.power {
            self.widen();
        }
    }

    /// The pieces from the first with a record to the last: when each begins and ends, and its records.
    pub fn pieces(&self) -> impl Iterator<Item = ((Time, Time), u64)> {
        let at = |piece: u64| Time(u64::try_from(u128::from(piece) << self.power).unwrap_or(u64::MAX));
        (self.first..).zip(&self.counts).map(move |(piece, count)| ((at(piece), at(piece + 1)), *count))
    }

    /// The share of a span of time in which none came: 0 for what comes all the time, near 1 for what came only in a burst.
    pub fn quiet_share(&self, (first, last): (Time, Time)) -> f64 {
        let busy: u64 = self.pieces().filter(|(_, count)| *count > 0).map(|((from, until), _)| until.0 - from.0).sum();
        (1.0 - busy as f64 / (last.0.saturating_sub(first.0).max(1)) as f64).clamp(0.0, 1.0)
    }
}

/// A kind of records that no article explains, as it is listed.
#[derive(Clone, Copy, Debug)]
pub struct Unexplained<'r> {
    /// What they have in common.
    pub kind: &'r EventKind,
    /// How many there are.
    pub count: u64,
    /// Examples, and when they came.
    pub case: &'r Case,
    /// How unusual they are: the share of the logs' time in which none came, from 0 to 1.
    pub unusual: f64,
}

/// Leaves the cases of the kinds that the tally keeps.
pub(super) fn bound(cases: &mut FxHashMap<EventKind, Case>, kinds: &Tally<EventKind>) {
    if cases.len() > kinds.len() {
        cases.retain(|kind, _| kinds.keeps(kind));
    }
}

impl Report {
    /// The kinds of errors and warnings that no article explains. First comes what is both unusual and frequent: what came
    /// all the time is mostly the way this computer is, what began or came in a burst is not.
    pub fn unexplained(&self) -> Vec<Unexplained<'_>> {
        let span = compare::span(self).unwrap_or_default();
        let unexplained = |(kind, count)| {
            let case = self.cases.get(kind)?;
            Some(Unexplained { kind, count, case, unusual: case.times.quiet_share(span) })
        };
        // Of equals, the more frequent is first already.
        let all: Vec<_> = self.unexplained.by_count().into_iter().filter_map(unexplained).collect();
        let rank = |unexplained: &Unexplained<'_>| (0, unexplained.unusual * (1.0 + unexplained.count as f64).ln());
        ranked(all.iter().map(rank)).into_iter().map(|place| all[place]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: &[u64]) -> Times {
        let mut all = Times::default();
        times.iter().for_each(|time| all.add(Time(*time), 1));
        all
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(
            mut times in proptest::collection::vec(0..1_u64 << 55, 1..200),
            near in any::<bool>(),
            split in 0..200_usize,
        ) {
            if near {
                times.iter_mut().for_each(|time| *time = (1 << 54) + *time % (1 << 34));
            }
            let whole = of(&times);
            let (first, second) = times.split_at(split.min(times.len()));
            let mut merged = of(first);
            merged.merge(&of(second));
            prop_assert_eq!(&merged, &whole);
            let mut merged = of(second);
            merged.merge(&of(first));
            prop_assert_eq!(&merged, &whole);
            times.reverse();
            prop_assert_eq!(&of(&times), &whole);
            prop_assert!(whole.counts.len() <= Times::PIECES);
            prop_assert_eq!(whole.counts.iter().sum::<u64>(), times.len() as u64);
            for time in &times {
                let piece = whole.pieces().find(|((from, until), _)| (from.0..until.0).contains(time));
                prop_assert!(piece.is_some_and(|(_, count)| count > 0));
            }
        }
    }

    #[test]
    fn what_came_in_a_burst_was_quiet_else() {
        let hour = 36_000_000_000;
        let span = (Time(0), Time(1000 * hour));
        let steady: Vec<u64> = (0..1000).map(|number| number * hour).collect();
        assert!(of(&steady).quiet_share(span) < 0.05);
        let burst: Vec<u64> = (0..1000).map(|number| 500 * hour + number * 1000).collect();
        assert!(of(&burst).quiet_share(span) > 0.99);
        assert_eq!(of(&[5]).quiet_share((Time(5), Time(5))), 0.0);
    }
}
