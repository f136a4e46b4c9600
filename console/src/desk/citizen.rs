//! A citizen's telephone in the browser, for the demonstration: one call of the central number for each socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use call::command::{Refusal, Verb};
use call::journal::JourneyId;
use call::{Command, CommandId, CommandResult};
use tokio::sync::{broadcast, oneshot};
use tokio::time::timeout;

use super::hub::fresh_id;
use super::orders::key;
use super::socket::LONGEST;
use crate::app::App;
use crate::protocol::Citizen;

/// Telephones at once: a demonstration needs a handful.
const TELEPHONES: usize = 20;
/// A page offers within this time.
const PATIENCE: Duration = Duration::from_secs(10);
/// The exchange answers within this time.
const ANSWER: Duration = Duration::from_secs(2);

static UP: AtomicUsize = AtomicUsize::new(0);

/// One telephone among the few.
struct Telephone;

impl Telephone {
    fn take() -> Option<Telephone> {
        let take = |up: usize| (up < TELEPHONES).then_some(up + 1);
        UP.fetch_update(Ordering::AcqRel, Ordering::Acquire, take)
            .ok()
            .map(|_| Telephone)
    }
}

impl Drop for Telephone {
    fn drop(&mut self) {
        UP.fetch_sub(1, Ordering::AcqRel);
    }
}

/// `GET /call/ws`.
pub(super) async fn upgrade(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    if !app.settings.demo {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some(telephone) = Telephone::take() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    upgrade
        .max_message_size(LONGEST)
        .on_upgrade(move |socket| async move {
            serve(app, socket).await;
            drop(telephone);
        })
}

async fn serve(app: Arc<App>, mut socket: WebSocket) {
    let Ok(Some(Citizen::Offer { sdp })) = timeout(PATIENCE, next(&mut socket)).await else {
        return;
    };
    // Heard before the call is made: it may end in the same moment.
    let mut ends = app.desk.ends();
    let journey = match begin(&app, sdp).await {
        Ok((journey, sdp)) => {
            if !say(&mut socket, &Citizen::Answer { sdp }).await {
                end(&app, journey);
                return;
            }
            journey
        }
        Err(why) => {
            say(
                &mut socket,
                &Citizen::Ended {
                    why: why.to_owned(),
                },
            )
            .await;
            return;
        }
    };
    let why = loop {
        tokio::select! {
            said = next(&mut socket) => match said {
                Some(Citizen::Digit { digit }) => {
                    if let Some(digit) = key(&digit) {
                        order(&app, Verb::Key { journey, digit });
                    }
                }
                Some(Citizen::Offer { .. } | Citizen::Answer { .. } | Citizen::Ended { .. }) => {}
                Some(Citizen::Hangup) | None => break None,
            },
            gone = ends.recv() => match gone {
                Ok((id, why)) if id == journey => break Some(why),
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                // The web side begins anew; the page is told by its socket.
                Err(broadcast::error::RecvError::Closed) => break None,
            },
            () = app.life.ended() => break None,
        }
    };
    match why {
        Some(why) => {
            say(&mut socket, &Citizen::Ended { why }).await;
        }
        None => end(&app, journey),
    }
}

/// Calls the central number.
async fn begin(app: &App, offer: String) -> Result<(JourneyId, String), &'static str> {
    let (reply, answered) = oneshot::channel();
    let command = command(Verb::Call { offer });
    let reply = Box::new(move |result| {
        // Whoever called may have gone.
        let _ = reply.send(result);
    });
    app.exchange
        .command(command, reply)
        .map_err(|_| "unavailable")?;
    match timeout(ANSWER, answered).await {
        Ok(Ok(CommandResult::Attached {
            answer, journey, ..
        })) => Ok((journey, answer)),
        Ok(Ok(CommandResult::Refused(Refusal::Full))) => Err("full"),
        _ => Err("unavailable"),
    }
}

fn end(app: &App, journey: JourneyId) {
    order(app, Verb::HangUp { journey });
}

fn order(app: &App, verb: Verb) {
    // A call that is over needs no end, and a key for nobody is heard by nobody.
    let _ = app.exchange.command(command(verb), Box::new(|_| {}));
}

fn command(verb: Verb) -> Command {
    Command {
        id: CommandId(fresh_id()),
        actor: "citizen".to_owned(),
        at: SystemTime::now(),
        if_version: None,
        verb,
    }
}

async fn next(socket: &mut WebSocket) -> Option<Citizen> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Text(text) => return serde_json::from_str(&text).ok(),
            Message::Binary(_) | Message::Close(_) => return None,
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

async fn say(socket: &mut WebSocket, message: &Citizen) -> bool {
    let Ok(text) = serde_json::to_string(message) else {
        return false;
    };
    let sent = socket.send(Message::Text(Utf8Bytes::from(text)));
    matches!(timeout(PATIENCE, sent).await, Ok(Ok(())))
}
