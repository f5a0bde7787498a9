//! Lines as Event Viewer shows an event: `Event ID: 7000`, `Source: Service Control Manager`.

/// What a label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Id,
    Source,
    Type,
    Description,
    /// Category, day, time, user, computer.
    Other,
}

/// The labels, in lower case, longer ones before those that they start with.
const LABELS: [(&str, Label); 19] = [
    ("event source", Label::Source),
    ("event type", Label::Type),
    ("event category", Label::Other),
    ("event description", Label::Description),
    ("event id", Label::Id),
    ("eventid", Label::Id),
    ("event message id", Label::Id),
    ("event", Label::Id),
    ("source name", Label::Source),
    ("source", Label::Source),
    ("src", Label::Source),
    ("type", Label::Type),
    ("category", Label::Other),
    ("description", Label::Description),
    ("desc", Label::Description),
    ("date", Label::Other),
    ("time", Label::Other),
    ("user", Label::Other),
    ("computer", Label::Other),
];

/// What an event's type can be: before these, the label needs no sign.
const TYPES: [&str; 5] = ["Error", "Warning", "Information", "Success", "Failure"];

/// A label and what stands behind it, up to the next label of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub label: Label,
    pub value: &'a str,
}

/// The labels of a line that starts with one; and what stands before the first, if that is an id after a few words.
pub(super) fn read(line: &str) -> Option<(&str, Vec<Item<'_>>)> {
    let line = line.trim();
    let mut items: Vec<(usize, usize, Label)> = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        if let Some((label, length)) = label(rest, at == 0) {
            // In the middle of a line, only these are sure to be labels.
            let is_sure = at == 0 || !items.is_empty() || label == Label::Id;
            let is_described = matches!(items.last(), Some((_, _, Label::Description)));
            if is_sure && !is_described {
                items.push((at, at + length, label));
                at += length;
                continue;
            }
        }
        // The next word.
        let word = rest.find(' ').unwrap_or(rest.len());
        let gap = rest[word..].len() - rest[word..].trim_start().len();
        at += word + gap;
    }
    let first = items.first()?.0;
    let ends = items.iter().skip(1).map(|(start, ..)| *start).chain([line.len()]);
    let value = |start: usize, end: usize| line[start..end].trim().trim_end_matches([',', ';', '-']).trim_end();
    let found =
        items.iter().zip(ends).map(|((_, start, label), end)| Item { label: *label, value: value(*start, end) });
    Some((line[..first].trim(), found.collect()))
}

/// A label at the start of a text, and its length with the sign that ends it. An id needs no sign, nor do a type and a
/// source that is alone on its line.
fn label(text: &str, is_start: bool) -> Option<(Label, usize)> {
    let (name, label) = LABELS.iter().find(|(name, _)| {
        text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && !text[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
    })?;
    let rest = &text[name.len()..];
    let spaces = rest.len() - rest.trim_start_matches([' ', '\t', '#']).len();
    let after = &rest[spaces..];
    if let Some(sign) = after.chars().next().filter(|sign| matches!(sign, ':' | '=')) {
        return Some((*label, name.len() + spaces + sign.len_utf8()));
    }
    let is_number = after.trim_start_matches(['(', '"', '[']).starts_with(|c: char| c.is_ascii_digit());
    let is_name = is_start
        && *name == "source"
        && spaces > 0
        && after.split(' ').count() <= 3
        && !after.ends_with(['.', ','])
        && after.starts_with(|c: char| c.is_ascii_uppercase());
    match label {
        Label::Id if is_number && is_start => Some((*label, name.len() + spaces)),
        Label::Source if is_name => Some((*label, name.len() + spaces)),
        Label::Type if spaces > 0 && TYPES.iter().any(|known| after.starts_with(known)) => {
            Some((*label, name.len() + spaces))
        }
        _ => None,
    }
}
