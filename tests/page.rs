//! The built page in real browsers.
//!
//! Every test runs in Chromium, and in Firefox where that and geckodriver are installed. What a test says of a browser
//! that it cannot use goes to the terminal. `cargo xtask build` makes the page; `EVTX_CHECKUP_PAGE` names another one.
//! A test that fails leaves a picture of the page in `target/tmp/`.

#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use browser::{Browser, Desktop, Folder, Key, Kind, Level, Options, Result, SaveAs, Server};
use evtx_checkup::codes;
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Reader};
use evtx_checkup::log::{Kind as FileKind, Reason, Record as LogRecord, Sink};
use log_writer::logs::{Article, FoundingLog, benchmark, founding, sample_events};
use log_writer::{Event, Level as Severity, MtaWriter, evtx, zip};
use serde_json::{Value, json};

#[path = "support/export.rs"]
mod export;

/// The page's markup, as far as these tests know it.
mod at {
    pub const SKIP: &str = "a[href='#main']";
    pub const KNOWN_ISSUES: &str = "nav[aria-label='Main'] a[href='#/kb']";
    pub const ARTICLES: &str = "main a[href^='#/kb/']";
    pub const TITLE: &str = "main h1";

    pub const START: &str = ".welcome";
    pub const START_KNOWN_ISSUES: &str = ".welcome a[href='#/kb']";
    pub const CHOOSE: &str = "main input[type=file]";
    pub const CHOOSE_FOLDER: &str = "main input[webkitdirectory]";
    pub const SAMPLE: &str = ".welcome .buttons > button";

    pub const THEME: &str = "select[aria-label='Light or dark']";

    pub const RESULTS: &str = ".results";
    pub const FINDINGS: &str = "nav[aria-label='Findings'] a";
    pub const LAST_FINDING: &str = "nav[aria-label='Findings'] li:last-child a";
    pub const PROGRESS: &str = ".results progress";
    pub const CANCEL: &str = ".results .progress button";
    pub const DONE: &str = ".progress.done";
    pub const RECEIPT: &str = ".receipt";
    pub const RECEIPT_INCOMPLETE: &str = ".receipt.partly";
    pub const CARVE: &str = ".receipt > p > button";
    pub const RECEIPT_LOST: &str = ".receipt summary .not-read";
    pub const RECEIPT_SUMMARY: &str = ".receipt summary";
    pub const RECEIPT_RECORDS: &str = ".receipt summary strong";
    pub const RECEIPT_FILES: &str = ".receipt-files > li";
    pub const UNEXPLAINED_VIEW: &str = ".views a[href='#/unexplained']";
    pub const UNEXPLAINED: &str = ".unexplained strong > bdi";

    pub const FINDING_TITLE: &str = ".results article h2";
    pub const FINDING_SECTIONS: &str = ".results article h3";
    pub const RECORDS: &str = ".evidence .records > li";
    pub const RECORD_LINE: &str = ".evidence .records .line";
    pub const RECORD_NUMBER: &str = ".place";
    pub const RECORD_MARKED: &str = ".fields .marked dd";
    pub const XML_BUTTON: &str = "button[aria-expanded]";
    pub const XML: &str = "pre code";
}

