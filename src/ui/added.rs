//! What one has added to the known issues, and what one can do with it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::route::{Route, Wanted};
use super::{foreign, text};
use crate::kb::filter::Filter;
use crate::kb::import::IMPORTED;
use crate::web::imported::Library;
use crate::web::session::Session;
use crate::web::{Added, files};

/// Faults that are listed.
const LISTED_FAULTS: usize = 500;

/// What was added, and whose it is.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The session that has it.
    pub session: Session,
    /// What was added.
    pub added: Added,
}

/// The panel over findings and known issues, as long as something is added.
#[component]
pub fn AddedPanel(props: &Props) -> Html {
    let problem = use_state_eq(String::new);
    let Added { articles, rules, library, faults, reading, stopped, kept, .. } = &props.added;
    if props.added.is_empty() {
        return html! {};
    }
    let report = |result: Result<(), String>, problem: UseStateHandle<String>| {
        problem.set(result.err().unwrap_or_default());
    };
    let forget = {
        let session = props.session.clone();
        Callback::from(move |_: MouseEvent| {
            let session = session.clone();
            wasm_bindgen_futures::spawn_local(async move { session.forget_added().await });
        })
    };
    let keep = {
        let (session, problem) = (props.session.clone(), problem.clone());
        Callback::from(move |event: Event| {
            let wanted = event.target_unchecked_into::<HtmlInputElement>().checked();
            let (session, problem) = (session.clone(), problem.clone());
            wasm_bindgen_futures::spawn_local(async move { report(session.keep_added(wanted).await, problem) });
        })
    };
    let save = {
        let (session, problem) = (props.session.clone(), problem.clone());
        Callback::from(move |_: MouseEvent| {
            let (session, problem) = (session.clone(), problem.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let saved = session.copy_of_page().await.and_then(|(page, left_out)| {
                    files::save(&page, "evtx-checkup.html")?;
                    if left_out > 0 { Err(text::added::not_carried(left_out as u64)) } else { Ok(()) }
                });
                report(saved, problem);
            });
        })
    };
    let stop = {
        let session = props.session.clone();
        Callback::from(move |_: MouseEvent| session.stop_learning())
    };
    html! {
        <section class="added" aria-label={text::added::LABEL}>
            if let Some(share) = reading {
                <p role="status">{ text::added::READING }</p>
                if share.of > 0 {
                    <div class="progress">
                        <progress max={share.of.to_string()} value={share.part.to_string()} aria-label={text::added::READING_BAR} />
                        <p>{ text::added::read(share.part as u64, share.of as u64) }</p>
                        <button class="button" onclick={stop}>{ text::CANCEL }</button>
                    </div>
                }
            } else {
                if articles + rules > 0 { <p role="status">{ text::added::used(*articles as u64, *rules as u64) }</p> }
                if library.articles > 0 { <p role="status">{ imported(library) }</p> }
                if let Some(share) = stopped { <p>{ text::added::cancelled(share.part as u64, share.of as u64) }</p> }
            }
            if reading.is_none() && articles + rules + library.articles > 0 {
                <p class="buttons">
                    <button class="button" onclick={save}>{ text::added::SAVE }</button>
                    <button class="button" onclick={forget}>{ text::added::REMOVE }</button>
                    <label class="check">
                        <input type="checkbox" checked={*kept} onchange={keep} />
                        { text::added::KEEP }
                    </label>
                </p>
            }
            if !problem.is_empty() { <p class="problem" role="alert">{ foreign(&problem) }</p> }
            if !faults.is_empty() {
                <details>
                    <summary>{ text::added::faults(faults.len() as u64) }</summary>
                    <ul class="faults">
                        { for faults.iter().take(LISTED_FAULTS).map(|fault| html! { <li>{ foreign(fault) }</li> }) }
                    </ul>
                    if faults.len() > LISTED_FAULTS { <p>{ text::more_in_list(faults.len() - LISTED_FAULTS) }</p> }
                </details>
            }
        </section>
    }
}

/// What was imported, and the way there.
fn imported(library: &Library) -> Html {
    let filter = Filter { area: Some(IMPORTED.to_owned()), ..Filter::default() };
    let href = Route::Knowledge(Wanted { filter, ..Wanted::default() }).href();
    let articles = html! { <a {href}>{ text::imported_articles(library.articles as u64) }</a> };
    text::fill(&text::added::imported(library.matching as u64), &[articles])
}
