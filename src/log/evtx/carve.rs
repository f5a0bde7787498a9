//! Records that a log has given up: what stands in the free space of its chunks and where there is no chunk any more.

use std::cell::Cell;
use std::ops::Range;

use super::{Body, Budget, CHUNK_SIZE, Coverage, EvtxChunkHeader, Reader, Record, Sink, Walk, next_whole};

impl Reader {
    /// Gives the whole records that [`Reader::slice`] passes over in the same run of chunks: of an earlier round of the
    /// log, of what was there before an export, or copies, because Windows writes a chunk where another one was. They are
    /// counted as [`Coverage::carved`], and nothing else is.
    pub fn carve(&mut self, bytes: &[u8], offset: u64, sink: &mut dyn Sink) -> Coverage {
        let mut coverage = Coverage::default();
        for (index, chunk) in bytes.chunks(CHUNK_SIZE as usize).enumerate() {
            coverage.carved += self.carve_chunk(chunk, offset + index as u64 * CHUNK_SIZE, sink);
        }
        coverage
    }

    fn carve_chunk(&mut self, bytes: &[u8], offset: u64, sink: &mut dyn Sink) -> u64 {
        self.next_chunk();
        let budget = Cell::new(Budget::CHUNK);
        let mut at = match EvtxChunkHeader::from_bytes(bytes) {
            Ok(header) => {
                Walk::new(self, bytes, &budget, offset, &header).records(&mut Nobody, &mut Coverage::default())
            }
            Err(_) => 0,
        };
        let budget = Cell::new(Budget::CHUNK);
        let mut carved = 0;
        while let Some((start, content, next)) = next_whole(bytes, at, bytes.len()) {
            at = next;
            if !has_template(bytes, &content) {
                continue;
            }
            let read = self.templates.read(&mut self.names, bytes, &self.layouts, &budget, content, start);
            let Ok((head, body)) = read else { continue };
            let record = Record::new(head.resolve(&self.names), offset + start as u64, Body::Evtx(body)).carved();
            if record.read().1.is_none() {
                carved += 1;
                sink.record(&record);
            }
        }
        carved
    }
}

/// Whether the template that a record names is still where the record says. The record is an instance of it: the header
/// of the fragment, a token, a version, the first four bytes of the template's GUID and its place; there, the GUID
/// follows the place of the next template.
fn has_template(bytes: &[u8], content: &Range<usize>) -> bool {
    let Some(&[_, _, _, _, 0x0c, _, a, b, c, d, ref place @ ..]) = bytes.get(content.clone()) else { return false };
    let Some(place) = place.first_chunk().map(|place| u32::from_le_bytes(*place) as usize) else { return false };
    bytes.get(place..).and_then(|template| template.get(4..8)) == Some(&[a, b, c, d])
}

/// Takes the records that are read elsewhere.
struct Nobody;

impl Sink for Nobody {
    fn record(&mut self, _record: &Record<'_>) {}
}
