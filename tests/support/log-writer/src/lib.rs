//! Writes Windows event logs (`.evtx` and `.evt`) for tests, for the page's sample and for benchmarks.
//!
//! The files have what Windows gives them: chunks of 64 KiB with their string and template tables, binary XML with one
//! template for the System part and a nested one for the event's own data, and all checksums. So a test can describe the
//! log it needs in a few lines and needs no log from a real machine:
//!
//! ```
//! use log_writer::{Event, evtx};
//!
//! let log: Vec<u8> = evtx([
//!     Event::service_control_manager(7024).param("Messenger").param("%%2270"),
//!     Event::classic("EventLog", 6005),
//! ]);
//! assert_eq!(&log[..8], b"ElfFile\0");
//! assert_eq!(log.len(), 4096 + 65536);
//! ```
//!
//! [`EvtxWriter`] streams logs of any size with the memory of one chunk. [`EvtWriter`] writes the same events as
//! Windows NT to Server 2003 did, [`MtaWriter`] what Event Viewer saves beside a log. [`logs`] has ready-made ones;
//! [`Numbers`] vary them, the same way every time.
//!
//! The layout follows MS-EVEN6 for binary XML and logs of Windows 10 and 11 for what that document leaves out.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod archive;
mod chunk;
mod event;
mod evt;
pub mod logs;
mod mta;
mod numbers;
mod template;
mod value;
mod writer;

pub use archive::{zip, zip_with};
pub use event::{Content, Data, Element, Event, Level};
pub use evt::{EvtWriter, evt};
pub use mta::MtaWriter;
pub use numbers::Numbers;
pub use value::{Guid, Sid, SystemTime, Text, Value, filetime};
pub use writer::{Error, EvtxWriter, evtx};
