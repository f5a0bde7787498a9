//! Records as people read them: each in one line, and their values.

use std::borrow::Cow;

use crate::codes;
use crate::event::{Event, Field, Part};
use crate::kb::Article;
use crate::log::mta::DisplayText;

/// A line with more bytes than this is cut.
const MAX_LINE: usize = 400;

/// A record in one line: its message, where it is known; else an article's summary; else its values by their names.
pub fn line(event: &Event<'_>, article: Option<&Article>, display_text: Option<&DisplayText>) -> String {
    if let Some(message) = message(event, display_text) {
        return one_line(&message);
    }
    // Sigma rules have no summary.
    let summary = article.map(|article| article.summary.of(event)).unwrap_or_default();
    if !summary.is_empty() {
        return summary;
    }
    let mut line = String::new();
    for (name, field) in fields(event).filter(|(_, field)| field.part == Part::Data) {
        let value = value(event, article, display_text, &name, field);
        if !value.is_empty() && line.len() <= MAX_LINE {
            let separator = if line.is_empty() { "" } else { ", " };
            line.extend([separator, &name, ": ", &value]);
        }
    }
    if line.is_empty() { format!("{} {}", event.head.provider.text, event.head.event_id) } else { one_line(&line) }
}

/// A record's message: its own, which forwarded and exported events have, or the one that the display text of its log has.
pub fn message<'e>(event: &'e Event<'_>, display_text: Option<&DisplayText>) -> Option<Cow<'e, str>> {
    let of_log = || display_text?.message(event.head.provider.text, event.head.record_id).map(Cow::Owned);
    event.message().filter(|message| !message.trim().is_empty()).map(Cow::Borrowed).or_else(of_log)
}

/// Whether a field of this name is of a record's head, which says nothing of the kind of event.
pub fn is_of_head(name: &str) -> bool {
    const NAMES: [&str; 9] =
        ["Channel", "Computer", "EventRecordID", "Keywords", "Level", "Opcode", "Task", "TimeCreated", "Version"];
    const STARTS: [&str; 5] = ["Correlation_", "EventID", "Execution_", "Provider_", "Security_"];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}

/// The fields of a record beyond its head, by the names that articles use: those without one are `param1`, `param2` and so on.
pub fn fields<'e>(event: &'e Event<'_>) -> impl Iterator<Item = (Cow<'e, str>, &'e Field<'e>)> {
    let mut unnamed = 0;
    event.fields().map(move |field| match &field.name {
        Some(name) => (Cow::Borrowed(name.as_ref()), field),
        None => {
            unnamed += 1;
            (Cow::Owned(format!("param{unnamed}")), field)
        }
    })
}

/// The value of one of a record's fields: codes with their names, and level and task with theirs if the display text has
/// them.
pub fn value(
    event: &Event<'_>,
    article: Option<&Article>,
    display_text: Option<&DisplayText>,
    name: &str,
    field: &Field<'_>,
) -> String {
    let value = field.value.text();
    if field.part == Part::Data {
        return match article {
            Some(article) => article.summary.value(event, name, &value),
            None => codes::show_in(&event.head, name, &value),
        }
        .into_owned();
    }
    let provider = event.head.provider.text;
    let called = || match name {
        "Level" => display_text?.level(provider, value.parse().ok()?),
        "Task" => display_text?.task(provider, value.parse().ok()?),
        _ => None,
    };
    called().map_or_else(|| value.to_string(), |called| format!("{called} ({value})"))
}

fn one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() > MAX_LINE {
        line.truncate(line.floor_char_boundary(MAX_LINE));
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Head, Level, Names, Time, Value};
    use log_writer::MtaWriter;

    /// Looks at a record of the Service Control Manager with these fields.
    fn look(fields: &[(Part, Option<&'static str>, &'static str)], look: impl FnOnce(&Event<'_>)) {
        let mut names = Names::default();
        let (provider, none) = (names.intern("Service Control Manager"), names.intern(""));
        let head = Head {
            provider: names.name(provider),
            event_id: 7000,
            level: Level::Error,
            time: Time::default(),
            record_id: 17,
            channel: names.name(none),
            computer: names.name(none),
        };
        let field = |(part, name, text): &(Part, Option<&'static str>, &'static str)| Field {
            part: *part,
            name: name.map(Cow::Borrowed),
            value: Value::Text((*text).into()),
        };
        look(&Event { head, fields: fields.iter().map(field).collect() });
    }

    fn display_text() -> DisplayText {
        let mut mta = MtaWriter::new();
        mta.publisher("service control manager", &[(2, "Fehler")], &[(0, "Keine")]);
        mta.message(17, "Der Dienst \u{201e}Spooler\u{201c}\r\nwurde nicht gestartet.\r\n");
        DisplayText::open(mta.finish()).unwrap()
    }

    fn article() -> Article {
        crate::built_in().by_id("service-start-timeout").unwrap().clone()
    }

    const DATA: [(Part, Option<&str>, &str); 2] =
        [(Part::Data, Some("param1"), "Spooler"), (Part::Data, Some("param2"), "%%1053")];

    #[test]
    fn the_best_line_that_there_is() {
        let (text, article) = (display_text(), article());
        let german = "Der Dienst \u{201e}Spooler\u{201c} wurde nicht gestartet.";
        look(&DATA, |event| {
            assert_eq!(line(event, Some(&article), Some(&text)), german);
            assert_eq!(line(event, Some(&article), None), article.summary.of(event));
            assert_eq!(line(event, None, None), "param1: Spooler, param2: ERROR_SERVICE_REQUEST_TIMEOUT (1053)");
        });
        let rendered = [(Part::Rendering, Some("Message"), "It did not\r\nstart.")];
        look(&[&rendered[..], &DATA[..]].concat(), |event| {
            assert_eq!(line(event, Some(&article), Some(&text)), "It did not start.");
        });
        let empty = [(Part::Rendering, Some("Message"), " ")];
        look(&[&empty[..], &DATA[..]].concat(), |event| {
            assert_eq!(line(event, Some(&article), Some(&text)), german);
        });
    }

    #[test]
    fn a_line_without_a_name_or_a_value() {
        let fields = [
            (Part::System, Some("Task"), "0"),
            (Part::Data, None, "a"),
            (Part::Data, None, ""),
            (Part::Data, None, "b\r\nc"),
        ];
        look(&fields, |event| assert_eq!(line(event, None, None), "param1: a, param3: b c"));
        look(&fields[..1], |event| assert_eq!(line(event, None, None), "Service Control Manager 7000"));
        let long = "ä".repeat(MAX_LINE).leak();
        look(&[(Part::Data, None, long)], |event| assert!(line(event, None, None).len() <= MAX_LINE + "…".len()));
    }

    #[test]
    fn level_and_task_have_the_names_of_the_display_text() {
        let text = display_text();
        let fields = [
            (Part::System, Some("Level"), "2"),
            (Part::System, Some("Task"), "1"),
            (Part::System, Some("Version"), "2"),
            (Part::Data, Some("Level"), "2"),
        ];
        look(&fields, |event| {
            let shown = |text: Option<&DisplayText>| -> Vec<String> {
                fields
                    .iter()
                    .zip(super::fields(event))
                    .map(|(_, (name, field))| value(event, None, text, &name, field))
                    .collect()
            };
            assert_eq!(shown(Some(&text)), ["Fehler (2)", "1", "2", "2"]);
            assert_eq!(shown(None), ["2", "1", "2", "2"]);
        });
    }
}
