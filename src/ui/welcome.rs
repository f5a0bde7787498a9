//! What one sees first.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::route::Route;
use super::text;
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
            <h1>{ text::welcome::QUESTION }</h1>
            <p class="lead">{ text::welcome::LEAD }</p>
            <div class="drop-target">
                <svg class="drop-icon" viewBox="0 0 48 48" aria-hidden="true">
                    <path d="M14 6h14l8 8v28H14z M28 6v8h8" />
                    <path d="M25 20v13 M19.5 28 25 33.5 30.5 28" />
                </svg>
                <p class="drop-word">{ text::welcome::DROP }</p>
                <p class="buttons">
                    <Choose add={props.add.clone()} class="primary" label={text::welcome::CHOOSE_FILES} />
                    <Choose add={props.add.clone()} class="" label={text::welcome::CHOOSE_FOLDER} folder=true />
                    <Sample add={props.add.clone()} />
                </p>
                <p class="hint">
                    { text::fill(text::welcome::HINT, &[
                        html! { <code>{ text::welcome::FOLDER }</code> },
                        html! { <code>{ text::welcome::LOG }</code> },
                    ]) }
                </p>
            </div>
            <ul class="promises">
                <li>
                    { text::fill(text::welcome::PRIVATE_MORE, &[html! { <strong>{ text::welcome::PRIVATE }</strong> }]) }
                </li>
                <li>
                    { text::fill(text::welcome::EXACT_MORE, &[html! { <strong>{ text::welcome::EXACT }</strong> }]) }
                </li>
                <li>
                    { text::fill(text::welcome::ISSUES_MORE, &[html! {
                        <strong><a href={Route::knowledge().href()}>{ text::known_issues(articles as u64) }</a></strong>
                    }]) }
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
                aria-label={if props.folder { text::welcome::FOLDER_LABEL } else { text::welcome::FILES_LABEL }}
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
    html! { <button class="button" onclick={open}>{ text::welcome::TRY_SAMPLE }</button> }
}
