//! The shell around the real core, over real sockets on loopback: it answers, carries a call with sound, keeps the journal,
//! obeys its handle and its control socket, and comes to an end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod call;
mod ending;
mod listening;
mod peer;
mod town;
