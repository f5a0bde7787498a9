//! From bytes to events: what was read, and what was not and why.
//!
//! Reading never fails as a whole. Every reader gives the records it could read to a [`Sink`] and accounts for the rest
//! in a [`Coverage`].

pub mod archive;
pub mod evt;
mod foreign;
pub mod mta;
mod text;
pub mod xml;

use serde::{Deserialize, Serialize};

// What every reader gives, and the reader of .evtx logs, which is in the same package because it must be fast.
pub use reader::log::*;

/// What a file is, by its first bytes; names do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A Windows XML event log (Vista and later).
    Evtx,
    /// A file without content.
    Empty,
    /// An event log of Windows NT to Server 2003.
    Evt,
    /// The display text of an exported log.
    Mta,
    /// A zip archive.
    Zip,
    /// An XML export of events.
    Xml,
    /// Another XML text.
    OtherXml,
    /// An export of events as columns of text, without their data.
    Csv,
    /// Another text.
    Text,
    /// A PDF document.
    Pdf,
    /// A document of Word, Excel or PowerPoint.
    Office,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// A 7-Zip archive.
    SevenZip,
    /// A cabinet file.
    Cab,
    /// A RAR archive.
    Rar,
    /// A gzip archive.
    Gzip,
    /// A Windows program or library.
    Program,
    /// Something else.
    Unknown,
    /// A file whose first bytes cannot be read.
    Unreadable,
}

impl Kind {
    /// How many bytes of a file's start tell best what it is. [`evtx::HEADER_SIZE`] and a few more will do: XML whose
    /// first event starts later is taken for another text then.
    pub const START: usize = 64 << 10;

    /// What a file is that starts with `start`, its first [`Kind::START`] bytes.
    pub fn of(start: &[u8]) -> Kind {
        match start {
            [] => Kind::Empty,
            _ if evtx::Header::recognise(start, 0).is_some() => Kind::Evtx,
            _ if evt::Header::recognise(start).is_some() => Kind::Evt,
            _ if mta::DisplayText::recognise(start) => Kind::Mta,
            _ => foreign::kind(start).or_else(|| text::kind(start)).unwrap_or(match start {
                [b'P', b'K', 3 | 5, 4 | 6, ..] => Kind::Zip,
                _ => Kind::Unknown,
            }),
        }
    }

    /// Whether other files are in it, which an [`archive::Archive`] reads.
    pub fn is_archive(self) -> bool {
        matches!(self, Kind::Zip | Kind::Gzip)
    }

    /// A reader for a log of this kind whose bytes come in their order, with its size in bytes and its name.
    pub fn reader(self, size: u64, name: &str) -> Option<Box<dyn Sequential>> {
        Some(match self {
            Kind::Evtx => Box::new(evtx::Stream::default()),
            Kind::Evt => Box::new(evt::Reader::new(size, name)),
            Kind::Xml => Box::new(xml::Reader::new(0)),
            _ => return None,
        })
    }

    /// The same for the records that a log has given up and not overwritten yet; only logs themselves have such.
    pub fn carver(self, size: u64, name: &str) -> Option<Box<dyn Sequential>> {
        Some(match self {
            Kind::Evtx => Box::new(evtx::Stream::carving()),
            Kind::Evt => Box::new(evt::Reader::new(size, name).carve()),
            _ => return None,
        })
    }

    /// For a file that is no log that can be read: what it is and what to do instead, in one sentence.
    pub fn refusal(self) -> Option<&'static str> {
        Some(match self {
            Kind::Evtx | Kind::Evt | Kind::Xml => return None,
            Kind::Empty => {
                "The file is empty: it has no bytes at all. Copy it again, or export the log anew with `wevtutil epl System System.evtx`."
            }
            Kind::Zip | Kind::Gzip => "There is no event log in this archive.",
            Kind::Mta => {
                "This is the display text of an exported log, not the log itself. Drop the .evtx file that it was saved beside."
            }
            Kind::OtherXml => {
                "This is an XML text without events, not an event log. In Event Viewer, save the log as \u{201c}Event Files (*.evtx)\u{201d}."
            }
            Kind::Csv => {
                "This looks like an export as text (.csv or .txt), which leaves out the data of the events, so that no issue can be recognised. Export the log with `wevtutil epl System System.evtx`, or in Event Viewer with \u{201c}Save All Events As…\u{201d} as \u{201c}Event Files (*.evtx)\u{201d}."
            }
            Kind::Text => {
                "This is a text file, not an event log. In Event Viewer, save the log as \u{201c}Event Files (*.evtx)\u{201d}."
            }
            Kind::Pdf => "This is a PDF document, not an event log.",
            Kind::Office => "This is a document of Word, Excel or PowerPoint, not an event log.",
            Kind::Png => "This is a PNG image, not an event log.",
            Kind::Jpeg => "This is a JPEG image, not an event log.",
            Kind::SevenZip => "This is a 7-Zip archive. Unpack it first and drop the .evtx files that are in it.",
            Kind::Cab => "This is a cabinet file (.cab). Unpack it first and drop the .evtx files that are in it.",
            Kind::Rar => "This is a RAR archive. Unpack it first and drop the .evtx files that are in it.",
            Kind::Program => "This is a Windows program, not an event log.",
            Kind::Unknown => "This is not a Windows event log (.evtx or .evt).",
            Kind::Unreadable => "The file could not be read.",
        })
    }
}
