//! The Sigma detections of an imported article: one for each grade of what it matches, so that a record is graded by
//! which of them match, and the better ones take the others under them as any exact article does a general one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Clue, Extract, Role, Value, codes};
use crate::detection::{Detection, parse};
use crate::yaml;

/// How well what an article says of an event fits the records that its detection matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// They are the same event.
    SameEvent,
    /// Some of the values agree, or the article names none.
    Likely,
    /// All values agree.
    Exact,
}

impl Grade {
    /// All grades, the best first.
    pub const ALL: [Grade; 3] = [Grade::Exact, Grade::Likely, Grade::SameEvent];
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Grade::Exact => "exact",
            Grade::Likely => "likely",
            Grade::SameEvent => "same-event",
        })
    }
}

/// The detection of a grade, and what the article says of the events it looks for; `None` where it looks for none.
pub(super) fn graded(extract: &Extract, grade: Grade) -> Option<(Detection, Vec<String>)> {
    let (text, clues) = written(extract, grade)?;
    let detection = parse::parse(&yaml::parse(&text, 1).ok()?, true, &mut Vec::new())?;
    Some((detection, clues.iter().map(|clue| clue.passage.clone()).collect()))
}

/// The same as YAML, with the events it looks for.
pub(super) fn written(extract: &Extract, grade: Grade) -> Option<(String, Vec<&Clue>)> {
    let (mut text, mut conditions, mut clues) = (String::new(), Vec::new(), Vec::new());
    for clue in extract.events.iter().filter(|clue| clue.role == Role::Symptom) {
        let mut asked: Vec<Asked> = clue.values.iter().filter_map(asks).collect();
        match (grade, asked.len()) {
            (Grade::Exact, 1..) => {}
            // An id by itself is not enough.
            _ if clue.source.is_none() => continue,
            (Grade::Likely, 0 | 2..) => {}
            (Grade::SameEvent, 1..) => asked.clear(),
            _ => continue,
        }
        clues.push(clue);
        let event = format!("event{}", clues.len());
        text += &format!("{event}:\n");
        if let Some(source) = &clue.source {
            text += &format!("  Provider_Name: {}\n", quoted(&escaped(source)));
        }
        text += &format!("  EventID: {}\n", clue.event_id);
        if grade == Grade::Exact {
            // Fields are asked for together; a text that may be in any value is a selection of its own.
            asked.retain(|asked| match &asked.field {
                Some(field) => {
                    text += &format!("  {field}: {}\n", list(&asked.texts));
                    false
                }
                None => true,
            });
        }
        let mut names = Vec::new();
        for (number, asked) in (1..).zip(&asked) {
            let name = format!("{event}_{number}");
            let texts = list(&asked.texts);
            text += &match &asked.field {
                Some(field) => format!("{name}:\n  {field}: {texts}\n"),
                None => format!("{name}: {texts}\n"),
            };
            names.push(name);
        }
        conditions.push(match (grade, names.len()) {
            (_, 0) => event,
            (Grade::Exact, _) => format!("{event} and {}", names.join(" and ")),
            _ => format!("{event} and ({})", names.join(" or ")),
        });
    }
    let condition = conditions.join(" or ");
    (!clues.is_empty()).then(|| (text + &format!("condition: {condition}\n"), clues))
}

/// Texts as YAML: one by itself, more as a list.
fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    if let [one] = quoted.as_slice() { one.clone() } else { format!("[{}]", quoted.join(", ")) }
}

/// A text as YAML has it between quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a value asks of a record: a field, or nothing for any value, and the texts of which one must be there.
pub(super) struct Asked {
    pub field: Option<String>,
    pub texts: Vec<String>,
}

/// What a value asks for; `None` where it is too short to be found in other values.
pub(super) fn asks(value: &Value) -> Option<Asked> {
    let texts = match (value.place, value.code, &value.rest) {
        (_, None, Some(rest)) => open(&value.text, rest),
        (_, None, None) => vec![escaped(value.text.trim_end_matches('.'))],
        (Some(_), Some(code), _) => match codes::number(&value.text) {
            // A service's own error is written as a number, too, and newer systems add it in hexadecimal.
            Some(_) => vec![format!("%%{code}"), code.to_string(), format!("{code} (*")],
            None => vec![format!("%%{code}")],
        },
        (None, Some(code), _) => {
            let mut texts = vec![escaped(value.text.trim_end_matches('.'))];
            let others = [format!("%%{code}"), format!("{code:#x}"), format!("{code:08x}")];
            texts.extend(others.into_iter().filter(|other| code > 0xffff || other.starts_with("%%")));
            texts.dedup();
            texts
        }
    };
    let field = value.place.map(|place| format!("param{place}"));
    // Keywords are found anywhere in a value.
    let is_short = field.is_none() && texts.iter().any(|text| text.len() < 3);
    (!texts.is_empty() && !is_short).then_some(Asked { field, texts })
}

/// The ways that a value of which the article leaves the end open can end. An abbreviation behind a service's name is
/// what a longer name ends with: `Post Office Protocol (POP3)`, `Contoso POP3`.
fn open(start: &str, rest: &[String]) -> Vec<String> {
    if rest.is_empty() {
        return if start.is_empty() { Vec::new() } else { vec![format!("{}*", escaped(start))] };
    }
    let mut texts: Vec<String> = Vec::new();
    for name in rest {
        texts.push(escaped(name));
        let short =
            name.strip_suffix(')').and_then(|name| name.rsplit_once('(')).map_or(name.as_str(), |(_, short)| short);
        if !name.starts_with(start) {
            texts.push(escaped(&format!("{start} {short}")));
        }
    }
    texts
}

/// A text without wildcards, as Sigma writes it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
