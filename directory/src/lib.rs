//! The directory of the town: people, sites, services, numbers, phones, accounts and journeys, in SQL (DESIGN section 6).
//!
//! Two ways in. Rows: [`Directory`] reads and writes them, [`Directory::snapshot`] gives all that a core needs to know. Facts: a
//! [`journal::Journal`] makes them durable, a [`Folder`] folds them into tables. Wall time is always passed in.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod data_dir;
mod database;
mod demo;
mod demo_town;
mod directory;
mod error;
mod fact;
mod fold;
pub mod import;
pub mod journal;
mod key;
pub mod password;
mod restart;
pub mod search;
pub mod secret;
mod store;
mod typed;
mod types;

pub use data_dir::DataDir;
pub use database::BUSY_TIMEOUT;
pub use directory::Directory;
pub use error::DirectoryError;
pub use fact::Fact;
pub use fold::{Folded, Folder};
pub use key::SealingKey;
pub use restart::Restored;
pub use store::Snapshot;
pub use types::{
    Absence, Account, AccountChange, Arguments, AuditEntry, Binding, CallOrigin, Callback,
    CallerLanguage, Circle, ClosureRow, CommandRow, Contact, DecisionRow, DialogRecord, Digests,
    Direction, Entity, GhostLeg, Ha1, Hours, JourneyId, JourneyRecord, LegId, LegRow, MediaReport,
    Missed, Moment, MoveRow, NewAccount, NewClosure, NewTask, Note, NoteError, Number, Occasion,
    PeerAddress, Person, PersonKind, PersonNumber, Phone, Preferences, RESULT, SearchMiss, Service,
    Session, Site, SymmetricRtp, Task, Together, User, UserChange, Visibility, is_e164,
};
