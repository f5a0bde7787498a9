//! Many machines: how often each computer shows each issue, and what one computer shows.

use std::collections::BTreeMap;
use std::rc::Rc;

use yew::prelude::*;

use super::article::badges;
use super::route::Route;
use super::{foreign, format, names, text};
use crate::checkup::{Finding, Report};
use crate::order::ranked;
use crate::web::session::Snapshot;

/// So many computers have a column.
const COLUMNS: usize = 1000;
/// So many of a computer's files are named.
const NAMED_FILES: usize = 10;

/// What to show.
#[derive(Properties)]
pub struct Props {
    /// What was found so far.
    pub snapshot: Snapshot,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.snapshot.report, &other.snapshot.report)
            && Rc::ptr_eq(&self.snapshot.findings, &other.snapshot.findings)
    }
}

/// What the rows are ordered by.
#[derive(Clone, PartialEq)]
enum Order {
    /// As the findings are, the most important first.
    Importance,
    Issue,
    Computers,
    Records,
    /// How often this computer shows them.
    Computer(String),
}

/// An issue, and its records by computer.
struct Issue<'f> {
    finding: &'f Finding<'static>,
    by_computer: BTreeMap<&'f str, u64>,
}

impl Issue<'_> {
    fn of(&self, computer: &str) -> u64 {
        self.by_computer.get(computer).copied().unwrap_or(0)
    }
}

