//! The dialplan of a town: parse, check, schedule, session, explain, simulate.
//!
//! A [`Flow`] is read from a TOML file. A [`Session`] takes one caller through it: it is plain data, fed with an
//! [`Event`] at a time and answering with [`Act`]s. Live calls, the simulator and the tests beside the flow use this same
//! session; there is no second evaluator. Nothing here reads a clock, a file or a socket.
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

pub mod act;
pub mod check;
pub mod decision;
pub mod diagnostic;
pub mod event;
mod explain;
pub mod flow;
pub mod lang;
pub mod library;
pub mod parse;
pub mod schedule;
pub mod session;
pub mod simulate;
pub mod situation;
mod sounds;

pub use act::{Act, Cause, QueueOrder, Strategy};
pub use check::{Surroundings, check, refused};
pub use decision::{Decision, Rule};
pub use diagnostic::{Diagnostic, Severity};
pub use event::{Event, ExternalOutcome, QueueOutcome, RingOutcome};
pub use flow::Flow;
pub use lang::{Lang, Prompt};
pub use library::Library;
pub use parse::parse;
pub use session::{Facts, Session};
pub use simulate::{Case, Walk, run_tests, simulate};
pub use situation::{Closure, QueueState, Situation};
pub use sounds::{position, wait_of};
