//! The known issues, to search and to read without a log.

mod areas;
pub mod article;
mod form;
mod imported;
mod list;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use self::form::Form;
use self::imported::Imported;
use self::list::{List, areas_of};
use super::route::{Route, Wanted};
use super::{format, scroll, text, use_title};
use crate::kb::filter::Filter;
use crate::kb::import::IMPORTED;
use crate::kb::search::Search;
use crate::web::timer::Timer;
use crate::web::{catalogue, make_search, search};

/// The address follows what is typed when nothing was typed for so many milliseconds: some browsers allow few changes.
const TYPING_PAUSE: i32 = 300;
/// Articles that have some of the words are listed up to this many.
const LISTED_PARTLY: usize = 15;

/// What to show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the address says is looked for.
    pub wanted: Wanted,
    /// How many imported articles there are.
    pub imported: usize,
}

/// Search field, filters, areas, and what fits.
#[component]
pub fn KnowledgePage(props: &Props) -> Html {
    use_title(text::KNOWN_ISSUES);
    use_effect_with((), |()| scroll::restore());
    let query = use_query(&props.wanted);
    let wanted = Wanted { query: (*query).clone(), filter: props.wanted.filter.clone() };
    let is_query = !wanted.query.trim().is_empty();
    let is_focused = use_state_eq(|| false);
    let update = use_force_update();
    use_effect_with((std::ptr::from_ref(catalogue()), is_query || *is_focused), |(_, is_used)| {
        if *is_used && search().is_none() {
            spawn_local(async move {
                make_search().await;
                update.force_update();
            });
        }
    });
    let on_focus = Callback::from(move |()| is_focused.set(true));
    let search = search().filter(|_| is_query);
    let found = use_memo((wanted.clone(), search.map(std::ptr::from_ref)), |(wanted, _)| Found::new(wanted, search));
    let all = catalogue().articles();
    let areas = use_memo((), |()| areas_of(catalogue().articles().iter()));
    let imported = (props.imported > 0).then_some((IMPORTED, props.imported));
    let all_areas: Vec<_> = areas.iter().copied().chain(imported).collect();
    let only_imported = wanted.filter.area.as_deref() == Some(IMPORTED);
    let with_imported = props.imported > 0 && wanted.filter.area.as_deref().is_none_or(|area| area == IMPORTED);
    let on_filter = {
        let query = query.clone();
        Callback::from(move |filter: Filter| Route::Knowledge(Wanted { query: (*query).clone(), filter }).replace())
    };
    let on_query = {
        let query = query.clone();
        Callback::from(move |typed: String| query.set(typed))
    };
    let clear = {
        let query = query.clone();
        Callback::from(move |_: MouseEvent| {
            query.set(String::new());
            Route::knowledge().replace();
            // The button that had the focus goes.
            form::focus();
        })
    };
    let by_area = wanted.query.trim().is_empty() && wanted.filter.area.is_none();
    html! {
        <div class="knowledge">
            <h1>{ text::KNOWN_ISSUES }</h1>
            <Form wanted={wanted.clone()} areas={all_areas} {on_focus} {on_query} {on_filter} />
            <div class="outcome">
                if !only_imported { <p role="status">{ found.status(all.len()) }</p> }
                if wanted != Wanted::default() && (with_imported || !found.is_empty()) {
                    <button class="button small" onclick={clear.clone()}>{ text::knowledge::CLEAR }</button>
                }
            </div>
            <div class="columns">
                { area_links(&wanted, &areas, &found, props.imported) }
                <div class="found">
                    if !found.is_empty() {
                        <List articles={found.whole.clone()} {by_area} />
                    } else if !only_imported && !found.waits {
                        { nothing(&wanted, clear) }
                    }
                    if !found.partly.is_empty() {
                        <section>
                            <h2>{ text::knowledge::PARTLY }</h2>
                            <List articles={found.partly.clone()} />
                        </section>
                    }
                    if with_imported && wanted != Wanted::default() {
                        <Imported wanted={wanted.clone()} articles={props.imported} />
                    }
                </div>
            </div>
        </div>
    }
}

/// What is typed; the address follows it, and it follows the address.
#[hook]
fn use_query(wanted: &Wanted) -> UseStateHandle<String> {
    let query = use_state_eq(|| wanted.query.clone());
    {
        let query = query.clone();
        use_effect_with(wanted.query.clone(), move |address| {
            // Of one's own address, which has no spaces at its ends, nothing is to be learned.
            if query.trim() != address {
                query.set(address.clone());
            }
        });
    }
    use_effect_with(((*query).clone(), wanted.clone()), move |(query, wanted)| {
        let timer = (query.trim() != wanted.query).then(|| {
            let target = Route::Knowledge(Wanted { query: query.clone(), filter: wanted.filter.clone() });
            Timer::after(TYPING_PAUSE, move || target.replace())
        });
        move || drop(timer)
    });
    query
}

