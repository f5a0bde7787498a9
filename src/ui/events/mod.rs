//! The records themselves: all of them, newest first, or those that one looks for.

pub mod filters;
mod record;
mod rows;
mod scroll;
mod table;

use yew::prelude::*;

use super::exploring::{RecordsProps, lost, progress, use_found, use_index};
use super::{format, text};
use crate::index::{Kinds, Row};
use crate::web::session::{Session, Snapshot};
use filters::Filters;
use record::RecordDetail;
use table::{Column, Table};

/// The view of all records.
#[component]
pub fn EventsView(props: &RecordsProps) -> Html {
    let RecordsProps { session, snapshot, scope } = props;
    let about = use_index(session, snapshot);
    let found = use_found(session, snapshot, scope);
    let open = use_state(|| None::<Row>);
    let about = match about {
        Ok(about) => about,
        Err(instead) => return instead,
    };
    let on_open = {
        let open = open.setter();
        Callback::from(move |row: Option<Row>| open.set(row))
    };
    let close = on_open.reform(|()| None);
    let columns = Column::read(scope.columns.as_deref());
    html! {
        <section class="events-view" aria-label={text::EVENTS}>
            <Filters
                session={session.clone()} report={snapshot.report.clone()} scope={scope.clone()}
                found={found.as_ref().map(|(_, found)| found.clone())} timeline=false
            />
            { searching(session, snapshot) }
            { lost(snapshot) }
            <div class="outcome">
                <p role="status">
                    { match &found {
                        None => text::events::LOOKING.to_owned(),
                        Some((_, found)) if found.count == about.records => text::records(found.count),
                        Some((_, found)) => text::part_of(&format::count(found.count), &text::records(about.records)),
                    } }
                </p>
                { Column::choice(scope) }
            </div>
            if about.left_out + about.others > 0 {
                <p class="notice">{ text::events::too_many(about.left_out, about.others, Kinds::OTHER) }</p>
            }
            <div class={classes!("events-panes", open.is_some().then_some("with-record"))}>
                if let Some((version, found)) = &found {
                    <Table
                        session={session.clone()} report={snapshot.report.clone()} version={*version} count={found.count}
                        {columns} on_open={on_open.clone()} opened={open.as_ref().map(|row| row.place)}
                    />
                }
                if let Some(row) = &*open {
                    <RecordDetail
                        session={session.clone()} report={snapshot.report.clone()} row={row.clone()} on_close={close}
                    />
                }
            </div>
        </section>
    }
}

/// How far a search is.
pub fn searching(session: &Session, snapshot: &Snapshot) -> Html {
    match &snapshot.exploring.search {
        Some(search) if search.running => progress(session, text::events::SEARCHING, search.share),
        Some(search) if search.cancelled => {
            html! { <p class="notice">{ text::events::CANCELLED }</p> }
        }
        _ => html! {},
    }
}
