//! The page.

mod added;
mod app;
mod article;
mod compare;
mod computers;
mod detection;
mod events;
mod evidence;
mod exploring;
mod finding;
mod findings;
mod format;
mod handover;
mod keys;
mod knowledge;
mod receipt;
mod results;
mod route;
mod scope;
mod scroll;
mod select;
mod text;
mod theme;
mod timeline;
mod unexplained;
mod views;
mod welcome;
mod zone;

use yew::prelude::*;

/// Shows the page in its place.
pub fn start() {
    let place = web_sys::window().and_then(|window| window.document()?.get_element_by_id("app"));
    if let Some(place) = place {
        yew::Renderer::<app::App>::with_root(place).render();
    }
}

/// Names the window after what it shows, while it shows it: for tabs, bookmarks and printed pages.
#[hook]
fn use_title(title: &str) {
    let set = |title: &str| {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            document.set_title(title);
        }
    };
    use_effect_with(title.to_owned(), move |title| {
        set(&text::title(title));
        move || set(text::NAME)
    });
}

/// Text from a log: never more than text, and without power over the direction of what is around it.
fn foreign(text: &str) -> Html {
    html! { <bdi>{ text }</bdi> }
}

/// Names from a log, one after the other; of many the first `most`, and how many more there are.
fn names<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize) -> Html {
    let more = names.len().saturating_sub(most);
    html! {
        <>
            { for names.take(most).enumerate().map(|(index, name)| html! {
                <>{ if index > 0 { ", " } else { "" } }{ foreign(name) }</>
            }) }
            if more > 0 { { text::and_more(more) } }
        </>
    }
}
