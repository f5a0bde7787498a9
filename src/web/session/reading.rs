//! Files are opened, unpacked and checked by the workers, and their reports merged as they come.

use std::ops::RangeInclusive;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{Blob, File};

use super::super::blob::TOGETHER;
use super::super::messages::{Archived, Log, Look, Opened, Outcome, Task, Unopened, Unpacked};
use super::super::pool::{Turn, once};
use super::super::{files, now, timer};
use super::{Progress, REDRAW_MILLISECONDS, Session, State};
use crate::checkup::{self, FileReport, Ids, Report, unreadable};
use crate::log::evtx::{CHUNK_SIZE, chunk_count, chunk_offset};
use crate::log::{Kind, Problem, Reason, mta};

/// Files are opened together up to so many, and so many bytes as are read together.
const FILES_OF_A_LOT: usize = 32;
/// Files of at most so many bytes are checked when they are opened, the others are cut into slices: 4 MiB.
const WHOLE_FILE: u64 = 4 << 20;
/// To ask for sizes takes the page's thread at most this long at a time: some browsers look at the disk for each.
const ASK_MILLISECONDS: f64 = 35.0;
/// Files whose sizes it knows are opened after this long, and then again and again: asking is much slower while they are
/// read.
const OPEN_MILLISECONDS: f64 = 50.0;
/// How many slices a large log is cut into at least, so that every worker has some.
const SLICES: u64 = 32;
/// Chunks of an ordinary slice: 8 MiB to 32 MiB. Each costs the page's thread a report to merge.
const SLICE: RangeInclusive<u64> = 128..=512;
/// Chunks of a file's first slice, which is to show something at once, and of a slice that is tried again: 1 MiB.
const SMALL_SLICE: u64 = 16;

/// A file that was given, or a log in one that is an archive.
#[derive(Clone)]
pub(super) struct Given {
    /// The file, or the archive that it is in.
    pub(super) file: Blob,
    name: String,
    /// `None` as long as the browser was not asked.
    size: Option<u64>,
    pub(super) archived: Option<Archived>,
    /// The others are compared with it.
    is_other: bool,
    /// It is an archive that was in another one.
    is_nested: bool,
    /// Nothing is said of it: it is an archive, and its logs stand for it, or is none and lies beside logs.
    is_silent: bool,
    /// A worker died over it, and another one tries.
    is_retried: bool,
}

impl Given {
    fn new(file: Blob, name: String, size: Option<u64>) -> Given {
        let (is_other, is_nested, is_silent, is_retried) = (false, false, false, false);
        Given { file, name, size, archived: None, is_other, is_nested, is_silent, is_retried }
    }

    /// Its report when nobody has opened it: it may be anything, but not read it is.
    pub(super) fn unopened(&self) -> Option<FileReport> {
        let size = self.size.filter(|_| !self.is_silent)?;
        Some(FileReport { kind: Kind::Evtx, ..FileReport::open(&self.name, size, &[]) })
    }

    /// The file, and where the log is in it if it is an archive.
    pub(super) fn place(&self) -> (Blob, Option<Archived>) {
        (self.file.clone(), self.archived)
    }

    /// Bytes of a log that were not read yet.
    pub(super) fn unread(&self, report: &FileReport) -> u64 {
        // Slices begin behind the header.
        let header = if report.kind == Kind::Evtx && self.archived.is_none() { chunk_offset(0) } else { 0 };
        report.size.saturating_sub(header).saturating_sub(report.bytes_read)
    }
}

impl State {
    /// Whether the others are compared with a file.
    fn is_other(&self, number: u32) -> bool {
        self.files.get(number as usize).is_some_and(|given| given.is_other)
    }

    /// What is known of a file.
    fn file(&self, number: u32) -> Option<&FileReport> {
        self.reports.get(&number)?.files.get(&number)
    }

    /// The reports of the files of one set.
    fn set(&self, is_other: bool) -> impl Iterator<Item = (u32, &Report)> {
        let reports = self.reports.iter().map(|(number, report)| (*number, report));
        reports.filter(move |(number, _)| self.is_other(*number) == is_other)
    }

