//! A worker: reads slices of files and checks them.

use std::cell::{Cell, RefCell};
use std::io::Read;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use super::blob::{BlobReader, TOGETHER, read, read_together, start_of, stream, unpack};
use super::messages::{
    Archived, Log, Look, Opened, Outcome, Reply, Request, Row, Task, Unopened, Unpacked, decoded, handed_over,
};
use super::{built_in, index, knowledge, learn, library, listing, with};
use crate::checkup::{self, Checkup, Contents, FileReport, Keys, Parts, Report, unreadable};
use crate::display;
use crate::event::Event;
use crate::export::redaction::{Found, Names, Texts};
use crate::kb::{Article, import};
use crate::log::archive::Archive;
use crate::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Reader, chunk_offset, to_xml};
use crate::log::mta::DisplayText;
use crate::log::{Kind, Record, Sink, evt, xml};

/// Bytes of an entry that are unpacked at once.
const PIECE: usize = 1 << 18;

/// What is waiting for a worker waits for its work at most about so long; a pause itself costs up to 4 ms.
const PAUSE_MILLISECONDS: f64 = 20.0;

/// More of a value than this is not sent to the page; the XML has all of it.
const MAX_SHOWN: usize = 20_000;

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
        match Request::open(event.data()) {
            // The browser reads the next slice while this worker checks the one before.
            Ok(request) => spawn_local(async move {
                let part = |outcome| send(&scope, &Reply { id: request.id, outcome: Ok(outcome) });
                let outcome = work(request.task, request.file, &part).await;
                send(&scope, &Reply { id: request.id, outcome });
            }),
            Err(error) => send(&scope, &Reply { id: 0, outcome: Err(error) }),
        }
    });
    scope.set_onmessage(Some(receive.as_ref().unchecked_ref()));
    receive.forget();
    send(&scope, &Reply { id: 0, outcome: Ok(Outcome::Ready) });
    // Mostly there is time until somebody has chosen a file.
    spawn_local(async {
        pause().await;
        knowledge().prepare();
    });
}

fn send(scope: &DedicatedWorkerGlobalScope, reply: &Reply) {
    if let Ok(message) = reply.post() {
        // A page that is gone needs no answer.
        let _ = scope.post_message_with_transfer(&message, &handed_over(&reply.with()));
    }
}

