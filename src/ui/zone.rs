//! The time zone that times are shown in. The browser knows the rules of all zones, so the page carries none.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlInputElement, HtmlSelectElement, Storage};
use yew::prelude::*;

use super::text;
use crate::checkup::LogZone;
use crate::event::Time;
use crate::export;

#[wasm_bindgen]
extern "C" {
    /// The browser's way to write a moment in a zone.
    #[wasm_bindgen(js_namespace = Intl)]
    type DateTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new(locale: &str, options: &Object) -> Result<DateTimeFormat, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn format(this: &DateTimeFormat, milliseconds: f64) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = Intl, js_name = supportedValuesOf, catch)]
    fn supported_values_of(kind: &str) -> Result<Array, JsValue>;
}

/// The names of Windows' zones and those of the IANA's for the same rules (CLDR, windowsZones.xml, territory 001; by way
/// of jiff), one pair a line, without ` Standard Time`.
const ZONES: &str = include_str!("zones.txt");

/// Under this name the choice is kept in the browser.
const KEPT: &str = "evtx-checkup-time-zone";

/// A choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Zone {
    /// As logs have their times.
    #[default]
    Utc,
    /// That of the computer that shows the page.
    Local,
    /// That of the computer that wrote the log.
    Log,
    /// One by its IANA name.
    Named(String),
}

impl Zone {
    fn word(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Local => "local",
            Zone::Log => "log",
            Zone::Named(name) => name,
        }
    }

    fn of(word: String) -> Zone {
        match word.as_str() {
            "UTC" => Zone::Utc,
            "local" => Zone::Local,
            "log" => Zone::Log,
            _ => Zone::Named(word),
        }
    }

    /// The choice that this browser keeps, if somebody asked it to.
    pub fn kept() -> Option<Zone> {
        storage()?.get_item(KEPT).ok()?.map(Zone::of)
    }

    fn keep(&self, keep: bool) {
        // Where nothing can be kept, nothing is.
        if let Some(storage) = storage() {
            let _ = if keep { storage.set_item(KEPT, self.word()) } else { storage.remove_item(KEPT) };
        }
    }

    fn clock(&self, log: Option<&LogZone>) -> Clock {
        match (self, log) {
            (Zone::Local, _) => Clock::of(None),
            (Zone::Named(name), _) => Clock::of(Some(name)),
            (Zone::Log, Some(log)) => match iana(&log.name).map(|name| Clock::of(Some(name))) {
                Some(clock @ Clock::Rules(_)) => clock,
                // What is known of a zone without rules is its standard time, or what its clocks showed.
                _ => Clock::Fixed(-i64::from(log.behind)),
            },
            (Zone::Utc, _) | (Zone::Log, None) => Clock::Utc,
        }
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The IANA's name of a zone of Windows.
fn iana(windows: &str) -> Option<&'static str> {
    let name = windows.strip_suffix(" Standard Time").unwrap_or(windows);
    ZONES.lines().filter_map(|line| line.split_once('=')).find(|(own, _)| *own == name).map(|(_, iana)| iana)
}

/// What tells how far a zone is from UTC.
enum Clock {
    Utc,
    /// So many minutes ahead, always.
    Fixed(i64),
    Rules(DateTimeFormat),
}

thread_local! {
    static SHOWN: RefCell<(Zone, Option<LogZone>, Clock)> = const { RefCell::new((Zone::Utc, None, Clock::Utc)) };
}

/// Shows times in a zone from now on; `log` is the zone of the log.
pub fn show(zone: &Zone, log: Option<&LogZone>) {
    SHOWN.with_borrow_mut(|shown| {
        if shown.0 != *zone || shown.1.as_ref() != log {
            *shown = (zone.clone(), log.cloned(), zone.clock(log));
        }
    });
}

/// The zone that is shown, for what is written outside the page.
pub fn shown() -> export::Zone {
    export::Zone(|time| SHOWN.with_borrow(|(_, _, clock)| clock.ahead(time)))
}

/// What the zone that is shown is called.
pub fn name() -> String {
    SHOWN.with_borrow(|(zone, log, _)| match (zone, log) {
        (Zone::Local, _) => text::zone::LOCAL.to_owned(),
        (Zone::Log, Some(log)) => name_of(log),
        (Zone::Named(name), _) => name.clone(),
        (Zone::Utc, _) | (Zone::Log, None) => text::zone::UTC.to_owned(),
    })
}

