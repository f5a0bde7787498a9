//! What no article explains.

use super::*;

pub const NOTHING: &str = "Articles explain every error and warning that was read.";
/// From when to when.
pub const CAME: &str = "From about {0} to about {1}";
pub const COPY_ARTICLE: &str = "Copy an article to write";
/// The button that copies an article, and the name of its file.
pub const COPY_FOR: &str = "{0} for {1}";

pub fn intro(number: u64) -> String {
    format!(
        "{} without an article. First comes what is frequent and unusual, that is, silent for most of the logs’ time.",
        errors_and_warnings(number)
    )
}

pub fn others(number: u64) -> String {
    format!("And {} of kinds that are too many to be told apart.", count(number))
}

pub fn more_kinds(number: usize) -> String {
    format!("And {number} more kinds of events.")
}

pub fn examples(number: usize) -> String {
    match number {
        1 => "The newest record:".into(),
        number => format!("The newest {number} records:"),
    }
}
