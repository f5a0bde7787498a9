//! Records over time.

use super::*;

pub const ZOOM_IN: &str = "Zoom in";
pub const ZOOM_OUT: &str = "Zoom out";
pub const ALL_TIMES: &str = "All times";
pub const DENSE: &str = "Where most records are";
pub const LEVELS: &str = "Levels";
pub const SLIDER: &str = "A span of time: arrow keys move, with Shift they mark, Enter zooms in, minus zooms out";
pub const FEWER_FINDINGS: &str = "Fewer findings";
pub const STARTED: &str = "Started";
pub const SHUT_DOWN: &str = "Shut down";
pub const STOPPED: &str = "Stopped without shutdown";
pub const BUG_CHECK: &str = "Bug check";
pub const RUNNING: &str = "Running, as it says each day";
pub const OFF: &str = "Off after a shutdown";
pub const OFF_UNCLEAN: &str = "Off without a shutdown";
pub const MISSING: &str = "Records are missing";
pub const AS_TABLE: &str = "As a table";
pub const FROM: &str = "From";
pub const MACHINES: &str = "Machines";
/// What happened to machines, in a list.
pub const STARTED_THEN: &str = "started";
pub const SHUT_DOWN_THEN: &str = "shut down";
pub const STOPPED_THEN: &str = "stopped without shutdown";
pub const BUG_CHECK_THEN: &str = "bug check";
pub const RUNNING_THEN: &str = "running";

/// All that is shown.
pub fn whole(records: u64, first: &str, last: &str) -> String {
    format!("{} from {first} to {last}", super::records(records))
}

/// What is marked. The numbers of the worst levels follow it.
pub fn marked(first: &str, last: &str, records: u64) -> String {
    format!("{first} to {last}: {}", super::records(records))
}

pub fn of_level(number: u64, level: &str) -> String {
    format!(", {} {level}", count(number))
}

pub fn all_findings(number: usize) -> String {
    format!("All {number} findings")
}
