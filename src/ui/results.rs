//! What the logs show: findings, the receipt, and what nobody explains.

use std::collections::BTreeMap;
use std::rc::Rc;

use web_sys::File;
use yew::prelude::*;

use super::article::badges;
use super::finding::FindingView;
use super::receipt::receipt;
use super::route::Route;
use super::welcome::Choose;
use super::{foreign, format};
use crate::checkup::{FileReport, Finding, Report, Why};
use crate::web::knowledge;
use crate::web::session::{Progress, Session, Snapshot};
use crate::web::timer::Timer;

/// What is affected is named in the list up to this many.
const NAMED_SUBJECTS: usize = 3;
/// Kinds of events without an article that are listed.
const LISTED_KINDS: usize = 50;
/// Articles that are named with one reason why they could not be evaluated.
const LISTED_TITLES: usize = 5;

/// What to show.
#[derive(Properties)]
pub struct Props {
    /// The session that reads.
    pub session: Session,
    /// What it found so far.
    pub snapshot: Snapshot,
    /// The finding one has chosen.
    pub selected: Option<String>,
    /// Takes more files.
    pub add: Callback<Vec<File>>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.snapshot.report, &other.snapshot.report)
            && self.snapshot.progress == other.snapshot.progress
            && self.selected == other.selected
            && self.session == other.session
    }
}

/// The result view.
#[component]
pub fn Results(props: &Props) -> Html {
    let Snapshot { report, findings, progress, .. } = &props.snapshot;
    let listed: Vec<&Finding<'_>> = findings.iter().filter(|finding| finding.own > 0).collect();
    let chosen = props.selected.as_ref().and_then(|id| findings.iter().find(|finding| finding.article.id == *id));
    // The list comes first: drawing the article with it would make the page's thread wait too long.
    let listed_before = use_state(|| false);
    use_effect_with((), {
        let listed_before = listed_before.setter();
        move |()| {
            let timer = Timer::after(0, move || listed_before.set(true));
            move || drop(timer)
        }
    });
    let shown = chosen.or(listed.first().copied()).filter(|_| *listed_before);
    let clear = {
        let session = props.session.clone();
        Callback::from(move |_: MouseEvent| {
            Route::Home.go();
            session.clear();
        })
    };
    html! {
        <div class={classes!("results", chosen.is_some().then_some("one-chosen"))}>
            <div class="bar">
                <h1 class="headline">{ headline(&listed, report, progress) }</h1>
                <p class="buttons">
                    <Choose add={props.add.clone()} class="" label="Add files" />
                    <button class="button" onclick={clear}>{ "Start over" }</button>
                </p>
            </div>
            <ProgressBar progress={*progress} session={props.session.clone()} />
            { receipt(report, progress, &props.session) }
            if listed.is_empty() {
                if !progress.running { { nothing_found(report, progress) } }
            } else {
                <div class="panes">
                    <nav class="list" aria-label="Findings">
                        <ul>{ for listed.iter().map(|finding| list_item(finding, shown)) }</ul>
                    </nav>
                    <div class="detail">
                        if let Some(finding) = shown {
                            <FindingView
                                key={finding.article.id.clone()}
                                session={props.session.clone()}
                                report={report.clone()}
                                finding={(*finding).clone()}
                            />
                        }
                    </div>
                </div>
            }
            if !progress.running {
                { unexplained(report) }
                <NotEvaluated report={report.clone()} />
            }
        </div>
    }
}

