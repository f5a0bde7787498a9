//! One record: its head by way of its template, and all its values when somebody asks.

use std::borrow::Cow;
use std::cell::Cell;

use super::binxml::{
    self, BINARY_XML, Budget, Cursor, Instance, MAX_DEPTH, Read, Unfold, Visitor, malformed, walk, walk_instance,
    walk_value,
};
use super::layout::{Layouts, Shape};
use super::{RECORD_FRAME, RawHead};
use crate::event::{Field, Level, Names, Part, Time, Value, utf16};

/// Where a template keeps the values of a record's head. A chunk uses few templates for many records, so finding the
/// places once per template makes a head a handful of reads.
#[derive(Default)]
pub struct Templates {
    plans: Vec<(u32, Plan)>,
}

/// Where each value of the head comes from.
#[derive(Clone, Copy, Default)]
struct Plan {
    provider: Source,
    event_id: Source,
    level: Source,
    time: Source,
    record_id: Source,
    channel: Source,
    computer: Source,
}

#[derive(Clone, Copy, Default)]
enum Source {
    #[default]
    Missing,
    Slot(u16),
    /// The template says it itself: an interned text.
    Literal(u32),
}

impl Templates {
    /// Forgets the templates of the last chunk.
    pub fn clear(&mut self) {
        self.plans.clear();
    }

    /// Reads the head of the record that starts at `at` and whose content is `content`.
    pub(super) fn read<'a>(
        &mut self,
        names: &mut Names,
        data: &'a [u8],
        layouts: &'a Layouts,
        budget: &'a Cell<usize>,
        content: std::ops::Range<usize>,
        at: usize,
    ) -> Read<(RawHead, Body<'a>)> {
        let body = Body::read(data, layouts, budget, content)?;
        let plan = match body.root {
            Some(instance) => self.plan(names, budget, &instance)?,
            None => {
                let mut finder = HeadFinder::new(names, Budget::new(budget));
                walk(&mut body.cursor(), body.end, false, &mut finder)?;
                finder.plan
            }
        };
        let starts = body.root.map_or([0; STARTS], |instance| instance.starts());
        let mut slots = Slots { instance: body.root, starts, names };
        let id = binxml::number(&data[at + 8..at + 16]);
        let stamp = binxml::number(&data[at + 16..at + 24]);
        let head = RawHead {
            event_id: slots.number(plan.event_id).unwrap_or(0) as u32,
            level: Level::from_number(slots.number(plan.level).unwrap_or(0) as u8),
            time: slots.time(plan.time).unwrap_or(Time(stamp)),
            record_id: slots.number(plan.record_id).unwrap_or(id),
            provider: slots.text(plan.provider),
            channel: slots.text(plan.channel),
            computer: slots.text(plan.computer),
        };
        Ok((head, body))
    }

    fn plan(&mut self, names: &mut Names, budget: &Cell<usize>, instance: &Instance<'_>) -> Read<Plan> {
        if let Some((_, plan)) = self.plans.iter().find(|(definition, _)| *definition == instance.definition) {
            return Ok(*plan);
        }
        let (mut cursor, end) = instance.definition()?;
        let mut finder = HeadFinder::new(names, Budget::new(budget));
        walk(&mut cursor, end, true, &mut finder)?;
        let plan = finder.plan;
        self.plans.push((instance.definition, plan));
        Ok(plan)
    }
}

/// How many values are looked up quickly: those of `System` are among the first.
const STARTS: usize = 20;

/// Reads a plan's sources.
struct Slots<'a, 'n> {
    instance: Option<Instance<'a>>,
    starts: [u32; STARTS],
    names: &'n mut Names,
}

