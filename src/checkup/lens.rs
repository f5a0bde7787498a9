//! Records that are written alike are looked at alike: what of them decides which articles match is found once, and
//! records that agree in it are evaluated once.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::{MAX_SUBJECT, findings, occurrences};
use crate::detection::keywords::Keywords;
use crate::detection::scan::Candidates;
use crate::detection::{self, Pattern, Test};
use crate::event::{Event, Field, Head, Part, Value, parameter};
use crate::kb::KnowledgeBase;
use crate::log::evtx::{Layout, Shape};

/// What came of evaluating a record, and of how many records that is true.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The articles that matched and are shown, by number, ascending.
    pub articles: Vec<u32>,
    /// For each of them, what its `subject` field names.
    pub subjects: Vec<Option<String>>,
    /// The most exact of them, where that is asked for below.
    pub best: Option<u32>,
    /// The articles that matched and that correlations or stories watch, and what the record has for the fields they ask for.
    pub watched: Vec<(u32, Vec<Option<String>>)>,
    /// How many records of this part it is true of.
    pub count: u64,
    /// The place of the articles among the part's groups, once it is known.
    pub group: Option<usize>,
}

impl Outcome {
    /// Evaluates articles for an event.
    pub fn of(knowledge: &KnowledgeBase, candidates: &Candidates, event: &Event<'_>) -> Outcome {
        let mut articles = knowledge.matches(candidates, event);
        let watched = articles.iter().filter_map(|number| {
            let fields = knowledge.watched_by(*number)?;
            Some((*number, occurrences::values(event, fields)))
        });
        let watched: Vec<_> = watched.collect();
        articles.retain(|number| !knowledge.article(*number).is_some_and(|article| article.silent));
        let subject = |number: &u32| {
            let article = knowledge.article(*number)?;
            let field = article.subject.as_deref()?;
            let mut subject = article.summary.value(event, field, &event.text(field)?).into_owned();
            subject.truncate(subject.floor_char_boundary(MAX_SUBJECT));
            (!subject.is_empty()).then_some(subject)
        };
        let subjects = articles.iter().map(subject).collect();
        let best = if watched.is_empty() { None } else { findings::best(knowledge, &articles) };
        Outcome { articles, subjects, best, watched, count: 0, group: None }
    }

    /// What is true of every record that has the text for which one article alone looks, and nothing else of it.
    fn certain(knowledge: &KnowledgeBase, articles: &[u32]) -> Option<Outcome> {
        let [number] = articles else { return None };
        let article = knowledge.article(*number)?;
        let asks_for_more = article.subject.is_some() || article.silent || knowledge.watched_by(*number).is_some();
        article.detection.contained().filter(|_| !asks_for_more)?;
        let (articles, subjects, watched) = (vec![*number], vec![None], Vec::new());
        Some(Outcome { articles, subjects, best: None, watched, count: 0, group: None })
    }
}

/// The view of records of one kind that are written alike.
pub struct Lens {
    /// The names of their fields.
    pub fields: BTreeSet<String>,
    /// It was used for this part.
    pub used: bool,
    view: View,
}

enum View {
    /// No article can match.
    Nothing,
    /// This is true of every record.
    Always(Box<Outcome>),
    /// What must be read, and what came of it.
    Places(Box<Places>),
    /// Every record must be read whole.
    Whole,
}

struct Places {
    candidates: Candidates,
    /// Where one of these is among the values, other articles can match too.
    keywords: Option<Rc<Keywords>>,
    /// For each place, the last value that is no text and has none of these.
    without: Vec<Vec<u8>>,
    /// What is true of records that have one of these in a field, where nothing else is asked for.
    certain: Option<Outcome>,
    /// The places of the fields that decide.
    places: Vec<u16>,
    /// Nothing else decides, so that what came of one record can be told of the next.
    is_all: bool,
    /// The places of outcomes, by what decided.
    known: FxHashMap<Box<[u8]>, usize>,
    outcomes: Vec<Outcome>,
}

/// What a lens says of a record.
pub enum Seen<'l> {
    /// No article matches.
    Nothing,
    /// This came of it, also of other records.
    Known(&'l mut Outcome),
    /// This came of it.
    New(Outcome),
    /// It must be read whole.
    Whole,
}

impl Lens {
    /// What is remembered of records of one kind.
    const MAX_KNOWN: usize = 2000;
    /// Longer values than this are not remembered.
    const MAX_KEY: usize = 1000;

    /// A lens for records with this layout: `asked_for` are the articles that may match records of this kind.
    pub fn new(
        knowledge: &KnowledgeBase,
        keywords: &mut KnownKeywords,
        asked_for: &[u32],
        head: Head<'_>,
        layout: &Layout,
    ) -> Lens {
        let fields = fields(layout).collect();
        let view = View::new(knowledge, keywords, asked_for, head, layout);
        Lens { fields, used: false, view }
    }

    /// How many outcomes are remembered.
    pub fn known(&self) -> usize {
        if let View::Places(places) = &self.view { places.outcomes.len() } else { 0 }
    }

