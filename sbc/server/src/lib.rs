//! The shell around [`call::Core`] and the media plane: sockets, threads, clock, entropy, journal writer, signals.
//!
//! It decides nothing: no status code is chosen here. One signalling thread owns the core, media workers own the planes,
//! and whatever may block (disk, decoding, log) has a thread of its own behind a bounded channel.
#![deny(unsafe_code)]
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

mod bind;
mod clock;
mod control;
mod counters;
mod descriptors;
mod desk;
mod ending;
mod entropy;
mod flows;
mod handle;
mod journal;
mod log;
mod media_workers;
#[expect(
    unsafe_code,
    reason = "the allocator and the kernel take memory back by calls that no library wraps safely"
)]
mod memory;
mod outbox;
mod program;
mod server;
mod signalling;
mod signals;
mod supervisor;

pub use bind::BindError;
pub use control::ask;
pub use counters::{Counter, Counters};
pub use descriptors::{Capacity, capacity, raise_descriptor_limit};
pub use desk::{Wake, Watching};
pub use handle::{Ended, Handle, OrderError, ReloadError, ReplyTo, Status};
pub use journal::JournalSink;
pub use media_workers::sounds::SoundSource;
pub use program::{Program, Reloaded, ShellConfig, Start};
pub use server::Server;
