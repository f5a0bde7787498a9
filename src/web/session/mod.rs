//! What is going on in this page: the files it was given, and the report that grows while workers check them.

mod exploring;
mod handing;
mod learning;
mod reading;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::RangeBounds;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Blob, File};

pub use super::messages::Row;
use super::messages::{Log, Outcome, Task};
use super::pool::{Pool, Turn, once};
use super::{Added, knowledge, now};
use crate::checkup::{Evidence, FileReport, Finding, Report};
use crate::log::evtx::{CHUNK_SIZE, chunk_count, chunk_offset};
use crate::log::{Problem, Reason};
use crate::sources;
use exploring::Explorer;
pub use exploring::{Exploring, IndexState, Lost, Share};
use reading::{Given, slices};

/// While slices arrive, the page is redrawn this often at most.
const REDRAW_MILLISECONDS: f64 = 500.0;

/// What the page shows.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// What was found so far.
    pub report: Rc<Report>,
    /// What was found in the logs that these are compared with.
    pub other: Rc<Report>,
    /// The articles that matched, as [`Report::findings`] orders them.
    pub findings: Rc<Vec<Finding<'static>>>,
    /// How far it is.
    pub progress: Progress,
    /// What was added to the known issues.
    pub added: Rc<Added>,
    /// The index of all records.
    pub exploring: Exploring,
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
    /// What logs have given up is read too.
    pub carves: bool,
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
    /// What was dropped or chosen.
    given: Vec<File>,
    /// The same, to compare it with.
    given_other: Vec<File>,
    /// The same, and what is in archives, by number.
    files: Vec<Given>,
    report: Rc<Report>,
    /// The report of the files that these are compared with.
    other: Rc<Report>,
    /// How many of them were compared with one another.
    compared: usize,
    /// The reports of the files by themselves.
    reports: BTreeMap<u32, Report>,
    progress: Progress,
    added: Rc<Added>,
    /// What is silent, but for archives.
    skipped: Vec<(u32, FileReport)>,
    /// The report of all together is older than those of the files.
    is_stale: bool,
    /// The display texts of logs, by number.
    texts: BTreeMap<u32, Log>,
    /// Files whose articles and rules were added.
    learned: Vec<Blob>,
    /// Articles and rules that are read when those before them are: an array of `[path, text or Blob]`.
    waiting: js_sys::Array,
    /// Tasks that are on their way.
    open_tasks: usize,
    /// Counts runs: what a cancelled run still sends is dropped.
    run: u32,
    /// How often everything was forgotten, and numbers of files with it.
    clears: u32,
    started: f64,
    drawn: f64,
    explorer: Explorer,
    /// What was drawn last.
    shown: Snapshot,
}

impl Session {
    /// A session that tells `changed` what to show.
    pub fn start(changed: impl Fn(Snapshot) + 'static) -> Result<Session, JsValue> {
        Ok(Session { pool: Pool::start()?, state: Rc::default(), changed: Rc::new(changed) })
    }

    /// Takes files: articles and rules are added to the known issues, the others are logs to check, or archives of both.
    pub fn take(&self, files: Vec<File>) {
        let (sources, logs): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| sources::is_source(&file.name()));
        let session = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if !sources.is_empty() {
                session.learn_files(sources).await;
            }
            session.add(logs, false);
        });
    }

    /// Takes logs to compare the others with.
    pub fn compare_with(&self, files: Vec<File>) {
        self.add(files.into_iter().filter(|file| !sources::is_source(&file.name())).collect(), true);
    }

    /// Forgets the logs that the others are compared with.
    pub fn compare_no_more(&self) {
        self.state.borrow_mut().forget_other();
        self.draw();
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
        }
        self.leave_unread(..);
    }

    /// Says of files what was not read of each, after somebody ended the reading.
    fn leave_unread(&self, numbers: impl RangeBounds<u32>) {
        {
            let mut state = self.state.borrow_mut();
            let State { files, reports, .. } = &mut *state;
            for (number, given) in (0..).zip(files).filter(|(number, _)| numbers.contains(number)) {
                let opened = &mut reports.entry(number).or_default().files;
                if let Some(unopened) = given.unopened() {
                    opened.entry(number).or_insert(unopened);
                }
                let Some(own) = opened.get_mut(&number) else { continue };
                let unread = given.unread(own);
                if own.kind.refusal().is_none() && unread > 0 && !own.is_cancelled() {
                    own.coverage.add(Problem { offset: 0, reason: Reason::Cancelled(unread), lost: 0 });
                }
            }
        }
        self.sum_up();
        self.draw();
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let run = self.state.borrow().run + 1;
        self.state.borrow_mut().run = run;
        self.pool.clear();
        self.forget_index();
        let mut state = self.state.borrow_mut();
        let State { clears, added, learned, waiting, explorer, .. } = std::mem::take(&mut *state);
        *state = State { run, clears: clears + 1, added, learned, waiting, explorer, ..State::default() };
        drop(state);
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
            let exploring = state.explorer.shown();
            let State { report, other, added, progress, .. } = &*state;
            let shown = Snapshot {
                report: report.clone(),
                other: other.clone(),
                findings,
                progress: *progress,
                added: added.clone(),
                exploring,
            };
            state.shown = shown.clone();
            shown
        };
        (self.changed)(snapshot);
    }

    /// The records at some places, read again from their files, as an article sees them; or why that is impossible.
    pub async fn rows(&self, article: String, evidence: Vec<Evidence>) -> Result<Vec<(u32, Row)>, String> {
        let mut rows = Vec::new();
        for same_file in evidence.chunk_by(|a, b| a.file == b.file) {
            let number = same_file[0].file;
            let offsets = same_file.iter().map(|evidence| evidence.offset).collect();
            let shown = self.read_again(number, Some(article.clone()), offsets).await?;
            rows.extend(shown.into_iter().map(|row| (number, row)));
        }
        Ok(rows)
    }

    /// Records of one file, as an article sees them, or as the one does that speaks best of each.
    async fn read_again(&self, number: u32, article: Option<String>, offsets: Vec<u64>) -> Result<Vec<Row>, String> {
        let Some((file, log)) = self.log(number) else { return Ok(Vec::new()) };
        let (text, display_text) = self.display_text(&log.name).unzip();
        let files = js_sys::Array::of2(&file, &text.into());
        match self.pool.run(Task::Show { article, log, display_text, offsets }, files).await? {
            Outcome::Shown(rows) => Ok(rows),
            _ => Err("an unexpected answer".into()),
        }
    }

    /// A record as XML, if it can be written so.
    pub async fn xml(&self, number: u32, offset: u64) -> Option<String> {
        let (file, log) = self.log(number)?;
        match self.pool.run(Task::Xml { log, offset }, file).await {
            Ok(Outcome::Xml(xml)) => xml,
            _ => None,
        }
    }
}

/// The same session is the same; its contents come as snapshots.
impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
    }
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
        let done = once(move |_| {
            open.set(open.get() - 1);
            if open.get() == 0
                && let Some(sender) = sender.borrow_mut().take()
            {
                let _ = sender.send(now());
            }
        });
        pool.push(Turn::Last, task, file.clone(), done);
    }
    let ended = receiver.await.map_err(|_| JsValue::from("cancelled"))?;
    Ok(ended - started)
}
