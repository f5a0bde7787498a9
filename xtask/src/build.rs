//! Builds the page: one HTML file that holds the program, its glue, its style and the sample log.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lzma_rust2::{LzmaOptions, LzmaWriter};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::{Result, root, run, run_with};

/// The target the page's program is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `dist/index.html` and gives its path.
pub fn page() -> Result<PathBuf> {
    page_of(None)
}

/// The same with the articles of another folder than `kb`.
pub fn page_of(articles: Option<&Path>) -> Result<PathBuf> {
    install_target()?;
    let variables: Vec<_> = articles.map(|folder| ("EVTX_CHECKUP_KB", folder.as_os_str())).into_iter().collect();
    // Where the libraries lie on this machine is nobody's business, and makes the page larger. Given so, the flag goes with
    // those of .cargo/config.toml; a variable would take their place.
    let sources = std::env::home_dir().unwrap_or_default().join(".cargo/registry/src");
    let flags = format!("target.{TARGET}.rustflags=['--remap-path-prefix={}=']", sources.display());
    let build = ["build", "--profile", "page", "--lib", "--target", TARGET, "--config", &flags];
    run_with(&variables, "cargo", &build)?;
    // It passes no bindgen, which takes the names of functions out.
    let small = ["--package", "evtx-checkup-unpack", "--config", "profile.page.strip='symbols'"];
    run("cargo", &[&build[..], &small].concat())?;
    let (module, glue) = bindgen()?;
    let www = |name: &str| fs::read_to_string(root().join("www").join(name));
    let start = www("start.js")?;
    let icon = format!("data:image/svg+xml;base64,{}", STANDARD.encode(www("icon.svg")?.trim()));
    let scripts = [glue.clone(), format!("\n{start}\n")];
    let hashes: Vec<_> =
        scripts.iter().map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))).collect();
    // The start-up script is on a line of its own, so that the line breaks around it are in its hash.
    let mut page = fs::read_to_string(root().join("index.html"))?;
    for (placeholder, text) in [
        ("{{script-hashes}}", hashes.join(" ")),
        ("{{icon}}", icon),
        ("{{style}}", www("style.css")?),
        ("{{unpack}}", packed(&fs::read(built("unpack.wasm"))?)?),
        ("{{wasm}}", tightly_packed(&module)?),
        ("{{sample}}", packed(&log_writer::logs::sample())?),
        ("{{start}}", start),
        ("{{glue}}", packed(glue.as_bytes())?),
    ] {
        if page.matches(placeholder).count() != 1 {
            return Err(format!("index.html must hold {placeholder} once").into());
        }
        page = page.replace(placeholder, &text);
    }
    let path = root().join("dist").join("index.html");
    fs::create_dir_all(root().join("dist"))?;
    fs::write(&path, &page)?;
    println!("dist/index.html: {:.3} MB (module {:.3} MB)", page.len() as f64 / 1e6, module.len() as f64 / 1e6);
    Ok(path)
}

/// Adds the wasm target to the toolchain where it is missing.
pub fn install_target() -> Result {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output()?;
    let sysroot = PathBuf::from(String::from_utf8(sysroot.stdout)?.trim());
    if sysroot.join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    run("rustup", &["target", "add", TARGET]).map_err(|error| {
        format!("{error}; the build needs Rust's {TARGET} target, which your toolchain must bring").into()
    })
}

/// A module as the compiler has built it.
fn built(name: &str) -> PathBuf {
    root().join("target").join(TARGET).join("page").join(name)
}

/// The module ready for the browser, and the JavaScript that connects them.
fn bindgen() -> Result<(Vec<u8>, String)> {
    let mut output = Bindgen::new()
        .input_path(built("evtx_checkup.wasm"))
        .no_modules(true)?
        .typescript(false)
        .remove_name_section(std::env::var_os("KEEP_NAMES").is_none())
        .remove_producers_section(true)
        .generate_output()?;
    let glue = output.js().to_owned();
    let module = output.wasm_mut().emit_wasm();
    Ok((module, glue))
}

/// gzip, then text: what `www/start.js` unpacks.
fn packed(bytes: &[u8]) -> Result<String> {
    let mut packed = Vec::new();
    // Code and texts of many kinds: more blocks, each with its own code words, pay for themselves.
    let options = zopfli::Options { maximum_block_splits: 100, ..zopfli::Options::default() };
    zopfli::compress(options, zopfli::Format::Gzip, bytes, &mut packed)?;
    Ok(base91(&packed))
}

/// LZMA, then text: what the module of `unpack/` unpacks.
fn tightly_packed(bytes: &[u8]) -> Result<String> {
    let mut options = LzmaOptions::with_preset(9);
    // Code has no alignment that would tell positions apart.
    (options.lc, options.pb, options.nice_len) = (4, 0, LzmaOptions::NICE_LEN_MAX);
    options.dict_size = 4 << 20;
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64))?;
    writer.write_all(bytes)?;
    Ok(base91(&writer.finish()?))
}

/// Thirteen bits as two characters, a rest of up to six as one: a thirteenth shorter than base64, which is a lot of a
/// page that is hardly anything else. The characters are those that mean nothing in a page; no library's alphabet does
/// without the others.
fn base91(bytes: &[u8]) -> String {
    let alphabet: Vec<char> = ('!'..='~').filter(|c| !matches!(c, '<' | '&' | '\\')).collect();
    let digit = |value: u32| alphabet[value as usize];
    let mut text = String::with_capacity(bytes.len() / 13 * 16 + 16);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        (bits, count) = (bits << 8 | u32::from(*byte), count + 8);
        if count >= 13 {
            count -= 13;
            let value = bits >> count;
            text.extend([digit(value / 91), digit(value % 91)]);
            bits &= (1 << count) - 1;
        }
    }
    match count {
        0 => {}
        1..=6 => text.push(digit(bits << (6 - count))),
        _ => {
            let value = bits << (13 - count);
            text.extend([digit(value / 91), digit(value % 91)]);
        }
    }
    text
}
