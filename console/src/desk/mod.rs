//! The live side of the desk (PROTOCOL.md): one hub that knows what every desk shows, and the ways by which pages reach it.

mod answers;
mod audience;
mod chosen;
mod citizen;
mod deeds;
mod fallback;
mod house;
mod hub;
mod join;
mod lookup;
mod media;
mod names;
mod orders;
mod presence;
mod reason;
mod records;
mod search;
mod socket;
mod station;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod towns;
mod view;
mod words;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) use citizen::Citizens;
pub(crate) use hub::Hub;

/// The ways in; for whom each is stands in [`crate::rights::ROUTES`].
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/ws", get(socket::upgrade))
        .route("/cmd", post(fallback::command))
        .route("/events", get(fallback::events))
        .route("/call/ws", get(citizen::upgrade))
}
