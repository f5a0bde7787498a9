//! Correlation rules: matches of other rules, from all parts of all logs, in the order of their times.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Report};
use crate::detection::correlation::{Correlation, Key, Kind};
use crate::detection::{fold, number};
use crate::event::Time;
use crate::kb::KnowledgeBase;
use crate::order;

/// One time that a correlation's condition held.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlated {
    /// The times of the first and the last record.
    pub span: (Time, Time),
    /// The records.
    pub evidence: Vec<Evidence>,
    /// The computers they are from.
    pub computers: BTreeSet<String>,
    /// The values they have in common, in the order of `group-by`, as the first of them has them.
    pub group: Vec<String>,
    /// The times of the records with which the condition held, looking back: each may be followed by what another
    /// correlation waits for.
    pub moments: Vec<Time>,
}

/// More correlations of correlations than this are not followed; linking refuses them.
pub(super) const MAX_DEPTH: usize = 16;

/// When the correlation of an article held, by time. `None` if a rule it watches matched too often to tell.
pub fn correlated(report: &Report, knowledge: &KnowledgeBase, article: u32) -> Option<Vec<Correlated>> {
    of_article(report, knowledge, article, 0)
}

/// A match of one of the watched rules: which, when, and with what values.
struct Hit<'a> {
    rule: usize,
    /// The time it counts at.
    time: Time,
    source: Source<'a>,
    group: Vec<&'a str>,
    /// What is counted, without regard to case.
    fields: Vec<String>,
}

/// What matched.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// A record, and its computer.
    Record(&'a Evidence, &'a str),
    /// A correlation: its place among all its matches, and the match.
    Correlated(usize, &'a Correlated),
}

