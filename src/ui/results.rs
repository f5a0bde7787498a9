//! What the logs show: how far reading is, the receipt, and the view that one has chosen.

use std::rc::Rc;

use web_sys::File;
use yew::prelude::*;

use super::compare::comparison;
use super::computers::{ComputersView, computer};
use super::events::EventsView;
use super::findings::FindingsView;
use super::format;
use super::handover::{Draft, HandoverView};
use super::keys::use_keys;
use super::receipt::receipt;
use super::route::Route;
use super::timeline::TimelineView;
use super::unexplained::unexplained;
use super::views;
use super::welcome::Choose;
use super::zone::{self, Zone, ZoneChoice};
use crate::checkup::{FileReport, Report};
use crate::web::session::{Progress, Session, Snapshot};

/// What to show.
#[derive(Properties)]
pub struct Props {
    /// The session that reads.
    pub session: Session,
    /// What it found so far.
    pub snapshot: Snapshot,
    /// The place in the results that one has chosen.
    pub route: Route,
    /// What is to be handed over.
    pub draft: UseStateHandle<Draft>,
    /// Takes more files.
    pub add: Callback<Vec<File>>,
    /// The time zone that times are shown in.
    pub zone: Zone,
    /// Takes another one.
    pub choose: Callback<Zone>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.snapshot.report, &other.snapshot.report)
            && Rc::ptr_eq(&self.snapshot.other, &other.snapshot.other)
            && self.snapshot.progress == other.snapshot.progress
            && self.snapshot.exploring == other.snapshot.exploring
            && self.route == other.route
            && self.zone == other.zone
            && self.draft == other.draft
            && self.session == other.session
    }
}

/// The result view.
#[component]
pub fn Results(props: &Props) -> Html {
    let Snapshot { report, findings, progress, .. } = &props.snapshot;
    let log_zone = report.files.values().filter_map(|file| file.zone.as_ref()).max().map(|(_, zone)| zone.clone());
    zone::show(&props.zone, log_zone.as_ref());
    let listed = findings.iter().filter(|finding| finding.own > 0).count();
    let clear = {
        let (session, draft) = (props.session.clone(), props.draft.clone());
        Callback::from(move |_: MouseEvent| {
            Route::Home.go();
            draft.set(Draft::default());
            session.clear();
        })
    };
    use_keys(|key| views::by_key(key).inspect(|view| view.go()).is_some());
    let view = match &props.route {
        Route::Timeline(scope) => html! {
            <TimelineView session={props.session.clone()} snapshot={props.snapshot.clone()} scope={scope.clone()} />
        },
        Route::Events(scope) => html! {
            <EventsView session={props.session.clone()} snapshot={props.snapshot.clone()} scope={scope.clone()} />
        },
        Route::Unexplained => unexplained(&props.session, report),
        Route::Computers(None) => html! { <ComputersView snapshot={props.snapshot.clone()} /> },
        Route::Computers(Some(name)) => computer(report, findings, name),
        Route::Compare => comparison(&props.session, &props.snapshot),
        Route::Handover if progress.running => {
            html! { <p class="nothing">{ "A report can be handed over once all is read." }</p> }
        }
        Route::Handover => html! {
            <HandoverView session={props.session.clone()} snapshot={props.snapshot.clone()} draft={props.draft.clone()} />
        },
        _ => html! {
            <FindingsView session={props.session.clone()} snapshot={props.snapshot.clone()} selected={props.route.finding().map(String::from)} />
        },
    };
    html! {
        <div class={classes!("results", props.route.finding().is_some().then_some("one-chosen"))}>
            <div class="bar">
                <h1 class="headline">{ headline(listed, report, progress) }</h1>
                <p class="buttons">
                    <ZoneChoice zone={props.zone.clone()} log={log_zone.clone()} choose={props.choose.clone()} />
                    <Choose add={props.add.clone()} class="" label="Add files" />
                    <button class="button" onclick={clear}>{ "Start over" }</button>
                </p>
            </div>
            { views::choice(&props.route) }
            <ProgressBar progress={*progress} session={props.session.clone()} />
            // All with times is drawn anew for another zone.
            <div key={format!("{:?} {log_zone:?}", props.zone)}>
                { receipt(report, progress, &props.session) }
                { view }
            </div>
        </div>
    }
}

fn headline(listed: usize, report: &Report, progress: &Progress) -> String {
    let found = format::counted(listed as u64, "known issue", "known issues");
    match (listed, progress.running) {
        (0, true) => "Reading…".into(),
        (0, false) if report.records() == 0 => "No record was read".into(),
        (0, false) if !is_whole(report, progress) => "No known issue in what was read".into(),
        (0, false) => "No known issue found".into(),
        (_, true) => format!("{found} so far"),
        (_, false) => format!("{found} found"),
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

/// Whether all that was given was read.
pub fn is_whole(report: &Report, progress: &Progress) -> bool {
    !progress.cancelled && report.files.values().all(FileReport::is_whole)
}
