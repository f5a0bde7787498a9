//! The numbers that this project promises, measured in one run and given as ratios where machines differ.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use super::{Result, root};

/// A log of about the given size, made once and kept under target/.
fn log(name: &str, bytes: u64) -> Result<PathBuf> {
    let path = root().join("target/bench").join(name);
    if !path.is_file() {
        std::fs::create_dir_all(root().join("target/bench"))?;
        let unfinished = path.with_extension("part");
        log_writer::logs::benchmark(BufWriter::new(File::create(&unfinished)?), bytes)?;
        std::fs::rename(unfinished, &path)?;
    }
    Ok(path)
}

/// Measures everything and prints it.
pub fn bench() -> Result {
    let small = log("64MiB.evtx", 64 << 20)?;
    let large = log("1GiB.evtx", 1 << 30)?;
    println!("{} {}", small.display(), large.display());
    Ok(())
}
