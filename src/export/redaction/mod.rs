//! Takes names out of what is handed over: each is replaced, everywhere, by the same word.
//!
//! A user in the path of a profile becomes `USER-1` there too, so that one sees whose it is among several; of a share's
//! path, which can name anybody in any place, only the server's word is left.

mod names;
mod patterns;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Handover;
use crate::kb::Name;
pub use names::{Found, Names};

/// What somebody wants otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Names that stay, in any case.
    pub kept: BTreeSet<String>,
    /// Texts that are taken out wherever they are, also inside words.
    pub added: Vec<String>,
}

impl Wishes {
    /// Has a name stay, or be taken out again.
    pub fn keep(&mut self, name: &str, kept: bool) {
        match kept {
            true => self.kept.insert(fold(name)),
            false => self.kept.remove(&fold(name)),
        };
    }
}

/// A name that is taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// What it is of.
    pub kind: Name,
    /// Which of its kind.
    pub number: usize,
    /// The name, and others that are short for it, as each is written where it is first.
    pub originals: Vec<String>,
    /// How often.
    pub count: u64,
    /// It stays all the same, because somebody wants it to.
    pub kept: bool,
}

impl Hidden {
    /// What stands there instead.
    pub fn replacement(&self) -> String {
        let word = match self.kind {
            Name::Computer => "COMPUTER",
            Name::User => "USER",
            Name::Domain => "DOMAIN",
            Name::Sid => "SID",
            Name::Ip => "IP",
            Name::Path => "PATH",
            Name::Text => "TEXT",
        };
        format!("{word}-{}", self.number)
    }
}

/// The texts of what is handed over that can have names in them, each with what it is the name of, where that is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Texts(Vec<(Option<Name>, String)>);

impl Texts {
    /// All of them.
    pub fn of(handover: &Handover<'_>) -> Texts {
        let mut texts = Vec::new();
        handover.clone().texts(&mut |kind, text| texts.push((kind, text.clone())));
        Texts(texts)
    }

    /// Takes names out: those that the logs have, those of articles' subjects, what is a name by its form, and what else
    /// somebody wants.
    pub fn redact(&self, found: &Found, wishes: &Wishes) -> Redacted {
        let mut names = Names::new(self);
        for (kind, text) in &self.0 {
            kind.iter().for_each(|kind| names.name(*kind, text));
            names.text(text);
        }
        names.computers();
        let mut all = names.finish();
        all.merge(found.clone());
        let mut redaction = Redaction::new(&all, wishes);
        let texts = self.0.iter().map(|(_, text)| redaction.apply(text)).collect();
        Redacted { texts, hidden: redaction.hidden.into_iter().flatten().collect() }
    }
}

/// The same texts without names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redacted {
    /// In the same order.
    texts: Vec<String>,
    hidden: Vec<Hidden>,
}

impl Redacted {
    /// Puts them where the texts were. Gives what was replaced, by replacement.
    pub fn put_into(self, handover: &mut Handover<'_>) -> Vec<Hidden> {
        let mut texts = self.texts.into_iter();
        handover.texts(&mut |_, text| *text = texts.next().unwrap_or_default());
        handover.redacted = true;
        self.hidden
    }
}

/// A character for comparing without regard to case: the text keeps its number of characters.
fn fold_char(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}

fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Whether a character is of a word. An underscore is not: in names of files it stands between words.
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// The bytes that a text takes where another one starts with it, without regard to case.
fn start_length(text: &str, folded: &str) -> Option<usize> {
    let mut characters = text.chars();
    let same = |expected| characters.next().filter(|c| fold_char(*c) == expected).map(char::len_utf8);
    folded.chars().map(same).sum()
}

/// Replaces names, and remembers by what.
struct Redaction<'n> {
    /// In their order.
    names: Vec<(&'n str, Name)>,
    /// Names that stay.
    kept: &'n BTreeSet<String>,
    /// Texts that are no names, the longest first.
    added: Vec<String>,
    /// What was replaced, by kind.
    hidden: [Vec<Hidden>; 1 + Name::Text as usize],
    /// Where a name is there.
    places: BTreeMap<(Name, String), usize>,
}

