//! Correlation rules: matches of other rules, from all parts of all logs, in the order of their times.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Evidence, Report};
use crate::detection::correlation::{Correlation, Kind};
use crate::event::{Event, Time};
use crate::kb::KnowledgeBase;

/// Matches of a rule that correlations watch. All of them are kept, or none: a correlation over some would be wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Occurrences {
    /// How many there were.
    pub total: u64,
    /// They themselves, by time; empty where there were more than [`Occurrences::MAX`].
    pub items: Vec<Occurrence>,
}

/// One match of a rule that correlations watch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    /// When and where.
    pub evidence: Evidence,
    /// The computer.
    pub computer: String,
    /// What the record has for each of the fields that [`KnowledgeBase::watched`] names for the rule.
    pub values: Vec<Option<String>>,
}

impl Occurrences {
    /// More than this are not kept.
    pub const MAX: usize = 50_000;
    /// A longer value is cut to this many bytes.
    const MAX_VALUE: usize = 256;

    /// Takes a match.
    pub fn add(&mut self, evidence: Evidence, event: &Event<'_>, fields: &[String]) {
        let value = |field: &String| {
            let mut text = event.text(field)?;
            text.truncate(text.floor_char_boundary(Self::MAX_VALUE));
            Some(text)
        };
        let computer = event.head.computer.text.to_owned();
        self.total += 1;
        self.items.push(Occurrence { evidence, computer, values: fields.iter().map(value).collect() });
        self.bound();
    }

    /// Takes the matches that another part of the logs has.
    pub fn merge(&mut self, other: Occurrences) {
        self.total += other.total;
        self.items.extend(other.items);
        self.items.sort();
        self.bound();
    }

    fn bound(&mut self) {
        if self.total > Self::MAX as u64 {
            self.items = Vec::new();
        }
    }
}

/// One time that a correlation's condition held.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlated {
    /// The times of the first and the last record.
    pub span: (Time, Time),
    /// The records.
    pub evidence: Vec<Evidence>,
    /// The computers they are from.
    pub computers: BTreeSet<String>,
    /// The values they have in common, in the order of `group-by`.
    pub group: Vec<String>,
}

/// More correlations of correlations than this are not followed; linking refuses them.
const MAX_DEPTH: usize = 16;

/// When the correlation of an article held, by time. `None` if a rule it watches matched too often to tell.
pub fn correlated(report: &Report, knowledge: &KnowledgeBase, article: u32) -> Option<Vec<Correlated>> {
    of_article(report, knowledge, article, 0)
}

/// A match of one of the watched rules: which, when, and with what values.
struct Hit<'a> {
    rule: usize,
    /// The time it counts at: that of its last record.
    time: Time,
    from: Time,
    evidence: Vec<Evidence>,
    computers: Vec<&'a str>,
    group: Vec<String>,
    fields: Vec<String>,
}

fn of_article(report: &Report, knowledge: &KnowledgeBase, number: u32, depth: usize) -> Option<Vec<Correlated>> {
    let correlation = knowledge.article(number).and_then(|article| article.correlation.as_ref());
    let Some(correlation) = correlation.filter(|_| depth < MAX_DEPTH) else { return Some(Vec::new()) };
    let inner: Vec<_> = correlation
        .rules
        .iter()
        .map(|id| match knowledge.number(id) {
            Some(number) if knowledge.article(number).is_some_and(|article| article.correlation.is_some()) => {
                of_article(report, knowledge, number, depth + 1)
            }
            _ => Some(Vec::new()),
        })
        .collect::<Option<_>>()?;
    let mut groups: BTreeMap<Vec<String>, Vec<Hit<'_>>> = BTreeMap::new();
    for ((rule, id), inner) in correlation.rules.iter().enumerate().zip(&inner) {
        let Some(number) = knowledge.number(id) else { continue };
        let hits = match knowledge.article(number).and_then(|article| article.correlation.as_ref()) {
            Some(own) => of_correlation(correlation, own, rule, id, inner),
            None => of_rule(correlation, knowledge, report, number, rule, id)?,
        };
        hits.into_iter().for_each(|hit| groups.entry(hit.group.clone()).or_default().push(hit));
    }
    let mut found: Vec<Correlated> = Vec::new();
    for mut hits in groups.into_values() {
        hits.sort_by(|a, b| (a.time, a.rule, &a.evidence).cmp(&(b.time, b.rule, &b.evidence)));
        found.extend(windows(correlation, &hits));
    }
    found.sort_by(|a, b| (a.span, &a.evidence).cmp(&(b.span, &b.evidence)));
    Some(found)
}

