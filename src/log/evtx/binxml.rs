//! Binary XML (MS-EVEN6 2.2.12): the tokens of an element tree, and the values that fill a template's slots.

use std::borrow::Cow;
use std::cell::Cell;

use crate::event::{Time, Value, utf16};
use crate::log::Reason;

/// Elements and templates nested deeper than this are malformed; Windows stays under ten.
pub const MAX_DEPTH: usize = 64;

/// A name longer than this is malformed; the longest one in real logs has 46 letters.
const MAX_NAME: usize = 256;

/// What reading may still cost: a few bytes of binary XML can stand for very many, because templates may repeat their
/// values and nest. A token costs [`Budget::TOKEN`] and the bytes it brings.
pub struct Budget<'a> {
    /// Left for all records of a chunk.
    chunk: &'a Cell<usize>,
    /// Left for this record.
    record: usize,
}

impl<'a> Budget<'a> {
    /// For a chunk. Real chunks need less than a tenth of it.
    pub const CHUNK: usize = 16 << 20;
    /// For a record, the same.
    const RECORD: usize = 4 << 20;
    const TOKEN: usize = 16;

    /// A record's budget within that of its chunk.
    pub fn new(chunk: &'a Cell<usize>) -> Budget<'a> {
        Budget { chunk, record: Self::RECORD }
    }

    /// Pays for a token and the bytes it brings.
    pub fn spend(&mut self, bytes: usize) -> Read<()> {
        let cost = bytes + Self::TOKEN;
        match (self.record.checked_sub(cost), self.chunk.get().checked_sub(cost)) {
            (Some(record), Some(chunk)) => {
                self.record = record;
                self.chunk.set(chunk);
                Ok(())
            }
            _ => malformed("it unfolds to more than a record can hold"),
        }
    }
}

/// A position in a chunk. Offsets in binary XML count from the chunk's start.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub data: &'a [u8],
    pub at: usize,
}