/// The table of issues and computers.
#[component]
pub fn ComputersView(props: &Props) -> Html {
    let order = use_state_eq(|| Order::Importance);
    let by_name = use_state_eq(|| false);
    let Snapshot { report, findings, .. } = &props.snapshot;
    let issue = |finding| Issue { finding, by_computer: by_computer(finding) };
    let issues: Vec<Issue<'_>> = findings.iter().filter(|finding| finding.own > 0).map(issue).collect();
    let rank = |issue: &Issue<'_>| match &*order {
        Order::Importance => 0,
        // How many titles come later.
        Order::Issue => {
            let title = &issue.finding.article.title;
            issues.iter().filter(|other| other.finding.article.title > *title).count() as u64
        }
        Order::Computers => issue.by_computer.len() as u64,
        Order::Records => issue.finding.count,
        Order::Computer(name) => issue.of(name),
    };
    let places = ranked(issues.iter().map(|issue| (rank(issue), 0.0)));
    let issues: Vec<&Issue<'_>> = places.into_iter().map(|place| &issues[place]).collect();
    let records = records_by_computer(report);
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    issues
        .iter()
        .flat_map(|issue| &issue.by_computer)
        .for_each(|(name, count)| *totals.entry(*name).or_default() += count);
    let names: Vec<&str> = totals.keys().copied().collect();
    let places = ranked(totals.values().map(|count| (if *by_name { 0 } else { *count }, 0.0)));
    let mut columns: Vec<&str> = places.into_iter().map(|place| names[place]).collect();
    let left_out = columns.len().saturating_sub(COLUMNS);
    columns.truncate(COLUMNS);
    let without: Vec<&str> = records.keys().copied().filter(|name| !totals.contains_key(name)).collect();
    // Choosing an order again leads back to that of the findings.
    let choose = |own: &Order| {
        let (set, next) = (order.setter(), if *order == *own { Order::Importance } else { own.clone() });
        Callback::from(move |_: MouseEvent| set.set(next.clone()))
    };
    let sorted = |own: &Order| {
        let direction = if *own == Order::Issue { "ascending" } else { "descending" };
        (*order == *own).then_some(direction)
    };
    let head = |label: &'static str, own: Order| {
        html! {
            <th scope="col" aria-sort={sorted(&own)}><button class="sort" onclick={choose(&own)}>{ label }</button></th>
        }
    };
    let swap = {
        let by_name = by_name.clone();
        Callback::from(move |_: MouseEvent| by_name.set(!*by_name))
    };
    html! {
        <section class="computers" aria-label={text::COMPUTERS}>
            <div class="outcome">
                <p>{ text::computers::outcome(totals.len() as u64, issues.len() as u64) }</p>
                if columns.len() > 1 {
                    <button class="button small" onclick={swap} aria-pressed={by_name.to_string()}>{ text::computers::BY_NAME }</button>
                }
            </div>
            if !issues.is_empty() {
                <div class="matrix" role="region" aria-label={text::computers::TABLE} tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                { head(text::ISSUE, Order::Issue) }
                                { head(text::COMPUTERS, Order::Computers) }
                                { head(text::RECORDS, Order::Records) }
                                { for columns.iter().map(|name| {
                                    let own = Order::Computer((*name).to_owned());
                                    html! {
                                        <th key={*name} scope="col" class="computer" aria-sort={sorted(&own)}>
                                            <a href={Route::Computers(Some((*name).to_owned())).href()}>{ foreign(name) }</a>
                                            <button
                                                class="sort"
                                                aria-label={text::computers::sort_by(name)}
                                                onclick={choose(&own)}
                                            >{ "↓" }</button>
                                        </th>
                                    }
                                }) }
                            </tr>
                        </thead>
                        <tbody>
                            { for issues.iter().map(|issue| html! {
                                <tr key={issue.finding.article.id.clone()}>
                                    <th scope="row"><a href={Route::Finding(issue.finding.article.id.clone()).href()}>{ &issue.finding.article.title }</a></th>
                                    <td>{ format::count(issue.by_computer.len() as u64) }</td>
                                    <td>{ format::count(issue.finding.count) }</td>
                                    { for columns.iter().map(|name| cell(issue.of(name))) }
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
            }
            if left_out > 0 {
                <p>{ text::computers::left_out(left_out as u64) }</p>
            }
            if !without.is_empty() {
                <details>
                    <summary>{ text::computers::without(without.len() as u64) }</summary>
                    <ul class="names">
                        { for without.iter().map(|name| html! {
                            <li><a href={Route::Computers(Some((*name).to_owned())).href()}>{ foreign(name) }</a></li>
                        }) }
                    </ul>
                </details>
            }
        </section>
    }
}

/// How often; the more, the darker, by powers of ten.
fn cell(count: u64) -> Html {
    match count.checked_ilog10() {
        None => html! { <td /> },
        Some(power) => html! { <td class={format!("heat-{}", power.min(3))}>{ format::count(count) }</td> },
    }
}

/// One computer: its findings, and the files that its records are in.
pub fn computer(report: &Report, findings: &[Finding<'static>], name: &str) -> Html {
    let own: Vec<(&Finding<'_>, u64)> = findings
        .iter()
        .filter(|finding| finding.own > 0)
        .filter_map(|finding| Some((finding, *by_computer(finding).get(name)?)))
        .collect();
    let records = records_by_computer(report);
    let files = report.files.values().filter(|file| file.computers.by_count().iter().any(|(own, _)| *own == name));
    let files: Vec<&str> = files.map(|file| file.name.as_str()).collect();
    html! {
        <section class="computers one" aria-label={text::COMPUTER}>
            <p class="crumbs"><a href={Route::Computers(None).href()}>{ text::computers::ALL }</a></p>
            <h2>{ foreign(name) }</h2>
            if files.is_empty() {
                <p>{ text::computers::NO_RECORD }</p>
            } else {
                <p>
                    { text::fill(
                        &text::computers::records_in(records.get(name).copied().unwrap_or(0)),
                        &[names(files.iter().copied(), NAMED_FILES)],
                    ) }
                </p>
                if own.is_empty() {
                    <p>{ text::computers::NO_ISSUE }</p>
                } else {
                    <div class="matrix" role="region" aria-label={text::computers::TABLE_OF_ONE} tabindex="0">
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{ text::ISSUE }</th>
                                    <th scope="col">{ text::computers::WHAT_TO_DO }</th>
                                    <th scope="col">{ text::RECORDS }</th>
                                    <th scope="col">{ text::computers::OF_ALL }</th>
                                </tr>
                            </thead>
                            <tbody>
                                { for own.iter().map(|(finding, count)| html! {
                                    <tr>
                                        <th scope="row"><a href={Route::Finding(finding.article.id.clone()).href()}>{ &finding.article.title }</a></th>
                                        <td><span class="badges">{ badges(finding.article) }</span></td>
                                        <td>{ format::count(*count) }</td>
                                        <td>{ format::count(finding.count) }</td>
                                    </tr>
                                }) }
                            </tbody>
                        </table>
                    </div>
                }
            }
        </section>
    }
}

fn by_computer<'f>(finding: &'f Finding<'_>) -> BTreeMap<&'f str, u64> {
    let mut counts = BTreeMap::new();
    for (name, count) in finding.computers.by_count() {
        counts.insert(name.as_str(), count);
    }
    counts
}

/// All records, by computer.
fn records_by_computer(report: &Report) -> BTreeMap<&str, u64> {
    let mut records = BTreeMap::new();
    for file in report.files.values() {
        for (name, count) in file.computers.by_count() {
            *records.entry(name.as_str()).or_default() += count;
        }
    }
    records
}
