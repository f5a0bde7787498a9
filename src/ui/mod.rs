//! The page.

mod added;
mod app;
mod article;
mod evidence;
mod finding;
mod format;
mod knowledge;
mod receipt;
mod results;
mod route;
mod welcome;

use yew::prelude::*;

/// Shows the page in its place.
pub fn start() {
    let place = web_sys::window().and_then(|window| window.document()?.get_element_by_id("app"));
    if let Some(place) = place {
        yew::Renderer::<app::App>::with_root(place).render();
    }
}

/// Text from a log: never more than text, and without power over the direction of what is around it.
fn foreign(text: &str) -> Html {
    html! { <bdi>{ text }</bdi> }
}
