//! A running browser and what one does with it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::commands::Post;
use crate::error::{Error, Result, Step};
use crate::files::Folder;
use crate::process::Process;
use crate::start::Kind;

/// Between two looks at the page.
const LOOK: Duration = Duration::from_millis(20);
/// So much of the page's text is in an error.
const SHOWN: usize = 1500;

/// One browser with one tab and a profile of its own. It ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    pub(crate) kind: Kind,
    pub(crate) client: Client,
    pub(crate) patience: Duration,
    // In this order: the browser ends before its files go.
    pub(crate) driver: Process,
    pub(crate) folder: Folder,
}

/// How bad the browser finds what it says in its console.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// `console.log` and the like.
    Information,
    /// A warning.
    Warning,
    /// An error: nobody caught an exception, the policy forbade something, a file did not load.
    Error,
}

/// What the browser says in its console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// How bad it is.
    pub level: Level,
    /// Where it comes from and what it says.
    pub text: String,
}

/// A task that held up the page's thread.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LongTask {
    /// When it began, in milliseconds since the page was opened.
    pub start: f64,
    /// How long it took, in milliseconds.
    pub duration: f64,
}

impl Browser {
    /// Which browser it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// WebDriver itself, for what has no method here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where Chromium saves pages.
    pub fn saves(&self) -> PathBuf {
        self.folder.path().join("saves")
    }

    /// Opens an address. A page that is open already is loaded again, whatever is behind the `#`.
    pub async fn open(&self, address: &str) -> Result {
        self.client.goto("about:blank").await.step("leave the page")?;
        self.client.goto(address).await.step(format!("open {address}"))
    }

    /// Opens a file of this computer, with what comes behind the `#` in its address.
    pub async fn open_file(&self, path: &Path, fragment: &str) -> Result {
        let step = format!("open {}", path.display());
        let path = path.canonicalize().step(&step)?;
        let mut address = url::Url::from_file_path(&path).map_err(|()| Error::new(&step, "it has no address"))?;
        address.set_fragment(Some(fragment).filter(|fragment| !fragment.is_empty()));
        self.open(address.as_str()).await
    }

    /// Runs a script in the page as a function's body and gives what it returns.
    pub async fn script(&self, body: &str) -> Result<Value> {
        self.script_with(body, []).await
    }

    /// Runs a script in the page as a function's body, with `arguments`, and gives what it returns.
    pub async fn script_with(&self, body: &str, arguments: impl Into<Vec<Value>>) -> Result<Value> {
        self.client.execute(body, arguments.into()).await.step(format!("run {body}"))
    }

    /// Runs a script in the page that calls its last argument with the result when it has one.
    pub async fn script_async(&self, body: &str, arguments: impl Into<Vec<Value>>) -> Result<Value> {
        self.client.execute_async(body, arguments.into()).await.step(format!("run {body}"))
    }

    /// Runs a script in every page from now on before the page's own. Chromium only.
    pub async fn before_page(&self, script: &str) -> Result {
        let parameters = json!({ "source": script, "runImmediately": true });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", parameters).await.map(drop)
    }

    /// The same in every worker whose script is made in the page. What is `${…}` in it comes from the page.
    pub async fn before_workers(&self, script: &str) -> Result {
        let before = format!(
            "const {{ createObjectURL }} = URL;
             URL.createObjectURL = blob => createObjectURL.call(URL,
               blob.type === 'text/javascript' ? new Blob([`{script}`, '\\n', blob], {{ type: blob.type }}) : blob);"
        );
        self.before_page(&format!("{{ {before} }}")).await
    }

