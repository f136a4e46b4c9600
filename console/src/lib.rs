//! The reception desk in the browser: pages, sign-in, live events and commands (PROTOCOL.md is the contract with the page).
//!
//! The web side has one thread and one runtime of its own, and can be started again alone: no call knows of it.
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

mod app;
mod assets;
mod audit;
mod certificate;
mod clock;
mod desk;
mod gate;
mod life;
mod page;
pub mod protocol;
mod rights;
mod sessions;
mod settings;
mod sign_in;
#[cfg(test)]
mod stage;
mod web;
mod words;

pub use app::{Dialplan, House, Opening};
pub use certificate::{Day, SelfSigned, self_signed};
pub use rights::{ROLES, role_code};
pub use settings::{Settings, Tls};
pub use web::{Counts, Doors, StartError, Web};
