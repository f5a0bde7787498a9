//! What a text is: an export of events, or something else.

use super::{Kind, xml};

/// What a text is that starts with `start`; `None` if it is no text.
pub fn kind(start: &[u8]) -> Option<Kind> {
    let text = decoded(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    Some(match text.starts_with('<') {
        true if xml::has_event(text.as_bytes()) => Kind::Xml,
        _ if !is_printable(text.as_bytes()) => return None,
        true => Kind::OtherXml,
        false if has_columns(text) => Kind::Csv,
        false => Kind::Text,
    })
}

/// Whether nothing in a text is a control character that texts do not have.
pub fn is_printable(text: &[u8]) -> bool {
    text.iter().all(|byte| !matches!(byte, 0..=8 | 14..=31 | 127))
}

/// A text in UTF-8, whatever it is written in.
fn decoded(start: &[u8]) -> String {
    let mut text = Vec::new();
    xml::Encoding::of(start).0.decode(&mut start.to_vec(), false, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether a text is an export of Event Viewer as .csv or .txt, in whatever language: columns, of which one is a moment.
fn has_columns(text: &str) -> bool {
    let mut lines = text.lines();
    let (Some(names), Some(first)) = (lines.next(), lines.next()) else { return false };
    // Five numbers at least: day, month, year, hour and minute.
    let is_moment = |column: &str| {
        let numbers = column.split(|c: char| !c.is_numeric()).filter(|digits| !digits.is_empty());
        (5..=7).contains(&numbers.count()) && column.contains([':', '.'])
    };
    [',', '\t']
        .into_iter()
        .any(|separator| names.split(separator).count() >= 5 && first.split(separator).any(is_moment))
}
