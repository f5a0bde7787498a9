//! Words as the search compares them: their numbers, their stems, what else they are called, and how far a mistyped one
//! is from them.

/// The words of a text: runs of letters and digits, in lower case. A minus before a number belongs to it.
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each(text, |word| words.push(word.to_owned()));
    words
}

/// The same, one after the other. Every byte of a large library passes here, and most are ASCII.
pub fn each(text: &str, mut take: impl FnMut(&str)) {
    let mut word = String::new();
    // What is before the place is a part of a word, and no sign.
    let mut is_within = false;
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        let rest = &text.as_bytes()[at..];
        let (mut length, mut is_part) = (1, true);
        let is_sign = byte == b'-' && !is_within && rest.get(1).is_some_and(u8::is_ascii_digit);
        if byte.is_ascii_alphanumeric() {
            length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
            word.push_str(&text[at..at + length]);
        } else if is_sign {
            word.push('-');
        } else {
            let character = text[at..].chars().next().unwrap_or_default();
            length = character.len_utf8();
            is_part = character.is_alphanumeric();
            if is_part {
                word.extend(character.to_lowercase());
            }
        }
        if !is_part && !word.is_empty() {
            word.make_ascii_lowercase();
            take(&word);
            word.clear();
        }
        is_within = is_part && !is_sign;
        at += length;
    }
    if !word.is_empty() {
        word.make_ascii_lowercase();
        take(&word);
    }
}

/// Words that people put around what they look for, and that say nothing.
const FILLERS: [&str; 53] = [
    "a", "after", "an", "and", "any", "are", "as", "at", "be", "because", "by", "can", "cannot", "cant", "code", "did",
    "do", "does", "doesn", "event", "eventid", "for", "from", "has", "have", "how", "id", "in", "is", "it", "its",
    "my", "no", "not", "of", "on", "or", "s", "t", "that", "the", "this", "to", "was", "what", "when", "why", "will",
    "with", "won", "wont", "your", "you",
];

/// Whether a word says nothing about what is looked for.
pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// The number that a word is: decimal, or hexadecimal behind `0x`. Negative ones are as Windows stores them.
pub fn number(word: &str) -> Option<u64> {
    if !word.as_bytes().first().is_some_and(|first| *first == b'-' || first.is_ascii_digit()) {
        return None;
    }
    if let Some(digits) = word.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok();
    }
    match word.parse::<i64>() {
        Ok(negative) if negative < 0 => Some(i32::try_from(negative).ok()? as u32 as u64),
        Ok(number) => u64::try_from(number).ok(),
        Err(_) => word.parse().ok(),
    }
}

/// An error code without the prefix, as in `c000021a`.
pub fn bare_code(word: &str) -> Option<u64> {
    u64::from_str_radix(word, 16).ok().filter(|_| word.len() == 8)
}

/// The Win32 error behind an HRESULT of the Win32 facility, 0x8007….
pub fn win32(number: u64) -> Option<u64> {
    (number >> 16 == 0x8007).then_some(number & 0xffff)
}

/// What is left of an English word without its endings: `crashed`, `crashes` and `crashing` are `crash`.
pub fn stem(word: &str) -> String {
    const SHORTEST: usize = 3;
    let without = |word: &str, ending: &str| {
        let left = word.strip_suffix(ending).filter(|left| left.chars().count() >= SHORTEST);
        left.map(str::to_owned)
    };
    let mut stem = word.to_owned();
    if let Some(left) = without(&stem, "ies") {
        return left + "y";
    }
    if !(stem.ends_with("ss") || stem.ends_with("us") || stem.ends_with("is")) {
        stem = without(&stem, "s").unwrap_or(stem);
    }
    if let Some(left) = without(&stem, "ing").or_else(|| without(&stem, "ed")) {
        stem = left;
        let mut last = stem.chars().rev();
        if let (Some(a), Some(b)) = (last.next(), last.next())
            && a == b
            && !"aeiousl".contains(a)
        {
            stem.pop();
        }
    }
    without(&stem, "e").or_else(|| without(&stem, "ion")).unwrap_or(stem)
}

