//! What is handed over: the findings somebody chose, what was read, and what nobody explains.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::checkup::{Finding, NotEvaluated, Report};
use crate::event::Time;
use crate::kb::{KnowledgeBase, Name};
use crate::log::Reason;

/// What is handed over. Its texts from logs are as the logs have them: each format says how it writes them safely.
#[derive(Clone, Debug)]
pub struct Handover<'k> {
    /// The findings, the most important first; those that are not to be handed over can be taken out.
    pub findings: Vec<Finding<'k>>,
    /// How many known issues the logs show: there may be more than are handed over.
    pub found: usize,
    /// What could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated<'k>>,
    /// The account of what was read, and the records that want an explanation: a report without what findings are made
    /// of.
    pub receipt: Report,
    /// What the person who hands it over has to say; may be empty.
    pub note: String,
    /// The zone that times are written in.
    pub zone: Zone,
    /// Names were taken out of it.
    pub redacted: bool,
}

impl<'k> Handover<'k> {
    /// All that a report says, with times in UTC.
    pub fn new(report: &Report, knowledge: &'k KnowledgeBase) -> Handover<'k> {
        let findings = report.findings(knowledge);
        Handover {
            found: own(&findings).count(),
            findings,
            not_evaluated: report.not_evaluated(knowledge),
            receipt: Report {
                files: report.files.clone(),
                explained: report.explained.clone(),
                unexplained: report.unexplained.clone(),
                ..Report::default()
            },
            note: String::new(),
            zone: Zone::default(),
            redacted: false,
        }
    }

    /// Leaves out findings, by their articles' ids, and the general ones that are shown only under them.
    pub fn leave_out(&mut self, ids: &BTreeSet<String>) {
        self.findings.retain(|finding| !ids.contains(&finding.article.id));
        let under = self.own().flat_map(|finding| &finding.general).map(|general| general.article.id.clone());
        let under: BTreeSet<String> = under.collect();
        self.findings.retain(|finding| finding.own > 0 || under.contains(&finding.article.id));
    }

    /// The findings that are shown by themselves. The others only match records that another one describes better.
    pub fn own(&self) -> impl Iterator<Item = &Finding<'k>> {
        own(&self.findings)
    }

    /// Shows every text that can have names in it, for a change: those from logs, the names of files, what a system
    /// said of them, and the note; with what it is the name of, where that is known. What is frequent comes first.
    pub(super) fn texts(&mut self, see: &mut dyn FnMut(Option<Name>, &mut String)) {
        for finding in &mut self.findings {
            let subject = finding.article.subject_is;
            finding.computers.rename(|name| see(Some(Name::Computer), name));
            finding.subjects.rename(|name| see(subject, name));
        }
        for file in self.receipt.files.values_mut() {
            file.computers.rename(|name| see(Some(Name::Computer), name));
            see(None, &mut file.name);
            for problem in &mut file.coverage.problems {
                if let Reason::RecordContent(text) | Reason::Unreadable(text) = &mut problem.reason {
                    see(None, text);
                }
            }
        }
        for kinds in [&mut self.receipt.explained, &mut self.receipt.unexplained] {
            kinds.rename(|kind| see(None, &mut kind.provider));
        }
        see(None, &mut self.note);
    }
}

fn own<'f, 'k>(findings: &'f [Finding<'k>]) -> impl Iterator<Item = &'f Finding<'k>> {
    findings.iter().filter(|finding| finding.own > 0)
}

/// A time zone that times are written in, without a change of daylight saving time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Minutes that its clocks are ahead of UTC.
    pub minutes: i16,
    /// What stands beside times.
    pub name: Cow<'static, str>,
}

impl Default for Zone {
    fn default() -> Zone {
        Zone { minutes: 0, name: "UTC".into() }
    }
}

impl Zone {
    /// To the second, for people: `2026-11-20 08:21:19`.
    pub(super) fn seconds(&self, time: Time) -> String {
        self.local(time).unwrap_or(time).to_seconds()
    }

    /// RFC 3339, with the offset: `2026-11-20T08:21:19.0000000+01:00`.
    pub(super) fn rfc3339(&self, time: Time) -> String {
        let local = self.local(time).filter(|_| self.minutes != 0);
        let Some(text) = local.map(|local| local.to_string()) else { return time.to_string() };
        let (sign, minutes) = (if self.minutes < 0 { '-' } else { '+' }, self.minutes.unsigned_abs());
        format!("{}{sign}{:02}:{:02}", text.trim_end_matches('Z'), minutes / 60, minutes % 60)
    }

    /// What a clock there shows, as if it were UTC; `None` where one of the two is not in the calendar.
    fn local(&self, time: Time) -> Option<Time> {
        time.timestamp()?;
        let local = Time(time.0.checked_add_signed(i64::from(self.minutes) * 600_000_000)?);
        local.timestamp().map(|_| local)
    }
}

/// Whether a character can change what is around it: on a terminal, or the direction of text.
pub(super) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text from a log: on one line, and without power over what is around it.
pub(super) fn foreign(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_a_zone() {
        let zone = |minutes| Zone { minutes, name: "there".into() };
        let time = Time::parse("2026-11-20T23:21:19.5Z").unwrap();
        assert_eq!(zone(0).rfc3339(time), "2026-11-20T23:21:19.5000000Z");
        assert_eq!(zone(330).rfc3339(time), "2026-11-21T04:51:19.5000000+05:30");
        assert_eq!(zone(-210).rfc3339(time), "2026-11-20T19:51:19.5000000-03:30");
        assert_eq!(zone(60).seconds(time), "2026-11-21 00:21:19");
        // What no calendar has stays as it is.
        for time in [Time(0), Time(u64::MAX)] {
            assert_eq!(zone(-60).rfc3339(time), time.to_string());
            assert_eq!(zone(-60).seconds(time), time.to_seconds());
        }
    }
}
