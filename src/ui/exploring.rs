//! What views of all records have in common: the index is made when one is opened, and asked what the filter lets
//! through.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::scope::Scope;
use super::{foreign, format, names, text};
use crate::index::{About, Found};
use crate::web::index::{Answer, Question};
use crate::web::session::{Exploring, IndexState, Lost, Session, Share, Snapshot};

/// Files that are named of those that could not be read again.
const FILES: usize = 3;

/// What a view of all records shows.
#[derive(Properties)]
pub struct RecordsProps {
    /// The session that reads.
    pub session: Session,
    /// What it found.
    pub snapshot: Snapshot,
    /// Which records.
    pub scope: Scope,
}

impl PartialEq for RecordsProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.snapshot.report, &other.snapshot.report)
            && self.snapshot.progress.running == other.snapshot.progress.running
            && self.snapshot.exploring == other.snapshot.exploring
            && self.scope == other.scope
            && self.session == other.session
    }
}

/// Has the index made; until it is there, gives what to show instead.
#[hook]
pub fn use_index(session: &Session, snapshot: &Snapshot) -> Result<Rc<About>, Html> {
    let index = &snapshot.exploring.index;
    let is_wanted = !snapshot.progress.running && *index == IndexState::Nothing;
    {
        let session = session.clone();
        use_effect_with(is_wanted, move |is_wanted| {
            if *is_wanted {
                session.explore();
            }
        });
    }
    let again = |label: &'static str| {
        let session = session.clone();
        let again = Callback::from(move |_: MouseEvent| session.explore_again());
        html! { <button class="button" onclick={again}>{ label }</button> }
    };
    Err(match index {
        IndexState::Ready(about) => return Ok(about.clone()),
        IndexState::Running(share) => html! {
            <div class="waiting">
                <p>{ text::exploring::LISTING }</p>
                { progress(session, text::exploring::LISTING_BAR, *share) }
            </div>
        },
        IndexState::Nothing => {
            html! { <p class="waiting">{ text::exploring::WAITING }</p> }
        }
        IndexState::Cancelled => html! {
            <div class="waiting"><p>{ text::exploring::CANCELLED }</p>{ again(text::exploring::LIST) }</div>
        },
        IndexState::Failed(reason) => html! {
            <div class="waiting"><p>{ text::exploring::failed(reason) }</p>{ again(text::TRY_AGAIN) }</div>
        },
    })
}

/// How far something is, and the way to end it.
pub fn progress(session: &Session, label: &'static str, share: Share) -> Html {
    let session = session.clone();
    let cancel = Callback::from(move |_: MouseEvent| session.cancel_exploring());
    html! {
        <div class="progress">
            <progress max={share.bytes.to_string()} value={share.read.to_string()} aria-label={label} />
            <p>{ text::part_of(&format::bytes(share.read.min(share.bytes)), &format::bytes(share.bytes)) }</p>
            <button class="button small" onclick={cancel}>{ text::CANCEL }</button>
        </div>
    }
}

/// What could not be listed or searched.
pub fn lost(snapshot: &Snapshot) -> Html {
    let Exploring { lost, search, .. } = &snapshot.exploring;
    let searched = search.as_ref().map(|search| (text::exploring::NOT_SEARCHED, &search.lost));
    let all = [Some((text::exploring::NOT_LISTED, lost)), searched];
    let notice = |(sentence, Lost { bytes, files, reason }): (&str, &Lost)| {
        let files = names(files.iter().map(String::as_str), FILES);
        let what = [format::bytes(*bytes).into(), files, foreign(reason)];
        html! { <p class="notice">{ text::fill(sentence, &what) }</p> }
    };
    html! { { for all.into_iter().flatten().filter(|(_, lost)| !lost.files.is_empty()).map(notice) } }
}

/// Filters and searches; gives what was found, and a number that changes with it.
#[hook]
pub fn use_found(session: &Session, snapshot: &Snapshot, scope: &Scope) -> Option<(u32, Rc<Found>)> {
    let Snapshot { report, exploring: Exploring { index, search, .. }, .. } = snapshot;
    let found = use_state(|| None::<(u32, Rc<Found>)>);
    let is_ready = matches!(index, IndexState::Ready(_));
    {
        let session = session.clone();
        let searched = search.as_ref().map(|search| search.text.clone()).unwrap_or_default();
        use_effect_with((is_ready, scope.text.clone()), move |(is_ready, text)| {
            if *is_ready && *text != searched {
                session.search(text);
            }
        });
    }
    let filter = scope.to_filter(report);
    let version = search.as_ref().map(|search| search.version);
    let (session, set, numbers) = (session.clone(), found.setter(), use_mut_ref(|| 0));
    use_effect_with((is_ready, filter, version), move |(is_ready, filter, _)| {
        let is_current = Rc::new(Cell::new(true));
        if *is_ready {
            let (question, still) = (Question::Filter(filter.clone()), is_current.clone());
            spawn_local(async move {
                let answer = session.ask(question).await;
                if let Ok(Answer::Found(found)) = answer
                    && still.get()
                {
                    let number = {
                        let mut numbers = numbers.borrow_mut();
                        *numbers += 1;
                        *numbers
                    };
                    set.set(Some((number, found.into())));
                }
            });
        }
        move || is_current.set(false)
    });
    (*found).clone().filter(|_| is_ready)
}
