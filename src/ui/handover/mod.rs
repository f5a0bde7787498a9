//! A report to hand over: its findings, a note and what is left out are chosen; then it is saved, copied or printed.

mod document;
mod draft;
mod hidden;

use std::collections::BTreeSet;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use self::document::Document;
pub use self::draft::Draft;
use self::draft::use_handover;
use self::hidden::hidden_names;
use super::{text, use_title};
use crate::checkup::Finding;
use crate::export::redaction::Wishes;
use crate::export::{Format, Handover};
use crate::web::session::{Session, Snapshot};
use crate::web::{files, message};

/// The forms, by what they are called and for what they are.
const FORMATS: [(Format, &str, &str); 5] = [
    (Format::Html, text::handover::HTML, text::handover::HTML_USE),
    (Format::Markdown, text::handover::MARKDOWN, text::handover::MARKDOWN_USE),
    (Format::Csv, text::handover::CSV, text::handover::CSV_USE),
    (Format::Json, text::handover::JSON, text::handover::JSON_USE),
    (Format::Text, text::handover::PLAIN_TEXT, text::handover::PLAIN_TEXT_USE),
];

/// What to hand over.
#[derive(Properties)]
pub struct Props {
    /// The session that can read the logs again.
    pub session: Session,
    /// What it found.
    pub snapshot: Snapshot,
    /// What somebody wants, as long as the page is open.
    pub draft: UseStateHandle<Draft>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.snapshot.report, &other.snapshot.report)
            && self.session == other.session
            && self.draft == other.draft
    }
}

