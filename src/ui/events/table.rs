//! The table of records: only what is in sight is drawn, whatever there is.

use std::rc::Rc;

use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::rows::use_rows;
use super::scroll::{Extent, Position, ROW};
use crate::checkup::{Place, Report};
use crate::index::Row;
use crate::ui::route::Route;
use crate::ui::scope::Scope;
use crate::ui::text::events::table as texts;
use crate::ui::{foreign, format, text};
use crate::web::session::{Row as Text, Session};

/// The height of the head, in pixels.
const HEAD: f64 = 34.0;
/// Rows that are drawn beyond those in sight, on each side.
const AROUND: u64 = 6;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column {
    /// When it was written.
    Time,
    /// How bad it is.
    Level,
    /// The event id.
    Event,
    /// The provider.
    Provider,
    /// The record in one line.
    Message,
    /// The computer.
    Computer,
    /// The channel.
    Channel,
    /// The record id.
    Record,
    /// The file's name.
    File,
}

impl Column {
    /// All columns: their names in the address, what they are called, their widths, and whether they are there usually.
    const ALL: [(Column, &str, &str, &str, bool); 9] = [
        (Column::Time, "time", texts::TIME, "13rem", true),
        (Column::Level, "level", text::LEVEL, "6.5rem", true),
        (Column::Event, "event", texts::EVENT, "4.5rem", true),
        (Column::Provider, "provider", text::PROVIDER, "minmax(9rem, 15rem)", true),
        (Column::Message, "message", texts::MESSAGE, "minmax(14rem, 1fr)", true),
        (Column::Computer, "computer", text::COMPUTER, "minmax(8rem, 14rem)", false),
        (Column::Channel, "channel", text::CHANNEL, "minmax(7rem, 14rem)", false),
        (Column::Record, "record", text::RECORD, "6rem", false),
        (Column::File, "file", text::FILE, "minmax(8rem, 14rem)", false),
    ];

    /// The columns that an address names; the usual ones, if it names none.
    pub fn read(names: Option<&str>) -> Vec<Column> {
        let is_wanted = |name: &str, usual: bool| names.map_or(usual, |names| names.split(',').any(|own| own == name));
        let wanted = Self::ALL.iter().filter(|(_, name, .., usual)| is_wanted(name, *usual));
        wanted.map(|(column, ..)| *column).collect()
    }

    fn about(self) -> &'static (Column, &'static str, &'static str, &'static str, bool) {
        &Self::ALL[self as usize]
    }

    /// The choice of columns.
    pub fn choice(scope: &Scope) -> Html {
        let chosen = Column::read(scope.columns.as_deref());
        let toggle = |column: Column| {
            let (scope, chosen) = (scope.clone(), chosen.clone());
            Callback::from(move |_: Event| {
                let wanted = |own: &Column| (chosen.contains(own)) != (*own == column);
                let names = Self::ALL.iter().filter(|(own, ..)| wanted(own)).map(|(_, name, ..)| *name);
                let names: Vec<&str> = names.collect();
                let usual = Self::ALL.iter().filter(|(.., usual)| *usual).map(|(_, name, ..)| *name);
                let columns = (!usual.eq(names.iter().copied()) && !names.is_empty()).then(|| names.join(","));
                Route::Events(Scope { columns, ..scope.clone() }).replace();
            })
        };
        html! {
            <details class="columns-choice">
                <summary>{ texts::COLUMNS }</summary>
                <ul>
                    { for Self::ALL.iter().map(|(column, _, title, ..)| html! {
                        <li><label>
                            <input type="checkbox" checked={chosen.contains(column)} onchange={toggle(*column)} />
                            { *title }
                        </label></li>
                    }) }
                </ul>
            </details>
        }
    }
}

/// What to show.
#[derive(Properties)]
pub struct Props {
    /// The session that has the index.
    pub session: Session,
    /// What was found, for the names of files.
    pub report: Rc<Report>,
    /// Changes with what the filter lets through.
    pub version: u32,
    /// How many records that are.
    pub count: u64,
    /// The columns.
    pub columns: Vec<Column>,
    /// Takes a record to look at, or none.
    pub on_open: Callback<Option<Row>>,
    /// Where the record is that is looked at.
    pub opened: Option<Place>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
            && self.count == other.count
            && self.columns == other.columns
            && self.opened == other.opened
            && Rc::ptr_eq(&self.report, &other.report)
    }
}

