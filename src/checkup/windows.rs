//! Which Windows wrote a log: its start-up records say so.

use crate::event::Event;
use crate::kb::Version;

/// Whether records of this kind name the Windows version.
pub fn names_version(provider: &str, event_id: u32) -> bool {
    matches!((provider, event_id), ("EventLog", 6009) | ("Microsoft-Windows-Kernel-General", 12))
}

/// The version that such a record names: 6009 has `6.01.` and the build as its first two texts, Kernel-General 12 has
/// named numbers.
pub fn version(event: &Event<'_>) -> Option<Version> {
    let number = |field: &str| event.text(field)?.trim().parse::<u32>().ok();
    if event.head.event_id == 12 {
        let (major, minor) = (number("MajorVersion")?, number("MinorVersion")?);
        return Some(Version::new(major.try_into().ok()?, minor.try_into().ok()?, number("BuildVersion")?));
    }
    let text = event.text("param1")?;
    let (major, minor) = text.split_once('.')?;
    let minor = minor.trim_matches(|c: char| !c.is_ascii_digit());
    Some(Version::new(major.trim().parse().ok()?, minor.parse().ok()?, number("param2").unwrap_or(0)))
}
