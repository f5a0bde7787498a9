//! Checks parts of logs, one after the other. What is learned of the kinds of records helps with the next part; no result
//! depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::lens::{self, KnownKeywords, Lens, Outcome, Seen};
use super::repeats::Noted;
use super::{
    Case, EventKind, Evidence, FileReport, Group, Keys, Listing, Newest, Occurrences, RecordKind, Report, Tally,
};
use super::{joined, missing, windows, zone};
use crate::detection::scan::Candidates;
use crate::event::{Head, Level, Name, Time};
use crate::kb::{KnowledgeBase, Version};
use crate::log::evtx::{Layout, Reader, Shape};
use crate::log::{Coverage, Problem, Record, Sink};

/// Checks parts of files. Between [`Checkup::open`] and [`Checkup::finish`] it is at one part.
pub struct Checkup<'k> {
    reader: Reader,
    records: Records<'k>,
    coverage: Coverage,
    bytes: u64,
}

impl<'k> Checkup<'k> {
    /// A checkup with these articles.
    pub fn new(knowledge: &'k KnowledgeBase) -> Checkup<'k> {
        let (reader, records) = (Reader::default(), Records::new(knowledge));
        Checkup { reader, records, coverage: Coverage::default(), bytes: 0 }
    }

    /// Lists the records too.
    pub fn listing(mut self, listing: &Listing) -> Checkup<'k> {
        self.records.list(listing);
        self
    }

    /// Begins a part of the file with the given number.
    pub fn open(&mut self, number: u32, file: &FileReport) {
        self.records.open(number, file);
        (self.coverage, self.bytes) = (Coverage::default(), 0);
    }

    /// Checks a run of whole chunks that starts at `offset` of an .evtx log.
    pub fn read(&mut self, bytes: &[u8], offset: u64) {
        self.coverage.merge(self.reader.slice(bytes, offset, &mut self.records));
        self.bytes += bytes.len() as u64;
    }

    /// The report of this part.
    pub fn finish(&mut self) -> Report {
        let coverage = std::mem::take(&mut self.coverage);
        let report = self.records.finish(coverage, self.bytes, |symbol| self.reader.name(symbol));
        if self.reader.has_many_names() {
            // What one file does to the names is not to be felt by another.
            let listing = self.records.listing.take();
            *self = Checkup::new(self.records.tools.knowledge);
            self.records.listing = listing;
        }
        report
    }
}

/// Takes the records of a part.
pub struct Records<'k> {
    places: FxHashMap<Kind, usize>,
    /// The kinds that were asked for last, in places chosen by their numbers: mostly they are the next ones too.
    recent: [(Kind, usize); 64],
    kinds: Vec<Watched>,
    part: Part,
    tools: Tools<'k>,
    /// What is left out.
    known: Option<Keys>,
    listing: Option<Listing>,
}

/// What every kind of records needs.
struct Tools<'k> {
    knowledge: &'k KnowledgeBase,
    keywords: KnownKeywords,
    /// Room to work in.
    key: Vec<u8>,
}

/// Provider, event id and channel; names by their symbols.
type Kind = (u32, u32, u32);

/// No record has these symbols.
const NO_KIND: (Kind, usize) = ((u32::MAX, 0, u32::MAX), 0);

/// What is known of the part so far.
struct Part {
    number: u32,
    file: FileReport,
    /// The times of the earliest and the latest record.
    span: (Time, Time),
    computers: Symbols,
    ids: Noted,
    /// Records that were left out, and of what the log has given up.
    repeated: u64,
    copies: u64,
    groups: Vec<PartGroup>,
    /// The places of the groups, by the articles that matched.
    places: BTreeMap<Vec<u32>, usize>,
    occurrences: BTreeMap<u32, Occurrences>,
}

/// Records that the same articles matched.
struct PartGroup {
    articles: Vec<u32>,
    group: Group,
    computers: Symbols,
}

/// Counts of names.
#[derive(Default)]
struct Symbols {
    /// The one that was counted last: mostly it is the next one too.
    last: u32,
    count: u64,
    others: FxHashMap<u32, u64>,
}

impl Symbols {
    fn add(&mut self, symbol: u32) {
        if symbol != self.last {
            self.keep();
            self.last = symbol;
        }
        self.count += 1;
    }

    fn keep(&mut self) {
        let count = std::mem::take(&mut self.count);
        if count > 0 {
            *self.others.entry(self.last).or_default() += count;
        }
    }

