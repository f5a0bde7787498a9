//! An event: the one thing every reader produces and every detection sees.
//!
//! A reader first shows a record's [`Head`], which costs next to nothing, and builds the whole [`Event`] only for the
//! few records that somebody asks about.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

/// A moment, as Windows counts it: 100-nanosecond ticks since 1601-01-01 UTC (FILETIME, MS-DTYP 2.3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// Ticks from 1601-01-01 to 1970-01-01.
    const UNIX_EPOCH: i128 = 116_444_736_000_000_000;

    /// The moment so many seconds after the start of 1970.
    pub fn from_unix_seconds(seconds: u32) -> Time {
        Time(Self::UNIX_EPOCH as u64 + u64::from(seconds) * 10_000_000)
    }

    /// The moment an RFC 3339 text names.
    pub fn parse(text: &str) -> Option<Time> {
        Time::from_timestamp(text.trim_end_matches('\0').parse().ok()?)
    }

    /// The tick that a timestamp falls into; `None` before 1601.
    pub fn from_timestamp(timestamp: jiff::Timestamp) -> Option<Time> {
        Some(Time(u64::try_from(timestamp.as_nanosecond().div_euclid(100) + Self::UNIX_EPOCH).ok()?))
    }

    /// The moment for the calendar; `None` outside it (after year 9999).
    pub fn timestamp(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_nanosecond((i128::from(self.0) - Self::UNIX_EPOCH) * 100).ok()
    }

    /// To the second, for people: `2026-11-20 07:21:19`, in UTC.
    pub fn to_seconds(self) -> String {
        let mut text = self.to_string();
        if let Some(seconds) = text.get(..19).filter(|text| text.contains('T')) {
            text = seconds.replace('T', " ");
        }
        text
    }
}

/// RFC 3339 with all seven digits of the tick; the bare number where it is outside the calendar (after year 9999).
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(time) = self.timestamp() else { return write!(f, "{}", self.0) };
        let time = jiff::tz::Offset::UTC.to_datetime(time);
        let (year, month, day) = (time.year(), time.month(), time.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let ticks = time.subsec_nanosecond() / 100;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ticks:07}Z")
    }
}

/// How bad the record itself says it is (`System/Level`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Level 1.
    Critical,
    /// Level 2.
    Error,
    /// Level 3.
    Warning,
    /// Level 4, and 0 ("log always"), which Event Viewer shows as information.
    #[default]
    Information,
    /// Level 5 and whatever providers number above it.
    Verbose,
}

impl Level {
    /// All levels, the worst first.
    pub const ALL: [Level; 5] = [Level::Critical, Level::Error, Level::Warning, Level::Information, Level::Verbose];

    /// The level with the number that records carry.
    pub fn from_number(number: u8) -> Level {
        match number {
            1 => Level::Critical,
            2 => Level::Error,
            3 => Level::Warning,
            0 | 4 => Level::Information,
            _ => Level::Verbose,
        }
    }

    /// The word that reports and the page use.
    pub fn word(self) -> &'static str {
        match self {
            Level::Critical => "critical",
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Information => "information",
            Level::Verbose => "verbose",
        }
    }

    /// Critical, error and warning records want an explanation; the others do not.
    pub fn is_problem(self) -> bool {
        self <= Level::Warning
    }
}

/// An interned text: two names of one [`Names`] are equal exactly when their symbols are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// Its number in the table that interned it.
    pub symbol: u32,
    /// The text itself.
    pub text: &'a str,
}

/// The texts that records repeat (providers, channels, computers), each kept once.
#[derive(Debug, Default)]
pub struct Names {
    texts: Vec<String>,
    /// Of all texts.
    bytes: usize,
    by_text: FxHashMap<String, u32>,
    by_utf16: FxHashMap<Box<[u8]>, u32>,
    /// What was asked for last, in places chosen by length and last letter: comparing is cheaper than hashing.
    recent: [(Box<[u8]>, u32); 16],
}

impl Names {
    /// A longer name is cut to this many bytes; the longest one in real logs has 77.
    const MAX_LENGTH: usize = 1024;
    /// When names take more bytes than this, new ones are all called [`Names::TOO_MANY`]. Real logs stay under a
    /// hundredth.
    const MAX_BYTES: usize = 1 << 20;
    const TOO_MANY: &str = "(too many names)";

    /// Whether there are more than real logs have.
    pub fn are_many(&self) -> bool {
        self.bytes > Self::MAX_BYTES / 16
    }

