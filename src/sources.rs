//! Articles and rules that people bring: as files, folders' files, or archives of them.

use std::io::{Read, Seek};

use crate::kb::import::Extract;
use crate::kb::{Article, Origin, lint};
use crate::log::archive::Archive;

/// A text and the path it is known by.
pub type Source = (String, String);

/// Whether a file's name is that of an article (`.md`) or of Sigma rules (`.yml`).
pub fn is_source(name: &str) -> bool {
    has_ending(name, &["md", "yml", "yaml"])
}

/// Whether a file's name may be that of an article as Microsoft's Knowledge Base had it.
pub fn is_imported(name: &str) -> bool {
    has_ending(name, &["txt", "md"])
}

/// Whether a file's name has one of these endings.
pub fn has_ending(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    endings.iter().any(|own| ending.eq_ignore_ascii_case(own))
}

/// Bytes that the texts of an archive together may have: 1 GiB.
const MAX_BYTES: u64 = 1 << 30;

/// Takes an article or rules, by content. Problems are added as `path: message`.
pub fn read(path: &str, bytes: &[u8], sources: &mut Vec<Source>, problems: &mut Vec<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => sources.push((path.to_owned(), text.trim_start_matches('\u{feff}').to_owned())),
        Err(_) => problems.push(format!("{path}: the text is not UTF-8")),
    }
}

/// Gives the entries of an archive whose names are wanted to `take`, which is told of problems too.
pub fn unpack<R: Read + Seek>(
    path: &str,
    archive: &mut Archive<R>,
    wanted: impl Fn(&str) -> bool,
    problems: &mut Vec<String>,
    mut take: impl FnMut(&str, &[u8], &mut Vec<String>),
) {
    let mut left = MAX_BYTES;
    let mut bytes = Vec::new();
    for place in archive.places() {
        let mut entry = match archive.entry(place) {
            Ok(entry) if entry.is_folder || !wanted(&entry.name) => continue,
            Ok(entry) => entry,
            Err((name, error)) => {
                problems.push(format!("{path}/{name}: {error}"));
                continue;
            }
        };
        let path = format!("{path}/{}", entry.name);
        bytes.clear();
        // One byte more than is left tells that there was too much.
        match (&mut entry).take(left + 1).read_to_end(&mut bytes) {
            Ok(length) => match left.checked_sub(length as u64) {
                Some(rest) => {
                    left = rest;
                    take(&path, &bytes, problems);
                }
                None => {
                    problems.push(format!("{path}: the archive unfolds to more than {} MB", MAX_BYTES >> 20));
                    return;
                }
            },
            Err(error) => problems.push(format!("{path}: {error}")),
        }
    }
}

/// The article of Microsoft's Knowledge Base in a file. A text that is none is said as `path: message`.
pub fn import(path: &str, bytes: &[u8], problems: &mut Vec<String>) -> Option<Extract> {
    Extract::read(bytes).map_err(|why| problems.push(format!("{path}: {why}"))).ok()
}

/// The articles and rules of these texts, and every fault as `path:line: message`.
pub fn compile(sources: &[Source]) -> (Vec<Article>, Vec<String>) {
    // What lies beside articles and rules (a README, a workflow of a repository) is none of them.
    let speaks = |(path, text): &&Source| match has_ending(path, &["md"]) {
        true => text.starts_with("---"),
        false => text.contains("detection:") || text.contains("correlation:"),
    };
    let texts = sources.iter().filter(speaks).map(|(path, text)| (path.as_str(), text.as_str()));
    let (mut articles, faults) = lint::read_beside(&crate::built_in(), texts);
    for article in articles.iter_mut().filter(|article| article.origin == Origin::BuiltIn) {
        article.origin = Origin::Added;
    }
    (articles, faults)
}
