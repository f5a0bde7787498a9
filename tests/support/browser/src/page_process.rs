//! What a page takes of the machine: memory and time. Linux only: it is read from /proc.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use crate::error::{Error, Result, Step};
use crate::session::Browser;

/// The process that runs the page and its workers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageProcess(u32);

impl Browser {
    /// The page's process: the one that gets busy when the page does. (A browser has several that look alike, and the
    /// largest is often another one.)
    pub async fn page_process(&self) -> Result<PageProcess> {
        let before: HashMap<u32, u64> = self.page_processes().into_iter().map(|id| (id, clock_ticks(id))).collect();
        self.script("const start = performance.now(); while (performance.now() - start < 150);").await?;
        let grown = |id: &u32| clock_ticks(*id).saturating_sub(before.get(id).copied().unwrap_or(0));
        let busiest = self.page_processes().into_iter().max_by_key(grown).filter(|id| grown(id) >= 4);
        busiest.map(PageProcess).ok_or_else(|| Error::new("find the page's process", "none got busy with the page"))
    }

    /// The processes of this browser that can run pages.
    fn page_processes(&self) -> Vec<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process may end at any time.
            let Some(parent) = stat(id).and_then(|stat| stat.get(1)?.parse().ok()) else { continue };
            children.entry(parent).or_default().push(id);
        }
        let (mut open, mut found) = (vec![self.driver.id()], Vec::new());
        while let Some(id) = open.pop() {
            open.extend(children.get(&id).into_iter().flatten());
            let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command);
            if command.contains("--type=renderer") || command.contains("-contentproc") {
                found.push(id);
            }
        }
        found
    }
}

impl PageProcess {
    /// Bytes that only this process has: what would be free if the page were closed.
    pub fn private_bytes(self) -> Result<u64> {
        Ok(self.kibibytes("smaps_rollup", "Private_Clean:")? + self.kibibytes("smaps_rollup", "Private_Dirty:")?)
    }

    /// Bytes in memory, shared ones included.
    pub fn resident_bytes(self) -> Result<u64> {
        self.kibibytes("status", "VmRSS:")
    }

    /// The most that [`PageProcess::resident_bytes`] has been since [`PageProcess::reset_peak`].
    pub fn peak_resident_bytes(self) -> Result<u64> {
        self.kibibytes("status", "VmHWM:")
    }

    /// Begins to measure the peak anew.
    pub fn reset_peak(self) -> Result {
        let path = format!("/proc/{}/clear_refs", self.0);
        fs::write(&path, "5").step(format!("write {path}"))
    }

    /// For how long the processors have worked for it, in steps of 10 ms.
    pub fn cpu_time(self) -> Duration {
        Duration::from_millis(10 * clock_ticks(self.0))
    }

    /// The bytes behind a name in one of the process's files.
    fn kibibytes(self, file: &str, name: &str) -> Result<u64> {
        let path = format!("/proc/{}/{file}", self.0);
        let text = fs::read_to_string(&path).step(format!("read {path}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        number.map(|number| number * 1024).ok_or_else(|| Error::new(format!("read {path}"), format!("no {name}")))
    }
}

/// What /proc says of a process, from the state on.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name before it, in parentheses, may hold anything.
    Some(text.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect())
}

/// The time for which the process has been busy; a hundred ticks are a second.
fn clock_ticks(id: u32) -> u64 {
    let stat = stat(id).unwrap_or_default();
    stat.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}
