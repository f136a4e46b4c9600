//! What page and server say to each other: `console/PROTOCOL.md` in Rust.
//!
//! Small words of the console's own, never the core's types written down: the core may change without the page, and the page learns
//! nothing it has no use for. `console/fixtures` holds one golden line of each message, `console/web/types/protocol.d.ts` the
//! same as TypeScript; a test holds the four together.

mod chosen;
mod client;
mod command;
mod place;
mod server;
mod view;

#[cfg(test)]
mod tests;

pub use chosen::{Chosen, Density, Enter, Theme, Tongue, Verbosity};
pub use client::{Audio, ClientMsg, If, MediaUp, PathView};
pub use command::{Circle, Command, Occasion, Outcome, Pause};
pub use place::{
    AwayView, ClosureView, EmergencyView, ForwardView, ItemKind, LineState, LineView, MeView,
    MissView, MissedView, PresenceState, PresenceView, QueueView, ResultItem, ResultNumber,
    ServiceView, StationState, StationView, TaskView,
};
pub use server::{
    AckDone, Bye, Citizen, Event, MediaState, Nack, Role, ServerMsg, Snapshot, Welcome,
};
pub use view::{
    CallState, CallView, CallerSource, CallerView, ContactView, NoteView, ReasonView, ReturnedView,
};

/// The version of this contract; a page of another one is told to load again.
pub const VERSION: u32 = 1;

/// Longest message from a page, bytes; a longer one ends the socket.
pub const MESSAGE: usize = 64 * 1024;
