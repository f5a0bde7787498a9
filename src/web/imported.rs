//! The imported articles, as the page asks the worker that has them.

use std::cell::RefCell;

use super::message;
pub use super::messages::{Library, Listing, Looked};
use super::messages::{Outcome, Task};
use super::pool::Pool;
use crate::kb::filter::Filter;

thread_local! {
    /// Started when somebody first brings something.
    static WORKER: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

/// The worker; it is started where there is none.
pub(super) fn worker() -> Result<Pool, String> {
    WORKER.with_borrow_mut(|worker| match worker {
        Some(worker) => Ok(worker.clone()),
        None => Ok(worker.insert(Pool::of(1).map_err(message)?).clone()),
    })
}

/// Forgets all imported articles.
pub(super) fn forget() {
    if let Some(worker) = WORKER.take() {
        worker.end();
    }
}

/// Asks the worker, if there is one.
async fn ask(task: Task) -> Option<Outcome> {
    let worker = WORKER.with_borrow(Clone::clone)?;
    worker.run(task, wasm_bindgen::JsValue::UNDEFINED).await.ok()
}

/// Those that fit a query and a filter, the first `most` of them.
pub async fn find(query: String, filter: Filter, most: usize) -> Option<Listing> {
    match ask(Task::Find { query, filter, most }).await? {
        Outcome::Listing(found) => Some(found),
        _ => None,
    }
}

/// One of them, by its id, with its text.
pub async fn look(id: String) -> Option<Looked> {
    match ask(Task::Look { id }).await? {
        Outcome::Looked(looked) => Some(*looked?),
        _ => None,
    }
}

/// Their texts, an array of `[path, text]`, as far as a copy of the page can carry them, and how many are left out.
pub(super) async fn texts() -> Option<(js_sys::Array, usize)> {
    match ask(Task::Texts).await? {
        Outcome::Carried(texts) => Some((js_sys::Array::from(&texts.texts), texts.left_out)),
        _ => None,
    }
}

/// Lets the worker end what it is reading.
pub(super) async fn stop() {
    let _ = ask(Task::Stop).await;
}
