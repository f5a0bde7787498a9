//! A field of a selection with its modifiers, such as `CommandLine|base64offset|contains`, and its values: read into
//! patterns. The modifiers are those of Sigma's appendix 2.1
//! (<https://sigmahq.io/sigma-specification/specification/sigma-appendix-modifiers.html>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Test;
use super::pattern::{Expression, Network, Ordering, Part, Pattern, Place, integer, number};
use super::wildcard::Wildcard;
use crate::yaml::{Data, Fault, Node};

/// More patterns than this are not made of one value list.
const MAX_PATTERNS: usize = 10_000;

/// Reads one entry of a selection's map. Faults are added to `faults`.
pub fn test(key: &Node, value: &Node, faults: &mut Vec<Fault>) -> Option<Test> {
    let Some(key_text) = key.scalar() else {
        faults.push(Fault::new(key.line, "a field's name must be a word"));
        return None;
    };
    let (field, words) = key_text.split_once('|').unwrap_or((key_text, ""));
    let modifiers = match Modifiers::parse(words) {
        Ok(modifiers) => modifiers,
        Err(message) => {
            faults.push(Fault::new(key.line, message));
            return None;
        }
    };
    if value.items().is_empty() {
        faults.push(Fault::new(value.line, format!("`{key_text}` has an empty list of values")));
    }
    if modifiers.all && value.items().len() < 2 {
        faults.push(Fault::new(key.line, "`all` needs a list of at least two values"));
    }
    let mut patterns = Vec::new();
    for item in value.items() {
        match modifiers.patterns(item, field.is_empty()) {
            Ok(more) => patterns.extend(more),
            Err(message) => faults.push(Fault::new(item.line, format!("`{key_text}`: {message}"))),
        }
    }
    if patterns.len() > MAX_PATTERNS {
        faults.push(Fault::new(value.line, format!("`{key_text}` has more than {MAX_PATTERNS} values")));
        return None;
    }
    Some(Test { field: field.to_owned(), patterns, all: modifiers.all, negated: modifiers.negated })
}

/// The modifiers of a field, each at most once.
#[derive(Default)]
struct Modifiers {
    /// How values are rewritten, in the order written.
    encodings: Vec<Encoding>,
    windash: bool,
    place: Place,
    kind: Kind,
    part: Option<Part>,
    cased: bool,
    expand: bool,
    all: bool,
    negated: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Base64,
    Base64Offset,
    Utf16Le,
    Utf16Be,
    Utf16,
}

/// What a value is taken for.
#[derive(Clone, Default, PartialEq)]
enum Kind {
    #[default]
    Text,
    /// With the flags i, m and s.
    Regex(String),
    Compare(Ordering),
    Network,
    Field,
    Exists,
}

