//! A report in forms that leave the program.

pub mod json;
pub mod text;
