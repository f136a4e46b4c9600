//! Surnames by ear: one person of each, typed as who only hears the name may write it.
use super::found;
use crate::search::{Entry, EntryKind, Index};

const NAMES: &str = include_str!("by_ear.tsv");

#[test]
fn who_only_hears_a_name_finds_it() {
    let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
    let people: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let entries = people
        .iter()
        .map(|p| Entry::new(p[0], EntryKind::Person, p[0]));
    let index = Index::build(entries.chain(super::town()).collect());
    let (mut first, mut third, mut all, mut wrong) = (0, 0, 0, Vec::new());
    for person in &people {
        for typed in &person[1..] {
            let rows = found(&index, typed);
            let place = rows.iter().position(|row| row == person[0]);
            all += 1;
            first += usize::from(place == Some(0));
            third += usize::from(place.is_some_and(|place| place < 3));
            if place != Some(0) {
                let rows = &rows[..rows.len().min(4)];
                wrong.push(format!("{typed} -> {}, found {rows:?}", person[0]));
            }
        }
    }
    println!("first {first}, among three {third}, of {all}");
    assert!(
        first * 100 >= all * 95 && third * 100 >= all * 98,
        "{wrong:#?}"
    );
}
