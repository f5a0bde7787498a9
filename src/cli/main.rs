//! The command line: the same checkup where there is no browser.

mod files;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evtx_checkup::checkup::{FileReport, Report, before_and_after, compare};
use evtx_checkup::export::redaction::{Texts, Wishes};
use evtx_checkup::export::{Format, Handover, comparison, imported};
use evtx_checkup::kb::{Article, KnowledgeBase};
use evtx_checkup::log::Kind;
use evtx_checkup::log::archive::Archive;
use evtx_checkup::sources::{self, Brought};
use files::Logs;

const HELP: &str = "\
Says which known issues Windows event logs show, and how to resolve them.

Usage: evtx-checkup [--format text|json|markdown|html|csv] [--redact] [--kb PATH]... [--carve] PATH...
       evtx-checkup [--format text|json] [--kb PATH]... [--carve] --compare-with PATH PATH...
       evtx-checkup lint PATH...
       evtx-checkup import [--format text|json] PATH...

PATH is a log (.evtx, .evt, or an export as XML), a folder of logs, or a zip or gzip archive of them; names do not
matter.

A record that several files have counts once.

--redact replaces names of computers, users and domains, SIDs, IP addresses and paths of shares by words such as
COMPUTER-1, in every format. It reads the logs a second time. --hide TEXT replaces a text of yours too, --keep NAME leaves
a name as it is.

--carve also reads records that .evtx and .evt logs have given up and not overwritten yet: they may be older than the
log, or have been deleted.

--compare-with says what is new, still there or gone between these logs and others, and how often a day. Those whose
newest record is older are what was before.

--kb adds known issues of your own: articles (.md), Sigma rules (.yml) and articles as Microsoft's Knowledge Base had them
(.txt, .md), or folders and zip archives of them; lint only checks them.

import reads articles of Microsoft's Knowledge Base (.txt, .md), or folders and zip archives of them: as text, each as an
article to edit; as JSON, what was found in each, one object a line.

Exit status: 0 no known issue, 1 known issues found, 2 something could not be read.
Of lint and import: 0 no fault, 1 faults, 2 something could not be read.
";

#[derive(Default)]
struct Arguments {
    lint: bool,
    import: bool,
    format: Format,
    carve: bool,
    compare_with: Vec<PathBuf>,
    redact: bool,
    wishes: Wishes,
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
        return match articles(&evtx_checkup::built_in(), &arguments.files) {
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
    match articles(&knowledge, &arguments.knowledge) {
        Ok((added, faults)) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            knowledge.add(added);
        }
        Err(error) => {
            eprintln!("evtx-checkup: {error}");
            return ExitCode::from(2);
        }
    }
    let logs = Logs::find(&arguments.files);
    let report = logs.check(&knowledge, arguments.carve);
    if !arguments.compare_with.is_empty() {
        return compare_with(&arguments, &knowledge, &report);
    }
    let mut handover = Handover::new(&report, &knowledge);
    if arguments.redact {
        let texts = Texts::of(&handover);
        match logs.names(&texts, &report, arguments.carve) {
            Ok(names) => drop(texts.redact(&names, &arguments.wishes).put_into(&mut handover)),
            Err(error) => {
                eprintln!("evtx-checkup: the logs could not be read again to find names in them: {error}");
                return ExitCode::from(2);
            }
        }
    }
    let text = arguments.format.write(&handover);
    // A reader such as `head` may close the pipe early.
    let _ = std::io::stdout().write_all(text.as_bytes());
    match report.files.values().all(FileReport::is_whole) {
        false => ExitCode::from(2),
        true => ExitCode::from(u8::from(!report.groups.is_empty())),
    }
}

