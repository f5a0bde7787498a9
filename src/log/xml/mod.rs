//! Event Viewer's XML exports, and what `wevtutil qe /f:xml` and PowerShell's `ToXml` write.
//!
//! A file is a sequence of `<Event>` elements, with or without an `<Events>` element around them, in UTF-8 or UTF-16
//! (<https://learn.microsoft.com/windows/win32/wes/eventschema-schema>). It is walked from tag to tag to find where
//! events begin and end; each of them is then parsed by itself (`event.rs`), so that a broken one costs no other.

mod event;

use memchr::{memchr, memchr2, memmem};

use super::{Coverage, Problem, Reason, Record, Sequential, Sink};
use crate::event::{Head, Name, Names, utf16};

/// Bytes that an event may have, in UTF-8. Windows stays under 200 KB: a record fits into 64 KiB.
pub const MAX_EVENT: usize = 1 << 20;

/// Whether a text in UTF-8 has an event.
pub(super) fn has_event(text: &[u8]) -> bool {
    let mut places = memchr::memchr_iter(b'<', text);
    places.any(|place| matches!(Markup::read(&text[place..], false, false), Some((Markup::Start, _))))
}

/// Finds the event at the start of `bytes`, for a second look at it; they start at `offset` of the file.
pub fn find(bytes: &[u8], offset: u64, sink: &mut impl Sink) {
    struct First<'s, S>(Option<&'s mut S>);
    impl<S: Sink> Sink for First<'_, S> {
        fn record(&mut self, record: &Record<'_>) {
            self.0.take().into_iter().for_each(|sink| sink.record(record));
        }
    }
    Reader::new(offset).slice(bytes, &mut First(Some(sink)));
}

/// The text of the event at the start of `bytes`, as the file has it.
pub fn event(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::of(bytes);
    let (mut bytes, mut text, mut at) = (bytes[mark..].to_vec(), Vec::new(), 0);
    encoding.decode(&mut bytes, true, &mut text);
    loop {
        let place = at + memchr(b'<', &text[at..])?;
        let (markup, length) = Markup::read(&text[place..], true, true)?;
        at = place + length;
        if let Markup::End = markup {
            return Some(String::from_utf8_lossy(&text[..at]).into_owned());
        }
    }
}

/// Reads an export from its start, or from the start of any event in it.
pub struct Reader {
    names: Names,
    encoding: Option<Encoding>,
    /// Bytes that wait for the next slice: the first few of the file, and a character that a slice cuts.
    waiting: Vec<u8>,
    /// What has come and is not done with: UTF-8, as far as it is valid.
    text: Vec<u8>,
    /// Up to where the text is walked.
    at: usize,
    /// Up to where no comment ends that one could be in.
    unclosed: usize,
    /// A place in the text and its offset in the file.
    known: (usize, u64),
    /// Where the event that is open starts, in the text and in the file.
    open: Option<(usize, u64)>,
    /// `<Events>` is open.
    in_root: bool,
    /// What is outside of events and does not belong there, up to the next event.
    outside: Option<Problem>,
    coverage: Coverage,
}

impl Reader {
    /// A reader whose first slice starts at `offset` of its file.
    pub fn new(offset: u64) -> Reader {
        Reader {
            names: Names::default(),
            encoding: None,
            waiting: Vec::new(),
            text: Vec::new(),
            at: 0,
            unclosed: 0,
            known: (0, offset),
            open: None,
            in_root: false,
            outside: None,
            coverage: Coverage::default(),
        }
    }

