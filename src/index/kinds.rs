//! The kinds of records of all files: each part numbers its own, and here they get one number.

use rustc_hash::FxHashMap;

use crate::checkup::{Dictionary, ListedKind};

/// Gives the same number to the same kind of any part.
#[derive(Default)]
pub struct Kinds {
    dictionary: Dictionary,
    /// Bytes of all names.
    bytes: usize,
    names: FxHashMap<String, u32>,
    articles: FxHashMap<Vec<u32>, u32>,
    numbers: FxHashMap<ListedKind, u32>,
}

impl Kinds {
    /// When there are so many kinds, others are told apart only by their level and articles. The logs of a hundred
    /// computers have some ten thousand.
    pub const MAX: usize = 1 << 19;
    /// When names take more bytes than this, new ones are all called [`Kinds::OTHER`].
    const MAX_BYTES: usize = 16 << 20;
    /// What stands for names that are too many.
    pub const OTHER: &str = "(too many names)";

    /// The numbers of a part's kinds, in its order.
    pub fn add(&mut self, part: &Dictionary) -> Vec<u32> {
        let names: Vec<u32> = part.names.iter().map(|name| self.name(name)).collect();
        let articles: Vec<u32> = part.articles.iter().map(|articles| self.articles(articles)).collect();
        let of = |numbers: &[u32], number: u32| numbers.get(number as usize).copied().unwrap_or(0);
        let kinds = part.kinds.iter().map(|kind| ListedKind {
            provider: of(&names, kind.provider),
            channel: of(&names, kind.channel),
            computer: of(&names, kind.computer),
            articles: of(&articles, kind.articles),
            ..*kind
        });
        kinds.collect::<Vec<_>>().into_iter().map(|kind| self.number(kind)).collect()
    }

    fn number(&mut self, kind: ListedKind) -> u32 {
        if let Some(number) = self.numbers.get(&kind) {
            return *number;
        }
        if self.numbers.len() >= Self::MAX
            && self.dictionary.names.get(kind.provider as usize).is_none_or(|name| name != Self::OTHER)
        {
            let other = self.intern(Self::OTHER);
            return self.number(ListedKind { provider: other, event_id: 0, channel: other, computer: other, ..kind });
        }
        let number = self.dictionary.kinds.len() as u32;
        self.dictionary.kinds.push(kind);
        self.numbers.insert(kind, number);
        number
    }

    fn name(&mut self, name: &str) -> u32 {
        let fits = self.bytes < Self::MAX_BYTES || self.names.contains_key(name);
        self.intern(if fits { name } else { Self::OTHER })
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = self.dictionary.names.len() as u32;
        self.bytes += name.len();
        self.dictionary.names.push(name.to_owned());
        self.names.insert(name.to_owned(), number);
        number
    }

    fn articles(&mut self, articles: &[u32]) -> u32 {
        if self.dictionary.articles.is_empty() {
            // The first are none, as in every part.
            self.dictionary.articles.push(Vec::new());
            self.articles.insert(Vec::new(), 0);
        }
        if let Some(number) = self.articles.get(articles) {
            return *number;
        }
        let number = self.dictionary.articles.len() as u32;
        self.dictionary.articles.push(articles.to_owned());
        self.articles.insert(articles.to_owned(), number);
        number
    }

    /// All kinds.
    pub fn finish(self) -> Dictionary {
        self.dictionary
    }
}

/// For each kind the number of its computer and channel together, without regard to case.
pub fn sources(dictionary: &Dictionary) -> Vec<u32> {
    let mut folded: FxHashMap<String, u32> = FxHashMap::default();
    let names: Vec<u32> = dictionary
        .names
        .iter()
        .map(|name| {
            let next = folded.len() as u32;
            *folded.entry(name.to_ascii_lowercase()).or_insert(next)
        })
        .collect();
    let mut numbers: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    let source = |kind: &ListedKind| {
        let next = numbers.len() as u32;
        *numbers.entry((names[kind.computer as usize], names[kind.channel as usize])).or_insert(next)
    };
    dictionary.kinds.iter().map(source).collect()
}
