//! The back-to-back user agent (RFC 7092): legs, calls, queues, the border (RFC 5853) and the registrar.
//!
//! [`Core`] is a value that is fed: one [`Input`] in, a list of [`Output`]s out. It owns no socket, reads no clock and
//! draws no entropy of its own, so every 32-second failure is a test of microseconds.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods
    )
)]

mod agent;
pub mod border;
mod call;
pub mod command;
mod core;
mod deadlines;
pub mod desk;
mod effect;
mod flows;
mod heard;
mod id;
pub mod io;
pub mod journal;
mod languages;
mod leg;
mod legs;
pub mod limits;
mod ports;
mod queue;
mod random;
mod registrar;
pub mod snapshot;
mod stack;
mod station;
mod table;
mod trunk;
mod watch;

pub use crate::call::arm::Arm;
pub use crate::core::{CallGlance, Core, CoreView};
pub use command::{Command, CommandId, CommandResult, Device, Duty, Verb};
pub use desk::DeskEvent;
pub use io::{Input, Now, Output};
pub use journal::Entry;
