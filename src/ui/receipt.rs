//! The coverage receipt: what was read, what was not, and where.

use yew::prelude::*;

use super::{foreign, format};
use crate::checkup::{FileReport, Report};
use crate::log::Problem;

/// The receipt in one line, open to its details; `running` says that it still grows.
pub fn receipt(report: &Report, running: bool) -> Html {
    let files = report.files.len() as u64;
    let lost: u64 = report.files.values().map(|file| file.account().lost).sum();
    let problems: u64 = report.files.values().map(|file| file.coverage.problem_count).sum();
    let refused = report.files.values().filter(|file| file.kind.refusal().is_some()).count() as u64;
    let dirty = report.files.values().filter(|file| file.dirty).count() as u64;
    let state = if lost + problems + refused > 0 { "partly" } else { "whole" };
    html! {
        <details class={classes!("receipt", state)} open={refused > 0}>
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
                { for report.files.values().map(file_receipt) }
            </ul>
        </details>
    }
}

fn file_receipt(file: &FileReport) -> Html {
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
    html! {
        <li>
            <strong>{ foreign(&file.name) }</strong>
            { format!(", {}: ", format::bytes(file.size)) }
            { format::counted(coverage.records, "record", "records") }
            { format!(" in {}", format::counted(coverage.chunks, "chunk", "chunks")) }
            if account.lost > 0 { { format!(", {} lost", format::count(account.lost)) } }
            if coverage.repeated > 0 { { format!(", {} also in another file", format::count(coverage.repeated)) } }
            if coverage.carved > 0 { { format!(", {} carved", format::count(coverage.carved)) } }
            if let Ok(declared) = account.declared { { format!(", {} declared", format::count(declared)) } }
            if coverage.records == 0 && coverage.problem_count == 0 { { ". The log is well-formed but holds no records" } }
            if let Some(span) = file.span { { format!(", {} UTC", format::span(span)) } }
            if let Some((computer, _)) = computers.first() {
                { ", from " }{ foreign(computer) }
                if computers.len() > 1 { { format!(" and {} more", computers.len() - 1) } }
            }
            if let Some((_, version)) = file.windows { { format!(", {version}") } }
            if file.dirty { { ". It was marked dirty: Windows had not closed it, so its last records may be missing" } }
            { "." }
            if let Err(doubt) = account.declared { { format!(" How many records it should have is not known: {doubt}.") } }
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
