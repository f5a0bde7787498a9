//! The files that tests read: those of the repository, and those that somebody may have, such as real logs.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder that an environment variable names; `None`, said aloud, where it is not set.
pub fn folder(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{variable} is not set: the files that it would name were not read");
    }
    folder
}

/// All files of a folder and the folders in it, ordered by path. Fails where a folder cannot be read.
pub fn all(folder: impl AsRef<Path>) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.as_ref().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// Those of [`all`] with an ending such as `md`, in capitals or not.
pub fn ending(folder: impl AsRef<Path>, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut files = all(folder)?;
    files.retain(|path| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending)));
    Ok(files)
}
