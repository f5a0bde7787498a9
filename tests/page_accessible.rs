//! Nothing keeps anybody from using the page: axe-core looks at every view, in a real browser, wide and narrow, light and
//! dark.
//!
//! As in `page.rs`. `cargo xtask test` fetches axe-core to where this finds it, or `AXE_CORE` says where it is.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};

use browser::{Browser, Folder, Kind, Options, Result};
use log_writer::logs;
use serde_json::json;

/// The views of the results, and of what is known.
const VIEWS: [&str; 10] = [
    "#/",
    "#/finding/service-start-failed",
    "#/timeline",
    "#/events",
    "#/unexplained",
    "#/computers",
    "#/compare",
    "#/handover",
    "#/kb",
    "#/kb/service-start-failed",
];

#[test]
fn axe_finds_nothing_on_any_view() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let axe = std::env::var_os("AXE_CORE").map_or(root.join("target/axe.min.js"), PathBuf::from);
    let axe = std::fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{}: {error}", axe.display()));
    let page = browser::built_page();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = runtime.block_on(async {
        let browser = Browser::start(Kind::Chromium, &Options::default()).await.unwrap();
        let found = look(&browser, &page, &axe).await;
        browser.close().await.unwrap();
        found.unwrap()
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What axe finds on the start and, with a log, on every view.
async fn look(browser: &Browser, page: &Path, axe: &str) -> Result<Vec<String>> {
    let folder = Folder::new()?;
    let log = folder.write("System.evtx", logs::sample())?;
    let mut found = Vec::new();
    for (width, dark) in [(1440, false), (1440, true), (390, false), (390, true)] {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": [scheme] })).await?;
        browser.open_file(page, "").await?;
        browser.wait_for(".welcome").await?;
        let mut check = async |view: &str| -> Result {
            let place = format!("{view} at {width} px, {}", if dark { "dark" } else { "light" });
            found.extend(violations(browser, axe).await?.into_iter().map(|violation| format!("{place}: {violation}")));
            Ok(())
        };
        check("the start").await?;
        browser.drop_files(&[&log]).await?;
        browser.wait_for("p.progress.done").await?;
        for view in VIEWS {
            browser.script_with("location.hash = arguments[0]", [json!(view)]).await?;
            browser
                .wait_until("document.querySelector('main h1, main h2') && !document.querySelector('.waiting')")
                .await?;
            check(view).await?;
        }
    }
    Ok(found)
}

/// What axe finds on the page as it is.
async fn violations(browser: &Browser, axe: &str) -> Result<Vec<String>> {
    let run = format!(
        "const done = arguments[arguments.length - 1];
         {axe};
         axe.run(document, {{ resultTypes: ['violations', 'passes'] }}).then(
           ({{ violations, passes }}) => done(passes.length < 5 ? ['axe looked at nothing'] : violations.flatMap(({{ id, nodes }}) =>
             nodes.map(node => `${{id}}: ${{node.html.slice(0, 160)}} ${{node.failureSummary}}`))),
           error => done([String(error)]));"
    );
    let found = browser.script_async(&run, Vec::new()).await?;
    let found = found.as_array().cloned().unwrap_or_else(|| vec![json!("axe gave no list")]);
    Ok(found.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>())
}
