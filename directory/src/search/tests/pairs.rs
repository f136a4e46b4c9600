//! The development list: what operators may type in the demo town, and whom they mean. The list that measures is another one
//! (`tests/search`), which no rule was fitted to.
use super::{found, town};
use crate::search::Index;

const PAIRS: &str = include_str!("pairs.tsv");

#[test]
fn the_right_row_is_first() {
    let index = Index::build(town());
    let (mut first, mut third, mut all, mut wrong) = (0, 0, 0, Vec::new());
    for line in PAIRS.lines().filter(|line| !line.starts_with('#')) {
        let Some((typed, meant)) = line.split_once('\t') else {
            continue;
        };
        let rows = found(&index, typed);
        let place = rows
            .iter()
            .position(|row| meant.split(' ').any(|id| id == row));
        all += 1;
        first += usize::from(place == Some(0));
        third += usize::from(place.is_some_and(|place| place < 3));
        if place != Some(0) {
            wrong.push(format!(
                "{typed} -> {meant}, found {:?}",
                rows.get(..4.min(rows.len()))
            ));
        }
    }
    println!("first {first}, among three {third}, of {all}: {wrong:#?}");
    assert!(all >= 150, "{all}");
    assert!(
        first * 100 >= all * 95 && third * 100 >= all * 99,
        "{wrong:#?}"
    );
}
