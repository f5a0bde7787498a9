//! What goes together: findings that follow each other on one machine, where their articles say that one brings the
//! other about (`caused-by`).

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::occurrences::Shared;
use super::{Evidence, Finding, Occurrence, Occurrences, Report};
use crate::detection::fold;
use crate::kb::{Article, Cause, KnowledgeBase};
use crate::order::{ranked, sort_by};

/// A finding that another one follows, or that follows it.
#[derive(Clone, Debug)]
pub struct Link<'k> {
    /// The article of the other finding.
    pub article: &'k Article,
    /// How many of the records of the one that follows came so soon after the other.
    pub count: u64,
    /// How soon that is at most, in 100-nanosecond ticks.
    pub within: u64,
}

/// Notes with the findings what follows what. A record follows one cause: of those that its article names, the first
/// that was there on the same computer, and of that the last time. Both records count for the findings that describe
/// them best. An article that matched more often than [`Occurrences::MAX`] takes no part; its finding says so.
pub(super) fn link<'k>(report: &Report, knowledge: &'k KnowledgeBase, findings: &mut [Finding<'k>]) {
    // The cause, what follows it, how often, and how soon at most. There are few.
    let mut links: Vec<(u32, u32, u64, u64)> = Vec::new();
    let mut linked: BTreeSet<Evidence> = BTreeSet::new();
    // What the most exact article of a record says counts before what a more general one says.
    for exact in [true, false] {
        for (number, article) in (0..).zip(knowledge.articles()) {
            let Some(occurrences) = report.occurrences.get(&number).filter(|_| !article.caused_by.is_empty()) else {
                continue;
            };
            let causes = article.caused_by.iter();
            let causes: Vec<_> = causes.filter_map(|cause| Moments::of(report, knowledge, number, cause)).collect();
            let items =
                occurrences.parts().enumerate().flat_map(|(part, own)| own.items.iter().map(move |item| (part, item)));
            for (part, occurrence) in items.filter(|(_, item)| (item.best == Some(number)) == exact) {
                if linked.contains(&occurrence.evidence) {
                    continue;
                }
                let found = causes.iter().find_map(|moments| Some((moments.before(part, occurrence)?, moments.within)));
                if let (Some((cause, within)), Some(best)) = (found, occurrence.best) {
                    linked.insert(occurrence.evidence);
                    match links.iter_mut().find(|link| (link.0, link.1) == (cause, best)) {
                        Some((.., count, longest)) => (*count, *longest) = (*count + 1, within.max(*longest)),
                        None => links.push((cause, best, 1, within)),
                    }
                }
            }
        }
    }
    let causes = || knowledge.articles().iter().flat_map(|article| &article.caused_by);
    for finding in findings.iter_mut() {
        let occurrences = report.occurrences.get(&finding.number);
        let has_part =
            || !finding.article.caused_by.is_empty() || causes().any(|cause| cause.article == finding.article.id);
        finding.untold = occurrences.is_some_and(Occurrences::too_many) && has_part();
    }
    for place in ranked(links.iter().map(|link| (link.2, 0.0))) {
        let (cause, consequence, count, within) = links[place];
        let (Some(cause), Some(consequence)) = (knowledge.article(cause), knowledge.article(consequence)) else {
            continue;
        };
        for finding in findings.iter_mut() {
            if finding.article.id == cause.id {
                finding.consequences.push(Link { article: consequence, count, within });
            } else if finding.article.id == consequence.id {
                finding.causes.push(Link { article: cause, count, within });
            }
        }
    }
}

