//! The report as it will be read: what is seen is what is saved and printed.

use yew::prelude::*;

use crate::export::Handover;
use crate::export::document::{self, Element, Line, Piece, TITLE};
use crate::ui::article::ArticleBody;
use crate::ui::foreign;

/// The report with the first findings, up to so many; what stands behind them only with all.
pub fn document(handover: &Handover<'static>, drawn: usize) -> Html {
    html! {
        <article class="handed-over" aria-label="Preview">
            <h2>{ TITLE }</h2>
            { elements(&document::opening(handover)) }
            { for handover.own().take(drawn).map(|finding| html! {
                <section key={finding.article.id.clone()}>
                    { elements(&document::finding(handover, finding)) }
                    <ArticleBody id={finding.article.id.clone()} heading=4 />
                </section>
            }) }
            if handover.own().nth(drawn).is_none() { { elements(&document::closing(handover)) } }
        </article>
    }
}

fn elements(elements: &[Element<'_>]) -> Html {
    html! {
        { for elements.iter().map(|element| match element {
            Element::Finding(_, title) | Element::Heading(title) => html! { <h3>{ title }</h3> },
            Element::Line(text) => html! { <p>{ line(text) }</p> },
            Element::List(lines) => html! { <ul>{ for lines.iter().map(|text| html! { <li>{ line(text) }</li> }) }</ul> },
            Element::Note(note) => html! { <blockquote>{ foreign(note) }</blockquote> },
            // A component of its own draws an article, and only once.
            Element::Section(..) | Element::AppliesTo(_) | Element::Sources(_) => html! {},
        }) }
    }
}

fn line(text: &Line<'_>) -> Html {
    html! {
        { for text.iter().map(|piece| match piece {
            Piece::Own(text) => html! { { text } },
            Piece::Foreign(text) => foreign(text),
        }) }
    }
}
