//! What one has added.

use super::*;

pub const LABEL: &str = "Added known issues";
pub const READING: &str = "Reading articles and rules…";
/// Of the bar that says how far that is.
pub const READING_BAR: &str = "Reading articles";
pub const SAVE: &str = "Save a copy with my articles";
pub const REMOVE: &str = "Remove them";
pub const KEEP: &str = "Keep them in this browser";

/// The link says how many imported articles there are.
pub fn imported(matching: u64) -> String {
    format!("{{0}}, of which {} for events.", counted(matching, "looks", "look"))
}

pub fn used(articles: u64, rules: u64) -> String {
    let own = counted(articles, "article", "articles");
    let sigma = counted(rules, SIGMA_RULE, "Sigma rules");
    let what = match (articles, rules) {
        (_, 0) => own,
        (0, _) => sigma,
        _ => format!("{own} and {sigma}"),
    };
    format!("{what} of yours are used beside ours.")
}

pub fn read(part: u64, whole: u64) -> String {
    part_of(&count(part), &counted(whole, "text", "texts"))
}

pub fn cancelled(part: u64, whole: u64) -> String {
    format!("Reading was cancelled after {}.", read(part, whole))
}

pub fn faults(number: u64) -> String {
    format!("{}; what is not well is not used", counted(number, "fault", "faults"))
}

pub fn not_carried(left_out: u64) -> String {
    format!(
        "The copy carries the imported articles that look for events. The {} that look for none would make it too \
         large: give the archive along with it.",
        count(left_out)
    )
}
