//! What is handed over as one static HTML file: no script, nothing from elsewhere; it reads and prints alone.

use std::borrow::Cow;
use std::fmt::{Result, Write};

use quick_xml::escape::escape;

use super::Handover;
use super::document::{Element, Line, Piece, TITLE, elements};
use super::handover::foreign;
use crate::kb::{Block, Inline};

/// The policy lets nothing be loaded or run, should a reader ever find markup where there is only text.
const HEAD: &str = concat!(
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n",
    "<meta name=\"viewport\" content=\"width=device-width\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n",
    "<title>{title}</title>\n<style>\n",
    include_str!("html.css"),
    "</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
);

/// The file.
pub fn write(handover: &Handover<'_>) -> String {
    let mut out = HEAD.replace("{title}", TITLE);
    let elements = elements(handover);
    let ids = elements.iter().filter_map(|element| match element {
        Element::Finding(id, _) => Some(*id),
        _ => None,
    });
    let page = Page { ids: ids.collect() };
    // Writing to a string cannot fail.
    let _ = elements.iter().try_for_each(|element| page.element(&mut out, element));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

struct Page<'h> {
    /// The articles that are in it.
    ids: Vec<&'h str>,
}

impl Page<'_> {
    fn element(&self, out: &mut String, element: &Element<'_>) -> Result {
        match element {
            Element::Finding(id, title) => writeln!(out, "<h2 id=\"{}\">{}</h2>", escape(*id), text(title)),
            Element::Heading(title) => writeln!(out, "<h2>{title}</h2>"),
            Element::Line(line) => writeln!(out, "<p>{}</p>", pieces(line)),
            Element::List(lines) => {
                out.push_str("<ul>\n");
                lines.iter().try_for_each(|line| writeln!(out, "<li>{}</li>", pieces(line)))?;
                writeln!(out, "</ul>")
            }
            Element::Note(note) => {
                out.push_str("<blockquote>\n");
                note.lines().try_for_each(|line| writeln!(out, "<p><bdi>{}</bdi></p>", text(line)))?;
                writeln!(out, "</blockquote>")
            }
            Element::Section(heading, blocks) => {
                writeln!(out, "<h3>{}</h3>", heading.title())?;
                self.blocks(out, blocks)
            }
            Element::AppliesTo(products) => {
                writeln!(out, "<h3>Applies to</h3>\n<p>{}</p>", text(&products.join(", ")))
            }
            Element::Sources(sources) => {
                out.push_str("<h3>Sources</h3>\n<ul>\n");
                for source in *sources {
                    let link = [Inline::Link(source.url.clone(), vec![Inline::Text(source.title.clone())])];
                    writeln!(out, "<li>{} ({})</li>", self.inlines(&link), text(&source.id))?;
                }
                writeln!(out, "</ul>")
            }
        }
    }

    fn blocks(&self, out: &mut String, blocks: &[Block]) -> Result {
        for block in blocks {
            match block {
                Block::Paragraph(inlines) => writeln!(out, "<p>{}</p>", self.inlines(inlines))?,
                Block::Code(code) => writeln!(out, "<pre>{}</pre>", escape(code.as_str()))?,
                Block::List(first, items) => {
                    let tag = if first.is_some() { "ol" } else { "ul" };
                    match first {
                        Some(first @ (0 | 2..)) => writeln!(out, "<ol start=\"{first}\">")?,
                        _ => writeln!(out, "<{tag}>")?,
                    }
                    for item in items {
                        out.push_str("<li>");
                        self.blocks(out, item)?;
                        out.push_str("</li>\n");
                    }
                    writeln!(out, "</{tag}>")?;
                }
            }
        }
        Ok(())
    }

    fn inlines(&self, inlines: &[Inline]) -> String {
        let texts = inlines.iter().map(|inline| match inline {
            Inline::Text(own) => escape(own.as_str()).into_owned(),
            Inline::Code(code) => format!("<code>{}</code>", escape(code.as_str())),
            Inline::Strong(inner) => format!("<strong>{}</strong>", self.inlines(inner)),
            Inline::Link(url, inner) if self.leads_somewhere(url) => {
                format!("<a href=\"{}\">{}</a>", escape(url.as_str()), self.inlines(inner))
            }
            Inline::Link(_, inner) => self.inlines(inner),
        });
        texts.collect()
    }

    /// Whether a link is to the web, or to an article that is here.
    fn leads_somewhere(&self, url: &str) -> bool {
        let in_web = url.starts_with("https://") || url.starts_with("http://");
        in_web || url.strip_prefix('#').is_some_and(|id| self.ids.contains(&id))
    }
}

fn text(text: &str) -> String {
    escape(foreign(text)).into_owned()
}

fn pieces(line: &Line<'_>) -> String {
    let pieces = line.iter().map(|piece| match piece {
        Piece::Own(own) => escape(own.as_ref()),
        Piece::Foreign(name) => Cow::Owned(format!("<bdi>{}</bdi>", text(name))),
    });
    pieces.collect()
}
