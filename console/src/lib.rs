//! The reception desk in the browser: pages, sign-in, live events and commands (PROTOCOL.md is the contract with the page).
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

pub mod protocol;
