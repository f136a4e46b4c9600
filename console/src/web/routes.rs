//! All ways in, put together: pages, files, sign-in, the desk. Who may use each stands in `rights.rs`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::{assets, desk, gate, page, protocol, rights, sign_in};

/// The whole.
pub(super) fn all(app: &Arc<App>) -> Router {
    let pages = Router::new()
        .route("/", get(desk_page))
        .route("/sign-in", get(sign_in::ask).post(sign_in::enter))
        .route("/sign-out", axum::routing::post(sign_in::leave))
        .route("/favicon.svg", get(assets::plain))
        .route("/icons.svg", get(assets::plain))
        .route("/css/{*file}", get(assets::plain))
        .route("/js/{*file}", get(assets::plain))
        .route("/lang/{*file}", get(assets::plain))
        .route("/v/{build}/{*file}", get(assets::kept));
    let pages = if app.settings.demo {
        pages.route("/call", get(citizen_page))
    } else {
        pages
    };
    pages
        .merge(desk::routes())
        .route_layer(from_fn_with_state(Arc::clone(app), rights::guard))
        .fallback(not_found)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(protocol::MESSAGE))
        .layer(from_fn_with_state(Arc::clone(app), gate::guard))
        .with_state(Arc::clone(app))
}

/// `GET /`
async fn desk_page(headers: HeaderMap) -> Response {
    assets::page("index.html", &headers)
}

/// `GET /call`, in demo mode
async fn citizen_page(headers: HeaderMap) -> Response {
    assets::page("call.html", &headers)
}

async fn not_found(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    page::not_found(&headers, &app.settings)
}

async fn not_so(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    page::not_so(&headers, &app.settings)
}
