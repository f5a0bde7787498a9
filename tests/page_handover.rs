//! Handing a report over from the built page, in a real browser, with the network off.
//!
//! As in `page.rs`; only Chromium's driver tells where a saved file goes.

#![cfg(target_os = "linux")]

use std::time::Duration;

use browser::{Browser, Folder, Key, Kind, Level, Options, Result};
use log_writer::{Event, EvtWriter, Level as Severity, evtx};
use serde_json::json;

const EXTENSIONS: [(&str, &str); 5] =
    [("html", "html"), ("markdown", "md"), ("csv", "csv"), ("json", "json"), ("text", "txt")];

/// What must not survive, as the logs have it.
const SECRETS: [&str; 9] = [
    "FILIALE17",
    "ZENTRALE",
    "nordwind",
    "m.mustermann",
    "Erika Beispiel",
    "FS-AKTEN",
    "vertragsordner",
    "1004336348-1177238915",
    "10.77.66.55",
];

#[test]
fn chosen_saved_and_printed() {
    run(async |page: &Page<'_>| {
        let browser = page.browser;
        let titles = browser.texts(".findings-choice .check > span:first-of-type").await?;
        assert_eq!(titles.len(), 2, "{titles:?}");
        // All that is shown is in every form.
        page.write("#note", "<b>Seen</b> on Monday.").await?;
        browser.press(Key::Tab).await?;
        browser
            .wait_until("document.querySelector('.handed-over blockquote')?.textContent === '<b>Seen</b> on Monday.'")
            .await?;
        for (format, _) in EXTENSIONS {
            let saved = page.save(format).await?;
            for wanted in ["Seen", "on Monday.", "FILIALE17.nordwind.example", titles[0].as_str(), "System.evtx"] {
                assert!(letters(&saved).contains(&letters(wanted)), "{wanted} in {format}:\n{saved}");
            }
            assert_eq!(format == "html", saved.starts_with("<!DOCTYPE html>"), "{saved}");
            assert!(format != "html" || saved.contains("&lt;b&gt;Seen"), "{saved}");
        }
        // Only what is chosen.
        page.click(".findings-choice input").await?;
        browser.wait_until("document.querySelectorAll('.handed-over > section').length === 1").await?;
        let saved = page.save("markdown").await?;
        assert!(saved.contains("1 of 2 known issues") && !saved.contains(&titles[0]), "{saved}");
        assert!(saved.contains(&titles[1]) && saved.contains("### Resolution"), "{saved}");
        // What was chosen is still there after a look at something else.
        page.click(".views a[href='#/']").await?;
        page.click(".views a[href='#/handover']").await?;
        browser.wait_until("document.querySelectorAll('.handed-over > section').length === 1").await?;
        assert_eq!(browser.script("return document.querySelector('#note').value").await?, "<b>Seen</b> on Monday.");

        // Copied is what is saved.
        let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        browser.devtools("Browser.grantPermissions", permissions).await?;
        page.click("input[value=markdown]").await?;
        page.click(".copy-report").await?;
        browser.wait_until("document.querySelector('.said').textContent === 'Copied.'").await?;
        let copied = browser.script_async("navigator.clipboard.readText().then(arguments[0])", []).await?;
        assert_eq!(copied.as_str(), Some(saved.as_str()));

        // Times are in the zone that the page shows.
        browser.choose_option(".zone select", "Asia/Tokyo").await?;
        browser.wait_until("document.querySelector('.handed-over')?.textContent.includes('+09:00')").await?;
        for format in ["markdown", "csv"] {
            let saved = page.save(format).await?;
            assert!(saved.contains("+09:00") && !saved.contains(" UTC"), "{saved}");
        }

        // Paper gets the report alone.
        browser
            .script(
                "window.print = () => { window.printed = document.querySelectorAll('.handed-over > section').length }",
            )
            .await?;
        page.click(".handover .print").await?;
        browser.wait_until("window.printed === 1").await?;
        browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        let shown = "return ['.choices', '.views', '.receipt', '.bar', '.top', '.handed-over'].map(css => document.querySelector(css)?.checkVisibility())";
        assert_eq!(browser.script(shown).await?, json!([false, false, false, false, false, true]));
        Ok(())
    });
}

