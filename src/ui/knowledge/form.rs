//! What one looks for: the search field and the filters.

use wasm_bindgen::prelude::*;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::areas;
use crate::kb::filter::{Filter, providers};
use crate::kb::{Verdict, Version};
use crate::ui::format;
use crate::ui::keys::use_keys;
use crate::ui::route::Wanted;
use crate::web::catalogue;

/// The search field's id in the page.
const QUERY: &str = "kb-query";

/// What is looked for, and who is told of a change.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is looked for.
    pub wanted: Wanted,
    /// The areas there are, each with its number of articles.
    pub areas: Vec<(&'static str, usize)>,
    /// Takes what is typed.
    pub on_query: Callback<String>,
    /// Takes the changed filters.
    pub on_filter: Callback<Filter>,
}

/// The form.
#[component]
pub fn Form(props: &Props) -> Html {
    use_keys(|key| key == "/" && focus());
    // They stay the same as long as the page is open.
    let providers = use_memo((), |()| providers(catalogue().articles()));
    let filter = &props.wanted.filter;
    let typed = props.on_query.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    // Makes a handler that puts a control's value into the filter.
    let change = |put: fn(&mut Filter, Option<String>)| {
        let (filter, on_filter) = (filter.clone(), props.on_filter.clone());
        move |value: String| {
            let mut filter = filter.clone();
            put(&mut filter, Some(value).filter(|value| !value.is_empty()));
            on_filter.emit(filter);
        }
    };
    let number = change(|filter, value| filter.event_id = value.and_then(|id| id.parse().ok()));
    let number = Callback::from(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let digits: String = input.value().chars().filter(char::is_ascii_digit).collect();
        input.set_value(&digits);
        number(digits);
    });
    let verdicts = Verdict::all().map(|verdict| (verdict.to_string(), format::verdict(verdict).to_owned()));
    let versions = Version::names().rev().map(|(word, name)| (word.to_owned(), name.to_owned()));
    let counted = |(name, count): &(&str, usize)| ((*name).to_owned(), format!("{name} ({count})"));
    let areas =
        props.areas.iter().map(|(area, count)| ((*area).to_owned(), format!("{} ({count})", areas::title(area))));
    html! {
        <form class="search" role="search" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <div class="field query">
                <label for={QUERY}>{ "Search" }</label>
                <input
                    id={QUERY} type="search" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-keyshortcuts="/" placeholder="Event id, error code, provider or what you see"
                    value={props.wanted.query.clone()} oninput={typed}
                />
                <kbd aria-hidden="true">{ "/" }</kbd>
            </div>
            <Select
                id="kb-area" class="area" label="Area" all="All areas" options={areas.collect::<Vec<_>>()}
                value={filter.area.clone()} on_change={change(|filter, value| filter.area = value)}
            />
            <Select
                id="kb-provider" class="provider" label="Provider" all="Any provider"
                options={providers.iter().map(counted).collect::<Vec<_>>()}
                value={filter.provider.clone()} on_change={change(|filter, value| filter.provider = value)}
            />
            <div class="field">
                <label for="kb-event">{ "Event id" }</label>
                <input
                    id="kb-event" type="text" inputmode="numeric" autocomplete="off" maxlength="5" placeholder="Any"
                    value={filter.event_id.map(|id| id.to_string())} oninput={number}
                />
            </div>
            <Select
                id="kb-verdict" label="Verdict" all="Any verdict" options={verdicts.collect::<Vec<_>>()}
                value={filter.verdict.map(|verdict| verdict.to_string())}
                on_change={change(|filter, value| filter.verdict = value.and_then(|word| Verdict::from_word(&word)))}
            />
            <Select
                id="kb-windows" label="Windows" all="Any version" options={versions.collect::<Vec<_>>()}
                value={filter.windows.clone()} on_change={change(|filter, value| filter.windows = value)}
            />
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct SelectProps {
    id: AttrValue,
    #[prop_or_default]
    class: AttrValue,
    label: AttrValue,
    /// What the option says that leaves everything open.
    all: AttrValue,
    /// Values, and what they are called.
    options: Vec<(String, String)>,
    value: Option<String>,
    on_change: Callback<String>,
}

/// A labelled list to choose from.
#[component]
fn Select(props: &SelectProps) -> Html {
    let changed = props.on_change.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    let chosen = |value: &str| props.value.as_ref().is_some_and(|chosen| chosen.eq_ignore_ascii_case(value));
    // An address can name what is not on the list.
    let other = props.value.as_ref().filter(|_| !props.options.iter().any(|(value, _)| chosen(value)));
    html! {
        <div class={classes!("field", props.class.to_string())}>
            <label for={props.id.clone()}>{ &props.label }</label>
            <select id={props.id.clone()} onchange={changed} class={props.value.is_some().then_some("set")}>
                <option value="" selected={props.value.is_none()}>{ &props.all }</option>
                if let Some(other) = other { <option value={other.clone()} selected=true>{ other }</option> }
                { for props.options.iter().map(|(value, name)| html! {
                    <option value={value.clone()} selected={chosen(value)}>{ name }</option>
                }) }
            </select>
        </div>
    }
}

/// Moves the focus to the search field; says whether there is one.
pub fn focus() -> bool {
    let field = web_sys::window().and_then(|window| window.document()?.get_element_by_id(QUERY));
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return false };
    let _ = field.focus();
    field.select();
    true
}