    /// Forgets what the others are compared with. Its files keep their numbers, by which the others are known.
    pub(super) fn forget_other(&mut self) {
        let State { files, reports, other, given_other, .. } = self;
        given_other.clear();
        *other = Rc::default();
        for (number, given) in (0..).zip(files).filter(|(_, given)| given.is_other) {
            given.is_silent = true;
            reports.remove(&number);
        }
    }
}

impl Session {
    /// Checks more files; findings merge with those of earlier files, or `is_other` ones are what these are compared with.
    pub fn add(&self, files: Vec<File>, is_other: bool) {
        if files.is_empty() {
            return;
        }
        self.begin();
        {
            let mut state = self.state.borrow_mut();
            let State { given, given_other, .. } = &mut *state;
            if is_other { given_other } else { given }.extend(files.iter().cloned());
        }
        let give = |file: File| {
            (self.give(Given { is_other, ..Given::new(file.clone().into(), files::path(&file), None) }), file)
        };
        let files: Vec<(u32, File)> = files.into_iter().map(give).collect();
        let session = self.clone();
        let run = self.begun();
        wasm_bindgen_futures::spawn_local(async move { session.open_all(run, files).await });
    }

    /// Opens files as their sizes become known, and large ones in the order of these. If somebody ends that, the sizes are
    /// still asked for, so that it can be said what was not read.
    async fn open_all(&self, run: u32, files: Vec<(u32, File)>) {
        let clears = self.state.borrow().clears;
        let first = files.first().map_or(0, |(number, _)| *number);
        let numbers = first..first + files.len() as u32;
        let (mut lots, mut whole, mut large) = (Lots::default(), Vec::new(), Vec::new());
        let mut files = files.into_iter().peekable();
        let (mut paused, mut opened) = (now(), now());
        while let Some((number, file)) = files.next() {
            // A browser looks at the disk each time, so it is asked once.
            let size = file.size() as u64;
            self.change(number, |given| given.size = Some(size));
            if size > WHOLE_FILE { &mut large } else { &mut whole }.push((size, number));
            if files.peek().is_none() || now() - opened > OPEN_MILLISECONDS {
                whole.sort_unstable();
                for (size, number) in whole.drain(..) {
                    self.open_lot(run, lots.push(size, number));
                }
                self.draw_first(run);
                opened = now();
            }
            if now() - paused > ASK_MILLISECONDS {
                timer::pause().await;
                paused = now();
                if self.state.borrow().clears != clears {
                    return;
                }
            }
        }
        large.sort_unstable();
        for (_, number) in large {
            self.open_lot(run, lots.push(Kind::START as u64, number));
        }
        self.open_lot(run, lots.take());
        if self.state.borrow().run != run {
            self.leave_unread(numbers);
        }
        self.finished(run, |_| ());
    }

    /// Shows that files are read, if nothing was shown since their run began.
    fn draw_first(&self, run: u32) {
        let state = self.state.borrow();
        let is_due = state.run == run && state.drawn <= state.started;
        drop(state);
        if is_due {
            self.draw();
        }
    }

    /// Opens files, if there are any and their run was not cancelled.
    fn open_lot(&self, run: u32, lot: Vec<u32>) {
        if self.state.borrow().run == run && !lot.is_empty() {
            self.open(lot);
        }
    }

    /// Begins a run, if there is none.
    fn begin(&self) {
        self.forget_index();
        let mut state = self.state.borrow_mut();
        if !state.progress.running {
            state.started = now();
            state.progress = Progress {
                running: true,
                bytes_before: state.progress.bytes_read,
                bytes: state.progress.bytes_read,
                bytes_read: state.progress.bytes_read,
                records: state.progress.records,
                carves: state.progress.carves,
                ..Progress::default()
            };
        }
    }

    /// Reads what the logs have given up too, of those that are there and those that come.
    pub fn carve(&self) {
        self.begin();
        self.state.borrow_mut().progress.carves = true;
        let run = self.begun();
        self.state.borrow_mut().compared = 0;
        self.finished(run, |_| ());
    }

    fn give(&self, given: Given) -> u32 {
        let files = &mut self.state.borrow_mut().files;
        files.push(given);
        files.len() as u32 - 1
    }

    fn given(&self, number: u32) -> Option<Given> {
        self.state.borrow().files.get(number as usize).cloned()
    }