#[test]
fn no_name_survives() {
    run(async |page: &Page<'_>| {
        let browser = page.browser;
        // Each is there at first.
        let plain = letters(&page.save("json").await?);
        SECRETS.iter().for_each(|secret| assert!(plain.contains(&letters(secret)), "{secret}"));
        // The note names somebody whom only a record knows as a user.
        page.write("#note", "Ask M.Mustermann.").await?;
        page.click("#redact").await?;
        browser
            .wait_until("document.querySelector('.hidden-names li') && !document.querySelector('.save').disabled")
            .await?;
        for (format, _) in EXTENSIONS {
            let saved = page.save(format).await?;
            let said = letters(&saved);
            for secret in SECRETS {
                assert!(!said.contains(&letters(secret)), "{secret} in {format}:\n{saved}");
            }
            assert!(said.contains("computer1") && said.contains("askuser"), "{format}:\n{saved}");
        }
        let shown = letters(&browser.texts(".handed-over").await?.concat());
        SECRETS.iter().for_each(|secret| assert!(!shown.contains(&letters(secret)), "{secret}:\n{shown}"));

        // The list says what is hidden, and what somebody unticks stays.
        let list = browser.texts(".hidden-names > ul:first-of-type li").await?;
        let place = list.iter().position(|row| row.starts_with("FILIALE17, FILIALE17.nordwind.example")).unwrap();
        assert!(list[place].ends_with("COMPUTER-1"), "{list:?}");
        page.click(&format!(".hidden-names > ul:first-of-type li:nth-of-type({}) input", place + 1)).await?;
        browser.wait_until("document.querySelector('.handed-over').textContent.includes('FILIALE17')").await?;
        browser.wait_until("!document.querySelector('.save').disabled").await?;
        let saved = page.save("text").await?;
        assert!(saved.contains("FILIALE17.DOMAIN-") && !letters(&saved).contains("nordwind"), "{saved}");

        // Another text can be hidden, and shown again.
        page.write("#text-to-hide", "AGENT").await?;
        browser.press(Key::Enter).await?;
        browser
            .wait_until("document.querySelector('.added-texts li') && !document.querySelector('.save').disabled")
            .await?;
        let saved = page.save("csv").await?;
        assert!(saved.contains("TEXT-1 of USER-") && !saved.contains("Agent of"), "{saved}");
        page.click(".added-texts button").await?;
        browser
            .wait_until("!document.querySelector('.added-texts li') && !document.querySelector('.save').disabled")
            .await?;
        assert!(page.save("csv").await?.contains("Agent of USER-"));
        Ok(())
    });
}

#[test]
fn works_by_keyboard() {
    run(async |page: &Page<'_>| {
        let browser = page.browser;
        page.click("#redact").await?;
        browser
            .wait_until("document.querySelector('.hidden-names li') && !document.querySelector('.print').disabled")
            .await?;
        browser.script("document.querySelector('.findings-choice input').focus()").await?;
        browser.press(Key::Space).await?;
        browser.wait_until("document.querySelectorAll('.handed-over > section').length === 1").await?;
        browser.wait_until("!document.querySelector('.print').disabled").await?;
        // Everything is reached in the order in which it is done, and what has the focus is marked.
        let mut wanted = [
            "#note",
            "#redact",
            ".hidden-names li input",
            "#text-to-hide",
            "[name=format]",
            ".save",
            ".copy-report",
            ".print",
        ]
        .into_iter()
        .peekable();
        for _ in 0..60 {
            browser.press(Key::Tab).await?;
            let Some(next) = wanted.peek() else { break };
            let at = format!(
                "return document.activeElement.matches({}) && getComputedStyle(document.activeElement).outlineStyle !== 'none'",
                json!(next)
            );
            if browser.script(&at).await? == json!(true) {
                wanted.next();
            }
        }
        assert_eq!(wanted.next(), None);
        Ok(())
    });
}

