//! Logs on disk: found in folders and archives, and checked by all cores.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use evtx_checkup::checkup::{self, Checkup, Contents, FileReport, Keys, Parts, Report, unreadable};
use evtx_checkup::export::redaction::{Found, Names, Texts};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::archive::Archive;
use evtx_checkup::log::evtx::{Reader, chunk_count, chunk_offset};
use evtx_checkup::log::{Kind, Problem, Reason, Sequential};
use tempfile::{NamedTempFile, TempPath};

/// Chunks that a thread reads at once: 4 MiB.
const SLICE: u64 = 64;

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
pub struct Logs {
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
    chunks: Option<Range<u64>>,
}

impl Logs {
    /// These files, and those in folders and archives.
    pub fn find(paths: &[PathBuf]) -> Logs {
        let mut logs = Logs::default();
        paths.iter().for_each(|path| logs.add(path));
        logs
    }

    /// Checks them; where that is asked for, also what they have given up.
    pub fn check(&self, knowledge: &KnowledgeBase, carve: bool) -> Report {
        let opened = (0..).zip(&self.files).map(|(number, log)| (number, Report::of(number, log.report.clone())));
        let mut reports: BTreeMap<u32, Report> = opened.collect();
        let parts = self.share_out(|jobs| {
            let mut own = BTreeMap::<u32, Report>::new();
            let (mut bytes, mut checkup) = (Bytes::default(), Checkup::new(knowledge));
            for job in jobs {
                own.entry(job.number).or_default().merge(job.check(knowledge, &mut checkup, &mut bytes));
            }
            own
        });
        for (number, part) in parts.into_iter().flatten() {
            reports.entry(number).or_default().merge(part);
        }
        self.look_again(knowledge, carve, &mut reports);
        reports.into_values().collect()
    }

    /// Looks again at files that may have the same records, and at what they have given up where that is asked for.
    fn look_again(&self, knowledge: &KnowledgeBase, carve: bool, reports: &mut BTreeMap<u32, Report>) {
        let keys = Keys::default();
        let overlaps: BTreeMap<_, _> = checkup::overlaps(reports.values()).into_iter().flatten().collect();
        let mut bytes = Bytes::default();
        let logs = || (0..).zip(&self.files).filter(|(_, log)| log.report.kind.refusal().is_none());
        for (number, log) in logs().filter(|(number, _)| carve || overlaps.contains_key(number)) {
            let Some(report) = reports.get_mut(&number) else { continue };
            let Some(first) = report.files.get(&number).cloned() else { continue };
            let ids = overlaps.get(&number).filter(|_| !carve).cloned();
            let look = |bytes: &mut dyn Read| checkup::again(knowledge, number, &first, ids, &keys, bytes).collect();
            // What cannot be opened any more keeps its first report.
            if let Ok(again) = bytes.whole(log, look) {
                *report = again;
            }
        }
        for (number, log) in logs().filter(|_| carve) {
            let Some(report) = reports.get_mut(&number) else { continue };
            let Some(first) = report.files.get(&number).cloned() else { continue };
            let look =
                |bytes: &mut dyn Read| checkup::carve(knowledge, number, &first, &keys, bytes).collect::<Report>();
            if let Ok(carved) = bytes.whole(log, look) {
                report.merge(carved);
            }
        }
    }

    /// The names that the logs have of what is in these texts of their report. An error where one cannot be read that
    /// could be read before: its names would stay.
    pub fn names(&self, texts: &Texts, report: &Report, carve: bool) -> io::Result<Found> {
        let mut found = Found::default();
        let parts = self.share_out(|jobs| {
            let (mut bytes, mut names) = (Bytes::default(), Names::new(texts));
            for job in jobs {
                let was_unreadable = report.files.get(&job.number).is_some_and(FileReport::is_unreadable);
                job.names(carve, &mut bytes, &mut names)
                    .or_else(|error| if was_unreadable { Ok(()) } else { Err(error) })?;
            }
            io::Result::Ok(names.finish())
        });
        for part in parts {
            found.merge(part?);
        }
        Ok(found)
    }

