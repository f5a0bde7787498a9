//! What is handed over as text for a terminal: what was found and what to do.

use std::fmt::{Result, Write};

use super::Handover;
use super::document::{Element, Line, Piece, elements};
use super::handover::foreign;
use crate::kb::{Block, Heading, Inline};

/// The text.
pub fn write(handover: &Handover<'_>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_elements(&mut out, &elements(handover));
    out
}

fn write_elements(out: &mut String, elements: &[Element<'_>]) -> Result {
    // What belongs to a finding stands under it.
    let mut indent = 0;
    for (place, element) in elements.iter().enumerate() {
        if place > 0 && matches!(element, Element::Finding(..) | Element::Heading(_)) {
            writeln!(out)?;
        }
        match element {
            Element::Finding(_, title) => {
                writeln!(out, "{}", foreign(title))?;
                indent = 2;
            }
            Element::Heading(_) => indent = 0,
            Element::Line(line) => writeln!(out, "{:indent$}{}", "", plain(line))?,
            Element::List(lines) => {
                lines.iter().try_for_each(|line| writeln!(out, "{:indent$}  {}", "", plain(line)))?
            }
            Element::Note(note) => note.lines().try_for_each(|line| writeln!(out, "{}", foreign(line)))?,
            Element::Section(heading @ (Heading::Resolution | Heading::Workaround), blocks) => {
                writeln!(out, "{:indent$}{}:", "", heading.title())?;
                write_blocks(out, blocks, indent + 2)?;
            }
            // The rest is in the article.
            Element::Section(..) | Element::AppliesTo(_) | Element::Sources(_) => {}
        }
    }
    Ok(())
}

fn plain(line: &Line<'_>) -> String {
    let pieces = line.iter().map(|piece| match piece {
        Piece::Own(text) => text.to_string(),
        Piece::Foreign(text) => foreign(text),
    });
    pieces.collect()
}

/// The text of an article that somebody brought, without what moves a terminal.
fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")
}

/// Blocks as text.
pub(super) fn blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_blocks(&mut out, blocks, 0);
    out
}

fn write_blocks(out: &mut String, blocks: &[Block], indent: usize) -> Result {
    for block in blocks {
        match block {
            Block::Paragraph(text) => writeln!(out, "{:indent$}{}", "", harmless(&Inline::plain(text)))?,
            Block::Code(code) => {
                code.lines().try_for_each(|line| writeln!(out, "{:indent$}  {}", "", harmless(line)))?
            }
            Block::List(first, items) => {
                for (index, item) in items.iter().enumerate() {
                    let mark = first.map_or("-".to_owned(), |first| format!("{}.", first + index as u64));
                    let mut inner = String::new();
                    write_blocks(&mut inner, item, indent + mark.len() + 1)?;
                    writeln!(out, "{:indent$}{mark} {}", "", inner.trim())?;
                }
            }
        }
    }
    Ok(())
}
