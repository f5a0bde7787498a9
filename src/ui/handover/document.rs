//! The report as it will be read: what is seen is what is saved and printed.

use std::rc::Rc;

use yew::prelude::*;

use super::draft::Made;
use crate::export::document::{self, Element, Line, Piece, TITLE};
use crate::ui::article::ArticleBody;
use crate::ui::{foreign, text};
use crate::web::timer::Timer;

/// Findings that are drawn at once: more would make the page's thread wait too long.
const AT_ONCE: usize = 2;

/// Which report to draw.
#[derive(Properties)]
pub struct Props {
    /// The report.
    pub made: Rc<Made>,
    /// Hears whether all of it is drawn.
    pub on_drawn: Callback<bool>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.made, &other.made)
    }
}

/// The report, drawn some findings at a time.
#[component]
pub fn Document(props: &Props) -> Html {
    let handover = &props.made.0;
    let count = handover.own().count();
    let drawn = use_state_eq(|| 0);
    {
        let (drawn, on_drawn) = (drawn.clone(), props.on_drawn.clone());
        use_effect_with((*drawn, count), move |(now, count)| {
            let now = *now;
            on_drawn.emit(now >= *count);
            let timer = (now < *count).then(|| Timer::after(0, move || drawn.set(now + AT_ONCE)));
            move || drop(timer)
        });
    }
    html! {
        <article class="handed-over" aria-label={text::handover::PREVIEW}>
            <h2>{ TITLE }</h2>
            { elements(&document::opening(handover)) }
            { for handover.own().take(*drawn).enumerate().map(|(place, finding)| html! {
                <Finding key={finding.article.id.clone()} made={props.made.clone()} {place} />
            }) }
            if *drawn >= count { { elements(&document::closing(handover)) } }
        </article>
    }
}

#[derive(Properties)]
struct FindingProps {
    made: Rc<Made>,
    /// Which of its findings.
    place: usize,
}

impl PartialEq for FindingProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.made, &other.made) && self.place == other.place
    }
}

/// A finding; a component of its own, so that it is drawn once while others come.
#[component]
fn Finding(props: &FindingProps) -> Html {
    let handover = &props.made.0;
    let Some(finding) = handover.own().nth(props.place) else { return html! {} };
    html! {
        <section>
            { elements(&document::finding(handover, finding)) }
            <ArticleBody id={finding.article.id.clone()} heading=4 />
        </section>
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
