//! What goes together: findings that follow each other on one machine.

use evtx_checkup::checkup::{Occurrences, Report, told};
use evtx_checkup::export::{Format, Handover, json};
use evtx_checkup::kb::{KnowledgeBase, lint};
use log_writer::{Event, Guid, Level, Numbers, evtx, filetime};

#[path = "support/report.rs"]
mod report;

const CONTOSO: Guid = Guid::new("{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}");

/// An event of Contoso, so many seconds after the start.
fn at(seconds: u64, event_id: u16, computer: &'static str) -> Event {
    let time = filetime(2026, 11, 20, 8, 0, 0) + seconds * 10_000_000;
    Event::manifest("Contoso", CONTOSO, event_id).time(time).computer(computer).level(Level::Error)
}

/// An article about one event of Contoso, or one with a name; `more` is more of its front matter.
fn article(id: &str, event_id: u16, name: Option<&str>, more: &str) -> (String, String) {
    let fields = format!("Provider_Name: Contoso, EventID: {event_id}");
    let (detection, example) = match name {
        Some(name) => (format!("{{{fields}, Name: {name}}}"), format!("{{{fields}, Name: {name}}}")),
        None => (format!("{{{fields}}}"), format!("{{{fields}}}")),
    };
    let text = format!(
        "---\nid: {id}\ntitle: About {id}\nsummary: About {id}\nlevel: high\nverdict: fix\napplies-to: [Windows]\n\
         sources:\n  - {{id: a, title: A, url: 'https://example.com'}}\n\
         detection: {{selection: {detection}, condition: selection}}\n{more}\
         examples:\n  match: [{example}]\n  no-match: [{{Provider_Name: Contoso, EventID: 99}}]\n---\n\
         ## Symptoms\nSome.\n\n## Cause\nSome.\n\n## Resolution\nRepair it.\n"
    );
    (format!("kb/contoso/{id}.md"), text)
}

