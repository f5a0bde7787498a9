//! The only folder that talks to the browser's machinery: start, workers, files. The page itself is `ui`.

pub mod files;
mod messages;
mod pool;
pub mod session;
pub mod timer;
mod worker;

use wasm_bindgen::prelude::*;

use crate::kb::KnowledgeBase;
use crate::kb::search::Search;

/// Runs when the module is instantiated: in the page it shows the page, in a worker it waits for work.
#[wasm_bindgen(start)]
pub fn start() {
    let global = js_sys::global();
    match global.dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        Ok(scope) => worker::start(scope),
        Err(_) => crate::ui::start(),
    }
}

/// The known issues that the page carries; they live as long as the page or worker does.
pub fn knowledge() -> &'static KnowledgeBase {
    thread_local! {
        static KNOWLEDGE: &'static KnowledgeBase = Box::leak(Box::new(crate::built_in()));
    }
    KNOWLEDGE.with(|knowledge| *knowledge)
}

/// The search over them; made when somebody first opens it, so that the page's start does not wait for it.
pub fn search() -> &'static Search {
    thread_local! {
        static SEARCH: &'static Search = Box::leak(Box::new(Search::new(knowledge().articles())));
    }
    SEARCH.with(|search| *search)
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
