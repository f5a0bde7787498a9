//! Which detections are worth evaluating for a record.
//!
//! First by provider, event id and channel: a record that no detection asks for costs nothing more. Where very many
//! detections ask for the same kind of record (a thousand Sigma rules for new processes), the texts that a record must
//! contain to match any of them are looked for in one pass, and only detections whose text is there are evaluated.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use super::wildcard::lower;
use super::{Condition, Detection, Pattern, Selection, Test, everything, head_name, values};
use crate::event::Event;

/// What a detection asks of a record's head, in lower case; `None` where it does not care.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Anchor {
    provider: Option<String>,
    event_id: Option<u32>,
    channel: Option<String>,
}

/// More ways to match than this are not worth telling apart.
const MAX_ANCHORS: usize = 256;
/// Up to this many detections of one kind of record are simply evaluated.
const FEW: usize = 16;
/// Shorter texts are in too many records to be worth looking for.
const MIN_TEXT: usize = 3;
/// A detection with more texts than this is simply evaluated.
const MAX_TEXTS: usize = 1000;

/// Detections by what they ask of a record.
#[derive(Debug, Default)]
pub struct Index {
    by_anchor: FxHashMap<Anchor, Vec<u32>>,
    scans: Vec<Scan>,
    /// For each detection, the scans that find its texts; empty for one that has none.
    scans_of: Vec<Vec<usize>>,
}

/// Finds, in the values of one field, the texts of all detections.
#[derive(Debug)]
struct Scan {
    /// Empty for the values of all fields.
    field: String,
    texts: AhoCorasick,
    /// The detections that ask for each of the texts.
    owners: Vec<Vec<u32>>,
}

/// The detections for one kind of record.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Those that are evaluated in any case, ascending.
    always: Vec<u32>,
    /// Those that are evaluated when one of their texts is there, ascending.
    by_text: Vec<u32>,
    scans: Vec<usize>,
}

impl Candidates {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.always.is_empty() && self.by_text.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = u32> {
        self.always.iter().chain(&self.by_text).copied()
    }
}

impl Index {
    /// Indexes detections; each is known by its place in the list.
    pub fn new<'a>(detections: impl Iterator<Item = &'a Detection>) -> Index {
        let mut index = Index::default();
        let mut by_field: BTreeMap<String, BTreeMap<String, Vec<u32>>> = BTreeMap::new();
        let mut texts_of = Vec::new();
        for (number, detection) in (0u32..).zip(detections) {
            for anchor in anchors(detection, &detection.condition) {
                index.by_anchor.entry(anchor).or_default().push(number);
            }
            texts_of.push(texts(detection, &detection.condition).unwrap_or_default());
        }
        if texts_of.len() <= FEW {
            texts_of.iter_mut().for_each(Vec::clear);
        }
        for (number, texts) in (0u32..).zip(&texts_of) {
            for (field, text) in texts {
                let owners = by_field.entry(field.clone()).or_default().entry(text.clone()).or_default();
                if owners.last() != Some(&number) {
                    owners.push(number);
                }
            }
        }
        let mut places = BTreeMap::new();
        for (field, texts) in by_field {
            // Too many texts for one automaton: its detections are simply evaluated.
            let Ok(automaton) = AhoCorasick::new(texts.keys()) else { continue };
            places.insert(field.clone(), index.scans.len());
            index.scans.push(Scan { field, texts: automaton, owners: texts.into_values().collect() });
        }
        let scans_of = |texts: &Vec<(String, String)>| {
            let mut scans: Option<Vec<usize>> = texts.iter().map(|(field, _)| places.get(field).copied()).collect();
            if let Some(scans) = &mut scans {
                scans.sort_unstable();
                scans.dedup();
            }
            scans.unwrap_or_default()
        };
        index.scans_of = texts_of.iter().map(scans_of).collect();
        index
    }

    /// The detections that can match records of this provider, event id and channel.
    pub fn candidates(&self, provider: &str, event_id: u32, channel: &str) -> Candidates {
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
        if found.len() <= FEW {
            return Candidates { always: found, ..Candidates::default() };
        }
        let scans_of = |number: &u32| self.scans_of.get(*number as usize).map_or(&[][..], Vec::as_slice);
        let (always, by_text): (Vec<_>, Vec<_>) = found.into_iter().partition(|number| scans_of(number).is_empty());
        let mut scans: Vec<usize> = by_text.iter().flat_map(scans_of).copied().collect();
        scans.sort_unstable();
        scans.dedup();
        Candidates { always, by_text, scans }
    }

    /// Those of the candidates that are worth evaluating for an event, ascending.
    pub fn worth(&self, candidates: &Candidates, event: &Event<'_>) -> Vec<u32> {
        let mut worth = candidates.always.clone();
        if candidates.by_text.is_empty() {
            return worth;
        }
        let mut hit = vec![false; candidates.by_text.len()];
        for scan in candidates.scans.iter().filter_map(|scan| self.scans.get(*scan)) {
            let mut look = |text: &str| {
                let mut state = aho_corasick::automaton::OverlappingState::start();
                let text = lower(text);
                loop {
                    scan.texts.find_overlapping(&*text, &mut state);
                    let Some(found) = state.get_match() else { break };
                    for owner in &scan.owners[found.pattern().as_usize()] {
                        if let Ok(place) = candidates.by_text.binary_search(owner) {
                            hit[place] = true;
                        }
                    }
                }
            };
            let values = if scan.field.is_empty() { everything(event) } else { values(event, &scan.field) };
            values.iter().for_each(|value| look(&value.text()));
        }
        worth.extend(candidates.by_text.iter().zip(hit).filter(|(_, hit)| *hit).map(|(number, _)| *number));
        worth.sort_unstable();
        worth
    }

    /// The channels that a detection asks for; empty for one that does not care.
    pub fn channels(detection: &Detection) -> Vec<String> {
        let anchors = anchors(detection, &detection.condition);
        let mut channels: Vec<String> =
            anchors.into_iter().map(|anchor| anchor.channel).collect::<Option<_>>().unwrap_or_default();
        channels.sort_unstable();
        channels.dedup();
        channels
    }
}

