//! Correlation rules, from YAML text and the bytes of logs to findings.

use std::collections::BTreeMap;

use evtx_checkup::checkup::{Occurrences, Report, Why};
use evtx_checkup::event::Time;
use evtx_checkup::kb::{KnowledgeBase, lint};
use log_writer::{Event, Guid, Value, evtx, filetime};

#[path = "support/report.rs"]
mod report;

const CONTOSO: Guid = Guid::new("{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}");
/// Ticks of a second.
const SECOND: u64 = 10_000_000;

/// When the logs start.
fn start() -> u64 {
    filetime(2026, 11, 20, 8, 0, 0)
}

/// Three rules, for the event ids 1, 2 and 3. They are known by name and by id.
const BASE: &str = "
title: One
name: one
id: 11111111-0000-0000-0000-000000000000
logsource: {product: windows}
detection: {selection: {Provider_Name: Contoso, EventID: 1}, condition: selection}
---
title: Two
name: two
id: 22222222-0000-0000-0000-000000000000
logsource: {product: windows}
detection: {selection: {Provider_Name: Contoso, EventID: 2}, condition: selection}
---
title: Three
name: three
id: 33333333-0000-0000-0000-000000000000
logsource: {product: windows}
detection: {selection: {Provider_Name: Contoso, EventID: 3}, condition: selection}
---
";

/// An event, so many ticks after the start.
fn at(ticks: u64, event_id: u16, data: &[(&'static str, &'static str)]) -> Event {
    let event = Event::manifest("Contoso", CONTOSO, event_id).time(start() + ticks);
    data.iter().fold(event, |event, (name, value)| event.data(*name, *value))
}

/// Rules, read; they have no fault.
fn read(rules: &str) -> KnowledgeBase {
    let (articles, faults) = lint::read([("rules.yml", rules)]);
    assert_eq!(faults, [""; 0], "{rules}");
    KnowledgeBase::new(articles)
}

/// The faults of rules, without their places, and the titles of the rules that are left.
fn faults(rules: &str) -> (Vec<String>, Vec<String>) {
    let (articles, faults) = lint::read([("rules.yml", rules)]);
    let message = |fault: &String| fault.splitn(3, ':').nth(2).unwrap_or_default().trim().to_owned();
    (faults.iter().map(message).collect(), articles.into_iter().map(|article| article.title).collect())
}

fn report(knowledge: &KnowledgeBase, logs: &[Vec<Event>]) -> Report {
    let report = |(number, events): (u32, &Vec<Event>)| {
        report::report(knowledge, number, "System.evtx", &evtx(events.iter().cloned()))
    };
    (0..).zip(logs).map(report).collect()
}

/// What was found: the rules' titles, how often each held or matched, and the records of all that, as file and record id.
type Found<'a> = (&'a str, u64, Vec<(u32, u64)>);

fn found(knowledge: &KnowledgeBase, report: &Report) -> BTreeMap<String, (u64, Vec<(u32, u64)>)> {
    let findings = report.findings(knowledge);
    let found = findings.iter().map(|finding| {
        let mut records: Vec<_> = report.evidence(finding).iter().map(|item| (item.file, item.record_id)).collect();
        records.sort_unstable();
        assert_eq!(finding.files.values().sum::<u64>(), records.len() as u64, "each record is counted once");
        (finding.article.title.clone(), (finding.count, records))
    });
    found.collect()
}

/// Checks what several logs show.
fn check_logs(what: &str, rules: &str, logs: &[Vec<Event>], expected: &[Found<'_>]) {
    let knowledge = read(rules);
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(title, count, records)| ((*title).to_owned(), (*count, records.clone()))).collect();
    assert_eq!(found(&knowledge, &report(&knowledge, logs)), expected, "{what}");
}

/// Checks how often the correlation `correlation` over the rules of [`BASE`] holds in one log, and with which of its
/// records, counted from 1.
fn check(what: &str, correlation: &str, events: &[Event], count: u64, records: &[u64]) {
    let rules = format!("{BASE}title: Together\nid: together\ncorrelation: {{{correlation}}}\n");
    let knowledge = read(&rules);
    let mut found = found(&knowledge, &report(&knowledge, &[events.to_vec()]));
    let records = records.iter().map(|id| (0, *id)).collect();
    assert_eq!(found.remove("Together").unwrap_or_default(), (count, records), "{what}");
}