    /// Forgets them.
    pub fn forget(&mut self) {
        if let View::Places(places) = &mut self.view {
            places.known.clear();
            places.outcomes.clear();
        }
    }

    /// Those that are true of records of this part.
    pub fn outcomes(&mut self) -> impl Iterator<Item = &mut Outcome> {
        let (always, places) = match &mut self.view {
            View::Always(outcome) => (Some(&mut **outcome), None),
            View::Places(places) => (places.certain.as_mut(), Some(&mut places.outcomes)),
            View::Nothing | View::Whole => (None, None),
        };
        always.into_iter().chain(places.into_iter().flatten()).filter(|outcome| outcome.count > 0)
    }

    /// Looks at a record. `key` is room to work in.
    pub fn look(
        &mut self,
        knowledge: &KnowledgeBase,
        head: Head<'_>,
        shape: &Shape<'_>,
        key: &mut Vec<u8>,
    ) -> Seen<'_> {
        self.used = true;
        let places = match &mut self.view {
            View::Nothing => return Seen::Nothing,
            View::Whole => return Seen::Whole,
            View::Always(outcome) => return Seen::Known(outcome),
            View::Places(places) => places,
        };
        if let Some(keywords) = &places.keywords
            && (keywords.is_in(head.computer.text)
                || shape.any_text(|text| keywords.is_in_utf16(text))
                || keywords.are_in_others()
                    && shape.any_other(&mut places.without, |value| keywords.is_in_other(value, key)))
        {
            return match &mut places.certain {
                Some(outcome)
                    if keywords.is_in(head.computer.text)
                        || shape
                            .any_value(|text| keywords.is_in_utf16(text), |value| keywords.is_in_other(value, key)) =>
                {
                    Seen::Known(outcome)
                }
                _ => Seen::Whole,
            };
        }
        if places.candidates.is_empty() {
            return Seen::Nothing;
        }
        if places.is_all {
            shape.key(&places.places, key);
            if let Some(place) = places.known.get(key.as_slice()) {
                return places.outcomes.get_mut(*place).map_or(Seen::Whole, Seen::Known);
            }
        }
        let Ok(fields) = shape.read(&places.places) else { return Seen::Whole };
        let outcome = Outcome::of(knowledge, &places.candidates, &Event { head, fields });
        if !places.is_all || key.len() > Self::MAX_KEY || places.outcomes.len() >= Self::MAX_KNOWN {
            return Seen::New(outcome);
        }
        places.known.insert(key.as_slice().into(), places.outcomes.len());
        places.outcomes.push(outcome);
        places.outcomes.last_mut().map_or(Seen::Whole, Seen::Known)
    }
}

/// The keywords of articles, by the articles' numbers: mostly they are the same for all kinds of records.
#[derive(Default)]
pub struct KnownKeywords(FxHashMap<Vec<u32>, Option<Rc<Keywords>>>);

impl KnownKeywords {
    fn of(&mut self, knowledge: &KnowledgeBase, articles: Vec<u32>) -> Option<Rc<Keywords>> {
        let keywords = |articles: &Vec<u32>| knowledge.keywords(articles).map(Rc::new);
        self.0.entry(articles).or_insert_with_key(keywords).clone()
    }
}

impl View {
    fn new(
        knowledge: &KnowledgeBase,
        known_keywords: &mut KnownKeywords,
        asked_for: &[u32],
        head: Head<'_>,
        layout: &Layout,
    ) -> View {
        let fields = layout.fields().zip(0..).map(|((part, name, _), place)| Field {
            part,
            name: name.map(Cow::Borrowed),
            value: Value::Unsigned(place),
        });
        let mut finder =
            Finder { event: Event { head, fields: fields.collect() }, layout, found: FxHashMap::default() };
        let nothing_read = Event { head, fields: Vec::new() };
        let mut wanted = Wanted::default();
        let mut candidates = Vec::new();
        let mut by_keywords = Vec::new();
        for number in asked_for {
            let Some(article) = knowledge.article(*number) else { continue };
            for name in names_of(&article.detection) {
                finder.find(name);
            }
            let known = |test: &Test| {
                let is_known = !test.field.is_empty() && names(test).all(|name| finder.found(name).is_known());
                is_known.then(|| test.matches(&nothing_read))
            };
            if article.detection.decided(&known) == Some(false) {
                continue;
            }
            let mut has_keywords = false;
            let mut own = Wanted::default();
            article.detection.undecided(&known, &mut |test: &Test| {
                has_keywords |= test.field.is_empty();
                names(test).filter(|name| !name.is_empty()).for_each(|name| own.add(finder.found(name)));
            });
            if has_keywords {
                by_keywords.push(*number);
                continue;
            }
            let subject = article.subject.iter().flat_map(|names| names.split(',').map(str::trim));
            for name in subject.chain(knowledge.watched(*number).iter().map(String::as_str)) {
                finder.find(name);
                own.add(finder.found(name));
            }
            wanted.add(&own);
            candidates.push(*number);
        }
        if candidates.is_empty() && by_keywords.is_empty() {
            return View::Nothing;
        }
        let (mut keywords, mut certain) = (None, None);
        if !by_keywords.is_empty() {
            certain = if candidates.is_empty() { Outcome::certain(knowledge, &by_keywords) } else { None };
            keywords = known_keywords.of(knowledge, by_keywords);
            let Some(keywords) = &keywords else { return View::Whole };
            let event_id = head.event_id.to_string();
            if [head.provider.text, head.channel.text, &event_id].into_iter().any(|text| keywords.is_in(text)) {
                return certain.map_or(View::Whole, |outcome| View::Always(Box::new(outcome)));
            }
            if layout.fields().filter_map(|(.., text)| text).any(|text| keywords.is_in(text)) {
                return View::Whole;
            }
        }
        let candidates = knowledge.plan(candidates);
        let places = wanted.places.into_iter().collect();
        let is_all = !wanted.varies;
        View::Places(Box::new(Places {
            candidates,
            keywords,
            without: Vec::new(),
            certain,
            places,
            is_all,
            known: FxHashMap::default(),
            outcomes: Vec::new(),
        }))
    }
}

