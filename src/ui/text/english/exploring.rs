//! What comes before all records are listed.

pub const LISTING: &str = "Listing all records…";
/// Of the bar that says how far that is.
pub const LISTING_BAR: &str = "Listing all records";
pub const WAITING: &str = "All records are listed here once the logs are read.";
pub const CANCELLED: &str = "The list of records was cancelled.";
pub const LIST: &str = "List all records";

pub fn failed(reason: &str) -> String {
    format!("The records could not be listed: {reason}.")
}