/// What fits, by number.
struct Found {
    /// The search is not made yet.
    waits: bool,
    /// Articles that have every word, or all where none is searched for.
    whole: Vec<u32>,
    /// The best of those that have some of the words.
    partly: Vec<u32>,
    /// In each area, whatever area is chosen: articles that would be in `whole`.
    in_areas: Vec<(&'static str, usize)>,
}

impl Found {
    fn new(wanted: &Wanted, search: Option<&Search>) -> Found {
        let knowledge = catalogue();
        let anywhere = Filter { area: None, ..wanted.filter.clone() };
        let passing = |filter: &Filter, numbers: &[u32]| -> Vec<u32> {
            let passes = |number: &u32| knowledge.article(*number).is_some_and(|article| filter.passes(article));
            numbers.iter().copied().filter(passes).collect()
        };
        let (mut whole, mut partly) = (Vec::new(), Vec::new());
        let is_query = !wanted.query.trim().is_empty();
        if !is_query {
            // By id, which keeps together what is alike.
            whole = (0..knowledge.articles().len() as u32).collect();
        } else {
            for hit in search.map(|search| search.find(&wanted.query)).unwrap_or_default() {
                if hit.whole { whole.push(hit.article) } else { partly.push(hit.article) }
            }
        }
        let whole = passing(&anywhere, &whole);
        let in_areas = areas_of(whole.iter().filter_map(|number| knowledge.article(*number)));
        let mut partly = passing(&wanted.filter, &partly);
        partly.truncate(LISTED_PARTLY);
        let waits = is_query && search.is_none();
        Found { waits, whole: passing(&wanted.filter, &whole), partly, in_areas }
    }

    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.partly.is_empty()
    }

    fn status(&self, all: usize) -> String {
        let issues = text::known_issues(all as u64);
        match (self.whole.len(), self.partly.len()) {
            _ if self.waits => String::new(),
            (0, 0) => text::knowledge::NONE_FITS.into(),
            (0, partly) => text::knowledge::only_partly(partly as u64),
            (whole, _) if whole == all => issues,
            (whole, _) => text::knowledge::fit(whole as u64, &issues),
        }
    }
}

/// The areas to choose from, each with the number of what fits in it.
fn area_links(wanted: &Wanted, areas: &[(&'static str, usize)], found: &Found, imported: usize) -> Html {
    let link = |area: Option<&str>, title: String, count: usize| {
        let current = wanted.filter.area.as_deref() == area;
        let filter = Filter { area: area.map(str::to_owned), ..wanted.filter.clone() };
        let target = Route::Knowledge(Wanted { query: wanted.query.clone(), filter });
        html! {
            <li>
                <a href={target.href()} aria-current={current.then_some("true")} class={(count == 0).then_some("none")}>
                    { title }<span class="count">{ format::count(count as u64) }</span>
                </a>
            </li>
        }
    };
    let count = |area: &str| found.in_areas.iter().find(|(own, _)| *own == area).map_or(0, |(_, count)| *count);
    let all = found.in_areas.iter().map(|(_, count)| count).sum();
    html! {
        <nav class="areas" aria-label={text::knowledge::AREAS}>
            <ul>
                { link(None, text::ALL_AREAS.into(), all) }
                { for areas.iter().map(|(area, _)| link(Some(*area), areas::title(area), count(area))) }
                if imported > 0 { { link(Some(IMPORTED), areas::title(IMPORTED), imported) } }
            </ul>
        </nav>
    }
}

/// What to do when nothing fits.
fn nothing(wanted: &Wanted, clear: Callback<MouseEvent>) -> Html {
    let example = |query: &str| {
        let target = Route::Knowledge(Wanted { query: query.to_owned(), ..Wanted::default() });
        html! { <a href={target.href()}>{ query.to_owned() }</a> }
    };
    let filtered = wanted.filter != Filter::default();
    html! {
        <div class="nothing">
            <ul>
                if filtered && !wanted.query.trim().is_empty() {
                    <li><a href={Route::Knowledge(Wanted { query: wanted.query.clone(), ..Wanted::default() }).href()}>
                        { text::knowledge::WITHOUT_FILTERS }
                    </a></li>
                }
                <li>{ text::fill(text::knowledge::EXAMPLES, &text::knowledge::SEARCHES.map(example)) }</li>
                <li>{ text::knowledge::FEWER_WORDS }</li>
                <li>{ text::knowledge::NOT_KNOWN }</li>
            </ul>
            <p class="buttons"><button class="button" onclick={clear}>{ text::knowledge::SHOW_ALL }</button></p>
        </div>
    }
}
