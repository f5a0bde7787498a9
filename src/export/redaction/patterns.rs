//! What is known by its form: identifiers and addresses, accounts with their domains, shares and profiles.

use std::net::Ipv6Addr;

use crate::kb::Name;

/// Characters that no path can have, besides control characters.
const NOT_IN_PATHS: &str = "\"<>|*?";

/// A piece of text that is a name by its form.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// What it is; `None` for one that everybody has.
    pub kind: Option<Name>,
    /// Its bytes.
    pub length: usize,
}

/// The security identifier, address or place in a directory that `rest` starts with. `before` is the character before.
pub fn at(before: Option<char>, rest: &str) -> Option<Found> {
    let starts_word = !before.is_some_and(char::is_alphanumeric);
    let sid = || starts_word.then(|| sid(rest)).flatten();
    let directory = || starts_word.then(|| distinguished_name(rest)).flatten();
    sid().or_else(|| ipv6(before, rest)).or_else(|| ipv4(before, rest)).or_else(directory)
}

/// `S-1-5-21-…` (MS-DTYP 2.4.2.1). Those with one number behind the authority, and those of `BUILTIN`, are the same on
/// every computer.
fn sid(rest: &str) -> Option<Found> {
    let numbers = rest.get(..4).filter(|start| start.eq_ignore_ascii_case("S-1-")).and(rest.get(4..))?;
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(numbers.len());
    let numbers = numbers.get(..end)?.trim_end_matches('-');
    let is_known = numbers.matches('-').count() <= 1 || numbers.starts_with("5-32-");
    (!numbers.is_empty()).then_some(Found { kind: (!is_known).then_some(Name::Sid), length: 4 + numbers.len() })
}

/// Four numbers with dots between them; with more, it is an address all the same, such as one with a port.
fn ipv4(before: Option<char>, rest: &str) -> Option<Found> {
    if before.is_some_and(|c| c.is_ascii_digit()) || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let run = rest.get(..end)?.trim_end_matches('.');
    let bytes: Vec<Option<u8>> = run.split('.').map(|part| part.parse().ok().filter(|_| part.len() <= 3)).collect();
    if !bytes.windows(4).any(|four| four.iter().all(Option::is_some)) {
        return None;
    }
    let is_known = matches!(
        bytes[..],
        [Some(127), ..] | [Some(0), Some(0), Some(0), Some(0)] | [Some(255), Some(255), Some(255), Some(255)]
    ) && bytes.len() == 4;
    Some(Found { kind: (!is_known).then_some(Name::Ip), length: run.len() })
}

fn ipv6(before: Option<char>, rest: &str) -> Option<Found> {
    /// The longest address is written so (RFC 4291 2.2).
    const MAX: usize = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".len();
    if before.is_some_and(char::is_alphanumeric) || !rest.bytes().take(5).any(|byte| byte == b':') {
        return None;
    }
    let end = rest.find(|c: char| !c.is_ascii_hexdigit() && c != ':' && c != '.').unwrap_or(rest.len()).min(MAX);
    let fits = |length: &usize| {
        let ends_word = !rest.get(*length..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        ends_word && rest.get(..*length).is_some_and(|text| text.parse::<Ipv6Addr>().is_ok())
    };
    let length = (2..=end).rev().find(fits)?;
    let is_known = matches!(rest.get(..length), Some("::" | "::1"));
    Some(Found { kind: (!is_known).then_some(Name::Ip), length })
}

/// A name in a directory or certificate: `CN=…,OU=…,DC=…` (RFC 4514). Its values can have spaces and commas, so that it
/// goes on as far as a path could.
fn distinguished_name(rest: &str) -> Option<Found> {
    let key = rest.get(..3)?;
    let is_one = ["CN=", "OU=", "DC="].iter().any(|own| own.eq_ignore_ascii_case(key));
    is_one.then(|| Found { kind: Some(Name::Path), length: path_end(rest) })
}

/// Where a path that `text` starts with ends at the latest.
pub fn path_end(text: &str) -> usize {
    let end = text.find(|c: char| c.is_control() || NOT_IN_PATHS.contains(c)).unwrap_or(text.len());
    text.get(..end).map_or(end, |path| path.trim_end().len())
}

/// A share's path, `\\server\share\…`, that `rest` starts with: the server, and where in `rest` the share starts. More
/// backslashes than that are those of a text in quotes.
pub fn share(before: Option<char>, rest: &str) -> Option<(&str, Option<usize>)> {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '\\')) || !rest.starts_with(r"\\") {
        return None;
    }
    let path = rest.trim_start_matches('\\');
    let path = path.strip_prefix(r"?\UNC\").or_else(|| path.strip_prefix(r"?\unc\")).unwrap_or(path);
    let server = name_after(path);
    if !server.contains(char::is_alphanumeric) {
        return None;
    }
    let behind = path.get(server.len()..)?;
    let share = behind.trim_start_matches('\\');
    Some((server, (share.len() < behind.len()).then(|| rest.len() - share.len())))
}

