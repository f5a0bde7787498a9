//! Compiles kb/ into the knowledge base that the crate carries, with the crate's own code. Any fault in any article
//! fails the build, and all of them are shown.

use std::path::{Path, PathBuf};

use reader::event;

#[allow(dead_code)]
#[path = "src/codes.rs"]
mod codes;
#[allow(dead_code, unused_imports)]
#[path = "src/detection/mod.rs"]
mod detection;
#[allow(dead_code, unused_imports)]
#[path = "src/kb/mod.rs"]
mod kb;
#[allow(dead_code)]
#[path = "src/order.rs"]
mod order;
#[allow(dead_code)]
#[path = "src/yaml.rs"]
mod yaml;

fn main() {
    // The benchmark builds a page with fewer articles.
    println!("cargo::rerun-if-env-changed=EVTX_CHECKUP_KB");
    let folder = std::env::var_os("EVTX_CHECKUP_KB").map_or_else(|| PathBuf::from("kb"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for area in sorted(&folder) {
        for path in sorted(&area) {
            if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((path.display().to_string(), text));
            }
        }
    }
    match kb::compile(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))) {
        Ok(bytes) => {
            let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("kb.postcard");
            std::fs::write(out, bytes).expect("OUT_DIR can be written");
        }
        Err(faults) => {
            for fault in &faults {
                println!("cargo::error={fault}");
            }
            std::process::exit(1);
        }
    }
}

/// What is in a folder, ordered by name; nothing for a file.
fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
