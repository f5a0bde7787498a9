//! What a field's value must be.

use std::net::IpAddr;

use ipnet::IpNet;
use regex_lite::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::wildcard::Wildcard;
use crate::event::Value;

/// One value of a Sigma field, with its modifiers worked in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    /// Text with wildcards.
    Text(Wildcard),
    /// A whole number, as a number or as its text.
    Number(i64),
    /// A number that is not whole, as a number or as the text that it was written as: `1.50` may be a version.
    Decimal(f64, String),
    /// A regular expression that is found anywhere in the text.
    Regex(Expression),
    /// A number that compares so.
    Compare(Ordering, f64),
    /// A part of a moment, in UTC, that compares so; equal without an ordering.
    Moment(Part, Option<Ordering>, i64),
    /// An address in this network.
    Network(Network),
    /// What another field of the record has.
    Field(String, Place),
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

impl Ordering {
    /// Whether `a` compares so to `b`.
    pub fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Ordering::Gt => a > b,
            Ordering::Gte => a >= b,
            Ordering::Lt => a < b,
            Ordering::Lte => a <= b,
        }
    }
}

/// The modifiers that take a number out of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Part {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// Where in a value the value of another field must stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Place {
    #[default]
    Whole,
    Start,
    End,
    Anywhere,
}

impl Pattern {
    /// Whether a value fits. [`Pattern::Field`] needs more than the value, and never does.
    pub fn fits(&self, value: &Value<'_>) -> bool {
        match self {
            Pattern::Text(wildcard) => wildcard.fits(&value.text()),
            Pattern::Number(number) => match value {
                Value::Text(text) => integer(text.trim()) == Some(*number),
                Value::Real(real) => *real == *number as f64,
                value => value.as_integer() == Some((*number).into()),
            },
            Pattern::Decimal(number, text) => match value {
                Value::Real(real) => real == number,
                value => value.text().eq_ignore_ascii_case(text),
            },
            Pattern::Regex(expression) => expression.0.is_match(&value.text()),
            Pattern::Compare(ordering, bound) => number_of(value).is_some_and(|number| ordering.holds(number, *bound)),
            Pattern::Moment(part, ordering, bound) => part.of(value).is_some_and(|number| match ordering {
                Some(ordering) => ordering.holds(number, *bound),
                None => number == *bound,
            }),
            Pattern::Network(Network(network)) => {
                value.text().trim().parse::<IpAddr>().is_ok_and(|address| network.contains(&address.to_canonical()))
            }
            Pattern::Field(..) => false,
            Pattern::Exists(wanted) => *wanted,
            Pattern::Null => is_empty(value),
        }
    }
}

/// Whether a value is nothing: in a record's XML, an empty text and no value look the same.
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

impl Place {
    /// Whether `value` has `other` there, without regard to case.
    pub fn holds(self, value: &Value<'_>, other: &Value<'_>) -> bool {
        let other = Wildcard::exactly(&other.text());
        let wanted = match self {
            Place::Whole => other,
            Place::Start => other.before_anything(),
            Place::End => other.after_anything(),
            Place::Anywhere => other.after_anything().before_anything(),
        };
        wanted.with_case(false).fits(&value.text())
    }
}

impl Part {
    /// This part of a moment, in UTC.
    fn of(self, value: &Value<'_>) -> Option<i64> {
        let in_utc = |timestamp| jiff::tz::Offset::UTC.to_datetime(timestamp);
        let moment = match value {
            Value::Time(time) => in_utc(time.timestamp()?),
            value => {
                let text = value.text();
                let text = text.trim();
                // Sysmon writes moments in UTC without saying so.
                text.parse().ok().map(in_utc).or_else(|| text.parse::<jiff::civil::DateTime>().ok())?
            }
        };
        Some(match self {
            Part::Minute => moment.minute().into(),
            Part::Hour => moment.hour().into(),
            Part::Day => moment.day().into(),
            Part::Week => moment.date().iso_week_date().week().into(),
            Part::Month => moment.month().into(),
            Part::Year => moment.year().into(),
        })
    }
}

/// A whole number in decimal or, behind `0x`, hexadecimal digits.
pub(super) fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A number as a text has it; not the words that Rust reads as infinity and the like.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let decimal = || text.parse().ok().filter(|number: &f64| number.is_finite());
    integer(text).map(|number| number as f64).or_else(decimal)
}

fn number_of(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Real(number) => Some(*number),
        Value::Text(text) => number(text),
        value => Some(value.as_integer()? as f64),
    }
}

/// A range of addresses such as `10.0.0.0/8`; stored as its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Network {
    /// Reads a range; an address alone is a range of one.
    pub fn parse(text: &str) -> Result<Network, String> {
        let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        network.map(Network).ok_or_else(|| format!("`{text}` is no range of addresses such as 10.0.0.0/8"))
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Network::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A compiled regular expression; stored as its text.
#[derive(Clone, Debug)]
pub struct Expression(Regex);

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Expression {
    /// Compiles an expression within a bounded size; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Expression, String> {
        let expression = regex_lite::RegexBuilder::new(text).size_limit(1 << 20).build();
        expression.map(Expression).map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())
    }
}

