//! Checkups of whole logs: in parts and in one go, beyond what is kept of each kind, and of real logs.

use std::collections::BTreeMap;

use evtx_checkup::checkup::{self, Checkup, EventKind, Evidence, FileReport, Newest, Report, Tally, Why};
use evtx_checkup::event::{Level, Time};
use evtx_checkup::export::{Format, Handover};
use evtx_checkup::kb::{KnowledgeBase, Version, lint};
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Reader};
use evtx_checkup::log::{Kind, Problem, Reason, Record, Sink};
use log_writer::logs::{Article, founding};
use log_writer::{Event, Guid, Level as Severity, Numbers, evtx, filetime};
use proptest::prelude::*;

#[path = "support/report.rs"]
mod report;

/// A file without anything read, as the parts of its checkup see it.
fn open(log: &[u8]) -> FileReport {
    FileReport::open("System.evtx", log.len() as u64, &log[..log.len().min(HEADER_SIZE as usize + 512)])
}

/// The report of whole logs, each read in one go.
fn whole(knowledge: &KnowledgeBase, logs: &[Vec<u8>]) -> Report {
    (0..).zip(logs).map(|(number, log)| report::report(knowledge, number, "System.evtx", log)).collect()
}

/// The report of logs that several workers read in parts, in any order, and whose reports are merged in any order.
fn in_parts(knowledge: &KnowledgeBase, logs: &[Vec<u8>], numbers: &mut Numbers) -> Report {
    let mut slices = Vec::new();
    for (number, log) in (0..).zip(logs) {
        let mut at = HEADER_SIZE as usize;
        while at < log.len() {
            let end = (at + (1 + numbers.below(3)) * CHUNK_SIZE as usize).min(log.len());
            slices.push((number, at..end));
            at = end;
        }
    }
    for place in (1..slices.len()).rev() {
        slices.swap(place, numbers.below(place + 1));
    }
    // The page starts with the files as they were opened; they are one more part.
    let files = logs.iter().zip(0..).map(|(log, number)| (number, open(log))).collect();
    let mut reports = vec![Report { files, ..Report::default() }];
    let workers = 1 + numbers.below(4);
    reports.resize(1 + workers, Report::default());
    for (number, part) in slices {
        let log = &logs[number as usize];
        let report = checkup::slice(knowledge, number, &open(log), &log[part.clone()], part.start as u64);
        // A worker adds to its report, or hands a part over by itself; what is handed over is copied as bytes.
        match numbers.below(workers + 1) {
            0 => reports.push(postcard::from_bytes(&postcard::to_stdvec(&report).unwrap()).unwrap()),
            worker => reports[worker].merge(report),
        }
    }
    while reports.len() > 1 {
        let report = reports.swap_remove(numbers.below(reports.len()));
        let place = numbers.below(reports.len());
        reports[place].merge(report);
    }
    reports.remove(0)
}

/// Checks that two reports are the same, in every form in which people see them.
fn check_same(knowledge: &KnowledgeBase, parts: &Report, whole: &Report) {
    assert_eq!(parts.files, whole.files);
    assert!(parts == whole);
    let (parts_over, whole_over) = (Handover::new(parts, knowledge), Handover::new(whole, knowledge));
    Format::ALL.into_iter().for_each(|format| assert_eq!(format.write(&parts_over), format.write(&whole_over)));
    let findings = |report: &Report| -> Vec<_> {
        let all = report.findings(knowledge).into_iter();
        all.map(|a| {
            let evidence = report.evidence(&a);
            (a.article.id.clone(), a.count, a.own, a.span, a.subjects, a.computers, a.files, evidence)
        })
        .collect()
    };
    assert!(findings(parts) == findings(whole));
    assert_eq!(not_evaluated(knowledge, parts), not_evaluated(knowledge, whole));
}

/// The ids of what could not be evaluated, and why.
fn not_evaluated(knowledge: &KnowledgeBase, report: &Report) -> Vec<(String, Why)> {
    report.not_evaluated(knowledge).into_iter().map(|item| (item.article.id.clone(), item.why)).collect()
}

