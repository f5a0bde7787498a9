//! What an event says, described field by field.

use crate::value::{Guid, Sid, Text, Value, encode_utf16, filetime};

/// How severe an event is: the `Level` of its System part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Level {
    /// 0: audit events, and some classic ones.
    LogAlways = 0,
    /// 1.
    Critical = 1,
    /// 2.
    Error = 2,
    /// 3.
    Warning = 3,
    /// 4.
    Information = 4,
    /// 5.
    Verbose = 5,
}

/// An element below `UserData`.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// The element's name.
    pub name: Text,
    /// The attributes, `xmlns` included. They are part of the template, not values.
    pub attributes: Vec<(Text, Text)>,
    /// What is between the tags.
    pub content: Content,
}

/// What an [`Element`] contains.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Other elements.
    Elements(Vec<Element>),
    /// A value.
    Value(Value),
}

impl Element {
    /// An element with other elements in it, to be added with [`Element::child`].
    pub fn new(name: impl Into<Text>) -> Element {
        Element { name: name.into(), attributes: Vec::new(), content: Content::Elements(Vec::new()) }
    }

    /// An element with a value in it.
    pub fn value(name: impl Into<Text>, value: impl Into<Value>) -> Element {
        Element { name: name.into(), attributes: Vec::new(), content: Content::Value(value.into()) }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<Text>, value: impl Into<Text>) -> Element {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// Adds an element.
    ///
    /// # Panics
    /// If this element contains a value.
    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        match &mut self.content {
            Content::Elements(elements) => elements.push(child),
            Content::Value(_) => panic!("{} contains a value", self.name),
        }
        self
    }
}

/// What the event's provider logged.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// `<EventData><Data>...</Data>...</EventData>`: the insertion strings of a classic event.
    Strings(Vec<Text>),
    /// `<EventData><Data Name="...">...</Data>...</EventData>`.
    Named(Vec<(Text, Value)>),
    /// `<UserData>` with the provider's own elements.
    UserData(Element),
}

/// One event to write.
///
/// Make one with [`Event::manifest`], [`Event::classic`] or [`Event::service_control_manager`] and change what differs.
///
/// ```
/// use log_writer::{Event, Level, filetime};
///
/// let event = Event::classic("Contoso Backup Agent", 12)
///     .level(Level::Error)
///     .time(filetime(2026, 11, 20, 8, 30, 0))
///     .string("D:\\")
///     .string("0x80070015");
/// assert_eq!(event.qualifiers, Some(0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `Provider/@Name`.
    pub provider: Text,
    /// `Provider/@Guid`, of providers with a manifest.
    pub guid: Option<Guid>,
    /// `Provider/@EventSourceName`, of providers that have a manifest and still log in the classic way.
    pub event_source_name: Option<Text>,
    /// `EventID`.
    pub event_id: u16,
    /// `EventID/@Qualifiers`: the high word of a classic event's identifier.
    pub qualifiers: Option<u16>,
    /// `Version`.
    pub version: u8,
    /// `Level`.
    pub level: Level,
    /// `Task`, the category of a classic event.
    pub task: u16,
    /// `Opcode`.
    pub opcode: u8,
    /// `Keywords`.
    pub keywords: u64,
    /// `TimeCreated/@SystemTime`, as FILETIME (see [`filetime`]).
    pub time: u64,
    /// `Execution/@ProcessID`.
    pub process_id: u32,
    /// `Execution/@ThreadID`.
    pub thread_id: u32,
    /// `Correlation/@ActivityID`.
    pub activity_id: Option<Guid>,
    /// `Channel`.
    pub channel: Text,
    /// `Computer`.
    pub computer: Text,
    /// `Security/@UserID`.
    pub user: Option<Sid>,
    /// `EventRecordID`; without it, the one that follows the record before.
    pub record_id: Option<u64>,
    /// What the provider logged.
    pub data: Data,
    /// `EventData/Binary`. Events with `UserData` have none.
    pub binary: Option<Vec<u8>>,
}

impl Event {
    /// An informational event of a provider with a manifest, in channel System.
    pub fn manifest(provider: impl Into<Text>, guid: Guid, event_id: u16) -> Event {
        Event {
            guid: Some(guid),
            qualifiers: None,
            keywords: 0x8000_0000_0000_0000,
            data: Data::Named(Vec::new()),
            ..Event::classic(provider, event_id)
        }
    }

    /// An informational event of a classic provider, one that logs with `ReportEvent`, in channel System.
    pub fn classic(provider: impl Into<Text>, event_id: u16) -> Event {
        Event {
            provider: provider.into(),
            guid: None,
            event_source_name: None,
            event_id,
            qualifiers: Some(0),
            version: 0,
            level: Level::Information,
            task: 0,
            opcode: 0,
            keywords: 0x0080_0000_0000_0000,
            time: filetime(2026, 11, 20, 8, 0, 0),
            process_id: 0,
            thread_id: 0,
            activity_id: None,
            channel: "System".into(),
            computer: "SAMPLE-PC".into(),
            user: None,
            record_id: None,
            data: Data::Strings(Vec::new()),
            binary: None,
        }
    }

