//! Everything that must hold before a change lands.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Result, build, root, run};

/// What the browser tests need: a program, and the Debian package that brings it.
const PROGRAMS: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("Xvfb", "xvfb"),
    ("openbox", "openbox"),
    ("xdotool", "xdotool"),
];

/// The page may weigh this much, in bytes.
const PAGE_BUDGET: u64 = 1_400_000;

/// The accessibility checker that the browser tests use (MPL-2.0), and what it must be.
const AXE: &str = "https://registry.npmjs.org/axe-core/-/axe-core-4.14.1.tgz";
const AXE_SHA256: &str = "5rDOArhNiS4uM+QDSF5/PWwp4r5t9l2vRNibpWQTl0U=";

/// Formatting, lints, the page and its weight, native tests and browser tests.
pub fn test() -> Result {
    run("cargo", &["fmt", "--all", "--check"])?;
    run("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    build::install_target()?;
    run("cargo", &["clippy", "--lib", "--target", build::TARGET, "--", "-D", "warnings"])?;
    let page = build::page()?;
    let weight = std::fs::metadata(&page)?.len();
    if weight > PAGE_BUDGET {
        return Err(format!("{} weighs {weight} bytes, more than {PAGE_BUDGET}", page.display()).into());
    }
    install_browser()?;
    fetch_axe()?;
    run("cargo", &["test", "--workspace"])
}

/// Fetches axe-core, with which a test looks at the page's accessibility, unless that was done before.
fn fetch_axe() -> Result {
    let (target, archive) = (root().join("target"), root().join("target/axe-core.tgz"));
    if target.join("axe.min.js").is_file() {
        return Ok(());
    }
    let (folder, path) = (target.display().to_string(), archive.display().to_string());
    run("curl", &["--silent", "--show-error", "--fail", "--location", "--output", &path, AXE])?;
    let digest = STANDARD.encode(Sha256::digest(fs::read(&archive)?));
    if digest != AXE_SHA256 {
        return Err(format!("{AXE} is not what it was: its SHA-256 is {digest}").into());
    }
    run("tar", &["-xzf", &path, "-C", &folder, "--strip-components=1", "package/axe.min.js"])
}

/// Installs Chromium and its driver where that is possible, and says what to install where it is not.
fn install_browser() -> Result {
    let missing: Vec<&str> =
        PROGRAMS.into_iter().filter(|(program, _)| !is_installed(program)).map(|(_, package)| package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if is_root && Path::new("/etc/debian_version").is_file() {
        run("apt-get", &["update", "-qq"])?;
        let install = ["install", "-y", "-qq", "--no-install-recommends"];
        return run("apt-get", &[&install[..], &missing].concat());
    }
    if missing.iter().all(|package| !package.starts_with("chromium")) {
        println!("Saving the page from a browser is not tested; for that, install {}.", missing.join(", "));
        return Ok(());
    }
    Err(format!(
        "the browser tests need Chromium and ChromeDriver on the PATH; on Debian: apt-get install {}",
        missing.join(" ")
    )
    .into())
}

/// Whether a program is on the PATH.
pub fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
