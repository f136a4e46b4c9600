//! The reception desk on the wire: the socket, orders and events of PROTOCOL.md.

use std::sync::Arc;

use axum::Router;

use crate::app::App;

/// What the desk keeps for one life of the web side.
pub(crate) struct Desk;

impl Desk {
    /// A desk with nobody at it.
    pub(crate) fn new() -> Desk {
        Desk
    }
}

/// Its ways in; each stands in the table of `rights.rs`, or it is refused.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
}

/// Starts its tasks, on the runtime of the web side.
pub(crate) fn begin(_app: &Arc<App>) {}
