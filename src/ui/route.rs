//! Where in the page one is: the address behind `#`, so that going back works and findings, articles and searches can be
//! linked.

use wasm_bindgen::prelude::*;
use web_sys::UrlSearchParams;
use yew::prelude::*;

use super::scope::Scope;
use crate::kb::Verdict;
use crate::kb::filter::Filter;

/// A place in the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Route {
    /// The start, or the findings.
    #[default]
    Home,
    /// One finding, by its article's id.
    Finding(String),
    /// Records over time.
    Timeline(Scope),
    /// The records themselves.
    Events(Scope),
    /// What no article explains.
    Unexplained,
    /// What each computer shows, or one of them, by its name.
    Computers(Option<String>),
    /// These logs and others.
    Compare,
    /// A report to hand over.
    Handover,
    /// The known issues, or those one looks for.
    Knowledge(Wanted),
    /// One known issue.
    Article(String),
}

/// What one looks for among the known issues.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// What is searched for.
    pub query: String,
    /// What they must have.
    pub filter: Filter,
}

impl Wanted {
    fn parse(text: &str) -> Wanted {
        let Ok(parameters) = UrlSearchParams::new_with_str(text) else { return Wanted::default() };
        let get = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
        Wanted {
            query: get("q").unwrap_or_default(),
            filter: Filter {
                area: get("area"),
                provider: get("provider"),
                event_id: get("event").and_then(|id| id.parse().ok()),
                verdict: get("verdict").and_then(|word| Verdict::from_word(&word)),
                windows: get("windows"),
            },
        }
    }

    fn to_parameters(&self) -> String {
        let Filter { area, provider, event_id, verdict, windows } = &self.filter;
        parameters([
            ("q", Some(self.query.trim().to_owned())),
            ("area", area.clone()),
            ("provider", provider.clone()),
            ("event", event_id.map(|id| id.to_string())),
            ("verdict", verdict.map(|verdict| verdict.to_string())),
            ("windows", windows.clone()),
        ])
    }
}

/// Values by name, as an address has them.
pub fn parameters<const N: usize>(values: [(&str, Option<String>); N]) -> String {
    let Ok(parameters) = UrlSearchParams::new() else { return String::new() };
    for (name, value) in values {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            parameters.append(name, &value);
        }
    }
    parameters.to_string().into()
}

fn with_parameters(path: &str, parameters: String) -> String {
    if parameters.is_empty() { path.to_owned() } else { format!("{path}?{parameters}") }
}

impl Route {
    /// All known issues.
    pub fn knowledge() -> Route {
        Route::Knowledge(Wanted::default())
    }

    /// The place one is at.
    pub fn current() -> Route {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok());
        Route::parse(&hash.unwrap_or_default())
    }

    fn parse(hash: &str) -> Route {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        match path.split_once('/') {
            None if path == "timeline" => Route::Timeline(Scope::parse(parameters)),
            None if path == "events" => Route::Events(Scope::parse(parameters)),
            None if path == "unexplained" => Route::Unexplained,
            None if path == "computers" => Route::Computers(None),
            Some(("computers", name)) => Route::Computers(Some(decoded(name))),
            None if path == "compare" => Route::Compare,
            None if path == "handover" => Route::Handover,
            None if path == "kb" => Route::Knowledge(Wanted::parse(parameters)),
            Some(("kb", id)) => Route::Article(id.to_owned()),
            Some(("finding", id)) => Route::Finding(id.to_owned()),
            _ => Route::Home,
        }
    }

    /// The finding that one has chosen.
    pub fn finding(&self) -> Option<&str> {
        match self {
            Route::Finding(id) => Some(id),
            _ => None,
        }
    }

    /// The address of the place.
    pub fn href(&self) -> String {
        match self {
            Route::Home => "#/".into(),
            Route::Finding(id) => format!("#/finding/{id}"),
            Route::Timeline(scope) => with_parameters("#/timeline", scope.to_parameters()),
            Route::Events(scope) => with_parameters("#/events", scope.to_parameters()),
            Route::Unexplained => "#/unexplained".into(),
            Route::Compare => "#/compare".into(),
            Route::Computers(None) => "#/computers".into(),
            Route::Computers(Some(name)) => format!("#/computers/{}", js_sys::encode_uri_component(name)),
            Route::Handover => "#/handover".into(),
            Route::Knowledge(wanted) => with_parameters("#/kb", wanted.to_parameters()),
            Route::Article(id) => format!("#/kb/{id}"),
        }
    }

    /// Goes there.
    pub fn go(&self) {
        if let Some(window) = web_sys::window() {
            // A page whose address cannot be set stays where it is.
            let _ = window.location().set_hash(&self.href());
        }
    }

    /// Goes there without a step that going back would return to.
    pub fn replace(&self) {
        let Some(window) = web_sys::window() else { return };
        let replaced =
            window.history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&self.href())));
        // Nobody is told of a replaced address otherwise. A browser that refuses it (some do when it is often) leaves the
        // page as it is.
        if replaced.is_ok()
            && let Ok(event) = web_sys::Event::new("hashchange")
        {
            let _ = window.dispatch_event(&event);
        }
    }
}

/// A name as it was before it went into an address; one that somebody has broken stays as it is.
fn decoded(name: &str) -> String {
    js_sys::decode_uri_component(name).map_or_else(|_| name.to_owned(), String::from)
}

/// The place one is at; changes with the address.
#[hook]
pub fn use_route() -> Route {
    let route = use_state_eq(Route::current);
    let set = route.clone();
    use_effect_with((), move |()| {
        let listener = Closure::<dyn Fn()>::new(move || set.set(Route::current()));
        let window = web_sys::window();
        if let Some(window) = &window {
            let _ = window.add_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
        }
        move || {
            if let Some(window) = window {
                let _ = window.remove_event_listener_with_callback("hashchange", listener.as_ref().unchecked_ref());
            }
        }
    });
    (*route).clone()
}
