//! The files of the project: what git knows or would add, or the plain tree when this is no clone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file, relative to [`root`], sorted. Ignored files and build output are left out.
pub fn all() -> Vec<PathBuf> {
    let mut files = from_git().unwrap_or_else(|| {
        let mut found = Vec::new();
        walk(&root(), Path::new(""), &mut found);
        found
    });
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files.dedup();
    files
}

/// The Rust files among [`all`].
pub fn rust() -> Vec<PathBuf> {
    all()
        .into_iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// The text of a file given relative to [`root`]; bytes that are not UTF-8 are replaced.
///
/// # Panics
/// When the file cannot be read: a structure test must not pass over what it cannot see.
#[allow(clippy::panic)]
pub fn text(file: &Path) -> String {
    match fs::read(root().join(file)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => panic!("{}: {error}", file.display()),
    }
}

fn from_git() -> Option<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .ok()?;
    // Inside an unrelated repository (an unpacked archive below someone's home) git lists nothing of ours.
    let names = String::from_utf8(listed.stdout).ok()?;
    let files: Vec<PathBuf> = names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .collect();
    (listed.status.success() && files.iter().any(|file| file == Path::new("Cargo.toml")))
        .then_some(files)
}

fn walk(root: &Path, inside: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root.join(inside))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name();
        if ["target", ".git", "centrale-data", "node_modules"].contains(&&*name.to_string_lossy()) {
            continue;
        }
        let path = inside.join(&name);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                walk(root, &path, found);
            }
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
}