    /// Shares out what is to be done to all cores.
    fn share_out<'l, T: Send>(&'l self, work: impl Fn(&mut dyn Iterator<Item = &Job<'l>>) -> T + Sync) -> Vec<T> {
        let (jobs, next) = (self.jobs(), AtomicUsize::new(0));
        let work = || work(&mut std::iter::from_fn(|| jobs.get(next.fetch_add(1, Ordering::Relaxed))));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        })
    }

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
#[derive(Default)]
struct Bytes<'l> {
    slice: Vec<u8>,
    /// The archive of the job before.
    archive: Option<(&'l Path, Archive<File>)>,
}

impl<'l> Bytes<'l> {
    /// The bytes of some chunks of a log, and the offset of the first.
    fn slice(&mut self, log: &Log, chunks: &Range<u64>) -> io::Result<(&[u8], u64)> {
        let offset = chunk_offset(chunks.start);
        let length = chunk_offset(chunks.end).min(log.report.size) - offset;
        let mut file = File::open(&log.path)?;
        file.seek(SeekFrom::Start(offset))?;
        self.slice.clear();
        file.take(length).read_to_end(&mut self.slice)?;
        if (self.slice.len() as u64) < length {
            return Err(io::Error::other(format!("{} of {length} bytes came", self.slice.len())));
        }
        Ok((&self.slice, offset))
    }

    /// Reads a log from its start.
    fn whole<T>(&mut self, log: &'l Log, read: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
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

impl<'l> Job<'l> {
    fn check(&self, knowledge: &KnowledgeBase, checkup: &mut Checkup<'_>, bytes: &mut Bytes<'l>) -> Report {
        let Job { number, log, chunks } = self;
        let (offset, outcome) = match chunks {
            Some(chunks) => {
                let outcome = bytes.slice(log, chunks).map(|(bytes, offset)| {
                    checkup.open(*number, &log.report);
                    checkup.read(bytes, offset);
                    checkup.finish()
                });
                (chunk_offset(chunks.start), outcome)
            }
            None => {
                let FileReport { kind, size, name, .. } = &log.report;
                let parts = |bytes: &mut dyn Read| match kind.reader(*size, name) {
                    Some(reader) => Parts::new(knowledge, *number, &log.report, reader, bytes).collect(),
                    None => Report::default(),
                };
                (0, bytes.whole(log, parts))
            }
        };
        outcome.unwrap_or_else(|error| {
            let reason = Reason::Unreadable(error.to_string());
            checkup::unread_slice(*number, &log.report, Problem { offset, reason, lost: 0 })
        })
    }

    /// Takes the names of every record, where that is asked for also of those that the log has given up.
    fn names(&self, carve: bool, bytes: &mut Bytes<'l>, names: &mut Names) -> io::Result<()> {
        let FileReport { kind, size, name, .. } = &self.log.report;
        let carver =
            kind.carver(*size, name).filter(|_| carve && self.chunks.as_ref().is_none_or(|chunks| chunks.start == 0));
        if let Some(carver) = carver {
            bytes.whole(self.log, |bytes| read_names(names, carver, *size, bytes))??;
        }
        if let Some(chunks) = &self.chunks {
            let (bytes, offset) = bytes.slice(self.log, chunks)?;
            Reader::default().slice(bytes, offset, names);
            return Ok(());
        }
        let Some(reader) = kind.reader(*size, name) else { return Ok(()) };
        bytes.whole(self.log, |bytes| read_names(names, reader, *size, bytes))?
    }
}

/// Takes the names of all records of a file of so many bytes.
fn read_names(names: &mut Names, mut reader: impl Sequential, size: u64, bytes: &mut dyn Read) -> io::Result<()> {
    let mut read = 0;
    loop {
        match names.read_some(&mut reader, bytes)? {
            0 if read < size => return Err(io::Error::other(format!("{read} of {size} bytes came"))),
            0 => return Ok(()),
            some => read += some,
        }
    }
}