#[test]
fn events_are_counted() {
    let burst = |count: u64, step: u64| -> Vec<Event> { (0..count).map(|n| at(n * step, 1, &[])).collect() };
    let rule = |condition: &str| format!("type: event_count, rules: [one], timespan: 1m, condition: {{{condition}}}");
    let ten = burst(10, SECOND);
    let all: Vec<u64> = (1..=10).collect();
    for (condition, holds) in [
        ("gte: 10", true),
        ("gte: 11", false),
        ("gt: 9", true),
        ("gt: 10", false),
        ("eq: 10", true),
        ("eq: 11", false),
        ("lt: 11", true),
        ("lte: 10", true),
        ("neq: 9", true),
        ("gt: 9, lte: 20", true),
        ("gt: 10, lte: 20", false),
        ("gte: 0x0a", true),
        ("gte: 9.5", true),
    ] {
        check(condition, &rule(condition), &ten, holds.into(), if holds { &all } else { &[] });
    }
    // A window starts at a record and is as long as the timespan, wherever that is: in a burst of ten there is one of
    // three at its end. With fixed windows, what is found would depend on where they happen to start.
    check("a window of its last three", &rule("eq: 3"), &ten, 1, &[8, 9, 10]);
    check("one of its last five", &rule("gt: 3, lte: 5"), &ten, 1, &[6, 7, 8, 9, 10]);
    check("a single record", &rule("neq: 10"), &ten, 1, &[2, 3, 4, 5, 6, 7, 8, 9, 10]);
    check("no record is not counted", &rule("lt: 5"), &[], 0, &[]);
    check("other events are not counted", &rule("gte: 1"), &[at(0, 2, &[]), at(1, 9, &[])], 0, &[]);
    // Two bursts, each with its own window; what lies between them is in none.
    let far =
        [burst(3, SECOND), vec![at(300 * SECOND, 1, &[])], (0..3).map(|n| at((600 + n) * SECOND, 1, &[])).collect()];
    check("two bursts", &rule("gte: 3"), &far.concat(), 2, &[1, 2, 3, 5, 6, 7]);
    check("windows do not share records", &rule("gte: 3"), &burst(6, 20 * SECOND), 1, &[1, 2, 3, 4]);
}

#[test]
fn the_timespan_has_borders() {
    let rule = |timespan: &str| format!("type: event_count, rules: [one], timespan: {timespan}, condition: {{gte: 2}}");
    for (timespan, seconds) in [("1s", 1), ("90s", 90), ("1m", 60), ("90m", 5400), ("2h", 7200), ("1d", 86400)] {
        let pair = |ticks: u64| [at(0, 1, &[]), at(ticks, 1, &[])];
        check("exactly at its end", &rule(timespan), &pair(seconds * SECOND), 1, &[1, 2]);
        check("one tick less", &rule(timespan), &pair(seconds * SECOND - 1), 1, &[1, 2]);
        check("one tick beyond", &rule(timespan), &pair(seconds * SECOND + 1), 0, &[]);
    }
    // The window slides: what the first record is too far from, the second is not.
    let events = [at(0, 1, &[]), at(SECOND, 1, &[]), at(SECOND * 3 / 2, 1, &[])];
    let three = rule("1s").replace("gte: 2", "gte: 3");
    check("three in a second and a half", &three, &events, 0, &[]);
    check(
        "two of them in a second",
        &rule("1s"),
        &[at(0, 1, &[]), events[1].clone().time(start() + 2 * SECOND), at(3 * SECOND, 1, &[])],
        1,
        &[2, 3],
    );
    // The order of the records in the log is not that of their times.
    check("unordered", &rule("1s"), &[at(9 * SECOND, 1, &[]), at(0, 1, &[]), at(10 * SECOND, 1, &[])], 1, &[1, 3]);
}

#[test]
fn matches_are_grouped() {
    let rule = "type: event_count, rules: [one], group-by: [User], timespan: 1m, condition: {gte: 2}";
    let user = |ticks: u64, user: &'static str| at(ticks, 1, &[("User", user)]);
    check("by user", rule, &[user(0, "anna"), user(1, "bert"), user(2, "anna")], 1, &[1, 3]);
    check("two groups", rule, &[user(0, "a"), user(1, "b"), user(2, "a"), user(3, "b")], 2, &[1, 2, 3, 4]);
    check("none has two", rule, &[user(0, "anna"), user(1, "bert")], 0, &[]);
    // All values in Sigma are without regard to case, and so are the names of Windows.
    check(
        "without regard to case",
        rule,
        &[user(0, "anna"), user(1, "ANNA"), user(2, "Änne"), user(3, "äNNE")],
        2,
        &[1, 2, 3, 4],
    );
    // Who has no name is not the same person.
    let null = at(3, 1, &[]).data("User", Value::Null);
    check(
        "without the field",
        rule,
        &[at(0, 1, &[]), at(1, 1, &[]), user(2, ""), user(3, ""), null.clone(), null],
        0,
        &[],
    );
    let two = rule.replace("[User]", "[User, Computer]");
    let on = |ticks: u64, name: &'static str, computer: &'static str| user(ticks, name).computer(computer);
    check("both must be the same", &two, &[on(0, "a", "PC1"), on(1, "a", "PC2"), on(2, "b", "PC2")], 0, &[]);
    check("and may be", &two, &[on(0, "a", "PC1"), on(1, "a", "PC2"), on(2, "a", "PC1")], 1, &[1, 3]);
    // The specification's examples say so, the records say Computer.
    let by_name = rule.replace("[User]", "[ComputerName]");
    check("ComputerName", &by_name, &[on(0, "a", "PC1"), on(1, "a", "PC2"), on(2, "b", "PC2")], 1, &[2, 3]);
    let no_group = rule.replace("group-by: [User], ", "");
    check("all in one", &no_group, &[user(0, "anna"), at(1, 1, &[])], 1, &[1, 2]);
    let one_word = rule.replace("[User]", "User");
    check("a word is a list of one", &one_word, &[user(0, "anna"), user(2, "anna")], 1, &[1, 2]);
}