/// What is wrong with binary XML: small, because every step of reading may return it.
#[derive(Clone, Copy, Debug)]
pub enum Malformed {
    /// What is missing or too much.
    What(&'static str),
    /// No such token is known.
    Token(u8),
}

impl From<Malformed> for Reason {
    fn from(malformed: Malformed) -> Reason {
        Reason::RecordContent(match malformed {
            Malformed::What(what) => what.to_owned(),
            Malformed::Token(token) => format!("unknown token {token:#04x}"),
        })
    }
}

pub type Read<T> = Result<T, Malformed>;

pub fn malformed<T>(what: &'static str) -> Read<T> {
    Err(Malformed::What(what))
}

impl<'a> Cursor<'a> {
    #[inline(always)]
    pub fn take(&mut self, length: usize, what: &'static str) -> Read<&'a [u8]> {
        let end = self.at.saturating_add(length);
        match self.data.get(self.at..end) {
            Some(bytes) => {
                self.at = end;
                Ok(bytes)
            }
            None => malformed(what),
        }
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Read<[u8; N]> {
        match self.take(N, what)?.try_into() {
            Ok(bytes) => Ok(bytes),
            Err(_) => malformed(what),
        }
    }

    pub fn u8(&mut self, what: &'static str) -> Read<u8> {
        Ok(self.array::<1>(what)?[0])
    }

    pub fn u16(&mut self, what: &'static str) -> Read<u16> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    pub fn u32(&mut self, what: &'static str) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// UTF-16 text behind the count of its units.
    fn text(&mut self, what: &'static str) -> Read<&'a [u8]> {
        let units = self.u16(what)?;
        self.take(usize::from(units) * 2, what)
    }

    /// A name: the offset of an entry of the chunk's string table, which stands right here when it is the first use.
    fn name(&mut self) -> Read<&'a [u8]> {
        let offset = self.u32("a name's offset")? as usize;
        let mut entry = Cursor { data: self.data, at: offset };
        entry.take(6, "a name's link and hash")?;
        let text = entry.text("a name")?;
        if text.len() > MAX_NAME * 2 {
            return malformed("a name that is too long");
        }
        if offset == self.at {
            entry.take(2, "a name's end")?;
            self.at = entry.at;
        }
        Ok(text)
    }
}

/// Takes the tokens of an element tree. Names and texts are UTF-16LE.
pub trait Visitor<'a> {
    /// An element starts; without `dependency`'s slot it does not exist.
    fn open(&mut self, name: &'a [u8], dependency: Option<u16>) -> Read<()>;
    /// An attribute of the element starts; its value follows.
    fn attribute(&mut self, name: &'a [u8]) -> Read<()>;
    /// The start tag ends: what follows is content.
    fn content(&mut self) -> Read<()>;
    /// A piece of an attribute's or element's text.
    fn text(&mut self, text: &'a [u8]) -> Read<()>;
    /// A value that the template's instance supplies.
    fn slot(&mut self, index: u16) -> Read<()>;
    /// A template's instance in the middle of a tree.
    fn instance(&mut self, instance: Instance<'a>) -> Read<()>;
    /// The element ends.
    fn close(&mut self) -> Read<()>;
    /// What the walk may still cost.
    fn budget(&mut self) -> &mut Budget<'a>;
    /// Whether the rest is of no interest.
    fn is_done(&self) -> bool {
        false
    }
}

/// Walks the tokens from the cursor to `end` or the end-of-fragment token. Element starts carry a dependency only
/// inside template definitions.
pub fn walk<'a>(cursor: &mut Cursor<'a>, end: usize, in_definition: bool, visitor: &mut impl Visitor<'a>) -> Read<()> {
    const MORE: u8 = 0x40;
    while cursor.at < end {
        let start = cursor.at;
        let token = cursor.u8("a token")?;
        match token & !MORE {
            0x00 => break,
            0x01 => {
                let dependency = if in_definition { Some(cursor.u16("a dependency")?) } else { None };
                cursor.u32("an element's size")?;
                let name = cursor.name()?;
                if token & MORE != 0 {
                    cursor.u32("an attribute list's size")?;
                }
                visitor.budget().spend(name.len())?;
                visitor.open(name, dependency.filter(|&id| id != 0xffff))?;
            }
            0x02 => visitor.content()?,
            0x03 => {
                visitor.content()?;
                visitor.close()?;
            }
            0x04 => {
                visitor.close()?;
                if visitor.is_done() {
                    break;
                }
            }
            0x05 => match cursor.u8("a literal's type")? {
                0x01 => {
                    let text = cursor.text("a literal")?;
                    within(cursor, end)?;
                    visitor.text(text)?;
                }
                _ => return malformed("a literal that is not text"),
            },
            0x06 => {
                let name = cursor.name()?;
                visitor.budget().spend(name.len())?;
                visitor.attribute(name)?;
            }
            0x07 => {
                let text = cursor.text("a CDATA section")?;
                within(cursor, end)?;
                visitor.text(text)?;
            }
            0x08 => visitor.text(cursor.take(2, "a character reference")?)?,
            0x09 => visitor.text(entity(cursor.name()?))?,
            0x0a => drop(cursor.name()?),
            0x0b => drop(cursor.text("a processing instruction")?),
            0x0c => visitor.instance(Instance::read(cursor)?)?,
            0x0d | 0x0e => {
                let index = cursor.u16("a slot's index")?;
                cursor.u8("a slot's type")?;
                visitor.slot(index)?;
            }
            0x0f => drop(cursor.take(3, "a fragment header")?),
            _ => return Err(Malformed::Token(token)),
        }
        visitor.budget().spend(cursor.at - start)?;
        within(cursor, end)?;
    }
    Ok(())
}

/// Whether a slot's value is as if it were not there (MS-EVEN6 2.2.12).
pub fn is_missing(slot: Option<(u8, &[u8])>) -> bool {
    slot.is_none_or(|(kind, bytes)| kind == 0 || kind == BINARY_XML && bytes.is_empty())
}

/// A visitor that goes into templates and the binary XML in their values.
pub trait Unfold<'a>: Visitor<'a> {
    /// What is around the current token, the innermost last: an instance of a template, or the fragment that is the
    /// value of a slot, which has no slots itself.
    fn around(&mut self) -> &mut Vec<Option<Instance<'a>>>;

    /// The innermost instance, unless a fragment is further in.
    fn innermost(&mut self) -> Option<Instance<'a>> {
        self.around().last().copied().flatten()
    }

    /// Whether an element is left out: the slot it depends on is missing.
    fn is_left_out(&mut self, dependency: Option<u16>) -> bool {
        let instance = self.innermost();
        dependency.is_some_and(|index| is_missing(instance.and_then(|instance| instance.slot(index))))
    }
}

/// Walks the definition of an instance's template.
pub fn walk_instance<'a>(instance: Instance<'a>, visitor: &mut impl Unfold<'a>) -> Read<()> {
    let (cursor, end) = instance.definition()?;
    walk_inside(Some(instance), cursor, end, visitor)
}

/// Walks the binary XML that is a value of an instance.
pub fn walk_value<'a>(instance: Instance<'a>, value: &'a [u8], visitor: &mut impl Unfold<'a>) -> Read<()> {
    let cursor = instance.cursor_at(value);
    walk_inside(None, cursor, cursor.at + value.len(), visitor)
}

fn walk_inside<'a>(
    instance: Option<Instance<'a>>,
    mut cursor: Cursor<'a>,
    end: usize,
    visitor: &mut impl Unfold<'a>,
) -> Read<()> {
    if visitor.around().len() >= MAX_DEPTH {
        return malformed("templates nested too deeply");
    }
    visitor.around().push(instance);
    let result = walk(&mut cursor, end, instance.is_some(), visitor);
    visitor.around().pop();
    result
}

fn within(cursor: &Cursor<'_>, end: usize) -> Read<()> {
    if cursor.at > end { malformed("a token that reaches past its fragment") } else { Ok(()) }
}

/// The character that one of XML's five named entities stands for; nothing for any other.
fn entity(name: &[u8]) -> &'static [u8] {
    match utf16(name).as_str() {
        "amp" => b"&\0",
        "lt" => b"<\0",
        "gt" => b">\0",
        "quot" => b"\"\0",
        "apos" => b"'\0",
        _ => b"",
    }
}