async fn work(task: Task, given: JsValue, part: &impl Fn(Outcome)) -> Result<Outcome, String> {
    let file: &Blob = given.unchecked_ref();
    match task {
        Task::Compile => Ok(Outcome::Compiled(library::compile(given.unchecked_ref(), part).await?)),
        Task::Stop => {
            library::stop();
            Ok(Outcome::Stopped)
        }
        Task::Find { query, filter, most } => Ok(Outcome::Listing(library::find(&query, &filter, most))),
        Task::Look { id } => Ok(Outcome::Looked(library::look(&id).map(Box::new))),
        Task::Texts => Ok(Outcome::Carried(library::texts())),
        Task::Learn => {
            let mut articles = Vec::new();
            for some in given.unchecked_ref::<js_sys::Array>().iter() {
                articles.extend(decoded::<Vec<Article>>(&some)?);
            }
            let knowledge = with(built_in(), articles);
            knowledge.prepare();
            learn(knowledge, knowledge);
            CHECKUPS.with_borrow_mut(Vec::clear);
            listing::forget();
            Ok(Outcome::Learned)
        }
        Task::Open { files } => {
            let blobs = given.unchecked_ref::<js_sys::Array>().iter().map(Blob::from);
            let wanted = files.iter().zip(blobs).map(|(file, blob)| match file.whole {
                true => (file.size, blob),
                false => (file.size.min(Kind::START as u64), start_of(&blob)),
            });
            let open = |place: usize, bytes: Result<&[u8], String>| opened_file(&files[place], bytes);
            Ok(Outcome::Opened(read_together(&wanted.collect::<Vec<_>>(), open).await))
        }
        Task::Check { number, file: report, first, chunks } => {
            let offset = chunk_offset(first);
            let mut checkup = begin(number, &report);
            let mut size = 0;
            stream(file, offset, chunks * CHUNK_SIZE, |bytes| {
                checkup.read(bytes, offset + size);
                size += bytes.len() as u64;
            })
            .await?;
            Ok(Outcome::Checked(finish(checkup)))
        }
        Task::CheckInOrder { number, file: report, archived } => {
            let reader = report.kind.reader(report.size, &report.name).ok_or("it is no log")?;
            read_from_start(file, &report.name, archived, async |bytes| {
                for report in Parts::new(knowledge(), number, &report, reader, bytes) {
                    part(Outcome::Part(report));
                    // Somebody may want to look at a record meanwhile.
                    pause().await;
                }
            })
            .await?;
            Ok(Outcome::Ended)
        }
        Task::LookAgain { files, carve } => {
            let keys = Keys::default();
            let blobs: Vec<Blob> = given.unchecked_ref::<js_sys::Array>().iter().map(Into::into).collect();
            look_again(&files, &blobs, &keys, part).await?;
            for (Look { number, file, archived, .. }, blob) in files.iter().zip(&blobs).filter(|_| carve) {
                let carve =
                    async |bytes: &mut dyn Read| merged(checkup::carve(knowledge(), *number, file, &keys, bytes)).await;
                part(Outcome::Part(read_from_start(blob, &file.name, *archived, carve).await?));
            }
            Ok(Outcome::Ended)
        }
        Task::Names { look, chunks, carve } => {
            let files: &js_sys::Array = given.unchecked_ref();
            let file = files.get(0).unchecked_into();
            Ok(Outcome::Names(names(&file, &look, &decoded(&files.get(1))?, chunks, carve).await?))
        }
        Task::Redact { texts, found, wishes } => Ok(Outcome::Redacted(texts.redact(&found, &wishes))),
        Task::Unpack { file: report, is_nested } => {
            let archives = js_sys::Array::new();
            let mut archive = open(file, report.kind, &report.name)?;
            let contents = Contents::of(&mut archive, &report, is_nested, unpack);
            for (name, _, unpacked) in contents.archives {
                archives.push(&js_sys::Array::of2(&name.into(), &unpacked));
            }
            let (files, has_sources) = (contents.files, contents.has_sources);
            Ok(Outcome::Unpacked(Unpacked { files, archives: archives.into(), has_sources }))
        }
        Task::Read { offset, length } => {
            let mut size = 0;
            stream(file, offset, length, |bytes| size += bytes.len() as u64).await?;
            Ok(Outcome::Read(size))
        }
        Task::Show { article, log, display_text, offsets } => {
            let files: &js_sys::Array = given.unchecked_ref();
            let display_text = match display_text {
                Some(log) => {
                    // A record can be shown without it.
                    let wanted = [(0, log.size.min(DisplayText::MAX_SIZE))];
                    let bytes = pieces(&files.get(1).unchecked_into(), &log, &wanted).await;
                    bytes.ok().and_then(|mut bytes| DisplayText::open(bytes.pop()?))
                }
                None => None,
            };
            let article = article.map(|id| knowledge().by_id(&id));
            let mut rows = Rows { article, display_text: display_text.as_ref(), rows: Vec::new() };
            find(&files.get(0).unchecked_into(), &log, &offsets, &mut rows).await?;
            Ok(Outcome::Shown(rows.rows))
        }
        Task::List { lists, text } => {
            let files: Vec<Blob> = given.unchecked_ref::<js_sys::Array>().iter().map(Into::into).collect();
            listing::list(&lists, text, &files, part).await
        }
        Task::Index(question) => Ok(Outcome::Answer(index::answer(question, &given)?)),
        Task::Xml { log, offset } if log.kind == Kind::Xml => {
            let text = pieces(file, &log, &[(offset, xml::MAX_EVENT as u64)]).await?;
            Ok(Outcome::Xml(text.first().and_then(|text| xml::event(text))))
        }
        Task::Xml { log, offset } => {
            let start = chunk_of(offset);
            let chunk = pieces(file, &log, &[(start, CHUNK_SIZE)]).await?;
            Ok(Outcome::Xml(chunk.first().and_then(|chunk| to_xml(chunk, (offset - start) as usize).ok())))
        }
    }
}

