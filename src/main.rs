//! The command line: the same checkup where there is no browser.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use evtx_checkup::checkup::{self, Checkup, FileReport, Report};
use evtx_checkup::export;
use evtx_checkup::kb::{Article, KnowledgeBase};
use evtx_checkup::log::evtx::{CHUNK_SIZE, chunk_count, chunk_offset};
use evtx_checkup::log::{Kind, Problem, Reason, evt, xml};
use evtx_checkup::sources;

const HELP: &str = "\
Says which known issues Windows event logs show, and how to resolve them.

Usage: evtx-checkup [--format text|json] [--kb PATH]... FILE...
       evtx-checkup lint PATH...
       evtx-checkup import [--format text|json] PATH...

--kb adds known issues of your own: articles (.md) and Sigma rules (.yml), or folders and zip archives of them; lint
only checks them.

import reads articles of Microsoft's Knowledge Base (.txt, .md), or folders and zip archives of them: as text, each as an
article to edit; as JSON, what was found in each, one object a line.

Exit status: 0 no known issue, 1 known issues found, 2 something could not be read.
Of lint and import: 0 no fault, 1 faults, 2 something could not be read.
";

/// Chunks that a thread reads at once: 4 MiB.
const SLICE: u64 = 64;

#[derive(Default)]
struct Arguments {
    lint: bool,
    import: bool,
    json: bool,
    knowledge: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("evtx-checkup: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if arguments.lint {
        return match articles(&arguments.files) {
            Ok((_, faults)) if faults.is_empty() => ExitCode::SUCCESS,
            Ok((_, faults)) => {
                faults.iter().for_each(|fault| println!("{fault}"));
                ExitCode::from(1)
            }
            Err(error) => {
                eprintln!("evtx-checkup: {error}");
                ExitCode::from(2)
            }
        };
    }
    if arguments.import {
        return import(&arguments);
    }
    let mut knowledge = evtx_checkup::built_in();
    match articles(&arguments.knowledge) {
        Ok((added, faults)) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            knowledge.add(added);
        }
        Err(error) => {
            eprintln!("evtx-checkup: {error}");
            return ExitCode::from(2);
        }
    }
    let mut report = Report::default();
    for (number, path) in (0..).zip(&arguments.files) {
        report.merge(check(&knowledge, number, path));
    }
    let text = if arguments.json {
        export::json::text(&report, &knowledge)
    } else {
        export::text::report(&report, &knowledge)
    };
    // A reader such as `head` may close the pipe early.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let unread = |file: &FileReport| file.kind.refusal().is_some() || file.coverage.problem_count > 0;
    match report.files.values().any(unread) {
        true => ExitCode::from(2),
        false => ExitCode::from(u8::from(!report.groups.is_empty())),
    }
}

fn arguments() -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let is_first = |arguments: &Arguments| !arguments.lint && !arguments.import && arguments.files.is_empty();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("format") => {
                arguments.json = match parser.value()? {
                    word if word == "json" => true,
                    word if word == "text" => false,
                    word => return Err(format!("`{}` is no format; there are text and json", word.display()).into()),
                };
            }
            Long("kb") => arguments.knowledge.push(parser.value()?.into()),
            Value(word) if word == "lint" && is_first(&arguments) => arguments.lint = true,
            Value(word) if word == "import" && is_first(&arguments) => arguments.import = true,
            Value(path) => arguments.files.push(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    if arguments.files.is_empty() { Err("no file is given".into()) } else { Ok(Some(arguments)) }
}

/// The articles and rules of these files and folders, and the faults of those that are not well.
fn articles(paths: &[PathBuf]) -> Result<(Vec<Article>, Vec<String>), String> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let wanted = |name: &str| sources::is_source(name) || sources::is_archive(name);
    for path in paths {
        collect(path, true, &wanted, &mut |name, bytes| sources::read(name, bytes, &mut found, &mut problems))?;
    }
    let (articles, faults) = sources::compile(&found);
    problems.extend(faults);
    Ok((articles, problems))
}

