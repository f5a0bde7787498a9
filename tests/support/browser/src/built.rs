//! The page that this repository builds, and tests of it.

use std::path::{Path, PathBuf};

use crate::{Browser, Kind, Level, Options, Result};

/// The page that `cargo xtask build` makes, or the one that `EVTX_CHECKUP_PAGE` names.
pub fn built_page() -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../dist/index.html");
    let path = std::env::var_os("EVTX_CHECKUP_PAGE").map_or_else(built, PathBuf::from);
    // A page is known by where it is, so its path has nothing roundabout in it.
    path.canonicalize().unwrap_or_else(|_| panic!("there is no {}: run cargo xtask build first", path.display()))
}

impl Browser {
    /// Opens a place in that page and waits until the page is there.
    pub async fn open_built(&self, place: &str) -> Result {
        self.open_file(&built_page(), place).await?;
        self.wait_until("performance.getEntriesByName('ready').length").await.map(drop)
    }
}

/// Runs a test in a new browser; it is not passed when the console has anything worse than `bearable` at its end. Where
/// Firefox is missing, nothing is tested in it: `tests/page.rs` says so.
///
/// # Panics
/// When the test is not passed, and when Chromium is missing.
pub fn run(kind: Kind, options: &Options, bearable: Level, test: impl AsyncFnOnce(&Browser) -> Result) {
    match kind.missing() {
        Some(_) if kind == Kind::Firefox => return,
        Some(missing) => panic!("{missing} not found; the page is tested in Chromium"),
        None => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let browser = Browser::start(kind, options).await.unwrap();
        let outcome = test(&browser).await;
        let messages = browser.console().await.unwrap();
        browser.close().await.unwrap();
        outcome.unwrap();
        let bad: Vec<_> = messages.iter().filter(|message| message.level > bearable).collect();
        assert!(bad.is_empty(), "the console has {bad:#?}");
    });
}
