//! The time zone that times are written in.

use crate::event::Time;

/// Ticks of a minute.
const MINUTE: i64 = 600_000_000;
/// Ticks of a day.
const DAY: u64 = 864_000_000_000;

/// A time zone: what tells for a moment how many minutes its clocks are ahead of UTC; `None` for UTC itself.
#[derive(Clone, Copy, Debug)]
pub struct Zone(pub fn(Time) -> Option<i64>);

impl Default for Zone {
    fn default() -> Zone {
        Zone(|_| None)
    }
}

impl Zone {
    /// What a clock there shows, to the second, and what stands beside it: `UTC`, or `+01:00` for the hours and minutes
    /// ahead of it.
    pub fn clock(&self, time: Time) -> (String, String) {
        match self.local(time) {
            Some((local, ahead)) => (local.to_seconds(), offset(ahead)),
            None => (time.to_seconds(), "UTC".into()),
        }
    }

    /// The moment at which a clock there shows `local`, which is read as if it were UTC. Of two, because clocks were put
    /// back, the earlier; of none, because they were put forward, the one at which that was done. `None` outside of what
    /// a time can be.
    pub fn moment(&self, local: Time) -> Option<Time> {
        let ahead = |time: Time| (self.0)(time).unwrap_or(0);
        let at = |ahead: i64| local.0.checked_sub_signed(ahead.checked_mul(MINUTE)?).map(Time);
        // No zone is as much as a day from UTC.
        let (before, after) = (ahead(Time(local.0.saturating_sub(DAY))), ahead(Time(local.0.saturating_add(DAY))));
        let (mut early, mut late) = (at(before.max(after))?, at(before.min(after))?);
        if let Some(time) = [early, late].into_iter().find(|time| at(ahead(*time)) == Some(*time)) {
            return Some(time);
        }
        while late.0 - early.0 > 1 {
            let middle = Time(early.0.midpoint(late.0));
            *(if ahead(middle) == before { &mut early } else { &mut late }) = middle;
        }
        Some(late)
    }

    /// From one time to another, for people.
    pub(super) fn span(&self, first: Time, last: Time) -> String {
        let ((first, zone), (last, last_zone)) = (self.clock(first), self.clock(last));
        match zone == last_zone {
            true => format!("from {first} to {last} {zone}"),
            false => format!("from {first} {zone} to {last} {last_zone}"),
        }
    }

    /// RFC 3339, with the offset: `2026-11-20T08:21:19.0000000+01:00`.
    pub fn rfc3339(&self, time: Time) -> String {
        match self.local(time) {
            Some((local, ahead)) => local.to_string().trim_end_matches('Z').to_owned() + &offset(ahead),
            None => time.to_string(),
        }
    }

    /// What a clock there shows, as if it were UTC, and how far it is ahead; `None` for UTC, and where one of the two is
    /// not in the calendar.
    fn local(&self, time: Time) -> Option<(Time, i64)> {
        time.timestamp()?;
        let ahead = (self.0)(time)?;
        let local = Time(time.0.checked_add_signed(ahead.checked_mul(MINUTE)?)?);
        local.timestamp().map(|_| (local, ahead))
    }
}

/// `+01:00`: so many minutes ahead of UTC.
pub fn offset(ahead: i64) -> String {
    let (sign, minutes) = (if ahead < 0 { '-' } else { '+' }, ahead.unsigned_abs());
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_a_zone() {
        let time = Time::parse("2026-11-20T23:21:19.5Z").unwrap();
        assert_eq!(Zone::default().rfc3339(time), "2026-11-20T23:21:19.5000000Z");
        assert_eq!(Zone(|_| Some(0)).rfc3339(time), "2026-11-20T23:21:19.5000000+00:00");
        assert_eq!(Zone(|_| Some(330)).rfc3339(time), "2026-11-21T04:51:19.5000000+05:30");
        assert_eq!(Zone(|_| Some(-210)).rfc3339(time), "2026-11-20T19:51:19.5000000-03:30");
        assert_eq!(Zone(|_| Some(60)).clock(time), ("2026-11-21 00:21:19".to_owned(), "+01:00".to_owned()));
        // What no calendar has stays as it is.
        for time in [Time(0), Time(u64::MAX)] {
            assert_eq!(Zone(|_| Some(-60)).rfc3339(time), time.to_string());
            assert_eq!(Zone(|_| Some(-60)).clock(time), (time.to_seconds(), "UTC".to_owned()));
        }
    }

    #[test]
    fn a_span_says_where_clocks_changed() {
        let turn = Time::parse("2026-10-25T01:00:00Z").unwrap();
        let berlin = Zone(|time| Some(if time < Time::parse("2026-10-25T01:00:00Z")? { 120 } else { 60 }));
        let before = Time(turn.0 - MINUTE as u64);
        assert_eq!(berlin.span(before, before), "from 2026-10-25 02:59:00 to 2026-10-25 02:59:00 +02:00");
        assert_eq!(berlin.span(before, turn), "from 2026-10-25 02:59:00 +02:00 to 2026-10-25 02:00:00 +01:00");
    }

    #[test]
    fn a_clock_shows_every_time_at_one_moment() {
        /// Two hours ahead from the end of March to the end of October of 2026.
        fn berlin(time: Time) -> Option<i64> {
            let summer = Time::parse("2026-03-29T01:00:00Z")?..Time::parse("2026-10-25T01:00:00Z")?;
            Some(if summer.contains(&time) { 120 } else { 60 })
        }
        /// Left out the last but one day of 2011.
        fn apia(time: Time) -> Option<i64> {
            Some(if time < Time::parse("2011-12-30T10:00:00Z")? { -600 } else { 840 })
        }
        fn check(zone: Zone, times: &[(&str, &str)]) {
            for (local, moment) in times {
                let found = zone.moment(Time::parse(local).unwrap()).map(|time| time.to_string());
                assert_eq!(found, Time::parse(moment).map(|time| time.to_string()), "{local}");
            }
        }
        check(Zone::default(), &[("2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z")]);
        check(Zone(|_| Some(-210)), &[("2026-03-29T22:30:00Z", "2026-03-30T02:00:00Z")]);
        check(
            Zone(berlin),
            &[
                ("2026-01-01T12:00:00Z", "2026-01-01T11:00:00Z"),
                ("2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"),
                // Not at all: clocks go from 2:00 to 3:00.
                ("2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"),
                ("2026-03-29T02:30:00Z", "2026-03-29T01:00:00Z"),
                ("2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"),
                ("2026-03-29T03:00:01Z", "2026-03-29T01:00:01Z"),
                ("2026-07-01T12:00:00Z", "2026-07-01T10:00:00Z"),
                // Twice: clocks go from 3:00 to 2:00.
                ("2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z"),
                ("2026-10-25T02:59:59Z", "2026-10-25T00:59:59Z"),
                ("2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"),
            ],
        );
        check(
            Zone(apia),
            &[
                ("2011-12-29T23:59:59Z", "2011-12-30T09:59:59Z"),
                ("2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"),
                ("2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z"),
            ],
        );
        // Where calendars end.
        assert_eq!(Zone(|_| Some(60)).moment(Time(0)), None);
        assert_eq!(Zone(|_| Some(-60)).moment(Time(u64::MAX)), None);
    }
}