/// The matches of a rule; those without a value that they are grouped by or counted by take no part.
fn of_rule<'a>(
    correlation: &Correlation,
    knowledge: &KnowledgeBase,
    report: &'a Report,
    number: u32,
    rule: usize,
    id: &str,
) -> Option<Vec<Hit<'a>>> {
    let Some(occurrences) = report.occurrences.get(&number) else { return Some(Vec::new()) };
    if occurrences.total > occurrences.items.len() as u64 {
        return None;
    }
    let watched = knowledge.watched(number);
    let place = |field: &str| watched.iter().position(|own| own == field);
    let hits = occurrences.items.iter().filter_map(|occurrence| {
        let value = |key: &crate::detection::correlation::Key| occurrence.values.get(place(key.of(id))?)?.clone();
        Some(Hit {
            rule,
            time: occurrence.evidence.time,
            from: occurrence.evidence.time,
            evidence: vec![occurrence.evidence],
            computers: vec![&occurrence.computer],
            group: correlation.group_by.iter().map(value).collect::<Option<_>>()?,
            fields: correlation.fields.iter().map(value).collect::<Option<_>>()?,
        })
    });
    Some(hits.collect())
}

/// The matches of a correlation: their values are those they are grouped by.
fn of_correlation<'a>(
    correlation: &Correlation,
    own: &Correlation,
    rule: usize,
    id: &str,
    matches: &'a [Correlated],
) -> Vec<Hit<'a>> {
    let place = |field: &str| own.group_by.iter().position(|key| key.name == field);
    let hits = matches.iter().filter_map(|found| {
        let value = |key: &crate::detection::correlation::Key| found.group.get(place(key.of(id))?).cloned();
        Some(Hit {
            rule,
            time: found.span.1,
            from: found.span.0,
            evidence: found.evidence.clone(),
            computers: found.computers.iter().map(String::as_str).collect(),
            group: correlation.group_by.iter().map(value).collect::<Option<_>>()?,
            fields: correlation.fields.iter().map(value).collect::<Option<_>>()?,
        })
    });
    hits.collect()
}

/// The windows in which the condition holds, of hits that are in the order of their times. Each window starts at a hit
/// and reaches as far as the timespan; of windows that overlap, the first that holds is taken with all that is in it,
/// and the next one starts behind it.
fn windows(correlation: &Correlation, hits: &[Hit<'_>]) -> Vec<Correlated> {
    let mut found = Vec::new();
    let (mut start, mut end) = (0, 0);
    while start < hits.len() {
        end = end.max(start);
        while end < hits.len() && hits[end].time.0 - hits[start].time.0 <= correlation.timespan {
            end += 1;
        }
        let window = &hits[start..end];
        if holds(correlation, window) {
            found.push(Correlated {
                span: (window.iter().map(|hit| hit.from).min().unwrap_or_default(), window[window.len() - 1].time),
                evidence: window.iter().flat_map(|hit| hit.evidence.iter().copied()).collect(),
                computers: window.iter().flat_map(|hit| hit.computers.iter().map(|name| name.to_string())).collect(),
                group: window[0].group.clone(),
            });
            start = end;
        } else {
            start += 1;
        }
    }
    found
}

fn holds(correlation: &Correlation, window: &[Hit<'_>]) -> bool {
    let numbers = || window.iter().filter_map(|hit| hit.fields.first()?.trim().parse::<f64>().ok());
    let rules = || window.iter().map(|hit| hit.rule).collect::<BTreeSet<_>>().len();
    match correlation.kind {
        Kind::EventCount => correlation.holds(window.len() as f64),
        Kind::ValueCount => {
            correlation.holds(window.iter().map(|hit| &hit.fields).collect::<BTreeSet<_>>().len() as f64)
        }
        Kind::ValueSum => correlation.holds(numbers().sum()),
        Kind::ValueAvg => numbers().count() > 0 && correlation.holds(numbers().sum::<f64>() / numbers().count() as f64),
        Kind::Temporal if correlation.condition.is_empty() => rules() == correlation.rules.len(),
        Kind::Temporal => correlation.holds(rules() as f64),
        Kind::TemporalOrdered => {
            // The rules' order as a subsequence of the hits: what counts at the same time may stand either way.
            let mut next = 0;
            let mut at = Time::default();
            let mut left: Vec<&Hit<'_>> = window.iter().collect();
            while next < correlation.rules.len() {
                let Some(place) = left.iter().position(|hit| hit.rule == next && hit.time >= at) else { return false };
                at = left.remove(place).time;
                next += 1;
            }
            true
        }
    }
}
