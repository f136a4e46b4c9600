//! One file per situation; the golden ladder of each stands beside it and documents the call flow.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod citizen_through_menu;
mod phone_calls_phone;
mod phone_registers;
