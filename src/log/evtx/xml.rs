//! A record as the XML that Event Viewer shows.

use std::cell::Cell;
use std::fmt::Write;

use super::binxml::{
    self, BINARY_XML, Budget, Cursor, Instance, MAX_DEPTH, Read, Unfold, Visitor, malformed, walk, walk_instance,
    walk_value,
};
use super::frame;
use crate::event::{Value, utf16};
use crate::log::Reason;

/// More text than this is not written for one record: a template can repeat a value many times over.
const MAX_LENGTH: usize = 4 << 20;

/// The record that starts at `at` in the given chunk, as XML.
pub fn to_xml(chunk: &[u8], at: usize) -> Result<String, Reason> {
    let (content, _) = frame(chunk, at)?;
    let budget = Cell::new(Budget::CHUNK);
    let mut writer = Writer {
        budget: Budget::new(&budget),
        out: String::new(),
        around: Vec::new(),
        open: Vec::new(),
        state: State::Content,
        skip: 0,
    };
    walk(&mut Cursor { data: chunk, at: content.start }, content.end, false, &mut writer)?;
    Ok(writer.out)
}

/// Writes an element tree, each element on a line of its own.
struct Writer<'a> {
    budget: Budget<'a>,
    out: String,
    around: Vec<Option<Instance<'a>>>,
    open: Vec<Element>,
    state: State,
    /// How many open elements are left out because the slot they depend on is empty.
    skip: usize,
}

struct Element {
    name: String,
    has_elements: bool,
    /// Where the element starts in the output.
    start: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// In a start tag, before its `>`.
    Tag,
    /// In the quotes of an attribute's value.
    Attribute,
    /// Between tags.
    Content,
}

impl Writer<'_> {
    /// Ends the attribute or start tag that is open, as far as `to` asks.
    fn leave(&mut self, to: State) {
        if self.state == State::Attribute {
            // An attribute without a value is left out.
            match self.out.strip_suffix("=\"").and_then(|out| out.rfind(' ')) {
                Some(start) => self.out.truncate(start),
                None => self.out.push('"'),
            }
            self.state = State::Tag;
        }
        if self.state == State::Tag && to == State::Content {
            self.out.push('>');
            self.state = State::Content;
        }
    }

    fn escaped(&mut self, text: &str) -> Read<()> {
        if self.out.len() + text.len() > MAX_LENGTH {
            return malformed("more text than a record can have");
        }
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' if self.state == State::Attribute => self.out.push_str("&quot;"),
                // XML has no way to write the other control characters; Windows writes this for them.
                '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => self.out.push('_'),
                character => self.out.push(character),
            }
        }
        Ok(())
    }

    fn line(&mut self, depth: usize) {
        if !self.out.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(self.out, "\n{:indent$}", "", indent = depth * 2);
        }
    }

    fn end_element(&mut self) {
        let Some(element) = self.open.pop() else { return };
        if self.state == State::Content {
            if element.has_elements {
                self.line(self.open.len());
            }
            let _ = write!(self.out, "</{}>", element.name);
        } else {
            self.leave(State::Tag);
            self.out.push_str("/>");
            self.state = State::Content;
        }
    }

    /// Windows writes an element once for each item of an array that is its content.
    fn repeat_element(&mut self, values: Vec<Value<'_>>) -> Read<()> {
        let tag = self.open.last().and_then(|element| self.out.get(element.start..)).unwrap_or_default().to_owned();
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                let (depth, name) = match self.open.last() {
                    Some(element) => (self.open.len() - 1, element.name.clone()),
                    None => return Ok(()),
                };
                let _ = write!(self.out, "</{name}>");
                self.line(depth);
                self.out.push_str(&tag);
            }
            self.escaped(&value.text())?;
        }
        Ok(())
    }
}

impl<'a> Unfold<'a> for Writer<'a> {
    fn around(&mut self) -> &mut Vec<Option<Instance<'a>>> {
        &mut self.around
    }
}

impl<'a> Visitor<'a> for Writer<'a> {
    fn open(&mut self, name: &'a [u8], dependency: Option<u16>) -> Read<()> {
        if self.skip > 0 || self.is_left_out(dependency) {
            self.skip += 1;
            return Ok(());
        }
        if self.open.len() >= MAX_DEPTH {
            return malformed("elements nested too deeply");
        }
        if self.out.len() > MAX_LENGTH {
            return malformed("more text than a record can have");
        }
        self.leave(State::Content);
        if let Some(parent) = self.open.last_mut() {
            parent.has_elements = true;
        }
        self.line(self.open.len());
        let element = Element { name: safe_name(name), has_elements: false, start: self.out.len() };
        let _ = write!(self.out, "<{}", element.name);
        self.open.push(element);
        self.state = State::Tag;
        Ok(())
    }

    fn attribute(&mut self, name: &'a [u8]) -> Read<()> {
        if self.skip == 0 {
            self.leave(State::Tag);
            let _ = write!(self.out, " {}=\"", safe_name(name));
            self.state = State::Attribute;
        }
        Ok(())
    }

    fn content(&mut self) -> Read<()> {
        if self.skip == 0 {
            self.leave(State::Tag);
        }
        Ok(())
    }

    fn text(&mut self, text: &'a [u8]) -> Read<()> {
        if self.skip > 0 {
            return Ok(());
        }
        if self.state == State::Tag {
            self.leave(State::Content);
        }
        self.escaped(&utf16(text))
    }

    fn slot(&mut self, index: u16) -> Read<()> {
        let Some(instance) = self.innermost() else { return malformed("a slot outside a template") };
        let Some((kind, bytes)) = instance.slot(index).filter(|_| self.skip == 0) else { return Ok(()) };
        if kind == BINARY_XML {
            return walk_value(instance, bytes, self);
        }
        self.budget.spend(binxml::cost(kind, bytes))?;
        let mut values = Vec::new();
        binxml::values(kind, bytes, |value| values.push(value));
        if self.state == State::Tag && !(values.is_empty() || values == [Value::Null]) {
            self.leave(State::Content);
        }
        if kind & binxml::ARRAY != 0 && self.state == State::Content {
            return self.repeat_element(values);
        }
        values.iter().try_for_each(|value| self.escaped(&value.text()))
    }

    fn instance(&mut self, instance: Instance<'a>) -> Read<()> {
        walk_instance(instance, self)
    }

    fn close(&mut self) -> Read<()> {
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.end_element();
        }
        Ok(())
    }

    fn budget(&mut self) -> &mut Budget<'a> {
        &mut self.budget
    }
}

/// A name that cannot break out of its tag.
fn safe_name(name: &[u8]) -> String {
    let safe = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    utf16(name).chars().map(|c| if safe(c) { c } else { '_' }).collect()
}