/// A template and the values for its slots.
#[derive(Clone, Copy)]
pub struct Instance<'a> {
    /// Where the template's definition stands in the chunk.
    pub definition: u32,
    descriptors: &'a [u8],
    /// The chunk; the values start at `values`.
    data: &'a [u8],
    values: usize,
}

/// The sizes that the descriptors of values give.
#[inline(always)]
fn sizes(descriptors: &[[u8; 4]]) -> impl Iterator<Item = usize> {
    descriptors.iter().map(|d| usize::from(u16::from_le_bytes([d[0], d[1]])))
}

impl<'a> Instance<'a> {
    /// Reads an instance behind its token and moves the cursor past it.
    pub fn read(cursor: &mut Cursor<'a>) -> Read<Instance<'a>> {
        cursor.take(5, "a template's version and id")?;
        let definition = cursor.u32("a template's offset")?;
        if definition as usize == cursor.at {
            cursor.take(20, "a template's link and GUID")?;
            let size = cursor.u32("a template's size")?;
            cursor.take(size as usize, "a template")?;
        }
        let count = cursor.u32("the number of values")?;
        let descriptors = cursor.take((count as usize).saturating_mul(4), "the list of values")?;
        let values = cursor.at;
        let mut total = 0;
        for size in sizes(descriptors.as_chunks().0) {
            total += size;
        }
        cursor.take(total, "the values")?;
        Ok(Instance { definition, descriptors, data: cursor.data, values })
    }

    /// The instance that a fragment is, unless it holds anything else: only then its template describes it fully.
    pub fn alone(data: &'a [u8], fragment: std::ops::Range<usize>) -> Read<Option<Instance<'a>>> {
        let mut cursor = Cursor { data, at: fragment.start };
        match data[fragment.clone()] {
            [0x0c, ..] => cursor.at += 1,
            [0x0f, _, _, _, 0x0c, ..] => cursor.at += 5,
            _ => return Ok(None),
        }
        let instance = Instance::read(&mut cursor)?;
        if cursor.at > fragment.end {
            return malformed("values that reach past the record");
        }
        Ok(matches!(data[cursor.at..fragment.end], [] | [0, ..]).then_some(instance))
    }

    /// The types and bytes of all slots' values, in order.
    pub fn all(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let (data, mut at) = (self.data, self.values);
        self.descriptors.as_chunks::<4>().0.iter().map(move |[low, high, kind, _]| {
            let start = at;
            at += usize::from(u16::from_le_bytes([*low, *high]));
            (*kind, data.get(start..at).unwrap_or_default())
        })
    }

    /// The type and bytes of a slot's value; `None` for a slot that the instance does not fill.
    pub fn slot(&self, index: u16) -> Option<(u8, &'a [u8])> {
        let (before, rest) = self.descriptors.as_chunks().0.split_at_checked(index.into())?;
        let [low, high, kind, _] = *rest.first()?;
        let start = self.values + sizes(before).sum::<usize>();
        Some((kind, self.data.get(start..start + usize::from(u16::from_le_bytes([low, high])))?))
    }

    /// Where the first values start, so that several can be looked up without adding up their sizes each time.
    pub fn starts<const N: usize>(&self) -> [u32; N] {
        let mut starts = [0; N];
        let mut at = self.values as u32;
        for (start, size) in starts.iter_mut().zip(sizes(self.descriptors.as_chunks().0)) {
            *start = at;
            at += size as u32;
        }
        starts
    }

    /// The same as [`Instance::slot`], with what [`Instance::starts`] gave.
    pub fn slot_from<const N: usize>(&self, starts: &[u32; N], index: u16) -> Option<(u8, &'a [u8])> {
        let Some(&start) = starts.get(usize::from(index)) else { return self.slot(index) };
        let descriptor = self.descriptors.as_chunks::<4>().0.get(usize::from(index))?;
        let size = u16::from_le_bytes([descriptor[0], descriptor[1]]);
        Some((descriptor[2], self.data.get(start as usize..start as usize + usize::from(size))?))
    }

    /// A cursor at the tokens of the definition, and where they end.
    pub fn definition(&self) -> Read<(Cursor<'a>, usize)> {
        let mut cursor = Cursor { data: self.data, at: self.definition as usize };
        cursor.take(20, "a template's link and GUID")?;
        let size = cursor.u32("a template's size")? as usize;
        let end = cursor.at.saturating_add(size);
        if end > self.data.len() {
            return malformed("a template");
        }
        Ok((cursor, end))
    }

    /// A cursor at a value inside the chunk, for values that hold binary XML.
    pub fn cursor_at(&self, value: &'a [u8]) -> Cursor<'a> {
        let at = (value.as_ptr() as usize).wrapping_sub(self.data.as_ptr() as usize);
        Cursor { data: self.data, at: at.min(self.data.len()) }
    }
}

/// The type of a value that holds binary XML itself.
pub const BINARY_XML: u8 = 0x21;
/// The bit that makes a type an array.
pub const ARRAY: u8 = 0x80;

/// The little-endian number in all of `bytes`, up to eight of them.
#[inline(always)]
pub fn number(bytes: &[u8]) -> u64 {
    match *bytes {
        [a] => a.into(),
        [a, b] => u16::from_le_bytes([a, b]).into(),
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h, ..] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)),
    }
}

