//! The index of all records: made when somebody first wants to look at them, asked, and searched.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::super::index::{Answer, Question};
use super::super::messages::{List, Log, Outcome, Row, Task};
use super::super::now;
use super::super::pool::{Pool, Turn, once};
use super::reading::slices;
use super::{REDRAW_MILLISECONDS, Session, State};
use crate::checkup::{FileReport, Place};
use crate::index::About;
use crate::log::Kind;
use crate::log::evtx::chunk_count;

/// Small logs are listed together, until they have so many bytes or are so many.
const LOT: u64 = 4 << 20;
const FILES_OF_A_LOT: usize = 50;

/// What a worker lists at once.
#[derive(Default)]
struct Lot {
    /// Each with its file.
    lists: Vec<(List, Blob)>,
    /// A worker died over it, and another one tries.
    is_retried: bool,
}

impl Lot {
    fn bytes(&self) -> u64 {
        self.lists.iter().map(|(list, _)| list.bytes()).sum()
    }
}

/// What the page shows of the index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exploring {
    /// How far the index is.
    pub index: IndexState,
    /// What could not be listed.
    pub lost: Lost,
    /// What is searched for, or was.
    pub search: Option<Search>,
}

/// What could not be read again: a worker died over it, or a file is not as it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lost {
    /// How much, in bytes of logs.
    pub bytes: u64,
    /// The names of the files it is of.
    pub files: Vec<String>,
    /// Why, of the last of it.
    pub reason: String,
}

impl Lost {
    fn add(&mut self, bytes: u64, name: &str, reason: &str) {
        self.bytes += bytes;
        if !self.files.iter().any(|file| file == name) {
            self.files.push(name.to_owned());
        }
        reason.clone_into(&mut self.reason);
    }
}

/// How far the index is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum IndexState {
    /// Nobody has asked for it.
    #[default]
    Nothing,
    /// Records are being listed.
    Running(Share),
    /// It can be asked.
    Ready(Rc<About>),
    /// The person ended it.
    Cancelled,
    /// Why there is none.
    Failed(String),
}

/// How much of the logs was read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// Bytes that were read.
    pub read: u64,
    /// Bytes of all logs.
    pub bytes: u64,
}

/// A search in all values of all records.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// What is searched for.
    pub text: String,
    /// How far it is.
    pub share: Share,
    /// What could not be searched.
    pub lost: Lost,
    /// It goes on.
    pub running: bool,
    /// The person ended it before it was done.
    pub cancelled: bool,
    /// Changes when there are more hits.
    pub version: u32,
}

/// What is going on.
#[derive(Default)]
pub(super) struct Explorer {
    shown: Exploring,
    /// The worker that has the index.
    worker: Option<Pool>,
    /// What is still to be listed, and how many lots are being listed.
    lots: Vec<Lot>,
    open: usize,
    /// Counts what was begun: what an earlier one still sends is dropped.
    run: u32,
    drawn: f64,
}

impl Explorer {
    pub(super) fn shown(&self) -> Exploring {
        self.shown.clone()
    }

    /// How much of what is going on was read.
    fn share(&mut self) -> Option<&mut Share> {
        match (&mut self.shown.index, &mut self.shown.search) {
            (IndexState::Running(share), _) => Some(share),
            (_, Some(search)) if search.running => Some(&mut search.share),
            _ => None,
        }
    }
}

impl State {
    /// Whether what a log has given up is wanted too.
    fn carves(&self, file: &FileReport) -> bool {
        self.progress.carves && file.kind.carver(file.size, &file.name).is_some()
    }
}

impl Session {
    /// Makes the index, unless it is there, or on its way, or files are still being checked.
    pub fn explore(&self) {
        let records = {
            let state = self.state.borrow();
            if state.progress.running || state.explorer.shown.index != IndexState::Nothing {
                return;
            }
            let coverage = state.report.files.values().map(|file| &file.coverage);
            coverage.map(|coverage| coverage.records + coverage.repeated + coverage.carved).sum()
        };
        let share = Share { read: 0, bytes: self.bytes() };
        self.state.borrow_mut().explorer.shown = Exploring { index: IndexState::Running(share), ..Default::default() };
        if let Err(message) = self.tell(Question::Begin(records), JsValue::UNDEFINED, || ()) {
            return self.failed(message);
        }
        self.list(None, || Question::Add);
    }

