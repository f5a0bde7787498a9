//! Numbers and times as people read them.

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

/// `2026-11-20 07:21:19`; the page says once that times are UTC.
pub fn time(time: Time) -> String {
    time.to_seconds()
}

/// A time, or a span of them.
pub fn span((first, last): (Time, Time)) -> String {
    if first == last { time(first) } else { format!("{} to {}", time(first), time(last)) }
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
