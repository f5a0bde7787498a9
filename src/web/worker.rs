//! A worker: reads slices of files and checks them.

use std::cell::RefCell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, MessageEvent, ReadableStreamGetReaderOptions, ReadableStreamReaderMode,
};

use super::messages::{Compiled, Outcome, Reply, Request, Row, Task, decoded, encoded, posted};
use super::{knowledge, learn, message};
use crate::checkup::{Checkup, FileReport, InOrder, Report};
use crate::display;
use crate::event::Event;
use crate::kb::Article;
use crate::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Reader, chunk_offset, to_xml};
use crate::log::mta::DisplayText;
use crate::log::{Kind, Problem, Reason, Record, Sequential, Sink, evt, xml};
use crate::sources;

/// More of a value than this is not sent to the page; the XML has all of it.
const MAX_SHOWN: usize = 20_000;

/// A larger file is no article, rule or archive of them.
const MAX_SOURCE: f64 = 64e6;

/// So many articles the page's thread can take without being missed.
const ARTICLES_AT_A_TIME: usize = 100;

/// Waits for requests.
pub fn start(scope: DedicatedWorkerGlobalScope) {
    let own = scope.clone();
    std::panic::set_hook(Box::new({
        let scope = scope.clone();
        // The page hears of it in words; the trap that follows makes it replace this worker.
        move |panic| send(&scope, &Reply { id: 0, outcome: Err(panic.to_string()) })
    }));
    let receive = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let scope = own.clone();
        match serde_wasm_bindgen::from_value::<Request>(event.data()) {
            // The browser reads the next slice while this worker checks the one before.
            Ok(request) => spawn_local(async move {
                let part = |outcome| send(&scope, &Reply { id: request.id, outcome: Ok(outcome) });
                let outcome = work(request.task, request.file, &part).await;
                send(&scope, &Reply { id: request.id, outcome });
            }),
            Err(error) => send(&scope, &Reply { id: 0, outcome: Err(error.to_string()) }),
        }
    });
    scope.set_onmessage(Some(receive.as_ref().unchecked_ref()));
    receive.forget();
    send(&scope, &Reply { id: 0, outcome: Ok(Outcome::Ready) });
}

fn send(scope: &DedicatedWorkerGlobalScope, reply: &Reply) {
    if let Ok(reply) = posted(reply) {
        // A page that is gone needs no answer.
        let _ = scope.post_message(&reply);
    }
}

async fn work(task: Task, given: JsValue, part: &impl Fn(Outcome)) -> Result<Outcome, String> {
    let file: &Blob = given.unchecked_ref();
    match task {
        Task::Compile => Ok(Outcome::Compiled(compile(given.unchecked_ref()).await?)),
        Task::Learn => {
            let mut articles = Vec::new();
            for some in given.unchecked_ref::<js_sys::Array>().iter() {
                articles.extend(decoded::<Vec<Article>>(&some)?);
            }
            learn(articles);
            CHECKUPS.with_borrow_mut(Vec::clear);
            Ok(Outcome::Learned)
        }
        Task::Open { name } => {
            let start = read(file, 0, Kind::START as u64).await?;
            let mut report = FileReport::open(name, file.size() as u64, &start.to_vec());
            if start.length() == 0 && report.size > 0 {
                // The file has bytes, but the browser gives none: it was changed, moved or cut off while being read.
                report.kind = Kind::Unreadable;
                let reason = Reason::Unreadable("the browser read no bytes of it".into());
                report.coverage.add(Problem { offset: 0, reason, lost: 0 });
            }
            Ok(Outcome::Opened(Box::new(report)))
        }
        Task::Check { number, file: report, first, chunks } => {
            let offset = chunk_offset(first);
            // A worker checks several parts at a time, each with what it learned from earlier ones.
            let mut checkup = CHECKUPS.with_borrow_mut(Vec::pop).unwrap_or_else(|| Checkup::new(knowledge()));
            checkup.open(number, &report);
            let mut size = 0;
            stream(file, offset, chunks * CHUNK_SIZE, |bytes| {
                checkup.read(bytes, offset + size);
                size += bytes.len() as u64;
            })
            .await?;
            let report = checkup.finish();
            CHECKUPS.with_borrow_mut(|checkups| checkups.push(checkup));
            Ok(Outcome::Checked(encoded(&report)?))
        }
        Task::CheckInOrder { number, file: report } => match report.kind {
            Kind::Evt => {
                let reader = evt::Reader::new(report.size, &report.name);
                check_in_order(file, number, &report, reader, part).await
            }
            _ => check_in_order(file, number, &report, xml::Reader::new(0), part).await,
        },
        Task::Read { offset, length } => {
            let mut size = 0;
            stream(file, offset, length, |bytes| size += bytes.len() as u64).await?;
            Ok(Outcome::Read(size))
        }
        Task::Show { article, kind, name, offsets } => {
            let mut rows = Rows { article: &article, rows: Vec::new() };
            find(file, kind, &name, &offsets, &mut rows).await?;
            Ok(Outcome::Shown(rows.rows))
        }
        Task::Xml { kind: Kind::Xml, offset } => {
            let text = read(file, offset, xml::MAX_EVENT as u64).await?.to_vec();
            Ok(Outcome::Xml(xml::event(&text)))
        }
        Task::Xml { offset, .. } => {
            let start = chunk_of(offset);
            let chunk = read(file, start, CHUNK_SIZE).await?.to_vec();
            Ok(Outcome::Xml(to_xml(&chunk, (offset - start) as usize).ok()))
        }
    }
}

