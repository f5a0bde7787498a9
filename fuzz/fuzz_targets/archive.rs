//! Whatever an archive is: looking into it and reading its entries ends, in bounded memory.

#![no_main]

use std::io::{Cursor, Read};

use evtx_checkup::checkup::{Contents, FileReport};
use evtx_checkup::log::archive::Archive;
use libfuzzer_sys::fuzz_target;

/// Reading all of what deflate can make of an input tells nothing more and takes long.
const LARGE: u64 = 1 << 20;

/// Looks into an archive, and into those in it.
fn look(bytes: &[u8], name: &str, is_nested: bool) {
    let report = FileReport::open(name, bytes.len() as u64, bytes);
    if !report.kind.is_archive() {
        return;
    }
    let Ok(mut archive) = Archive::open(|| Ok(Cursor::new(bytes)), report.kind, name) else { return };
    let contents = Contents::of(&mut archive, &report, is_nested, |content| {
        let mut bytes = Vec::new();
        content.take(LARGE).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    for (place, file) in contents.files {
        if file.kind.reader(file.size, &file.name).is_some() {
            let entry = archive.entry(place).unwrap_or_else(|(_, error)| panic!("{error}"));
            // Where it breaks off does not matter.
            let _ = std::io::copy(&mut entry.take(LARGE), &mut std::io::sink());
        }
    }
    contents.archives.iter().for_each(|(name, _, inner)| look(inner, name, true));
}

fuzz_target!(|bytes: &[u8]| look(bytes, "archive", false));
