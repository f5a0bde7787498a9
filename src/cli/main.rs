//! The command line: the same checkup where there is no browser.

mod files;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evtx_checkup::checkup::FileReport;
use evtx_checkup::export;
use evtx_checkup::kb::Article;
use evtx_checkup::log::Kind;
use evtx_checkup::log::archive::Archive;
use evtx_checkup::sources::{self, Source};

const HELP: &str = "\
Says which known issues Windows event logs show, and how to resolve them.

Usage: evtx-checkup [--format text|json] [--kb PATH]... [--carve] PATH...
       evtx-checkup lint PATH...

PATH is a log (.evtx, .evt, or an export as XML), a folder of logs, or a zip or gzip archive of them; names do not
matter.

A record that several files have counts once.

--carve also reads records that .evtx and .evt logs have given up and not overwritten yet: they may be older than the
log, or have been deleted.

--kb adds known issues of your own: articles (.md) and Sigma rules (.yml), or folders and zip archives of them; lint
only checks them.

Exit status: 0 no known issue, 1 known issues found, 2 something could not be read.
Of lint: 0 no fault, 1 faults, 2 something could not be read.
";

#[derive(Default)]
struct Arguments {
    lint: bool,
    json: bool,
    carve: bool,
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
    let report = files::check(&knowledge, &arguments.files, arguments.carve);
    let text = if arguments.json {
        export::json::text(&report, &knowledge)
    } else {
        export::text::report(&report, &knowledge)
    };
    // A reader such as `head` may close the pipe early.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let unread =
        |file: &FileReport| file.kind.refusal().is_some() || file.coverage.problem_count > 0 || file.account().lost > 0;
    match report.files.values().any(unread) {
        true => ExitCode::from(2),
        false => ExitCode::from(u8::from(!report.groups.is_empty())),
    }
}

fn arguments() -> Result<Option<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
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
            Long("carve") => arguments.carve = true,
            Long("kb") => arguments.knowledge.push(parser.value()?.into()),
            Value(word) if word == "lint" && !arguments.lint && arguments.files.is_empty() => arguments.lint = true,
            Value(path) => arguments.files.push(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    if arguments.files.is_empty() { Err("no file is given".into()) } else { Ok(Some(arguments)) }
}

/// The articles and rules of these files and folders, and the faults of those that are not well.
fn articles(paths: &[PathBuf]) -> Result<(Vec<Article>, Vec<String>), String> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        collect(path, &mut found, &mut problems).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let (articles, faults) = sources::compile(&found);
    problems.extend(faults);
    Ok((articles, problems))
}

/// Adds a file, or every article, rule and archive of a folder and the folders in it.
fn collect(path: &Path, found: &mut Vec<Source>, problems: &mut Vec<String>) -> std::io::Result<()> {
    let asked_for = path.is_file();
    for path in files::below(path)? {
        let name = path.display().to_string();
        let kind = Kind::of(&files::start(&path)?);
        if kind.is_archive() {
            match Archive::open(|| File::open(&path), kind, &name) {
                Ok(mut archive) => sources::read_archive(&name, &mut archive, found, problems),
                Err(error) => problems.push(format!("{name}: the archive cannot be read: {error}")),
            }
        } else if asked_for || sources::is_source(&name) {
            sources::read(&name, &std::fs::read(path)?, found, problems);
        }
    }
    Ok(())
}
