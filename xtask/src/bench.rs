//! The numbers that this project promises.

use std::fs;
use std::path::Path;

use super::{Result, build, root, run};

/// The articles of the page that the real one is compared with: those that match most of the log, so that both find
/// nearly the same and differ in what they know.
const FEW: [&str; 10] = [
    "dns-lookup-timed-out",
    "tls-no-common-cipher-suite",
    "dcom-server-not-registered-in-time",
    "service-ended-with-error",
    "service-crashed-recovery-action",
    "disk-controller-error",
    "service-connect-timeout",
    "disk-bad-block",
    "service-control-response-timeout",
    "service-start-failed",
];

/// Builds the page, and one with few articles where that is measured, and measures what `benches/numbers.rs` says, or some
/// parts of it.
pub fn bench(parts: &[&str]) -> Result {
    if parts.is_empty() || parts.contains(&"page") {
        let folder = root().join("target/bench/kb");
        copy_few(&root().join("kb"), &folder)?;
        fs::copy(build::page_of(Some(&folder))?, root().join("target/bench/few-articles.html"))?;
    }
    build::page()?;
    run("cargo", &[&["bench", "--bench", "numbers", "--"], parts].concat())
}

/// Copies [`FEW`] articles of a knowledge base.
fn copy_few(from: &Path, to: &Path) -> Result {
    let areas = fs::read_dir(from)?.map(|area| area.map(|area| area.path())).collect::<std::io::Result<Vec<_>>>()?;
    for id in FEW {
        let name = format!("{id}.md");
        let area = areas.iter().find(|area| area.join(&name).is_file()).ok_or(format!("kb/ has no {name}"))?;
        let own = to.join(area.strip_prefix(from)?);
        fs::create_dir_all(&own)?;
        fs::write(own.join(&name), without_causes(&fs::read_to_string(area.join(&name))?))?;
    }
    Ok(())
}

/// An article without `caused-by`: the articles that it names are not there.
fn without_causes(article: &str) -> String {
    let mut is_cause = false;
    let stays = |line: &&str| {
        is_cause = line.starts_with("caused-by:") || is_cause && line.starts_with(' ');
        !is_cause
    };
    article.split_inclusive('\n').filter(stays).collect()
}
