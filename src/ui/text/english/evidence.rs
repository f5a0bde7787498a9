//! The records that show a finding.

use super::*;

pub const TITLE: &str = "Evidence";
pub const WAITING: &str = "Records in archives are shown when everything is read.";
pub const MORE: &str = "Show more records";
pub const AMONG_EVENTS: &str = "All of them among the events";
pub const SHOW_XML: &str = "Show XML";
pub const HIDE_XML: &str = "Hide XML";
pub const NO_XML: &str = "This record cannot be written as XML.";

/// `shown` of the `number` records that match.
pub fn shown(shown: u64, number: u64) -> String {
    match (shown, number) {
        (0, _) => READING_AGAIN.into(),
        (1, 1) => "The matching record. Values that made it match are marked.".into(),
        _ if shown == number => {
            format!("The {} matching records, the newest first. Values that made them match are marked.", count(number))
        }
        _ => format!(
            "The newest {} of {} matching records. Values that made them match are marked.",
            count(shown),
            count(number)
        ),
    }
}

pub fn record(id: u64) -> String {
    format!("{RECORD} {}", count(id))
}
