//! What a field's value must be.

use std::borrow::Cow;

use regex_lite::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::event::Value;

/// One value of a Sigma field, with its modifiers worked in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Pattern {
    /// Text with wildcards, without regard to case.
    Text(Wildcard),
    /// A whole number, as a number or as its text.
    Number(i64),
    /// A regular expression that is found anywhere in the text.
    Regex(Expression),
    /// A number that compares so.
    Compare(Ordering, f64),
    /// The field is there, or is not.
    Exists(bool),
    /// The field is not there or has no value.
    Null,
}

/// The modifiers gt, gte, lt and lte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ordering {
    /// Greater than.
    Gt,
    /// Greater than or equal to.
    Gte,
    /// Less than.
    Lt,
    /// Less than or equal to.
    Lte,
}

impl Pattern {
    /// Whether a value fits.
    pub fn fits(&self, value: &Value<'_>) -> bool {
        match self {
            Pattern::Text(wildcard) => wildcard.fits(&value.text()),
            Pattern::Number(number) => match value {
                Value::Text(text) => text.trim().parse() == Ok(*number),
                value => value.as_integer() == Some((*number).into()),
            },
            Pattern::Regex(expression) => expression.0.is_match(&value.text()),
            Pattern::Compare(ordering, bound) => number(value).is_some_and(|number| match ordering {
                Ordering::Gt => number > *bound,
                Ordering::Gte => number >= *bound,
                Ordering::Lt => number < *bound,
                Ordering::Lte => number <= *bound,
            }),
            Pattern::Exists(wanted) => *wanted,
            Pattern::Null => *value == Value::Null,
        }
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Real(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        value => Some(value.as_integer()? as f64),
    }
}

/// Text in which `*` stands for any characters and `?` for any one; compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wildcard {
    pieces: Vec<Piece>,
    /// For people: the text in its own case, in Sigma's escaping.
    written: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Piece {
    /// This text, in lower case.
    Text(String),
    /// Any one character.
    One,
    /// Any characters, or none.
    Many,
}

impl Wildcard {
    /// Reads Sigma's escaping: `\*`, `\?` and `\\` are the characters themselves; any other backslash is a backslash.
    pub fn parse(text: &str) -> Wildcard {
        let mut wildcard = Wildcard { pieces: Vec::new(), written: text.to_owned() };
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' => wildcard.pieces.push(Piece::Many),
                '?' => wildcard.pieces.push(Piece::One),
                '\\' => wildcard.literal(characters.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
                character => wildcard.literal(character),
            }
        }
        wildcard.pieces.dedup_by(|a, b| *a == Piece::Many && *b == Piece::Many);
        wildcard
    }

    fn literal(&mut self, character: char) {
        let lower = character.to_lowercase();
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.extend(lower),
            _ => self.pieces.push(Piece::Text(lower.collect())),
        }
    }

    /// The same with anything allowed before it.
    pub fn after_anything(mut self) -> Wildcard {
        if self.pieces.first() != Some(&Piece::Many) {
            self.pieces.insert(0, Piece::Many);
            self.written.insert(0, '*');
        }
        self
    }

    /// The same with anything allowed behind it.
    pub fn before_anything(mut self) -> Wildcard {
        if self.pieces.last() != Some(&Piece::Many) {
            self.pieces.push(Piece::Many);
            // A backslash alone before it would make it the character.
            let backslashes = self.written.len() - self.written.trim_end_matches('\\').len();
            self.written.push_str(if backslashes % 2 == 1 { "\\*" } else { "*" });
        }
        self
    }

    /// The text as it was written, in Sigma's escaping, with `*` where a modifier allows anything.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The text in lower case, where there is no wildcard in it.
    pub fn exact(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether a text fits.
    pub fn fits(&self, text: &str) -> bool {
        let text: Cow<'_, str> =
            if text.chars().any(char::is_uppercase) { text.to_lowercase().into() } else { text.into() };
        match self.pieces.as_slice() {
            [] => text.is_empty(),
            [Piece::Text(own)] => text == own.as_str(),
            [Piece::Many] => true,
            [Piece::Text(own), Piece::Many] => text.starts_with(own.as_str()),
            [Piece::Many, Piece::Text(own)] => text.ends_with(own.as_str()),
            [Piece::Many, Piece::Text(own), Piece::Many] => text.contains(own.as_str()),
            pieces => fits(pieces, &text),
        }
    }
}

