//! The same desk where a proxy eats WebSockets: events as server-sent events, one message of the page in each POST.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};

use super::hub::{Inbox, TabKey, To};
use super::socket::{connection, hello};
use super::stream::{Out, QUEUE};
use crate::app::App;
use crate::protocol::{Audio, Bye, ClientMsg, ServerMsg, VERSION};
use crate::sessions::Watch;
use crate::sign_in::SignedIn;

/// The header that names the tab of a POST.
const TAB: &str = "x-tab";

/// The fields of `hello` in a query.
#[derive(Deserialize)]
pub(super) struct Asked {
    tab: String,
    #[serde(default)]
    proto: Option<u32>,
    #[serde(default)]
    station: Option<String>,
    #[serde(default)]
    epoch: Option<u64>,
    #[serde(default)]
    since: Option<u64>,
    #[serde(default)]
    audio: Option<Audio>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    take: Option<bool>,
}

/// `GET /events`.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    who: SignedIn,
    Query(asked): Query<Asked>,
) -> Response {
    let said = ClientMsg::Hello {
        proto: asked.proto.unwrap_or(VERSION),
        station: asked.station,
        tab: asked.tab,
        epoch: asked.epoch,
        since: asked.since,
        audio: asked.audio.unwrap_or(Audio::Browser),
        lang: asked.lang.unwrap_or_default(),
        take: asked.take.unwrap_or(false),
    };
    let (tab, hello) = match hello(said) {
        Ok(hello) => hello,
        Err(why) => return bye(why),
    };
    let key = TabKey {
        user: who.user.clone(),
        tab,
    };
    let Some(session) = app.sessions.watch(&who.session) else {
        return bye(Bye::SignedOut);
    };
    let connection = connection();
    let (out, heard) = mpsc::channel(QUEUE);
    let join = Inbox::Join {
        who,
        key: key.clone(),
        hello,
        connection,
        out,
    };
    if !app.desk.tell(join).await {
        return bye(Bye::Restart);
    }
    let (written, stream) = mpsc::channel(1);
    tokio::spawn(carry(app, session, (key, connection), heard, written));
    Sse::new(lines(stream))
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Carries messages from the hub to the response until one of them ends.
async fn carry(
    app: Arc<App>,
    mut session: Watch,
    (key, connection): (TabKey, u64),
    mut heard: mpsc::Receiver<Out>,
    written: mpsc::Sender<String>,
) {
    let ended = session.ended();
    let over = app.life.ended();
    tokio::pin!(ended, over);
    let why = loop {
        let text = tokio::select! {
            out = heard.recv() => match out {
                Some(Out::Text(text)) => text,
                Some(Out::Bye(why)) => break why,
                None => break Bye::Slow,
            },
            () = &mut ended => break Bye::SignedOut,
            () = &mut over => break Bye::Restart,
            () = written.closed() => break Bye::Slow,
        };
        if written.send(text).await.is_err() {
            break Bye::Slow;
        }
    };
    if let Ok(text) = serde_json::to_string(&ServerMsg::Bye { why }) {
        // Gone already is fine.
        let _ = written.try_send(text);
    }
    app.desk.tell(Inbox::Gone { key, connection }).await;
}

fn lines(
    stream: mpsc::Receiver<String>,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    ReceiverStream::new(stream).map(|text| Ok(Event::default().data(text)))
}

/// `POST /cmd`: one message; its answer, or 204 when it has none.
pub(super) async fn command(
    State(app): State<Arc<App>>,
    who: SignedIn,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(message) = serde_json::from_slice::<ClientMsg>(&body) else {
        return (StatusCode::BAD_REQUEST, "this is no message of a desk\n").into_response();
    };
    let tab = headers.get(TAB).and_then(|tab| tab.to_str().ok());
    let Some(tab) = tab.filter(|tab| !tab.is_empty() && tab.len() <= 64) else {
        return (StatusCode::BAD_REQUEST, "the header X-Tab names the tab\n").into_response();
    };
    let (reply, answered) = oneshot::channel();
    let said = Inbox::Said {
        key: TabKey {
            user: who.user.clone(),
            tab: tab.to_owned(),
        },
        who,
        message,
        to: To::Request(reply),
    };
    if !app.desk.tell(said).await {
        return bye(Bye::Restart);
    }
    match answered.await {
        Ok(message) => axum::Json(message).into_response(),
        // It has no answer: what it changes comes as events.
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

fn bye(why: Bye) -> Response {
    let status = match why {
        Bye::Restart | Bye::Slow => StatusCode::SERVICE_UNAVAILABLE,
        Bye::SignedOut => StatusCode::UNAUTHORIZED,
        Bye::Version | Bye::Invalid => StatusCode::BAD_REQUEST,
    };
    (status, axum::Json(ServerMsg::Bye { why })).into_response()
}
