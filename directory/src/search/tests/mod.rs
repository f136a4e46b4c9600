//! The search as a whole: the development list, the rules of the order, and the work it costs.
mod by_ear;
mod order;
mod pairs;
mod size;

use super::{Entry, Index, entries};
use crate::demo_town;
use crate::store::Snapshot;

/// The demo town's entries.
fn town() -> Vec<Entry> {
    entries(&Snapshot {
        sites: demo_town::sites("+3254310000"),
        services: demo_town::services(),
        people: demo_town::people(),
        ..Snapshot::default()
    })
}

/// Ids of the rows for a text.
fn found(index: &Index, text: &str) -> Vec<String> {
    let rows = index.search(text, &super::Context::default(), 10);
    rows.iter().map(|hit| hit.entry.id.clone()).collect()
}
