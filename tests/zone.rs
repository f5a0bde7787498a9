//! The time zone that a log was written in.

use evtx_checkup::checkup::Report;
use log_writer::{Event, Guid, evtx, filetime};

#[path = "support/report.rs"]
mod report;

/// Event 6013 as Windows writes it, with this as its seventh text.
fn uptime(day: u64, zone: &'static str) -> Event {
    let event = Event::classic("EventLog", 6013).time(filetime(2026, 7, 1, 12, 0, 0) + day * 864_000_000_000);
    ["", "", "", "", "39", "60", zone, "1.1"].into_iter().fold(event, Event::string)
}

/// The zone that logs say, each event in a report of its own, merged forwards and backwards.
fn check(events: &[Event], expected: Option<(&str, i16)>) {
    let knowledge = evtx_checkup::built_in();
    let report = |event: &Event| report::report(&knowledge, 0, "System.evtx", &evtx([event.clone()]));
    let reports: Vec<Report> = events.iter().map(report).collect();
    for order in [reports.clone(), reports.into_iter().rev().collect()] {
        let mut all = Report::default();
        order.into_iter().for_each(|report| all.merge(report));
        let zone = all.files[&0].zones.last().map(|(_, zone)| zone);
        assert_eq!(zone.as_ref().map(|zone| (zone.name.as_str(), zone.behind)), expected);
    }
}

#[test]
fn a_log_says_its_time_zone() {
    check(&[uptime(0, "480 Pacific Standard Time")], Some(("Pacific Standard Time", 480)));
    check(&[uptime(0, "-60 Romance Standard Time")], Some(("Romance Standard Time", -60)));
    // The last one counts: a computer that was set up is not where it is used.
    check(
        &[uptime(0, "480 Pacific Standard Time"), uptime(5, "-330 India Standard Time")],
        Some(("India Standard Time", -330)),
    );
    check(&[uptime(0, "480 Pacific Standard Time"), uptime(5, "")], Some(("Pacific Standard Time", 480)));
    for none in ["", "480", "Pacific Standard Time", "9999 Pacific Standard Time", "60 ", "1e2 X", "60 A\u{7}"] {
        check(&[uptime(0, none)], None);
    }
    check(&[Event::classic("EventLog", 6005), Event::classic("Contoso", 6013).string("60 X")], None);
}

/// The kernel's events 24 and 1 as Windows 11 writes them.
fn clock(event_id: u16, hour: u64, field: &'static str, bias: i32) -> Event {
    Event::manifest("Microsoft-Windows-Kernel-General", KERNEL, event_id)
        .data(field, bias)
        .time(filetime(2026, 7, 1, 12, 0, 0) + hour * 36_000_000_000)
}

const KERNEL: Guid = Guid::new("a68ca8b7-004f-d7b6-a698-07e2de0f1f5d");

#[test]
fn a_log_that_names_no_zone_says_how_far_its_clocks_are_from_utc() {
    check(&[clock(24, 0, "CurrentBias", 300)], Some(("", 300)));
    check(&[clock(1, 0, "TimeZoneBias", -330)], Some(("", -330)));
    check(&[clock(24, 0, "CurrentBias", 480), clock(1, 1, "TimeZoneBias", 420)], Some(("", 420)));
    for none in [9999, -841, i32::MIN] {
        check(&[clock(24, 0, "CurrentBias", none)], None);
    }
    // As of Windows 7 to 10: a time that was changed, without a zone.
    check(&[clock(1, 0, "Reason", 1), clock(12, 0, "CurrentBias", 60)], None);
    // A name has rules for summer, too, and stays as long as clocks may be of its zone.
    let pacific = || uptime(0, "480 Pacific Standard Time");
    for bias in [480, 420] {
        check(&[pacific(), clock(24, 5, "CurrentBias", bias)], Some(("Pacific Standard Time", 480)));
    }
    for bias in [300, 540, -480] {
        check(&[pacific(), clock(24, 5, "CurrentBias", bias)], Some(("", bias as i16)));
        check(&[clock(24, 0, "CurrentBias", bias), pacific()], Some(("Pacific Standard Time", 480)));
    }
}
