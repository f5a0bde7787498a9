//! An article's text.

use std::rc::Rc;

use yew::prelude::*;

use super::route::Route;
use super::{foreign, format, text};
use crate::kb::{Article, Block, Inline, Origin, Verdict};
use crate::web::imported::{self, Looked};
use crate::web::knowledge;

/// The badges of verdict and level.
pub fn badges(article: &Article) -> Html {
    let verdict = format::verdict(article.verdict);
    let kind = match article.verdict {
        Verdict::Fix => "fix",
        Verdict::Investigate => "investigate",
        Verdict::SafeToIgnore => "safe",
        Verdict::Informational => "info",
    };
    html! {
        <>
            if article.origin == Origin::Sigma {
                <span class="badge sigma">{ text::SIGMA_RULE }</span>
            } else {
                <span class={classes!("badge", kind)}>{ verdict }</span>
            }
            if article.origin == Origin::Added { <span class="badge yours">{ text::article::YOURS }</span> }
            if article.origin == Origin::Imported {
                <span class="badge yours">{ text::article::imported(article.grade.map(format::grade)) }</span>
            }
            <span class={classes!("level", article.level.to_string())}>{ article.level.to_string() }</span>
        </>
    }
}

/// Which article to show.
#[derive(Properties, Clone, PartialEq)]
pub struct BodyProps {
    /// Its id.
    pub id: String,
    /// The level of its headings.
    #[prop_or(3)]
    pub heading: u8,
}

/// The sections, what the article applies to, and its sources. A component of its own, so that it is drawn once while
/// the numbers around it change.
#[component]
pub fn ArticleBody(props: &BodyProps) -> Html {
    match knowledge().by_id(&props.id) {
        Some(article) if article.origin != Origin::Imported => body(article, props.heading),
        Some(_) => html! { <ImportedBody ..props.clone() /> },
        None => html! {},
    }
}

/// The same of an imported article, which is read again.
#[component]
fn ImportedBody(props: &BodyProps) -> Html {
    let looked = use_imported(&props.id, 0);
    looked.flatten().map(|looked| body(&looked.article, props.heading)).unwrap_or_default()
}

/// An imported article, read again: nothing until that is done, and then the article if it is there. It is looked for once
/// more when there are more articles.
#[hook]
pub fn use_imported(id: &str, articles: usize) -> Option<Option<Rc<Looked>>> {
    let looked = use_state(|| None);
    {
        let set = looked.setter();
        use_effect_with((id.to_owned(), articles), move |(id, _)| {
            let id = id.clone();
            wasm_bindgen_futures::spawn_local(async move {
                let found = imported::look(id.clone()).await.map(Rc::new);
                set.set(Some((id, found)));
            });
        });
    }
    looked.as_ref().filter(|(own, _)| own == id).map(|(_, found)| found.clone())
}

/// What an imported article says of the events that it looks for.
pub fn passages(article: &Article) -> Html {
    html! {
        <section class="passages">
            { for article.passages.iter().filter(|passage| !passage.is_empty()).map(|passage| html! {
                <blockquote>{ foreign(passage) }</blockquote>
            }) }
        </section>
    }
}

/// The text of an article.
pub fn body(article: &Article, heading: u8) -> Html {
    let title = |text: &'static str| html! { <@{format!("h{heading}")}>{ text }</@> };
    html! {
        <>
            { for article.sections.iter().map(|section| html! {
                <section>
                    { title(section.heading.title()) }
                    { blocks(&section.blocks) }
                </section>
            }) }
            if article.origin == Origin::Sigma {
                <section>
                    { title(text::article::RESOLUTION) }
                    <p>{ text::article::NO_RESOLUTION }</p>
                </section>
            }
            if !article.applies_to.is_empty() {
                <section>
                    { title(text::article::APPLIES_TO) }
                    <p>{ article.applies_to.join(", ") }</p>
                </section>
            }
            if article.sources.is_empty() {
                <p>{ text::article::NO_SOURCES }</p>
            } else {
            <section>
                { title(if article.origin == Origin::Sigma { text::article::REFERENCES } else { text::article::SOURCES }) }
                <ul>
                    { for article.sources.iter().map(|source| html! {
                        <li>
                            { link(&source.url, html! { foreign(&source.title) }) }
                            if article.origin != Origin::Sigma { { format!(" ({})", source.id) } }
                        </li>
                    }) }
                </ul>
            </section>
            }
        </>
    }
}

fn link(address: &str, text: Html) -> Html {
    match address.strip_prefix('#') {
        Some(id) => html! { <a href={Route::Article(id.to_owned()).href()}>{ text }</a> },
        None => html! { <a href={address.to_owned()} target="_blank" rel="noreferrer noopener">{ text }</a> },
    }
}

fn blocks(all: &[Block]) -> Html {
    html! { { for all.iter().map(block) } }
}

fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(text) => html! { <p>{ inlines(text) }</p> },
        Block::Code(code) => html! { <CodeBlock code={code.clone()} /> },
        Block::List(Some(first), all) => {
            html! { <ol start={first.to_string()}>{ for all.iter().map(|i| item(i)) }</ol> }
        }
        Block::List(None, all) => html! { <ul>{ for all.iter().map(|i| item(i)) }</ul> },
    }
}

fn item(content: &[Block]) -> Html {
    match content {
        [Block::Paragraph(text), rest @ ..] => html! { <li>{ inlines(text) }{ blocks(rest) }</li> },
        content => html! { <li>{ blocks(content) }</li> },
    }
}

fn inlines(all: &[Inline]) -> Html {
    html! {
        { for all.iter().map(|inline| match inline {
            Inline::Text(text) => html! { { text } },
            Inline::Code(code) => html! { <code>{ code }</code> },
            Inline::Strong(inner) => html! { <strong>{ inlines(inner) }</strong> },
            Inline::Link(address, inner) => link(address, inlines(inner)),
        }) }
    }
}

#[derive(Properties, PartialEq)]
struct CodeProps {
    code: String,
}

/// Lines to type, with a button that copies them.
#[component]
fn CodeBlock(props: &CodeProps) -> Html {
    html! {
        <div class="code">
            <pre tabindex="0"><code>{ &props.code }</code></pre>
            <CopyButton text={props.code.clone()} />
        </div>
    }
}

/// What a copy button copies.
#[derive(Properties, PartialEq)]
pub struct CopyProps {
    /// The text.
    pub text: String,
    /// What the button says.
    #[prop_or(text::COPY.into())]
    pub label: AttrValue,
    /// How it looks.
    #[prop_or("copy".into())]
    pub class: AttrValue,
}

/// A button that puts a text on the clipboard and says so.
#[component]
pub fn CopyButton(props: &CopyProps) -> Html {
    let copied = use_state_eq(|| false);
    {
        let copied = copied.clone();
        use_effect_with(props.text.clone(), move |_| copied.set(false));
    }
    let copy = {
        let (text, copied) = (props.text.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            let (text, copied) = (text.clone(), copied.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let Some(window) = web_sys::window() else { return };
                let written =
                    wasm_bindgen_futures::JsFuture::from(window.navigator().clipboard().write_text(&text)).await;
                copied.set(written.is_ok());
            });
        })
    };
    html! {
        <button class={props.class.to_string()} onclick={copy} aria-live="polite">
            { if *copied { text::COPIED.into() } else { props.label.clone() } }
        </button>
    }
}
