//! Files that a person drops or chooses, and text on the clipboard.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList};

#[wasm_bindgen]
extern "C" {
    /// The built-in sample log; `www/start.js` unpacks it.
    #[wasm_bindgen(js_namespace = checkup, js_name = sample, catch)]
    fn sample_promise() -> Result<js_sys::Promise, JsValue>;
}

/// The files of a list.
pub fn of(list: Option<FileList>) -> Vec<File> {
    let list = list.into_iter();
    list.flat_map(|list| (0..list.length()).filter_map(move |index| list.get(index))).collect()
}

/// The sample log that the page carries.
pub async fn sample() -> Result<File, JsValue> {
    Ok(JsFuture::from(sample_promise()?).await?.unchecked_into())
}
