//! Files that a person drops, chooses or saves.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, File, FileList, HtmlAnchorElement};

#[wasm_bindgen]
extern "C" {
    /// The built-in sample log; `www/start.js` unpacks it.
    #[wasm_bindgen(js_namespace = checkup, js_name = sample, catch)]
    fn sample_promise() -> Result<js_sys::Promise, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// The files of a drop, with those in folders; see `www/start.js`.
    #[wasm_bindgen(js_namespace = checkup, js_name = dropped, catch)]
    fn dropped_files(transfer: &DataTransfer) -> Result<js_sys::Promise, JsValue>;
}

/// Gives the files of a drop, with those in folders, to `take`. The drop is asked at once: later it says nothing.
pub fn dropped(transfer: &DataTransfer, take: impl FnOnce(Vec<File>) + 'static) {
    let plain = of(transfer.files());
    let promise = dropped_files(transfer);
    wasm_bindgen_futures::spawn_local(async move {
        let files = match promise {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        take(files.map_or(plain, |files| js_sys::Array::from(&files).iter().map(JsCast::unchecked_into).collect()));
    });
}

/// A file's path as far as the browser tells it: with the folders that were dropped or chosen.
pub fn path(file: &File) -> String {
    let text = |name: &str| js_sys::Reflect::get(file, &name.into()).ok()?.as_string().filter(|text| !text.is_empty());
    text("droppedPath").or_else(|| text("webkitRelativePath")).unwrap_or_else(|| file.name())
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

/// Has the browser save a file.
pub fn save(file: &Blob, name: &str) -> Result<(), String> {
    let save = || -> Result<(), JsValue> {
        let document = web_sys::window().and_then(|window| window.document()).ok_or("no document")?;
        let address = web_sys::Url::create_object_url_with_blob(file)?;
        let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
        Ok(())
    };
    save().map_err(super::message)
}

/// A file of a text.
pub fn text_file(text: &str) -> Result<web_sys::Blob, String> {
    web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into())).map_err(super::message)
}
