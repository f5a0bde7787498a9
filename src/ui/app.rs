//! The page as a whole: one session, its snapshot, and the view for the place one is at.

use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, File};
use yew::prelude::*;

use super::added::AddedPanel;
use super::handover::Draft;
use super::keys::KeySheet;
use super::knowledge::KnowledgePage;
use super::knowledge::article::ArticlePage;
use super::results::Results;
use super::route::{Route, use_route};
use super::text;
use super::theme::ThemeChoice;
use super::welcome::Welcome;
use super::zone::Zone;
use crate::sources;
use crate::web::session::{Session, Snapshot};
use crate::web::{files, message};

#[wasm_bindgen]
extern "C" {
    /// Gives the files that were dropped before the program ran; see `www/start.js`.
    #[wasm_bindgen(js_namespace = checkup, js_name = takeOver)]
    fn take_over() -> js_sys::Array;
}

/// The page.
#[component]
pub fn App() -> Html {
    let snapshot = use_state(Snapshot::default);
    let draft = use_state(Draft::default);
    let route = use_route();
    let session = {
        let snapshot = snapshot.clone();
        use_memo((), move |()| {
            let setter = snapshot.setter();
            Session::start(move |new| setter.set(new))
        })
    };
    let session = match session.as_ref() {
        Ok(session) => session.clone(),
        Err(error) => {
            let reason = message(error.clone());
            return html! { <p class="starting">{ text::app::no_workers(&reason) }</p> };
        }
    };
    let add = {
        let session = session.clone();
        Callback::from(move |files: Vec<File>| {
            let shows_results = !matches!(Route::current(), Route::Knowledge(_) | Route::Article(_));
            if !shows_results && files.iter().any(|file| !sources::is_source(&file.name())) {
                Route::Home.go();
            }
            session.take(files);
        })
    };
    let compare = {
        let session = session.clone();
        Callback::from(move |files: Vec<File>| session.compare_with(files))
    };
    let zone = use_state_eq(|| Zone::kept().unwrap_or_default());
    let over_window = use_drop(add.clone(), compare);
    {
        let (add, session) = (add.clone(), session.clone());
        use_effect_with((), move |()| {
            wasm_bindgen_futures::spawn_local(async move { session.restore().await });
            add.emit(take_over().iter().map(JsCast::unchecked_into).collect());
            ready();
        });
    }
    let started = snapshot.progress.running || !snapshot.report.files.is_empty() || snapshot.progress.cancelled;
    let imported = snapshot.added.library.articles;
    let view = match &route {
        Route::Knowledge(wanted) => html! { <KnowledgePage wanted={wanted.clone()} {imported} /> },
        Route::Article(id) => html! { <ArticlePage id={id.clone()} {imported} /> },
        _ if !started => html! { <Welcome {add} /> },
        route => {
            let (zone, choose) = ((*zone).clone(), Callback::from(move |new| zone.set(new)));
            let (snapshot, draft) = ((*snapshot).clone(), draft.clone());
            html! { <Results session={session.clone()} {add} {snapshot} route={route.clone()} {draft} {zone} {choose} /> }
        }
    };
    html! {
        <>
            <a class="skip" href="#main" onclick={Callback::from(skip_to_main)}>{ text::app::SKIP }</a>
            <header class="top">
                <a class="brand" href={Route::Home.href()}>{ text::NAME }</a>
                <nav aria-label={text::app::NAVIGATION}>
                    if started && matches!(route, Route::Knowledge(_) | Route::Article(_)) {
                        <a href={Route::Home.href()}>{ text::app::BACK }</a>
                    }
                    <a href={Route::knowledge().href()}>{ text::KNOWN_ISSUES }</a>
                    <KeySheet />
                    <ThemeChoice />
                </nav>
            </header>
            <main id="main" tabindex="-1">
                <AddedPanel {session} added={(*snapshot.added).clone()} />
                { view }
            </main>
            if over_window {
                <div class="drop-veil" aria-hidden="true"><p>{ text::app::DROP }</p></div>
            }
        </>
    }
}

/// Moves the focus without touching the address, which says where one is.
fn skip_to_main(event: MouseEvent) {
    event.prevent_default();
    let main = web_sys::window().and_then(|window| window.document()?.get_element_by_id("main"));
    if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = main.focus();
    }
}

/// Marks, for tests and measurements, that the page can take a drop.
fn ready() {
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        let _ = performance.mark("ready");
    }
}

/// Takes files that are dropped anywhere on the window, those for the place to compare with by themselves; says whether
/// some are held over the others' place.
#[hook]
fn use_drop(add: Callback<Vec<File>>, compare: Callback<Vec<File>>) -> bool {
    let over = use_state_eq(|| false);
    let set = over.setter();
    use_effect_with((), move |()| {
        let listener = Closure::<dyn Fn(DragEvent)>::new(move |event: DragEvent| {
            event.prevent_default();
            let is_other = super::compare::is_place(event.target());
            match event.type_().as_str() {
                "dragover" => set.set(!is_other),
                "dragleave" if event.related_target().is_none() => set.set(false),
                "drop" => {
                    set.set(false);
                    if let Some(transfer) = event.data_transfer() {
                        let take = if is_other { compare.clone() } else { add.clone() };
                        files::dropped(&transfer, move |files| take.emit(files));
                    }
                }
                _ => {}
            }
        });
        let window = web_sys::window();
        for event in ["dragover", "dragleave", "drop"] {
            if let Some(window) = &window {
                let _ = window.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
            }
        }
        // The page lives as long as its window, so the listener does too.
        listener.forget();
    });
    *over
}
