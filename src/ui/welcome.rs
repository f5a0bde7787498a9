//! What one sees first.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::route::Route;
use crate::web::{catalogue, files};

/// Where files go.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Takes files to check.
    pub add: Callback<Vec<File>>,
}

/// The start view.
#[component]
pub fn Welcome(props: &Props) -> Html {
    let articles = catalogue().articles().len();
    html! {
        <div class="welcome">
            <h1>{ "What is wrong with this Windows machine?" }</h1>
            <p class="lead">
                { "Drop an event log and read which known issues it shows, why they happen and how to resolve them." }
            </p>
            <div class="drop-target">
                <svg class="drop-icon" viewBox="0 0 48 48" aria-hidden="true">
                    <path d="M14 6h14l8 8v28H14z M28 6v8h8" />
                    <path d="M25 20v13 M19.5 28 25 33.5 30.5 28" />
                </svg>
                <p class="drop-word">{ "Drop logs, zip archives or folders of them anywhere on this page" }</p>
                <p class="buttons">
                    <Choose add={props.add.clone()} class="primary" label="Choose files" />
                    <Choose add={props.add.clone()} class="" label="Choose a folder" folder=true />
                    <Sample add={props.add.clone()} />
                </p>
                <p class="hint">
                    { "Logs are in " }<code>{ r"C:\Windows\System32\winevt\Logs" }</code>
                    { "; start with " }<code>{ "System.evtx" }</code>
                    { ". Logs of old Windows (.evt) and exports as XML are read too." }
                </p>
            </div>
            <ul class="promises">
                <li>
                    <strong>{ "Nothing leaves this page." }</strong>
                    { " Your log is read here, in the browser. The page's own security policy forbids it every network \
                       request, so it works the same with the network off." }
                </li>
                <li>
                    <strong>{ "Exact or silent." }</strong>
                    { " An issue is named when provider, event and values fit, not for an event number alone. What could \
                       not be read is said." }
                </li>
                <li>
                    <strong><a href={Route::knowledge().href()}>{ format!("{articles} known issues") }</a></strong>
                    { " come with the page, each with its sources. Read them without a log, too." }
                </li>
            </ul>
        </div>
    }
}

/// A button that chooses files.
#[derive(Properties, PartialEq)]
pub struct ChooseProps {
    /// Takes them.
    pub add: Callback<Vec<File>>,
    /// How it looks.
    pub class: AttrValue,
    /// What it says.
    pub label: AttrValue,
    /// It takes a folder, with all that is in it.
    #[prop_or_default]
    pub folder: bool,
}

/// A label over a file input, so that keyboard and screen reader have the real thing.
#[component]
pub fn Choose(props: &ChooseProps) -> Html {
    let add = props.add.clone();
    let changed = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        add.emit(files::of(input.files()));
        // The same file can be chosen again.
        input.set_value("");
    });
    html! {
        <label class={classes!("button", props.class.to_string())}>
            <input
                type="file"
                multiple=true
                webkitdirectory={props.folder}
                onchange={changed}
                aria-label={if props.folder { "Choose a folder of event logs" } else { "Choose event logs" }}
            />
            { &props.label }
        </label>
    }
}

#[component]
fn Sample(props: &Props) -> Html {
    let add = props.add.clone();
    let open = Callback::from(move |_: MouseEvent| {
        let add = add.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if let Ok(file) = files::sample().await {
                add.emit(vec![file]);
            }
        });
    });
    html! { <button class="button" onclick={open}>{ "Try a sample log" }</button> }
}
