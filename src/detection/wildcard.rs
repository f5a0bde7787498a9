//! Text with wildcards.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Text in which `*` stands for any characters and `?` for any one; compared without regard to case unless the modifier
/// `cased` says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wildcard {
    pieces: Vec<Piece>,
    cased: bool,
    /// For people: the text in its own case, in Sigma's escaping.
    written: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Piece {
    /// This text; in lower case unless the case counts.
    Text(String),
    /// Any one character.
    One,
    /// Any characters, or none.
    Many,
    /// Any of the characters that start an option on a Windows command line (the modifier `windash`).
    Dash,
}

/// What may start an option: hyphen, slash, en dash, em dash, horizontal bar.
const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];

impl Wildcard {
    /// Reads Sigma's escaping: `\*`, `\?` and `\\` are the characters themselves; any other backslash is a backslash.
    pub fn parse(text: &str) -> Wildcard {
        let mut wildcard = Wildcard { written: text.to_owned(), ..Wildcard::default() };
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' => wildcard.push(Piece::Many),
                '?' => wildcard.push(Piece::One),
                '\\' => wildcard.literal(characters.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
                character => wildcard.literal(character),
            }
        }
        wildcard
    }

    /// A text without wildcards.
    pub fn exactly(text: &str) -> Wildcard {
        let mut wildcard = Wildcard::default();
        for character in text.chars() {
            if matches!(character, '*' | '?' | '\\') {
                wildcard.written.push('\\');
            }
            wildcard.written.push(character);
            wildcard.literal(character);
        }
        wildcard
    }

    fn push(&mut self, piece: Piece) {
        if piece != Piece::Many || self.pieces.last() != Some(&Piece::Many) {
            self.pieces.push(piece);
        }
    }

    fn literal(&mut self, character: char) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(character),
            _ => self.pieces.push(Piece::Text(character.into())),
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

    /// The text in lower case, if it may stand anywhere in a value, and case does not count.
    pub fn anywhere(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Many, Piece::Text(text), Piece::Many] if !self.cased => Some(text),
            _ => None,
        }
    }

    /// The text as it was written, in Sigma's escaping, with `*` where a modifier allows anything.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The same with every dash that starts an option standing for all of them: one that follows no letter or digit and
    /// is followed by one.
    pub fn any_dash(self) -> Wildcard {
        let mut wildcard = Wildcard { pieces: Vec::new(), cased: self.cased, written: self.written };
        for piece in self.pieces {
            let Piece::Text(text) = piece else {
                wildcard.push(piece);
                continue;
            };
            let mut before = None;
            let mut characters = text.chars().peekable();
            while let Some(character) = characters.next() {
                let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                if DASHES.contains(&character) && !is_word(before) && is_word(characters.peek().copied()) {
                    wildcard.push(Piece::Dash);
                } else {
                    wildcard.literal(character);
                }
                before = Some(character);
            }
        }
        wildcard
    }

    /// All ways to write a text in which [`Wildcard::any_dash`] found dashes; `None` if there is another wildcard in it, or
    /// if there are too many ways.
    pub fn spellings(&self) -> Option<Vec<String>> {
        const MAX_DASHES: usize = 5;
        let mut all = vec![String::new()];
        if self.pieces.iter().filter(|piece| **piece == Piece::Dash).count() > MAX_DASHES {
            return None;
        }
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => all.iter_mut().for_each(|spelling| spelling.push_str(text)),
                Piece::Dash => {
                    let dashed = |spelling: &String| DASHES.map(|dash| format!("{spelling}{dash}"));
                    all = all.iter().flat_map(dashed).collect();
                }
                Piece::One | Piece::Many => return None,
            }
        }
        Some(all)
    }

    /// The finished wildcard: whether case counts is the last thing to be settled.
    pub fn with_case(mut self, cased: bool) -> Wildcard {
        self.cased = cased;
        if !cased {
            for piece in &mut self.pieces {
                if let Piece::Text(text) = piece {
                    *text = lower(text).into_owned();
                }
            }
        }
        self
    }

    /// The text, where there is no wildcard in it; in lower case unless case counts.
    pub fn exact(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The longest text that stands in every text that fits.
    pub fn longest_text(&self) -> &str {
        let texts = self.pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.as_str() } else { "" });
        texts.max_by_key(|text| text.len()).unwrap_or_default()
    }

    /// Whether a text fits.
    pub fn fits(&self, text: &str) -> bool {
        if let Some(fits) = self.fits_ascii(text.as_bytes()) {
            return fits;
        }
        let text = if self.cased { Cow::Borrowed(text) } else { lower(text) };
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

    /// The same without a copy in lower case, for the text and wildcards of most tests: ASCII, and no `*` but at an end.
    fn fits_ascii(&self, text: &[u8]) -> Option<bool> {
        if self.cased || !text.is_ascii() {
            return None;
        }
        let part =
            |range: Option<&[u8]>, own: &str| range.is_some_and(|part| part.eq_ignore_ascii_case(own.as_bytes()));
        match self.pieces.as_slice() {
            [Piece::Text(own)] => Some(part(Some(text), own)),
            [Piece::Text(own), Piece::Many] => Some(part(text.get(..own.len()), own)),
            [Piece::Many, Piece::Text(own)] => {
                Some(part(text.len().checked_sub(own.len()).map(|start| &text[start..]), own))
            }
            _ => None,
        }
    }
}

