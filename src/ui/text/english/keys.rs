//! The sheet of keys.

pub const KEYS: &str = "Keys";
/// Keys and what they do.
pub const ALL: [(&str, &str); 8] = [
    ("?", "Show this list"),
    ("1 2 3 …", "Show the first, second, third … view of the results"),
    ("/", "Search, where there is something to search"),
    ("Tab, Shift+Tab", "Go on to the next link, button or field, and back"),
    ("Enter, Space", "Follow a link, press a button, open or close what has a triangle"),
    ("↑ ↓ Page Home End", "Move in the list of records; Enter shows one, Esc closes it"),
    ("← → Page Home End", "Move in the timeline; with Shift they mark, Enter or + zooms in, - zooms out"),
    ("Esc", "Close what lies above the page"),
];
