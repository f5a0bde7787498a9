//! The frame around all views.

pub const SKIP: &str = "Skip to content";
pub const NAVIGATION: &str = "Main";
pub const BACK: &str = "Back to findings";
pub const DROP: &str = "Drop to check";

pub fn no_workers(reason: &str) -> String {
    format!("The browser does not let this page start its workers: {reason}")
}
