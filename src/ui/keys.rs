//! Keys that work anywhere on the page, and the sheet that lists them.

use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDialogElement, KeyboardEvent};
use yew::prelude::*;

/// Keys and what they do.
const KEYS: [(&str, &str); 6] = [
    ("?", "Show this list"),
    ("1 2 3 …", "Show the first, second, third … view of the results"),
    ("/", "Search, where there is something to search"),
    ("Tab, Shift+Tab", "Go on to the next link, button or field, and back"),
    ("Enter, Space", "Follow a link, press a button, open or close what has a triangle"),
    ("Esc", "Close what lies above the page"),
];

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
            <button class="quiet" aria-haspopup="dialog" onclick={Callback::from(move |_: MouseEvent| show())}>{ "Keys" }</button>
            <dialog ref={sheet} class="keys" aria-labelledby="keys-title">
                <h2 id="keys-title">{ "Keys" }</h2>
                <dl>
                    { for KEYS.iter().map(|(key, does)| html! { <div><dt><kbd>{ *key }</kbd></dt><dd>{ *does }</dd></div> }) }
                </dl>
                <form method="dialog"><button class="button">{ "Close" }</button></form>
            </dialog>
        </>
    }
}
