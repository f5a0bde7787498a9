//! What is taken out of a report, and what somebody wants otherwise.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::export::redaction::{Hidden, Wishes};
use crate::ui::text::handover::hidden as texts;
use crate::ui::{foreign, text};

/// Names that are listed.
const LISTED: usize = 500;

/// The list of what is hidden, or stays in spite of being a name. `change` takes other wishes.
pub fn hidden_names(hidden: &[Hidden], wishes: &Wishes, change: &Callback<Wishes>) -> Html {
    let with = |with: &dyn Fn(&mut Wishes)| {
        let mut wishes = wishes.clone();
        with(&mut wishes);
        wishes
    };
    let add = {
        let (wishes, change) = (wishes.clone(), change.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let field = event.target_unchecked_into::<Element>().query_selector("input");
            let Some(field) = field.ok().flatten().map(JsCast::unchecked_into::<HtmlInputElement>) else { return };
            let text = field.value().trim().to_owned();
            field.set_value("");
            if !text.is_empty() && !wishes.added.contains(&text) {
                let mut wishes = wishes.clone();
                wishes.added.push(text);
                change.emit(wishes);
            }
        })
    };
    let names = hidden.iter().take(LISTED).map(|name| {
        let toggled = with(&|wishes| name.originals.iter().for_each(|form| wishes.keep(form, !name.kept)));
        let toggle = change.reform(move |_: Event| toggled.clone());
        html! {
            <li key={name.replacement()}>
                <label class="check">
                    <input type="checkbox" checked={!name.kept} onchange={toggle} />
                    <span>{ foreign(&name.originals.join(", ")) }</span>
                    <span class="count">{ if name.kept { texts::STAYS.into() } else { name.replacement() } }</span>
                </label>
            </li>
        }
    });
    let added = wishes.added.iter().map(|own| {
        let removed = with(&|wishes| wishes.added.retain(|other| other != own));
        let remove = change.reform(move |_: MouseEvent| removed.clone());
        let is_text = |name: &Hidden| name.originals.iter().any(|form| form.eq_ignore_ascii_case(own));
        html! {
            <li>
                { foreign(own) }
                if !hidden.iter().any(is_text) { <span class="count">{ " " }{ texts::NOT_HERE }</span> }
                <button class="button small" aria-label={texts::no_longer(own)} onclick={remove}>{ texts::REMOVE }</button>
            </li>
        }
    });
    html! {
        <div class="hidden-names">
            <p>{ match hidden.len() {
                0 => texts::NO_NAME.into(),
                count => texts::names(count as u64),
            } }</p>
            <ul aria-label={texts::LIST}>{ for names }</ul>
            if hidden.len() > LISTED { <p>{ text::more_in_list(hidden.len() - LISTED) }</p> }
            <form class="add-text" onsubmit={add}>
                <label for="text-to-hide">{ texts::ANOTHER }</label>
                <input id="text-to-hide" autocomplete="off" spellcheck="false" />
                <button class="button small">{ texts::HIDE }</button>
            </form>
            <ul class="added-texts" aria-label={texts::ADDED}>{ for added }</ul>
        </div>
    }
}
