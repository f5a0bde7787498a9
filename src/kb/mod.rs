//! The knowledge base: known issues, and which events show them.

mod article;
mod copies;
pub mod filter;
pub mod import;
pub mod library;
pub mod lint;
mod markdown;
mod prose;
mod rule;
pub mod search;
mod skeleton;
mod style;
mod summary;
mod windows;

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::detection::index::Index;
use crate::detection::keywords::Keywords;
use crate::detection::scan::{self, Candidates, Scans};
use crate::event::Event;
use crate::order;
pub use article::{Article, Cause, Heading, Level, Name, Origin, Section, Source, Verdict};
pub use markdown::{Block, Inline};
pub use skeleton::skeleton;
pub use summary::Summary;
pub use windows::{Range, Version};

/// All articles, and the way from a record to those that may speak of it.
#[derive(Debug, Default)]
pub struct KnowledgeBase {
    articles: Vec<Article>,
    /// Made when they are first needed: who only shows findings never needs them.
    index: OnceLock<Index>,
    scans: OnceLock<Scans>,
    by_id: FxHashMap<String, u32>,
    /// For each article that correlations or stories watch, the fields that they ask of it.
    watched: FxHashMap<u32, Vec<String>>,
}

/// The articles in the form the build compiles them to.
#[derive(Serialize, Deserialize)]
struct Compiled(Vec<Article>);

impl KnowledgeBase {
    /// A knowledge base of these articles.
    pub fn new(articles: Vec<Article>) -> KnowledgeBase {
        let by_id: FxHashMap<String, u32> = articles.iter().map(|article| article.id.clone()).zip(0..).collect();
        let mut watched: FxHashMap<u32, Vec<String>> = FxHashMap::default();
        let mut watch = |id: &str, keys: &mut dyn Iterator<Item = &str>| {
            let Some(&number) = by_id.get(id) else { return };
            let fields = watched.entry(number).or_default();
            fields.extend(keys.map(str::to_owned));
            fields.sort_unstable();
            fields.dedup();
        };
        for correlation in articles.iter().filter_map(|article| article.correlation.as_ref()) {
            for rule in &correlation.rules {
                let keys = correlation.group_by.iter().chain(&correlation.fields);
                watch(rule, &mut keys.map(|key| key.of(rule)));
            }
        }
        for article in &articles {
            for cause in article.caused_by.iter().filter(|cause| by_id.contains_key(&cause.article)) {
                watch(&article.id, &mut cause.same.iter().map(|(own, _)| own.as_str()));
                watch(&cause.article, &mut cause.same.iter().map(|(_, other)| other.as_str()));
            }
        }
        KnowledgeBase { articles, index: OnceLock::new(), scans: OnceLock::new(), by_id, watched }
    }

    /// The knowledge base that [`compile`] made; empty if the bytes are from anywhere else.
    pub fn from_compiled(bytes: &[u8]) -> KnowledgeBase {
        KnowledgeBase::new(postcard::from_bytes::<Compiled>(bytes).map_or_else(|_| Vec::new(), |compiled| compiled.0))
    }

    /// The same with more articles; one with the id of another replaces it. Of new ones with one id, the first counts.
    pub fn with(&self, articles: Vec<Article>) -> KnowledgeBase {
        let new: FxHashSet<&str> = articles.iter().map(|article| article.id.as_str()).collect();
        let mut all: Vec<_> = self.articles.iter().filter(|old| !new.contains(old.id.as_str())).cloned().collect();
        all.extend(articles);
        order::sort_by(&mut all, |a, b| a.id.cmp(&b.id));
        all.dedup_by(|a, b| a.id == b.id);
        KnowledgeBase::new(all)
    }

    /// Adds articles; one with the id of another replaces it.
    pub fn add(&mut self, articles: Vec<Article>) {
        *self = self.with(articles);
    }

    /// Every article, ordered by id.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// An article by its number in [`KnowledgeBase::articles`].
    pub fn article(&self, number: u32) -> Option<&Article> {
        self.articles.get(number as usize)
    }

    /// An article by its id.
    pub fn by_id(&self, id: &str) -> Option<&Article> {
        self.article(self.number(id)?)
    }

    /// The number of an article by its id.
    pub fn number(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The fields that correlations and stories ask of an article's matches; `None` for one that none watches.
    pub fn watched_by(&self, number: u32) -> Option<&[String]> {
        self.watched.get(&number).map(Vec::as_slice)
    }

    /// The same, empty for an article that none watches.
    pub fn watched(&self, number: u32) -> &[String] {
        self.watched_by(number).unwrap_or_default()
    }

    /// The articles that may match records of this provider, event id and channel, by number, ascending.
    pub fn asked_for(&self, provider: &str, event_id: u32, channel: &str) -> Vec<u32> {
        self.index().candidates(provider, event_id, channel)
    }

    /// The same, for evaluating them.
    pub fn candidates(&self, provider: &str, event_id: u32, channel: &str) -> Candidates {
        self.plan(self.asked_for(provider, event_id, channel))
    }

    /// How to evaluate articles (numbers, ascending) for many records of one kind.
    pub fn plan(&self, articles: Vec<u32>) -> Candidates {
        Candidates::few(articles).unwrap_or_else(|many| self.scans().plan(many))
    }

    /// Those of the candidates that match an event, by number, ascending.
    pub fn matches(&self, candidates: &Candidates, event: &Event<'_>) -> Vec<u32> {
        let mut worth = scan::worth(candidates, event, || self.scans());
        worth.retain(|number| self.article(*number).is_some_and(|article| article.detection.matches(event)));
        worth
    }

    /// Of the articles that match an event and are shown, the one that speaks most exactly of it.
    pub fn best(&self, event: &Event<'_>) -> Option<&Article> {
        let head = &event.head;
        let candidates = self.candidates(head.provider.text, head.event_id, head.channel.text);
        let matching = self.matches(&candidates, event).into_iter().filter_map(|number| self.article(number));
        matching.filter(|article| !article.silent).max_by_key(|article| article.detection.specificity())
    }

    /// The texts of articles that can match only records with one of them; `None` where one can match others.
    pub fn keywords(&self, articles: &[u32]) -> Option<Keywords> {
        Keywords::of(articles.iter().filter_map(|number| Some(&self.article(*number)?.detection)))
    }

    /// Makes what is made when records are first looked at, so that these need not wait for it.
    pub fn prepare(&self) {
        self.index();
        self.scans();
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self.articles.iter().map(|article| &article.detection)))
    }

    fn scans(&self) -> &Scans {
        self.scans.get_or_init(|| Scans::new(self.articles.iter().map(|article| &article.detection)))
    }
}

/// Parses and checks article files (path and text). Either all are well, or every fault of every file is returned as
/// `path:line: message`.
pub fn compile<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Vec<u8>, Vec<String>> {
    let (articles, faults) = lint::read(files);
    if !faults.is_empty() {
        return Err(faults);
    }
    postcard::to_stdvec(&Compiled(articles)).map_err(|error| vec![error.to_string()])
}
