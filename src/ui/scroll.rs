//! How far a long list was scrolled, so that going back to it leads to the same place. Browsers restore that too early
//! for a page that is drawn when its address is known.

use wasm_bindgen::prelude::*;

/// Notes how far the window is scrolled, in the history's entry that one is about to leave.
pub fn remember() {
    let Some(window) = web_sys::window() else { return };
    if let (Ok(history), Ok(scrolled)) = (window.history(), window.scroll_y()) {
        let _ = history.replace_state_with_url(&JsValue::from_f64(scrolled), "", None);
    }
}

/// Scrolls to where one left this entry of the history; to the top if it is new.
pub fn restore() {
    let Some(window) = web_sys::window() else { return };
    let state = window.history().and_then(|history| history.state());
    window.scroll_to_with_x_and_y(0.0, state.ok().and_then(|state| state.as_f64()).unwrap_or(0.0));
}
