//! Numbers and times as people read them.

use yew::prelude::*;

use super::zone;
use crate::event::Time;
use crate::kb::Verdict;
use crate::kb::import::Grade;

/// `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 record`, `12 records`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `64.0 MiB`.
pub fn bytes(number: u64) -> String {
    let number = number as f64;
    match number {
        n if n < 1024.0 => format!("{n} bytes"),
        n if n < 1024.0 * 1024.0 => format!("{:.0} KiB", n / 1024.0),
        n if n < 1024.0 * 1024.0 * 1024.0 => format!("{:.1} MiB", n / 1024.0 / 1024.0),
        n => format!("{:.2} GiB", n / 1024.0 / 1024.0 / 1024.0),
    }
}

/// `2026-11-20 07:21:19 UTC`, in the zone that one has chosen; how long ago that was shows on hover.
pub fn time(time: Time) -> Html {
    moment(time, true)
}

/// The same as text alone.
pub fn time_text(time: Time) -> String {
    let (text, zone) = zone::write(time);
    format!("{text} {zone}")
}

/// A time, or a span of them. Where both are equally far from UTC, that is said once.
pub fn span((first, last): (Time, Time)) -> Html {
    if first == last {
        return time(first);
    }
    let is_same = zone::write(first).1 == zone::write(last).1;
    html! { <>{ moment(first, !is_same) }{ " to " }{ time(last) }</> }
}

fn moment(time: Time, with_zone: bool) -> Html {
    let (text, zone) = zone::write(time);
    let text = if with_zone { format!("{text} {zone}") } else { text };
    html! { <time datetime={time.to_string()} title={ago(time)}>{ text }</time> }
}

/// `3 days ago`, `in 2 hours`.
fn ago(time: Time) -> Option<String> {
    let seconds = js_sys::Date::now() / 1000.0 - time.timestamp()?.as_second() as f64;
    let units =
        [(31_557_600.0, "year"), (2_629_800.0, "month"), (86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute")];
    let (length, unit) = units.into_iter().find(|(length, _)| seconds.abs() >= *length).unwrap_or((1.0, "second"));
    let number = (seconds.abs() / length).floor();
    let many = if number == 1.0 { "" } else { "s" };
    Some(if seconds < 0.0 { format!("in {number} {unit}{many}") } else { format!("{number} {unit}{many} ago") })
}

/// The verdict as the page says it.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fix => "Fix",
        Verdict::Investigate => "Investigate",
        Verdict::SafeToIgnore => "Safe to ignore",
        Verdict::Informational => "For information",
    }
}

/// How well a record fits what an imported article says of its event.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => "exact match",
        Grade::Likely => "likely match",
        Grade::SameEvent => "same event only",
    }
}
