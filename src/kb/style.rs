//! How an article's text is written.

use super::Heading;
use super::article::Text;
use super::prose::{Passage, Piece, passages};
use crate::yaml::Fault;

/// A step says what to do. These are beginnings that say it to somebody, or ask for it.
const NO_STEPS: [&str; 9] = [
    "You should",
    "You can",
    "You may",
    "You must",
    "You need to",
    "You have to",
    "Please",
    "We recommend",
    "It is recommended",
];

/// Commands that write to the registry.
const REGISTRY_COMMANDS: [&str; 4] = ["reg add", "reg.exe add", "reg delete", "reg.exe delete"];

/// PowerShell's commands that write to any drive; each is also the start of one for a property.
const ITEM_COMMANDS: [&str; 7] =
    ["set-item", "new-item", "remove-item", "clear-item", "rename-item", "move-item", "copy-item"];

/// The registry's drives and paths. With a `\` or `:`, so that the bare name of a hive can be spoken of.
const HIVES: [&str; 10] =
    ["HKEY_", "HKLM\\", "HKLM:", "HKCU\\", "HKCU:", "HKCR\\", "HKCR:", "HKU\\", "HKU:", "Registry::"];

/// What the registry's editor can be told to do, and to what.
const EDITS: [&str; 9] = ["set", "delete", "change", "add", "create", "remove", "rename", "correct", "replace"];
const EDITED: [&str; 7] = ["value", "values", "key", "keys", "subkey", "subkeys", "entry"];

/// Checks the sections of an article.
pub(super) fn check(sections: &[Text<'_>], faults: &mut Vec<Fault>) {
    for section in sections {
        let passages = passages(section);
        if let Some(line) = unwarned_edit(&passages) {
            let message = "this edits the registry: say so before it in this section, after the bold word **Warning:**";
            faults.push(Fault::new(line, message));
        }
        if matches!(section.heading, Heading::Resolution | Heading::Workaround) {
            faults.extend(passages.iter().filter(|passage| passage.is_step).filter_map(no_step));
        }
        for piece in passages.iter().flat_map(|passage| &passage.pieces).filter(|piece| !piece.kind.is_code) {
            code_in_text(piece, faults);
        }
    }
}

/// The line of the first advice to edit the registry that no warning stands before.
fn unwarned_edit(passages: &[Passage]) -> Option<usize> {
    let mut editor_is_open = false;
    for passage in passages {
        let warning = |piece: &Piece| piece.kind.is_strong && piece.text.trim() == "Warning:";
        if let Some(place) = passage.pieces.iter().position(warning) {
            return passage.pieces[..place].iter().find(|piece| is_edit(piece)).map(|piece| piece.line);
        }
        if let Some(piece) = passage.pieces.iter().find(|piece| is_edit(piece)) {
            return Some(piece.line);
        }
        let text = passage.plain().to_lowercase();
        editor_is_open |= text.contains("regedit") || text.contains("registry editor");
        let has = |words: &[&str]| words_of(&text).any(|word| words.contains(&word));
        if editor_is_open && has(&EDITS) && has(&EDITED) {
            return passage.pieces.first().map(|piece| piece.line);
        }
    }
    None
}

/// Whether a piece is a command that edits the registry.
fn is_edit(piece: &Piece) -> bool {
    let code = piece.text.to_lowercase();
    let has = |texts: &[&str]| texts.iter().any(|text| code.contains(&text.to_lowercase()));
    piece.kind.is_code && (has(&REGISTRY_COMMANDS) || has(&ITEM_COMMANDS) && has(&HIVES))
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
}

/// The fault of a step that does not say what to do.
fn no_step(passage: &Passage) -> Option<Fault> {
    let text = passage.plain();
    let starts = |start: &&str| {
        let rest = text.get(start.len()..).filter(|_| text[..start.len()].eq_ignore_ascii_case(start));
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let start = NO_STEPS.into_iter().find(starts)?;
    let message = format!("a step says what to do: start with the verb, not with `{start}`");
    Some(Fault::new(passage.pieces.first()?.line, message))
}

/// Adds what must not stand in running text: paths and commands, and addresses outside of links.
fn code_in_text(piece: &Piece, faults: &mut Vec<Fault>) {
    let mut words =
        piece.text.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', '.', ';', '"'])).peekable();
    while let Some(word) = words.next() {
        let starts = |start: &&str| word.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
        let is_drive = matches!(word.as_bytes(), [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
        let argument = words.peek().filter(|next| {
            word.to_ascii_lowercase().ends_with(".exe")
                && next.strip_prefix(['/', '-']).is_some_and(|name| name.starts_with(char::is_alphanumeric))
        });
        let message = if HIVES.iter().any(starts) || is_drive {
            format!("`{word}` is code: put it in backticks")
        } else if let Some(argument) = argument {
            format!("`{word} {argument}` is code: put it in backticks")
        } else if !piece.kind.is_link && ["https://", "http://", "www."].iter().any(|start| word.contains(start)) {
            format!("`{word}` stands bare in the text: make it a link, `[title](address)`")
        } else {
            continue;
        };
        faults.push(Fault::new(piece.line, message));
    }
}
