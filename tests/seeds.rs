//! The four articles that the project started with, each against a log of thousands of records that are almost right.

use std::collections::BTreeSet;

use evtx_checkup::checkup::{self, FileReport, Finding, Report};
use evtx_checkup::kb::{KnowledgeBase, Version};
use evtx_checkup::log::evtx::HEADER_SIZE;
use log_writer::logs::{Article, FoundingLog, founding};
use log_writer::{Data, Event, Value, evtx};

/// A founding article, the general one about the same event, and a Windows version that the founding one speaks of.
struct Seed {
    article: Article,
    id: &'static str,
    general: &'static str,
    /// Whether the general article speaks of an event.
    is_general: fn(&Event) -> bool,
    /// A start-up record's words for a version in the founding article's range, and that version.
    era: (&'static str, &'static str, Version),
}

const SEEDS: [Seed; 4] = [
    Seed {
        article: Article::Q124641,
        id: "rdr-srv-already-running-sms-beta",
        general: "service-start-already-running",
        is_general: |event| is_scm(event, 7000) && param(event, 2) == "%%1056",
        era: ("3.50.", "807", Version::new(3, 50, 807)),
    },
    Seed {
        article: Article::Q283472,
        id: "sms-bootstrap-unexpected-exit",
        general: "service-crashed-recovery-action",
        is_general: |event| is_scm(event, 7031),
        era: ("5.00.", "2195", Version::new(5, 0, 2195)),
    },
    Seed {
        article: Article::Q101355,
        id: "messenger-name-conflict",
        general: "service-ended-with-own-error-code",
        is_general: |event| is_scm(event, 7024),
        era: ("4.00.", "1381", Version::new(4, 0, 1381)),
    },
    Seed {
        article: Article::Q277770,
        id: "exchange-inetinfo-service-not-in-program",
        general: "service-start-not-in-program",
        is_general: |event| is_scm(event, 7000) && param(event, 2) == "%%1083",
        era: ("5.00.", "2195", Version::new(5, 0, 2195)),
    },
];

fn is_scm(event: &Event, event_id: u16) -> bool {
    event.provider == "Service Control Manager" && event.event_id == event_id
}

/// The text of an event's `paramN`; empty where it has none.
fn param(event: &Event, number: usize) -> &str {
    match &event.data {
        Data::Named(values) => match values.get(number - 1) {
            Some((_, Value::String(text))) => text,
            _ => "",
        },
        _ => "",
    }
}

/// The report of a whole log, read in one go.
fn check(knowledge: &KnowledgeBase, log: &[u8]) -> Report {
    let file = FileReport::open("System.evtx", log.len() as u64, log);
    let mut report = checkup::slice(knowledge, 0, &file, &log[HEADER_SIZE as usize..], HEADER_SIZE);
    report.merge(Report { files: [(0, file)].into(), ..Report::default() });
    report
}

/// The ids of the records that a finding shows, ascending.
fn evidence(finding: &Finding<'_>) -> Vec<u64> {
    finding
        .evidence
        .sorted()
        .into_iter()
        .map(|evidence| evidence.record_id)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn find<'a, 'k>(findings: &'a [Finding<'k>], id: &str) -> &'a Finding<'k> {
    findings.iter().find(|finding| finding.article.id == id).unwrap_or_else(|| panic!("{id} is not found"))
}

#[test]
fn each_article_finds_exactly_its_records() {
    let knowledge = evtx_checkup::built_in();
    for seed in SEEDS {
        let log = founding(seed.article);
        let report = check(&knowledge, &log.evtx());
        assert_eq!(report.records(), log.events.len() as u64);
        let findings = report.findings(&knowledge);
        let finding = find(&findings, seed.id);
        let evidence = evidence(finding);
        let show = |ids: &[u64], others: &[u64]| -> Vec<_> {
            let only = ids.iter().filter(|id| !others.contains(id));
            only.filter_map(|id| log.events.iter().find(|event| event.record_id == Some(*id))).cloned().collect()
        };
        assert_eq!(show(&evidence, &log.expected), [], "{}: too many", seed.id);
        assert_eq!(show(&log.expected, &evidence), [], "{}: too few", seed.id);
        assert_eq!(finding.count, log.expected.len() as u64, "{}", seed.id);
        println!(
            "{} own {} ; general own {} count {}",
            seed.id,
            finding.own,
            find(&findings, seed.general).own,
            find(&findings, seed.general).count
        );
        for other in SEEDS.iter().filter(|other| other.id != seed.id) {
            assert!(
                findings.iter().all(|finding| finding.article.id != other.id),
                "{} in the log of {}",
                other.id,
                seed.id
            );
        }
    }
}