/// A link that is down (1) brings about lookups that fail (2), and these bring about policies that are not applied (3),
/// which the first does too. A service that fails (4) brings about those that need it to fail (5).
fn knowledge() -> KnowledgeBase {
    let files = [
        article("link-down", 1, None, ""),
        article("lookup-failed", 2, None, "caused-by: [{article: link-down, within: 10m}]\n"),
        article("lookup-failed-home", 2, Some("home"), ""),
        article(
            "policy-failed",
            3,
            None,
            "caused-by:\n  - {article: link-down, within: 10m}\n  - {article: lookup-failed, within: 1h}\n",
        ),
        article("service-failed", 4, None, ""),
        article(
            "dependency-failed",
            5,
            None,
            "caused-by: [{article: [link-down, service-failed], within: 1m, where: {Needs: Name}}]\n",
        ),
    ];
    let (articles, faults) = lint::read(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    assert_eq!(faults, [""; 0]);
    KnowledgeBase::new(articles)
}

/// The reports of logs, each by itself.
fn reports(knowledge: &KnowledgeBase, logs: &[Vec<Event>]) -> Vec<Report> {
    let report = |(number, events): (u32, &Vec<Event>)| {
        report::report(knowledge, number, "System.evtx", &evtx(events.iter().cloned()))
    };
    (0..).zip(logs).map(report).collect()
}

/// What follows what in a report: `consequence after cause: records`.
fn links(knowledge: &KnowledgeBase, report: &Report) -> Vec<String> {
    let findings = report.findings(knowledge);
    let mut links = Vec::new();
    for finding in &findings {
        for link in &finding.causes {
            links.push(format!("{} after {}: {}", finding.article.id, link.article.id, link.count));
            let cause = findings.iter().find(|other| other.article.id == link.article.id).unwrap();
            let back = cause.consequences.iter().find(|back| back.article.id == finding.article.id).unwrap();
            assert_eq!((back.count, back.within), (link.count, link.within), "both say the same");
        }
    }
    let both_ways: usize = findings.iter().map(|finding| finding.consequences.len()).sum();
    assert_eq!(links.len(), both_ways, "both say the same");
    links.sort();
    links
}

/// Checks what follows what in one log, and in a log for each event, merged in some orders.
fn check(what: &str, events: &[Event], expected: &[&str]) {
    let knowledge = knowledge();
    let whole = reports(&knowledge, &[events.to_vec()]).into_iter().collect();
    assert_eq!(links(&knowledge, &whole), expected, "{what}");
    let logs: Vec<Vec<Event>> = events.iter().map(|event| vec![event.clone()]).collect();
    let mut parts = reports(&knowledge, &logs);
    let mut numbers = Numbers(7);
    for _ in 0..5 {
        for place in (1..parts.len()).rev() {
            parts.swap(place, numbers.below(place + 1));
        }
        let half = numbers.below(parts.len() + 1);
        let mut report = parts[half..].iter().cloned().collect::<Report>();
        report.merge(parts[..half].iter().cloned().collect());
        assert_eq!(links(&knowledge, &report), expected, "{what}, merged in any order");
    }
}

#[test]
fn what_follows_belongs_together() {
    let after = "lookup-failed after link-down: 1";
    check("soon after", &[at(0, 1, "A"), at(60, 2, "A")], &[after]);
    check("in any order of the log", &[at(60, 2, "A"), at(0, 1, "A")], &[after]);
    check("names of computers have no case", &[at(0, 1, "pc"), at(60, 2, "PC")], &[after]);
    check("at the end of the window", &[at(0, 1, "A"), at(600, 2, "A")], &[after]);
    check("in the same moment", &[at(0, 1, "A"), at(0, 2, "A")], &[after]);
    let storm: Vec<Event> = (0..40).map(|n| at(100 + n, 2, "A")).chain([at(0, 1, "A"), at(9000, 2, "A")]).collect();
    check("a storm, and one that has nothing to do with it", &storm, &["lookup-failed after link-down: 40"]);
    check(
        "each after its own",
        &[at(0, 1, "A"), at(9, 2, "A"), at(1000, 1, "A"), at(1009, 2, "A")],
        &["lookup-failed after link-down: 2"],
    );
}

#[test]
fn near_misses_are_none() {
    check("another computer", &[at(0, 1, "A"), at(60, 2, "B")], &[]);
    check("outside the window", &[at(0, 1, "A"), at(601, 2, "A")], &[]);
    check("the other way round", &[at(60, 1, "A"), at(0, 2, "A")], &[]);
    check("without its cause", &[at(0, 2, "A"), at(60, 3, "B")], &[]);
    check("not what its article names", &[at(0, 1, "A"), at(60, 5, "A")], &[]);
}

#[test]
fn the_first_cause_that_was_there_counts() {
    check(
        "both were there",
        &[at(0, 1, "A"), at(10, 2, "A"), at(20, 3, "A")],
        &["lookup-failed after link-down: 1", "policy-failed after link-down: 1"],
    );
    check(
        "only the second in its window",
        &[at(0, 1, "A"), at(500, 2, "A"), at(700, 3, "A")],
        &["lookup-failed after link-down: 1", "policy-failed after lookup-failed: 1"],
    );
}

#[test]
fn values_must_be_the_same_where_that_is_said() {
    let failed = |name: &'static str| at(0, 4, "A").data("Name", name);
    let needs = |name: &'static str| at(10, 5, "A").data("Needs", name);
    check("the same", &[failed("Spooler"), needs("spooler")], &["dependency-failed after service-failed: 1"]);
    check("another", &[failed("Spooler"), needs("Netlogon")], &[]);
    check("none", &[failed(""), needs("")], &[]);
    check("no such field", &[at(0, 4, "A"), at(10, 5, "A")], &[]);
}

#[test]
fn a_more_exact_article_stands_for_the_general_one() {
    let home = |seconds| at(seconds, 2, "A").data("Name", "home");
    check("as a consequence", &[at(0, 1, "A"), home(9)], &["lookup-failed-home after link-down: 1"]);
    check("as a cause", &[home(0), at(9, 3, "A")], &["policy-failed after lookup-failed-home: 1"]);
}

#[test]
fn what_mostly_follows_stands_under_its_cause() {
    let knowledge = knowledge();
    let told_of = |events: &[Event]| -> Vec<String> {
        let findings = reports(&knowledge, &[events.to_vec()]).into_iter().collect::<Report>().findings(&knowledge);
        told(&findings).into_iter().map(|(depth, finding)| format!("{depth} {}", finding.article.id)).collect()
    };
    // Where nothing goes together, the newest comes first.
    assert_eq!(told_of(&[at(0, 3, "A"), at(9000, 1, "A")]), ["0 link-down", "0 policy-failed"]);
    let chain = [at(0, 1, "A"), at(500, 2, "A"), at(700, 3, "A"), at(200, 4, "A")];
    assert_eq!(told_of(&chain), ["0 link-down", "1 lookup-failed", "2 policy-failed", "0 service-failed"]);
    let one_of = |others: u64| -> Vec<Event> {
        let others = (0..others).map(|n| at(5000 + n, 2, "A"));
        [at(0, 1, "A"), at(10, 2, "A")].into_iter().chain(others).collect()
    };
    assert_eq!(told_of(&one_of(1)), ["0 link-down", "1 lookup-failed"], "half of them");
    assert_eq!(told_of(&one_of(2)), ["0 lookup-failed", "0 link-down"], "a third of them");
}

#[test]
fn reports_tell_the_story() {
    let knowledge = knowledge();
    let report: Report =
        reports(&knowledge, &[vec![at(0, 1, "A"), at(60, 2, "A"), at(90, 2, "B")]]).into_iter().collect();
    let handover = Handover::new(&report, &knowledge);
    let text = Format::Text.write(&handover);
    assert!(text.contains("  1 of them came within 10 minutes after: About link-down\n"), "{text}");
    assert!(text.contains("  brought about: About lookup-failed (1 record)\n"), "{text}");
    let json = json::value(&handover);
    let finding = |id: &str| json["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == id).unwrap();
    assert_eq!(finding("lookup-failed")["follows"].to_string(), r#"[{"id":"link-down","records":1}]"#);
    assert_eq!(finding("link-down")["followed_by"].to_string(), r#"[{"id":"lookup-failed","records":1}]"#);
    assert_eq!(finding("link-down")["follows"].to_string(), "[]");
}

#[test]
fn too_many_matches_tell_no_story() {
    let knowledge = knowledge();
    let mut report: Report = reports(&knowledge, &[vec![at(0, 1, "A"), at(60, 2, "A")]]).into_iter().collect();
    let number = knowledge.number("lookup-failed").unwrap();
    let one = report.occurrences[&number].clone();
    let (item, shared) = one.all().next().unwrap();
    for _ in 0..Occurrences::MAX {
        report.occurrences.get_mut(&number).unwrap().add(item.evidence, &shared.computer, item.best, &shared.values);
    }
    assert!(report.occurrences[&number].all().next().is_none(), "memory is bounded");
    assert_eq!(links(&knowledge, &report), [""; 0]);
    let untold = |id: &str| report.findings(&knowledge).into_iter().any(|found| found.article.id == id && found.untold);
    assert!(untold("lookup-failed") && !untold("link-down"), "the finding says that nobody looked");
    let handover = Handover::new(&report, &knowledge);
    assert_eq!(json::value(&handover)["findings"].to_string().matches("\"follows\":null").count(), 1);
    let text = Format::Text.write(&handover);
    assert_eq!(text.matches("  matched too often to tell what it follows and what follows it\n").count(), 1, "{text}");
}

#[test]
fn an_unexpected_restart_and_what_it_brought_about() {
    let knowledge = evtx_checkup::built_in();
    let time = |seconds: u64| filetime(2026, 11, 20, 8, 0, 0) + seconds * 10_000_000;
    let power = Event::manifest("Microsoft-Windows-Kernel-Power", CONTOSO, 41).level(Level::Critical);
    let events = [
        power.data("BugcheckCode", 0x124_u32).data("PowerButtonTimestamp", 0_u64).time(time(0)),
        Event::classic("EventLog", 6008).level(Level::Error).string("07:58:00").string("11/20/2026").time(time(8)),
        Event::service_control_manager(7034).data("param1", "Backup").data("param2", "1").time(time(40)),
        Event::service_control_manager(7001)
            .data("param1", "Reports")
            .data("param2", "Backup")
            .data("param3", "%%1067")
            .time(time(50)),
    ];
    let events = events.map(|event| event.computer("A").channel("System"));
    let report: Report = reports(&knowledge, &[events.to_vec()]).into_iter().collect();
    let findings = report.findings(&knowledge);
    let told: Vec<_> =
        told(&findings).into_iter().map(|(depth, finding)| (depth, finding.article.id.as_str())).collect();
    assert_eq!(
        told,
        [
            // The most exact article about the event 41.
            (0, "stop-error-124-hardware"),
            (1, "unexpected-shutdown-logged"),
            (1, "service-crashed"),
            (2, "service-dependency-failed-to-start"),
        ]
    );
}