impl Modifiers {
    fn parse(words: &str) -> Result<Modifiers, String> {
        let mut modifiers = Modifiers::default();
        let mut seen: Vec<&str> = Vec::new();
        for word in words.split('|').filter(|word| !word.is_empty()) {
            if seen.contains(&word) {
                return Err(format!("the modifier `{word}` is given twice"));
            }
            let clash = || match seen.last() {
                Some(before) => Err(format!("the modifier `{word}` cannot follow `{before}`")),
                None => Err(format!("the modifier `{word}` cannot stand alone")),
            };
            let plain_text = modifiers.kind == Kind::Text && modifiers.part.is_none();
            match word {
                "all" => modifiers.all = true,
                "neq" => modifiers.negated = true,
                "cased" if plain_text => modifiers.cased = true,
                "expand" => modifiers.expand = true,
                "windash" if plain_text && modifiers.encodings.is_empty() => modifiers.windash = true,
                "contains" | "startswith" | "endswith" => {
                    if modifiers.place != Place::Whole || !(plain_text || modifiers.kind == Kind::Field) {
                        return clash();
                    }
                    modifiers.place = match word {
                        "contains" => Place::Anywhere,
                        "startswith" => Place::Start,
                        _ => Place::End,
                    };
                }
                "base64" | "base64offset" | "wide" | "utf16le" | "utf16be" | "utf16" => {
                    if !plain_text {
                        return clash();
                    }
                    modifiers.encodings.push(match word {
                        "base64" => Encoding::Base64,
                        "base64offset" => Encoding::Base64Offset,
                        "utf16be" => Encoding::Utf16Be,
                        "utf16" => Encoding::Utf16,
                        _ => Encoding::Utf16Le,
                    });
                }
                "i" | "m" | "s" => match &mut modifiers.kind {
                    Kind::Regex(flags) => flags.push_str(word),
                    _ => return clash(),
                },
                "minute" | "hour" | "day" | "week" | "month" | "year" => {
                    if !plain_text {
                        return clash();
                    }
                    modifiers.part = Some(match word {
                        "minute" => Part::Minute,
                        "hour" => Part::Hour,
                        "day" => Part::Day,
                        "week" => Part::Week,
                        "month" => Part::Month,
                        _ => Part::Year,
                    });
                }
                "re" | "gt" | "gte" | "lt" | "lte" | "cidr" | "fieldref" | "exists" => {
                    let comparison = matches!(word, "gt" | "gte" | "lt" | "lte");
                    if modifiers.kind != Kind::Text || !(modifiers.part.is_none() || comparison) {
                        return clash();
                    }
                    modifiers.kind = match word {
                        "re" => Kind::Regex(String::new()),
                        "gt" => Kind::Compare(Ordering::Gt),
                        "gte" => Kind::Compare(Ordering::Gte),
                        "lt" => Kind::Compare(Ordering::Lt),
                        "lte" => Kind::Compare(Ordering::Lte),
                        "cidr" => Kind::Network,
                        "fieldref" => Kind::Field,
                        _ => Kind::Exists,
                    };
                }
                "cased" | "windash" => return clash(),
                other => return Err(format!("`{other}` is not a modifier of Sigma")),
            }
            seen.push(word);
        }
        let rewrites = !modifiers.encodings.is_empty() || modifiers.windash || modifiers.cased;
        let placed = modifiers.place != Place::Whole && modifiers.kind != Kind::Field;
        let is_text = modifiers.kind == Kind::Text && modifiers.part.is_none();
        if !is_text && (rewrites || placed) {
            return Err(format!("the modifiers `{words}` cannot be combined"));
        }
        Ok(modifiers)
    }