/// The ways in which a condition can hold, as far as the head goes.
fn anchors(detection: &Detection, condition: &Condition) -> Vec<Anchor> {
    let found = match condition {
        Condition::Selection(index) => detection
            .selections
            .get(usize::from(*index))
            .map_or_else(anything, |(_, selection)| of_selection(selection)),
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

/// Fields and texts of which at least one must be in every event that matches, in lower case; the field is empty where
/// any will do. `None` if nothing can be said.
fn texts(detection: &Detection, condition: &Condition) -> Option<Vec<(String, String)>> {
    let found = match condition {
        Condition::Selection(index) => texts_of_selection(&detection.selections.get(usize::from(*index))?.1),
        Condition::Not(_) => None,
        Condition::And(all) => best(all.iter().filter_map(|inner| texts(detection, inner))),
        Condition::AtLeast(_, any) => union(any.iter().map(|inner| texts(detection, inner))),
    };
    found.filter(|texts| texts.len() <= MAX_TEXTS)
}

fn texts_of_selection(selection: &Selection) -> Option<Vec<(String, String)>> {
    match selection {
        Selection::All(tests) => best(tests.iter().filter_map(texts_of_test)),
        Selection::Any(any) => union(any.iter().map(texts_of_selection)),
        Selection::Keywords(test) => texts_of_test(test),
    }
}

fn texts_of_test(test: &Test) -> Option<Vec<(String, String)>> {
    // What the head has is for the anchors.
    if test.negated || head_name(&test.field).is_some() || test.field.eq_ignore_ascii_case("Level") {
        return None;
    }
    let text = |pattern: &Pattern| {
        let text = match pattern {
            Pattern::Text(wildcard) => lower(wildcard.longest_text()).into_owned(),
            Pattern::Regex(expression) => lower(&expression.longest_text()).into_owned(),
            _ => return None,
        };
        (text.len() >= MIN_TEXT).then(|| vec![(lower(&test.field).into_owned(), text)])
    };
    if test.all { best(test.patterns.iter().filter_map(text)) } else { union(test.patterns.iter().map(text)) }
}

/// The texts that narrow most: the shortest of them is the longest.
fn best(all: impl Iterator<Item = Vec<(String, String)>>) -> Option<Vec<(String, String)>> {
    all.max_by_key(|texts| {
        let shortest = texts.iter().map(|(_, text)| text.len()).min().unwrap_or(0);
        (shortest, std::cmp::Reverse(texts.len()))
    })
}

fn union(any: impl Iterator<Item = Option<Vec<(String, String)>>>) -> Option<Vec<(String, String)>> {
    Some(any.collect::<Option<Vec<_>>>()?.concat())
}
