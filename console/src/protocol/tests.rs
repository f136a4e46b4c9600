//! Document, Rust, TypeScript and golden messages say the same. `UPDATE=1 cargo test -p centrale-console` writes the TypeScript.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use ts_rs::{Config, TS};

use super::*;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Holds a file to what it must be, or writes it.
fn golden(path: &str, expected: &str) {
    let file = here(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, expected).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == expected,
        "{path} is not what the Rust types say; UPDATE=1 writes it"
    );
}

fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut out = String::from(
        "// What page and server say to each other (console/PROTOCOL.md). Written by `UPDATE=1 cargo test -p centrale-console`.\n",
    );
    macro_rules! declare {
        ($($name:ty),* $(,)?) => {$(
            out.push_str("\nexport ");
            out.push_str(&<$name as TS>::decl(&config));
            out.push('\n');
        )*};
    }
    declare!(
        ClientMsg,
        If,
        Audio,
        MediaUp,
        PathView,
        Command,
        Pause,
        Outcome,
        ServerMsg,
        Welcome,
        Snapshot,
        Event,
        AckDone,
        Nack,
        MediaState,
        Bye,
        Role,
        CallView,
        CallState,
        CallerView,
        CallerSource,
        ReturnedView,
        ReasonView,
        ContactView,
        NoteView,
        QueueView,
        StationView,
        StationState,
        PresenceView,
        PresenceState,
        AwayView,
        ForwardView,
        Occasion,
        ServiceView,
        LineView,
        LineState,
        ClosureView,
        TaskView,
        MissedView,
        EmergencyView,
        MeView,
        Chosen,
        Tongue,
        Theme,
        Density,
        Enter,
        Verbosity,
        ResultItem,
        ItemKind,
        ResultNumber,
        MissView,
        Citizen,
    );
    out.replace("super::", "")
}

#[test]
fn the_types_of_the_page_are_those_of_the_server() {
    golden("web/types/protocol.d.ts", &typescript());
}

/// The golden messages of one file, by name; each is read as a message and says the same when written again.
fn goldens<T: Serialize + DeserializeOwned>(path: &str) -> BTreeMap<String, T> {
    let text = std::fs::read_to_string(here(path)).unwrap();
    let all: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let read = |(name, value): (String, serde_json::Value)| {
        let message: T =
            serde_json::from_value(value.clone()).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(serde_json::to_value(&message).unwrap(), value, "{name}");
        (name, message)
    };
    all.into_iter().map(read).collect()
}

#[test]
fn every_message_and_every_field_has_a_golden_one() {
    goldens::<ClientMsg>("fixtures/client.json");
    goldens::<ServerMsg>("fixtures/server.json");
    goldens::<Citizen>("fixtures/citizen.json");
    let all = ["client", "server", "citizen"]
        .map(|name| std::fs::read_to_string(here(&format!("fixtures/{name}.json"))).unwrap())
        .concat();
    let config = Config::new().with_large_int("number");
    let tagged = [
        ClientMsg::decl(&config),
        Command::decl(&config),
        MediaUp::decl(&config),
        ServerMsg::decl(&config),
        Event::decl(&config),
        MediaState::decl(&config),
        CallState::decl(&config),
        Nack::decl(&config),
        Bye::decl(&config),
        Citizen::decl(&config),
        Tongue::decl(&config),
        Theme::decl(&config),
        Density::decl(&config),
        Enter::decl(&config),
        Verbosity::decl(&config),
    ];
    let words = tagged.iter().flat_map(|declared| literals(declared));
    for word in words.chain(fields(&typescript())) {
        assert!(
            all.contains(&format!("\"{word}\"")),
            "no golden message holds {word}"
        );
    }
}

/// The words in quotes of a declaration.
fn literals(declared: &str) -> BTreeSet<String> {
    let code: String = without_comments(declared);
    code.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// The names of fields of a declaration.
fn fields(declared: &str) -> BTreeSet<String> {
    let code = without_comments(declared).replace('"', " ");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(':') {
        let name = code[..at].trim_end_matches('?').trim_end();
        let word = name
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap();
        found.insert(word.to_owned());
    }
    found
}

fn without_comments(declared: &str) -> String {
    let mut code = String::new();
    let mut rest = declared;
    while let Some((before, after)) = rest.split_once("/**") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_document_tells_every_word_and_shows_only_messages_that_are() {
    let document = std::fs::read_to_string(here("PROTOCOL.md")).unwrap();
    let types = typescript();
    let said: BTreeSet<&str> = document
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .collect();
    let untold: Vec<String> = literals(&types)
        .into_iter()
        .chain(fields(&types))
        .filter(|word| !said.contains(word.as_str()))
        .collect();
    assert!(untold.is_empty(), "PROTOCOL.md does not tell of {untold:?}");

    let mut shown = 0;
    for line in document.lines().filter(|line| line.starts_with("{\"t\"")) {
        shown += 1;
        let value: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        let back = serde_json::from_str::<ClientMsg>(line)
            .map(|read| serde_json::to_value(read).unwrap())
            .or_else(|_| {
                serde_json::from_str::<ServerMsg>(line)
                    .map(|read| serde_json::to_value(read).unwrap())
            })
            .or_else(|_| {
                serde_json::from_str::<Citizen>(line)
                    .map(|read| serde_json::to_value(read).unwrap())
            });
        assert_eq!(
            back.unwrap_or_else(|why| panic!("{why}: {line}")),
            value,
            "{line}"
        );
    }
    assert!(shown >= 10, "{shown} messages shown");
}

#[test]
fn the_name_of_an_order_is_its_name_on_the_wire() {
    for (name, message) in goldens::<ClientMsg>("fixtures/client.json") {
        if let ClientMsg::Cmd { cmd, .. } = message {
            assert_eq!(
                serde_json::to_value(&cmd).unwrap()["cmd"],
                cmd.name(),
                "{name}"
            );
        }
    }
}