/// Fits pieces from the left; after a failure it goes on only from the last `*`, which is enough.
fn fits(pieces: &[Piece], text: &str) -> bool {
    let (mut piece, mut rest) = (0, text);
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let step = match pieces.get(piece) {
            None if rest.is_empty() => return true,
            None => None,
            Some(Piece::Many) => {
                retry = Some((piece + 1, rest));
                Some(rest)
            }
            Some(Piece::One) => rest.chars().next().map(|character| &rest[character.len_utf8()..]),
            Some(Piece::Text(own)) => rest.strip_prefix(own.as_str()),
        };
        if let Some(after) = step {
            piece += 1;
            rest = after;
            continue;
        }
        let Some((from, start)) = retry else { return false };
        let Some(character) = start.chars().next() else { return false };
        rest = &start[character.len_utf8()..];
        piece = from;
        retry = Some((from, rest));
    }
}

/// A compiled regular expression; stored as its text.
#[derive(Clone, Debug)]
pub struct Expression(pub Regex);

impl Expression {
    /// Compiles an expression within a bounded size; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Expression, String> {
        let expression = regex_lite::RegexBuilder::new(text).size_limit(1 << 20).build();
        expression.map(Expression).map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Expression::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        let check = |pattern: &str, fits: &[&str], not: &[&str]| {
            let wildcard = Wildcard::parse(pattern);
            fits.iter().for_each(|text| assert!(wildcard.fits(text), "{pattern} should fit {text}"));
            not.iter().for_each(|text| assert!(!wildcard.fits(text), "{pattern} should not fit {text}"));
        };
        check("Messenger", &["messenger", "MESSENGER"], &["Messenger2", "", "essenger"]);
        check("", &[""], &["a"]);
        check("*", &["", "a"], &[]);
        check("a*", &["a", "ABC"], &["ba"]);
        check("*a", &["a", "ba"], &["ab"]);
        check("*a*", &["a", "bab"], &["b"]);
        check("a?c", &["abc", "aéc"], &["ac", "abbc"]);
        check("a*b*c", &["abc", "aXbXc", "abbc", "aabcbc"], &["ab", "acb", "abcd"]);
        check("*b?d", &["abcd", "bbcd", "bcdbxd"], &["bd", "abcde"]);
        check("**a", &["a", "xa"], &["b"]);
        check("Ä*", &["äbc"], &["a"]);
    }

    #[test]
    fn backslashes() {
        let check = |pattern: &str, text: &str, fits: bool| {
            assert_eq!(Wildcard::parse(pattern).fits(text), fits, "{pattern} {text}")
        };
        check(r"C:\Windows\x.exe", r"c:\windows\x.exe", true);
        check(r"a\*b", "a*b", true);
        check(r"a\*b", "axb", false);
        check(r"a\?b", "a?b", true);
        check(r"a\\*", r"a\anything", true);
        check(r"a\\*", "a*", false);
        check(r"\\\\server\share", r"\\server\share", true);
        check(r"a\\b", r"a\b", true);
    }

    #[test]
    fn numbers_fit_as_numbers_and_as_texts() {
        let number = Pattern::Number(0x8004_1032);
        assert!(number.fits(&Value::Hex(0x8004_1032)));
        assert!(number.fits(&Value::Unsigned(2_147_749_938)));
        assert!(number.fits(&Value::Text("2147749938".into())));
        assert!(!number.fits(&Value::Text("0".into())));
        assert!(Pattern::Compare(Ordering::Gte, 3.0).fits(&Value::Text("3".into())));
        assert!(!Pattern::Compare(Ordering::Gt, 3.0).fits(&Value::Unsigned(3)));
        assert!(!Pattern::Compare(Ordering::Lt, 3.0).fits(&Value::Text("many".into())));
    }
}
