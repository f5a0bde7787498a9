//! What one has added to the known issues, and what one can do with it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{foreign, format};
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
    let Added { articles, rules, faults, busy, kept, .. } = &props.added;
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
                report(session.copy_of_page().await.and_then(|page| files::save(&page, "evtx-checkup.html")), problem);
            });
        })
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
            <p role="status">
                if *busy { { "Reading articles and rules…" } } else { { format!("{what} of yours are used beside ours.") } }
            </p>
            if !*busy && articles + rules > 0 {
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