/// Whether a share is on every server, so that what is in it can be shown but for the names.
pub fn is_known_share(path: &str) -> bool {
    let share = path.split('\\').next().unwrap_or_default().to_ascii_lowercase();
    let is_drive = share.len() == 2 && share.ends_with('$');
    is_drive || matches!(share.as_str(), "" | "sysvol" | "netlogon" | "ipc$" | "admin$" | "print$" | "pipe")
}

/// The names that accounts, addresses of mail and shares in a text have. Two words with a backslash between them need not
/// be an account, so this is for texts of a report and not for all that is in a log.
pub fn names(text: &str, found: &mut dyn FnMut(Name, &str)) {
    for (place, mark) in text.match_indices(['\\', '@']) {
        let (before, after) = (text.get(..place).unwrap_or_default(), text.get(place + 1..).unwrap_or_default());
        let (left, right) = (name_before(before), name_after(after));
        let outer = before.get(..before.len() - left.len()).and_then(|outer| outer.chars().next_back());
        if mark == "@" {
            if !left.is_empty() && !right.is_empty() {
                found(Name::User, left);
                found(Name::Domain, right);
            }
        } else if let Some((server, _)) = share(before.chars().next_back(), text.get(place..).unwrap_or_default()) {
            found(Name::Computer, server);
        } else if !matches!(outer, Some('\\' | '/' | ':' | '&'))
            && !after.get(right.len()..).is_some_and(|rest| rest.starts_with(['\\', '&']))
            && is_account(left, right)
            && !is_of_windows(before)
        {
            found(Name::Domain, left);
            found(Name::User, right);
            // Where nothing else is there, a name can have spaces.
            if left.len() == before.len() && after.len() == path_end(after) {
                found(Name::User, after);
            }
        }
    }
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '$' | '+' | '\'')
}

/// The name that a text ends with.
pub fn name_before(text: &str) -> &str {
    text.get(text.trim_end_matches(is_in_name).len()..).unwrap_or_default()
}

/// The name that a text starts with, without what ends a sentence.
fn name_after(text: &str) -> &str {
    let rest = text.trim_start_matches(is_in_name);
    text.get(..text.len() - rest.len()).unwrap_or_default().trim_end_matches(['.', '\''])
}

/// Whether two names with a backslash between them are a domain and an account, and not a folder and a file or two keys
/// of the registry.
fn is_account(left: &str, right: &str) -> bool {
    const FOLDERS: &str = "windows system32 syswow64 drivers device driver root machine registry software microsoft \
        hklm hkcu hkcr hku spool";
    const FILES: &str = "exe dll sys log evt evtx xml txt ini inf dat mui tmp cpl ocx msi";
    let has_letters = |name: &str| name.contains(char::is_alphanumeric);
    let is_one = |words: &str, name: &str| words.split_whitespace().any(|word| word.eq_ignore_ascii_case(name));
    let is_file = right.rsplit_once('.').is_some_and(|(_, ending)| is_one(FILES, ending));
    has_letters(right) && (has_letters(left) || left == ".") && !is_one(FOLDERS, left) && !is_file
}

/// Whether what stands before a backslash ends with a domain that Windows has for its own accounts, whose names say
/// nothing of people.
pub fn is_of_windows(domain: &str) -> bool {
    const DOMAINS: [&str; 7] = [
        "nt authority",
        "nt service",
        "nt virtual machine",
        "iis apppool",
        "font driver host",
        "window manager",
        "builtin",
    ];
    let domain = domain.to_ascii_lowercase();
    DOMAINS.iter().any(|own| domain.ends_with(own))
}

