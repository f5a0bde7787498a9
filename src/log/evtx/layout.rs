//! Where a record's fields are. A template says that once for all its records, so reading a field is a look-up; only
//! records that no template describes simply enough are walked token by token ([`super::record::Collector`]).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::binxml::{self, BINARY_XML, Budget, Instance, MAX_DEPTH, Read, Visitor, is_missing, malformed, walk};
use super::record::{is_in_head, joined};
use crate::event::{Field, Part, Value, utf16};

/// The places of the fields of records that are written alike: by one template, and one that is nested in it.
#[derive(Debug, Default)]
pub struct Layout {
    places: Vec<Place>,
}

/// Where a field is.
#[derive(Debug)]
struct Place {
    part: Part,
    name: Option<String>,
    source: Source,
    /// Without a value for each of these slots the field does not exist.
    needs: Vec<Slot>,
    /// It is there even if it has no value.
    is_data: bool,
    is_attribute: bool,
}

#[derive(Clone, Debug)]
enum Source {
    Nothing,
    /// The template says it itself.
    Text(String),
    Slot(Slot),
}

/// A slot of the template, or of the one that is nested in it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slot {
    nested: bool,
    index: u16,
}

impl Layout {
    /// For each place the part and the name of the field, and its value where the template itself says it.
    pub fn fields(&self) -> impl Iterator<Item = (Part, Option<&str>, Option<&str>)> {
        self.places.iter().map(|place| {
            let text = if let Source::Text(text) = &place.source { Some(text.as_str()) } else { None };
            (place.part, place.name.as_deref(), text)
        })
    }

    /// Whether the field may be missing in some records.
    pub fn may_miss(&self, place: usize) -> bool {
        self.places.get(place).is_none_or(|place| !place.needs.is_empty() || !place.is_data)
    }
}

/// A record whose fields have known places.
pub struct Shape<'a> {
    /// Where its fields are.
    pub layout: Rc<Layout>,
    root: Instance<'a>,
    nested: Option<Instance<'a>>,
    budget: &'a Cell<usize>,
}

