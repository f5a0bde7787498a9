//! One `<Event>` element: the head of the event and its fields, as the .evtx reader finds them in the record.

use std::borrow::Cow;

use memchr::memchr;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::event::{Field, Level, Part, Time, Value};
use crate::log::Reason;

/// Elements nested deeper than this are malformed, as in binary XML.
const MAX_DEPTH: usize = 64;
/// An event with more values is malformed: the largest records have some hundred.
const MAX_FIELDS: usize = 10_000;

/// What an event says.
#[derive(Default)]
pub struct Parsed<'a> {
    pub provider: Cow<'a, str>,
    pub event_id: u32,
    pub level: Level,
    pub time: Time,
    pub record_id: u64,
    pub channel: Cow<'a, str>,
    pub computer: Cow<'a, str>,
    pub fields: Vec<Field<'a>>,
}

/// Reads the text of an `<Event>` element.
pub fn read(text: &str) -> Result<Parsed<'_>, Reason> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut collector = Collector { text, event: Parsed::default(), path: Vec::new(), has_system: false };
    loop {
        let event = reader.read_event().map_err(malformed)?;
        let end = reader.buffer_position() as usize;
        match event {
            Event::Start(tag) => collector.open(&tag, end - 1)?,
            Event::Empty(tag) => {
                collector.open(&tag, end - 2)?;
                collector.close()?;
            }
            Event::End(_) => collector.close()?,
            Event::Text(text) => collector.content(text.into_inner()),
            Event::CData(text) => collector.content(text.into_inner()),
            Event::GeneralRef(name) => collector.content(reference(&name)),
            Event::DocType(_) => return Err(content("a document type in the middle")),
            Event::Eof if !collector.path.is_empty() => return Err(content("it breaks off")),
            Event::Eof if !collector.has_system => return Err(content("it has no System")),
            Event::Eof => return Ok(collector.event),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
    }
}

fn content(what: impl Into<String>) -> Reason {
    Reason::RecordContent(what.into())
}

fn malformed(error: quick_xml::Error) -> Reason {
    match error {
        // Their messages quote names, which may be long.
        quick_xml::Error::IllFormed(_) => content("tags that do not match"),
        error => content(error.to_string()),
    }
}

/// What a reference stands for; itself where that is not known.
fn reference<'a>(name: &str) -> Cow<'a, str> {
    if let Some(text) = resolve_xml_entity(name) {
        return text.into();
    }
    match BytesRef::new(name).resolve_char_ref() {
        Ok(Some(character)) => character.to_string().into(),
        _ => format!("&{name};").into(),
    }
}

/// An attribute's text, with what its references stand for.
fn unescaped(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', raw.as_bytes()) else { return raw.into() };
    let mut text = raw[..first].to_owned();
    for part in raw[first + 1..].split('&') {
        match part.split_once(';') {
            Some((name, rest)) => {
                text.push_str(&reference(name));
                text.push_str(rest);
            }
            None => {
                text.push('&');
                text.push_str(part);
            }
        }
    }
    text.into()
}

/// Collects the values of an event in their order.
struct Collector<'a> {
    text: &'a str,
    event: Parsed<'a>,
    path: Vec<Element<'a>>,
    has_system: bool,
}

