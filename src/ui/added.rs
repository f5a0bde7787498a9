//! What one has added to the known issues, and what one can do with it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::route::{Route, Wanted};
use super::{foreign, format};
use crate::kb::filter::Filter;
use crate::kb::import::IMPORTED;
use crate::web::imported::{Library, Share};
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
                    if left_out > 0 { Err(not_carried(left_out)) } else { Ok(()) }
                });
                report(saved, problem);
            });
        })
    };
    let stop = {
        let session = props.session.clone();
        Callback::from(move |_: MouseEvent| session.stop_learning())
    };
    let what = match (articles, rules) {
        (articles, 0) => format::counted(*articles as u64, "article", "articles"),
        (0, rules) => format::counted(*rules as u64, "Sigma rule", "Sigma rules"),
        (articles, rules) => format!(
            "{} and {}",
            format::counted(*articles as u64, "article", "articles"),
            format::counted(*rules as u64, "Sigma rule", "Sigma rules"),
        ),
    };
    html! {
        <section class="added" aria-label="Added known issues">
            if let Some(share) = reading {
                <p role="status">{ "Reading articles and rules…" }</p>
                if share.of > 0 {
                    <div class="progress">
                        <progress max={share.of.to_string()} value={share.part.to_string()} aria-label="Reading articles" />
                        <p>{ texts(share) }</p>
                        <button class="button" onclick={stop}>{ "Cancel" }</button>
                    </div>
                }
            } else {
                if articles + rules > 0 { <p role="status">{ format!("{what} of yours are used beside ours.") }</p> }
                if library.articles > 0 { <p role="status">{ imported(library) }</p> }
                if let Some(share) = stopped { <p>{ format!("Reading was cancelled after {}.", texts(share)) }</p> }
            }
            if reading.is_none() && articles + rules + library.articles > 0 {
                <p class="buttons">
                    <button class="button" onclick={save}>{ "Save a copy with my articles" }</button>
                    <button class="button" onclick={forget}>{ "Remove them" }</button>
                    <label class="check">
                        <input type="checkbox" checked={*kept} onchange={keep} />
                        { "Keep them in this browser" }
                    </label>
                </p>
            }
            if !problem.is_empty() { <p class="problem" role="alert">{ foreign(&problem) }</p> }
            if !faults.is_empty() {
                <details>
                    <summary>{ format!("{}; what is not well is not used", format::counted(faults.len() as u64, "fault", "faults")) }</summary>
                    <ul class="faults">
                        { for faults.iter().take(LISTED_FAULTS).map(|fault| html! { <li>{ foreign(fault) }</li> }) }
                    </ul>
                    if faults.len() > LISTED_FAULTS { <p>{ format!("And {} more.", faults.len() - LISTED_FAULTS) }</p> }
                </details>
            }
        </section>
    }
}

/// `12,000 of 60,000 texts`.
fn texts(share: &Share) -> String {
    format!("{} of {}", format::count(share.part as u64), format::counted(share.of as u64, "text", "texts"))
}

/// What was imported, and the way there.
fn imported(library: &Library) -> Html {
    let filter = Filter { area: Some(IMPORTED.to_owned()), ..Filter::default() };
    let articles = format::counted(library.articles as u64, "imported article", "imported articles");
    html! {
        <>
            <a href={Route::Knowledge(Wanted { filter, ..Wanted::default() }).href()}>{ articles }</a>
            { format!(", of which {} for events.", format::counted(library.matching as u64, "looks", "look")) }
        </>
    }
}

/// What the copy of the page lacks.
fn not_carried(left_out: usize) -> String {
    format!(
        "The copy carries the imported articles that look for events. The {} that look for none would make it too large: \
         give the archive along with it.",
        format::count(left_out as u64)
    )
}