impl<'a> Shape<'a> {
    fn slots(&self) -> Slots<'a> {
        let of_nested = self.nested.map_or([0; STARTS], |nested| nested.starts());
        Slots { root: self.root, nested: self.nested, starts: [self.root.starts(), of_nested] }
    }

    /// What makes the fields at these places what they are: records of one layout for which it is the same have
    /// the same values there.
    pub fn key(&self, places: &[u16], key: &mut Vec<u8>) {
        key.clear();
        let slots = self.slots();
        for place in places.iter().filter_map(|place| self.layout.places.get(usize::from(*place))) {
            place.needs.iter().for_each(|slot| key.push(u8::from(is_missing(slots.get(*slot)))));
            if let Source::Slot(slot) = place.source {
                let (kind, bytes) = slots.get(slot).unwrap_or_default();
                let [low, high] = (bytes.len() as u16).to_le_bytes();
                key.extend_from_slice(&[kind, low, high]);
                key.extend_from_slice(bytes);
            }
        }
    }

    /// The fields at these places.
    pub fn read(&self, places: &[u16]) -> Read<Vec<Field<'_>>> {
        let places = places.iter().filter_map(|place| self.layout.places.get(usize::from(*place)));
        self.fields(places)
    }

    /// All fields.
    pub fn read_all(&self) -> Read<Vec<Field<'_>>> {
        self.fields(self.layout.places.iter())
    }

    fn fields<'s>(&'s self, places: impl Iterator<Item = &'s Place>) -> Read<Vec<Field<'s>>> {
        let mut budget = Budget::new(self.budget);
        let slots = self.slots();
        let mut fields = Vec::with_capacity(places.size_hint().1.unwrap_or(0));
        for place in places {
            slots.field(place, &mut budget, &mut fields)?;
        }
        Ok(fields)
    }

    /// Whether `holds` of a value of a field that is no text. Most of them are what they were in the record before: `not`
    /// has for each place the last value of which it did not hold.
    pub fn any_other(&self, not: &mut Vec<Vec<u8>>, mut holds: impl FnMut(&Value<'_>) -> bool) -> bool {
        let slots = self.slots();
        not.resize_with(self.layout.places.len(), Vec::new);
        self.layout.places.iter().zip(not).any(|(place, not)| {
            let Source::Slot(slot) = place.source else { return false };
            let Some((kind, bytes)) = slots.get(slot) else { return false };
            if kind == BINARY_XML || matches!(kind & !binxml::ARRAY, 0x00..=0x02) {
                return false;
            }
            if not.split_first() == Some((&kind, bytes)) {
                return false;
            }
            let mut found = false;
            binxml::values(kind, bytes, |value| found |= holds(&value));
            if !found && bytes.len() <= MAX_KEPT {
                not.clear();
                not.push(kind);
                not.extend_from_slice(bytes);
            }
            found
        })
    }

    /// Whether a field has a value of which that is known without reading it whole: `text` of one that is a text, given as
    /// UTF-16LE, or `other` of one that is none.
    pub fn any_value(&self, text: impl Fn(&[u8]) -> bool, mut other: impl FnMut(&Value<'_>) -> bool) -> bool {
        let slots = self.slots();
        self.layout.places.iter().filter(|place| place.part != Part::Rendering).any(|place| {
            let Source::Slot(slot) = place.source else { return false };
            let Some((kind, bytes)) = slots.get(slot) else { return false };
            if kind == BINARY_XML || place.needs.iter().any(|slot| is_missing(slots.get(*slot))) {
                return false;
            }
            match kind {
                0x01 => text(binxml::until_nul(bytes)),
                0x00 | 0x02 => false,
                _ if kind & binxml::ARRAY != 0 => false,
                _ => {
                    let mut found = false;
                    binxml::values(kind, bytes, |value| found |= other(&value));
                    found
                }
            }
        })
    }

    /// Whether `holds` of a text among the values, given as UTF-16LE, or a value is a text in another encoding.
    pub fn any_text(&self, holds: impl Fn(&[u8]) -> bool) -> bool {
        let instances = [Some(self.root), self.nested];
        instances.into_iter().flatten().flat_map(|instance| instance.all()).any(|(kind, bytes)| {
            match kind & !binxml::ARRAY {
                0x01 => holds(bytes),
                0x02 => !bytes.is_empty(),
                _ => false,
            }
        })
    }
}

/// A longer value is looked at again in every record.
const MAX_KEPT: usize = 64;

/// How many values are looked up quickly; records have mostly fewer.
const STARTS: usize = 40;

/// The values of a record by their slots.
struct Slots<'a> {
    root: Instance<'a>,
    nested: Option<Instance<'a>>,
    starts: [[u32; STARTS]; 2],
}

impl<'a> Slots<'a> {
    fn get(&self, slot: Slot) -> Option<(u8, &'a [u8])> {
        let [root, nested] = &self.starts;
        if slot.nested { self.nested?.slot_from(nested, slot.index) } else { self.root.slot_from(root, slot.index) }
    }

    /// Appends the field at a place.
    fn field<'s>(&self, place: &'s Place, budget: &mut Budget<'_>, fields: &mut Vec<Field<'s>>) -> Read<()>
    where
        'a: 's,
    {
        if place.needs.iter().any(|slot| is_missing(self.get(*slot))) {
            return Ok(());
        }
        let mut push = |value: Value<'s>| {
            if place.is_data || value != Value::Null {
                fields.push(Field { part: place.part, name: place.name.as_deref().map(Into::into), value });
            }
        };
        let slot = match &place.source {
            Source::Nothing => None,
            Source::Text(text) => {
                push(Value::Text(text.as_str().into()));
                return Ok(());
            }
            Source::Slot(slot) => self.get(*slot).filter(|(kind, _)| *kind != BINARY_XML),
        };
        let Some((kind, bytes)) = slot else {
            push(Value::Null);
            return Ok(());
        };
        budget.spend(binxml::cost(kind, bytes))?;
        if kind & binxml::ARRAY == 0 {
            binxml::values(kind, bytes, push);
        } else if place.is_attribute {
            return irregular();
        } else if place.is_data && place.name.is_none() {
            // Windows repeats the element for each item of the array.
            binxml::values(kind, bytes, push);
        } else {
            let mut items = Vec::new();
            binxml::values(kind, bytes, |item| items.push(item));
            push(joined(items, ", ").unwrap_or(Value::Null));
        }
        Ok(())
    }
}

