//! The values in an event's text that narrow the case: names, files, codes and messages, without those that are only
//! samples.

use serde::{Deserialize, Serialize};

use super::codes;

/// Values beyond these counts and lengths are left out.
const MAX_VALUES: usize = 12;
const MAX_LENGTH: usize = 200;
/// A value of more words than these is a sentence.
const MAX_NAME: usize = 2;

/// Known events of the Service Control Manager: the id and its text, with the inserted values by number. From the event
/// message file of services.exe.
const FORMS: [(u16, &str); 18] = [
    (7000, "the {1} service failed to start due to the following error {2}"),
    (7000, "{1} driver service failed to start due to the following error {2}"),
    (7001, "the {1} service depends on the {2} service which failed to start because of the following error {3}"),
    (7001, "the {1} service depends on the {2} service that failed to start because of the following error {3}"),
    (7002, "the {1} service depends on the {2} group and no member of this group started"),
    (7003, "the {1} service depends on the following nonexistent service {2}"),
    (7006, "the {1} call failed with the following error {2}"),
    (7011, "waiting for a transaction response from the {2} service"),
    (7022, "the {1} service hung on starting"),
    (7022, "{1} hung on starting"),
    (7023, "the {1} service terminated with the following error {2}"),
    (7024, "the {1} service terminated with service-specific error {2}"),
    (7024, "the {1} service terminated with service specific error {2}"),
    (7026, "the following boot-start or system-start driver(s) failed to load {1}"),
    (7026, "driver(s) failed to load {1}"),
    (7031, "the {1} service terminated unexpectedly"),
    (7034, "the {1} service terminated unexpectedly"),
    (7009, "waiting for the {2} service to connect"),
];

/// A value that an event of the issue has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The value as the article has it.
    pub text: String,
    /// The number of the inserted value, where the event's text is known: 1 is `param1`.
    pub place: Option<u8>,
    /// The error code that it is or stands for.
    pub code: Option<u32>,
    /// The article leaves the rest of the value open (`<Service name>`); it is one of these, or anything.
    pub rest: Option<Vec<String>>,
}

impl Value {
    /// The code as the text writes it, or the number of the message that the value is.
    pub(super) fn written_code(&self) -> Option<String> {
        let code = self.code?;
        Some(if codes::number(&self.text) == Some(code) { self.text.clone() } else { code.to_string() })
    }
}

/// Whether an event's text is one that the Service Control Manager writes.
pub(super) fn is_known_form(id: u16, text: &str) -> bool {
    forms(id).any(|form| fit(form, text).is_some())
}

fn forms(id: u16) -> impl Iterator<Item = &'static str> {
    FORMS.iter().filter(move |(own, _)| *own == id).map(|(_, form)| *form)
}

/// The values in an event's text. `choices` are what the article lists for a part that the text leaves open.
pub(super) fn of(id: u16, text: &str, choices: &[String]) -> Vec<Value> {
    let mut values = Values::default();
    if let Some(inserted) = forms(id).find_map(|form| fit(form, text)) {
        for (place, value) in inserted {
            values.inserted(place, value, choices);
        }
        return values.0;
    }
    values.numbers(text);
    values.message(text);
    values.quoted(text);
    values.words(text);
    values.0
}

/// What a text has where a form leaves room, by number; `None` where it is another text.
fn fit<'a>(form: &str, text: &'a str) -> Option<Vec<(u8, &'a str)>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    let mut open: Option<(u8, usize)> = None;
    for piece in form.split('{') {
        let (place, words) = match piece.split_once('}') {
            Some((place, words)) => (place.parse::<u8>().ok(), words.trim()),
            None => (None, piece.trim()),
        };
        if let Some(place) = place {
            open = Some((place, at));
        }
        if words.is_empty() {
            continue;
        }
        let start = at + lower[at..].find(words)?;
        if let Some((place, from)) = open.take() {
            found.push((place, trim(&text[from..start])));
        }
        at = start + words.len();
    }
    if let Some((place, from)) = open {
        let rest = text[from..].trim_start_matches([':', ';', ' ', '-', '.']);
        found.push((place, sentence(rest)));
    }
    found.iter().all(|(_, value)| !value.is_empty() && value.len() <= MAX_LENGTH).then_some(found)
}

/// A text up to the end of its first sentence, with the full stop.
fn sentence(text: &str) -> &str {
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    &text[..end]
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '"', '\'', ',', ';', ':', '(', ')', '.', '[', ']'])
}

#[derive(Default)]
struct Values(Vec<Value>);

impl Values {
    fn push(&mut self, text: &str, place: Option<u8>, code: Option<u32>) {
        let is_new = self.0.iter().all(|value| !value.text.eq_ignore_ascii_case(text));
        if is_new && !text.is_empty() && text.len() <= MAX_LENGTH && self.0.len() < MAX_VALUES {
            self.0.push(Value { text: text.to_owned(), place, code, rest: None });
        }
    }

    /// A value whose place is known.
    fn inserted(&mut self, place: u8, text: &str, choices: &[String]) {
        let (start, is_open) = match text.find(['<', '%']) {
            Some(at) => (text[..at].trim_end(), true),
            None => (text, false),
        };
        let number = trim(start);
        let code = codes::number(number).filter(|_| place > 1);
        match code {
            Some(_) => self.push(number, Some(place), code),
            None if start.split(' ').count() <= MAX_NAME => {
                self.push(trim(start), Some(place), codes::of_message(start))
            }
            None => self.push(start, Some(place), codes::of_message(start)),
        }
        if let Some(last) = self.0.last_mut().filter(|_| is_open) {
            last.rest = Some(choices.to_vec());
        }
    }