    /// Lets a worker say what files are, and check the small ones at once. If it dies, each is opened by itself.
    fn open(&self, numbers: Vec<u32>) {
        let given: Vec<Given> = numbers.iter().filter_map(|number| self.given(*number)).collect();
        let check = given.iter().all(|given| !given.is_retried);
        let unopened = |(number, given): (&u32, &Given)| {
            let size = given.size.unwrap_or(0);
            Unopened { number: *number, name: given.name.clone(), size, whole: check && size <= WHOLE_FILE }
        };
        let files = numbers.iter().zip(&given).map(unopened).collect();
        let blobs: js_sys::Array = given.iter().map(|given| JsValue::from(&given.file)).collect();
        let session = self.clone();
        let run = self.begun();
        let done = once(move |outcome| {
            session.finished(run, |session| match outcome {
                Ok(Outcome::Opened(opened)) => opened.into_iter().for_each(|opened| session.opened(opened)),
                Ok(_) => {}
                Err(_) if check => numbers.into_iter().for_each(|number| {
                    session.change(number, |given| given.is_retried = true);
                    session.open(vec![number]);
                }),
                Err(message) => numbers.into_iter().zip(given).for_each(|(number, Given { name, size, .. })| {
                    session.check(number, unreadable(name, size.unwrap_or(0), message.clone()));
                }),
            });
        });
        self.pool.push(if check { Turn::Next } else { Turn::Alone }, Task::Open { files }, blobs, done);
    }

    /// Takes what a worker said of a file: what it is, and perhaps what is in it.
    fn opened(&self, Opened { number, mut report, is_checked, is_article }: Opened) {
        if is_checked {
            let bytes = report.files.values().map(|file| file.size).sum();
            self.state.borrow_mut().progress.bytes += bytes;
            return self.merge(number, bytes, report);
        }
        let Some(file) = report.files.remove(&number) else { return };
        if is_article {
            self.change(number, |given| given.is_silent = true);
            if let Some(Given { file, name, .. }) = self.given(number) {
                self.learn_given(&file, &name, false);
            }
        } else if file.kind.is_archive() {
            self.unpack(number, file);
        } else if lies_beside_logs(&file) {
            self.skip(number, file);
        } else {
            self.check(number, file);
        }
    }

    /// Lets a worker say what is in an archive.
    fn unpack(&self, number: u32, report: FileReport) {
        let Some(Given { file, is_nested, .. }) = self.given(number) else { return };
        let session = self.clone();
        let run = self.begun();
        let task = Task::Unpack { file: Box::new(report.clone()), is_nested };
        let archive = file.clone();
        let done = once(move |outcome| {
            session.finished(run, |session| match outcome {
                Ok(Outcome::Unpacked(contents)) => session.unpacked(number, report.kind, &archive, contents),
                Ok(_) => {}
                Err(message) => session.check(number, unreadable(report.name, report.size, message)),
            });
        });
        self.pool.push(Turn::Next, task, file, done);
    }

    /// Says nothing of a file, unless it turns out that there is nothing else.
    fn skip(&self, number: u32, report: FileReport) {
        self.change(number, |given| given.is_silent = true);
        self.state.borrow_mut().skipped.push((number, report));
    }

    fn change(&self, number: u32, change: impl FnOnce(&mut Given)) {
        if let Some(given) = self.state.borrow_mut().files.get_mut(number as usize) {
            change(given);
        }
    }

    fn unpacked(&self, number: u32, kind: Kind, archive: &Blob, contents: Unpacked) {
        self.change(number, |given| given.is_silent = true);
        let is_other = self.state.borrow().is_other(number);
        let Unpacked { files, archives, has_sources } = contents;
        let archives: Vec<js_sys::Array> = js_sys::Array::from(&archives).iter().map(Into::into).collect();
        if has_sources {
            let has_logs = !files.is_empty() || !archives.is_empty();
            let name = self.given(number).map(|given| given.name).unwrap_or_default();
            self.learn_given(archive, &name, has_logs);
        }
        for (place, report) in files {
            let archived = Some(Archived { archive: number, kind, place });
            let number = self.give(Given {
                archived,
                is_other,
                ..Given::new(archive.clone(), report.name.clone(), Some(report.size))
            });
            self.check(number, report);
        }
        for pair in archives {
            let (name, file) = (pair.get(0).as_string().unwrap_or_default(), Blob::from(pair.get(1)));
            let size = Some(file.size() as u64);
            self.open(vec![self.give(Given { is_nested: true, is_other, ..Given::new(file, name, size) })]);
        }
    }