/// Declares each of these functions as a test for both browsers.
macro_rules! in_both_browsers {
    ($($test:ident)*) => {
        mod chromium { $(#[test] fn $test() { super::run(super::Kind::Chromium, stringify!($test), super::$test); })* }
        mod firefox { $(#[test] fn $test() { super::run(super::Kind::Firefox, stringify!($test), super::$test); })* }
    };
}

in_both_browsers! {
    starts_from_disk_and_from_a_server
    each_founding_log_shows_its_article
    other_kinds_of_logs_are_read_too
    archives_and_folders_are_read_too
    display_text_of_a_log_gives_its_messages
    chosen_and_dropped_files_merge
    carving_is_a_choice
    the_sample_shows_findings
    cancelling_keeps_what_was_found
    cancelling_before_all_sizes_are_known
    unreadable_files_are_explained
    hostile_text_stays_text
    nothing_reaches_the_network
    works_offline
    works_by_keyboard
    light_or_dark_is_a_choice
}

/// A test that is about Chromium alone.
mod chromium_only {
    use super::{Kind, SaveAs, run, saved_copy};

    #[test]
    fn dead_workers_are_replaced() {
        run(Kind::Chromium, "dead_workers_are_replaced", super::dead_workers_are_replaced);
    }

    #[test]
    fn all_real_logs_at_once() {
        run(Kind::Chromium, "all_real_logs_at_once", super::all_real_logs_at_once);
    }

    #[test]
    fn a_page_without_workers_says_so() {
        run(Kind::Chromium, "a_page_without_workers_says_so", super::a_page_without_workers_says_so);
    }

    #[test]
    fn a_copy_saved_as_html_starts_clean() {
        saved_copy(SaveAs::HtmlOnly);
    }

    #[test]
    fn a_copy_saved_completely_starts_clean() {
        saved_copy(SaveAs::Complete);
    }
}

/// The address of the page differs, the page does not.
async fn starts_from_disk_and_from_a_server(page: &Page) -> Result {
    let server = Server::start([("/".to_owned(), std::fs::read(&page.path).unwrap())])?;
    let knowledge = evtx_checkup::built_in();
    let articles = test_files::ending(root().join("kb"), "md").unwrap().len() as u64;
    for address in [file_address(&page.path), server.address("/")] {
        page.open_address(&address).await?;
        page.browser.wait_for(at::START).await?;
        assert_eq!(number(&page.text(at::START_KNOWN_ISSUES).await?), articles, "at {address}");
        page.browser.click(at::START_KNOWN_ISSUES).await?;
        page.browser
            .wait_until(&format!("document.querySelectorAll(\"{}\").length === {articles}", at::ARTICLES))
            .await?;
        page.browser.client().back().await.unwrap();
        page.browser.wait_for(at::START).await?;
        page.browser.click(at::KNOWN_ISSUES).await?;
        page.browser.wait_for(at::ARTICLES).await?;
        for id in FOUNDING.map(|(_, id, _)| id) {
            page.open_address(&format!("{address}#/kb/{id}")).await?;
            assert_eq!(page.text(at::TITLE).await?, title(&knowledge, id), "at {address}");
        }
    }
    let mut visits = server.visits();
    // Browsers connect more often than they ask.
    visits.retain(|visit| visit != "(connection)");
    assert!(visits.iter().all(|visit| visit == "GET / HTTP/1.1"), "{visits:?}");
    Ok(())
}

/// Each founding log, the article that explains some of its records, and a value for which it matches.
const FOUNDING: [(Article, &str, &str); 4] = [
    (Article::Q124641, "rdr-srv-already-running-sms-beta", "%%1056"),
    (Article::Q283472, "sms-bootstrap-unexpected-exit", "SMS_BOOTSTRAP"),
    (Article::Q101355, "messenger-name-conflict", "%%2270"),
    (Article::Q277770, "exchange-inetinfo-service-not-in-program", "%%1083"),
];

async fn each_founding_log_shows_its_article(page: &Page) -> Result {
    for (article, id, value) in FOUNDING {
        page.open("").await?;
        let log = founding(article);
        page.drop_logs(&[("System.evtx", log.evtx())]).await?;
        page.check_finding(&log, id, value).await?;
        assert_eq!(page.records().await?, log.events.len() as u64, "{id}: the receipt's records");
        let found = page.findings().await?;
        let others = FOUNDING.iter().filter(|(_, other, _)| *other != id && found.contains_key(*other));
        assert_eq!(others.count(), 0, "{id}: another founding article is listed: {found:?}");
        // Its near misses are what the general articles are about; nothing else is in the log.
        let unrelated = found.keys().filter(|found| *found != id && !found.starts_with("service-"));
        assert_eq!(unrelated.collect::<Vec<_>>(), [""; 0], "{id}: an unrelated article is listed");
    }
    Ok(())
}

async fn other_kinds_of_logs_are_read_too(page: &Page) -> Result {
    let (article, id, value) = FOUNDING[2];
    let log = founding(article);
    // Names do not say what a file is.
    for (name, bytes, has_xml) in [("NT4.evtx", log.evt(), false), ("export.csv", export(&log.evtx()), true)] {
        page.open("").await?;
        page.drop_logs(&[(name, bytes)]).await?;
        page.check_evidence(&log, id, value).await?;
        assert_eq!(page.records().await?, log.events.len() as u64, "{name}: the receipt's records");
        match has_xml {
            true => page.check_xml(&log, value).await?,
            false => {
                drop(page.browser.wait_until(&format!("!document.querySelector({})", json!(at::XML_BUTTON))).await?)
            }
        }
        page.check_console(name).await?;
    }
    Ok(())
}

async fn archives_and_folders_are_read_too(page: &Page) -> Result {
    let logs = FOUNDING.map(|(article, ..)| founding(article));
    let inner = zip(&[("deep/System.evtx", &logs[3].evtx())]);
    // Names do not say what a file is.
    let archive = zip(&[
        ("logs/SYSTEM.LOG", &logs[0].evtx()),
        ("logs/sysevent", &logs[1].evt()),
        ("logs/export.txt", &export(&logs[2].evtx())),
        ("inner.dat", &inner),
        ("readme.txt", b"Logs of the customer."),
    ]);
    page.open("").await?;
    page.browser.drop_files(&[&page.files.write("customer.dat", &archive)?]).await?;
    page.checked(4).await?;
    assert_eq!(page.records().await?, logs.iter().map(|log| log.events.len() as u64).sum::<u64>());
    let receipt = page.browser.texts(at::RECEIPT_FILES).await?;
    for name in ["logs/SYSTEM.LOG", "logs/sysevent", "logs/export.txt", "inner.dat › deep/System.evtx"] {
        let name = format!("customer.dat › {name}");
        assert!(receipt.iter().any(|line| line.contains(&name)), "{name} is not in the receipt: {receipt:?}");
    }
    for ((_, id, value), log) in FOUNDING.iter().zip(&logs) {
        page.check_evidence(log, id, value).await?;
    }
    page.check_console("an archive").await?;

    // Firefox's driver gives no folder to a page.
    if page.browser.kind() == Kind::Firefox {
        return Ok(());
    }
    let folder = page.files.path().join("Logs");
    std::fs::create_dir_all(folder.join("archived")).unwrap();
    std::fs::write(folder.join("System.evtx"), logs[0].evtx()).unwrap();
    std::fs::write(folder.join("archived/old.zip"), zip(&[("System.evtx", &logs[2].evtx())])).unwrap();
    std::fs::write(folder.join("desktop.ini"), "[.ShellClassInfo]").unwrap();
    page.open("").await?;
    page.browser.choose_files(at::CHOOSE_FOLDER, &[&folder]).await?;
    page.checked(2).await?;
    let receipt = page.browser.texts(at::RECEIPT_FILES).await?;
    for name in ["Logs/System.evtx", "Logs/archived/old.zip › System.evtx"] {
        assert!(receipt.iter().any(|line| line.contains(name)), "{name} is not in the receipt: {receipt:?}");
    }
    Ok(())
}

async fn display_text_of_a_log_gives_its_messages(page: &Page) -> Result {
    let (article, id, _) = FOUNDING[2];
    let log = founding(article);
    let mut text = MtaWriter::new();
    text.publisher("Service Control Manager", &[(2, "Fehler")], &[(0, "Keine")]);
    log.expected.iter().for_each(|record| text.message(*record, "Der Dienst wurde nicht gestartet."));
    let (log, text) = (log.evtx(), text.finish());
    let zipped = zip(&[("LocaleMetaData/System_1031.MTA", &text), ("System.evtx", &log)]);
    for files in [vec![("System.evtx", log), ("System_1031.MTA", text)], vec![("customer.zip", zipped)]] {
        page.open("").await?;
        let paths = files.iter().map(|(name, bytes)| page.files.write(name, bytes)).collect::<Result<Vec<_>>>()?;
        page.browser.drop_files(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>()).await?;
        page.checked(1).await?;
        page.select(id).await?;
        page.browser.wait_for(at::RECORDS).await?;
        let lines = page.browser.texts(at::RECORD_LINE).await?;
        assert_eq!(lines[0], "Der Dienst wurde nicht gestartet.", "{}", files[0].0);
        page.check_console(files[0].0).await?;
    }
    // Without its log it is said what it is.
    page.open("").await?;
    page.drop_logs(&[("System_1031.MTA", MtaWriter::new().finish())]).await?;
    let receipt = page.browser.texts(at::RECEIPT_FILES).await?;
    assert!(receipt[0].contains(FileKind::Mta.refusal().unwrap()), "{receipt:?}");
    Ok(())
}

/// A log as Event Viewer exports it, in UTF-16.
fn export(log: &[u8]) -> Vec<u8> {
    format!("\u{feff}{}", export::export(log)).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

async fn chosen_and_dropped_files_merge(page: &Page) -> Result {
    let [rdr, _, messenger, exchange] = FOUNDING.map(|(article, ..)| founding(article));
    page.open("").await?;
    let chosen = [page.files.write("first.evtx", messenger.evtx())?, page.files.write("second.evtx", exchange.evtx())?];
    page.browser.choose_files(at::CHOOSE, &[&chosen[0], &chosen[1]]).await?;
    page.checked(2).await?;
    assert_eq!(page.records().await?, (messenger.events.len() + exchange.events.len()) as u64);
    // One log more, and one that was there already: its records count once.
    page.drop_logs(&[("third.evtx", rdr.evtx()), ("fourth.evtx", messenger.evtx())]).await?;
    page.checked(4).await?;
    let all = [&messenger, &exchange, &rdr];
    assert_eq!(page.records().await?, all.iter().map(|log| log.events.len() as u64).sum::<u64>());
    let found = page.findings().await?;
    for (id, count) in [
        ("messenger-name-conflict", messenger.expected.len()),
        ("exchange-inetinfo-service-not-in-program", exchange.expected.len()),
        ("rdr-srv-already-running-sms-beta", rdr.expected.len()),
    ] {
        assert_eq!(found.get(id), Some(&(count as u64)), "{id} in {found:?}");
    }
    let receipt = page.browser.texts(at::RECEIPT_FILES).await?;
    for name in ["first.evtx", "second.evtx", "third.evtx", "fourth.evtx"] {
        assert!(receipt.iter().any(|line| line.contains(name)), "{name} is not in the receipt: {receipt:?}");
    }
    let repeated = format!("{} also in another file", with_commas(messenger.events.len()));
    assert!(receipt.iter().any(|line| line.contains("fourth.evtx") && line.contains(&repeated)), "{receipt:?}");
    Ok(())
}

/// A number as the page writes it.
fn with_commas(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", with_commas(number / 1000), number % 1000),
    }
}

/// What a log has given up is read when somebody asks for it, and marked.
async fn carving_is_a_choice(page: &Page) -> Result {
    let (article, id, _) = FOUNDING[2];
    let log = founding(article);
    let mut bytes = log.evtx();
    // The last chunk's header forgets all its records but the first.
    let chunk = bytes.len() - CHUNK_SIZE as usize;
    let first = u32::from_le_bytes(bytes[chunk + 516..chunk + 520].try_into().unwrap());
    bytes[chunk + 48..chunk + 52].copy_from_slice(&(512 + first).to_le_bytes());
    page.open("").await?;
    page.drop_logs(&[("System.evtx", bytes)]).await?;
    let (before, found) = (page.records().await?, page.findings().await?[id]);
    page.browser.script("document.querySelector('.receipt').open = true").await?;
    page.browser.click(at::CARVE).await?;
    page.browser.wait_until(&format!("!document.querySelector({})", json!(at::CARVE))).await?;
    page.checked(1).await?;
    assert_eq!(page.records().await?, before);
    let receipt = page.text(at::RECEIPT_FILES).await?;
    assert!(receipt.contains(" carved"), "{receipt}");
    let carved = page.findings().await?[id];
    println!("{found} {carved}");
    // They are among all records too, and marked there.
    page.browser.script("location.hash = '#/events'").await?;
    let said = format!("{} records", with_commas(log.events.len()));
    page.browser
        .wait_until(&format!("document.querySelector('.outcome [role=status]')?.textContent === {}", json!(said)))
        .await?;
    page.browser.wait_until("document.querySelector('[role=grid] .badge')?.textContent === 'Carved'").await?;
    page.check_console("carving").await
}

async fn the_sample_shows_findings(page: &Page) -> Result {
    page.open("").await?;
    page.browser.click(at::SAMPLE).await?;
    page.checked(1).await?;
    assert_eq!(page.records().await?, sample_events().len() as u64);
    assert!(!page.findings().await?.is_empty(), "the sample shows nothing");
    page.browser.wait_for(at::RECORDS).await
}

async fn cancelling_keeps_what_was_found(page: &Page) -> Result {
    let log = large_log(&page.files, 320)?;
    page.open("").await?;
    // Clicks as soon as something was found. Through WebDriver the click would come after the end on a fast machine.
    page.browser
        .script_with(
            "const [progress, cancel, finding] = arguments, there = css => document.querySelector(css) !== null;
             window.took = null;
             new MutationObserver((_, observer) => {
               if (!there(progress) || !there(finding)) return;
               observer.disconnect();
               const start = performance.now();
               const look = () => there(progress) ? requestAnimationFrame(look) : window.took = performance.now() - start;
               document.querySelector(cancel).click();
               look();
             }).observe(document.body, { childList: true, subtree: true });",
            [json!(at::PROGRESS), json!(at::CANCEL), json!(at::FINDINGS)],
        )
        .await?;
    page.browser.drop_files(&[&log]).await?;
    let took = page.browser.wait_until("window.took").await?;
    assert!(took.as_f64().is_some_and(|took| took < 500.0), "cancelling took {took} ms");
    let (found, records) = (page.findings().await?, page.records().await?);
    assert!(!found.is_empty() && records > 0, "{records} records, {found:?}");
    page.says_incomplete("cancelled").await?;
    // What workers had in hand comes to nothing, and they are there for what is asked next.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((page.findings().await?, page.records().await?), (found, records), "it went on after the end");
    page.browser.wait_for(at::RECORDS).await?;
    let (article, id, value) = FOUNDING[2];
    let small = founding(article);
    page.drop_logs(&[("System.evtx", small.evtx())]).await?;
    page.checked(2).await?;
    assert_eq!(page.records().await?, records + small.events.len() as u64);
    page.check_finding(&small, id, value).await?;
    page.says_incomplete("cancelled").await
}

/// A browser may look at the disk for each size; what is not asked for yet is accounted for too.
async fn cancelling_before_all_sizes_are_known(page: &Page) -> Result {
    page.open("").await?;
    page.browser
        .script_with(
            "const [cancel] = arguments;
             const { get } = Object.getOwnPropertyDescriptor(Blob.prototype, 'size');
             Object.defineProperty(Blob.prototype, 'size', { get() {
               const end = performance.now() + 30;
               while (performance.now() < end);
               return get.call(this);
             } });
             new MutationObserver((_, observer) => {
               if (!document.querySelector(cancel)) return;
               observer.disconnect();
               document.querySelector(cancel).click();
             }).observe(document.body, { childList: true, subtree: true });",
            [json!(at::CANCEL)],
        )
        .await?;
    let log = founding(Article::Q101355).evtx();
    let names: Vec<String> = (0..16).map(|number| format!("{number}.evtx")).collect();
    let files: Vec<(&str, Vec<u8>)> = names.iter().map(|name| (name.as_str(), log.clone())).collect();
    page.drop_logs(&files).await?;
    page.checked(files.len()).await?;
    let receipt = page.browser.texts(at::RECEIPT_FILES).await?;
    let unread = format!("{} bytes of the file were not read", log.len() as u64 - HEADER_SIZE);
    let last = receipt.iter().find(|line| line.contains("15.evtx")).unwrap();
    assert!(last.contains(&unread), "{last}");
    page.check_console("cancelled before all sizes were known").await
}

async fn unreadable_files_are_explained(page: &Page) -> Result {
    let log = founding(Article::Q101355);
    let whole = log.evtx();
    let all = log.events.len() as u64;
    let mut no_header = whole.clone();
    no_header[..4096].fill(0);
    let mut flipped = whole.clone();
    // A letter of a computer name in the second chunk becomes a small one.
    let name: Vec<u8> = "SERVER12345".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let second = 4096 + 65536;
    let place = whole[second..].windows(name.len()).rposition(|bytes| bytes == name).unwrap();
    flipped[second + place] ^= 0x20;
    // In the middle of the records of the last chunk, whose header says where they end.
    let last = whole.len() - 65536;
    let used = u32::from_le_bytes(whole[last + 48..last + 52].try_into().unwrap());
    let cut = used / 2;
    let refusal = |kind: FileKind| kind.refusal().unwrap().to_owned();

    type Records = std::ops::RangeInclusive<u64>;
    let cases: [(&str, Vec<u8>, Records, String); 8] = [
        ("notes.txt", b"Nothing to see here.\r\n".to_vec(), 0..=0, refusal(FileKind::Text)),
        ("empty.evtx", Vec::new(), 0..=0, refusal(FileKind::Empty)),
        ("noise.evtx", (0..20_000_u32).map(|n| (n * n / 7) as u8).collect(), 0..=0, refusal(FileKind::Unknown)),
        ("no records.evtx", evtx([]), 0..=0, "no records".to_owned()),
        ("cut.evtx", whole[..last + cut as usize].to_vec(), 1..=all - 1, Reason::ChunkCut(cut).to_string()),
        ("no header.evtx", no_header, all..=all, Reason::FileHeader.to_string()),
        ("flipped.evtx", flipped, all..=all, Reason::ChunkChecksum.to_string()),
        // Only the header is there.
        ("header.evtx", whole[..4096].to_vec(), 0..=0, "header.evtx".to_owned()),
    ];
    for (name, bytes, records, sentence) in cases {
        page.open("").await?;
        page.drop_logs(&[(name, bytes)]).await?;
        let read = page.records().await?;
        assert!(records.contains(&read), "{name}: {read} records were read, not {records:?}");
        let receipt = page.browser.texts(at::RECEIPT_FILES).await?;
        assert!(receipt[0].contains(name) && receipt[0].contains(&sentence), "{name}: {sentence:?} not in {receipt:?}");
        assert!(!page.text(at::TITLE).await?.is_empty(), "{name}: the page has no headline");
        let shown = page.browser.script("return document.querySelector('main').innerText.length").await?;
        assert!(shown.as_u64() > Some(40), "{name}: the page is all but blank");
        page.check_console(name).await?;
    }
    Ok(())
}

async fn hostile_text_stays_text(page: &Page) -> Result {
    const ELEMENT: &str = "<img src=x onerror=window.hacked=1>";
    const SCRIPT: &str = "<script>window.hacked=1</script>";
    const TURNED: &str = "\u{202e}gpj.\u{2066}exe</bdi><b>";
    let long = format!("Long {}", "W".repeat(30_000));
    let service = |name: String| Event::service_control_manager(7000).param(name).param("%%2").computer(TURNED);
    let log = evtx([
        service(SCRIPT.to_owned()),
        service(ELEMENT.to_owned()),
        service(long.clone()),
        Event::classic(ELEMENT, 13).level(Severity::Error).string(SCRIPT).computer(ELEMENT),
        Event::classic(TURNED, 13).level(Severity::Error).string(ELEMENT).channel(SCRIPT),
    ]);
    let name = format!("{ELEMENT}{}.evtx", TURNED.replace('/', ""));
    page.open("").await?;
    page.drop_logs(&[(&name, log)]).await?;
    assert_eq!(page.records().await?, 5);
    let (id, count) = page.findings().await?.into_iter().next().expect("a failed start is a finding");
    page.select(&id).await?;
    page.evidence(count as usize).await?;
    for row in 1..=3 {
        page.show_xml(row).await?;
    }
    let text = page.browser.script("return document.getElementById('app').textContent").await?;
    let text = text.as_str().unwrap_or_default();
    for hostile in [ELEMENT, SCRIPT, TURNED, &name, long.as_str()] {
        assert!(text.contains(hostile), "{:.60?} is not shown", hostile);
    }
    check_hostile_text(page).await?;
    page.browser.click(at::UNEXPLAINED_VIEW).await?;
    page.browser.wait_for(at::UNEXPLAINED).await?;
    let kinds = page.browser.texts(at::UNEXPLAINED).await?;
    assert!(kinds.iter().any(|cell| cell == ELEMENT) && kinds.iter().any(|cell| cell == TURNED), "{kinds:?}");
    check_hostile_text(page).await
}

/// Nothing of hostile text that is shown is more than text.
async fn check_hostile_text(page: &Page) -> Result {
    let injected = page.browser.script("return document.querySelectorAll('#app :is(img, script, iframe, b)').length");
    assert_eq!(injected.await?, json!(0), "an element was injected");
    assert_eq!(page.browser.script("return window.hacked ?? null").await?, Value::Null, "a script ran");
    // What turns the direction of text ends with the element that it is in.
    let loose = page.browser.script(
        "const all = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT), loose = [];
         while (all.nextNode()) {
           if (/[\\u202a-\\u202e\\u2066-\\u2069]/.test(all.currentNode.data) && !all.currentNode.parentElement.closest('bdi, pre'))
             loose.push(all.currentNode.parentElement.outerHTML.slice(0, 200));
         }
         return loose;",
    );
    assert_eq!(loose.await?, json!([]), "text that can turn what is around it");
    let wide = page.browser.script("return document.documentElement.scrollWidth - innerWidth").await?;
    assert!(wide.as_i64() <= Some(0), "a long value makes the page {wide} px wider than the window");
    Ok(())
}

/// Tries to reach a server in the ways in which a page loads or sends things; the last argument is called when all had
/// their time.
const LOAD: &str = "
    const [server, done] = arguments, attempt = reach => { try { reach()?.catch?.(() => {}); } catch {} };
    const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
    attempt(() => fetch(server + '/fetch'));
    attempt(() => fetch(server + '/no-cors', { mode: 'no-cors', method: 'POST', body: 'log' }));
    attempt(() => navigator.sendBeacon(server + '/beacon', 'log'));
    attempt(() => { new WebSocket(server.replace('http', 'ws') + '/socket'); });
    attempt(() => { new EventSource(server + '/events'); });
    attempt(() => add('img', { src: server + '/img' }));
    attempt(() => add('script', { src: server + '/script' }));
    attempt(() => add('link', { rel: 'stylesheet', href: server + '/css' }));
    attempt(() => { document.body.style.background = `url(${server}/background)`; });
    attempt(() => {
      const script = `fetch('${server}/worker', { mode: 'no-cors' }).catch(() => {}); importScripts('${server}/import')`;
      const worker = new Worker(URL.createObjectURL(new Blob([script])));
      worker.onerror = event => event.preventDefault();
    });
    setTimeout(done, 700);";
/// The same for frames and forms.
const NAVIGATE: &str = "
    const add = (name, values) => document.body.appendChild(Object.assign(document.createElement(name), values));
    add('iframe', { src: arguments[0] + '/iframe' });
    // Firefox tells the script that the policy forbids this.
    try { add('form', { action: arguments[0] + '/form' }).submit(); } catch {}";
const LOADS: [&str; 11] =
    ["fetch", "no-cors", "beacon", "socket", "events", "img", "script", "css", "background", "worker", "import"];
const NAVIGATIONS: [&str; 1] = ["form"];

async fn nothing_reaches_the_network(page: &Page) -> Result {
    let served = std::fs::read(&page.path).unwrap();
    let bare = b"<!DOCTYPE html><title>No policy</title><body>".to_vec();
    let server = Server::start([("/".to_owned(), served), ("/bare".to_owned(), bare)])?;
    let target = Server::start([])?;
    let goal = [json!(target.address(""))];
    for address in [file_address(&page.path), server.address("/")] {
        page.open_address(&address).await?;
        let here = page.browser.client().current_url().await.unwrap();
        page.browser.script_async(LOAD, goal.clone()).await?;
        assert_eq!(target.visits(), [""; 0], "from {address}");
        page.browser.script_with(NAVIGATE, goal.clone()).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        // Chromium opens a connection for a navigation before it asks the policy. Nothing is sent over that.
        let mut visits = target.visits();
        visits.retain(|visit| visit != "(connection)");
        assert_eq!(visits, [""; 0], "from {address}");
        assert_eq!(page.browser.client().current_url().await.unwrap(), here);
        let messages = page.browser.console().await?;
        let policy = |text: &str| text.contains("Content Security Policy") || text.contains("Content-Security-Policy");
        assert!(messages.iter().any(|message| policy(&message.text)), "the browser says nothing of it: {messages:?}");
    }
    // All these ways lead to the server where no policy forbids it. Otherwise the above would prove nothing.
    page.browser.open(&server.address("/bare")).await?;
    page.browser.script_async(LOAD, goal.clone()).await?;
    let loaded = target.visits();
    page.browser.script_with(NAVIGATE, goal).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    for (ways, visits) in [(&LOADS[..], loaded), (&NAVIGATIONS, target.visits())] {
        for way in ways {
            let came = visits.iter().any(|visit| visit.contains(&format!(" /{way}")));
            assert!(came, "without a policy, {way} does not reach the server either: {visits:?}");
        }
    }
    page.browser.console().await.map(drop)
}

async fn works_offline(page: &Page) -> Result {
    let server = Server::start([("/".to_owned(), b"<!DOCTYPE html>".to_vec())])?;
    page.browser.offline(true).await?;
    assert!(page.browser.open(&server.address("/")).await.is_err(), "the browser is not offline");
    page.browser.console().await?;
    page.open("").await?;
    let (article, id, value) = FOUNDING[0];
    let log = founding(article);
    page.drop_logs(&[("System.evtx", log.evtx())]).await?;
    page.check_finding(&log, id, value).await?;
    page.browser.offline(false).await
}

async fn works_by_keyboard(page: &Page) -> Result {
    page.open("").await?;
    let mut order = Vec::new();
    for _ in 0..12 {
        page.browser.press(Key::Tab).await?;
        let focus = page.focus(&[at::SKIP, at::CHOOSE, at::SAMPLE]).await?;
        order.extend(focus);
    }
    order.dedup();
    assert_eq!(order.get(..3), Some(&[at::SKIP, at::CHOOSE, at::SAMPLE].map(str::to_owned)[..]), "what Tab reaches");

    page.open("").await?;
    page.tab_to(at::SKIP).await?;
    page.browser.press(Key::Enter).await?;
    page.browser.wait_until("document.activeElement === document.getElementById('main')").await?;
    page.tab_to(at::SAMPLE).await?;
    page.browser.press(Key::Enter).await?;
    page.checked(1).await?;

    page.drop_logs(&[("System.evtx", founding(Article::Q124641).evtx())]).await?;
    page.checked(2).await?;
    // Not the first: that one is shown anyway.
    page.tab_to(at::LAST_FINDING).await?;
    page.browser.press(Key::Enter).await?;
    let id = "document.activeElement.getAttribute('href')";
    page.browser.wait_until(&format!("location.hash === {id}")).await?;
    page.browser.wait_until("document.activeElement.getAttribute('aria-current') === 'true'").await?;
    let id = page.browser.script(&format!("return {id}")).await?;
    let id = id.as_str().and_then(|href| href.rsplit('/').next()).unwrap_or_default();
    assert_eq!(page.text(at::FINDING_TITLE).await?, title(&evtx_checkup::built_in(), id));

    page.browser.press('4').await?;
    page.browser.wait_until("location.hash === '#/unexplained'").await?;
    page.browser.press('?').await?;
    page.browser.wait_until("document.querySelector('dialog[open]')?.contains(document.activeElement)").await?;
    page.browser.press(Key::Escape).await?;
    page.browser.wait_until("!document.querySelector('dialog[open]')").await?;
    Ok(())
}

/// Light or dark is chosen once, and the page is in it at its next start.
async fn light_or_dark_is_a_choice(page: &Page) -> Result {
    let ground = "return getComputedStyle(document.body).backgroundColor";
    page.open("").await?;
    page.browser.wait_for(at::START).await?;
    let mut seen = Vec::new();
    for theme in ["light", "dark"] {
        page.browser
            .script_with(
                "const choice = document.querySelector(arguments[0]);
                 choice.value = arguments[1];
                 choice.dispatchEvent(new Event('change', { bubbles: true }));",
                [json!(at::THEME), json!(theme)],
            )
            .await?;
        page.open("").await?;
        page.browser.wait_for(at::START).await?;
        seen.push(page.browser.script(ground).await?);
        let chosen = page.browser.script_with("return document.querySelector(arguments[0]).value", [json!(at::THEME)]);
        assert_eq!(chosen.await?, json!(theme));
    }
    assert_ne!(seen[0], seen[1], "the ground's colours");
    Ok(())
}

async fn dead_workers_are_replaced(page: &Page) -> Result {
    page.browser
        .before_workers(
            "addEventListener('message', event => {
               // The end of a slice's task: the number of its first chunk, and how many there are.
               const content = event.data?.content ?? new Uint8Array();
               const end = [...content].slice(-3).join();
               const poison = ${window.name || false} && (end === '112,128,1' || end.endsWith(',112,16'));
               const named = new TextDecoder().decode(content).includes('poison.evtx');
               if (event.data !== 'die' && !poison && !named) return;
               event.stopImmediatePropagation();
               throw Error('killed by a test');
             });",
        )
        .await?;
    page.browser
        .before_page(
            "const workers = [];
             window.ready = 0;
             window.Worker = class extends Worker {
               constructor(...all) {
                 super(...all);
                 workers.push(this);
                 this.addEventListener('message', () => window.ready++, { once: true });
               }
             };
             window.killAll = () => workers.splice(0).map(worker => worker.postMessage('die')).length;",
        )
        .await?;
    let (article, id, value) = FOUNDING[2];
    let log = founding(article);
    page.open("").await?;
    page.browser.wait_until("ready >= Math.min(navigator.hardwareConcurrency, 8)").await?;
    page.browser.script("killAll()").await?;
    page.drop_logs(&[("System.evtx", log.evtx())]).await?;
    page.check_finding(&log, id, value).await?;
    assert_eq!(page.records().await?, log.events.len() as u64);

    page.open("").await?;
    page.browser
        .script_with(
            "const [progress, finding] = arguments;
             new MutationObserver((_, observer) => {
               if (!document.querySelector(progress) || !document.querySelector(finding)) return;
               observer.disconnect();
               killAll();
             }).observe(document.body, { childList: true, subtree: true });",
            [json!(at::PROGRESS), json!(at::FINDINGS)],
        )
        .await?;
    let large = large_log(&page.files, 160)?;
    let bytes = std::fs::read(&large).unwrap();
    let mut counted = Count(0);
    Reader::default().slice(&bytes[HEADER_SIZE as usize..], HEADER_SIZE, &mut counted);
    page.browser.drop_files(&[&large]).await?;
    page.checked(1).await?;
    // What they had in hand was tried again.
    assert_eq!(page.records().await?, counted.0);
    assert!(page.browser.texts(at::RECEIPT_INCOMPLETE).await?.is_empty());

    // Where one dies again, it is said what was not read: the pieces beside it are.
    page.browser.script("window.name = 'true'").await?;
    page.open("").await?;
    page.browser.drop_files(&[&large]).await?;
    page.checked(1).await?;
    let read = page.records().await?;
    assert!((counted.0 - counted.0 / 100..counted.0).contains(&read), "{read} of {} records", counted.0);
    page.says_incomplete("killed by a test").await?;
    page.drop_logs(&[("System.evtx", log.evtx())]).await?;
    page.checked(2).await?;
    assert_eq!(page.records().await?, read + log.events.len() as u64);
    page.check_finding(&log, id, value).await?;

    // Small files come to a worker together; one over which it dies does not take the others with it.
    page.open("").await?;
    let other = founding(FOUNDING[1].0);
    let files = [("System.evtx", log.evtx()), ("poison.evtx", other.evtx()), ("other.evtx", other.evtx())];
    page.drop_logs(&files).await?;
    page.checked(3).await?;
    assert_eq!(page.records().await?, (log.events.len() + other.events.len()) as u64);
    page.says_incomplete("killed by a test").await
}

/// Counts records.
struct Count(u64);

impl Sink for Count {
    fn record(&mut self, _record: &LogRecord<'_>) {
        self.0 += 1;
    }
}

/// The page says of all real logs together what the command line says.
async fn all_real_logs_at_once(page: &Page) -> Result {
    let Some(folder) = test_files::folder("EVTX_SAMPLES") else { return Ok(()) };
    let paths = test_files::all(folder).unwrap();
    let logs: Vec<&Path> = paths
        .iter()
        .filter(|path| path.extension().is_none_or(|ending| ending != "tsv"))
        .map(PathBuf::as_path)
        .collect();
    let command = Command::new(env!("CARGO_BIN_EXE_evtx-checkup")).args(["--format", "json"]).args(&logs).output();
    let expected: Value = serde_json::from_slice(&command.unwrap().stdout).unwrap();
    let sum = |field: &str| {
        expected["files"].as_array().unwrap().iter().map(|file| file[field].as_u64().unwrap()).sum::<u64>()
    };
    page.open("").await?;
    page.browser.choose_files(at::CHOOSE, &logs).await?;
    page.browser.wait_for(at::DONE).await?;
    assert_eq!(page.records().await?, sum("records"));
    // The list of so many files is made when somebody opens it.
    assert!(page.browser.texts(at::RECEIPT_FILES).await?.is_empty());
    page.browser.click(at::RECEIPT_SUMMARY).await?;
    page.checked(logs.len()).await?;
    let lost = page.text(at::RECEIPT_LOST).await?;
    assert_eq!(number(&lost), sum("damaged"), "{lost}");
    let found: BTreeSet<String> = page.findings().await?.into_keys().collect();
    let ids = expected["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap().to_owned());
    let ids: BTreeSet<String> = ids.collect();
    // A general article whose records exact ones explain is not in the list.
    let general = ["group-policy-no-domain-controller"].map(str::to_owned);
    assert_eq!(found.union(&general.into()).collect::<BTreeSet<_>>(), ids.iter().collect());
    page.check_console("all real logs").await
}

async fn a_page_without_workers_says_so(page: &Page) -> Result {
    page.browser.before_workers("throw Error('stillborn')").await?;
    page.open("").await?;
    page.drop_logs(&[("System.evtx", founding(FOUNDING[2].0).evtx())]).await?;
    page.checked(1).await?;
    page.says_incomplete("cannot run this page's workers").await
}

/// What a browser saves while the page shows a log opens from disk as if nothing had been shown, and works.
fn saved_copy(save_as: SaveAs) {
    let name = format!("saved_copy_{save_as:?}");
    if let Some(missing) = Desktop::missing() {
        return say(&format!("copies of the page are not saved and tested: {missing} not found"));
    }
    let desktop = Desktop::start().unwrap();
    let options = Options { display: Some(desktop.display().to_owned()), save_as, ..Options::default() };
    let (article, id, value) = FOUNDING[3];
    let log = founding(article);
    let copies = Folder::new().unwrap();
    let copy = copies.path().join("a copy.html");
    run_with(Kind::Chromium, &options, browser::built_page(), &name, async |page: &Page| {
        page.open("").await?;
        page.drop_logs(&[("System.evtx", log.evtx())]).await?;
        page.check_finding(&log, id, value).await?;
        let saved = desktop.save_page(&page.browser)?;
        std::fs::copy(saved, &copy).unwrap();
        Ok(())
    });
    run_with(Kind::Chromium, &Options::default(), copy.clone(), &name, async |page: &Page| {
        page.open("").await?;
        page.browser.wait_for(at::START).await?;
        for old in [at::RESULTS, at::RECEIPT, at::FINDINGS] {
            assert_eq!(page.browser.texts(old).await?, [""; 0], "the copy starts with {old}");
        }
        let headers = page.browser.script("return document.querySelectorAll('body header').length").await?;
        assert_eq!(headers, json!(1), "the copy shows the page more than once");
        page.drop_logs(&[("System.evtx", log.evtx())]).await?;
        page.check_finding(&log, id, value).await
    });
}

/// A browser, the page in it, and the files that it gets.
struct Page {
    browser: Browser,
    path: PathBuf,
    files: Folder,
}

/// A record that is shown as evidence.
struct Record {
    id: u64,
    marked: Vec<String>,
}

impl Page {
    async fn open(&self, fragment: &str) -> Result {
        let hash = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
        self.open_address(&(file_address(&self.path) + &hash)).await
    }

    /// Opens the page and waits until it can take a drop.
    async fn open_address(&self, address: &str) -> Result {
        self.browser.open(address).await?;
        self.browser.wait_until("performance.getEntriesByName('ready').length").await.map(drop)
    }

    /// Drops logs, given by name and content, and waits until they are checked if they are the first.
    async fn drop_logs(&self, logs: &[(&str, Vec<u8>)]) -> Result {
        let first = self.browser.texts(at::RESULTS).await?.is_empty();
        let paths = logs.iter().map(|(name, bytes)| self.files.write(name, bytes)).collect::<Result<Vec<_>>>()?;
        self.browser.drop_files(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>()).await?;
        if first { self.checked(logs.len()).await } else { Ok(()) }
    }

    /// Waits until `files` files are checked.
    async fn checked(&self, files: usize) -> Result {
        let (listed, running) = (json!(at::RECEIPT_FILES), json!(at::PROGRESS));
        let listed = format!("document.querySelectorAll({listed}).length === {files}");
        self.browser.wait_until(&format!("{listed} && !document.querySelector({running})")).await.map(drop)
    }

    /// The text of the one element.
    async fn text(&self, css: &str) -> Result<String> {
        self.browser.wait_for(css).await?;
        Ok(self.browser.texts(css).await?.swap_remove(0))
    }

    /// How many records the receipt says were read.
    async fn records(&self) -> Result<u64> {
        Ok(number(&self.text(at::RECEIPT_RECORDS).await?))
    }

    /// The findings that are listed, with their numbers of records.
    async fn findings(&self) -> Result<BTreeMap<String, u64>> {
        let listed = self.browser.script_with(
            "return Array.from(document.querySelectorAll(arguments[0]), link =>
               [link.getAttribute('href').split('/').pop(), link.querySelector('.count').textContent]);",
            [json!(at::FINDINGS)],
        );
        let listed: Vec<(String, String)> = serde_json::from_value(listed.await?).unwrap();
        Ok(listed.into_iter().map(|(id, count)| (id, number(&count))).collect())
    }

    /// Opens a finding that is listed.
    async fn select(&self, id: &str) -> Result {
        self.browser.click(&format!("{}[href='#/finding/{id}']", at::FINDINGS)).await?;
        let shown = format!("document.querySelector({})?.textContent", json!(at::FINDING_TITLE));
        self.browser.wait_until(&format!("{shown} === {}", json!(title(&evtx_checkup::built_in(), id)))).await.map(drop)
    }

    /// The records of the finding that is shown, once there are `count`.
    async fn evidence(&self, count: usize) -> Result<Vec<Record>> {
        self.browser
            .wait_until(&format!("document.querySelectorAll({}).length === {count}", json!(at::RECORDS)))
            .await?;
        let opened = format!(
            "Array.from(document.querySelectorAll({rows}), row => {{
               row.querySelector('details').open = true;
               return row.querySelector({number});
             }}).every(number => number)",
            rows = json!(at::RECORDS),
            number = json!(at::RECORD_NUMBER),
        );
        // A record's values are there when it is open.
        self.browser.wait_until(&opened).await?;
        let rows = self.browser.script_with(
            "const [rows, number, marked] = arguments;
             return Array.from(document.querySelectorAll(rows), row => [row.querySelector(number).textContent,
               Array.from(row.querySelectorAll(marked), value => value.textContent)]);",
            [json!(at::RECORDS), json!(at::RECORD_NUMBER), json!(at::RECORD_MARKED)],
        );
        let rows: Vec<(String, Vec<String>)> = serde_json::from_value(rows.await?).unwrap();
        Ok(rows.into_iter().map(|(text, marked)| Record { id: number(&text), marked }).collect())
    }

    /// Opens the XML of the n-th record, which is open, and gives that.
    async fn show_xml(&self, row: usize) -> Result<String> {
        let row = format!("{}:nth-child({row})", at::RECORDS);
        self.browser.click(&format!("{row} {}", at::XML_BUTTON)).await?;
        self.text(&format!("{row} {}", at::XML)).await
    }

    /// The finding is there with its evidence, its XML and its article.
    async fn check_finding(&self, log: &FoundingLog, id: &str, value: &str) -> Result {
        self.check_evidence(log, id, value).await?;
        self.check_xml(log, value).await?;
        let sections = self.browser.texts(at::FINDING_SECTIONS).await?;
        let has = |name: &str| sections.iter().any(|section| section == name);
        let whole = has("Symptoms") && has("Cause") && (has("Resolution") || has("Workaround"));
        assert!(whole, "{id} has only {sections:?}");
        Ok(())
    }

    /// The finding is there with exactly the log's expected records, each marked with the value.
    async fn check_evidence(&self, log: &FoundingLog, id: &str, value: &str) -> Result {
        let found = self.findings().await?;
        assert_eq!(found.get(id), Some(&(log.expected.len() as u64)), "{id} in {found:?}");
        self.select(id).await?;
        let evidence = self.evidence(log.expected.len()).await?;
        let newest_first: Vec<u64> = log.expected.iter().rev().copied().collect();
        assert_eq!(evidence.iter().map(|record| record.id).collect::<Vec<_>>(), newest_first, "{id}: the evidence");
        // An error code is shown with its name.
        let shown = if value.starts_with("%%") { codes::show(value).into_owned() } else { value.to_owned() };
        for record in &evidence {
            let marked = record.marked.contains(&shown);
            assert!(marked, "{id}: record {} has not {shown} marked but {:?}", record.id, record.marked);
        }
        Ok(())
    }

    /// The newest of the expected records, which is open, can be shown as XML.
    async fn check_xml(&self, log: &FoundingLog, value: &str) -> Result {
        let xml = self.show_xml(1).await?;
        let element = format!("<EventRecordID>{}</EventRecordID>", log.expected[log.expected.len() - 1]);
        assert!(xml.contains(&element) && xml.contains(value), "{element} and {value} are not both in {xml}");
        Ok(())
    }

    /// The receipt says that not all was read, and why.
    async fn says_incomplete(&self, reason: &str) -> Result {
        self.browser.wait_for(at::RECEIPT_INCOMPLETE).await?;
        let receipt = self.browser.texts(at::RECEIPT_FILES).await?;
        assert!(receipt.iter().any(|line| line.contains(reason)), "{reason:?} is not in the receipt: {receipt:?}");
        Ok(())
    }

    /// Which of the selectors fits what has the focus; that must be seen to have it.
    async fn focus(&self, selectors: &[&str]) -> Result<Option<String>> {
        let focus = self.browser.script_with(
            "const focused = document.activeElement, found = arguments[0].find(css => focused.matches(css));
             // Behind the page's last element, Tab goes to the browser's own buttons.
             if (!found || !document.hasFocus()) return [null, true];
             // A file input is out of sight; its label shows its focus.
             const seen = focused.matches('label input') ? focused.closest('label') : focused;
             const style = getComputedStyle(seen);
             return [found, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0];",
            [json!(selectors)],
        );
        let (found, seen): (Option<String>, bool) = serde_json::from_value(focus.await?).unwrap();
        assert!(seen, "one does not see that {found:?} has the focus");
        Ok(found)
    }

    /// Presses Tab until what the CSS selector finds has the focus.
    async fn tab_to(&self, css: &str) -> Result {
        for _ in 0..60 {
            self.browser.press(Key::Tab).await?;
            if self.focus(&[css]).await?.is_some() {
                return Ok(());
            }
        }
        panic!("Tab does not reach {css}")
    }

    /// The browser has nothing to complain about.
    async fn check_console(&self, when: &str) -> Result {
        let messages = self.browser.console().await?;
        let bad: Vec<_> = messages.iter().filter(|message| message.level > Level::Information).collect();
        assert!(bad.is_empty(), "{when}: the console has {bad:#?}");
        Ok(())
    }
}

