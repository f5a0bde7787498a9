//! Imported articles to choose from. Another worker has them, so what fits comes a moment later.

use std::rc::Rc;

use yew::prelude::*;

use super::list::rows;
use crate::ui::route::Wanted;
use crate::ui::text;
use crate::web::imported::{self, Listing};

/// Articles that are listed at first, and how many more each time.
const LISTED: usize = 25;

/// What to list.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is looked for.
    pub wanted: Wanted,
    /// How many there are, so that more of them are found.
    pub articles: usize,
}

/// The imported articles that fit, the best first.
#[component]
pub fn Imported(props: &Props) -> Html {
    let most = use_state_eq(|| LISTED);
    let found = use_found(props, *most);
    let more = {
        let most = most.clone();
        Callback::from(move |_: MouseEvent| most.set(*most + LISTED))
    };
    {
        let most = most.setter();
        use_effect_with(props.wanted.clone(), move |_| most.set(LISTED));
    }
    let Some(found) = found else { return html! {} };
    let rest = (found.whole + found.partly).saturating_sub(found.articles.len());
    html! {
        <section class="imported">
            <h2>{ text::knowledge::imported::TITLE }</h2>
            <p role="status">{ status(&found) }</p>
            { rows(found.articles.iter()) }
            if rest > 0 {
                <p class="more">
                    <button class="button" onclick={more}>{ text::show_more(LISTED.min(rest)) }</button>
                </p>
            }
        </section>
    }
}

/// What fits: the last that came, until there is something newer.
#[hook]
fn use_found(props: &Props, most: usize) -> Option<Rc<Listing>> {
    let found = use_state(|| None);
    let set = found.setter();
    use_effect_with((props.wanted.clone(), props.articles, most), move |(wanted, _, most)| {
        let Wanted { query, filter } = wanted.clone();
        // Of what was typed since, the answer comes after this one.
        let (current, most) = (Rc::new(()), *most);
        let asked = Rc::downgrade(&current);
        wasm_bindgen_futures::spawn_local(async move {
            let found = imported::find(query, filter, most).await;
            if asked.strong_count() > 0 {
                set.set(found.map(Rc::new));
            }
        });
        move || drop(current)
    });
    (*found).clone()
}

fn status(found: &Listing) -> String {
    let all = text::imported_articles(found.all as u64);
    match (found.whole, found.partly) {
        (0, 0) => text::knowledge::imported::none_fits(&all),
        (0, partly) => text::knowledge::imported::only_partly(&all, partly as u64),
        (whole, _) => text::knowledge::fit(whole as u64, &all),
    }
}
