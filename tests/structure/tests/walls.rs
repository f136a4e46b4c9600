//! Who may import whom, and what each crate must never contain: the table of ARCHITECTURE.md, held.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use structure::manifest::{self, Manifest};
use structure::{files, rules, source};

/// The crates that decide. They do no I/O.
const CORE: &[&str] = &["sbc/sip", "sbc/media", "sbc/call", "ivr"];

/// For each crate, the crates of this house it may import outside its tests. The program and the tests may see everything.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("sbc/sip", &[]),
    ("sbc/media", &[]),
    ("ivr", &[]),
    ("sbc/call", &["sip", "media", "ivr"]),
    ("sbc/server", &["sip", "media", "ivr", "call"]),
    ("directory", &[]),
    ("console", &["ivr", "call", "server", "directory"]),
];

/// Outside crates that would bring a clock, a socket, a thread or the system's entropy into the core, or SQL and JSON into it.
/// `ring` is not among them: its digests and MACs are pure; its entropy is forbidden by name (`SystemRandom`).
const NOT_IN_CORE: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "futures",
    "mio",
    "socket2",
    "quinn-udp",
    "hickory-resolver",
    "reqwest",
    "axum",
    "hyper",
    "sqlx",
    "rusqlite",
    "serde_json",
    "getrandom",
    "parking_lot",
    "crossbeam",
    "crossbeam-channel",
    "rayon",
    "flume",
    "dashmap",
    "arc-swap",
    "tracing",
    "log",
    "clap",
];

fn member(folder: &str) -> Manifest {
    let found = manifest::workspace()
        .into_iter()
        .find(|m| m.folder == Path::new(folder));
    found.unwrap_or_else(|| panic!("{folder} is not a member of the workspace"))
}

/// Names under which the crates of this house are declared in the root manifest.
fn house() -> BTreeSet<String> {
    let root = manifest::toml_file(Path::new("Cargo.toml"));
    let listed = manifest::at(&root, &["workspace", "dependencies"])
        .unwrap()
        .as_table()
        .unwrap();
    let ours = listed
        .iter()
        .filter(|(_, value)| value.get("path").is_some());
    ours.map(|(name, _)| name.clone()).collect()
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let inside = Path::new(folder).join("src");
    files::rust()
        .into_iter()
        .filter(|file| file.starts_with(&inside))
        .collect()
}

/// The sources of a crate that are compiled outside its tests.
fn product_sources(folder: &str) -> Vec<PathBuf> {
    let all = sources(folder);
    let mut only_for_tests = Vec::new();
    for file in &all {
        let (_, outside) = source::without_tests(&source::code(&files::text(file)));
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let inside = match stem.as_str() {
            "lib" | "main" | "mod" => file.parent().unwrap().to_owned(),
            _ => file.with_extension(""),
        };
        for name in outside {
            only_for_tests.push(inside.join(format!("{name}.rs")));
            only_for_tests.push(inside.join(name));
        }
    }
    all.into_iter()
        .filter(|file| !only_for_tests.iter().any(|gone| file.starts_with(gone)))
        // `#[path = "lock_tests.rs"] mod tests;` is the other spelling of a test file beside what it tests.
        .filter(|file| !file.to_string_lossy().ends_with("_tests.rs"))
        .collect()
}

