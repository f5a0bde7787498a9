//! The built page's list of records and its timeline in real browsers: what they say is what the index says that the
//! same code makes natively.
//!
//! As in `page.rs`, every test runs in Chromium, and in Firefox where that is installed.

#![cfg(target_os = "linux")]

use std::io::Cursor;
use std::path::PathBuf;

use browser::{Browser, Folder, Kind, Level as Severity, Options, Result};
use evtx_checkup::checkup::{Checkup, FileReport, Listing, Place};
use evtx_checkup::event::Level;
use evtx_checkup::index::{Builder, Filter, Index, Row, containing};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evtx::HEADER_SIZE;
use log_writer::logs::{benchmark, sample};
use log_writer::{Event, evt, evtx, filetime, zip};
use serde_json::json;

#[path = "support/export.rs"]
mod export;

/// The page's markup, as far as these tests know it.
mod at {
    pub const STATUS: &str = ".outcome [role=status]";
    pub const GRID: &str = "[role=grid]";
    pub const SEARCH: &str = "#events-text";
    pub const ERRORS: &str = ".levels .error input";
    pub const RECORD: &str = ".record .place";
    pub const CANCEL: &str = ".waiting .progress button";
    pub const BARS: &str = ".bars";
    pub const SHOW_RECORDS: &str = "main a[href^='#/events']:not(nav a)";
}

mod chromium_only {
    #[test]
    fn what_workers_die_over_is_listed_again() {
        super::run(super::Kind::Chromium, super::what_workers_die_over_is_listed_again);
    }
}

