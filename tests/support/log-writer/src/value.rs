//! The values that an event carries, and how each is laid out.

use std::borrow::Cow;
use std::fmt;

/// Text that is either a literal of the program or made at run time.
pub type Text = Cow<'static, str>;

/// A value with the type that it has in binary XML (MS-EVEN6 2.2.12, "value types").
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value at all, which is not the same as an empty string. (libevtx gives up on records with one in named data.)
    Null,
    /// A UTF-16 string.
    String(Text),
    /// Several UTF-16 strings: the element that contains them is repeated for each.
    Strings(Vec<Text>),
    /// A string in the code page of the machine that wrote the log.
    Ansi(Vec<u8>),
    /// `xs:byte`.
    Int8(i8),
    /// `xs:unsignedByte`.
    UInt8(u8),
    /// `xs:short`.
    Int16(i16),
    /// `xs:unsignedShort`.
    UInt16(u16),
    /// `xs:int`.
    Int32(i32),
    /// `xs:unsignedInt`.
    UInt32(u32),
    /// `xs:long`.
    Int64(i64),
    /// `xs:unsignedLong`.
    UInt64(u64),
    /// `xs:float`.
    Real32(f32),
    /// `xs:double`.
    Real64(f64),
    /// `xs:boolean`, four bytes.
    Bool(bool),
    /// Bytes, shown as hexadecimal digits.
    Binary(Vec<u8>),
    /// A GUID.
    Guid(Guid),
    /// A pointer or size of a 64-bit machine.
    SizeT(u64),
    /// A FILETIME: intervals of 100 ns since 1601-01-01 UTC (see [`filetime`]).
    FileTime(u64),
    /// A SYSTEMTIME.
    SystemTime(SystemTime),
    /// A security identifier.
    Sid(Sid),
    /// Four bytes shown as `0x...`.
    HexInt32(u32),
    /// Eight bytes shown as `0x...`.
    HexInt64(u64),
}

impl Value {
    /// The type's byte; `None` for [`Value::Null`], which fits any type.
    pub(crate) fn wire_type(&self) -> Option<u8> {
        Some(match self {
            Value::Null => return None,
            Value::String(_) => STRING,
            Value::Strings(_) => STRING_ARRAY,
            Value::Ansi(_) => 0x02,
            Value::Int8(_) => 0x03,
            Value::UInt8(_) => UINT8,
            Value::Int16(_) => 0x05,
            Value::UInt16(_) => UINT16,
            Value::Int32(_) => 0x07,
            Value::UInt32(_) => UINT32,
            Value::Int64(_) => 0x09,
            Value::UInt64(_) => UINT64,
            Value::Real32(_) => 0x0b,
            Value::Real64(_) => 0x0c,
            Value::Bool(_) => 0x0d,
            Value::Binary(_) => BINARY,
            Value::Guid(_) => GUID,
            Value::SizeT(_) => 0x10,
            Value::FileTime(_) => FILETIME,
            Value::SystemTime(_) => 0x12,
            Value::Sid(_) => SID,
            Value::HexInt32(_) => 0x14,
            Value::HexInt64(_) => HEX_INT64,
        })
    }

    /// Appends the value's bytes. Strings that a manifest provider logs end with a NUL, those of classic ones do not.
    pub(crate) fn encode(&self, terminate: bool, out: &mut Vec<u8>) {
        match self {
            Value::Null => {}
            Value::String(text) => {
                encode_utf16(text, out);
                if terminate {
                    out.extend([0, 0]);
                }
            }
            Value::Strings(texts) => encode_strings(texts, out),
            Value::Ansi(bytes) => {
                out.extend(bytes);
                if terminate {
                    out.push(0);
                }
            }
            Value::Int8(v) => out.extend(v.to_le_bytes()),
            Value::UInt8(v) => out.extend(v.to_le_bytes()),
            Value::Int16(v) => out.extend(v.to_le_bytes()),
            Value::UInt16(v) => out.extend(v.to_le_bytes()),
            Value::Int32(v) => out.extend(v.to_le_bytes()),
            Value::UInt32(v) | Value::HexInt32(v) => out.extend(v.to_le_bytes()),
            Value::Int64(v) => out.extend(v.to_le_bytes()),
            Value::UInt64(v) | Value::HexInt64(v) | Value::SizeT(v) | Value::FileTime(v) => {
                out.extend(v.to_le_bytes());
            }
            Value::Real32(v) => out.extend(v.to_le_bytes()),
            Value::Real64(v) => out.extend(v.to_le_bytes()),
            Value::Bool(v) => out.extend(u32::from(*v).to_le_bytes()),
            Value::Binary(bytes) => out.extend(bytes),
            Value::Guid(guid) => out.extend(guid.0),
            Value::SystemTime(time) => out.extend(time.fields().iter().flat_map(|f| f.to_le_bytes())),
            Value::Sid(sid) => out.extend(&sid.0),
        }
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Value::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(Cow::Owned(text))
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Value::$variant(value)
            }
        }
    )*};
}

value_from! {
    Text => String, i8 => Int8, u8 => UInt8, i16 => Int16, u16 => UInt16, i32 => Int32, u32 => UInt32, i64 => Int64,
    u64 => UInt64, f32 => Real32, f64 => Real64, bool => Bool, Vec<u8> => Binary, Guid => Guid,
    SystemTime => SystemTime, Sid => Sid,
}

