//! When machines started, stopped and were off, and where records are missing.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{About, Columns, Index};
use crate::checkup::{ListedKind, Place};
use crate::event::Time;
use crate::order;

/// A record that says that a machine started, stopped or was running.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// When it was written.
    pub time: Time,
    /// What it says.
    pub moment: Moment,
    /// Where it is.
    pub place: Place,
    /// The computer.
    pub computer: String,
}

impl Mark {
    /// How many are kept, the newest; of those that say that a machine was running, as many as the others leave room for.
    pub const MAX: usize = 2000;
}

/// What is said of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Moment {
    /// It started.
    Started,
    /// It was shut down.
    Stopped,
    /// It has started, and had not been shut down before.
    Unexpected,
    /// It has started, and had stopped with a bug check.
    Crashed,
    /// It was running: the event log says so at its start and once a day.
    Running,
}

impl Moment {
    /// What records of a provider and event id say.
    fn of(provider: &str, event_id: u32) -> Option<Moment> {
        const MOMENTS: [(&str, u32, Moment); 10] = [
            ("EventLog", 6005, Moment::Started),
            ("EventLog", 6006, Moment::Stopped),
            ("EventLog", 6008, Moment::Unexpected),
            ("EventLog", 6013, Moment::Running),
            ("Microsoft-Windows-Kernel-General", 12, Moment::Started),
            ("Microsoft-Windows-Kernel-General", 13, Moment::Stopped),
            ("Microsoft-Windows-Kernel-Power", 41, Moment::Unexpected),
            ("Microsoft-Windows-WER-SystemErrorReporting", 1001, Moment::Crashed),
            ("BugCheck", 1001, Moment::Crashed),
            // Windows 2000 and before.
            ("Save Dump", 1001, Moment::Crashed),
        ];
        let moment = MOMENTS.iter().find(|(name, id, _)| *id == event_id && provider.eq_ignore_ascii_case(name));
        moment.map(|(.., moment)| *moment)
    }
}

/// A time without records, because the machine was off.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The last record before.
    pub from: Time,
    /// The start.
    pub to: Time,
    /// The computer.
    pub computer: String,
    /// It was shut down before.
    pub clean: bool,
}

impl Gap {
    /// How many are kept.
    pub const MAX: usize = 1000;
}

/// A time from which records are missing, by the jump of their ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// The last record before.
    pub from: Time,
    /// The first record after.
    pub to: Time,
    /// The computer.
    pub computer: String,
    /// The channel.
    pub channel: String,
    /// How many, at least.
    pub records: u64,
}

/// A start that is said again so soon is the same one: 10 minutes. The kernel says it before the event log does.
const SAME_START: u64 = 10 * 60 * 10_000_000;

/// Ids that are at most this far apart are no jump: records are not always written in the order of their times.
const NEAR: u32 = 64;

/// What is known of a computer at some moment.
#[derive(Clone, Copy, Default)]
struct Computer {
    last: Option<u64>,
    started: Option<u64>,
    stopped: bool,
}

/// What is known of a computer's channel at some moment.
#[derive(Clone, Copy)]
struct Source {
    id: u32,
    time: u64,
    /// Where the jump began that ended here, and how many records it left out.
    jump: Option<(u64, u64)>,
}

/// A span of time of which something is to be said, of the computer and channel of a kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    weight: u64,
    from: u64,
    to: u64,
    kind: u32,
    clean: bool,
}

/// Those with most weight, at most [`Gap::MAX`].
#[derive(Default)]
struct Heaviest(BinaryHeap<Reverse<Span>>);

impl Heaviest {
    fn add(&mut self, span: Span) {
        self.0.push(Reverse(span));
        if self.0.len() > Gap::MAX {
            self.0.pop();
        }
    }

    /// What is to be said of them, the newest first.
    fn say<T: Ord>(self, say: impl Fn(Span) -> T) -> Vec<T> {
        let mut said: Vec<T> = self.0.into_iter().map(|Reverse(span)| say(span)).collect();
        order::sort_by(&mut said, |a, b| b.cmp(a));
        said
    }
}

