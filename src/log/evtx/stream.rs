//! A log whose bytes come one after the other, out of an archive.

use super::{CHUNK_SIZE, HEADER_SIZE, Reader};
use crate::event::Name;
use crate::log::{Coverage, Sequential, Sink};

/// Reads a log from its start to its end.
#[derive(Default)]
pub struct Stream {
    reader: Reader,
    /// Where the next bytes belong in the file; while a chunk is unfinished, where that starts.
    at: u64,
    /// The beginning of a chunk.
    unfinished: Vec<u8>,
    carves: bool,
}

impl Stream {
    /// Gives what the log has given up, and nothing else: see [`Reader::carve`].
    pub fn carving() -> Stream {
        Stream { carves: true, ..Stream::default() }
    }

    fn chunks(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Coverage {
        let coverage = match self.carves {
            true => self.reader.carve(bytes, self.at, sink),
            false => self.reader.slice(bytes, self.at, sink),
        };
        self.at += bytes.len() as u64;
        coverage
    }
}

impl Sequential for Stream {
    fn slice(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Coverage {
        let header = HEADER_SIZE.saturating_sub(self.at).min(bytes.len() as u64);
        self.at += header;
        let mut bytes = &bytes[header as usize..];
        let mut coverage = Coverage::default();
        if !self.unfinished.is_empty() {
            let (more, rest) = bytes.split_at(bytes.len().min(CHUNK_SIZE as usize - self.unfinished.len()));
            self.unfinished.extend_from_slice(more);
            bytes = rest;
            if self.unfinished.len() == CHUNK_SIZE as usize {
                coverage = self.finish(sink);
            }
        }
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % CHUNK_SIZE as usize);
        coverage.merge(self.chunks(whole, sink));
        self.unfinished.extend_from_slice(rest);
        coverage
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Coverage {
        let mut chunk = std::mem::take(&mut self.unfinished);
        let coverage = self.chunks(&chunk, sink);
        chunk.clear();
        self.unfinished = chunk;
        coverage
    }

    fn name(&self, symbol: u32) -> Name<'_> {
        self.reader.name(symbol)
    }
}
