//! One known issue, on a page of its own.

use std::rc::Rc;

use web_sys::HtmlElement;
use yew::prelude::*;

use super::areas;
use crate::kb::filter::Filter;
use crate::ui::article::{CopyButton, badges, body, passages, use_imported};
use crate::ui::route::{Route, Wanted};
use crate::ui::{detection, text, use_title};
use crate::web::imported::Looked;
use crate::web::{catalogue, files};

/// Which article to show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its id.
    pub id: String,
    /// How many imported articles there are.
    pub imported: usize,
}

/// The article with what it is part of and which events show it.
#[component]
pub fn ArticlePage(props: &Props) -> Html {
    let heading = use_node_ref();
    let own = catalogue().by_id(&props.id);
    let imported = use_imported(&props.id, props.imported);
    let looked = imported.clone().flatten().filter(|_| own.is_none());
    let found = own.or(looked.as_ref().map(|looked| &looked.article));
    use_title(found.map_or(text::NO_SUCH_ARTICLE, |article| &article.title));
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
        if imported.is_none() {
            return html! {};
        }
        return html! {
            <div class="reading">
                <h1 ref={heading} tabindex="-1">{ text::NO_SUCH_ARTICLE }</h1>
                <p>{ text::fill(text::knowledge::article::NOT_KNOWN, &[html! { <code>{ &props.id }</code> }]) }</p>
                <p><a href={Route::knowledge().href()}>{ text::knowledge::article::ALL }</a></p>
            </div>
        };
    };
    let area = Filter { area: Some(article.area.clone()), ..Filter::default() };
    let area = Route::Knowledge(Wanted { filter: area, ..Wanted::default() });
    html! {
        <article class="reading">
            <nav class="crumbs" aria-label={text::knowledge::article::BREADCRUMB}>
                <a href={Route::knowledge().href()}>{ text::KNOWN_ISSUES }</a>
                { " › " }
                <a href={area.href()}>{ areas::title(&article.area) }</a>
            </nav>
            <h1 ref={heading} tabindex="-1">{ &article.title }</h1>
            <div class="about">
                <p class="badges">{ badges(article) }</p>
                <CopyButton text={address(&article.id)} label={text::knowledge::article::COPY_LINK} class="button small" />
                if let Some(looked) = &looked {
                    <button class="button small" onclick={save(looked)}>{ text::knowledge::article::SAVE }</button>
                }
            </div>
            <p class="events">{ detection::events(&article.detection) }</p>
            { body(article, 2) }
            <section>
                <h2>{ text::knowledge::article::WHICH_EVENTS }</h2>
                if looked.is_some() && article.grade.is_none() {
                    <p>{ text::knowledge::article::NO_EVENTS }</p>
                } else {
                    { detection::in_words(&article.detection) }
                    { passages(article) }
                }
            </section>
        </article>
    }
}

/// Saves an imported article as one of ours.
fn save(looked: &Rc<Looked>) -> Callback<MouseEvent> {
    let looked = looked.clone();
    Callback::from(move |_| {
        // A browser that saves nothing says so itself.
        let _ = files::text_file(&looked.source).and_then(|file| files::save(&file, &looked.name));
    })
}

/// The whole address of an article, for a link from elsewhere.
fn address(id: &str) -> String {
    let page = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = page.split('#').next().unwrap_or_default();
    format!("{page}{}", Route::Article(id.to_owned()).href())
}
