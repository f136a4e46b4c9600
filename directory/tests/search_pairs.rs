//! The list that measures the search (`tests/search`): 85 % of the rows meant are first, 97 % among the first three. It prints percentages and
//! no line, because no rule is to be fitted to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
use directory::search::{Context, Entry, EntryKind, EntryNumber, Index, NumberKind};
use std::collections::BTreeMap;
use std::path::Path;

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/search");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// A line of the town: kind, id, name, function, service, building, numbers, words.
fn entry(line: &str) -> Entry {
    let mut fields: Vec<&str> = line.split('\t').collect();
    fields.resize(8, "");
    let kind = match fields[0] {
        "person" => EntryKind::Person,
        "service" => EntryKind::Service,
        other => panic!("{other}: expected person or service"),
    };
    let mut entry = Entry::new(fields[1], kind, fields[2]);
    entry.function = fields[3].to_owned();
    entry.service = Some(fields[4].to_owned());
    entry.service_names = vec![fields[4].to_owned()];
    entry.site = fields[5].to_owned();
    let number = |number: &str| EntryNumber {
        number: number.to_owned(),
        kind: NumberKind::Desk,
        hidden: false,
    };
    entry.numbers = fields[6].split_whitespace().map(number).collect();
    // The list does not say where a phrase ends, so each word is one.
    entry.words = fields[7].split_whitespace().map(str::to_owned).collect();
    entry
}

/// The language of a row, by its building.
fn language(entry: &Entry) -> &'static str {
    let of = [
        ("de", ["Rathaus", "Bauhof", "Kita"].as_slice()),
        (
            "fr",
            &[
                "Hôtel de ville",
                "Maison sociale",
                "Centre technique",
                "Crèche",
                "Poste de police",
            ],
        ),
    ];
    of.iter()
        .find(|(_, sites)| sites.iter().any(|site| entry.site.starts_with(site)))
        .map_or("nl", |(language, _)| language)
}

#[derive(Clone, Copy, Default)]
struct Score {
    all: usize,
    first: usize,
    third: usize,
}

impl Score {
    fn percent(&self) -> (usize, usize) {
        (
            self.first * 100 / self.all.max(1),
            self.third * 100 / self.all.max(1),
        )
    }
}

#[test]
fn what_operators_type_finds_whom_they_mean() {
    let town: Vec<Entry> = file("town.tsv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(entry)
        .collect();
    let languages: BTreeMap<String, &str> = town
        .iter()
        .map(|entry| (entry.id.clone(), language(entry)))
        .collect();
    let index = Index::build(town);
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for line in file("pairs.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let Some((typed, meant)) = line.split_once('\t') else {
            continue;
        };
        let meant: Vec<&str> = meant.trim().split('|').map(str::trim).collect();
        let rows = index.search(typed, &Context::default(), 3);
        let place = rows
            .iter()
            .position(|hit| meant.contains(&hit.entry.id.as_str()));
        for of in ["all", languages[meant[0]]] {
            let score = scores.entry(of).or_default();
            score.all += 1;
            score.first += usize::from(place == Some(0));
            score.third += usize::from(place.is_some());
        }
    }
    for (of, score) in &scores {
        let (first, third) = score.percent();
        println!(
            "{of}: {first} % first, {third} % among three, of {}",
            score.all
        );
    }
    let all = scores["all"];
    assert!(all.all >= 300, "{} lines", all.all);
    let (first, third) = all.percent();
    assert!(
        first >= 85 && third >= 97,
        "{first} % first, {third} % among three"
    );
}
