//! How far reading is, and what the logs show.

use super::*;

pub const ADD: &str = "Add files";
pub const START_OVER: &str = "Start over";
/// Of the bar that says how far that is.
pub const READING_BAR: &str = "Reading";
pub const NO_RECORD: &str = "No record was read";
pub const NONE_IN_WHAT_WAS_READ: &str = "No known issue in what was read";
pub const NONE_FOUND: &str = "No known issue found";

pub fn found_so_far(issues: u64) -> String {
    format!("{} so far", known_issues(issues))
}

pub fn found(issues: u64) -> String {
    format!("{} found", known_issues(issues))
}

/// How much was read, and how fast in bytes a second.
pub fn progress(bytes: &str, records: u64, speed: Option<f64>) -> String {
    let speed = speed.map(|speed| format!(", {:.0} MB/s", speed / 1e6)).unwrap_or_default();
    format!("{bytes}, {}{speed}", super::records(records))
}

pub fn seconds_left(progress: &str, seconds: f64) -> String {
    format!("{progress}, {seconds} s left")
}

pub fn done(seconds: f64, progress: &str) -> String {
    format!("Done in {seconds:.1} s: {progress}.")
}

pub fn cancelled(seconds: f64, progress: &str) -> String {
    format!("Cancelled after {seconds:.1} s: {progress}.")
}
