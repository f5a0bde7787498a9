//! Days as articles write them.

use jiff::civil::Date;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A day as RFC 3339 has it: from `08-AUG-2001`, `5/6/2003` (the month first) or `December 3, 2007`.
pub(super) fn iso(text: &str) -> Option<String> {
    let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day) = match (month(first), month(second)) {
        (Some(month), _) => (month, second.parse().ok()?),
        (None, Some(month)) => (month, first.parse().ok()?),
        (None, None) => (first.parse().ok()?, second.parse().ok()?),
    };
    Some(Date::new(year.parse().ok()?, month, day).ok()?.to_string())
}

fn month(word: &str) -> Option<i8> {
    let start = word.get(..3)?.to_ascii_lowercase();
    (1..).zip(MONTHS).find(|(_, month)| *month == start).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_day() {
        assert_eq!(iso("08-AUG-2001").as_deref(), Some("2001-08-08"));
        assert_eq!(iso("5/6/2003 |").as_deref(), Some("2003-05-06"));
        assert_eq!(iso("December 3, 2007").as_deref(), Some("2007-12-03"));
        for wrong in ["", "8-AUG", "31-FEB-2001", "13/13/2003", "99999999-AUG-1", "é-é-é"] {
            assert_eq!(iso(wrong), None, "{wrong}");
        }
    }
}
