//! Articles and rules that people bring: as files, folders' files, or archives of them.

use std::io::{Read, Seek};
use std::ops::Range;

use crate::kb::import::Extract;
use crate::kb::{Article, KnowledgeBase, Origin, lint};
use crate::log::archive::Archive;

/// A text and the path it is known by.
pub type Source = (String, String);

/// What somebody brought, by its content.
pub enum Brought {
    /// An article or rules as they are here.
    Own(String),
    /// An article of Microsoft's Knowledge Base.
    Imported(Box<Extract>),
}

/// Whether a file's name is that of an article (`.md`) or of Sigma rules (`.yml`).
pub fn is_source(name: &str) -> bool {
    has_ending(name, &["md", "yml", "yaml"])
}

/// Whether a file's name may be that of an article as Microsoft's Knowledge Base had it.
pub fn is_imported(name: &str) -> bool {
    has_ending(name, &["txt", "md"])
}

/// Whether a file's name may be that of any of these.
pub fn is_brought(name: &str) -> bool {
    is_source(name) || is_imported(name)
}

/// Whether a file's name has one of these endings.
pub fn has_ending(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    endings.iter().any(|own| ending.eq_ignore_ascii_case(own))
}

/// Bytes that a text may have: 64 MiB.
pub const MAX_TEXT: u64 = 64 << 20;

/// Bytes that the texts of an archive together may have: 1 GiB. The largest archive of the Knowledge Base known has a
/// fifth of it.
const MAX_BYTES: u64 = 1 << 30;

/// What a file is, by its content; or why it is none of these, as `path: message`.
pub fn read(path: &str, bytes: &[u8]) -> Result<Brought, String> {
    let text = std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}'));
    let is_own = text.is_ok_and(|text| text.starts_with("---") && text.contains("\ndetection:"));
    if !is_own && !has_ending(path, &["yml", "yaml"]) {
        match Extract::read(bytes) {
            Ok(extract) => return Ok(Brought::Imported(Box::new(extract))),
            Err(why) if !is_source(path) => return Err(format!("{path}: {why}")),
            Err(_) => {}
        }
    }
    text.map(|text| Brought::Own(text.to_owned())).map_err(|_| format!("{path}: the text is not UTF-8"))
}

/// The texts of an archive, one after the other.
pub struct Texts<R> {
    path: String,
    archive: Archive<R>,
    places: Range<usize>,
    wanted: fn(&str) -> bool,
    left: u64,
    bytes: Vec<u8>,
}

/// A text in an archive.
pub struct Text<'t> {
    /// The paths of archive and entry.
    pub path: String,
    /// Its place among the entries.
    pub place: usize,
    /// What it says.
    pub bytes: &'t [u8],
}

impl<R: Read + Seek> Texts<R> {
    /// Those of the archive with a path whose names are wanted.
    pub fn new(path: &str, archive: Archive<R>, wanted: fn(&str) -> bool) -> Texts<R> {
        let places = archive.places();
        Texts { path: path.to_owned(), archive, places, wanted, left: MAX_BYTES, bytes: Vec::new() }
    }

    /// How many entries of the archive were not looked at yet.
    pub fn left(&self) -> usize {
        self.places.len()
    }

    /// The next text, or why it cannot be read, as `path: message`.
    pub fn next_text(&mut self) -> Option<Result<Text<'_>, String>> {
        let Texts { path, archive, places, wanted, left, bytes } = self;
        for place in places.by_ref() {
            let mut entry = match archive.entry(place) {
                Ok(entry) if entry.is_folder || !wanted(&entry.name) => continue,
                Ok(entry) => entry,
                Err((name, error)) => return Some(Err(format!("{path}/{name}: {error}"))),
            };
            let path = format!("{path}/{}", entry.name);
            bytes.clear();
            let most = MAX_TEXT.min(*left);
            // One byte more tells that there was too much.
            let length = match (&mut entry).take(most + 1).read_to_end(bytes) {
                Ok(length) => length as u64,
                Err(error) => return Some(Err(format!("{path}: {error}"))),
            };
            if length > MAX_TEXT {
                return Some(Err(format!("{path}: {}", too_long())));
            }
            let Some(rest) = left.checked_sub(length) else {
                *places = 0..0;
                return Some(Err(format!("{path}: the archive unfolds to more than {} MB", MAX_BYTES >> 20)));
            };
            *left = rest;
            return Some(Ok(Text { path, place, bytes }));
        }
        None
    }
}

/// Says that a text is too long.
pub fn too_long() -> String {
    format!("the text has more than {} MB", MAX_TEXT >> 20)
}

/// The article of Microsoft's Knowledge Base in a file. A text that is none is said as `path: message`.
pub fn import(path: &str, bytes: &[u8], problems: &mut Vec<String>) -> Option<Extract> {
    Extract::read(bytes).map_err(|why| problems.push(format!("{path}: {why}"))).ok()
}

/// The articles and rules of these texts, which may refer to known ones, and every fault as `path:line: message`.
pub fn compile(known: &KnowledgeBase, sources: &[Source]) -> (Vec<Article>, Vec<String>) {
    // What lies beside articles and rules (a README, a workflow of a repository) is none of them.
    let speaks = |(path, text): &&Source| match has_ending(path, &["md"]) {
        true => text.starts_with("---"),
        false => text.contains("detection:") || text.contains("correlation:"),
    };
    let texts = sources.iter().filter(speaks).map(|(path, text)| (path.as_str(), text.as_str()));
    let (mut articles, faults) = lint::read_beside(known, texts);
    for article in articles.iter_mut().filter(|article| article.origin == Origin::BuiltIn) {
        article.origin = Origin::Added;
    }
    (articles, faults)
}
