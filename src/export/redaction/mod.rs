//! Takes names out of what is handed over: each is replaced, everywhere, by the same word.
//!
//! A user in the path of a profile becomes `USER-1` there too, so that one sees whose it is among several; of a share's
//! path, which can name anybody in any place, only the server's word is left.

mod names;
mod patterns;

use std::collections::{BTreeMap, BTreeSet};

use super::Handover;
use crate::kb::Name;
pub use names::{Found, Names, Texts};

/// What somebody wants otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// What it is of.
    pub kind: Name,
    /// Which of its kind; names that are short for one another have the same number.
    pub number: usize,
    /// The name, as it is written where it is first.
    pub original: String,
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

/// Takes names out of what is handed over: those that its logs have, those of articles' subjects, what is a name by its
/// form, and what else somebody wants. Gives what was replaced, by replacement.
pub fn redact(handover: &mut Handover<'_>, found: &Found, wishes: &Wishes) -> Vec<Hidden> {
    let texts = Texts::of(handover);
    let mut names = Names::new(&texts);
    for finding in &handover.findings {
        let kind = finding.article.subject_is;
        finding.computers.by_count().iter().for_each(|(name, _)| names.name(Name::Computer, name));
        finding
            .subjects
            .by_count()
            .iter()
            .for_each(|(name, _)| kind.into_iter().for_each(|kind| names.name(kind, name)));
    }
    for file in handover.receipt.files.values() {
        file.computers.by_count().iter().for_each(|(name, _)| names.name(Name::Computer, name));
    }
    handover.clone().texts(&mut |text| names.text(text));
    names.computers();
    let mut all = names.finish();
    all.merge(found.clone());
    let mut redaction = Redaction::new(&all, wishes);
    handover.texts(&mut |text| *text = redaction.apply(text));
    handover.redacted = true;
    redaction.hidden.into_values().collect()
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
    /// By their first word; the longest first.
    names: BTreeMap<&'n str, Vec<(&'n str, Name)>>,
    /// The longer form of a name that stands for the same, where there is only one.
    long: BTreeMap<(Name, &'n str), Option<&'n str>>,
    /// Names that stay.
    kept: &'n BTreeSet<String>,
    /// Texts that are no names, the longest first.
    added: Vec<String>,
    /// The numbers that names of each kind have.
    numbers: BTreeMap<Name, BTreeMap<String, usize>>,
    /// What was replaced, in the order of kinds and numbers.
    hidden: BTreeMap<(Name, usize, String), Hidden>,
}

impl<'n> Redaction<'n> {
    fn new(found: &'n Found, wishes: &'n Wishes) -> Redaction<'n> {
        let (mut names, mut long) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        for (name, kind) in &found.0 {
            names.entry(first_word(name)).or_default().push((name.as_str(), *kind));
            if let Some((short, _)) = name.split_once('.').filter(|_| *kind != Name::User) {
                long.entry((*kind, short)).and_modify(|long| *long = None).or_insert(Some(name.as_str()));
            }
        }
        names.values_mut().for_each(|names| names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len())));
        let mut added: Vec<_> = wishes.added.iter().map(|text| fold(text.trim())).collect();
        added.retain(|text| !text.is_empty());
        added.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let (numbers, hidden) = (BTreeMap::new(), BTreeMap::new());
        Redaction { names, long, kept: &wishes.kept, added, numbers, hidden }
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
        let hidden = self.hide(kind, name);
        if !hidden.kept {
            return out.push_str(&hidden.replacement());
        }
        let (mut place, mut before) = (0, None);
        while let Some(rest) = name.get(place..).filter(|rest| !rest.is_empty()) {
            let added = || self.added_at(rest).map(|length| (Name::Text, length));
            let found = self.name_at(before, rest, false).or_else(added);
            let length = found.map_or_else(|| first_length(rest), |(_, length)| length);
            let Some(piece) = rest.get(..length) else { break };
            match found {
                Some((kind, _)) => out.push_str(&self.hide(kind, piece).replacement()),
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
        let names = self.names.get(fold(word).as_str())?;
        names.iter().filter(|(name, _)| with_kept || !self.kept.contains(*name)).find_map(|(name, kind)| {
            let length = start_length(rest, name)?;
            (!rest.get(length..)?.starts_with(is_word)).then_some((*kind, length))
        })
    }

    /// The bytes of the longest text that somebody wants hidden and that this text starts with.
    fn added_at(&self, rest: &str) -> Option<usize> {
        self.added.iter().find_map(|text| start_length(rest, text))
    }

    /// Notes that a name is there once more.
    fn hide(&mut self, kind: Name, original: &str) -> &Hidden {
        let name = fold(original);
        let long = self.long.get(&(kind, name.as_str())).copied().flatten().map(str::to_owned);
        let numbers = self.numbers.entry(kind).or_default();
        let next = numbers.len() + 1;
        let number = *numbers.entry(long.unwrap_or_else(|| name.clone())).or_insert(next);
        let kept = self.kept.contains(&name);
        let new = || Hidden { kind, number, original: original.to_owned(), count: 0, kept };
        let hidden = self.hidden.entry((kind, number, name)).or_insert_with(new);
        hidden.count += 1;
        hidden
    }
}

fn first_word(name: &str) -> &str {
    name.split(|c| !is_word(c)).next().unwrap_or_default()
}

/// The bytes of a text's first character.
fn first_length(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}