/// The text as texts are compared without regard to case: folded character by character, as Unicode's simple case folding
/// has it, so that a final sigma is a sigma, a Kelvin sign a k, and one character stays one.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Borrowed(text);
        }
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Owned(text.chars().map(fold).collect())
}

fn fold(character: char) -> char {
    fn single(mut mapped: impl ExactSizeIterator<Item = char>, character: char) -> char {
        mapped.next().filter(|_| mapped.len() == 0).unwrap_or(character)
    }
    match character {
        // The dotless i is a letter of its own.
        'ı' => character,
        character => {
            let upper = single(character.to_uppercase(), character);
            single(upper.to_lowercase(), upper)
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
                // A `*` at the end takes all that is left.
                if piece + 1 == pieces.len() {
                    return true;
                }
                retry = Some((piece + 1, rest));
                Some(rest)
            }
            Some(Piece::One) => rest.chars().next().map(|character| &rest[character.len_utf8()..]),
            Some(Piece::Text(own)) => rest.strip_prefix(own.as_str()),
            Some(Piece::Dash) => rest.strip_prefix(DASHES),
        };
        if let Some(after) = step {
            piece += 1;
            rest = after;
            continue;
        }
        let Some((from, start)) = retry else { return false };
        let Some(character) = start.chars().next() else { return false };
        rest = &start[character.len_utf8()..];
        // The next place where the text behind the `*` can start.
        if let Some(Piece::Text(own)) = pieces.get(from) {
            match rest.find(own.as_str()) {
                Some(at) => rest = &rest[at..],
                None => return false,
            }
        }
        piece = from;
        retry = Some((from, rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        Wildcard::parse(pattern).with_case(false).fits(text)
    }

    #[test]
    fn wildcards() {
        let check = |pattern: &str, fitting: &[&str], others: &[&str]| {
            fitting.iter().for_each(|text| assert!(fits(pattern, text), "{pattern} fits {text}"));
            others.iter().for_each(|text| assert!(!fits(pattern, text), "{pattern} does not fit {text}"));
        };
        check("", &[""], &["a"]);
        check("Spooler", &["spooler", "SPOOLER"], &["spooler "]);
        check("*", &["", "a"], &[]);
        check("?", &["a", "ä"], &["", "ab"]);
        check("MSEx*", &["MSExchangeIS", "msex"], &["mse"]);
        check("*.exe", &["a.exe", ".EXE"], &["a.ex"]);
        check("a?c*", &["abc", "abcd"], &["ac", "abbc"]);
        check("a*b*c", &["abc", "aXbXc", "abbc", "aabcbc"], &["ab", "acb", "abcd"]);
        check("*b?d", &["abcd", "bbcd", "bcdbxd"], &["bd", "abcde"]);
        check("**a", &["a", "xa"], &["b"]);
        check("Ä*", &["äbc"], &["a"]);
        check("*ΟΔΟΣ", &["οδοσ", "οδος", "ΟΔΟΣ"], &[]);
    }

    #[test]
    fn backslashes() {
        let check =
            |pattern: &str, text: &str, expected: bool| assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
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
    fn case_counts_where_it_should() {
        let cased = Wildcard::parse("*Mimi?").with_case(true);
        assert!(cased.fits("xMimix"));
        assert!(!cased.fits("xmimix"));
    }

    #[test]
    fn an_option_starts_with_any_dash() {
        let dash = Wildcard::parse(" -f").after_anything().before_anything().any_dash().with_case(false);
        for text in ["cmd -f x", "cmd /F x", "cmd –f", "cmd —f", "cmd ―f"] {
            assert!(dash.fits(text), "{text}");
        }
        assert!(!dash.fits("cmd +f"));
        let inner = Wildcard::parse("a-b").any_dash().with_case(false);
        assert!(inner.fits("a-b") && !inner.fits("a/b"));
    }

    #[test]
    fn the_longest_text_is_in_all_that_fits() {
        assert_eq!(Wildcard::parse(r"*\net?.exe use*").with_case(false).longest_text(), ".exe use");
    }
}