    /// The symbol of a text.
    pub fn intern(&mut self, text: &str) -> u32 {
        let mut text = &text[..text.floor_char_boundary(Self::MAX_LENGTH)];
        if let Some(&symbol) = self.by_text.get(text) {
            return symbol;
        }
        if self.bytes > Self::MAX_BYTES {
            text = Self::TOO_MANY;
            if let Some(&symbol) = self.by_text.get(text) {
                return symbol;
            }
        }
        self.bytes += text.len();
        let symbol = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        self.by_text.insert(text.to_owned(), symbol);
        symbol
    }

    /// The symbol of UTF-16LE bytes; a closing NUL does not count.
    pub fn intern_utf16(&mut self, bytes: &[u8]) -> u32 {
        if bytes.is_empty() {
            return self.intern("");
        }
        let place = (bytes.len() / 2 + usize::from(bytes.iter().rev().nth(1).copied().unwrap_or(0))) % 16;
        if let (text, symbol) = &self.recent[place]
            && is_same(text, bytes)
        {
            return *symbol;
        }
        let symbol = match self.by_utf16.get(bytes) {
            Some(&symbol) => symbol,
            None => {
                let symbol = self.intern(utf16(bytes).trim_end_matches('\0'));
                if bytes.len() <= 2 * Self::MAX_LENGTH && self.bytes <= Self::MAX_BYTES {
                    self.by_utf16.insert(bytes.into(), symbol);
                }
                symbol
            }
        };
        self.recent[place] = (bytes.into(), symbol);
        symbol
    }

    /// The name of a symbol of this table.
    pub fn name(&self, symbol: u32) -> Name<'_> {
        let text = self.texts.get(symbol as usize).map_or("", String::as_str);
        Name { symbol, text }
    }
}

/// Whether bytes are equal, eight at a time: WebAssembly has no instruction to compare memory.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    a.len() == b.len()
        && a_rest == b_rest
        && a.iter().zip(b).all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b))
}

/// UTF-16LE bytes as text. What is not valid becomes U+FFFD; an odd last byte is dropped.
pub fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    // Most text is ASCII, which needs no decoding.
    if units.iter().fold(0, |seen, [low, high]| seen | high | low & 0x80) == 0 {
        let mut ascii = Vec::with_capacity(units.len());
        ascii.extend(units.iter().map(|[low, _]| *low));
        return String::from_utf8(ascii).unwrap_or_default();
    }
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// What decides at once whether anybody is interested in a record.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// `System/Provider/@Name`, or the source of a classic event.
    pub provider: Name<'a>,
    /// `System/EventID` without qualifiers.
    pub event_id: u32,
    /// `System/Level`.
    pub level: Level,
    /// `System/TimeCreated`.
    pub time: Time,
    /// `System/EventRecordID`.
    pub record_id: u64,
    /// `System/Channel`; empty where the record has none.
    pub channel: Name<'a>,
    /// `System/Computer`; empty where the record has none.
    pub computer: Name<'a>,
}

/// A whole record: its head and every other value it carries.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The part that every record has.
    pub head: Head<'a>,
    /// The other values of `System`, then those of `EventData` or `UserData` and of `RenderingInfo`, in the order of the
    /// record.
    pub fields: Vec<Field<'a>>,
}

/// One named or unnamed value of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'a> {
    /// Where in the record it stands.
    pub part: Part,
    /// The name; `None` for the unnamed `<Data>` of classic events.
    pub name: Option<Cow<'a, str>>,
    /// The value.
    pub value: Value<'a>,
}

/// The parts of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `System`: the same fields in every record, named as Sigma names them.
    System,
    /// `EventData` or `UserData`: what this event has to say.
    Data,
    /// `RenderingInfo`: what the computer that wrote the record made of it, in its language. Forwarded and exported
    /// events have it. It repeats other fields in words under the same names, so no field is looked for here.
    Rendering,
}

impl Part {
    /// The part that a child of `Event` is, by its name (MS-EVEN6 2.2.12, the event schema).
    pub fn of(element: &str) -> Option<Part> {
        match element {
            "System" => Some(Part::System),
            "EventData" | "UserData" | "ProcessingErrorData" | "BinaryEventData" | "DebugData" => Some(Part::Data),
            "RenderingInfo" => Some(Part::Rendering),
            _ => None,
        }
    }
}