/// Opens an archive.
pub fn open(file: &Blob, kind: Kind, name: &str) -> Result<Archive<BlobReader>, String> {
    Archive::open(|| BlobReader::new(file), kind, name)
}

/// Opens an archive for one of its entries, if it is not the one that was used last.
fn reopen(file: &Blob, archived: Archived, name: &str) -> Result<Archive<BlobReader>, String> {
    match ARCHIVE.take() {
        Some((number, archive)) if number == archived.archive => Ok(archive),
        _ => open(file, archived.kind, name),
    }
}

/// Lets a file be read from its start, wherever it is.
pub async fn read_from_start<T>(
    file: &Blob,
    name: &str,
    archived: Option<Archived>,
    take: impl AsyncFnOnce(&mut dyn Read) -> T,
) -> Result<T, String> {
    let Some(archived) = archived else {
        return Ok(take(&mut BlobReader::new(file).map_err(|error| error.to_string())?).await);
    };
    let mut archive = reopen(file, archived, name)?;
    let outcome = take(&mut archive.entry(archived.place).map_err(|(_, error)| error)?).await;
    ARCHIVE.set(Some((archived.archive, archive)));
    Ok(outcome)
}

/// Begins to check a part of a file, with what earlier parts taught; a worker is at several parts at a time.
fn begin(number: u32, file: &FileReport) -> Checkup<'static> {
    let mut checkup = CHECKUPS.with_borrow_mut(Vec::pop).unwrap_or_else(|| Checkup::new(knowledge()));
    checkup.open(number, file);
    checkup
}

/// The report of the part.
fn finish(mut checkup: Checkup<'static>) -> Report {
    let report = checkup.finish();
    CHECKUPS.with_borrow_mut(|checkups| checkups.push(checkup));
    report
}

/// Looks at files again, one after the other; small ones are read together.
async fn look_again(files: &[Look], blobs: &[Blob], keys: &Keys, part: &impl Fn(Outcome)) -> Result<(), String> {
    let looks: Vec<(&Look, &Blob)> = files.iter().zip(blobs).collect();
    let mut left = looks.as_slice();
    while !left.is_empty() {
        let mut bytes = 0;
        let is_small = |(look, _): &&(&Look, &Blob)| {
            bytes += look.file.size;
            look.archived.is_none() && bytes <= TOGETHER
        };
        let small: Vec<_> =
            left.iter().take_while(is_small).map(|(look, blob)| (look.file.size, (*blob).clone())).collect();
        let read = read_together(&small, |_, bytes| bytes.map(<[u8]>::to_vec).ok()).await;
        let (next, later) = left.split_at(small.len().max(1));
        for ((Look { number, file, archived, ids }, blob), read) in next.iter().zip(read.into_iter().chain([None])) {
            let again = async |bytes: &mut dyn Read| {
                merged(checkup::again(knowledge(), *number, file, ids.clone(), keys, bytes)).await
            };
            part(Outcome::Again(match read {
                Some(bytes) => again(&mut bytes.as_slice()).await,
                None => read_from_start(blob, &file.name, *archived, again).await?,
            }));
        }
        left = later;
    }
    Ok(())
}

/// The report of all parts together, of which each costs time.
async fn merged(parts: impl Iterator<Item = Report>) -> Report {
    let mut all = Report::default();
    for part in parts {
        all.merge(part);
        // What was read can be thrown away, and somebody may want to look at a record meanwhile.
        pause().await;
    }
    all
}