/// Runs a test in a new browser.
fn run(kind: Kind, name: &str, test: impl AsyncFnOnce(&Page) -> Result) {
    run_with(kind, &Options::default(), browser::built_page(), name, test);
}

/// Runs a test in a new browser; the test is not passed when the console has errors at its end.
fn run_with(kind: Kind, options: &Options, path: PathBuf, name: &str, test: impl AsyncFnOnce(&Page) -> Result) {
    match kind.missing() {
        Some(missing) if kind == Kind::Firefox => {
            return say(&format!("the page is not tested in Firefox: {missing} not found"));
        }
        Some(missing) => panic!("{missing} not found; the page is tested in Chromium"),
        None => {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let browser = runtime.block_on(Browser::start(kind, options)).unwrap();
    let page = Page { browser, path, files: Folder::new().unwrap() };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            test(&page).await?;
            page.check_console("at the end").await
        })
    }));
    if !matches!(outcome, Ok(Ok(()))) {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{kind:?}.png"));
        match runtime.block_on(page.browser.screenshot(&picture)) {
            Ok(()) => eprintln!("what the page showed: {}", picture.display()),
            Err(error) => eprintln!("{error}"),
        }
    }
    match outcome {
        Ok(result) => result.unwrap(),
        Err(panic) => resume_unwind(panic),
    }
}

