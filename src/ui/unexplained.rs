//! What nobody explains: errors and warnings that no article matched.

use yew::prelude::*;

use super::{foreign, format};
use crate::checkup::Report;

/// Kinds of events without an article that are listed.
const LISTED_KINDS: usize = 500;

/// The view of the kinds of events without an article, the most frequent first.
pub fn unexplained(report: &Report) -> Html {
    let kinds = report.unexplained.by_count();
    let total = report.unexplained.total();
    if total == 0 {
        return html! { <p class="nothing">{ "Articles explain every error and warning that was read." }</p> };
    }
    html! {
        <section class="unexplained" aria-label="Unexplained">
            <p>{ format!("{} without an article.", format::counted(total, "error or warning", "errors and warnings")) }</p>
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
        </section>
    }
}