impl<'a> Source<'a> {
    fn evidence(self) -> &'a [Evidence] {
        match self {
            Source::Record(evidence, _) => std::slice::from_ref(evidence),
            Source::Correlated(_, found) => &found.evidence,
        }
    }
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
    // Values have things in common without regard to case, as everywhere in Sigma: Windows does not tell `Admin` from
    // `admin` either.
    let mut groups: BTreeMap<Vec<String>, Vec<Hit<'_>>> = BTreeMap::new();
    for ((rule, id), inner) in correlation.rules.iter().enumerate().zip(&inner) {
        let Some(number) = knowledge.number(id) else { continue };
        let hits = match knowledge.article(number).and_then(|article| article.correlation.as_ref()) {
            Some(own) => of_correlation(correlation, own, rule, id, inner),
            None => of_rule(correlation, knowledge, report, number, rule, id)?,
        };
        for hit in hits {
            let group = hit.group.iter().map(|value| fold(value).into_owned()).collect();
            groups.entry(group).or_default().push(hit);
        }
    }
    let mut found: Vec<Correlated> = Vec::new();
    for mut hits in groups.into_values() {
        order::sort_by(&mut hits, |a, b| {
            (a.time, a.rule, a.source.evidence()).cmp(&(b.time, b.rule, b.source.evidence()))
        });
        if correlation.rules.len() > 1 && !correlation.kind.is_temporal() {
            // A record that several of the rules match is still one.
            let mut seen = BTreeSet::new();
            hits.retain(|hit| match hit.source {
                Source::Record(evidence, _) => seen.insert((*evidence, hit.fields.clone())),
                Source::Correlated(..) => true,
            });
        }
        found.extend(windows(correlation, &hits, depth > 0));
    }
    order::sort_by(&mut found, |a, b| (a.span, &a.evidence).cmp(&(b.span, &b.evidence)));
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
    if occurrences.too_many() {
        return None;
    }
    let watched = knowledge.watched(number);
    let places = |keys: &[Key]| -> Vec<Option<usize>> {
        keys.iter().map(|key| watched.iter().position(|own| own == key.of(id))).collect()
    };
    let (group_by, fields) = (places(&correlation.group_by), places(&correlation.fields));
    let hits = occurrences.all().filter_map(|(occurrence, shared)| {
        let value = |place: &Option<usize>| shared.values.get((*place)?)?.as_deref();
        Some(Hit {
            rule,
            time: occurrence.evidence.time,
            source: Source::Record(&occurrence.evidence, &shared.computer),
            group: group_by.iter().map(value).collect::<Option<_>>()?,
            fields: fields.iter().map(|place| Some(fold(value(place)?).into_owned())).collect::<Option<_>>()?,
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
    let mut hits = Vec::new();
    for (number, found) in matches.iter().enumerate() {
        let value = |key: &Key| found.group.get(place(key.of(id))?).map(String::as_str);
        let group: Option<Vec<_>> = correlation.group_by.iter().map(value).collect();
        let fields: Option<Vec<_>> =
            correlation.fields.iter().map(|key| Some(fold(value(key)?).into_owned())).collect();
        let (Some(group), Some(fields)) = (group, fields) else { continue };
        // What else happens may happen while it goes on; but counted, it counts once.
        let last = [found.span.1];
        let times = if correlation.kind.is_temporal() { found.moments.as_slice() } else { &last };
        hits.extend(times.iter().map(|time| Hit {
            rule,
            time: *time,
            source: Source::Correlated(number, found),
            group: group.clone(),
            fields: fields.clone(),
        }));
    }
    hits
}

/// The windows in which the condition holds, of hits that are in the order of their times. Each window starts at a hit
/// and reaches as far as the timespan, its end included; of windows that overlap, the first that holds is taken with all
/// that is in it, and the next one starts behind it. So a condition with an upper bound is one of some such window, too:
/// the specification wants no fixed boundaries, and a burst of ten has, towards its end, a window of three.
fn windows(correlation: &Correlation, hits: &[Hit<'_>], with_moments: bool) -> Vec<Correlated> {
    let apart = |first: usize, last: usize| hits[last].time.0 - hits[first].time.0;
    let mut found: Vec<(std::ops::Range<usize>, Correlated)> = Vec::new();
    let mut window = Window::new(correlation, hits);
    while window.start < hits.len() {
        while window.end < hits.len() && apart(window.start, window.end) <= correlation.timespan {
            window.take();
        }
        if window.holds() {
            found.push((window.start..window.end, window.correlated()));
            while window.start < window.end {
                window.leave();
            }
        } else {
            window.leave();
        }
    }
    if with_moments {
        let (mut window, mut current) = (Window::new(correlation, hits), 0);
        for (last, hit) in hits.iter().enumerate() {
            window.take();
            while apart(window.start, last) > correlation.timespan {
                window.leave();
            }
            while found.get(current + 1).is_some_and(|(range, _)| range.start <= last) {
                current += 1;
            }
            if let Some((range, correlated)) = found.get_mut(current)
                && range.start <= last
                && window.start < range.end
                && window.holds()
            {
                correlated.moments.push(hit.time);
            }
        }
        for (range, correlated) in found.iter_mut().filter(|(_, correlated)| correlated.moments.is_empty()) {
            correlated.moments.push(hits[range.end - 1].time);
        }
    }
    found.into_iter().map(|(_, correlated)| correlated).collect()
}

/// A window that moves over hits, and what is counted in it: kept up to date hit by hit, because there may be very many
/// windows and very many hits in each.
struct Window<'a, 'h> {
    correlation: &'a Correlation,
    hits: &'a [Hit<'h>],
    start: usize,
    end: usize,
    /// How often each rule is in the window.
    rules: Vec<usize>,
    /// How often each value is in the window.
    values: BTreeMap<&'a [String], usize>,
    /// The sum of the values that are numbers, in millionths, which add up and come off exactly; and how many they are.
    sum: i128,
    numbers: usize,
    /// Where each rule's hits are, where their order counts.
    places: Vec<Vec<usize>>,
}

impl<'a, 'h> Window<'a, 'h> {
    fn new(correlation: &'a Correlation, hits: &'a [Hit<'h>]) -> Window<'a, 'h> {
        let mut places = vec![Vec::new(); correlation.rules.len()];
        if correlation.kind == Kind::TemporalOrdered {
            hits.iter().enumerate().for_each(|(place, hit)| places[hit.rule].push(place));
        }
        let rules = vec![0; correlation.rules.len()];
        Window { correlation, hits, start: 0, end: 0, rules, values: BTreeMap::new(), sum: 0, numbers: 0, places }
    }

    /// Takes the next hit in.
    fn take(&mut self) {
        let hit = &self.hits[self.end];
        self.end += 1;
        self.rules[hit.rule] += 1;
        match self.correlation.kind {
            Kind::ValueCount => *self.values.entry(&hit.fields).or_default() += 1,
            Kind::ValueSum | Kind::ValueAvg => {
                self.sum += hit.millionths().unwrap_or(0);
                self.numbers += usize::from(hit.millionths().is_some());
            }
            _ => {}
        }
    }

    /// Lets the first hit go.
    fn leave(&mut self) {
        let hit = &self.hits[self.start];
        self.start += 1;
        self.rules[hit.rule] -= 1;
        match self.correlation.kind {
            Kind::ValueCount => {
                if let Some(count) = self.values.get_mut(hit.fields.as_slice()) {
                    *count -= 1;
                    if *count == 0 {
                        self.values.remove(hit.fields.as_slice());
                    }
                }
            }
            Kind::ValueSum | Kind::ValueAvg => {
                self.sum -= hit.millionths().unwrap_or(0);
                self.numbers -= usize::from(hit.millionths().is_some());
            }
            _ => {}
        }
    }

    fn holds(&self) -> bool {
        let present = self.rules.iter().filter(|count| **count > 0).count();
        let sum = self.sum as f64 / 1e6;
        match self.correlation.kind {
            Kind::EventCount => self.correlation.holds((self.end - self.start) as f64),
            Kind::ValueCount => self.correlation.holds(self.values.len() as f64),
            Kind::ValueSum => self.numbers > 0 && self.correlation.holds(sum),
            Kind::ValueAvg => self.numbers > 0 && self.correlation.holds(sum / self.numbers as f64),
            Kind::Temporal if self.correlation.condition.is_empty() => present == self.rules.len(),
            Kind::Temporal => self.correlation.holds(present as f64),
            // Hits of the same time are in the order of the rules, so that they may stand either way.
            Kind::TemporalOrdered => {
                let mut at = self.start;
                self.places.iter().all(|places| {
                    let next = places.get(places.partition_point(|place| *place < at)).filter(|next| **next < self.end);
                    at = next.map_or(at, |next| next + 1);
                    next.is_some()
                })
            }
        }
    }

    fn correlated(&self) -> Correlated {
        let hits = &self.hits[self.start..self.end];
        let (mut evidence, mut computers, mut inner) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut from = hits[0].time;
        for hit in hits {
            match hit.source {
                Source::Record(record, computer) => {
                    evidence.insert(*record);
                    computers.insert(computer.to_owned());
                }
                Source::Correlated(number, found) if inner.insert((hit.rule, number)) => {
                    evidence.extend(found.evidence.iter().copied());
                    computers.extend(found.computers.iter().cloned());
                    from = from.min(found.span.0);
                }
                Source::Correlated(..) => {}
            }
        }
        let last = evidence.last().map_or(from, |evidence| evidence.time);
        Correlated {
            span: (from, last),
            evidence: evidence.into_iter().collect(),
            computers,
            group: hits[0].group.iter().map(|value| (*value).to_owned()).collect(),
            moments: Vec::new(),
        }
    }
}

impl Hit<'_> {
    /// The value that is added up, in millionths; bounded so that no sum of them overflows.
    fn millionths(&self) -> Option<i128> {
        let number = number(self.fields.first()?)?;
        Some((number * 1e6).round().clamp(-1e33, 1e33) as i128)
    }
}