/// The owners of profiles: the folders in `Users`, `Documents and Settings` (to Server 2003), `Profiles` (Windows NT)
/// and, in the names of files that were checked, `home`.
pub fn profiles(text: &str, found: &mut dyn FnMut(Name, &str)) {
    const SEPARATORS: [char; 2] = ['\\', '/'];
    let lower = text.to_ascii_lowercase();
    for folder in ["users", "documents and settings", "profiles", "home"] {
        for (place, _) in lower.match_indices(folder) {
            let (before, after) = (text.get(..place), text.get(place + folder.len()..));
            let (Some(before), Some(after)) = (before, after) else { continue };
            if !before.ends_with(SEPARATORS) || !after.starts_with(SEPARATORS) {
                continue;
            }
            let after = after.trim_start_matches(SEPARATORS);
            let path = after.get(..path_end(after)).unwrap_or_default();
            // Names in braces are numbers of something else.
            if path.starts_with('{') {
                continue;
            }
            match path.split_once(SEPARATORS) {
                Some((owner, _)) => found(Name::User, owner),
                // Nothing says where the name ends.
                None => {
                    found(Name::User, path);
                    found(Name::User, name_after(path));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_at(text: &str, kind: Option<Name>, rest: &str) {
        let found = at(None, text).map(|found| (found.kind, &text[found.length..]));
        assert_eq!(found, Some((kind, rest)), "{text}");
    }

    #[test]
    fn identifiers_and_addresses() {
        for text in ["S-1-5-21-1-2-3-500", "s-1-5-21-9-8-7", "S-1-12-1-1-2-3-4", "S-1-5-5-0-999"] {
            check_at(text, Some(Name::Sid), "");
            check_at(&format!("{text}_Classes"), Some(Name::Sid), "_Classes");
        }
        for text in ["S-1-5-18", "S-1-1-0", "S-1-5-32-544", "127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "::"] {
            check_at(text, None, "");
        }
        for text in ["10.1.2.3", "192.168.1.20", "10.1.2.3.445", "fe80::1", "2001:db8:0:1:2:3:4:5", "::ffff:10.1.2.3"] {
            check_at(text, Some(Name::Ip), "");
            check_at(&format!("{text}]:445"), Some(Name::Ip), "]:445");
            check_at(&format!("{text}, it"), Some(Name::Ip), ", it");
        }
        check_at("10.1.2.3. It", Some(Name::Ip), ". It");
        check_at("fe80::1%12 x", Some(Name::Ip), "%12 x");
        check_at("CN=Jane Doe,OU=Sales,DC=contoso,DC=com", Some(Name::Path), "");
        for text in ["10.0.19041.1", "6.1.7601", "12:30:45", "S-1-", "S-1-x", "1.2.3", "face", "std::x", "cn", "a:b:c"]
        {
            assert_eq!(at(None, text), None, "{text}");
        }
        assert_eq!(at(Some('x'), "S-1-5-21-1-2-3"), None);
        // Behind a word and a colon it is one all the same.
        assert!(at(Some(':'), "fe80::1").is_some() && at(Some('v'), "10.1.2.3").is_some());
    }

    #[track_caller]
    fn check_names(text: &str, expected: &[(Name, &str)]) {
        let mut all = Vec::new();
        names(text, &mut |kind, name| all.push((kind, name.to_owned())));
        profiles(text, &mut |kind, name| all.push((kind, name.to_owned())));
        all.dedup();
        let expected: Vec<_> = expected.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect();
        assert_eq!(all, expected, "{text}");
    }

    #[test]
    fn names_in_texts() {
        use Name::{Computer, Domain, User};
        check_names(r"for CONTOSO\jane.doe.", &[(Domain, "CONTOSO"), (User, "jane.doe")]);
        check_names(r"CONTOSO\Jane Doe", &[(Domain, "CONTOSO"), (User, "Jane"), (User, "Jane Doe")]);
        check_names("to <jane@contoso.com>", &[(User, "jane"), (Domain, "contoso.com")]);
        check_names(r"at \\fs1.contoso.com\home", &[(Computer, "fs1.contoso.com")]);
        check_names(r"\\?\UNC\fs1\home", &[(Computer, "fs1")]);
        check_names(r"C:\Users\Jane Doe\a.exe", &[(User, "Jane Doe")]);
        check_names(r"C:\\Users\\jane\\a.exe", &[(User, "jane")]);
        check_names("c:/users/jane, then", &[(User, "jane, then"), (User, "jane")]);
        check_names(r"\Device\HarddiskVolume3\Users\jane\x", &[(User, "jane")]);
        for text in [
            r"system32\drivers\a.sys",
            r"drivers\a.sys",
            r"HKLM\SOFTWARE\x",
            r"\??\C:\a",
            r"\\.\pipe\a",
            "a @ b",
            r"PCI\VEN_15AD&DEV_0740\3&2b8e0b4b&0",
            r"as NT SERVICE\a",
        ] {
            check_names(text, &[]);
        }
    }

    #[test]
    fn shares() {
        assert_eq!(share(None, r"\\fs1\home\jane"), Some(("fs1", Some(6))));
        assert_eq!(share(Some(' '), r"\\fs1"), Some(("fs1", None)));
        assert_eq!(share(None, r"\\?\UNC\fs1\home"), Some(("fs1", Some(12))));
        assert_eq!(share(None, r"\\\\fs1\\home"), Some(("fs1", Some(9))));
        assert_eq!(share(Some(':'), r"\\Users\\jane"), None);
        assert_eq!(share(None, r"\\?\C:\x"), None);
        assert!(is_known_share(r"SYSVOL\x") && is_known_share("C$") && !is_known_share(r"home\jane"));
    }
}