/// A value with the type that the record gives it (MS-EVEN6 2.2.13).
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// Any text.
    Text(Cow<'a, str>),
    /// An unsigned number.
    Unsigned(u64),
    /// A signed number.
    Signed(i64),
    /// A number that Windows shows as `0x…`.
    Hex(u64),
    /// A floating-point number.
    Real(f64),
    /// True or false.
    Bool(bool),
    /// Raw bytes.
    Binary(Cow<'a, [u8]>),
    /// A GUID, in the byte order of the file.
    Guid([u8; 16]),
    /// A security identifier (MS-DTYP 2.4.2), raw.
    Sid(Cow<'a, [u8]>),
    /// A moment.
    Time(Time),
}

impl Value<'_> {
    /// The whole number this value is, if it is one.
    pub fn as_integer(&self) -> Option<i128> {
        match *self {
            Value::Unsigned(number) | Value::Hex(number) => Some(number.into()),
            Value::Signed(number) => Some(number.into()),
            _ => None,
        }
    }

    /// The value as text, without a copy where it is text already.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        }
    }
}

/// As Windows writes the value in a record's XML.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Text(text) => f.write_str(text),
            Value::Unsigned(number) => write!(f, "{number}"),
            Value::Signed(number) => write!(f, "{number}"),
            Value::Hex(number) => write!(f, "{number:#x}"),
            Value::Real(number) => write!(f, "{number:?}"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Binary(bytes) => bytes.iter().try_for_each(|byte| {
                let digits = hex(*byte).map(|digit| digit.to_ascii_uppercase());
                f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
            }),
            Value::Guid(guid) => {
                let mut text = *b"{--------.----.----.----.------------}";
                let digits = text.iter_mut().filter(|letter| **letter == b'-');
                let bytes = GUID_ORDER.iter().flat_map(|place| hex(guid[*place]));
                digits.zip(bytes).for_each(|(letter, digit)| *letter = digit);
                text.iter_mut().filter(|letter| **letter == b'.').for_each(|letter| *letter = b'-');
                f.write_str(std::str::from_utf8(&text).unwrap_or_default())
            }
            Value::Sid(bytes) => write_sid(f, bytes),
            Value::Time(time) => write!(f, "{time}"),
        }
    }
}

/// The places of a GUID's bytes in the file, in the order in which they are written.
const GUID_ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/// A byte in hexadecimal digits.
fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)])
}

fn write_sid(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let [revision, _count, a, b, c, d, e, g, sub_authorities @ ..] = bytes else { return Ok(()) };
    let authority = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *g]);
    write!(f, "S-{revision}-{authority}")?;
    let (sub_authorities, _) = sub_authorities.as_chunks::<4>();
    sub_authorities.iter().try_for_each(|part| write!(f, "-{}", u32::from_le_bytes(*part)))
}

/// The number in a name such as `param2`, which stands for the second value without a name.
pub fn parameter(name: &str) -> Option<usize> {
    name.get(..5).filter(|stem| stem.eq_ignore_ascii_case("param")).and(name.get(5..))?.parse().ok()
}

/// The values of a field: nearly always one or none, for which no memory is asked.
pub type Values<'e> = SmallVec<[Cow<'e, Value<'e>>; 1]>;

