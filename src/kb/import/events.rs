//! The events that a section speaks of: blocks as Event Viewer shows an event, and sentences that name an id.

use super::labels::{self, Item, Label};
use super::mentions;
use super::sections::{Heading, Lines};

/// What is beyond these counts and lengths is left out.
pub(super) const MAX_EVENTS: usize = 256;
const MAX_DESCRIPTION: usize = 2000;
const MAX_CHOICES: usize = 32;
const MAX_SHOWN: usize = 16;

/// An event as the text has it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub id: u16,
    /// As the text labels it.
    pub source: Option<String>,
    /// `Error`, `Information` and so on, in lower case; empty where the text does not say it.
    pub kind: String,
    /// What the event says, or the sentence that names it; white space is single spaces.
    pub description: String,
    /// The sentence or paragraph that leads to it.
    pub context: String,
    pub heading: Option<Heading>,
    /// What leads to it says that it goes with another event.
    pub is_beside: bool,
    pub form: Form,
    /// What the article lists for a part that the description leaves open.
    pub choices: Vec<String>,
}

/// How sure it is that a description is the event's own text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// It is the rest of a sentence that names the event.
    #[default]
    Named,
    /// It is shown with such a sentence.
    Shown,
    /// Labels announce it.
    Labelled,
}

/// A stretch of a section: what labels announce, or other text.
#[derive(Debug)]
enum Piece {
    Block(Block),
    Paragraph(Paragraph),
}

#[derive(Debug, Default)]
struct Paragraph {
    indent: usize,
    text: String,
}

#[derive(Debug, Default)]
struct Block {
    indent: usize,
    id: Option<u16>,
    source: Option<String>,
    kind: String,
    description: String,
    /// A line without text stood in it.
    is_broken: bool,
}

/// The events of a section, in their order.
pub(super) fn find(section: &Lines<'_>, flat: bool) -> Vec<Found> {
    let pieces = pieces(section.lines, flat);
    let mut found: Vec<Found> = Vec::new();
    let mut context = "";
    let mut taken = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if found.len() >= MAX_EVENTS {
            break;
        }
        match piece {
            Piece::Block(block) => found.extend(block.id.map(|id| Found {
                id,
                source: block.source.clone(),
                kind: block.kind.to_ascii_lowercase(),
                description: block.description.clone(),
                context: cut(context).to_owned(),
                heading: section.heading,
                is_beside: is_beside(context),
                form: Form::Labelled,
                choices: if block.description.contains('<') { choices(&pieces[at + 1..]) } else { Vec::new() },
            })),
            Piece::Paragraph(_) if at < taken => {}
            Piece::Paragraph(paragraph) => {
                let shown = shown(&pieces[at..]);
                let own = named(paragraph, &shown, section.heading);
                if !own.is_empty() {
                    taken = at + 1 + shown.len();
                }
                found.extend(own);
                context = &paragraph.text;
            }
        }
    }
    found
}

/// The items of a list of services that follows: `when you start the following services:`.
fn choices(pieces: &[Piece]) -> Vec<String> {
    let [Piece::Paragraph(first), rest @ ..] = pieces else { return Vec::new() };
    if !first.text.ends_with("services:") {
        return Vec::new();
    }
    let items = rest.iter().map_while(|piece| match piece {
        Piece::Paragraph(item) => item.text.strip_prefix("- "),
        Piece::Block(_) => None,
    });
    items.flat_map(|items| items.split(" - ")).map(|item| item.trim().to_owned()).take(MAX_CHOICES).collect()
}

/// The indented paragraphs that the first of these pieces announces.
fn shown(pieces: &[Piece]) -> Vec<&str> {
    let [Piece::Paragraph(first), rest @ ..] = pieces else { return Vec::new() };
    let last = &first.text[first.text.trim_end_matches(':').rfind(". ").unwrap_or(0)..];
    if !last.ends_with(':') || !last.contains("vent") && mentions::ids(last).is_empty() {
        return Vec::new();
    }
    let indented = rest.iter().map_while(|piece| match piece {
        Piece::Paragraph(next) if next.indent > first.indent && mentions::ids(&next.text).is_empty() => {
            Some(next.text.as_str())
        }
        _ => None,
    });
    indented.take(MAX_SHOWN).collect()
}

