//! Reads Windows event logs and says which known issues they show. See ARCHITECTURE.md.

#![warn(missing_docs)]

pub mod checkup;
pub mod codes;
pub mod detection;
pub mod display;
pub mod export;
pub mod index;
pub mod kb;
pub mod log;
pub mod order;
pub mod sources;
pub mod yaml;

pub use reader::event;

/// The known issues of `kb/`, as the build compiled them.
pub fn built_in() -> kb::KnowledgeBase {
    kb::KnowledgeBase::from_compiled(include_bytes!(concat!(env!("OUT_DIR"), "/kb.postcard")))
}

#[cfg(target_arch = "wasm32")]
mod ui;
#[cfg(target_arch = "wasm32")]
mod web;