    /// Has a file checked, if it is a log.
    fn check(&self, number: u32, report: FileReport) {
        if report.kind == Kind::Mta {
            let Some(Given { archived, .. }) = self.given(number) else { return };
            let FileReport { kind, name, size, .. } = report.clone();
            self.state.borrow_mut().texts.insert(number, Log { kind, name, size, archived });
            return self.skip(number, report);
        }
        let part = Report::of(number, report.clone());
        self.merge(number, 0, part);
        let Some(given) = self.given(number) else { return };
        if report.kind == Kind::Evtx && given.archived.is_none() {
            let slices = slices(chunk_count(report.size));
            self.state.borrow_mut().progress.bytes += slices.iter().map(|slice| slice.bytes(report.size)).sum::<u64>();
            slices.into_iter().for_each(|slice| self.check_slice(number, &report, slice, Turn::Last));
        } else if report.kind.refusal().is_none() {
            self.state.borrow_mut().progress.bytes += report.size;
            self.check_in_order(number, report);
        }
    }

    /// Has a slice checked. One over which a worker dies is tried again in smaller pieces, once.
    fn check_slice(&self, number: u32, report: &FileReport, slice: Slice, turn: Turn) {
        let Some(Given { file, .. }) = self.given(number) else { return };
        let (session, report) = (self.clone(), report.clone());
        let run = self.begun();
        let Slice { first, chunks } = slice;
        let task = Task::Check { number, file: Box::new(report.clone()), first, chunks };
        let done = once(move |outcome| {
            session.finished(run, move |session| match outcome {
                Err(_) if turn != Turn::Alone => {
                    let firsts = (first..first + chunks).step_by(SMALL_SLICE as usize);
                    for first in firsts {
                        let chunks = SMALL_SLICE.min(slice.first + slice.chunks - first);
                        session.check_slice(number, &report, Slice { first, chunks }, Turn::Alone);
                    }
                }
                outcome => session.checked(number, &report, slice, outcome),
            });
        });
        self.pool.push(turn, task, file, done);
    }

    /// Has a file checked that is read from its start to its end. If the worker dies, it is tried again, once.
    fn check_in_order(&self, number: u32, report: FileReport) {
        let Some(Given { file, archived, is_retried, .. }) = self.given(number) else { return };
        let session = self.clone();
        let run = self.begun();
        let task = Task::CheckInOrder { number, file: Box::new(report.clone()), archived };
        let mut read = 0;
        let done = move |outcome| match outcome {
            Ok(Outcome::Part(part)) => session.arrived(run, |session| {
                let bytes = part.files.values().map(|file| file.bytes_read).sum();
                read += bytes;
                session.merge(number, bytes, part);
            }),
            Err(_) if !is_retried => session.finished(run, |session| session.start_again(number, &report)),
            outcome => session.finished(run, |session| {
                let left = report.size.saturating_sub(read);
                let part = outcome.err().map(|message| unread(number, &report, read, message)).unwrap_or_default();
                session.merge(number, left, part);
            }),
        };
        self.pool.push(Turn::Last, task, file, Box::new(done));
    }

    /// Forgets what was read of a file, and reads it anew.
    fn start_again(&self, number: u32, report: &FileReport) {
        self.change(number, |given| given.is_retried = true);
        {
            let mut state = self.state.borrow_mut();
            let State { reports, progress, .. } = &mut *state;
            if let Some(own) = reports.remove(&number) {
                progress.bytes_read -= own.files.values().map(|file| file.bytes_read).sum::<u64>();
                progress.bytes = progress.bytes.saturating_sub(own.files.values().map(|file| file.size).sum());
            }
        }
        self.sum_up();
        self.check(number, report.clone());
    }

    /// Puts the report of all together anew.
    pub(super) fn sum_up(&self) {
        let mut state = self.state.borrow_mut();
        state.is_stale = false;
        let sum = |is_other| Rc::new(state.set(is_other).map(|(_, report)| report.clone()).collect::<Report>());
        let (report, other) = (sum(false), sum(true));
        state.progress.records = report.records() + other.records();
        (state.report, state.other) = (report, other);
    }

