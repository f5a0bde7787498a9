//! The imported articles of one or more archives, to be searched and read. There may be so many that their texts stay
//! where they are, and only those that look for events go to where logs are checked.

use super::Article;
use super::filter::Filter;
use super::import::Extract;
use super::search::Search;

/// More articles are not taken: that is five times the largest archive known.
pub const MAX_ARTICLES: usize = 300_000;

/// Imported articles by number, in the order in which they came.
#[derive(Default)]
pub struct Library {
    search: Search,
    /// Without their texts.
    articles: Vec<Article>,
}

impl Library {
    /// Adds an article, which gets the next number, and gives what it looks for: an article for each grade, without text.
    /// `None` if one of the same id is there, or there are too many.
    pub fn add(&mut self, extract: &Extract) -> Option<Vec<Article>> {
        let mut articles = extract.without_text();
        let best = articles.first()?;
        if self.articles.len() >= MAX_ARTICLES || self.search.number(&best.id).is_some() {
            return None;
        }
        // A text as it is has the words of the paragraphs and lists that are shown of it, and the numbers of their items.
        self.search.add(best, extract.sections.iter().map(|section| section.text.as_str()));
        self.articles.push(Article {
            applies_to: Vec::new(),
            sources: Vec::new(),
            passages: Vec::new(),
            ..best.clone()
        });
        articles.retain(|article| article.grade.is_some());
        Some(articles)
    }

    /// Orders what was added, so that the next query need not.
    pub fn prepare(&mut self) {
        self.search.prepare();
    }

    /// All articles, as far as lists show them: without text, sources and passages.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The number of an article by its id, or by that of one of its grades (`q124641-likely`).
    pub fn number(&self, id: &str) -> Option<u32> {
        self.search.number(id.split('-').next().unwrap_or_default())
    }

    /// The articles that pass a filter and have all the words of a query, and those that have some of them, the best
    /// first; without a query, all that pass.
    pub fn find(&mut self, query: &str, filter: &Filter) -> (Vec<u32>, Vec<u32>) {
        self.prepare();
        let passes = |number: &u32| self.articles.get(*number as usize).is_some_and(|article| filter.passes(article));
        if query.trim().is_empty() {
            return ((0..self.articles.len() as u32).filter(passes).collect(), Vec::new());
        }
        let hits = self.search.find(query).into_iter().filter(|hit| passes(&hit.article));
        let (whole, partly): (Vec<_>, Vec<_>) = hits.partition(|hit| hit.whole);
        let numbers = |hits: Vec<super::search::Hit>| hits.into_iter().map(|hit| hit.article).collect();
        (numbers(whole), numbers(partly))
    }
}
