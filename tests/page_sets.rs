//! Sets of logs in the built page, in a real browser: what goes together, many computers, before and after.
//!
//! As in `page.rs`.

#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::time::Duration;

use browser::{Browser, Folder, Kind, Level, Options, Result};
use evtx_checkup::kb::lint;
use log_writer::{Event, Guid, Level as Severity, evtx, filetime};
use serde_json::{Value, json};

const POWER: Guid = Guid::new("{331c3b3a-2005-44c2-ac5e-77220c37d6b4}");

/// An event of the Service Control Manager about the service `Backup`, so many seconds after the start.
fn service(seconds: u64, event_id: u16, computer: &str) -> Event {
    let event = Event::service_control_manager(event_id).param("Backup").param("1");
    on(event, seconds, computer)
}

fn on(event: Event, seconds: u64, computer: &str) -> Event {
    event.time(filetime(2026, 11, 20, 8, 0, 0) + seconds * 10_000_000).computer(computer.to_owned()).channel("System")
}

/// An unexpected restart, and a service that crashes soon after.
fn restarted(computer: &str) -> Vec<Event> {
    let power = Event::manifest("Microsoft-Windows-Kernel-Power", POWER, 41).level(Severity::Critical);
    let power = power.data("BugcheckCode", 0_u32).data("PowerButtonTimestamp", 0_u64);
    vec![on(power, 0, computer), service(60, 7034, computer)]
}

/// Runs a scenario in Chromium; the page must have nothing to complain of.
fn run(scenario: impl AsyncFnOnce(&Browser, &Folder) -> Result) {
    let options = Options { patience: Duration::from_secs(30), ..Options::default() };
    browser::run(Kind::Chromium, &options, Level::Warning, async |browser| {
        browser.open_built("").await?;
        scenario(browser, &Folder::new()?).await
    });
}

fn written(files: &Folder, logs: &[(String, Vec<Event>)]) -> Result<Vec<PathBuf>> {
    logs.iter().map(|(name, events)| files.write(name, evtx(events.iter().cloned()))).collect()
}

/// Drops logs and waits until they are read.
async fn check(browser: &Browser, files: &Folder, logs: &[(String, Vec<Event>)]) -> Result {
    let paths = written(files, logs)?;
    browser.drop_files(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>()).await?;
    browser.wait_for(".progress.done").await
}

async fn go(browser: &Browser, place: &str) -> Result {
    browser.script_with("location.hash = arguments[0]", [json!(place)]).await.map(drop)
}

/// The texts of a table's rows, cell by cell.
async fn rows(browser: &Browser, table: &str) -> Result<Value> {
    let cells = "return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))";
    browser.script_with(cells, [json!(table)]).await
}

#[test]
fn what_follows_stands_under_its_cause() {
    run(async |browser, files| {
        check(browser, files, &[("System.evtx".into(), restarted("PC-1"))]).await?;
        browser.wait_for("nav[aria-label=Findings] li.follows").await?;
        let titles = browser.texts("nav[aria-label=Findings] .title").await?;
        assert_eq!(titles.len(), 2, "{titles:?}");
        assert!(titles[0].contains("restarted without a clean shutdown"), "{titles:?}");
        assert_eq!(browser.texts("nav[aria-label=Findings] li.follows .title").await?, titles[1..]);
        go(browser, "#/finding/service-crashed").await?;
        browser.wait_for(".facts a[href='#/finding/unexpected-restart-nothing-recorded']").await?;
        let facts = browser.texts(".facts").await?.concat();
        assert!(facts.contains("1 of 1 record within 10 minutes after it on the same computer"), "{facts}");
        browser.click(".facts a[href='#/finding/unexpected-restart-nothing-recorded']").await?;
        browser.wait_for(".facts a[href='#/finding/service-crashed']").await
    });
}

