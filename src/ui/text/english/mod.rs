//! English. First come texts that several views have, then those of each view, in files that are named after the view's.
//! `{0}`, `{1}` and so on in a text are elements that [`super::fill`] puts in: links, times, names from a log.

pub mod added;
pub mod app;
pub mod article;
pub mod compare;
pub mod computers;
pub mod detection;
pub mod events;
pub mod evidence;
pub mod exploring;
pub mod finding;
pub mod findings;
pub mod format;
pub mod handover;
pub mod keys;
pub mod knowledge;
pub mod receipt;
pub mod results;
pub mod theme;
pub mod timeline;
pub mod unexplained;
pub mod welcome;
pub mod zone;

use super::super::format::{count, counted};

/// The program's name.
pub const NAME: &str = "evtx-checkup";

pub const ALL_AREAS: &str = "All areas";
pub const ANY_PROVIDER: &str = "Any provider";
pub const CANCEL: &str = "Cancel";
pub const CARVED: &str = "Carved";
pub const CHANNEL: &str = "Channel";
pub const CLOSE: &str = "Close";
pub const COMPARE: &str = "Compare";
pub const COMPUTER: &str = "Computer";
pub const COMPUTERS: &str = "Computers";
pub const COPIED: &str = "Copied";
pub const COPY: &str = "Copy";
pub const EVENTS: &str = "Events";
pub const EVENT_ID: &str = "Event id";
pub const FILE: &str = "File";
pub const FINDINGS: &str = "Findings";
pub const HAND_OVER: &str = "Hand over";
pub const ISSUE: &str = "Issue";
pub const KNOWN_ISSUES: &str = "Known issues";
pub const LEVEL: &str = "Level";
pub const NO_SUCH_ARTICLE: &str = "No such article";
pub const PROVIDER: &str = "Provider";
pub const READING: &str = "Reading…";
pub const READING_AGAIN: &str = "Reading the records again…";
pub const RECORD: &str = "Record";
pub const RECORDS: &str = "Records";
pub const SHOW_THESE_RECORDS: &str = "Show these records";
pub const SIGMA_RULE: &str = "Sigma rule";
pub const TIMELINE: &str = "Timeline";
pub const TRY_AGAIN: &str = "Try again";
pub const UNEXPLAINED: &str = "Unexplained";
pub const VIEWS: &str = "Views";

/// The title of the window.
pub fn title(view: &str) -> String {
    format!("{view} – {NAME}")
}

pub fn computers(number: u64) -> String {
    counted(number, "computer", "computers")
}

pub fn errors_and_warnings(number: u64) -> String {
    counted(number, "error or warning", "errors and warnings")
}

pub fn files(number: u64) -> String {
    counted(number, "file", "files")
}

pub fn imported_articles(number: u64) -> String {
    counted(number, "imported article", "imported articles")
}

pub fn known_issues(number: u64) -> String {
    counted(number, "known issue", "known issues")
}

pub fn problems(number: u64) -> String {
    counted(number, "problem", "problems")
}

pub fn records(number: u64) -> String {
    counted(number, "record", "records")
}

/// How often something was seen.
pub fn times(number: u64) -> String {
    format!("{}×", count(number))
}

/// How far something is: sizes, or a number and what is counted.
pub fn part_of(part: &str, whole: &str) -> String {
    format!("{part} of {whole}")
}

/// The name of a choice, and how many there are.
pub fn with_count(name: &str, number: u64) -> String {
    format!("{name} ({})", count(number))
}

/// After some names of a list that has more.
pub fn and_more(number: usize) -> String {
    format!(" and {} more", count(number as u64))
}

/// Under a list that has more.
pub fn more_in_list(number: usize) -> String {
    more_of(&count(number as u64))
}

fn more_of(what: &str) -> String {
    format!("And {what} more.")
}

pub fn show_more(number: usize) -> String {
    format!("Show {number} more")
}

/// Records are read again for every look at them; `reason` is why they could not be.
pub fn not_read_again(reason: &str) -> String {
    format!("The records could not be read again: {reason}.")
}

/// Where a record was written, after its time or number: the computer's name.
pub const ON_COMPUTER: &str = " on {0}";
/// And after that: the file's name.
pub const IN_FILE: &str = ", in {0}";
