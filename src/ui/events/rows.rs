//! The rows that are in sight: what the index says of them, and their texts, read again from their files.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::checkup::Place;
use crate::index::Row;
use crate::web::index::{Answer, Question};
use crate::web::session::{Row as Text, Session};
use crate::web::timer::Timer;

/// Rows that are asked for beyond those in sight, on each side.
const AROUND: u64 = 60;
/// Another block is asked for after so many rows.
const STEP: u64 = 20;
/// Texts are read when scrolling has rested so long, in milliseconds.
const REST: i32 = 60;
/// So many texts are kept.
const MAX_TEXTS: usize = 2000;

/// Rows from `first` on, of one state of the filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    first: u64,
    rows: Vec<Row>,
}

impl Block {
    /// A row by its number.
    pub fn row(&self, number: u64) -> Option<&Row> {
        self.rows.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

/// The texts that were read.
pub type Texts = Rc<RefCell<HashMap<Place, Rc<Text>>>>;

/// The rows from `first` on, as far as they are there, and their texts. `version` is that of the filter.
#[hook]
pub fn use_rows(session: &Session, version: u32, first: u64, count: u64) -> (Rc<Block>, Texts) {
    let block = use_state(|| Rc::new(Block::default()));
    let start = first.saturating_sub(AROUND) / STEP * STEP;
    let length = count + 2 * AROUND + STEP;
    {
        let (session, set) = (session.clone(), block.setter());
        use_effect_with((version, start, length), move |(_, start, length)| {
            let (start, length) = (*start, *length);
            let is_current = Rc::new(Cell::new(true));
            let still = is_current.clone();
            spawn_local(async move {
                let answer = session.ask(Question::Rows(start, length)).await;
                if let Ok(Answer::Rows(rows)) = answer
                    && still.get()
                {
                    set.set(Rc::new(Block { first: start, rows }));
                }
            });
            move || is_current.set(false)
        });
    }
    let texts: Texts = use_mut_ref(HashMap::new);
    let arrived = use_state(|| 0_u32);
    {
        let (session, texts, arrived) = (session.clone(), texts.clone(), arrived.setter());
        let wanted = (first..first + count).filter_map(|number| Some(block.row(number)?.place));
        let wanted: Vec<Place> = wanted.filter(|place| !texts.borrow().contains_key(place)).collect();
        use_effect_with(wanted, move |wanted| {
            let wanted = wanted.clone();
            let timer = (!wanted.is_empty()).then(|| {
                Timer::after(REST, move || {
                    let counts = Rc::new(Cell::new(0));
                    session.look(wanted, move |file, rows| {
                        let mut texts = texts.borrow_mut();
                        if texts.len() > MAX_TEXTS {
                            texts.clear();
                        }
                        let rows = rows.unwrap_or_default().into_iter();
                        texts.extend(rows.filter_map(|row| Some((Place::new(file, row.offset)?, Rc::new(row)))));
                        counts.set(counts.get() + 1);
                        arrived.set(texts.len() as u32 + counts.get());
                    });
                })
            });
            move || drop(timer)
        });
    }
    ((*block).clone(), texts)
}
