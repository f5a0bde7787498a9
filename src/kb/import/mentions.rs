//! Event ids in running text: `Event ID 7000`, `events 1171 and 1082`, `the 5007 events`.

/// Where a message with a number is an event's.
const LOGS: [&str; 3] = ["event log", "event viewer", "application log"];

/// The ids that a text names as events, each with its place in the text, in order.
pub(super) fn ids(text: &str) -> Vec<(usize, u16)> {
    let mut found = Vec::new();
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices("event") {
        if lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        found.extend(ids_after(&lower, at + "event".len()));
        if let Some(id) = id_before(&lower, at) {
            found.push(id);
        }
    }
    if LOGS.iter().any(|log| lower.contains(log)) {
        found.extend(lower.match_indices(" error message").filter_map(|(at, _)| id_before(&lower, at + 1)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The ids after the word `event`: an optional `ID` or `number`, and numbers in a list.
fn ids_after(lower: &str, at: usize) -> Vec<(usize, u16)> {
    let mut rest = lower[at..].strip_prefix('s').unwrap_or(&lower[at..]);
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    // What stands between the word and the number: `ID`, `number`, `message` and the like, and signs.
    let mut is_named = false;
    loop {
        let skipped = rest.trim_start_matches([' ', ':', '#', '=', '(', '[', '"', ',', '-', '\t']);
        let word = skipped.split(|c: char| !c.is_ascii_alphabetic() && c != '\'').next().unwrap_or_default();
        match word {
            "id" | "ids" | "id's" | "number" | "numbers" | "no" | "code" => is_named = true,
            "is" | "of" | "are" | "error" | "errors" | "message" | "messages" | "entry" | "entries" | "service"
                if is_named || word.starts_with(['e', 'm']) => {}
            _ => {
                rest = skipped;
                break;
            }
        }
        rest = &skipped[word.len()..];
    }
    let mut ids = Vec::new();
    loop {
        let start = lower.len() - rest.len();
        let Some((number, digits)) = number(rest, is_named || !ids.is_empty()) else { break };
        ids.push((start, number));
        rest = &rest[digits..];
        // A list goes on after a comma, `and`, `or`, a slash or a closing bracket and one of those.
        let next = rest.trim_start_matches([',', ' ', '/', ')', '&', ';']);
        let next = ["and/or ", "and ", "or ", "through ", "event id ", "event "]
            .iter()
            .fold(next, |next, word| next.strip_prefix(word).unwrap_or(next).trim_start());
        if next.len() == rest.len() || !next.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        rest = next;
    }
    ids
}

/// The id before a word: `numerous 670 events`, `logs the 5007 events`, `9405 error messages`.
fn id_before(lower: &str, at: usize) -> Option<(usize, u16)> {
    let before = lower[..at].strip_suffix(' ')?;
    let start = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let is_other = ["event log", "event manager", "event service"].iter().any(|other| lower[at..].starts_with(other));
    if is_other || before[..start].ends_with(['.', ',', '-', ':', '/', '\\']) {
        return None;
    }
    let (id, _) = number(&before[start..], false)?;
    // Small and round numbers count events.
    (id >= 100 && id % 50 != 0).then_some((start, id))
}

/// A number at the start of a text that may be an event's id, and how long it is. One of version `4.0`, a time, a share
/// or a count is none.
fn number(text: &str, is_named: bool) -> Option<(u16, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let id: u16 = text.get(..digits)?.parse().ok()?;
    let mut after = text[digits..].chars();
    let (next, then) = (after.next(), after.next());
    let is_part = match next {
        Some('.' | ':' | ',') => then.is_some_and(|c| c.is_ascii_digit()),
        Some('%') => true,
        Some('/' | '-') => !is_named && then.is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric() || c == '_' || c == '\\',
        None => false,
    };
    let is_count = !is_named && {
        let rest = text[digits..].trim_start();
        ["of ", "times", "minutes", "seconds", "hours", "days", "kb", "mb", "percent"]
            .iter()
            .any(|w| rest.starts_with(w))
    };
    (!is_part && !is_count && digits <= 5).then_some((id, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[u16]) {
        assert_eq!(ids(text).into_iter().map(|(_, id)| id).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn ids_in_sentences() {
        check("the System Log (Event Id 7000):", &[7000]);
        check("shows Fabric Manager event number 7024.", &[7024]);
        check("with event IDs 529 and 539.", &[529, 539]);
        check("Event IDs 43, 86,  and  85 when starting", &[43, 86, 85]);
        check("reports Event ID's 20103, 20133, or 7024", &[20103, 20133, 7024]);
        check("Event ID: 5 or Event ID: 6", &[5, 6]);
        check("preceded by numerous 670 events and the 5007 Events", &[670, 5007]);
        check("EventID=7", &[7]);
        check("Event (Event ID: 12)", &[12]);
    }

    #[test]
    fn other_numbers() {
        for text in [
            "Event Viewer 4.0",
            "the events of 12 minutes",
            "Event 3.5",
            "prevent 12",
            "200 events were logged",
            "12 events",
            "an event at 10:30",
            "event 99999",
            "event 30%",
            "Event ID 12a",
            "event32.dll",
            "the 386 event manager",
            "events",
            "event",
        ] {
            check(text, &[]);
        }
    }
}
