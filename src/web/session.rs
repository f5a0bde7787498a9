//! What is going on in this page: the files it was given, and the report that grows while workers check them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::File;

pub use super::messages::Row;
use super::messages::{Compiled, Outcome, Task, decoded};
use super::pool::Pool;
use super::{Added, added, files, knowledge, message, now, timer};
use crate::checkup::{self, Evidence, FileReport, Finding, Report};
use crate::kb::{Article, Origin};
use crate::log::evtx::{CHUNK_SIZE, chunk_count, chunk_offset};
use crate::log::{Kind, Problem, Reason};
use crate::sources;

/// Chunks of an ordinary slice: 8 MiB.
const SLICE: u64 = 128;
/// Chunks of a file's first slice, which is to show something at once: 1 MiB.
const FIRST_SLICE: u64 = 16;
/// While slices arrive, the page is redrawn this often at most.
const REDRAW_MILLISECONDS: f64 = 300.0;

/// What the page shows.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// What was found so far.
    pub report: Rc<Report>,
    /// The articles that matched, as [`Report::findings`] orders them.
    pub findings: Rc<Vec<Finding<'static>>>,
    /// How far it is.
    pub progress: Progress,
    /// What was added to the known issues.
    pub added: Rc<Added>,
}

/// How far the checkup is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Slices are being checked.
    pub running: bool,
    /// The person ended it before it was done.
    pub cancelled: bool,
    /// Bytes of all logs.
    pub bytes: u64,
    /// Bytes that were read.
    pub bytes_read: u64,
    /// Records that were read.
    pub records: u64,
    /// Milliseconds since this run began.
    pub elapsed: f64,
    /// Bytes of earlier runs, which this run's speed does not count.
    bytes_before: u64,
}

impl Progress {
    /// Bytes a second of this run, once that means something.
    pub fn speed(&self) -> Option<f64> {
        (self.elapsed > 250.0).then(|| (self.bytes_read - self.bytes_before) as f64 / self.elapsed * 1000.0)
    }

    /// Seconds that are left, as far as one can tell.
    pub fn seconds_left(&self) -> Option<f64> {
        let speed = self.speed().filter(|speed| self.running && *speed > 0.0)?;
        Some(self.bytes.saturating_sub(self.bytes_read) as f64 / speed)
    }
}

/// The page's one session.
#[derive(Clone)]
pub struct Session {
    pool: Pool,
    state: Rc<RefCell<State>>,
    changed: Rc<dyn Fn(Snapshot)>,
}

#[derive(Default)]
struct State {
    files: Vec<File>,
    report: Rc<Report>,
    progress: Progress,
    added: Rc<Added>,
    /// Tasks that are on their way.
    open_tasks: usize,
    /// Counts runs: what a cancelled run still sends is dropped.
    run: u32,
    started: f64,
    drawn: f64,
}

impl Session {
    /// A session that tells `changed` what to show.
    pub fn start(changed: impl Fn(Snapshot) + 'static) -> Result<Session, JsValue> {
        Ok(Session { pool: Pool::start()?, state: Rc::default(), changed: Rc::new(changed) })
    }

