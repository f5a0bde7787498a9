//! Records over time: bars by level, findings and what happened to machines as lanes under them. A span that one marks
//! is what the page shows from then on, here and in the list of records.

use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::prelude::*;

use super::events::filters::Filters;
use super::events::searching;
use super::exploring::{RecordsProps, lost, use_found, use_index};
use super::route::Route;
use super::scope::Scope;
use super::{format, text, zone};
use crate::event::{Level, Time};
use crate::index::{About, Histogram, Moment};
use crate::web::index::{Answer, Question};
use crate::web::knowledge;

/// Spans that the time is cut into; the table joins [`JOINED`] of them.
const BINS: usize = 288;
const JOINED: usize = 12;
/// The height of the bars and of a lane, in units of their drawings.
const HEIGHT: f64 = 100.0;
const LANE: f64 = 10.0;
/// Findings with a lane, unless one asks for all.
const LANES: usize = 12;
/// Nothing shorter is zoomed into: a millisecond.
const SHORTEST: u64 = 10_000;

/// The view of records over time.
#[component]
pub fn TimelineView(props: &RecordsProps) -> Html {
    let RecordsProps { session, snapshot, scope } = props;
    let about = use_index(session, snapshot);
    let found = use_found(session, snapshot, scope);
    let histogram = use_state(|| None::<Rc<Histogram>>);
    let whole = about.as_ref().ok().and_then(|about| about.span).unwrap_or_default();
    let span = (scope.filter.from.unwrap_or(whole.0), scope.filter.to.unwrap_or(whole.1));
    {
        let (session, set) = (session.clone(), histogram.setter());
        use_effect_with((found.as_ref().map(|(version, _)| *version), span), move |(version, span)| {
            let is_current = Rc::new(Cell::new(true));
            if version.is_some() {
                let (still, span) = (is_current.clone(), *span);
                spawn_local(async move {
                    let answer = session.ask(Question::Histogram(BINS as u32, span)).await;
                    if let Ok(Answer::Histogram(histogram)) = answer
                        && still.get()
                    {
                        set.set(Some(histogram.into()));
                    }
                });
            }
            move || is_current.set(false)
        });
    }
    let about = match about {
        Ok(about) => about,
        Err(instead) => return instead,
    };
    let count = found.as_ref().map(|(_, found)| found.count);
    html! {
        <section class="timeline-view" aria-label={text::TIMELINE}>
            <Filters
                session={session.clone()} report={snapshot.report.clone()} scope={scope.clone()}
                found={found.map(|(_, found)| found)} timeline=true
            />
            { searching(session, snapshot) }
            { lost(snapshot) }
            if let Some(histogram) = &*histogram {
                <Chart {about} histogram={histogram.clone()} scope={scope.clone()} {count} {whole} />
            }
        </section>
    }
}

#[derive(Properties)]
struct ChartProps {
    about: Rc<About>,
    histogram: Rc<Histogram>,
    scope: Scope,
    count: Option<u64>,
    /// From the first record to the last.
    whole: (Time, Time),
}

impl PartialEq for ChartProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.histogram, &other.histogram)
            && Rc::ptr_eq(&self.about, &other.about)
            && self.scope == other.scope
            && self.count == other.count
    }
}

