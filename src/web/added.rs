//! What people add to the known issues: where it is kept, and how it goes into a copy of the page.

use wasm_bindgen::prelude::*;

use super::messages::{Library, Share};

/// What was added to the known issues of this page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Added {
    /// Articles.
    pub articles: usize,
    /// Sigma rules.
    pub rules: usize,
    /// Imported articles.
    pub library: Library,
    /// What is wrong with others, as `path:line: message`.
    pub faults: Vec<String>,
    /// Texts are being read: so many of so many.
    pub reading: Option<Share>,
    /// What was read when somebody cancelled that.
    pub stopped: Option<Share>,
    /// They are kept in this browser.
    pub kept: bool,
    /// The texts of articles and rules: an array of `[path, text]`.
    pub(super) sources: js_sys::Array,
    /// What has imported articles: an array of `[path, text or Blob]`.
    pub(super) origins: js_sys::Array,
    /// The imported articles that look for events, as [`Compiled`](super::messages::Compiled) has them.
    pub(super) imported: js_sys::Array,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = checkup, js_name = added, catch)]
    async fn embedded() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = checkup, js_name = kept, catch)]
    async fn kept() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = checkup, js_name = keep, catch)]
    async fn keep_sources(sources: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = checkup, js_name = copy, catch)]
    async fn copy_of_page(sources: &JsValue) -> Result<JsValue, JsValue>;
}

/// What this copy of the page carries and what this browser keeps: an array of `[path, text]`, and whether some of it
/// is kept here.
pub async fn at_start() -> (js_sys::Array, bool) {
    let array = |value: Result<JsValue, JsValue>| {
        value.ok().filter(js_sys::Array::is_array).map(|value| js_sys::Array::from(&value))
    };
    let own = array(embedded().await).unwrap_or_default();
    // A browser that keeps nothing for this page is as good as one that has kept nothing.
    let kept = array(kept().await);
    let all = kept.iter().fold(own, |all, kept| all.concat(kept));
    (all, kept.is_some())
}

/// Keeps texts in this browser, or forgets those that are kept.
pub async fn keep(sources: Option<&js_sys::Array>) -> Result<(), JsValue> {
    keep_sources(&sources.map_or(JsValue::NULL, JsValue::from)).await.map(|_| ())
}

/// A copy of the page that carries these texts.
pub async fn copy(sources: &js_sys::Array) -> Result<web_sys::Blob, JsValue> {
    copy_of_page(sources).await.map(JsCast::unchecked_into)
}

impl Added {
    /// Whether there is anything to speak of.
    pub fn is_empty(&self) -> bool {
        self.articles + self.rules + self.library.articles == 0 && self.faults.is_empty() && self.reading.is_none()
    }

    /// All of it: an array of `[path, text or Blob]`.
    pub(super) fn all(&self) -> js_sys::Array {
        self.sources.concat(&self.origins)
    }
}
