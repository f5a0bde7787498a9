//! The choice of a time zone.

/// The list of zones.
pub const TIMES_IN: &str = "Times in {0}";
pub const UTC: &str = "UTC";
pub const LOCAL: &str = "this computer’s time zone";
pub const OTHERS: &str = "Another";
pub const KEEP: &str = "Keep in this browser";
/// For the zone of a log that names none.
pub const LOG_UNKNOWN: &str = "the log’s time zone: no log says it";

pub fn log(name: &str) -> String {
    format!("the log’s time zone: {name}")
}
