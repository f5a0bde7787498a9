//! Where in the page one is: the address behind `#`, so that going back works and findings, articles and searches can be
//! linked.

use wasm_bindgen::prelude::*;
use web_sys::UrlSearchParams;
use yew::prelude::*;

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
    /// What no article explains.
    Unexplained,
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

    fn to_parameters(&self) -> Option<String> {
        let parameters = UrlSearchParams::new().ok()?;
        let Filter { area, provider, event_id, verdict, windows } = &self.filter;
        for (name, value) in [
            ("q", Some(self.query.trim().to_owned())),
            ("area", area.clone()),
            ("provider", provider.clone()),
            ("event", event_id.map(|id| id.to_string())),
            ("verdict", verdict.map(|verdict| verdict.to_string())),
            ("windows", windows.clone()),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                parameters.append(name, &value);
            }
        }
        Some(String::from(parameters.to_string())).filter(|text| !text.is_empty())
    }
}

impl Route {
    /// All known issues.
    pub fn knowledge() -> Route {
        Route::Knowledge(Wanted::default())
    }

    fn parse(hash: &str) -> Route {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        let (path, parameters) = path.split_once('?').unwrap_or((path, ""));
        match path.split_once('/') {
            None if path == "unexplained" => Route::Unexplained,
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
            Route::Unexplained => "#/unexplained".into(),
            Route::Handover => "#/handover".into(),
            Route::Knowledge(wanted) => match wanted.to_parameters() {
                Some(parameters) => format!("#/kb?{parameters}"),
                None => "#/kb".into(),
            },
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

fn current() -> Route {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    Route::parse(&hash.unwrap_or_default())
}

/// The place one is at; changes with the address.
#[hook]
pub fn use_route() -> Route {
    let route = use_state_eq(current);
    let set = route.clone();
    use_effect_with((), move |()| {
        let listener = Closure::<dyn Fn()>::new(move || set.set(current()));
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
