//! Articles to choose from.

use std::collections::BTreeMap;

use yew::prelude::*;

use super::areas;
use crate::kb::Article;
use crate::ui::article::badges;
use crate::ui::route::Route;
use crate::ui::{detection, scroll, text};
use crate::web::catalogue;

/// Which articles to list.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Their numbers, in order.
    pub articles: Vec<u32>,
    /// Under a heading for each area.
    #[prop_or_default]
    pub by_area: bool,
}

/// Articles that are listed at first; one letter fits most of them, and typing must not wait for their drawing.
const LISTED: usize = 50;

/// The list. A component of its own, so that it is drawn anew only when other articles are found.
#[component]
pub fn List(props: &Props) -> Html {
    let articles: Vec<&Article> = props.articles.iter().filter_map(|number| catalogue().article(*number)).collect();
    let all = use_state_eq(|| false);
    {
        let all = all.clone();
        use_effect_with(props.articles.clone(), move |_| all.set(false));
    }
    if !props.by_area {
        let shown = if *all { articles.len() } else { LISTED.min(articles.len()) };
        let rest = articles.len() - shown;
        let show = Callback::from(move |_: MouseEvent| all.set(true));
        return html! {
            <>
                { rows(articles.into_iter().take(shown)) }
                if rest > 0 {
                    <p class="more"><button class="button" onclick={show}>{ text::show_more(rest) }</button></p>
                }
            </>
        };
    }
    html! {
        { for areas_of(articles.iter().copied()).into_iter().map(|(area, _)| html! {
            <section key={area}>
                <h2>{ areas::title(area) }</h2>
                { rows(articles.iter().copied().filter(|article| article.area == area)) }
            </section>
        }) }
    }
}

/// The areas of articles in the order of their titles, each with the number of its articles.
pub fn areas_of<'a>(articles: impl Iterator<Item = &'a Article>) -> Vec<(&'a str, usize)> {
    let mut areas: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for article in articles {
        areas.entry(areas::title(&article.area).to_lowercase()).or_insert((&article.area, 0)).1 += 1;
    }
    areas.into_values().collect()
}

/// Articles, one below the other.
pub fn rows<'a>(articles: impl Iterator<Item = &'a Article>) -> Html {
    html! {
        <ul class="article-list" onclick={Callback::from(|_| scroll::remember())}>
            { for articles.map(|article| html! {
                <li key={article.id.clone()}>
                    <a href={Route::Article(article.id.clone()).href()}>{ &article.title }</a>
                    <span class="badges">{ badges(article) }</span>
                    <span class="events">{ detection::events(&article.detection) }</span>
                </li>
            }) }
        </ul>
    }
}
