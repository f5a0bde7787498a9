//! Everything one does in this repository: `cargo xtask serve`, `test`, `build`, `bench`, `codes`, `messages`,
//! `fuzz`.

mod bench;
mod build;
mod codes;
mod fuzz;
mod messages;
mod serve;
mod test;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask serve [PORT]   build the page and serve it on this computer
cargo xtask build          build the page: dist/index.html
cargo xtask test           everything that must hold before a change lands
cargo xtask bench [PART]   the numbers that this project promises: native, page, search, records, files, imported
cargo xtask codes          write the names of error codes again: src/codes.txt
cargo xtask messages FOLDER
                           write the messages of error codes again, from Microsoft's pages: src/kb/import/messages.txt
cargo xtask fuzz [TARGET] [--minutes N]
                           feed the readers with inputs that nobody thought of, 10 minutes each
";

/// What went wrong, in words.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["bench", parts @ ..] => bench::bench(parts),
        ["codes"] => codes::codes(),
        ["messages", folder] => messages::messages(folder.as_ref()),
        ["fuzz", target @ ..] if target.len() < 2 => fuzz::fuzz(target.first().copied(), 10),
        ["fuzz", target @ .., "--minutes", minutes] if target.len() < 2 => {
            minutes.parse().map_err(Into::into).and_then(|minutes| fuzz::fuzz(target.first().copied(), minutes))
        }
        ["test"] => test::test(),
        ["build"] => build::page().map(|_| ()),
        ["serve"] => serve::serve(8000),
        ["serve", port] => port.parse().map_err(Into::into).and_then(serve::serve),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// Runs a command in the repository; an error names it.
fn run(program: &str, arguments: &[&str]) -> Result {
    run_with(&[], program, arguments)
}

/// The same with variables in the command's environment.
fn run_with(variables: &[(&str, &OsStr)], program: &str, arguments: &[&str]) -> Result {
    let assigned = variables.iter().map(|(name, value)| format!("{name}={} ", value.display()));
    let command = format!("{}{program} {}", assigned.collect::<String>(), arguments.join(" "));
    println!("> {command}");
    let status = Command::new(program).args(arguments).envs(variables.iter().copied()).current_dir(root()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{command}` ended with {status}").into()),
        Err(error) => Err(format!("`{program}` could not be started: {error}").into()),
    }
}
