//! A desktop that nobody sees, for what a browser without a window cannot do.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use crate::error::{Error, Result, Step};
use crate::files::program;
use crate::process::Process;
use crate::session::Browser;

const LOOK: Duration = Duration::from_millis(50);
const SAVE_DIALOG: [&str; 2] = ["--name", "^Save File$"];

/// An X display with a window manager. It ends when this is dropped.
#[derive(Debug)]
pub struct Desktop {
    display: String,
    // In this order: the window manager ends before its display.
    _manager: Process,
    _server: Process,
}

impl Desktop {
    /// Which programs are not on the PATH that a desktop needs, if any.
    pub fn missing() -> Option<String> {
        let needed = ["Xvfb", "openbox", "xdotool"];
        let missing: Vec<&str> = needed.into_iter().filter(|name| program(&[name]).is_none()).collect();
        (!missing.is_empty()).then(|| missing.join(" and "))
    }

    /// Starts a desktop.
    pub fn start() -> Result<Desktop> {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-noreset", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
        let (server, number) = Process::start(&server, "")?;
        let display = format!(":{number}");
        let mut manager = Command::new("openbox");
        // The number is only there because a process is known by the number that it prints.
        manager.args(["--startup", "echo openbox 1"]).env("DISPLAY", &display).env_remove("SESSION_MANAGER");
        let (manager, _) = Process::start(&manager, "openbox ")?;
        Ok(Desktop { display, _manager: manager, _server: server })
    }

    /// Its display, for [`crate::Options::display`].
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Saves the page that Chromium shows on this desktop, by Ctrl+S; gives the HTML file. What is saved,
    /// [`crate::Options::save_as`] says. It blocks the thread.
    pub fn save_page(&self, browser: &Browser) -> Result<PathBuf> {
        let before = html_files(&browser.saves());
        let window = self.window(&["--class", "chromium|chrome"], Duration::from_secs(10));
        let window = window.ok_or_else(|| Error::new("save the page", "there is no browser window"))?;
        let mut dialog = None;
        for _ in 0..3 {
            self.press(&window, "ctrl+s")?;
            dialog = self.window(&SAVE_DIALOG, Duration::from_secs(5));
            if dialog.is_some() {
                break;
            }
        }
        let dialog = dialog.ok_or_else(|| Error::new("save the page", "Ctrl+S brings no dialog"))?;
        let start = Instant::now();
        while self.window(&SAVE_DIALOG, Duration::ZERO).is_some() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(Error::new("save the page", "its dialog does not close"));
            }
            // The dialog's button Save; Enter does nothing there. The dialog may close while it gets the key.
            let _ = self.press(&dialog, "alt+s");
            std::thread::sleep(6 * LOOK);
        }
        let (start, mut last) = (Instant::now(), None);
        while start.elapsed() < Duration::from_secs(15) {
            let file = html_files(&browser.saves()).into_iter().find(|file| !before.contains(file) && file.size > 0);
            if let Some(file) = &file
                && last.as_ref() == Some(file)
            {
                return Ok(file.path.clone());
            }
            last = file;
            std::thread::sleep(4 * LOOK);
        }
        Err(Error::new("save the page", "no file came"))
    }

    /// Writes a picture of the desktop to a file; needs ImageMagick's `import`.
    pub fn screenshot(&self, path: &Path) -> Result {
        let import = Command::new("import").args(["-window", "root"]).arg(path).env("DISPLAY", &self.display).status();
        match import.step("start import")? {
            status if status.success() => Ok(()),
            status => Err(Error::new("take a picture of the desktop", status)),
        }
    }

    fn press(&self, window: &str, key: &str) -> Result {
        let pressed = self.xdotool(&["windowactivate", "--sync", window, "key", "--clearmodifiers", key])?;
        pressed.map(drop).ok_or_else(|| Error::new(format!("press {key}"), "xdotool could not"))
    }

    /// What xdotool prints, if it could do what it was told.
    fn xdotool(&self, arguments: &[&str]) -> Result<Option<String>> {
        let output = Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output();
        let output = output.step("start xdotool")?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// Waits for a visible window that `xdotool search` finds.
    fn window(&self, by: &[&str], limit: Duration) -> Option<String> {
        let start = Instant::now();
        loop {
            let found = self.xdotool(&[&["search", "--onlyvisible"], by].concat()).ok().flatten();
            if let Some(window) = found.as_deref().and_then(|found| found.lines().last()) {
                return Some(window.to_owned());
            }
            if start.elapsed() >= limit {
                return None;
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// A file as it is at one moment.
#[derive(PartialEq)]
struct HtmlFile {
    path: PathBuf,
    size: u64,
    changed: Option<SystemTime>,
}

fn html_files(folder: &Path) -> Vec<HtmlFile> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let html = files.filter(|path| path.extension().is_some_and(|extension| extension == "html"));
    html.filter_map(|path| {
        let metadata = path.metadata().ok()?;
        Some(HtmlFile { path, size: metadata.len(), changed: metadata.modified().ok() })
    })
    .collect()
}