    /// When all files are read: has those looked at again that may have the same records, or all for what they have
    /// given up.
    fn compare(&self) {
        let (groups, carve) = {
            let mut state = self.state.borrow_mut();
            if state.compared == state.files.len() {
                return;
            }
            state.compared = state.files.len();
            let is_read = |file: &FileReport| file.kind.refusal().is_none() && !file.is_cancelled();
            let look = |number: &u32, ids: Option<Ids>| {
                let file = state.file(*number).filter(|file| is_read(file))?.clone();
                let given = state.files.get(*number as usize)?;
                Some((given.file.clone(), Look { number: *number, file, archived: given.archived, ids }))
            };
            let carve = state.progress.carves;
            // A record may well be in both sets.
            let of_set = |is_other| -> Vec<Vec<(Blob, Look)>> {
                if carve {
                    // Most of what a log has given up is in it too, so that all that is there must be known before.
                    return vec![state.set(is_other).filter_map(|(number, _)| look(&number, None)).collect()];
                }
                let overlaps = checkup::overlaps(state.set(is_other).map(|(_, report)| report));
                let look = |(number, ids): (&u32, &Ids)| look(number, Some(ids.clone()));
                overlaps.iter().map(|group| group.iter().filter_map(look).collect()).collect()
            };
            let groups: Vec<_> = [false, true].into_iter().flat_map(of_set).collect();
            state.progress.bytes += groups.iter().flatten().map(|(_, look)| look.file.size).sum::<u64>();
            // What it changes is drawn at its end, unless that takes long.
            state.drawn = now();
            (groups, carve)
        };
        groups.into_iter().filter(|group| !group.is_empty()).for_each(|group| self.look_again(group, carve));
    }

    /// Has a group of files looked at again, in the order of their numbers.
    fn look_again(&self, group: Vec<(Blob, Look)>, carve: bool) {
        let (blobs, files): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let Some(first) = files.first().map(|look| (look.number, look.file.clone())) else { return };
        let blobs: js_sys::Array = blobs.into_iter().map(JsValue::from).collect();
        let session = self.clone();
        let run = self.begun();
        let done = move |outcome| match outcome {
            Ok(Outcome::Again(report)) => session.arrived(run, |session| {
                let mut state = session.state.borrow_mut();
                state.progress.bytes_read += report.files.values().map(|file| file.size).sum::<u64>();
                state.is_stale = true;
                let Some(number) = report.files.keys().next() else { return };
                state.reports.insert(*number, report);
            }),
            Ok(Outcome::Part(report)) => session.arrived(run, |session| {
                let Some(number) = report.files.keys().next() else { return };
                let mut state = session.state.borrow_mut();
                state.is_stale = true;
                state.reports.entry(*number).or_default().merge(report);
            }),
            outcome => session.finished(run, |session| {
                if let Err(message) = outcome {
                    session.merge(first.0, 0, unread(first.0, &first.1, 0, message));
                }
            }),
        };
        self.pool.push(Turn::Last, Task::LookAgain { files, carve }, blobs, Box::new(done));
    }

    /// Takes the report of a slice.
    fn checked(&self, number: u32, file: &FileReport, slice: Slice, outcome: Result<Outcome, String>) {
        let (offset, bytes) = (chunk_offset(slice.first), slice.bytes(file.size));
        let part = outcome.and_then(|outcome| match outcome {
            Outcome::Checked(part) => Ok(part),
            _ => Err("an unexpected answer".into()),
        });
        let mut part = part.unwrap_or_else(|message| unread(number, file, offset, message));
        if let Some(own) = part.files.get_mut(&number)
            && own.bytes_read < bytes
            && own.coverage.problems.iter().all(|problem| !matches!(problem.reason, Reason::Unreadable(_)))
        {
            // The file became shorter while it was being read.
            let reason = Reason::Unreadable(format!("{} of {bytes} bytes came", own.bytes_read));
            own.coverage.add(Problem { offset, reason, lost: 0 });
        }
        self.merge(number, bytes, part);
    }

    /// Takes the report of some of a file.
    fn merge(&self, number: u32, bytes: u64, part: Report) {
        let mut state = self.state.borrow_mut();
        state.progress.bytes_read += bytes;
        state.progress.records += part.records();
        state.reports.entry(number).or_default().merge(part.clone());
        let is_other = state.is_other(number);
        let State { report, other, .. } = &mut *state;
        Rc::make_mut(if is_other { other } else { report }).merge(part);
    }

