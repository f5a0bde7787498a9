//! A worker lists the records of files: all of them, or those with a text.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::blob::stream;
use super::knowledge;
use super::messages::{List, Log, Outcome, bytes};
use super::worker::{pause, read_from_start};
use crate::checkup::{Checkup, FileReport, Listing, Parts};
use crate::index::containing;
use crate::kb::KnowledgeBase;
use crate::log::Kind;
use crate::log::evtx::{CHUNK_SIZE, chunk_offset};

thread_local! {
    /// Checkups that list all records and are at no part just now.
    static CHECKUPS: RefCell<Vec<(Listing, Checkup<'static>)>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what was learned with articles that are known no longer.
pub fn forget() {
    CHECKUPS.with_borrow_mut(Vec::clear);
}

/// Lists the records of files; tells `part` what was found in each part.
pub async fn list(
    lists: &[List],
    text: Option<String>,
    files: &[Blob],
    part: &impl Fn(Outcome),
) -> Result<Outcome, String> {
    match text {
        Some(text) => {
            let (knowledge, listing) = (containing(&text), Listing::of_matches());
            let mut checkup = Checkup::new(&knowledge).listing(&listing);
            list_all(lists, files, &knowledge, &listing, &mut checkup, part).await;
        }
        None => {
            let new = || {
                let listing = Listing::default();
                (listing.clone(), Checkup::new(knowledge()).listing(&listing))
            };
            let (listing, mut checkup) = CHECKUPS.with_borrow_mut(Vec::pop).unwrap_or_else(new);
            list_all(lists, files, knowledge(), &listing, &mut checkup, part).await;
            CHECKUPS.with_borrow_mut(|checkups| checkups.push((listing, checkup)));
        }
    }
    Ok(Outcome::Ended)
}

/// Lists the records of one file after the other; one that cannot be read costs no other.
async fn list_all<'k>(
    lists: &[List],
    files: &[Blob],
    knowledge: &'k KnowledgeBase,
    listing: &Listing,
    checkup: &mut Checkup<'k>,
    part: &impl Fn(Outcome),
) {
    for (list, file) in lists.iter().zip(files) {
        part(Outcome::ListEnded(list_one(list, file, knowledge, listing, checkup, part).await));
    }
}

async fn list_one<'k>(
    List { number, log, run, carve }: &List,
    file: &Blob,
    knowledge: &'k KnowledgeBase,
    listing: &Listing,
    checkup: &mut Checkup<'k>,
    part: &impl Fn(Outcome),
) -> Result<(), String> {
    let Log { kind, name, size, archived } = log;
    let report = FileReport { kind: *kind, ..FileReport::open(name, *size, &[]) };
    let tell = |mut read: u64| {
        for listed in listing.take() {
            let listed = listed.to_bytes().map_or(JsValue::UNDEFINED, |listed| bytes(&listed));
            part(Outcome::Listed { read: std::mem::take(&mut read), listed });
        }
    };
    if let (Kind::Evtx, Some((first, chunks))) = (kind, run) {
        let (offset, mut read) = (chunk_offset(*first), 0);
        checkup.open(*number, &report);
        let outcome = stream(file, offset, chunks * CHUNK_SIZE, |bytes| {
            checkup.read(bytes, offset + read);
            read += bytes.len() as u64;
        })
        .await;
        checkup.finish();
        tell(read);
        return outcome;
    }
    let reader = if *carve { kind.carver(*size, name) } else { kind.reader(*size, name) };
    let reader = reader.ok_or("it is no log")?;
    read_from_start(file, name, *archived, async |bytes| {
        for report in Parts::new(knowledge, *number, &report, reader, bytes).listing(listing) {
            tell(report.files.values().map(|file| file.bytes_read).sum());
            pause().await;
        }
    })
    .await
}
