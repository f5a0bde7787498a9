//! The names that logs have of computers, users and domains, as far as a report has them too.
//!
//! That a word is a name is often said elsewhere: what one record has as `param1`, another has as `TargetUserName`. So
//! before names can be taken out of a report, its logs are read once more. Only names that are in the report are kept,
//! which bounds them by the report, whatever the logs have; and in which order they come does not matter.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::IpAddr;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{Texts, fold, is_word, patterns};
use crate::event::{Event, Part, Value};
use crate::kb::Name;
use crate::log::{Record, Sequential, Sink};

/// The longest name that Windows has (a user principal name), in bytes.
const MAX_NAME: usize = 1024;

/// Bytes that are read at once.
const SLICE: u64 = 4 << 20;

/// Names, and what each is of. Read logs into it.
#[derive(Clone, Debug)]
pub struct Names {
    /// The texts that can have them, without regard to case.
    texts: String,
    words: FxHashSet<String>,
    found: BTreeMap<String, Name>,
}

impl Names {
    /// No names yet; only those of these texts will be kept.
    pub fn new(texts: &Texts) -> Names {
        let mut all = String::new();
        texts.0.iter().for_each(|(_, text)| all.extend([fold(text).as_str(), "\n"]));
        let words = all.split(|c| !is_word(c)).filter(|word| !word.is_empty());
        Names { words: words.map(str::to_owned).collect(), texts: all, found: BTreeMap::new() }
    }

    /// Whether a name, without regard to case, is in the texts in whole words.
    fn have(&self, name: &str) -> bool {
        let ends = |rest: &str| !rest.starts_with(is_word);
        let mut words = name.split(|c| !is_word(c)).filter(|word| !word.is_empty());
        words.all(|word| self.words.contains(word))
            && self.texts.match_indices(name).any(|(place, name)| {
                let (before, after) = (self.texts.get(..place), self.texts.get(place + name.len()..));
                !before.is_some_and(|before| before.ends_with(is_word)) && after.is_some_and(ends)
            })
    }

    /// What was found.
    pub fn finish(self) -> Found {
        Found(self.found)
    }

    /// Takes the names of the records that a reader finds in the next bytes; gives how many these are, 0 at the end.
    pub fn read_some(&mut self, reader: &mut impl Sequential, bytes: &mut (impl Read + ?Sized)) -> io::Result<u64> {
        let mut slice = Vec::new();
        Read::take(bytes, SLICE).read_to_end(&mut slice)?;
        match slice.is_empty() {
            true => drop(reader.finish(self)),
            false => drop(reader.slice(&slice, self)),
        }
        Ok(slice.len() as u64)
    }

    /// Takes the names of an event: those in its head, in fields whose names say so, and what is a name by its form.
    fn event(&mut self, event: &Event<'_>) {
        self.name(Name::Computer, event.head.computer.text);
        for field in &event.fields {
            let Value::Text(text) = &field.value else { continue };
            let kind = field.name.as_deref().and_then(kind).filter(|_| field.part == Part::Data);
            if let Some(kind) = kind {
                self.name(kind, text);
            }
            patterns::profiles(text, &mut |kind, name| self.name(kind, name));
        }
    }

    /// Takes the names in a text of the report.
    pub(super) fn text(&mut self, text: &str) {
        patterns::names(text, &mut |kind, name| self.name(kind, name));
        patterns::profiles(text, &mut |kind, name| self.name(kind, name));
    }

    /// Takes a name of a kind, with the forms that it has elsewhere: an account without its domain, a computer without
    /// its domain, a domain without those above it.
    pub(super) fn name(&mut self, kind: Name, text: &str) {
        // What is longer is no name, but may have to be hidden all the same.
        if kind == Name::Path || text.len() > MAX_NAME {
            return self.keep(kind, text);
        }
        let text = text.trim();
        // Of a share, the server.
        let text = text.strip_prefix(r"\\").map_or(text, |path| path.split('\\').next().unwrap_or_default());
        // What a service is called: `HTTP/server`, `ldap/server/domain`.
        if kind == Name::Computer && text.contains('/') {
            return text.split('/').skip(1).for_each(|server| self.name(kind, server));
        }
        if let Some((domain, user)) = text.split_once('\\') {
            // What has more than two parts is a path of something else.
            if patterns::is_of_windows(domain) || user.contains('\\') {
                return;
            }
            self.name(Name::Domain, domain);
            return self.name(Name::User, user);
        }
        if let Some((name, domain)) = text.split_once('@') {
            self.name(Name::Domain, domain);
            return self.name(kind, name);
        }
        match kind {
            // Accounts of computers end so.
            Name::User => match text.strip_suffix('$') {
                Some(computer) => self.name(Name::Computer, computer),
                None => self.keep(kind, text),
            },
            Name::Computer => {
                // A port, or flags of a time server.
                let text = text.split([':', ',']).next().unwrap_or_default().trim_end_matches('.');
                if text.parse::<IpAddr>().is_ok() || text.ends_with(".in-addr.arpa") || is_public(text) {
                    return;
                }
                // `_ldap._tcp.dc._msdcs.contoso.com` asks for what a domain has.
                if text.starts_with('_') {
                    let domain = text.rsplit("._").next().and_then(|last| last.split_once('.'));
                    return domain.into_iter().for_each(|(_, domain)| self.name(Name::Domain, domain));
                }
                self.keep(kind, text);
                if let Some((short, domain)) = text.split_once('.') {
                    self.keep(kind, short);
                    self.name(Name::Domain, domain);
                }
            }
            Name::Domain => {
                let mut domain = text;
                while !domain.is_empty() {
                    self.keep(kind, domain);
                    let (short, above) = domain.split_once('.').unwrap_or((domain, ""));
                    self.keep(kind, short);
                    // What is above all of an organisation's domains is not its own.
                    domain = if above.contains('.') { above } else { "" };
                }
            }
            _ => self.keep(kind, text),
        }
    }