/// Declares each of these functions as a test for both browsers.
macro_rules! in_both_browsers {
    ($($test:ident)*) => {
        mod chromium { $(#[test] fn $test() { super::run(super::Kind::Chromium, super::$test); })* }
        mod firefox { $(#[test] fn $test() { super::run(super::Kind::Firefox, super::$test); })* }
    };
}

in_both_browsers! {
    the_rows_are_those_of_the_index
    filters_are_in_the_address
    a_search_finds_values
    a_marked_span_is_what_is_shown
    listing_can_be_cancelled
    logs_that_are_read_in_their_order_are_listed
    what_cannot_be_listed_is_said
    times_are_in_the_zone_that_is_chosen
}

/// What is listed of a log: with all articles, or of what a search matches.
fn list(knowledge: &KnowledgeBase, log: &[u8], listing: &Listing) -> evtx_checkup::checkup::Listed {
    let file = FileReport::open("System.evtx", log.len() as u64, &log[..HEADER_SIZE as usize]);
    let mut checkup = Checkup::new(knowledge).listing(listing);
    checkup.open(0, &file);
    checkup.read(&log[HEADER_SIZE as usize..], HEADER_SIZE);
    checkup.finish();
    listing.take().remove(0)
}

fn index(log: &[u8]) -> Index {
    let mut builder = Builder::with_room(0);
    builder.add(&list(&evtx_checkup::built_in(), log, &Listing::default()));
    builder.finish()
}

async fn the_rows_are_those_of_the_index(browser: &Browser) -> Result {
    let log = large();
    let index = index(&log);
    drop_log(browser, "/events", &log).await?;
    let last = index.count() as u64 - 1;
    says(browser, &format!("{} records", grouped(last + 1))).await?;
    shows(browser, 0, &index.rows(0, 10)).await?;
    let count = format!("return document.querySelector('{}').getAttribute('aria-rowcount')", at::GRID);
    assert_eq!(browser.script(&count).await?, json!((last + 2).to_string()));

    // By keyboard: down, open, close, and to the end.
    browser.script_with("document.querySelector(arguments[0]).focus()", [json!(at::GRID)]).await?;
    for _ in 0..3 {
        key(browser, "ArrowDown").await?;
    }
    key(browser, "Enter").await?;
    opened(browser, &index.rows(3, 1)[0]).await?;
    key(browser, "Escape").await?;
    browser.wait_until(&format!("!document.querySelector('{}')", at::RECORD)).await?;
    key(browser, "End").await?;
    shows(browser, last - 9, &index.rows(last as usize - 9, 10)).await?;
    key(browser, "PageUp").await?;
    key(browser, "Home").await?;
    shows(browser, 0, &index.rows(0, 10)).await?;

    // Wherever the scroll bar is, the rows are the right ones, and the message of each comes.
    for share in [0.5, 0.37, 1.0] {
        let scroll = "const grid = document.querySelector('[role=grid]');
                      grid.scrollTop = arguments[0] * grid.scrollHeight;";
        browser.script_with(scroll, [json!(share)]).await?;
        let first = "return Math.floor(document.querySelector('[role=grid]').scrollTop / 32) + 2";
        let first = browser.script(first).await?.as_u64().unwrap();
        shows(browser, first, &index.rows(first as usize, 5)).await?;
        browser.wait_until(&format!("document.querySelector('#event-{first}').lastElementChild.textContent")).await?;
    }
    Ok(())
}

async fn filters_are_in_the_address(browser: &Browser) -> Result {
    let log = sample();
    let mut index = index(&log);
    let all = index.count() as u64;
    let errors = Filter { levels: vec![Level::Error], ..Filter::default() };
    let of_errors = index.filter(&errors);
    drop_log(browser, "/events", &log).await?;
    says(browser, &format!("{all} records")).await?;
    browser.click(at::ERRORS).await?;
    browser.wait_until("location.hash === '#/events?level=error'").await?;
    says(browser, &format!("{} of {all} records", of_errors.count)).await?;
    shows(browser, 0, &index.rows(0, 5)).await?;
    let (provider, count) = &of_errors.providers[0];
    let options = browser.texts("#events-provider option").await?;
    assert!(options.contains(&format!("{provider} ({count})")), "{options:?}");
    let choose = "const field = document.querySelector('#events-provider');
                  field.value = arguments[0];
                  field.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.script_with(choose, [json!(provider)]).await?;
    says(browser, &format!("{count} of {all} records")).await?;

    // The address is enough to see the same again.
    let address = browser.script("return location.hash").await?.as_str().unwrap().to_owned();
    drop_log(browser, address.trim_start_matches('#'), &log).await?;
    says(browser, &format!("{count} of {all} records")).await?;
    index.filter(&Filter { provider: Some(provider.clone()), ..errors });
    shows(browser, 0, &index.rows(0, 5)).await?;
    drop_log(browser, "/events?provider=nobody", &log).await?;
    says(browser, &format!("0 of {all} records")).await
}

async fn a_search_finds_values(browser: &Browser) -> Result {
    let log = sample();
    let mut index = index(&log);
    let all = index.count();
    drop_log(browser, "/events", &log).await?;
    says(browser, &format!("{all} records")).await?;
    // A part of a name, and a number that records carry as one.
    for text in ["spool", "7036", "no record has this"] {
        index.begin_search();
        index.add_hits(&list(&containing(text), &log, &Listing::of_matches()));
        let count = index.filter(&Filter::default()).count;
        assert_eq!(count == 0, text.contains(' '), "{text}");
        let search = "const field = document.querySelector(arguments[0]);
                      field.value = arguments[1];
                      field.dispatchEvent(new Event('change', { bubbles: true }));";
        browser.script_with(search, [json!(at::SEARCH), json!(text)]).await?;
        says(browser, &format!("{count} of {all} records")).await?;
        shows(browser, 0, &index.rows(0, 5)).await?;
    }
    browser.wait_until("location.hash === '#/events?q=no+record+has+this'").await.map(drop)
}

async fn a_marked_span_is_what_is_shown(browser: &Browser) -> Result {
    let log = sample();
    let mut index = index(&log);
    drop_log(browser, "/timeline", &log).await?;
    browser.wait_for(at::BARS).await?;
    assert!(!browser.texts(".chart .lane-name").await?.is_empty());
    browser.script_with("document.querySelector(arguments[0]).focus()", [json!(at::BARS)]).await?;
    for (key, times) in [("Home", 1), ("PageDown", 10)] {
        for _ in 0..times {
            self::key(browser, key).await?;
        }
    }
    let shifted = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', shiftKey: true, bubbles: true, cancelable: true }))";
    for _ in 0..4 {
        browser.script(shifted).await?;
    }
    key(browser, "Enter").await?;
    browser.wait_until("location.hash.startsWith('#/timeline?from=')").await?;
    let span = browser
        .script("const to = new URLSearchParams(location.hash.split('?')[1]); return [to.get('from'), to.get('to')]")
        .await?;
    let time = |place: usize| evtx_checkup::event::Time::parse(span[place].as_str().unwrap());
    let count = index.filter(&Filter { from: time(0), to: time(1), ..Filter::default() }).count;
    let all = index.about().records;
    assert!(0 < count && count < all, "{count} of {all}");
    browser.click(at::SHOW_RECORDS).await?;
    says(browser, &format!("{count} of {all} records")).await?;
    shows(browser, 0, &index.rows(0, 5)).await?;
    browser.client().back().await.unwrap();
    browser.wait_for(at::BARS).await?;
    browser.script_with("document.querySelector(arguments[0]).focus()", [json!(at::BARS)]).await?;
    // Three times as wide, and then all.
    for _ in 0..4 {
        key(browser, "-").await?;
        browser.wait_for(at::BARS).await?;
    }
    browser.wait_until("location.hash === '#/timeline'").await?;
    let rows = browser.script("return document.querySelectorAll('.timeline-table tbody tr').length").await?;
    assert_eq!(rows, json!(24));
    Ok(())
}

async fn listing_can_be_cancelled(browser: &Browser) -> Result {
    let log = large();
    let click = "new MutationObserver(() => document.querySelector(arguments[0])?.click())
                     .observe(document.getElementById('app'), { subtree: true, childList: true });";
    browser.open_built("/").await?;
    browser.script_with(&click.replace("arguments[0]", &format!("\"{}\"", at::CANCEL)), []).await?;
    let folder = Folder::new()?;
    browser.drop_files(&[&folder.write("System.evtx", &log)?]).await?;
    browser.wait_for("p.progress.done").await?;
    browser.script("location.hash = '#/events'").await?;
    browser.wait_until("document.querySelector('.waiting')?.textContent.includes('was cancelled')").await?;
    drop_log(browser, "/events", &log).await?;
    says(browser, &format!("{} records", grouped(index(&log).about().records))).await
}

/// In archives, exported, and of old Windows: such are listed from their start to their end, a megabyte at a time.
async fn logs_that_are_read_in_their_order_are_listed(browser: &Browser) -> Result {
    let archived = large();
    let events = |computer: &'static str| {
        (1..=3).map(move |id| Event::service_control_manager(7036).param("Spooler").computer(computer).record_id(id))
    };
    let folder = Folder::new()?;
    let files = [
        folder.write("customer.zip", zip(&[("System.evtx", &archived)]))?,
        folder.write("export.xml", export::export(&evtx(events("EXPORTED"))))?,
        folder.write("SysEvent.Evt", evt(events("OLD")))?,
    ];
    browser.open_built("/").await?;
    browser.drop_files(&files.each_ref().map(PathBuf::as_path)).await?;
    browser.wait_for("p.progress.done").await?;
    browser.script("location.hash = '#/events'").await?;
    let records = index(&archived).about().records;
    says(browser, &format!("{} records", grouped(records + 6))).await?;
    for computer in ["EXPORTED", "OLD"] {
        browser.script_with("location.hash = '#/events?computer=' + arguments[0]", [json!(computer)]).await?;
        says(browser, &format!("3 of {} records", grouped(records + 6))).await?;
    }
    Ok(())
}

/// A file that is not any more as it was dropped.
async fn what_cannot_be_listed_is_said(browser: &Browser) -> Result {
    let (folder, log) = (Folder::new()?, sample());
    let path = folder.write("Gone.evtx", &log)?;
    let other = evtx([Event::service_control_manager(7036).param("Spooler").computer("OTHER")]);
    let other = folder.write("There.evtx", &other)?;
    browser.open_built("/").await?;
    browser.drop_files(&[&path, &other]).await?;
    browser.wait_for("p.progress.done").await?;
    std::fs::remove_file(path).unwrap();
    // Chunks are listed, not the file's header.
    let bytes = (log.len() as u64 - HEADER_SIZE) / 1024;
    for place in ["/events", "/timeline"] {
        browser.script_with("location.hash = '#' + arguments[0]", [json!(place)]).await?;
        let said = "document.querySelector('main section > .notice')?.textContent";
        let said = browser.wait_until(said).await?;
        let said = said.as_str().unwrap_or_default();
        let start = format!("Some records are not listed: {bytes} KiB of Gone.evtx could not be read again (");
        assert!(said.starts_with(&start) && said.ends_with(").") && said.len() > start.len() + 2, "{said}");
    }
    // What came with it in one task is there.
    browser.script("location.hash = '#/events'").await?;
    says(browser, "1 record").await
}

/// Of logs that are listed together, only those are lost that no worker survives.
async fn what_workers_die_over_is_listed_again(browser: &Browser) -> Result {
    browser
        .before_workers(
            "addEventListener('message', event => {
               const content = event.data?.content ?? new Uint8Array();
               // What a task is comes first: this one lists.
               if (content[0] !== 7 || !new TextDecoder().decode(content).includes('Poison.evtx')) return;
               event.stopImmediatePropagation();
               throw Error('killed by a test');
             });",
        )
        .await?;
    let folder = Folder::new()?;
    let log = |computer: &'static str| evtx([Event::service_control_manager(7036).param("Spooler").computer(computer)]);
    let write = |name: &'static str| folder.write(name, log(name));
    let files = [write("First.evtx")?, write("Poison.evtx")?, write("Third.evtx")?];
    browser.open_built("/").await?;
    browser.drop_files(&files.each_ref().map(PathBuf::as_path)).await?;
    browser.wait_for("p.progress.done").await?;
    browser.script("location.hash = '#/events'").await?;
    says(browser, "2 records").await?;
    let said = browser.wait_until("document.querySelector('main section > .notice')?.textContent").await?;
    assert_eq!(
        said.as_str(),
        Some(
            "Some records are not listed: 64 KiB of Poison.evtx could not be read again (Uncaught Error: killed by a test)."
        )
    );
    Ok(())
}

async fn times_are_in_the_zone_that_is_chosen(browser: &Browser) -> Result {
    let time = filetime(2026, 3, 29, 0, 30, 0);
    let event = |seconds: u64| Event::service_control_manager(7036).param("Spooler").time(time + seconds * 10_000_000);
    // A second before clocks in Berlin go from 2:00 to 3:00, then, and an hour later.
    let log = evtx([1799, 1800, 5400].map(event));
    drop_log(browser, "/events", &log).await?;
    says(browser, "3 records").await?;
    let set = "const field = document.querySelector(arguments[0]);
               field.value = arguments[1];
               field.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.choose_option(".zone select", "Europe/Berlin").await?;
    browser.wait_until("document.querySelector('[for=events-from]')?.textContent === 'From (Europe/Berlin)'").await?;
    // What no clock showed is what the clocks were put forward to.
    browser.script_with(set, [json!("#events-from"), json!("2026-03-29T02:30:00")]).await?;
    browser.wait_until("location.hash === '#/events?from=2026-03-29T01%3A00%3A00.0000000Z'").await?;
    browser.wait_until("document.querySelector('#events-from').value.startsWith('2026-03-29T03:00')").await?;
    says(browser, "2 of 3 records").await?;
    browser.script_with(set, [json!("#events-to"), json!("2026-03-29T03:59:59")]).await?;
    says(browser, "1 of 3 records").await?;

    let listen = "navigator.clipboard.writeText = async text => { window.copied = text; }";
    browser.script(listen).await?;
    browser.script_with("document.querySelector(arguments[0]).focus()", [json!(at::GRID)]).await?;
    key(browser, "ArrowDown").await?;
    key(browser, "Enter").await?;
    for (button, time) in [
        (1, "TimeCreated: 2026-03-29 03:00:00 +02:00\n"),
        (3, "\"TimeCreated\": \"2026-03-29T03:00:00.0000000+02:00\""),
    ] {
        let button = format!(".record .buttons button:nth-child({button})");
        browser.wait_for(".record .buttons button:nth-child(3)").await?;
        browser.click(&button).await?;
        browser.wait_until(&format!("window.copied?.includes({})", json!(time))).await?;
    }
    Ok(())
}

/// A log of some megabytes.
fn large() -> Vec<u8> {
    let mut log = Cursor::new(Vec::new());
    benchmark(&mut log, 8 << 20).unwrap();
    log.into_inner()
}

/// Opens a place in the page, and drops a log there.
async fn drop_log(browser: &Browser, place: &str, log: &[u8]) -> Result {
    browser.open_built(place).await?;
    let folder = Folder::new()?;
    browser.drop_files(&[&folder.write("System.evtx", log)?]).await?;
    browser.wait_for("p.progress.done").await?;
    // What is dropped is read again, so it must be there as long as the page.
    std::mem::forget(folder);
    Ok(())
}

/// Waits until the page says how many records there are.
async fn says(browser: &Browser, text: &str) -> Result {
    browser
        .wait_until(&format!("document.querySelector('{}')?.textContent === {}", at::STATUS, json!(text)))
        .await
        .map(drop)
}

/// Waits until the table shows these rows.
async fn shows(browser: &Browser, first: u64, rows: &[Row]) -> Result {
    let expected: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.time.to_seconds() + " UTC",
                row.level.word().into(),
                row.event_id.to_string(),
                row.provider.clone(),
            ]
        })
        .collect();
    let shown = format!(
        "JSON.stringify([...Array({}).keys()].map(number => [...(document.querySelector(`#event-${{number + {first}}}`)?.children ?? [])]
             .slice(0, 4).map(cell => cell.textContent)))",
        rows.len()
    );
    browser.wait_until(&format!("{shown} === {}", json!(json!(expected).to_string()))).await.map(drop)
}

/// Waits until the page shows a record.
async fn opened(browser: &Browser, row: &Row) -> Result {
    let Row { time, id, place: Place(_), .. } = row;
    let text = format!("{} UTC, record {}", time.to_seconds(), grouped((*id).into()));
    browser
        .wait_until(&format!("document.querySelector('{}')?.textContent.startsWith({})", at::RECORD, json!(text)))
        .await?;
    browser.wait_until("document.querySelectorAll('.record .buttons button').length === 3").await.map(drop)
}

/// Presses a key where the focus is.
async fn key(browser: &Browser, name: &str) -> Result {
    let press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }))";
    browser.script_with(press, [json!(name)]).await.map(drop)
}

/// `1,234`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

/// Runs a test in a new browser; it is not passed when the console has something to complain about at its end.
fn run(kind: Kind, test: impl AsyncFnOnce(&Browser) -> Result) {
    browser::run(kind, &Options::default(), Severity::Information, test);
}