    /// The patterns that a value stands for: one of them has to fit.
    fn patterns(&self, node: &Node, is_keyword: bool) -> Result<Vec<Pattern>, String> {
        let Data::Scalar(text, quoted) = &node.data else { return Err("a value must be a text or a number".into()) };
        if node.is_null() {
            return match (&self.kind, self.place, self.part, is_keyword) {
                (Kind::Text, Place::Whole, None, false) => Ok(vec![Pattern::Null]),
                _ => Err("null takes no modifier".into()),
            };
        }
        let text = if self.expand { &expanded(text)? } else { text };
        let whole = || integer(text).ok_or_else(|| format!("`{text}` is not a whole number"));
        if let Some(part) = self.part {
            let ordering = if let Kind::Compare(ordering) = self.kind { Some(ordering) } else { None };
            return Ok(vec![Pattern::Moment(part, ordering, whole()?)]);
        }
        Ok(vec![match &self.kind {
            Kind::Text => return self.texts(text, *quoted, is_keyword),
            Kind::Regex(flags) if flags.is_empty() => Pattern::Regex(Expression::parse(text)?),
            Kind::Regex(flags) => Pattern::Regex(Expression::parse(&format!("(?{flags}){text}"))?),
            Kind::Compare(ordering) => match number(text) {
                Some(bound) => Pattern::Compare(*ordering, bound),
                None => return Err(format!("`{text}` is not a number")),
            },
            Kind::Network => Pattern::Network(Network::parse(text)?),
            Kind::Field => Pattern::Field(text.clone(), self.place),
            Kind::Exists => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" => Pattern::Exists(true),
                "false" | "no" => Pattern::Exists(false),
                _ => return Err("`exists` takes true or false".into()),
            },
        }])
    }

    fn texts(&self, text: &str, quoted: bool, is_keyword: bool) -> Result<Vec<Pattern>, String> {
        let is_plain = self.encodings.is_empty() && !self.windash && !self.cased && self.place == Place::Whole;
        if is_plain && !quoted && !is_keyword {
            if let Some(number) = integer(text) {
                return Ok(vec![Pattern::Number(number)]);
            }
            if let Some(number) = number(text).filter(|_| text.contains('.')) {
                return Ok(vec![Pattern::Decimal(number, text.to_owned())]);
            }
        }
        let wildcards = if self.encodings.is_empty() {
            vec![Wildcard::parse(text)]
        } else {
            let plain = Wildcard::parse(text);
            plain.exact().ok_or("an encoded value takes no wildcards")?;
            // What is encoded shows no dash any more: each way to write them is encoded.
            let plain = if self.windash { plain.any_dash() } else { plain };
            let spellings = plain.spellings().ok_or("an encoded value takes no more dashes than five")?;
            let encoded: Result<Vec<_>, _> = spellings.iter().map(|text| self.encoded(text)).collect();
            encoded?.concat().iter().map(|text| Wildcard::exactly(text)).collect()
        };
        let finished = |wildcard: Wildcard| {
            let wildcard = match self.place {
                _ if is_keyword => wildcard.after_anything().before_anything(),
                Place::Whole => wildcard,
                Place::Start => wildcard.before_anything(),
                Place::End => wildcard.after_anything(),
                Place::Anywhere => wildcard.after_anything().before_anything(),
            };
            let wildcard = if self.windash && self.encodings.is_empty() { wildcard.any_dash() } else { wildcard };
            Pattern::Text(wildcard.with_case(self.cased))
        };
        Ok(wildcards.into_iter().map(finished).collect())
    }

    /// The texts that a value may have become. Each encoding works on what the one before it gave.
    fn encoded(&self, text: &str) -> Result<Vec<String>, String> {
        let mut values = vec![text.as_bytes().to_vec()];
        for encoding in &self.encodings {
            let units = |bytes: &[u8]| String::from_utf8_lossy(bytes).encode_utf16().collect::<Vec<_>>();
            values = values
                .iter()
                .flat_map(|bytes| match encoding {
                    Encoding::Base64 => vec![STANDARD.encode(bytes).into_bytes()],
                    Encoding::Base64Offset => (0..3).map(|offset| base64_at(bytes, offset).into_bytes()).collect(),
                    Encoding::Utf16Le => vec![units(bytes).iter().flat_map(|unit| unit.to_le_bytes()).collect()],
                    Encoding::Utf16Be => vec![units(bytes).iter().flat_map(|unit| unit.to_be_bytes()).collect()],
                    Encoding::Utf16 => {
                        let marked = [0xfeff].into_iter().chain(units(bytes));
                        vec![marked.flat_map(u16::to_le_bytes).collect()]
                    }
                })
                .collect();
        }
        values
            .into_iter()
            .map(|bytes| String::from_utf8(bytes).map_err(|_| "this encoding needs base64 behind it".to_owned()))
            .collect()
    }
}

/// What base64 makes of bytes that stand somewhere in a longer run, `offset` bytes behind a multiple of three: only the
/// characters that do not depend on what is around them.
fn base64_at(bytes: &[u8], offset: usize) -> String {
    let padded = [&vec![b' '; offset], bytes].concat();
    let encoded = STANDARD.encode(&padded);
    let start = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    encoded.get(start..end).unwrap_or_default().to_owned()
}