impl<'n> Redaction<'n> {
    fn new(found: &'n Found, wishes: &'n Wishes) -> Redaction<'n> {
        let names = found.0.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let mut added: Vec<_> = wishes.added.iter().map(|text| fold(text.trim())).collect();
        added.retain(|text| !text.is_empty());
        added.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Redaction { names, kept: &wishes.kept, added, hidden: Default::default(), places: BTreeMap::new() }
    }

    /// The names that start so.
    fn starting_with(&self, start: &str) -> impl Iterator<Item = (&'n str, Name)> {
        let from = self.names.partition_point(|(name, _)| *name < start);
        self.names.iter().skip(from).take_while(move |(name, _)| name.starts_with(start)).copied()
    }

    /// A text without the names.
    fn apply(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut place, mut before, mut share) = (0, None, None);
        while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
            if let Some((_, start)) = patterns::share(before, rest) {
                share = share.or(start.map(|start| place + start));
            }
            let pattern = if share.take_if(|share| *share <= place).is_some() && !patterns::is_known_share(rest) {
                Some((Some(Name::Path), patterns::path_end(rest)))
            } else {
                patterns::at(before, rest).map(|found| (found.kind, found.length))
            };
            let found = pattern.or_else(|| self.name_at(before, rest, true).map(|(kind, length)| (Some(kind), length)));
            let added = self.added_at(rest).map(|length| (Some(Name::Text), length));
            let longest = [found, added].into_iter().flatten().max_by_key(|(_, length)| *length);
            let (kind, length) = longest.filter(|(_, length)| *length > 0).unwrap_or((None, first_length(rest)));
            let Some(piece) = rest.get(..length) else { break };
            match kind {
                Some(kind) => self.replace(kind, piece, &mut out),
                None => out.push_str(piece),
            }
            before = piece.chars().next_back();
            place += length;
        }
        out
    }

    /// Puts what stands for a name behind a text; where the name stays, the name, without those in it that do not.
    fn replace(&mut self, kind: Name, name: &str, out: &mut String) {
        let (kept, replacement) = self.hide(kind, name);
        if !kept {
            return out.push_str(&replacement);
        }
        let (mut place, mut before) = (0, None);
        while let Some(rest) = name.get(place..).filter(|rest| !rest.is_empty()) {
            let added = || self.added_at(rest).map(|length| (Name::Text, length));
            let found = self.name_at(before, rest, false).or_else(added);
            let length = found.map_or_else(|| first_length(rest), |(_, length)| length);
            let Some(piece) = rest.get(..length) else { break };
            match found {
                Some((kind, _)) => out.push_str(&self.hide(kind, piece).1),
                None => out.push_str(piece),
            }
            before = piece.chars().next_back();
            place += length;
        }
    }

    /// The longest name that a text starts with, if a word starts there, and its bytes there.
    fn name_at(&self, before: Option<char>, rest: &str, with_kept: bool) -> Option<(Name, usize)> {
        let word = first_word(rest);
        if word.is_empty() || before.is_some_and(is_word) {
            return None;
        }
        let ends = |length| !rest.get(length..).is_some_and(|rest| rest.starts_with(is_word));
        let word = fold(word);
        let names = self.starting_with(&word).filter(|(name, _)| with_kept || !self.kept.contains(*name));
        let there =
            names.filter_map(|(name, kind)| Some((kind, start_length(rest, name).filter(|length| ends(*length))?)));
        there.max_by_key(|(_, length)| *length)
    }

    /// The bytes of the longest text that somebody wants hidden and that this text starts with.
    fn added_at(&self, rest: &str) -> Option<usize> {
        self.added.iter().find_map(|text| start_length(rest, text))
    }

    /// Notes that a name is there once more. Whether it stays, and what stands for it.
    fn hide(&mut self, kind: Name, original: &str) -> (bool, String) {
        let name = fold(original);
        let kept = self.kept.contains(&name);
        let whole = self.whole(kind, &name);
        let hidden = &mut self.hidden[kind as usize];
        let place = *self.places.entry((kind, whole)).or_insert(hidden.len());
        if place == hidden.len() {
            hidden.push(Hidden { kind, number: place + 1, originals: Vec::new(), count: 0, kept: false });
        }
        let hidden = &mut hidden[place];
        if !hidden.originals.iter().any(|own| fold(own) == name) {
            hidden.originals.push(original.to_owned());
        }
        hidden.count += 1;
        hidden.kept |= kept;
        (kept, hidden.replacement())
    }

    /// The name that another one is short for, where there is only one.
    fn whole(&self, kind: Name, name: &str) -> String {
        let start = format!("{name}.");
        let mut longer = self.starting_with(&start).filter(|(_, other)| *other == kind);
        match (longer.next(), longer.next()) {
            (Some((long, _)), None) if kind != Name::User && !name.contains('.') => long.to_owned(),
            _ => name.to_owned(),
        }
    }
}

fn first_word(name: &str) -> &str {
    name.split(|c| !is_word(c)).next().unwrap_or_default()
}

/// The bytes of a text's first character.
fn first_length(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}
