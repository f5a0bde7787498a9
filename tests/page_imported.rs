//! Bringing articles as Microsoft's Knowledge Base had them to the built page, in a real browser, with the network off.
//!
//! As in `page_added.rs`. The articles are our own; with `EVTX_SEEDS`, the founding ones are brought too.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use browser::{Browser, Kind, Level, Options, Result};
use evtx_checkup::kb::lint;
use kb_writer::{Text, many};
use log_writer::logs::{Article, founding};
use log_writer::{Event, Level as Severity, evtx};
use serde_json::json;

const LOOM: Text = Text {
    number: 912_345,
    title: "Fabric: A Loom Cannot Start Because It Is Running",
    products: &["Microsoft Windows NT Server versions 3.51, 4.0"],
    body: "SYMPTOMS\n========\n\nThe following event is written:\n\n   Event ID: 4711\n   Source: Fabric Loom\n   Type: Error\n   \
           Description: The thread \"Warp One\" was not found.\n\nCAUSE\n=====\n\nThe loom is already running.\n\n\
           RESOLUTION\n==========\n\n1. Stop the loom.\n\n2. Start Fabric.\n",
};

const WEFT: Text = Text {
    number: 912_346,
    title: "Fabric: The Weft Is Torn",
    products: &["Contoso Fabric version 2.0"],
    body: "SYMPTOMS\n========\n\nThe following event is written:\n\n   Event ID: 4712\n   Source: Fabric Loom\n   Type: Error\n   \
           Description: The weft is torn.\n\nRESOLUTION\n==========\n\nTie a knot.\n\nREFERENCES\n==========\n\n\
           See:\n\n   Q912347 How to Roll One\n\n   Q912399 How to Roll Two, and Q124641.\n",
};

const CARPET: Text = Text {
    number: 912_347,
    title: "Fabric: How to Roll a Carpet",
    products: &["Contoso Fabric version 2.0"],
    body: "SUMMARY\n=======\n\nRoll it from its shorter end.\n",
};

/// Runs a test in Chromium, offline, with a folder for its files; nothing may be an error in the console.
fn run(name: &str, test: impl AsyncFnOnce(&Browser, &Path) -> Result) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page_imported").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let options = Options { patience: Duration::from_secs(30), ..Options::default() };
    browser::run(Kind::Chromium, &options, Level::Warning, async |browser| {
        browser.offline(true).await?;
        let behavior = json!({ "behavior": "allow", "downloadPath": folder });
        browser.devtools("Browser.setDownloadBehavior", behavior).await?;
        test(browser, &folder).await
    });
}

