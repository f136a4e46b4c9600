//! The search of the desk: people, functions, services, rooms and partners, found while the operator types (FEATURES CON-5, DIR-5).
//!
//! [`Index::build`] takes all entries, [`Index::search`] answers one keystroke. Both are pure: no clock, no SQL, nothing remembered between
//! two searches, so that a row moves only when a key was struck.
//!
//! A word is looked up in sorted tables (`table.rs`), never by going through the entries: whole and by its beginning, with one mistake,
//! by its stem, by its sound, and inside longer words. `matching.rs` says how much each counts, `rank.rs` how they add up.
mod build;
mod context;
mod duplicates;
mod entries;
mod entry;
mod hit;
mod inflection;
mod letters;
mod marks;
mod matching;
mod mistakes;
mod numbers;
mod query;
mod rank;
mod sound;
mod table;
mod words;

#[cfg(test)]
mod tests;

pub use build::Index;
pub use context::{Context, Presence};
pub use entries::entries;
pub use entry::{Entry, EntryKind, EntryNumber, NumberKind};
pub use hit::{Also, Hit, HitNumber};
pub(crate) use letters::fold;
pub use numbers::typed_number;
pub use rank::Work;