#[test]
fn fields_have_other_names_in_other_rules() {
    let rule = "type: temporal, rules: [one, two], group-by: [who, Computer], timespan: 1m, \
                aliases: {who: {one: User, two: TargetUserName}}";
    let one = |user| at(0, 1, &[("User", user), ("TargetUserName", "nobody")]);
    let two = |user| at(1, 2, &[("TargetUserName", user), ("User", "nobody")]);
    check("the same", rule, &[one("anna"), two("anna")], 1, &[1, 2]);
    check("another", rule, &[one("anna"), two("bert")], 0, &[]);
    check("another computer", rule, &[one("anna"), two("anna").computer("OTHER")], 0, &[]);
    let by_id = rule.replace("{one: ", "{11111111-0000-0000-0000-000000000000: ");
    check("by id", &by_id, &[one("anna"), two("anna")], 1, &[1, 2]);
    // A rule without an alias has the field by its name.
    let half = rule.replace(", two: TargetUserName", "");
    check("half", &half, &[one("anna"), at(1, 2, &[("who", "anna")])], 1, &[1, 2]);
    // Process creation in the log Security has other names for the fields.
    let rules = "
title: Process
name: process
logsource: {category: process_creation, product: windows}
detection: {selection: {Image|endswith: '.exe'}, condition: selection}
---
title: Twice
correlation: {type: event_count, rules: [process], group-by: [Image, User], timespan: 1m, condition: {gte: 2}}
";
    let created = |ticks, name| {
        let data = [("NewProcessName", name), ("SubjectUserName", "anna")];
        at(ticks, 4688, &data).channel("Security").provider("Microsoft-Windows-Security-Auditing")
    };
    let logs = [vec![created(0, "a.exe"), created(1, "b.exe"), created(2, "a.exe")]];
    check_logs(
        "renamed",
        &rules
            .replace("title: Twice", "title: Twice\nid: twice")
            .replace("name: process", "name: process\nid: process"),
        &logs,
        &[("Twice", 1, vec![(0, 1), (0, 3)])],
    );
}

#[test]
fn values_are_counted() {
    let rule = |condition: &str| {
        format!("type: value_count, rules: [one], group-by: [Host], timespan: 1m, condition: {{{condition}}}")
    };
    let host = |ticks: u64, host, user| at(ticks, 1, &[("Host", host), ("User", user)]);
    let three = [host(0, "a", "x"), host(1, "a", "y"), host(2, "a", "x"), host(3, "a", "z"), host(4, "b", "w")];
    check("three users", &rule("field: User, gte: 3"), &three, 1, &[1, 2, 3, 4]);
    check("not four", &rule("field: User, gte: 4"), &three, 0, &[]);
    check("a user is one in any case", &rule("field: User, gte: 2"), &[host(0, "a", "x"), host(1, "a", "X")], 0, &[]);
    check(
        "none is no value",
        &rule("field: User, gte: 2"),
        &[host(0, "a", "x"), at(1, 1, &[("Host", "a")]), host(2, "a", "")],
        0,
        &[],
    );
    // Several fields count together.
    let pair = |ticks, user, ip| at(ticks, 1, &[("Host", "a"), ("User", user), ("Ip", ip)]);
    let pairs = [pair(0, "x", "1"), pair(1, "x", "2"), pair(2, "y", "1"), pair(3, "y", "1")];
    check("pairs", &rule("field: [User, Ip], eq: 3"), &pairs, 1, &[1, 2, 3, 4]);
    check("not four pairs", &rule("field: [User, Ip], gte: 4"), &pairs, 0, &[]);
    // A value that left the window does not count any more.
    let apart = [host(0, "a", "x"), host(61 * SECOND, "a", "y"), host(122 * SECOND, "a", "z")];
    check("one at a time", &rule("field: User, gte: 2"), &apart, 0, &[]);
}

