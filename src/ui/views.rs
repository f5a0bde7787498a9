//! What one can look at once logs are read, and the way from one to the other.

use yew::prelude::*;

use super::route::Route;
use super::scope::Scope;
use super::text;

/// The views, by what they are called. Timeline and events are of the same records.
fn views(shown: &Route) -> [(&'static str, Route); 7] {
    let scope = match shown {
        Route::Timeline(scope) | Route::Events(scope) => scope.clone(),
        _ => Scope::default(),
    };
    [
        (text::FINDINGS, Route::Home),
        (text::TIMELINE, Route::Timeline(scope.clone())),
        (text::EVENTS, Route::Events(scope)),
        (text::UNEXPLAINED, Route::Unexplained),
        (text::COMPUTERS, Route::Computers(None)),
        (text::COMPARE, Route::Compare),
        (text::HAND_OVER, Route::Handover),
    ]
}

/// The way to every view; the one that is shown is marked.
pub fn choice(shown: &Route) -> Html {
    let is_shown = |view: &Route| match shown {
        Route::Finding(_) => *view == Route::Home,
        Route::Computers(_) => *view == Route::Computers(None),
        shown => shown == view,
    };
    html! {
        <nav class="views" aria-label={text::VIEWS}>
            { for views(shown).iter().map(|(name, view)| html! {
                <a href={view.href()} aria-current={is_shown(view).then_some("page")}>{ *name }</a>
            }) }
        </nav>
    }
}

/// The view that the key with its number leads to.
pub fn by_key(key: &str) -> Option<Route> {
    let number: usize = key.parse().ok()?;
    views(&Route::current()).into_iter().nth(number.checked_sub(1)?).map(|(_, view)| view)
}
