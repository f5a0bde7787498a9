//! Bringing one's own articles and rules to the built page, in a real browser, with the network off.
//!
//! As in `page.rs`; only Chromium's driver tells where a saved file goes.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use browser::{Browser, Kind, Level, Options, Result};
use log_writer::{Event, Level as Severity, evtx};
use serde_json::json;

const ARTICLE: &str = "---
id: contoso-agent-lost-its-license
title: The Contoso agent has lost its license
summary: '{param1} has no license'
level: high
verdict: fix
applies-to: [Contoso Agent 7]
sources:
  - {id: RUNBOOK-12, title: Contoso runbook 12, url: 'https://example.com/12'}
detection:
  selection:
    Provider_Name: Contoso Agent
    EventID: 12
    param1: License service
  condition: selection
examples:
  match:
    - {Provider_Name: Contoso Agent, EventID: 12, param1: License service}
  no-match:
    - {Provider_Name: Contoso Agent, EventID: 12, param1: Update service}
---
## Symptoms
The agent reports event 12.

## Cause
The license file is gone.

## Resolution
1. Run `contoso.exe /license restore`.
";

const RULE: &str = "title: The Contoso agent was told to stop
id: 3f9f7a5c-9a0d-4f6e-8a39-1d4ad8f2a001
description: Somebody told the agent to stop.
logsource: {product: windows, service: system}
detection:
  stop: {Provider_Name: Contoso Agent, EventID: 13, param1|endswith: '\\stop.exe'}
  condition: stop
falsepositives: [Maintenance]
level: low
";

#[test]
fn what_is_added_matches_and_goes_with_a_copy() {
    let options = Options { patience: Duration::from_secs(20), ..Options::default() };
    browser::run(Kind::Chromium, &options, Level::Warning, added);
}

async fn added(browser: &Browser) -> Result {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page_added");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let agent = |id, text: &'static str| Event::classic("Contoso Agent", id).level(Severity::Error).string(text);
    let log = evtx([agent(12, "License service"), agent(12, "Update service"), agent(13, r"C:\Contoso\stop.exe")]);
    let log = write("System.evtx", &log);
    let article = write("contoso-agent-lost-its-license.md", ARTICLE.as_bytes());
    let rule = write("rule.yml", RULE.as_bytes());
    let broken = write("broken.md", ARTICLE.replace("level: high", "level: dreadful").as_bytes());

    browser.offline(true).await?;
    let page = browser::built_page();
    browser.open_file(&page, "").await?;
    browser.wait_for(".welcome").await?;
    // All in one drop: what is no log is checked and used, and a fault is shown with its file and line.
    browser.drop_files(&[&log, &article, &rule, &broken]).await?;
    finds(browser, &["The Contoso agent has lost its license", "The Contoso agent was told to stop"]).await?;
    let panel = browser.texts(".added p[role=status]").await?.concat();
    assert_eq!(panel, "1 article and 1 Sigma rule of yours are used beside ours.");
    let faults =
        browser.script("return [...document.querySelectorAll('.faults li')].map(li => li.textContent)").await?;
    let fault = "broken.md:5: `level`: `dreadful` is none of informational, low, medium, high, critical";
    assert!(faults.to_string().contains(fault), "{faults}");
    // A rule says that it does not say how to resolve anything.
    browser.click("a[href='#/finding/3f9f7a5c-9a0d-4f6e-8a39-1d4ad8f2a001']").await?;
    browser.wait_until("document.querySelector('.detail').textContent.includes('not how to resolve it')").await?;

    // The copy carries them: opened from disk, it matches with them at once.
    let downloads = folder.join("downloads");
    std::fs::create_dir_all(&downloads).unwrap();
    let behavior = json!({ "behavior": "allow", "downloadPath": downloads });
    browser.devtools("Browser.setDownloadBehavior", behavior).await?;
    browser.click(".added .buttons button").await?;
    let copy = downloads.join("evtx-checkup.html");
    for _ in 0..100 {
        if copy.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(copy.exists(), "no copy was saved");
    browser.open_file(&copy, "").await?;
    browser.wait_until("document.querySelector('.added')?.textContent.includes('1 article and 1 Sigma rule')").await?;
    browser.drop_files(&[&log]).await?;
    finds(browser, &["The Contoso agent has lost its license", "The Contoso agent was told to stop"]).await?;

    // Kept in this browser only when asked, and removed as easily.
    browser.open_file(&page, "").await?;
    browser.wait_for(".welcome").await?;
    browser.drop_files(&[&article]).await?;
    browser.wait_until("document.querySelector('.added')?.textContent.includes('1 article of yours')").await?;
    browser.open_file(&page, "").await?;
    browser.wait_for(".welcome").await?;
    assert_eq!(browser.texts(".added").await?, Vec::<String>::new());
    browser.drop_files(&[&article]).await?;
    browser.wait_for(".added input").await?;
    browser.click(".added input").await?;
    browser.wait_until("document.querySelector('.added input').checked").await?;
    browser.open_file(&page, "").await?;
    browser.wait_until("document.querySelector('.added')?.textContent.includes('1 article of yours')").await?;
    browser.click(".added .buttons button:nth-of-type(2)").await?;
    browser.wait_until("!document.querySelector('.added')").await?;
    browser.open_file(&page, "").await?;
    browser.wait_for(".welcome").await?;
    assert_eq!(browser.texts(".added").await?, Vec::<String>::new());
    Ok(())
}

/// Waits until a checkup is done, and compares the titles it lists.
async fn finds(browser: &Browser, titles: &[&str]) -> Result {
    browser.wait_until("document.querySelector('p.progress.done')").await?;
    let listed = "JSON.stringify([...document.querySelectorAll('.list .title')].map(title => title.textContent))";
    browser.wait_until(&format!("{listed} === {}", json!(json!(titles).to_string()))).await.map(drop)
}