impl Expression {
    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// A text that is in every text the expression fits, as long as can be said without understanding all of it.
    pub fn longest_text(&self) -> String {
        let (mut longest, mut run, mut depth) = (String::new(), String::new(), 0);
        let text = self.0.as_str();
        // Where white space does not count (the flag x), this reading would be wrong.
        let mut flags = text.match_indices("(?").flat_map(|(at, start)| {
            text[at + start.len()..].chars().take_while(|flag| flag.is_ascii_alphabetic() || *flag == '-')
        });
        if flags.any(|flag| flag == 'x') {
            return String::new();
        }
        let mut characters = text.chars().peekable();
        let mut end = |run: &mut String| {
            if run.len() > longest.len() {
                longest.clone_from(run);
            }
            run.clear();
        };
        while let Some(character) = characters.next() {
            let literal = match character {
                '\\' => {
                    let escaped = characters.next();
                    // A character by its number: its digits are not text.
                    let digits = match escaped {
                        Some('x') => 2,
                        Some('u') => 4,
                        Some('U') => 8,
                        _ => 0,
                    };
                    if characters.peek() != Some(&'{') {
                        characters.by_ref().take(digits).for_each(drop);
                    }
                    // Letters are classes and places, and so are `\<` and `\>`.
                    escaped.filter(|escaped| !escaped.is_alphanumeric() && !matches!(escaped, '<' | '>'))
                }
                // Either side of an alternative may be missing.
                '|' if depth == 0 => return String::new(),
                '(' => {
                    depth += 1;
                    None
                }
                ')' => {
                    depth -= 1;
                    None
                }
                '[' => {
                    skip_class(&mut characters);
                    None
                }
                '{' => {
                    characters.by_ref().find(|character| *character == '}');
                    None
                }
                '.' | '^' | '$' | '*' | '+' | '?' | '|' => None,
                literal => Some(literal),
            };
            // What may be there zero times is not there in every text.
            let optional = matches!(characters.peek(), Some('*' | '?' | '{'));
            match literal.filter(|_| depth == 0 && !optional) {
                Some(literal) => run.push(literal),
                None => end(&mut run),
            }
        }
        end(&mut run);
        longest
    }
}

/// Moves behind the `]` that ends a class of characters.
fn skip_class(characters: &mut impl Iterator<Item = char>) {
    let (mut open, mut first) = (1, true);
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '[' => open += 1,
            '^' if first => continue,
            // Right at the start it is a member of the class.
            ']' if !first => open -= 1,
            _ => {}
        }
        first = false;
        if open == 0 {
            return;
        }
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Expression::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Time;

    #[test]
    fn numbers_fit_as_numbers_and_as_texts() {
        let number = Pattern::Number(0x8004_1032);
        assert!(number.fits(&Value::Hex(0x8004_1032)));
        assert!(number.fits(&Value::Unsigned(2_147_749_938)));
        assert!(number.fits(&Value::Text("2147749938".into())));
        assert!(number.fits(&Value::Text("0x80041032".into())));
        assert!(!number.fits(&Value::Text("0".into())));
        assert!(Pattern::Compare(Ordering::Gte, 3.0).fits(&Value::Text("3".into())));
        assert!(!Pattern::Compare(Ordering::Gt, 3.0).fits(&Value::Unsigned(3)));
        assert!(!Pattern::Compare(Ordering::Lt, 3.0).fits(&Value::Text("many".into())));
    }

    #[test]
    fn addresses_fit_their_network() {
        let fits = |network: &str, address: &str| {
            Pattern::Network(Network::parse(network).unwrap()).fits(&Value::Text(address.to_owned().into()))
        };
        assert!(fits("10.0.0.0/8", "10.200.1.1"));
        assert!(fits("10.0.0.0/8", "::ffff:10.1.1.1"));
        assert!(!fits("10.0.0.0/8", "11.0.0.1"));
        assert!(!fits("10.0.0.0/8", "-"));
        assert!(fits("fe80::/10", "fe80::1"));
        assert!(fits("127.0.0.1", "127.0.0.1"));
        assert!(Network::parse("10.0.0.0/33").is_err());
    }

    #[test]
    fn an_expression_has_a_text_that_must_be_there() {
        let longest = |text: &str| Expression::parse(text).unwrap().longest_text();
        assert_eq!(longest(r"^cmd\.exe\s+/c"), "cmd.exe");
        assert_eq!(longest("(foo|bar)bazz?x+y"), "baz");
        assert_eq!(longest("foobar|baz"), "");
        assert_eq!(longest("[abcdef]xy{0,3}z"), "x");
        assert_eq!(longest("(?i)power(shell)?ish"), "power");
        assert_eq!(longest(r"[(]abc[)]"), "abc");
        assert_eq!(longest(r"[^])x]ab(c|d)?[[:alpha:]]e"), "ab");
    }

    #[test]
    fn parts_of_a_moment() {
        // 2018-06-04 07:20:21 UTC, a Monday.
        let moment = Value::Time(Time(131_725_704_215_337_803));
        for (part, number) in [
            (Part::Minute, 20),
            (Part::Hour, 7),
            (Part::Day, 4),
            (Part::Week, 23),
            (Part::Month, 6),
            (Part::Year, 2018),
        ] {
            assert!(Pattern::Moment(part, None, number).fits(&moment), "{part:?}");
            assert!(!Pattern::Moment(part, Some(Ordering::Lt), number).fits(&moment), "{part:?}");
        }
        assert!(Pattern::Moment(Part::Hour, Some(Ordering::Gte), 7).fits(&Value::Text("2018-06-04T07:20:21Z".into())));
        assert!(Pattern::Moment(Part::Hour, None, 7).fits(&Value::Text("2018-06-04 07:20:21.533".into())));
        assert!(!Pattern::Moment(Part::Hour, None, 7).fits(&Value::Text("noon".into())));
    }
}
