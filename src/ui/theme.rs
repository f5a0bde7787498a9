//! Light or dark: as the system has it, or by choice.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::text;

/// Where the choice is kept in this browser; `www/start.js` reads it before anything is drawn.
const KEY: &str = "theme";

/// The choices, by value and name; without a value the system decides.
const THEMES: [(&str, &str); 3] = [("", text::theme::AUTO), ("light", text::theme::LIGHT), ("dark", text::theme::DARK)];

/// The choice of light or dark.
#[component]
pub fn ThemeChoice() -> Html {
    let root = || web_sys::window().and_then(|window| window.document()?.document_element());
    let chosen = use_state_eq(|| root().and_then(|root| root.get_attribute("data-theme")).unwrap_or_default());
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            let theme = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Some(root) = root() {
                let _ = root.set_attribute("data-theme", &theme);
            }
            // Where nothing can be kept, the choice holds as long as the page is open.
            if let Some(Ok(Some(storage))) = web_sys::window().map(|window| window.local_storage()) {
                let _ = storage.set_item(KEY, &theme);
            }
            chosen.set(theme);
        })
    };
    html! {
        <select class="quiet" aria-label={text::theme::LABEL} onchange={choose}>
            { for THEMES.iter().map(|(value, name)| html! {
                <option value={*value} selected={*chosen == *value}>{ *name }</option>
            }) }
        </select>
    }
}
