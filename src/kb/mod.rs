//! The knowledge base: known issues, and which events show them.

mod article;
mod copies;
pub mod lint;
mod markdown;
mod prose;
mod style;
mod summary;
mod windows;

use serde::{Deserialize, Serialize};

use crate::detection::index::Index;
use crate::event::Event;
pub use article::{Article, Heading, Level, Section, Source, Verdict};
pub use markdown::{Block, Inline};
pub use summary::Summary;
pub use windows::{Range, Version};

/// All articles, and the way from a record to those that may speak of it.
#[derive(Debug, Default)]
pub struct KnowledgeBase {
    articles: Vec<Article>,
    index: Index,
}

/// The articles in the form the build compiles them to.
#[derive(Serialize, Deserialize)]
struct Compiled(Vec<Article>);

impl KnowledgeBase {
    /// A knowledge base of these articles.
    pub fn new(articles: Vec<Article>) -> KnowledgeBase {
        let index = Index::new(articles.iter().map(|article| &article.detection));
        KnowledgeBase { articles, index }
    }

    /// The knowledge base that [`compile`] made; empty if the bytes are from anywhere else.
    pub fn from_compiled(bytes: &[u8]) -> KnowledgeBase {
        KnowledgeBase::new(postcard::from_bytes::<Compiled>(bytes).map_or_else(|_| Vec::new(), |compiled| compiled.0))
    }

    /// Adds articles; one with the id of another replaces it.
    pub fn add(&mut self, articles: Vec<Article>) {
        let mut all = std::mem::take(&mut self.articles);
        all.retain(|old| articles.iter().all(|new| new.id != old.id));
        all.extend(articles);
        all.sort_by(|a, b| a.id.cmp(&b.id));
        *self = KnowledgeBase::new(all);
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
        self.articles.iter().find(|article| article.id == id)
    }

    /// The articles that may match records of this provider and event id, by number.
    pub fn candidates(&self, provider: &str, event_id: u32) -> Vec<u32> {
        self.index.candidates(provider, event_id)
    }

    /// Those of the candidates that match an event.
    pub fn matches(&self, candidates: &[u32], event: &Event<'_>) -> Vec<u32> {
        let matches = |number: &u32| self.article(*number).is_some_and(|article| article.detection.matches(event));
        candidates.iter().copied().filter(matches).collect()
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
