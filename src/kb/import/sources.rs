//! Which source logs an event, where the text does not label it.

use super::events::Found;

/// A source, the ids that it logs, and words of which the event's text or the article has one; no words are enough by
/// themselves.
type Rule = (&'static str, std::ops::RangeInclusive<u16>, &'static [&'static str]);

/// Known events of Windows and of the servers that the Knowledge Base speaks of, most exact first. From the messages in
/// the event message files of these products, and from articles of `kb/`.
const RULES: [Rule; 58] = [
    ("Service Control Manager", 7000..=7046, &["service", "driver", "failed to load", "not functioning", "depends"]),
    ("Application Popup", 26..=26, &[]),
    ("EventLog", 6005..=6013, &[]),
    ("DrWatson", 4097..=4097, &["application error", "dr. watson", "dr watson"]),
    ("Save Dump", 1000..=1003, &["bugcheck", "rebooted"]),
    ("Perflib", 1000..=1023, &["performance", "open procedure"]),
    ("Perfctrs", 2000..=5000, &["performance", "perfctrs"]),
    ("Ci", 4097..=4150, &["content index", "cisvc"]),
    ("FPNWSrv", 2000..=3000, &["fpnw"]),
    (
        "Srv",
        2000..=2025,
        &[
            "disk is at or near",
            "network error",
            "the server was",
            "the server has",
            "the server's",
            "the server could",
            "irpstacksize",
            "nonpaged pool",
            "paged pool",
            "work item",
        ],
    ),
    ("Server", 2500..=2513, &["server service", "the server"]),
    ("Rdr", 3000..=3035, &["redirector"]),
    ("Replicator", 3200..=3222, &["replicat"]),
    ("NETLOGON", 3210..=3226, &[]),
    ("Workstation", 3870..=3875, &[]),
    ("NETLOGON", 5500..=5820, &["domain", "trust", "logon", "netlogon", "dns", "session setup"]),
    ("Browser", 8003..=8035, &["brows"]),
    ("BROWSER", 8003..=8035, &["backup list", "master"]),
    ("Security", 512..=685, &["logon", "audit", "security", "lock"]),
    ("Tcpip", 4197..=4202, &["ip address", "tcp", "interface", "duplicate"]),
    ("NetBT", 4300..=4321, &[]),
    ("WINS", 4097..=4350, &["wins"]),
    ("DCOM", 10000..=10029, &["dcom", "com server"]),
    ("MacFile", 10000..=12080, &["macintosh volume", "volume information", "macfile", "services for macintosh"]),
    ("RemoteAccess", 20000..=20199, &[]),
    ("Dhcp", 1000..=1008, &["dhcp", "lease"]),
    ("DhcpServer", 1000..=1100, &["dhcp"]),
    ("DNS", 100..=7999, &["dns server", "dns service"]),
    ("ClusSvc", 1000..=1210, &["cluster"]),
    ("Print", 1..=61, &["print"]),
    ("Userenv", 1000..=1110, &["profile", "group policy"]),
    ("NtFrs", 13500..=13580, &[]),
    ("W32Time", 1..=70, &["time service", "w32time"]),
    ("LicenseService", 201..=213, &["license"]),
    (
        "MSExchangeMTA",
        0..=u16::MAX,
        &["mta database", " mta ", "(mta)", "mta service", "ds_read", "[base ", "x.400", "om_get", "[mta "],
    ),
    ("MSExchangeIMC", 3000..=4299, &["internet mail"]),
    ("MSExchangeMig", 1000..=12100, &["migrat"]),
    ("MSExchangeIS", 1000..=9999, &["information store"]),
    ("MSExchangeDS", 1000..=2000, &["directory service", "replication", "(internal id", "dsa"]),
    ("MSExchangeSA", 1000..=5100, &["system attendant", "message tracking"]),
    ("MSExchangeCCMC", 0..=15000, &["cc:mail"]),
    ("MSExchangePCMTA", 4000..=4999, &["(pc) mta"]),
    ("MSExchangeMSMI", 2000..=2999, &["ms mail", "microsoft mail"]),
    ("MSExchangeDX", 0..=999, &["directory synchronization", "dirsync", "dxa"]),
    ("MSExchangeKMS", 5000..=5400, &["key management"]),
    ("ESE97", 0..=999, &["database engine"]),
    ("NTBackup", 8000..=8011, &["backup"]),
    ("W3SVC", 1..=199, &["w3svc", "world wide web", "virtual root", "www"]),
    ("MSFTPSVC", 1..=199, &["ftp"]),
    ("MSDTC", 4000..=4200, &["msdtc", "ms dtc", "distributed transaction"]),
    ("MSSQLServer", 17000..=19020, &["sql"]),
    ("SNA APPC Application", 89..=99, &["appc"]),
    ("TN3270 Server", 0..=999, &["tn3270"]),
    ("TN5250 Server", 0..=999, &["tn5250"]),
    ("SNA Host Security", 1200..=1599, &["host security", "account"]),
    ("SNA Virtual Print Driver", 0..=99, &["virtual print"]),
    ("SNA Server", 0..=999, &["sna server", "snabase", "snaserver"]),
    ("COMTI", 100..=499, &["comti", "com transaction"]),
];

/// Sources as sentences name them: `reported by the Service Control Manager`.
const NAMES: [&str; 30] = [
    "Service Control Manager",
    "SNA Server",
    "SNA Base Service",
    "SnaBase",
    "SNA Host Security",
    "TN3270 Server",
    "Application Popup",
    "RemoteAccess",
    "Perflib",
    "Perfctrs",
    "NetBT",
    "NETLOGON",
    "Netlogon",
    "DrWatson",
    "Userenv",
    "W32Time",
    "NtFrs",
    "ClusSvc",
    "ESE97",
    "W3SVC",
    "MSFTPSVC",
    "SMTPSVC",
    "NNTPSVC",
    "COMTI",
    "DhcpServer",
    "NTBackup",
    "Schannel",
    "TermService",
    "FTDISK",
    "LicenseService",
];

/// A source, and whether the text states it.
pub(super) type Source = (String, bool);

/// The source of an event that no label names. `article` is the article's title and products, in lower case.
pub(super) fn of(found: &Found, article: &str) -> Option<Source> {
    if let Some(source) = in_source(&found.description).or_else(|| stated(&found.context)).and_then(cleaned) {
        return Some((source, true));
    }
    let (own, context) = (found.description.to_ascii_lowercase(), found.context.to_ascii_lowercase());
    let fits = |text: &str| {
        let mut rules = RULES.iter().filter(|(_, ids, _)| ids.contains(&found.id));
        rules.find(|(_, _, words)| words.iter().any(|word| text.contains(word)))
    };
    let certain = || RULES.iter().find(|(_, ids, words)| words.is_empty() && ids.contains(&found.id));
    let rule = fits(&own).or_else(|| fits(&context)).or_else(certain).or_else(|| fits(article))?;
    Some((rule.0.to_owned(), false))
}

/// The source in `The description for Event ID (8) in Source (Contoso) could not be found`.
fn in_source(text: &str) -> Option<&str> {
    text.split_once("in Source (")?.1.split(')').next()
}

/// The source that a sentence names.
fn stated(sentence: &str) -> Option<&str> {
    if let Some(exchange) = sentence.find("MSExchange") {
        let name = &sentence[exchange..];
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let more = [" Private", " Public"].iter().find(|more| name[end..].starts_with(**more));
        return Some(&name[..end + more.map_or(0, |more| more.len())]).filter(|name| name.len() > "MSExchange".len());
    }
    NAMES.into_iter().find(|name| {
        sentence.match_indices(name).any(|(at, _)| {
            let after = &sentence[at + name.len()..];
            let is_file =
                after.strip_prefix('.').is_some_and(|ending| ending.starts_with(|c: char| c.is_alphanumeric()));
            !is_file
                && !after.starts_with(|c: char| c.is_ascii_alphanumeric())
                && !sentence[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '\\')
        })
    })
}

/// A source as a label gives it, without what is no part of its name.
pub(super) fn cleaned(source: &str) -> Option<String> {
    let source = source.trim_matches([' ', '"', '\'', '.', ':', '-']);
    let source = source.split("  ").next().and_then(|source| source.split(" (").next()).unwrap_or_default();
    let is_name = !source.is_empty() && source.len() <= 48 && !source.starts_with(['<', '%', '[']);
    is_name.then(|| match source.to_ascii_lowercase().as_str() {
        "scm" | "servicecontrolmanager" | "service control module" | "service control manager error" => {
            "Service Control Manager".to_owned()
        }
        _ => source.to_owned(),
    })
}
