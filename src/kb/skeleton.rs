//! The beginning of an article about an event that none speaks of yet.

use crate::event::Level;

/// The id and the text of an article about an event: the linter finds no fault in it, but it says nothing yet. `shared` are
/// values that all known records of the event have, as hints.
pub fn skeleton(provider: &str, event_id: u32, level: Level, shared: &[(String, String)]) -> (String, String) {
    let id = id(provider, event_id);
    let plain = |text: &str| -> String { text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect() };
    let quoted = |text: &str| format!("'{}'", plain(text).replace('\'', "''"));
    let source = quoted(provider);
    let number = level as u8 + 1;
    let mut hints = String::new();
    if !shared.is_empty() {
        hints.push_str("    # Values of the records; keep those that tell this problem from others.\n");
        for (name, value) in shared {
            hints.push_str(&format!("    # {}: {}\n", plain(name), quoted(value)));
        }
    }
    let text = format!(
        "---\n\
         id: {id}\n\
         title: The problem in plain words (event {event_id})\n\
         summary: The record in one line; {{param1}} puts a value in\n\
         level: medium\n\
         verdict: investigate\n\
         applies-to: [Windows]\n\
         sources:\n  - {{id: source, title: The page that explains it, url: 'https://learn.microsoft.com/'}}\n\
         detection:\n  selection:\n    Provider_Name: {source}\n    EventID: {event_id}\n{hints}  condition: selection\n\
         examples:\n  match:\n    - {{Provider_Name: {source}, EventID: {event_id}, Level: {number}}}\n  \
         no-match:\n    - {{Provider_Name: {source}, EventID: {other}, Level: {number}}}\n\
         ---\n\
         ## Symptoms\nWhat one sees.\n\n## Cause\nWhy it happens.\n\n## Resolution\n1. Do this.\n",
        other = event_id.wrapping_add(1),
    );
    (id, text)
}

/// The words of the provider and the number, as ids are written.
fn id(provider: &str, event_id: u32) -> String {
    let words: String =
        provider.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<_> =
        words.split('-').filter(|word| !word.is_empty() && *word != "microsoft" && *word != "windows").collect();
    let mut id = words.join("-");
    id.truncate(60);
    format!("{}-{event_id}", if id.is_empty() { "event" } else { id.trim_end_matches('-') })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::lint;

    #[test]
    fn the_linter_finds_no_fault_in_it() {
        let values = [("param1".to_owned(), "It's: \"so\"\n# no".to_owned()), ("Na\nme".to_owned(), "{x}".to_owned())];
        for (provider, event_id, shared) in [
            ("Service Control Manager", 7000, &values[..]),
            ("Microsoft-Windows-Kernel-Power", 41, &[]),
            ("O'Brien: {agent}\n---\n", 0, &values[..]),
            ("A", u32::MAX, &[]),
            ("Диспетчер", 5, &[]),
        ] {
            let (id, text) = skeleton(provider, event_id, Level::Error, shared);
            let path = format!("{id}.md");
            let (articles, faults) = lint::read([(path.as_str(), text.as_str())]);
            assert_eq!(faults, [""; 0], "{text}");
            assert_eq!(articles[0].id, id);
        }
        assert_eq!(skeleton("Microsoft-Windows-Kernel-Power", 41, Level::Critical, &[]).0, "kernel-power-41");
    }
}