    fn keep(&mut self, kind: Name, text: &str) {
        let name = fold(text.trim_matches(|c| !is_word(c)));
        let is_number = name.len() < 5 && name.bytes().all(|byte| byte.is_ascii_digit());
        // Such would be replaced all over the report, and tell nothing where they are.
        if name.len() < 2 || is_number || is_known(&name) {
            return;
        }
        // What is called so in several ways is one of them, whatever came first.
        if let Some(own) = self.found.get_mut(&name) {
            *own = kind.min(*own);
        } else if self.have(&name) {
            self.found.insert(name, kind);
        }
    }

    /// Takes the names of computers in domains that are known: `fs1` of `fs1.contoso.com`.
    pub(super) fn computers(&mut self) {
        let domains = self.found.iter().filter(|(name, kind)| **kind == Name::Domain && name.contains('.'));
        let domains: Vec<String> = domains.map(|(name, _)| format!(".{name}")).collect();
        for domain in domains {
            let places: Vec<_> = self.texts.match_indices(&domain).map(|(place, _)| place).collect();
            for place in places {
                let before = self.texts.get(..place).unwrap_or_default();
                let computer = format!("{}{domain}", patterns::name_before(before));
                self.name(Name::Computer, &computer);
            }
        }
    }
}

impl Sink for Names {
    fn record(&mut self, record: &Record<'_>) {
        self.event(&record.read().0);
    }
}

/// Names that were found, of one log or of several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found(pub(super) BTreeMap<String, Name>);

impl Found {
    /// Adds those of other logs.
    pub fn merge(&mut self, other: Found) {
        for (name, kind) in other.0 {
            let own = self.0.entry(name).or_insert(kind);
            *own = kind.min(*own);
        }
    }
}

/// What a field names, by its own name.
fn kind(field: &str) -> Option<Name> {
    const ENDINGS: [(Name, &str); 3] = [
        (Name::Domain, "domain domainname realm forest forestname"),
        (
            Name::Computer,
            "computer computername workstation workstationname machine machinename host hostname server servername \
             clientname dcname domaincontroller nodename peer",
        ),
        (Name::User, "user username account accountname membername principalname loginname logonname"),
    ];
    let field: String = field.chars().filter(|c| is_word(*c)).map(|c| c.to_ascii_lowercase()).collect();
    // In audits, the part of Windows that an object belongs to.
    if field == "objectserver" {
        return None;
    }
    let ends = |(_, endings): &&(Name, &str)| endings.split_whitespace().any(|ending| field.ends_with(ending));
    ENDINGS.iter().find(ends).map(|(kind, _)| *kind)
}

/// Whether a name is the same everywhere: accounts and domains of Windows itself, and words for no name.
fn is_known(name: &str) -> bool {
    const NAMES: &str = "system, local service, network service, localsystem, localservice, networkservice, \
        anonymous logon, anonymous, everyone, nt authority, nt service, nt virtual machine, builtin, font driver host, \
        window manager, iis apppool, localhost, localdomain, local, lan, home, internal, workgroup, public, default, \
        default user, all users, systemprofile, windows, microsoft, www, com, net, org, null, unknown, none";
    let is_numbered = |stem| name.strip_prefix(stem).is_some_and(|number: &str| number.parse::<u32>().is_ok());
    NAMES.split(", ").any(|known| known == name) || is_public(name) || is_numbered("dwm-") || is_numbered("umfd-")
}

/// Whether everybody asks this computer or domain, for the time or for updates.
fn is_public(name: &str) -> bool {
    ["windows.com", "microsoft.com", "windowsupdate.com"].iter().any(|domain| {
        let host = name.strip_suffix(domain);
        host.is_some_and(|host| host.is_empty() || host.ends_with('.'))
    })
}
