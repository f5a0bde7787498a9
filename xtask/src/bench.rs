//! The numbers that this project promises.

use super::{Result, build, run};

/// Builds the page and measures it, with the program in `benches/numbers.rs`.
pub fn bench() -> Result {
    build::page()?;
    run("cargo", &["bench", "--bench", "numbers"])
}
