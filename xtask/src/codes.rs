//! Writes the names of error codes, `src/codes.txt`, from the constants of Microsoft's `windows` crate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Result, root};

/// A run of constants in the crate's source.
struct Source {
    /// The module they are in.
    module: &'static str,
    /// The type they have.
    type_name: &'static str,
    /// What their names start with, one of these.
    prefixes: &'static [&'static str],
    /// Which of their numbers are kept.
    keep: fn(u32) -> bool,
}

/// What the table is made of. A number that several constants have is called by the source that stands first, and
/// within a source by the shortest name, then by the first in the alphabet: `ERROR_ACCESS_DENIED` is 5, not
/// `RPC_S_ACCESS_DENIED`. The first sources are the system's own lists, winerror.h and ntstatus.h.
const SOURCES: [Source; 13] = [
    source("Foundation", "WIN32_ERROR", &["ERROR_", "DNS_ERROR_", "APPMODEL_ERROR_"], is_win32),
    source("Foundation", "WAIT_EVENT", &["WAIT_TIMEOUT"], is_win32),
    source("System/Rpc", "RPC_STATUS", &["RPC_S_", "EPT_S_"], is_win32),
    source("Foundation", "i32", &["RPC_X_", "FRS_ERR_"], is_win32),
    source("Networking/WinSock", "WSA_ERROR", &["WSA"], |code| (10_000..12_000).contains(&code)),
    source("Networking/WinHttp", "u32", &["ERROR_WINHTTP_"], is_win32),
    source("Networking/WinInet", "u32", &["ERROR_"], is_win32),
    source("Foundation", "NTSTATUS", &["STATUS_", "RPC_NT_", "EPT_NT_"], is_status),
    source("Foundation", "HRESULT", &[""], is_result),
    source("System/UpdateAgent", "HRESULT", &["WU_E_"], is_result),
    source("Security/Authentication/Identity", "HRESULT", &["SL_E_"], is_result),
    source("System/Wmi", "WBEMSTATUS", &["WBEM_E_"], is_result),
    source("Storage/Vss", "HRESULT", &["VSS_E_"], is_result),
];

/// Endings of constants that mark a range of codes, and are none themselves.
const MARKS: [&str; 4] = ["_BASE", "_FIRST", "_LAST", "_MASK"];

const fn source(
    module: &'static str,
    type_name: &'static str,
    prefixes: &'static [&'static str],
    keep: fn(u32) -> bool,
) -> Source {
    Source { module, type_name, prefixes, keep }
}

/// A system error, without those of the common log file system and of IPsec's key exchange, which logs hardly show; 0 is
/// none.
fn is_win32(code: u32) -> bool {
    (1..0x1_0000).contains(&code) && !matches!(code, 6600..6700 | 13000..14000)
}

/// A warning or an error of NTSTATUS, without those of the common log file system, display drivers, filtering platform,
/// hypervisor and the TPM's key storage: they are many, and logs hardly show them.
fn is_status(code: u32) -> bool {
    let hardly_shown = matches!(code >> 16, 0xc01a | 0xc01b | 0xc01d | 0xc01e | 0xc022 | 0xc029 | 0xc035 | 0xc037);
    code >= 0x8000_0000 && !hardly_shown
}

/// An error of a facility that event logs show; graphics, media, telephony and the like are left out.
fn is_result(code: u32) -> bool {
    matches!(
        code >> 16,
        // COM and its calls, storage, interfaces (task scheduler, WMI, VSS), Win32
        0x8000
            ..=0x8004 | 0x8007 | 0x8008
        // security and certificates, trust, device installation, smart cards
        | 0x8009 | 0x800b | 0x800f | 0x8010
        // HTTP, error reporting, file system filters, Windows Update
        | 0x8019 | 0x801b | 0x801f | 0x8024
        // TPM, performance logs, BitLocker, storage spaces, activation
        | 0x8028 | 0x8030 | 0x8031 | 0x80e7 | 0xc004
    )
}

/// Writes `src/codes.txt`.
pub fn codes() -> Result {
    let (table, path) = (table()?, path());
    std::fs::write(&path, &table)?;
    println!("{}: {} names, {} bytes", path.display(), table.lines().count() - 1, table.len());
    Ok(())
}

