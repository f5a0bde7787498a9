//! Files are opened, unpacked and checked by the workers, and their reports merged as they come.

use std::rc::Rc;

use web_sys::{Blob, File};

use super::super::messages::{Archived, Log, Look, Outcome, Task, Unpacked};
use super::super::{files, now};
use super::{Progress, REDRAW_MILLISECONDS, Session, State};
use crate::checkup::{self, FileReport, Report, unreadable};
use crate::log::evtx::{CHUNK_SIZE, chunk_count, chunk_offset};
use crate::log::{Kind, Problem, Reason, mta};

/// Chunks of an ordinary slice: 8 MiB.
const SLICE: u64 = 128;
/// Chunks of a file's first slice, which is to show something at once, and of a slice that is tried again: 1 MiB.
const SMALL_SLICE: u64 = 16;

/// A file that was given, or a log in one that is an archive.
#[derive(Clone)]
pub(super) struct Given {
    /// The file, or the archive that it is in.
    file: Blob,
    name: String,
    archived: Option<Archived>,
    /// It is an archive that was in another one.
    is_nested: bool,
    /// Nothing is said of it: it is an archive, and its logs stand for it, or is none and lies beside logs.
    is_silent: bool,
    /// A worker died over it, and another one tries.
    is_retried: bool,
}

impl Given {
    fn new(file: Blob, name: String) -> Given {
        Given { file, name, archived: None, is_nested: false, is_silent: false, is_retried: false }
    }

    /// Its report when nobody has opened it: it may be anything, but not read it is.
    pub(super) fn unopened(&self) -> Option<FileReport> {
        let file = FileReport { kind: Kind::Evtx, ..FileReport::open(&self.name, self.file.size() as u64, &[]) };
        (!self.is_silent).then_some(file)
    }

    /// Bytes of a log that were not read yet.
    pub(super) fn unread(&self, report: &FileReport) -> u64 {
        // Slices begin behind the header.
        let header = if report.kind == Kind::Evtx && self.archived.is_none() { chunk_offset(0) } else { 0 };
        report.size.saturating_sub(header).saturating_sub(report.bytes_read)
    }
}

impl Session {
    /// Checks more files; findings merge with those of earlier files.
    pub fn add(&self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        self.begin();
        self.state.borrow_mut().given.extend(files.iter().cloned());
        let mut numbers: Vec<(u64, u32)> = Vec::new();
        for file in files {
            let (size, name) = (file.size() as u64, files::path(&file));
            numbers.push((size, self.give(Given::new(file.into(), name))));
        }
        // Each is put before the others, so that the largest comes last.
        numbers.sort_unstable();
        numbers.into_iter().rev().for_each(|(_, number)| self.open(number));
        self.draw();
    }