/// What people type and what articles say, by stem.
const SAME: [&[&str]; 17] = [
    &["crash", "end", "terminat", "unexpectedly", "di"],
    &["reboot", "restart"],
    &["hang", "hung", "stuck", "freez", "frozen"],
    &["login", "logon", "sign", "signin"],
    &["driv", "disk", "hdd", "harddisk"],
    &["ram", "memory"],
    &["bsod", "bluescreen", "bugcheckcod"],
    &["ntp", "w32time", "time"],
    &["gpo", "policy"],
    &["dc", "controller"],
    &["ad", "directory"],
    &["corrupt", "damag", "broken"],
    &["spooler", "printer"],
    &["cpu", "processor"],
    &["lost", "delet", "los", "gon", "vanish"],
    &["program", "applicat", "app"],
    &["permiss", "right"],
];

/// The stems of other words for a stem.
pub fn synonyms(stem: &str) -> impl Iterator<Item = &'static str> {
    let groups = SAME.iter().filter(move |group| group.contains(&stem));
    groups.flat_map(|group| group.iter().copied()).filter(move |other| *other != stem)
}

/// How many letters one may have mistyped in a word of this many.
pub fn allowed_slips(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A mistyped word of fewer letters is not compared with the start of longer ones: it would fit too many.
const SHORTEST_START: usize = 6;

/// How many letters must be put in, left out, exchanged or swapped with their neighbour to make `typed` the `word`, or its
/// start (the optimal string alignment distance, with an open end). `None` where that is more than `most`.
pub fn slips(typed: &[char], word: &[char], most: usize) -> Option<usize> {
    let start_is_enough = typed.len() >= SHORTEST_START;
    if word.len() + most < typed.len() || !start_is_enough && typed.len() + most < word.len() {
        return None;
    }
    let word = &word[..word.len().min(typed.len() + most)];
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (row, letter) in typed.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in word.iter().enumerate() {
            let mut slips =
                (last[column] + usize::from(letter != other)).min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == word[column - 1] && typed[row - 1] == *other {
                slips = slips.min(before_last[column - 1] + 1);
            }
            current.push(slips);
        }
        if current.iter().min() > Some(&most) {
            return None;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    let slips = if start_is_enough { last.into_iter().min() } else { last.pop() };
    slips.filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_split() {
        assert_eq!(split("Can't start: 0x8007041D (%%1053)"), ["can", "t", "start", "0x8007041d", "1053"]);
        assert_eq!(split("Kernel-Power 41, -1919"), ["kernel", "power", "41", "-1919"]);
        assert_eq!(split(r"\Device\RaidPort0 - x"), ["device", "raidport0", "x"]);
        assert_eq!(split(""), [""; 0]);
    }

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(number("0xc000021a"), Some(0xc000_021a));
        assert_eq!(number("-2147023838"), Some(0x8007_0422));
        assert_eq!(number("1053"), Some(1053));
        assert_eq!(number("7b"), None);
        assert_eq!(bare_code("c000021a"), Some(0xc000_021a));
        assert_eq!(bare_code("crashed"), None);
        assert_eq!(win32(0x8007_041d), Some(1053));
        assert_eq!(win32(0xc000_041d), None);
    }

    #[test]
    fn endings_do_not_count() {
        for (word, expected) in [
            ("crashed", "crash"),
            ("crashes", "crash"),
            ("crashing", "crash"),
            ("stopped", "stop"),
            ("stops", "stop"),
            ("missing", "miss"),
            ("services", "servic"),
            ("service", "servic"),
            ("disabled", "disabl"),
            ("policies", "policy"),
            ("status", "status"),
            ("access", "access"),
            ("activation", "activat"),
            ("activated", "activat"),
            ("disk", "disk"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }

    #[test]
    fn slips_are_counted() {
        let slips = |typed: &str, word: &str| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            super::slips(&letters(typed), &letters(word), 2)
        };
        assert_eq!(slips("messanger", "messenger"), Some(1));
        assert_eq!(slips("spolor", "spooler"), Some(2));
        assert_eq!(slips("sevrice", "service"), Some(1));
        assert_eq!(slips("messang", "messenger"), Some(1));
        assert_eq!(slips("timeout", "timeout"), Some(0));
        assert_eq!(slips("timeout", "tim"), None);
        assert_eq!(slips("disk", "volume"), None);
        assert_eq!(slips("dcom", "domain"), None);
    }
}