/// The names of the fields that a test asks for.
fn names(test: &Test) -> impl Iterator<Item = &str> {
    let others = test.patterns.iter().filter_map(|pattern| match pattern {
        Pattern::Field(name, _) => Some(name.as_str()),
        _ => None,
    });
    std::iter::once(test.field.as_str()).chain(others)
}

/// Those that a detection asks for.
fn names_of(detection: &detection::Detection) -> Vec<&str> {
    let mut all = Vec::new();
    detection.undecided(&|_| None, &mut |test| all.extend(names(test)));
    all
}

/// Where the values of fields are.
#[derive(Clone, Debug, Default)]
struct Wanted {
    places: BTreeSet<u16>,
    /// Some are in the head, which differs from record to record.
    varies: bool,
}

impl Wanted {
    fn add(&mut self, other: &Wanted) {
        self.places.extend(&other.places);
        self.varies |= other.varies;
    }

    /// Whether they are the same for all records of the kind.
    fn is_known(&self) -> bool {
        self.places.is_empty() && !self.varies
    }
}

/// Finds where the values of fields are, by asking an event whose values are the numbers of their places.
struct Finder<'a> {
    event: Event<'a>,
    layout: &'a Layout,
    found: FxHashMap<String, Wanted>,
}

impl Finder<'_> {
    fn found(&self, name: &str) -> &Wanted {
        static NOWHERE: Wanted = Wanted { places: BTreeSet::new(), varies: false };
        self.found.get(name).unwrap_or(&NOWHERE)
    }

    fn find(&mut self, name: &str) {
        if self.found.contains_key(name) {
            return;
        }
        let mut wanted = Wanted { varies: varies(name), ..Wanted::default() };
        let mut event = self.event.clone();
        loop {
            let (places, in_head) = places(&event, name);
            wanted.varies |= in_head;
            wanted.places.extend(&places);
            // Where a field can be missing, another one may stand in for it.
            let missing: Vec<u16> =
                places.into_iter().filter(|place| self.layout.may_miss(usize::from(*place))).collect();
            if missing.is_empty() {
                break;
            }
            event.fields.retain(|field| !missing.iter().any(|place| field.value == Value::Unsigned((*place).into())));
        }
        if parameter(name).is_some() {
            // One of the values without a name may be several, so that what counts is all of them.
            let unnamed =
                self.event.fields.iter().zip(0..).filter(|(field, _)| field.part == Part::Data && field.name.is_none());
            wanted.places.extend(unnamed.map(|(_, place): (_, u16)| place));
        }
        self.found.insert(name.to_owned(), wanted);
    }
}

/// The places of a field in an event whose values are their numbers, and whether it is in the part of the head that
/// differs from record to record.
fn places(event: &Event<'_>, name: &str) -> (Vec<u16>, bool) {
    let (mut places, mut varies) = (Vec::new(), false);
    for value in detection::values(event, name).into_iter().chain(event.values(name)) {
        match value {
            Cow::Borrowed(Value::Unsigned(place)) => places.push(*place as u16),
            _ => varies |= !is_one_of(name, &OF_KIND),
        }
    }
    (places, varies)
}

/// Whether a field is in the head and differs between records of one kind.
fn varies(name: &str) -> bool {
    is_one_of(name, &detection::HEAD) && !is_one_of(name, &OF_KIND) || is_one_of(name, &["ComputerName"])
}

/// The names of the fields of records with a layout, as articles ask for them.
pub fn fields(layout: &Layout) -> impl Iterator<Item = String> {
    let names = layout.fields().filter(|(part, ..)| *part != Part::Rendering).filter_map(|(_, name, _)| name);
    names.map(super::missing::plain)
}

/// The fields of the head that make the kind of a record.
const OF_KIND: [&str; 3] = ["Provider_Name", "EventID", "Channel"];

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}
