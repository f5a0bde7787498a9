//! Everything that must hold before a change lands.

use std::path::Path;
use std::process::Command;

use super::{Result, build, run};

/// What the browser tests need: a program, and the Debian package that brings it.
const PROGRAMS: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("Xvfb", "xvfb"),
    ("openbox", "openbox"),
    ("xdotool", "xdotool"),
];

/// The page may weigh this much, in bytes.
const PAGE_BUDGET: u64 = 1_300_000;

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
    run("cargo", &["test", "--workspace"])
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