    /// Waits until a JavaScript expression is neither false nor null, 0 or empty; gives its value.
    pub async fn wait_until(&self, expression: &str) -> Result<Value> {
        let (start, body) = (Instant::now(), format!("return ({expression});"));
        loop {
            let value = self.script(&body).await?;
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!(0) && value != json!("") {
                return Ok(value);
            }
            if start.elapsed() > self.patience {
                return Err(Error::new(format!("wait until {expression}"), self.never().await));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the page has an element that the CSS selector `css` finds.
    pub async fn wait_for(&self, css: &str) -> Result {
        self.wait_until(&format!("document.querySelector({}) !== null", json!(css))).await.map(drop)
    }

    /// What to say when something has not happened.
    async fn never(&self) -> String {
        let text = self.script("return document.body ? document.body.innerText : ''").await.unwrap_or_default();
        let text: String = text.as_str().unwrap_or_default().chars().take(SHOWN).collect();
        format!("it did not happen in {:?}; the page shows:\n{text}\n", self.patience)
    }

    /// The text of all elements that the CSS selector `css` finds, shown or not.
    pub async fn texts(&self, css: &str) -> Result<Vec<String>> {
        let body = "return Array.from(document.querySelectorAll(arguments[0]), found => found.textContent.trim())";
        let found = self.script_with(body, [json!(css)]).await?;
        serde_json::from_value(found).step(format!("read the texts of {css}"))
    }

    /// Clicks the first element that the CSS selector `css` finds, once there is one.
    pub async fn click(&self, css: &str) -> Result {
        self.wait_for(css).await?;
        let element = self.client.find(Locator::Css(css)).await.step(format!("find {css}"))?;
        element.click().await.step(format!("click {css}"))
    }

    /// Presses and releases a key, by its [`Key`](crate::Key) or what it writes; what has the focus gets it.
    pub async fn press(&self, key: impl Into<char>) -> Result {
        let value = key.into();
        let keys = KeyActions::new("keyboard".into()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.step(format!("press {value:?}"))
    }

    /// Drops files onto the middle of the window.
    ///
    /// In Chromium this is a real drop. Firefox's driver cannot do that: the page gets the events of a drop with the
    /// same files.
    pub async fn drop_files(&self, paths: &[&Path]) -> Result {
        let paths = absolute(paths)?;
        match self.kind {
            Kind::Chromium => {
                let middle = self.script("return [innerWidth >> 1, innerHeight >> 1]").await?;
                for event in ["dragEnter", "dragOver", "drop"] {
                    let data = json!({ "items": [], "files": paths, "dragOperationsMask": 1 });
                    let parameters = json!({ "type": event, "x": middle[0], "y": middle[1], "data": data });
                    self.devtools("Input.dispatchDragEvent", parameters).await?;
                }
                Ok(())
            }
            Kind::Firefox => {
                self.script(
                    "const input = document.createElement('input');
                     Object.assign(input, { type: 'file', multiple: true, id: '__drop' });
                     document.documentElement.append(input);",
                )
                .await?;
                self.choose(&paths, "#__drop").await?;
                self.script(
                    "const input = document.getElementById('__drop'), dataTransfer = new DataTransfer();
                     for (const file of input.files) dataTransfer.items.add(file);
                     input.remove();
                     const at = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
                     const how = { bubbles: true, cancelable: true, composed: true, dataTransfer };
                     for (const type of ['dragenter', 'dragover', 'drop']) at.dispatchEvent(new DragEvent(type, how));",
                )
                .await
                .map(drop)
            }
        }
    }

    /// Chooses the option with a value in the `<select>` that the CSS selector `css` finds; it may be made only when
    /// somebody comes there.
    pub async fn choose_option(&self, css: &str, value: &str) -> Result {
        let option = format!("{css} option[value={}]", json!(value));
        self.script_with("document.querySelector(arguments[0]).focus()", [json!(css)]).await?;
        self.wait_until(&format!("document.querySelector({})", json!(option))).await?;
        let choose = "const select = document.querySelector(arguments[0]);
                      select.value = arguments[1];
                      select.dispatchEvent(new Event('change', { bubbles: true }));";
        self.script_with(choose, [json!(css), json!(value)]).await.map(drop)
    }

    /// Gives files to the file input that the CSS selector `css` finds, as its dialog does.
    pub async fn choose_files(&self, css: &str, paths: &[&Path]) -> Result {
        self.wait_for(css).await?;
        self.choose(&absolute(paths)?, css).await
    }

    async fn choose(&self, paths: &[String], css: &str) -> Result {
        let input = self.client.find(Locator::Css(css)).await.step(format!("find {css}"))?;
        input.send_keys(&paths.join("\n")).await.step(format!("choose {paths:?} in {css}"))
    }

    /// What the browser has said in its console since this was asked last. Of Firefox: only warnings and errors, not
    /// what scripts write there themselves.
    pub async fn console(&self) -> Result<Vec<Message>> {
        let messages = match self.kind {
            Kind::Chromium => self.command("se/log", json!({ "type": "browser" })).await?,
            Kind::Firefox => self.privileged(include_str!("firefox_console.js")).await?,
        };
        let message = |message: &Value| Message {
            level: match message["level"].as_str() {
                Some("SEVERE") => Level::Error,
                Some("WARNING") => Level::Warning,
                _ => Level::Information,
            },
            text: message["message"].as_str().unwrap_or_default().to_owned(),
        };
        Ok(messages.as_array().into_iter().flatten().map(message).collect())
    }

    /// Takes the network away, or gives it back.
    pub async fn offline(&self, offline: bool) -> Result {
        match self.kind {
            Kind::Chromium => {
                self.devtools("Network.enable", json!({})).await?;
                let conditions =
                    json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
                self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
            }
            Kind::Firefox => self.privileged(&format!("Services.io.offline = {offline};")).await.map(drop),
        }
    }

    /// The tasks of 50 ms or more that have held up this page's thread. Chromium only.
    pub async fn long_tasks(&self) -> Result<Vec<LongTask>> {
        if self.kind != Kind::Chromium {
            return Err(Error::new("read the long tasks", "this browser does not tell them"));
        }
        // Tasks are told a little after they end.
        let all =
            self.script_async("const done = arguments[0]; setTimeout(() => done(window.__longTasks), 100)", []).await?;
        let all: Vec<(f64, f64)> = serde_json::from_value(all).step("read the long tasks")?;
        Ok(all.into_iter().map(|(start, duration)| LongTask { start, duration }).collect())
    }

    /// Writes a picture of what the window shows to a PNG file.
    pub async fn screenshot(&self, path: &Path) -> Result {
        let picture = self.client.screenshot().await.step("take a screenshot")?;
        std::fs::write(path, picture).step(format!("write {}", path.display()))
    }

    /// Ends the browser in good order: its profile is written. (Dropping it ends it at once.)
    pub async fn close(self) -> Result {
        self.client.clone().close().await.step("close the browser")
    }

    /// A command of the Chrome DevTools Protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let posted = self.client.issue_cmd(Post("goog/cdp/execute", json!({ "cmd": command, "params": parameters })));
        posted.await.step(command)
    }

    /// Runs a script with Firefox's own rights.
    async fn privileged(&self, script: &str) -> Result<Value> {
        self.command("moz/context", json!({ "context": "chrome" })).await?;
        let result = self.script(script).await;
        self.command("moz/context", json!({ "context": "content" })).await?;
        result
    }

    async fn command(&self, path: &'static str, body: Value) -> Result<Value> {
        self.client.issue_cmd(Post(path, body)).await.step(path)
    }
}

/// The paths as the drivers want them.
fn absolute(paths: &[&Path]) -> Result<Vec<String>> {
    let absolute = |path: &&Path| {
        let step = format!("find {}", path.display());
        let path = path.canonicalize().step(&step)?;
        path.into_os_string().into_string().map_err(|_| Error::new(step, "its name is not Unicode"))
    };
    paths.iter().map(absolute).collect()
}
