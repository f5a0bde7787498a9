//! Logs for the articles that the project started with.

use super::SECOND;
use crate::event::{Event, Level};
use crate::evt::evt;
use crate::numbers::Numbers;
use crate::value::{Guid, filetime};
use crate::writer::evtx;

/// A founding article, by its number in Microsoft's Knowledge Base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Article {
    /// RDR or SRV does not start: an instance of the service is already running (7000, `%%1056`).
    Q124641,
    /// `SMS_BOOTSTRAP` terminated unexpectedly (7031).
    Q283472,
    /// Messenger cannot start because the computer's name is taken (7024, `%%2270`).
    Q101355,
    /// Exchange services in Inetinfo do not start (7000, `%%1083`).
    Q277770,
}

impl Article {
    /// All four.
    pub const ALL: [Article; 4] = [Article::Q124641, Article::Q283472, Article::Q101355, Article::Q277770];
}

/// A log of which one article explains a few records among thousands that are only similar to them.
#[derive(Debug, Clone)]
pub struct FoundingLog {
    /// The log's events, each with its record id, in their order.
    pub events: Vec<Event>,
    /// The ids of exactly the records that the article explains, ascending.
    pub expected: Vec<u64>,
}

impl FoundingLog {
    /// The log as a file.
    #[must_use]
    pub fn evtx(&self) -> Vec<u8> {
        evtx(self.events.iter().cloned())
    }

    /// The log as a file of Windows NT to Server 2003.
    #[must_use]
    pub fn evt(&self) -> Vec<u8> {
        evt(self.events.iter().cloned())
    }
}

/// How many similar records each log has.
const NEAR_MISSES: usize = 4000;
/// The first record's id: not 1, so that positions are not mistaken for ids.
const FIRST_RECORD_ID: u64 = 71_001;

/// The log of a founding article. It is the same every time.
///
/// ```
/// use log_writer::logs::{Article, founding};
///
/// let log = founding(Article::Q101355);
/// assert_eq!(log.expected.len(), 5);
/// assert!(log.events.len() > 4000);
/// ```
#[must_use]
pub fn founding(article: Article) -> FoundingLog {
    let (right, similar) = match article {
        Article::Q124641 => (rdr_srv(), rdr_srv_near_misses()),
        Article::Q283472 => (sms_bootstrap(), sms_bootstrap_near_misses()),
        Article::Q101355 => (messenger(), messenger_near_misses()),
        Article::Q277770 => (exchange(), exchange_near_misses()),
    };
    mix(&right, &similar)
}

/// Spreads `right` over a log of records like `similar`.
fn mix(right: &[Event], similar: &[Event]) -> FoundingLog {
    let mut numbers = Numbers(right.len() as u64);
    let mut log = FoundingLog { events: Vec::new(), expected: Vec::new() };
    let mut time = filetime(2026, 9, 1, 6, 30, 0);
    let gaps = right.len() - 1;
    let mut places =
        right.iter().enumerate().map(|(number, event)| (number * (NEAR_MISSES - 1) / gaps, event)).peekable();
    for number in 0..NEAR_MISSES {
        // Every kind of near miss in turn, so that none is left to chance, and now and then a right one after it: the
        // log's second record is one, and so is the last.
        let near = (&similar[number % similar.len()], false);
        let right = places.next_if(|(place, _)| *place == number).map(|(_, event)| (event, true));
        for (event, is_right) in [Some(near), right].into_iter().flatten() {
            let record_id = FIRST_RECORD_ID + log.events.len() as u64;
            time += SECOND / 10 * (numbers.next() % 3000) + 1;
            let mut event = event.clone().record_id(record_id).time(time).computer("SERVER12345");
            if !is_right && event.process_id != PROCESS_2270 {
                event.thread_id = 4 * (numbers.below(2000) as u32 + 1);
            }
            log.events.push(event);
            if is_right {
                log.expected.push(record_id);
            }
        }
    }
    assert!(places.next().is_none(), "every right record has its place");
    log
}