pub(crate) const STRING: u8 = 0x01;
pub(crate) const UINT8: u8 = 0x04;
pub(crate) const UINT16: u8 = 0x06;
pub(crate) const UINT32: u8 = 0x08;
pub(crate) const UINT64: u8 = 0x0a;
pub(crate) const BINARY: u8 = 0x0e;
pub(crate) const GUID: u8 = 0x0f;
pub(crate) const FILETIME: u8 = 0x11;
pub(crate) const SID: u8 = 0x13;
pub(crate) const HEX_INT64: u8 = 0x15;
pub(crate) const BINARY_XML: u8 = 0x21;
pub(crate) const STRING_ARRAY: u8 = 0x81;

/// Appends `text` in UTF-16, little-endian.
pub(crate) fn encode_utf16(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() * 2);
    if text.is_ascii() {
        out.extend(text.bytes().flat_map(|byte| [byte, 0]));
    } else {
        out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }
}

/// Appends an array of strings: each with its NUL.
pub(crate) fn encode_strings(texts: &[Text], out: &mut Vec<u8>) {
    for text in texts {
        encode_utf16(text, out);
        out.extend([0, 0]);
    }
}

/// A GUID, as its sixteen bytes on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Reads `{555908d1-a6d7-4695-8e1e-26931d2012f4}`, with or without the braces.
    ///
    /// # Panics
    /// If `text` is no GUID: it is meant for literals.
    #[must_use]
    pub const fn new(text: &str) -> Guid {
        /// Where each byte of the text goes: the first three groups are little-endian numbers.
        const PLACES: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
        let text = text.as_bytes();
        let mut bytes = [0; 16];
        let (mut at, mut digits) = (0, 0);
        while at < text.len() {
            let digit = match text[at] {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'f' => digit - b'a' + 10,
                digit @ b'A'..=b'F' => digit - b'A' + 10,
                b'{' | b'}' | b'-' => {
                    at += 1;
                    continue;
                }
                _ => panic!("a GUID has hexadecimal digits only"),
            };
            assert!(digits < 32, "a GUID has 32 digits");
            let place = PLACES[digits / 2];
            bytes[place] = bytes[place] << 4 | digit;
            digits += 1;
            at += 1;
        }
        assert!(digits == 32, "a GUID has 32 digits");
        Guid(bytes)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = &self.0;
        write!(
            f,
            "{{{:08x}-{:04x}-{:04x}-{:02x}{:02x}-",
            u32::from_le_bytes([b[0], b[1], b[2], b[3]]),
            u16::from_le_bytes([b[4], b[5]]),
            u16::from_le_bytes([b[6], b[7]]),
            b[8],
            b[9],
        )?;
        b[10..].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("}")
    }
}

/// A security identifier, as its bytes on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sid(pub Vec<u8>);

impl Sid {
    /// Reads `S-1-5-18`.
    ///
    /// # Panics
    /// If `text` is no SID: it is meant for literals.
    #[must_use]
    pub fn new(text: &str) -> Sid {
        let numbers = text.strip_prefix("S-").expect("a SID starts with S-");
        let mut numbers = numbers.split('-').map(|n| n.parse::<u64>().expect("a SID has decimal numbers"));
        let revision = numbers.next().expect("a SID has a revision");
        let authority = numbers.next().expect("a SID has an authority");
        let subauthorities: Vec<u64> = numbers.collect();
        let mut bytes = vec![
            u8::try_from(revision).expect("a SID's revision is a byte"),
            u8::try_from(subauthorities.len()).expect("a SID has few subauthorities"),
        ];
        bytes.extend(&authority.to_be_bytes()[2..]);
        for number in subauthorities {
            bytes.extend(u32::try_from(number).expect("a SID's subauthority has 32 bits").to_le_bytes());
        }
        Sid(bytes)
    }
}

/// A SYSTEMTIME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct SystemTime {
    pub year: u16,
    pub month: u16,
    pub day_of_week: u16,
    pub day: u16,
    pub hour: u16,
    pub minute: u16,
    pub second: u16,
    pub milliseconds: u16,
}

impl SystemTime {
    /// The fields in their order on the wire.
    pub(crate) fn fields(&self) -> [u16; 8] {
        let t = self;
        [t.year, t.month, t.day_of_week, t.day, t.hour, t.minute, t.second, t.milliseconds]
    }
}

/// The FILETIME of a date and time (UTC) from 1601 on.
///
/// ```
/// assert_eq!(log_writer::filetime(1601, 1, 1, 0, 0, 0), 0);
/// assert_eq!(log_writer::filetime(1970, 1, 1, 0, 0, 1), 116_444_736_010_000_000);
/// ```
#[must_use]
pub const fn filetime(year: u64, month: u64, day: u64, hour: u64, minute: u64, second: u64) -> u64 {
    // Howard Hinnant's days_from_civil, with the years starting in March.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    /// From 0000-03-01 to 1601-01-01.
    const DAYS_TO_1601: u64 = 584_694;
    ((((days - DAYS_TO_1601) * 24 + hour) * 60 + minute) * 60 + second) * 10_000_000
}
