//! Logs on disk: found in folders and archives, and checked by all cores.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use evtx_checkup::checkup::{self, Checkup, Contents, FileReport, Keys, Parts, Report, unreadable};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::archive::Archive;
use evtx_checkup::log::evtx::{chunk_count, chunk_offset};
use evtx_checkup::log::{Kind, Problem, Reason};
use tempfile::{NamedTempFile, TempPath};

/// Chunks that a thread reads at once: 4 MiB.
const SLICE: u64 = 64;

/// Checks these files, and those in folders and archives; where that is asked for, also what they have given up.
pub fn check(knowledge: &KnowledgeBase, paths: &[PathBuf], carve: bool) -> Report {
    let mut logs = Logs::default();
    paths.iter().for_each(|path| logs.add(path));
    let opened = (0..).zip(&logs.files).map(|(number, log)| (number, Report::of(number, log.report.clone())));
    let reports = Mutex::new(opened.collect::<BTreeMap<u32, Report>>());
    let jobs = logs.jobs();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut worker = Worker::new(knowledge);
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let part = worker.check(job);
            if let Ok(mut reports) = reports.lock() {
                reports.entry(job.number).or_default().merge(part);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let mut reports = reports.into_inner().unwrap_or_default();
    look_again(knowledge, &logs.files, carve, &mut reports);
    reports.into_values().collect()
}

/// Looks again at files that may have the same records, and at what they have given up where that is asked for.
fn look_again(knowledge: &KnowledgeBase, logs: &[Log], carve: bool, reports: &mut BTreeMap<u32, Report>) {
    let keys = Keys::default();
    let overlaps: BTreeMap<_, _> = checkup::overlaps(reports.values()).into_iter().flatten().collect();
    let mut worker = Worker::new(knowledge);
    let is_log = |log: &Log| log.report.kind.refusal().is_none();
    for (number, log) in (0..).zip(logs).filter(|(number, log)| is_log(log) && (carve || overlaps.contains_key(number)))
    {
        let Some(report) = reports.get_mut(&number) else { continue };
        let Some(first) = report.files.get(&number).cloned() else { continue };
        let ids = overlaps.get(&number).filter(|_| !carve).cloned();
        let look = |bytes: &mut dyn Read| checkup::again(knowledge, number, &first, ids, &keys, bytes).collect();
        // What cannot be opened any more keeps its first report.
        if let Ok(again) = worker.read(log, look) {
            *report = again;
        }
    }
    for (number, log) in (0..).zip(logs).filter(|(_, log)| carve && is_log(log)) {
        let Some(report) = reports.get_mut(&number) else { continue };
        let Some(first) = report.files.get(&number).cloned() else { continue };
        let look = |bytes: &mut dyn Read| checkup::carve(knowledge, number, &first, &keys, bytes).collect::<Report>();
        if let Ok(carved) = worker.read(log, look) {
            report.merge(carved);
        }
    }
}

/// A file, or all files of a folder and the folders in it, by name.
pub fn below(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    // A link to a folder could lead back.
    let below = entries.into_iter().filter(|path| !(path.is_symlink() && path.is_dir())).map(|path| below(&path));
    Ok(below.collect::<io::Result<Vec<_>>>()?.concat())
}

/// What tells what a file is.
pub fn start(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut start = Vec::new();
    file.take(Kind::START as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// The files to check.
#[derive(Default)]
struct Logs {
    files: Vec<Log>,
    /// Archives that were in archives, on disk as long as they are needed.
    unpacked: Vec<TempPath>,
}

struct Log {
    report: FileReport,
    path: PathBuf,
    /// What kind of archive it is in, and its place there.
    archived: Option<(Kind, usize)>,
}

/// Something that a thread does.
struct Job<'l> {
    number: u32,
    log: &'l Log,
    /// Chunks of an .evtx log; otherwise all of the file.
    chunks: Option<std::ops::Range<u64>>,
}

impl Logs {
    /// Adds a file, or all of a folder.
    fn add(&mut self, path: &Path) {
        let (in_folder, before) = (path.is_dir(), self.files.len());
        match below(path) {
            Ok(paths) => paths.iter().for_each(|path| self.add_file(path, in_folder)),
            Err(error) => self.files.push(Log::unread(path, error)),
        }
        if self.files.len() == before {
            self.files.push(Log::unread(path, io::Error::other("there is no event log in it")));
        }
    }

    fn add_file(&mut self, path: &Path, in_folder: bool) {
        let name = path.display().to_string();
        let opened = start(path).and_then(|start| Ok((path.metadata()?.len(), start)));
        match opened.map(|(size, start)| FileReport::open(&name, size, &start)) {
            Ok(report) if report.kind.is_archive() => self.add_archive(report, path, false),
            // What lies beside logs in a folder is not spoken of.
            Ok(report) if in_folder && report.kind.refusal().is_some() && !checkup::is_expected(&name) => {}
            Ok(report) => self.files.push(Log { report, path: path.to_owned(), archived: None }),
            Err(error) => self.files.push(Log::unread(path, error)),
        }
    }

    fn add_archive(&mut self, report: FileReport, path: &Path, is_nested: bool) {
        let kind = report.kind;
        let mut archive = match Archive::open(|| File::open(path), kind, &report.name) {
            Ok(archive) => archive,
            Err(error) => {
                let report = unreadable(report.name, report.size, error);
                return self.files.push(Log { report, path: path.to_owned(), archived: None });
            }
        };
        let contents = Contents::of(&mut archive, &report, is_nested, |entry| {
            let mut file = NamedTempFile::new()?;
            io::copy(entry, &mut file)?;
            Ok(file.into_temp_path())
        });
        let archived = |place| Some((kind, place));
        // Display text is for records that somebody looks at.
        let logs = contents.files.into_iter().filter(|(_, file)| file.kind != Kind::Mta);
        self.files.extend(logs.map(|(place, report)| Log { report, path: path.to_owned(), archived: archived(place) }));
        for (name, kind, unpacked) in contents.archives {
            let size = unpacked.metadata().map_or(0, |metadata| metadata.len());
            self.add_archive(FileReport { kind, ..FileReport::open(name, size, &[]) }, &unpacked, true);
            self.unpacked.push(unpacked);
        }
    }

    /// What is to be done, the largest files last.
    fn jobs(&self) -> Vec<Job<'_>> {
        let mut jobs = Vec::new();
        let mut logs: Vec<_> = (0..).zip(&self.files).filter(|(_, log)| log.report.kind.refusal().is_none()).collect();
        logs.sort_by_key(|(_, log)| log.report.size);
        for (number, log) in logs {
            if log.report.kind == Kind::Evtx && log.archived.is_none() {
                let chunks = chunk_count(log.report.size);
                let slices = (0..chunks).step_by(SLICE as usize).map(|first| first..chunks.min(first + SLICE));
                jobs.extend(slices.map(|chunks| Job { number, log, chunks: Some(chunks) }));
            } else {
                jobs.push(Job { number, log, chunks: None });
            }
        }
        jobs
    }
}

impl Log {
    fn unread(path: &Path, error: io::Error) -> Log {
        let report = unreadable(path.display().to_string(), 0, error.to_string());
        Log { report, path: path.to_owned(), archived: None }
    }
}

/// What a thread keeps from job to job.
struct Worker<'k> {
    knowledge: &'k KnowledgeBase,
    checkup: Checkup<'k>,
    buffer: Vec<u8>,
    /// The archive of the job before.
    archive: Option<(&'k Path, Archive<File>)>,
}

impl<'k> Worker<'k> {
    fn new(knowledge: &'k KnowledgeBase) -> Worker<'k> {
        Worker { knowledge, checkup: Checkup::new(knowledge), buffer: Vec::new(), archive: None }
    }

    fn check(&mut self, job: &Job<'k>) -> Report {
        let Job { number, log, chunks } = job;
        let (offset, outcome) = match chunks {
            Some(chunks) => {
                let offset = chunk_offset(chunks.start);
                let end = chunk_offset(chunks.end).min(log.report.size);
                (offset, self.check_slice(*number, log, offset, end - offset))
            }
            None => (0, self.check_whole(*number, log)),
        };
        outcome.unwrap_or_else(|error| {
            let reason = Reason::Unreadable(error.to_string());
            checkup::unread_slice(*number, &log.report, Problem { offset, reason, lost: 0 })
        })
    }

    fn check_slice(&mut self, number: u32, log: &Log, offset: u64, length: u64) -> io::Result<Report> {
        let mut file = File::open(&log.path)?;
        file.seek(SeekFrom::Start(offset))?;
        self.buffer.clear();
        file.take(length).read_to_end(&mut self.buffer)?;
        if (self.buffer.len() as u64) < length {
            return Err(io::Error::other(format!("{} of {length} bytes came", self.buffer.len())));
        }
        self.checkup.open(number, &log.report);
        self.checkup.read(&self.buffer, offset);
        Ok(self.checkup.finish())
    }

    fn check_whole(&mut self, number: u32, log: &'k Log) -> io::Result<Report> {
        let (file, knowledge) = (&log.report, self.knowledge);
        let Some(reader) = file.kind.reader(file.size, &file.name) else { return Ok(Report::default()) };
        self.read(log, |bytes| Parts::new(knowledge, number, file, reader, bytes).collect())
    }

    /// Reads a file from its start.
    fn read<T>(&mut self, log: &'k Log, read: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        let Some((kind, place)) = log.archived else { return Ok(read(&mut File::open(&log.path)?)) };
        let (_, archive) = match self.archive.take_if(|(path, _)| *path == log.path) {
            Some(archive) => self.archive.insert(archive),
            None => {
                let archive = Archive::open(|| File::open(&log.path), kind, &log.report.name);
                self.archive.insert((&log.path, archive.map_err(io::Error::other)?))
            }
        };
        Ok(read(&mut archive.entry(place).map_err(|(_, error)| io::Error::other(error))?))
    }
}
