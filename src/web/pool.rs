//! The workers: one per core, fed with tasks, replaced when they die.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker};

use super::message;
use super::messages::{Outcome, Reply, Request, Task, handed_over};

/// Tasks that a worker has at once: the browser reads for some while the worker is at another.
const TASKS_PER_WORKER: usize = 3;
/// The same of those that come last, which are the large ones: more of them would delay the first of all, and at the end
/// lie with one worker while another has nothing to do.
const LAST_TASKS_PER_WORKER: usize = 2;
/// More workers than this only take memory.
const MAX_WORKERS: usize = 8;
/// A worker that dies before it is ready is replaced this often, then given up.
const MAX_FAILED_STARTS: u32 = 3;

#[wasm_bindgen]
extern "C" {
    /// The program's glue; see `www/start.js`.
    #[wasm_bindgen(thread_local_v2, js_namespace = checkup, js_name = glue)]
    static GLUE: JsValue;
}

/// What is done with the outcome of a task, and with those of its parts before.
pub type Done = Box<dyn FnMut(Result<Outcome, String>)>;

/// What is done with an outcome that comes once.
pub fn once(done: impl FnOnce(Result<Outcome, String>) + 'static) -> Done {
    let mut done = Some(done);
    Box::new(move |outcome| {
        if let Some(done) = done.take() {
            done(outcome);
        }
    })
}

/// When a task has its turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// Before the others: somebody is waiting for it.
    First,
    /// Behind those that have come before it, but before the last.
    Next,
    /// Behind the others.
    Last,
    /// The same, by a worker that does nothing else meanwhile: a worker died over it, and if another one does too, no
    /// other task may die with it.
    Alone,
}

/// A handle to the workers of this page.
#[derive(Clone)]
pub struct Pool(Rc<RefCell<State>>);

struct State {
    workers: Vec<Slot>,
    queue: VecDeque<Waiting>,
    /// What every worker has to know, also one that takes another's place.
    lesson: Option<JsValue>,
    next_id: u32,
    script: String,
    failed_starts: u32,
}

/// A task that no worker has yet.
struct Waiting {
    task: Task,
    file: JsValue,
    done: Done,
    turn: Turn,
}

struct Slot {
    worker: Worker,
    ready: bool,
    /// It died, and no other took its place.
    given_up: bool,
    tasks: HashMap<u32, Done>,
    /// It is at a task that must be alone.
    alone: bool,
    /// What the worker said before it died.
    last_words: Option<String>,
    /// Kept as long as the worker that calls it.
    _message: Closure<dyn FnMut(MessageEvent)>,
    /// The same.
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

impl State {
    /// Tells a worker what all have to know.
    fn teach(&self, slot: &Slot) {
        if let Some(lesson) = &self.lesson
            && let Ok(request) = (Request { id: 0, task: Task::Learn, file: lesson.clone() }).post()
        {
            // A worker that cannot be told is one that died, and another takes its place.
            let _ = slot.worker.post_message(&request);
        }
    }
}

impl Pool {
    /// Starts a worker for each core.
    pub fn start() -> Result<Pool, JsValue> {
        let window = web_sys::window().ok_or("no window")?;
        Pool::of((window.navigator().hardware_concurrency() as usize).clamp(1, MAX_WORKERS))
    }

