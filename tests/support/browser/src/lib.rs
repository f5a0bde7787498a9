//! Drives a page in a real Chromium or Firefox the way a person does: opens it from disk or from a server, drops files on
//! it, presses keys, saves it with Ctrl+S, and reads what the browser says in its console.
//!
//! The browsers are the installed ones and are driven by their own drivers, `chromedriver` and `geckodriver`. A program
//! that uses this crate needs a tokio runtime with I/O and time. It runs on Linux; elsewhere it is empty.
//!
//! ```no_run
//! # async fn example() -> browser::Result {
//! use browser::{Browser, Kind, Options};
//!
//! let browser = Browser::start(Kind::Chromium, &Options::default()).await?;
//! browser.open_file("dist/index.html".as_ref(), "").await?;
//! browser.drop_files(&["System.evtx".as_ref()]).await?;
//! browser.wait_for(".receipt").await?;
//! assert!(browser.console().await?.is_empty());
//! browser.close().await
//! # }
//! ```

#![cfg(target_os = "linux")]
#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod built;
mod commands;
mod desktop;
mod error;
mod files;
mod page_process;
mod process;
mod server;
mod session;
mod start;

pub use built::{built_page, run};
pub use desktop::Desktop;
pub use error::{Error, Result, Step};
pub use fantoccini::key::Key;
pub use files::Folder;
pub use page_process::PageProcess;
pub use server::Server;
pub use session::{Browser, Level, LongTask, Message};
pub use start::{Kind, Options, SaveAs};
