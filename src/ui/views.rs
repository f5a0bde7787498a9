//! What one can look at once logs are read, and the way from one to the other.

use yew::prelude::*;

use super::route::Route;

/// The views, by what they are called.
const VIEWS: [(&str, Route); 2] = [("Findings", Route::Home), ("Unexplained", Route::Unexplained)];

/// The way to every view; the one that is shown is marked.
pub fn choice(shown: &Route) -> Html {
    let is_shown = |view: &Route| match shown {
        Route::Finding(_) => *view == Route::Home,
        shown => shown == view,
    };
    html! {
        <nav class="views" aria-label="Views">
            { for VIEWS.iter().map(|(name, view)| html! {
                <a href={view.href()} aria-current={is_shown(view).then_some("page")}>{ *name }</a>
            }) }
        </nav>
    }
}
