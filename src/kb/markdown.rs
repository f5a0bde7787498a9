//! The Markdown of an article's sections, as a tree that any output can write safely: it holds no HTML.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

/// A block of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list of items; with the number of the first one if it is numbered.
    List(Option<u64>, Vec<Vec<Block>>),
    /// Lines to type or to compare, word for word.
    Code(String),
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Something to type or to compare, word for word.
    Code(String),
    /// Stressed text, such as the name of a button.
    Strong(Vec<Inline>),
    /// A link to an https address, or to another article (`#id`).
    Link(String, Vec<Inline>),
}

/// Something that articles do not use, at a byte offset of the text.
pub type Refused = (usize, String);

/// Reads Markdown. What articles do not use (headings, images, HTML, tables, ...) is refused, each with its place.
pub fn parse(text: &str) -> (Vec<Block>, Vec<Refused>) {
    let mut reader = Reader { events: Parser::new(text).into_offset_iter(), refused: Vec::new() };
    let blocks = reader.blocks();
    (blocks, reader.refused)
}

struct Reader<'a> {
    events: pulldown_cmark::OffsetIter<'a>,
    refused: Vec<Refused>,
}

impl Reader<'_> {
    fn refuse(&mut self, at: usize, what: &str) {
        self.refused.push((at, format!("{what} are not used in articles")));
    }

    /// Blocks up to the end of the container.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        // A tight list item holds its text without a paragraph.
        let mut loose = Vec::new();
        while let Some((event, range)) = self.events.next() {
            let block = match event {
                Event::End(_) => break,
                Event::Start(Tag::Paragraph) => Block::Paragraph(self.inlines()),
                Event::Start(Tag::List(first)) => Block::List(first, self.items()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    if matches!(kind, CodeBlockKind::Indented) {
                        self.refuse(range.start, "indented code blocks (fence them with ```)");
                    }
                    Block::Code(self.code())
                }
                Event::Start(tag) if !is_inline(&tag) => {
                    self.refuse(range.start, describe(&tag));
                    let said = self.refused.len();
                    self.blocks();
                    if tag == Tag::HtmlBlock {
                        // Each of its lines would be refused again.
                        self.refused.truncate(said);
                    }
                    continue;
                }
                Event::Rule => {
                    self.refuse(range.start, "rules");
                    continue;
                }
                other => {
                    self.inline(other, range.start, &mut loose);
                    continue;
                }
            };
            if !loose.is_empty() {
                blocks.push(Block::Paragraph(std::mem::take(&mut loose)));
            }
            blocks.push(block);
        }
        if !loose.is_empty() {
            blocks.push(Block::Paragraph(loose));
        }
        blocks
    }

    fn items(&mut self) -> Vec<Vec<Block>> {
        let mut items = Vec::new();
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::End(TagEnd::List(_)) => break,
                Event::Start(Tag::Item) => items.push(self.blocks()),
                _ => {}
            }
        }
        items
    }

    fn code(&mut self) -> String {
        let mut code = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(_) => break,
                Event::Text(text) => code.push_str(&text),
                _ => {}
            }
        }
        code.trim_end().to_owned()
    }

    /// Inline text up to the end of its container.
    fn inlines(&mut self) -> Vec<Inline> {
        let mut inlines = Vec::new();
        while let Some((event, range)) = self.events.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            self.inline(event, range.start, &mut inlines);
        }
        inlines
    }

    fn inline(&mut self, event: Event<'_>, at: usize, inlines: &mut Vec<Inline>) {
        match event {
            Event::Text(text) => push_text(inlines, &text),
            Event::SoftBreak | Event::HardBreak => push_text(inlines, " "),
            Event::Code(code) => inlines.push(Inline::Code(code.into_string())),
            Event::Start(Tag::Strong) => {
                let inner = self.inlines();
                inlines.push(Inline::Strong(inner));
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let inner = self.inlines();
                if !is_address(&dest_url) && !dest_url.starts_with('#') {
                    self.refused
                        .push((at, format!("the link to `{dest_url}` is neither https://, http:// nor #article")));
                }
                inlines.push(Inline::Link(dest_url.into_string(), inner));
            }
            Event::Start(tag) => {
                self.refuse(at, describe(&tag));
                self.inlines();
            }
            Event::Html(_) | Event::InlineHtml(_) => self.refuse(at, "HTML tags (put `<name>` in backticks)"),
            _ => self.refuse(at, "such marks"),
        }
    }
}

/// Whether a text is an address that a link can lead to.
pub(super) fn is_address(text: &str) -> bool {
    let place = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    place.is_some_and(|place| place.starts_with(char::is_alphanumeric) && !place.contains(char::is_whitespace))
}

fn push_text(inlines: &mut Vec<Inline>, text: &str) {
    match inlines.last_mut() {
        Some(Inline::Text(last)) => last.push_str(text),
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn describe(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Heading { .. } => "headings other than the sections'",
        Tag::Image { .. } => "images",
        Tag::BlockQuote(_) => "block quotes",
        Tag::HtmlBlock => "HTML tags (put `<name>` in backticks)",
        Tag::Emphasis => "emphases (use **bold** for names in the user interface)",
        _ => "such blocks",
    }
}

impl Inline {
    /// The text without its marks.
    pub fn plain(inlines: &[Inline]) -> String {
        let texts = inlines.iter().map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Strong(inner) | Inline::Link(_, inner) => Inline::plain(inner),
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_articles_use() {
        let text = |text: &str| Inline::Text(text.to_owned());
        let (blocks, refused) =
            parse("Run `sc` on **it**,\nsee [this](https://x).\n\n3. One\n   - `a`\n4. Two\n\n```\nx  <y>\n```\n");
        assert!(refused.is_empty(), "{refused:?}");
        let sentence = vec![
            text("Run "),
            Inline::Code("sc".into()),
            text(" on "),
            Inline::Strong(vec![text("it")]),
            text(", see "),
            Inline::Link("https://x".into(), vec![text("this")]),
            text("."),
        ];
        let inner = Block::List(None, vec![vec![Block::Paragraph(vec![Inline::Code("a".into())])]]);
        let list = Block::List(
            Some(3),
            vec![vec![Block::Paragraph(vec![text("One")]), inner], vec![Block::Paragraph(vec![text("Two")])]],
        );
        assert_eq!(blocks, [Block::Paragraph(sentence), list, Block::Code("x  <y>".into())]);
    }

    #[test]
    fn what_they_do_not_use_is_refused() {
        let refused = |text: &str| parse(text).1.into_iter().map(|(_, what)| what).collect::<Vec<_>>();
        assert_eq!(refused("a <b>c</b>").len(), 2);
        assert_eq!(refused("# Title"), ["headings other than the sections' are not used in articles"]);
        assert_eq!(refused("![a](b)"), ["images are not used in articles"]);
        assert_eq!(refused("[a](javascript:alert(1))").len(), 1);
        assert_eq!(refused("---"), ["rules are not used in articles"]);
    }
}