/// What a file is, by its first bytes, and its report if these should be all.
fn opened_file(file: &Unopened, bytes: Result<&[u8], String>) -> Opened {
    let Unopened { number, name, size, whole } = file.clone();
    let bytes = match bytes {
        // The file has bytes, but the browser gives none.
        Ok(bytes) if bytes.is_empty() && size > 0 => Err("it was moved or changed since; choose it again".into()),
        bytes => bytes,
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let report = Report::of(number, unreadable(name, size, error));
            return Opened { number, report, is_checked: false, is_article: false };
        }
    };
    let file = FileReport::open(name, size, &bytes[..bytes.len().min(Kind::START)]);
    let is_article = file.kind == Kind::Text && import::recognise(bytes);
    // One that became shorter meanwhile is read as others are, which says so.
    let reader = file.kind.reader(size, &file.name).filter(|_| whole && bytes.len() as u64 == size);
    let is_checked = reader.is_some();
    let report = match reader {
        Some(_) if file.kind == Kind::Evtx => {
            let mut checkup = begin(number, &file);
            checkup.read(bytes.get(HEADER_SIZE as usize..).unwrap_or_default(), HEADER_SIZE);
            [Report::of(number, file), finish(checkup)].into_iter().collect()
        }
        Some(reader) => checkup::in_order(knowledge(), number, &file, reader, bytes),
        None => Report::of(number, file),
    };
    Opened { number, report, is_checked, is_article }
}

/// The names that a log has of what is in texts.
async fn names(
    file: &Blob,
    look: &Look,
    texts: &Texts,
    chunks: Option<(u64, u64)>,
    carve: bool,
) -> Result<Found, String> {
    let mut names = Names::new(texts);
    let FileReport { kind, size, name, .. } = &look.file;
    let read = match (chunks, if carve { kind.carver(*size, name) } else { kind.reader(*size, name) }) {
        (Some((first, chunks)), _) => {
            let (mut reader, mut offset) = (Reader::default(), chunk_offset(first));
            let end = chunk_offset(first + chunks).min(*size);
            let read = stream(file, offset, end.saturating_sub(offset), |bytes| {
                reader.slice(bytes, offset, &mut names);
                offset += bytes.len() as u64;
            });
            read.await.and_then(|()| if offset < end { Err("the file became shorter".into()) } else { Ok(()) })
        }
        (None, Some(mut reader)) => {
            let mut left = *size;
            let read_all = async |bytes: &mut dyn Read| {
                loop {
                    match names.read_some(&mut reader, bytes) {
                        Ok(0) if left > 0 => return Err("the file became shorter".into()),
                        Ok(0) => return Ok(()),
                        Ok(read) => left = left.saturating_sub(read),
                        Err(error) => return Err(error.to_string()),
                    }
                    pause().await;
                }
            };
            read_from_start(file, name, look.archived, read_all).await.flatten()
        }
        (None, None) => Ok(()),
    };
    match read {
        // What could not be read before is not in the texts either.
        Err(error) if !look.file.is_unreadable() => Err(error),
        _ => Ok(names.finish()),
    }
}

/// Reads records again, by where they start.
async fn find(file: &Blob, log: &Log, offsets: &[u64], sink: &mut impl Sink) -> Result<(), String> {
    let all = |length: usize| offsets.iter().map(move |offset| (*offset, length as u64));
    match log.kind {
        Kind::Evt => {
            // A record at the log's end may go on behind the header.
            let wanted: Vec<_> = all(evt::MAX_RECORD).chain([(evt::HEADER_SIZE, evt::MAX_RECORD as u64)]).collect();
            let mut pieces = pieces(file, log, &wanted).await?;
            let start = pieces.pop().unwrap_or_default();
            let mut reader = evt::Reader::new(log.size, &log.name);
            for (mut bytes, offset) in pieces.into_iter().zip(offsets) {
                if bytes.len() < evt::MAX_RECORD {
                    bytes.extend_from_slice(&start);
                }
                reader.find(&bytes, *offset, sink);
            }
        }
        Kind::Xml => {
            let texts = pieces(file, log, &all(xml::MAX_EVENT).collect::<Vec<_>>()).await?;
            texts.iter().zip(offsets).for_each(|(text, offset)| xml::find(text, *offset, sink));
        }
        _ => {
            let by_chunk: Vec<_> = offsets.chunk_by(|a, b| chunk_of(*a) == chunk_of(*b)).collect();
            let wanted: Vec<_> = by_chunk.iter().map(|offsets| (chunk_of(offsets[0]), CHUNK_SIZE)).collect();
            for ((chunk, (start, _)), offsets) in pieces(file, log, &wanted).await?.iter().zip(&wanted).zip(by_chunk) {
                Reader::default().find(chunk, *start, offsets, sink);
            }
        }
    }
    Ok(())
}

