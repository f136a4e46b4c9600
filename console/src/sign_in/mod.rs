//! Signing in and out, and who asks: passwords, attempts, the session's cookie (RELIABILITY S14, S15).

mod attempts;
mod cookie;
mod form;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use directory::{User, password};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::gate::Peer;
use crate::page;
use crate::protocol::Role;
use crate::sessions::SessionId;
use crate::words::Language;

use attempts::Attempts;
pub(crate) use attempts::network;
use form::Fault;

/// Passwords that are tried at once: each takes 19 MiB and a core for some time.
const AT_ONCE: usize = 2;
/// Longest wait for one's turn.
const TURN: Duration = Duration::from_secs(10);

/// Somebody who is signed in, as a handler asks for it. Without a session: 401, and for a page the way to `/sign-in`.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) user: String,
    pub(crate) display: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) station: String,
    /// The desk phone and the mobile of the station.
    pub(crate) phone: Option<String>,
    pub(crate) mobile: Option<String>,
    /// The town that the person has to do with; none: all of the house.
    pub(crate) town: Option<String>,
    pub(crate) session: SessionId,
}

impl SignedIn {
    /// Who asks, by the cookie; being asked is use of the session.
    pub(crate) fn find(parts: &Parts, app: &App) -> Result<SignedIn, NotSignedIn> {
        let nobody = NotSignedIn {
            is_page: page::is_for_people(&parts.headers),
        };
        let token = cookie::read(&parts.headers, app.settings.tls.is_some()).ok_or(nobody)?;
        let session = SessionId::of(&token);
        let who = app.sessions.find(&session).ok_or(nobody)?;
        Ok(SignedIn {
            user: who.user.clone(),
            display: who.display.clone(),
            roles: who.roles.clone(),
            station: who.station.clone(),
            phone: who.phone.clone(),
            mobile: who.mobile.clone(),
            town: who.town.clone(),
            session,
        })
    }
}

impl FromRequestParts<Arc<App>> for SignedIn {
    type Rejection = NotSignedIn;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<SignedIn, NotSignedIn> {
        // The guard of the routes has asked already.
        match parts.extensions.get::<SignedIn>() {
            Some(signed_in) => Ok(signed_in.clone()),
            None => SignedIn::find(parts, app),
        }
    }
}

/// There is no session, or it has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotSignedIn {
    is_page: bool,
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        if self.is_page {
            return to("/sign-in");
        }
        (StatusCode::UNAUTHORIZED, "sign in first\n").into_response()
    }
}

fn to(path: &'static str) -> Response {
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, HeaderValue::from_static(path))],
    )
        .into_response()
}

/// Passwords and attempts; it lives as long as the process, so that a new life of the web side forgets no failure.
#[derive(Clone)]
pub(crate) struct Guard {
    turns: Arc<Semaphore>,
    attempts: Arc<Mutex<Attempts>>,
    random: SystemRandom,
}

impl Guard {
    /// Nobody has tried anything.
    pub(crate) fn new() -> Guard {
        Guard {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            attempts: Arc::default(),
            random: SystemRandom::new(),
        }
    }

    fn try_one(&self, user: &str, address: IpAddr) -> Result<(), Fault> {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts
            .try_one(user, address, crate::clock::now())
            .map_err(Fault::Wait)
    }

    fn succeeded(&self, user: &str, address: IpAddr) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.succeeded(user, address);
    }

    /// Whether the password opens the hash; takes the same time for every answer.
    async fn opens(&self, password: String, hash: String) -> Result<bool, Fault> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(TURN, turn).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Fault::Busy);
        };
        let tried = tokio::task::spawn_blocking(move || {
            let opens = password::verify(&password, &hash);
            drop(turn);
            opens
        });
        tried.await.map_err(|_| Fault::Busy)
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    user: String,
    #[serde(default)]
    password: String,
}

/// `?lang=`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    lang: Option<String>,
}

impl Chosen {
    fn language(&self, headers: &HeaderMap, app: &App) -> Language {
        let chosen = self.lang.as_deref().and_then(Language::parse);
        chosen.unwrap_or_else(|| Language::of(headers, &app.settings))
    }
}

/// `GET /sign-in`
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    chosen: Result<Query<Chosen>, QueryRejection>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    if SignedIn::find(&parts, &app).is_ok() {
        return to("/");
    }
    let chosen = chosen.map(|Query(chosen)| chosen).unwrap_or_default();
    let language = chosen.language(&parts.headers, &app);
    form::page(language, &app.settings, "", None)
}

