//! An article's one-line summary of a record: text with the record's values put in.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::event::Event;

/// A template such as `{param1} did not start: {param2|code}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Piece {
    Text(String),
    /// A field's value.
    Value(String),
    /// A field's value, read as an error code: its name, where it has one.
    Code(String),
}

impl Summary {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Summary, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let end = rest[start..].find('}').filter(|end| !rest[start + 1..start + end].contains('{'));
            let Some(end) = end else { return Err("a `}` is missing in the summary".into()) };
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].to_owned()));
            }
            let name = &rest[start + 1..start + end];
            pieces.push(match name.split_once('|') {
                _ if name.is_empty() => return Err("`{}` names no field".into()),
                None => Piece::Value(name.to_owned()),
                Some((name, "code")) => Piece::Code(name.to_owned()),
                Some((_, filter)) => return Err(format!("`{filter}` is no filter; there is `code`")),
            });
            rest = &rest[start + end + 1..];
        }
        if rest.contains('}') {
            return Err("a `}` without a `{` in the summary".into());
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if pieces.is_empty() { Err("the summary is empty".into()) } else { Ok(Summary(pieces)) }
    }

    /// Its own words, without those that a record puts in.
    pub fn plain(&self) -> String {
        let texts = self.0.iter().map(|piece| if let Piece::Text(text) = piece { text.as_str() } else { " " });
        texts.collect()
    }

    /// A value of a record as it is shown, by its field: codes with their names where they are known to be ones, and where
    /// this summary reads the field as one.
    pub fn value<'v>(&self, event: &Event<'_>, field: &str, value: &'v str) -> Cow<'v, str> {
        let reads = |piece: &Piece| matches!(piece, Piece::Code(own) if own.eq_ignore_ascii_case(field));
        if self.0.iter().any(reads) { codes::show(value) } else { codes::show_in(&event.head, field, value) }
    }

    /// The summary of a record. A value that the record does not have is an ellipsis.
    pub fn of(&self, event: &Event<'_>) -> String {
        let value = |field: &str| match event.text(field) {
            Some(text) if !text.is_empty() => text,
            _ => "…".to_owned(),
        };
        let mut line = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => line.push_str(text),
                Piece::Value(field) => line.push_str(&codes::show_in(&event.head, field, &value(field))),
                Piece::Code(field) => line.push_str(&codes::show(&value(field))),
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Field, Head, Level, Names, Part, Time, Value};

    #[test]
    fn codes_are_called_by_their_names() {
        let mut names = Names::default();
        let none = names.intern("");
        let name = names.name(none);
        let data = |name: &'static str, value| Field { part: Part::Data, name: Some(name.into()), value };
        let event = Event {
            head: Head {
                provider: name,
                event_id: 7000,
                level: Level::Error,
                time: Time::default(),
                record_id: 1,
                channel: name,
                computer: name,
            },
            fields: vec![
                data("param1", Value::Text("Spooler".into())),
                data("param2", Value::Text("%%1053".into())),
                data("status", Value::Hex(0xc000_0022)),
                data("own", Value::Unsigned(64_000)),
            ],
        };
        let line = |template: &str| Summary::parse(template).unwrap().of(&event);
        let shown = "Spooler did not start: ERROR_SERVICE_REQUEST_TIMEOUT (1053)";
        assert_eq!(line("{param1} did not start: {param2|code}"), shown);
        assert_eq!(line("{param1}: {status|code}"), "Spooler: STATUS_ACCESS_DENIED (0xc0000022)");
        assert_eq!(line("{param2}, {own|code}, {param3|code}"), "ERROR_SERVICE_REQUEST_TIMEOUT (1053), 64000, …");
    }
}
