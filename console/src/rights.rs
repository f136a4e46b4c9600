//! Who may do what: the one table of roles and actions, and of the ways in. What does not stand here is refused (RELIABILITY
//! S17, FEATURES ADM-3 and CON-17).

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::gate::Peer;
use crate::page;
use crate::protocol::Role;
use crate::sign_in::SignedIn;

/// All roles, in the order in which they are listed to people.
pub const ROLES: [Role; 6] = [
    Role::Receptionist,
    Role::ServiceLead,
    Role::DirectoryEditor,
    Role::TelephonyAdmin,
    Role::Auditor,
    Role::Supervisor,
];

/// The code of a role, as it is stored and typed.
pub fn role_code(role: Role) -> &'static str {
    match role {
        Role::Receptionist => "receptionist",
        Role::ServiceLead => "service_lead",
        Role::DirectoryEditor => "directory_editor",
        Role::TelephonyAdmin => "telephony_admin",
        Role::Auditor => "auditor",
        Role::Supervisor => "supervisor",
    }
}

/// The roles of stored codes; what is no role gives no right.
pub(crate) fn roles(codes: &[String]) -> Vec<Role> {
    let known = |role: &Role| codes.iter().any(|code| code == role_code(*role));
    ROLES.into_iter().filter(known).collect()
}

/// Everybody who has any role.
const ALL: &[Role] = &ROLES;
/// Who works with calls.
const CALLS: &[Role] = &[Role::Receptionist, Role::ServiceLead, Role::Supervisor];
/// Who says whether somebody is there, and by which words a service is found.
const ABSENCE: &[Role] = &[
    Role::Receptionist,
    Role::ServiceLead,
    Role::DirectoryEditor,
    Role::Supervisor,
];

/// Each action and who may do it: the orders of the desk by their names, and what else a page says.
const ACTIONS: &[(&str, &[Role])] = &[
    ("look", ALL),
    ("sub", ALL),
    ("search", ALL),
    ("prefs", ALL),
    ("media", CALLS),
    ("answer", CALLS),
    ("next", CALLS),
    ("hangup", CALLS),
    ("hold", CALLS),
    ("resume", CALLS),
    ("park", CALLS),
    ("pickup", CALLS),
    ("transfer_blind", CALLS),
    ("take_back", CALLS),
    ("consult_start", CALLS),
    ("consult_complete", CALLS),
    ("consult_cancel", CALLS),
    ("swap", CALLS),
    ("merge", CALLS),
    ("dial", CALLS),
    ("dtmf", CALLS),
    ("ready", CALLS),
    ("pause", CALLS),
    ("out", CALLS),
    ("serve", CALLS),
    ("wrapup", CALLS),
    ("note", CALLS),
    ("task", CALLS),
    ("task_done", CALLS),
    ("help", CALLS),
    ("closure", CALLS),
    ("reopen", CALLS),
    ("away", ABSENCE),
    ("away_all", CALLS),
    ("forward", ABSENCE),
    ("words", ABSENCE),
    ("misses", ABSENCE),
];

/// Who gets through a way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Also who is not signed in.
    Anybody,
    /// Who may do this action.
    To(&'static str),
}

/// Each way in: method, path as the router knows it, and for whom.
pub(crate) const ROUTES: &[(Method, &str, Access)] = &[
    (Method::GET, "/", Access::To("look")),
    (Method::GET, "/sign-in", Access::Anybody),
    (Method::POST, "/sign-in", Access::Anybody),
    (Method::POST, "/sign-out", Access::Anybody),
    (Method::GET, "/favicon.svg", Access::Anybody),
    (Method::GET, "/icons.svg", Access::Anybody),
    (Method::GET, "/css/{*file}", Access::Anybody),
    (Method::GET, "/js/{*file}", Access::Anybody),
    (Method::GET, "/lang/{*file}", Access::Anybody),
    (Method::GET, "/v/{build}/{*file}", Access::Anybody),
    // The desk; each of its messages is asked for again.
    (Method::GET, "/ws", Access::To("look")),
    (Method::GET, "/events", Access::To("look")),
    (Method::POST, "/cmd", Access::To("look")),
    // The citizen's page, which only the demo has.
    (Method::GET, "/call", Access::Anybody),
    (Method::GET, "/call/ws", Access::Anybody),
];

/// Whether somebody with these roles may do it. What nobody listed, nobody may.
pub(crate) fn allows(roles: &[Role], action: &str) -> bool {
    let listed = ACTIONS.iter().find(|(name, _)| *name == action);
    listed.is_some_and(|(_, who)| who.iter().any(|role| roles.contains(role)))
}

/// The orders that a page of these roles shows (`welcome.caps`); looks are everybody's own.
pub(crate) fn caps(roles: &[Role]) -> Vec<String> {
    ACTIONS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !matches!(*name, "look" | "sub" | "prefs") && allows(roles, name))
        .map(str::to_owned)
        .collect()
}

/// For whom a way in is; `None` when it has no entry.
pub(crate) fn access(method: &Method, path: &str) -> Option<Access> {
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    ROUTES
        .iter()
        .find(|(known, at, _)| known == method && *at == path)
        .map(|(_, _, access)| *access)
}

/// Stands before every route.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or("", MatchedPath::as_str);
    match access(request.method(), path) {
        Some(Access::Anybody) => next.run(request).await,
        Some(Access::To(action)) => {
            let (mut parts, body) = request.into_parts();
            let signed_in = match SignedIn::find(&parts, &app) {
                Ok(signed_in) => signed_in,
                Err(refused) => return refused.into_response(),
            };
            if allows(&signed_in.roles, action) {
                parts.extensions.insert(signed_in);
                return next.run(Request::from_parts(parts, body)).await;
            }
            refused(
                &app,
                &signed_in.user,
                &parts.method,
                path_of(&parts),
                Peer::of(&parts.extensions),
            );
            page::forbidden(&parts.headers, &app.settings)
        }
        None => {
            refused(
                &app,
                "",
                request.method(),
                path,
                Peer::of(request.extensions()),
            );
            page::forbidden(request.headers(), &app.settings)
        }
    }
}

fn path_of(parts: &axum::http::request::Parts) -> &str {
    parts.uri.path()
}

fn refused(app: &App, user: &str, method: &Method, path: &str, from: String) {
    let action = format!("{method} {path}");
    app.audit.note(user, &action, "", "forbidden", &from);
}