/// After so many bytes the page hears of what was found in them.
const PART: u64 = 8 << 20;

/// Checks a file from its start to its end.
async fn check_in_order(
    file: &Blob,
    number: u32,
    report: &FileReport,
    reader: impl Sequential,
    part: &impl Fn(Outcome),
) -> Result<Outcome, String> {
    let mut checkup = InOrder::new(knowledge(), number, report, reader);
    let (mut found, mut size) = (Report::default(), 0);
    stream(file, 0, report.size, |bytes| {
        found.merge(checkup.slice(bytes));
        size += bytes.len() as u64;
        if size >= PART
            && let Ok(report) = encoded(&std::mem::take(&mut found))
        {
            part(Outcome::Part(report));
            size = 0;
        }
    })
    .await?;
    found.merge(checkup.finish());
    Ok(Outcome::Checked(encoded(&found)?))
}

/// Reads records again, by where they start.
async fn find(file: &Blob, kind: Kind, name: &str, offsets: &[u64], sink: &mut impl Sink) -> Result<(), String> {
    match kind {
        Kind::Evt => {
            let mut reader = evt::Reader::new(file.size() as u64, name);
            for offset in offsets {
                let mut bytes = read(file, *offset, evt::MAX_RECORD as u64).await?.to_vec();
                if bytes.len() < evt::MAX_RECORD {
                    // The record may go on behind the header.
                    bytes.extend(read(file, evt::HEADER_SIZE, evt::MAX_RECORD as u64).await?.to_vec());
                }
                reader.find(&bytes, *offset, sink);
            }
        }
        Kind::Xml => {
            for offset in offsets {
                let text = read(file, *offset, xml::MAX_EVENT as u64).await?.to_vec();
                xml::find(&text, *offset, sink);
            }
        }
        _ => {
            for same_chunk in offsets.chunk_by(|a, b| chunk_of(*a) == chunk_of(*b)) {
                let start = chunk_of(same_chunk[0]);
                let chunk = read(file, start, CHUNK_SIZE).await?.to_vec();
                Reader::default().find(&chunk, start, same_chunk, sink);
            }
        }
    }
    Ok(())
}

/// Reads and compiles an array of `[path, text or File]`.
async fn compile(given: &js_sys::Array) -> Result<Compiled, String> {
    let (mut texts, mut faults) = (Vec::new(), Vec::new());
    for pair in given.iter() {
        let pair: js_sys::Array = pair.unchecked_into();
        let path = pair.get(0).as_string().unwrap_or_default();
        match (pair.get(1).as_string(), pair.get(1).dyn_into::<Blob>()) {
            (Some(text), _) => texts.push((path, text)),
            (None, Ok(file)) if file.size() > MAX_SOURCE => {
                faults.push(format!("{path}: the file has more than {:.0} MB", MAX_SOURCE / 1e6));
            }
            (None, Ok(file)) => match read(&file, 0, MAX_SOURCE as u64).await {
                Ok(bytes) => sources::read(&path, &bytes.to_vec(), &mut texts, &mut faults),
                Err(error) => faults.push(format!("{path}: {error}")),
            },
            _ => {}
        }
    }
    // Of texts with the same path, the last one counts.
    let mut seen = std::collections::HashSet::new();
    texts.reverse();
    texts.retain(|(path, _)| seen.insert(path.clone()));
    texts.sort();
    let (articles, more) = sources::compile(&texts);
    faults.extend(more);
    let articles: Result<js_sys::Array, _> = articles.chunks(ARTICLES_AT_A_TIME).map(encoded).collect();
    let pairs = texts.iter().map(|(path, text)| js_sys::Array::of2(&path.into(), &text.into()));
    Ok(Compiled { articles: articles?.into(), sources: pairs.collect::<js_sys::Array>().into(), faults })
}

/// Where the chunk starts that holds an offset.
fn chunk_of(offset: u64) -> u64 {
    chunk_offset(offset.saturating_sub(HEADER_SIZE) / CHUNK_SIZE)
}

