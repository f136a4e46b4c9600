//! The manifests: who declares which dependency, and the list of crates that the lock file resolves to.

use crate::files;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// One crate of the workspace.
pub struct Manifest {
    /// Directory relative to the top, empty for the root package.
    pub folder: PathBuf,
    /// The package name.
    pub package: String,
    /// The whole file.
    pub table: Table,
}

impl Manifest {
    /// Names under `[dependencies]` and `[build-dependencies]`, target-specific ones included.
    pub fn dependencies(&self) -> Vec<String> {
        self.listed(&["dependencies", "build-dependencies"])
    }

    /// Names under `[dev-dependencies]`.
    pub fn dev_dependencies(&self) -> Vec<String> {
        self.listed(&["dev-dependencies"])
    }

    fn listed(&self, sections: &[&str]) -> Vec<String> {
        let targets = self.table.get("target").and_then(Value::as_table);
        let tables = targets
            .into_iter()
            .flat_map(|targets| targets.values().filter_map(Value::as_table))
            .chain([&self.table]);
        tables
            .flat_map(|table| {
                sections
                    .iter()
                    .filter_map(|section| table.get(*section)?.as_table())
            })
            .flat_map(|listed| listed.keys().cloned())
            .collect()
    }
}

/// A TOML file of the project.
///
/// # Panics
/// When it is missing or no TOML.
#[allow(clippy::panic)]
pub fn toml_file(file: &Path) -> Table {
    match files::text(file).parse() {
        Ok(table) => table,
        Err(error) => panic!("{}: {error}", file.display()),
    }
}

/// The root manifest and every member's, in the order of `[workspace] members`.
pub fn workspace() -> Vec<Manifest> {
    let root = toml_file(Path::new("Cargo.toml"));
    let members: Vec<PathBuf> = strings(&root, &["workspace", "members"])
        .into_iter()
        .map(PathBuf::from)
        .collect();
    [PathBuf::new()]
        .into_iter()
        .chain(members)
        .map(|folder| {
            let table = toml_file(&folder.join("Cargo.toml"));
            let package = at(&table, &["package", "name"]).and_then(Value::as_str);
            Manifest {
                package: package.unwrap_or_default().to_owned(),
                folder,
                table,
            }
        })
        .collect()
}

/// The value under a path of keys.
pub fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(key))
}

/// The strings of an array under a path of keys; empty when there is none.
pub fn strings(table: &Table, path: &[&str]) -> Vec<String> {
    at(table, path)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
