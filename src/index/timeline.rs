//! Records over time.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::Index;
use crate::event::Time;
use crate::order;

/// How many records there are in each of some equal spans of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// The first and the last moment.
    pub span: (Time, Time),
    /// For each span the records of each level, in the order of [`Level::ALL`](crate::event::Level::ALL).
    pub bins: Vec<[u32; 5]>,
    /// The articles that matched, those with most records first, at most [`Lane::MAX`].
    pub lanes: Vec<Lane>,
}

/// The records that an article matched, over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// The article's number.
    pub article: u32,
    /// How many.
    pub count: u64,
    /// For each span how many.
    pub bins: Vec<u32>,
}

impl Lane {
    /// How many articles have a lane.
    pub const MAX: usize = 100;
}

impl Histogram {
    /// Nothing, in so many spans.
    fn new(span: (Time, Time), bins: usize) -> Histogram {
        Histogram { span, bins: vec![[0; 5]; bins.max(1)], lanes: Vec::new() }
    }

    /// When a span begins; behind the last one, when that ends.
    pub fn start(&self, bin: usize) -> Time {
        let (first, last) = (u128::from(self.span.0.0), u128::from(self.span.1.0));
        let width = last.saturating_sub(first) + 1;
        let start = first + (width * bin as u128).div_ceil(self.bins.len() as u128);
        Time(u64::try_from(start).unwrap_or(u64::MAX))
    }

    /// Where most records are, if that is a small part of the whole: the shortest time that has nineteen in twenty of them,
    /// if it is a tenth at most. One record of long ago is enough for the others to stand close together.
    pub fn dense(&self) -> Option<(Time, Time)> {
        let count = |bin: usize| self.bins.get(bin).map_or(0, |bin| bin.iter().map(|count| u64::from(*count)).sum());
        let all: u64 = (0..self.bins.len()).map(count).sum();
        let (mut first, mut inside, mut best) = (0, 0, None::<(usize, usize)>);
        for last in 0..self.bins.len() {
            inside += count(last);
            while (inside - count(first)) * 20 >= all * 19 && first < last {
                inside -= count(first);
                first += 1;
            }
            if inside * 20 >= all * 19
                && best.is_none_or(|(first_best, last_best)| last - first < last_best - first_best)
            {
                best = Some((first, last));
            }
        }
        let (first, last) = best.filter(|(first, last)| all > 0 && (last - first + 1) * 10 <= self.bins.len())?;
        Some((self.start(first), Time(self.start(last + 1).0.saturating_sub(1))))
    }
}

impl Index {
    /// Counts the records that the filter lets through, by when they were written.
    pub fn histogram(&self, bins: usize, span: (Time, Time)) -> Histogram {
        let mut histogram = Histogram::new(span, bins);
        let bins = histogram.bins.len();
        let mut lanes: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        // The newest come first.
        let (mut bin, mut start) = (bins - 1, histogram.start(bins - 1).0);
        for row in &self.found[self.rows_after(span.1)..] {
            let time = self.columns.times[*row as usize];
            if time < span.0.0 {
                break;
            }
            while time < start && bin > 0 {
                bin -= 1;
                start = histogram.start(bin).0;
            }
            let Some(kind) = self.kind(self.columns.kinds[*row as usize]) else { continue };
            histogram.bins[bin][kind.level as usize] += 1;
            if kind.articles != 0 {
                lanes.entry(kind.articles).or_insert_with(|| vec![0; bins])[bin] += 1;
            }
        }
        let mut by_article: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (together, counts) in lanes {
            for article in self.dictionary.articles.get(together as usize).into_iter().flatten() {
                let own = by_article.entry(*article).or_insert_with(|| vec![0; bins]);
                own.iter_mut().zip(&counts).for_each(|(own, more)| *own += more);
            }
        }
        let lane = |(article, bins): (u32, Vec<u32>)| {
            let count = bins.iter().map(|count| u64::from(*count)).sum();
            Lane { article, count, bins }
        };
        histogram.lanes = by_article.into_iter().map(lane).collect();
        order::sort_by(&mut histogram.lanes, |a, b| (b.count, a.article).cmp(&(a.count, b.article)));
        histogram.lanes.truncate(Lane::MAX);
        histogram
    }
}