#[test]
fn values_are_added_up_and_averaged() {
    let rule = |kind: &str, condition: &str| {
        format!("type: value_{kind}, rules: [one], timespan: 1m, condition: {{field: Bytes, {condition}}}")
    };
    let number = |ticks: u64, value: Value| at(ticks, 1, &[]).data("Bytes", value);
    let text = |ticks: u64, value: &'static str| at(ticks, 1, &[("Bytes", value)]);
    let mixed = [text(0, "10"), number(1, Value::UInt32(20)), number(2, Value::HexInt32(0x1e)), text(3, "-5")];
    check("a sum", &rule("sum", "eq: 55"), &mixed, 1, &[1, 2, 3, 4]);
    check("not as much", &rule("sum", "gt: 60"), &mixed, 0, &[]);
    check("an average", &rule("avg", "eq: 13.75"), &mixed, 1, &[1, 2, 3, 4]);
    check("not so high", &rule("avg", "gte: 30.5"), &mixed, 0, &[]);
    // What is no number takes no part in either.
    let many = [text(0, "10"), text(1, "many"), text(2, "nan"), text(3, "20")];
    check("an average of the numbers", &rule("avg", "eq: 15"), &many, 1, &[1, 2, 3, 4]);
    check("no number, no sum", &rule("sum", "lt: 5"), &[text(0, "many")], 0, &[]);
    check("no number, no average", &rule("avg", "lt: 5"), &[text(0, "many")], 0, &[]);
    // Fractions come off a window as they went in.
    let tenths: Vec<Event> = (0..50).map(|n| text(n * 30 * SECOND, "0.1")).collect();
    check("three tenths", &rule("sum", "eq: 0.3"), &tenths[..3], 1, &[1, 2, 3]);
    check("never more than three of them", &rule("sum", "gt: 0.3"), &tenths, 0, &[]);
    let sum = rule("sum", "gte: 100");
    check("at the border", &sum, &[text(0, "50"), text(60 * SECOND, "50")], 1, &[1, 2]);
    check("beyond it", &sum, &[text(0, "50"), text(60 * SECOND + 1, "50")], 0, &[]);
    check("the largest there are", &rule("sum", "gt: 1e300"), &[text(0, "1e308"), text(1, "-1e308")], 0, &[]);
}

#[test]
fn rules_match_together() {
    let rule = "type: temporal, rules: [one, two, three], timespan: 1m";
    let (one, two, three) = (|t| at(t, 1, &[]), |t| at(t, 2, &[]), |t| at(t, 3, &[]));
    check("in any order", rule, &[three(0), one(1), two(2)], 1, &[1, 2, 3]);
    check("one is not there", rule, &[three(0), one(1), one(2)], 0, &[]);
    check("just in time", rule, &[three(0), one(1), two(60 * SECOND)], 1, &[1, 2, 3]);
    check("too late", rule, &[three(0), one(1), two(60 * SECOND + 1)], 0, &[]);
    // An early match of one rule does not hide that the others are with a later one.
    check("later ones", rule, &[one(0), one(50 * SECOND), two(61 * SECOND), three(62 * SECOND)], 1, &[2, 3, 4]);
    let two_of = "type: temporal, rules: [one, two, three], timespan: 1m, condition: {gte: 2}";
    check("two of three", two_of, &[three(0), one(1), one(2)], 1, &[1, 2, 3]);
    check("one of three", two_of, &[one(0), one(1), one(2)], 0, &[]);
    check("exactly two", &two_of.replace("gte", "eq"), &[one(0), two(1)], 1, &[1, 2]);
    // One record may be what two rules look for; it is shown once.
    let same = "
title: Also one
name: also
id: also
logsource: {product: windows}
detection: {selection: {EventID: 1}, condition: selection}
---
title: Together
id: together
correlation: {type: KIND, rules: [one, also], timespan: 1m}
";
    let rules = |kind: &str| format!("{BASE}{}", same.replace("KIND", kind));
    let log = [vec![one(0)]];
    check_logs("temporal", &rules("temporal"), &log, &[("Together", 1, vec![(0, 1)])]);
    check_logs("ordered", &rules("temporal_ordered"), &log, &[("Together", 1, vec![(0, 1)])]);
    // But it is one event.
    let count = rules("event_count, condition: {gte: 2}");
    check_logs("counted once", &count, &log, &[]);
    check_logs("two are two", &count, &[vec![one(0), one(1)]], &[("Together", 1, vec![(0, 1), (0, 2)])]);
    let both = "type: event_count, rules: [one, two], timespan: 1m, condition: {gte: 3}";
    check("matches of several rules", both, &[one(0), two(1), one(2), three(3)], 1, &[1, 2, 3]);
}