/// A run of bytes of a file; shorter where the file ends.
fn part(file: &Blob, offset: u64, length: u64) -> Result<Blob, String> {
    let end = (offset + length).min(file.size() as u64);
    file.slice_with_f64_and_f64(offset as f64, end as f64).map_err(message)
}

/// Reads a run of bytes at once.
async fn read(file: &Blob, offset: u64, length: u64) -> Result<Uint8Array, String> {
    let buffer = JsFuture::from(part(file, offset, length)?.array_buffer()).await.map_err(message)?;
    Ok(Uint8Array::new(&buffer))
}

/// Reads a run of bytes in pieces of whole chunks (the last one may be cut short), each taken as soon as it is there: the
/// browser reads on meanwhile. The pieces come through a window that is used again and again; buffers that the browser
/// allocated anew would pile up until its garbage collector wakes.
async fn stream(file: &Blob, offset: u64, length: u64, mut take: impl FnMut(&[u8])) -> Result<(), String> {
    let part = part(file, offset, length)?;
    let options = ReadableStreamGetReaderOptions::new();
    options.set_mode(ReadableStreamReaderMode::Byob);
    let Ok(reader) = part.stream().unchecked_into::<ByteStream>().get_reader(&options) else {
        // A browser whose blobs do not stream into a window given.
        take(&read(file, offset, length).await?.to_vec());
        return Ok(());
    };
    let Window { mut window, mut buffer } = WINDOWS.with_borrow_mut(Vec::pop).unwrap_or_default();
    let mut filled = 0;
    loop {
        let result = JsFuture::from(reader.read(&window)).await.map_err(message)?.unchecked_into::<ReadResult>();
        let Some(bytes) = result.value() else { break };
        // The window comes back with what was read, at the end with nothing.
        window = Uint8Array::new(&bytes.buffer());
        let length = bytes.length() as usize;
        if length == 0 {
            break;
        }
        bytes.copy_to(&mut buffer[filled..filled + length]);
        filled += length;
        let whole = filled - filled % CHUNK_SIZE as usize;
        take(&buffer[..whole]);
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
    }
    take(&buffer[..filled]);
    // A browser may keep the window at the end.
    if window.length() > 0 {
        WINDOWS.with_borrow_mut(|windows| windows.push(Window { window, buffer }));
    }
    Ok(())
}

thread_local! {
    /// Checkups that are at no part just now.
    static CHECKUPS: RefCell<Vec<Checkup<'static>>> = const { RefCell::new(Vec::new()) };
}

/// Bytes of a window: what a browser has ready at once is mostly less.
const WINDOW: usize = 1 << 18;

thread_local! {
    /// Windows that nothing is read through just now.
    static WINDOWS: RefCell<Vec<Window>> = const { RefCell::new(Vec::new()) };
}

/// The browser's side and ours of what is being read: theirs is transferred to and fro.
struct Window {
    window: Uint8Array,
    /// What has arrived, and the beginning of a chunk before it.
    buffer: Vec<u8>,
}

impl Default for Window {
    fn default() -> Self {
        Window { window: Uint8Array::new_with_length(WINDOW as u32), buffer: vec![0; WINDOW + CHUNK_SIZE as usize] }
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
    fn read(this: &ByteReader, window: &Uint8Array) -> js_sys::Promise;

    type ReadResult;
    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> Option<Uint8Array>;
}

/// Collects records as an article sees them.
struct Rows<'a> {
    article: &'a str,
    rows: Vec<Row>,
}

impl Sink for Rows<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let (event, _) = record.read();
        self.rows.push(row(knowledge().by_id(self.article), None, record.offset, &event));
    }
}

fn row(article: Option<&Article>, display_text: Option<&DisplayText>, offset: u64, event: &Event<'_>) -> Row {
    let evidence = article.map(|article| article.detection.evidence(event)).unwrap_or_default();
    let mut fields: Vec<(String, String, bool)> = Vec::new();
    let mut push = |name: &str, mut text: String| {
        let marked = evidence.iter().any(|field| field.eq_ignore_ascii_case(name));
        if text.len() > MAX_SHOWN {
            text.truncate(text.floor_char_boundary(MAX_SHOWN));
            text.push('…');
        }
        fields.push((name.to_owned(), text, marked));
    };
    if let Some(message) = display::message(event, display_text) {
        push("Message", message.into_owned());
    }
    for name in ["Provider_Name", "EventID", "Channel", "Computer"] {
        event.values(name).iter().for_each(|value| push(name, value.to_string()));
    }
    for (name, field) in display::fields(event) {
        push(&name, display::value(event, article, display_text, &name, field));
    }
    Row {
        offset,
        record_id: event.head.record_id,
        time: event.head.time,
        computer: event.head.computer.text.to_owned(),
        summary: display::line(event, article, display_text),
        fields,
    }
}
