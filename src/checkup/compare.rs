//! Before and after: what two sets of logs show, side by side.

use super::{Finding, Report};
use crate::event::Time;
use crate::kb::{Article, KnowledgeBase};
use crate::order::ranked;

/// Ticks of a day.
const DAY: u64 = 864_000_000_000;

/// How often something is in one of two sets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frequency {
    /// Records.
    pub count: u64,
    /// Records a day of the time that the set spans. A set that spans less than a day counts as one day: nobody knows
    /// what the rest of it would have brought.
    pub per_day: f64,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is only in the second set.
    New,
    /// It is in both.
    Still,
    /// It is only in the first set.
    Gone,
}

/// A finding in two sets of logs.
#[derive(Clone, Debug)]
pub struct Compared<'k> {
    /// Its article.
    pub article: &'k Article,
    /// What became of it.
    pub change: Change,
    /// In the first set.
    pub before: Frequency,
    /// In the second set.
    pub after: Frequency,
}

impl Change {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Still => "still there",
            Change::Gone => "gone",
        }
    }
}

impl Compared<'_> {
    /// How many times more records a day there are in the second set; `None` unless it is in both.
    pub fn factor(&self) -> Option<f64> {
        (self.change == Change::Still).then(|| self.after.per_day / self.before.per_day)
    }
}

/// Compares two sets of logs: what is new first, then what is still there, then what is gone; of these, the worse and
/// the one that changed by more records a day first. A finding counts where no other describes its records better.
pub fn compare<'k>(knowledge: &'k KnowledgeBase, before: &Report, after: &Report) -> Vec<Compared<'k>> {
    let mut all: Vec<Compared<'k>> = Vec::new();
    for (report, is_after) in [(before, false), (after, true)] {
        let days = days(report);
        for finding in report.findings(knowledge).into_iter().filter(|finding| finding.own > 0) {
            let Finding { article, own: count, .. } = finding;
            let place = all.iter().position(|compared| compared.article.id == article.id).unwrap_or_else(|| {
                let nothing = Frequency::default();
                all.push(Compared { article, change: Change::Gone, before: nothing, after: nothing });
                all.len() - 1
            });
            let compared = &mut all[place];
            let frequency = Frequency { count, per_day: count as f64 / days };
            *if is_after { &mut compared.after } else { &mut compared.before } = frequency;
            compared.change = match (compared.before.count, compared.after.count) {
                (0, _) => Change::New,
                (_, 0) => Change::Gone,
                _ => Change::Still,
            };
        }
    }
    let rank = |compared: &Compared<'_>| {
        let kind = [Change::Gone, Change::Still, Change::New].iter().position(|change| *change == compared.change);
        let urgency = 8 * kind.unwrap_or(0) as u64 + compared.article.level as u64;
        (urgency, (compared.after.per_day - compared.before.per_day).abs())
    };
    ranked(all.iter().map(rank)).into_iter().map(|place| all[place].clone()).collect()
}

/// Which of two sets was before the other: the one whose newest record is older.
pub fn before_and_after<'r>(a: &'r Report, b: &'r Report) -> (&'r Report, &'r Report) {
    let newest = |report: &Report| span(report).map(|(_, last)| last);
    if newest(a) <= newest(b) { (a, b) } else { (b, a) }
}

/// The times of the earliest and the latest record of a set of logs.
pub fn span(report: &Report) -> Option<(Time, Time)> {
    report.files.values().filter_map(|file| file.span).reduce(super::joined)
}

/// The days that a set of logs spans, at least one.
pub fn days(report: &Report) -> f64 {
    let ticks = span(report).map_or(0, |(first, last)| last.0.saturating_sub(first.0));
    (ticks as f64 / DAY as f64).max(1.0)
}
