//! A detection in words.

use crate::order;
use yew::prelude::*;

use super::text;
use crate::detection::{Condition, Detection, Events, Pattern, Selection, Test};
use crate::event::Level;

/// Which events a detection speaks of, in one line: `Disk or Ntfs 7, 8`.
pub fn events(detection: &Detection) -> String {
    let mut ways: Vec<Events<'_>> = Vec::new();
    for events in detection.events() {
        match ways.iter_mut().find(|known| known.providers == events.providers) {
            Some(known) => known.ids.extend(events.ids),
            None => ways.push(events),
        }
    }
    let line = |mut events: Events<'_>| {
        order::sort(&mut events.ids);
        events.ids.dedup();
        let ids: Vec<String> = events.ids.iter().map(u32::to_string).collect();
        let providers = if events.providers.is_empty() {
            text::ANY_PROVIDER.into()
        } else {
            text::detection::providers(&events.providers)
        };
        format!("{providers} {}", ids.join(", "))
    };
    ways.into_iter().map(line).collect::<Vec<_>>().join("; ")
}

/// What a record must have to show the issue.
pub fn in_words(detection: &Detection) -> Html {
    html! { <div class="detection">{ condition(detection, &detection.condition) }</div> }
}

fn condition(detection: &Detection, what: &Condition) -> Html {
    match what {
        Condition::Selection(number) => detection.selection(*number).map(selection).unwrap_or_default(),
        Condition::Not(inner) => html! { <>{ joint(text::detection::NOT) }{ condition(detection, inner) }</> },
        Condition::And(all) => {
            joined(text::detection::AND, all.iter().map(|inner| (is_not(inner), condition(detection, inner))))
        }
        Condition::AtLeast(1, any) => {
            joined(text::detection::OR, any.iter().map(|inner| (is_not(inner), condition(detection, inner))))
        }
        Condition::AtLeast(count, any) => html! {
            <>
                { joint(&text::detection::at_least(*count)) }
                { for any.iter().map(|inner| group(condition(detection, inner))) }
            </>
        },
    }
}

fn is_not(condition: &Condition) -> bool {
    matches!(condition, Condition::Not(_))
}

fn selection(selection: &Selection) -> Html {
    match selection {
        Selection::All(tests) => group(html! { <ul>{ for tests.iter().map(|t| html! { <li>{ test(t) }</li> }) }</ul> }),
        Selection::Any(any) => joined(text::detection::OR, any.iter().map(|inner| (false, self::selection(inner)))),
        Selection::Keywords(own) => group(html! { <ul><li>{ test(own) }</li></ul> }),
    }
}

fn test(test: &Test) -> Html {
    let field = match test.field.as_str() {
        "" => html! { text::detection::ANY_VALUE },
        "Provider_Name" => html! { text::PROVIDER },
        "EventID" => html! { text::EVENT_ID },
        "Channel" => html! { text::detection::LOG },
        "Level" => html! { text::LEVEL },
        field => html! { <code>{ field.to_owned() }</code> },
    };
    let shown = |text: &str| match text.parse() {
        Ok(number) if test.field == "Level" => Level::from_number(number).word().to_owned(),
        _ => text.to_owned(),
    };
    let not = if test.negated { text::detection::IS_NOT } else { " " };
    let word = if test.all { text::detection::AND } else { text::detection::OR };
    html! { <>{ field }{ not }{ values(&test.patterns, word, &shown) }</> }
}

/// `is 7 or 8 or starts with x`: a verb is said once for the values that share it.
fn values(patterns: &[Pattern], word: &'static str, shown: &dyn Fn(&str) -> String) -> Html {
    let mut last = "";
    html! {
        { for patterns.iter().enumerate().map(|(index, pattern)| {
            let (verb, text) = pattern.in_words();
            let said = std::mem::replace(&mut last, verb) == verb;
            html! {
                <>
                    if index > 0 { { format!(" {word} ") } }
                    if !said { { verb }{ " " } }
                    if !text.is_empty() { <code>{ shown(&text) }</code> }
                </>
            }
        }) }
    }
}

fn joined(word: &'static str, parts: impl Iterator<Item = (bool, Html)>) -> Html {
    html! {
        { for parts.enumerate().map(|(index, (is_not, part))| html! {
            <>
                // `and` before `not` is understood.
                if index > 0 && !is_not { { joint(word) } }
                { part }
            </>
        }) }
    }
}

fn joint(word: &str) -> Html {
    html! { <p class="joint">{ word.to_owned() }</p> }
}

fn group(inner: Html) -> Html {
    html! { <div class="conditions">{ inner }</div> }
}