/// A failed start: event 7000.
fn not_started(service: &'static str, code: &'static str) -> Event {
    Event::service_control_manager(7000).param(service).param(code).service_key(service)
}

fn rdr_srv() -> Vec<Event> {
    ["RDR", "SRV", "Rdr", "Srv", "rdr", "srv", "RDR", "SRV"].map(|service| not_started(service, "%%1056")).to_vec()
}

fn rdr_srv_near_misses() -> Vec<Event> {
    let mut events = Vec::new();
    for service in ["Spooler", "SRV2", "RDRSS", "LanmanServer", "Workstation", "Messenger", "DHCP", ""] {
        events.push(not_started(service, "%%1056"));
    }
    for service in ["RDR", "SRV", "rdr", "srv"] {
        for code in ["%%1055", "%%1057", "%%1058", "%%10567", "%%2", "%%1053", "1056", "%1056", ""] {
            events.push(not_started(service, code));
        }
        for id in [7001, 7003, 7011, 7023, 7024, 7038, 7040] {
            events.push(Event::service_control_manager(id).param(service).param("%%1056"));
        }
        events.push(Event::service_control_manager(7036).param(service).param("running"));
        let other = Event::classic("Contoso Backup Agent", 7000).qualifiers(0xC000).level(Level::Error);
        events.push(other.string(service).string("%%1056"));
        events.push(
            Event::manifest("Contoso-Fabric-Control", CONTOSO, 7000)
                .level(Level::Error)
                .data("param1", service)
                .data("param2", "%%1056"),
        );
        // The right words in the wrong places.
        events.push(Event::service_control_manager(7000).param("%%1056").param(service));
        events.push(Event::service_control_manager(7000).param("Browser").param("%%1056").param(service));
    }
    events
}

/// An unexpected end: event 7031.
fn terminated(service: &'static str, times: &'static str, action: &'static str, text: &'static str) -> Event {
    Event::service_control_manager(7031).param(service).param(times).param("0").param(action).param(text)
}

fn sms_bootstrap() -> Vec<Event> {
    let event = |times| terminated("SMS_BOOTSTRAP", times, "0", "No action");
    vec![
        event("1").channel("Application"),
        event("2").channel("Application"),
        event("1"),
        event("2"),
        event("1").service_key("SMS_BOOTSTRAP"),
        event("3").channel("Application").service_key("SMS_BOOTSTRAP"),
    ]
}

fn sms_bootstrap_near_misses() -> Vec<Event> {
    let mut events = Vec::new();
    for service in
        ["SMS_EXECUTIVE", "SMS_SITE_COMPONENT_MANAGER", "SMS_BOOTSTRAP2", "Terminal Services", "Print Spooler"]
    {
        for channel in ["System", "Application"] {
            events.push(terminated(service, "1", "0", "No action").channel(channel));
            events.push(terminated(service, "2", "1", "Restart the service").channel(channel));
        }
    }
    for channel in ["System", "Application"] {
        let scm = |id| Event::service_control_manager(id).channel(channel);
        events.push(scm(7034).param("SMS_BOOTSTRAP").param("1"));
        events.push(scm(7036).param("SMS_BOOTSTRAP").param("stopped").service_key("SMS_BOOTSTRAP/1"));
        events.push(scm(7035).param("SMS_BOOTSTRAP").param("start"));
        events.push(scm(7000).param("SMS_BOOTSTRAP").param("%%1053"));
        events.push(scm(7032).param("1").param("Restart the service").param("SMS_BOOTSTRAP").param("%%1056"));
        events.push(scm(7031).param("Alerter").param("1").param("0").param("0").param("SMS_BOOTSTRAP"));
        let sms = Event::classic("SMS Server", 7031).qualifiers(0xC000).level(Level::Error).channel(channel);
        events.push(sms.string("SMS_BOOTSTRAP").string("1").string("0").string("0").string("No action"));
    }
    events
}

/// A process id, to be told from the error of the same number.
const PROCESS_2270: u32 = 2270;
const CONTOSO: Guid = Guid::new("{3c1d42e6-9f0b-4c57-8a4e-52d1b7a90c13}");

