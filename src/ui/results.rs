//! What the logs show: how far reading is, the receipt, and the view that one has chosen.

use std::rc::Rc;

use web_sys::File;
use yew::prelude::*;

use super::compare::comparison;
use super::computers::{ComputersView, computer};
use super::events::EventsView;
use super::findings::FindingsView;
use super::handover::{Draft, HandoverView};
use super::keys::use_keys;
use super::receipt::Receipt;
use super::route::Route;
use super::timeline::TimelineView;
use super::unexplained::unexplained;
use super::views;
use super::welcome::Choose;
use super::zone::{self, Zone, ZoneChoice};
use super::{format, text};
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
    let log_zone = report.files.values().filter_map(|file| file.zones.last()).max().map(|(_, zone)| zone);
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
            html! { <p class="nothing">{ text::handover::WAITING }</p> }
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
                    <Choose add={props.add.clone()} class="" label={text::results::ADD} />
                    <button class="button" onclick={clear}>{ text::results::START_OVER }</button>
                </p>
            </div>
            { views::choice(&props.route) }
            <ProgressBar progress={*progress} session={props.session.clone()} />
            // All with times is drawn anew for another zone.
            <div key={format!("{:?} {log_zone:?}", props.zone)}>
                <Receipt session={props.session.clone()} report={report.clone()} progress={*progress} />
                { view }
            </div>
        </div>
    }
}

fn headline(listed: usize, report: &Report, progress: &Progress) -> String {
    match (listed, progress.running) {
        (0, true) => text::READING.into(),
        (0, false) if report.records() == 0 => text::results::NO_RECORD.into(),
        (0, false) if !is_whole(report, progress) => text::results::NONE_IN_WHAT_WAS_READ.into(),
        (0, false) => text::results::NONE_FOUND.into(),
        (_, true) => text::results::found_so_far(listed as u64),
        (_, false) => text::results::found(listed as u64),
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
    let read = text::part_of(&format::bytes(progress.bytes_read), &format::bytes(progress.bytes));
    let said = text::results::progress(&read, progress.records, progress.speed());
    if !progress.running {
        let said = match progress.cancelled {
            true => text::results::cancelled(progress.elapsed / 1000.0, &said),
            false => text::results::done(progress.elapsed / 1000.0, &said),
        };
        return html! { <p class="progress done" role="status">{ said }</p> };
    }
    let said = match progress.seconds_left() {
        Some(left) => text::results::seconds_left(&said, left.ceil()),
        None => said,
    };
    html! {
        <div class="progress">
            <progress max={progress.bytes.to_string()} value={progress.bytes_read.to_string()} aria-label={text::results::READING_BAR} />
            <p>{ said }</p>
            <button class="button" onclick={cancel}>{ text::CANCEL }</button>
        </div>
    }
}

/// Whether all that was given was read.
pub fn is_whole(report: &Report, progress: &Progress) -> bool {
    !progress.cancelled && report.files.values().all(FileReport::is_whole)
}