#[test]
fn rules_match_in_their_order() {
    let rule = "type: temporal_ordered, rules: [one, two, three], timespan: 1m";
    let (one, two, three) = (|t| at(t, 1, &[]), |t| at(t, 2, &[]), |t| at(t, 3, &[]));
    check("in order", rule, &[one(0), two(1), three(2)], 1, &[1, 2, 3]);
    check("out of order", rule, &[two(0), one(1), three(2)], 0, &[]);
    check("backwards", rule, &[three(0), two(1), one(2)], 0, &[]);
    // The order of the records in the log does not matter.
    check("by time", rule, &[three(2), two(1), one(0)], 1, &[1, 2, 3]);
    check("with others between", rule, &[three(0), one(1), three(2), two(3), one(4), three(5)], 1, &[1, 2, 3, 4, 5, 6]);
    // Of what has the same time, nobody knows the order.
    check("at the same time", rule, &[three(5), two(5), one(5)], 1, &[1, 2, 3]);
    check("in time", rule, &[one(0), two(1), three(60 * SECOND)], 1, &[1, 2, 3]);
    check("too late", rule, &[one(0), two(1), three(60 * SECOND + 1)], 0, &[]);
    check("one is not there", rule, &[one(0), three(1)], 0, &[]);
    let twice = "type: temporal_ordered, rules: [one, two, one], timespan: 1m";
    check("a rule may come twice", twice, &[one(0), two(1), one(2)], 1, &[1, 2, 3]);
    check("and must, then", twice, &[one(0), two(1)], 0, &[]);
    let grouped = "type: temporal_ordered, rules: [one, two], group-by: [Computer], timespan: 1m";
    check("elsewhere", grouped, &[one(0), two(1).computer("OTHER")], 0, &[]);
}

/// The example of the specification: failed logons, then a success.
const LOGONS: &str = "
title: Multiple failed logons followed by a successful logon
id: b180ead8-d58f-40b2-ae54-c8940995b9b6
correlation:
    type: temporal_ordered
    rules:
        - multiple_failed_login
        - successful_login
    group-by:
        - User
    timespan: 10m
level: high
---
title: Multiple failed logons
id: a8418a5a-5fc4-46b5-b23b-6c73beb19d41
name: multiple_failed_login
correlation:
    type: event_count
    rules:
        - failed_login
    group-by:
        - User
    timespan: 10m
    condition:
        gte: 10
---
title: Single failed login
id: 53ba33fd-3a50-4468-a5ef-c583635cfa92
name: failed_login
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID:
            - 529
            - 4625
    condition: selection
---
title: Successful login
id: 4d0a2c83-c62c-4ed4-b475-c7e23a9269b8
name: successful_login
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID:
            - 528
            - 4624
    condition: selection
";

const CHAIN: &str = "Multiple failed logons followed by a successful logon";

#[test]
fn correlations_are_chained() {
    let logon = |seconds: u64, id: u16, user| at(seconds * SECOND, id, &[("User", user)]).channel("Security");
    let failed = |from: u64, count: u64, step: u64| -> Vec<Event> {
        (0..count).map(|n| logon(from + n * step, 4625, "anna")).collect()
    };
    let check = |what: &str, events: Vec<Event>, records: &[u64]| {
        let records: Vec<_> = records.iter().map(|id| (0, *id)).collect();
        let expected = (CHAIN, 1, records);
        check_logs(what, LOGONS, &[events], if expected.2.is_empty() { &[] } else { std::slice::from_ref(&expected) });
    };
    let all: Vec<u64> = (1..=11).collect();
    let then = |mut events: Vec<Event>, event: Event| {
        events.push(event);
        events
    };
    check("ten, then a success", then(failed(0, 10, 1), logon(20, 4624, "anna")), &all);
    check("nine", then(failed(0, 9, 1), logon(20, 4624, "anna")), &[]);
    check("somebody else", then(failed(0, 10, 1), logon(20, 4624, "bert")), &[]);
    check("a success before", then(failed(60, 10, 1), logon(20, 4624, "anna")), &[]);
    check("just in time", then(failed(0, 10, 1), logon(609, 4624, "anna")), &all);
    check("too late", then(failed(0, 10, 1), logon(610, 4624, "anna")), &[]);
    check("without a success", failed(0, 10, 1), &[]);
    check("too slow", then(failed(0, 10, 70), logon(640, 4624, "anna")), &[]);
    check("in another channel", then(failed(0, 10, 1), logon(20, 4624, "anna").channel("System")), &[]);
    // The success comes while somebody still tries: what fails afterwards does not undo it.
    let still = then(failed(0, 10, 1), logon(20, 4624, "anna"));
    check("failures go on", [still, failed(30, 5, 1)].concat(), &(1..=16).collect::<Vec<_>>());
    // Tried for hours: in the ten minutes before the success, there were enough, wherever windows start.
    for success in [1234, 1801, 3599, 3605, 5000] {
        let events = then(failed(0, 120, 60), logon(success, 4624, "anna"));
        let knowledge = read(
            &LOGONS.replace("        - User\n    timespan: 10m\nlevel", "        - User\n    timespan: 1m\nlevel"),
        );
        let found = found(&knowledge, &report(&knowledge, &[events]));
        let (count, records) = &found[CHAIN];
        assert!(*count == 1 && records.contains(&(0, 121)), "a success after {success} s");
    }
}