async fn open(browser: &Browser) -> Result {
    browser.open_file(&browser::built_page(), "").await?;
    browser.wait_for(".welcome").await
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn log(folder: &Path) -> PathBuf {
    let fabric = |id, text: &'static str| Event::classic("Fabric Loom", id).level(Severity::Error).string(text);
    write(folder, "System.evtx", evtx([fabric(4711, "Warp One"), fabric(4711, "Warp Two"), fabric(4712, "torn")]))
}

/// Waits for a file that the page saves.
async fn saved(path: &Path) -> PathBuf {
    for _ in 0..100 {
        if path.exists() {
            return path.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} was not saved", path.display());
}

/// Waits until text is somewhere.
async fn shows(browser: &Browser, css: &str, text: &str) -> Result {
    let found = format!("document.querySelector({})?.textContent.includes({})", json!(css), json!(text));
    browser.wait_until(&found).await.map(drop)
}

#[test]
fn raw_articles_match_are_found_and_go_with_a_copy() {
    run("articles", async |browser, folder| {
        let files = [
            log(folder),
            write(folder, "Q912345.TXT", LOOM.plain()),
            write(folder, "Q912346.md", WEFT.markdown()),
            write(folder, "912347.txt", CARPET.web()),
            write(folder, "letter.txt", "Dear Fabric,"),
        ];
        open(browser).await?;
        browser.drop_files(&files.each_ref().map(PathBuf::as_path)).await?;
        shows(browser, ".added", "3 imported articles, of which 2 look for events.").await?;
        check_findings(browser).await?;
        // What is no article is refused as before.
        shows(browser, ".results", "This is a text file, not an event log.").await?;
        browser.click("a[href='#/finding/q912345']").await?;
        shows(browser, ".detail", "Exact: every value").await?;
        shows(browser, ".detail blockquote", "The thread \"Warp One\" was not found.").await?;
        shows(browser, ".detail .notice", "Microsoft Windows NT Server versions 3.51, 4.0").await?;
        shows(browser, ".detail", "The loom is already running.").await?;
        // What is handed over has its text too.
        browser.click(".views a[href='#/handover']").await?;
        shows(browser, ".handover", "match: exact; the article says of the event:").await?;
        shows(browser, ".handover", "The thread \"Warp One\" was not found.").await?;
        shows(browser, ".handover", "The loom is already running.").await?;

        // All can be searched and read, also the one that looks for no event.
        browser.script("location.hash = '#/kb?q=carpet'").await?;
        shows(browser, ".imported", "1 of 3 imported articles fits").await?;
        browser.click(".imported a").await?;
        shows(browser, "main h1", "Fabric: How to Roll a Carpet").await?;
        shows(browser, "main article", "Roll it from its shorter end.").await?;
        // What it names and is there is a link: an imported article, or one of ours.
        browser.script("location.hash = '#/kb/q912346'").await?;
        shows(browser, "main article", "Tie a knot.").await?;
        let is_own = |article: &&evtx_checkup::kb::Article| article.sources.iter().any(|source| source.id == "Q124641");
        let own = evtx_checkup::built_in().articles().iter().find(is_own).map(|article| format!("#/kb/{}", article.id));
        let links =
            "return [...document.querySelectorAll('main article section p a')].map(a => [a.textContent, a.hash])";
        assert_eq!(browser.script(links).await?, json!([["Q912347", "#/kb/q912347"], ["Q124641", own]]));
        browser.script("location.hash = '#/kb?area=imported'").await?;
        browser.wait_until("document.querySelectorAll('.imported li').length === 3").await?;

        // An imported article becomes one of ours.
        browser.script("location.hash = '#/kb/q912345'").await?;
        browser.wait_for("main article .about button + button").await?;
        browser.click("main article .about button + button").await?;
        let article = saved(&folder.join("fabric-a-loom-cannot-start-because-it-is-running.md")).await;
        let (articles, faults) =
            lint::read([(article.to_str().unwrap(), &*std::fs::read_to_string(&article).unwrap())]);
        assert_eq!((articles.len(), faults), (1, Vec::<String>::new()));
        browser.drop_files(&[&article]).await?;
        shows(browser, ".added", "1 article of yours").await?;
        shows(browser, ".added", "3 imported articles").await?;

        // The copy carries both.
        browser.click(".added .buttons button").await?;
        let copy = saved(&folder.join("evtx-checkup.html")).await;
        browser.open_file(&copy, "").await?;
        shows(browser, ".added", "3 imported articles, of which 2 look for events.").await?;
        shows(browser, ".added", "1 article of yours").await?;
        browser.drop_files(&[&files[0]]).await?;
        browser.wait_until("document.querySelector('p.progress.done')").await?;
        // Of the same grade, the one of ours comes first, and the imported one stands under it.
        shows(browser, ".list .title", "Fabric: A Loom Cannot Start Because It Is Running").await?;
        shows(browser, ".list .badges", "Yours").await?;
        shows(browser, ".detail .general", "imported, exact match").await
    });
}

/// The findings that the log and the articles give, with their grades.
async fn check_findings(browser: &Browser) -> Result {
    browser.wait_until("document.querySelector('p.progress.done')").await?;
    let listed = "JSON.stringify([...document.querySelectorAll('.list li')].map(item =>
        [item.querySelector('.title').textContent, item.querySelector('.badge.yours').textContent]).sort())";
    let expected = json!([
        [LOOM.title, "Imported: exact match"],
        [LOOM.title, "Imported: same event only"],
        [WEFT.title, "Imported: likely match"],
    ]);
    browser.wait_until(&format!("{listed} === {}", json!(expected.to_string()))).await.map(drop)
}

