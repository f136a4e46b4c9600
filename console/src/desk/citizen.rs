//! A citizen's telephone in the browser, for the demonstration: one call of the central number for each socket. The call lives in the
//! exchange: a web side that begins anew lets it go on, and the page comes back to it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use call::command::{Refusal, Verb};
use call::journal::JourneyId;
use call::{Command, CommandId, CommandResult};
use ring::rand::{SecureRandom, SystemRandom};
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

/// Calls that a later life of the web side may be asked for: those of all telephones, and as many whose end nobody told.
const KEPT: usize = 2 * TELEPHONES;

static UP: AtomicUsize = AtomicUsize::new(0);

/// The calls of pages, with the word that their pages know: they outlive a life of the web side.
#[derive(Debug, Default)]
pub(crate) struct Citizens(Mutex<Vec<(String, JourneyId)>>);

impl Citizens {
    fn calls(&self) -> MutexGuard<'_, Vec<(String, JourneyId)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins; the oldest ones are forgotten.
    fn begins(&self, call: &str, journey: JourneyId) {
        let mut calls = self.calls();
        if calls.len() >= KEPT {
            calls.remove(0);
        }
        calls.push((call.to_owned(), journey));
    }

    fn named(&self, call: &str) -> Option<JourneyId> {
        let calls = self.calls();
        let (_, journey) = calls.iter().find(|(name, _)| name == call)?;
        Some(*journey)
    }

    fn is_over(&self, journey: JourneyId) {
        self.calls().retain(|(_, kept)| *kept != journey);
    }
}

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

/// How a socket ends.
enum Over {
    /// The page hung up, or is gone.
    Page,
    /// The exchange ended the call, for this reason.
    Exchange(String),
    /// The web side ends, and the call does not.
    Web,
}

async fn serve(app: Arc<App>, mut socket: WebSocket) {
    // Heard before the call is made or looked for: it may end in the same moment.
    let mut ends = app.desk.ends();
    let begun = match timeout(PATIENCE, next(&mut socket)).await {
        Ok(Some(Citizen::Offer { sdp })) => begin(&app, &mut socket, sdp).await,
        Ok(Some(Citizen::Again { call })) => again(&app, &call).await,
        _ => return,
    };
    let journey = match begun {
        Ok(journey) => journey,
        Err(why) => {
            let why = why.to_owned();
            say(&mut socket, &Citizen::Ended { why }).await;
            return;
        }
    };
    match talk(&app, &mut socket, &mut ends, journey).await {
        Over::Web => return,
        Over::Page => end(&app, journey),
        Over::Exchange(why) => {
            say(&mut socket, &Citizen::Ended { why }).await;
        }
    }
    app.citizens.is_over(journey);
}

/// Until the call or the socket is over.
async fn talk(
    app: &App,
    socket: &mut WebSocket,
    ends: &mut broadcast::Receiver<(JourneyId, String)>,
    journey: JourneyId,
) -> Over {
    loop {
        tokio::select! {
            // First: what ends with the web side ends because of it.
            biased;
            () = app.life.ended() => return Over::Web,
            said = next(socket) => match said {
                Some(Citizen::Digit { digit }) => {
                    if let Some(digit) = key(&digit) {
                        order(app, Verb::Key { journey, digit });
                    }
                }
                Some(Citizen::Hangup) | None => return Over::Page,
                Some(_) => {}
            },
            gone = ends.recv() => match gone {
                Ok((id, why)) if id == journey => return Over::Exchange(why),
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                // The desk is gone, and the web side with it.
                Err(broadcast::error::RecvError::Closed) => return Over::Web,
            },
        }
    }
}

/// Calls the central number, and tells the page so; a page that is gone by then has hung up.
async fn begin(
    app: &App,
    socket: &mut WebSocket,
    offer: String,
) -> Result<JourneyId, &'static str> {
    match ask(app, command(Verb::Call { offer })).await {
        Some(CommandResult::Attached {
            answer, journey, ..
        }) => {
            let call = secret().ok_or("unavailable")?;
            app.citizens.begins(&call, journey);
            if !say(socket, &Citizen::Answer { sdp: answer, call }).await {
                end(app, journey);
                return Err("unavailable");
            }
            Ok(journey)
        }
        Some(CommandResult::Refused(Refusal::Full)) => Err("full"),
        _ => Err("unavailable"),
    }
}

/// The call of an earlier life, when it still goes on.
async fn again(app: &App, call: &str) -> Result<JourneyId, &'static str> {
    let journey = app.citizens.named(call).ok_or("gone")?;
    // An order that fits no version is never done; what refuses it says whether the call is there.
    let question = Command {
        if_version: Some(u64::MAX),
        ..command(Verb::HangUp { journey })
    };
    match ask(app, question).await {
        Some(CommandResult::Refused(Refusal::Version)) => Ok(journey),
        _ => Err("gone"),
    }
}

/// 128 bits that nobody guesses, as text.
fn secret() -> Option<String> {
    let mut octets = [0; 16];
    SystemRandom::new().fill(&mut octets).ok()?;
    Some(format!("{:032x}", u128::from_be_bytes(octets)))
}

/// Orders, and waits for the answer.
async fn ask(app: &App, command: Command) -> Option<CommandResult> {
    let (reply, answered) = oneshot::channel();
    let reply = Box::new(move |result| {
        // Whoever asked may have gone.
        let _ = reply.send(result);
    });
    app.exchange.command(command, reply).ok()?;
    timeout(ANSWER, answered).await.ok()?.ok()
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
