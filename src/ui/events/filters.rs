//! Which records one looks for: the search field and the filters, each with how many there are.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::checkup::Report;
use crate::event::{Level, Time};
use crate::index::Found;
use crate::ui::keys::{focus, use_keys};
use crate::ui::route::Route;
use crate::ui::scope::{Scope, event_ids, written};
use crate::ui::select::Select;
use crate::ui::text::events::filters as texts;
use crate::ui::{format, text, zone};
use crate::web::knowledge;
use crate::web::session::Session;

/// The search field's id in the page.
const TEXT: &str = "events-text";

/// What is looked for, and how many there are of what.
#[derive(Properties)]
pub struct Props {
    /// The session that searches.
    pub session: Session,
    /// What was found, for the names of files.
    pub report: Rc<Report>,
    /// What is looked for.
    pub scope: Scope,
    /// How many there are.
    pub found: Option<Rc<Found>>,
    /// It is the timeline that is filtered.
    pub timeline: bool,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |a: &Option<Rc<Found>>, b: &Option<Rc<Found>>| match (a, b) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        self.scope == other.scope
            && self.timeline == other.timeline
            && is_same(&self.found, &other.found)
            && Rc::ptr_eq(&self.report, &other.report)
    }
}

/// The form.
#[component]
pub fn Filters(props: &Props) -> Html {
    let Props { report, scope, timeline, .. } = props;
    use_keys(|key| key == "/" && focus(TEXT));
    let filter = &scope.filter;
    // What there was before is shown until there is something else, so that nothing jumps.
    let found = use_mut_ref(|| None::<Rc<Found>>);
    if props.found.is_some() {
        found.borrow_mut().clone_from(&props.found);
    }
    let found = found.borrow().clone().unwrap_or_default();
    let timeline = *timeline;
    let go = move |scope: Scope| if timeline { Route::Timeline(scope) } else { Route::Events(scope) }.replace();
    // Makes a handler that puts a control's value into the scope.
    let change = |put: fn(&mut Scope, Option<String>)| {
        let scope = scope.clone();
        move |value: String| {
            let mut scope = scope.clone();
            put(&mut scope, Some(value).filter(|value| !value.is_empty()));
            go(scope);
        }
    };
    let input = |put: fn(&mut Scope, Option<String>)| {
        let change = change(put);
        Callback::from(move |event: Event| change(event.target_unchecked_into::<HtmlInputElement>().value()))
    };
    let toggle = |level: Level| {
        let scope = scope.clone();
        Callback::from(move |_: Event| {
            let mut scope = scope.clone();
            let levels = scope.filter.levels.clone();
            scope.filter.levels =
                Level::ALL.into_iter().filter(|own| levels.contains(own) != (*own == level)).collect();
            go(scope);
        })
    };
    let counted = |(name, count): &(String, u64)| (name.clone(), text::with_count(name, *count));
    let options = |names: &[(String, u64)]| names.iter().map(counted).collect::<Vec<_>>();
    let articles: Vec<(String, String)> = found
        .articles
        .iter()
        .filter_map(|(number, count)| {
            let article = knowledge().article(*number)?;
            Some((article.id.clone(), text::with_count(&article.title, *count)))
        })
        .collect();
    let explained =
        [("yes", texts::BY_AN_ARTICLE, found.explained[1]), ("no", texts::BY_NO_ARTICLE, found.explained[0])];
    let explained = explained.map(|(word, name, count)| (word.to_owned(), text::with_count(name, count)));
    let files: Vec<(String, String)> = report
        .files
        .values()
        .filter(|file| file.coverage.records > 0)
        .map(|file| (file.name.clone(), file.name.clone()))
        .collect();
    let set = [&filter.channel, &filter.computer, &scope.file, &scope.article].into_iter().flatten().count()
        + [filter.explained.is_some(), filter.from.is_some(), filter.to.is_some()]
            .into_iter()
            .filter(|set| *set)
            .count();
    let any = (scope.at_any_time() != Scope { columns: scope.columns.clone(), ..Scope::default() }) || set > 0;
    let clear = {
        let columns = scope.columns.clone();
        Callback::from(move |_: MouseEvent| go(Scope { columns: columns.clone(), ..Scope::default() }))
    };
    let time = |time: Option<Time>| time.map(|time| zone::write(time).0.replace(' ', "T"));
    let zone = zone::name();
    html! {
        <form class="filters" role="search" onsubmit={Callback::from(|event: SubmitEvent| event.prevent_default())}>
            <div class="field query">
                <label for={TEXT}>{ texts::SEARCH }</label>
                <input
                    id={TEXT} type="search" aria-keyshortcuts="/" autocomplete="off" autocapitalize="off" spellcheck="false"
                    placeholder={texts::SEARCH_HINT} enterkeyhint="search"
                    value={scope.text.clone()} onchange={input(|scope, value| scope.text = value.unwrap_or_default())}
                />
            </div>
            <fieldset class="levels">
                <legend>{ text::LEVEL }</legend>
                { for Level::ALL.map(|level| html! {
                    <label class={level.word()}>
                        <input type="checkbox" checked={filter.levels.contains(&level)} onchange={toggle(level)} />
                        <span>{ level.word() }{ " " }<span class="count">{ format::count(found.levels[level as usize]) }</span></span>
                    </label>
                }) }
            </fieldset>
            <Select
                id="events-provider" label={text::PROVIDER} all={text::ANY_PROVIDER} options={options(&found.providers)}
                value={filter.provider.clone()} on_change={change(|scope, value| scope.filter.provider = value)}
            />
            <div class="field">
                <label for="events-event">{ texts::EVENT_IDS }</label>
                <input
                    id="events-event" type="text" inputmode="numeric" autocomplete="off" placeholder={texts::EVENT_IDS_HINT}
                    list="events-ids" value={written(&filter.event_ids)}
                    onchange={input(|scope, value| scope.filter.event_ids = event_ids(&value.unwrap_or_default()))}
                />
                <datalist id="events-ids">
                    { for found.event_ids.iter().take(50).map(|(id, count)| html! {
                        <option value={id.to_string()}>{ text::records(*count) }</option>
                    }) }
                </datalist>
            </div>
            <details class="more-filters">
                <summary>{ if set > 0 { texts::more_set(set) } else { texts::MORE.into() } }</summary>
                <div class="filters">
                    <Select
                        id="events-article" label={texts::FINDING} all={texts::ANY_FINDING} options={articles}
                        value={scope.article.clone()} on_change={change(|scope, value| scope.article = value)}
                    />
                    <Select
                        id="events-explained" label={texts::EXPLAINED} all={texts::EXPLAINED_OR_NOT} options={explained.to_vec()}
                        value={filter.explained.map(|explained| if explained { "yes" } else { "no" }.to_owned())}
                        on_change={change(|scope, value| scope.filter.explained = value.map(|word| word == "yes"))}
                    />
                    <Select
                        id="events-channel" label={text::CHANNEL} all={texts::ANY_CHANNEL} options={options(&found.channels)}
                        value={filter.channel.clone()} on_change={change(|scope, value| scope.filter.channel = value)}
                    />
                    <Select
                        id="events-computer" label={text::COMPUTER} all={texts::ANY_COMPUTER} options={options(&found.computers)}
                        value={filter.computer.clone()} on_change={change(|scope, value| scope.filter.computer = value)}
                    />
                    <Select
                        id="events-file" label={text::FILE} all={texts::ANY_FILE} options={files}
                        value={scope.file.clone()} on_change={change(|scope, value| scope.file = value)}
                    />
                    <div class="field">
                        <label for="events-from">{ texts::from(&zone) }</label>
                        <input
                            id="events-from" type="datetime-local" step="1" value={time(filter.from)}
                            onchange={input(|scope, value| scope.filter.from = value.and_then(|text| read(&text, 0)))}
                        />
                    </div>
                    <div class="field">
                        <label for="events-to">{ texts::to(&zone) }</label>
                        <input
                            id="events-to" type="datetime-local" step="1" value={time(filter.to)}
                            onchange={input(|scope, value| scope.filter.to = value.and_then(|text| read(&text, 9_999_999)))}
                        />
                    </div>
                </div>
            </details>
            if any { <button type="button" class="button small clear" onclick={clear}>{ texts::CLEAR }</button> }
        </form>
    }
}

/// What a field for a time has: `2026-11-20T07:21` in the zone that is shown, with seconds if they are not zero; so many
/// ticks later.
fn read(text: &str, ticks: u64) -> Option<Time> {
    let seconds = if text.len() < 17 { ":00Z" } else { "Z" };
    let time = zone::shown().moment(Time::parse(&format!("{text}{seconds}"))?)?;
    Some(Time(time.0.saturating_add(ticks)))
}