fn path() -> PathBuf {
    root().join("src/codes.txt")
}

/// The table as `src/codes.rs` reads it.
fn table() -> Result<String> {
    let (version, source) = windows_crate()?;
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    for run in &SOURCES {
        let path = source.join("src/Windows/Win32").join(run.module).join("mod.rs");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut own: BTreeMap<u32, &str> = BTreeMap::new();
        for (name, type_name, number) in text.lines().filter_map(constant) {
            let is_wanted = type_name == run.type_name
                && run.prefixes.iter().any(|prefix| name.starts_with(prefix))
                && !MARKS.iter().any(|mark| name.ends_with(mark))
                && !name.contains("_RESERVED_");
            if is_wanted && (run.keep)(number) {
                let best = own.entry(number).or_insert(name);
                if (name.len(), name) < (best.len(), *best) {
                    *best = name;
                }
            }
        }
        if own.is_empty() {
            return Err(format!("{} holds no {} any more", path.display(), run.type_name).into());
        }
        for (number, name) in own {
            names.entry(number).or_insert_with(|| name.to_owned());
        }
    }
    let mut table = format!("# written by `cargo xtask codes` from the crate windows {version}\n");
    let mut expected = None;
    for (number, name) in names {
        if expected != Some(number) {
            table += &format!("{number:x} ");
        }
        table += &name;
        table.push('\n');
        expected = number.checked_add(1);
    }
    Ok(table)
}

/// Name, type and number of a constant, as in `pub const E_FAIL: windows_core::HRESULT =
/// windows_core::HRESULT(0x80004005_u32 as _);`.
fn constant(line: &str) -> Option<(&str, &str, u32)> {
    let (name, rest) = line.strip_prefix("pub const ")?.split_once(": ")?;
    let (type_name, value) = rest.strip_suffix(';')?.split_once(" = ")?;
    let type_name = type_name.rsplit("::").next()?;
    let value = value.rsplit('(').next()?.trim_end_matches(')').trim_end_matches(" as _");
    let digits = value.trim_end_matches("u32").trim_end_matches("i32").trim_end_matches('_');
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().or_else(|_| digits.parse().map(i32::cast_unsigned)).ok()?,
    };
    Some((name, type_name, number))
}

/// The version that Cargo.lock pins, and the folder that Cargo keeps the crate in.
fn windows_crate() -> Result<(String, PathBuf)> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .stderr(std::process::Stdio::inherit())
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let [package] = packages.filter(|package| package["name"] == "windows").collect::<Vec<_>>()[..] else {
        return Err("Cargo.lock must hold the crate `windows` once".into());
    };
    let text = |key: &str| package[key].as_str().ok_or_else(|| format!("`cargo metadata` says no {key}"));
    let folder = Path::new(text("manifest_path")?).parent().map(PathBuf::from).unwrap_or_default();
    Ok((text("version")?.to_owned(), folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_names_are_those_of_the_crate() {
        let committed = std::fs::read_to_string(path()).unwrap();
        assert!(committed == table().unwrap(), "src/codes.txt is out of date: run `cargo xtask codes`");
    }

    #[test]
    fn constants_as_the_crate_writes_them() {
        for (line, expected) in [
            ("pub const X: WIN32_ERROR = WIN32_ERROR(5u32);", Some(("X", "WIN32_ERROR", 5))),
            ("pub const X: NTSTATUS = NTSTATUS(0xC0000022_u32 as _);", Some(("X", "NTSTATUS", 0xc000_0022))),
            (
                "pub const X: windows_core::HRESULT = windows_core::HRESULT(0x80070005_u32 as _);",
                Some(("X", "HRESULT", 0x8007_0005)),
            ),
            ("pub const X: WBEMSTATUS = WBEMSTATUS(-2147217405i32);", Some(("X", "WBEMSTATUS", 0x8004_1003))),
            ("pub const X: u32 = 12007u32;", Some(("X", "u32", 12007))),
            ("pub const X: f32 = 1f32;", None),
            ("pub const X: windows_core::PCWSTR = windows_core::w!(\"X\");", None),
        ] {
            assert_eq!(constant(line), expected, "{line}");
        }
    }
}
