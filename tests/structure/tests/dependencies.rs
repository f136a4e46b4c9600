//! What we build upon: every licence and source on the list in deny.toml, and a reason in ARCHITECTURE.md for each crate we chose.
//!
//! This does what `cargo deny check licenses sources bans` would do with the same file, without minutes of installing it first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use structure::{files, licence, manifest};

/// The resolved crates for this machine's target, as cargo tells them.
fn packages() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs")
        .stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned();
    let told = Command::new(cargo)
        .args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            &host,
        ])
        .current_dir(files::root())
        .output()
        .expect("cargo metadata runs");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let used: BTreeSet<&str> = told["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let all = told["packages"].as_array().unwrap();
    all.iter()
        .filter(|p| p["id"].as_str().is_some_and(|id| used.contains(id)))
        .cloned()
        .collect()
}

fn word<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

/// The declared expression; for a crate that declares none but ships the text of the MIT licence (rsip), that.
fn licence_of(package: &Value) -> String {
    let declared = word(package, "license");
    let manifest = Path::new(word(package, "manifest_path"));
    let shipped = manifest.with_file_name(word(package, "license_file"));
    let text = std::fs::read_to_string(shipped).unwrap_or_default();
    let mit = text.starts_with("MIT License")
        && text.contains("Permission is hereby granted, free of charge");
    match declared {
        "" if mit => "MIT".to_owned(),
        _ => declared.to_owned(),
    }
}

#[test]
fn every_licence_is_allowed() {
    let rules = manifest::toml_file(Path::new("deny.toml"));
    let allowed = manifest::strings(&rules, &["licenses", "allow"]);
    let packages = packages();
    let mut wrong = Vec::new();
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for package in &packages {
        let (name, expression) = (word(package, "name"), licence_of(package));
        *counted.entry(expression.clone()).or_default() += 1;
        if !licence::satisfied(&expression, &allowed) {
            wrong.push(format!(
                "{name} {}: {expression:?}",
                word(package, "version")
            ));
        }
    }
    println!(
        "structure: {} crates resolved, {} of them ours, under {} licence expressions",
        packages.len(),
        packages.iter().filter(|p| p["source"].is_null()).count(),
        counted.len()
    );
    assert!(
        packages.len() > 10,
        "cargo metadata told of {} crates only",
        packages.len()
    );
    assert!(
        wrong.is_empty(),
        "not in deny.toml [licenses] allow:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_source_is_the_public_registry_or_this_tree() {
    let rules = manifest::toml_file(Path::new("deny.toml"));
    let registries = manifest::strings(&rules, &["sources", "allow-registry"]);
    let mut wrong = Vec::new();
    for package in packages() {
        let source = word(&package, "source");
        let known = registries
            .iter()
            .any(|registry| source == format!("registry+{registry}"));
        if !known && !package["source"].is_null() {
            wrong.push(format!("{} comes from {source}", word(&package, "name")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The lock file speaks of every platform, cargo metadata only of this one.
    let lock = manifest::toml_file(Path::new("Cargo.lock"));
    for package in lock["package"].as_array().unwrap() {
        if let Some(source) = package.get("source").and_then(toml::Value::as_str) {
            assert!(
                registries
                    .iter()
                    .any(|registry| source == format!("registry+{registry}")),
                "{source}"
            );
            assert!(
                package.get("checksum").is_some(),
                "{package} has no checksum"
            );
        }
    }
}

#[test]
fn banned_crates_stay_out() {
    let rules = manifest::toml_file(Path::new("deny.toml"));
    let banned: Vec<&str> = manifest::at(&rules, &["bans", "deny"])
        .and_then(toml::Value::as_array)
        .unwrap()
        .iter()
        .filter_map(|ban| ban.get("crate")?.as_str())
        .collect();
    assert!(banned.contains(&"openssl-sys") && banned.contains(&"aws-lc-sys"));
    let lock = manifest::toml_file(Path::new("Cargo.lock"));
    let names = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p.get("name")?.as_str());
    let found: Vec<&str> = names.filter(|name| banned.contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn each_dependency_has_its_reason() {
    let map = files::text(Path::new("ARCHITECTURE.md"));
    let mut explained = BTreeSet::new();
    for line in map
        .lines()
        .filter(|line| line.trim_start().starts_with('|'))
    {
        let mut cells = line.trim().trim_matches('|').split('|').map(str::trim);
        let (first, rest) = (
            cells.next().unwrap_or_default(),
            cells.collect::<Vec<_>>().join(" "),
        );
        // A row may explain several: | `sha2`, `md-5` | digests |
        if rest.len() >= 12 {
            explained.extend(
                first
                    .split([',', ' '])
                    .map(|name| name.trim_matches(['`', '*', ' ']).to_owned()),
            );
        }
    }
    let mut wanted = BTreeSet::new();
    for manifest in manifest::workspace() {
        wanted.extend(manifest.dependencies());
        wanted.extend(manifest.dev_dependencies());
    }
    let root = manifest::toml_file(Path::new("Cargo.toml"));
    let listed = manifest::at(&root, &["workspace", "dependencies"])
        .unwrap()
        .as_table()
        .unwrap();
    let unused: Vec<&String> = listed
        .keys()
        .filter(|name| !wanted.contains(*name))
        .collect();
    wanted.retain(|name| {
        listed
            .get(name)
            .is_none_or(|value| value.get("path").is_none())
    });
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|name| !explained.contains(*name))
        .collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md has no row with a reason for {missing:?}"
    );
    assert!(
        unused.is_empty(),
        "declared for the workspace and used by no crate: {unused:?}"
    );
}
