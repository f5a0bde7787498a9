//! Before and after: these logs beside others.

use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, File};
use yew::prelude::*;

use super::route::Route;
use super::welcome::Choose;
use super::{format, text};
use crate::checkup::{Change, Compared, Frequency, Report, before_and_after, compare, days, span};
use crate::web::knowledge;
use crate::web::session::{Session, Snapshot};

/// Whether files that are held over this element are to be compared with.
pub fn is_place(target: Option<EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest(".compare").is_ok_and(|place| place.is_some()))
}

/// The view of two sets of logs. The one whose newest record is older is what was before.
pub fn comparison(session: &Session, snapshot: &Snapshot) -> Html {
    let Snapshot { report, other, progress, .. } = snapshot;
    let add = {
        let session = session.clone();
        Callback::from(move |files: Vec<File>| session.compare_with(files))
    };
    if other.files.is_empty() {
        return html! {
            <section class="compare" aria-label={text::COMPARE}>
                <div class="drop-target">
                    <p class="drop-word">{ text::compare::INVITATION }</p>
                    <p class="buttons">
                        <Choose add={add.clone()} class="primary" label={text::compare::CHOOSE} />
                        <Choose {add} class="" label={text::compare::CHOOSE_FOLDER} folder=true />
                    </p>
                    <p class="hint">{ text::compare::HINT }</p>
                </div>
            </section>
        };
    }
    let (before, after) = before_and_after(other, report);
    let others_first = std::ptr::eq(before, &**other);
    let end = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.compare_no_more())
    };
    let compared = if progress.running { Vec::new() } else { compare(knowledge(), before, after) };
    let count = |change| compared.iter().filter(|compared| compared.change == change).count() as u64;
    html! {
        <section class="compare" aria-label={text::COMPARE}>
            <div class="outcome">
                <p role="status">
                    if progress.running { { text::READING } } else {
                        { text::compare::outcome(count(Change::New), count(Change::Still), count(Change::Gone)) }
                    }
                </p>
                <p class="buttons">
                    <Choose {add} class="small" label={text::compare::ADD} />
                    if !progress.running {
                        <button class="button small" onclick={end}>{ text::compare::END }</button>
                    }
                </p>
            </div>
            <dl class="facts">
                { set(text::compare::BEFORE, before, others_first) }
                { set(text::compare::AFTER, after, !others_first) }
            </dl>
            if !compared.is_empty() {
                <div class="matrix" role="region" aria-label={text::compare::TABLE} tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{ text::ISSUE }</th>
                                <th scope="col">{ text::compare::CHANGE }</th>
                                <th scope="col">{ text::compare::BEFORE }</th>
                                <th scope="col">{ text::compare::A_DAY }</th>
                                <th scope="col">{ text::compare::AFTER }</th>
                                <th scope="col">{ text::compare::A_DAY }</th>
                            </tr>
                        </thead>
                        <tbody>{ for compared.iter().map(row) }</tbody>
                    </table>
                </div>
            }
        </section>
    }
}

/// What a set of logs is.
fn set(name: &'static str, report: &Report, is_other: bool) -> Html {
    html! {
        <div>
            <dt>{ name }</dt>
            <dd>
                { text::compare::set(is_other, report.files.len() as u64, report.records()) }
                if let Some(span) = span(report) {
                    { text::fill(&text::compare::span(days(report)), &[format::span(span)]) }
                }
                if !report.files.values().all(|file| file.is_whole()) { { text::compare::NOT_WHOLE } }
            </dd>
        </div>
    }
}

fn row(compared: &Compared<'static>) -> Html {
    let article = compared.article;
    let (class, word) = match (compared.change, compared.factor()) {
        (Change::New, _) => ("fix", text::compare::NEW.into()),
        (Change::Gone, _) => ("safe", text::compare::GONE.into()),
        (Change::Still, Some(factor)) if factor >= 1.5 => ("fix", text::compare::more_often(&rate(factor))),
        (Change::Still, Some(factor)) if factor <= 1.0 / 1.5 => {
            ("safe", text::compare::more_rarely(&rate(1.0 / factor)))
        }
        (Change::Still, _) => ("info", text::compare::STILL_THERE.into()),
    };
    let cells = |frequency: Frequency| {
        let (count, per_day) = match frequency.count {
            0 => ("–".into(), String::new()),
            count => (format::count(count), rate(frequency.per_day)),
        };
        html! { <><td>{ count }</td><td class="rate">{ per_day }</td></> }
    };
    html! {
        <tr key={article.id.clone()}>
            <th scope="row"><a href={Route::Article(article.id.clone()).href()}>{ &article.title }</a></th>
            <td><span class={classes!("badge", class)}>{ word }</span></td>
            { cells(compared.before) }
            { cells(compared.after) }
        </tr>
    }
}

/// A number as exact as it matters.
fn rate(number: f64) -> String {
    match number {
        n if n >= 100.0 => format::count(n.round() as u64),
        n if n >= 10.0 => format!("{n:.0}"),
        n if n >= 0.1 => format!("{n:.1}"),
        n if n >= 0.01 => format!("{n:.2}"),
        _ => text::compare::RARE.into(),
    }
}