/// The table.
#[component]
pub fn Table(props: &Props) -> Html {
    let grid = use_node_ref();
    let position = use_state_eq(Position::default);
    let active = use_state_eq(|| 0_u64);
    let element = grid.cast::<Element>();
    // Before it is there, as much as fits the window.
    let screen = || web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or(1000.0);
    let window = element.as_ref().map_or_else(screen, |element| f64::from(element.client_height()));
    let extent = Extent::new(props.count, window, HEAD);
    let in_sight = (screen() / ROW) as u64 + 1;
    let first = ((position.at() / ROW) as u64).min(props.count.saturating_sub(1));
    let (block, texts) = use_rows(&props.session, props.version, first, in_sight);
    let active_row = (*active).min(props.count.saturating_sub(1));
    // Where the element has to be. A browser may have moved it less far than asked.
    let go = {
        let (element, position) = (element.clone(), position.setter());
        move |to: Position| {
            position.set(to);
            if let Some(element) = element.as_ref().filter(|element| f64::from(element.scroll_top()) != to.top) {
                element.set_scroll_top(to.top as i32);
            }
        }
    };
    {
        // Other records begin at their newest.
        let (count, go) = (props.count, go.clone());
        let before = *position;
        use_effect_with(count, move |_| go(extent.to(before.at())));
    }
    let onscroll = {
        let (go, before) = (go.clone(), *position);
        Callback::from(move |event: Event| {
            let top = f64::from(event.target_unchecked_into::<Element>().scroll_top());
            if top != before.top {
                go(extent.scrolled(before, top));
            }
        })
    };
    let onkeydown = {
        let (active, before, count) = (active.setter(), *position, props.count);
        let (on_open, row) = (props.on_open.clone(), block.row(active_row).cloned());
        let page = (((window - HEAD) / ROW) as u64).max(1);
        Callback::from(move |event: KeyboardEvent| {
            if event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            let last = count.saturating_sub(1);
            let to = match event.key().as_str() {
                "ArrowDown" => active_row + 1,
                "ArrowUp" => active_row.saturating_sub(1),
                "PageDown" => active_row + page,
                "PageUp" => active_row.saturating_sub(page),
                "Home" => 0,
                "End" => last,
                "Enter" | " " => {
                    event.prevent_default();
                    return on_open.emit(row.clone());
                }
                "Escape" => return on_open.emit(None),
                _ => return,
            };
            event.prevent_default();
            let to = to.min(last);
            active.set(to);
            go(extent.showing(to, before, HEAD));
        })
    };
    let start = first.saturating_sub(AROUND);
    let end = (first + in_sight + AROUND).min(props.count);
    let widths: Vec<&str> = props.columns.iter().map(|column| column.about().3).collect();
    let row = |number: u64| {
        let row = block.row(number);
        let text = row.and_then(|row| texts.borrow().get(&row.place).cloned());
        let (active, record) = (active.setter(), row.cloned());
        let on_open = props.on_open.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            active.set(number);
            on_open.emit(record.clone());
        });
        let is_open = row.is_some_and(|row| props.opened == Some(row.place));
        html! {
            <div
                key={number} id={format!("event-{number}")} role="row" aria-rowindex={(number + 2).to_string()} {onclick}
                class={classes!("event", (number == active_row).then_some("active"), row.map(|row| row.level.word()))}
                aria-selected={is_open.to_string()}
                style={format!("top:{}px", number as f64 * ROW - position.offset)}
            >
                { for props.columns.iter().map(|column| html! {
                    <div role="gridcell">{ row.map(|row| cell(*column, row, text.as_deref(), &props.report)) }</div>
                }) }
            </div>
        }
    };
    let is_in_sight = (start..end).contains(&active_row);
    html! {
        <div
            ref={grid} class="grid" role="grid" tabindex="0" aria-label={texts::LABEL}
            aria-rowcount={(props.count + 1).to_string()} aria-colcount={props.columns.len().to_string()}
            aria-activedescendant={(is_in_sight && props.count > 0).then(|| format!("event-{active_row}"))}
            style={format!("--columns:{}", widths.join(" "))} {onscroll} {onkeydown}
        >
            <div class="grid-head" role="row" aria-rowindex="1">
                { for props.columns.iter().map(|column| html! { <div role="columnheader">{ column.about().2 }</div> }) }
            </div>
            <div class="grid-body" role="rowgroup" style={format!("height:{}px", (extent.height - HEAD).max(0.0))}>
                { for (start..end).map(row) }
            </div>
            if props.count == 0 { <p class="none">{ texts::NONE }</p> }
        </div>
    }
}

fn cell(column: Column, row: &Row, read: Option<&Text>, report: &Report) -> Html {
    match column {
        Column::Time => format::time(row.time),
        Column::Level => html! { <span class={classes!("severity", row.level.word())}>{ row.level.word() }</span> },
        Column::Event => html! { { row.event_id } },
        Column::Provider => foreign(&row.provider),
        Column::Message => html! {
            <>
                if row.carved { <span class="badge other">{ text::CARVED }</span>{ " " } }
                if let Some(read) = read { { foreign(&read.summary) } }
            </>
        },
        Column::Computer => foreign(&row.computer),
        Column::Channel => foreign(&row.channel),
        Column::Record => html! { { row.id } },
        Column::File => report.files.get(&row.place.file()).map_or_else(|| html! {}, |file| foreign(&file.name)),
    }
}
