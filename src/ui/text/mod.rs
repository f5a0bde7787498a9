//! All that the page says by itself, in one language. A second language is a second module beside `english`, with the same
//! names; which one the page speaks is said by the `use` below, and how it writes numbers by `format.rs`.

mod english;

pub use english::*;

use yew::prelude::*;

/// A sentence with elements in the places of `{0}`, `{1}` and so on, in whatever order it has them.
pub fn fill(sentence: &str, elements: &[Html]) -> Html {
    let mut parts = sentence.split('{');
    let start = parts.next().unwrap_or_default().to_owned();
    html! {
        <>
            { start }
            { for parts.map(|part| {
                let (place, after) = part.split_once('}').unwrap_or(("", part));
                let element = place.parse().ok().and_then(|place: usize| elements.get(place)).cloned();
                html! { <>{ element }{ after.to_owned() }</> }
            }) }
        </>
    }
}
