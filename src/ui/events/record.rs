//! One record in full, read again from its file.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::checkup::Report;
use crate::index;
use crate::log::Kind;
use crate::ui::article::CopyButton;
use crate::ui::evidence::{values, written_at};
use crate::ui::route::Route;
use crate::ui::text::events::record as texts;
use crate::ui::{foreign, format, text, zone};
use crate::web::knowledge;
use crate::web::session::{Row, Session};

/// Which record to show.
#[derive(Properties)]
pub struct Props {
    /// The session that can read it.
    pub session: Session,
    /// What was found, for the name of its file.
    pub report: Rc<Report>,
    /// What the index says of it.
    pub row: index::Row,
    /// Takes that it is to be shown no longer.
    pub on_close: Callback<()>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row && Rc::ptr_eq(&self.report, &other.report)
    }
}

/// What was read of a record.
#[derive(Default)]
struct Read {
    /// `None` until it was read.
    text: Option<Result<Row, String>>,
    xml: Option<String>,
}

/// The record: message, values, XML, and ways to copy them.
#[component]
pub fn RecordDetail(props: &Props) -> Html {
    let index::Row { time, place, level, provider, event_id, carved, .. } = &props.row;
    let file = props.report.files.get(&place.file());
    let read = use_state(Read::default);
    {
        let (session, set) = (props.session.clone(), read.setter());
        let has_xml = file.is_some_and(|file| file.kind != Kind::Evt);
        use_effect_with(*place, move |place| {
            let (place, is_current) = (*place, Rc::new(Cell::new(true)));
            let still = is_current.clone();
            set.set(Read::default());
            spawn_local(async move {
                let text = session.record(place).await;
                let xml = if has_xml { session.xml(place.file(), place.offset()).await } else { None };
                if still.get() {
                    set.set(Read { text: Some(text), xml });
                }
            });
            move || is_current.set(false)
        });
    }
    let close = props.on_close.reform(|_: MouseEvent| ());
    let content = match &read.text {
        None => html! { <p>{ texts::READING }</p> },
        Some(Err(reason)) => html! { <p>{ texts::not_read(reason) }</p> },
        Some(Ok(row)) => content(row, read.xml.as_deref()),
    };
    let computer = read.text.as_ref().and_then(|row| row.as_ref().ok()).map_or("", |row| &row.computer);
    html! {
        <section class="record detail" aria-label={text::RECORD}>
            <div class="about">
                <h2><span class={classes!("severity", level.word())}>{ level.word() }</span>{ " " }{ foreign(provider) }{ format!(" {event_id}") }</h2>
                <button class="button small" onclick={close}>{ text::CLOSE }</button>
            </div>
            <p class="place">
                { format::time(*time) }
                if let Some(Ok(row)) = &read.text { { texts::number(row.record_id) } }
                { written_at(computer, file.map(|file| file.name.as_str())) }
                if *carved { { " " }<span class="badge other">{ text::CARVED }</span> }
            </p>
            { content }
        </section>
    }
}

fn content(row: &Row, xml: Option<&str>) -> Html {
    let article = row.article.as_ref().and_then(|id| knowledge().by_id(id));
    html! {
        <>
            if let Some(article) = article {
                <p>
                    { text::fill(texts::EXPLAINED_BY, &[
                        html! { <a href={Route::Finding(article.id.clone()).href()}>{ &article.title }</a> },
                    ]) }
                </p>
            }
            <p class="says">{ foreign(&row.summary) }</p>
            <p class="buttons">
                <CopyButton class="button small" label={texts::COPY_TEXT} text={as_text(row)} />
                if let Some(xml) = xml { <CopyButton class="button small" label={texts::COPY_XML} text={xml.to_owned()} /> }
                <CopyButton class="button small" label={texts::COPY_JSON} text={as_json(row)} />
            </p>
            { values(row) }
            if let Some(xml) = xml {
                <details>
                    <summary>{ texts::XML }</summary>
                    <div class="code"><pre tabindex="0"><code>{ foreign(xml) }</code></pre></div>
                </details>
            }
        </>
    }
}

/// The record's values, a line for each, with its time as the page shows it.
fn as_text(row: &Row) -> String {
    let (time, id) = (format::time_text(row.time), row.record_id.to_string());
    let of_head = [("TimeCreated", &*time), ("EventRecordID", &*id)];
    let values = row.fields.iter().map(|(name, value, _)| (&**name, &**value));
    let mut text = format!("{}\n", row.summary);
    of_head.into_iter().chain(values).for_each(|(name, value)| text.extend([name, ": ", value, "\n"]));
    text
}

/// The same as JSON, as exports have times; of several values with one name, an array.
fn as_json(row: &Row) -> String {
    let object = js_sys::Object::new();
    let put = |name: &str, value: &JsValue| {
        let name = JsValue::from(name);
        let before = js_sys::Reflect::get(&object, &name).unwrap_or_default();
        let value = match before.is_undefined() {
            true => value.clone(),
            false => js_sys::Array::of1(&before).concat(&js_sys::Array::of1(value)).into(),
        };
        // A plain object takes every value.
        let _ = js_sys::Reflect::set(&object, &name, &value);
    };
    put("TimeCreated", &zone::shown().rfc3339(row.time).into());
    put("EventRecordID", &(row.record_id as f64).into());
    row.fields.iter().for_each(|(name, value, _)| put(name, &value.into()));
    let text = js_sys::JSON::stringify_with_replacer_and_space(&object, &JsValue::NULL, &2.into());
    text.map(String::from).unwrap_or_default()
}
