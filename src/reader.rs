//! What every byte of an .evtx log passes: a package of its own (`reader/`), because the compiler is told by package
//! whether to make code fast or small. The rest of the crate uses it as its own `event` and `log`.

#![warn(missing_docs)]

pub mod event;
#[path = "log/record.rs"]
pub mod log;