    /// Begins a run, if there is none.
    fn begin(&self) {
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
        let run = self.begun(1);
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

    /// Lets a worker say what a file is. If it dies, another one is asked.
    fn open(&self, number: u32) {
        let Some(Given { file, name, is_retried, .. }) = self.given(number) else { return };
        let session = self.clone();
        let run = self.begun(1);
        self.pool.push_urgent(Task::Open { name: name.clone() }, file.clone(), move |outcome| {
            session.finished(run, |session| match outcome {
                Ok(Outcome::Article) => {
                    session.change(number, |given| given.is_silent = true);
                    session.learn_given(&file, &name, false);
                }
                Ok(Outcome::Opened(report)) if report.kind.is_archive() => session.unpack(number, *report),
                Ok(Outcome::Opened(report)) if lies_beside_logs(&report) => session.skip(number, *report),
                Ok(Outcome::Opened(report)) => session.opened(number, *report),
                Ok(_) => {}
                Err(_) if !is_retried => {
                    session.change(number, |given| given.is_retried = true);
                    session.open(number);
                }
                Err(message) => session.opened(number, unreadable(name, file.size() as u64, message)),
            });
        });
    }

    /// Lets a worker say what is in an archive.
    fn unpack(&self, number: u32, report: FileReport) {
        let Some(Given { file, is_nested, .. }) = self.given(number) else { return };
        let session = self.clone();
        let run = self.begun(1);
        let task = Task::Unpack { file: Box::new(report.clone()), is_nested };
        self.pool.push_urgent(task, file.clone(), move |outcome| {
            session.finished(run, |session| match outcome {
                Ok(Outcome::Unpacked(contents)) => session.unpacked(number, report.kind, &file, contents),
                Ok(_) => {}
                Err(message) => session.opened(number, unreadable(report.name, report.size, message)),
            });
        });
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
        let Unpacked { files, archives, has_sources } = contents;
        let archives: Vec<js_sys::Array> = js_sys::Array::from(&archives).iter().map(Into::into).collect();
        if has_sources {
            let has_logs = !files.is_empty() || !archives.is_empty();
            let name = self.given(number).map(|given| given.name).unwrap_or_default();
            self.learn_given(archive, &name, has_logs);
        }
        for (place, report) in files {
            let archived = Some(Archived { archive: number, kind, place });
            let number = self.give(Given { archived, ..Given::new(archive.clone(), report.name.clone()) });
            self.opened(number, report);
        }
        for pair in archives {
            let name = pair.get(0).as_string().unwrap_or_default();
            self.open(self.give(Given { is_nested: true, ..Given::new(pair.get(1).into(), name) }));
        }
    }

    /// Has a file checked, if it is a log.
    fn opened(&self, number: u32, report: FileReport) {
        if report.kind == Kind::Mta {
            let Some(Given { archived, .. }) = self.given(number) else { return };
            let FileReport { kind, name, size, .. } = report.clone();
            self.state.borrow_mut().texts.insert(number, Log { kind, name, size, archived });
            return self.skip(number, report);
        }
        let part = Report { files: [(number, report.clone())].into(), ..Report::default() };
        self.merge(number, 0, part);
        let Some(given) = self.given(number) else { return };
        if report.kind == Kind::Evtx && given.archived.is_none() {
            let slices = slices(chunk_count(report.size));
            self.state.borrow_mut().progress.bytes += slices.iter().map(|slice| slice.bytes(report.size)).sum::<u64>();
            slices.into_iter().for_each(|slice| self.check(number, &report, slice, false));
        } else if report.kind.refusal().is_none() {
            self.state.borrow_mut().progress.bytes += report.size;
            self.check_in_order(number, report);
        }
    }

    /// Has a slice checked. One over which a worker dies is tried again in smaller pieces, once.
    fn check(&self, number: u32, report: &FileReport, slice: Slice, is_retried: bool) {
        let Some(Given { file, .. }) = self.given(number) else { return };
        let (session, report) = (self.clone(), report.clone());
        let run = self.begun(1);
        let Slice { first, chunks } = slice;
        let task = Task::Check { number, file: Box::new(report.clone()), first, chunks };
        let done = move |outcome| {
            session.finished(run, move |session| match outcome {
                Err(_) if !is_retried => {
                    let firsts = (first..first + chunks).step_by(SMALL_SLICE as usize);
                    for first in firsts {
                        let chunks = SMALL_SLICE.min(slice.first + slice.chunks - first);
                        session.check(number, &report, Slice { first, chunks }, true);
                    }
                }
                outcome => session.checked(number, &report, slice, outcome),
            });
        };
        match is_retried {
            true => self.pool.push_again(task, file, done),
            false => self.pool.push(task, file, done),
        }
    }

    /// Has a file checked that is read from its start to its end. If the worker dies, it is tried again, once.
    fn check_in_order(&self, number: u32, report: FileReport) {
        let Some(Given { file, archived, is_retried, .. }) = self.given(number) else { return };
        let session = self.clone();
        let run = self.begun(1);
        let task = Task::CheckInOrder { number, file: Box::new(report.clone()), archived };
        let mut read = 0;
        self.pool.push_parted(task, file, move |outcome| match outcome {
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
        });
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
        self.opened(number, report.clone());
    }

    /// Puts the report of all together anew.
    fn sum_up(&self) {
        let mut state = self.state.borrow_mut();
        let mut all = Report::default();
        state.reports.values().for_each(|report| all.merge(report.clone()));
        state.progress.records = all.records();
        state.report = Rc::new(all);
    }

    /// When all files are read: has those looked at again that may have the same records, or all for what they have
    /// given up.
    fn compare(&self) {
        let (files, blobs, carve) = {
            let mut state = self.state.borrow_mut();
            if state.compared == state.files.len() {
                return;
            }
            state.compared = state.files.len();
            let overlaps = checkup::overlaps(state.reports.values());
            let mut files = Vec::new();
            let blobs = js_sys::Array::new();
            for (number, file) in &state.report.files {
                let ids = overlaps.get(number);
                let Some(given) = state.files.get(*number as usize) else { continue };
                if file.kind.refusal().is_some() || file.is_cancelled() || (ids.is_none() && !state.progress.carves) {
                    continue;
                }
                let ids = ids.filter(|_| !state.progress.carves).cloned();
                files.push(Look { number: *number, file: file.clone(), archived: given.archived, ids });
                blobs.push(given.file.as_ref());
            }
            state.progress.bytes += files.iter().map(|look| look.file.size).sum::<u64>();
            (files, blobs, state.progress.carves)
        };
        let Some(first) = files.first().map(|look| (look.number, look.file.clone())) else { return };
        let session = self.clone();
        let run = self.begun(1);
        self.pool.push_parted(Task::LookAgain { files, carve }, blobs, move |outcome| match outcome {
            Ok(Outcome::Again(report)) => session.arrived(run, |session| {
                let mut state = session.state.borrow_mut();
                state.progress.bytes_read += report.files.values().map(|file| file.size).sum::<u64>();
                let Some(number) = report.files.keys().next() else { return };
                state.reports.insert(*number, report);
            }),
            Ok(Outcome::Part(report)) => session.arrived(run, |session| {
                let Some(number) = report.files.keys().next() else { return };
                session.state.borrow_mut().reports.entry(*number).or_default().merge(report);
            }),
            outcome => session.finished(run, |session| {
                if let Err(message) = outcome {
                    session.merge(first.0, 0, unread(first.0, &first.1, 0, message));
                }
                session.sum_up();
            }),
        });
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
        Rc::make_mut(&mut state.report).merge(part);
    }

    /// So many tasks are on their way; gives the run that they belong to.
    fn begun(&self, tasks: usize) -> u32 {
        let mut state = self.state.borrow_mut();
        state.open_tasks += tasks;
        state.run
    }

    /// A task has come back: takes what it brought, unless its run was cancelled, and redraws when it is time.
    fn finished(&self, run: u32, take: impl FnOnce(&Session)) {
        self.arrived(run, |session| {
            take(session);
            if session.state.borrow().open_tasks == 1 {
                session.compare();
            }
            let mut state = session.state.borrow_mut();
            state.open_tasks -= 1;
            state.progress.running = state.open_tasks > 0;
            let State { open_tasks: 0, skipped, report, .. } = &mut *state else { return };
            let skipped = std::mem::take(skipped);
            if report.files.is_empty() {
                Rc::make_mut(report).files.extend(skipped);
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

    /// A file, and what must be known to read some of it again.
    pub(super) fn log(&self, number: u32) -> Option<(Blob, Log)> {
        let Given { file, archived, .. } = self.given(number)?;
        let state = self.state.borrow();
        let FileReport { kind, name, size, .. } = state.report.files.get(&number)?;
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
    let mut slices = Vec::new();
    let mut end = chunks;
    while end > 0 {
        let length = if slices.is_empty() { SMALL_SLICE } else { SLICE }.min(end);
        end -= length;
        slices.push(Slice { first: end, chunks: length });
    }
    slices
}
