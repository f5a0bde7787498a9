//! The receipt: a line about all files and one about each, made of what there is to say, in this order.

use super::*;

/// `{0}` is how many records were read.
pub fn read(files: u64, running: bool) -> String {
    format!("{{0}} {} {}. ", if running { "read so far from" } else { "read from" }, super::files(files))
}

pub const WHOLE: &str = "Everything could be read.";

pub fn lost(number: u64) -> String {
    format!("{} lost. ", counted(number, "record is", "records are"))
}

pub fn problems(number: u64) -> String {
    format!("{} while reading. ", super::problems(number))
}

pub fn refused(number: u64) -> String {
    format!("{} not be read as a log.", counted(number, "file could", "files could"))
}

pub fn dirty(number: u64) -> String {
    format!(" {} not closed cleanly.", counted(number, "log was", "logs were"))
}

pub fn explained(problems: u64, explained: u64, unexplained: u64) -> String {
    format!(
        " Of {}, articles explain {} and none explains {}.",
        errors_and_warnings(problems),
        count(explained),
        count(unexplained)
    )
}

pub fn more_files(number: u64) -> String {
    format!("And {}.", counted(number, "more file", "more files"))
}

/// What a button says, and what it does.
pub const CARVE: &str = "Carve";
pub const CARVE_HINT: &str =
    "{0} Also read what the logs have given up and not overwritten yet: older records, or deleted ones.";

/// `{0}` is the file's name.
pub fn file(size: &str, records: u64) -> String {
    format!("{{0}}, {size}: {}", super::records(records))
}

pub fn chunks(number: u64) -> String {
    format!(" in {}", counted(number, "chunk", "chunks"))
}

pub fn read_so_far(percent: u64) -> String {
    format!(", {percent} % read so far")
}

pub const ALL_DECLARED: &str = ", all that it declares";

pub fn lost_of_declared(lost: u64, declared: u64) -> String {
    format!(", {} lost of {} declared", count(lost), count(declared))
}

pub fn lost_of_file(lost: u64) -> String {
    format!(", {} lost", count(lost))
}

pub fn repeated(number: u64) -> String {
    format!(", {} also in another file", count(number))
}

pub fn carved(number: u64) -> String {
    format!(", {} carved", count(number))
}

pub const EMPTY: &str = ". The log is well-formed but holds no records";
/// The name of the computer that most records are from.
pub const FROM: &str = ", from {0}";
pub const DIRTY: &str = ". It was marked dirty: Windows had not closed it, so its last records may be missing";

pub fn not_declared(doubt: &str) -> String {
    format!(" How many records it should have is not known: {doubt}.")
}

/// Where in the file something could not be read, and why.
pub fn problem(offset: u64, reason: &str, lost: u64) -> String {
    let lost = if lost > 0 { format!(" ({} lost)", records(lost)) } else { String::new() };
    format!("At byte {}: {reason}{lost}.", count(offset))
}

pub fn more_problems(number: u64) -> String {
    more_of(&super::problems(number))
}
