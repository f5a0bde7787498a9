//! The built page's knowledge base in real browsers: searching, linking and printing.
//!
//! As in `page.rs`, every test runs in Chromium, and in Firefox where that is installed; `cargo xtask build` makes the
//! page, and `EVTX_CHECKUP_PAGE` names another one.

#![cfg(target_os = "linux")]

use browser::{Browser, Key, Kind, Level, Options, Result};
use evtx_checkup::kb::filter::Filter;
use evtx_checkup::kb::search::Search;
use evtx_checkup::kb::{KnowledgeBase, Verdict};
use serde_json::json;

/// The page's markup, as far as these tests know it.
mod at {
    pub const STATUS: &str = ".knowledge [role=status]";
    pub const QUERY: &str = "#kb-query";
    pub const RESULTS: &str = ".found > .article-list a";
    pub const AREA: &str = "nav[aria-label='Areas'] a[href*='area=services']";
    pub const TITLE: &str = "main h1";
    pub const CRUMBS: &str = "nav[aria-label='Breadcrumb'] a";
    pub const SOURCE: &str = "main a[href^='https://']";
    /// What has no place on paper.
    pub const CONTROLS: [&str; 4] = ["body header", "nav[aria-label='Breadcrumb']", "main button", "a[href='#main']"];
}

mod chromium {
    use super::*;

    #[test]
    fn typing_finds() {
        run(Kind::Chromium, super::typing_finds);
    }

    #[test]
    fn a_link_keeps_search_and_filters() {
        run(Kind::Chromium, super::a_link_keeps_search_and_filters);
    }

    /// Only Chromium's driver shows a page as it is printed.
    #[test]
    fn an_article_prints_as_a_document() {
        run(Kind::Chromium, super::an_article_prints_as_a_document);
    }
}

mod firefox {
    use super::*;

    #[test]
    fn typing_finds() {
        run(Kind::Firefox, super::typing_finds);
    }

    #[test]
    fn a_link_keeps_search_and_filters() {
        run(Kind::Firefox, super::a_link_keeps_search_and_filters);
    }
}

/// Without a log and without a mouse: `/` leads to the search field, a slip of the hand is forgiven, Enter opens, and
/// going back leads to the same search.
async fn typing_finds(browser: &Browser) -> Result {
    const ID: &str = "messenger-name-conflict";
    let knowledge = evtx_checkup::built_in();
    browser.open_built("/kb").await?;
    let all = knowledge.articles().len();
    assert_eq!(text(browser, at::STATUS).await?, format!("{all} known issues"));
    type_keys(browser, "/").await;
    browser.wait_until(&format!("document.activeElement.matches({})", json!(at::QUERY))).await?;
    type_keys(browser, "messanger name").await;
    let first = format!("document.querySelector({})?.getAttribute('href')", json!(at::RESULTS));
    browser.wait_until(&format!("{first} === {}", json!(format!("#/kb/{ID}")))).await?;
    assert!(text(browser, at::STATUS).await?.contains(&format!("of {all} known issues")));
    browser.wait_until("location.hash === '#/kb?q=messanger+name'").await?;
    for _ in 0..60 {
        browser.press(Key::Tab).await?;
        if browser.script(&format!("return document.activeElement.matches({})", json!(at::RESULTS))).await? == true {
            break;
        }
    }
    browser.press(Key::Enter).await?;
    let title =
        format!("document.querySelector({})?.textContent === {}", json!(at::TITLE), json!(title(&knowledge, ID)));
    browser.wait_until(&title).await?;
    assert_eq!(browser.texts(at::CRUMBS).await?, ["Known issues", "Services"]);
    browser.client().back().await.unwrap();
    browser.wait_until(&format!("{first} === {}", json!(format!("#/kb/{ID}")))).await?;
    assert_eq!(value(browser, at::QUERY).await?, "messanger name");

    type_keys(browser, "/").await;
    type_keys(browser, "xyzzyqwv").await;
    browser.wait_until(&format!("document.querySelectorAll({}).length === 0", json!(at::RESULTS))).await?;
    assert_eq!(text(browser, at::STATUS).await?, "No known issue fits");
    Ok(())
}