impl<'a> Slots<'a, '_> {
    fn slot(&self, index: u16) -> Option<(u8, &'a [u8])> {
        self.instance?.slot_from(&self.starts, index)
    }

    fn number(&self, source: Source) -> Option<u64> {
        match source {
            Source::Missing => None,
            Source::Slot(index) => match self.slot(index)? {
                (0x01, text) => utf16(text).trim_end_matches('\0').parse().ok(),
                (_, []) => None,
                (_, bytes) => Some(binxml::number(bytes)),
            },
            Source::Literal(symbol) => self.names.name(symbol).text.parse().ok(),
        }
    }

    fn time(&self, source: Source) -> Option<Time> {
        match source {
            Source::Missing => None,
            Source::Slot(index) => {
                let (kind, bytes) = self.slot(index)?;
                match (kind, bytes.len()) {
                    (0x11, 8) => Some(Time(binxml::number(bytes))),
                    (0x01, _) => Time::parse(&utf16(bytes)),
                    (0x12, _) => binxml::system_time(bytes),
                    _ => None,
                }
            }
            Source::Literal(symbol) => Time::parse(self.names.name(symbol).text),
        }
    }

    fn text(&mut self, source: Source) -> u32 {
        match source {
            Source::Missing => self.names.intern(""),
            Source::Slot(index) => match self.slot(index) {
                Some((0x01, text)) => self.names.intern_utf16(text),
                _ => self.names.intern(""),
            },
            Source::Literal(symbol) => symbol,
        }
    }
}

/// Finds the places of the head's values in a template.
struct HeadFinder<'a, 'n> {
    names: &'n mut Names,
    budget: Budget<'a>,
    plan: Plan,
    depth: usize,
    in_system: bool,
    element: &'a [u8],
    attribute: Option<&'a [u8]>,
}

/// Whether UTF-16LE bytes spell an ASCII word.
fn is(name: &[u8], word: &str) -> bool {
    name.len() == word.len() * 2
        && name.as_chunks::<2>().0.iter().zip(word.bytes()).all(|(unit, byte)| *unit == [byte, 0])
}

impl<'a, 'n> HeadFinder<'a, 'n> {
    fn new(names: &'n mut Names, budget: Budget<'a>) -> Self {
        HeadFinder { names, budget, plan: Plan::default(), depth: 0, in_system: false, element: &[], attribute: None }
    }

    /// The place that the current token fills, unless it is filled already.
    fn place(&mut self) -> Option<&mut Source> {
        if !self.in_system || self.depth != 3 {
            return None;
        }
        let plan = &mut self.plan;
        let place = match self.attribute {
            Some(attribute) if is(self.element, "Provider") && is(attribute, "Name") => &mut plan.provider,
            Some(attribute) if is(self.element, "TimeCreated") && is(attribute, "SystemTime") => &mut plan.time,
            Some(_) => return None,
            None if is(self.element, "EventID") => &mut plan.event_id,
            None if is(self.element, "Level") => &mut plan.level,
            None if is(self.element, "EventRecordID") => &mut plan.record_id,
            None if is(self.element, "Channel") => &mut plan.channel,
            None if is(self.element, "Computer") => &mut plan.computer,
            None => return None,
        };
        matches!(place, Source::Missing).then_some(place)
    }
}

impl<'a> Visitor<'a> for HeadFinder<'a, '_> {
    fn open(&mut self, name: &'a [u8], _dependency: Option<u16>) -> Read<()> {
        self.depth += 1;
        if self.depth == 2 {
            self.in_system = is(name, "System");
        }
        self.element = name;
        self.attribute = None;
        Ok(())
    }

    fn attribute(&mut self, name: &'a [u8]) -> Read<()> {
        self.attribute = Some(name);
        Ok(())
    }

    fn content(&mut self) -> Read<()> {
        self.attribute = None;
        Ok(())
    }

    fn text(&mut self, text: &'a [u8]) -> Read<()> {
        if self.place().is_some() {
            let symbol = self.names.intern_utf16(text);
            if let Some(place) = self.place() {
                *place = Source::Literal(symbol);
            }
        }
        Ok(())
    }

    fn slot(&mut self, index: u16) -> Read<()> {
        if let Some(place) = self.place() {
            *place = Source::Slot(index);
        }
        Ok(())
    }

    fn instance(&mut self, _instance: Instance<'a>) -> Read<()> {
        Ok(())
    }

    fn close(&mut self) -> Read<()> {
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn is_done(&self) -> bool {
        // `System` has just ended.
        self.in_system && self.depth == 1
    }

    fn budget(&mut self) -> &mut Budget<'a> {
        &mut self.budget
    }
}

