//! Which records one looks at, as the address says it.

use web_sys::UrlSearchParams;

use super::route::parameters;
use crate::checkup::Report;
use crate::event::{Level, Time};
use crate::index::Filter;
use crate::web::knowledge;

/// Which records one looks at, and what of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// What they must have. Files and articles are named below: their numbers are not the same tomorrow.
    pub filter: Filter,
    /// A text in one of their values.
    pub text: String,
    /// The name of the file they are in.
    pub file: Option<String>,
    /// The id of an article that matched them.
    pub article: Option<String>,
    /// The columns, by name, if others than the usual ones are wanted.
    pub columns: Option<String>,
}

impl Scope {
    /// The records that an article matched.
    pub fn of_article(id: &str) -> Scope {
        Scope { article: Some(id.to_owned()), ..Scope::default() }
    }

    /// What the parameters of an address say.
    pub fn parse(text: &str) -> Scope {
        let Ok(parameters) = UrlSearchParams::new_with_str(text) else { return Scope::default() };
        let get = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
        let list = |name: &str| get(name).unwrap_or_default();
        let levels = list("level");
        Scope {
            filter: Filter {
                from: get("from").and_then(|time| read_time(&time)),
                to: get("to").and_then(|time| read_time(&time)),
                levels: Level::ALL
                    .into_iter()
                    .filter(|level| levels.split(',').any(|own| own == level.word()))
                    .collect(),
                provider: get("provider"),
                event_ids: event_ids(&list("event")),
                channel: get("channel"),
                computer: get("computer"),
                file: None,
                article: None,
                explained: get("explained").map(|word| word == "yes"),
            },
            text: get("q").unwrap_or_default(),
            file: get("file"),
            article: get("finding"),
            columns: get("columns"),
        }
    }

    /// As parameters of an address.
    pub fn to_parameters(&self) -> String {
        let Filter { from, to, levels, provider, event_ids, channel, computer, explained, .. } = &self.filter;
        let words: Vec<&str> = levels.iter().map(|level| level.word()).collect();
        parameters([
            ("q", Some(self.text.clone())),
            ("from", from.map(|time| time.to_string())),
            ("to", to.map(|time| time.to_string())),
            ("level", Some(words.join(","))),
            ("provider", provider.clone()),
            ("event", Some(written(event_ids))),
            ("channel", channel.clone()),
            ("computer", computer.clone()),
            ("finding", self.article.clone()),
            ("explained", explained.map(|explained| if explained { "yes" } else { "no" }.to_owned())),
            ("file", self.file.clone()),
            ("columns", self.columns.clone()),
        ])
    }

    /// The filter, with files and articles by their numbers. What is not there lets nothing through.
    pub fn to_filter(&self, report: &Report) -> Filter {
        let file = |name: &String| report.files.iter().find(|(_, file)| file.name == *name).map(|(number, _)| *number);
        let file = self.file.as_ref().map(|name| file(name).unwrap_or(u32::MAX));
        let article = self.article.as_ref().map(|id| knowledge().number(id).unwrap_or(u32::MAX));
        Filter { file, article, ..self.filter.clone() }
    }

    /// The same within a span of time.
    pub fn within(&self, span: (Time, Time)) -> Scope {
        let filter = Filter { from: Some(span.0), to: Some(span.1), ..self.filter.clone() };
        Scope { filter, ..self.clone() }
    }

    /// The same at any time.
    pub fn at_any_time(&self) -> Scope {
        Scope { filter: Filter { from: None, to: None, ..self.filter.clone() }, ..self.clone() }
    }
}

/// Event ids with anything between them.
pub fn event_ids(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|id| id.parse().ok()).collect()
}

/// Event ids as one types them.
pub fn written(ids: &[u32]) -> String {
    ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// A time as [`Time`] writes it: outside the calendar that is a number.
fn read_time(text: &str) -> Option<Time> {
    Time::parse(text).or_else(|| text.parse().ok().map(Time))
}
