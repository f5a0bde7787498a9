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
