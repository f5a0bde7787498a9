//! The second sieve where very many detections ask for the same kind of record (a thousand Sigma rules for new processes):
//! the texts that a record must contain to match any of them are looked for in one pass, and only detections whose text
//! is there are evaluated.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::Input;
use aho_corasick::automaton::{Automaton, OverlappingState};
// The crate's own choice among automata would bring all of them into the page.
use aho_corasick::nfa::contiguous::NFA;

use super::wildcard::lower;
use super::{Condition, Detection, Pattern, Selection, Test, everything, head_name, values};
use crate::event::Event;

/// Up to this many detections of one kind of record are simply evaluated.
const FEW: usize = 50;
/// Shorter texts are in too many records to be worth looking for.
const MIN_TEXT: usize = 3;
/// A detection with more texts than this is simply evaluated.
const MAX_TEXTS: usize = 1000;

/// The scans for the texts of all detections.
#[derive(Debug, Default)]
pub struct Scans {
    scans: Vec<Scan>,
    /// For each detection, the scans that find its texts; empty for one that is always evaluated.
    of: Vec<Vec<usize>>,
}

/// Finds, in the values of one field, the texts of all detections.
#[derive(Debug)]
struct Scan {
    /// Empty for the values of all fields.
    field: String,
    texts: NFA,
    /// The detections that ask for each of the texts.
    owners: Vec<Vec<u32>>,
}

/// The detections for one kind of record, and how to find those that are worth evaluating.
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

    /// Plans how to find, among few enough detections, those that are worth evaluating: they all are.
    pub fn few(detections: Vec<u32>) -> Result<Candidates, Vec<u32>> {
        if detections.len() > FEW {
            return Err(detections);
        }
        Ok(Candidates { always: detections, ..Candidates::default() })
    }
}

impl Scans {
    /// Prepares the scans; each detection is known by its place in the list.
    pub fn new<'a>(detections: impl Iterator<Item = &'a Detection>) -> Scans {
        let texts: Vec<Vec<(String, String)>> =
            detections.map(|detection| texts(detection, &detection.condition).unwrap_or_default()).collect();
        let mut by_field: BTreeMap<&str, BTreeMap<&str, Vec<u32>>> = BTreeMap::new();
        for (number, texts) in (0u32..).zip(&texts) {
            for (field, text) in texts {
                let owners = by_field.entry(field).or_default().entry(text).or_default();
                if owners.last() != Some(&number) {
                    owners.push(number);
                }
            }
        }
        let mut scans = Scans::default();
        let mut places = BTreeMap::new();
        for (field, texts) in by_field {
            // Too many texts for one automaton: its detections are simply evaluated.
            let Ok(automaton) = NFA::new(texts.keys()) else { continue };
            places.insert(field, scans.scans.len());
            let owners = texts.into_values().collect();
            scans.scans.push(Scan { field: field.to_owned(), texts: automaton, owners });
        }
        let of = |texts: &Vec<(String, String)>| {
            let places: Option<BTreeSet<usize>> =
                texts.iter().map(|(field, _)| places.get(field.as_str()).copied()).collect();
            places.unwrap_or_default().into_iter().collect()
        };
        scans.of = texts.iter().map(of).collect();
        scans
    }

    /// Plans how to find, among detections of one kind of record, those that are worth evaluating.
    pub fn plan(&self, detections: Vec<u32>) -> Candidates {
        let of = |number: &u32| self.of.get(*number as usize).map_or(&[][..], Vec::as_slice);
        let (always, by_text): (Vec<_>, Vec<_>) = detections.into_iter().partition(|number| of(number).is_empty());
        let scans: BTreeSet<usize> = by_text.iter().flat_map(of).copied().collect();
        Candidates { always, by_text, scans: scans.into_iter().collect() }
    }

    /// Marks, by their place in the candidates' `by_text`, the detections whose texts an event has.
    fn hits(&self, candidates: &Candidates, event: &Event<'_>) -> Vec<bool> {
        let mut hit = vec![false; candidates.by_text.len()];
        for scan in candidates.scans.iter().filter_map(|scan| self.scans.get(*scan)) {
            let mut look = |text: &str| {
                let mut state = OverlappingState::start();
                let text = lower(text);
                loop {
                    let searched = scan.texts.try_find_overlapping(&Input::new(&*text), &mut state);
                    let Some(found) = state.get_match().filter(|_| searched.is_ok()) else { break };
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
        hit
    }
}

/// Those of the candidates that are worth evaluating for an event, ascending. `scans` is asked only where it is needed.
pub fn worth<'s>(candidates: &Candidates, event: &Event<'_>, scans: impl FnOnce() -> &'s Scans) -> Vec<u32> {
    let mut worth = candidates.always.clone();
    if !candidates.by_text.is_empty() {
        let hits = scans().hits(candidates, event);
        worth.extend(candidates.by_text.iter().zip(hits).filter(|(_, hit)| *hit).map(|(number, _)| *number));
        worth.sort_unstable();
    }
    worth
}

/// Fields and texts of which at least one must be in every event that matches, in lower case; the field is empty where
/// any will do. `None` if nothing can be said.
pub(super) fn texts(detection: &Detection, condition: &Condition) -> Option<Vec<(String, String)>> {
    let found = match condition {
        Condition::Selection(index) => texts_of_selection(detection.selection(*index)?),
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
    // What the head has is for the index.
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
