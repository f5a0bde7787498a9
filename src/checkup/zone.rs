//! In which time zone a log was written: records about the computer's uptime say so.

use serde::{Deserialize, Serialize};

use crate::event::Event;

/// A time zone as Windows names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogZone {
    /// The key of Windows' zone, the same in every language: `Pacific Standard Time`, also in summer.
    pub name: String,
    /// Minutes that its standard time is behind UTC; less than 0 east of Greenwich.
    pub behind: i16,
}

/// A longer name is none; the longest that Windows has is half of it.
const MAX_NAME: usize = 64;

/// Whether records of this kind name the time zone.
pub fn names_zone(provider: &str, event_id: u32) -> bool {
    (provider, event_id) == ("EventLog", 6013)
}

/// The zone that such a record names: its seventh text is `480 Pacific Standard Time`. No document of Microsoft's says
/// so; real logs do. The number is that of standard time, also in records that were written in summer.
pub fn zone(event: &Event<'_>) -> Option<LogZone> {
    let text = event.text("param7").filter(|_| names_zone(event.head.provider.text, event.head.event_id))?;
    let (behind, name) = text.trim().split_once(' ')?;
    // The zones of the world are between 14 hours before and 12 hours behind UTC.
    let behind = behind.parse().ok().filter(|minutes| (-14 * 60..=12 * 60).contains(minutes))?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.len() <= MAX_NAME && !name.contains(char::is_control);
    is_name.then(|| LogZone { name: name.to_owned(), behind })
}
