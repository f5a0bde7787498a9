//! Which records one wants to see, and how many there are of what.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Columns, Index, Kinds};
use crate::checkup::{Dictionary, Listed, ListedKind, Place};
use crate::event::{Level, Time};
use crate::order;

/// What records must have; everything, by default. Names compare without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Not earlier than this.
    pub from: Option<Time>,
    /// Not later than this.
    pub to: Option<Time>,
    /// One of these levels; any, if there are none.
    pub levels: Vec<Level>,
    /// This provider.
    pub provider: Option<String>,
    /// One of these event ids; any, if there are none.
    pub event_ids: Vec<u32>,
    /// This channel.
    pub channel: Option<String>,
    /// This computer.
    pub computer: Option<String>,
    /// The file with this number.
    pub file: Option<u32>,
    /// The article with this number matched.
    pub article: Option<u32>,
    /// At least one article matched, or none did.
    pub explained: Option<bool>,
}

/// How many records a filter lets through, and how many there are of what: of each name as many as there would be if
/// the filter did not ask for a name of its sort.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Records that the filter lets through.
    pub count: u64,
    /// Of each level, in the order of [`Level::ALL`].
    pub levels: [u64; 5],
    /// Of each provider, those with most first, at most [`Found::MAX`]; so are the others.
    pub providers: Vec<(String, u64)>,
    /// Of each event id.
    pub event_ids: Vec<(u32, u64)>,
    /// Of each channel.
    pub channels: Vec<(String, u64)>,
    /// Of each computer.
    pub computers: Vec<(String, u64)>,
    /// Of each article, by number.
    pub articles: Vec<(u32, u64)>,
    /// Without an article, and with one.
    pub explained: [u64; 2],
}

impl Found {
    /// How many names of a sort are kept.
    pub const MAX: usize = 500;
}

/// What a filter asks of kinds of records, as the place of the bit that says it is not so.
#[derive(Clone, Copy)]
enum Sort {
    Level,
    Provider,
    EventId,
    Channel,
    Computer,
    Article,
    Explained,
}

impl Filter {
    /// For each kind, what of the filter it does not fit: a bit for each [`Sort`].
    fn misfits(&self, dictionary: &Dictionary) -> Vec<u8> {
        let wanted = |name: &Option<String>| -> Option<Vec<bool>> {
            let name = name.as_ref()?;
            Some(dictionary.names.iter().map(|own| own.eq_ignore_ascii_case(name)).collect())
        };
        let (providers, channels, computers) = (wanted(&self.provider), wanted(&self.channel), wanted(&self.computer));
        let articles: Option<Vec<bool>> = self
            .article
            .map(|article| dictionary.articles.iter().map(|all| all.binary_search(&article).is_ok()).collect());
        let fits = |wanted: &Option<Vec<bool>>, number: u32| {
            wanted.as_ref().is_none_or(|wanted| wanted.get(number as usize).is_some_and(|wanted| *wanted))
        };
        let misfit = |kind: &ListedKind| {
            let fit = [
                (Sort::Level, self.levels.is_empty() || self.levels.contains(&kind.level)),
                (Sort::Provider, fits(&providers, kind.provider)),
                (Sort::EventId, self.event_ids.is_empty() || self.event_ids.contains(&kind.event_id)),
                (Sort::Channel, fits(&channels, kind.channel)),
                (Sort::Computer, fits(&computers, kind.computer)),
                (Sort::Article, fits(&articles, kind.articles)),
                (Sort::Explained, self.explained.is_none_or(|explained| explained == (kind.articles != 0))),
            ];
            fit.into_iter().map(|(sort, fits)| u8::from(!fits) << sort as u8).sum()
        };
        dictionary.kinds.iter().map(misfit).collect()
    }
}