/// Writes what was read of articles of Microsoft's Knowledge Base.
fn import(arguments: &Arguments) -> ExitCode {
    let mut problems = Vec::new();
    let wanted = |name: &str| sources::is_imported(name) || sources::is_archive(name);
    let mut out = std::io::stdout().lock();
    let mut write = |name: &str, bytes: &[u8]| {
        for extract in sources::import(name, bytes, &mut problems) {
            let text = if arguments.json { export::imported::line(&extract) + "\n" } else { extract.source() };
            // A reader such as `head` may close the pipe early.
            let _ = out.write_all(text.as_bytes());
        }
    };
    let read = arguments.files.iter().try_for_each(|path| collect(path, true, &wanted, &mut write));
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    match read {
        Ok(()) => ExitCode::from(u8::from(!problems.is_empty())),
        Err(error) => {
            eprintln!("evtx-checkup: {error}");
            ExitCode::from(2)
        }
    }
}

/// Takes a file, or of a folder and the folders in it, every file with a wanted name, by name.
fn collect(
    path: &Path,
    asked: bool,
    wanted: &dyn Fn(&str) -> bool,
    take: &mut dyn FnMut(&str, &[u8]),
) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(said)?.map(|entry| Ok(entry?.path()));
        let mut entries = entries.collect::<std::io::Result<Vec<_>>>().map_err(said)?;
        entries.sort();
        return entries.iter().try_for_each(|path| collect(path, false, wanted, take));
    }
    let name = path.display().to_string();
    if asked || wanted(&name) {
        take(&name, &std::fs::read(path).map_err(said)?);
    }
    Ok(())
}

fn unreadable(offset: u64, error: std::io::Error) -> Problem {
    Problem { offset, reason: Reason::Unreadable(error.to_string()), lost: 0 }
}

/// Checks one file, with all cores where it can be read in parts.
fn check(knowledge: &KnowledgeBase, number: u32, path: &Path) -> Report {
    let name = path.display().to_string();
    let opened = File::open(path).and_then(|mut file| {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(std::io::Error::other("it is not a regular file"));
        }
        let size = metadata.len();
        let mut start = Vec::new();
        (&mut file).take(Kind::START as u64).read_to_end(&mut start)?;
        Ok(FileReport::open(&name, size, &start))
    });
    let file = match opened {
        Ok(file) => file,
        Err(error) => {
            let mut file = FileReport::open(&name, 0, &[]);
            file.kind = Kind::Unreadable;
            return checkup::unread_slice(number, &file, unreadable(0, error));
        }
    };
    let read_part =
        |offset, length, buffer: &mut Vec<u8>| read(path, offset, length, buffer).map_err(|e| e.to_string());
    match file.kind {
        Kind::Evt => {
            let reader = evt::Reader::new(file.size, &file.name);
            return checkup::in_order(knowledge, number, &file, reader, read_part);
        }
        Kind::Xml => return checkup::in_order(knowledge, number, &file, xml::Reader::new(0), read_part),
        _ => {}
    }
    let report = Mutex::new(Report { files: [(number, file.clone())].into(), ..Report::default() });
    if file.kind == Kind::Evtx {
        let chunks = chunk_count(file.size);
        let next = AtomicU64::new(0);
        let work = || {
            let mut own = Report::default();
            let mut checkup = Checkup::new(knowledge);
            let mut buffer = Vec::new();
            loop {
                let first = next.fetch_add(SLICE, Ordering::Relaxed);
                if first >= chunks {
                    break;
                }
                let offset = chunk_offset(first);
                let length = (SLICE * CHUNK_SIZE).min(file.size - offset);
                own.merge(match read(path, offset, length, &mut buffer) {
                    Ok(()) => {
                        checkup.open(number, &file);
                        checkup.read(&buffer, offset);
                        checkup.finish()
                    }
                    Err(error) => checkup::unread_slice(number, &file, unreadable(offset, error)),
                });
            }
            if let Ok(mut report) = report.lock() {
                report.merge(own);
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    }
    report.into_inner().unwrap_or_default()
}

fn read(path: &Path, offset: u64, length: u64, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    buffer.clear();
    file.take(length).read_to_end(buffer)?;
    if buffer.len() as u64 == length {
        Ok(())
    } else {
        Err(std::io::Error::other(format!("{} of {length} bytes came", buffer.len())))
    }
}