/// The layouts of the templates in use. A chunk has templates of its own, but what they say is mostly the same.
#[derive(Debug, Default)]
pub struct Layouts(RefCell<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The layouts of this chunk, by where the definitions are.
    here: Vec<(Definitions, Option<Rc<Layout>>)>,
    /// The numbers of this chunk's definitions, by where they are.
    numbers: Vec<(u32, Option<u32>)>,
    /// The numbers of definitions of all chunks, by what they say.
    by_text: FxHashMap<Box<[u8]>, u32>,
    /// Bytes of all these.
    bytes: usize,
    /// The layouts of all chunks, by the numbers of their definitions.
    layouts: FxHashMap<Definitions, Option<Rc<Layout>>>,
    /// Where definitions are written down.
    text: Vec<u8>,
}

/// A template's definition and the one that is nested in a slot of it.
type Definitions = (u32, Option<(u16, u32)>);

impl Layouts {
    /// When there are more layouts than this, or their definitions take more bytes, all are forgotten. Real logs stay
    /// under a tenth.
    const MAX: usize = 5000;
    const MAX_BYTES: usize = 2 << 20;

    /// Forgets where definitions were in the last chunk.
    pub fn next_chunk(&mut self) {
        let known = self.0.get_mut();
        known.here.clear();
        known.numbers.clear();
        if known.bytes > Self::MAX_BYTES || known.layouts.len() > Self::MAX {
            *known = Known::default();
        }
    }

    /// Finds the places of a record's fields; `None` where its template leaves too much open.
    pub(super) fn shape<'a>(&self, root: Instance<'a>, budget: &'a Cell<usize>) -> Option<Shape<'a>> {
        let nested = nested(&root).ok()?;
        let definitions = (root.definition, nested.map(|(slot, instance)| (slot, instance.definition)));
        let mut known = self.0.borrow_mut();
        let layout = match known.here.iter().find(|(own, _)| *own == definitions) {
            Some((_, layout)) => layout.clone(),
            None => {
                let layout = known.find(&root, nested, budget);
                known.here.push((definitions, layout.clone()));
                layout
            }
        };
        Some(Shape { layout: layout?, root, nested: nested.map(|(_, instance)| instance), budget })
    }
}

impl Known {
    fn find<'a>(
        &mut self,
        root: &Instance<'a>,
        nested: Option<(u16, Instance<'a>)>,
        budget: &'a Cell<usize>,
    ) -> Option<Rc<Layout>> {
        let number = self.number(root, budget)?;
        let nested_number = match &nested {
            Some((slot, instance)) => Some((*slot, self.number(instance, budget)?)),
            None => None,
        };
        let build = || Builder::build(root, nested, budget).ok().map(Rc::new);
        self.layouts.entry((number, nested_number)).or_insert_with(build).clone()
    }

    /// The number of a definition: the same for all that say the same.
    fn number<'a>(&mut self, instance: &Instance<'a>, budget: &'a Cell<usize>) -> Option<u32> {
        if let Some((_, number)) = self.numbers.iter().find(|(definition, _)| *definition == instance.definition) {
            return *number;
        }
        self.text.clear();
        let mut writer = Writer { text: &mut self.text, budget: Budget::new(budget) };
        let number = writer.definition(instance).ok().map(|()| match self.by_text.get(self.text.as_slice()) {
            Some(number) => *number,
            None => {
                let number = self.by_text.len() as u32;
                self.bytes += self.text.len();
                self.by_text.insert(self.text.as_slice().into(), number);
                number
            }
        });
        self.numbers.push((instance.definition, number));
        number
    }
}

/// The one slot of an instance whose value is the instance of another template; an error where it is not so simple.
fn nested<'a>(root: &Instance<'a>) -> Read<Option<(u16, Instance<'a>)>> {
    let fragments = |instance: &Instance<'a>| {
        let slots = instance.all().zip(0..);
        slots.filter(|((kind, bytes), _)| *kind == BINARY_XML && !bytes.is_empty())
    };
    let mut found = fragments(root);
    let Some(((_, bytes), slot)) = found.next() else { return Ok(None) };
    let cursor = root.cursor_at(bytes);
    match (Instance::alone(cursor.data, cursor.at..cursor.at + bytes.len())?, found.next()) {
        (Some(instance), None) if fragments(&instance).next().is_none() => Ok(Some((slot, instance))),
        _ => irregular(),
    }
}

fn irregular<T>() -> Read<T> {
    malformed("a template that leaves the places of its values open")
}

/// Writes down what a definition says, which does not depend on where in the chunk it is.
struct Writer<'w, 'a> {
    text: &'w mut Vec<u8>,
    budget: Budget<'a>,
}

