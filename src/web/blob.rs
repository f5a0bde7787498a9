//! Reading files in a worker.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileReaderSync, ReadableStreamGetReaderOptions, ReadableStreamReaderMode};

use super::message;
use crate::log::Kind;
use crate::log::evtx::CHUNK_SIZE;

/// A run of bytes of a file; shorter where the file ends.
fn part(file: &Blob, offset: u64, length: u64) -> Result<Blob, JsValue> {
    file.slice_with_f64_and_f64(offset as f64, (offset + length) as f64)
}

/// Reads a run of bytes at once.
pub async fn read(file: &Blob, offset: u64, length: u64) -> Result<Uint8Array, String> {
    read_all(part(file, offset, length).map_err(message)?).await
}

/// Reads a whole file at once.
async fn read_all(file: Blob) -> Result<Uint8Array, String> {
    Ok(Uint8Array::new(&JsFuture::from(file.array_buffer()).await.map_err(message)?))
}

/// Files are read together up to about so many bytes: the more it is, the later the first of them is checked.
pub const TOGETHER: u64 = 8 << 20;

/// Reads files, each taken as soon as it is there. They are read as one: to the browser, each that it reads by itself
/// costs more than its bytes.
pub async fn read_together<T>(
    files: &[(u64, Blob)],
    mut take: impl FnMut(usize, Result<&[u8], String>) -> T,
) -> Vec<T> {
    let together = files.iter().map(|(_, file)| JsValue::from(file)).collect::<js_sys::Array>();
    if files.len() > 1
        && let Ok(together) = Blob::new_with_blob_sequence(&together)
    {
        let mut taken = Vec::new();
        let largest = files.iter().map(|(size, _)| *size as usize).max().unwrap_or(0);
        let all = read_through_window(&together, largest, |bytes, _| {
            let mut used = 0;
            while let Some((size, _)) = files.get(taken.len())
                && let Some(file) = bytes[used..].get(..*size as usize)
            {
                used += file.len();
                taken.push(take(taken.len(), Ok(file)));
            }
            if taken.len() < files.len() { used } else { bytes.len() }
        });
        if all.await.is_ok() && taken.len() == files.len() {
            return taken;
        }
    }
    // One of them cannot be read, or is not what it was: then none of the others was where it should have been.
    let mut taken = Vec::new();
    for (place, (_, file)) in files.iter().enumerate() {
        let bytes = read_all(file.clone()).await.map(|bytes| bytes.to_vec());
        taken.push(take(place, bytes.as_deref().map_err(String::clone)));
    }
    taken
}

/// What tells what a file is.
pub fn start_of(file: &Blob) -> Blob {
    // Of a file that cannot be cut, all.
    part(file, 0, Kind::START as u64).unwrap_or_else(|_| file.clone())
}

/// Reads a run of bytes in pieces of whole chunks (the last one may be cut short), each taken as soon as it is there.
pub async fn stream(file: &Blob, offset: u64, length: u64, mut take: impl FnMut(&[u8])) -> Result<(), String> {
    let part = part(file, offset, length).map_err(message)?;
    let whole_chunks = |bytes: &[u8], is_end: bool| {
        let cut = if is_end { 0 } else { bytes.len() % CHUNK_SIZE as usize };
        let whole = bytes.len() - cut;
        take(&bytes[..whole]);
        whole
    };
    read_through_window(&part, CHUNK_SIZE as usize, whole_chunks).await
}

/// Reads a file through a window that is used again and again: buffers that the browser allocated anew would pile up until
/// its garbage collector wakes. Gives `take` what has come, and whether that is the end, and is told how much of it is
/// done with; the rest, which is less than `kept` bytes, comes again with more behind it. The browser reads on meanwhile.
async fn read_through_window(
    file: &Blob,
    kept: usize,
    mut take: impl FnMut(&[u8], bool) -> usize,
) -> Result<(), String> {
    let options = ReadableStreamGetReaderOptions::new();
    options.set_mode(ReadableStreamReaderMode::Byob);
    let Ok(reader) = file.stream().unchecked_into::<ByteStream>().get_reader(&options) else {
        // A browser whose blobs do not stream into a window given.
        take(&read_all(file.clone()).await?.to_vec(), true);
        return Ok(());
    };
    let Window { mut window, mut buffer } = WINDOWS.with_borrow_mut(Vec::pop).unwrap_or_default();
    if buffer.len() < kept + WINDOW {
        // Memory that comes zeroed is much cheaper than memory that is filled with zeroes.
        buffer = vec![0; kept + WINDOW];
    }
    // A browser that does not know `min` gives what it has ready.
    let whole_window = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&whole_window, &"min".into(), &(WINDOW as u32).into());
    let mut filled = 0;
    loop {
        let result =
            JsFuture::from(reader.read(&window, &whole_window)).await.map_err(message)?.unchecked_into::<ReadResult>();
        let Some(bytes) = result.value() else { break };
        // The window comes back with what was read, at the end with nothing.
        window = Uint8Array::new(&bytes.buffer());
        let length = bytes.length() as usize;
        if length == 0 {
            break;
        }
        bytes.copy_to(buffer.get_mut(filled..filled + length).ok_or("more came than was asked for")?);
        filled += length;
        let used = take(&buffer[..filled], false);
        if used > 0 {
            buffer.copy_within(used..filled, 0);
            filled -= used;
        }
    }
    take(&buffer[..filled], true);
    // A browser may keep the window at the end.
    if window.length() > 0 {
        WINDOWS.with_borrow_mut(|windows| windows.push(Window { window, buffer }));
    }
    Ok(())
}