/// Runs of bytes of a log, by offset and length; of one in an archive, all that is before them is unpacked again.
async fn pieces(file: &Blob, log: &Log, wanted: &[(u64, u64)]) -> Result<Vec<Vec<u8>>, String> {
    let mut pieces = vec![Vec::new(); wanted.len()];
    let Some(archived) = log.archived else {
        for ((offset, length), piece) in wanted.iter().zip(&mut pieces) {
            *piece = read(file, *offset, *length).await?.to_vec();
        }
        return Ok(pieces);
    };
    let end = wanted.iter().map(|(offset, length)| offset + length).max().unwrap_or(0);
    let (mut at, mut buffer) = (0, vec![0; PIECE]);
    let take = async |bytes: &mut dyn Read| {
        while at < end {
            // Where the entry breaks off, what is before that can be looked at.
            let length = bytes.read(&mut buffer).unwrap_or(0);
            if length == 0 {
                break;
            }
            for ((offset, length_wanted), piece) in wanted.iter().zip(&mut pieces) {
                let from = offset.saturating_sub(at).min(length as u64) as usize;
                let to = (offset + length_wanted).saturating_sub(at).min(length as u64) as usize;
                piece.extend_from_slice(&buffer[from..to]);
            }
            at += length as u64;
        }
    };
    read_from_start(file, &log.name, Some(archived), take).await?;
    Ok(pieces)
}

/// Lets what is waiting have its turn, unless it had it just now.
pub async fn pause() {
    let global: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let now = global.performance().map_or(f64::INFINITY, |performance| performance.now());
    if now - PAUSED.get() < PAUSE_MILLISECONDS {
        return;
    }
    PAUSED.set(now);
    let pause = js_sys::Promise::new(&mut |resolve, _| {
        // Without a timer there is no pause.
        if global.set_timeout_with_callback(&resolve).is_err() {
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
    let _ = JsFuture::from(pause).await;
}

/// Where the chunk starts that holds an offset.
fn chunk_of(offset: u64) -> u64 {
    chunk_offset(offset.saturating_sub(HEADER_SIZE) / CHUNK_SIZE)
}

thread_local! {
    /// When [`pause`] paused last.
    static PAUSED: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
    /// Checkups that are at no part just now.
    static CHECKUPS: RefCell<Vec<Checkup<'static>>> = const { RefCell::new(Vec::new()) };
    /// The archive that was used last, whose list of entries need not be read again, and its number.
    static ARCHIVE: Cell<Option<(u32, Archive<BlobReader>)>> = const { Cell::new(None) };
}

/// Collects records as an article sees them.
struct Rows<'a> {
    /// `None` for the best of each.
    article: Option<Option<&'a Article>>,
    display_text: Option<&'a DisplayText>,
    rows: Vec<Row>,
}

impl Sink for Rows<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let (event, _) = record.read();
        let article = self.article.unwrap_or_else(|| knowledge().best(&event));
        self.rows.push(row(article, self.display_text, record.offset, &event));
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
        article: article.map(|article| article.id.clone()),
        fields,
    }
}