impl<'a> Writer<'_, 'a> {
    fn definition(&mut self, instance: &Instance<'a>) -> Read<()> {
        let (mut cursor, end) = instance.definition()?;
        walk(&mut cursor, end, true, self)
    }

    fn token(&mut self, token: u8, bytes: &[u8]) -> Read<()> {
        // A name or text has 65,535 letters at most, and so half as many as this number can count.
        let [low, middle, high, _] = (bytes.len() as u32).to_le_bytes();
        self.text.extend_from_slice(&[token, low, middle, high]);
        self.text.extend_from_slice(bytes);
        Ok(())
    }
}

impl<'a> Visitor<'a> for Writer<'_, 'a> {
    fn open(&mut self, name: &'a [u8], dependency: Option<u16>) -> Read<()> {
        self.token(1, name)?;
        self.text.extend_from_slice(&dependency.unwrap_or(u16::MAX).to_le_bytes());
        Ok(())
    }

    fn attribute(&mut self, name: &'a [u8]) -> Read<()> {
        self.token(6, name)
    }

    fn content(&mut self) -> Read<()> {
        self.text.push(2);
        Ok(())
    }

    fn text(&mut self, text: &'a [u8]) -> Read<()> {
        self.token(5, text)
    }

    fn slot(&mut self, index: u16) -> Read<()> {
        let [low, high] = index.to_le_bytes();
        self.text.extend_from_slice(&[13, low, high]);
        Ok(())
    }

    fn instance(&mut self, _instance: Instance<'a>) -> Read<()> {
        irregular()
    }

    fn close(&mut self) -> Read<()> {
        self.text.push(4);
        Ok(())
    }

    fn budget(&mut self) -> &mut Budget<'a> {
        &mut self.budget
    }
}

/// Finds the places in a definition; an error where it leaves one open.
struct Builder<'a> {
    places: Vec<Place>,
    budget: Budget<'a>,
    nested: Option<(u16, Instance<'a>)>,
    in_nested: bool,
    path: Vec<Element>,
}

struct Element {
    name: String,
    needs: Option<Slot>,
    /// The attribute being read, and its value so far.
    attribute: Option<(String, Source)>,
    /// The `Name` of a `<Data Name="…">`.
    label: Option<String>,
    content: Source,
    has_children: bool,
}

impl<'a> Builder<'a> {
    fn build(root: &Instance<'a>, nested: Option<(u16, Instance<'a>)>, budget: &'a Cell<usize>) -> Read<Layout> {
        let budget = Budget::new(budget);
        let mut builder = Builder { places: Vec::new(), budget, nested, in_nested: false, path: Vec::new() };
        builder.definition(root)?;
        if builder.places.len() > usize::from(u16::MAX) {
            return irregular();
        }
        Ok(Layout { places: builder.places })
    }

    fn definition(&mut self, instance: &Instance<'a>) -> Read<()> {
        let (mut cursor, end) = instance.definition()?;
        walk(&mut cursor, end, true, self)
    }

    /// Takes a piece of the current attribute or element: the only one that it may have.
    fn piece(&mut self, piece: Source) -> Read<()> {
        let Some(element) = self.path.last_mut() else { return irregular() };
        let place = match &mut element.attribute {
            Some((_, value)) => value,
            None => &mut element.content,
        };
        if !matches!(place, Source::Nothing) {
            return irregular();
        }
        *place = piece;
        Ok(())
    }

    fn part(&self) -> Option<Part> {
        Part::of(&self.path.get(1)?.name)
    }

    fn end_attribute(&mut self) -> Read<()> {
        let part = self.part();
        let Some(element) = self.path.last_mut() else { return irregular() };
        let Some((attribute, value)) = element.attribute.take() else { return Ok(()) };
        if attribute == "Name" && element.name == "Data" {
            element.label = match value {
                Source::Text(text) => Some(text),
                Source::Nothing => None,
                Source::Slot(_) => return irregular(),
            };
        } else if let Some(part) = part
            && !attribute.starts_with("xmlns")
            && !matches!(value, Source::Nothing)
        {
            let name = format!("{}_{attribute}", element.name);
            self.place(part, Some(name), value, false, true);
        }
        Ok(())
    }

    fn place(&mut self, part: Part, name: Option<String>, source: Source, is_data: bool, is_attribute: bool) {
        if !is_in_head(part, name.as_deref()) {
            let needs = self.path.iter().filter_map(|element| element.needs).collect();
            self.places.push(Place { part, name, source, needs, is_data, is_attribute });
        }
    }
}