async fn a_link_keeps_search_and_filters(browser: &Browser) -> Result {
    let knowledge = evtx_checkup::built_in();
    let filter = Filter {
        area: None,
        provider: Some("service control manager".to_owned()),
        event_id: Some(7000),
        verdict: Some(Verdict::Investigate),
        windows: Some("2019".to_owned()),
    };
    let fitting = expected(&knowledge, "%%1053 service", &filter);
    assert!(!fitting.is_empty());
    browser
        .open_built(
            "/kb?q=%25%251053+service&provider=service+control+manager&event=7000&verdict=investigate&windows=2019",
        )
        .await?;
    for _ in 0..2 {
        shows(browser, &fitting).await?;
        for (field, expected) in [
            (at::QUERY, "%%1053 service"),
            ("#kb-provider", "Service Control Manager"),
            ("#kb-event", "7000"),
            ("#kb-verdict", "investigate"),
            ("#kb-windows", "2019"),
        ] {
            assert_eq!(value(browser, field).await?, expected, "{field}");
        }
        browser.client().refresh().await.unwrap();
    }
    // A choice goes into the address, and from there into the page that is loaded again.
    browser.open_built("/kb?event=7000").await?;
    browser.click(at::AREA).await?;
    browser.wait_until("location.hash === '#/kb?area=services&event=7000'").await?;
    let choose = "const [css, value] = arguments, field = document.querySelector(css);
                  field.value = value;
                  field.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.script_with(choose, [json!("#kb-verdict"), json!("fix")]).await?;
    browser.wait_until("location.hash === '#/kb?area=services&event=7000&verdict=fix'").await?;
    let filter = Filter {
        area: Some("services".to_owned()),
        event_id: Some(7000),
        verdict: Some(Verdict::Fix),
        ..Filter::default()
    };
    let fitting = expected(&knowledge, "", &filter);
    assert!(!fitting.is_empty());
    shows(browser, &fitting).await?;
    browser.client().refresh().await.unwrap();
    shows(browser, &fitting).await
}

async fn an_article_prints_as_a_document(browser: &Browser) -> Result {
    browser.open_built("/kb/service-start-timeout").await?;
    browser.wait_for(at::SOURCE).await?;
    let dark = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print", "features": dark })).await?;
    let shown = "return arguments[0].filter(css => document.querySelector(css)?.checkVisibility() ?? true)";
    let shown = browser.script_with(shown, [json!(at::CONTROLS)]).await?;
    assert_eq!(shown, json!([]), "what one cannot use on paper is printed, or is not in the page at all");
    let hidden = browser
        .script("return [...document.querySelectorAll('main :is(h1, h2, section)')].filter(e => !e.checkVisibility()).length")
        .await?;
    assert_eq!(hidden, json!(0), "a part of the article is not printed");
    let address = "const link = document.querySelector(arguments[0]);
                   return getComputedStyle(link, '::after').content.includes(link.getAttribute('href'));";
    assert_eq!(browser.script_with(address, [json!(at::SOURCE)]).await?, json!(true), "no address behind the link");
    let ink = browser.script("return getComputedStyle(document.body).color").await?;
    assert_eq!(ink, json!("rgb(0, 0, 0)"), "the dark colours are printed");
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await.map(drop)
}

/// The ids of the articles that have every word and pass, in order.
fn expected(knowledge: &KnowledgeBase, query: &str, filter: &Filter) -> Vec<String> {
    let numbers: Vec<u32> = if query.is_empty() {
        (0..knowledge.articles().len() as u32).collect()
    } else {
        let hits = Search::new(knowledge.articles()).find(query).into_iter();
        hits.filter(|hit| hit.whole).map(|hit| hit.article).collect()
    };
    let articles = numbers.into_iter().filter_map(|number| knowledge.article(number));
    articles.filter(|article| filter.passes(article)).map(|article| article.id.clone()).collect()
}

/// Waits until the page lists exactly these articles, in this order.
async fn shows(browser: &Browser, ids: &[String]) -> Result {
    let listed = format!(
        "Array.from(document.querySelectorAll({}), link => link.getAttribute('href').split('/').pop()).join(' ')",
        json!(at::RESULTS)
    );
    browser.wait_until(&format!("{listed} === {}", json!(ids.join(" ")))).await.map(drop)
}

/// Types into what has the focus.
async fn type_keys(browser: &Browser, keys: &str) {
    browser.client().active_element().await.unwrap().send_keys(keys).await.unwrap();
}

async fn text(browser: &Browser, css: &str) -> Result<String> {
    browser.wait_for(css).await?;
    Ok(browser.texts(css).await?.swap_remove(0))
}

async fn value(browser: &Browser, css: &str) -> Result<String> {
    let value = browser.script_with("return document.querySelector(arguments[0]).value", [json!(css)]).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn title(knowledge: &KnowledgeBase, id: &str) -> String {
    knowledge.by_id(id).unwrap_or_else(|| panic!("there is no article {id}")).title.clone()
}

/// Runs a test in a new browser; it is not passed when the console has something to complain about at its end.
fn run(kind: Kind, test: impl AsyncFnOnce(&Browser) -> Result) {
    browser::run(kind, &Options::default(), Level::Information, test);
}
