//! What could not be evaluated: an article or rule that needs what the logs do not have is not simply "not found".

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use super::{Occurrences, Report, correlate};
use crate::detection::HEAD;
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
/// More sequences of fields than this are not remembered.
const MAX_LAYOUTS: usize = 200;

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

/// The name of a field as names compare here: Sigma leaves out spaces.
pub fn plain(name: &str) -> String {
    name.replace(' ', "").to_ascii_lowercase()
}

/// Notes the names of an event's fields; records of one kind mostly have the same.
pub fn note_fields(event: &Event<'_>, layouts: &mut FxHashSet<u64>, fields: &mut BTreeSet<String>) {
    let mut hasher = FxHasher::default();
    let names = || event.fields().filter_map(|field| field.name.as_deref());
    names().for_each(|name| name.hash(&mut hasher));
    let layout = hasher.finish();
    if layouts.contains(&layout) {
        return;
    }
    // Those that find no place are looked at each time: what is noted must not depend on what came first.
    if layouts.len() < MAX_LAYOUTS {
        layouts.insert(layout);
    }
    note_names(names().map(plain), fields);
}

/// Notes names of fields; of too many, those that come first by the alphabet stay.
pub fn note_names(names: impl Iterator<Item = String>, fields: &mut BTreeSet<String>) {
    fields.extend(names);
    while fields.len() > MAX_FIELDS {
        fields.pop_last();
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
        let mut whys: BTreeMap<u32, Why> = BTreeMap::new();
        for (number, article) in (0..).zip(knowledge.articles()).filter(|(_, article)| article.correlation.is_none()) {
            let wanted = Index::channels(&article.detection);
            if !wanted.is_empty()
                && !too_many_channels
                && wanted.iter().all(|channel| !channels.contains(&channel.to_ascii_lowercase()))
            {
                whys.insert(number, Why::Channel(wanted));
            } else if let Some(kinds) = needed.get(&number).filter(|_| self.kinds.len() < MAX_KINDS) {
                let has =
                    |field: &str| kinds.iter().any(|fields| fields.len() >= MAX_FIELDS || has_field(fields, field));
                if let Some(field) = article.detection.required_fields().into_iter().find(|field| !has(field)) {
                    whys.insert(number, Why::Field(field));
                }
            }
        }
        let reasons = (0..).zip(knowledge.articles()).filter_map(|(number, article)| {
            let why = match article.correlation {
                Some(_) => self.why_of_correlation(knowledge, &whys, number, 0)?,
                None => whys.get(&number)?.clone(),
            };
            Some(NotEvaluated { article, why })
        });
        reasons.collect()
    }

    /// Why a correlation could not be evaluated: it needs one of its rules, and all of them if it looks for which match.
    fn why_of_correlation(
        &self,
        knowledge: &KnowledgeBase,
        whys: &BTreeMap<u32, Why>,
        number: u32,
        depth: usize,
    ) -> Option<Why> {
        let correlation = knowledge.article(number)?.correlation.as_ref().filter(|_| depth < correlate::MAX_DEPTH)?;
        let mut reasons = Vec::new();
        for id in &correlation.rules {
            let number = knowledge.number(id)?;
            if knowledge.article(number)?.correlation.is_some() {
                reasons.push(self.why_of_correlation(knowledge, whys, number, depth + 1));
                continue;
            }
            let occurrences = self.occurrences.get(&number);
            if occurrences.is_some_and(Occurrences::too_many) {
                return Some(Why::TooMany);
            }
            // A field may be in no record that matches, whatever other records have.
            let keys = correlation.group_by.iter().chain(&correlation.fields).map(|key| key.of(id));
            let is_missing = |field: &&str| {
                let place = knowledge.watched(number).iter().position(|own| own == field);
                let has = |all: &Occurrences| {
                    all.parts()
                        .flat_map(|part| &part.shared)
                        .any(|shared| place.is_some_and(|at| shared.values[at].is_some()))
                };
                occurrences.is_some_and(|occurrences| occurrences.total() > 0 && !has(occurrences))
            };
            let field = || keys.into_iter().find(is_missing).map(|field| Why::Field(field.to_owned()));
            reasons.push(whys.get(&number).cloned().or_else(field));
        }
        let enough = if correlation.kind.is_temporal() && correlation.condition.is_empty() {
            reasons.iter().any(Option::is_some)
        } else {
            reasons.iter().all(Option::is_some)
        };
        reasons.into_iter().flatten().max().filter(|_| enough)
    }
}

/// Whether records with these fields can have a field, by whatever name.
fn has_field(fields: &BTreeSet<String>, field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    let in_head = HEAD.iter().chain(&["Level", "ComputerName"]).any(|name| name.eq_ignore_ascii_case(&field));
    // Values without a name are not among the fields, and other records may have another name for it.
    let elsewhere = field.starts_with("param") || in_head;
    elsewhere || fields.contains(&field) || crate::detection::logsource::is_renamed(&field)
}
