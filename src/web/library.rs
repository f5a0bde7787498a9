//! The worker that has the imported articles: it reads what people bring, and finds imported articles and reads them
//! again. Their texts stay in the files that they came in.

use std::cell::{Cell, RefCell};
use std::io::Read;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::blob::BlobReader;
use super::messages::{self, Carried, Compiled, Listing, Looked, Outcome, Share, encoded};
use super::worker::{open, pause};
use crate::kb::Article;
use crate::kb::filter::Filter;
use crate::kb::import::{self, Extract};
use crate::kb::library::Library;
use crate::log::Kind;
use crate::log::archive::Archive;
use crate::sources::{self, Brought, MAX_TEXT, Source};

/// So many articles the page's thread can take without being missed.
const ARTICLES_AT_A_TIME: usize = 100;

/// After so many milliseconds the page hears how far the reading is, and others have their turn.
const TURN: f64 = 100.0;

/// Bytes of imported articles that a copy of the page carries. Of more, it carries those that look for events.
const MAX_CARRIED: usize = 16 << 20;

thread_local! {
    static SHELF: RefCell<Shelf> = RefCell::default();
    /// Somebody wants the reading to end.
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// The imported articles, and where their texts are.
#[derive(Default)]
struct Shelf {
    library: Library,
    /// Of each article: the source, and its place if that is an archive.
    places: Vec<(usize, Option<usize>)>,
    /// Paths, and texts or files.
    sources: Vec<(String, JsValue)>,
    /// The archive that was used last, whose list of entries need not be read again.
    archive: Option<(usize, Archive<BlobReader>)>,
    /// The ids of the articles of ours that people brought, and what their sources are called.
    own: Vec<(String, String)>,
    /// Articles that look for events.
    matching: usize,
    /// What the texts have together.
    bytes: usize,
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    own: Vec<Source>,
    imported: Vec<Article>,
    faults: Vec<String>,
    share: Share,
    turn: f64,
}

/// Reads and compiles an array of `[path, text or Blob]`.
pub async fn compile(given: &Array, part: &impl Fn(Outcome)) -> Result<Compiled, String> {
    STOPPED.set(false);
    let mut reading = Reading { turn: js_sys::Date::now(), ..Reading::default() };
    reading.share.of = given.length() as usize;
    let mut origins = Vec::new();
    for (number, pair) in (0..).zip(given.iter()).take_while(|_| !STOPPED.get()) {
        let pair: Array = pair.unchecked_into();
        let (path, content) = (pair.get(0).as_string().unwrap_or_default(), pair.get(1));
        let before = SHELF.with_borrow(|shelf| shelf.places.len());
        if let Err(fault) = reading.source(&path, &content, part).await {
            reading.faults.push(format!("{path}: {fault}"));
        }
        SHELF.with_borrow_mut(|shelf| {
            if shelf.places.len() > before {
                origins.push(number);
                shelf.sources.push((path, content));
            }
        });
    }
    let stopped = STOPPED.get().then_some(reading.share);
    let Reading { mut own, imported, mut faults, .. } = reading;
    // Of texts with the same path, the last one counts.
    let mut seen = std::collections::HashSet::new();
    own.reverse();
    own.retain(|(path, _)| seen.insert(path.clone()));
    own.sort();
    let (articles, more) = sources::compile(super::built_in(), &own);
    faults.extend(more);
    let some = |articles: &[Article]| articles.chunks(ARTICLES_AT_A_TIME).map(encoded).collect::<Result<Array, _>>();
    let pairs = own.iter().map(|(path, text)| Array::of2(&path.into(), &text.into()));
    let library = SHELF.with_borrow_mut(|shelf| {
        shelf.library.prepare();
        shelf.own = named(&articles).collect();
        messages::Library { articles: shelf.places.len(), matching: shelf.matching }
    });
    Ok(Compiled {
        articles: some(&articles)?.into(),
        sources: pairs.collect::<Array>().into(),
        imported: some(&imported)?.into(),
        library,
        origins,
        faults,
        stopped,
    })
}

/// Ends the reading that is going on.
pub fn stop() {
    STOPPED.set(true);
}

impl Reading {
    /// Reads a text, a file or what is in an archive.
    async fn source(&mut self, path: &str, content: &JsValue, part: &impl Fn(Outcome)) -> Result<(), String> {
        self.share.part += 1;
        if let Some(text) = content.as_string() {
            self.text(path, text.as_bytes(), None);
            return Ok(());
        }
        let file: &Blob = content.dyn_ref().ok_or("it is no file")?;
        let start = super::blob::read(file, 0, Kind::START as u64).await?.to_vec();
        let kind = Kind::of(&start);
        if !kind.is_archive() {
            if file.size() as u64 > MAX_TEXT {
                return Err(sources::too_long());
            }
            self.text(path, &whole(file)?, None);
            self.take_turns(part).await;
            return Ok(());
        }
        let mut texts = sources::Texts::new(path, open(file, kind, path)?, sources::is_brought);
        let before = self.share.part;
        let all = texts.left();
        self.share.of += all;
        let mut strangers = 0;
        while let Some(text) = texts.next_text() {
            match text {
                Ok(text) => strangers += usize::from(!self.text(&text.path, text.bytes, Some(text.place))),
                Err(problem) => self.faults.push(problem),
            }
            self.share.part = before + all - texts.left();
            self.take_turns(part).await;
            if STOPPED.get() {
                break;
            }
        }
        if strangers > 0 {
            self.faults
                .push(format!("{path}: {strangers} of the texts in it are no articles of Microsoft's Knowledge Base"));
        }
        Ok(())
    }

    /// Takes a text. Whether it is anything; of one that is in no archive, it is said if not.
    fn text(&mut self, path: &str, bytes: &[u8], place: Option<usize>) -> bool {
        match sources::read(path, bytes) {
            Ok(Brought::Own(text)) => self.own.push((path.to_owned(), text)),
            Ok(Brought::Imported(extract)) => SHELF.with_borrow_mut(|shelf| {
                let Some(mut matching) = shelf.library.add(&extract) else { return };
                shelf.places.push((shelf.sources.len(), place));
                shelf.bytes += bytes.len();
                shelf.matching += usize::from(!matching.is_empty());
                self.imported.append(&mut matching);
            }),
            Err(_) if place.is_some() => return false,
            Err(problem) => self.faults.push(problem),
        }
        true
    }

    /// Says how far it is and lets others have their turn, when it is time.
    async fn take_turns(&mut self, part: &impl Fn(Outcome)) {
        if js_sys::Date::now() - self.turn > TURN {
            part(Outcome::Compiling(self.share));
            pause().await;
            self.turn = js_sys::Date::now();
        }
    }
}

/// All of a file.
fn whole(file: &Blob) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = BlobReader::new(file).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| error.to_string())
}