/// The findings in their order as stories: each that mostly follows another one stands under it, and a story stands
/// where the first of its findings would. With each goes how many it stands under. Findings that only more exact ones
/// show are left out.
pub fn told<'f, 'k>(findings: &'f [Finding<'k>]) -> Vec<(usize, &'f Finding<'k>)> {
    let listed: Vec<&Finding<'k>> = findings.iter().filter(|finding| finding.own > 0).collect();
    let cause = |finding: &&Finding<'k>| {
        let mostly = finding.causes.first().filter(|link| link.count * 2 >= finding.own)?;
        listed.iter().position(|finding| finding.article.id == mostly.article.id)
    };
    let mut causes: Vec<Option<usize>> = listed.iter().map(cause).collect();
    // What leads in a circle is a story without an end: it begins with the finding that comes first.
    for place in 0..listed.len() {
        let above = std::iter::successors(causes[place], |above| causes[*above]);
        if above.take(listed.len()).any(|above| above == place) {
            causes[place] = None;
        }
    }
    let (mut roots, mut consequences) = (Vec::new(), vec![Vec::new(); listed.len()]);
    for place in 0..listed.len() {
        let root = std::iter::successors(Some(place), |above| causes[*above]).last().unwrap_or(place);
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    for (place, cause) in causes.iter().enumerate() {
        if let Some(cause) = cause {
            consequences[*cause].push(place);
        }
    }
    let mut told = Vec::with_capacity(listed.len());
    let mut open: Vec<(usize, usize)> = roots.into_iter().rev().map(|root| (0, root)).collect();
    while let Some((depth, place)) = open.pop() {
        told.push((depth, listed[place]));
        open.extend(consequences[place].iter().rev().map(|place| (depth + 1, *place)));
    }
    told
}

/// When a cause was there, by what its consequence must share: the computer, and the values that the article names.
struct Moments<'r> {
    within: u64,
    /// Where in `moments` those are that agree with what matches of the consequence share, by their parts.
    places: Vec<Vec<Option<usize>>>,
    /// By time.
    moments: Vec<Vec<&'r Occurrence>>,
}

/// The computer and the values, without regard to case.
type Key = Vec<String>;

impl<'r> Moments<'r> {
    /// Those of one of the causes that an article names; `None` if it was never there.
    fn of(report: &'r Report, knowledge: &KnowledgeBase, article: u32, cause: &Cause) -> Option<Moments<'r>> {
        let number = knowledge.number(&cause.article)?;
        let (own, other) = (report.occurrences.get(&article)?, report.occurrences.get(&number)?);
        let place = |number, field: &str| knowledge.watched(number).iter().position(|own| own == field);
        let own_fields: Vec<usize> = cause.same.iter().map(|(own, _)| place(article, own)).collect::<Option<_>>()?;
        let fields: Vec<usize> = cause.same.iter().map(|(_, other)| place(number, other)).collect::<Option<_>>()?;
        let mut keys: FxHashMap<Key, usize> = FxHashMap::default();
        let mut moments: Vec<Vec<&Occurrence>> = Vec::new();
        for part in other.parts() {
            let place = |shared| {
                let place = *keys.entry(key(shared, &fields)?).or_insert(moments.len());
                moments.resize(moments.len().max(place + 1), Vec::new());
                Some(place)
            };
            let places: Vec<Option<usize>> = part.shared.iter().map(place).collect();
            for occurrence in &part.items {
                if let Some(Some(place)) = places.get(occurrence.shared as usize) {
                    moments[*place].push(occurrence);
                }
            }
        }
        moments.iter_mut().for_each(|moments| sort_by(moments, |a, b| a.evidence.cmp(&b.evidence)));
        let place = |shared| keys.get(&key(shared, &own_fields)?).copied();
        let places = own.parts().map(|part| part.shared.iter().map(place).collect()).collect();
        Some(Moments { within: cause.within, places, moments })
    }

    /// The finding that a record of a part follows: the last time before it, its own tick included.
    fn before(&self, part: usize, occurrence: &Occurrence) -> Option<u32> {
        let moments = self.moments.get((*self.places.get(part)?.get(occurrence.shared as usize)?)?)?;
        let time = occurrence.evidence.time;
        let until = &moments[..moments.partition_point(|moment| moment.evidence.time <= time)];
        let cause = until.iter().rev().find(|cause| cause.evidence != occurrence.evidence)?;
        cause.best.filter(|best| time.0 - cause.evidence.time.0 <= self.within && Some(*best) != occurrence.best)
    }
}

fn key(shared: &Shared, fields: &[usize]) -> Option<Key> {
    let values = fields.iter().map(|field| shared.values.get(*field)?.as_deref());
    std::iter::once(Some(shared.computer.as_str())).chain(values).map(|value| Some(fold(value?).into_owned())).collect()
}
