//! Before and after: two sets of logs side by side; and what many computers show.

use std::collections::BTreeMap;

use evtx_checkup::checkup::{self, Change, Report, compare};
use evtx_checkup::kb::KnowledgeBase;
use log_writer::{Event, evtx, filetime};

#[path = "support/report.rs"]
mod report;

/// Ticks of an hour.
const HOUR: u64 = 36_000_000_000;

/// A crash of a service (7034), a hang (7022), a refused logon (7041), so many hours after the start.
fn at(hours: u64, event_id: u16, computer: &str) -> Event {
    let time = filetime(2026, 11, 1, 0, 0, 0) + hours * HOUR;
    Event::service_control_manager(event_id).param("Agent").param("1").time(time).computer(computer.to_owned())
}

/// The report of logs.
fn report(knowledge: &KnowledgeBase, logs: &[Vec<Event>]) -> Report {
    let report = |(number, events): (u32, &Vec<Event>)| {
        report::report(knowledge, number, "System.evtx", &evtx(events.iter().cloned()))
    };
    (0..).zip(logs).map(report).collect()
}

/// What became of a finding, with its records before and after and those a day.
type Changed = (String, Change, (u64, f64), (u64, f64));

fn changes(before: &[Event], after: &[Event]) -> Vec<Changed> {
    let knowledge = evtx_checkup::built_in();
    let [before, after] = [before, after].map(|events| report(&knowledge, &[events.to_vec()]));
    let compared = compare(&knowledge, &before, &after).into_iter();
    let both = |compared: checkup::Compared<'_>| {
        let [before, after] = [compared.before, compared.after].map(|frequency| (frequency.count, frequency.per_day));
        (compared.article.id.clone(), compared.change, before, after)
    };
    compared.map(both).collect()
}

#[test]
fn what_is_new_what_is_still_there_and_what_is_gone() {
    // Four days before, two days after.
    let before = [at(0, 7034, "A"), at(1, 7034, "A"), at(2, 7041, "A"), at(96, 7034, "A")];
    let after = [at(200, 7022, "A"), at(201, 7034, "A"), at(202, 7034, "A"), at(248, 7034, "A")];
    let (crashed, hung, refused) = ("service-crashed", "service-hung-on-start", "service-account-lacks-logon-right");
    assert_eq!(
        changes(&before, &after),
        [
            (hung.to_owned(), Change::New, (0, 0.0), (1, 0.5)),
            (crashed.to_owned(), Change::Still, (3, 0.75), (3, 1.5)),
            (refused.to_owned(), Change::Gone, (1, 0.25), (0, 0.0)),
        ]
    );
    let knowledge = evtx_checkup::built_in();
    let [before, after] = [before, after].map(|events| report(&knowledge, &[events.to_vec()]));
    let factors: Vec<_> = compare(&knowledge, &before, &after).iter().map(checkup::Compared::factor).collect();
    assert_eq!(factors, [None, Some(2.0), None]);
}

#[test]
fn less_than_a_day_counts_as_one() {
    let crashes: Vec<Event> = (0..6).map(|hours| at(hours, 7034, "A")).collect();
    let expected = ("service-crashed".to_owned(), Change::Still, (6, 6.0), (1, 1.0));
    assert_eq!(changes(&crashes, &crashes[..1]), [expected]);
    assert_eq!(changes(&[], &[]), []);
    // A set without a record: what was there is gone, and nothing is divided by nothing.
    assert_eq!(changes(&crashes, &[])[0].1, Change::Gone);
}

#[test]
fn what_changed_by_more_comes_first() {
    let before = [at(0, 7034, "A"), at(24, 7022, "A")];
    let after: Vec<Event> = (0..9).map(|n| at(200 + n, 7022, "A")).chain([at(224, 7034, "A")]).collect();
    let ids: Vec<_> = changes(&before, &after).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, ["service-hung-on-start", "service-crashed"]);
}

#[test]
fn two_hundred_computers_are_counted_exactly() {
    let knowledge = evtx_checkup::built_in();
    // 500 logs; computer number n crashes in its two or three logs, n times in each.
    let log = |number: usize| -> Vec<Event> {
        let computer = format!("PC-{:03}", number % 200);
        (0..=number % 200).map(|hour| at(hour as u64, 7034, &computer)).collect()
    };
    let logs: Vec<_> = (0..500).map(log).collect();
    let report = report(&knowledge, &logs);
    let findings = report.findings(&knowledge);
    let finding = findings.iter().find(|finding| finding.article.id == "service-crashed").unwrap();
    let counts: BTreeMap<String, u64> =
        finding.computers.by_count().into_iter().map(|(name, count)| (name.clone(), count)).collect();
    let expected = (0..200).map(|number| (format!("PC-{number:03}"), (number + 1) * if number < 100 { 3 } else { 2 }));
    assert_eq!(counts, expected.collect());
}