/// The content of a record, not yet read.
#[derive(Clone)]
pub struct Body<'a> {
    data: &'a [u8],
    start: usize,
    end: usize,
    /// Nearly every record is one instance of a template.
    root: Option<Instance<'a>>,
    layouts: &'a Layouts,
    budget: &'a Cell<usize>,
}

impl<'a> Body<'a> {
    pub(super) fn read(
        data: &'a [u8],
        layouts: &'a Layouts,
        budget: &'a Cell<usize>,
        content: std::ops::Range<usize>,
    ) -> Read<Body<'a>> {
        let root = Instance::alone(data, content.clone())?;
        Ok(Body { data, start: content.start, end: content.end, root, layouts, budget })
    }

    fn cursor(&self) -> Cursor<'a> {
        Cursor { data: self.data, at: self.start }
    }

    /// Where the record's fields are; `None` where only a walk can tell.
    pub fn shape(&self) -> Option<Shape<'a>> {
        self.layouts.shape(self.root?, self.budget)
    }

    /// Appends every field but those of the head, by a walk over the whole record.
    pub fn walk(&self, fields: &mut Vec<Field<'a>>) -> Read<()> {
        let budget = Budget::new(self.budget);
        let mut collector = Collector { fields, budget, path: Vec::new(), around: Vec::new(), skip: 0 };
        walk(&mut self.cursor(), self.end, false, &mut collector)
    }
}

const _: () = assert!(RECORD_FRAME == 28, "Templates::read looks at the id and the time of the record header");

/// Collects the values of a record in the order of its XML.
struct Collector<'a, 'f> {
    fields: &'f mut Vec<Field<'a>>,
    budget: Budget<'a>,
    path: Vec<Element<'a>>,
    around: Vec<Option<Instance<'a>>>,
    /// How many open elements are left out because the slot they depend on is empty.
    skip: usize,
}

/// A name; those that every record has take no memory.
fn known_or_read<'a>(name: &[u8]) -> Cow<'a, str> {
    const KNOWN: [&str; 5] = ["Data", "Name", "EventData", "Event", "xmlns"];
    match KNOWN.iter().find(|known| is(name, known)) {
        Some(known) => Cow::Borrowed(known),
        None => utf16(name).into(),
    }
}

struct Element<'a> {
    name: Cow<'a, str>,
    /// The attribute being read, and the pieces of its value so far.
    attribute: Option<(Cow<'a, str>, Vec<Value<'a>>)>,
    /// The `Name` of a `<Data Name="…">`.
    label: Option<String>,
    content: Vec<Value<'a>>,
    /// The content is the items of an array.
    is_array: bool,
    has_children: bool,
}

/// Whether the head has the value already.
pub(super) fn is_in_head(part: Part, name: Option<&str>) -> bool {
    const HEAD: [&str; 6] =
        ["Provider_Name", "EventID", "TimeCreated_SystemTime", "EventRecordID", "Channel", "Computer"];
    part == Part::System && name.is_some_and(|name| HEAD.contains(&name))
}

impl<'a> Collector<'a, '_> {
    fn part(&self) -> Option<Part> {
        Part::of(&self.path.get(1)?.name)
    }

    /// Takes a piece of the current attribute or element.
    fn value(&mut self, value: Value<'a>) {
        if let Some(element) = self.path.last_mut() {
            match &mut element.attribute {
                Some((_, pieces)) => pieces.push(value),
                None => element.content.push(value),
            }
        }
    }

    /// Keeps the attribute that has just ended.
    fn end_attribute(&mut self) {
        let part = self.part();
        let Some(element) = self.path.last_mut() else { return };
        let Some((attribute, pieces)) = element.attribute.take() else { return };
        let Some(value) = joined(pieces, "") else { return };
        if attribute == "Name" && element.name == "Data" {
            element.label = Some(match value {
                Value::Text(text) => text.into_owned(),
                other => other.to_string(),
            });
        } else if let Some(part) = part
            && !attribute.starts_with("xmlns")
            && value != Value::Null
        {
            let name = format!("{}_{attribute}", element.name);
            self.push(part, Some(name.into()), value);
        }
    }

    fn push(&mut self, part: Part, name: Option<Cow<'a, str>>, value: Value<'a>) {
        if !is_in_head(part, name.as_deref()) {
            self.fields.push(Field { part, name, value });
        }
    }
}

