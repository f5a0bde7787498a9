//! A labelled list to choose from.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What there is to choose.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its id in the page.
    pub id: AttrValue,
    /// How it looks.
    #[prop_or_default]
    pub class: AttrValue,
    /// What it is called.
    pub label: AttrValue,
    /// What the option says that leaves everything open.
    pub all: AttrValue,
    /// Values, and what they are called.
    pub options: Vec<(String, String)>,
    /// The value that is chosen.
    pub value: Option<String>,
    /// Takes the value that somebody chooses; nothing, if that leaves everything open.
    pub on_change: Callback<String>,
}

/// A labelled list to choose from.
#[component]
pub fn Select(props: &Props) -> Html {
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