    /// Error codes, and other numbers that are no samples: one in brackets at the start, long ones in hexadecimal and
    /// those behind an equals sign.
    fn numbers(&mut self, text: &str) {
        for (written, code) in codes::written(text) {
            self.push(written, None, Some(code));
        }
        if let Some((number, _)) = text.strip_prefix('(').and_then(|rest| rest.split_once(')'))
            && codes::number(number).is_some()
        {
            self.push(number, None, None);
        }
        for number in codes::tokens(text) {
            self.push(number, None, None);
        }
    }

    /// The message behind `the following error:`, or any that is known.
    fn message(&mut self, text: &str) {
        const ANNOUNCED: [&str; 4] =
            ["following error:", "following error;", "following error occurred:", "reported error:"];
        let lower = text.to_ascii_lowercase();
        let announced = ANNOUNCED.iter().find_map(|words| Some(lower.find(words)? + words.len()));
        if let Some(at) = announced {
            let message = sentence(text[at..].trim_start());
            if message.split(' ').count() > 1 && !message.contains(['<', '%']) {
                self.push(message, None, codes::of_message(message));
            }
        } else if let Some((message, code)) = codes::messages(text).next() {
            self.push(message, None, Some(code));
        }
    }

    /// Names in quotes; of paths, the file.
    fn quoted(&mut self, text: &str) {
        for quote in ['"', '\''] {
            let mut parts = text.split(quote);
            parts.next();
            while let (Some(inner), Some(after)) = (parts.next(), parts.next()) {
                let is_open = after.starts_with(|c: char| c.is_ascii_alphanumeric());
                let is_name = inner.split(' ').count() <= 4 && !inner.starts_with(' ') && inner.len() > 3 && !is_open;
                if is_name && !is_sample(inner) {
                    self.push(trim(file_of(inner)), None, None);
                } else if let Some(start) = inner.strip_suffix("SERVERNAME").filter(|start| is_name && start.len() > 3)
                {
                    self.push(start, None, None);
                }
            }
        }
    }

    /// Files, symbols and names that are no words of a language.
    fn words(&mut self, text: &str) {
        let mut in_place = false;
        let mut in_name = false;
        for word in text.split_whitespace() {
            // A directory's name may be wrapped in the middle of a word.
            let is_wrapped = std::mem::replace(&mut in_name, word.contains('='));
            // `[BASE IL MAIN BASE 46 490] (14)` says where in the MTA's source.
            in_place |= word.starts_with('[');
            let is_skipped =
                is_wrapped || in_place || word.starts_with(['<', '{']) || word.contains(['=', '<', '>', '@', '/']);
            in_place &= !word.contains(']');
            let word = trim(word);
            if is_skipped || is_sample(word) {
                continue;
            }
            let file = file_of(word);
            if is_file(file) || is_symbol(word) {
                self.push(if is_file(file) { file } else { word }, None, None);
            }
        }
    }
}

/// The last part of a path.
fn file_of(text: &str) -> &str {
    let file = text.rsplit(['\\', '/']).next().unwrap_or(text);
    if is_file(file) { file } else { text }
}

/// Whether a word is a program's, a library's or another file's name.
fn is_file(word: &str) -> bool {
    const ENDINGS: [&str; 14] =
        ["dll", "exe", "sys", "drv", "log", "edb", "mdb", "cfg", "ocx", "cpl", "inf", "ini", "pat", "chk"];
    let Some((name, ending)) = word.rsplit_once('.') else { return false };
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-~$".contains(&b))
        && ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// Whether a word is a name of a programmer's: `DS_E_NO_SUCH_OBJECT`, `tbtOwningFolders`, `CPortMgr::Init`, `ODXOINIU`.
fn is_symbol(word: &str) -> bool {
    let letters = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if let Some((class, name)) = word.split_once("::") {
        return letters(class) && letters(name) && !class.is_empty();
    }
    if word.len() < 6 || !letters(word) || !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let upper = word.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = word.bytes().any(|byte| byte.is_ascii_lowercase());
    let inner = word.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
    match (upper, lower) {
        (true, false) => word.contains('_') || word.len() == 8 && word.starts_with("OD"),
        (true, true) => {
            word.starts_with(|c: char| c.is_ascii_lowercase()) && inner > 0
                || word.len() > 12
                    && inner > 1
                    && !word.as_bytes().windows(2).any(|two| two.iter().all(u8::is_ascii_uppercase))
        }
        _ => false,
    }
}

/// Whether a value only stands for others: `SERVERNAME`, `UserX`, `Domain\User`, `<name>`.
fn is_sample(word: &str) -> bool {
    const SAMPLES: [&str; 17] = [
        "servername",
        "server1",
        "computername",
        "machinename",
        "username",
        "domainname",
        "sitename",
        "filename",
        "xxx",
        "yourserver",
        "organization",
        "\\\\server",
        "domain\\",
        "\\server",
        "example",
        "<",
        "%1",
    ];
    let lower = word.to_ascii_lowercase();
    SAMPLES.iter().any(|sample| lower.contains(sample))
        || matches!(lower.as_str(), "server" | "servera" | "serverb" | "domain" | "user" | "user1" | "site" | "test")
        || lower.starts_with(['%', '/'])
}