fn headline(listed: &[&Finding<'_>], report: &Report, progress: &Progress) -> String {
    let found = format::counted(listed.len() as u64, "known issue", "known issues");
    match (listed.len(), progress.running) {
        (0, true) => "Reading…".into(),
        (0, false) if report.records() == 0 => "No record was read".into(),
        (0, false) if incomplete(report, progress) => "No known issue in what was read".into(),
        (0, false) => "No known issue found".into(),
        (_, true) => format!("{found} so far"),
        (_, false) => format!("{found} found"),
    }
}

/// Whether something of what was given was not read.
fn incomplete(report: &Report, progress: &Progress) -> bool {
    let whole = |file: &FileReport| file.kind.refusal().is_none() && file.coverage.problem_count == 0;
    progress.cancelled || !report.files.values().all(whole)
}

/// Never says "nothing" without saying what was not read.
fn nothing_found(report: &Report, progress: &Progress) -> Html {
    if report.records() == 0 {
        return html! { <p class="nothing">{ "No record was read, so nothing can be said about the machine. The lines above say why." }</p> };
    }
    html! {
        <p class="nothing">
            { "None of the records that were read shows an issue that this page knows." }
            if incomplete(report, progress) { { " But not everything was read: see the lines above." } }
            if report.unexplained.total() > 0 {
                { format!(
                    " {} no article explains; they are listed below.",
                    format::counted(report.unexplained.total(), "error or warning that", "errors and warnings that"),
                ) }
            }
        </p>
    }
}

fn list_item(finding: &Finding<'_>, shown: Option<&Finding<'_>>) -> Html {
    let article = finding.article;
    let current = shown.is_some_and(|shown| shown.article.id == article.id);
    let subjects = finding.subjects.by_count();
    html! {
        <li key={article.id.clone()}>
            <a href={Route::Finding(article.id.clone()).href()} aria-current={current.then_some("true")}>
                <span class="title">{ &article.title }</span>
                <span class="badges">
                    { badges(article) }
                    if finding.other_windows { <span class="badge other">{ "Other Windows" }</span> }
                    <span class="count">{ format!("{}×", format::count(finding.own)) }</span>
                </span>
                if !subjects.is_empty() {
                    <span class="subjects">
                        { for subjects.iter().take(NAMED_SUBJECTS).enumerate().map(|(index, (name, _))| html! {
                            <>{ if index > 0 { ", " } else { "" } }{ foreign(name) }</>
                        }) }
                        if subjects.len() > NAMED_SUBJECTS { { format!(" and {} more", subjects.len() - NAMED_SUBJECTS) } }
                    </span>
                }
                <span class="when">{ format!("last {} UTC", format::time(finding.span.1)) }</span>
            </a>
        </li>
    }
}

fn unexplained(report: &Report) -> Html {
    let kinds = report.unexplained.by_count();
    if kinds.is_empty() {
        return html! {};
    }
    html! {
        <details class="unexplained">
            <summary>{ format!("{} without an article", format::counted(report.unexplained.total(), "error or warning", "errors and warnings")) }</summary>
            <table>
                <thead>
                    <tr><th scope="col">{ "Provider" }</th><th scope="col">{ "Event" }</th><th scope="col">{ "Level" }</th><th scope="col">{ "Records" }</th></tr>
                </thead>
                <tbody>
                    { for kinds.iter().take(LISTED_KINDS).map(|(kind, count)| html! {
                        <tr>
                            <td>{ foreign(&kind.provider) }</td>
                            <td>{ kind.event_id }</td>
                            <td>{ kind.level.word() }</td>
                            <td>{ format::count(*count) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            if report.unexplained.others() > 0 {
                <p>{ format!("And {} of kinds that are too many to be told apart.", format::count(report.unexplained.others())) }</p>
            }
            if kinds.len() > LISTED_KINDS { <p>{ format!("And {} more kinds of events.", kinds.len() - LISTED_KINDS) }</p> }
        </details>
    }
}

#[derive(Properties)]
struct ReportProps {
    report: Rc<Report>,
}

impl PartialEq for ReportProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.report, &other.report)
    }
}

/// The articles and rules that need what the logs do not have, by what that is. A component of its own, so that it is
/// worked out once a report.
#[component]
fn NotEvaluated(props: &ReportProps) -> Html {
    let mut by_reason: BTreeMap<Why, Vec<&str>> = BTreeMap::new();
    let missing = props.report.not_evaluated(knowledge());
    for missing in &missing {
        by_reason.entry(missing.why.clone()).or_default().push(&missing.article.title);
    }
    if missing.is_empty() {
        return html! {};
    }
    html! {
        <details class="unexplained">
            <summary>
                { format!("{} not be evaluated with these logs", format::counted(missing.len() as u64, "article or rule could", "articles and rules could")) }
            </summary>
            <ul>
                { for by_reason.iter().map(|(why, titles)| html! {
                    <li>
                        { foreign(&why.to_string()) }
                        { format!(": {}", titles.iter().take(LISTED_TITLES).copied().collect::<Vec<_>>().join("; ")) }
                        if titles.len() > LISTED_TITLES { { format!(" and {} more", titles.len() - LISTED_TITLES) } }
                    </li>
                }) }
            </ul>
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct ProgressProps {
    progress: Progress,
    session: Session,
}

/// How far the checkup is, and the way to end it.
#[component]
fn ProgressBar(props: &ProgressProps) -> Html {
    let progress = &props.progress;
    let session = props.session.clone();
    let cancel = Callback::from(move |_: MouseEvent| session.cancel());
    let read = format!("{} of {}", format::bytes(progress.bytes_read), format::bytes(progress.bytes));
    let records = format::counted(progress.records, "record", "records");
    let speed = progress.speed().map(|speed| format!(", {:.0} MB/s", speed / 1e6)).unwrap_or_default();
    if !progress.running {
        let end = if progress.cancelled { "Cancelled after" } else { "Done in" };
        return html! {
            <p class="progress done" role="status">{ format!("{end} {:.1} s: {read}, {records}{speed}.", progress.elapsed / 1000.0) }</p>
        };
    }
    let left = progress.seconds_left().map(|left| format!(", {} s left", left.ceil())).unwrap_or_default();
    html! {
        <div class="progress">
            <progress max={progress.bytes.to_string()} value={progress.bytes_read.to_string()} aria-label="Reading" />
            <p>{ format!("{read}, {records}{speed}{left}") }</p>
            <button class="button" onclick={cancel}>{ "Cancel" }</button>
        </div>
    }
}
