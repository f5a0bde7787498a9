//! The records that show a finding, read again from their files when somebody looks.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::article::CopyButton;
use super::route::Route;
use super::scope::Scope;
use super::{foreign, format, text};
use crate::checkup::{Evidence, Report};
use crate::log::Kind;
use crate::web::knowledge;
use crate::web::session::{Row, Session};

/// Records shown at first, and more with each click.
const PAGE: usize = 20;

/// Which records to show.
#[derive(Properties)]
pub struct Props {
    /// The session that can read them.
    pub session: Session,
    /// What was found.
    pub report: Rc<Report>,
    /// The article's id.
    pub id: String,
    /// Where the newest records are.
    pub evidence: Vec<Evidence>,
    /// How many there are.
    pub count: u64,
    /// Files are being read.
    pub is_reading: bool,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.evidence == other.evidence
            && self.count == other.count
            && self.is_reading == other.is_reading
    }
}

/// The matching records, the newest first.
#[component]
pub fn EvidenceView(props: &Props) -> Html {
    let wanted = use_state_eq(|| PAGE);
    let rows = use_state(|| Ok(Vec::<(u32, Row)>::new()));
    let tries = use_state_eq(|| 0);
    // All that is before a record in an archive must be unpacked again: not for records that others replace at once.
    let can_be_shown = |place: &&Evidence| !props.is_reading || !props.session.is_archived(place.file);
    let places: Vec<Evidence> = props.evidence.iter().take(*wanted).filter(can_be_shown).copied().collect();
    let waits = places.is_empty() && !props.evidence.is_empty();
    {
        let (rows, session, id) = (rows.clone(), props.session.clone(), props.id.clone());
        use_effect_with((places, *tries), move |(places, _)| {
            let current = Rc::new(Cell::new(true));
            let (places, still) = (places.clone(), current.clone());
            spawn_local(async move {
                let read = session.rows(id, places).await;
                if still.get() {
                    rows.set(read);
                }
            });
            move || current.set(false)
        });
    }
    let more = {
        let wanted = wanted.clone();
        Callback::from(move |_: MouseEvent| wanted.set(*wanted + PAGE))
    };
    let again = {
        let tries = tries.clone();
        Callback::from(move |_: MouseEvent| tries.set(*tries + 1))
    };
    // What a correlation says is true of several records together: the index knows which article matches one.
    let is_of_records = knowledge().by_id(&props.id).is_some_and(|article| article.correlation.is_none());
    let several_files = props.report.files.len() > 1;
    let rows = match &*rows {
        Ok(rows) => rows,
        Err(reason) => {
            return html! {
                <section class="evidence">
                    <h3>{ text::evidence::TITLE }</h3>
                    <p>{ text::not_read_again(reason) }</p>
                    <button class="button" onclick={again}>{ text::TRY_AGAIN }</button>
                </section>
            };
        }
    };
    html! {
        <section class="evidence">
            <h3>{ text::evidence::TITLE }</h3>
            <p>
                if waits { { text::evidence::WAITING } }
                else { { text::evidence::shown(rows.len() as u64, props.count) } }
            </p>
            <ol class="records">
                { for rows.iter().map(|(file, row)| html! {
                    <RecordView
                        key={format!("{file}-{}", row.offset)}
                        session={props.session.clone()}
                        file={*file}
                        has_xml={props.report.files.get(file).is_some_and(|file| file.kind != Kind::Evt)}
                        file_name={props.report.files.get(file).filter(|_| several_files).map(|file| file.name.clone())}
                        carved={props.evidence.iter().any(|place| place.carved && (place.file, place.offset) == (*file, row.offset))}
                        row={row.clone()}
                    />
                }) }
            </ol>
            if props.evidence.len() > *wanted {
                <button class="button" onclick={more}>{ text::evidence::MORE }</button>
            }
            if !props.is_reading && is_of_records {
                <p><a href={Route::Events(Scope::of_article(&props.id)).href()}>{ text::evidence::AMONG_EVENTS }</a></p>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RecordProps {
    session: Session,
    file: u32,
    /// Logs of Windows NT to Server 2003 know no XML.
    has_xml: bool,
    file_name: Option<String>,
    carved: bool,
    row: Row,
}

/// One record: its line, its values, and its XML on demand.
#[component]
fn RecordView(props: &RecordProps) -> Html {
    let row = &props.row;
    let xml = use_state(|| None::<Option<String>>);
    // Its values are drawn when it is opened: a list of records would be thousands of elements otherwise.
    let open = use_state_eq(|| false);
    let toggled = {
        let open = open.clone();
        Callback::from(move |event: Event| open.set(event.target_unchecked_into::<Element>().has_attribute("open")))
    };
    let show = {
        let (xml, session, file, offset) = (xml.clone(), props.session.clone(), props.file, row.offset);
        Callback::from(move |_: MouseEvent| {
            let (xml, session) = (xml.clone(), session.clone());
            if xml.is_some() {
                return xml.set(None);
            }
            spawn_local(async move { xml.set(Some(session.xml(file, offset).await)) });
        })
    };
    html! {
        <li>
            <details ontoggle={toggled}>
                <summary>
                    { format::time(row.time) }
                    if props.carved { <span class="badge other">{ text::CARVED }</span> }
                    <span class="line">{ foreign(&row.summary) }</span>
                </summary>
                if *open {
                    <p class="place">
                        { text::evidence::record(row.record_id) }
                        { written_at(&row.computer, props.file_name.as_deref()) }
                    </p>
                    { values(row) }
                    if props.has_xml {
                        <button class="button small" onclick={show} aria-expanded={xml.is_some().to_string()}>
                            { if xml.is_some() { text::evidence::HIDE_XML } else { text::evidence::SHOW_XML } }
                        </button>
                    }
                    if let Some(xml) = &*xml {
                        if let Some(xml) = xml {
                            <div class="code"><pre tabindex="0"><code>{ foreign(xml) }</code></pre><CopyButton text={xml.clone()} /></div>
                        } else {
                            <p>{ text::evidence::NO_XML }</p>
                        }
                    }
                }
            </details>
        </li>
    }
}

/// The computer and the file that a record is of, as far as they are to be said.
pub fn written_at(computer: &str, file: Option<&str>) -> Html {
    html! {
        <>
            if !computer.is_empty() { { text::fill(text::ON_COMPUTER, &[foreign(computer)]) } }
            if let Some(file) = file { { text::fill(text::IN_FILE, &[foreign(file)]) } }
        </>
    }
}

/// The named values of a record; those that an article looks at are marked.
pub fn values(row: &Row) -> Html {
    html! {
        <dl class="fields">
            { for row.fields.iter().map(|(name, value, marked)| html! {
                <div class={classes!(marked.then_some("marked"))}>
                    <dt>{ foreign(name) }</dt>
                    <dd>{ if *marked { html! { <mark>{ foreign(value) }</mark> } } else { foreign(value) } }</dd>
                </div>
            }) }
        </dl>
    }
}