    /// Adds bytes to the text.
    fn decode(&mut self, bytes: &[u8], last: bool) {
        if let Some(Encoding::Utf8) = self.encoding {
            return self.text.extend_from_slice(bytes);
        }
        self.waiting.extend_from_slice(bytes);
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            None if self.waiting.len() < 4 && !last => return,
            None => {
                let (encoding, mark) = Encoding::of(&self.waiting);
                self.waiting.drain(..mark);
                self.known.1 += mark as u64;
                *self.encoding.insert(encoding)
            }
        };
        encoding.decode(&mut self.waiting, last, &mut self.text);
    }

    /// From tag to tag, as far as they have come whole; to the end, if this is the last of the text.
    fn walk(&mut self, last: bool, sink: &mut dyn Sink) {
        while let Some(distance) = memchr(b'<', &self.text[self.at..]) {
            let place = self.at + distance;
            self.pass(place);
            let window = &self.text[place..self.text.len().min(place + MAX_EVENT)];
            let is_all = last || window.len() == MAX_EVENT;
            let Some((markup, length)) = Markup::read(window, place >= self.unclosed, is_all) else { return };
            let window = window.len();
            self.at += length;
            match (markup, self.open) {
                (Markup::Start, open) => {
                    if let Some((start, offset)) = open {
                        let reason = if place - start > MAX_EVENT { Reason::EventTooLong } else { Reason::EventCut };
                        self.coverage.add(Problem { offset, reason, lost: 1 });
                    }
                    self.outside.take().into_iter().for_each(|problem| self.coverage.add(problem));
                    self.open = Some((place, self.offset(place)));
                }
                (Markup::End, Some((start, offset))) => {
                    self.open = None;
                    self.event(start, offset, sink);
                }
                (Markup::End, None) => self.stray(place, 1),
                (Markup::Unclosed, _) => {
                    self.unclosed = place + window;
                    self.stray(place, 0);
                }
                (Markup::Broken, None) => self.stray(place, 0),
                (Markup::Root { opens }, None) => self.in_root = opens,
                (Markup::Root { .. } | Markup::Broken | Markup::Other, _) => {}
            }
        }
        self.pass(self.text.len());
    }

    /// Walks over text without tags, which nothing but an event may have.
    fn pass(&mut self, to: usize) {
        // Files that were written one behind the other bring their byte order marks.
        let is_blank = |byte: &u8| byte.is_ascii_whitespace() || "\u{feff}".as_bytes().contains(byte);
        if let Some(first) = self.text[self.at..to].iter().position(|byte| !is_blank(byte)) {
            self.stray(self.at + first, 0);
        }
        self.at = to;
    }

    /// Notes what is outside of events and belongs to none, and how many events it costs.
    fn stray(&mut self, place: usize, lost: u64) {
        if self.open.is_some() {
            return;
        }
        let offset = self.offset(place);
        let problem = self.outside.get_or_insert(Problem { offset, reason: Reason::NotAnEvent, lost });
        problem.lost = problem.lost.max(lost);
    }

    /// The offset in the file of a place in the text; asked for in ascending order.
    fn offset(&mut self, place: usize) -> u64 {
        let (from, offset) = self.known;
        let encoding = self.encoding.unwrap_or(Encoding::Utf8);
        self.known = (place, offset + encoding.length_of(&self.text[from..place]));
        self.known.1
    }

    /// Reads the event from `start` to here.
    fn event(&mut self, start: usize, offset: u64, sink: &mut dyn Sink) {
        let text = &self.text[start..self.at];
        if text.len() > MAX_EVENT {
            return self.coverage.add(Problem { offset, reason: Reason::EventTooLong, lost: 1 });
        }
        let text = String::from_utf8_lossy(text);
        let event = match event::read(&text) {
            Ok(event) => event,
            Err(reason) => return self.coverage.add(Problem { offset, reason, lost: 1 }),
        };
        let [provider, channel, computer] =
            [&event.provider, &event.channel, &event.computer].map(|name| self.names.intern(name));
        let head = Head {
            provider: self.names.name(provider),
            event_id: event.event_id,
            level: event.level,
            time: event.time,
            record_id: event.record_id,
            channel: self.names.name(channel),
            computer: self.names.name(computer),
        };
        self.coverage.records += 1;
        sink.record(&Record::read_whole(head, offset, &|| event.fields.clone()));
    }

    /// Gives up on what has grown too long, and forgets what is done with.
    fn forget(&mut self) {
        if let Some((start, offset)) = self.open
            && self.at - start > MAX_EVENT
        {
            self.open = None;
            self.outside = Some(Problem { offset, reason: Reason::EventTooLong, lost: 1 });
        }
        let done = self.open.map_or(self.at, |(start, _)| start);
        self.offset(done);
        self.text.drain(..done);
        self.known.0 = 0;
        self.unclosed = self.unclosed.saturating_sub(done);
        self.at -= done;
        self.open = self.open.map(|(start, offset)| (start - done, offset));
    }
}