    /// Takes files: articles and rules are added to the known issues, the others are logs to check.
    pub fn take(&self, files: Vec<File>) {
        let is_source = |file: &File| sources::is_source(&file.name()) || sources::is_archive(&file.name());
        let (sources, logs): (Vec<_>, Vec<_>) = files.into_iter().partition(is_source);
        let session = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if !sources.is_empty() {
                session.learn_files(sources).await;
            }
            session.add(logs);
        });
    }

    /// Adds what this copy of the page carries and what this browser keeps to the known issues.
    pub async fn restore(&self) {
        let (texts, kept) = added::at_start().await;
        if texts.length() > 0 {
            self.learn(texts, kept).await;
        }
    }

    async fn learn_files(&self, files: Vec<File>) {
        let (own, kept) = {
            let added = self.state.borrow().added.clone();
            (added.sources.clone().unwrap_or_default(), added.kept)
        };
        let pairs = files.iter().map(|file| js_sys::Array::of2(&files::path(file).into(), file));
        self.learn(own.concat(&pairs.collect()), kept).await;
    }

    /// Forgets what was added to the known issues, also what is kept in this browser.
    pub async fn forget_added(&self) {
        // Where nothing can be kept, nothing is.
        let _ = added::keep(None).await;
        self.learn(js_sys::Array::new(), false).await;
    }

    /// Keeps what was added in this browser, or no longer; the error says why it cannot.
    pub async fn keep_added(&self, keep: bool) -> Result<(), String> {
        let sources = self.state.borrow().added.sources.clone();
        added::keep(sources.as_ref().filter(|_| keep)).await.map_err(message)?;
        Rc::make_mut(&mut self.state.borrow_mut().added).kept = keep;
        self.draw();
        Ok(())
    }

    /// A copy of the page that carries what was added.
    pub async fn copy_of_page(&self) -> Result<web_sys::Blob, String> {
        let sources = self.state.borrow().added.sources.clone().unwrap_or_default();
        added::copy(&sources).await.map_err(message)
    }

    /// Knows the articles and rules of an array of `[path, text or File]`, and no others that were added; logs that are
    /// open are checked again.
    async fn learn(&self, texts: js_sys::Array, kept: bool) {
        Rc::make_mut(&mut self.state.borrow_mut().added).busy = true;
        self.draw();
        let outcome = self.pool.run(Task::Compile, texts).await;
        let learned = match outcome {
            Ok(Outcome::Compiled(compiled)) => self.know(compiled, kept).await,
            Ok(_) => Err("an unexpected answer".into()),
            Err(message) => Err(message),
        };
        let added = match learned {
            Ok(added) => added,
            Err(message) => Added { busy: false, faults: vec![message], ..(*self.state.borrow().added).clone() },
        };
        if kept && let Some(sources) = &added.sources {
            // What cannot be kept is still there as long as the page is.
            let _ = added::keep(Some(sources)).await;
        }
        self.state.borrow_mut().added = Rc::new(added);
        let logs = self.state.borrow().files.clone();
        self.clear();
        self.add(logs);
    }

    /// Knows what a worker has compiled; some of it at a time, so that the page stays awake.
    async fn know(&self, compiled: Compiled, kept: bool) -> Result<Added, String> {
        let mut articles = Vec::new();
        for some in compiled.articles.unchecked_ref::<js_sys::Array>().iter() {
            articles.extend(decoded::<Vec<Article>>(&some)?);
            timer::pause().await;
        }
        let rules = articles.iter().filter(|article| article.origin == Origin::Sigma).count();
        let added = Added::new(&compiled, rules, articles.len() - rules, kept);
        super::learn(articles);
        self.pool.teach(compiled.articles);
        Ok(added)
    }

    /// Checks more files; findings merge with those of earlier files.
    pub fn add(&self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        {
            let mut state = self.state.borrow_mut();
            if !state.progress.running {
                state.started = now();
                state.progress = Progress {
                    running: true,
                    bytes_before: state.progress.bytes_read,
                    bytes: state.progress.bytes_read,
                    bytes_read: state.progress.bytes_read,
                    records: state.progress.records,
                    ..Progress::default()
                };
            }
            state.open_tasks += files.len();
        }
        let run = self.state.borrow().run;
        for file in files {
            let number = {
                let mut state = self.state.borrow_mut();
                state.files.push(file.clone());
                state.files.len() as u32 - 1
            };
            let session = self.clone();
            let (name, task_name) = (file.name(), file.name());
            self.pool.push_urgent(Task::Open { name: task_name }, file.clone(), move |outcome| {
                session.finished(run, move |session| session.opened(run, number, &name, &file, outcome));
            });
        }
        self.draw();
    }

    fn opened(&self, run: u32, number: u32, name: &str, file: &File, outcome: Result<Outcome, String>) {
        let report = match outcome {
            Ok(Outcome::Opened(report)) => *report,
            Ok(_) => return,
            Err(message) => {
                let mut report = FileReport::open(name, file.size() as u64, &[]);
                report.kind = Kind::Unreadable;
                report.coverage.add(Problem { offset: 0, reason: Reason::Unreadable(message), lost: 0 });
                report
            }
        };
        let slices = if report.kind == Kind::Evtx { slices(chunk_count(report.size)) } else { Vec::new() };
        let in_order = matches!(report.kind, Kind::Evt | Kind::Xml);
        {
            let mut state = self.state.borrow_mut();
            state.progress.bytes += slices.iter().map(|slice| slice.bytes(report.size)).sum::<u64>();
            state.progress.bytes += if in_order { report.size } else { 0 };
            state.open_tasks += slices.len() + usize::from(in_order);
            let part = Report { files: [(number, report.clone())].into(), ..Report::default() };
            Rc::make_mut(&mut state.report).merge(part);
        }
        for slice in slices {
            let session = self.clone();
            let report = report.clone();
            let task = Task::Check { number, file: Box::new(report.clone()), first: slice.first, chunks: slice.chunks };
            let (offset, bytes) = (chunk_offset(slice.first), slice.bytes(report.size));
            self.pool.push(task, file.clone(), move |outcome| {
                session.finished(run, move |session| session.checked(number, &report, offset, bytes, outcome));
            });
        }
        if in_order {
            let session = self.clone();
            let task = Task::CheckInOrder { number, file: Box::new(report.clone()) };
            let mut read = 0;
            self.pool.push_parted(task, file.clone(), move |outcome| match outcome {
                Ok(Outcome::Part(encoded)) => session.arrived(run, |session| read += session.part(encoded)),
                outcome => {
                    let (report, left) = (report.clone(), report.size - read.min(report.size));
                    session.finished(run, move |session| {
                        session.checked(number, &report, report.size - left, left, outcome)
                    });
                }
            });
        }
    }

    /// Takes the report of some of a file; gives how many bytes of it that is.
    fn part(&self, encoded: JsValue) -> u64 {
        let Ok(part) = decoded::<Report>(&encoded) else { return 0 };
        let bytes = part.files.values().map(|file| file.bytes_read).sum();
        self.merge(bytes, part);
        bytes
    }

    /// Takes the report of the bytes from an offset on that a task was to check.
    fn checked(&self, number: u32, file: &FileReport, offset: u64, bytes: u64, outcome: Result<Outcome, String>) {
        let part = outcome.and_then(|outcome| match outcome {
            Outcome::Checked(encoded) => decoded::<Report>(&encoded),
            _ => Err("an unexpected answer".into()),
        });
        let mut part = part.unwrap_or_else(|message| {
            let reason = Reason::Unreadable(message);
            checkup::unread_slice(number, file, Problem { offset, reason, lost: 0 })
        });
        if let Some(own) = part.files.get_mut(&number)
            && own.bytes_read < bytes
            && own.coverage.problems.iter().all(|problem| !matches!(problem.reason, Reason::Unreadable(_)))
        {
            // The file became shorter while it was being read.
            let reason = Reason::Unreadable(format!("{} of {bytes} bytes came", own.bytes_read));
            own.coverage.add(Problem { offset, reason, lost: 0 });
        }
        self.merge(bytes, part);
    }

    fn merge(&self, bytes: u64, part: Report) {
        let mut state = self.state.borrow_mut();
        state.progress.bytes_read += bytes;
        state.progress.records += part.records();
        Rc::make_mut(&mut state.report).merge(part);
    }

    /// A task has come back: takes what it brought, unless its run was cancelled, and redraws when it is time.
    fn finished(&self, run: u32, take: impl FnOnce(&Session)) {
        self.arrived(run, |session| {
            take(session);
            let mut state = session.state.borrow_mut();
            state.open_tasks -= 1;
            state.progress.running = state.open_tasks > 0;
        });
    }

    /// A task has come back, or a part of it.
    fn arrived(&self, run: u32, take: impl FnOnce(&Session)) {
        if self.state.borrow().run != run {
            return;
        }
        let found_nothing = self.state.borrow().report.groups.is_empty();
        take(self);
        let draw = {
            let state = self.state.borrow();
            let first_finding = found_nothing && !state.report.groups.is_empty();
            first_finding || !state.progress.running || now() - state.drawn > REDRAW_MILLISECONDS
        };
        if draw {
            self.draw();
        }
    }

    /// Stops reading at once; what was found stays.
    pub fn cancel(&self) {
        self.state.borrow_mut().run += 1;
        self.pool.clear();
        {
            let mut state = self.state.borrow_mut();
            state.open_tasks = 0;
            state.progress.running = false;
            state.progress.cancelled = true;
            let State { files, report, .. } = &mut *state;
            let report = Rc::make_mut(report);
            for (number, file) in (0..).zip(files) {
                // A file that no worker has opened yet may be anything, but not read it is.
                let own = report.files.entry(number).or_insert_with(|| FileReport {
                    kind: Kind::Evtx,
                    ..FileReport::open(file.name(), file.size() as u64, &[])
                });
                let header = if own.kind == Kind::Evtx { chunk_offset(0) } else { 0 };
                let unread = own.size.saturating_sub(header).saturating_sub(own.bytes_read);
                let said = own.coverage.problems.iter().any(|problem| matches!(problem.reason, Reason::Cancelled(_)));
                if own.kind.refusal().is_none() && unread > 0 && !said {
                    own.coverage.add(Problem { offset: 0, reason: Reason::Cancelled(unread), lost: 0 });
                }
            }
        }
        self.draw();
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let run = self.state.borrow().run + 1;
        self.state.borrow_mut().run = run;
        self.pool.clear();
        let added = self.state.borrow().added.clone();
        *self.state.borrow_mut() = State { run, added, ..State::default() };
        self.draw();
    }

    fn draw(&self) {
        let snapshot = {
            let mut state = self.state.borrow_mut();
            state.drawn = now();
            state.progress.elapsed = state.drawn - state.started;
            let findings = match state.progress.running {
                true => state.report.findings_so_far(knowledge()),
                false => state.report.findings(knowledge()),
            };
            let findings = Rc::new(findings);
            Snapshot { report: state.report.clone(), findings, progress: state.progress, added: state.added.clone() }
        };
        (self.changed)(snapshot);
    }

    /// The records at some places, read again from their files, as an article sees them; or why that is impossible.
    pub async fn rows(&self, article: String, evidence: Vec<Evidence>) -> Result<Vec<(u32, Row)>, String> {
        let mut rows = Vec::new();
        for same_file in evidence.chunk_by(|a, b| a.file == b.file) {
            let number = same_file[0].file;
            let Some(file) = self.file(number) else { continue };
            let offsets = same_file.iter().map(|evidence| evidence.offset).collect();
            let (kind, name) = self.kind(number);
            let task = Task::Show { article: article.clone(), kind, name, offsets };
            if let Outcome::Shown(shown) = self.pool.run(task, file).await? {
                rows.extend(shown.into_iter().map(|row| (number, row)));
            }
        }
        Ok(rows)
    }

    /// A record as XML, if it can be written so.
    pub async fn xml(&self, number: u32, offset: u64) -> Option<String> {
        let (kind, _) = self.kind(number);
        match self.pool.run(Task::Xml { kind, offset }, self.file(number)?).await {
            Ok(Outcome::Xml(xml)) => xml,
            _ => None,
        }
    }

    /// What a file is, and its name.
    fn kind(&self, number: u32) -> (Kind, String) {
        let report = self.state.borrow().report.clone();
        report.files.get(&number).map_or((Kind::Unknown, String::new()), |file| (file.kind, file.name.clone()))
    }

    fn file(&self, number: u32) -> Option<File> {
        self.state.borrow().files.get(number as usize).cloned()
    }
}

