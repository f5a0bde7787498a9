//! One known issue, on a page of its own.

use web_sys::HtmlElement;
use yew::prelude::*;

use super::areas;
use crate::kb::filter::Filter;
use crate::ui::article::{ArticleBody, CopyButton, badges};
use crate::ui::route::{Route, Wanted};
use crate::ui::{detection, use_title};
use crate::web::knowledge;

/// Which article to show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its id.
    pub id: String,
}

/// The article with what it is part of and which events show it.
#[component]
pub fn ArticlePage(props: &Props) -> Html {
    let heading = use_node_ref();
    let found = knowledge().by_id(&props.id);
    use_title(found.map_or("No such article", |article| &article.title));
    {
        let heading = heading.clone();
        use_effect_with(props.id.clone(), move |_| {
            // One reads an article from its start, wherever in the list one was.
            if let Some(window) = web_sys::window() {
                window.scroll_to_with_x_and_y(0.0, 0.0);
            }
            if let Some(heading) = heading.cast::<HtmlElement>() {
                let _ = heading.focus();
            }
        });
    }
    let Some(article) = found else {
        return html! {
            <div class="reading">
                <h1 ref={heading} tabindex="-1">{ "No such article" }</h1>
                <p>{ "This page knows no issue named " }<code>{ &props.id }</code>{ "." }</p>
                <p><a href={Route::knowledge().href()}>{ "All known issues" }</a></p>
            </div>
        };
    };
    let area = Filter { area: Some(article.area.clone()), ..Filter::default() };
    let area = Route::Knowledge(Wanted { filter: area, ..Wanted::default() });
    html! {
        <article class="reading">
            <nav class="crumbs" aria-label="Breadcrumb">
                <a href={Route::knowledge().href()}>{ "Known issues" }</a>
                { " › " }
                <a href={area.href()}>{ areas::title(&article.area) }</a>
            </nav>
            <h1 ref={heading} tabindex="-1">{ &article.title }</h1>
            <div class="about">
                <p class="badges">{ badges(article) }</p>
                <CopyButton text={address(&article.id)} label="Copy link" class="button small" />
            </div>
            <p class="events">{ detection::events(&article.detection) }</p>
            <ArticleBody id={article.id.clone()} heading={2} />
            <section>
                <h2>{ "Which events show it" }</h2>
                { detection::in_words(&article.detection) }
            </section>
        </article>
    }
}

/// The whole address of an article, for a link from elsewhere.
fn address(id: &str) -> String {
    let page = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = page.split('#').next().unwrap_or_default();
    format!("{page}{}", Route::Article(id.to_owned()).href())
}
