//! The findings: their list, and the one that is looked at.

use std::collections::BTreeMap;
use std::rc::Rc;

use yew::prelude::*;

use super::article::badges;
use super::finding::FindingView;
use super::results::is_whole;
use super::route::Route;
use super::{foreign, format, names, text};
use crate::checkup::{Finding, Report, Why, told};
use crate::web::knowledge;
use crate::web::session::{Progress, Session, Snapshot};
use crate::web::timer::Timer;

/// What is affected is named in the list up to this many.
const NAMED_SUBJECTS: usize = 3;
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
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let state = |Progress { running, cancelled, .. }: Progress| (running, cancelled);
        Rc::ptr_eq(&self.snapshot.report, &other.snapshot.report)
            && state(self.snapshot.progress) == state(other.snapshot.progress)
            && self.selected == other.selected
    }
}

/// The view of the findings.
#[component]
pub fn FindingsView(props: &Props) -> Html {
    let Snapshot { report, findings, progress, .. } = &props.snapshot;
    let listed = told(findings);
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
    let shown = chosen.or(listed.first().map(|(_, finding)| *finding)).filter(|_| *listed_before);
    html! {
        <>
            if listed.is_empty() {
                if !progress.running { { nothing_found(report, progress) } }
            } else {
                <div class="panes">
                    <nav class="list" aria-label={text::FINDINGS}>
                        <ul>{ for listed.iter().map(|(depth, finding)| list_item(*depth, finding, shown)) }</ul>
                    </nav>
                    <div class="detail">
                        if let Some(finding) = shown {
                            <FindingView
                                key={finding.article.id.clone()}
                                session={props.session.clone()}
                                report={report.clone()}
                                finding={(*finding).clone()}
                                is_reading={progress.running}
                            />
                        }
                    </div>
                </div>
            }
            if !progress.running { <NotEvaluated report={report.clone()} /> }
        </>
    }
}

/// Never says "nothing" without saying what was not read.
fn nothing_found(report: &Report, progress: &Progress) -> Html {
    if report.records() == 0 {
        return html! { <p class="nothing">{ text::findings::NO_RECORD }</p> };
    }
    html! {
        <p class="nothing">
            { text::findings::NO_ISSUE }
            if !is_whole(report, progress) { { " " }{ text::findings::NOT_WHOLE } }
            if report.unexplained.total() > 0 { { " " }{ text::findings::unexplained(report.unexplained.total()) } }
        </p>
    }
}

/// A finding; one that follows another stands under it.
fn list_item(depth: usize, finding: &Finding<'_>, shown: Option<&Finding<'_>>) -> Html {
    let article = finding.article;
    let current = shown.is_some_and(|shown| shown.article.id == article.id);
    let subjects = finding.subjects.by_count();
    html! {
        <li key={article.id.clone()} class={(depth > 0).then(|| format!("follows follows-{}", depth.min(3)))}>
            <a href={Route::Finding(article.id.clone()).href()} aria-current={current.then_some("true")}>
                <span class="title">{ &article.title }</span>
                <span class="badges">
                    { badges(article) }
                    if finding.other_windows { <span class="badge other">{ text::findings::OTHER_WINDOWS }</span> }
                    <span class="count">{ text::times(finding.own) }</span>
                </span>
                if !subjects.is_empty() {
                    <span class="subjects">
                        { names(subjects.iter().map(|(name, _)| name.as_str()), NAMED_SUBJECTS) }
                    </span>
                }
                if let Some(link) = finding.causes.first().filter(|_| depth > 0) {
                    <span class="when">{ text::findings::soon_after(link.count, finding.own) }</span>
                }
                <span class="when">{ text::fill(text::findings::LAST, &[format::time(finding.span.1)]) }</span>
            </a>
        </li>
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
        <details class="not-evaluated">
            <summary>{ text::findings::not_evaluated(missing.len() as u64) }</summary>
            <ul>
                { for by_reason.iter().map(|(why, titles)| html! {
                    <li>
                        { foreign(&why.to_string()) }
                        { format!(": {}", titles.iter().take(LISTED_TITLES).copied().collect::<Vec<_>>().join("; ")) }
                        if titles.len() > LISTED_TITLES { { text::and_more(titles.len() - LISTED_TITLES) } }
                    </li>
                }) }
            </ul>
        </details>
    }
}
