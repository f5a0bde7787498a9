//! Words that go with numbers and times, verdicts and grades.

use super::*;

/// From a time to another one.
pub const SPAN: &str = "{0} to {1}";
pub const FIX: &str = "Fix";
pub const INVESTIGATE: &str = "Investigate";
pub const SAFE_TO_IGNORE: &str = "Safe to ignore";
pub const INFORMATIONAL: &str = "For information";
pub const EXACT: &str = "exact match";
pub const LIKELY: &str = "likely match";
pub const SAME_EVENT: &str = "same event only";
/// Units of time, the longest first: of one, and of many.
pub const UNITS: [[&str; 2]; 6] = [
    ["year", "years"],
    ["month", "months"],
    ["day", "days"],
    ["hour", "hours"],
    ["minute", "minutes"],
    ["second", "seconds"],
];

pub fn bytes(number: u64) -> String {
    format!("{number} bytes")
}

pub fn ago(number: u64, [one, many]: [&str; 2]) -> String {
    format!("{} ago", counted(number, one, many))
}

pub fn from_now(number: u64, [one, many]: [&str; 2]) -> String {
    format!("in {}", counted(number, one, many))
}
