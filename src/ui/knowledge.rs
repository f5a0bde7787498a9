//! The known issues, to read without a log.

use yew::prelude::*;

use super::article::{ArticleBody, badges};
use super::route::Route;
use crate::web::knowledge;

/// All known issues by area.
#[component]
pub fn KnowledgePage() -> Html {
    let knowledge = knowledge();
    let mut areas: Vec<&str> = knowledge.articles().iter().map(|article| article.area.as_str()).collect();
    areas.sort_unstable();
    areas.dedup();
    html! {
        <div class="reading">
            <h1>{ format!("{} known issues", knowledge.articles().len()) }</h1>
            { for areas.into_iter().map(|area| html! {
                <section>
                    <h2>{ area_title(area) }</h2>
                    <ul class="article-list">
                        { for knowledge.articles().iter().filter(|article| article.area == area).map(|article| html! {
                            <li>
                                <a href={Route::Article(article.id.clone()).href()}>{ &article.title }</a>
                                <span class="badges">{ badges(article) }</span>
                            </li>
                        }) }
                    </ul>
                </section>
            }) }
        </div>
    }
}

/// `group-policy` as a heading: `Group policy`.
fn area_title(area: &str) -> String {
    let mut characters = area.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).map(|c| if c == '-' { ' ' } else { c }).collect()
}

/// Which article to show.
#[derive(Properties, PartialEq)]
pub struct ArticleProps {
    /// Its id.
    pub id: String,
}

/// One known issue.
#[component]
pub fn ArticlePage(props: &ArticleProps) -> Html {
    let knowledge = knowledge();
    let Some(article) = knowledge.by_id(&props.id) else {
        return html! {
            <div class="reading">
                <h1>{ "No such article" }</h1>
                <p>{ "This page knows no issue named " }<code>{ &props.id }</code>{ "." }</p>
                <p><a href={Route::Knowledge.href()}>{ "All known issues" }</a></p>
            </div>
        };
    };
    html! {
        <article class="reading">
            <p class="crumbs"><a href={Route::Knowledge.href()}>{ "Known issues" }</a>{ " › " }{ area_title(&article.area) }</p>
            <h1>{ &article.title }</h1>
            <p class="badges">{ badges(article) }</p>
            <ArticleBody id={article.id.clone()} />
        </article>
    }
}
