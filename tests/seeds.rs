//! The four articles that the project started with, each against a log of thousands of records that are almost right.

use evtx_checkup::checkup::{self, FileReport, Finding, Report};
use evtx_checkup::kb::{KnowledgeBase, Version};
use log_writer::logs::{Article, FoundingLog, founding};
use log_writer::{Data, Event, Value, evt, evtx};

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
    let file = FileReport::open("System", log.len() as u64, log);
    let reader = file.kind.reader(file.size, &file.name).expect("it is a log");
    checkup::in_order(knowledge, 0, &file, reader, log)
}

/// The ids of the records that a finding shows, ascending.
fn evidence(report: &Report, finding: &Finding<'_>) -> Vec<u64> {
    report.evidence(finding).into_iter().rev().map(|evidence| evidence.record_id).collect()
}

fn find<'a, 'k>(findings: &'a [Finding<'k>], id: &str) -> &'a Finding<'k> {
    findings.iter().find(|finding| finding.article.id == id).unwrap_or_else(|| panic!("{id} is not found"))
}

/// The log with a start-up record of some Windows version before its first record, as .evtx and as .evt.
fn written_by(log: &FoundingLog, version: &'static str, build: &'static str) -> [Vec<u8>; 2] {
    let first = log.events[0].clone();
    let start = Event::classic("EventLog", 6009).string(version).string(build).string("").string("Multiprocessor Free");
    let start = start.time(first.time - 1).record_id(first.record_id.unwrap() - 1).computer("SERVER12345");
    let events = || std::iter::once(start.clone()).chain(log.events.iter().cloned());
    [evtx(events()), evt(events())]
}

/// How many of the log's records the general article speaks of.
fn general_count(seed: &Seed, log: &FoundingLog) -> u64 {
    log.events.iter().filter(|event| (seed.is_general)(event)).count() as u64
}

#[test]
fn each_article_finds_exactly_its_records() {
    let knowledge = evtx_checkup::built_in();
    for seed in SEEDS {
        let log = founding(seed.article);
        for file in [log.evtx(), log.evt()] {
            let report = check(&knowledge, &file);
            assert_eq!(report.records(), log.events.len() as u64);
            assert_eq!(report.files[&0].coverage.problems, []);
            let findings = report.findings(&knowledge);
            let finding = find(&findings, seed.id);
            assert_eq!(evidence(&report, finding), log.expected, "{}", seed.id);
            assert_eq!(finding.count, log.expected.len() as u64, "{}", seed.id);
            assert_eq!(finding.computers.by_count(), [(&"SERVER12345".to_owned(), finding.count)]);
            let others = SEEDS.map(|other| other.id).into_iter().filter(|other| *other != seed.id);
            for other in others {
                assert!(findings.iter().all(|f| f.article.id != other), "{other} in the log of {}", seed.id);
            }
        }
    }
}

#[test]
fn the_general_article_of_the_same_event_is_found_as_well() {
    let knowledge = evtx_checkup::built_in();
    for seed in SEEDS {
        let log = founding(seed.article);
        for file in [log.evtx(), log.evt()] {
            let report = check(&knowledge, &file);
            let findings = report.findings(&knowledge);
            assert_eq!(find(&findings, seed.general).count, general_count(&seed, &log), "{}", seed.general);
        }
    }
}

/// Checks that the founding article is shown with its records, and the general one with exactly the rest of its own.
fn check_folding(seed: &Seed, log: &FoundingLog, findings: &[Finding<'_>]) {
    let (finding, general) = (find(findings, seed.id), find(findings, seed.general));
    assert_eq!(finding.own, log.expected.len() as u64, "{}: its records are its own", seed.id);
    assert_eq!(general.own, general_count(seed, log) - finding.own, "{}: the rest", seed.general);
    let folded = finding.general.iter().find(|folded| folded.article.id == seed.general);
    assert_eq!(folded.map(|folded| folded.count), Some(finding.own), "{} under {}", seed.general, seed.id);
    assert!(general.general.iter().all(|folded| folded.article.id != seed.id), "{} is not more general", seed.id);
}

#[test]
fn the_general_article_folds_under_the_exact_one() {
    let knowledge = evtx_checkup::built_in();
    for seed in SEEDS {
        let log = founding(seed.article);
        // Windows Vista and later write .evtx, so that these old articles speak of another Windows. They still match.
        check_folding(&seed, &log, &check(&knowledge, &log.evtx()).findings(&knowledge));
        let (version, build, _) = seed.era;
        for file in written_by(&log, version, build) {
            check_folding(&seed, &log, &check(&knowledge, &file).findings(&knowledge));
        }
    }
}

#[test]
fn an_article_about_another_windows_says_so_and_ranks_below_the_others() {
    let knowledge = evtx_checkup::built_in();
    for seed in SEEDS {
        let log = founding(seed.article);
        let report = check(&knowledge, &log.evtx());
        assert_eq!(report.files[&0].windows, None, "the log does not name its Windows");
        let findings = report.findings(&knowledge);
        assert!(find(&findings, seed.id).other_windows, "{}", seed.id);
        assert!(!find(&findings, seed.general).other_windows, "{}", seed.general);
        assert!(findings.is_sorted_by_key(|finding| finding.other_windows), "other Windows versions come last");
    }
}

#[test]
fn an_article_about_the_windows_that_wrote_the_log_does_not_rank_lower() {
    let knowledge = evtx_checkup::built_in();
    for seed in SEEDS {
        let log = founding(seed.article);
        let (major_minor, build, version) = seed.era;
        for file in written_by(&log, major_minor, build) {
            let report = check(&knowledge, &file);
            assert_eq!(report.files[&0].windows.map(|(_, version)| version), Some(version));
            let findings = report.findings(&knowledge);
            let finding = find(&findings, seed.id);
            assert!(!finding.other_windows, "{}", seed.id);
            assert_eq!(evidence(&report, finding), log.expected, "{}", seed.id);
        }
    }
}
