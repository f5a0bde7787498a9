//! Before and after.

pub const INVITATION: &str = "Compare these logs with others";
pub const CHOOSE: &str = "Compare with…";
pub const CHOOSE_FOLDER: &str = "A folder";
pub const HINT: &str = "Choose them, or drop them here: the same computers before or after a change, or ones that work. \
                        The page says what is new, what is still there and what is gone.";
pub const ADD: &str = "Add to the others";
pub const END: &str = "Compare no more";
pub const BEFORE: &str = "Before";
pub const AFTER: &str = "After";
pub const TABLE: &str = "Findings before and after";
pub const CHANGE: &str = "Change";
pub const A_DAY: &str = "a day";
pub const NEW: &str = "New";
pub const GONE: &str = "Gone";
pub const STILL_THERE: &str = "Still there";
pub const RARE: &str = "under 0.01";

pub fn outcome(new: u64, still: u64, gone: u64) -> String {
    format!("{new} new, {still} still there, {gone} gone")
}

/// The first words about a set of logs.
pub fn set(is_other: bool, files: u64, records: u64) -> String {
    let which = if is_other { "The others" } else { "These logs" };
    format!("{which}: {}, {}", super::files(files), super::records(records))
}

/// What follows: from when to when its records are.
pub fn span(days: f64) -> String {
    format!(", {{0}}, {days:.1} days")
}

pub const NOT_WHOLE: &str = ". Not everything was read, so that more may be there";

pub fn more_often(factor: &str) -> String {
    format!("{factor} times as often")
}

pub fn more_rarely(factor: &str) -> String {
    format!("{factor} times as rare")
}