impl<'a> Visitor<'a> for Builder<'a> {
    fn open(&mut self, name: &'a [u8], dependency: Option<u16>) -> Read<()> {
        if self.path.len() >= MAX_DEPTH {
            return irregular();
        }
        if let Some(parent) = self.path.last_mut() {
            parent.has_children = true;
        }
        let needs = dependency.map(|index| Slot { nested: self.in_nested, index });
        let (label, attribute, content) = (None, None, Source::Nothing);
        self.path.push(Element { name: utf16(name), needs, attribute, label, content, has_children: false });
        Ok(())
    }

    fn attribute(&mut self, name: &'a [u8]) -> Read<()> {
        self.end_attribute()?;
        if let Some(element) = self.path.last_mut() {
            element.attribute = Some((utf16(name), Source::Nothing));
        }
        Ok(())
    }

    fn content(&mut self) -> Read<()> {
        self.end_attribute()
    }

    fn text(&mut self, text: &'a [u8]) -> Read<()> {
        self.piece(Source::Text(utf16(text)))
    }

    fn slot(&mut self, index: u16) -> Read<()> {
        match self.nested {
            Some((slot, instance)) if slot == index && !self.in_nested => {
                // It can stand in one place only, as an element of an element.
                self.nested = None;
                self.in_nested = true;
                if self.path.last().is_none_or(|element| element.attribute.is_some()) {
                    return irregular();
                }
                let depth = self.path.len();
                self.definition(&instance)?;
                self.in_nested = false;
                if self.path.len() == depth { Ok(()) } else { irregular() }
            }
            _ => self.piece(Source::Slot(Slot { nested: self.in_nested, index })),
        }
    }

    fn instance(&mut self, _instance: Instance<'a>) -> Read<()> {
        irregular()
    }

    fn close(&mut self) -> Read<()> {
        let part = self.part();
        let Some(element) = self.path.last_mut() else { return irregular() };
        let (name, label) = (std::mem::take(&mut element.name), element.label.take());
        let content = std::mem::replace(&mut element.content, Source::Nothing);
        let has_children = element.has_children;
        let is_data = name == "Data" && part == Some(Part::Data);
        if has_children && (is_data || !matches!(content, Source::Nothing)) {
            return irregular();
        }
        let depth = self.path.len();
        if let Some(part) = part
            && depth > 2
            && !has_children
            && (is_data || !matches!(content, Source::Nothing))
        {
            self.place(part, if is_data { label } else { Some(name) }, content, is_data, false);
        }
        self.path.pop();
        Ok(())
    }

    fn budget(&mut self) -> &mut Budget<'a> {
        &mut self.budget
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HEADER_SIZE, Reader};
    use crate::log::{Body, Record, Sink};

    /// Reads every record twice.
    #[derive(Default)]
    struct Twice {
        shaped: usize,
        walked: usize,
    }

    impl Sink for Twice {
        fn record(&mut self, record: &Record<'_>) {
            let Body::Evtx(body) = &record.body else { return };
            match record.shape().map(|shape| shape.read_all()) {
                Some(Ok(fields)) => {
                    let mut walked = Vec::new();
                    body.walk(&mut walked).unwrap();
                    assert_eq!(fields, walked, "record {} at {}", record.head.record_id, record.offset);
                    self.shaped += 1;
                }
                _ => self.walked += 1,
            }
        }
    }

    #[test]
    fn the_places_hold_what_a_walk_finds() {
        let mut twice = Twice::default();
        let mut read = |log: &[u8]| {
            Reader::default().slice(log.get(HEADER_SIZE as usize..).unwrap_or_default(), HEADER_SIZE, &mut twice);
        };
        read(&log_writer::logs::sample());
        let mut benchmark = std::io::Cursor::new(Vec::new());
        log_writer::logs::benchmark(&mut benchmark, 4 << 20).unwrap();
        read(benchmark.get_ref());
        if let Some(folder) = test_files::folder("EVTX_SAMPLES") {
            test_files::all(folder).unwrap().iter().for_each(|path| read(&std::fs::read(path).unwrap()));
        }
        let Twice { shaped, walked } = twice;
        println!("{shaped} records by their places, {walked} by a walk only");
        assert!(shaped > 100 * walked, "{shaped} {walked}");
    }
}
