//! One finding.

use super::*;

pub const ALL: &str = "‹ All findings";
pub const WHEN: &str = "When";
pub const FOLLOWS: &str = "Follows";
/// Instead of what it follows.
pub const TOO_MANY: &str = "Not known: there are too many records to tell what they follow and what follows them.";
pub const FOLLOWED_BY: &str = "Followed by";
pub const AFFECTED: &str = "Affected";
pub const FILES: &str = "Files";
pub const WHY: &str = "Why it matches";
pub const EXACT: &str = "Exact: every value that this imported article gives for the event agrees. It says:";
pub const LIKELY: &str = "Likely: some values agree, or this imported article gives none. It says:";
pub const SAME_EVENT: &str = "Same event only: the values are others than this imported article gives. It says:";
pub const MORE_GENERAL: &str = "More general";

/// `versions` are those of Windows that the article is about.
pub fn other_windows(versions: &str) -> String {
    format!(
        "This article is about {versions}. No log here that shows the event was written by one of those, so read it \
         with care."
    )
}

/// After the number of records.
pub fn carved(number: u64) -> String {
    format!(", {} of them carved: their log had given them up", count(number))
}

/// The link has the title of the finding before this one; `within` is a length of time.
pub fn follows(number: u64, of: u64, within: &str) -> String {
    format!("{{0}}: {} of {} within {within} after it on the same computer", count(number), records(of))
}

/// The link has the title of the finding after this one.
pub fn followed_by(number: u64) -> String {
    format!("{{0}}: {}", records(number))
}

/// The link has the title of a more general article; `grade` is how well an imported one fits.
pub fn also_fits(grade: Option<&str>, number: u64) -> String {
    let imported = grade.map(|grade| format!(" (imported, {grade})")).unwrap_or_default();
    format!("{{0}}{imported} also fits {} of these records.", count(number))
}
