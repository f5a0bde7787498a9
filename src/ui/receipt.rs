//! The coverage receipt: what was read, what was not, and where.

use yew::prelude::*;

use super::{foreign, format};
use crate::checkup::{FileReport, Report};
use crate::log::Problem;
use crate::log::evtx::HEADER_SIZE;
use crate::order;
use crate::web::session::{Progress, Session};

/// With more files than this, their list is closed at first.
const MAX_OPEN: usize = 20;

/// So many files are listed while they are read, and at the end: each redraw costs some time for each.
const LISTED_WHILE_READING: usize = 50;
const LISTED: usize = 500;

/// The receipt in one line, open to its details.
pub fn receipt(report: &Report, progress: &Progress, session: &Session) -> Html {
    let running = progress.running;
    let files = report.files.len() as u64;
    let lost: u64 = report.files.values().map(|file| file.account().lost).sum();
    let problems: u64 = report.files.values().map(|file| file.coverage.problem_count).sum();
    let refused = report.files.values().filter(|file| file.kind.refusal().is_some()).count() as u64;
    let dirty = report.files.values().filter(|file| file.dirty).count() as u64;
    // What has a problem comes first.
    let mut listed: Vec<&FileReport> = report.files.values().collect();
    order::sort_by(&mut listed, |a, b| a.is_whole().cmp(&b.is_whole()));
    let more = listed.len().saturating_sub(if running { LISTED_WHILE_READING } else { LISTED });
    listed.truncate(listed.len() - more);
    let carve = {
        let session = session.clone();
        Callback::from(move |_: MouseEvent| session.carve())
    };
    let state = if lost + problems + refused > 0 { "partly" } else { "whole" };
    html! {
        <details class={classes!("receipt", state)} open={refused > 0 && report.files.len() <= MAX_OPEN}>
            <summary>
                <strong>{ format::counted(report.records(), "record", "records") }</strong>
                { if running { " read so far from " } else { " read from " } }
                { format::counted(files, "file", "files") }
                { ". " }
                <span class="not-read">
                    if lost + problems + refused == 0 { { "Everything could be read." } }
                    if lost > 0 { { format!("{} lost. ", format::counted(lost, "record is", "records are")) } }
                    if problems > 0 { { format!("{} while reading. ", format::counted(problems, "problem", "problems")) } }
                    if refused > 0 { { format!("{} not be read as a log.", format::counted(refused, "file could", "files could")) } }
                </span>
                if dirty > 0 {
                    { format!(" {} not closed cleanly.", format::counted(dirty, "log was", "logs were")) }
                }
                { format!(
                    " Of {}, articles explain {} and none explains {}.",
                    format::counted(report.problem_records(), "error or warning", "errors and warnings"),
                    format::count(report.explained.total()),
                    format::count(report.unexplained.total()),
                ) }
            </summary>
            <ul class="receipt-files">
                { for listed.into_iter().map(|file| file_receipt(file, running)) }
            </ul>
            if more > 0 { <p>{ format!("And {}.", format::counted(more as u64, "more file", "more files")) }</p> }
            if !running && !progress.carves && report.files.values().any(|file| file.kind.carver(0, "").is_some()) {
                <p>
                    <button class="button small" onclick={carve}>{ "Carve" }</button>
                    { " Also read what the logs have given up and not overwritten yet: older records, or deleted ones." }
                </p>
            }
        </details>
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
            <strong>{ foreign(&file.name) }</strong>
            { format!(", {}: ", format::bytes(file.size)) }
            { format::counted(coverage.records, "record", "records") }
            if coverage.chunks > 0 { { format!(" in {}", format::counted(coverage.chunks, "chunk", "chunks")) } }
            if unread { { format!(", {} % read so far", file.bytes_read * 100 / file.size) } }
            { match (account.lost, &account.declared) {
                (0, Ok(_)) if !running => ", all that it declares".into(),
                (0, _) => String::new(),
                (lost, Ok(declared)) => format!(", {} lost of {} declared", format::count(lost), format::count(*declared)),
                (lost, Err(_)) => format!(", {} lost", format::count(lost)),
            } }
            if coverage.repeated > 0 { { format!(", {} also in another file", format::count(coverage.repeated)) } }
            if coverage.carved > 0 { { format!(", {} carved", format::count(coverage.carved)) } }
            if coverage.records == 0 && coverage.problem_count == 0 { { ". The log is well-formed but holds no records" } }
            if let Some(span) = file.span { { ", " }{ format::span(span) } }
            if let Some((computer, _)) = computers.first() {
                { ", from " }{ foreign(computer) }
                if computers.len() > 1 { { format!(" and {} more", computers.len() - 1) } }
            }
            if let Some((_, version)) = file.windows { { format!(", {version}") } }
            if file.dirty { { ". It was marked dirty: Windows had not closed it, so its last records may be missing" } }
            { "." }
            if let (Err(doubt), false) = (account.declared, running) { { format!(" How many records it should have is not known: {doubt}.") } }
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
                <li>
                    { format!("At byte {}: {}", format::count(problem.offset), problem.reason) }
                    if problem.lost > 0 { { format!(" ({} lost)", format::counted(problem.lost, "record", "records")) } }
                    { "." }
                </li>
            }) }
            if more > 0 { <li>{ format!("And {} more.", format::counted(more, "problem", "problems")) }</li> }
        </ul>
    }
}
