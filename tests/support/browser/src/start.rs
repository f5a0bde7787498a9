//! Starting a browser.

use std::process::Command;
use std::time::Duration;

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result, Step};
use crate::files::{Folder, program};
use crate::process::Process;
use crate::session::Browser;

/// Which browser.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox or Firefox ESR.
    Firefox,
}

impl Kind {
    const fn browser(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium => &["chromium", "chromium-browser", "google-chrome"],
            Kind::Firefox => &["firefox", "firefox-esr"],
        }
    }

    const fn driver(self) -> &'static [&'static str] {
        match self {
            Kind::Chromium => &["chromedriver"],
            Kind::Firefox => &["geckodriver"],
        }
    }

    /// Which programs are not on the PATH that this browser needs, if any.
    pub fn missing(self) -> Option<String> {
        let missing: Vec<String> = [self.browser(), self.driver()]
            .into_iter()
            .filter(|names| program(names).is_none())
            .map(|names| names.join(" or "))
            .collect();
        (!missing.is_empty()).then(|| missing.join(" and "))
    }
}

/// What Chromium's Ctrl+S saves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SaveAs {
    /// The file as it was loaded.
    #[default]
    HtmlOnly = 0,
    /// The document as it is now.
    Complete = 1,
}

/// How a browser is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The X display to show its window on (see [`crate::Desktop`]); without one it has no window.
    pub display: Option<String>,
    /// What Ctrl+S saves.
    pub save_as: SaveAs,
    /// How long the page, or a script in it, may take until something that is waited for is an error.
    pub patience: Duration,
    /// The window's width and height.
    pub window: (u32, u32),
}

impl Default for Options {
    fn default() -> Options {
        Options { display: None, save_as: SaveAs::default(), patience: Duration::from_secs(30), window: (1200, 900) }
    }
}

impl Browser {
    /// Starts a browser with a new profile.
    pub async fn start(kind: Kind, options: &Options) -> Result<Browser> {
        let folder = Folder::new()?;
        let saves = folder.path().join("saves");
        std::fs::create_dir(&saves).step(format!("make {}", saves.display()))?;
        let step = format!("start {kind:?}");
        let find = |names| program(names).ok_or_else(|| Error::new(&step, format!("{names:?} is not on the PATH")));
        let (driver, binary) = (find(kind.driver())?, find(kind.browser())?);
        let mut driver = Command::new(driver);
        if let Some(display) = &options.display {
            // In English and with GTK's own dialogs: they are found by their titles and keys.
            driver.env("DISPLAY", display).envs([("LC_ALL", "C.UTF-8"), ("LANGUAGE", "en"), ("GTK_USE_PORTAL", "0")]);
            driver.env("NO_AT_BRIDGE", "1").env_remove("DBUS_SESSION_BUS_ADDRESS");
        }
        let (marker, mut capabilities) = match kind {
            Kind::Chromium => {
                driver.arg("--port=0");
                ("started successfully on port ", chromium(options, &binary.to_string_lossy(), &folder))
            }
            Kind::Firefox => {
                driver.args(["--port", "0", "--websocket-port", "0", "--allow-system-access", "--profile-root"]);
                driver.arg(folder.path());
                ("Listening on 127.0.0.1:", firefox(options, &binary.to_string_lossy()))
            }
        };
        capabilities.insert("timeouts".to_owned(), json!({ "script": options.patience.as_millis() as u64 }));
        let (driver, port) = Process::start(&driver, marker)?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .step(&step)?;
        let browser = Browser { kind, client, patience: options.patience, driver, folder };
        if kind == Kind::Chromium {
            browser.before_page(include_str!("recorder.js")).await?;
        }
        Ok(browser)
    }
}

fn chromium(options: &Options, binary: &str, folder: &Folder) -> Map<String, Value> {
    let (width, height) = options.window;
    let mut arguments = vec![
        // Containers and recent Ubuntus do not let an ordinary program set up the sandbox.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--user-data-dir={}", folder.path().join("profile").display()),
    ];
    if options.display.is_none() {
        arguments.push("--headless=new".to_owned());
    }
    let saves = folder.path().join("saves");
    object(json!({
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            "binary": binary,
            "args": arguments,
            "prefs": { "savefile.default_directory": saves, "savefile.type": options.save_as as u8 },
        },
    }))
}

fn firefox(options: &Options, binary: &str) -> Map<String, Value> {
    let (width, height) = options.window;
    let mut arguments = vec![format!("--width={width}"), format!("--height={height}")];
    if options.display.is_none() {
        arguments.push("-headless".to_owned());
    }
    object(json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": binary,
            "args": arguments,
            "prefs": {
                // Without this, this computer is reached even when the browser is offline.
                "network.disable-localhost-when-offline": true,
                "app.update.enabled": false,
                "datareporting.policy.dataSubmissionEnabled": false,
            },
        },
    }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
