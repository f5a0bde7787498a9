//! The only folder that talks to the browser's machinery: start, workers, files. The page itself is `ui`.

mod added;
mod blob;
pub mod files;
pub mod imported;
pub mod index;
mod library;
mod listing;
mod messages;
mod pool;
pub mod session;
pub mod timer;
mod worker;

pub use added::Added;

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::kb::search::Search;
use crate::kb::{Article, KnowledgeBase};

/// Runs when the module is instantiated: in the page it shows the page, in a worker it waits for work.
#[wasm_bindgen(start)]
pub fn start() {
    let global = js_sys::global();
    match global.dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        Ok(scope) => worker::start(scope),
        Err(_) => crate::ui::start(),
    }
}

/// The search is made in steps of so many milliseconds.
const SEARCH_MILLISECONDS: f64 = 10.0;

thread_local! {
    /// What the page carries.
    static BUILT_IN: &'static KnowledgeBase = Box::leak(Box::new(crate::built_in()));
    static KNOWLEDGE: Cell<&'static KnowledgeBase> = Cell::new(built_in());
    static CATALOGUE: Cell<&'static KnowledgeBase> = Cell::new(KNOWLEDGE.get());
    static SEARCH: Cell<Option<&'static Search>> = const { Cell::new(None) };
}

/// Those that the page carries.
pub fn built_in() -> &'static KnowledgeBase {
    BUILT_IN.with(|built_in| *built_in)
}

/// The known issues: those that the page carries, those that were added, and those that were imported and look for
/// events.
pub fn knowledge() -> &'static KnowledgeBase {
    KNOWLEDGE.get()
}

/// Those that one can read and search here: all but the imported ones, which another worker has.
pub fn catalogue() -> &'static KnowledgeBase {
    CATALOGUE.get()
}

/// What is known, with more articles. What was known before stays in memory, because findings that are on the screen
/// point to it; that happens a few times in the life of a page.
pub fn with(known: &'static KnowledgeBase, more: Vec<Article>) -> &'static KnowledgeBase {
    match more.is_empty() {
        true => known,
        false => Box::leak(Box::new(known.with(more))),
    }
}

/// Knows this from now on; the numbers of articles change with it.
pub fn learn(catalogue: &'static KnowledgeBase, knowledge: &'static KnowledgeBase) {
    CATALOGUE.set(catalogue);
    KNOWLEDGE.set(knowledge);
    SEARCH.set(None);
}

/// The search over the catalogue, once it is made.
pub fn search() -> Option<&'static Search> {
    SEARCH.get()
}

/// Makes the search over the catalogue when somebody is about to search it, a few articles at a time: the first letter that
/// is typed should not wait for it.
pub async fn make_search() {
    let known = catalogue();
    let mut search = Search::default();
    let mut paused = f64::MIN;
    for article in known.articles() {
        if now() - paused > SEARCH_MILLISECONDS {
            timer::pause().await;
            paused = now();
        }
        search.add(article, []);
    }
    timer::pause().await;
    search.prepare();
    // What is known may have changed by now; then another one is on its way.
    if SEARCH.get().is_none() && std::ptr::eq(known, catalogue()) {
        SEARCH.set(Some(Box::leak(Box::new(search))));
    }
}

/// What the browser says of an error.
pub fn message(error: JsValue) -> String {
    js_sys::Error::from(error).message().into()
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// For the benchmark: how fast the page's workers read slices of a file and do nothing with them, in milliseconds for
/// the whole file.
#[wasm_bindgen]
pub async fn measure_reading(file: web_sys::File) -> Result<f64, JsValue> {
    session::measure_reading(file).await
}