/// A page that shows what is to be handed over of logs with names in them.
struct Page<'b> {
    browser: &'b Browser,
    folder: Folder,
}

impl Page<'_> {
    async fn open(browser: &Browser) -> Result<Page<'_>> {
        let folder = Folder::new()?;
        let crash = |service: &'static str| {
            let crash = Event::service_control_manager(7034).param(service).param("1");
            crash.computer("FILIALE17.nordwind.example")
        };
        let logon = Event::classic("Security", 4624)
            .data("TargetUserName", "m.mustermann")
            .data("WorkstationName", "Zentrale")
            .data("TargetDomainName", "NORDWIND");
        let failed = Event::service_control_manager(7000).param("Spooler").param("%%2").computer("FILIALE17");
        let log = evtx([
            crash("Agent of M.MUSTERMANN"),
            crash("zentrale does not answer"),
            crash(r"\\FS-AKTEN\vertragsordner\plan.docx"),
            crash(r"C:\Users\Erika Beispiel\a.exe"),
            crash("S-1-5-21-1004336348-1177238915-682003330-512 at 10.77.66.55:443"),
            failed,
            logon,
        ]);
        // One that is read from its start to its end.
        let mut evt = EvtWriter::new();
        evt.write(&Event::classic("Agent M.Mustermann", 7).level(Severity::Error).computer("ZENTRALE"));
        let (log, evt) = (folder.write("FILIALE17_System.evtx", &log)?, folder.write("fs-akten.evt", evt.finish())?);
        browser.offline(true).await?;
        let behavior = json!({ "behavior": "allow", "downloadPath": folder.path() });
        browser.devtools("Browser.setDownloadBehavior", behavior).await?;
        browser.open_file(&browser::built_page(), "").await?;
        browser.wait_for(".welcome").await?;
        browser.drop_files(&[&log, &evt]).await?;
        browser.wait_until("document.querySelector('p.progress.done')").await?;
        browser.click(".views a[href='#/handover']").await?;
        browser.wait_until("document.querySelector('.print') && !document.querySelector('.print').disabled").await?;
        Ok(Page { browser, folder })
    }

    /// Clicks something, wherever on the page it is.
    async fn click(&self, css: &str) -> Result {
        self.browser.wait_for(css).await?;
        let body = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
        self.browser.script_with(body, [json!(css)]).await?;
        self.browser.click(css).await
    }

    /// Types into a field.
    async fn write(&self, field: &str, text: &str) -> Result {
        self.click(field).await?;
        self.browser.devtools("Input.insertText", json!({ "text": text })).await.map(drop)
    }

    /// Saves the report, and gives what was saved.
    async fn save(&self, format: &str) -> Result<String> {
        self.click(&format!("input[value={format}]")).await?;
        self.click(".handover .save").await?;
        let (_, extension) = EXTENSIONS.into_iter().find(|(word, _)| *word == format).unwrap();
        let path = self.folder.path().join(format!("known-issues.{extension}"));
        let mut saved = String::new();
        for _ in 0..100 {
            saved = std::fs::read_to_string(&path).unwrap_or_default();
            // The browser makes the file before it writes.
            if !saved.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        std::fs::remove_file(&path).unwrap_or_else(|error| panic!("{format} is not saved: {error}"));
        Ok(saved)
    }
}

/// A text's letters and digits alone, in lower case: however a form writes the rest.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn run(test: impl AsyncFnOnce(&Page<'_>) -> Result) {
    let options = Options { patience: Duration::from_secs(20), ..Options::default() };
    browser::run(Kind::Chromium, &options, Level::Warning, async |browser| test(&Page::open(browser).await?).await);
}
