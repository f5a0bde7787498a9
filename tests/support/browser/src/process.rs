//! Programs that run as long as somebody here needs them.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use crate::error::{Error, Result, Step};

/// Runs a program and ends it, and all that it has started, when the shell's input ends. That is when [`Process`] is
/// dropped, and also when this program dies in any way: the kernel closes the pipe. So no browser is ever left behind.
const KEEPER: &str = r#"("$@"; kill -KILL 0) </dev/null & exec >/dev/null; read -r _; kill -KILL 0"#;

/// A running program with its children.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts `command` and reads what it prints until a line holds `marker`; gives the number behind that.
    ///
    /// A program that ends at once is started again a few times: chromedriver does so when the port that it took for a
    /// free one turns out to be taken.
    pub fn start(command: &Command, marker: &str) -> Result<(Process, u16)> {
        let mut attempt = Self::start_once(command, marker);
        for _ in 0..4 {
            if attempt.is_ok() {
                break;
            }
            attempt = Self::start_once(command, marker);
        }
        attempt
    }

    fn start_once(command: &Command, marker: &str) -> Result<(Process, u16)> {
        let step = || format!("start {}", command.get_program().display());
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child = keeper.spawn().step(step())?;
        let output = child.stdout.take();
        let process = Process(child);
        let mut lines = BufReader::new(output.ok_or_else(|| Error::new(step(), "it has no output"))?).lines();
        for line in lines.by_ref() {
            let line = line.step(step())?;
            if let Some((_, rest)) = line.split_once(marker) {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let number = digits.parse().step(format!("{}: the number in {line:?}", step()))?;
                // What it prints from now on nobody reads, but it must be able to print it.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok((process, number));
            }
        }
        Err(Error::new(step(), format!("it ended without saying {marker:?}")))
    }

    /// The process whose descendants are all that runs here.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn all_that_was_started_ends_with_the_process() {
        let (process, child) = Process::start(&shell("sleep 600 & echo child $!; wait"), "child ").unwrap();
        let running = || std::fs::read_to_string(format!("/proc/{child}/cmdline")).is_ok_and(|line| !line.is_empty());
        // While it becomes another program, a process has no command line.
        let is_soon = |wanted| {
            (0..100).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                running() == wanted
            })
        };
        assert!(is_soon(true));
        drop(process);
        assert!(is_soon(false));
    }

    #[test]
    fn a_program_that_does_not_start_is_named() {
        let error = Process::start(&Command::new("no-such-program"), "port ").unwrap_err();
        assert_eq!(error.to_string(), "start no-such-program: it ended without saying \"port \"");
    }
}