/// Bytes of a window. It comes back full: what a browser has ready at once is mostly less, and each time it comes back
/// costs time and objects that wait for the collector.
const WINDOW: usize = 1 << 20;

thread_local! {
    /// Windows that nothing is read through just now.
    static WINDOWS: RefCell<Vec<Window>> = const { RefCell::new(Vec::new()) };
}

/// The browser's side and ours of what is being read: theirs is transferred to and fro.
struct Window {
    window: Uint8Array,
    /// What has arrived, behind what was kept before.
    buffer: Vec<u8>,
}

impl Default for Window {
    fn default() -> Self {
        Window { window: Uint8Array::new_with_length(WINDOW as u32), buffer: Vec::new() }
    }
}

// web-sys would do, but has no types for these results.
#[wasm_bindgen]
extern "C" {
    type ByteStream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &ByteStream, options: &ReadableStreamGetReaderOptions) -> Result<ByteReader, JsValue>;

    type ByteReader;
    #[wasm_bindgen(method)]
    fn read(this: &ByteReader, window: &Uint8Array, options: &JsValue) -> js_sys::Promise;

    type ReadResult;
    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> Option<Uint8Array>;
}

/// Bytes of a file that are read at once while the worker stands still.
const BLOCK: u64 = 1 << 20;

/// A file as Rust's libraries read files. The worker stands still while it reads.
pub struct BlobReader {
    file: Blob,
    reader: FileReaderSync,
    at: u64,
    /// What was read last, from a multiple of [`BLOCK`] on: archives are searched backwards too.
    window: Vec<u8>,
    window_start: u64,
}

impl BlobReader {
    /// A reader at the file's start.
    pub fn new(file: &Blob) -> io::Result<BlobReader> {
        let reader = FileReaderSync::new().map_err(failed)?;
        Ok(BlobReader { file: file.clone(), reader, at: 0, window: Vec::new(), window_start: 0 })
    }
}

fn failed(error: JsValue) -> io::Error {
    io::Error::other(message(error))
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let start = self.at - self.at % BLOCK;
        if start != self.window_start || self.window.is_empty() {
            let part = part(&self.file, start, BLOCK).map_err(failed)?;
            let bytes = Uint8Array::new(&self.reader.read_as_array_buffer(&part).map_err(failed)?.into());
            self.window = bytes.to_vec();
            self.window_start = start;
        }
        let rest = self.window.get((self.at - start) as usize..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let at = match position {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(back) => (self.file.size() as u64).checked_add_signed(back),
            SeekFrom::Current(on) => self.at.checked_add_signed(on),
        };
        self.at = at.ok_or_else(|| io::Error::other("a place before the file's start"))?;
        Ok(self.at)
    }
}

/// Bytes of an unpacked archive that are handed to the browser at once.
const PIECE: u64 = 4 << 20;

/// Unpacks an archive that is in an archive: the browser keeps it, on disk if it is large.
pub fn unpack(content: &mut dyn Read) -> io::Result<Blob> {
    let pieces = js_sys::Array::new();
    loop {
        let mut piece = Vec::new();
        if content.take(PIECE).read_to_end(&mut piece)? == 0 {
            return Blob::new_with_blob_sequence(&pieces).map_err(failed);
        }
        let bytes = js_sys::Array::of1(&Uint8Array::from(piece.as_slice()));
        pieces.push(Blob::new_with_u8_array_sequence(&bytes).map_err(failed)?.as_ref());
    }
}