/// The same session is the same; its contents come as snapshots.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
    }
}

/// A run of chunks.
#[derive(Clone, Copy)]
struct Slice {
    first: u64,
    chunks: u64,
}

impl Slice {
    /// Its bytes in a file of the given size.
    fn bytes(&self, size: u64) -> u64 {
        let start = chunk_offset(self.first);
        (start + self.chunks * CHUNK_SIZE).min(size).saturating_sub(start)
    }
}

/// Cuts a log into slices, the last chunks first: the newest records are mostly there.
fn slices(chunks: u64) -> Vec<Slice> {
    let mut slices = Vec::new();
    let mut end = chunks;
    while end > 0 {
        let length = if slices.is_empty() { FIRST_SLICE } else { SLICE }.min(end);
        end -= length;
        slices.push(Slice { first: end, chunks: length });
    }
    slices
}

/// See [`super::measure_reading`].
pub async fn measure_reading(file: File) -> Result<f64, JsValue> {
    let pool = Pool::start()?;
    // The workers' start does not count.
    pool.run(Task::Read { offset: 0, length: 1 }, file.clone()).await.map_err(JsValue::from)?;
    let slices = slices(chunk_count(file.size() as u64));
    let started = now();
    let open = Rc::new(Cell::new(slices.len()));
    let (sender, receiver) = futures_channel::oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    for slice in slices {
        let (open, sender) = (open.clone(), sender.clone());
        let task = Task::Read { offset: chunk_offset(slice.first), length: slice.chunks * CHUNK_SIZE };
        pool.push(task, file.clone(), move |_| {
            open.set(open.get() - 1);
            if open.get() == 0
                && let Some(sender) = sender.borrow_mut().take()
            {
                let _ = sender.send(now());
            }
        });
    }
    let ended = receiver.await.map_err(|_| JsValue::from("cancelled"))?;
    Ok(ended - started)
}