/// The view.
#[component]
pub fn HandoverView(props: &Props) -> Html {
    use_title(text::HAND_OVER);
    let Snapshot { report, findings, .. } = &props.snapshot;
    let draft = &props.draft;
    let making = use_handover(&props.session, report, draft);
    let making = making.borrow();
    let format = use_state_eq(|| 0);
    let said = use_state_eq(String::new);
    let listed: Vec<&Finding<'_>> = findings.iter().filter(|finding| finding.own > 0).collect();
    let drawn = use_state_eq(|| false);
    let leave_out = |left_out: BTreeSet<String>| {
        let draft = draft.clone();
        move |_: MouseEvent| draft.set(Draft { left_out: left_out.clone(), ..(*draft).clone() })
    };
    let all = leave_out(BTreeSet::new());
    let none = leave_out(listed.iter().map(|finding| finding.article.id.clone()).collect());
    let write = {
        let draft = draft.clone();
        Callback::from(move |event: Event| {
            let note = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            draft.set(Draft { note, ..(*draft).clone() });
        })
    };
    let redact = {
        let draft = draft.clone();
        Callback::from(move |event: Event| {
            let redacts = event.target_unchecked_into::<HtmlInputElement>().checked();
            draft.set(Draft { redacts, ..(*draft).clone() });
        })
    };
    let wish = {
        let draft = draft.clone();
        Callback::from(move |wishes: Wishes| draft.set(Draft { wishes, ..(*draft).clone() }))
    };
    // Only what is asked for can be handed over.
    let ready = making.made.clone().filter(|_| making.is_done);
    let is_ready = ready.is_some();
    let form = FORMATS[*format].0;
    let save = {
        let (ready, said) = (ready.clone(), said.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(made) = &ready else { return };
            let name = format!("known-issues.{}", form.extension());
            let saved = blob(form, &made.0).and_then(|file| files::save(&file, &name));
            said.set(saved.map_or_else(|error| error, |()| text::handover::saved(&name)));
        })
    };
    let copy = {
        let said = said.clone();
        Callback::from(move |_: MouseEvent| {
            let (Some(made), Some(window)) = (&ready, web_sys::window()) else { return };
            let written = JsFuture::from(window.navigator().clipboard().write_text(&form.write(&made.0)));
            let said = said.clone();
            spawn_local(async move {
                said.set(written.await.map_or_else(message, |_| text::handover::COPIED.into()));
            });
        })
    };
    let print = {
        let said = said.clone();
        Callback::from(move |_: MouseEvent| {
            let printed = web_sys::window().map_or(Ok(()), |window| window.print());
            said.set(printed.err().map(message).unwrap_or_default());
        })
    };
    let choice = listed.iter().map(|finding| {
        let (id, draft) = (finding.article.id.clone(), draft.clone());
        let chosen = !draft.left_out.contains(&id);
        let toggle = {
            let id = id.clone();
            move |_: Event| {
                let mut new = (*draft).clone();
                if !new.left_out.remove(&id) {
                    new.left_out.insert(id.clone());
                }
                draft.set(new);
            }
        };
        html! {
            <li key={id}>
                <label class="check">
                    <input type="checkbox" checked={chosen} onchange={toggle} />
                    <span>{ &finding.article.title }</span>
                    <span class="count">{ text::times(finding.own) }</span>
                </label>
            </li>
        }
    });
    let formats = FORMATS.iter().enumerate().map(|(place, (each, name, what))| {
        let set = format.clone();
        html! {
            <li>
                <label class="check">
                    <input type="radio" name="format" value={each.word()} checked={*format == place} onchange={move |_: Event| set.set(place)} />
                    <span>{ *name }<span class="count">{ format!(" {what}") }</span></span>
                </label>
            </li>
        }
    });
    html! {
        <div class="handover">
            <div class="choices">
                <fieldset>
                    <legend>{ text::FINDINGS }</legend>
                    if listed.is_empty() {
                        <p>{ text::handover::NOTHING }</p>
                    } else {
                        <p class="buttons">
                            <button class="button small" onclick={all}>{ text::handover::ALL }</button>
                            <button class="button small" onclick={none}>{ text::handover::NONE }</button>
                        </p>
                        <ul class="findings-choice">{ for choice }</ul>
                    }
                </fieldset>
                <fieldset>
                    <legend><label for="note">{ text::handover::NOTE }</label></legend>
                    <textarea id="note" rows="3" value={draft.note.clone()} onchange={write} />
                </fieldset>
                <fieldset>
                    <legend>{ text::handover::NAMES }</legend>
                    <label class="check">
                        <input id="redact" type="checkbox" checked={draft.redacts} onchange={redact} />
                        <span>
                            { text::handover::HIDE_NAMES }
                            <span class="count">{ " " }{ text::handover::WHICH_NAMES }</span>
                        </span>
                    </label>
                    if draft.redacts {
                        if let Some(far) = making.searched {
                            <div class="progress">
                                <progress max="1" value={far.to_string()} aria-label={text::handover::SEARCHING_BAR} />
                                <p>{ text::handover::SEARCHING }</p>
                            </div>
                        }
                        if let Some(reason) = &making.failed {
                            <p class="problem" role="alert">{ text::handover::not_searched(reason) }</p>
                        }
                        if let Some(made) = &making.made { { hidden_names(&made.1, &draft.wishes, &wish) } }
                    }
                </fieldset>
                <fieldset>
                    <legend>{ text::handover::FORM }</legend>
                    <ul>{ for formats }</ul>
                </fieldset>
                <div class="actions">
                    <p class="buttons">
                        <button class="button primary save" onclick={save} disabled={!is_ready}>{ text::handover::SAVE }</button>
                        <button class="button copy-report" onclick={copy} disabled={!is_ready}>{ text::COPY }</button>
                        <button class="button print" onclick={print} disabled={!is_ready || !*drawn}>{ text::handover::PRINT }</button>
                    </p>
                    <p class="said" role="status">{ (*said).clone() }</p>
                </div>
            </div>
            if let Some(made) = &making.made {
                <Document made={made.clone()} on_drawn={move |all| drawn.set(all)} />
            }
        </div>
    }
}

/// A report as a file.
fn blob(format: Format, handover: &Handover<'_>) -> Result<Blob, String> {
    let options = BlobPropertyBag::new();
    options.set_type(if format == Format::Html { "text/html;charset=utf-8" } else { "text/plain;charset=utf-8" });
    let text = js_sys::Array::of1(&JsValue::from(format.write(handover)));
    Blob::new_with_str_sequence_and_options(&text, &options).map_err(message)
}
