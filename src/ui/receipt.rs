//! The coverage receipt: what was read, what was not, and where.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::{foreign, format, text};
use crate::checkup::{FileReport, Report};
use crate::log::Problem;
use crate::log::evtx::HEADER_SIZE;
use crate::order;
use crate::web::session::{Progress, Session};

/// With more files than this, their list is closed at first, and made when somebody opens it.
const MAX_OPEN: usize = 20;

/// So many files are listed while they are read, and at the end: each redraw costs some time for each.
const LISTED_WHILE_READING: usize = 50;
const LISTED: usize = 500;

/// What was read.
#[derive(Properties)]
pub struct Props {
    /// The session that reads.
    pub session: Session,
    /// What it read so far.
    pub report: Rc<Report>,
    /// How far it is.
    pub progress: Progress,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.report, &other.report) && self.progress == other.progress
    }
}

/// The receipt in one line, open to its details.
#[component]
pub fn Receipt(props: &Props) -> Html {
    let Props { session, report, progress } = props;
    let is_open = use_state_eq(|| false);
    let toggled = {
        let is_open = is_open.clone();
        Callback::from(move |event: Event| is_open.set(event.target_unchecked_into::<Element>().has_attribute("open")))
    };
    let running = progress.running;
    let files = report.files.len() as u64;
    let lost: u64 = report.files.values().map(|file| file.account().lost).sum();
    let problems: u64 = report.files.values().map(|file| file.coverage.problem_count).sum();
    let refused = report.files.values().filter(|file| file.kind.refusal().is_some()).count() as u64;
    let dirty = report.files.values().filter(|file| file.dirty).count() as u64;
    let carve = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.carve())
    };
    let state = if lost + problems + refused > 0 { "partly" } else { "whole" };
    html! {
        <details class={classes!("receipt", state)} open={refused > 0 && report.files.len() <= MAX_OPEN} ontoggle={toggled}>
            <summary>
                { text::fill(
                    &text::receipt::read(files, running),
                    &[html! { <strong>{ text::records(report.records()) }</strong> }],
                ) }
                <span class="not-read">
                    if lost + problems + refused == 0 { { text::receipt::WHOLE } }
                    if lost > 0 { { text::receipt::lost(lost) } }
                    if problems > 0 { { text::receipt::problems(problems) } }
                    if refused > 0 { { text::receipt::refused(refused) } }
                </span>
                if dirty > 0 { { text::receipt::dirty(dirty) } }
                { text::receipt::explained(
                    report.problem_records(), report.explained.total(), report.unexplained.total(),
                ) }
            </summary>
            if *is_open || report.files.len() <= MAX_OPEN { { file_list(report, running) } }
            if !running && !progress.carves && report.files.values().any(|file| file.kind.carver(0, "").is_some()) {
                <p>
                    { text::fill(text::receipt::CARVE_HINT, &[html! {
                        <button class="button small" onclick={carve}>{ text::receipt::CARVE }</button>
                    }]) }
                </p>
            }
        </details>
    }
}

fn file_list(report: &Report, running: bool) -> Html {
    // What has a problem comes first.
    let mut listed: Vec<&FileReport> = report.files.values().collect();
    order::sort_by(&mut listed, |a, b| a.is_whole().cmp(&b.is_whole()));
    let more = listed.len().saturating_sub(if running { LISTED_WHILE_READING } else { LISTED });
    listed.truncate(listed.len() - more);
    html! {
        <>
            <ul class="receipt-files">
                { for listed.into_iter().map(|file| file_receipt(file, running)) }
            </ul>
            if more > 0 { <p>{ text::receipt::more_files(more as u64) }</p> }
        </>
    }
}

fn file_receipt(file: &FileReport, running: bool) -> Html {
    if let Some(refusal) = file.kind.refusal() {
        return html! {
            <li class="refused">
                <strong>{ foreign(&file.name) }</strong>{ ": " }{ refusal }
                { problems(file, &[]) }
            </li>
        };
    }
    let (coverage, account) = (&file.coverage, file.account());
    let computers = file.computers.by_count();
    // What is read of a log may begin behind its header.
    let unread = running && file.bytes_read + HEADER_SIZE < file.size;
    html! {
        <li>
            { text::fill(
                &text::receipt::file(&format::bytes(file.size), coverage.records),
                &[html! { <strong>{ foreign(&file.name) }</strong> }],
            ) }
            if coverage.chunks > 0 { { text::receipt::chunks(coverage.chunks) } }
            if unread { { text::receipt::read_so_far(file.bytes_read * 100 / file.size) } }
            { match (account.lost, &account.declared) {
                (0, Ok(_)) if !running => text::receipt::ALL_DECLARED.into(),
                (0, _) => String::new(),
                (lost, Ok(declared)) => text::receipt::lost_of_declared(lost, *declared),
                (lost, Err(_)) => text::receipt::lost_of_file(lost),
            } }
            if coverage.repeated > 0 { { text::receipt::repeated(coverage.repeated) } }
            if coverage.carved > 0 { { text::receipt::carved(coverage.carved) } }
            if coverage.records == 0 && coverage.problem_count == 0 { { text::receipt::EMPTY } }
            if let Some(span) = file.span { { ", " }{ format::span(span) } }
            if let Some((computer, _)) = computers.first() {
                { text::fill(text::receipt::FROM, &[foreign(computer)]) }
                if computers.len() > 1 { { text::and_more(computers.len() - 1) } }
            }
            if let Some((_, version)) = file.windows { { format!(", {version}") } }
            if file.dirty { { text::receipt::DIRTY } }
            { "." }
            if let (Err(doubt), false) = (account.declared, running) { { text::receipt::not_declared(&doubt.to_string()) } }
            { problems(file, &account.gaps) }
        </li>
    }
}

fn problems(file: &FileReport, gaps: &[Problem]) -> Html {
    let coverage = &file.coverage;
    if coverage.problems.is_empty() && gaps.is_empty() {
        return html! {};
    }
    let more = coverage.problem_count - coverage.problems.len() as u64;
    html! {
        <ul>
            { for coverage.problems.iter().chain(gaps).map(|problem| html! {
                <li>{ text::receipt::problem(problem.offset, &problem.reason.to_string(), problem.lost) }</li>
            }) }
            if more > 0 { <li>{ text::receipt::more_problems(more) }</li> }
        </ul>
    }
}
