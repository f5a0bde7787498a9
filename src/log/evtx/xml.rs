//! A record as the XML that Event Viewer shows.

use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

/// The record that starts at `at` in the given chunk, as XML; the evtx crate writes it. `None` where it cannot.
pub fn to_xml(chunk: &[u8], at: u64) -> Option<String> {
    let mut chunk = EvtxChunkData::new(chunk.to_vec(), false).ok()?;
    let mut chunk = chunk.parse(Arc::new(ParserSettings::default().indent(true))).ok()?;
    let record = chunk.iter().flatten().find(|record| record.binxml_offset == at + 24)?;
    Some(record.into_xml().ok()?.data)
}