struct Element<'a> {
    name: &'a str,
    /// The `Name` of a `<Data Name="…">`.
    label: Option<Cow<'a, str>>,
    content: Option<Cow<'a, str>>,
    has_children: bool,
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl<'a> Collector<'a> {
    fn part(&self) -> Option<Part> {
        Part::of(self.path.get(1)?.name)
    }

    /// Opens an element whose tag ends at `end` of the text.
    fn open(&mut self, tag: &BytesStart<'_>, end: usize) -> Result<(), Reason> {
        if self.path.len() >= MAX_DEPTH {
            return Err(content("elements nested too deeply"));
        }
        if let Some(parent) = self.path.last_mut() {
            parent.has_children = true;
        }
        let length = tag.name().as_ref().len();
        // The same text again, which lives longer than the tag.
        let tag = self.text.get(end.saturating_sub(tag.len())..end).unwrap_or_default();
        let element = local(tag.get(..length).unwrap_or_default());
        self.path.push(Element { name: element, label: None, content: None, has_children: false });
        self.has_system |= self.path.len() == 2 && element == "System";
        if tag.len() == length {
            return Ok(());
        }
        for attribute in Attributes::new(tag, length).with_checks(false) {
            let attribute = attribute.map_err(|error| content(error.to_string()))?;
            let value = match attribute.value {
                Cow::Borrowed(raw) => unescaped(raw),
                Cow::Owned(raw) => unescaped(&raw).into_owned().into(),
            };
            self.attribute(element, attribute.key.0, value)?;
        }
        Ok(())
    }

    fn attribute(&mut self, element: &'a str, name: &'a str, value: Cow<'a, str>) -> Result<(), Reason> {
        let Some(part) = self.part() else { return Ok(()) };
        let name = match name.split_once(':') {
            Some(("xmlns", _)) => return Ok(()),
            _ if name == "xmlns" => return Ok(()),
            Some((_, local)) => local,
            None => name,
        };
        match (part, element, name) {
            (_, "Data", "Name") => {
                if let Some(element) = self.path.last_mut() {
                    element.label = Some(value);
                }
            }
            (Part::System, "Provider", "Name") => self.event.provider = value,
            (Part::System, "TimeCreated", "SystemTime") => self.event.time = Time::parse(&value).unwrap_or_default(),
            _ => return self.push(part, Some(joined(element, name)), Value::Text(value)),
        }
        Ok(())
    }

    fn content(&mut self, text: Cow<'a, str>) {
        match self.path.last_mut().map(|element| &mut element.content) {
            Some(Some(content)) => content.to_mut().push_str(&text),
            Some(content) => *content = Some(text),
            None => {}
        }
    }

    fn close(&mut self) -> Result<(), Reason> {
        let part = self.part();
        let Some(element) = self.path.pop() else { return Ok(()) };
        let (Some(part), false, true) = (part, element.has_children, self.path.len() >= 2) else { return Ok(()) };
        if part == Part::System && self.path.len() == 2 {
            return self.system(element.name, element.content);
        }
        let is_data = element.name == "Data" && part == Part::Data;
        let name = if is_data { element.label } else { Some(element.name.into()) };
        match element.content {
            Some(content) => self.push(part, name, Value::Text(content)),
            None if is_data => self.push(part, name, Value::Null),
            None => Ok(()),
        }
    }

    /// Takes an element of `System`.
    fn system(&mut self, name: &'a str, content: Option<Cow<'a, str>>) -> Result<(), Reason> {
        let Some(content) = content else { return Ok(()) };
        let number = content.trim().parse::<u64>();
        let event = &mut self.event;
        match name {
            "EventID" => event.event_id = number.unwrap_or(0) as u32,
            "EventRecordID" => event.record_id = number.unwrap_or(0),
            "Channel" => event.channel = content,
            "Computer" => event.computer = content,
            _ => {
                if name == "Level" {
                    event.level = Level::from_number(*number.as_ref().unwrap_or(&0) as u8);
                }
                let value = number.map_or(Value::Text(content), Value::Unsigned);
                return self.push(Part::System, Some(name.into()), value);
            }
        }
        Ok(())
    }

    fn push(&mut self, part: Part, name: Option<Cow<'a, str>>, value: Value<'a>) -> Result<(), Reason> {
        if self.event.fields.len() >= MAX_FIELDS {
            return Err(content("more values than an event can have"));
        }
        self.event.fields.push(Field { part, name, value });
        Ok(())
    }
}

/// The name of the field that an attribute is; those that every event has take no memory.
fn joined<'a>(element: &str, attribute: &str) -> Cow<'a, str> {
    const KNOWN: [&str; 7] = [
        "Execution_ProcessID",
        "Execution_ThreadID",
        "Provider_Guid",
        "EventID_Qualifiers",
        "Security_UserID",
        "Correlation_ActivityID",
        "Provider_EventSourceName",
    ];
    match KNOWN.iter().find(|known| known.split_once('_') == Some((element, attribute))) {
        Some(known) => Cow::Borrowed(known),
        None => format!("{element}_{attribute}").into(),
    }
}
