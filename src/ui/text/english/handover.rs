//! A report to hand over.

pub const HTML: &str = "HTML";
pub const HTML_USE: &str = "one page to read, mail and print, without a script";
pub const MARKDOWN: &str = "Markdown";
pub const MARKDOWN_USE: &str = "for tickets and wikis";
pub const CSV: &str = "CSV";
pub const CSV_USE: &str = "for spreadsheets: a row for each finding and computer";
pub const JSON: &str = "JSON";
pub const JSON_USE: &str = "for scripts";
pub const PLAIN_TEXT: &str = "Plain text";
pub const PLAIN_TEXT_USE: &str = "for mails";
pub const WAITING: &str = "A report can be handed over once all is read.";
pub const NOTHING: &str = "No known issue was found; what was read can be handed over all the same.";
pub const ALL: &str = "All";
pub const NONE: &str = "None";
pub const NOTE: &str = "Note";
pub const NAMES: &str = "Names";
pub const HIDE_NAMES: &str = "Hide names";
pub const WHICH_NAMES: &str = "of computers, users and domains, SIDs, IP addresses and paths: each becomes a word such as \
                               COMPUTER-1";
pub const SEARCHING: &str = "Searching the logs for names…";
/// Of the bar that says how far that is.
pub const SEARCHING_BAR: &str = "Searching the logs for names";
pub const FORM: &str = "Form";
pub const SAVE: &str = "Save";
pub const COPIED: &str = "Copied.";
pub const PRINT: &str = "Print";
pub const PREVIEW: &str = "Preview";

pub fn saved(name: &str) -> String {
    format!("Saved as {name}.")
}

pub fn not_searched(reason: &str) -> String {
    format!("The logs cannot be searched for names: {reason}.")
}

pub mod hidden {
    use super::super::*;

    pub const LIST: &str = "What is hidden";
    pub const STAYS: &str = "stays";
    pub const NOT_HERE: &str = "is not in this report by itself";
    pub const REMOVE: &str = "Remove";
    pub const NO_NAME: &str = "No name was found in this report.";
    pub const ANOTHER: &str = "Hide another text";
    pub const HIDE: &str = "Hide";
    pub const ADDED: &str = "Texts to hide";

    pub fn no_longer(text: &str) -> String {
        format!("No longer hide {text}")
    }

    pub fn names(number: u64) -> String {
        format!("{} in this report. Untick what may stay.", counted(number, "name is", "names are"))
    }
}
