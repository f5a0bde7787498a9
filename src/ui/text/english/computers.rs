//! Many machines.

use super::*;

pub const BY_NAME: &str = "Computers by name";
pub const TABLE: &str = "Issues and computers";
pub const ALL: &str = "‹ All computers";
pub const NO_RECORD: &str = "No record that was read is from this computer.";
pub const NO_ISSUE: &str = "None of them shows an issue that this page knows.";
pub const TABLE_OF_ONE: &str = "Findings of this computer";
pub const WHAT_TO_DO: &str = "What to do";
pub const OF_ALL: &str = "Of all";

pub fn outcome(computers: u64, issues: u64) -> String {
    format!("{} with {}", super::computers(computers), known_issues(issues))
}

pub fn sort_by(name: &str) -> String {
    format!("Sort by {name}")
}

pub fn left_out(number: u64) -> String {
    format!("And {} that show less.", super::computers(number))
}

pub fn without(number: u64) -> String {
    format!("{} without a known issue", super::computers(number))
}

/// How many records of one computer there are, and in which files.
pub fn records_in(number: u64) -> String {
    format!("{} in {{0}}", records(number))
}