/// What the value of a slot costs: its bytes, and for an array the room its items take.
pub fn cost(kind: u8, bytes: &[u8]) -> usize {
    const ITEM: usize = 32;
    let items = match (kind & ARRAY, kind & !ARRAY) {
        (0, _) => 0,
        (_, 0x01) => bytes.as_chunks::<2>().0.iter().filter(|unit| **unit == [0, 0]).count(),
        _ => bytes.len(),
    };
    bytes.len() + items * ITEM
}

/// Gives the value or, for an array, its values (MS-EVEN6 2.2.13) to `take`.
pub fn values<'a>(kind: u8, bytes: &'a [u8], mut take: impl FnMut(Value<'a>)) {
    if kind & ARRAY == 0 {
        return take(value(kind, bytes));
    }
    let item = kind & !ARRAY;
    let width = match item {
        0x01 => {
            let (units, _) = bytes.as_chunks::<2>();
            let units = units.strip_suffix(&[[0, 0]]).unwrap_or(units);
            if !bytes.is_empty() {
                units.split(|unit| *unit == [0, 0]).for_each(|text| take(value(0x01, text.as_flattened())));
            }
            return;
        }
        0x02 => {
            let all = bytes.strip_suffix(&[0]).unwrap_or(bytes);
            if !bytes.is_empty() {
                all.split(|&byte| byte == 0).for_each(|text| take(value(0x02, text)));
            }
            return;
        }
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return take(Value::Binary(Cow::Borrowed(bytes))),
    };
    bytes.chunks_exact(width).for_each(|bytes| take(value(item, bytes)));
}

