//! Keys that work anywhere on the page, and the sheet that lists them.

use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDialogElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use super::text;

/// Calls `pressed` for keys that are pressed outside of fields; it says whether the key was one of its own.
#[hook]
pub fn use_keys(pressed: impl Fn(&str) -> bool + 'static) {
    use_effect_with((), move |()| {
        let listener = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let in_field =
                target.is_some_and(|target| ["INPUT", "SELECT", "TEXTAREA"].contains(&target.tag_name().as_str()));
            if !in_field && !event.ctrl_key() && !event.alt_key() && !event.meta_key() && pressed(&event.key()) {
                event.prevent_default();
            }
        });
        let window = web_sys::window();
        if let Some(window) = &window {
            let _ = window.add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
        }
        move || {
            if let Some(window) = window {
                let _ = window.remove_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
            }
        }
    });
}

/// Moves the focus to a field; says whether there is one.
pub fn focus(id: &str) -> bool {
    let field = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return false };
    let _ = field.focus();
    field.select();
    true
}

/// The list of keys, which `?` or the button shows.
#[component]
pub fn KeySheet() -> Html {
    let sheet = use_node_ref();
    let show = {
        let sheet = sheet.clone();
        move || {
            if let Some(sheet) = sheet.cast::<HtmlDialogElement>() {
                // It can be open already.
                let _ = sheet.show_modal();
            }
        }
    };
    use_keys({
        let show = show.clone();
        move |key| {
            key == "?" && {
                show();
                true
            }
        }
    });
    html! {
        <>
            <button class="quiet" aria-haspopup="dialog" onclick={Callback::from(move |_: MouseEvent| show())}>{ text::keys::KEYS }</button>
            <dialog ref={sheet} class="keys" aria-labelledby="keys-title">
                <h2 id="keys-title">{ text::keys::KEYS }</h2>
                <dl>
                    { for text::keys::ALL.iter().map(|(key, does)| html! { <div><dt><kbd>{ *key }</kbd></dt><dd>{ *does }</dd></div> }) }
                </dl>
                <form method="dialog"><button class="button">{ text::CLOSE }</button></form>
            </dialog>
        </>
    }
}
