//! Which detections are worth evaluating for a record: by what they ask of its provider, event id and channel. A record
//! that no detection asks for costs nothing more.

use rustc_hash::FxHashMap;

use super::wildcard::lower;
use super::{Condition, Detection, Pattern, Selection, Test, head_name};

/// What a detection asks of a record's head, in lower case; `None` where it does not care.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Anchor {
    provider: Option<String>,
    event_id: Option<u32>,
    channel: Option<String>,
}

/// More ways to match than this are not worth telling apart.
const MAX_ANCHORS: usize = 256;

/// Detections by what they ask of a record's head.
#[derive(Debug, Default)]
pub struct Index {
    by_anchor: FxHashMap<Anchor, Vec<u32>>,
}

impl Index {
    /// Indexes detections; each is known by its place in the list.
    pub fn new<'a>(detections: impl Iterator<Item = &'a Detection>) -> Index {
        let mut index = Index::default();
        for (number, detection) in (0u32..).zip(detections) {
            for anchor in anchors(detection, &detection.condition) {
                index.by_anchor.entry(anchor).or_default().push(number);
            }
        }
        index
    }

    /// The detections that can match records of this provider, event id and channel, each once, ascending.
    pub fn candidates(&self, provider: &str, event_id: u32, channel: &str) -> Vec<u32> {
        let (provider, channel) = (lower(provider).into_owned(), lower(channel).into_owned());
        let mut found: Vec<u32> = Vec::new();
        for asked in 0..8 {
            let anchor = Anchor {
                provider: (asked & 1 != 0).then(|| provider.clone()),
                event_id: (asked & 2 != 0).then_some(event_id),
                channel: (asked & 4 != 0).then(|| channel.clone()),
            };
            found.extend(self.by_anchor.get(&anchor).into_iter().flatten());
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The channels that a detection asks for, as it writes them; empty for one that does not care.
    pub fn channels(detection: &Detection) -> Vec<String> {
        let anchors = anchors(detection, &detection.condition);
        let mut channels: Vec<String> =
            anchors.into_iter().map(|anchor| anchor.channel).collect::<Option<_>>().unwrap_or_default();
        channels.sort_unstable();
        channels.dedup();
        for test in detection.tests().into_iter().filter(|test| test.field == "Channel") {
            for pattern in &test.patterns {
                if let Pattern::Text(text) = pattern
                    && let Some(channel) = channels.iter_mut().find(|channel| text.exact() == Some(channel))
                {
                    text.written().clone_into(channel);
                }
            }
        }
        channels
    }
}

/// The ways in which a condition can hold, as far as the head goes.
fn anchors(detection: &Detection, condition: &Condition) -> Vec<Anchor> {
    let found = match condition {
        Condition::Selection(index) => detection.selection(*index).map_or_else(anything, of_selection),
        Condition::Not(_) => anything(),
        Condition::And(all) => all.iter().map(|inner| anchors(detection, inner)).fold(anything(), both),
        Condition::AtLeast(_, any) => any.iter().flat_map(|inner| anchors(detection, inner)).collect(),
    };
    bounded(found)
}

fn of_selection(selection: &Selection) -> Vec<Anchor> {
    match selection {
        Selection::All(tests) => tests.iter().map(of_test).fold(anything(), both),
        Selection::Any(any) => bounded(any.iter().flat_map(of_selection).collect()),
        Selection::Keywords(_) => anything(),
    }
}

fn of_test(test: &Test) -> Vec<Anchor> {
    let anchor = |pattern: &Pattern| {
        let text = || match pattern {
            Pattern::Text(text) => Some(lower(text.exact()?).into_owned()),
            _ => None,
        };
        match head_name(&test.field)? {
            "EventID" => {
                let id = match pattern {
                    Pattern::Number(id) => u32::try_from(*id).ok()?,
                    _ => text()?.parse().ok()?,
                };
                Some(Anchor { event_id: Some(id), ..Anchor::default() })
            }
            "Provider_Name" => Some(Anchor { provider: Some(text()?), ..Anchor::default() }),
            "Channel" => Some(Anchor { channel: Some(text()?), ..Anchor::default() }),
            _ => None,
        }
    };
    if test.all || test.negated {
        return anything();
    }
    test.patterns.iter().map(anchor).collect::<Option<Vec<_>>>().map_or_else(anything, bounded)
}

fn anything() -> Vec<Anchor> {
    vec![Anchor::default()]
}

fn bounded(mut anchors: Vec<Anchor>) -> Vec<Anchor> {
    let mut seen = rustc_hash::FxHashSet::default();
    anchors.retain(|anchor| seen.insert(anchor.clone()));
    if anchors.len() > MAX_ANCHORS { anything() } else { anchors }
}

/// What is left when both must hold.
fn both(a: Vec<Anchor>, b: Vec<Anchor>) -> Vec<Anchor> {
    fn agreed<T: Clone + PartialEq>(a: &Option<T>, b: &Option<T>) -> Option<Option<T>> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => Some(a.clone().or_else(|| b.clone())),
        }
    }
    if a == anything() {
        return b;
    }
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    bounded(
        pairs
            .filter_map(|(a, b)| {
                Some(Anchor {
                    provider: agreed(&a.provider, &b.provider)?,
                    event_id: agreed(&a.event_id, &b.event_id)?,
                    channel: agreed(&a.channel, &b.channel)?,
                })
            })
            .collect(),
    )
}
