//! The list of findings.

use super::*;

pub const NO_RECORD: &str = "No record was read, so nothing can be said about the machine. The lines above say why.";
pub const NO_ISSUE: &str = "None of the records that were read shows an issue that this page knows.";
/// What follows if so.
pub const NOT_WHOLE: &str = "But not everything was read: see the lines above.";
pub const OTHER_WINDOWS: &str = "Other Windows";
/// When a finding was seen last.
pub const LAST: &str = "last {0}";

/// What follows if there are some.
pub fn unexplained(number: u64) -> String {
    let what = errors_and_warnings(number);
    format!("{what} that no article explains; see {UNEXPLAINED}.")
}

pub fn soon_after(number: u64, of: u64) -> String {
    format!("{} of {} soon after", count(number), count(of))
}

pub fn not_evaluated(number: u64) -> String {
    let what = counted(number, "article or rule", "articles and rules");
    format!("{what} could not be evaluated with these logs")
}
