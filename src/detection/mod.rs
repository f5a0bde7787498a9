//! Sigma detections: which events an article speaks of.
//!
//! A detection is a set of named selections and a condition over them, as the Sigma specification defines it
//! (<https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html>). It is parsed once
//! ([`parse`]), indexed by what it asks of provider and event id ([`index`]) and evaluated over typed values, so that a
//! record nobody speaks of costs a table look-up.

pub mod correlation;
pub mod index;
pub mod keywords;
pub mod logsource;
mod modifiers;
pub mod parse;
mod pattern;
pub mod scan;
mod undecided;
mod values;
mod wildcard;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::event::{Event, Value, Values};
pub(crate) use pattern::number;
pub use pattern::{Ordering, Pattern};
pub use values::Events;
use wildcard::Wildcard;
pub(crate) use wildcard::lower as fold;

/// A Sigma detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// The selections, in the order written.
    pub selections: Vec<(String, Selection)>,
    /// What must hold of them.
    pub condition: Condition,
}

/// One named part of a detection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Selection {
    /// A map: every test holds.
    All(Vec<Test>),
    /// A list of maps: one of them holds.
    Any(Vec<Selection>),
    /// A list of texts: one of them is found in any value. The test has no field.
    Keywords(Test),
}

/// A field and what its value must be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The field, by Sigma's name for it.
    pub field: String,
    /// The patterns of which one must fit.
    pub patterns: Vec<Pattern>,
    /// Every pattern must fit instead (the modifier `all`).
    pub all: bool,
    /// And all that must not be so (the modifier `neq`).
    pub negated: bool,
}

/// A condition over selections, which it names by their place in [`Detection::selections`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// The selection matches.
    Selection(u16),
    /// The condition does not hold.
    Not(Box<Condition>),
    /// All hold.
    And(Vec<Condition>),
    /// At least the given number hold.
    AtLeast(u16, Vec<Condition>),
}

impl Detection {
    /// Matches every event that has a text in any of its values, without regard to case: the keyword `*text*`.
    pub fn containing(text: &str) -> Detection {
        let text = Wildcard::exactly(text).after_anything().before_anything().with_case(false);
        let test = Test { patterns: vec![Pattern::Text(text)], ..Test::default() };
        let selections = vec![("keywords".to_owned(), Selection::Keywords(test))];
        Detection { selections, condition: Condition::Selection(0) }
    }

    /// The text in lower case, if the detection matches just what [`Detection::containing`] does.
    pub(crate) fn contained(&self) -> Option<&str> {
        match (self.selections.as_slice(), &self.condition) {
            ([(_, Selection::Keywords(test))], Condition::Selection(0)) if !test.negated => {
                match test.patterns.as_slice() {
                    [Pattern::Text(text)] => text.anywhere(),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A selection by its number in a condition.
    pub fn selection(&self, number: u16) -> Option<&Selection> {
        self.selections.get(usize::from(number)).map(|(_, selection)| selection)
    }

    /// Whether the detection matches an event.
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.holds(&self.condition, event)
    }

    fn holds(&self, condition: &Condition, event: &Event<'_>) -> bool {
        match condition {
            Condition::Selection(index) => self.selection(*index).is_some_and(|selection| selection.matches(event)),
            Condition::Not(inner) => !self.holds(inner, event),
            Condition::And(all) => all.iter().all(|inner| self.holds(inner, event)),
            Condition::AtLeast(count, any) => {
                let mut holding = any.iter().filter(|inner| self.holds(inner, event));
                holding.by_ref().take((*count).into()).count() == usize::from(*count)
            }
        }
    }

    /// The fields whose values made an event match, each once, in the order of the detection.
    pub fn evidence(&self, event: &Event<'_>) -> Vec<&str> {
        let mut fields = Vec::new();
        self.collect(&self.condition, event, &mut fields);
        fields
    }

    fn collect<'a>(&'a self, condition: &Condition, event: &Event<'_>, fields: &mut Vec<&'a str>) {
        match condition {
            Condition::Selection(index) => {
                if let Some(selection) = self.selection(*index) {
                    selection.collect(event, fields);
                }
            }
            Condition::Not(_) => {}
            Condition::And(inner) | Condition::AtLeast(_, inner) => {
                inner
                    .iter()
                    .filter(|inner| self.holds(inner, event))
                    .for_each(|inner| self.collect(inner, event, fields));
            }
        }
    }

    /// How narrow the detection is: the number of things it asks of an event on its easiest way to match. Of two
    /// articles that match a record, the one with the higher number speaks more exactly of it.
    pub fn specificity(&self) -> u32 {
        self.weigh(&self.condition)
    }

    /// The fields without which no event can match.
    pub fn required_fields(&self) -> BTreeSet<String> {
        self.required(&self.condition)
    }

    fn required(&self, condition: &Condition) -> BTreeSet<String> {
        match condition {
            Condition::Selection(index) => self.selection(*index).map_or_else(BTreeSet::new, Selection::required),
            Condition::Not(_) => BTreeSet::new(),
            Condition::And(all) => all.iter().flat_map(|inner| self.required(inner)).collect(),
            Condition::AtLeast(_, any) => common(any.iter().map(|inner| self.required(inner))),
        }
    }

    fn weigh(&self, condition: &Condition) -> u32 {
        match condition {
            Condition::Selection(index) => self.selection(*index).map_or(0, Selection::weigh),
            Condition::Not(_) => 0,
            Condition::And(all) => all.iter().map(|inner| self.weigh(inner)).sum(),
            Condition::AtLeast(count, any) => {
                let mut weights: Vec<u32> = any.iter().map(|inner| self.weigh(inner)).collect();
                weights.sort_unstable();
                weights.iter().take((*count).into()).sum()
            }
        }
    }
}

impl Selection {
    fn matches(&self, event: &Event<'_>) -> bool {
        match self {
            Selection::All(tests) => tests.iter().all(|test| test.matches(event)),
            Selection::Any(selections) => selections.iter().any(|selection| selection.matches(event)),
            Selection::Keywords(test) => {
                let everything = everything(event);
                test.holds(|pattern| everything.iter().any(|value| pattern.fits(value)))
            }
        }
    }

    fn collect<'a>(&'a self, event: &Event<'_>, fields: &mut Vec<&'a str>) {
        match self {
            Selection::All(tests) => {
                for test in tests {
                    if !fields.contains(&test.field.as_str()) {
                        fields.push(&test.field);
                    }
                }
            }
            Selection::Any(any) => {
                any.iter().filter(|inner| inner.matches(event)).for_each(|inner| inner.collect(event, fields));
            }
            Selection::Keywords(_) => {}
        }
    }

    fn required(&self) -> BTreeSet<String> {
        let needs_value = |test: &&Test| {
            // To ask whether there is a value is to know the answer without one.
            let without = |pattern: &Pattern| matches!(pattern, Pattern::Null | Pattern::Exists(_));
            !test.negated && !test.patterns.iter().any(without)
        };
        match self {
            Selection::All(tests) => tests.iter().filter(needs_value).map(|test| test.field.clone()).collect(),
            Selection::Any(any) => common(any.iter().map(Selection::required)),
            Selection::Keywords(_) => BTreeSet::new(),
        }
    }

    fn weigh(&self) -> u32 {
        match self {
            Selection::All(tests) => tests.iter().map(Test::weigh).sum(),
            Selection::Any(any) => any.iter().map(Selection::weigh).min().unwrap_or(0),
            Selection::Keywords(test) => test.weigh(),
        }
    }
}

/// What is in all of the sets.
fn common(mut sets: impl Iterator<Item = BTreeSet<String>>) -> BTreeSet<String> {
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |common, set| common.intersection(&set).cloned().collect())
}

