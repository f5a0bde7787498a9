//! What comes before all records are listed, and what is not listed.

pub const LISTING: &str = "Listing all records…";
/// Of the bar that says how far that is.
pub const LISTING_BAR: &str = "Listing all records";
pub const WAITING: &str = "All records are listed here once the logs are read.";
pub const CANCELLED: &str = "The list of records was cancelled.";
pub const LIST: &str = "List all records";

/// How much, of which files, and why.
pub const NOT_LISTED: &str = "Some records are not listed: {0} of {1} could not be read again ({2}).";
/// The same, of a search.
pub const NOT_SEARCHED: &str = "Some records were not searched: {0} of {1} could not be read again ({2}).";

pub fn failed(reason: &str) -> String {
    format!("The records could not be listed: {reason}.")
}
