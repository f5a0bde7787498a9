//! Looking for a text in all values of all records: a Sigma detection by keyword, made when somebody types, so that it is
//! looked for with what looks for all others.

use crate::detection::Detection;
use crate::kb::{Article, KnowledgeBase};

/// Knows one article: it matches the records that have a text in any of their values, without regard to case.
pub fn containing(text: &str) -> KnowledgeBase {
    KnowledgeBase::new(vec![Article::of(Detection::containing(text))])
}
