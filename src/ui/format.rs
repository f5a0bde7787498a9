//! Numbers and times as people read them.

use yew::prelude::*;

use super::{text, zone};
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
    match number as f64 {
        n if n < 1024.0 => text::format::bytes(number),
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
    text::fill(text::format::SPAN, &[moment(first, !is_same), time(last)])
}

fn moment(time: Time, with_zone: bool) -> Html {
    let (text, zone) = zone::write(time);
    let text = if with_zone { format!("{text} {zone}") } else { text };
    html! { <time datetime={time.to_string()} title={ago(time)}>{ text }</time> }
}

/// `3 days ago`, `in 2 hours`.
fn ago(time: Time) -> Option<String> {
    let seconds = js_sys::Date::now() / 1000.0 - time.timestamp()?.as_second() as f64;
    // The last unit is for all that is shorter than the others.
    let lengths = [31_557_600.0, 2_629_800.0, 86_400.0, 3_600.0, 60.0, 1.0];
    let mut units = lengths.into_iter().zip(text::format::UNITS);
    let (length, unit) = units.find(|(length, _)| seconds.abs() >= *length || *length == 1.0)?;
    let number = (seconds.abs() / length) as u64;
    Some(if seconds < 0.0 { text::format::from_now(number, unit) } else { text::format::ago(number, unit) })
}

/// The verdict as the page says it.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fix => text::format::FIX,
        Verdict::Investigate => text::format::INVESTIGATE,
        Verdict::SafeToIgnore => text::format::SAFE_TO_IGNORE,
        Verdict::Informational => text::format::INFORMATIONAL,
    }
}

/// How well a record fits what an imported article says of its event.
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Exact => text::format::EXACT,
        Grade::Likely => text::format::LIKELY,
        Grade::SameEvent => text::format::SAME_EVENT,
    }
}