/// A value without placeholders: nothing here knows what they stand for.
fn expanded(text: &str) -> Result<String, String> {
    let plain = text.replace(r"\%", "\0");
    let mut parts = plain.split('%');
    match (parts.next(), parts.next(), parts.next()) {
        (_, Some(name), Some(_)) => Err(format!("the placeholder `%{name}%` stands for nothing here")),
        _ => Ok(plain.replace('\0', "%")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Value;
    use crate::yaml;

    fn read(key: &str, value: &str) -> Result<Test, String> {
        let node = yaml::parse(&format!("'{key}': {value}"), 1).unwrap();
        let (key, value) = &node.entries().unwrap()[0];
        let mut faults = Vec::new();
        let test = test(key, value, &mut faults);
        match faults.first() {
            Some(fault) => Err(fault.message.clone()),
            None => Ok(test.unwrap()),
        }
    }

    fn fits(key: &str, value: &str, text: &str) -> bool {
        let test = read(key, value).unwrap();
        let fits = |pattern: &Pattern| pattern.fits(&Value::Text(text.to_owned().into()));
        if test.all { test.patterns.iter().all(fits) } else { test.patterns.iter().any(fits) }
    }

    #[test]
    fn encodings() {
        // Checked with `base64` and `iconv`.
        assert!(fits("a|base64", "foobar", "Zm9vYmFy"));
        assert!(fits("a|base64|contains", "foobar", "xZm9vYmFyx"));
        assert!(!fits("a|base64", "foobar", "foobar"));
        assert!(fits("a|base64offset|contains", "http://", "aHR0cDovLw=="));
        assert!(!fits("a|base64offset|contains", "http://", "ZnRwOi8v"));
        assert!(fits("a|base64offset|contains", "http://", "IGh0dHA6Ly8g"));
        assert!(fits("a|base64offset|contains", "http://", "ICBodHRwOi8vIA"));
        assert!(fits("a|wide|base64offset|contains", "ping", "cABpAG4AZwA="));
        assert!(fits("a|utf16le|base64|contains", "ping", "cABpAG4AZwA="));
        assert!(fits("a|utf16be|base64|contains", "ping", "AHAAaQBuAGc="));
        assert!(fits("a|utf16|base64|contains", "ping", "//5wAGkAbgBnAA=="));
    }

    #[test]
    fn places_and_kinds() {
        assert!(fits("a|contains|all", "[x, y]", "yx"));
        assert!(!fits("a|contains|all", "[x, y]", "xx"));
        assert!(fits("a|startswith|cased", "Ab", "Abc"));
        assert!(!fits("a|startswith|cased", "Ab", "abc"));
        assert!(fits("a|re", "'^a.c$'", "abc"));
        assert!(!fits("a|re", "'^a.c$'", "ABC"));
        assert!(fits("a|re|i", "'^a.c$'", "ABC"));
        assert!(!fits("a|re", "'^b$'", "a\nb"));
        assert!(fits("a|re|m", "'^b$'", "a\nb"));
        assert!(!fits("a|re", "a.b", "a\nb"));
        assert!(fits("a|re|s", "a.b", "a\nb"));
        assert!(fits("a|windash|contains", "' -enc '", "x /enc y"));
        assert!(fits("a|cidr", "[10.0.0.0/8, 'fe80::/10']", "fe80::2"));
        assert!(fits("a|expand", r"'100\% sure'", "100% sure"));
        assert!(read("a|neq", "1").unwrap().negated);
    }

    #[test]
    fn faults() {
        let fault = |key: &str, value: &str| read(key, value).unwrap_err();
        assert_eq!(fault("a|sounds", "x"), "`sounds` is not a modifier of Sigma");
        assert_eq!(fault("a|contains|contains", "x"), "the modifier `contains` is given twice");
        assert_eq!(fault("a|contains|startswith", "x"), "the modifier `startswith` cannot follow `contains`");
        assert_eq!(fault("a|re|contains", "x"), "the modifier `contains` cannot follow `re`");
        assert_eq!(fault("a|contains|re", "x"), "the modifiers `contains|re` cannot be combined");
        assert_eq!(fault("a|i", "x"), "the modifier `i` cannot stand alone");
        assert_eq!(fault("a|all", "x"), "`all` needs a list of at least two values");
        assert_eq!(fault("a|contains", "null"), "`a|contains`: null takes no modifier");
        assert_eq!(fault("a|gt", "many"), "`a|gt`: `many` is not a number");
        assert_eq!(fault("a|hour", "noon"), "`a|hour`: `noon` is not a whole number");
        assert_eq!(fault("a|base64", "'a*'"), "`a|base64`: an encoded value takes no wildcards");
        assert_eq!(fault("a|utf16be", "'é'"), "`a|utf16be`: this encoding needs base64 behind it");
        assert_eq!(fault("a|expand", "'%Servers%'"), "`a|expand`: the placeholder `%Servers%` stands for nothing here");
        assert_eq!(fault("a|exists", "perhaps"), "`a|exists`: `exists` takes true or false");
        assert_eq!(fault("a", "[]"), "`a` has an empty list of values");
    }
}
