//! Templates: the parts of an event's XML that many events share, with numbered places for values.

use std::collections::HashMap;

use crate::event::{Content, Data, Element, Event};
use crate::value::{
    BINARY, BINARY_XML, FILETIME, GUID, HEX_INT64, SID, STRING, STRING_ARRAY, Text, UINT8, UINT16, UINT32, UINT64,
    Value,
};

/// The namespace of every event.
const EVENT_NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// The most templates that are kept from one chunk to the next, so that a long log of ever new ones needs no more memory.
const KEPT: usize = 4096;

/// An element of a template.
pub(crate) struct Node {
    pub(crate) name: Text,
    /// The value without which Windows leaves the element out; [`NO_DEPENDENCY`] for none.
    pub(crate) dependency: u16,
    pub(crate) attributes: Vec<(Text, Part)>,
    pub(crate) parts: Vec<Part>,
}

/// What is inside an element or an attribute of a template.
pub(crate) enum Part {
    Element(Node),
    Text(Text),
    /// The place of a value.
    Value {
        index: u16,
        wire_type: u8,
        /// Without the value the attribute or element that contains it is left out.
        optional: bool,
    },
}

pub(crate) const NO_DEPENDENCY: u16 = 0xffff;

impl Node {
    fn new(name: impl Into<Text>) -> Node {
        Node { name: name.into(), dependency: NO_DEPENDENCY, attributes: Vec::new(), parts: Vec::new() }
    }

    fn attribute(mut self, name: impl Into<Text>, part: Part) -> Node {
        self.attributes.push((name.into(), part));
        self
    }

    fn part(mut self, part: Part) -> Node {
        self.parts.push(part);
        self
    }

    fn child(self, child: Node) -> Node {
        self.part(Part::Element(child))
    }

    fn depends_on(mut self, index: u16) -> Node {
        self.dependency = index;
        self
    }
}

fn text(text: impl Into<Text>) -> Part {
    Part::Text(text.into())
}

fn optional(index: u16, wire_type: u8) -> Part {
    Part::Value { index, wire_type, optional: true }
}

fn normal(index: u16, wire_type: u8) -> Part {
    Part::Value { index, wire_type, optional: false }
}

/// The two ways in which Windows writes the System part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemPart {
    /// Of a provider with a manifest: one template serves all, with the provider and the channel as values.
    Manifest,
    /// Of a classic provider: provider and channel are text of the template.
    Classic,
}

impl SystemPart {
    pub(crate) fn of(event: &Event) -> SystemPart {
        match event.guid.is_some() && event.event_source_name.is_none() {
            true => SystemPart::Manifest,
            false => SystemPart::Classic,
        }
    }

    /// The index of the value that is the event's data.
    fn data_index(self) -> u16 {
        match self {
            SystemPart::Manifest => 17,
            SystemPart::Classic => 19,
        }
    }
}

/// A template, whose bytes differ from chunk to chunk only by where the names in it are.
pub(crate) struct Template {
    pub(crate) guid: [u8; 16],
    pub(crate) root: Node,
}

/// The templates in use. A template's number stays the same until [`Templates::forget_if_many`] says otherwise.
#[derive(Default)]
pub(crate) struct Templates {
    numbers: HashMap<Box<[u8]>, usize>,
    templates: Vec<Template>,
    /// Where keys are made: what tells one template from another.
    key: Vec<u8>,
}

impl Templates {
    pub(crate) fn get(&self, number: usize) -> &Template {
        &self.templates[number]
    }

    /// Starts anew once there are very many templates; to be asked between chunks only.
    pub(crate) fn forget_if_many(&mut self) {
        if self.templates.len() > KEPT {
            self.numbers.clear();
            self.templates.clear();
        }
    }

    /// The number of the template for the System part of `event`.
    pub(crate) fn system(&mut self, event: &Event) -> usize {
        let part = SystemPart::of(event);
        let mut key = Key::start(&mut self.key, b's');
        key.text(&event.computer);
        if part == SystemPart::Classic {
            key.text(&event.provider);
            key.bytes(event.guid.as_ref().map_or(&[], |guid| &guid.0));
            key.text(event.event_source_name.as_deref().unwrap_or_default());
            key.text(&event.channel);
        }
        self.number(|| system_template(event, part))
    }

    /// The number of the template for the data of `event`.
    pub(crate) fn data(&mut self, event: &Event) -> usize {
        let mut key = Key::start(&mut self.key, b'd');
        match &event.data {
            Data::Strings(_) => key.bytes(b"strings"),
            Data::Named(values) => {
                for (name, value) in values {
                    key.text(name);
                    key.byte(value.wire_type().unwrap_or(STRING));
                }
                key.byte(u8::from(event.binary.is_some()));
            }
            Data::UserData(element) => {
                key.bytes(b"user data");
                key.element(element);
            }
        }
        self.number(|| data_template(event))
    }

    fn number(&mut self, make: impl FnOnce() -> Node) -> usize {
        if let Some(&number) = self.numbers.get(self.key.as_slice()) {
            return number;
        }
        let number = self.templates.len();
        self.templates.push(Template { guid: guid_of(&self.key), root: make() });
        self.numbers.insert(self.key.clone().into_boxed_slice(), number);
        number
    }
}

