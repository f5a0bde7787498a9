//! Articles and rules that people bring: as files, folders' files, or archives of them.

use crate::kb::import::Extract;
use crate::kb::{Article, Origin, lint};
use crate::log::archive;

/// A text and the path it is known by.
pub type Source = (String, String);

/// Whether a file's name is that of an article (`.md`) or of Sigma rules (`.yml`).
pub fn is_source(name: &str) -> bool {
    ending(name, &["md", "yml", "yaml"])
}

/// Whether a file's name is that of an archive.
pub fn is_archive(name: &str) -> bool {
    ending(name, &["zip"])
}

/// Whether a file's name may be that of an article as Microsoft's Knowledge Base had it.
pub fn is_imported(name: &str) -> bool {
    ending(name, &["txt", "md"])
}

fn ending(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    endings.iter().any(|own| ending.eq_ignore_ascii_case(own))
}

/// What a file brings: itself, or what is in the archive. Problems are added as `path: message`.
pub fn read(path: &str, bytes: &[u8], sources: &mut Vec<Source>, problems: &mut Vec<String>) {
    if !is_archive(path) {
        return take(path.to_owned(), bytes, sources, problems);
    }
    let unpacked = archive::unzip(bytes, is_source);
    problems.extend(unpacked.problems.iter().map(|problem| format!("{path}: {problem}")));
    for (name, content) in &unpacked.entries {
        take(format!("{path}/{name}"), content, sources, problems);
    }
}

/// The articles of Microsoft's Knowledge Base in a file: itself, or what is in the archive. Texts that are none are said
/// as `path: message`.
pub fn import(path: &str, bytes: &[u8], problems: &mut Vec<String>) -> Vec<Extract> {
    let unpacked = match is_archive(path) {
        true => archive::unzip(bytes, is_imported),
        false => archive::Unpacked { entries: Vec::new(), problems: Vec::new() },
    };
    problems.extend(unpacked.problems.iter().map(|problem| format!("{path}: {problem}")));
    let inner = unpacked.entries.iter().map(|(name, content)| (format!("{path}/{name}"), content.as_slice()));
    let itself = (!is_archive(path)).then(|| (path.to_owned(), bytes));
    let read = |(path, bytes): (String, &[u8])| match Extract::read(bytes) {
        Ok(extract) => Some(extract),
        Err(why) => {
            problems.push(format!("{path}: {why}"));
            None
        }
    };
    inner.chain(itself).filter_map(read).collect()
}

fn take(path: String, bytes: &[u8], sources: &mut Vec<Source>, problems: &mut Vec<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => sources.push((path, text.trim_start_matches('\u{feff}').to_owned())),
        Err(_) => problems.push(format!("{path}: the text is not UTF-8")),
    }
}

/// The articles and rules of these texts, and every fault as `path:line: message`.
pub fn compile(sources: &[Source]) -> (Vec<Article>, Vec<String>) {
    // What lies beside articles and rules (a README, a workflow of a repository) is none of them.
    let speaks = |(path, text): &&Source| match ending(path, &["md"]) {
        true => text.starts_with("---"),
        false => text.contains("detection:") || text.contains("correlation:"),
    };
    let texts = sources.iter().filter(speaks).map(|(path, text)| (path.as_str(), text.as_str()));
    let (mut articles, faults) = lint::read(texts);
    for article in articles.iter_mut().filter(|article| article.origin == Origin::BuiltIn) {
        article.origin = Origin::Added;
    }
    (articles, faults)
}