#[test]
fn a_correlation_counts_correlations() {
    let rules = format!(
        "{BASE}
title: Burst
name: burst
id: burst
correlation: {{type: event_count, rules: [one], group-by: [User], timespan: 10s, condition: {{gte: 3}}}}
---
title: Bursts
id: bursts
correlation: {{type: event_count, rules: [burst], timespan: 10m, condition: {{gte: 2}}}}
---
title: Users with bursts
id: users
correlation: {{type: value_count, rules: [burst], timespan: 10m, condition: {{field: User, gte: 2}}}}
"
    );
    let burst =
        |from: u64, user| -> Vec<Event> { (0..4).map(|n| at((from + n) * SECOND, 1, &[("User", user)])).collect() };
    let all: Vec<(u32, u64)> = (1..=8).map(|id| (0, id)).collect();
    // A burst of four is one, though the condition holds with its third record and with its fourth.
    check_logs("one burst", &rules, &[burst(0, "a")], &[]);
    check_logs("two of a user", &rules, &[[burst(0, "a"), burst(60, "a")].concat()], &[("Bursts", 1, all.clone())]);
    let two = [[burst(0, "a"), burst(60, "b")].concat()];
    check_logs("two of two users", &rules, &two, &[("Bursts", 1, all.clone()), ("Users with bursts", 1, all)]);
}

#[test]
fn correlations_are_over_all_logs() {
    let rule = "title: Together\nid: together\ncorrelation: {type: temporal_ordered, rules: [one, two], group-by: [User], timespan: 1m}\n";
    let rules = format!("{BASE}{rule}");
    let on = |ticks, id, computer: &'static str| at(ticks, id, &[("User", "anna")]).computer(computer);
    let logs = [vec![at(0, 9, &[]), on(SECOND, 2, "PC2")], vec![on(0, 1, "PC1")]];
    check_logs("two files", &rules, &logs, &[("Together", 1, vec![(0, 2), (1, 1)])]);
    let knowledge = read(&rules);
    let report = report(&knowledge, &logs);
    let findings = report.findings(&knowledge);
    let [finding] = &findings[..] else { panic!("{} findings", findings.len()) };
    let computers: Vec<_> =
        finding.computers.by_count().into_iter().map(|(name, count)| (name.as_str(), count)).collect();
    assert_eq!(computers, [("PC1", 1), ("PC2", 1)]);
    let subjects: Vec<_> =
        finding.subjects.by_count().into_iter().map(|(name, count)| (name.as_str(), count)).collect();
    assert_eq!(subjects, [("anna", 1)]);
    assert_eq!(finding.files, BTreeMap::from([(0, 1), (1, 1)]));
    assert_eq!(finding.span, (Time(start()), Time(start() + SECOND)));
    // Before all is read, nobody can tell.
    assert!(report.findings_so_far(&knowledge).is_empty());
}