/// Makes a key of parts that cannot run into each other.
struct Key<'a>(&'a mut Vec<u8>);

impl<'a> Key<'a> {
    fn start(buffer: &'a mut Vec<u8>, kind: u8) -> Key<'a> {
        buffer.clear();
        buffer.push(kind);
        Key(buffer)
    }

    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend(bytes.len().to_le_bytes());
        self.0.extend(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn element(&mut self, element: &Element) {
        self.text(&element.name);
        self.0.extend(element.attributes.len().to_le_bytes());
        for (name, value) in &element.attributes {
            self.text(name);
            self.text(value);
        }
        match &element.content {
            Content::Value(value) => self.byte(value.wire_type().unwrap_or(STRING)),
            Content::Elements(elements) => {
                self.byte(0xff);
                self.0.extend(elements.len().to_le_bytes());
                elements.iter().for_each(|element| self.element(element));
            }
        }
    }
}

/// A GUID that depends on `key` only, by FNV-1a.
fn guid_of(key: &[u8]) -> [u8; 16] {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    key.iter().fold(BASIS, |hash, &byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)).to_le_bytes()
}

fn system_template(event: &Event, part: SystemPart) -> Node {
    let data_index = part.data_index();
    let mut provider = Node::new("Provider");
    let (channel, related_activity);
    match part {
        SystemPart::Manifest => {
            provider = provider.attribute("Name", optional(14, STRING)).attribute("Guid", optional(15, GUID));
            channel = Node::new("Channel").part(optional(16, STRING)).depends_on(16);
            related_activity = 13;
        }
        SystemPart::Classic => {
            provider = provider.attribute("Name", text(event.provider.clone()));
            if let Some(guid) = event.guid {
                provider = provider.attribute("Guid", text(guid.to_string()));
            }
            if let Some(name) = &event.event_source_name {
                provider = provider.attribute("EventSourceName", text(name.clone()));
            }
            channel = Node::new("Channel").part(text(event.channel.clone()));
            related_activity = 18;
        }
    }
    let value = |name, index, wire_type| Node::new(name).part(optional(index, wire_type)).depends_on(index);
    let system = Node::new("System")
        .child(provider)
        .child(value("EventID", 3, UINT16).attribute("Qualifiers", optional(4, UINT16)))
        .child(value("Version", 11, UINT8))
        .child(value("Level", 0, UINT8))
        .child(value("Task", 2, UINT16))
        .child(value("Opcode", 1, UINT8))
        .child(value("Keywords", 5, HEX_INT64))
        .child(Node::new("TimeCreated").attribute("SystemTime", optional(6, FILETIME)))
        .child(value("EventRecordID", 10, UINT64))
        .child(
            Node::new("Correlation")
                .attribute("ActivityID", optional(7, GUID))
                .attribute("RelatedActivityID", optional(related_activity, GUID)),
        )
        .child(
            Node::new("Execution")
                .attribute("ProcessID", optional(8, UINT32))
                .attribute("ThreadID", optional(9, UINT32)),
        )
        .child(channel)
        .child(Node::new("Computer").part(text(event.computer.clone())))
        .child(Node::new("Security").attribute("UserID", optional(12, SID)));
    Node::new("Event")
        .attribute("xmlns", text(EVENT_NAMESPACE))
        .depends_on(data_index)
        .child(system)
        .part(optional(data_index, BINARY_XML))
}

/// The template for the data of `event`. Should an event have more values than there are numbers for, then they wrap
/// around: such a record fits in no chunk anyway.
fn data_template(event: &Event) -> Node {
    match &event.data {
        Data::Strings(_) => Node::new("EventData")
            .child(Node::new("Data").part(optional(0, STRING_ARRAY)).depends_on(0))
            .child(Node::new("Binary").part(optional(2, BINARY)).depends_on(2)),
        Data::Named(values) => {
            let mut root = Node::new("EventData");
            let mut index = 0_u16;
            for (name, value) in values {
                let place = normal(index, value.wire_type().unwrap_or(STRING));
                root = root.child(Node::new("Data").attribute("Name", text(name.clone())).part(place));
                index = index.wrapping_add(1);
            }
            if event.binary.is_some() {
                root = root.child(Node::new("Binary").part(normal(index.wrapping_add(1), BINARY)));
            }
            root
        }
        Data::UserData(element) => Node::new("UserData").child(user_element(element, &mut 0)),
    }
}

fn user_element(element: &Element, index: &mut u16) -> Node {
    let mut node = Node::new(element.name.clone());
    for (name, value) in &element.attributes {
        node = node.attribute(name.clone(), text(value.clone()));
    }
    match &element.content {
        Content::Value(value) => {
            node = node.part(normal(*index, value.wire_type().unwrap_or(STRING)));
            *index = index.wrapping_add(1);
        }
        Content::Elements(elements) => {
            for element in elements {
                node = node.child(user_element(element, index));
            }
        }
    }
    node
}

/// Calls `visit` for every value below `element`, in the order of their places in the template.
pub(crate) fn visit_values<'a>(element: &'a Element, visit: &mut impl FnMut(&'a Value)) {
    match &element.content {
        Content::Value(value) => visit(value),
        Content::Elements(elements) => elements.iter().for_each(|element| visit_values(element, visit)),
    }
}