/// Bars, lanes, and a way to mark a span of time.
#[component]
fn Chart(props: &ChartProps) -> Html {
    let ChartProps { about, histogram, scope, count, whole } = props;
    // The bin where marking began, and the one where one is.
    let marked = use_state_eq(|| None::<(usize, usize)>);
    let all_lanes = use_state_eq(|| false);
    let is_pressed = use_mut_ref(|| false);
    let zoom = |span: (Time, Time)| {
        let scope = scope.clone();
        move || Route::Timeline(scope.within(span)).go()
    };
    let (first, last) = histogram.span;
    let width = last.0.saturating_sub(first.0);
    let of_marked =
        marked.map(|(a, b)| (histogram.start(a.min(b)), Time(histogram.start(a.max(b) + 1).0.saturating_sub(1))));
    let third = width / 3;
    let inner = of_marked.unwrap_or((Time(first.0 + third), Time(last.0 - third)));
    let outer = (
        Time(first.0.saturating_sub(width.max(SHORTEST)).max(whole.0.0)),
        Time(last.0.saturating_add(width.max(SHORTEST)).min(whole.1.0)),
    );
    let zoom_in = Rc::new(zoom(inner));
    let zoom_out = Rc::new({
        let scope = scope.clone();
        let is_whole = outer == *whole;
        move || Route::Timeline(if is_whole { scope.at_any_time() } else { scope.within(outer) }).go()
    });
    {
        // What is marked is of this span.
        let marked = marked.setter();
        use_effect_with((histogram.span, scope.filter.from), move |_| marked.set(None));
    }
    let bin = |event: &PointerEvent| {
        let element = event.current_target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<Element>(target).ok());
        let area = element.map(|element| element.get_bounding_client_rect());
        let share = area.map_or(0.0, |area| (f64::from(event.client_x()) - area.left()) / area.width().max(1.0));
        ((share * BINS as f64).max(0.0) as usize).min(BINS - 1)
    };
    let onpointerdown = {
        let (marked, is_pressed) = (marked.setter(), is_pressed.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            if let Some(element) =
                event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<Element>(target).ok())
            {
                // Without it, marking ends at the edge.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            *is_pressed.borrow_mut() = true;
            let bin = bin(&event);
            marked.set(Some((bin, bin)));
        })
    };
    let onpointermove = {
        let (marked, is_pressed, from) = (marked.setter(), is_pressed.clone(), marked.map(|(from, _)| from));
        Callback::from(move |event: PointerEvent| {
            let bin = bin(&event);
            let from = from.filter(|_| *is_pressed.borrow()).unwrap_or(bin);
            if event.pointer_type() == "mouse" || *is_pressed.borrow() {
                marked.set(Some((from, bin)));
            }
        })
    };
    let onpointerup = {
        let (is_pressed, zoom_in, is_wide) = (is_pressed.clone(), zoom_in.clone(), marked.is_some_and(|(a, b)| a != b));
        Callback::from(move |_: PointerEvent| {
            if is_pressed.replace(false) && is_wide {
                zoom_in();
            }
        })
    };
    let onpointerleave = {
        let (marked, is_pressed) = (marked.setter(), is_pressed.clone());
        Callback::from(move |_: PointerEvent| {
            if !*is_pressed.borrow() {
                marked.set(None);
            }
        })
    };
    let onkeydown = {
        let (set, now, zoom_in, zoom_out) = (marked.setter(), *marked, zoom_in.clone(), zoom_out.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let (from, at) = now.unwrap_or((BINS / 2, BINS / 2));
            let to = match event.key().as_str() {
                "ArrowLeft" => at.saturating_sub(1),
                "ArrowRight" => at + 1,
                "PageUp" => at.saturating_sub(JOINED),
                "PageDown" => at + JOINED,
                "Home" => 0,
                "End" => BINS - 1,
                "Enter" | "+" => {
                    event.prevent_default();
                    return zoom_in();
                }
                "-" | "Backspace" => {
                    event.prevent_default();
                    return zoom_out();
                }
                "Escape" => return set.set(None),
                _ => return,
            };
            event.prevent_default();
            let to = to.min(BINS - 1);
            set.set(Some((if event.shift_key() { from } else { to }, to)));
        })
    };
    let said = match *marked {
        Some((a, b)) => describe(histogram, a.min(b), a.max(b)),
        None => text::timeline::whole(count.unwrap_or_default(), &format::time_text(first), &format::time_text(last)),
    };
    let (at, from) = marked.map_or((BINS / 2, 0), |(a, b)| (b, a.min(b)));
    let selection = marked.map(|(a, b)| {
        let share = 100.0 / BINS as f64;
        format!("left:{}%;width:{}%", from as f64 * share, (a.max(b) + 1 - a.min(b)) as f64 * share)
    });
    let click = |act: Rc<dyn Fn()>| Callback::from(move |_: MouseEvent| act());
    let highest = histogram.bins.iter().map(|bin| bin.iter().sum::<u32>()).max().unwrap_or(0);
    let is_zoomed = scope.filter.from.is_some() || scope.filter.to.is_some();
    html! {
        <>
            <div class="outcome">
                <p>{ said.clone() }</p>
                <p class="buttons">
                    <button class="button small" onclick={click(zoom_in.clone())}>{ text::timeline::ZOOM_IN }</button>
                    <button class="button small" disabled={!is_zoomed} onclick={click(zoom_out.clone())}>{ text::timeline::ZOOM_OUT }</button>
                    if let Some(span) = histogram.dense() {
                        <a class="button small" href={Route::Timeline(scope.within(span)).href()}>{ text::timeline::DENSE }</a>
                    }
                    if is_zoomed { <a class="button small" href={Route::Timeline(scope.at_any_time()).href()}>{ text::timeline::ALL_TIMES }</a> }
                    <a class="button small" href={Route::Events(scope.clone()).href()}>{ text::SHOW_THESE_RECORDS }</a>
                </p>
            </div>
            <div class="chart">
                <ul class="legend lane-name" aria-label={text::timeline::LEVELS}>
                    { for Level::ALL.map(|level| html! { <li class={level.word()}>{ level.word() }</li> }) }
                </ul>
                <div
                    class="bars" tabindex="0" role="slider" aria-label={text::timeline::SLIDER}
                    aria-valuemin="0" aria-valuemax={(BINS - 1).to_string()} aria-valuenow={at.to_string()} aria-valuetext={said}
                    {onpointerdown} {onpointermove} {onpointerup} {onpointerleave} {onkeydown}
                >
                    <span class="highest">{ format::count(highest.into()) }</span>
                    <svg viewBox={format!("0 0 {BINS} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                        <path class="off" d={gaps(about, histogram, HEIGHT)} />
                        { for bars(histogram, highest).into_iter().zip(Level::ALL).map(|(d, level)| html! { <path class={level.word()} {d} /> }) }
                    </svg>
                    if let Some(style) = selection { <div class="marked-span" {style}></div> }
                </div>
                <span class="lane-name"></span>
                <div class="axis" aria-hidden="true">{ for ticks(histogram) }</div>
                { happened(about, histogram) }
                { findings(histogram, scope, *all_lanes) }
            </div>
            if histogram.lanes.len() > LANES {
                <button class="button small" onclick={let all = all_lanes.clone(); Callback::from(move |_: MouseEvent| all.set(!*all))}>
                    { if *all_lanes { text::timeline::FEWER_FINDINGS.into() } else { text::timeline::all_findings(histogram.lanes.len()) } }
                </button>
            }
            { table(about, histogram, scope) }
        </>
    }
}

/// What is in some of the spans.
fn describe(histogram: &Histogram, from: usize, to: usize) -> String {
    let counts = sum(histogram, from, to);
    let time = |bin| format::time_text(histogram.start(bin));
    let mut said = text::timeline::marked(&time(from), &time(to + 1), counts.iter().sum());
    for level in Level::ALL.into_iter().filter(|level| level.is_problem() && counts[*level as usize] > 0) {
        said += &text::timeline::of_level(counts[level as usize], level.word());
    }
    said
}

fn sum(histogram: &Histogram, from: usize, to: usize) -> [u64; 5] {
    let mut counts = [0; 5];
    for bin in histogram.bins.iter().take(to + 1).skip(from) {
        counts.iter_mut().zip(bin).for_each(|(own, count)| *own += u64::from(*count));
    }
    counts
}

/// For each level the outline of its part of the bars, the worst at the bottom.
fn bars(histogram: &Histogram, highest: u32) -> [String; 5] {
    let mut paths = [const { String::new() }; 5];
    for (x, bin) in histogram.bins.iter().enumerate() {
        let mut y = HEIGHT;
        for (path, count) in paths.iter_mut().zip(bin).filter(|(_, count)| **count > 0) {
            // One error among a million records is still to be seen.
            let height = (f64::from(*count) / f64::from(highest.max(1)) * HEIGHT).max(1.5);
            y -= height;
            let _ = write!(path, "M{x} {y:.2}h1v{height:.2}h-1z");
        }
    }
    paths
}

/// Where in the drawing a moment is.
fn x(histogram: &Histogram, time: Time) -> f64 {
    let (first, last) = histogram.span;
    let width = (last.0.saturating_sub(first.0) as f64).max(1.0);
    (time.0 as f64 - first.0 as f64) / width * BINS as f64
}

/// The outlines of spans of time.
fn spans(histogram: &Histogram, spans: impl Iterator<Item = (Time, Time)>, height: f64) -> (String, u64) {
    let (mut path, mut count, bins) = (String::new(), 0, BINS as f64);
    for (from, to) in spans {
        let (start, end) = (x(histogram, from).max(0.0), x(histogram, to).min(bins));
        if start < bins && end > 0.0 {
            let _ = write!(path, "M{start:.2} 0h{:.2}v{height}H{start:.2}z", (end - start).max(0.4));
            count += 1;
        }
    }
    (path, count)
}

fn gaps(about: &About, histogram: &Histogram, height: f64) -> String {
    spans(histogram, about.gaps.iter().map(|gap| (gap.from, gap.to)), height).0
}

/// The lanes of what happened to machines, those in which there is something.
fn happened(about: &About, histogram: &Histogram) -> Html {
    let marks = |moment: Moment| {
        let times = about.marks.iter().filter(|mark| mark.moment == moment).map(|mark| (mark.time, mark.time));
        spans(histogram, times, LANE)
    };
    let gaps = |clean: bool| {
        let gaps = about.gaps.iter().filter(|gap| gap.clean == clean).map(|gap| (gap.from, gap.to));
        spans(histogram, gaps, LANE)
    };
    let missing = spans(histogram, about.missing.iter().map(|gap| (gap.from, gap.to)), LANE);
    let lanes = [
        (text::timeline::STARTED, "started", marks(Moment::Started)),
        (text::timeline::SHUT_DOWN, "stopped", marks(Moment::Stopped)),
        (text::timeline::STOPPED, "crashed", marks(Moment::Unexpected)),
        (text::timeline::BUG_CHECK, "crashed", marks(Moment::Crashed)),
        (text::timeline::RUNNING, "running", marks(Moment::Running)),
        (text::timeline::OFF, "off", gaps(true)),
        (text::timeline::OFF_UNCLEAN, "unclean", gaps(false)),
        (text::timeline::MISSING, "missing", missing),
    ];
    let lanes = lanes.into_iter().filter(|(.., (_, count))| *count > 0);
    html! { { for lanes.map(|(name, class, (d, count))| html! { { lane(html! { { name } }, count, class, d) } }) } }
}

/// The lanes of findings, those with most records first.
fn findings(histogram: &Histogram, scope: &Scope, all: bool) -> Html {
    let shown = if all { histogram.lanes.len() } else { LANES };
    let lanes = histogram.lanes.iter().take(shown).filter_map(|lane| Some((lane, knowledge().article(lane.article)?)));
    html! {
        { for lanes.map(|(own, article)| {
            let highest = own.bins.iter().max().copied().unwrap_or(1).max(1);
            let mut d = String::new();
            for (x, count) in own.bins.iter().enumerate().filter(|(_, count)| **count > 0) {
                let height = LANE * (0.35 + 0.65 * f64::from(*count) / f64::from(highest));
                let _ = write!(d, "M{x} {:.2}h1v{height:.2}h-1z", LANE - height);
            }
            let records = Route::Events(Scope { article: Some(article.id.clone()), ..scope.clone() });
            let name = html! { <a href={records.href()} title={text::SHOW_THESE_RECORDS}>{ &article.title }</a> };
            lane(name, own.count, "finding", d)
        }) }
    }
}

fn lane(name: Html, count: u64, class: &'static str, d: String) -> Html {
    html! {
        <>
            <span class="lane-name"><span>{ name }</span><span class="count">{ format::count(count) }</span></span>
            <svg class="lane" viewBox={format!("0 0 {BINS} {LANE}")} preserveAspectRatio="none" aria-hidden="true">
                <path {class} {d} />
            </svg>
        </>
    }
}

/// The times under the bars.
fn ticks(histogram: &Histogram) -> impl Iterator<Item = Html> {
    const TICKS: usize = 6;
    let days = histogram.span.1.0.saturating_sub(histogram.span.0.0) > 3 * 24 * 3600 * 10_000_000;
    let times: Vec<String> = (0..TICKS).map(|tick| zone::write(histogram.start(tick * BINS / TICKS)).0).collect();
    let short = move |text: String| {
        let (date, time) = text.split_once(' ').unwrap_or((&text, ""));
        if days { date.to_owned() } else { format!("{} {time}", date.get(5..).unwrap_or(date)) }
    };
    times.into_iter().map(move |text| html! { <span>{ short(text) }</span> })
}

/// The same as a table, for whom a drawing says nothing.
fn table(about: &About, histogram: &Histogram, scope: &Scope) -> Html {
    let rows = (0..BINS / JOINED).map(|row| {
        let (from, to) = (row * JOINED, (row + 1) * JOINED - 1);
        let (start, end) = (histogram.start(from), histogram.start(to + 1));
        let counts = sum(histogram, from, to);
        let marks = || about.marks.iter().rev().filter(|mark| (start..end).contains(&mark.time));
        let words = marks().filter_map(|mark| match mark.moment {
            Moment::Started => Some(text::timeline::STARTED_THEN),
            Moment::Stopped => Some(text::timeline::SHUT_DOWN_THEN),
            Moment::Unexpected => Some(text::timeline::STOPPED_THEN),
            Moment::Crashed => Some(text::timeline::BUG_CHECK_THEN),
            Moment::Running => None,
        });
        let mut words: Vec<&str> = words.take(20).collect();
        words.dedup();
        // Whatever else happened says that it ran.
        if words.is_empty() && marks().next().is_some() {
            words.push(text::timeline::RUNNING_THEN);
        }
        let span = scope.within((start, Time(end.0.saturating_sub(1))));
        html! {
            <tr>
                <th scope="row"><a href={Route::Timeline(span).href()}>{ format::time(start) }</a></th>
                { for counts.map(|count| html! { <td>{ format::count(count) }</td> }) }
                <td>{ words.join(", ") }</td>
            </tr>
        }
    });
    html! {
        <details class="timeline-table">
            <summary>{ text::timeline::AS_TABLE }</summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ text::timeline::FROM }</th>
                        { for Level::ALL.map(|level| html! { <th scope="col">{ level.word() }</th> }) }
                        <th scope="col">{ text::timeline::MACHINES }</th>
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </details>
    }
}
