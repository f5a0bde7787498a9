//! What one can look at once logs are read, and the way from one to the other.

use yew::prelude::*;

use super::route::Route;
use super::scope::Scope;

/// The way to every view; the one that is shown is marked. Timeline and events are of the same records.
pub fn choice(shown: &Route) -> Html {
    let scope = match shown {
        Route::Timeline(scope) | Route::Events(scope) => scope.clone(),
        _ => Scope::default(),
    };
    let views = [
        ("Findings", Route::Home),
        ("Timeline", Route::Timeline(scope.clone())),
        ("Events", Route::Events(scope)),
        ("Unexplained", Route::Unexplained),
    ];
    let is_shown = |view: &Route| match shown {
        Route::Finding(_) => *view == Route::Home,
        shown => shown == view,
    };
    html! {
        <nav class="views" aria-label="Views">
            { for views.iter().map(|(name, view)| html! {
                <a href={view.href()} aria-current={is_shown(view).then_some("page")}>{ *name }</a>
            }) }
        </nav>
    }
}
