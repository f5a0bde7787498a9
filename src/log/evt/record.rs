//! What one record of an .evt log says (EVENTLOGRECORD, MS-EVEN 2.2.3).

use std::borrow::Cow;

use crate::event::{Field, Level, Part, Time, Value, utf16};

/// Bytes of a record's fixed part. The names of source and computer follow it, then the user, the strings, the data and
/// the size again.
pub(super) const FIXED_SIZE: usize = 56;

/// Audits: EVENTLOG_AUDIT_SUCCESS and EVENTLOG_AUDIT_FAILURE, with the keywords that Windows gives them in .evtx logs.
const AUDITS: [(u16, u64); 2] = [(8, 0x8020_0000_0000_0000), (16, 0x8010_0000_0000_0000)];

/// The bytes of a whole record.
#[derive(Clone, Copy)]
pub(super) struct Content<'a>(&'a [u8]);

impl<'a> Content<'a> {
    /// The content of a record, given with the sizes at its ends; `None` if it has no room for the fixed part.
    pub(super) fn new(record: &'a [u8]) -> Option<Content<'a>> {
        record.get(..record.len().checked_sub(4)?).filter(|content| content.len() >= FIXED_SIZE).map(Content)
    }

    fn u16(self, at: usize) -> u16 {
        self.0.get(at..at + 2).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    fn u32(self, at: usize) -> u32 {
        u32_at(self.0, at).unwrap_or(0)
    }

    pub(super) fn number(self) -> u32 {
        self.u32(8)
    }

    pub(super) fn time(self) -> Time {
        Time::from_unix_seconds(self.u32(12))
    }

    /// The event's identifier without facility and severity.
    pub(super) fn event_id(self) -> u32 {
        self.u16(20).into()
    }

    pub(super) fn level(self) -> Level {
        Level::from_number(self.level_number())
    }

    /// The level that Windows gives the event's type in .evtx logs.
    fn level_number(self) -> u8 {
        match self.u16(24) {
            1 => 2,
            2 => 3,
            8 | 16 => 0,
            _ => 4,
        }
    }

    /// The names of source and computer in UTF-16; what follows a name that does not end belongs to it.
    pub(super) fn names(self) -> (&'a [u8], &'a [u8]) {
        let (source, next) = self.text(FIXED_SIZE);
        (source, self.text(next).0)
    }

    /// The text that starts at `at` and where the next one starts; a NUL ends it, or the record.
    fn text(self, at: usize) -> (&'a [u8], usize) {
        let rest = self.0.get(at..).unwrap_or_default();
        let length = 2 * rest.as_chunks::<2>().0.iter().take_while(|unit| **unit != [0, 0]).count();
        (&rest[..length], at + length + 2)
    }

    /// A run of bytes whose length and offset stand at the given places; empty where the record has none.
    fn bytes(self, length: usize, offset: usize) -> Result<&'a [u8], ()> {
        let (length, start) = (self.u32(length) as usize, self.u32(offset) as usize);
        if length == 0 {
            return Ok(&[]);
        }
        let end = start.checked_add(length).ok_or(())?;
        self.0.get(start..end).filter(|_| start >= FIXED_SIZE).ok_or(())
    }

    /// The user's security identifier; empty where the record has none.
    fn user(self) -> Result<&'a [u8], ()> {
        self.bytes(40, 44)
    }

    /// How many strings there should be.
    fn string_count(self) -> usize {
        self.u16(26).into()
    }

    /// The strings that are within the record, in UTF-16.
    fn strings(self) -> impl Iterator<Item = &'a [u8]> {
        let mut at = self.u32(36) as usize;
        (0..self.string_count()).map_while(move |_| {
            let (text, next) = (FIXED_SIZE..self.0.len()).contains(&at).then(|| self.text(at))?;
            at = next;
            Some(text)
        })
    }

    fn data(self) -> Result<&'a [u8], ()> {
        self.bytes(48, 52)
    }

    /// What of the content is not within the record.
    pub(super) fn problem(self) -> Option<&'static str> {
        match () {
            () if self.data().is_err() => Some("the data is not within the record"),
            () if self.strings().count() < self.string_count() => Some("the strings are not within the record"),
            () if self.user().is_err() => Some("the user is not within the record"),
            () => None,
        }
    }

    /// Every value beyond the head.
    pub(super) fn fields(self) -> Vec<Field<'a>> {
        let mut fields = Vec::with_capacity(self.string_count().min(16) + 6);
        let mut system = |name, value| {
            fields.push(Field { part: Part::System, name: Some(Cow::Borrowed(name)), value });
        };
        system("EventID_Qualifiers", Value::Unsigned(self.u16(22).into()));
        system("Level", Value::Unsigned(self.level_number().into()));
        system("Task", Value::Unsigned(self.u16(28).into()));
        if let Some((_, keywords)) = AUDITS.into_iter().find(|(audit, _)| *audit == self.u16(24)) {
            system("Keywords", Value::Hex(keywords));
        }
        if let Ok(user @ [_, ..]) = self.user() {
            system("Security_UserID", Value::Sid(user.into()));
        }
        let text = |text| Field { part: Part::Data, name: None, value: Value::Text(utf16(text).into()) };
        fields.extend(self.strings().map(text));
        if let Ok(data @ [_, ..]) = self.data() {
            let value = Value::Binary(data.into());
            fields.push(Field { part: Part::Data, name: Some("Binary".into()), value });
        }
        fields
    }
}

/// The little-endian number at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