#[test]
fn many_computers_in_one_table() {
    run(async |browser, files| {
        // 500 logs of 200 computers; the last ten have nothing to tell.
        let log = |number: usize| {
            let computer = format!("PC-{:03}", number % 200);
            // The logs of one computer are of different days.
            let day = (number / 200 * 86400) as u64;
            let mut events = vec![service(day, 7036, &computer)];
            if number % 200 < 190 {
                events.extend((0..=number % 200 / 10).map(|n| service(day + 1000 + n as u64, 7034, &computer)));
            }
            if number % 200 == 7 {
                events.push(service(day + 5, 7022, &computer));
            }
            (format!("{computer}-{number}.evtx"), events)
        };
        check(browser, files, &(0..500).map(log).collect::<Vec<_>>()).await?;
        go(browser, "#/computers").await?;
        browser.wait_for(".computers .matrix").await?;
        let about = browser.texts(".computers .outcome p").await?.concat();
        assert_eq!(about, "190 computers with 2 known issues");
        let sum: u64 = (0..500).map(|n| n % 200).filter(|n| *n < 190).map(|n| n / 10 + 1).sum();
        let table = rows(browser, ".matrix").await?;
        let row = |title: &str| {
            let rows = table.as_array().unwrap();
            rows.iter().find(|row| row[0].as_str().unwrap().contains(title)).unwrap().clone()
        };
        assert_eq!((&row("ended unexpectedly")[1], &row("ended unexpectedly")[2]), (&json!("190"), &json!(group(sum))));
        assert_eq!((&row("hung")[1], &row("hung")[2]), (&json!("1"), &json!("3")));
        assert_eq!(row("hung").as_array().unwrap().len(), 3 + 190);
        // Sorted by what one computer shows: of PC-007, the hang (3) and the crash (3) are as frequent as each other.
        browser.click(".matrix thead th:nth-child(2) .sort").await?;
        browser.wait_until("document.querySelector('.matrix thead th:nth-child(2)').ariaSort === 'descending'").await?;
        assert!(rows(browser, ".matrix").await?[0][0].as_str().unwrap().contains("ended unexpectedly"));
        browser.click(".matrix thead th:nth-child(1) .sort").await?;
        browser.wait_until("document.querySelector('.matrix thead th:nth-child(1)').ariaSort === 'ascending'").await?;
        assert!(rows(browser, ".matrix").await?[0][0].as_str().unwrap().contains("ended unexpectedly"));
        // The first column stays in sight.
        let moved = "const matrix = document.querySelector('.matrix'); matrix.scrollLeft = 2000;
            return [matrix.scrollLeft > 500, matrix.querySelector('tbody th').getBoundingClientRect().left - matrix.getBoundingClientRect().left < 5]";
        assert_eq!(browser.script(moved).await?, json!([true, true]));
        assert_eq!(browser.texts(".computers summary").await?, ["10 computers without a known issue"]);

        go(browser, "#/computers/PC-007").await?;
        browser.wait_for(".computers.one").await?;
        assert_eq!(browser.texts(".computers.one h2").await?, ["PC-007"]);
        let own = rows(browser, ".computers.one").await?;
        let counts: Vec<_> = own.as_array().unwrap().iter().map(|row| (row[2].clone(), row[3].clone())).collect();
        assert!(
            counts.contains(&(json!("3"), json!("3"))) && counts.contains(&(json!("3"), json!(group(sum)))),
            "{own}"
        );
        go(browser, "#/computers/nobody").await?;
        browser.wait_until("document.querySelector('.computers.one').innerText.includes('No record')").await.map(drop)
    });
}

/// `1,234`.
fn group(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

#[test]
fn before_and_after() {
    run(async |browser, files| {
        let day = 86400;
        let now =
            vec![service(10 * day, 7034, "PC-1"), service(10 * day + 9, 7022, "PC-1"), service(12 * day, 7034, "PC-1")];
        check(browser, files, &[("now.evtx".into(), now)]).await?;
        let titles = browser.texts("nav[aria-label=Findings] .title").await?;
        go(browser, "#/compare").await?;
        browser.wait_for(".compare .drop-target").await?;
        // A record that both sets have counts in both.
        let before = vec![
            service(0, 7034, "PC-1"),
            service(5, 7041, "PC-1"),
            service(day, 7034, "PC-1"),
            service(4 * day, 7034, "PC-1"),
        ];
        let paths = written(files, &[("before.evtx".into(), before)])?;
        browser.choose_files(".compare input[type=file]:not([webkitdirectory])", &[paths[0].as_path()]).await?;
        browser.wait_for(".compare tbody tr").await?;
        assert_eq!(browser.texts(".compare [role=status]").await?, ["1 new, 1 still there, 1 gone"]);
        let table = rows(browser, ".compare").await?;
        let short: Vec<Vec<&str>> = table
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_array().unwrap()[1..].iter().map(|cell| cell.as_str().unwrap()).collect())
            .collect();
        assert_eq!(
            short,
            [
                vec!["New", "–", "", "1", "0.5"],
                vec!["Still there", "3", "0.8", "2", "1.0"],
                vec!["Gone", "1", "0.2", "–", ""],
            ]
        );
        let sets = browser.texts(".compare .facts").await?.concat();
        assert!(
            sets.contains("The others: 1 file, 4 records") && sets.contains("These logs: 1 file, 3 records"),
            "{sets}"
        );
        // The findings are still those of the first logs, and what is dropped elsewhere goes to these.
        go(browser, "#/").await?;
        browser.wait_for("nav[aria-label=Findings]").await?;
        assert_eq!(browser.texts("nav[aria-label=Findings] .title").await?, titles);
        go(browser, "#/compare").await?;
        browser.wait_for(".compare .outcome .buttons button").await?;
        browser.click(".compare .outcome .buttons button").await?;
        browser.wait_for(".compare .drop-target").await
    });
}