    /// Adds them to a tally; a record need not have a name.
    fn tell<'n>(mut self, name: &impl Fn(u32) -> Name<'n>, tally: &mut Tally<String>) {
        self.keep();
        for (symbol, count) in self.others {
            let name = name(symbol).text;
            if !name.is_empty() {
                tally.add(count, || name.to_owned());
            }
        }
    }
}

/// Records of one provider, event id and channel.
struct Watched {
    provider: String,
    event_id: u32,
    channel: String,
    /// The articles that may match them.
    asked_for: Vec<u32>,
    /// How to evaluate them for records that are read whole, once there was one.
    candidates: Option<Candidates>,
    /// They tell of the computer itself: its Windows version or its time zone.
    tells: bool,
    lenses: Vec<(Rc<Layout>, Lens)>,
    /// The names of the fields of records without a lens, and the sequences of them that were seen.
    fields: BTreeSet<String>,
    layouts: FxHashSet<u64>,
    explained: [u64; 5],
    unexplained: [u64; 5],
    /// Those of the levels that ask for an explanation.
    cases: [Case; 3],
}

impl Part {
    fn new(number: u32, file: &FileReport) -> Part {
        Part {
            number,
            file: file.unread(),
            span: (Time(u64::MAX), Time(0)),
            computers: Symbols::default(),
            ids: Noted::default(),
            repeated: 0,
            copies: 0,
            groups: Vec::new(),
            places: BTreeMap::new(),
            occurrences: BTreeMap::new(),
        }
    }

    /// Takes what a record tells of the computer itself.
    fn learn_from(&mut self, record: &Record<'_>) {
        let (event, _) = record.read();
        let version: Option<Version> = windows::version(&event);
        self.file.windows = self.file.windows.max(version.map(|version| (record.head.time, version)));
        if zone::tells_zone(record.head.provider.text, record.head.event_id) {
            self.file.zones.look(&event);
        }
    }

    /// Counts a record of which this outcome is true. Gives the place of its group, if articles matched.
    fn count(&mut self, record: &Record<'_>, outcome: &mut Outcome) -> Option<usize> {
        let Record { head, offset, carved, .. } = *record;
        let evidence = Evidence { time: head.time, file: self.number, offset, record_id: head.record_id, carved };
        for (number, values) in &outcome.watched {
            let occurrences = self.occurrences.entry(*number).or_default();
            occurrences.add(evidence, head.computer.text, outcome.best, values);
        }
        if outcome.articles.is_empty() {
            return None;
        }
        outcome.count += 1;
        let place = *outcome.group.get_or_insert_with(|| self.group(&outcome.articles));
        let PartGroup { group, computers, .. } = self.groups.get_mut(place)?;
        group.count += 1;
        group.carved += u64::from(carved);
        group.span = joined(group.span, (head.time, head.time));
        group.evidence.add(evidence);
        computers.add(head.computer.symbol);
        Some(place)
    }

    /// The place of the group of records that these articles matched.
    fn group(&mut self, articles: &[u32]) -> usize {
        if let Some(place) = self.places.get(articles) {
            return *place;
        }
        let place = self.groups.len();
        self.places.insert(articles.to_owned(), place);
        let group = Group {
            count: 0,
            carved: 0,
            span: (Time(u64::MAX), Time(0)),
            subjects: vec![Tally::default(); articles.len()],
            computers: Tally::default(),
            files: BTreeMap::new(),
            evidence: Newest::default(),
        };
        self.groups.push(PartGroup { articles: articles.to_owned(), group, computers: Symbols::default() });
        place
    }

    /// Adds what an outcome names as affected to its group, and forgets that it was true of anything.
    fn tell(&mut self, outcome: &mut Outcome) {
        let count = std::mem::take(&mut outcome.count);
        let Some(group) = outcome.group.take().and_then(|place| self.groups.get_mut(place)) else { return };
        for (subjects, subject) in group.group.subjects.iter_mut().zip(&outcome.subjects) {
            if let Some(subject) = subject {
                subjects.add(count, || subject.clone());
            }
        }
    }
}

impl<'k> Records<'k> {
    /// More kinds of records than this, or more outcomes, are not remembered for the next part.
    const MAX_KINDS: usize = 4000;
    const MAX_KNOWN: usize = 10_000;

