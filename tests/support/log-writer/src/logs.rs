//! Ready-made logs: those of the four founding articles, the page's sample and the benchmark's.

mod benchmark;
mod founding;
mod sample;

pub use benchmark::{Benchmark, benchmark};
pub use founding::{Article, FoundingLog, founding};
pub use sample::{sample, sample_events};

/// A small generator of numbers (SplitMix64) that gives the same ones every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of `items`.
    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.next() as usize % items.len()]
    }
}

/// FILETIME units in a second.
const SECOND: u64 = 10_000_000;
/// FILETIME units in a minute.
const MINUTE: u64 = 60 * SECOND;
/// FILETIME units in a day.
const DAY: u64 = 24 * 60 * MINUTE;