impl Event<'_> {
    /// The fields of `System` and of the data, in the order of the record.
    pub fn fields(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| field.part != Part::Rendering)
    }

    /// The message, where the record carries it: it is in no log, but in forwarded and exported events.
    pub fn message(&self) -> Option<&str> {
        self.fields.iter().find_map(|field| match (field.part, field.name.as_deref(), &field.value) {
            (Part::Rendering, Some("Message"), Value::Text(text)) => Some(text.as_ref()),
            _ => None,
        })
    }

    /// The values of a field, by the name Sigma gives it. Names compare without case; `param1..N` also names the
    /// N-th unnamed value, so that one detection fits Windows NT and Windows 11.
    pub fn values(&self, name: &str) -> Values<'_> {
        if let Some(value) = self.head_value(name) {
            return smallvec![Cow::Owned(value)];
        }
        let named: Values<'_> = self
            .fields()
            .filter(|field| field.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)))
            .map(|field| Cow::Borrowed(&field.value))
            .collect();
        if !named.is_empty() {
            return named;
        }
        if name == "Level" {
            // Where `System` was not read.
            return smallvec![Cow::Owned(Value::Unsigned(self.head.level as u64 + 1))];
        }
        self.unnamed(name).map(|field| Cow::Borrowed(&field.value)).into_iter().collect()
    }

    /// The first value of a field as text; see [`Event::values`]. Of several names with commas between them, the first
    /// that the event has: some events name their values only in newer Windows.
    pub fn text(&self, names: &str) -> Option<String> {
        let text = |name: &str| self.values(name).first().map(|value| value.to_string());
        names.split(',').find_map(|name| text(name.trim()).filter(|text| !text.is_empty())).or_else(|| text(names))
    }

    fn unnamed(&self, name: &str) -> Option<&Field<'_>> {
        let number = parameter(name)?;
        let mut unnamed = self.fields.iter().filter(|field| field.part == Part::Data && field.name.is_none());
        unnamed.nth(number.checked_sub(1)?)
    }

    fn head_value(&self, name: &str) -> Option<Value<'_>> {
        let head = &self.head;
        fn text(name: Name<'_>) -> Option<Value<'_>> {
            (!name.text.is_empty()).then_some(Value::Text(Cow::Borrowed(name.text)))
        }
        match name {
            "Provider_Name" => text(head.provider),
            "EventID" => Some(Value::Unsigned(head.event_id.into())),
            "Channel" => text(head.channel),
            "Computer" => text(head.computer),
            "EventRecordID" => Some(Value::Unsigned(head.record_id)),
            "TimeCreated" => Some(Value::Time(head.time)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_all_its_ticks() {
        assert_eq!(Time(131_725_704_215_337_803).to_string(), "2018-06-04T07:20:21.5337803Z");
        assert_eq!(Time(131_725_704_215_337_803).to_seconds(), "2018-06-04 07:20:21");
        assert_eq!(Time(0).to_string(), "1601-01-01T00:00:00.0000000Z");
        assert_eq!(Time(u64::MAX).to_string(), u64::MAX.to_string());
    }

    #[test]
    fn values_are_written_as_windows_writes_them() {
        let guid = [0xd1, 0x08, 0x59, 0x55, 0xd7, 0xa6, 0x95, 0x46, 0x8e, 0x1e, 0x26, 0x93, 0x1d, 0x20, 0x12, 0xf4];
        assert_eq!(Value::Guid(guid).to_string(), "{555908d1-a6d7-4695-8e1e-26931d2012f4}");
        let system = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        assert_eq!(Value::Sid(system[..].into()).to_string(), "S-1-5-18");
        assert_eq!(Value::Hex(0x8008_0005).to_string(), "0x80080005");
        assert_eq!(Value::Binary([1u8, 0xAB][..].into()).to_string(), "01AB");
    }

    #[test]
    fn names_are_equal_when_their_symbols_are() {
        let mut names = Names::default();
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let first = names.intern("first");
        assert_ne!(names.intern_utf16(&[]), first);
        assert_eq!(names.intern_utf16(&wide("first")), first);
        assert_eq!(names.intern_utf16(&wide("first\0")), first);
        for number in 0..100 {
            let text = format!("provider {number}");
            let symbol = names.intern_utf16(&wide(&text));
            assert_eq!(names.name(symbol).text, text);
            assert_eq!(names.intern_utf16(&wide(&text)), symbol);
        }
        assert_eq!(names.intern_utf16(&wide("first")), first);
    }

    #[test]
    fn param_names_the_unnamed_values_too() {
        let mut names = Names::default();
        let (provider, none) = (names.intern("Service Control Manager"), names.intern(""));
        let data = |name: Option<&'static str>, text: &'static str| Field {
            part: Part::Data,
            name: name.map(Cow::Borrowed),
            value: Value::Text(text.into()),
        };
        let event = Event {
            head: Head {
                provider: names.name(provider),
                event_id: 7000,
                level: Level::Error,
                time: Time(0),
                record_id: 1,
                channel: names.name(none),
                computer: names.name(none),
            },
            fields: vec![data(None, "first"), data(Some("Param2"), "named"), data(None, "second")],
        };
        assert_eq!(event.text("param1").as_deref(), Some("first"));
        assert_eq!(event.text("param2").as_deref(), Some("named"));
        assert_eq!(event.text("param3"), None);
        assert_eq!(event.text("param0"), None);
        assert_eq!(event.text("Provider_Name").as_deref(), Some("Service Control Manager"));
        assert_eq!(event.text("Channel"), None);
    }
}