/// Rules over the events of [`events`]: correlations of every type, and rules that cannot be evaluated, or only if the
/// right events were picked.
const RULES: &str = "
title: A service failed
id: failed
logsource: {product: windows, service: system}
detection: {selection: {Provider_Name: Service Control Manager, EventID: [7000, 7024, 7031]}, condition: selection}
---
title: A failed logon
id: failed-logon
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
---
title: A logon
id: logon
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4624}, condition: selection}
---
title: Services fail
id: count
correlation: {type: event_count, rules: [failed], group-by: [Computer], timespan: 6h, condition: {gte: 3}, generate: true}
---
title: Many services fail
id: values
correlation: {type: value_count, rules: [failed], timespan: 1d, condition: {field: [param1, Computer], gt: 5}}
---
title: Services fail more often than not
id: often
correlation: {type: event_count, rules: [count], timespan: 3d, condition: {gte: 2, lt: 9}}
---
title: Failed logons
id: failed-logons
correlation: {type: value_sum, rules: [failed-logon], group-by: [User], timespan: 1d, condition: {field: Tries, gte: 8}}
---
title: Slow logons
id: average
correlation: {type: value_avg, rules: [failed-logon, logon], group-by: [User], timespan: 12h, condition: {field: Tries, gte: 3.5}}
---
title: Failed logons and a logon
id: ordered
correlation: {type: temporal_ordered, rules: [failed-logons, logon], group-by: [User], timespan: 1d}
---
title: Failed logons and failed services
id: together
correlation: {type: temporal, rules: [failed-logon, failed], group-by: [Computer], timespan: 1h}
---
title: Without its channel
id: no-channel
logsource: {product: windows, category: ps_script}
detection: {selection: {ScriptBlockText|contains: mimikatz}, condition: selection}
---
title: Correlated without its channel
id: no-channel-correlated
correlation: {type: event_count, rules: [no-channel], timespan: 1d, condition: {gte: 2}}
---
title: Without its field
id: no-field
logsource: {product: windows, service: security}
detection: {selection: {EventID: [4624, 4625], Nonsense: x}, condition: selection}
---
title: With a field that some have
id: some-field
logsource: {product: windows}
detection: {selection: {Provider_Name: Contoso-Layouts, Field042: x}, condition: selection}
---
title: Grouped by what some have
id: some-group
correlation: {type: event_count, rules: [failed-logon], group-by: [IpAddress], timespan: 1d, condition: {gte: 2}}
---
title: Matches nothing
id: nothing
logsource: {product: windows}
detection: {selection: {EventID: [7000, 4624], Channel: [System, Security]}, filter: {EventID|gt: 0}, condition: selection and not filter}
";

/// The knowledge base, and [`RULES`].
fn with_rules() -> KnowledgeBase {
    let (articles, faults) = lint::read([("rules.yml", RULES)]);
    assert_eq!(faults, [""; 0]);
    let mut knowledge = evtx_checkup::built_in();
    knowledge.add(articles);
    knowledge
}