    /// Ends the making of the index, or the search; what was found stays.
    pub fn cancel_exploring(&self) {
        {
            let explorer = &mut self.state.borrow_mut().explorer;
            explorer.run += 1;
            match (&mut explorer.shown.index, &mut explorer.shown.search) {
                (index @ IndexState::Running(_), _) => *index = IndexState::Cancelled,
                (_, Some(search)) => (search.running, search.cancelled) = (false, true),
                _ => {}
            }
        }
        self.pool.clear();
        self.draw_exploring();
    }

    /// Forgets the index: it is not of these files, or not of these articles.
    pub(super) fn forget_index(&self) {
        let worker = {
            let explorer = &mut self.state.borrow_mut().explorer;
            if explorer.shown.index == IndexState::Nothing {
                return;
            }
            explorer.run += 1;
            explorer.shown = Exploring::default();
            explorer.worker.clone()
        };
        if let Some(worker) = worker {
            // Its memory, which never becomes less, goes with it.
            worker.renew();
        }
    }

    /// Makes the index anew, after it was given up.
    pub fn explore_again(&self) {
        self.forget_index();
        self.explore();
    }

    /// Searches all values of all records for a text; with none, what was searched for is let go.
    pub fn search(&self, text: &str) {
        let share = Share { read: 0, bytes: self.bytes() };
        let is_running = {
            let explorer = &mut self.state.borrow_mut().explorer;
            let before = explorer.shown.search.take();
            if !matches!(explorer.shown.index, IndexState::Ready(_)) {
                return;
            }
            explorer.run += 1;
            let version = before.as_ref().map_or(0, |search| search.version + 1);
            let search = |text| Search { text, share, lost: Lost::default(), running: true, cancelled: false, version };
            explorer.shown.search = Some(text.to_owned()).filter(|text| !text.is_empty()).map(search);
            before.is_some_and(|search| search.running)
        };
        if is_running {
            self.pool.clear();
        }
        let question = if text.is_empty() { Question::EndSearch } else { Question::Search };
        match self.tell(question, JsValue::UNDEFINED, || ()) {
            Err(message) => self.failed(message),
            Ok(()) if text.is_empty() => self.draw_exploring(),
            Ok(()) => self.list(Some(text), || Question::Hits),
        }
    }

    /// Asks the index.
    pub async fn ask(&self, question: Question) -> Result<Answer, String> {
        let worker = self.state.borrow().explorer.worker.clone().ok_or("the index is not there")?;
        match worker.run(Task::Index(question), JsValue::UNDEFINED).await? {
            Outcome::Answer(answer) => Ok(answer),
            _ => Err("an unexpected answer".into()),
        }
    }

