//! Real peers: SIPp, baresip and sipsak against the running program in demo mode. One file for each situation.
//!
//! The program listens on 127.0.0.1:5060, so the tests wait for each other. Logs are kept in `target/test-logs/interop/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod baresip;
mod journeys;
mod keys;
mod process;
mod program;
mod sipp;
mod tone;
mod wire;

mod answered;
mod bleed;
mod cancel;
mod crowd;
mod drain;
mod killed;
mod menu;
mod power_up;
mod refusals;
mod talk;
mod transfer;
