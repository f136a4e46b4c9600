//! Small files with names that say something, nothing put off, no trace of one machine; and a map that leads to files that exist.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use structure::{files, median, rules, source};

/// A reader should hold a file in mind. The house aims at about 150 lines and is told before it drifts far from that.
const MEDIAN_FILE: usize = 200;

/// Complaints of one rule over a set of files, each with its file.
fn complaints(files: &[std::path::PathBuf], rule: fn(&str) -> Vec<String>) -> Vec<String> {
    let about = |file: &std::path::PathBuf| {
        let name = file.display().to_string();
        rule(&files::text(file))
            .into_iter()
            .map(move |complaint| format!("{name}:{complaint}"))
    };
    files.iter().flat_map(about).collect()
}

#[test]
fn files_and_functions_are_small_and_files_say_what_they_are() {
    let wrong = complaints(&files::rust(), rules::shape);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_median_file_stays_small() {
    let mut rooms: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for file in files::rust() {
        let path = file.to_string_lossy().into_owned();
        let room = match path
            .split_once("/src/")
            .or_else(|| path.split_once("/tests/"))
        {
            Some((room, _)) => room.to_owned(),
            None => path.split('/').next().unwrap_or_default().to_owned(),
        };
        let text = files::text(&file);
        let (file_lines, function_lines) = rooms.entry(room).or_default();
        file_lines.push(text.lines().count());
        function_lines.extend(
            source::functions(&source::code(&text))
                .iter()
                .map(|f| f.lines),
        );
    }
    println!(
        "structure: {:<16} {:>6} {:>7} {:>12} {:>8} {:>16}",
        "room", "files", "lines", "median file", "longest", "median function"
    );
    let all: Vec<usize> = rooms
        .values()
        .flat_map(|(lines, _)| lines.clone())
        .collect();
    for (room, (lines, functions)) in rooms {
        let (count, sum, longest) = (
            lines.len(),
            lines.iter().sum::<usize>(),
            lines.iter().max().copied().unwrap_or(0),
        );
        let (file, function) = (median(lines), median(functions));
        println!(
            "structure: {room:<16} {count:>6} {sum:>7} {file:>12} {longest:>8} {function:>16}"
        );
    }
    let file = median(all);
    assert!(
        file <= MEDIAN_FILE,
        "half of the files have more than {file} lines: draw rooms before adding to them"
    );
}

#[test]
fn names_say_what_is_inside() {
    let mut wrong = Vec::new();
    for file in files::rust() {
        let parts = file
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned());
        for part in parts {
            if rules::EMPTY_NAMES.contains(&part.trim_end_matches(".rs")) {
                wrong.push(file.display().to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_put_off() {
    let wrong = complaints(&files::rust(), rules::unfinished);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let texts: Vec<_> = files::all()
        .into_iter()
        .filter(|file| {
            !["ogg", "wav", "flac", "mp3", "dat", "png", "pcap"]
                .iter()
                .any(|e| file.extension().is_some_and(|x| x == *e))
        })
        .collect();
    let wrong = complaints(&texts, rules::traces);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let configured: Vec<_> = files::all()
        .into_iter()
        .filter(|file| file.starts_with(".cargo"))
        .collect();
    assert!(
        configured.is_empty(),
        "{configured:?} would send every town to one registry or linker"
    );
}

#[test]
fn the_map_leads_to_files_that_exist() {
    let map = files::text(Path::new("ARCHITECTURE.md"));
    let tops = [
        "src/",
        "sbc/",
        "ivr/",
        "directory/",
        "dialplans/",
        "console/",
        "tests/",
    ];
    let mut wrong = Vec::new();
    for (number, line) in map.lines().enumerate() {
        for word in line.split('`').skip(1).step_by(2) {
            let path = word.split([':', '#', ' ']).next().unwrap_or_default();
            let concrete = tops.iter().any(|top| path.starts_with(top))
                && !path.contains(['{', '*', '<', '…']);
            if concrete && !files::root().join(path).exists() {
                wrong.push(format!("ARCHITECTURE.md:{}: {path}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_gives_the_two_commands() {
    let readme = files::text(Path::new("README.md"));
    for command in ["cargo run --release", "tests/run"] {
        assert!(
            readme.contains(command),
            "README.md does not say `{command}`"
        );
    }
    let ci = files::text(Path::new(".ci/run"));
    let commands: Vec<&str> = ci
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(
        commands.last().copied(),
        Some("exec tests/run"),
        "CI runs what a newcomer runs, and nothing else"
    );
    assert_eq!(commands.len(), 3, "{commands:?}");
}
