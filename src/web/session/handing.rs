//! What is handed over without names: workers find them in the logs, and take them out of texts.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot::{Sender, channel};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::super::messages::{Look, Outcome, Task, encoded};
use super::super::pool::{Pool, Turn, once};
use super::Session;
use super::reading::slices;
use crate::export::redaction::{Found, Redacted, Texts, Wishes};
use crate::log::Kind;
use crate::log::evtx::chunk_count;

/// Parts of logs that are on their way at once: enough for all workers, and few enough to be soon out of the way of what
/// else somebody wants.
const AT_ONCE: usize = 24;

impl Session {
    /// The names that the logs have of what is in texts: all logs are read once more. `told` hears how far that is, from
    /// 0 to 1, and says whether it is still wanted. An error where a log cannot be read any more: its names would stay.
    pub async fn names(&self, texts: &Texts, told: impl Fn(f64) -> bool + 'static) -> Result<Found, String> {
        let parts = self.parts();
        if parts.is_empty() {
            return Ok(Found::default());
        }
        let (done, found) = channel();
        let search = Rc::new(Search {
            pool: self.pool.clone(),
            texts: encoded(texts)?,
            told: Box::new(told),
            count: parts.len(),
            state: RefCell::new(State { parts, found: Found::default(), searched: 0, done: Some(done) }),
        });
        (0..AT_ONCE).for_each(|_| search.next());
        drop(search);
        found.await.unwrap_or_else(|_| Err("it was cancelled".into()))
    }

    /// Takes names out of texts.
    pub async fn redact(&self, texts: Texts, found: Found, wishes: Wishes) -> Result<Redacted, String> {
        match self.pool.run(Task::Redact { texts, found, wishes }, JsValue::NULL).await? {
            Outcome::Redacted(redacted) => Ok(redacted),
            _ => Err("an unexpected answer".into()),
        }
    }

    /// All that there is to search for names.
    fn parts(&self) -> Vec<(Blob, Task)> {
        let state = self.state.borrow();
        let mut parts = Vec::new();
        let logs = state.report.files.iter().filter(|(_, file)| file.kind.refusal().is_none());
        for (number, file) in logs {
            let Some(given) = state.files.get(*number as usize) else { continue };
            let (blob, archived) = given.place();
            let mut add = |chunks, carve| {
                let look = Box::new(Look { number: *number, file: file.clone(), archived, ids: None });
                parts.push((blob.clone(), Task::Names { look, chunks, carve }));
            };
            if file.kind == Kind::Evtx && archived.is_none() {
                slices(chunk_count(file.size)).iter().for_each(|slice| add(Some((slice.first, slice.chunks)), false));
            } else {
                add(None, false);
            }
            if state.progress.carves {
                add(None, true);
            }
        }
        parts
    }
}

/// A search for names.
struct Search {
    pool: Pool,
    /// Encoded.
    texts: JsValue,
    told: Box<dyn Fn(f64) -> bool>,
    /// How many parts there are to search.
    count: usize,
    state: RefCell<State>,
}

struct State {
    /// Those that no worker has yet.
    parts: Vec<(Blob, Task)>,
    found: Found,
    searched: usize,
    done: Option<Sender<Result<Found, String>>>,
}

impl Search {
    /// Has the next part searched, and those behind it.
    fn next(self: &Rc<Search>) {
        let Some((file, task)) = self.state.borrow_mut().parts.pop() else { return };
        let search = self.clone();
        let done = once(move |outcome| {
            if search.searched(outcome) {
                search.next();
            }
        });
        self.pool.push(Turn::Last, task, js_sys::Array::of2(&file, &self.texts), done);
    }

    /// Takes what was found in a part; says whether the search goes on.
    fn searched(&self, outcome: Result<Outcome, String>) -> bool {
        let mut state = self.state.borrow_mut();
        state.searched += 1;
        let ended = match outcome {
            Ok(Outcome::Names(found)) => {
                state.found.merge(found);
                (state.searched == self.count).then(|| Ok(std::mem::take(&mut state.found)))
            }
            Ok(_) => Some(Err("an unexpected answer".into())),
            Err(error) => Some(Err(error)),
        };
        if let Some(ended) = ended
            && let Some(done) = state.done.take()
        {
            // Nobody may wait any more.
            let _ = done.send(ended);
        }
        let far = state.searched as f64 / self.count as f64;
        let goes_on = state.done.is_some();
        drop(state);
        (self.told)(far) && goes_on
    }
}
