//! Zip archives, read in bounded memory.

use std::io::{Cursor, Read};

/// All entries together may unfold to this many bytes.
const MAX_BYTES: u64 = 256 << 20;
/// More entries than this are not looked at.
const MAX_ENTRIES: usize = 100_000;

/// The entries of an archive whose names are wanted, unpacked, and what could not be.
pub struct Unpacked {
    /// Names and contents, in the order of the archive.
    pub entries: Vec<(String, Vec<u8>)>,
    /// What could not be unpacked and why.
    pub problems: Vec<String>,
}

/// Unpacks the entries of a zip archive whose names are wanted.
pub fn unzip(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Unpacked {
    let mut unpacked = Unpacked { entries: Vec::new(), problems: Vec::new() };
    let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            unpacked.problems.push(format!("the archive cannot be read: {error}"));
            return unpacked;
        }
    };
    if archive.len() > MAX_ENTRIES {
        unpacked.problems.push(format!("only the first {MAX_ENTRIES} of {} entries were looked at", archive.len()));
    }
    let mut left = MAX_BYTES;
    for number in 0..archive.len().min(MAX_ENTRIES) {
        let entry = match archive.by_index(number) {
            Ok(entry) => entry,
            Err(error) => {
                unpacked.problems.push(format!("entry {number} cannot be read: {error}"));
                continue;
            }
        };
        let name = entry.name().to_owned();
        if entry.is_dir() || !wanted(&name) {
            continue;
        }
        let mut content = Vec::new();
        // One byte more than is left tells that there was too much; what the archive says of sizes may be wrong.
        match entry.take(left + 1).read_to_end(&mut content) {
            Ok(_) if content.len() as u64 > left => {
                unpacked.problems.push(format!("{name}: the archive unfolds to more than {} MB", MAX_BYTES >> 20));
                return unpacked;
            }
            Ok(_) => {
                left -= content.len() as u64;
                unpacked.entries.push((name, content));
            }
            Err(error) => unpacked.problems.push(format!("{name}: {error}")),
        }
    }
    unpacked
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn wanted_entries_come_out() {
        let bytes = archive(&[("a/b.md", b"text"), ("c.exe", b"MZ")]);
        let unpacked = unzip(&bytes, |name| name.ends_with(".md"));
        assert_eq!(unpacked.entries, [("a/b.md".to_owned(), b"text".to_vec())]);
        assert!(unpacked.problems.is_empty());
    }

    #[test]
    fn an_archive_that_unfolds_too_far_is_cut_off() {
        let zeroes = vec![0; 100 << 20];
        let bytes = archive(&[("a", &zeroes), ("b", &zeroes), ("c", &zeroes)]);
        assert!(bytes.len() < 1 << 20);
        let unpacked = unzip(&bytes, |_| true);
        assert_eq!(unpacked.entries.len(), 2);
        assert_eq!(unpacked.problems, ["c: the archive unfolds to more than 256 MB"]);
    }

    #[test]
    fn what_is_no_archive_is_said() {
        assert!(unzip(b"PK nothing", |_| true).problems[0].starts_with("the archive cannot be read"));
    }
}