/// What the zone of a log is called, or how far it is from UTC, if that is all that is known.
fn name_of(log: &LogZone) -> String {
    if log.name.is_empty() { export::offset(-i64::from(log.behind)) } else { log.name.clone() }
}

/// A moment in the zone that is shown, and how that is called: `UTC`, or `+01:00` for the hours and minutes ahead of it.
pub fn write(time: Time) -> (String, String) {
    shown().clock(time)
}

impl Clock {
    /// The clock of a zone, or of the browser's own; UTC where the browser does not know it.
    fn of(name: Option<&str>) -> Clock {
        let options = Object::new();
        let set = |key: &str, value: &str| Reflect::set(&options, &key.into(), &value.into());
        let _ = set("timeZoneName", "longOffset");
        if let Some(name) = name {
            let _ = set("timeZone", name);
        }
        DateTimeFormat::new("en", &options).map_or(Clock::Utc, Clock::Rules)
    }

    /// Minutes ahead of UTC; `None` for UTC itself.
    fn ahead(&self, time: Time) -> Option<i64> {
        match self {
            Clock::Utc => None,
            Clock::Fixed(minutes) => Some(*minutes),
            Clock::Rules(format) => {
                let text = format.format(time.timestamp()?.as_millisecond() as f64).ok()?;
                // `11/20/2026, GMT-03:30`; `GMT` alone where the two agree.
                let (_, offset) = text.rsplit_once("GMT")?;
                let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
                let ahead = hours.parse::<i64>().unwrap_or(0) * 60;
                let minutes = minutes.get(..2).unwrap_or(minutes).parse::<i64>().unwrap_or(0);
                Some(if hours.starts_with('-') { ahead - minutes } else { ahead + minutes })
            }
        }
    }
}

/// What is chosen, and what the log says.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The choice.
    pub zone: Zone,
    /// The zone of the log, where that is known.
    pub log: Option<LogZone>,
    /// Takes another choice.
    pub choose: Callback<Zone>,
}

/// The choice of a time zone.
#[component]
pub fn ZoneChoice(props: &Props) -> Html {
    let kept = use_state_eq(|| Zone::kept().is_some());
    let choose = {
        let (choose, kept) = (props.choose.clone(), kept.clone());
        Callback::from(move |event: Event| {
            let zone = Zone::of(event.target_unchecked_into::<HtmlSelectElement>().value());
            if *kept {
                zone.keep(true);
            }
            choose.emit(zone);
        })
    };
    let keep = {
        let (zone, kept) = (props.zone.clone(), kept.clone());
        Callback::from(move |event: Event| {
            let wanted = event.target_unchecked_into::<HtmlInputElement>().checked();
            zone.keep(wanted);
            kept.set(wanted);
        })
    };
    let option = |zone: &Zone, label: String| {
        html! { <option value={zone.word().to_owned()} selected={*zone == props.zone}>{ label }</option> }
    };
    // The browser knows hundreds, which are made when somebody is about to look at them.
    let all = use_state_eq(|| false);
    let list_all = {
        let all = all.clone();
        Callback::from(move |()| all.set(true))
    };
    let names: Vec<String> = match (&props.zone, *all) {
        (_, true) => {
            supported_values_of("timeZone").unwrap_or_default().iter().filter_map(|name| name.as_string()).collect()
        }
        (Zone::Named(name), false) => vec![name.clone()],
        _ => Vec::new(),
    };
    html! {
        <span class="zone">
            <label>
                { text::fill(text::zone::TIMES_IN, &[html! {
                    <select
                        onchange={choose}
                        onfocus={list_all.reform(|_: FocusEvent| ())}
                        onpointerdown={list_all.reform(|_: PointerEvent| ())}
                    >
                        { option(&Zone::Utc, text::zone::UTC.into()) }
                        { option(&Zone::Local, text::zone::LOCAL.into()) }
                        if let Some(log) = &props.log {
                            { option(&Zone::Log, text::zone::log(&name_of(log))) }
                        } else if props.zone == Zone::Log {
                            { option(&Zone::Log, text::zone::LOG_UNKNOWN.into()) }
                        }
                        <optgroup label={text::zone::OTHERS}>
                            { for names.into_iter().map(|name| option(&Zone::Named(name.clone()), name)) }
                        </optgroup>
                    </select>
                }]) }
            </label>
            if *kept || props.zone != Zone::Utc {
                <label class="check"><input type="checkbox" checked={*kept} onchange={keep} />{ text::zone::KEEP }</label>
            }
        </span>
    }
}
