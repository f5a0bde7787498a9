//! What was read of an article of Microsoft's Knowledge Base, as JSON for scripts.

use serde::Serialize;

use crate::kb::import::{Extract, Heading, Role, Verdict};

#[derive(Serialize)]
struct Line<'a> {
    kb: &'a str,
    title: &'a str,
    products: &'a [String],
    last_modified: Option<&'a str>,
    events: Vec<Event<'a>>,
    sections: Vec<&'static str>,
    verdict: Verdict,
}

#[derive(Serialize)]
struct Event<'a> {
    event_id: u16,
    source: Option<&'a str>,
    source_inferred: bool,
    params: Vec<&'a str>,
    error_codes: &'a [String],
    role: Role,
}

/// One JSON object on one line.
pub fn line(extract: &Extract) -> String {
    let events = extract.events.iter().map(|clue| Event {
        event_id: clue.event_id,
        source: clue.source.as_deref(),
        source_inferred: clue.source_inferred,
        params: clue.values.iter().map(|value| value.text.as_str()).collect(),
        error_codes: &clue.error_codes,
        role: clue.role,
    });
    let mut headings: Vec<Heading> = extract.sections.iter().filter_map(|section| section.heading).collect();
    headings.retain(|heading| *heading != Heading::References);
    headings.dedup();
    let line = Line {
        kb: &extract.kb,
        title: &extract.title,
        products: &extract.products,
        last_modified: extract.last_modified.as_deref(),
        events: events.collect(),
        sections: headings.into_iter().map(Heading::name).collect(),
        verdict: extract.verdict,
    };
    // Texts and numbers cannot fail to be written.
    serde_json::to_string(&line).unwrap_or_default()
}