    /// A task is on its way; gives the run that it belongs to.
    fn begun(&self) -> u32 {
        let mut state = self.state.borrow_mut();
        state.open_tasks += 1;
        state.run
    }

    /// A task has come back: takes what it brought, unless its run was cancelled, and redraws when it is time.
    fn finished(&self, run: u32, take: impl FnOnce(&Session)) {
        self.arrived(run, |session| {
            take(session);
            if session.state.borrow().open_tasks == 1 {
                session.compare();
            }
            let is_stale = {
                let mut state = session.state.borrow_mut();
                state.open_tasks -= 1;
                state.progress.running = state.open_tasks > 0;
                let State { open_tasks: 0, skipped, report, reports, is_stale, .. } = &mut *state else { return };
                let skipped = std::mem::take(skipped);
                if report.files.is_empty() {
                    let alone = |(number, file)| (number, Report::of(number, file));
                    reports.extend(skipped.into_iter().map(alone));
                    *is_stale = true;
                }
                *is_stale
            };
            if is_stale {
                session.sum_up();
            }
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

    /// Whether a log is in an archive.
    pub fn is_archived(&self, number: u32) -> bool {
        self.given(number).is_some_and(|given| given.archived.is_some())
    }

    /// A file, and what must be known to read some of it again.
    pub(super) fn log(&self, number: u32) -> Option<(Blob, Log)> {
        let Given { file, archived, .. } = self.given(number)?;
        let state = self.state.borrow();
        let FileReport { kind, name, size, .. } = state.file(number)?;
        Some((file, Log { kind: *kind, name: name.clone(), size: *size, archived }))
    }

    /// The display text of the log with a name, if it was given.
    pub(super) fn display_text(&self, log: &str) -> Option<(Blob, Log)> {
        let state = self.state.borrow();
        let (number, text) = state.texts.iter().find(|(_, text)| mta::is_of(&text.name, log))?;
        let Given { file, .. } = state.files.get(*number as usize)?;
        Some((file.clone(), text.clone()))
    }
}

fn unread(number: u32, file: &FileReport, offset: u64, message: String) -> Report {
    checkup::unread_slice(number, file, Problem { offset, reason: Reason::Unreadable(message), lost: 0 })
}

/// Whether a file is no log and came with a folder of logs.
fn lies_beside_logs(file: &FileReport) -> bool {
    file.kind.refusal().is_some() && file.name.contains('/') && !checkup::is_expected(&file.name)
}

/// Puts files together that a worker opens together.
#[derive(Default)]
struct Lots {
    bytes: u64,
    lot: Vec<u32>,
}

impl Lots {
    /// Adds a file, and gives the lot that has no room for it; no files, if there is room.
    fn push(&mut self, size: u64, number: u32) -> Vec<u32> {
        let is_full = self.bytes + size > TOGETHER || self.lot.len() == FILES_OF_A_LOT;
        let full = if is_full { self.take() } else { Vec::new() };
        self.bytes += size;
        self.lot.push(number);
        full
    }

    /// What is no full lot yet.
    fn take(&mut self) -> Vec<u32> {
        self.bytes = 0;
        std::mem::take(&mut self.lot)
    }
}

/// A run of chunks.
#[derive(Clone, Copy)]
pub(super) struct Slice {
    pub(super) first: u64,
    pub(super) chunks: u64,
}

impl Slice {
    /// Its bytes in a file of the given size.
    fn bytes(&self, size: u64) -> u64 {
        let start = chunk_offset(self.first);
        (start + self.chunks * CHUNK_SIZE).min(size).saturating_sub(start)
    }
}

/// Cuts a log into slices, the last chunks first: the newest records are mostly there.
pub(super) fn slices(chunks: u64) -> Vec<Slice> {
    let ordinary = (chunks / SLICES).clamp(*SLICE.start(), *SLICE.end());
    let mut slices = Vec::new();
    let mut end = chunks;
    while end > 0 {
        let length = if slices.is_empty() { SMALL_SLICE } else { ordinary }.min(end);
        end -= length;
        slices.push(Slice { first: end, chunks: length });
    }
    slices
}