    /// An event of the Service Control Manager, with the level and Qualifiers that Windows 10 and 11 give this event id.
    ///
    /// ```
    /// use log_writer::{Event, Level};
    ///
    /// let failed = Event::service_control_manager(7000).param("Messenger").param("%%1058").service_key("Messenger");
    /// assert_eq!((failed.level, failed.qualifiers), (Level::Error, Some(0xC000)));
    /// ```
    #[must_use]
    pub fn service_control_manager(event_id: u16) -> Event {
        const NAME: &str = "Service Control Manager";
        let (level, severity) = match event_id {
            7035 | 7036 | 7040 | 7042 | 7045 => (Level::Information, INFORMATION),
            7039 => (Level::Warning, WARNING),
            // "The following boot-start or system-start driver(s) did not load": an error by its Qualifiers only.
            7026 => (Level::Information, ERROR),
            _ => (Level::Error, ERROR),
        };
        Event {
            guid: Some(Guid::new("{555908d1-a6d7-4695-8e1e-26931d2012f4}")),
            event_source_name: Some(NAME.into()),
            qualifiers: Some(severity),
            level,
            keywords: 0x8080_0000_0000_0000,
            process_id: 740,
            thread_id: 812,
            data: Data::Named(Vec::new()),
            ..Event::classic(NAME, event_id)
        }
    }

    /// Adds a named value.
    ///
    /// # Panics
    /// If the event has unnamed strings or `UserData`.
    #[must_use]
    pub fn data(mut self, name: impl Into<Text>, value: impl Into<Value>) -> Event {
        self.named().push((name.into(), value.into()));
        self
    }

    /// Adds a value with the next of the names `param1`, `param2`, ...
    ///
    /// # Panics
    /// If the event has unnamed strings or `UserData`.
    #[must_use]
    pub fn param(mut self, value: impl Into<Value>) -> Event {
        const NAMES: [&str; 6] = ["param1", "param2", "param3", "param4", "param5", "param6"];
        let values = self.named();
        let name = match NAMES.get(values.len()) {
            Some(&name) => name.into(),
            None => format!("param{}", values.len() + 1).into(),
        };
        values.push((name, value.into()));
        self
    }

    /// Adds an insertion string without a name.
    ///
    /// # Panics
    /// If the event has named values or `UserData`.
    #[must_use]
    pub fn string(mut self, string: impl Into<Text>) -> Event {
        if matches!(&self.data, Data::Named(values) if values.is_empty()) {
            self.data = Data::Strings(Vec::new());
        }
        match &mut self.data {
            Data::Strings(strings) => strings.push(string.into()),
            _ => panic!("event {} has named values", self.event_id),
        }
        self
    }

    /// Puts `UserData` in place of `EventData`.
    #[must_use]
    pub fn user_data(mut self, element: Element) -> Event {
        self.data = Data::UserData(element);
        self
    }

    /// Sets `Binary`.
    #[must_use]
    pub fn binary(mut self, bytes: impl Into<Vec<u8>>) -> Event {
        self.binary = Some(bytes.into());
        self
    }

    /// Sets `Binary` to a service's key name in UTF-16, as the Service Control Manager does: `Spooler`, and in the
    /// event 7036 the state as well, `Spooler/4` for running and `Spooler/1` for stopped.
    #[must_use]
    pub fn service_key(self, key: &str) -> Event {
        let mut bytes = Vec::new();
        encode_utf16(key, &mut bytes);
        bytes.extend([0, 0]);
        self.binary(bytes)
    }

    /// Sets the level, and of an event with Qualifiers the severity in them.
    #[must_use]
    pub fn level(mut self, level: Level) -> Event {
        self.level = level;
        if let Some(qualifiers) = self.qualifiers.filter(|&qualifiers| qualifiers != 0) {
            let severity = match level {
                Level::Critical | Level::Error => ERROR,
                Level::Warning => WARNING,
                _ => INFORMATION,
            };
            self.qualifiers = Some(qualifiers & 0x3fff | severity);
        }
        self
    }

    /// Sets process and thread.
    #[must_use]
    pub fn process(mut self, process_id: u32, thread_id: u32) -> Event {
        (self.process_id, self.thread_id) = (process_id, thread_id);
        self
    }

    /// The named values, which an event without any data can still get.
    fn named(&mut self) -> &mut Vec<(Text, Value)> {
        if matches!(&self.data, Data::Strings(strings) if strings.is_empty()) {
            self.data = Data::Named(Vec::new());
        }
        match &mut self.data {
            Data::Named(values) => values,
            _ => panic!("event {} has no named values", self.event_id),
        }
    }
}

/// The Qualifiers of an error.
const ERROR: u16 = 0xC000;
/// The Qualifiers of a warning.
const WARNING: u16 = 0x8000;
/// The Qualifiers of an informational event.
const INFORMATION: u16 = 0x4000;

macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $type:ty => $set:expr;)*) => {
        impl Event {$(
            $(#[$doc])*
            #[must_use]
            pub fn $field(mut self, $field: $type) -> Event {
                self.$field = ($set)($field);
                self
            }
        )*}
    };
}

setters! {
    /// Sets the provider's name.
    provider: impl Into<Text> => Into::into;
    /// Sets the provider's GUID.
    guid: Guid => Some;
    /// Sets the name under which the provider logs in the classic way.
    event_source_name: impl Into<Text> => |name| Some(Into::into(name));
    /// Sets the Qualifiers.
    qualifiers: u16 => Some;
    /// Sets the version.
    version: u8 => |version| version;
    /// Sets the task.
    task: u16 => |task| task;
    /// Sets the opcode.
    opcode: u8 => |opcode| opcode;
    /// Sets the keywords.
    keywords: u64 => |keywords| keywords;
    /// Sets the time (see [`filetime`]).
    time: u64 => |time| time;
    /// Sets the activity.
    activity_id: Guid => Some;
    /// Sets the channel.
    channel: impl Into<Text> => Into::into;
    /// Sets the computer.
    computer: impl Into<Text> => Into::into;
    /// Sets the user.
    user: Sid => Some;
    /// Sets the record id.
    record_id: u64 => Some;
}