    /// Reads records again, with the article that speaks best of each, and gives them file by file as they come.
    pub fn look(&self, places: Vec<Place>, take: impl Fn(u32, Result<Vec<Row>, String>) + Clone + 'static) {
        let mut by_file: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        places.iter().for_each(|place| by_file.entry(place.file()).or_default().push(place.offset()));
        for (number, offsets) in by_file {
            let (session, take) = (self.clone(), take.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let rows = session.read_again(number, None, offsets).await;
                take(number, rows);
            });
        }
    }

    /// A record, read again, with the article that speaks best of it.
    pub async fn record(&self, place: Place) -> Result<Row, String> {
        let rows = self.read_again(place.file(), None, vec![place.offset()]).await?;
        rows.into_iter().next().ok_or_else(|| "it is not there any more".into())
    }

    /// Bytes of all logs that have records; twice those of logs that are carved too.
    fn bytes(&self) -> u64 {
        let state = self.state.borrow();
        let is_log = |file: &&FileReport| file.kind.refusal().is_none();
        let logs = state.report.files.values().filter(is_log);
        logs.map(|file| if state.carves(file) { 2 * file.size } else { file.size }).sum()
    }

    /// Tells the index something, and does `then` when it has taken it; the index may also fail.
    fn tell(&self, question: Question, with: JsValue, then: impl FnOnce() + 'static) -> Result<(), String> {
        let (worker, run) = {
            let explorer = &mut self.state.borrow_mut().explorer;
            let worker = match &explorer.worker {
                Some(worker) => worker.clone(),
                None => explorer.worker.insert(Pool::of(1).map_err(super::super::message)?).clone(),
            };
            (worker, explorer.run)
        };
        let session = self.clone();
        let done = move |outcome| match outcome {
            Ok(Outcome::Answer(Answer::About(about))) if session.state.borrow().explorer.run == run => {
                session.state.borrow_mut().explorer.shown.index = IndexState::Ready(about.into());
                session.draw_exploring();
            }
            Err(message) if session.state.borrow().explorer.run == run => session.failed(message),
            _ => then(),
        };
        worker.push(Turn::Last, Task::Index(question), with, once(done));
        Ok(())
    }

    fn failed(&self, message: String) {
        {
            let explorer = &mut self.state.borrow_mut().explorer;
            explorer.run += 1;
            explorer.shown = Exploring { index: IndexState::Failed(message), ..Default::default() };
        }
        self.pool.clear();
        self.draw_exploring();
    }

    /// Has the records of all logs listed, and told to the index as what `question` says.
    fn list(&self, text: Option<&str>, question: fn() -> Question) {
        let mut lots = self.lots();
        lots.reverse();
        {
            let explorer = &mut self.state.borrow_mut().explorer;
            (explorer.lots, explorer.open) = (lots, 0);
        }
        self.draw_exploring();
        self.list_more(text.map(str::to_owned), question);
    }

    /// Has more lots listed, as many as are listed at once: what is listed sooner than the index takes it is in memory.
    /// After the last of them, the search is over or the index complete.
    fn list_more(&self, text: Option<String>, question: fn() -> Question) {
        while let Some((lot, run)) = self.next_lot() {
            self.list_lot(lot, run, text.clone(), question);
        }
        let is_index = {
            let explorer = &mut self.state.borrow_mut().explorer;
            if explorer.open > 0 {
                return;
            }
            if let Some(search) = &mut explorer.shown.search {
                search.running = false;
            }
            matches!(explorer.shown.index, IndexState::Running(_))
        };
        if !is_index {
            return self.draw_exploring();
        }
        self.pool.refresh();
        if let Err(message) = self.tell(Question::Finish, JsValue::UNDEFINED, || ()) {
            self.failed(message);
        }
    }

    fn next_lot(&self) -> Option<(Lot, u32)> {
        let explorer = &mut self.state.borrow_mut().explorer;
        let lot = if explorer.open < self.pool.room() { explorer.lots.pop()? } else { return None };
        explorer.open += 1;
        Some((lot, explorer.run))
    }

    /// Has a lot listed. It is done when the index has taken all that was listed.
    fn list_lot(&self, Lot { lists, is_retried }: Lot, run: u32, text: Option<String>, question: fn() -> Question) {
        // The lot itself, and what was listed of it and is on its way.
        let (session, next, left) = (self.clone(), text.clone(), Rc::new(Cell::new(1)));
        let some_done = {
            let left = left.clone();
            Rc::new(move || {
                left.set(left.get() - 1);
                if left.get() == 0 && session.state.borrow().explorer.run == run {
                    session.state.borrow_mut().explorer.open -= 1;
                    session.list_more(next.clone(), question);
                }
            })
        };
        let session = self.clone();
        // Those that are still to be listed, each with the bytes of it that are.
        let mut waiting: VecDeque<_> =
            lists.iter().map(|(list, file)| (list.clone(), file.clone(), list.bytes())).collect();
        let done = move |outcome: Result<Outcome, String>| match outcome {
            Ok(Outcome::Listed { read, listed }) => {
                if let Some((.., unread)) = waiting.front_mut() {
                    *unread = unread.saturating_sub(read);
                }
                if session.state.borrow().explorer.run == run {
                    left.set(left.get() + 1);
                    let some_done = some_done.clone();
                    session.take_listed(read, question(), listed, move || some_done());
                }
            }
            Ok(Outcome::ListEnded(outcome)) => {
                if let (Some((list, _, unread)), Err(reason)) = (waiting.pop_front(), outcome) {
                    session.lose(unread, &list.log.name, &reason, run);
                }
            }
            Err(reason) => {
                for (list, file, unread) in waiting.drain(..) {
                    // What was listed already must not be listed again.
                    if is_retried || unread < list.bytes() {
                        session.lose(unread, &list.log.name, &reason, run);
                    } else {
                        session.list_again(list, file, run);
                    }
                }
                some_done();
            }
            Ok(_) => some_done(),
        };
        let turn = if is_retried { Turn::Alone } else { Turn::Last };
        let (lists, files): (Vec<_>, Vec<_>) = lists.into_iter().unzip();
        let files: js_sys::Array = files.into_iter().map(JsValue::from).collect();
        self.pool.push(turn, Task::List { lists, text }, files, Box::new(done));
    }

    /// Has something listed that a worker died over, or over what it was to list before it.
    fn list_again(&self, list: List, file: Blob, run: u32) {
        let explorer = &mut self.state.borrow_mut().explorer;
        if explorer.run == run {
            explorer.lots.push(Lot { lists: vec![(list, file)], is_retried: true });
        }
    }

    /// Notes what could not be read again of a log.
    fn lose(&self, bytes: u64, name: &str, reason: &str, run: u32) {
        let explorer = &mut self.state.borrow_mut().explorer;
        if explorer.run == run {
            let Exploring { lost, search, .. } = &mut explorer.shown;
            search.as_mut().map_or(lost, |search| &mut search.lost).add(bytes, name, reason);
        }
    }

    /// Takes what was listed of some bytes.
    fn take_listed(&self, read: u64, question: Question, listed: JsValue, then: impl FnOnce() + 'static) {
        if let Err(message) = self.tell(question, listed, then) {
            return self.failed(message);
        }
        let draw = {
            let explorer = &mut self.state.borrow_mut().explorer;
            if let Some(share) = explorer.share() {
                share.read += read;
            }
            now() - explorer.drawn > REDRAW_MILLISECONDS
        };
        if draw {
            self.draw_exploring();
        }
    }

    /// All logs, cut into what a worker does at once: some runs of a large one, or many small ones.
    fn lots(&self) -> Vec<Lot> {
        let state = self.state.borrow();
        let (mut lots, mut lot) = (Vec::new(), Lot::default());
        for (number, file) in state.report.files.iter().filter(|(_, file)| file.kind.refusal().is_none()) {
            let Some(given) = state.files.get(*number as usize) else { continue };
            let (blob, archived) = given.place();
            let list = |run, carve| {
                let log = Log { kind: file.kind, name: file.name.clone(), size: file.size, archived };
                List { number: *number, log, run, carve }
            };
            let chunks = chunk_count(file.size);
            let runs = match file.kind {
                Kind::Evtx if archived.is_none() && file.size <= LOT => vec![Some((0, chunks))],
                Kind::Evtx if archived.is_none() => {
                    slices(chunks).into_iter().map(|slice| Some((slice.first, slice.chunks))).collect()
                }
                _ => vec![None],
            };
            let carved = state.carves(file).then(|| list(None, true));
            for list in runs.into_iter().map(|run| list(run, false)).chain(carved) {
                lot.lists.push((list, blob.clone()));
                if lot.bytes() > LOT || lot.lists.len() >= FILES_OF_A_LOT {
                    lots.push(std::mem::take(&mut lot));
                }
            }
        }
        if !lot.lists.is_empty() {
            lots.push(lot);
        }
        lots
    }

    /// Shows how far it is.
    fn draw_exploring(&self) {
        let snapshot = {
            let mut state = self.state.borrow_mut();
            state.explorer.drawn = now();
            if let Some(search) = &mut state.explorer.shown.search {
                search.version += 1;
            }
            state.shown.exploring = state.explorer.shown();
            state.shown.clone()
        };
        (self.changed)(snapshot);
    }
}
