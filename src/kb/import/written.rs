//! What was read of an article, as an article of ours to be edited: `kb/<area>/<id>.md`.

use super::article::sections;
use super::detection::{asks, quoted, written};
use super::{Clue, Extract, Grade};
use crate::kb::article::Heading;
use crate::kb::{Block, Inline};

/// An id and a title that are longer are cut at a word.
const MAX_ID: usize = 60;
const MAX_TITLE: usize = 90;

impl Extract {
    /// The article's source: front matter filled in as far as it can be, and its sections. What it leaves open is what
    /// `lint` then asks for.
    pub fn source(&self) -> String {
        let (article, sections) = (self.head(), sections(self));
        let (detection, clues) = Grade::ALL.into_iter().find_map(|grade| written(self, grade)).unwrap_or_default();
        let id = self.written_id();
        let texts: Vec<String> = self.products.iter().map(|product| quoted(product)).collect();
        let mut text = format!(
            "---\nid: {id}\ntitle: {}\nsummary: {}\nlevel: {}\nverdict: {}\napplies-to: [{}]\n",
            quoted(cut(self.title.trim_end_matches('.'), MAX_TITLE)),
            quoted(&self.title.replace(['{', '}'], "")),
            article.level,
            article.verdict,
            texts.join(", "),
        );
        if let Some(range) = article.windows {
            text += &format!("windows: {range}\n");
        }
        if let Some(subject) = article.subject {
            text += &format!("subject: {subject}\n");
        }
        text += "sources:\n";
        for source in article.sources {
            text +=
                &format!("  - {{id: {}, title: {}, url: {}}}\n", source.id, quoted(&source.title), quoted(&source.url));
        }
        text += "detection:\n";
        detection.lines().for_each(|line| text += &format!("  {line}\n"));
        text += "examples:\n  match:\n";
        text += &examples(&clues, 0);
        text += "  no-match:\n";
        // The neighbour of the event.
        text += &examples(&clues, 1);
        text += "---\n";
        for heading in Heading::ALL {
            let blocks = sections.iter().find(|section| section.heading == heading);
            let is_needed = matches!(heading, Heading::Symptoms | Heading::Cause | Heading::Resolution);
            match blocks {
                Some(section) => {
                    text += &format!("## {}\n\n{}\n\n", heading.title(), markdown(&section.blocks).trim_end())
                }
                None if is_needed => text += &format!("## {}\n\n", heading.title()),
                None => {}
            }
        }
        text.truncate(text.trim_end().len());
        text + "\n"
    }

    /// The id that the source gives it: the words of its title.
    pub fn written_id(&self) -> String {
        let words = self.title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
        cut_at(&id, MAX_ID, '-').to_owned()
    }
}

/// A record for each event, its id moved on.
fn examples(clues: &[&Clue], moved: u16) -> String {
    let mut text = String::new();
    for clue in clues {
        text += "    - {";
        if let Some(source) = &clue.source {
            text += &format!("Provider_Name: {}, ", quoted(source));
        }
        text += &format!("EventID: {}", clue.event_id.wrapping_add(moved));
        let mut free = (1..).filter(|place| clue.values.iter().all(|value| value.place != Some(*place)));
        for (value, asked) in clue.values.iter().filter_map(|value| Some((value, asks(value)?))) {
            let place = value.place.or_else(|| free.next()).unwrap_or(1);
            let example = asked.texts.first().map_or("", |text| text.trim_end_matches('*'));
            text += &format!(", param{place}: {}", quoted(&example.replace("\\\\", "\\")));
        }
        text += "}\n";
    }
    text
}

fn cut(text: &str, length: usize) -> &str {
    cut_at(text, length, ' ')
}

/// A text of at most so many bytes, cut where a word ends.
fn cut_at(text: &str, length: usize, end: char) -> &str {
    if text.len() <= length {
        return text;
    }
    let start = &text[..text.floor_char_boundary(length)];
    start.rfind(end).map_or(start, |at| &start[..at])
}

/// Blocks as Markdown that reads back as them.
fn markdown(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => text += &format!("{}\n\n", escaped(&Inline::plain(inlines))),
            Block::Code(code) => {
                let fence = if code.contains("```") { "~~~~" } else { "```" };
                text += &format!("{fence}\n{code}\n{fence}\n\n");
            }
            Block::List(first, items) => {
                for (number, item) in (first.unwrap_or(1)..).zip(items) {
                    let sign = if first.is_some() { format!("{number}.") } else { "-".to_owned() };
                    text += &format!("{sign} {}\n", markdown(item).trim_end().replace('\n', "\n   "));
                }
                text.push('\n');
            }
        }
    }
    text
}

/// A text in which nothing is a mark of Markdown's.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_mark = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '!');
        if is_mark || at == 0 && matches!(c, '#' | '+' | '-' | '=') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