    pub fn new(knowledge: &'k KnowledgeBase) -> Records<'k> {
        let part = Part::new(0, &FileReport::open("", 0, &[]));
        let tools = Tools { knowledge, keywords: KnownKeywords::default(), key: Vec::new() };
        let recent = [NO_KIND; 64];
        Records { places: FxHashMap::default(), recent, kinds: Vec::new(), part, tools, known: None, listing: None }
    }

    /// Leaves out the records that are known already.
    pub fn leave_out(&mut self, keys: &Keys) {
        self.known = Some(keys.clone());
    }

    /// Lists the records too.
    pub fn list(&mut self, listing: &Listing) {
        self.listing = Some(listing.clone());
    }

    /// Begins a part of a file. The names in the heads of its records have the same symbols in all parts.
    pub fn open(&mut self, number: u32, file: &FileReport) {
        self.part = Part::new(number, file);
    }

    /// The report of the part, with its reader's account.
    pub fn finish<'n>(&mut self, coverage: Coverage, bytes: u64, name: impl Fn(u32) -> Name<'n>) -> Report {
        let next = Part::new(0, &FileReport::open("", 0, &[]));
        let mut part = std::mem::replace(&mut self.part, next);
        part.file.coverage.merge(coverage);
        part.file.coverage.records -= part.repeated;
        part.file.coverage.repeated += part.repeated;
        part.file.coverage.carved -= part.copies;
        part.file.ids = std::mem::take(&mut part.ids).tell(&name);
        part.file.bytes_read += bytes;
        let mut report = Report::default();
        let mut known = 0;
        for kind in &mut self.kinds {
            kind.finish(&mut part, &mut report);
            known += kind.lenses.iter().map(|(_, lens)| lens.known()).sum::<usize>();
        }
        if self.kinds.len() > Self::MAX_KINDS {
            self.kinds.clear();
            self.places.clear();
            self.recent = [NO_KIND; 64];
        } else if known > Self::MAX_KNOWN {
            self.kinds.iter_mut().flat_map(|kind| &mut kind.lenses).for_each(|(_, lens)| lens.forget());
        }
        if let Some(listing) = &self.listing {
            listing.finish(&name, part.groups.iter().map(|group| group.articles.clone()));
        }
        part.computers.tell(&name, &mut part.file.computers);
        part.file.span = (part.span.0 <= part.span.1).then_some(part.span);
        report.occurrences = part.occurrences;
        for PartGroup { articles, mut group, computers } in part.groups {
            computers.tell(&name, &mut group.computers);
            group.files.insert(part.number, group.count);
            report.groups.insert(articles, group);
        }
        report.files.insert(part.number, part.file);
        report
    }

    fn kind(&mut self, head: Head<'_>) -> usize {
        let kind = (head.provider.symbol, head.event_id, head.channel.symbol);
        let recent = &mut self.recent[(head.event_id ^ head.provider.symbol << 3) as usize % 64];
        if recent.0 != kind {
            let place = *self.places.entry(kind).or_insert_with(|| {
                self.kinds.push(Watched::new(self.tools.knowledge, head));
                self.kinds.len() - 1
            });
            *recent = (kind, place);
        }
        recent.1
    }
}

impl Sink for Records<'_> {
    fn record(&mut self, record: &Record<'_>) {
        if let Some(keys) = &self.known
            && keys.know(record)
        {
            match record.carved {
                true => self.part.copies += 1,
                false => self.part.repeated += 1,
            }
            return;
        }
        let head = record.head;
        self.part.ids.add(&head);
        let place = self.kind(head);
        let Records { kinds, part, tools, .. } = self;
        let Some(kind) = kinds.get_mut(place) else { return };
        part.span = joined(part.span, (head.time, head.time));
        part.computers.add(head.computer.symbol);
        let group = if kind.is_idle() { None } else { kind.look(tools, part, record) };
        let counts = if group.is_some() { &mut kind.explained } else { &mut kind.unexplained };
        counts[head.level as usize] += 1;
        if let Some(listing) = &self.listing {
            listing.add(record, part.number, group);
        }
        if group.is_none()
            && let Some(case) = kind.cases.get_mut(head.level as usize)
        {
            let Record { offset, carved, .. } = *record;
            case.add(Evidence { time: head.time, file: part.number, offset, record_id: head.record_id, carved });
        }
    }
}

impl Watched {
    /// More layouts than this are not told apart; a kind has one or two.
    const MAX_LENSES: usize = 20;

    fn new(knowledge: &KnowledgeBase, head: Head<'_>) -> Watched {
        let asked_for = knowledge.asked_for(head.provider.text, head.event_id, head.channel.text);
        Watched {
            provider: head.provider.text.to_owned(),
            event_id: head.event_id,
            channel: head.channel.text.to_owned(),
            asked_for,
            candidates: None,
            tells: windows::names_version(head.provider.text, head.event_id)
                || zone::tells_zone(head.provider.text, head.event_id),
            lenses: Vec::new(),
            fields: BTreeSet::new(),
            layouts: FxHashSet::default(),
            explained: [0; 5],
            unexplained: [0; 5],
            cases: Default::default(),
        }
    }