/// Events of all kinds: those that the founding articles explain, those that are nearly so, those that nobody explains,
/// and those that name a Windows version.
fn events() -> Vec<Event> {
    let computers = ["SAMPLE-PC", "SERVER12345", ""];
    let mut events = Vec::new();
    for article in Article::ALL {
        let log = founding(article);
        let explained = log.events.iter().filter(|event| event.record_id.is_some_and(|id| log.expected.contains(&id)));
        events.extend(explained.chain(&log.events[..90]).cloned());
    }
    for number in 0..90_u32 {
        let level =
            [Severity::Critical, Severity::Error, Severity::Warning, Severity::Information][number as usize % 4];
        let event = Event::classic(format!("Contoso Agent {}", number % 30), 1000 + number as u16 % 3).level(level);
        events.push(event.qualifiers(0).string("Something happened."));
    }
    for (version, build) in [("6.01.", "7601"), ("10.00.", "26100"), ("6.03.", "9600")] {
        events.push(Event::classic("EventLog", 6009).string(version).string(build));
    }
    for number in 0..120_u32 {
        let user = ["anna", "ANNA", "bert", ""][number as usize % 4];
        let event = Event::manifest("Contoso-Auditing", CONTOSO, if number % 3 == 0 { 4624 } else { 4625 });
        let event = event.channel("Security").data("User", user).data("Tries", number % 5);
        // One in sixty: in some picks there is none.
        events.push(if number % 60 == 1 { event.data("IpAddress", "10.0.0.1") } else { event });
        events.push(Event::manifest("Contoso-Layouts", CONTOSO, 77).data(format!("Field{number:03}"), "y"));
    }
    let mut numbers = Numbers(1);
    for (event, number) in events.iter_mut().zip(0..) {
        event.record_id = None;
        event.computer = computers[number % computers.len()].into();
        event.time = filetime(2026, 11, 1, 0, 0, 0) + numbers.below(1 << 44) as u64;
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_parts_does_not_matter(
        picks in proptest::collection::vec(0..10_000_usize, 1..1500),
        split in 0.0..1.0_f64,
        damage in proptest::collection::vec((0.0..1.0_f64, 1..=255_u8), 0..12),
        cut in proptest::option::of(0..CHUNK_SIZE as usize),
        seed in any::<u64>(),
    ) {
        let knowledge = with_rules();
        let pool = events();
        let picked: Vec<Event> = picks.iter().map(|pick| pool[pick % pool.len()].clone()).collect();
        let (first, second) = picked.split_at((picked.len() as f64 * split) as usize);
        let mut logs = vec![evtx(first.iter().cloned()), evtx(second.iter().cloned())];
        for (place, bits) in damage {
            // The header is not part of any slice; all else may be broken.
            let log = &mut logs[usize::from(bits % 2)];
            let place = HEADER_SIZE as usize + ((log.len() - HEADER_SIZE as usize - 1) as f64 * place) as usize;
            log[place] ^= bits;
        }
        if let Some(cut) = cut {
            let length = logs[1].len() - cut;
            logs[1].truncate(length);
        }
        let whole = whole(&knowledge, &logs);
        check_same(&knowledge, &in_parts(&knowledge, &logs, &mut Numbers(seed)), &whole);
    }
}

const CONTOSO: Guid = Guid::new("{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}");

#[test]
fn more_kinds_of_events_than_are_kept() {
    let kinds = Tally::<EventKind>::MAX_KINDS + 700;
    // Every provider is there twice, far from each other, and every third one more often.
    let numbers = (0..kinds).chain((0..kinds).rev()).chain((0..kinds).step_by(3));
    let event = |number: usize| {
        Event::manifest(format!("Contoso-Provider-{number}"), CONTOSO, 7).level(Severity::Error).data("Code", 5_u32)
    };
    let logs = [evtx(numbers.clone().map(event))];
    let knowledge = evtx_checkup::built_in();
    let whole = whole(&knowledge, &logs);
    assert_eq!(whole.unexplained.len(), Tally::<EventKind>::MAX_KINDS);
    assert_eq!(whole.unexplained.total(), numbers.count() as u64, "what is not kept is counted");
    for (kind, count) in whole.unexplained.by_count() {
        let number: usize = kind.provider.trim_start_matches("Contoso-Provider-").parse().unwrap();
        assert_eq!(count, if number.is_multiple_of(3) { 3 } else { 2 }, "what is kept has its exact count");
        assert_eq!((kind.event_id, kind.level), (7, Level::Error));
    }
    for seed in 0..6 {
        check_same(&knowledge, &in_parts(&knowledge, &logs, &mut Numbers(seed)), &whole);
    }
}

#[test]
fn more_subjects_than_are_kept() {
    let subjects = Tally::<String>::MAX_KINDS + 300;
    let event = |number: usize| Event::service_control_manager(7034).param(format!("Agent {number}")).param("1");
    let logs = [evtx((0..subjects).map(event))];
    let knowledge = evtx_checkup::built_in();
    let whole = whole(&knowledge, &logs);
    let findings = whole.findings(&knowledge);
    let finding = findings.iter().find(|finding| finding.article.id == "service-crashed").unwrap();
    assert_eq!((finding.subjects.len(), finding.subjects.total()), (subjects - 300, subjects as u64));
    for seed in 0..6 {
        check_same(&knowledge, &in_parts(&knowledge, &logs, &mut Numbers(seed)), &whole);
    }
}

#[test]
fn more_evidence_than_is_kept() {
    let records = 3 * Newest::<Evidence>::MAX as u64 + 11;
    // The records are in no order of time: a step that shares no factor with their number visits each time once.
    let time = |number: u64| filetime(2026, 11, 1, 0, 0, 0) + number * 577 % records;
    let event = |number| Event::service_control_manager(7034).param("Spooler").param("1").time(time(number));
    let logs = [evtx((0..records).map(event))];
    let knowledge = evtx_checkup::built_in();
    let whole = whole(&knowledge, &logs);
    let findings = whole.findings(&knowledge);
    let finding = findings.iter().find(|finding| finding.article.id == "service-crashed").unwrap();
    assert_eq!(finding.count, records);
    let mut newest: Vec<(u64, u64)> = (0..records).map(|number| (time(number), number + 1)).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    newest.truncate(Newest::<Evidence>::MAX);
    let evidence = whole.evidence(finding);
    let evidence: Vec<_> = evidence.iter().map(|evidence| (evidence.time.0, evidence.record_id)).collect();
    assert!(evidence == newest, "the newest are kept, the newest first");
    for seed in 0..6 {
        check_same(&knowledge, &in_parts(&knowledge, &logs, &mut Numbers(seed)), &whole);
    }
}

#[test]
fn the_rules_over_all_events_find_what_they_should() {
    // Else comparing what they find would compare nothing with nothing.
    let knowledge = with_rules();
    let report = whole(&knowledge, &[evtx(events())]);
    let findings = report.findings(&knowledge);
    for id in ["values", "often", "average", "ordered", "together"] {
        assert!(findings.iter().any(|finding| finding.article.id == id), "{id}");
    }
    // As in pySigma, one correlation that does not generate its rules is enough to silence them.
    for id in ["failed", "count", "failed-logon", "failed-logons", "logon", "nothing", "no-field"] {
        assert!(findings.iter().all(|finding| finding.article.id != id), "{id}");
    }
}

#[test]
fn more_fields_than_are_kept() {
    // Every record has another field, and they come in no order of their names.
    let event = |number: usize| {
        Event::manifest("Contoso-Layouts", CONTOSO, 77).data(format!("Field{:03}", number * 577 % 900), "y")
    };
    let logs = [evtx((0..900).map(event))];
    let knowledge = with_rules();
    let whole = whole(&knowledge, &logs);
    let fields = &whole.kinds.iter().find(|(kind, _)| kind.event_id == 77).unwrap().1;
    assert!(fields.len() < 900 && fields.contains("field042"), "the first by name are kept");
    for seed in 0..6 {
        check_same(&knowledge, &in_parts(&knowledge, &logs, &mut Numbers(seed)), &whole);
    }
}

#[test]
fn what_could_not_be_evaluated_is_said() {
    let knowledge = with_rules();
    let check = |what: &str, events: &[Event], expected: &[(&str, &str)]| {
        let report = whole(&knowledge, &[evtx(events.iter().cloned())]);
        let said = not_evaluated(&knowledge, &report);
        let ours = said.iter().filter(|(id, _)| RULES.contains(&format!("id: {id}\n")));
        let said: Vec<_> = ours.map(|(id, why)| (id.as_str(), why.to_string())).collect();
        let said: Vec<_> = said.iter().map(|(id, why)| (*id, why.as_str())).collect();
        assert_eq!(said, expected, "{what}");
        let found: Vec<_> = report.findings(&knowledge).into_iter().map(|finding| finding.article.id.clone()).collect();
        assert!(said.iter().all(|(id, _)| !found.iter().any(|found| found == id)), "{what}: found and not evaluated");
    };
    let powershell = "no log has the channel Microsoft-Windows-PowerShell/Operational or PowerShellCore/Operational";
    let nowhere = [("no-channel", powershell), ("no-channel-correlated", powershell)];
    let security = "no log has the channel Security";
    let in_security = ["average", "failed-logon", "failed-logons"].map(|id| (id, security));
    let logon = |id| {
        Event::manifest("Contoso-Auditing", CONTOSO, id).channel("Security").data("User", "anna").data("Tries", 1_u32)
    };
    let started = Event::service_control_manager(7036).param("Spooler").param("running");

    // The channel System is there and nothing in it matches: what asks for it was evaluated.
    let without_security = [
        &in_security[..2],
        &[
            ("failed-logons", security),
            ("logon", security),
            nowhere[0],
            nowhere[1],
            ("no-field", security),
            ("ordered", security),
        ],
        &[("some-group", security), ("together", security)],
    ];
    check("without Security", std::slice::from_ref(&started), &without_security.concat());

    // Each field is there, or nobody asked the records for it: 4634 is no event that a rule is about.
    let system = "no log has the channel System";
    let in_system = ["count", "failed"].map(|id| (id, system));
    let no_system = |more: &[(&'static str, &'static str)]| {
        let mut all =
            [&in_system[..], &nowhere, &[("often", system), ("together", system), ("values", system)], more].concat();
        all.sort_unstable();
        all
    };
    check("another event", &[logon(4634)], &no_system(&[]));
    let (no_field, no_group) =
        ("the records it asks for have no field Nonsense", "the records it asks for have no field IpAddress");
    check("no record has the field", &[logon(4624)], &no_system(&[("no-field", no_field)]));
    check(
        "none has it that matches",
        &[logon(4625), logon(4624).data("IpAddress", "::1")],
        &no_system(&[("no-field", no_field), ("some-group", no_group)]),
    );
    check("one has it", &[logon(4625), logon(4625).data("IpAddress", "::1")], &no_system(&[("no-field", no_field)]));
    // It is there, and has another value.
    check("another value", &[logon(4625).data("IpAddress", "::1"), logon(4624).data("nonsense", "y")], &no_system(&[]));
    check("with a space", &[logon(4624).data("Non sense", "")], &no_system(&[]));
    // A channel in any case.
    let events = [started, logon(4624).channel("SECURITY").data("Nonsense", "x")];
    check("all there", &events, &nowhere);
    let script = Event::manifest("Contoso", CONTOSO, 4104).channel("PowerShellCore/Operational");
    let said = [("no-channel", "the records it asks for have no field ScriptBlockText")];
    let both = [said[0], ("no-channel-correlated", said[0].1)];
    check("one of two channels", &[&events[..], std::slice::from_ref(&script)].concat(), &both);
    check("and the field", &[&events[..], &[script.data("ScriptBlockText", "x")]].concat(), &[]);
}

#[test]
fn a_part_that_could_not_be_read_is_on_the_account() {
    let logs = [evtx(events())];
    let knowledge = evtx_checkup::built_in();
    let file = open(&logs[0]);
    let chunk = CHUNK_SIZE as usize;
    let rest = HEADER_SIZE as usize + chunk;
    let problem = Problem { offset: HEADER_SIZE, reason: Reason::Unreadable("gone".into()), lost: 0 };
    let parts = [
        Report::of(0, file.clone()),
        checkup::unread_slice(0, &file, problem.clone()),
        checkup::slice(&knowledge, 0, &file, &logs[0][rest..], rest as u64),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut report = Report::default();
        order.into_iter().for_each(|place| report.merge(parts[place].clone()));
        let file = &report.files[&0];
        assert_eq!(file.coverage.problems, std::slice::from_ref(&problem));
        assert_eq!(file.bytes_read, (logs[0].len() - rest) as u64);
        assert_eq!((file.kind, file.name.as_str()), (Kind::Evtx, "System.evtx"));
        assert!(report.records() > 0 && report.records() < whole(&knowledge, &logs).records());
    }
}

/// An article about Windows 7 alone.
const ABOUT_WINDOWS_7: &str = "\
---
id: agent-failed
title: The agent failed
summary: The agent failed
level: medium
verdict: fix
applies-to: [Windows 7]
windows: 7..7
sources:
  - {id: Q1, title: The agent, url: 'https://example.com/agent'}
detection:
  selection:
    Provider_Name: Contoso Agent
    EventID: 5
  condition: selection
examples:
  match: [{Provider_Name: Contoso Agent, EventID: 5}]
  no-match: [{Provider_Name: Contoso Agent, EventID: 6}]
---
## Symptoms
It failed.
## Cause
It is old.
## Resolution
Update it.
";

/// A start-up record of the event log service.
fn event_log(version: &'static str, build: &'static str) -> Event {
    Event::classic("EventLog", 6009).string(version).string(build).string("").string("Multiprocessor Free").string("0")
}

/// A start-up record of the kernel.
fn kernel_general(major: u32, minor: u32, build: u32) -> Event {
    Event::manifest("Microsoft-Windows-Kernel-General", Guid::new("{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}"), 12)
        .data("MajorVersion", major)
        .data("MinorVersion", minor)
        .data("BuildVersion", build)
        .data("QfeVersion", 17514_u32)
        .data("ServiceVersion", 1_u32)
        .data("BootMode", 0_u32)
}

#[test]
fn start_up_records_say_which_windows_wrote_the_log() {
    let (articles, faults) = lint::read([("kb/agents/agent-failed.md", ABOUT_WINDOWS_7)]);
    assert_eq!(faults, [""; 0]);
    let knowledge = KnowledgeBase::new(articles);
    let check = |starts: Vec<Event>, version: Option<Version>, other_windows: bool| {
        let problem = Event::classic("Contoso Agent", 5).level(Severity::Error);
        // The place of the start-up records in the log does not matter.
        for place in 0..=1 {
            let mut events = vec![problem.clone()];
            events.splice(place..place, starts.clone());
            let report = whole(&knowledge, &[evtx(events)]);
            assert_eq!(report.files[&0].windows.map(|(_, version)| version), version, "{starts:?}");
            let findings = report.findings(&knowledge);
            let [finding] = &findings[..] else { panic!("{} findings", findings.len()) };
            assert_eq!(finding.other_windows, other_windows, "{starts:?}");
            let said = Format::Text
                .write(&Handover::new(&report, &knowledge))
                .contains("This article is about Windows 7, not");
            assert_eq!(said, other_windows, "{starts:?}");
        }
    };
    let version = |major, minor, build| Some(Version::new(major, minor, build));
    // Without such a record, the log may be from any Windows that writes .evtx.
    check(vec![], None, false);
    check(vec![event_log("6.01.", "7601")], version(6, 1, 7601), false);
    check(vec![kernel_general(6, 1, 7601)], version(6, 1, 7601), false);
    check(vec![event_log("10.00.", "26100")], version(10, 0, 26100), true);
    check(vec![kernel_general(10, 0, 26100)], version(10, 0, 26100), true);
    check(vec![event_log("6.00.", "6002")], version(6, 0, 6002), true);
    // Windows was upgraded: the later record counts, wherever it stands.
    let (early, late) = (filetime(2015, 7, 1, 0, 0, 0), filetime(2015, 8, 1, 0, 0, 0));
    let (before, after) = (event_log("6.01.", "7601").time(early), kernel_general(10, 0, 10240).time(late));
    check(vec![before.clone(), after.clone()], version(10, 0, 10240), true);
    check(vec![after, before], version(10, 0, 10240), true);
    // Records that only look like it say nothing.
    check(vec![event_log("Windows", "7601")], None, false);
    check(vec![Event::classic("EventLog", 6005).string("10.00.").string("26100")], None, false);
    check(vec![Event::classic("Contoso", 6009).string("10.00.").string("26100")], None, false);
    check(vec![kernel_general(10, 0, 26100).provider("Contoso")], None, false);
}

#[test]
fn each_file_has_its_own_windows() {
    let (articles, _) = lint::read([("kb/agents/agent-failed.md", ABOUT_WINDOWS_7)]);
    let knowledge = KnowledgeBase::new(articles);
    let problem = Event::classic("Contoso Agent", 5).level(Severity::Error);
    let (old, new) = (event_log("6.01.", "7601"), event_log("10.00.", "26100"));
    let check = |logs: &[Vec<u8>], other_windows: bool| {
        let report = whole(&knowledge, logs);
        assert_eq!(report.findings(&knowledge)[0].other_windows, other_windows);
    };
    let (new_log, old_log) = (evtx([new.clone(), problem.clone()]), evtx([old.clone(), problem.clone()]));
    check(&[new_log.clone(), new_log.clone()], true);
    // One of the logs that show the issue is from the article's Windows.
    check(&[new_log.clone(), old_log], false);
    // A log from the article's Windows that does not show the issue changes nothing.
    check(&[new_log, evtx([old])], true);
}

#[test]
fn the_times_levels_and_names_of_a_file() {
    let (first, last) = (filetime(2026, 1, 1, 0, 0, 0), filetime(2026, 3, 1, 0, 0, 0));
    let logs = [evtx([
        Event::classic("Contoso", 1).level(Severity::Critical).time(last),
        Event::classic("Contoso", 1).level(Severity::LogAlways).time(first).channel("Security").computer("OTHER-PC"),
        Event::classic("Contoso", 1).level(Severity::Warning).time(first + 1),
        Event::classic("Contoso", 1).level(Severity::Verbose).time(first + 2),
    ])];
    let report = whole(&evtx_checkup::built_in(), &logs);
    let file = &report.files[&0];
    assert_eq!(file.span, Some((Time(first), Time(last))));
    assert_eq!(file.levels, [1, 0, 1, 1, 1]);
    assert_eq!(file.computers.by_count(), [(&"SAMPLE-PC".to_owned(), 3), (&"OTHER-PC".to_owned(), 1)]);
    assert_eq!(file.channels.by_count(), [(&"System".to_owned(), 3), (&"Security".to_owned(), 1)]);
    assert_eq!((report.unexplained.total(), report.explained.total()), (2, 0));
    assert!(report.findings(&evtx_checkup::built_in()).is_empty());
}

/// Findings in real logs: the end of the path, the article, and the ids of its records, all read by hand.
const IN_REAL_LOGS: &[(&str, &str, &[u64])] = &[
    // 7000: CldFlt (cloud files filter driver), %%50 "The request is not supported".
    ("omerbenamram--evtx/samples/system.evtx", "service-start-failed", &[35, 211, 343]),
    // 7023: Spooler %%2147942414, iphlpsvc %%1058, and ten times Interactive Services Detection %%1 (1872 to 1881).
    (
        "omerbenamram--evtx/samples/system.evtx",
        "service-ended-with-error",
        &[40, 42, 1872, 1873, 1874, 1875, 1876, 1877, 1878, 1879, 1880, 1881],
    ),
    // 7030: Printer Extensions and Notifications is marked as interactive.
    ("omerbenamram--evtx/samples/system.evtx", "service-interactive-not-allowed", &[241]),
    // 7031: Print Spooler, once, restart in 5000 ms.
    ("StolenSzechuanEventLogs.7z/System.evtx", "service-crashed-recovery-action", &[60155]),
    // 7009: 30000 ms; services with the random names outmgo, mszhao and pmhrio.
    ("StolenSzechuanEventLogs.7z/System.evtx", "service-connect-timeout", &[60152, 60163, 60174]),
    // 7009: 30000 ms; UWdKhYTIQWWJxHfx and genusn. The frames around these records have other ids, 3 and 5: somebody cut
    // them out of a log. What counts is the id in the record's System part, which Event Viewer shows.
    ("metasploit-psexec-powershell-target-system.evtx", "service-connect-timeout", &[8425, 8427]),
    // 7032: the restart of Windows Defender Antivirus Network Inspection Service failed with %%1056.
    ("BelkasoftCTF_InsiderThreat.7z/System.evtx", "service-recovery-action-failed", &[307]),
    // 7031: Sync Host_Session2, Sync Host_Session1, Sync Host_Session2; restart in 10000 ms.
    ("sample-with-zero-data-size-event.evtx", "service-crashed-recovery-action", &[199, 259, 362]),
    // 7043: Diagnostics Tracking Service did not shut down properly after a preshutdown control.
    ("sample-with-zero-data-size-event.evtx", "service-slow-preshutdown", &[60]),
    // 7043: Windows Update, the same.
    ("fukusuket--evtx-parser/samples/System.evtx", "service-slow-preshutdown", &[287]),
];

#[test]
fn real_logs() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let knowledge = evtx_checkup::built_in();
    let mut reports = BTreeMap::new();
    for path in test_files::all(folder).unwrap() {
        let log = std::fs::read(&path).unwrap();
        let file = open(&log);
        assert!(file.kind == Kind::Evtx || path.extension().is_none_or(|extension| extension != "evtx"));
        if file.kind != Kind::Evtx {
            continue;
        }
        let logs = [log];
        let report = whole(&knowledge, &logs);
        let problems: u64 =
            Level::ALL.into_iter().filter(|level| level.is_problem()).map(|level| report.count(level)).sum();
        assert_eq!(report.explained.total() + report.unexplained.total(), problems, "{}", path.display());
        check_same(&knowledge, &in_parts(&knowledge, &logs, &mut Numbers(7)), &report);
        reports.insert(path, report);
    }
    assert!(reports.len() > 200, "{} logs", reports.len());
    for (end, id, expected) in IN_REAL_LOGS {
        let (_, report) = reports.iter().find(|(path, _)| path.ends_with(end)).unwrap_or_else(|| panic!("no {end}"));
        let findings = report.findings(&knowledge);
        let finding =
            findings.iter().find(|finding| finding.article.id == *id).unwrap_or_else(|| panic!("{id} in {end}"));
        let mut ids: Vec<_> = report.evidence(finding).iter().map(|evidence| evidence.record_id).collect();
        ids.sort_unstable();
        assert_eq!((ids.as_slice(), finding.count), (*expected, expected.len() as u64), "{id} in {end}");
    }
}

