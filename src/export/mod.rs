//! A report in forms that leave the program.

pub mod imported;
pub mod json;
pub mod text;
