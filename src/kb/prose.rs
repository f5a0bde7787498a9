//! A section's text in the pieces that the linter looks at, each with its line.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::article::Text;

/// A paragraph, the text of a list's item, or a code block.
#[derive(Default)]
pub(super) struct Passage {
    /// Whether a numbered item starts with it.
    pub is_step: bool,
    pub pieces: Vec<Piece>,
}

/// Text of one line and one kind.
pub(super) struct Piece {
    pub line: usize,
    pub kind: Kind,
    pub text: String,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub is_code: bool,
    pub is_strong: bool,
    pub is_link: bool,
}

impl Passage {
    /// The text without its marks.
    pub fn plain(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    fn push(&mut self, line: usize, kind: Kind, text: &str) {
        match self.pieces.last_mut() {
            // Markdown cuts running text where a mark could have been.
            Some(last) if last.kind == kind && last.line == line => last.text.push_str(text),
            _ => self.pieces.push(Piece { line, kind, text: text.to_owned() }),
        }
    }
}

/// The passages of a section.
pub(super) fn passages(section: &Text<'_>) -> Vec<Passage> {
    let mut passages = Vec::new();
    let (mut passage, mut kind) = (Passage::default(), Kind::default());
    // Of each list that is open, whether it is numbered.
    let mut lists = Vec::new();
    // The line of `at`, the farthest place so far.
    let (mut line, mut at) = (section.line, 0);
    for (event, range) in Parser::new(section.text).into_offset_iter() {
        // The end of a block or mark has the place where that starts, behind us.
        if range.start > at {
            line += section.text[at..range.start].matches('\n').count();
            at = range.start;
        }
        match event {
            Event::Text(text) => passage.push(line, kind, &text),
            Event::Code(code) => passage.push(line, Kind { is_code: true, ..kind }, &code),
            Event::SoftBreak | Event::HardBreak => passage.push(line, kind, " "),
            Event::Start(Tag::Strong) => kind.is_strong = true,
            Event::End(TagEnd::Strong) => kind.is_strong = false,
            Event::Start(Tag::Link { .. }) => kind.is_link = true,
            Event::End(TagEnd::Link) => kind.is_link = false,
            boundary => {
                let next = Passage {
                    is_step: match boundary {
                        Event::Start(Tag::Item) => lists.last() == Some(&true),
                        // The first paragraph of an item.
                        Event::Start(Tag::Paragraph) => passage.is_step && passage.pieces.is_empty(),
                        _ => false,
                    },
                    pieces: Vec::new(),
                };
                match boundary {
                    Event::Start(Tag::List(first)) => lists.push(first.is_some()),
                    Event::End(TagEnd::List(_)) => {
                        lists.pop();
                    }
                    Event::Start(Tag::CodeBlock(_)) => kind.is_code = true,
                    Event::End(TagEnd::CodeBlock) => kind.is_code = false,
                    _ => {}
                }
                let passage = std::mem::replace(&mut passage, next);
                passages.extend(Some(passage).filter(|passage| !passage.pieces.is_empty()));
            }
        }
    }
    passages.extend(Some(passage).filter(|passage| !passage.pieces.is_empty()));
    passages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::Heading;

    #[test]
    fn pieces_know_their_lines_and_what_they_are() {
        let text = "One `a`\n**two** [three](https://x).\n\n1. Step\n\n   more\n2. ```\n   b\n   c\n   ```\n- item\n";
        let passages = passages(&Text { heading: Heading::Cause, line: 10, text });
        let pieces = |passage: &Passage| -> Vec<String> {
            let marks = |kind: Kind| match kind {
                Kind { is_code: true, .. } => "code",
                Kind { is_strong: true, .. } => "strong",
                Kind { is_link: true, .. } => "link",
                _ => "text",
            };
            let piece = |piece: &Piece| format!("{} {} {}", piece.line, marks(piece.kind), piece.text);
            passage.pieces.iter().map(piece).collect()
        };
        let [first, step, more, code, item] = &passages[..] else { panic!("{} passages", passages.len()) };
        assert_eq!(
            pieces(first),
            ["10 text One ", "10 code a", "10 text  ", "11 strong two", "11 text  ", "11 link three", "11 text ."]
        );
        assert_eq!(pieces(step), ["13 text Step"]);
        assert_eq!(pieces(more), ["15 text more"]);
        assert_eq!(pieces(code), ["17 code b\n", "18 code c\n"]);
        assert_eq!(pieces(item), ["20 text item"]);
        assert_eq!([first, step, more, code, item].map(|passage| passage.is_step), [false, true, false, false, false]);
    }
}
