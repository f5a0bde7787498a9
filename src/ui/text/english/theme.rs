//! Light or dark.

pub const LABEL: &str = "Light or dark";
pub const AUTO: &str = "Auto";
pub const LIGHT: &str = "Light";
pub const DARK: &str = "Dark";