/// The events that a paragraph names. The last of them is what is shown after it.
fn named(paragraph: &Paragraph, shown: &[&str], heading: Option<Heading>) -> Vec<Found> {
    let text = paragraph.text.as_str();
    let mut ids = mentions::ids(text);
    ids.truncate(MAX_EVENTS);
    let mut found = Vec::new();
    for (place, (at, id)) in ids.iter().enumerate() {
        let (start, sentence) = sentence(text, *at);
        let one = |description: &str, form| Found {
            id: *id,
            description: cut(description).to_owned(),
            context: cut(sentence).to_owned(),
            heading,
            is_beside: is_beside(&text[start..*at]),
            form,
            ..Found::default()
        };
        let rest = text[*at..].trim_start_matches(|c: char| c.is_ascii_digit() || " :.-),".contains(c));
        let is_last = place + 1 == ids.len();
        let next = ids.get(place + 1).map_or(text.len(), |(next, _)| *next);
        if is_last && !shown.is_empty() {
            found.extend(shown.iter().map(|text| one(text, Form::Shown)));
        } else if let Some(quoted) = quoted(&text[*at..next]) {
            found.push(one(quoted, Form::Shown));
        } else if paragraph.indent > 0 && ids.len() == 1 && !rest.is_empty() {
            found.push(one(rest, Form::Shown));
        } else {
            found.push(one(
                &sentence[(text.len() - rest.len()).saturating_sub(start).min(sentence.len())..],
                Form::Named,
            ));
        }
    }
    found
}

/// Whether what stands before an event says that it comes before, with or after another.
fn is_beside(lead: &str) -> bool {
    const BESIDE: [&str; 6] =
        ["preceded by", "followed by", "as well:", "as well.", "prior to", "in addition to the event"];
    let lower = lead.to_ascii_lowercase();
    let is_before = lower.contains("before the event") && !lower.trim_end().ends_with("before the event");
    is_before || BESIDE.iter().any(|words| lower.contains(words))
}

/// The first text of several words in quotes.
fn quoted(text: &str) -> Option<&str> {
    let text = text.get(..600).unwrap_or(text);
    let start = text.find('"')? + 1;
    let end = start + text[start..].find('"')?;
    let inner = &text[start..end];
    (inner.split(' ').count() >= 5).then_some(inner)
}

/// The sentence around a place, and where it starts.
fn sentence(text: &str, at: usize) -> (usize, &str) {
    let start = text[..at].rfind(". ").map_or(0, |end| end + 2);
    let end = text[at..].find(". ").map_or(text.len(), |end| at + end + 1);
    (start, &text[start..end])
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_DESCRIPTION)).unwrap_or(text)
}

/// Cuts a section into blocks and paragraphs.
fn pieces(lines: &[&str], flat: bool) -> Vec<Piece> {
    let mut cutter = Cutter { flat, ..Cutter::default() };
    let mut in_reference = false;
    for (at, line) in lines.iter().enumerate() {
        let text = without_bullet(line.trim());
        let indent = line.trim_end().len() - text.len();
        if text.is_empty() {
            in_reference = false;
            cutter.blank();
        } else if is_reference(text) {
            // The titles of other articles name events that this one says nothing of.
            cutter.close();
            in_reference = true;
        } else if in_reference {
        } else if matches!(text.trim_matches(['-', ' ']), "or" | "OR" | "and" | "AND" | "Or" | "And") {
            cutter.close();
        } else {
            cutter.line(text, indent, &lines[at..]);
        }
    }
    cutter.close();
    cutter.pieces
}

/// A line without the sign of a list before a label.
fn without_bullet(text: &str) -> &str {
    let item = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")).map(str::trim_start);
    item.filter(|item| labels::read(item).is_some_and(|(before, _)| before.is_empty())).unwrap_or(text)
}

/// Whether a line starts the title of another article: `Q101355 Title`.
pub(super) fn is_reference(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    text.strip_prefix('Q').is_some_and(|rest| (5..=6).contains(&digits(rest)))
        || text.starts_with("ARTICLE-ID")
        || text.strip_prefix("TITLE").is_some_and(|rest| rest.trim_start().starts_with(':'))
}

#[derive(Default)]
struct Cutter {
    pieces: Vec<Piece>,
    paragraph: Paragraph,
    block: Option<Block>,
    flat: bool,
}

impl Cutter {
    fn blank(&mut self) {
        self.end_paragraph();
        if let Some(block) = &mut self.block {
            block.is_broken = true;
        }
    }

    fn end_paragraph(&mut self) {
        if !self.paragraph.text.is_empty() {
            self.pieces.push(Piece::Paragraph(std::mem::take(&mut self.paragraph)));
        }
    }

    fn close(&mut self) {
        self.end_paragraph();
        self.pieces.extend(self.block.take().filter(|block| block.id.is_some()).map(Piece::Block));
    }

    /// Takes a line; `rest` are it and those after it.
    fn line(&mut self, text: &str, indent: usize, rest: &[&str]) {
        match labels::read(text).filter(|(before, items)| self.is_header(before, items, indent, rest)) {
            Some((before, items)) => self.header(before, &items, indent),
            None => self.text(text, indent, rest),
        }
    }