/// What informational records of real logs match.
struct Raised<'k> {
    knowledge: &'k KnowledgeBase,
    found: std::collections::BTreeSet<String>,
}

impl Sink for Raised<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let head = &record.head;
        if head.level.is_problem() {
            return;
        }
        let candidates = self.knowledge.candidates(head.provider.text, head.event_id, head.channel.text);
        let matches =
            if candidates.is_empty() { Vec::new() } else { self.knowledge.matches(&candidates, &record.read().0) };
        for number in matches {
            let id = &self.knowledge.article(number).unwrap().id;
            self.found.insert(format!("{id}: {} {}", head.provider.text, head.event_id));
        }
    }
}

#[test]
fn informational_records_of_real_logs_raise_nothing() {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return };
    let knowledge = evtx_checkup::built_in();
    let mut raised = Raised { knowledge: &knowledge, found: Default::default() };
    for path in test_files::all(folder).unwrap() {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.starts_with(b"ElfFile\0") {
            let start = (HEADER_SIZE as usize).min(bytes.len());
            Reader::default().slice(&bytes[start..], HEADER_SIZE, &mut raised);
        }
    }
    assert!(raised.found.is_empty(), "{:#?}", raised.found);
}

/// By the articles that match together: how many records, and for each article what is affected how often.
type Found = BTreeMap<Vec<u32>, (u64, Vec<BTreeMap<String, u64>>)>;

