//! The worker that has the index of records, and what one asks it. No other worker has it, and the page's thread never
//! waits for it.

use std::cell::RefCell;

use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::checkup::{Listed, Place};
use crate::event::Time;
use crate::index::{About, Builder, Filter, Found, Histogram, Index, Row};

/// What one asks the index, or tells it.
#[derive(Serialize, Deserialize)]
pub enum Question {
    /// Begin, with room for so many records.
    Begin(u64),
    /// Here are more records: the request has what [`Outcome::Listed`](super::messages::Outcome::Listed) brought.
    Add,
    /// These were all: what is true of them together?
    Finish,
    /// Let only these records through; how many are they?
    Filter(Filter),
    /// What are the records from this one on, so many?
    Rows(u64, u64),
    /// Which number has the record at this place?
    Position(Time, Place),
    /// How many records are there over time, in so many spans?
    Histogram(u32, (Time, Time)),
    /// A search begins.
    Search,
    /// The search has found these: the request has them, as with [`Question::Add`].
    Hits,
    /// Nothing is searched for any more.
    EndSearch,
}

/// What the index answers.
#[derive(Serialize, Deserialize)]
pub enum Answer {
    /// It is done.
    Done,
    /// What is true of all records.
    About(Box<About>),
    /// How many the filter lets through.
    Found(Box<Found>),
    /// Records.
    Rows(Vec<Row>),
    /// The number of a record, if the filter lets it through.
    Position(Option<u64>),
    /// Records over time.
    Histogram(Histogram),
}

/// What the worker has.
#[derive(Default)]
enum State {
    #[default]
    Nothing,
    Begun(Builder),
    Ready(Index),
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::Nothing) };
    /// A port whose other end is closed.
    static NOBODY: Option<web_sys::MessagePort> = web_sys::MessageChannel::new().ok().map(|channel| {
        channel.port2().close();
        channel.port1()
    });
}

/// Answers a question.
pub fn answer(question: Question, with: &JsValue) -> Result<Answer, String> {
    let listed = || {
        let given = with.dyn_ref::<Uint8Array>().ok_or("nothing was listed")?;
        let bytes = given.to_vec();
        free(&given.buffer());
        Listed::from_bytes(&bytes).map_err(|error| error.to_string())
    };
    STATE.with_borrow_mut(|state| match (question, state) {
        (Question::Begin(records), state) => {
            *state = State::Begun(Builder::with_room(usize::try_from(records).unwrap_or(usize::MAX)));
            Ok(Answer::Done)
        }
        (Question::Add, State::Begun(builder)) => {
            builder.add(&listed()?);
            Ok(Answer::Done)
        }
        (Question::Finish, state) => {
            if let State::Begun(builder) = std::mem::take(state) {
                *state = State::Ready(builder.finish());
            }
            match state {
                State::Ready(index) => Ok(Answer::About(Box::new(index.about().clone()))),
                _ => Err(NOT_THERE.into()),
            }
        }
        (question, State::Ready(index)) => of_index(index, question, listed),
        _ => Err(NOT_THERE.into()),
    })
}

/// Gives a buffer to nobody, so that its memory is free at once; browsers are slow to find that out by themselves.
fn free(buffer: &js_sys::ArrayBuffer) {
    NOBODY.with(|nobody| {
        if let Some(nobody) = nobody {
            let _ = nobody.post_message_with_transferable(&JsValue::NULL, &js_sys::Array::of1(buffer));
        }
    });
}

const NOT_THERE: &str = "the index is not there";

fn of_index(
    index: &mut Index,
    question: Question,
    listed: impl FnOnce() -> Result<Listed, String>,
) -> Result<Answer, String> {
    Ok(match question {
        Question::Filter(filter) => Answer::Found(Box::new(index.filter(&filter))),
        Question::Rows(first, count) => Answer::Rows(index.rows(first as usize, count as usize)),
        Question::Position(time, place) => {
            Answer::Position(index.position(time, place).map(|position| position as u64))
        }
        Question::Histogram(bins, span) => Answer::Histogram(index.histogram(bins as usize, span)),
        Question::Search => {
            index.begin_search();
            Answer::Done
        }
        Question::Hits => {
            index.add_hits(&listed()?);
            Answer::Done
        }
        Question::EndSearch => {
            index.end_search();
            Answer::Done
        }
        Question::Begin(_) | Question::Add | Question::Finish => Answer::Done,
    })
}
