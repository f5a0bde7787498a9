//! What could not be evaluated: an article or rule that needs what the logs do not have is not simply "not found".

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use super::{Report, correlate};
use crate::detection::index::Index;
use crate::event::Event;
use crate::kb::{Article, KnowledgeBase};

/// Records that have the same fields, as a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKind {
    /// The channel.
    pub channel: String,
    /// The provider.
    pub provider: String,
    /// The event id.
    pub event_id: u32,
}

/// An article that could not be evaluated.
#[derive(Clone, Debug)]
pub struct NotEvaluated<'k> {
    /// The article.
    pub article: &'k Article,
    /// Why.
    pub why: Why,
}

/// Why an article could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// No log has records of one of these channels.
    Channel(Vec<String>),
    /// No record of the kind it asks for has this field.
    Field(String),
    /// It correlates matches of a rule that matched too often.
    TooMany,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::Channel(channels) => write!(f, "no log has the channel {}", channels.join(" or ")),
            Why::Field(field) => write!(f, "the records it asks for have no field {field}"),
            Why::TooMany => f.write_str("what it correlates is there more often than can be compared"),
        }
    }
}

/// More kinds of records than this are not kept, nor more fields of a kind. The first by name are kept, whatever the
/// order they come in.
const MAX_KINDS: usize = 2000;
const MAX_FIELDS: usize = 200;

/// Adds kinds of records and their fields.
pub fn merge(kinds: &mut BTreeMap<RecordKind, BTreeSet<String>>, more: BTreeMap<RecordKind, BTreeSet<String>>) {
    for (kind, fields) in more {
        let own = kinds.entry(kind).or_default();
        own.extend(fields);
        while own.len() > MAX_FIELDS {
            own.pop_last();
        }
        if kinds.len() > MAX_KINDS {
            kinds.pop_last();
        }
    }
}

/// Notes the names of an event's fields; records of one kind mostly have the same.
pub fn note_fields(event: &Event<'_>, layouts: &mut FxHashSet<u64>, fields: &mut BTreeSet<String>) {
    let mut hasher = FxHasher::default();
    let names = || event.fields.iter().filter_map(|field| field.name.as_deref());
    names().for_each(|name| name.hash(&mut hasher));
    if layouts.len() < MAX_FIELDS && layouts.insert(hasher.finish()) {
        fields.extend(names().map(|name| name.replace(' ', "").to_ascii_lowercase()));
        while fields.len() > MAX_FIELDS {
            fields.pop_last();
        }
    }
}

impl Report {
    /// The articles that could not be evaluated, and why.
    pub fn not_evaluated<'k>(&self, knowledge: &'k KnowledgeBase) -> Vec<NotEvaluated<'k>> {
        // Where nothing was read, that is what there is to say.
        if self.records() == 0 {
            return Vec::new();
        }
        let channels: BTreeSet<String> = self
            .files
            .values()
            .flat_map(|file| file.channels.by_count().into_iter().map(|(name, _)| name.to_ascii_lowercase()))
            .collect();
        let too_many_channels = self.files.values().any(|file| file.channels.others() > 0);
        let mut needed: BTreeMap<u32, Vec<&BTreeSet<String>>> = BTreeMap::new();
        for (kind, fields) in &self.kinds {
            for number in knowledge.asked_for(&kind.provider, kind.event_id, &kind.channel) {
                needed.entry(number).or_default().push(fields);
            }
        }
        let mut found = Vec::new();
        for (number, article) in (0..).zip(knowledge.articles()) {
            if article.correlation.is_some() {
                if correlate::correlated(self, knowledge, number).is_none() {
                    found.push(NotEvaluated { article, why: Why::TooMany });
                }
                continue;
            }
            let wanted = Index::channels(&article.detection);
            if !wanted.is_empty()
                && !too_many_channels
                && wanted.iter().all(|channel| !channels.contains(&channel.to_ascii_lowercase()))
            {
                found.push(NotEvaluated { article, why: Why::Channel(wanted) });
            } else if let Some(kinds) = needed.get(&number) {
                let has =
                    |field: &str| kinds.iter().any(|fields| fields.len() >= MAX_FIELDS || has_field(fields, field));
                if let Some(field) = article.detection.required_fields().into_iter().find(|field| !has(field)) {
                    found.push(NotEvaluated { article, why: Why::Field(field) });
                }
            }
        }
        found
    }
}

/// Whether records with these fields can have a field, by whatever name.
fn has_field(fields: &BTreeSet<String>, field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    let in_head = ["provider_name", "eventid", "channel", "computer", "level", "eventrecordid", "timecreated"];
    // Values without a name are not among the fields, and other records may have another name for it.
    let elsewhere = field.starts_with("param") || in_head.contains(&field.as_str());
    elsewhere || fields.contains(&field) || crate::detection::logsource::is_renamed(&field)
}