/// What articles say of every record by itself, read whole: how often which match together, and what is affected.
struct OneByOne<'k> {
    knowledge: &'k KnowledgeBase,
    found: Found,
}

impl Sink for OneByOne<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let (head, event) = (&record.head, record.read().0);
        let candidates = self.knowledge.candidates(head.provider.text, head.event_id, head.channel.text);
        let matches = self.knowledge.matches(&candidates, &event);
        if matches.is_empty() {
            return;
        }
        let found = self.found.entry(matches.clone()).or_insert_with(|| (0, vec![BTreeMap::new(); matches.len()]));
        found.0 += 1;
        for (number, affected) in matches.into_iter().zip(&mut found.1) {
            let article = self.knowledge.article(number).unwrap();
            let Some(subject) = article.subject.as_deref() else { continue };
            if let Some(name) = event.text(subject).filter(|name| !name.is_empty()) {
                *affected.entry(article.summary.value(&event, subject, &name).into_owned()).or_default() += 1;
            }
        }
    }
}

/// Rules that ask for records in every way there is.
const EVERY_WAY: [&str; 12] = [
    "{product: windows}, {words: [reliab, 'Contoso B*', '0x3e7'], no: {EventID: 7036}, condition: words and not no}",
    "{product: windows}, {words: [svchost, Kerberos], condition: words}",
    "{product: windows, service: system}, {a: {param1|contains: a}, b: {param2: null}, condition: a and not b}",
    "{product: windows, service: security}, {a: {EventID: 4624, LogonType: [3, 10]}, condition: a}",
    "{product: windows, service: security}, {a: {IpAddress|cidr: 10.128.0.0/9, EventRecordID|gt: 400}, condition: a}",
    "{product: windows}, {a: {Computer|startswith: FILE, EventID: [7, 11]}, condition: a}",
    "{product: windows}, {a: {param1|fieldref: param2}, b: {param3|exists: false}, condition: 1 of them}",
    "{product: windows, service: system}, {a: {Level: 2}, b: {Nowhere|exists: true}, condition: a and not b}",
    "{product: windows}, {a: {TimeCreated|minute|lt: 30, EventID: 1014}, condition: a}",
    "{product: windows}, {a: {Execution_ThreadID|gte: 8000}, b: {Task: 0}, c: {Keywords: '0x80*'}, condition: 2 of them}",
    "{product: windows}, {a: {TargetUserName|re: '0{2}[1-3]$', SubjectUserSid|endswith: '-18'}, condition: a}",
    "{product: windows}, {words: ['PC-1', 4624], a: {ElevatedToken: '%%1842'}, condition: words and a}",
];