/// `POST /sign-in`
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    chosen: Result<Query<Chosen>, QueryRejection>,
    parts: Asking,
    typed: Result<Form<Typed>, FormRejection>,
) -> Response {
    let chosen = chosen.map(|Query(chosen)| chosen).unwrap_or_default();
    let language = chosen.language(&parts.headers, &app);
    let Form(typed) = match typed {
        Ok(typed) => typed,
        Err(why) => return page::too_much(&parts.headers, &app.settings, why.status()),
    };
    let user = typed.user.trim().to_owned();
    match prove(&app, &user, typed.password, parts.address).await {
        Ok(proved) => begin(&app, proved, &parts, language).await,
        Err(Proof::Fault(fault)) => {
            let from = parts.address.to_string();
            app.audit.note(&user, "sign-in", "", fault.code(), &from);
            form::page(language, &app.settings, &user, Some(fault))
        }
        Err(Proof::Failed) => page::failed(&parts.headers, &app.settings),
    }
}

/// Why somebody has not proved to be a user.
enum Proof {
    Fault(Fault),
    /// The database did not answer.
    Failed,
}

/// The user whose password it is. Unknown and blocked users take the same time as wrong passwords.
async fn prove(app: &App, name: &str, password: String, address: IpAddr) -> Result<User, Proof> {
    if name.is_empty() {
        return Err(Proof::Fault(Fault::NoUser));
    }
    if password.is_empty() {
        return Err(Proof::Fault(Fault::NoPassword));
    }
    app.guard.try_one(name, address).map_err(Proof::Fault)?;
    let user = app.directory.user(name).await.map_err(|why| {
        tracing::error!("users cannot be read: {why}");
        Proof::Failed
    })?;
    // Somebody's hash must be tried even when there is nobody; whether this one opens means nothing then.
    let hash = user
        .as_ref()
        .map_or(password::DEMO, |user| user.password.as_str());
    let opens = app.guard.opens(password, hash.to_owned()).await;
    let opens = opens.map_err(Proof::Fault)?;
    // The demo's password is public: whoever brings its data to a network has to choose others first.
    let is_public = hash == password::DEMO && !app.settings.is_loopback();
    match user {
        Some(user) if opens && !user.blocked && !is_public => {
            app.guard.succeeded(name, address);
            Ok(user)
        }
        _ => Err(Proof::Fault(Fault::Wrong)),
    }
}

/// A new session for a user, in place of the one that this browser had.
async fn begin(app: &App, user: User, parts: &Asking, language: Language) -> Response {
    let from = parts.address.to_string();
    let mut token = [0; 32];
    if app.guard.random.fill(&mut token).is_err() {
        return page::failed(&parts.headers, &app.settings);
    }
    let began = app
        .sessions
        .begin(&app.directory, &token, &user, from.clone())
        .await;
    match began {
        Ok(Some(_)) => {}
        Ok(None) => return form::page(language, &app.settings, &user.name, Some(Fault::Wrong)),
        Err(why) => {
            tracing::error!("a session cannot be written: {why}");
            return page::failed(&parts.headers, &app.settings);
        }
    }
    let secure = app.settings.tls.is_some();
    if let Some(old) = cookie::read(&parts.headers, secure) {
        forget(app, SessionId::of(&old)).await;
    }
    app.audit.note(&user.name, "sign-in", "", "done", &from);
    with_cookie(to("/"), Some(&token), secure)
}

/// `POST /sign-out`; also who is not signed in ends where one signs in.
pub(crate) async fn leave(State(app): State<Arc<App>>, parts: Asking) -> Response {
    let secure = app.settings.tls.is_some();
    if let Some(token) = cookie::read(&parts.headers, secure) {
        let session = SessionId::of(&token);
        let who = app.sessions.find(&session);
        if !forget(&app, session).await {
            return page::failed(&parts.headers, &app.settings);
        }
        if let Some(who) = who {
            let from = parts.address.to_string();
            app.audit.note(&who.user, "sign-out", "", "done", &from);
        }
    }
    with_cookie(to("/sign-in"), None, secure)
}

/// Ends a session; false when its row could not be removed.
async fn forget(app: &App, session: SessionId) -> bool {
    let ended = app.sessions.end(&app.directory, session).await;
    if let Err(why) = &ended {
        tracing::error!("the row of an ended session cannot be removed: {why}");
    }
    ended.is_ok()
}

fn with_cookie(mut response: Response, token: Option<&[u8; 32]>, secure: bool) -> Response {
    response
        .headers_mut()
        .insert(SET_COOKIE, cookie::write(token, secure));
    response
}

/// Headers and address of a request whose body another extractor takes.
pub(crate) struct Asking {
    headers: HeaderMap,
    address: IpAddr,
}

impl FromRequestParts<Arc<App>> for Asking {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Asking, StatusCode> {
        let peer = parts.extensions.get::<Peer>();
        let peer = peer.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Asking {
            address: peer.0.ip().to_canonical(),
            headers: parts.headers.clone(),
        })
    }
}
