//! What is handed over as Markdown: CommonMark, and nothing that GitHub adds to it.

use std::fmt::{Result, Write};

use super::Handover;
use super::document::{Element, Line, Piece, TITLE, elements};
use super::handover::foreign;
use crate::kb::{Block, Inline};

/// The Markdown.
pub fn write(handover: &Handover<'_>) -> String {
    let mut out = format!("# {TITLE}\n");
    // Writing to a string cannot fail.
    let _ = elements(handover).iter().try_for_each(|element| write_element(&mut out, element));
    out
}

fn write_element(out: &mut String, element: &Element<'_>) -> Result {
    match element {
        Element::Finding(_, title) => writeln!(out, "\n## {}", escaped(&foreign(title))),
        Element::Heading(title) => writeln!(out, "\n## {title}"),
        Element::Line(line) => writeln!(out, "\n{}", pieces(line)),
        Element::List(lines) => {
            out.push('\n');
            lines.iter().try_for_each(|line| writeln!(out, "- {}", pieces(line)))
        }
        Element::Note(note) => {
            out.push('\n');
            note.lines().try_for_each(|line| writeln!(out, "> {}  ", escaped(&foreign(line))))
        }
        Element::Section(heading, blocks) => {
            writeln!(out, "\n### {}\n", heading.title())?;
            write_blocks(out, blocks, 0)
        }
        Element::AppliesTo(products) => {
            writeln!(out, "\n### Applies to\n\n{}", escaped(&foreign(&products.join(", "))))
        }
        Element::Sources(sources) => {
            writeln!(out, "\n### Sources\n")?;
            let link = |title: &str, url: &str| format!("[{}](<{}>)", escaped(&foreign(title)), address(url));
            sources.iter().try_for_each(|source| writeln!(out, "- {}", link(&source.title, &source.url)))
        }
    }
}

fn pieces(line: &Line<'_>) -> String {
    let pieces = line.iter().map(|piece| match piece {
        Piece::Own(text) => escaped(text),
        Piece::Foreign(text) => code(text),
    });
    pieces.collect()
}

fn write_blocks(out: &mut String, blocks: &[Block], indent: usize) -> Result {
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        match block {
            Block::Paragraph(text) => writeln!(out, "{:indent$}{}", "", inlines(text))?,
            Block::Code(code) => {
                let fence = fence(code, 3);
                writeln!(out, "{:indent$}{fence}", "")?;
                code.lines().try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))?;
                writeln!(out, "{:indent$}{fence}", "")?;
            }
            Block::List(first, items) => {
                for (number, item) in items.iter().enumerate() {
                    let mark = first.map_or("-".to_owned(), |first| format!("{}.", first + number as u64));
                    let mut inner = String::new();
                    write_blocks(&mut inner, item, indent + mark.len() + 1)?;
                    writeln!(out, "{:indent$}{mark} {}", "", inner.trim())?;
                }
            }
        }
    }
    Ok(())
}

fn inlines(inlines: &[Inline]) -> String {
    let texts = inlines.iter().map(|inline| match inline {
        Inline::Text(text) => escaped(text),
        Inline::Code(text) => code(text),
        Inline::Strong(inner) => format!("**{}**", self::inlines(inner)),
        // The other article need not be here.
        Inline::Link(url, inner) if url.starts_with('#') => self::inlines(inner),
        Inline::Link(url, inner) => format!("[{}](<{}>)", self::inlines(inner), address(url)),
    });
    texts.collect()
}

/// Text word for word: nothing in a code span means anything, as long as no run of backticks in it is as long as those
/// around it.
fn code(text: &str) -> String {
    let text = foreign(text);
    let fence = fence(&text, 1);
    // A space at both ends belongs to the marks.
    let space = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Backticks, more than there are anywhere in a row, and at least so many.
fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(least.max(longest + 1))
}

/// Text in which no character is a mark, where each paragraph has a line of its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let start = text.trim_start();
    let at = text.len() - start.len();
    let behind_digits = at + start.len() - start.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (place, character) in text.char_indices() {
        let starts_block = match character {
            '+' | '-' | '=' => place == at,
            '.' | ')' => place > at && place == behind_digits,
            _ => false,
        };
        if starts_block || "\\`*_[]<>#&~$".contains(character) {
            out.push('\\');
        }
        // A new line could start anything.
        out.push(if character.is_control() { ' ' } else { character });
    }
    out
}

/// An address for between `<` and `>`.
fn address(url: &str) -> String {
    url.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '\\')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that Markdown is one paragraph with one piece of text.
    #[track_caller]
    fn check_text(markdown: &str, text: &str) {
        use pulldown_cmark::{Options, Parser};
        let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
        let events: Vec<_> = Parser::new_ext(markdown, options).collect();
        let mut read = String::new();
        for event in &events {
            match event {
                pulldown_cmark::Event::Text(text) | pulldown_cmark::Event::Code(text) => read.push_str(text),
                pulldown_cmark::Event::Start(pulldown_cmark::Tag::Paragraph) => {}
                pulldown_cmark::Event::End(pulldown_cmark::TagEnd::Paragraph) => {}
                other => panic!("{other:?} in {markdown:?}"),
            }
        }
        assert_eq!(read, text, "{markdown:?}");
    }

    #[test]
    fn nothing_is_a_mark() {
        for text in [
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "![a](b) **c** _d_ ~~e~~ $f$",
            "`",
            "``` a",
            "a `b` ``c",
            "# a",
            "- a",
            "+ a",
            "12. a",
            "1) a",
            "> a",
            "| a | b |",
            "---",
            "===",
            "&lt;b&gt; &#60;",
            "\\<b>",
            "@everyone [^1]: [x]: y",
            "<https://example.com>",
        ] {
            check_text(&escaped(text), text);
            check_text(&code(text), text);
        }
        check_text(&code("a\n\n# b"), "a # b");
        check_text(&escaped("a\n- b"), "a - b");
    }
}
