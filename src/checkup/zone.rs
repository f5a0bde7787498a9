//! In which time zone a log was written: records about the computer's uptime and about its clock say so.

use serde::{Deserialize, Serialize};

use crate::event::{Event, Time};

/// The time zone of a log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogZone {
    /// What Windows calls it: mostly its key, which is the same in every language, also in summer;
    /// in some logs what it is called in their language. Empty where no record says it.
    pub name: String,
    /// Minutes behind UTC, less than 0 east of Greenwich: of its standard time, or without a name of what its clocks
    /// showed.
    pub behind: i16,
}

impl LogZone {
    /// Whether clocks of this zone are so many minutes behind UTC, in winter or in summer.
    fn can_be(&self, behind: i16) -> bool {
        (0..=60).contains(&(self.behind - behind))
    }
}

/// What the newest records say of a time zone, each kind with the time of its record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Zones {
    named: Option<(Time, LogZone)>,
    /// Minutes behind UTC, with summer time.
    bias: Option<(Time, i16)>,
}

impl Zones {
    /// Looks at a record that [`tells_zone`].
    pub(super) fn look(&mut self, event: &Event<'_>) {
        let time = event.head.time;
        if event.head.event_id == UPTIME.1 {
            self.named = self.named.take().max(named(event).map(|zone| (time, zone)));
        } else {
            self.bias = self.bias.max(bias(event).map(|bias| (time, bias)));
        }
    }

    pub(super) fn merge(&mut self, other: Zones) {
        self.named = self.named.take().max(other.named);
        self.bias = self.bias.max(other.bias);
    }

    /// The zone, with the time of the newest record that says it. One with a name has rules for summer and winter, and so
    /// counts as long as clocks do not contradict it later.
    pub fn last(&self) -> Option<(Time, LogZone)> {
        match (&self.named, self.bias) {
            (Some((time, zone)), Some((later, behind))) if later <= *time || zone.can_be(behind) => {
                Some((later.max(*time), zone.clone()))
            }
            (_, Some((time, behind))) => Some((time, LogZone { name: String::new(), behind })),
            (named, None) => named.clone(),
        }
    }
}

/// A longer name is none; the longest that Windows has is half of it.
const MAX_NAME: usize = 64;

/// The record that names the zone.
const UPTIME: (&str, u32) = ("EventLog", 6013);

/// Whether records of this kind tell the time zone.
pub fn tells_zone(provider: &str, event_id: u32) -> bool {
    (provider, event_id) == UPTIME || provider == "Microsoft-Windows-Kernel-General" && matches!(event_id, 1 | 24)
}

/// The zone that a record about the uptime names: its seventh text is `480 Pacific Standard Time`. No document of
/// Microsoft's says so; real logs do. The number is that of standard time, also in records that were written in summer.
fn named(event: &Event<'_>) -> Option<LogZone> {
    let text = event.text("param7")?;
    let (behind, name) = text.trim().split_once(' ')?;
    let behind = minutes(behind)?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.len() <= MAX_NAME && !name.contains(char::is_control);
    is_name.then(|| LogZone { name: name.to_owned(), behind })
}

/// How far the clocks were behind UTC when the kernel read the zone's rules again (24, since Windows 10) or when its time
/// was changed (1; only since Windows 11 with these fields). No document of Microsoft's says so either: in real logs of
/// Windows 11, `CmosTime`, which is in local time there, is `NewTime` less `TimeZoneBias`.
fn bias(event: &Event<'_>) -> Option<i16> {
    minutes(event.text("CurrentBias,TimeZoneBias")?.trim())
}

/// The zones of the world are between 14 hours before and 12 hours behind UTC.
fn minutes(text: &str) -> Option<i16> {
    text.parse().ok().filter(|minutes| (-14 * 60..=12 * 60).contains(minutes))
}