#[test]
fn watched_rules_are_silent_unless_they_are_generated() {
    let correlation = |generate: &str| {
        format!(
            "{BASE}title: Together\nid: together\ncorrelation: {{type: event_count, rules: [one, 22222222-0000-0000-0000-000000000000], \
             timespan: 1m, condition: {{gte: 2}}{generate}}}\n"
        )
    };
    let log = [vec![at(0, 1, &[]), at(1, 2, &[]), at(2, 3, &[])]];
    let together = ("Together", 1, vec![(0, 1), (0, 2)]);
    let three = ("Three", 1, vec![(0, 3)]);
    check_logs("silent", &correlation(""), &log, &[together.clone(), three.clone()]);
    check_logs("silent", &correlation(", generate: false"), &log, &[together.clone(), three.clone()]);
    let all = [together, ("One", 1, vec![(0, 1)]), ("Two", 1, vec![(0, 2)]), three];
    check_logs("generated", &correlation(", generate: true"), &log, &all);
    // Silent is silent also where the correlation does not hold; the record is not explained by it.
    let knowledge = read(&correlation(""));
    let report = report(&knowledge, &[vec![at(0, 1, &[]).level(log_writer::Level::Error)]]);
    assert!(report.findings(&knowledge).is_empty());
    assert_eq!((report.explained.total(), report.unexplained.total()), (0, 1));
    assert_eq!(report.occurrences.values().map(|occurrences| occurrences.total()).sum::<u64>(), 1);
    // A correlation that is there for another one is silent, too, and shown where that is asked for.
    let logon = |seconds: u64, id: u16| at(seconds * SECOND, id, &[("User", "anna")]).channel("Security");
    let events = [(0..10).map(|n| logon(n, 4625)).collect(), vec![logon(10, 4624)]].concat();
    let records = |ids: std::ops::RangeInclusive<u64>| ids.map(|id| (0, id)).collect::<Vec<_>>();
    let generated = LOGONS.replacen("    timespan: 10m\n", "    timespan: 10m\n    generate: true\n", 1);
    let expected = [
        (CHAIN, 1, records(1..=11)),
        ("Multiple failed logons", 1, records(1..=10)),
        ("Successful login", 1, records(11..=11)),
    ];
    check_logs("generated chain", &generated, &[events], &expected);
}

#[test]
fn what_matches_too_often_is_not_evaluated() {
    let rules = format!(
        "{BASE}title: Together\nid: together\ncorrelation: {{type: value_count, rules: [one], timespan: 1d, \
         condition: {{field: User, gte: 100}}}}\n---\n\
         title: Ordered\nid: ordered\ncorrelation: {{type: temporal_ordered, rules: [one, two, three], timespan: 1d}}\n---\n\
         title: Chain\nid: chain\ncorrelation: {{type: event_count, rules: [ordered], timespan: 1d, condition: {{gte: 1}}}}\n"
    );
    let knowledge = read(&rules);
    let users = ["anna", "bert", "carl"];
    let event = |n: usize| at(n as u64, 1, &[("User", users[n % 3])]);
    let mut events: Vec<Event> = (0..Occurrences::MAX).map(event).collect();
    events.push(at(0, 2, &[]));
    let not_evaluated = |report: &Report| -> Vec<(String, Why)> {
        let all = report.not_evaluated(&knowledge);
        all.into_iter().map(|item| (item.article.id.clone(), item.why)).collect()
    };
    // As many as are kept, all in one window that never holds: this must not take a time that grows with their square.
    let full = report(&knowledge, std::slice::from_ref(&events));
    assert!(full.occurrences.values().all(|occurrences| occurrences.all().next().is_some()));
    assert_eq!(not_evaluated(&full), []);
    assert!(full.findings(&knowledge).is_empty());
    // One more, in another log.
    let mut more = full.clone();
    let mut other = report(&knowledge, &[Vec::new(), vec![event(7)]]);
    other.files.remove(&0);
    more.merge(other);
    let expected = ["chain", "ordered", "together"].map(|id| (id.to_owned(), Why::TooMany));
    assert_eq!(not_evaluated(&more), expected);
    assert!(more.findings(&knowledge).is_empty(), "some of the matches would be worse than none");
    let one = more.occurrences.values().find(|occurrences| occurrences.total() > 1).unwrap();
    assert!(one.total() == Occurrences::MAX as u64 + 1 && one.all().next().is_none(), "memory is bounded");
}

#[test]
fn a_correlation_whose_rules_cannot_be_evaluated_says_so() {
    let why = |rules: &str, events: &[Event]| -> Vec<(String, String)> {
        let knowledge = read(rules);
        let report = report(&knowledge, &[events.to_vec()]);
        let all = report.not_evaluated(&knowledge);
        all.into_iter().map(|item| (item.article.title.clone(), item.why.to_string())).collect()
    };
    let channel = "no log has the channel Security";
    let said = |titles: &[&str], why: &str| -> Vec<(String, String)> {
        titles.iter().map(|title| ((*title).to_owned(), why.to_owned())).collect()
    };
    let mut all = why(LOGONS, &[at(0, 1, &[])]);
    all.sort();
    assert_eq!(all, said(&["Multiple failed logons", CHAIN, "Single failed login", "Successful login"], channel));
    // The field that it groups by is not in the records; that of the example of the specification is not in Windows'.
    let logon = |id| at(0, id, &[("TargetUserName", "anna")]).channel("Security");
    let field = "the records it asks for have no field User";
    let mut all = why(LOGONS, &[logon(4625), logon(4624)]);
    all.sort();
    assert_eq!(all, said(&["Multiple failed logons", CHAIN], field));
    // It can be evaluated, and does not hold.
    let logon = |id| at(0, id, &[("User", "anna")]).channel("Security");
    assert_eq!(why(LOGONS, &[logon(4625), logon(4624)]), []);
    assert_eq!(why(LOGONS, &[logon(4634)]), []);
    // One of the rules is enough where they need not all match.
    let either = |kind: &str| {
        format!(
            "title: In Security\nname: security\nid: security\nlogsource: {{product: windows, service: security}}\n\
             detection: {{selection: {{EventID: 1}}, condition: selection}}\n---{BASE}\
             title: Together\nid: together\ncorrelation: {{type: {kind}, rules: [one, security], timespan: 1m}}\n"
        )
    };
    let alone = said(&["In Security"], channel);
    assert_eq!(why(&either("event_count, condition: {gte: 5}"), &[at(0, 1, &[])]), alone);
    assert_eq!(why(&either("temporal"), &[at(0, 1, &[])]), said(&["In Security", "Together"], channel));
}

