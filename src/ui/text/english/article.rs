//! An article's text.

pub const YOURS: &str = "Yours";
pub const RESOLUTION: &str = "Resolution";
pub const NO_RESOLUTION: &str =
    "A Sigma rule says what to look for, not how to resolve it. Its references may say more.";
pub const APPLIES_TO: &str = "Applies to";
pub const NO_SOURCES: &str = "It names no sources.";
pub const SOURCES: &str = "Sources";
pub const REFERENCES: &str = "References";

/// `grade` is how well the article fits, if it looks for events.
pub fn imported(grade: Option<&str>) -> String {
    grade.map_or("Imported".into(), |grade| format!("Imported: {grade}"))
}
