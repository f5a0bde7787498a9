//! Something to be done later.

use wasm_bindgen::prelude::*;

/// What is to be done, until that is done or this is dropped.
pub struct Timer {
    handle: Option<i32>,
    /// Lives as long as the browser may call it.
    _work: Closure<dyn FnMut()>,
}

impl Timer {
    /// Does something once in so many milliseconds, after what the browser has to do by then.
    pub fn after(milliseconds: i32, work: impl FnOnce() + 'static) -> Timer {
        let work = Closure::once(work);
        let handle = web_sys::window().and_then(|window| {
            let function = work.as_ref().unchecked_ref();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(function, milliseconds).ok()
        });
        Timer { handle, _work: work }
    }
}

/// Lets the browser do what is waiting.
pub async fn pause() {
    let (sender, receiver) = futures_channel::oneshot::channel();
    let timer = Timer::after(0, move || {
        // Nobody waits where the page is going away.
        let _ = sender.send(());
    });
    let _ = receiver.await;
    drop(timer);
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let (Some(handle), Some(window)) = (self.handle, web_sys::window()) {
            window.clear_timeout_with_handle(handle);
        }
    }
}
