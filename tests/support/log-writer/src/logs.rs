//! Ready-made logs: those of the four founding articles, the page's sample and the benchmark's.

mod benchmark;
mod founding;
mod sample;

pub use benchmark::{Benchmark, benchmark};
pub use founding::{Article, FoundingLog, founding};
pub use sample::{sample, sample_events};

/// FILETIME units in a second.
const SECOND: u64 = 10_000_000;
/// FILETIME units in a minute.
const MINUTE: u64 = 60 * SECOND;
/// FILETIME units in a day.
const DAY: u64 = 24 * 60 * MINUTE;