/// Finds imported articles.
pub fn find(query: &str, filter: &Filter, most: usize) -> Listing {
    SHELF.with_borrow_mut(|shelf| {
        let (whole, partly) = shelf.library.find(query, filter);
        let articles = whole.iter().chain(&partly).take(most);
        let articles = articles.filter_map(|number| shelf.library.articles().get(*number as usize).cloned());
        Listing { all: shelf.places.len(), whole: whole.len(), partly: partly.len(), articles: articles.collect() }
    })
}

/// Reads an imported article again.
pub fn look(id: &str) -> Option<Looked> {
    SHELF.with_borrow_mut(|shelf| {
        let number = shelf.library.number(id)?;
        let (_, bytes) = shelf.text(number as usize)?;
        let extract = Extract::read(&bytes).ok()?;
        let mut articles = extract.articles();
        let place = articles.iter().position(|article| article.id == id).unwrap_or(0);
        let mut article = articles.swap_remove(place);
        import::link(&mut article, &|number| shelf.id_of(number));
        Some(Looked { article, source: extract.source(), name: format!("{}.md", extract.written_id()) })
    })
}

/// The texts of the imported articles, as far as a copy of the page can carry them.
pub fn texts() -> Carried {
    SHELF.with_borrow_mut(|shelf| {
        let (texts, mut left_out) = (Array::new(), 0);
        for number in 0..shelf.places.len() {
            let is_matching = shelf.library.articles().get(number).is_some_and(|article| article.grade.is_some());
            if shelf.bytes > MAX_CARRIED && !is_matching {
                left_out += 1;
                continue;
            }
            let Some((path, bytes)) = shelf.text(number) else { continue };
            let text = import::text(&bytes).unwrap_or_default();
            texts.push(&Array::of2(&path.into(), &(&*text).into()));
        }
        Carried { texts: texts.into(), left_out }
    })
}

/// The ids of articles, and what their sources are called.
fn named(articles: &[Article]) -> impl Iterator<Item = (String, String)> {
    articles.iter().flat_map(|article| article.sources.iter().map(|source| (article.id.clone(), source.id.clone())))
}

impl Shelf {
    /// The article with a number of the Knowledge Base (`Q124641`): the imported one, or else one of ours that has it for
    /// a source.
    fn id_of(&self, number: &str) -> Option<String> {
        let digits = number.trim_start_matches('Q');
        let imported = Some(number.to_ascii_lowercase()).filter(|id| self.library.number(id).is_some());
        let is_it = |(id, name): (String, String)| (name.trim_start_matches(['K', 'B', 'Q']) == digits).then_some(id);
        let own = || self.own.iter().cloned().find_map(is_it);
        imported.or_else(own).or_else(|| named(super::built_in().articles()).find_map(is_it))
    }

    /// The path and the text of an article, read again.
    fn text(&mut self, number: usize) -> Option<(String, Vec<u8>)> {
        let (source, place) = *self.places.get(number)?;
        let (path, content) = self.sources.get(source)?;
        let (path, file) = (path.clone(), content.dyn_ref::<Blob>());
        let Some(place) = place else {
            return Some((
                path,
                file.map_or_else(|| Some(content.as_string()?.into_bytes()), |file| whole(file).ok())?,
            ));
        };
        let mut archive = match self.archive.take() {
            Some((number, archive)) if number == source => archive,
            _ => {
                let file = file?;
                let mut start = [0; 4];
                BlobReader::new(file).ok()?.read_exact(&mut start).ok()?;
                open(file, Kind::of(&start), &path).ok()?
            }
        };
        let text = archive.entry(place).ok().and_then(|entry| {
            let (path, mut bytes) = (format!("{path}/{}", entry.name), Vec::new());
            entry.take(MAX_TEXT).read_to_end(&mut bytes).ok()?;
            Some((path, bytes))
        });
        self.archive = Some((source, archive));
        text
    }
}