#[test]
fn an_archive_is_read_with_progress_and_kept_when_asked() {
    run("archive", async |browser, folder| {
        let (loom, weft) = (LOOM.plain(), WEFT.web());
        let entries = [("txt/Q912345.TXT", loom.as_bytes()), ("web/912346.txt", weft.as_bytes()), ("a.txt", b"Hello")];
        let archive = write(folder, "kb.zip", log_writer::zip(&entries));
        let log = log(folder);
        open(browser).await?;
        browser.drop_files(&[&archive, &log]).await?;
        shows(browser, ".added", "2 imported articles, of which 2 look for events.").await?;
        shows(browser, ".faults", "kb.zip: 1 of the texts in it are no articles").await?;
        check_findings(browser).await?;
        browser.click(".added input").await?;
        // The browser takes a moment to keep a file.
        let kept = "const done = arguments[0], look = () => checkup.kept().then(kept => kept ? done(kept.length) : setTimeout(look, 50));
                    look();";
        assert_eq!(browser.script_async(kept, Vec::new()).await?, json!(1));
        open(browser).await?;
        shows(browser, ".added", "2 imported articles").await?;
        browser.script("location.hash = '#/kb/q912346'").await?;
        shows(browser, "main article", "Tie a knot.").await?;
        browser.click(".added .buttons button:nth-of-type(2)").await?;
        browser.wait_until("!document.querySelector('.added')").await?;
        shows(browser, "main h1", "No such article").await?;

        // Many take a while, which can be ended.
        let mut archive = Vec::new();
        let texts: Vec<_> = many(12_000).collect();
        archive.extend(texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
        let archive = write(folder, "many.zip", log_writer::zip(&archive));
        browser.drop_files(&[&archive]).await?;
        browser.wait_for(".added .progress button").await?;
        browser.click(".added .progress button").await?;
        shows(browser, ".added", "Reading was cancelled after ").await?;
        let share = browser
            .script(
                "return document.querySelector('.added').textContent.match(/after ([\\d,]+) of ([\\d,]+)/).slice(1)",
            )
            .await?;
        let number = |value: &serde_json::Value| value.as_str().unwrap().replace(',', "").parse::<u32>().unwrap();
        let (read, of) = (number(&share[0]), number(&share[1]));
        assert!(0 < read && read < of && of >= 12_000, "{share}");
        // What was read is used.
        browser.script("location.hash = '#/kb?q=Q100000'").await?;
        browser.wait_until("document.querySelector('.imported a')?.hash === '#/kb/q100000'").await.map(drop)
    });
}

#[test]
fn the_founding_articles_match_exactly() {
    let Some(seeds) = std::env::var_os("EVTX_SEEDS").map(PathBuf::from) else {
        eprintln!("EVTX_SEEDS is not set: nothing was compared");
        return;
    };
    run("seeds", async |browser, folder| {
        let seeds = std::fs::read_dir(seeds).unwrap().map(|entry| entry.unwrap().path());
        let logs = Article::ALL.map(|article| write(folder, &format!("{article:?}.evtx"), founding(article).evtx()));
        let files: Vec<PathBuf> = seeds.chain(logs).collect();
        open(browser).await?;
        browser.drop_files(&files.iter().map(PathBuf::as_path).collect::<Vec<_>>()).await?;
        shows(browser, ".added", "4 imported articles, of which 4 look for events.").await?;
        browser.wait_until("document.querySelector('p.progress.done')").await?;
        for article in Article::ALL {
            let id = format!("{article:?}").to_lowercase();
            browser.script(&format!("location.hash = '#/finding/{id}'")).await?;
            shows(browser, ".detail .badges", "Imported: exact match").await?;
            shows(browser, ".detail", "Why it matches").await?;
            // The built-in article of the same name explains the same records, and is the one that is listed.
            let count = founding(article).expected.len();
            shows(browser, ".detail .facts", &format!("Records{count}")).await?;
        }
        Ok(())
    });
}