/// Says something once, and even of a test that passes.
fn say(text: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap().insert(text.to_owned()) {
        // The test harness would keep what `eprintln!` says.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {text}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A log of some MiB: the same 8 MiB again and again.
fn large_log(folder: &Folder, mebibytes: usize) -> Result<PathBuf> {
    let mut part = Cursor::new(Vec::new());
    benchmark(&mut part, 8 << 20).unwrap();
    let part = part.into_inner();
    let (header, chunks) = part.split_at(4096);
    let path = folder.write("large.evtx", header)?;
    let mut file = std::fs::File::options().append(true).open(&path).unwrap();
    for _ in 0..mebibytes / 8 {
        file.write_all(chunks).unwrap();
    }
    Ok(path)
}

fn title(knowledge: &KnowledgeBase, id: &str) -> String {
    knowledge.by_id(id).unwrap_or_else(|| panic!("there is no article {id}")).title.clone()
}

fn file_address(path: &Path) -> String {
    // Only what these tests' own paths can hold.
    format!("file://{}", path.canonicalize().unwrap().display()).replace(' ', "%20")
}

/// The first number in a text, as the page writes it: `1,234`.
fn number(text: &str) -> u64 {
    let digits = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == ',');
    digits.filter(|c| *c != ',').collect::<String>().parse().unwrap_or_else(|_| panic!("no number in {text:?}"))
}
