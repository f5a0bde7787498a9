//! Articles of Microsoft's Knowledge Base as they lie in archives, read as known issues.
//!
//! They come in three shapes, told apart by content: plain text (`DOCUMENT:Q124641 … TITLE   :`), the same inside a
//! Markdown page, and the text of newer web pages (`Title (Q101355)`). [`Extract::read`] takes one apart.

mod article;
mod codes;
mod date;
mod detection;
mod events;
mod labels;
mod mentions;
mod sections;
mod shape;
mod sources;
mod values;
mod verdict;
mod written;

use serde::{Deserialize, Serialize};

pub use detection::Grade;
use events::{Form, Found};
pub use sections::Heading;
pub use values::Value;
pub use verdict::Verdict;

/// An article of no symptoms that lists more events than these explains them, and no issue.
const CATALOGUE: usize = 5;

/// More links to other articles are left out.
const MAX_LINKS: usize = 200;

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

impl Extract {
    /// Reads an article. A text that is none is refused with a sentence that says why.
    pub fn read(bytes: &[u8]) -> Result<Extract, &'static str> {
        let text = shape::decoded(bytes)?;
        let page = shape::read(&text)?;
        let sections = sections::split(&page.body, page.flat);
        let plain: Vec<(Option<Heading>, String)> =
            sections.iter().map(|section| (section.heading, joined(section.lines))).collect();
        let (verdict, verdict_passage) = verdict::of(&plain);
        let found: Vec<Found> = match text.contains("vent") {
            true => {
                sections.iter().flat_map(|section| events::find(section, page.flat)).take(events::MAX_EVENTS).collect()
            }
            false => Vec::new(),
        };
        let context = format!("{} {}", page.title, page.products.join(" ")).to_ascii_lowercase();
        let events = clues(&found, &plain, &context, verdict);
        Ok(Extract {
            kb: format!("Q{}", page.number),
            title: page.title,
            products: page.products,
            versions: page.versions.to_owned(),
            keywords: page.keywords.into_iter().map(str::to_owned).collect(),
            last_modified: page.date,
            events,
            links: links(&page.body, page.number),
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
    for word in lines.iter().flat_map(|line| line.split_whitespace()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// The numbers of other articles, each once, in order.
fn links(body: &[&str], own: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for line in body {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric()) {
            let digits = word.strip_prefix('Q').filter(|digits| (5..=6).contains(&digits.len()) && *digits != own);
            if links.len() < MAX_LINKS
                && digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                && links.iter().all(|old| old != word)
            {
                links.push(word.to_owned());
            }
        }
    }
    links
}

/// What was found, each event once, with its source, values and codes.
fn clues(found: &[Found], sections: &[(Option<Heading>, String)], context: &str, verdict: Verdict) -> Vec<Clue> {
    let has_symptoms = sections.iter().any(|(heading, _)| matches!(heading, None | Some(Heading::Symptoms)));
    let is_catalogue = !has_symptoms && verdict == Verdict::Informational && found.len() > CATALOGUE;
    let mut clues: Vec<Clue> = Vec::new();
    for (at, one) in found.iter().enumerate() {
        let own_role = if is_catalogue { Role::Expected } else { role(one, has_symptoms, verdict) };
        let twins = || found.iter().filter(|twin| twin.id == one.id);
        // A sentence about an event that is shown, or was named before, says nothing else than what it is to the issue.
        let is_known = found[..at].iter().any(|before| before.id == one.id && before.form >= one.form);
        if twins().any(|twin| twin.form > one.form) || one.form == Form::Named && is_known {
            continue;
        }
        let among_symptoms = twins().filter(|twin| matches!(twin.heading, None | Some(Heading::Symptoms)));
        let role = among_symptoms.map(|twin| role(twin, has_symptoms, verdict)).fold(own_role, Role::min);
        let labelled = one.source.as_deref().and_then(sources::cleaned).map(|source| (source, true));
        let source = labelled.or_else(|| sources::of(one, context));
        let values = values::of(one.id, &one.description, &one.choices);
        let mut error_codes: Vec<String> = values.iter().filter_map(values::Value::written_code).collect();
        error_codes.dedup();
        let clue = Clue {
            event_id: one.id,
            source_inferred: source.as_ref().is_some_and(|(name, stated)| !stated && !names(sections, name)),
            source: source.map(|(name, _)| name),
            values,
            error_codes,
            role,
            passage: one.description.clone(),
        };
        let is_exact = values::is_known_form(one.id, &one.description);
        let twin = clues.iter_mut().find(|old| {
            let is_same_source = old.source == clue.source || old.source.is_none() || clue.source_inferred;
            old.event_id == clue.event_id && is_same_source && (old.values == clue.values || !is_exact)
        });
        match twin {
            Some(old) => old.role = old.role.min(clue.role),
            None => clues.push(clue),
        }
    }
    // Where no event stands among the symptoms, those that go with the cause are.
    if has_symptoms && clues.iter().all(|clue| clue.role != Role::Symptom) {
        clues.iter_mut().filter(|clue| clue.role == Role::Related).for_each(|clue| clue.role = Role::Symptom);
    }
    share_source(&mut clues);
    add_seen_codes(&mut clues, sections);
    clues
}

/// Whether a section names a source somewhere; short names are also parts of other words.
fn names(sections: &[(Option<Heading>, String)], source: &str) -> bool {
    source.len() > 6 && sections.iter().any(|(_, text)| text.contains(source))
}

/// What logs one event of an article logs all of them, where nothing says otherwise.
fn share_source(clues: &mut [Clue]) {
    let mut stated = clues.iter().filter(|clue| !clue.source_inferred).filter_map(|clue| clue.source.clone());
    let Some(first) = stated.next() else { return };
    if stated.all(|other| other.eq_ignore_ascii_case(&first)) {
        for clue in clues.iter_mut().filter(|clue| clue.source.is_none()) {
            (clue.source, clue.source_inferred) = (Some(first.clone()), true);
        }
    }
}

/// Adds the codes of the messages that people see with the event.
fn add_seen_codes(clues: &mut [Clue], sections: &[(Option<Heading>, String)]) {
    let Some(first) = clues.iter_mut().find(|clue| clue.role == Role::Symptom) else { return };
    let seen =
        sections.iter().filter(|(heading, _)| matches!(heading, None | Some(Heading::Symptoms | Heading::Summary)));
    for (_, text) in seen {
        let written = codes::written(text).into_iter().map(|(written, _)| written.to_owned());
        for code in written.chain(codes::messages(text).map(|(_, code)| code.to_string())) {
            if first.error_codes.iter().all(|old| !old.eq_ignore_ascii_case(&code)) {
                first.error_codes.push(code);
            }
        }
    }
}

/// What an event is to the issue, by the section it stands in and the words around it.
fn role(found: &Found, has_symptoms: bool, verdict: Verdict) -> Role {
    const WELL: [&str; 6] = ["startup complete", "successfully", "ended normally", "completed", "has started", "%1"];
    let description = found.description.to_ascii_lowercase();
    let is_info = found.kind.starts_with("info") || found.kind.contains("success");
    let is_well = WELL.iter().any(|words| description.contains(words));
    match found.heading {
        Some(Heading::Resolution | Heading::Workaround | Heading::Status | Heading::References) => Role::Expected,
        Some(Heading::MoreInformation | Heading::Summary) if is_info => Role::Expected,
        Some(Heading::MoreInformation) if has_symptoms => Role::Related,
        Some(Heading::MoreInformation) if verdict == Verdict::Informational && is_well => Role::Expected,
        Some(Heading::Cause) => Role::Related,
        _ if is_info && is_well => Role::Related,
        _ if found.is_beside => Role::Related,
        _ => Role::Symptom,
    }
}