    /// Whether nobody asks for such records.
    fn is_idle(&self) -> bool {
        self.asked_for.is_empty() && !self.tells
    }

    /// Looks at a record: the place of its group, if an article matches.
    fn look(&mut self, tools: &mut Tools<'_>, part: &mut Part, record: &Record<'_>) -> Option<usize> {
        if self.tells {
            part.learn_from(record);
        }
        if self.asked_for.is_empty() {
            return None;
        }
        if let Some(shape) = record.shape()
            && let Some(lens) = self.lens(tools, record.head, shape)
        {
            match lens.look(tools.knowledge, record.head, shape, &mut tools.key) {
                Seen::Nothing => return None,
                Seen::Known(outcome) => return part.count(record, outcome),
                Seen::New(mut outcome) => {
                    let group = part.count(record, &mut outcome);
                    part.tell(&mut outcome);
                    return group;
                }
                Seen::Whole => {}
            }
        }
        self.read(tools.knowledge, part, record)
    }

    /// The lens for records of this shape.
    fn lens(&mut self, tools: &mut Tools<'_>, head: Head<'_>, shape: &Shape<'_>) -> Option<&mut Lens> {
        let place = match self.lenses.iter().position(|(layout, _)| Rc::ptr_eq(layout, &shape.layout)) {
            Some(place) => place,
            None if self.lenses.len() < Self::MAX_LENSES => {
                let layout = shape.layout.clone();
                let lens = Lens::new(tools.knowledge, &mut tools.keywords, &self.asked_for, head, &layout);
                self.lenses.push((layout, lens));
                self.lenses.len() - 1
            }
            None => return None,
        };
        self.lenses.get_mut(place).map(|(_, lens)| lens)
    }

    /// Reads a record whole: the place of its group, if an article matches.
    fn read(&mut self, knowledge: &KnowledgeBase, part: &mut Part, record: &Record<'_>) -> Option<usize> {
        let (event, problem) = record.read();
        if let Some(reason) = problem {
            part.file.coverage.add(Problem { offset: record.offset, reason, lost: 0 });
        }
        match record.shape() {
            // Its lens says them, if it has one: which layouts have depends on what came first, and the names must not.
            Some(shape) if self.lenses.iter().any(|(layout, _)| Rc::ptr_eq(layout, &shape.layout)) => {}
            Some(shape) => missing::note_names(lens::fields(&shape.layout), &mut self.fields),
            None => missing::note_fields(&event, &mut self.layouts, &mut self.fields),
        }
        let candidates = self.candidates.get_or_insert_with(|| knowledge.plan(self.asked_for.clone()));
        let mut outcome = Outcome::of(knowledge, candidates, &event);
        let group = part.count(record, &mut outcome);
        part.tell(&mut outcome);
        group
    }

    /// Adds what the part has of such records to its report, and forgets it.
    fn finish(&mut self, part: &mut Part, report: &mut Report) {
        let mut count = 0;
        let (explained, unexplained) = (std::mem::take(&mut self.explained), std::mem::take(&mut self.unexplained));
        for (level, (explained, unexplained)) in Level::ALL.into_iter().zip(explained.into_iter().zip(unexplained)) {
            count += explained + unexplained;
            part.file.levels[level as usize] += explained + unexplained;
            if level.is_problem() {
                let kind = || EventKind { provider: self.provider.clone(), event_id: self.event_id, level };
                report.explained.add(explained, kind);
                report.unexplained.add(unexplained, kind);
                if let Some(case) = self.cases.get_mut(level as usize).filter(|_| unexplained > 0) {
                    report.cases.entry(kind()).or_default().merge(std::mem::take(case));
                    super::unexplained::bound(&mut report.cases, &report.unexplained);
                }
            }
        }
        if count == 0 {
            return;
        }
        if !self.channel.is_empty() {
            part.file.channels.add(count, || self.channel.clone());
        }
        self.layouts.clear();
        let mut fields = std::mem::take(&mut self.fields);
        for (_, lens) in self.lenses.iter_mut().filter(|(_, lens)| lens.used) {
            lens.used = false;
            fields.extend(lens.fields.iter().cloned());
            lens.outcomes().for_each(|outcome| part.tell(outcome));
        }
        if !self.asked_for.is_empty() {
            let (channel, provider) = (self.channel.clone(), self.provider.clone());
            let kind = RecordKind { channel, provider, event_id: self.event_id };
            missing::merge(&mut report.kinds, BTreeMap::from([(kind, fields)]));
        }
    }
}