/// An end with an error of the service's own: event 7024.
fn stopped(service: &'static str, code: &'static str) -> Event {
    Event::service_control_manager(7024).param(service).param(code)
}

fn messenger() -> Vec<Event> {
    vec![
        stopped("Messenger", "%%2270"),
        stopped("Messenger", "%%2270").service_key("Messenger"),
        stopped("Messenger", "%%2270").version(1),
        stopped("Messenger", "%%2270").process(PROCESS_2270, 2274),
        stopped("Messenger", "%%2270").service_key("Messenger"),
    ]
}

fn messenger_near_misses() -> Vec<Event> {
    let mut events = Vec::new();
    for code in ["%%2271", "%%2269", "%%22700", "%%227", "%%2182", "%%0", ""] {
        events.push(stopped("Messenger", code));
    }
    for service in ["Spooler", "Print Spooler", "Alerter", "Messenger Sharing", "Windows Messenger", ""] {
        events.push(stopped(service, "%%2270"));
        events.push(stopped(service, "%%2271").process(PROCESS_2270, 2274));
    }
    for state in ["running", "stopped"] {
        events.push(Event::service_control_manager(7036).param("Messenger").param(state).service_key("Messenger/4"));
    }
    for id in [7000, 7023, 7034, 7031] {
        events.push(Event::service_control_manager(id).param("Messenger").param("%%2270"));
    }
    events.push(Event::service_control_manager(7001).param("Alerter").param("Messenger").param("%%2270"));
    events.push(Event::service_control_manager(2270).param("Messenger").param("%%2270"));
    events.push(
        Event::classic("Contoso Messenger", 2270)
            .qualifiers(0xC000)
            .level(Level::Error)
            .string("Messenger")
            .string("7024"),
    );
    events.push(
        Event::classic("NetBT", 7024).qualifiers(0xC000).level(Level::Error).string("Messenger").string("%%2270"),
    );
    events.push(
        Event::manifest("Contoso-Fabric-Connection", CONTOSO, 3)
            .data("Application", "Messenger")
            .data("SourcePort", 2270_u16)
            .data("DestinationPort", 7024_u16),
    );
    events.push(Event::service_control_manager(7024).param("%%2270").param("Messenger"));
    events
}

/// The Exchange 2000 services that run in Inetinfo, with their key names.
const IN_INETINFO: [(&str, &str); 5] = [
    ("Simple Mail Transport Protocol (SMTP)", "SMTPSVC"),
    ("Network News Transport Protocol (NNTP)", "NNTPSVC"),
    ("Microsoft Exchange POP3", "POP3Svc"),
    ("Microsoft Exchange IMAP4", "IMAP4Svc"),
    ("Microsoft Exchange Routing Engine", "RESvc"),
];

fn exchange() -> Vec<Event> {
    let with_key = IN_INETINFO.map(|(service, key)| not_started(service, "%%1083").service_key(key));
    let without = IN_INETINFO.map(|(service, _)| Event::service_control_manager(7000).param(service).param("%%1083"));
    [with_key, without].concat()
}

fn exchange_near_misses() -> Vec<Event> {
    let mut events = Vec::new();
    for (service, key) in IN_INETINFO {
        for code in ["%%1053", "%%1082", "%%1084", "%%1058", "%%1069", "%%10830", "1083"] {
            events.push(not_started(service, code).service_key(key));
        }
        events.push(Event::service_control_manager(7023).param(service).param("%%1083"));
        events.push(Event::service_control_manager(7001).param(service).param("IIS Admin Service").param("%%1083"));
        events.push(Event::service_control_manager(7036).param(service).param("stopped"));
        let other = Event::classic("MSExchangeTransport", 7000).qualifiers(0xC000).level(Level::Error);
        events.push(other.string(service).string("%%1083"));
    }
    let others =
        ["Print Spooler", "Windows Time", "World Wide Web Publishing", "FTP Publishing", "Task Scheduler", "Messenger"];
    for service in others {
        events.push(not_started(service, "%%1083"));
    }
    events
}