impl Test {
    /// Whether it holds of an event.
    pub(crate) fn matches(&self, event: &Event<'_>) -> bool {
        let values = values(event, &self.field);
        self.holds(|pattern| match pattern {
            Pattern::Exists(wanted) => values.is_empty() != *wanted,
            Pattern::Null => values.iter().all(|value| pattern.fits(value)),
            Pattern::Field(other, place) => {
                let others = self::values(event, other);
                values.iter().any(|value| others.iter().any(|other| place.holds(value, other)))
            }
            pattern => values.iter().any(|value| pattern.fits(value)),
        })
    }

    fn holds(&self, fits: impl FnMut(&Pattern) -> bool) -> bool {
        let mut patterns = self.patterns.iter();
        let holds = if self.all { patterns.all(fits) } else { patterns.any(fits) };
        holds != self.negated
    }

    fn weigh(&self) -> u32 {
        if self.all { self.patterns.len() as u32 } else { 1 }
    }
}

/// The first value of a field as text.
pub(crate) fn text(event: &Event<'_>, field: &str) -> Option<String> {
    values(event, field).first().map(|value| value.to_string())
}

/// All that keywords are looked for in: every value, what the head says of where the record is from, and the message:
/// the specification applies keywords to "the full log message".
fn everything<'e>(event: &'e Event<'_>) -> Values<'e> {
    let head = &event.head;
    let names = [head.provider, head.channel, head.computer].map(|name| Value::Text(name.text.into()));
    let head = names.into_iter().chain([Value::Unsigned(head.event_id.into())]).map(Cow::Owned);
    let message = event.message().map(|text| Cow::Owned(Value::Text(text.into())));
    head.chain(event.fields().map(|field| Cow::Borrowed(&field.value))).chain(message).collect()
}

/// The fields of a record's head, by the names Sigma gives them.
pub(crate) const HEAD: [&str; 6] = ["Provider_Name", "EventID", "Channel", "Computer", "EventRecordID", "TimeCreated"];

/// The name of a field of the head, without regard to case.
fn head_name(field: &str) -> Option<&'static str> {
    HEAD.into_iter().find(|name| name.eq_ignore_ascii_case(field))
}

/// The values of a field, also where this kind of record has another name for it, or writes it with spaces: Sigma leaves
/// them out.
pub(crate) fn values<'e>(event: &'e Event<'_>, field: &str) -> Values<'e> {
    let in_head = head_name(field);
    let name = match in_head {
        Some("Provider_Name") => Some(event.head.provider),
        Some("Channel") => Some(event.head.channel),
        Some("Computer") => Some(event.head.computer),
        _ => None,
    };
    // A value of the same name elsewhere in the record is something else.
    if name.is_some_and(|name| name.text.is_empty()) {
        return Values::new();
    }
    let values = event.values(in_head.unwrap_or(field));
    if !values.is_empty() {
        return values;
    }
    // The examples in the specification of correlations call it so.
    if field.eq_ignore_ascii_case("ComputerName") {
        return event.values("Computer");
    }
    if let Some(name) = logsource::renamed(event.head.channel.text, event.head.event_id, field) {
        return event.values(name);
    }
    let spaced = event.fields().filter(|own| {
        let name = own.name.as_deref().filter(|name| name.contains(' ') && name.len() > field.len());
        name.is_some_and(|name| name.replace(' ', "").eq_ignore_ascii_case(field))
    });
    spaced.map(|field| Cow::Borrowed(&field.value)).collect()
}
