//! From bytes to events: the part of the core that every byte of a log passes. It is a package of its own (`reader/`),
//! because the compiler is told by package whether to make code fast or small.

#![warn(missing_docs)]

pub mod event;
pub mod log;