#[test]
fn records_that_are_alike_are_not_mistaken_for_one_another() {
    let rules = EVERY_WAY.iter().enumerate().map(|(number, rule)| {
        let (logsource, detection) = rule.split_once("}, ").unwrap();
        let rule = format!("title: Rule {number}\nlogsource: {logsource}}}\ndetection: {detection}\n");
        (format!("rules/windows/{number}.yml"), rule)
    });
    let mut sources: Vec<(String, String)> = rules.collect();
    let (rules, faults) = evtx_checkup::sources::compile(&evtx_checkup::built_in(), &sources);
    assert_eq!((rules.len(), faults), (EVERY_WAY.len(), Vec::new()));
    let mut logs = vec![log_writer::logs::sample(), founding(Article::Q101355).evtx()];
    let mut busy = std::io::Cursor::new(Vec::new());
    log_writer::logs::benchmark(&mut busy, 3 << 20).unwrap();
    logs.push(busy.into_inner());
    if let Some(folder) = test_files::folder("EVTX_SAMPLES") {
        let real = test_files::all(folder).unwrap().into_iter().map(|path| std::fs::read(path).unwrap());
        logs.extend(real.filter(|log| log.starts_with(b"ElfFile\0") && log.len() > HEADER_SIZE as usize));
    }
    if let Some(folder) = test_files::folder("SIGMA_REPO") {
        let rules = test_files::ending(folder.join("rules/windows"), "yml").unwrap();
        sources
            .extend(rules.into_iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())));
    }
    let mut knowledge = evtx_checkup::built_in();
    knowledge.add(evtx_checkup::sources::compile(&knowledge, &sources).0);
    // One checkup does all of them, so that what it learned from one is there for the next.
    let mut checkup = Checkup::new(&knowledge);
    let mut matched = 0;
    for (number, log) in logs.iter().enumerate() {
        let (mut report, file) = (Report::default(), open(log));
        for (index, part) in log[HEADER_SIZE as usize..].chunks(5 * CHUNK_SIZE as usize).enumerate() {
            checkup.open(0, &file);
            checkup.read(part, HEADER_SIZE + 5 * CHUNK_SIZE * index as u64);
            report.merge(checkup.finish());
        }
        let mut expected = OneByOne { knowledge: &knowledge, found: BTreeMap::new() };
        Reader::default().slice(&log[HEADER_SIZE as usize..], HEADER_SIZE, &mut expected);
        let found = report.groups.into_iter().map(|(articles, group)| {
            let names =
                |tally: &Tally<String>| tally.by_count().into_iter().map(|(name, n)| (name.clone(), n)).collect();
            (articles, (group.count, group.subjects.iter().map(names).collect()))
        });
        let found: Found = found.collect();
        assert_eq!(found, expected.found, "log {number}");
        matched += found.values().map(|(count, _)| count).sum::<u64>();
    }
    println!("{matched} records of {} logs", logs.len());
    assert!(matched > 3000);
}