#[test]
fn what_nobody_explains_becomes_an_article() {
    run(async |browser, files| {
        let unknown = |seconds: u64, user: &'static str| {
            let event =
                Event::classic("Contoso Agent", 5).level(Severity::Error).string("License: 'lost'").string(user);
            on(event, seconds, "PC-1")
        };
        let steady =
            (0..40).map(|hour| on(Event::classic("Fabrikam", 9).level(Severity::Warning), hour * 3600, "PC-1"));
        let events = steady.chain((0..30).map(|n| unknown(7200 + n, if n % 2 == 0 { "anna" } else { "bert" })));
        check(browser, files, &[("System.evtx".into(), events.collect())]).await?;
        go(browser, "#/unexplained").await?;
        browser.wait_for(".unexplained summary").await?;
        let kinds = browser.texts(".unexplained summary strong").await?;
        assert_eq!(kinds, ["Contoso Agent 5", "Fabrikam 9"], "a burst is more unusual than what always comes");
        browser.click(".unexplained summary").await?;
        browser.wait_for(".unexplained .fields").await?;
        let fields = browser.texts(".unexplained .fields").await?.concat();
        assert!(fields.contains("License: 'lost'") && fields.contains("bert · anna"), "{fields}");
        assert_eq!(browser.texts(".unexplained code").await?, ["contoso-agent-5.md"]);
        let listen = "navigator.clipboard.writeText = async text => { window.copied = text; }";
        browser.script(listen).await?;
        browser.click(".unexplained p > button").await?;
        let copied = browser.wait_until("window.copied").await?;
        let text = copied.as_str().unwrap_or_default();
        let (articles, faults) = lint::read([("contoso-agent-5.md", text)]);
        assert_eq!((articles.len(), faults), (1, Vec::new()), "{text}");
        assert!(text.contains("    # param1: 'License: ''lost'''\n") && !text.contains("anna"), "{text}");
        Ok(())
    });
}

#[test]
fn times_in_the_zone_of_the_log() {
    run(async |browser, files| {
        let strings = ["", "", "", "", "39", "60", "480 Pacific Standard Time", "1.1"];
        let uptime = strings.into_iter().fold(Event::classic("EventLog", 6013), Event::string);
        let crash = |month| {
            let event = Event::service_control_manager(7034).param("Backup").param("1").computer("PC-1");
            event.time(filetime(2026, month, 1, 12, 0, 0))
        };
        let uptime = uptime.time(filetime(2026, 2, 1, 0, 0, 0)).computer("PC-1");
        check(browser, files, &[("System.evtx".into(), vec![crash(1), uptime, crash(7)])]).await?;
        let facts = "document.querySelector('.facts')?.innerText";
        let shows =
            async |text: &str| browser.wait_until(&format!("{facts}?.includes({})", json!(text))).await.map(drop);
        shows("2026-01-01 12:00:00 to 2026-07-01 12:00:00 UTC").await?;
        browser.choose_option(".zone select", "log").await?;
        // Windows names the zone after its winter; in summer it is an hour less behind.
        shows("2026-01-01 04:00:00 -08:00 to 2026-07-01 05:00:00 -07:00").await?;
        let hover = browser.script("return document.querySelector('.facts time').title").await?;
        assert!(hover.as_str().unwrap_or_default().contains(|c: char| c.is_ascii_digit()), "{hover}");
        assert_eq!(
            browser.script("return localStorage.length").await?,
            json!(0),
            "nothing is kept without being asked"
        );
        browser.click(".zone input").await?;
        browser.wait_until("localStorage.length === 1").await?;
        browser.choose_option(".zone select", "Asia/Tokyo").await?;
        shows("2026-01-01 21:00:00 to 2026-07-01 21:00:00 +09:00").await?;
        browser.client().refresh().await.unwrap();
        browser.wait_until("performance.getEntriesByName('ready').length").await?;
        check(browser, files, &[("Again.evtx".into(), vec![crash(1)])]).await?;
        shows("2026-01-01 21:00:00 +09:00").await?;
        browser.click(".zone input").await?;
        browser.wait_until("localStorage.length === 0").await.map(drop)
    });
}