impl Index {
    /// Lets only some records through, and of those only the hits of a search, if there is one.
    pub fn filter(&mut self, filter: &Filter) -> Found {
        let misfits = filter.misfits(&self.dictionary);
        let Columns { times, places, kinds, .. } = &self.columns;
        let first = filter.to.map_or(0, |to| times.partition_point(|time| *time > to.0));
        let end = filter.from.map_or(times.len(), |from| times.partition_point(|time| *time >= from.0));
        let mut counts = vec![0; misfits.len()];
        self.found.clear();
        let found = &mut self.found;
        let mut look = |row: usize, kind: u32| {
            let kind = kind as usize;
            counts[kind] += 1;
            if misfits[kind] == 0 {
                found.push(row as u32);
            }
        };
        let rows = (first..).zip(kinds.get(first..end).unwrap_or_default());
        if self.hits.is_none() && filter.file.is_none() {
            // The way through all records that is gone most is the shortest.
            rows.for_each(|(row, kind)| look(row, *kind));
        } else {
            let is_hit = |row: usize| self.hits.as_ref().is_none_or(|hits| hits[row / 64] >> (row % 64) & 1 == 1);
            let is_in_file = |row: usize| filter.file.is_none_or(|file| Place(places[row]).file() == file);
            rows.filter(|(row, _)| is_hit(*row) && is_in_file(*row)).for_each(|(row, kind)| look(row, *kind));
        }
        self.count_by_name(&misfits, &counts)
    }

    /// The counts of kinds as counts of names.
    fn count_by_name(&self, misfits: &[u8], counts: &[u64]) -> Found {
        let mut found = Found { count: self.found.len() as u64, ..Found::default() };
        let names = self.dictionary.names.len();
        let (mut providers, mut channels, mut computers) = (vec![0; names], vec![0; names], vec![0; names]);
        let mut articles = vec![0; self.dictionary.articles.len()];
        let mut event_ids: FxHashMap<u32, u64> = FxHashMap::default();
        for ((kind, misfit), count) in
            self.dictionary.kinds.iter().zip(misfits).zip(counts).filter(|(_, count)| **count > 0)
        {
            let counts = |sort: Sort| misfit & !(1 << sort as u8) == 0;
            if counts(Sort::Level) {
                found.levels[kind.level as usize] += count;
            }
            if counts(Sort::Provider) {
                providers[kind.provider as usize] += count;
            }
            if counts(Sort::EventId) {
                *event_ids.entry(kind.event_id).or_default() += count;
            }
            if counts(Sort::Channel) {
                channels[kind.channel as usize] += count;
            }
            if counts(Sort::Computer) {
                computers[kind.computer as usize] += count;
            }
            if counts(Sort::Article) {
                articles[kind.articles as usize] += count;
            }
            if counts(Sort::Explained) {
                found.explained[usize::from(kind.articles != 0)] += count;
            }
        }
        let named = |counts: Vec<u64>| {
            let names = self.dictionary.names.iter().zip(counts).filter(|(name, _)| !name.is_empty());
            most(names.map(|(name, count)| (name.clone(), count)))
        };
        (found.providers, found.channels, found.computers) = (named(providers), named(channels), named(computers));
        found.event_ids = most(event_ids.into_iter());
        let mut by_article: FxHashMap<u32, u64> = FxHashMap::default();
        for (together, count) in self.dictionary.articles.iter().zip(articles) {
            together.iter().for_each(|article| *by_article.entry(*article).or_default() += count);
        }
        found.articles = most(by_article.into_iter());
        found
    }

    /// Begins a search: from now on, only what it finds is let through. Takes the earlier one back.
    pub fn begin_search(&mut self) {
        self.hits = Some(vec![0; self.columns.times.len().div_ceil(64)]);
    }

    /// Takes what a search has found in a part. A record that the index left out as a repetition is none.
    pub fn add_hits(&mut self, listed: &Listed) {
        for record in listed.records() {
            if let Some(row) = self.find(record.time, record.place)
                && let Some(hits) = &mut self.hits
            {
                hits[row / 64] |= 1 << (row % 64);
            }
        }
    }

    /// Forgets what a search has found.
    pub fn end_search(&mut self) {
        self.hits = None;
    }

    /// Records of kinds that are too many to be told apart.
    pub(super) fn others(&self) -> u64 {
        let Some(other) = self.dictionary.names.iter().position(|name| name == Kinds::OTHER) else { return 0 };
        let is_other = |kind: &u32| {
            self.kind(*kind).is_some_and(|kind| [kind.provider, kind.channel, kind.computer].contains(&(other as u32)))
        };
        self.columns.kinds.iter().filter(|kind| is_other(kind)).count() as u64
    }
}

/// Those with the highest counts, and of equal ones the first by name.
fn most<T: Ord>(counts: impl Iterator<Item = (T, u64)>) -> Vec<(T, u64)> {
    let mut counts: Vec<(T, u64)> = counts.filter(|(_, count)| *count > 0).collect();
    order::sort_by(&mut counts, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(Found::MAX);
    counts
}
