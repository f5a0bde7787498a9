//! Articles of Microsoft's Knowledge Base as they lie in archives, read as known issues.
//!
//! They come in three shapes, told apart by content: plain text (`DOCUMENT:Q124641 … TITLE   :`), the same inside a
//! Markdown page, and the text of newer web pages (`Title (Q101355)`). [`Extract::read`] takes one apart.

mod article;
mod clues;
mod codes;
mod date;
mod detection;
mod events;
mod labels;
mod links;
mod mentions;
mod sections;
mod shape;
mod sources;
mod values;
mod verdict;
mod written;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use detection::Grade;
use events::Found;
pub use links::link;
pub use sections::Heading;
pub use values::Value;
pub use verdict::Verdict;

/// The area of imported articles.
pub const IMPORTED: &str = "imported";

/// What an article says, as far as it could be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extract {
    /// Its number: `Q124641`.
    pub kb: String,
    /// Its title.
    pub title: String,
    /// What it applies to, word for word.
    pub products: Vec<String>,
    /// The versions of it, as its head says: `winnt:3.5`.
    pub versions: String,
    /// The keywords of its end, or else its head.
    pub keywords: Vec<String>,
    /// The day it was last changed, as RFC 3339.
    pub last_modified: Option<String>,
    /// The events it speaks of.
    pub events: Vec<Clue>,
    /// Its sections that are not empty, in their order; the text before the first heading has none.
    pub sections: Vec<Section>,
    /// The numbers of other articles that it names: `Q256986`.
    pub links: Vec<String>,
    /// What it says to do.
    pub verdict: Verdict,
    /// The sentence that the verdict rests on.
    pub verdict_passage: String,
}

/// A section's heading and its lines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Section {
    /// The heading.
    pub heading: Option<Heading>,
    /// The lines, as they are.
    pub text: String,
}

/// An event that an article speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clue {
    /// The id.
    pub event_id: u16,
    /// What logs it, if the article says so or it can be told.
    pub source: Option<String>,
    /// The article does not name the source.
    pub source_inferred: bool,
    /// The values that tell this issue from others.
    pub values: Vec<Value>,
    /// Error codes of the event, and of the messages that go with it.
    pub error_codes: Vec<String>,
    /// What it is to the issue.
    pub role: Role,
    /// What the article says of it.
    pub passage: String,
}

/// What an event is to an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It shows the issue.
    Symptom,
    /// It comes before, with or after it.
    Related,
    /// It is there when all is well.
    Expected,
}

/// Whether a file that starts with `start` is such an article.
pub fn recognise(start: &[u8]) -> bool {
    shape::decoded(start).is_ok_and(|text| shape::read(&text).is_ok())
}

/// The text of a file: UTF-8, or else Windows-1252. Refused if it is no text, or longer than any article.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    shape::decoded(bytes)
}

impl Extract {
    /// Reads an article. A text that is none is refused with a sentence that says why.
    pub fn read(bytes: &[u8]) -> Result<Extract, &'static str> {
        let text = shape::decoded(bytes)?;
        let page = shape::read(&text)?;
        let sections = sections::split(&page.body, page.flat);
        let plain: Vec<(Option<Heading>, String)> =
            sections.iter().map(|section| (section.heading, joined(section.lines))).collect();
        let (verdict, verdict_passage) = verdict::of(&plain);
        let has_word = |text: &str| memchr::memmem::find(text.as_bytes(), b"vent").is_some();
        let speaks = has_word(&page.title) || plain.iter().any(|(_, text)| has_word(text));
        let found: Vec<Found> = match speaks {
            true => {
                sections.iter().flat_map(|section| events::find(section, page.flat)).take(events::MAX_EVENTS).collect()
            }
            false => Vec::new(),
        };
        let context = format!("{} {}", page.title, page.products.join(" ")).to_ascii_lowercase();
        let events = clues::of(&found, &plain, &context, verdict);
        Ok(Extract {
            kb: format!("Q{}", page.number),
            title: page.title,
            products: page.products,
            versions: page.versions.to_owned(),
            keywords: page.keywords.into_iter().map(str::to_owned).collect(),
            last_modified: page.date,
            events,
            links: links::of(&page.body, page.number),
            sections: sections
                .iter()
                .map(|section| Section { heading: section.heading, text: section.lines.join("\n") })
                .collect(),
            verdict,
            verdict_passage,
        })
    }
}

/// The lines as one text with single spaces.
fn joined(lines: &[&str]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    let mut add = |part: &str| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
    };
    for line in lines {
        let line = line.trim_ascii();
        // Most lines are as they are to be.
        let is_spaced = |two: &[u8]| two[0].is_ascii_whitespace() && (two[0] != b' ' || two[1].is_ascii_whitespace());
        match line.as_bytes().windows(2).any(is_spaced) {
            true => line.split_ascii_whitespace().for_each(&mut add),
            false if line.is_empty() => {}
            false => add(line),
        }
    }
    text
}