impl<'a> Unfold<'a> for Collector<'a, '_> {
    fn around(&mut self) -> &mut Vec<Option<Instance<'a>>> {
        &mut self.around
    }
}

impl<'a> Visitor<'a> for Collector<'a, '_> {
    fn open(&mut self, name: &'a [u8], dependency: Option<u16>) -> Read<()> {
        if self.skip > 0 || self.is_left_out(dependency) {
            self.skip += 1;
            return Ok(());
        }
        if self.path.len() >= MAX_DEPTH {
            return malformed("elements nested too deeply");
        }
        if let Some(parent) = self.path.last_mut() {
            parent.has_children = true;
        }
        self.path.push(Element {
            name: known_or_read(name),
            attribute: None,
            label: None,
            content: Vec::new(),
            is_array: false,
            has_children: false,
        });
        Ok(())
    }

    fn attribute(&mut self, name: &'a [u8]) -> Read<()> {
        if self.skip == 0 {
            self.end_attribute();
            if let Some(element) = self.path.last_mut() {
                element.attribute = Some((known_or_read(name), Vec::with_capacity(1)));
            }
        }
        Ok(())
    }

    fn content(&mut self) -> Read<()> {
        if self.skip == 0 {
            self.end_attribute();
        }
        Ok(())
    }

    fn text(&mut self, text: &'a [u8]) -> Read<()> {
        if self.skip == 0 {
            self.value(Value::Text(utf16(text).into()));
        }
        Ok(())
    }

    fn slot(&mut self, index: u16) -> Read<()> {
        if self.skip > 0 {
            return Ok(());
        }
        let Some(instance) = self.innermost() else { return malformed("a slot outside a template") };
        match instance.slot(index) {
            None => Ok(()),
            Some((BINARY_XML, [])) => Ok(()),
            Some((BINARY_XML, bytes)) => walk_value(instance, bytes, self),
            Some((kind, bytes)) => {
                self.budget.spend(binxml::cost(kind, bytes))?;
                if let Some(element) = self.path.last_mut() {
                    element.is_array |= kind & binxml::ARRAY != 0;
                }
                binxml::values(kind, bytes, |value| self.value(value));
                Ok(())
            }
        }
    }

    fn instance(&mut self, instance: Instance<'a>) -> Read<()> {
        let (skip, depth) = (self.skip, self.path.len());
        let result = walk_instance(instance, self);
        self.skip = skip;
        self.path.truncate(depth);
        result
    }

    fn close(&mut self) -> Read<()> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        let part = self.part();
        let Some(element) = self.path.pop() else { return malformed("an element that ends without a start") };
        let (Some(part), false, true) = (part, element.has_children, self.path.len() >= 2) else { return Ok(()) };
        let is_data = element.name == "Data" && part == Part::Data;
        let name = if is_data { element.label.map(Cow::Owned) } else { Some(element.name) };
        if is_data && name.is_none() && element.is_array {
            // Windows repeats the element for each item of the array.
            element.content.into_iter().for_each(|value| self.push(part, None, value));
            return Ok(());
        }
        let value = joined(element.content, if element.is_array { ", " } else { "" }).unwrap_or(Value::Null);
        if is_data || value != Value::Null {
            self.push(part, name, value);
        }
        Ok(())
    }

    fn budget(&mut self) -> &mut Budget<'a> {
        &mut self.budget
    }
}

/// One value of the pieces of an attribute or element; `None` of nothing.
pub(super) fn joined<'a>(mut pieces: Vec<Value<'a>>, separator: &str) -> Option<Value<'a>> {
    if pieces.len() < 2 {
        return pieces.pop();
    }
    let texts: Vec<String> = pieces.iter().map(Value::to_string).collect();
    Some(Value::Text(texts.join(separator).into()))
}
