//! People come from a file: previewed, written whole or not at all, and read again as they were; searches leave counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::import::PersonChange;
use directory::search::{Context, Index, entries};
use directory::{Directory, DirectoryError, Moment, PersonKind, Visibility};
use town::{NOW, at};

const FILE: &str = "\
name;other names;function;service;desk;mobile;hidden;languages;words;deputy;kind
Mieke Verhelst;Mieke Claus;vergunningen;town-planning;+3254310301;;+32470310301;nl|fr;kapvergunning;jo-baert;
Jo Baert;;landmeter;town-planning;2199;0470 31 03 02;;nl;;;
Zaal Zuid;Salle Sud;;;+32 (0)54 31 03 03;;;;;;room
";

async fn demo(temp: &tempfile::TempDir) -> Directory {
    let directory = town::open(temp.path()).await;
    directory.seed_demo(NOW).await.unwrap();
    directory
}

fn mistakes(error: DirectoryError) -> Vec<(usize, String)> {
    let DirectoryError::Import(mistakes) = error else {
        panic!("{error}");
    };
    let mistakes = mistakes.into_iter();
    mistakes.map(|m| (m.line, m.message)).collect()
}

#[tokio::test]
async fn a_file_is_previewed_written_and_found() {
    let temp = tempfile::tempdir().unwrap();
    let directory = demo(&temp).await;
    let before = directory.snapshot().await.unwrap().people;
    let preview = directory.preview_people(FILE).await.unwrap();
    let counts = |import: &directory::import::PeopleImport| {
        [PersonChange::New, PersonChange::Changed, PersonChange::Same]
            .map(|change| import.count(change))
    };
    assert_eq!(counts(&preview), [3, 0, 0]);
    assert_eq!(
        directory.snapshot().await.unwrap().people,
        before,
        "a preview writes nothing"
    );

    directory.import_people(&preview).await.unwrap();
    let rows = directory.snapshot().await.unwrap();
    assert_eq!(rows.people.len(), before.len() + 3);
    let mieke = rows
        .people
        .iter()
        .find(|p| p.id == "mieke-verhelst")
        .unwrap();
    assert_eq!(mieke.other_names, ["Mieke Claus"]);
    assert_eq!(mieke.deputy.as_deref(), Some("jo-baert"), "on a later line");
    assert_eq!(mieke.numbers[1].visibility, Visibility::Hidden);
    assert_eq!(mieke.entity, "demo");
    let room = rows.people.iter().find(|p| p.id == "zaal-zuid").unwrap();
    assert_eq!(
        (room.kind, room.numbers[0].number.as_str()),
        (PersonKind::Room, "+3254310303")
    );

    let index = Index::build(entries(&rows));
    for (text, id) in [
        ("claus", "mieke-verhelst"),
        ("kapvergunning", "mieke-verhelst"),
        ("salle sud", "zaal-zuid"),
        ("2199", "jo-baert"),
    ] {
        let found = index.search(text, &Context::default(), 3);
        assert_eq!(found[0].entry.id, id, "{text}");
    }

    let again = directory.preview_people(FILE).await.unwrap();
    assert_eq!(counts(&again), [0, 0, 3]);
    let other = FILE
        .replace("landmeter", "werfleider")
        .replace("Zaal Zuid", "Zaal Oost");
    let other = directory.preview_people(&other).await.unwrap();
    assert_eq!(counts(&other), [1, 1, 1]);
    assert_eq!(other.missing, ["zaal-zuid"]);
}

#[tokio::test]
async fn a_file_with_mistakes_changes_nothing_and_every_mistake_is_told() {
    let temp = tempfile::tempdir().unwrap();
    let directory = demo(&temp).await;
    let before = directory.snapshot().await.unwrap();
    let file = FILE
        .replace("jo-baert", "nobody")
        .replace(";town-planning;2199", ";moon;2199")
        .replace(";room", ";ghost");
    let told = mistakes(directory.preview_people(&file).await.unwrap_err());
    let told: Vec<(usize, bool)> = told
        .iter()
        .map(|(line, message)| (*line, message.starts_with("column ")))
        .collect();
    assert_eq!(told, [(2, true), (3, true), (4, true)]);
    assert_eq!(directory.snapshot().await.unwrap(), before);
}

#[tokio::test]
async fn the_demo_town_can_be_searched_as_it_stands() {
    let temp = tempfile::tempdir().unwrap();
    let directory = demo(&temp).await;
    let rows = directory.snapshot().await.unwrap();
    assert!(rows.people.len() >= 60);
    let index = Index::build(entries(&rows));
    let found = index.search("poubelle", &Context::default(), 1);
    assert_eq!(found[0].entry.id, "environment");
    assert_eq!(found[0].numbers()[0].target, "2105");
    assert_eq!(
        found[0].entry.account.as_deref(),
        Some("2105"),
        "whose presence is shown"
    );
    // Its telephones are people's, so none of them is a row of its own.
    let free = entries(&rows);
    assert!(free.iter().all(|entry| !entry.id.starts_with("account:")));
}

#[tokio::test]
async fn searches_are_kept_as_counts_and_forgotten() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    for text in ["Zwémles", "zwemles ", "0470 99 99 99", "xy", "bootje"] {
        directory.count_search_miss(text, NOW).await.unwrap();
    }
    let misses = directory.search_misses().await.unwrap();
    let misses: Vec<(&str, u64)> = misses.iter().map(|m| (m.text.as_str(), m.times)).collect();
    assert_eq!(
        misses,
        [("zwemles", 2), ("bootje", 1)],
        "no numbers, no fragments"
    );

    let day = 86_400_000;
    for (operator, service, entry, ms) in [
        ("r1", "waste", "kris", 0),
        ("r1", "waste", "ann", 1),
        ("r1", "", "bob", 2),
        ("r2", "waste", "kris", 6 * day),
    ] {
        directory
            .count_choice(operator, service, entry, at(ms))
            .await
            .unwrap();
    }
    assert_eq!(
        directory.recent_choices("r1", "waste").await.unwrap(),
        ["ann", "kris"]
    );
    let week = |ms| directory.weekly_choices(Moment(NOW.0 + ms));
    assert_eq!(week(6 * day).await.unwrap().get("kris"), Some(&2));
    assert_eq!(week(9 * day).await.unwrap().get("kris"), Some(&1));
    directory
        .count_choice("r2", "", "late", at(60 * day))
        .await
        .unwrap();
    assert!(
        directory
            .recent_choices("r1", "waste")
            .await
            .unwrap()
            .is_empty()
    );
}