#[test]
fn imports_go_downwards_only() {
    let house = house();
    let mut wrong = Vec::new();
    for (folder, may) in MAY_IMPORT {
        for name in member(folder).dependencies() {
            if house.contains(&name) && !may.contains(&name.as_str()) {
                wrong.push(format!("{folder} imports {name}"));
            }
        }
    }
    for leaf in ["sbc/sip", "sbc/media", "ivr"] {
        let listed = member(leaf).dev_dependencies();
        wrong.extend(
            listed
                .into_iter()
                .filter(|n| house.contains(n))
                .map(|n| format!("{leaf}'s tests import {n}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_crate_of_the_house_has_its_place_in_the_table() {
    let known: BTreeSet<&str> = MAY_IMPORT.iter().map(|(folder, _)| *folder).collect();
    let strangers: Vec<String> = manifest::workspace()
        .iter()
        .map(|m| m.folder.to_string_lossy().into_owned())
        .filter(|folder| {
            !folder.is_empty() && !folder.starts_with("tests/") && !known.contains(folder.as_str())
        })
        .collect();
    assert!(
        strangers.is_empty(),
        "say in MAY_IMPORT what these may import: {strangers:?}"
    );
}

#[test]
fn the_core_depends_on_nothing_that_waits_or_listens() {
    let mut wrong = Vec::new();
    for folder in CORE {
        for name in member(folder).dependencies() {
            if NOT_IN_CORE.contains(&name.as_str()) {
                wrong.push(format!("{folder} depends on {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_generator_cannot_seed_itself() {
    let root = manifest::toml_file(Path::new("Cargo.toml"));
    let rand = manifest::at(&root, &["workspace", "dependencies", "rand"])
        .unwrap()
        .as_table()
        .unwrap()
        .clone();
    let features = manifest::strings(&rand, &["features"]);
    assert_eq!(rand["default-features"].as_bool(), Some(false));
    assert!(
        !features
            .iter()
            .any(|f| ["sys_rng", "thread_rng", "os_rng"].contains(&f.as_str())),
        "{features:?}"
    );
}

#[test]
fn the_core_has_no_clock_no_entropy_no_sockets_no_threads() {
    let mut wrong = Vec::new();
    for folder in CORE {
        let sources = product_sources(folder);
        assert!(!sources.is_empty(), "{folder} has no sources");
        for file in sources {
            for complaint in rules::forbidden_in_core(&files::text(&file)) {
                wrong.push(format!("{}:{complaint}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_compiler_is_told_the_same() {
    for folder in CORE {
        let told = manifest::toml_file(&Path::new(folder).join("clippy.toml"));
        let methods = told["disallowed-methods"].as_array().unwrap();
        let paths: Vec<&str> = methods
            .iter()
            .filter_map(|m| m.get("path")?.as_str())
            .collect();
        for needed in [
            "std::time::Instant::now",
            "std::time::Instant::elapsed",
            "std::time::SystemTime::now",
            "std::thread::spawn",
            "std::collections::HashMap::iter",
            "std::collections::HashMap::values",
        ] {
            assert!(
                paths.contains(&needed),
                "{folder}/clippy.toml does not ban {needed}"
            );
        }
        for method in methods {
            assert!(
                method
                    .get("reason")
                    .is_some_and(|r| r.as_str().is_some_and(|r| !r.is_empty())),
                "{folder}: {method}"
            );
        }
    }
}

#[test]
fn unsafe_code_has_one_door() {
    let (mut doors, mut wrong) = (0, Vec::new());
    for manifest in manifest::workspace() {
        let root = ["src/lib.rs", "src/main.rs"]
            .map(|name| manifest.folder.join(name))
            .into_iter()
            .filter(|file| files::root().join(file).is_file());
        for file in root {
            let level = if manifest.folder == Path::new("sbc/server") {
                "deny"
            } else {
                "forbid"
            };
            if !source::code(&files::text(&file)).contains(&format!("#![{level}(unsafe_code)]")) {
                wrong.push(format!(
                    "{} has no #![{level}(unsafe_code)]",
                    file.display()
                ));
            }
        }
    }
    for file in files::rust() {
        let code = source::code(&files::text(&file));
        let opened = code.matches("expect(unsafe_code").count();
        if opened > 0 && !file.starts_with("sbc/server/src") {
            wrong.push(format!("{} opens a door", file.display()));
        }
        if code.contains("allow(unsafe_code") {
            wrong.push(format!(
                "{} allows what only an expectation with a reason may",
                file.display()
            ));
        }
        doors += opened;
    }
    assert!(doors <= 1, "{doors} modules expect unsafe code");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_crate_takes_the_lints_of_the_house() {
    for manifest in manifest::workspace() {
        let inherits =
            manifest::at(&manifest.table, &["lints", "workspace"]).and_then(toml::Value::as_bool);
        assert_eq!(inherits, Some(true), "{}", manifest.package);
    }
}

#[test]
fn tests_that_are_run_by_name_do_not_run_twice() {
    let mut wrong = Vec::new();
    for manifest in manifest::workspace() {
        let listed = manifest
            .table
            .get("test")
            .and_then(toml::Value::as_array)
            .cloned()
            .unwrap_or_default();
        let names: &[&str] = match manifest.folder.as_os_str().is_empty() {
            true => &["interop", "torture"],
            false => &["mutation"],
        };
        for name in names {
            let declared = listed
                .iter()
                .find(|t| t.get("name").and_then(toml::Value::as_str) == Some(*name));
            let off = declared.and_then(|t| t.get("test")?.as_bool()) == Some(false);
            let exists = [format!("tests/{name}.rs"), format!("tests/{name}/main.rs")]
                .iter()
                .any(|file| files::root().join(&manifest.folder).join(file).is_file());
            if (exists || declared.is_some()) && !off {
                wrong.push(format!(
                    "{}: the test target {name} needs `test = false`",
                    manifest.package
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
