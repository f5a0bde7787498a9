//! What nobody explains: errors and warnings that no article matched, by kind, with examples.

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::article::CopyButton;
use super::{foreign, format, text};
use crate::checkup::{EventKind, Evidence, Report, Times, Unexplained, span};
use crate::display;
use crate::event::Time;
use crate::kb::skeleton;
use crate::web::session::{Row, Session};

/// Kinds of events without an article that are listed.
const LISTED_KINDS: usize = 500;
/// A longer value says nothing of a kind, and is not proposed for an article.
const MAX_SHARED: usize = 120;

/// The view of the kinds of events without an article.
pub fn unexplained(session: &Session, report: &Report) -> Html {
    let total = report.unexplained.total();
    if total == 0 {
        return html! { <p class="nothing">{ text::unexplained::NOTHING }</p> };
    }
    let kinds = report.unexplained();
    let span = span(report).unwrap_or_default();
    html! {
        <section class="unexplained" aria-label={text::UNEXPLAINED}>
            <p>{ text::unexplained::intro(total) }</p>
            <ol class="records">
                { for kinds.iter().take(LISTED_KINDS).map(|unexplained| {
                    let Unexplained { kind, count, case, .. } = unexplained;
                    html! {
                        <KindView
                            key={format!("{} {} {}", kind.provider, kind.event_id, kind.level.word())}
                            session={session.clone()}
                            kind={(*kind).clone()}
                            {count}
                            examples={case.examples.clone()}
                            times={case.times.clone()}
                            {span}
                        />
                    }
                }) }
            </ol>
            if report.unexplained.others() > 0 {
                <p>{ text::unexplained::others(report.unexplained.others()) }</p>
            }
            if kinds.len() > LISTED_KINDS { <p>{ text::unexplained::more_kinds(kinds.len() - LISTED_KINDS) }</p> }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct KindProps {
    session: Session,
    kind: EventKind,
    count: u64,
    examples: Vec<Evidence>,
    times: Times,
    /// Of all logs.
    span: (Time, Time),
}

/// One kind; its examples are read again when it is opened.
#[component]
fn KindView(props: &KindProps) -> Html {
    let KindProps { kind, count, examples, times, span, session } = props;
    let open = use_state_eq(|| false);
    let rows = use_state(|| None::<Result<Vec<(u32, Row)>, String>>);
    let toggled = {
        let (open, rows, session, examples) = (open.clone(), rows.clone(), session.clone(), examples.clone());
        Callback::from(move |event: Event| {
            let is_open = event.target_unchecked_into::<Element>().has_attribute("open");
            open.set(is_open);
            if is_open && rows.is_none() {
                let (rows, session, examples) = (rows.clone(), session.clone(), examples.clone());
                spawn_local(async move { rows.set(Some(session.rows(String::new(), examples).await)) });
            }
        })
    };
    let pieces: Vec<_> = times.pieces().filter(|(_, count)| *count > 0).collect();
    let came = pieces.first().zip(pieces.last()).map(|(((first, _), _), ((_, last), _))| (*first, *last));
    html! {
        <li>
            <details ontoggle={toggled}>
                <summary>
                    <span class="count">{ text::times(*count) }</span>
                    <span class="line"><strong>{ foreign(&kind.provider) }{ format!(" {}", kind.event_id) }</strong>{ format!(" {}", kind.level.word()) }</span>
                    { bar(times, *span) }
                </summary>
                if *open {
                    if let Some((first, last)) = came {
                        <p class="place">
                            { text::fill(text::unexplained::CAME, &[format::time(first.max(span.0)), format::time(last.min(span.1))]) }
                        </p>
                    }
                    { match &*rows {
                        None => html! { <p>{ text::READING_AGAIN }</p> },
                        Some(Err(reason)) => html! { <p>{ text::not_read_again(reason) }</p> },
                        Some(Ok(rows)) => shown(kind, rows),
                    } }
                }
            </details>
        </li>
    }
}

/// The examples: what they have in common, what varies, and the beginning of an article.
fn shown(kind: &EventKind, rows: &[(u32, Row)]) -> Html {
    let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, value, _) in rows.iter().flat_map(|(_, row)| &row.fields).filter(|(name, ..)| !display::is_of_head(name))
    {
        match fields.iter_mut().find(|(own, _)| own == name) {
            Some((_, values)) if values.contains(&value.as_str()) => {}
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    let is_shared = |value: &str| !value.is_empty() && value.len() <= MAX_SHARED;
    let shared = fields.iter().filter_map(|(name, values)| match values[..] {
        [value] if is_shared(value) => Some(((*name).to_owned(), value.to_owned())),
        _ => None,
    });
    let shared: Vec<(String, String)> = shared.collect();
    let (id, article) = skeleton(&kind.provider, kind.event_id, kind.level, &shared);
    html! {
        <>
            <p class="place">{ text::unexplained::examples(rows.len()) }</p>
            <ul>
                { for rows.iter().map(|(_, row)| html! { <li>{ format::time(row.time) }{ " " }{ foreign(&row.summary) }</li> }) }
            </ul>
            <dl class="fields">
                { for fields.iter().map(|(name, values)| html! {
                    <div>
                        <dt>{ foreign(name) }</dt>
                        <dd>{ for values.iter().enumerate().map(|(index, value)| html! {
                            <>{ if index > 0 { " · " } else { "" } }{ foreign(value) }</>
                        }) }</dd>
                    </div>
                }) }
            </dl>
            <p>
                { text::fill(text::unexplained::COPY_FOR, &[
                    html! { <CopyButton text={article} label={text::unexplained::COPY_ARTICLE} class="button small" /> },
                    html! { <code>{ format!("{id}.md") }</code> },
                ]) }
            </p>
        </>
    }
}

/// When records came, over the time of all logs: the more, the higher.
fn bar(times: &Times, (first, last): (Time, Time)) -> Html {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 16.0;
    let length = last.0.saturating_sub(first.0).max(1) as f64;
    let most = times.pieces().map(|(_, count)| count).max().unwrap_or(1) as f64;
    let place = |time: Time| (time.0.saturating_sub(first.0) as f64 / length * WIDTH).min(WIDTH);
    html! {
        <svg class="times" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} aria-hidden="true">
            { for times.pieces().filter(|(_, count)| *count > 0).map(|((from, until), count)| {
                let height = (count as f64 / most * HEIGHT).max(3.0);
                let x = place(from).min(WIDTH - 2.0);
                html! {
                    <rect
                        x={format!("{x:.1}")}
                        y={format!("{:.1}", HEIGHT - height)}
                        width={format!("{:.1}", (place(until) - x).max(2.0))}
                        height={format!("{height:.1}")}
                    />
                }
            }) }
        </svg>
    }
}