    /// Whether a line with labels belongs to a block, and not to other text.
    fn is_header(&self, before: &str, items: &[Item<'_>], indent: usize, rest: &[&str]) -> bool {
        let Some(first) = items.first() else { return false };
        let has_id = items.iter().any(|item| item.label == Label::Id && id(item.value).is_some());
        if !before.is_empty() && (!has_id || before.split(' ').count() > 3 || !self.paragraph.text.is_empty()) {
            return false;
        }
        if first.label == Label::Id {
            return has_id && (items.len() > 1 || self.stands_alone(first.value, indent));
        }
        match &self.block {
            // A label inside a description is a part of it, unless an id follows with the next labels.
            Some(block) if !block.description.is_empty() => has_id || leads_to_id(rest),
            Some(_) => true,
            None => has_id || leads_to_id(rest),
        }
    }

    /// Whether an id's line is no part of a sentence: `Event ID 7000 is logged` goes on as one does, and a line may start so
    /// where a sentence is wrapped.
    fn stands_alone(&self, value: &str, indent: usize) -> bool {
        let Some((_, after)) = id(value) else { return false };
        let goes_on = after.starts_with(|c: char| c.is_ascii_lowercase() || ",;/&".contains(c));
        let is_wrapped = !self.paragraph.text.is_empty()
            && self.paragraph.indent == indent
            && !self.paragraph.text.ends_with([':', '.'])
            && !after.is_empty();
        !goes_on && !is_wrapped
    }

    fn header(&mut self, before: &str, items: &[Item<'_>], indent: usize) {
        self.end_paragraph();
        for (place, item) in items.iter().enumerate() {
            let is_new = match &self.block {
                None => true,
                Some(block) => {
                    !block.description.is_empty() && (place == 0 || item.label == Label::Id)
                        || item.label == Label::Id && block.id.is_some()
                        || item.label == Label::Source && block.source.is_some()
                }
            };
            if is_new {
                self.close();
                let source =
                    Some(before.trim_end_matches([',', '-', ':', ' '])).filter(|_| place == 0 && !before.is_empty());
                self.block = Some(Block { indent, source: source.map(str::to_owned), ..Block::default() });
            }
            let Some(block) = &mut self.block else { continue };
            match item.label {
                Label::Id => {
                    let Some((number, after)) = id(item.value) else { continue };
                    block.id = Some(number);
                    append(&mut block.description, after);
                }
                Label::Source if !item.value.is_empty() => {
                    // `Source: Fabric, "The loom stopped."`
                    let (source, description) = item.value.split_once('"').unwrap_or((item.value, ""));
                    block.source = Some(source.trim_end_matches([' ', ',']).to_owned());
                    append(&mut block.description, description);
                }
                Label::Type => block.kind = item.value.to_owned(),
                Label::Description => append(&mut block.description, item.value),
                Label::Source | Label::Other => {}
            }
        }
    }

    fn text(&mut self, text: &str, indent: usize, rest: &[&str]) {
        if let Some(block) = &mut self.block {
            let has_text = !block.description.is_empty();
            let is_over = match block.indent {
                _ if block.id.is_none() => true,
                0 if self.flat => has_text && block.description.ends_with(['.', '"']),
                0 => has_text && block.is_broken,
                own => indent < own,
            };
            if !is_over {
                let next = rest.get(1).map_or("", |next| next.trim());
                let is_alone = !has_text && !block.is_broken && !text.contains(' ') && !text.ends_with('.');
                if is_alone && block.source.is_none() && (next.is_empty() || labels::read(next).is_some()) {
                    block.source = Some(text.to_owned());
                } else {
                    append(&mut block.description, text);
                }
                return;
            }
            self.close();
        }
        if self.paragraph.text.is_empty() {
            self.paragraph.indent = indent;
        }
        append(&mut self.paragraph.text, text);
    }
}

/// Whether the labels at the start of these lines come to an id.
fn leads_to_id(lines: &[&str]) -> bool {
    let read = lines.iter().take(9).filter(|line| !line.trim().is_empty()).map_while(|line| labels::read(line));
    let mut ids = read.filter(|(before, _)| before.is_empty()).flat_map(|(_, items)| items);
    ids.any(|item| item.label == Label::Id && id(item.value).is_some())
}

/// The id that a label's value starts with, and what follows.
fn id(value: &str) -> Option<(u16, &str)> {
    let value = value.trim_start_matches([' ', '(', '[', '"', '#', ':', '=']);
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &value[digits..];
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '%') {
        return None;
    }
    Some((value[..digits].parse().ok()?, rest.trim_start_matches([' ', ')', ']', '"', ':', '-', '.'])))
}

/// Adds text after a space, with its white space made single spaces, up to the limit.
fn append(text: &mut String, more: &str) {
    for word in more.split_whitespace() {
        if text.len() > MAX_DESCRIPTION {
            return;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}