fn value<'a>(kind: u8, bytes: &'a [u8]) -> Value<'a> {
    let signed = |bits: u32| Value::Signed((number(bytes) as i64) << (64 - bits) >> (64 - bits));
    match (kind, bytes.len()) {
        (0x00, _) => Value::Null,
        (0x01, _) => Value::Text(utf16(until_nul(bytes)).into()),
        (0x02, _) => {
            let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
            Value::Text(bytes.iter().map(|&byte| windows_1252(byte)).collect::<String>().into())
        }
        (0x03, 1) => signed(8),
        (0x05, 2) => signed(16),
        (0x07, 4) => signed(32),
        (0x09, 8) => signed(64),
        (0x04, 1) | (0x06, 2) | (0x08, 4) | (0x0a, 8) => Value::Unsigned(number(bytes)),
        (0x0b, 4) => Value::Real(f32::from_bits(number(bytes) as u32).into()),
        (0x0c, 8) => Value::Real(f64::from_bits(number(bytes))),
        // Some providers keep more than a yes or no in a boolean: then the number says more.
        (0x0d, 4) => match number(bytes) {
            0 => Value::Bool(false),
            1 => Value::Bool(true),
            _ => signed(32),
        },
        (0x0f, 16) => bytes.try_into().map_or(Value::Null, Value::Guid),
        (0x10 | 0x14 | 0x15, 4 | 8) => Value::Hex(number(bytes)),
        (0x11, 8) => Value::Time(Time(number(bytes))),
        (0x12, 16) => system_time(bytes).map_or(Value::Null, Value::Time),
        (0x13, 8..) => Value::Sid(bytes.into()),
        (_, 0) => Value::Null,
        _ => Value::Binary(bytes.into()),
    }
}

/// A byte of the code page that Western Windows versions call ANSI; a log does not say which one it was written with.
/// Only 0x80 to 0x9F differ from Unicode (<https://encoding.spec.whatwg.org/index-windows-1252.txt>).
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

/// A text as far as Windows reads it, in UTF-16LE.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    let (units, _) = bytes.as_chunks::<2>();
    let end = units.iter().position(|unit| *unit == [0, 0]).unwrap_or(units.len());
    units[..end].as_flattened()
}

/// A SYSTEMTIME (MS-DTYP 2.3.13).
pub fn system_time(bytes: &[u8]) -> Option<Time> {
    Time::from_timestamp(evtx::binxml::value_variant::SysTime::from_bytes(bytes.try_into().ok()?).to_timestamp()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(kind: u8, bytes: &[u8]) -> Vec<String> {
        let mut texts = Vec::new();
        values(kind, bytes, |value| texts.push(value.to_string()));
        texts
    }

    #[test]
    fn values_of_every_kind() {
        assert_eq!(all(0x01, b"a\0b\0\0\0"), ["ab"]);
        assert_eq!(all(0x02, b"caf\xe9\0"), ["café"]);
        assert_eq!(all(0x03, b"\xff"), ["-1"]);
        assert_eq!(all(0x07, b"\xfe\xff\xff\xff"), ["-2"]);
        assert_eq!(all(0x0a, &[0xff; 8]), ["18446744073709551615"]);
        assert_eq!(all(0x0d, &[1, 0, 0, 0]), ["true"]);
        assert_eq!(all(0x0d, &[0xff; 4]), ["-1"]);
        assert_eq!(all(0x14, &[5, 0, 8, 0x80]), ["0x80080005"]);
        assert_eq!(
            all(0x12, &[0xe3, 7, 3, 0, 5, 0, 1, 0, 12, 0, 34, 0, 56, 0, 21, 3]),
            ["2019-03-01T12:34:56.7890000Z"]
        );
        assert_eq!(all(0x81, b"a\0\0\0\0\0b\0\0\0"), ["a", "", "b"]);
        assert_eq!(all(0x81, b""), [""; 0]);
        assert_eq!(all(0x86, &[1, 0, 2, 0, 9]), ["1", "2"]);
    }

    #[test]
    fn a_value_of_the_wrong_size_is_shown_as_it_is() {
        assert_eq!(all(0x08, &[1, 2]), ["0102"]);
        assert_eq!(all(0x08, &[]), [""]);
        assert_eq!(all(0x55, &[7]), ["07"]);
    }
}