impl Index {
    /// Looks at all records, the oldest first. `sources` are computers and channels together, for each kind.
    pub(super) fn look_at_all(&self, sources: &[u32]) -> About {
        let Columns { times, ids, kinds, .. } = &self.columns;
        let moment = |kind: &ListedKind| Moment::of(self.name(kind.provider), kind.event_id);
        let moments: Vec<Option<Moment>> = self.dictionary.kinds.iter().map(moment).collect();
        let mut computers = vec![Computer::default(); self.dictionary.names.len()];
        let mut last: Vec<Option<Source>> = vec![None; sources.iter().max().map_or(0, |last| *last as usize + 1)];
        let (mut gaps, mut missing) = (Heaviest::default(), Heaviest::default());
        let (mut marks, mut running) = (VecDeque::new(), VecDeque::new());
        for row in (0..times.len()).rev() {
            let (time, id, kind) = (times[row], ids[row], kinds[row]);
            let computer = &mut computers[self.dictionary.kinds[kind as usize].computer as usize];
            if let Some(moment) = moments[kind as usize] {
                let kept = if moment == Moment::Running { &mut running } else { &mut marks };
                kept.push_front((row, moment));
                kept.truncate(Mark::MAX);
                let is_again = computer.started.is_some_and(|started| time - started < SAME_START);
                if moment == Moment::Started && (computer.stopped || !is_again) {
                    if let Some(last) = computer.last.filter(|last| *last < time) {
                        let clean = computer.stopped;
                        gaps.add(Span { weight: time - last, from: last, to: time, kind, clean });
                    }
                    (computer.started, computer.stopped) = (Some(time), false);
                }
                computer.stopped |= moment == Moment::Stopped;
            }
            computer.last = Some(time);
            let source = &mut last[sources[kind as usize] as usize];
            let mut next = Source { id, time, jump: None };
            if let Some(before) = source {
                let ahead = id.wrapping_sub(before.id);
                if ahead > u32::MAX - NEAR {
                    // A little back: it was written late.
                    next.id = before.id;
                }
                if (NEAR + 1..=u32::MAX / 2).contains(&ahead) {
                    let (from, records) = before.jump.unwrap_or((before.time, 0));
                    next.jump = Some((from, records + u64::from(ahead) - 1));
                } else if let Some((from, records)) = before.jump {
                    missing.add(Span { weight: records, from, to: before.time, kind, clean: false });
                }
            }
            *source = Some(next);
        }
        for (kind, source) in (0..).zip(sources) {
            // Each source once, by the first of its kinds.
            if let Some(Source { time, jump: Some((from, records)), .. }) = last[*source as usize].take() {
                missing.add(Span { weight: records, from, to: time, kind, clean: false });
            }
        }
        running.truncate(Mark::MAX - marks.len());
        let mut marks: Vec<_> = marks.into_iter().chain(running).collect();
        order::sort_by(&mut marks, |a, b| a.cmp(b));
        let text = |number: u32| self.name(number).to_owned();
        let computer = |kind: u32| self.kind(kind).map_or_else(String::new, |kind| text(kind.computer));
        let channel = |kind: u32| self.kind(kind).map_or_else(String::new, |kind| text(kind.channel));
        let mark = |(row, moment): (usize, Moment)| Mark {
            time: Time(times[row]),
            moment,
            place: Place(self.columns.places[row]),
            computer: computer(kinds[row]),
        };
        let gap = |Span { from, to, kind, clean, .. }| Gap {
            from: Time(from),
            to: Time(to),
            computer: computer(kind),
            clean,
        };
        let jump = |Span { weight, from, to, kind, .. }| {
            let (computer, channel) = (computer(kind), channel(kind));
            Missing { from: Time(from), to: Time(to), computer, channel, records: weight }
        };
        About {
            records: times.len() as u64,
            span: times.last().zip(times.first()).map(|(first, last)| (Time(*first), Time(*last))),
            left_out: 0,
            others: self.others(),
            marks: marks.into_iter().map(mark).collect(),
            gaps: gaps.say(gap),
            missing: missing.say(jump),
        }
    }
}
