//! The simulated world: one virtual clock, a seeded network, phones, a carrier, citizens and a receptionist around the
//! real `call::Core` and the real `media::plane::Plane`. A scenario reads like its story; its ladder is golden text.
//!
//! The parties speak SIP through `rsip`, an independent library; what rsip cannot say is a byte template in the
//! scenario. Sound is real RTP: each party and each prompt is a sine of its own, and who hears whom is measured.
#![forbid(unsafe_code)]
// A test crate: a wrong assumption must end the test, loudly and at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod desk;
mod ladder;
mod message;
mod mirror;
mod network;
mod nothing_left;
mod phone;
mod restart;
mod senses;
mod sounds;
mod steps;
mod story;
pub mod town;
mod wires;
mod world;

pub use message::Said;
pub use network::Conditions;
pub use phone::{Habits, Reliably, Sound, State};
pub use world::{Line, Party, World};