impl Sequential for Reader {
    fn slice(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Coverage {
        self.decode(bytes, false);
        self.walk(false, sink);
        self.forget();
        std::mem::take(&mut self.coverage)
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Coverage {
        self.decode(&[], true);
        self.walk(true, sink);
        self.outside.take().into_iter().for_each(|problem| self.coverage.add(problem));
        if let Some((_, offset)) = self.open.take() {
            self.coverage.add(Problem { offset, reason: Reason::EventCut, lost: 1 });
        } else if self.in_root {
            let offset = self.offset(self.text.len());
            self.coverage.add(Problem { offset, reason: Reason::ExportCut, lost: 0 });
        }
        std::mem::take(&mut self.coverage)
    }

    fn name(&self, symbol: u32) -> Name<'_> {
        self.names.name(symbol)
    }
}

/// How a text is written as bytes.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    Utf8,
    Utf16 { big_endian: bool },
}

impl Encoding {
    /// The encoding of a text by its byte order mark or first letter, which is ASCII, and the length of the mark.
    pub(super) fn of(start: &[u8]) -> (Encoding, usize) {
        match start {
            [0xff, 0xfe, ..] => (Encoding::Utf16 { big_endian: false }, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16 { big_endian: true }, 2),
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
            [1..=0x7f, 0, ..] => (Encoding::Utf16 { big_endian: false }, 0),
            [0, 1..=0x7f, ..] => (Encoding::Utf16 { big_endian: true }, 0),
            _ => (Encoding::Utf8, 0),
        }
    }

    /// Moves bytes to a text in UTF-8, up to the last whole character.
    pub(super) fn decode(self, bytes: &mut Vec<u8>, last: bool, text: &mut Vec<u8>) {
        let Encoding::Utf16 { big_endian } = self else { return text.append(bytes) };
        let mut end = bytes.len() & !1;
        let is_half = |unit: &[u8]| unit.get(usize::from(!big_endian)).is_some_and(|high| high & 0xfc == 0xd8);
        if !last && is_half(&bytes[end.saturating_sub(2)..end]) {
            end -= 2;
        }
        let units = &mut bytes[..end];
        if big_endian {
            units.as_chunks_mut::<2>().0.iter_mut().for_each(|unit| unit.reverse());
        }
        text.extend_from_slice(utf16(units).as_bytes());
        bytes.drain(..end);
    }

    /// How many bytes a text in UTF-8 has in this encoding.
    fn length_of(self, text: &[u8]) -> u64 {
        match self {
            Encoding::Utf8 => text.len() as u64,
            Encoding::Utf16 { .. } => {
                // One unit for each character, and another one for those that take four bytes in UTF-8.
                let units = |byte: &u8| u64::from(byte & 0xc0 != 0x80) + u64::from(*byte >= 0xf0);
                2 * text.iter().map(units).sum::<u64>()
            }
        }
    }
}

/// What stands between `<` and `>`, as far as it says where events begin and end.
enum Markup {
    /// `<Event>`, of whatever prefix.
    Start,
    /// `</Event>`.
    End,
    /// `<Events>` or `</Events>`.
    Root {
        opens: bool,
    },
    Other,
    /// A tag without an end.
    Broken,
    /// The start of a comment, CDATA section or instruction without an end.
    Unclosed,
}

impl Markup {
    /// The markup at the start of a text, and its length; `None` where it may end in what follows, unless this `is_all`
    /// there is. If nothing is `closable`, there are only tags.
    fn read(text: &[u8], closable: bool, is_all: bool) -> Option<(Markup, usize)> {
        const ENDS: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
        if closable && let Some((_, end)) = ENDS.iter().find(|(start, _)| text.starts_with(start)) {
            return match memmem::find(text, end) {
                Some(place) => Some((Markup::Other, place + end.len())),
                None => is_all.then_some((Markup::Unclosed, 1)),
            };
        }
        let end = match memchr2(b'<', b'>', &text[1..]) {
            Some(place) => place + 1,
            None if is_all => text.len(),
            None => return None,
        };
        let is_whole = text.get(end) == Some(&b'>');
        let (tag, closes) = match &text[1..end] {
            [b'/', tag @ ..] => (tag, true),
            tag => (tag, false),
        };
        let name = tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
        let local = memchr(b':', name).map_or(name, |colon| &name[colon + 1..]);
        let markup = match local {
            // An event whose first tag is cut has begun all the same.
            b"Event" if !is_whole && !closes => Markup::Start,
            _ if !is_whole => Markup::Broken,
            b"Event" if closes => Markup::End,
            b"Events" if closes => Markup::Root { opens: false },
            b"Event" | b"Events" if tag.ends_with(b"/") => Markup::Other,
            b"Event" => Markup::Start,
            b"Events" => Markup::Root { opens: true },
            _ => Markup::Other,
        };
        Some((markup, end + usize::from(is_whole)))
    }
}
