//! The sieve for detections by keywords, which may be in any value of any record: most records are let go without making
//! texts of their values.
//!
//! The search jumps as Wu and Manber's does (“A fast algorithm for multi-pattern searching”, 1994): two letters tell how
//! far away the end of the nearest keyword's beginning is at least. With keywords of ten letters, one letter in nine is
//! looked at.

use std::io::Write;

use memchr::memmem::Finder;

use super::Detection;
use super::scan::texts;
use super::wildcard::lower;
use crate::event::Value;

/// The texts of detections by keywords: a record that has none of them, in whichever field, matches none of them.
#[derive(Debug)]
pub struct Keywords {
    /// In lower case; ASCII.
    texts: Vec<Vec<u8>>,
    /// The length of the shortest: so many letters of each are looked for first.
    length: usize,
    /// By two letters, how far to jump; zero where they end the beginning of a text.
    jumps: Vec<u8>,
    /// One of them may be in a value that is no text.
    in_others: bool,
    /// The text if it is one without letters, and the same in UTF-16LE: what people search for by number.
    without_case: Option<[Finder<'static>; 2]>,
}

impl Keywords {
    const PAIRS: usize = 1 << 12;

    /// The texts of these detections; `None` where one of them may match without.
    pub fn of<'a>(detections: impl Iterator<Item = &'a Detection>) -> Option<Keywords> {
        let mut all: Vec<Vec<u8>> = Vec::new();
        let mut in_others = false;
        for detection in detections {
            let texts = match detection.contained() {
                Some(text) => vec![(String::new(), text.to_owned())],
                None => texts(detection, &detection.condition)?,
            };
            if !texts.iter().all(|(field, text)| field.is_empty() && is_in_one_value(text)) {
                return None;
            }
            in_others |= !texts.iter().all(|(_, text)| is_only_in_texts(text));
            all.extend(texts.into_iter().map(|(_, text)| text.into_bytes()));
        }
        let without_case = match all.as_slice() {
            [text] if !text.iter().any(u8::is_ascii_alphabetic) => {
                let wide: Vec<u8> = text.iter().flat_map(|letter| [*letter, 0]).collect();
                Some([Finder::new(text).into_owned(), Finder::new(&wide).into_owned()])
            }
            _ => None,
        };
        let length = all.iter().map(Vec::len).min()?.clamp(1, usize::from(u8::MAX));
        let mut jumps = vec![length as u8 - 1; Self::PAIRS];
        for text in &all {
            for (end, pair) in (2..).zip(text[..length].windows(2)) {
                let jump = &mut jumps[pair_of(pair[0], pair[1])];
                *jump = (*jump).min((length - end) as u8);
            }
        }
        Some(Keywords { texts: all, length, jumps, in_others, without_case })
    }

    /// Whether one of them is in a text.
    pub fn is_in(&self, text: &str) -> bool {
        if let Some([finder, _]) = &self.without_case {
            return finder.find(text.as_bytes()).is_some();
        }
        let text = lower(text);
        let text = text.as_bytes();
        self.search(text.len(), |at| text[at])
    }

    /// Whether one of them is in a value that is no text, as Windows writes it. `room` is to write it there.
    pub fn is_in_other(&self, value: &Value<'_>, room: &mut Vec<u8>) -> bool {
        room.clear();
        // Memory takes whatever is written.
        let _ = write!(room, "{value}");
        if let Some([finder, _]) = &self.without_case {
            return finder.find(room).is_some();
        }
        self.search(room.len(), |at| room[at].to_ascii_lowercase())
    }

    /// Whether one of them may be in a value that is no text.
    pub fn are_in_others(&self) -> bool {
        self.in_others
    }

    /// Whether one of them is in a text given as UTF-16LE bytes.
    pub fn is_in_utf16(&self, text: &[u8]) -> bool {
        if let Some([_, finder]) = &self.without_case {
            // What begins in the middle of a unit is none.
            return finder.find_iter(text).any(|at| at % 2 == 0);
        }
        let (units, _) = text.as_chunks::<2>();
        self.search(units.len(), |at| match units[at] {
            [letter, 0] => letter.to_ascii_lowercase(),
            // The two letters outside ASCII that are the same as one in it where case does not count.
            [0x2a, 0x21] => b'k',
            [0x7f, 0x01] => b's',
            _ => 0,
        })
    }

    /// Searches a text of so many letters. Letters outside ASCII need not be told apart.
    #[inline(always)]
    fn search(&self, letters: usize, letter: impl Fn(usize) -> u8) -> bool {
        if self.length == 1 {
            // One letter has no pair.
            return (0..letters).any(|at| self.texts.iter().any(|text| text.first() == Some(&letter(at))));
        }
        let mut end = self.length;
        while end <= letters {
            match self.jumps[pair_of(letter(end - 2), letter(end - 1))] {
                0 => {
                    let start = end - self.length;
                    let is_here = |text: &Vec<u8>| {
                        text.len() <= letters - start && text.iter().zip(start..).all(|(own, at)| *own == letter(at))
                    };
                    if self.texts.iter().any(is_here) {
                        return true;
                    }
                    end += 1;
                }
                jump => end += usize::from(jump),
            }
        }
        false
    }
}

fn pair_of(a: u8, b: u8) -> usize {
    (usize::from(a) << 5 ^ usize::from(b)) % Keywords::PAIRS
}

/// Whether a text is ASCII, and never in several values with a comma between them.
fn is_in_one_value(text: &str) -> bool {
    text.is_ascii() && !text.contains(',')
}

/// Whether a text can only be part of a value that is a text itself: not of a number, a GUID, a time and the like as
/// Windows writes them.
fn is_only_in_texts(text: &str) -> bool {
    let is_digit = |c: char| "0123456789abcdefx{}-:.+tzs".contains(c);
    let is_word = ["true", "false", "inf", "nan"].iter().any(|word| word.contains(text));
    !text.chars().all(is_digit) && !is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords(texts: &[&str]) -> Keywords {
        let rule = format!(
            "title: t\nid: t\nlogsource: {{product: windows}}\ndetection:\n  keywords:\n{}\n  condition: keywords\n",
            texts.iter().map(|text| format!("    - '{text}'")).collect::<Vec<_>>().join("\n")
        );
        let (articles, faults) = crate::kb::lint::read([("rule.yml", rule.as_str())]);
        assert!(faults.is_empty(), "{faults:?}");
        Keywords::of(articles.iter().map(|article| &article.detection)).unwrap()
    }

    #[test]
    fn keywords_are_found_where_they_are() {
        let words = ["mimikatz", "sekurlsa::", "Kiwi Legit Printer", "lsadump::"];
        let keywords = keywords(&words);
        let is_in = |text: &str| {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(keywords.is_in(text), keywords.is_in_utf16(&wide), "{text}");
            keywords.is_in(text)
        };
        for before in 0..40 {
            for word in words {
                let text = format!("{}{word}{}", "m".repeat(before), "z".repeat(before % 7));
                assert!(is_in(&text), "{text}");
                assert!(is_in(&text.to_uppercase()), "{text}");
                assert!(!is_in(&text[..text.len() - before % 7 - 1]), "{text}");
            }
        }
        assert!(is_in("mimi\u{212a}atz") && is_in("\u{17f}eKurlsa::") && is_in("ä mimikatz"));
        assert!(!is_in("") && !is_in("mimiäkatz") && !is_in("mimikat"));
    }
}