/// Writes what became of the findings between these logs and others.
fn compare_with(arguments: &Arguments, knowledge: &KnowledgeBase, report: &Report) -> ExitCode {
    let other = Logs::find(&arguments.compare_with).check(knowledge, arguments.carve);
    let (before, after) = before_and_after(&other, report);
    let compared = compare(knowledge, before, after);
    let text = match arguments.format {
        Format::Json => comparison::json(&compared),
        _ => comparison::text(&compared),
    };
    // A reader such as `head` may close the pipe early.
    let _ = std::io::stdout().write_all(text.as_bytes());
    match report.files.values().chain(other.files.values()).all(FileReport::is_whole) {
        false => ExitCode::from(2),
        true => ExitCode::from(u8::from(!report.groups.is_empty())),
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
                let value = parser.value()?;
                let format = Format::ALL.into_iter().find(|format| value == format.word());
                arguments.format = format.ok_or_else(|| {
                    let words = Format::ALL.map(Format::word).join(", ");
                    format!("`{}` is no format; there are {words}", value.display())
                })?;
            }
            Long("carve") => arguments.carve = true,
            Long("redact") => arguments.redact = true,
            Long("hide") => arguments.wishes.added.push(parser.value()?.string()?),
            Long("keep") => arguments.wishes.keep(&parser.value()?.string()?, true),
            Long("compare-with") => arguments.compare_with.push(parser.value()?.into()),
            Long("kb") => arguments.knowledge.push(parser.value()?.into()),
            Value(word) if word == "lint" && is_first(&arguments) => arguments.lint = true,
            Value(word) if word == "import" && is_first(&arguments) => arguments.import = true,
            Value(path) => arguments.files.push(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    if arguments.import && !matches!(arguments.format, Format::Text | Format::Json) {
        return Err("import knows the formats text and json".into());
    }
    if !arguments.redact && arguments.wishes != Wishes::default() {
        return Err("--hide and --keep go with --redact".into());
    }
    let is_comparison = !arguments.compare_with.is_empty();
    if is_comparison && (arguments.redact || !matches!(arguments.format, Format::Text | Format::Json)) {
        return Err("what logs are compared with is written as text or json, and not redacted".into());
    }
    if arguments.files.is_empty() { Err("no file is given".into()) } else { Ok(Some(arguments)) }
}

/// The articles and rules of these files and folders, beside the known ones, and the faults of those that are not well.
fn articles(known: &KnowledgeBase, paths: &[PathBuf]) -> Result<(Vec<Article>, Vec<String>), String> {
    let (mut own, mut imported, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    let mut take = |path: &str, bytes: &[u8], problems: &mut Vec<String>| match sources::read(path, bytes) {
        Ok(Brought::Own(text)) => own.push((path.to_owned(), text)),
        // Without a grade, they look for nothing.
        Ok(Brought::Imported(extract)) => {
            imported.extend(extract.articles().into_iter().filter(|article| article.grade.is_some()));
        }
        // What only lies beside articles is not spoken of.
        Err(problem) if sources::is_source(path) || paths.iter().any(|own| own.as_os_str() == path) => {
            problems.push(problem);
        }
        Err(_) => {}
    };
    paths.iter().try_for_each(|path| collect(path, sources::is_brought, &mut problems, &mut take))?;
    let (mut articles, faults) = sources::compile(known, &own);
    articles.append(&mut imported);
    problems.extend(faults);
    Ok((articles, problems))
}

/// Writes what was read of articles of Microsoft's Knowledge Base.
fn import(arguments: &Arguments) -> ExitCode {
    let mut problems = Vec::new();
    let mut out = std::io::stdout().lock();
    let mut take = |path: &str, bytes: &[u8], problems: &mut Vec<String>| {
        if let Some(extract) = sources::import(path, bytes, problems) {
            let text = match arguments.format {
                Format::Json => imported::line(&extract) + "\n",
                _ => extract.source(),
            };
            // A reader such as `head` may close the pipe early.
            let _ = out.write_all(text.as_bytes());
        }
    };
    let mut paths = arguments.files.iter();
    let read = paths.try_for_each(|path| collect(path, sources::is_imported, &mut problems, &mut take));
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    match read {
        Ok(()) => ExitCode::from(u8::from(!problems.is_empty())),
        Err(error) => {
            eprintln!("evtx-checkup: {error}");
            ExitCode::from(2)
        }
    }
}

/// Takes the path and the bytes of a file, and adds what is wrong with it.
type Take<'t> = dyn FnMut(&str, &[u8], &mut Vec<String>) + 't;

/// Takes a file, or of a folder and the folders in it every file whose name is wanted, and what is in archives.
fn collect(
    path: &Path,
    wanted: fn(&str) -> bool,
    problems: &mut Vec<String>,
    take: &mut Take<'_>,
) -> Result<(), String> {
    let asked_for = path.is_file();
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    for path in files::below(path).map_err(said)? {
        let name = path.display().to_string();
        let kind = Kind::of(&files::start(&path).map_err(said)?);
        if kind.is_archive() {
            match Archive::open(|| File::open(&path), kind, &name) {
                Ok(archive) => {
                    let mut texts = sources::Texts::new(&name, archive, wanted);
                    while let Some(text) = texts.next_text() {
                        match text {
                            Ok(text) => take(&text.path, text.bytes, problems),
                            Err(problem) => problems.push(problem),
                        }
                    }
                }
                Err(error) => problems.push(format!("{name}: the archive cannot be read: {error}")),
            }
        } else if asked_for || wanted(&name) {
            take(&name, &std::fs::read(path).map_err(said)?, problems);
        }
    }
    Ok(())
}
