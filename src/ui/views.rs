//! What one can look at once logs are read, and the way from one to the other.

use yew::prelude::*;

use super::route::Route;

/// The views, by what they are called.
static VIEWS: [(&str, Route); 3] =
    [("Findings", Route::Home), ("Unexplained", Route::Unexplained), ("Hand over", Route::Handover)];

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

/// The view that the key with its number leads to.
pub fn by_key(key: &str) -> Option<&'static Route> {
    let number: usize = key.parse().ok()?;
    VIEWS.get(number.checked_sub(1)?).map(|(_, view)| view)
}
