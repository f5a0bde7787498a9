//! Before and after: these logs beside others.

use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, File};
use yew::prelude::*;

use super::format;
use super::route::Route;
use super::welcome::Choose;
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
            <section class="compare" aria-label="Compare">
                <div class="drop-target">
                    <p class="drop-word">{ "Compare these logs with others" }</p>
                    <p class="buttons">
                        <Choose add={add.clone()} class="primary" label="Compare with…" />
                        <Choose {add} class="" label="A folder" folder=true />
                    </p>
                    <p class="hint">
                        { "Choose them, or drop them here: the same computers before or after a change, or ones that work. The \
                           page says what is new, what is still there and what is gone." }
                    </p>
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
        <section class="compare" aria-label="Compare">
            <div class="outcome">
                <p role="status">
                    if progress.running { { "Reading…" } } else {
                        { format!("{} new, {} still there, {} gone", count(Change::New), count(Change::Still), count(Change::Gone)) }
                    }
                </p>
                <p class="buttons">
                    <Choose {add} class="small" label="Add to the others" />
                    if !progress.running {
                        <button class="button small" onclick={end}>{ "Compare no more" }</button>
                    }
                </p>
            </div>
            <dl class="facts">
                { set("Before", before, others_first) }
                { set("After", after, !others_first) }
            </dl>
            if !compared.is_empty() {
                <div class="matrix" role="region" aria-label="Findings before and after" tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{ "Issue" }</th>
                                <th scope="col">{ "Change" }</th>
                                <th scope="col">{ "Before" }</th>
                                <th scope="col">{ "a day" }</th>
                                <th scope="col">{ "After" }</th>
                                <th scope="col">{ "a day" }</th>
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
    let files = format::counted(report.files.len() as u64, "file", "files");
    let records = format::counted(report.records(), "record", "records");
    html! {
        <div>
            <dt>{ name }</dt>
            <dd>
                { if is_other { "The others: " } else { "These logs: " } }
                { format!("{files}, {records}") }
                if let Some(span) = span(report) { { ", " }{ format::span(span) }{ format!(", {:.1} days", days(report)) } }
                if !report.files.values().all(|file| file.is_whole()) { { ". Not everything was read, so that more may be there" } }
            </dd>
        </div>
    }
}

fn row(compared: &Compared<'static>) -> Html {
    let article = compared.article;
    let (class, word) = match (compared.change, compared.factor()) {
        (Change::New, _) => ("fix", "New".into()),
        (Change::Gone, _) => ("safe", "Gone".into()),
        (Change::Still, Some(factor)) if factor >= 1.5 => ("fix", format!("{} times as often", rate(factor))),
        (Change::Still, Some(factor)) if factor <= 1.0 / 1.5 => {
            ("safe", format!("{} times as rare", rate(1.0 / factor)))
        }
        (Change::Still, _) => ("info", "Still there".into()),
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
        _ => "under 0.01".into(),
    }
}
