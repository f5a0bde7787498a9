//! Where in the page one is: the address behind `#`, so that going back works and findings can be linked.

use wasm_bindgen::prelude::*;
use yew::prelude::*;

/// A place in the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Route {
    /// The start, or the findings.
    #[default]
    Home,
    /// One finding, by its article's id.
    Finding(String),
    /// All known issues.
    Knowledge,
    /// One known issue.
    Article(String),
}

impl Route {
    fn parse(hash: &str) -> Route {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        match path.split_once('/') {
            None if path == "kb" => Route::Knowledge,
            Some(("kb", id)) => Route::Article(id.to_owned()),
            Some(("finding", id)) => Route::Finding(id.to_owned()),
            _ => Route::Home,
        }
    }

    /// The address of the place.
    pub fn href(&self) -> String {
        match self {
            Route::Home => "#/".into(),
            Route::Finding(id) => format!("#/finding/{id}"),
            Route::Knowledge => "#/kb".into(),
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