#[test]
fn correlations_that_cannot_be() {
    let check = |what: &str, more: &str, expected: &[&str], left: &[&str]| {
        let (faults, mut titles) = faults(&format!("{BASE}{more}"));
        assert_eq!(faults, expected, "{what}");
        titles.retain(|title| !["One", "Two", "Three"].contains(&title.as_str()));
        assert_eq!(titles, left, "{what}");
    };
    let rule = |name: &str, rules: &str| {
        format!("title: {name}\nid: {name}\ncorrelation: {{type: temporal, rules: [{rules}], timespan: 1m}}\n---\n")
    };
    check(
        "an unknown rule",
        &rule("a", "one, nobody"),
        &["the correlation names `nobody`, which is no rule that is here"],
        &[],
    );
    check(
        "what builds on it",
        &[rule("a", "one, nobody"), rule("b", "a, two"), rule("c", "one, three")].concat(),
        &[
            "the correlation names `nobody`, which is no rule that is here",
            "the correlation names `a`, which cannot be evaluated",
        ],
        &["c"],
    );
    let circle = "the correlations name each other in a circle, or are nested too deeply";
    check("itself", &rule("a", "one, a"), &[circle], &[]);
    check("a circle", &[rule("a", "b"), rule("b", "c"), rule("c", "a")].concat(), &[circle; 3], &[]);
    check("into a circle", &[rule("a", "b"), rule("b", "b"), rule("c", "one")].concat(), &[circle; 2], &["c"]);
    let by = |name: &str, rule: &str, field: &str| {
        format!(
            "title: {name}\nid: {name}\ncorrelation: {{type: event_count, rules: [{rule}], group-by: [{field}], timespan: 1m, condition: {{gte: 2}}}}\n---\n"
        )
    };
    check(
        "a value that it does not have",
        &[by("a", "one", "Computer"), by("b", "a", "User")].concat(),
        &["the correlation needs `User` of `a`, which is a correlation that is not grouped by it"],
        &["a"],
    );
    let of = |text: &str| format!("title: a\nid: a\ncorrelation: {{rules: [one, two], timespan: 1m, {text}}}\n");
    check(
        "a condition in words",
        &of("type: temporal, condition: one and not two"),
        &["the `condition` of a correlation must be a map such as `gte: 10`"],
        &[],
    );
    let order = "all rules of a `temporal_ordered` correlation must match; leave `condition` out";
    check("some in order", &of("type: temporal_ordered, condition: {gte: 1}"), &[order], &[]);
    check("more than all in order", &of("type: temporal_ordered, condition: {gte: 3}"), &[order], &[]);
    check("all in order", &of("type: temporal_ordered, condition: {gte: 2}"), &[], &["a"]);
    check(
        "not a number",
        &of("type: event_count, condition: {gte: nan}"),
        &["a comparison needs a number", "the correlation needs a `condition` such as `gte: 10`"],
        &[],
    );
    check(
        "a percentile",
        &of("type: value_percentile, condition: {field: a, gte: 1}"),
        &["`value_percentile` is no type of correlation that is evaluated here"],
        &[],
    );
}

#[test]
fn a_rule_is_not_silent_for_a_correlation_that_is_not_there() {
    let broken = "title: Broken\nid: broken\ncorrelation: {type: temporal, rules: [one, nobody], timespan: 1m}\n";
    let (articles, faults) = lint::read([("rules.yml", format!("{BASE}{broken}").as_str())]);
    assert_eq!(faults.len(), 1);
    let knowledge = KnowledgeBase::new(articles);
    let found = found(&knowledge, &report(&knowledge, &[vec![at(0, 1, &[])]]));
    assert_eq!(found, BTreeMap::from([("One".to_owned(), (1, vec![(0, 1)]))]));
}
