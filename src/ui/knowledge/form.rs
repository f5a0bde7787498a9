//! What one looks for: the search field and the filters.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::areas;
use crate::kb::filter::{Filter, providers};
use crate::kb::{Verdict, Version};
use crate::ui::keys::{self, use_keys};
use crate::ui::route::Wanted;
use crate::ui::select::Select;
use crate::ui::text::knowledge::form as texts;
use crate::ui::{format, text};
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
    /// Told when something is about to be typed.
    pub on_focus: Callback<()>,
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
    let counted = |(name, count): &(&str, usize)| ((*name).to_owned(), text::with_count(name, *count as u64));
    let areas = props
        .areas
        .iter()
        .map(|(area, count)| ((*area).to_owned(), text::with_count(&areas::title(area), *count as u64)));
    html! {
        <form class="search" role="search" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <div class="field query">
                <label for={QUERY}>{ texts::SEARCH }</label>
                <input
                    id={QUERY} type="search" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-keyshortcuts="/" placeholder={texts::SEARCH_HINT}
                    value={props.wanted.query.clone()} onfocus={props.on_focus.reform(|_: FocusEvent| ())} oninput={typed}
                />
                <kbd aria-hidden="true">{ "/" }</kbd>
            </div>
            <Select
                id="kb-area" class="area" label={texts::AREA} all={text::ALL_AREAS} options={areas.collect::<Vec<_>>()}
                value={filter.area.clone()} on_change={change(|filter, value| filter.area = value)}
            />
            <Select
                id="kb-provider" class="provider" label={text::PROVIDER} all={text::ANY_PROVIDER}
                options={providers.iter().map(counted).collect::<Vec<_>>()}
                value={filter.provider.clone()} on_change={change(|filter, value| filter.provider = value)}
            />
            <div class="field">
                <label for="kb-event">{ text::EVENT_ID }</label>
                <input
                    id="kb-event" type="text" inputmode="numeric" autocomplete="off" maxlength="5" placeholder={texts::ANY_EVENT}
                    value={filter.event_id.map(|id| id.to_string())} oninput={number}
                />
            </div>
            <Select
                id="kb-verdict" label={texts::VERDICT} all={texts::ANY_VERDICT} options={verdicts.collect::<Vec<_>>()}
                value={filter.verdict.map(|verdict| verdict.to_string())}
                on_change={change(|filter, value| filter.verdict = value.and_then(|word| Verdict::from_word(&word)))}
            />
            <Select
                id="kb-windows" label={texts::WINDOWS} all={texts::ANY_WINDOWS} options={versions.collect::<Vec<_>>()}
                value={filter.windows.clone()} on_change={change(|filter, value| filter.windows = value)}
            />
        </form>
    }
}

/// Moves the focus to the search field; says whether there is one.
pub fn focus() -> bool {
    keys::focus(QUERY)
}
