//! Which detections are worth evaluating for a record, by its provider and event id.

use rustc_hash::FxHashMap;

use super::{Condition, Detection, Pattern, Selection, Test};

/// What a detection asks of provider and event id; `None` where it does not care.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Anchor {
    /// In lower case.
    provider: Option<String>,
    event_id: Option<u32>,
}

/// More ways to match than this are not worth telling apart.
const MAX_ANCHORS: usize = 256;

/// Detections by what they ask of provider and event id.
#[derive(Debug, Default)]
pub struct Index {
    by_both: FxHashMap<(String, u32), Vec<u32>>,
    by_provider: FxHashMap<String, Vec<u32>>,
    by_event_id: FxHashMap<u32, Vec<u32>>,
    always: Vec<u32>,
}

impl Index {
    /// Indexes detections; each is known by its place in the list.
    pub fn new<'a>(detections: impl Iterator<Item = &'a Detection>) -> Index {
        let mut index = Index::default();
        for (number, detection) in (0u32..).zip(detections) {
            for anchor in anchors(detection, &detection.condition) {
                let list = match (anchor.provider, anchor.event_id) {
                    (Some(provider), Some(id)) => index.by_both.entry((provider, id)).or_default(),
                    (Some(provider), None) => index.by_provider.entry(provider).or_default(),
                    (None, Some(id)) => index.by_event_id.entry(id).or_default(),
                    (None, None) => &mut index.always,
                };
                list.push(number);
            }
        }
        index
    }

    /// The detections that can match a record of this provider and event id, each once, in order.
    pub fn candidates(&self, provider: &str, event_id: u32) -> Vec<u32> {
        let provider = provider.to_lowercase();
        let mut found = self.always.clone();
        found.extend(self.by_event_id.get(&event_id).into_iter().flatten());
        found.extend(self.by_provider.get(&provider).into_iter().flatten());
        found.extend(self.by_both.get(&(provider, event_id)).into_iter().flatten());
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The ways in which a condition can hold, as far as provider and event id go.
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
    let anchor = |pattern: &Pattern| match (test.field.as_str(), pattern) {
        ("EventID", Pattern::Number(id)) => Some(Anchor { provider: None, event_id: Some(u32::try_from(*id).ok()?) }),
        ("EventID", Pattern::Text(text)) => {
            Some(Anchor { provider: None, event_id: Some(text.exact()?.parse().ok()?) })
        }
        ("Provider_Name", Pattern::Text(text)) => {
            Some(Anchor { provider: Some(text.exact()?.to_owned()), event_id: None })
        }
        _ => None,
    };
    if test.all {
        return anything();
    }
    test.patterns.iter().map(anchor).collect::<Option<Vec<_>>>().map_or_else(anything, bounded)
}

fn anything() -> Vec<Anchor> {
    vec![Anchor { provider: None, event_id: None }]
}

fn bounded(anchors: Vec<Anchor>) -> Vec<Anchor> {
    if anchors.len() > MAX_ANCHORS { anything() } else { anchors }
}

/// What is left when both must hold.
fn both(a: Vec<Anchor>, b: Vec<Anchor>) -> Vec<Anchor> {
    let mut found = Vec::new();
    for a in &a {
        for b in &b {
            let agree = |x: bool, y: bool, same: bool| !(x && y) || same;
            if agree(a.provider.is_some(), b.provider.is_some(), a.provider == b.provider)
                && agree(a.event_id.is_some(), b.event_id.is_some(), a.event_id == b.event_id)
            {
                let provider = a.provider.clone().or_else(|| b.provider.clone());
                found.push(Anchor { provider, event_id: a.event_id.or(b.event_id) });
            }
        }
    }
    bounded(found)
}