    /// Starts so many workers.
    pub fn of(workers: usize) -> Result<Pool, JsValue> {
        let bootstrap =
            "onmessage=e=>{onmessage=null;wasm_bindgen({module_or_path:e.data}).catch(e=>setTimeout(()=>{throw e}))}";
        let options = BlobPropertyBag::new();
        options.set_type("text/javascript");
        let parts = js_sys::Array::of2(&GLUE.with(JsValue::clone), &format!("\n{bootstrap}").into());
        let script = Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &options)?)?;
        let state =
            State { workers: Vec::new(), queue: VecDeque::new(), lesson: None, next_id: 1, script, failed_starts: 0 };
        let pool = Pool(Rc::new(RefCell::new(state)));
        for place in 0..workers {
            let slot = pool.spawn(place)?;
            pool.0.borrow_mut().workers.push(slot);
        }
        Ok(pool)
    }

    /// Starts the worker for a place in the pool.
    fn spawn(&self, place: usize) -> Result<Slot, JsValue> {
        let worker = Worker::new(&self.0.borrow().script)?;
        let pool = self.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            pool.received(place, event.data());
        });
        let pool = self.clone();
        let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            pool.died(place, event.message());
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        worker.post_message(&wasm_bindgen::module())?;
        Ok(Slot {
            worker,
            ready: false,
            given_up: false,
            tasks: HashMap::new(),
            alone: false,
            last_words: None,
            _message: message,
            _error: error,
        })
    }

    /// Adds a task.
    pub fn push(&self, turn: Turn, task: Task, file: impl Into<JsValue>, done: Done) {
        let waiting = Waiting { task, file: file.into(), done, turn };
        {
            let queue = &mut self.0.borrow_mut().queue;
            let place = match turn {
                Turn::First => 0,
                Turn::Next => queue.partition_point(|waiting| matches!(waiting.turn, Turn::First | Turn::Next)),
                Turn::Last | Turn::Alone => queue.len(),
            };
            queue.insert(place, waiting);
        }
        self.feed();
    }

    /// Does a task before the others.
    pub async fn run(&self, task: Task, file: impl Into<JsValue>) -> Result<Outcome, String> {
        let (sender, receiver) = futures_channel::oneshot::channel();
        self.push(Turn::First, task, file, once(move |outcome| drop(sender.send(outcome))));
        receiver.await.unwrap_or_else(|_| Err("cancelled".into()))
    }

    /// The same for a task whose outcome comes in parts, which `part` takes.
    pub async fn run_parted(
        &self,
        task: Task,
        file: impl Into<JsValue>,
        part: impl Fn(Outcome) + 'static,
    ) -> Result<Outcome, String> {
        let (sender, receiver) = futures_channel::oneshot::channel();
        let mut sender = Some(sender);
        let done = move |outcome| match outcome {
            Ok(outcome) if Outcome::is_part(&outcome) => part(outcome),
            outcome => drop(sender.take().map(|sender| sender.send(outcome))),
        };
        self.push(Turn::First, task, file, Box::new(done));
        receiver.await.unwrap_or_else(|_| Err("cancelled".into()))
    }

    /// Ends the workers, and what they know; they do nothing any more.
    pub fn end(self) {
        let State { workers, .. } = &mut *self.0.borrow_mut();
        workers.drain(..).for_each(|slot| slot.worker.terminate());
    }

    /// Teaches every worker, before it does anything else, what a [`Task::Learn`] brings.
    pub fn teach(&self, articles: JsValue) {
        self.0.borrow_mut().lesson = Some(articles);
        let state = self.0.borrow();
        state.workers.iter().filter(|slot| slot.ready).for_each(|slot| state.teach(slot));
    }

    /// Forgets all tasks, and replaces the workers that are at one: nobody waits for them any more.
    pub fn clear(&self) {
        let forgotten = std::mem::take(&mut self.0.borrow_mut().queue);
        drop(forgotten);
        self.replace(|slot| !slot.tasks.is_empty());
    }

    /// Forgets all tasks, and replaces the workers with all that they know.
    pub fn renew(&self) {
        let forgotten = std::mem::take(&mut self.0.borrow_mut().queue);
        drop(forgotten);
        self.replace(|_| true);
    }

    /// Replaces the workers that are at nothing: browsers are slow to throw away what these have read.
    pub fn refresh(&self) {
        self.replace(|slot| slot.ready && slot.tasks.is_empty());
    }

    fn replace(&self, wanted: impl Fn(&Slot) -> bool) {
        let workers = self.0.borrow().workers.len();
        for place in 0..workers {
            let wanted = self.0.borrow().workers.get(place).is_some_and(&wanted);
            if wanted {
                self.died(place, "cancelled".into());
            }
        }
    }

    /// How many tasks keep the workers busy: those that they are at, and those that are next.
    pub fn room(&self) -> usize {
        self.0.borrow().workers.len() * TASKS_PER_WORKER
    }

    /// Gives tasks to workers that have room, evenly.
    fn feed(&self) {
        if self.0.borrow().workers.iter().all(|slot| slot.given_up) {
            return self.fail_all();
        }
        loop {
            let mut state = self.0.borrow_mut();
            let State { workers, queue, next_id, .. } = &mut *state;
            let Some(next) = queue.front() else { return };
            let room = match next.turn {
                Turn::First | Turn::Next => TASKS_PER_WORKER,
                Turn::Last => LAST_TASKS_PER_WORKER,
                Turn::Alone => 1,
            };
            let ready = workers.iter_mut().filter(|slot| slot.ready && !slot.alone && slot.tasks.len() < room);
            let Some(slot) = ready.min_by_key(|slot| slot.tasks.len()) else { return };
            let Some(Waiting { task, file, mut done, turn }) = queue.pop_front() else { return };
            slot.alone = turn == Turn::Alone;
            let id = *next_id;
            *next_id = next_id.wrapping_add(1).max(1);
            let transfer = handed_over(&file);
            let request = Request { id, task, file }.post();
            let sent = request
                .and_then(|request| slot.worker.post_message_with_transfer(&request, &transfer).map_err(message));
            match sent {
                Ok(()) => drop(slot.tasks.insert(id, done)),
                Err(error) => {
                    drop(state);
                    done(Err(error));
                }
            }
        }
    }

    fn received(&self, place: usize, data: JsValue) {
        let reply = match Reply::open(data) {
            Ok(reply) => reply,
            Err(error) => return self.died(place, error),
        };
        if reply.outcome.as_ref().is_ok_and(Outcome::is_part) {
            return self.received_part(place, reply);
        }
        let done = {
            let mut state = self.0.borrow_mut();
            let Some(slot) = state.workers.get_mut(place) else { return };
            match (&reply.outcome, reply.id) {
                (Ok(Outcome::Ready), _) => slot.ready = true,
                (Err(words), 0) => slot.last_words = Some(words.clone()),
                _ => {}
            }
            let done = slot.tasks.remove(&reply.id);
            slot.alone &= done.is_none();
            if let Ok(Outcome::Ready) = reply.outcome {
                state.teach(&state.workers[place]);
            }
            done
        };
        self.feed();
        let Some(mut done) = done else { return };
        done(reply.outcome);
    }

    /// Takes some of a task's outcome; the task goes on.
    fn received_part(&self, place: usize, reply: Reply) {
        let task = |state: &mut State| state.workers.get_mut(place)?.tasks.remove(&reply.id);
        let Some(mut done) = task(&mut self.0.borrow_mut()) else { return };
        done(reply.outcome);
        if let Some(slot) = self.0.borrow_mut().workers.get_mut(place) {
            slot.tasks.insert(reply.id, done);
        }
    }

    /// Replaces a worker; its tasks fail with what it said last.
    fn died(&self, place: usize, message: String) {
        let (failed, message) = {
            let mut state = self.0.borrow_mut();
            let Some(slot) = state.workers.get_mut(place) else { return };
            slot.worker.terminate();
            let failed: Vec<Done> = slot.tasks.drain().map(|(_, done)| done).collect();
            let message = slot.last_words.take().unwrap_or(message);
            let was_ready = std::mem::replace(&mut slot.ready, false);
            state.failed_starts = if was_ready { 0 } else { state.failed_starts + 1 };
            (failed, message)
        };
        if self.0.borrow().failed_starts <= MAX_FAILED_STARTS
            && let Ok(slot) = self.spawn(place)
        {
            // The old slot's closures are being called right now; they may go only after that.
            let old = std::mem::replace(&mut self.0.borrow_mut().workers[place], slot);
            wasm_bindgen_futures::spawn_local(async move { drop(old) });
        } else {
            self.0.borrow_mut().workers[place].given_up = true;
        }
        failed.into_iter().for_each(|mut done| done(Err(message.clone())));
        self.feed();
    }

    /// What nobody is left to do fails, so that nobody waits for it.
    fn fail_all(&self) {
        let queue = std::mem::take(&mut self.0.borrow_mut().queue);
        queue
            .into_iter()
            .for_each(|mut waiting| (waiting.done)(Err("the browser cannot run this page's workers".into())));
    }
}
