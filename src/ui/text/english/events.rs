//! The records themselves.

use super::*;

pub const LOOKING: &str = "Looking…";
pub const SEARCHING: &str = "Searching";
pub const CANCELLED: &str = "The search was cancelled before all records were looked at.";

/// `kinds` is what stands for the kinds that are too many.
pub fn too_many(left_out: u64, others: u64, kinds: &str) -> String {
    format!(
        "These logs are too many to be listed as a whole: {} are not listed, and {} are listed as “{kinds}”.",
        records(left_out),
        records(others),
    )
}

pub mod filters {
    pub const SEARCH: &str = "Search in all values";
    pub const SEARCH_HINT: &str = "A name, a path, a number… then Enter";
    pub const EVENT_IDS: &str = "Event ids";
    pub const EVENT_IDS_HINT: &str = "Any, or 7000, 7009";
    pub const MORE: &str = "More filters";
    pub const FINDING: &str = "Finding";
    pub const ANY_FINDING: &str = "Any or none";
    pub const EXPLAINED: &str = "Explained";
    pub const EXPLAINED_OR_NOT: &str = "Or not";
    pub const BY_AN_ARTICLE: &str = "By an article";
    pub const BY_NO_ARTICLE: &str = "By no article";
    pub const ANY_CHANNEL: &str = "Any channel";
    pub const ANY_COMPUTER: &str = "Any computer";
    pub const ANY_FILE: &str = "Any file";
    pub const CLEAR: &str = "Clear all filters";

    pub fn from(zone: &str) -> String {
        format!("From ({zone})")
    }

    pub fn to(zone: &str) -> String {
        format!("To ({zone})")
    }

    pub fn more_set(number: usize) -> String {
        format!("{MORE} ({number} set)")
    }
}

pub mod record {
    use super::*;

    pub const READING: &str = "Reading the record again…";
    /// The link has the article's title.
    pub const EXPLAINED_BY: &str = "Explained by {0}";
    pub const COPY_TEXT: &str = "Copy as text";
    pub const COPY_XML: &str = "Copy as XML";
    pub const COPY_JSON: &str = "Copy as JSON";
    pub const XML: &str = "XML";

    pub fn not_read(reason: &str) -> String {
        format!("The record could not be read again: {reason}.")
    }

    /// After the record's time.
    pub fn number(id: u64) -> String {
        format!(", record {}", count(id))
    }
}

pub mod table {
    pub const LABEL: &str = "Records, the newest first";
    pub const COLUMNS: &str = "Columns";
    pub const NONE: &str = "No record fits.";
    pub const TIME: &str = "Time";
    pub const EVENT: &str = "Event";
    pub const MESSAGE: &str = "What it says";
}
