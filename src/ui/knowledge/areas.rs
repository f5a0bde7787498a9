//! The areas of the knowledge base, as people call them.

use crate::ui::text;

/// An area as a heading; `print-server` is `Print server` if nothing else is known of it.
pub fn title(area: &str) -> String {
    if let Some((_, title)) = text::knowledge::AREA_TITLES.iter().find(|(folder, _)| *folder == area) {
        return (*title).to_owned();
    }
    let mut characters = area.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).map(|c| if c == '-' { ' ' } else { c }).collect()
}
