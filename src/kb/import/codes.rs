//! Error codes: by their number as texts write it, and by the text of their message.

use std::sync::OnceLock;

/// Messages of Win32 errors that articles speak of, written by `cargo xtask messages`: a number and its text a line.
const MESSAGES: &str = include_str!("messages.txt");

/// How much of a message's words must be in a text that is taken for it.
const CLOSE: f32 = 0.8;

/// A number as texts write codes: decimal, or hexadecimal with `0x` or eight digits.
pub(super) fn number(text: &str) -> Option<u32> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok();
    }
    let is_hexadecimal = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal {
        return u32::from_str_radix(text, 16).ok();
    }
    text.parse().or_else(|_| text.parse().map(i32::cast_unsigned)).ok()
}

/// Words after which a number is a code, alone or with one of the others between.
const LEADING: [&str; 13] = [
    "error",
    "errors",
    "code",
    "codes",
    "status",
    "rc",
    "hresult",
    "hr",
    "exception",
    "result",
    "returned",
    "returns",
    "err",
];
const BETWEEN: [&str; 9] = ["is", "was", "of", "no", "number", "value", "hex", "jet", "with"];
/// Words after which a number is an address, an object or the like.
const OTHER: [&str; 9] = ["address", "at", "property", "from", "to", "locale", "fault", "object", "id"];

/// The codes that a text writes as numbers, with how it writes them, in order.
pub(super) fn written(text: &str) -> Vec<(&str, u32)> {
    let mut found: Vec<(&str, u32)> = Vec::new();
    // The MTA ends its texts with the place in its source, and its numbers are its own.
    let is_mta = text.contains("] (1") || text.contains("](1");
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let written = written_in(word);
        let Some(code) = number(written).filter(|code| *code != 0) else { continue };
        let before = |back: usize| {
            let word = at.checked_sub(back).and_then(|at| words.get(at)).copied().unwrap_or_default();
            word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase()
        };
        let (last, one_before) = (before(1), before(2));
        let is_one_of = |words: &[&str], word: &str| words.contains(&word);
        let is_prefixed = written.starts_with("0x") || written.starts_with("0X");
        let is_long = written.len() == 8 && !is_prefixed;
        let is_led = is_one_of(&LEADING, &last)
            || is_one_of(&BETWEEN, &last) && is_one_of(&LEADING, &one_before)
            || word.to_ascii_lowercase().starts_with("rc=")
            || is_long && is_one_of(&["data", "dword", "words"], &last);
        // NTSTATUS and HRESULT say themselves that something failed, in a facility that there is.
        let has_failed = code >= 0x8000_0000;
        let is_code = match (is_prefixed, is_long) {
            _ if (is_prefixed || is_long) && is_one_of(&OTHER, &last) => false,
            (true, _) => is_led || has_failed && code < 0xf000_0000 || is_led_soon(&words[..at]),
            (_, true) => is_led || has_failed && (code >> 16) & 0x1fff < 0x100,
            _ => is_led && !is_mta && !word.ends_with('/'),
        };
        if is_code && found.iter().all(|(own, _)| *own != written) {
            found.push((written, code));
        }
    }
    found
}

/// The number in a word, without the marks around it: `(0x80070005)`, `rc=5`, `80004005-F0000000`.
fn written_in(word: &str) -> &str {
    let plain = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let plain = plain.rsplit(['=', '(', '\'']).next().unwrap_or(plain).trim_end_matches('-');
    plain.split_once('-').map_or(plain, |(first, _)| if first.len() >= 8 { first } else { plain })
}

/// Numbers that tell a case from others and are no error codes: those of six digits and more in hexadecimal, and those
/// behind an equals sign. Addresses and objects are samples.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut last = "";
    text.split_whitespace().filter_map(move |word| {
        let before = std::mem::replace(&mut last, word).to_ascii_lowercase();
        let (name, value) = word.split_once('=').unwrap_or((word, word));
        let is_assigned = name != value || before.ends_with('=');
        let value = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_sample = ["address", "at", "from", "to", "fault:", "id:", "object:", "id"].contains(&before.as_str());
        let is_long = value.len() >= 8 && value.starts_with("0x");
        let is_number = u32::from_str_radix(value.trim_start_matches("0x"), 16).is_ok_and(|number| number != 0)
            && value.contains(|c: char| c.is_ascii_digit());
        (is_number && !is_sample && (is_long || is_assigned && value.len() >= 3)).then_some(value)
    })
}

/// Whether one of the last few words is `error`.
fn is_led_soon(words: &[&str]) -> bool {
    words.iter().rev().take(4).any(|word| word.to_ascii_lowercase().starts_with("error"))
}

/// The code whose message a text is, or nearly is.
pub(super) fn of_message(text: &str) -> Option<u32> {
    let words = words(text);
    // Of messages that read the same, the first.
    let close = table().iter().rev().filter_map(|(code, message)| Some((likeness(&words, message)?, *code)));
    close.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, code)| code)
}

/// The sentences of a text that are messages.
pub(super) fn messages(text: &str) -> impl Iterator<Item = (&str, u32)> {
    let mut rest = text;
    let sentences = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['.', ':', ';']).map_or(rest.len(), |at| at + 1);
        let (sentence, more) = rest.split_at(end);
        rest = more.trim_start();
        Some(sentence.trim())
    });
    sentences.filter_map(|sentence| Some((sentence, of_message(sentence)?)))
}

/// The messages' words.
fn table() -> &'static [(u32, Vec<u32>)] {
    static TABLE: OnceLock<Vec<(u32, Vec<u32>)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let entries = MESSAGES.lines().filter_map(|line| {
            let (number, text) = line.split_once(' ')?;
            Some((number.parse().ok()?, words(text)))
        });
        entries.collect()
    })
}

/// The words of a text as hashes without regard to case, ascending.
fn words(text: &str) -> Vec<u32> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // FNV-1a.
    let hash = |word: &str| {
        word.bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
    };
    let mut words: Vec<u32> = words.map(hash).collect();
    words.sort_unstable();
    words
}

/// How many of the words of both are in both, if that makes them nearly the same.
fn likeness(a: &[u32], b: &[u32]) -> Option<f32> {
    let longer = a.len().max(b.len()) as f32;
    if a.len().min(b.len()) as f32 <= CLOSE * longer {
        return None;
    }
    let common = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    let likeness = common as f32 / longer;
    (likeness > CLOSE).then_some(likeness)
}
