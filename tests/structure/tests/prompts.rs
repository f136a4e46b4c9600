//! The provisional prompts: every text has a sound in every language, made from that text, and each sounds as README.md there says.
#![allow(clippy::unwrap_used, clippy::panic)]

use media::{Codec, Recording};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use structure::{files, manifest, sound};

const LANGUAGES: &[&str] = &["nl", "fr", "de", "en"];
const FOLDER: &str = "dialplans/prompts";
/// Signs without words.
const SIGNALS: [&str; 3] = ["back", "lost", "waiting"];

/// The texts by `<lang>/<name>.ogg`.
fn texts() -> BTreeMap<String, String> {
    let listed = manifest::toml_file(&Path::new(FOLDER).join("texts.toml"));
    let mut found = BTreeMap::new();
    for (name, spoken) in &listed {
        for (lang, text) in spoken.as_table().unwrap() {
            let text = text
                .as_str()
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            found.insert(format!("{lang}/{name}.ogg"), text);
        }
        for lang in LANGUAGES {
            assert!(
                found.contains_key(&format!("{lang}/{name}.ogg")),
                "[{name}] has no text in {lang}"
            );
        }
    }
    found
}

/// The samples at 16 kHz, through the decoder that the exchange itself uses.
fn samples(file: &str) -> Vec<i16> {
    let bytes = std::fs::read(files::root().join(FOLDER).join(file)).unwrap();
    let recording = Recording::decode(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
    recording.samples(Codec::G722).to_vec()
}

#[test]
fn every_text_has_a_sound_and_every_sound_a_text() {
    let mut wanted: Vec<String> = texts().into_keys().collect();
    wanted.push("music/default.ogg".to_owned());
    wanted.extend(SIGNALS.map(|name| format!("signals/{name}.ogg")));
    wanted.sort();
    let mut present: Vec<String> = files::all()
        .iter()
        .filter_map(|file| file.strip_prefix(FOLDER).ok())
        .map(|file| file.to_string_lossy().into_owned())
        .filter(|file| file.ends_with(".ogg"))
        .collect();
    present.sort();
    assert_eq!(present, wanted, "run {FOLDER}/make");
}

#[test]
fn every_sound_was_made_from_the_text_that_stands_there_now() {
    let listing = files::text(&Path::new(FOLDER).join("made.sha256"));
    let made: BTreeMap<&str, &str> = listing
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, file)| (file, sum))
        .collect();
    let script = files::text(&Path::new(FOLDER).join("make"));
    let recipe = script
        .lines()
        .find_map(|line| line.strip_prefix("RECIPE = "))
        .unwrap();
    let sum = |source: String| {
        Sha256::digest(source)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let mut wrong = Vec::new();
    for (file, text) in texts() {
        let lang = file.split('/').next().unwrap();
        if made.get(file.as_str()).copied() != Some(&*sum(format!("{recipe}\n{lang}\n{text}"))) {
            wrong.push(file);
        }
    }
    assert!(
        wrong.is_empty(),
        "run {FOLDER}/make: the text of these has changed: {wrong:?}"
    );
    assert_eq!(
        made.get("music/default.ogg").copied(),
        Some(&*sum(format!("{recipe}\nmusic")))
    );
    for name in SIGNALS {
        let source = format!("{recipe}\nsignal {name}");
        let file = format!("signals/{name}.ogg");
        assert_eq!(made.get(&*file).copied(), Some(&*sum(source)), "{file}");
    }
}

#[test]
fn every_prompt_is_level_clean_and_neither_cut_nor_slow_to_begin() {
    let mut wrong = Vec::new();
    let (mut seconds, mut count) = (0.0, 0);
    for (file, text) in texts() {
        let measured = sound::measure(&samples(&file));
        seconds += measured.seconds;
        count += 1;
        let complaints = sound::speech_complaints(&measured, text.chars().count());
        wrong.extend(
            complaints
                .into_iter()
                .map(|complaint| format!("{file}: {complaint}")),
        );
    }
    println!("structure: {count} prompts, {seconds:.0} s of speech");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_hold_music_repeats_without_a_click() {
    let measured = sound::measure(&samples("music/default.ogg"));
    assert_eq!(
        sound::music_complaints(&measured),
        [] as [String; 0],
        "{measured:?}"
    );
}

#[test]
fn signals_are_short_and_soft() {
    for name in SIGNALS {
        let measured = sound::measure(&samples(&format!("signals/{name}.ogg")));
        assert!(
            (0.2..0.6).contains(&measured.seconds),
            "{name}: {measured:?}"
        );
        assert!(measured.peak < -10.0, "{name}: {measured:?}");
    }
}
